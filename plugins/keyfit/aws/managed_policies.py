"""The managed policies of AWS, which a source names by ARN only: what each allows and denies where keyfit looks.

The file that ships with keyfit knows the name of every one, and those of its statements that can touch an action of
KMS or Personalize, `iam:PassRole`, a record of Feature Store or an object of S3 (`about()["keeps"]`); of other actions
it says nothing.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from keyfit.aws import data
from keyfit.aws.arn import equal
from keyfit.aws.partitions import URL_SUFFIXES
from keyfit.json_text import plain
from keyfit.truth import Truth
from keyfit.value import Own, Unknown, Value, text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from keyfit.value import Text

_FILE: Final = "managed_policies.json"
# The one service control policy of AWS (Organizations, orgs_manage_policies_scps).
_FULL_ACCESS: Final = re.compile(r"arn:[^:]+:organizations::aws:policy/service_control_policy/p-FullAWSAccess")
_EVERYTHING: Final = {"Effect": "Allow", "Action": "*", "Resource": "*"}
_OWNER: Final = ":iam::aws:policy"


def document(arn: Text) -> Value | None:
    """The kept statements of the managed policy with that ARN, as a policy document; `None` where none bears its name.

    The name counts with its path, the partition does not (I16). Unknown where the ARN is not known.
    """
    if is_whole(arn):
        return plain.value({"Version": "2012-10-17", "Statement": [_EVERYTHING]})
    name = _name(arn)
    if isinstance(name, Unknown):
        return name
    return None if name is None else _document(name)


def named(name: str, partition: Text) -> Text | None:
    """The ARN of the AWS managed policy of that name, in whichever path it lies; `None` where there is none."""
    found = _by_name().get(name)
    return None if found is None else text("arn:", partition, _OWNER, found)


@cache
def _by_name() -> dict[str, str]:
    return {path.rpartition("/")[2]: path for path in data.load(_FILE)["policies"]}


def is_whole(arn: Text) -> bool:
    """Whether `document` leaves nothing out of the policy with that ARN."""
    return arn.literal is not None and _FULL_ACCESS.fullmatch(arn.literal) is not None


def can_deny(written: Text) -> bool:
    """Whether an ARN that is not known whole can be that of a managed policy which denies something that is kept."""
    return any(equal(each, written).truth is not Truth.NO for each in _denying())


@cache
def _denying() -> tuple[Text, ...]:
    every: dict[str, list[dict[str, Any]]] = data.load(_FILE)["policies"]
    names = [name for name, statements in every.items() if any(each["Effect"] == "Deny" for each in statements)]
    return tuple(text("arn:", Own.PARTITION, _OWNER, name) for name in names)


def about() -> Mapping[str, object]:
    """What the file says of itself: its date, its sources, and the actions it knows about."""
    return {key: entry for key, entry in data.load(_FILE).items() if key != "policies"}


def kept() -> tuple[str, ...]:
    """The actions that the file knows about, as patterns."""
    return tuple(data.load(_FILE)["keeps"])


def _name(arn: Text) -> str | Unknown | None:
    """The path and name in the ARN of an AWS managed policy; `None` for the ARN of anything else."""
    match arn.parts:
        case (str() as written,):
            partition, _, name = written.removeprefix("arn:").partition(_OWNER)
            return name if written.startswith("arn:") and partition in URL_SUFFIXES else None
        case ("arn:", Own.PARTITION, str() as rest):
            return rest.removeprefix(_OWNER) if rest.startswith(_OWNER) else None
        case _:
            return next((hole for hole in arn.holes if isinstance(hole, Unknown)), None)


@cache
def _document(name: str) -> Value | None:
    statements = data.load(_FILE)["policies"].get(name)
    return None if statements is None else plain.value({"Version": "2012-10-17", "Statement": statements})
