"""Which key or bucket of the stack a written value names; or that it is none of them, or that nobody can tell."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING, Final, NamedTuple

from keyfit import pattern
from keyfit.aws import arn
from keyfit.catalogue.words import shown
from keyfit.model.stack import Alias, Block, Bucket, Key, Policy, PolicyKind
from keyfit.truth import Truth
from keyfit.value import Bool, Null, Own, Text, Unknown, Value, Why, holes_in, text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from keyfit.model.stack import Stack
    from keyfit.value import Hole

AWS_ALIAS: Final = "alias/aws/"
KEY_IDS: Final = (text("????????-????-????-????-????????????"), text("mrk-*"))
_NAMES: Final = (*KEY_IDS, text("alias/*"), text("arn:*"))


class Form(Enum):
    """How a key is written."""

    ARN = "key ARN"
    KEY_ID = "key id"
    ALIAS_NAME = "alias name"
    ALIAS_ARN = "alias ARN"
    NONE = "no key"
    OPEN = "unknown"


@dataclass(frozen=True, slots=True)
class KeyFound:
    """What a value says about a key.

    `key` is the key of the source, or one made up for a key outside it, whose facts are all unknown; `None` where the
    value is open or names no key, and then `holes` say why. `form` says how it is written; `managed` is the alias of an
    AWS managed key.
    """

    form: Form
    key: Key | None = None
    alias: Alias | None = None
    managed: str = ""
    holes: tuple[Hole, ...] = ()


def absent(value: Value | None) -> bool:
    """Whether an argument is not given: missing, null, or the empty text that stands for "none" in both languages."""
    return value is None or isinstance(value, Null) or (isinstance(value, Text) and value.literal == "")


def find_key(stack: Stack, value: Value) -> KeyFound:
    """The key that `value` names, by ARN, id, alias name or alias ARN."""
    if not isinstance(value, Text):
        return KeyFound(Form.OPEN, holes=_reasons(value))
    found = find_named(stack, value)
    if found is None:
        return _outside_key(stack, value)
    if isinstance(found.thing, Key):
        return KeyFound(found.form, found.thing)
    return replace(find_key_behind(stack, found.thing), form=found.form, alias=found.thing)


def find_named(stack: Stack, value: Text) -> Named | None:
    """The key or alias of the source that `value` surely names, and how; `None` for any other."""
    return next(
        (named for named in _index(stack).get(without_partition(value), ()) if surely_equal(named.text, value)), None
    )


class Named(NamedTuple):
    """A text that names a key or an alias of the source, in one form."""

    form: Form
    text: Text
    thing: Key | Alias


def _index(stack: Stack) -> Mapping[tuple[str | Hole, ...], list[Named]]:
    """Everything that names a key or alias, by `without_partition` text; keys come first, made once a stack."""
    known = stack.cache.get(_index)
    if known is None:
        index: dict[tuple[str | Hole, ...], list[Named]] = defaultdict(list)
        for named in _named(stack):
            index[without_partition(named.text)].append(named)
        known = stack.cache[_index] = index
    return known  # type: ignore[return-value]  # the cache holds what is put into it above


def _named(stack: Stack) -> Iterator[Named]:
    for key in stack.keys:
        yield Named(Form.ARN, key.arn, key)
        yield Named(Form.KEY_ID, key.key_id, key)
    for alias in stack.aliases:
        yield Named(Form.ALIAS_ARN, alias.arn, alias)
        yield Named(Form.ALIAS_NAME, alias.name, alias)


def without_partition(value: Text) -> tuple[str | Hole, ...]:
    """A text without its partition: equal texts have equal ones, since a partition agrees with the deployment's own."""
    match value.parts:
        case ("arn:", Own.PARTITION, *rest):
            return ("arn", *rest)
        case (str() as first, *rest) if first.startswith("arn:"):
            _, colon, tail = first.removeprefix("arn:").partition(":")
            return ("arn", colon + tail, *rest)
        case parts:
            return parts


def find_key_behind(stack: Stack, alias: Alias) -> KeyFound:
    """The key that an alias of the source points to."""
    if isinstance(alias.target, Text) and _form(alias.target) in {Form.ALIAS_ARN, Form.ALIAS_NAME}:
        return KeyFound(Form.OPEN, holes=(Unknown(Why.INVALID, f"alias `{alias.block.address}` points to an alias"),))
    return find_key(stack, alias.target)


def surely_equal(left: Text, right: Text) -> bool:
    """Whether two texts are surely the same text, a literal partition agreeing with the deployment's own."""
    return arn.equal(left, right).truth is Truth.YES


