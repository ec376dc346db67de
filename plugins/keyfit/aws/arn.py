"""ARNs whose fields can have holes: taking them apart, putting them together, comparing them.

A partition that one side spells out and the other leaves to the deployment is the same partition: source that says
`arn:aws:` can only be deployed there. The same goes for the domain of service principals. Accounts and Regions are
not so: a source may well name another account than its own.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from keyfit import pattern
from keyfit.answer import NO, YES, Answer, all_of, maybe
from keyfit.aws.partitions import URL_SUFFIXES
from keyfit.record import record
from keyfit.shape import NAME, Shape
from keyfit.truth import Truth
from keyfit.value import Own, Text, Unknown, text
from keyfit.why import Why

if TYPE_CHECKING:
    from keyfit.value import Hole


class Arn(NamedTuple):
    """The six fields between the colons; the last one can hold colons itself."""

    prefix: Text
    partition: Text
    service: Text
    region: Text
    account: Text
    resource: Text

    @property
    def text(self) -> Text:
        """The ARN, in one piece."""
        first, *others = self
        return text(first, *(part for field in others for part in (":", field)))


COLONS: Final = len(Arn._fields) - 1


def split(whole: Text) -> Arn | None:
    """The six fields of `whole`.

    `None` where they cannot be told: it has fewer colons than an ARN, or a hole that can hold one stands before the
    last field.
    """
    return _split(whole) if whole.holes else _split_literal(whole)


def colons(whole: Text) -> int:
    """How many colons are known of `whole`."""
    return whole.known.count(":")


# Only texts without holes: equal ones can have holes of different shapes.
@lru_cache(maxsize=1 << 12)
def _split_literal(whole: Text) -> Arn | None:
    return _split(whole)


def _split(whole: Text) -> Arn | None:
    fields: list[Text] = []
    current: list[str | Hole] = []
    for part in whole.parts:
        if not isinstance(part, str):
            if len(fields) < COLONS and part.shape.can_hold(":"):
                return None
            current.append(part)
            continue
        first, *others = part.split(":", COLONS - len(fields))
        current.append(first)
        for other in others:
            fields.append(text(*current))
            current = [other]
    return Arn._make((*fields, text(*current))) if len(fields) == COLONS else None


def account_of(whole: Text) -> Text | None:
    """The account in an ARN; `None` where it cannot be told."""
    fields = split(whole)
    return fields.account if fields else None


# --- putting together --------------------------------------------------------------------------------------


_OWN_PARTITION: Final = text(Own.PARTITION)
_OWN_REGION: Final = text(Own.REGION)
_OWN_ACCOUNT: Final = text(Own.ACCOUNT)
_NO_PATH: Final = text("/")


@record
class Place:
    """Where a resource lives: the first fields of its ARN, by default those of the deployment itself."""

    partition: Text = _OWN_PARTITION
    region: Text = _OWN_REGION
    account: Text = _OWN_ACCOUNT


OWN_PLACE: Final = Place()


def resource_here(whole: Text) -> str | None:
    """The resource of an ARN of IAM in the account that is deployed to; `None` where it is another, or not known."""
    fields = split(whole)
    if fields is None or fields.service.literal != "iam" or fields.account != text(Own.ACCOUNT):
        return None
    return fields.resource.literal if fields.partition in {text(Own.PARTITION), text("aws")} else None


def role(name: Text, path: Text = _NO_PATH, place: Place = OWN_PLACE) -> Text:
    """`arn:<partition>:iam::<account>:role<path><name>`; `path` begins and ends with a slash."""
    return text("arn:", place.partition, ":iam::", place.account, ":role", path, name)


def user(name: Text, path: Text = _NO_PATH, place: Place = OWN_PLACE) -> Text:
    """`arn:<partition>:iam::<account>:user<path><name>`; `path` begins and ends with a slash."""
    return text("arn:", place.partition, ":iam::", place.account, ":user", path, name)


def root(place: Place = OWN_PLACE) -> Text:
    """`arn:<partition>:iam::<account>:root`."""
    return text("arn:", place.partition, ":iam::", place.account, ":root")


def key(key_id: Text, place: Place = OWN_PLACE) -> Text:
    """`arn:<partition>:kms:<region>:<account>:key/<key id>`."""
    return text("arn:", place.partition, ":kms:", place.region, ":", place.account, ":key/", key_id)


def alias(name: Text, place: Place = OWN_PLACE) -> Text:
    """`arn:<partition>:kms:<region>:<account>:<name>`; `name` begins with `alias/`."""
    return text("arn:", place.partition, ":kms:", place.region, ":", place.account, ":", name)


def bucket(name: Text, partition: Text = _OWN_PARTITION) -> Text:
    """`arn:<partition>:s3:::<name>`."""
    return text("arn:", partition, ":s3:::", name)


def session(role_arn: Text, name: Text) -> Text | None:
    """The ARN of the session `name` of a role, without the role's path (K26); `None` where `role_arn` is no role's."""
    fields = split(role_arn)
    if fields is None or not fields.resource.prefix.startswith("role/"):
        return None
    own_name = last_segment(fields.resource)
    return fields._replace(service=text("sts"), resource=text("assumed-role/", own_name, "/", name)).text


def last_segment(path: Text) -> Text:
    """What follows the last slash of `path`; where a hole can hold that slash, what follows the hole, and its end."""
    for index in range(len(path.parts) - 1, -1, -1):
        part = path.parts[index]
        if isinstance(part, str):
            if "/" in part:
                return text(part.rpartition("/")[2], *path.parts[index + 1 :])
        elif part.shape.can_hold("/"):
            return text(_end(part), *path.parts[index + 1 :])
    return path


def _end(hole: Hole) -> Unknown:
    """What stands in a hole after the last slash in it."""
    whole = hole if isinstance(hole, Unknown) else Unknown(Why.AFTER_APPLY, str(hole), identity=str(hole))
    return replace(whole.part("last segment"), shape=Shape(NAME.characters, 0, NAME.longest))


# --- comparing ---------------------------------------------------------------------------------------------

_PARTITION_START: Final = "arn:"
_SUFFIXES: Final = sorted(set(URL_SUFFIXES.values()))


def agree(one: Text, other: Text) -> tuple[Text, Text]:
    """Both texts, with the deployment's partition and domain filled in where the other one spells them out."""
    return _filled(one, other), _filled(other, one)


