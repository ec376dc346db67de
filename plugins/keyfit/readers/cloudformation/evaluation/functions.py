"""The intrinsic functions, each what its page in the CloudFormation reference says, for arguments partly known."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import replace
from typing import TYPE_CHECKING, Final, TypeAlias

from keyfit import json_text
from keyfit.readers.cloudformation.evaluation.bindings import NO_VALUE
from keyfit.readers.cloudformation.evaluation.maps import find_in_map
from keyfit.readers.cloudformation.evaluation.substitution import resolve_dynamic, substitute
from keyfit.readers.cloudformation.evaluation.unknowns import comparable, undecided, unknown_from
from keyfit.readers.cloudformation.template import transforms
from keyfit.readers.cloudformation.template.texts import as_text, at, identity, named_by, pieces
from keyfit.truth import Truth
from keyfit.value import LISTED, STORED, List, Number, Object, Text, Unknown, Value, choices_in, holes_in, same, text
from keyfit.why import Why

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from keyfit.readers.cloudformation.evaluation.scope import Scope
    from keyfit.value import Origin

Function: TypeAlias = "Callable[[Scope, Value, Origin], Value | None]"


def _invalid(reason: str, origin: Origin) -> Unknown:
    return Unknown(Why.INVALID, reason, origin=origin)


def _ref(scope: Scope, argument: Value, origin: Origin) -> Value | None:
    name = scope.value(argument)  # language extensions allow a function here
    if isinstance(name, Text) and name.literal is not None:
        return scope.reference(name.literal, origin)
    return unknown_from(scope, "Ref", origin, name) if _open(name) else _invalid("`Ref` takes a name", origin)


def _get_att(scope: Scope, argument: Value, origin: Origin) -> Value:
    """`A.B`, or `[A, B]`; the attribute's name can be a function, and can have dots."""
    value = scope.value(argument)
    items = value.items if isinstance(value, List) else (value,)
    joined = text(*_joined([as_text(each) or text() for each in items], "."))
    if joined.literal is not None and "." in joined.literal:
        address, _, name = joined.literal.partition(".")
        return scope.attribute(address, name, origin)
    if _open(value):
        return unknown_from(scope, "Fn::GetAtt", origin, value)
    return _invalid("`Fn::GetAtt` takes a resource and an attribute", origin)


def _open(value: Value | None) -> bool:
    """Whether `value` has a hole that keeps a function from being evaluated."""
    return value is None or bool(holes_in(value))


def _joined(items: list[Text], delimiter: str) -> list[str | Text]:
    return [part for index, each in enumerate(items) for part in ((delimiter, each) if index else (each,))]


def _join(scope: Scope, argument: Value, origin: Origin) -> Value:
    if not isinstance(argument, List) or len(argument.items) != 2:  # noqa: PLR2004 - a delimiter and a list
        return unknown_from(scope, "Fn::Join", origin, scope.value(argument))
    delimiter, values = (scope.value(each) for each in argument.items)
    if not isinstance(values, List | Unknown):
        return _invalid("`Fn::Join` takes a list", origin)
    if not isinstance(delimiter, Text) or delimiter.literal is None or not isinstance(values, List) or values.rest:
        return unknown_from(scope, "Fn::Join", origin, delimiter, values)
    items = [as_text(each) for each in values.items]
    known = [each for each in items if each is not None]
    if len(known) < len(items):
        return _invalid("`Fn::Join` takes strings", origin)
    return resolve_dynamic(text(*_joined(known, delimiter.literal), origin=origin))


def _if(scope: Scope, argument: Value, origin: Origin) -> Value | None:
    if not isinstance(argument, List) or len(argument.items) != 3:  # noqa: PLR2004 - a condition and two values
        return _invalid("`Fn::If` takes a condition and two values", origin)
    condition, then, otherwise = argument.items
    name = condition.literal if isinstance(condition, Text) else None
    answer = scope.condition(name, origin) if name else scope.holds(condition)
    if answer.truth is not Truth.MAYBE:
        return scope.value(then if answer.truth is Truth.YES else otherwise)
    left, right = scope.value(then), scope.value(otherwise)
    if left == right and all(same(hole, hole) for hole in holes_in(left)):
        return None if left is None else at(left, origin)
    subject = f"condition `{name}`" if name else "a condition"
    return at(undecided(scope, answer, subject, (left, right)), origin)


def can_vanish(written: Value) -> bool:
    """Whether one side of `written`, an `Fn::If`, is `AWS::NoValue`, so that an element of a list can be missing."""
    pending, steps = [written], 0
    while pending and steps < _MOST_BRANCHES:
        each, steps = pending.pop(), steps + 1
        if not isinstance(each, Object) or len(each.entries) != 1:
            continue
        name, argument = each.entries[0]
        if name.literal == "Ref" and isinstance(argument, Text) and argument.literal == NO_VALUE:
            return True
        if name.literal == "Fn::If" and isinstance(argument, List):
            pending.extend(argument.items[1:])
    return bool(pending)