def _outside_key(stack: Stack, value: Text) -> KeyFound:
    form = _form(value)
    name = _alias_name(value, form)
    if name.startswith(AWS_ALIAS):
        return KeyFound(form, managed=name)
    if form is Form.NONE:
        return KeyFound(form, holes=(Unknown(Why.INVALID, f"`{shown(value)}` names no key", origin=value.origin),))
    if form is Form.OPEN or _could_be_in_source(stack, value, form):
        return KeyFound(form, holes=_reasons(value))
    return KeyFound(form, key=outside_key(value, form))


def _could_be_in_source(stack: Stack, value: Text, form: Form) -> bool:
    """Whether `value` has holes that could make it an alias or key of the source."""
    if not value.holes:
        return form in {Form.ALIAS_ARN, Form.ALIAS_NAME} and any(
            can_equal(alias.name, value) or can_equal(alias.arn, value) for alias in stack.aliases
        )
    known: Iterable[Text] = (
        *(each for key in stack.keys for each in (key.arn, key.key_id)),
        *(each for alias in stack.aliases for each in (alias.arn, alias.name)),
    )
    return any(can_equal(each, value) for each in known)


def can_equal(left: Text, right: Text) -> bool:
    """Whether two texts can be the same text."""
    return arn.equal(left, right).truth is not Truth.NO


def _form(value: Text) -> Form:
    """How a key is written, as far as its known beginning tells."""
    fields = arn.split(value)
    if fields is not None:
        prefix = fields.resource.prefix
        if fields.service.literal not in {None, "kms"}:
            return Form.NONE
        if prefix.startswith("key/"):
            return Form.ARN
        return Form.ALIAS_ARN if prefix.startswith("alias/") else Form.OPEN
    if value.prefix.startswith("alias/"):
        return Form.ALIAS_NAME
    if value.literal is not None and not value.prefix.startswith("arn:"):
        return Form.KEY_ID
    return Form.OPEN if any(pattern.matches(each, value) is not Truth.NO for each in _NAMES) else Form.NONE


def _alias_name(value: Text, form: Form) -> str:
    """The known beginning of the alias name that `value` has; empty for other forms."""
    if form is Form.ALIAS_NAME:
        return value.prefix
    fields = arn.split(value) if form is Form.ALIAS_ARN else None
    return fields.resource.prefix if fields else ""


def outside_key(value: Text, form: Form) -> Key:
    """A key that the source names and does not hold: everything about it but its ARN is unknown."""
    name = shown(value)
    policy = Policy(PolicyKind.OUTSIDE, first_unknown(value), name, origin=value.origin)
    fields = arn.split(value)
    by_arn = form is Form.ARN and fields is not None
    return Key(
        Block(name, "", value.origin),
        arn=value
        if by_arn
        else text("arn:", Own.PARTITION, ":kms:", Own.REGION, ":", Own.ACCOUNT, ":key/", _of(name, "id")),
        key_id=text(_of(name, "id")),
        policies=(policy,),
        spec=_of(name, "spec"),
        usage=_of(name, "usage"),
        enabled=_of(name, "state"),
        key_origin=_of(name, "origin"),
        multi_region=_of(name, "multi-Region setting"),
        material_missing=Bool(value=False),
        account=fields.account if by_arn and fields else text(_of(name, "account")),
        region=fields.region if by_arn and fields else text(_of(name, "Region")),
        tags=_of(name, "tags"),
    )


def first_unknown(value: Text) -> Unknown | None:
    """Why a text that names something is not wholly known, where that can be told: all about it is unknown for that."""
    return next((hole for hole in value.holes if isinstance(hole, Unknown)), None)


def _of(name: str, fact: str) -> Unknown:
    return Unknown(Why.OUTSIDE_SOURCE, f"the {fact} of key `{name}`", identity=f"{fact} of {name}")


def _reasons(value: Value) -> tuple[Hole, ...]:
    """Why `value` is open; a value of the wrong kind has a reason too."""
    holes = holes_in(value)
    return holes or (Unknown(Why.INVALID, f"`{shown(value)}` names no key", origin=value.origin),)


def find_bucket(stack: Stack, value: Value) -> Bucket | None:
    """The bucket of the source that an `s3://bucket/prefix` location surely names; `None` for any other."""
    if not isinstance(value, Text):
        return None
    name = bucket_name(value)
    return next((each for each in stack.buckets if name is not None and each.name == name), None)


def bucket_name(location: Text) -> Text | None:
    """The bucket's name in `s3://bucket/prefix`; `None` where the location does not begin so."""
    scheme, separator, rest = location.prefix.partition("s3://")
    if scheme or not separator:
        return None
    parts: list[str | Hole] = []
    for part in (rest, *location.parts[1:]):
        if isinstance(part, str):
            name, slash, _ = part.partition("/")
            parts.append(name)
            if slash:
                break
        else:
            parts.append(part)
    return text(*parts)
