"""The grants of a case."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from keyfit.aws import arn, kms_actions
from keyfit.decide.fields import close, has_wildcard, quoted, unknown
from keyfit.model.block import Block
from keyfit.model.keys import Grant
from keyfit.shape import ACCOUNT_ID
from keyfit.truth import Truth
from keyfit.value import List, Object, Text, Unknown, text

if TYPE_CHECKING:
    from collections.abc import Callable

    from keyfit.decide.fields import Fields
    from keyfit.value import Value

_REQUIRED: Final = ("grantee", "operations")


def read_grants(data: object, key: Text, fields: Fields) -> tuple[Grant, ...]:
    """The grants in `data`, on `key` unless they say which. Raises `CaseError`."""
    hole = unknown(data)
    if hole:  # any grants, or none: as one of which nothing is known
        return (_open("grants", hole),)
    if data is None:
        return ()
    if not isinstance(data, list):
        raise fields.wrong("policies.grants", data, "a list")
    return tuple(_grant(each, f"grants[{index}]", key, fields) for index, each in enumerate(data))


def _open(name: str, hole: Unknown) -> Grant:
    return Grant(Block(name, "grant"), hole, hole, hole, hole, hole, hole)


def _grant(data: object, name: str, key: Text, fields: Fields) -> Grant:
    hole = unknown(data)
    if hole:
        return _open(name, hole)
    given = fields.of(data, name, _FORMS, _REQUIRED)
    values = {each: fields.value(written) for each, written in given.items()}
    for each, value in values.items():
        form = _FORMS[each]
        if not isinstance(value, Unknown) and not form.admits(value):
            raise fields.wrong(f"{name}.{each}", given[each], form.words)
    _check_operations(values["operations"], f"{name}.operations", fields)
    return Grant(
        block=Block(name, "grant"),
        key=values.get("key", key),
        grantee=values["grantee"],
        operations=values["operations"],
        encryption_context_equals=values.get("encryption_context_equals"),
        encryption_context_subset=values.get("encryption_context_subset"),
        source_arn=values.get("source_arn"),
    )


# --- what the fields can hold ------------------------------------------------------------------------------------


class _Form(NamedTuple):
    """What a field of a grant can hold, as a question and in words."""

    admits: Callable[[Value], bool]
    words: str


def _is_key(value: Value) -> bool:
    """Whether it can be the ARN or the id of a key, which AWS takes, and not an alias."""
    return isinstance(value, Text) and (_is_like(_KEY, value) or not {*":/*?"} & set(value.known))


def _is_principal(value: Value) -> bool:
    """Whether it can be a principal that AWS takes for a grantee (K69): it takes no `*`."""
    if not isinstance(value, Text) or has_wildcard(value):
        return False
    known = value.known
    is_service = ":" not in known and "/" not in known and "." in known
    return is_service or bool(value.holes) or ACCOUNT_ID.admits(known) or _is_like(_PRINCIPAL, value)


def _is_like(pattern: Text, value: Text) -> bool:
    return arn.like(pattern, value).truth is not Truth.NO


def _is_text(value: Value) -> bool:
    return isinstance(value, Text)


def _is_texts(value: Value) -> bool:
    return isinstance(value, List) and all(isinstance(each, Text | Unknown) for each in value.items)


def _is_map_of_texts(value: Value) -> bool:
    return isinstance(value, Object) and all(isinstance(each, Text | Unknown) for _, each in value.entries)


_KEY: Final = text("arn:*:kms:?*:????????????:key/?*")
_PRINCIPAL: Final = text("arn:*:?*::????????????:?*")
_CONTEXT: Final = _Form(_is_map_of_texts, "an object of strings")
_FORMS: Final = {
    "key": _Form(_is_key, "the ARN or the ID of a key"),
    "grantee": _Form(_is_principal, "the ARN of a principal, an account ID or a service principal"),
    "operations": _Form(_is_texts, "a list of strings"),
    "encryption_context_equals": _CONTEXT,
    "encryption_context_subset": _CONTEXT,
    "source_arn": _Form(_is_text, "a string"),
}


def _check_operations(written: Value, name: str, fields: Fields) -> None:
    """Each is one that a grant can hold, spelled as AWS spells it (K46)."""
    known = tuple(each.name.partition(":")[2] for each in kms_actions.every_action() if each.grantable)
    for each in written.items if isinstance(written, List) else ():
        word = each.literal if isinstance(each, Text) else None
        if word is not None and word not in known:
            raise fields.error(f"`{name}` has {quoted(word)}, which is not a grant operation{close(word, known)}")