_MOST_BRANCHES: Final = 64


def _select(scope: Scope, argument: Value, origin: Origin) -> Value:
    if not isinstance(argument, List) or len(argument.items) != 2:  # noqa: PLR2004 - an index and a list
        return unknown_from(scope, "Fn::Select", origin, scope.value(argument))
    index, values = (scope.value(each) for each in argument.items)
    if not isinstance(values, List | Unknown):
        return _invalid("`Fn::Select` takes a list", origin)
    number = as_text(index)
    digits = number.literal if number else None
    if digits is not None and digits.isdigit() and isinstance(values, Unknown) and _is_stored(values):
        return replace(values, identity=f"{values.identity}{digits}", origin=origin)
    if digits is None or not isinstance(values, List) or values.rest:
        return unknown_from(scope, "Fn::Select", origin, index, values)
    if not (digits.isascii() and digits.isdigit()) or len(digits) > 9 or int(digits) >= len(values.items):  # noqa: PLR2004
        return _invalid(f"`Fn::Select` finds no element {digits} among {len(values.items)}", origin)
    return at(values.items[int(digits)], origin)


def _is_stored(values: Unknown) -> bool:
    """Whether it is a list that a parameter of Systems Manager holds, which another stack can create."""
    return values.identity.startswith(STORED) and values.identity.endswith(LISTED)


def _split(scope: Scope, argument: Value, origin: Origin) -> Value:
    """The pieces; unknown where a hole can hold the delimiter, so that not even their number is known."""
    if not isinstance(argument, List) or len(argument.items) != 2:  # noqa: PLR2004 - a delimiter and a text
        return unknown_from(scope, "Fn::Split", origin, scope.value(argument))
    delimiter, whole = (as_text(scope.value(each)) for each in argument.items)
    literal = delimiter.literal if delimiter else None
    if literal == "" or whole is None:
        return _invalid("`Fn::Split` takes a delimiter and a string", origin)
    found = pieces(whole, literal) if literal is not None else None
    if found is None:
        return unknown_from(scope, "Fn::Split", origin, delimiter, whole)
    return List(tuple(at(each, origin) for each in found), origin=origin)


def _import_value(scope: Scope, argument: Value, origin: Origin) -> Value:
    name = as_text(scope.value(argument))
    if name is None:
        return _invalid("`Fn::ImportValue` takes the name of an export", origin)
    known = comparable(scope, name)
    return Unknown(Why.IMPORT, named_by(name), identity("Fn::ImportValue", known), choices_in(known), origin=origin)


def _base64(scope: Scope, argument: Value, origin: Origin) -> Value:
    value = as_text(scope.value(argument))
    if value is None:
        return _invalid("`Fn::Base64` takes a string", origin)
    if value.literal is None:
        return unknown_from(scope, "Fn::Base64", origin, value)
    return text(b64encode(value.literal.encode("utf-8", "replace")).decode("ascii"), origin=origin)


def _to_json_string(scope: Scope, argument: Value, origin: Origin) -> Value:
    value = scope.value(argument)
    if isinstance(value, Unknown):
        return unknown_from(scope, "Fn::ToJsonString", origin, value)
    if not isinstance(value, List | Object):
        return _invalid("`Fn::ToJsonString` takes a list or a map", origin)
    return text(json_text.write(value), origin=origin)


def _length(scope: Scope, argument: Value, origin: Origin) -> Value:
    value = scope.value(argument)
    if not isinstance(value, List | Unknown):
        return _invalid("`Fn::Length` takes a list", origin)
    if isinstance(value, Unknown) or value.rest:
        return unknown_from(scope, "Fn::Length", origin, value)
    return Number(len(value.items), origin)


def _in_the_account(name: str) -> Function:
    """A function whose answer lies in the account that is deployed to."""

    def function(scope: Scope, argument: Value, origin: Origin) -> Value:
        value = comparable(scope, scope.value(argument))
        return Unknown(Why.TRANSFORM, name, identity(name, value), choices_in(value), origin=origin)

    return function


def _transform(_scope: Scope, argument: Value, origin: Origin) -> Value:
    return at(transforms.unknown(argument), origin)


FUNCTIONS: Final[Mapping[str, Function]] = {
    "Ref": _ref,
    "Fn::Base64": _base64,
    "Fn::Cidr": _in_the_account("Fn::Cidr"),
    "Fn::FindInMap": find_in_map,
    "Fn::GetAZs": _in_the_account("Fn::GetAZs"),
    "Fn::GetAtt": _get_att,
    "Fn::If": _if,
    "Fn::ImportValue": _import_value,
    "Fn::Join": _join,
    "Fn::Length": _length,
    "Fn::Select": _select,
    "Fn::Split": _split,
    "Fn::Sub": substitute,
    "Fn::ToJsonString": _to_json_string,
    "Fn::Transform": _transform,
}
