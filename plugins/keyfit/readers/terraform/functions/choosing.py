"""Functions that choose among their arguments, that convert types, or that only pass a value on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from keyfit.readers.terraform.functions import conversion
from keyfit.readers.terraform.functions.lists import is_empty
from keyfit.readers.terraform.functions.order import sequence
from keyfit.readers.terraform.functions.table import CallContext, Function, RefusedError, UndecidedError, sound
from keyfit.readers.terraform.values.convert import to_text
from keyfit.readers.terraform.values.terraform_values import failed, joined_rest, only_these
from keyfit.truth import Truth
from keyfit.value import Bool, List, Null, Number, Object, Text, Unknown, holes_in

if TYPE_CHECKING:
    from collections.abc import Callable

    from keyfit.value import Value


def _can_fail(at: int, argument: Value, context: CallContext) -> bool:
    """Whether a filling of the unknowns could make the argument's evaluation fail."""
    return at not in context.safe and any(isinstance(hole, Unknown) for hole in holes_in(argument))


def attempted(*arguments: Value, context: CallContext) -> Value:
    """`try`: the first argument that is no error."""
    for at, argument in enumerate(arguments):
        if failed(argument) is not None:
            continue
        if _can_fail(at, argument, context):
            raise UndecidedError(argument)
        return argument
    if context.rest is not None:
        raise UndecidedError(context.rest)
    raise RefusedError("no argument can be evaluated")


def possible(argument: Value, *, context: CallContext) -> bool:
    """`can`: whether the argument is no error."""
    if failed(argument) is not None:
        return False
    if _can_fail(0, argument, context):
        raise UndecidedError(argument)
    return True


def _coalesce(*arguments: Value, context: CallContext) -> Value:
    texts = any(isinstance(argument, Text) for argument in arguments)
    for argument in arguments:
        match is_empty(argument):
            case Truth.NO:
                return to_text(argument) if texts else argument
            case Truth.MAYBE:
                raise UndecidedError(*arguments)
            case _:
                continue
    if context.rest is not None:
        raise UndecidedError(context.rest)
    raise RefusedError("every argument is null or empty")


def _coalescelist(*arguments: Value, context: CallContext) -> Value:
    """The first list that is not empty. Terraform passes over nulls, if of list type."""
    for argument in arguments:
        match argument:
            case Null():
                continue
            case List(items) if items:
                return argument
            case List(rest=None):
                continue
            case List() | Unknown():
                raise UndecidedError(*arguments)
            case _:
                raise RefusedError("an argument is not a list")
    if context.rest is not None:
        raise UndecidedError(context.rest)
    raise RefusedError("every list is empty")


def _same(argument: Value) -> Value:
    return argument


def _converted(convert: Callable[[Value], Value]) -> Callable[[Value], Value]:
    return lambda argument: argument if isinstance(argument, Null) else sound(convert(argument))


def _tolist(argument: Value) -> Value:
    match argument:
        case Null() | Unknown():
            return argument
        case List():
            _one_type(argument)
            return _in_order(argument)
        case _:
            raise RefusedError("the argument is not a list or set")


def _in_order(argument: List) -> List:
    """The elements as a list, of which nobody knows the order where that of a set is not known."""
    try:
        return conversion.to_list(List(sequence(argument), argument.rest, argument.origin))
    except UndecidedError:
        rest = joined_rest(argument.rest, only_these(argument.items))
        return conversion.to_list(List(argument.items, rest, argument.origin))


def _toset(argument: Value) -> Value:
    match argument:
        case Null() | Unknown():
            return argument
        case List():
            _one_type(argument)
            return conversion.to_set(argument)
        case _:
            raise RefusedError("the argument is not a list or set")


def _one_type(argument: List) -> None:
    kinds = {type(item) for item in argument.items}
    if Bool in kinds and Number in kinds and Text not in kinds:
        raise RefusedError("the elements have no type in common")


def _tomap(argument: Value) -> Value:
    match argument:
        case Null() | Unknown():
            return argument
        case Object():
            return conversion.to_map(argument)
        case _:
            raise RefusedError("the argument is not a map or object")


def _issensitive(argument: Value) -> Value:
    raise UndecidedError(argument)


FUNCTIONS: Final[dict[str, Function]] = {
    "can": Function("v", possible, nulls=True, errors=True, context=True),
    "coalesce": Function("v*", _coalesce, nulls=True, context=True),
    "coalescelist": Function("v*", _coalescelist, nulls=True, context=True),
    "ephemeralasnull": Function("v", _same, nulls=True),
    "issensitive": Function("v", _issensitive, nulls=True),
    "nonsensitive": Function("v", _same, nulls=True),
    "sensitive": Function("v", _same, nulls=True),
    "tobool": Function("v", _converted(conversion.as_bool), nulls=True),
    "tolist": Function("v", _tolist, nulls=True),
    "tomap": Function("v", _tomap, nulls=True),
    "tonumber": Function("v", _converted(conversion.as_number), nulls=True),
    "toset": Function("v", _toset, nulls=True),
    "tostring": Function("v", _converted(conversion.as_text), nulls=True),
    "try": Function("vv*", attempted, nulls=True, errors=True, context=True),
}