def _filled(open_: Text, spelled: Text) -> Text:
    if Own.PARTITION in open_.parts and (partition := _partition(spelled)):
        open_ = _fill(open_, Own.PARTITION, partition)
    if Own.URL_SUFFIX in open_.parts and (suffix := _suffix(spelled)):
        open_ = _fill(open_, Own.URL_SUFFIX, suffix)
    return open_


def _fill(open_: Text, hole: Own, literal: str) -> Text:
    return text(*(literal if part is hole else part for part in open_.parts), origin=open_.origin)


def _partition(spelled: Text) -> str:
    """The partition that an ARN or a pattern of ARNs spells out; empty where it does not."""
    first = spelled.prefix
    if not first.startswith(_PARTITION_START):
        return ""
    partition, colon, _ = first.removeprefix(_PARTITION_START).partition(":")
    if not colon:
        return ""
    if partition == "aws*":
        return "aws"  # every partition begins so: what one of them answers, all do
    return partition if Own.PARTITION.shape.admits(partition) else ""


def _suffix(spelled: Text) -> str:
    last = spelled.parts[-1] if spelled.parts else ""
    return next((each for each in _SUFFIXES if isinstance(last, str) and last.endswith(each)), "")


def equal(one: Text, other: Text, *, fold_case: bool = False) -> Answer:
    """Whether two texts are equal, with the holes that decide."""
    return _compare(one, other, fold_case=fold_case, wildcards=False)


def matches(wanted: Text, given: Text) -> Answer:
    """Whether the pattern `wanted` matches the whole of `given`: a star goes across colons, as in Resource (I19)."""
    return _compare(wanted, given, fold_case=False, wildcards=True)


def _compare(wanted: Text, given: Text, *, fold_case: bool, wildcards: bool) -> Answer:
    if wanted.parts != given.parts and (wanted.literal is None or given.literal is None):
        wanted, given = agree(wanted, given)
    answer = pattern.compare(wanted, given, fold_case=fold_case, wildcards=wildcards)
    if len(answer.holes) < 2:  # noqa: PLR2004 - nothing to leave out
        return answer
    # Only the holes of those fields decide that do not match anyway.
    by_field = like(wanted, given, fold_case=fold_case, wildcards=wildcards)
    return by_field if by_field.truth is Truth.MAYBE and len(by_field.holes) < len(answer.holes) else answer


def like(wanted: Text, given: Text, *, fold_case: bool = False, wildcards: bool = True) -> Answer:
    """Whether each of the six fields of `given` matches its own of the pattern `wanted` (I26).

    What surely is no ARN matches nothing. Of what may be one, the whole says no more than that it cannot match.
    """
    if wanted.literal is not None and given.literal is not None and wildcards and not fold_case:
        return YES if _literal_like(wanted.literal, given.literal) else NO
    wanted, given = agree(wanted, given)
    patterns, fields = split(wanted), split(given)
    if patterns and fields:
        pairs = zip(patterns, fields, strict=True)
        return all_of(pattern.compare(*pair, fold_case=fold_case, wildcards=wildcards) for pair in pairs)
    if not (can_be_arn(wanted) and can_be_arn(given)):
        return NO
    whole = pattern.compare(wanted, given, fold_case=fold_case, wildcards=wildcards)
    return NO if whole.truth is Truth.NO else maybe(*wanted.holes, *given.holes)


def _literal_like(wanted: str, given: str) -> bool:
    patterns, fields = wanted.split(":", COLONS), given.split(":", COLONS)
    return len(patterns) == len(fields) == len(Arn._fields) and all(map(pattern.fits, patterns, fields))


def can_be_arn(whole: Text) -> bool:
    """Whether some filling of the holes gives `whole` its six fields."""
    return any(hole.shape.can_hold(":") for hole in whole.holes) or split(whole) is not None
