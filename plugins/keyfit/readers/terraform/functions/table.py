"""What a function of Terraform is here: its parameters, and what it does with known and unknown arguments."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, TypeAlias, TypeVar, cast

from keyfit.readers.terraform.functions.conversion import as_bool
from keyfit.readers.terraform.values.convert import to_number, to_text, written_number
from keyfit.readers.terraform.values.terraform_values import ERRORS, Set, failed
from keyfit.readers.terraform.values.unknowns import because, bound, invalid
from keyfit.record import record
from keyfit.value import NOWHERE, Bool, List, Null, Number, Object, Own, Reference, Text, Unknown, number, text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from keyfit.readers.given import Given
    from keyfit.readers.hcl.ast import Expression
    from keyfit.value import Hole, Origin, Value

    Evaluate: TypeAlias = Callable[[Expression, Mapping[str, Value], "CallContext"], Value]

Made = TypeVar("Made")
# Elements of a list that a function makes; Terraform's own limit for `range` is 1,024.
MOST_ELEMENTS: Final = 10_000
LONGEST_TEXT: Final = 1_000_000
# Parts of one argument, and how deep they may stand in each other: recursion over a value is safe.
MOST_NODES: Final = 200_000
CHARACTERS_A_NODE: Final = 20  # that many characters weigh as much as a node
DEEPEST: Final = 100
_LONGEST_IDENTITY: Final = 200


@record
class CallContext:
    """What a function can see beside its arguments.

    `directory` is what relative paths are relative to, `origin` where the call stands. `evaluate` gives the value of
    an expression with only the given names in scope; calls in it get the context's `depth`. `rest` stands for unknown
    further arguments. `safe` are the arguments whose evaluation cannot fail, whatever their unknowns are.
    """

    given: Given
    directory: Path
    origin: Origin
    evaluate: Evaluate
    rest: Unknown | None = None
    safe: frozenset[int] = frozenset()
    depth: int = 0


class RefusedError(Exception):
    """What Terraform refuses, in a message."""


class UndecidedError(Exception):
    """The answer depends on `values`."""

    def __init__(self, *values: Value | None) -> None:
        super().__init__("undecided")
        self.values = values


class StoppedError(Exception):
    """The answer is this unknown."""

    def __init__(self, unknown: Unknown) -> None:
        super().__init__("unknown")
        self.unknown = unknown


@record
class Function:
    """An entry of the table.

    `parameters` has a letter for each: `s` a known string, `n` a known number, `b` a known boolean, `t` a text that can
    have holes, `l` a list or set, `o` a map, `v` any value, unknown ones included. A `?` after a letter: it can be left
    out; a `*`: any number of them. What `apply` gets is a plain string, number or boolean for `s`, `n`, `b`, and a
    value for the others; what it returns can be plain too. `nulls` and `errors`: such arguments are let
    through. `context`: `apply` takes the context, unknown further arguments included.
    """

    parameters: str
    apply: Callable[..., Any]
    nulls: bool = False
    errors: bool = False
    context: bool = False


@record
class Parameter:
    """One letter of `Function.parameters`."""

    kind: str
    optional: bool = False
    many: bool = False


def parameters_of(function: Function) -> tuple[Parameter, ...]:
    """The parameters, one by one."""
    found: list[Parameter] = []
    for letter in function.parameters:
        if letter in "?*":
            found[-1] = replace(found[-1], optional=True, many=letter == "*")
        else:
            found.append(Parameter(letter))
    return tuple(found)


def applied(name: str, function: Function, arguments: tuple[Value, ...], context: CallContext) -> Value:
    """The value of the call; an error of Terraform's and what is not known are values too."""
    try:
        error = _surveyed(arguments)
        if error is not None and not function.errors:
            return error
        return _located(_result(function, arguments, context), context.origin)
    except RefusedError as refused:
        return invalid(f"`{name}` fails: {refused}", context.origin)
    except UndecidedError as undecided:
        return unresolved(name, tuple(v for v in undecided.values if v is not None), arguments, context)
    except ArithmeticError:
        return bound(f"`{name}` cannot be computed of these numbers", context.origin)
    except StoppedError as stopped:
        return _located(stopped.unknown, context.origin)


def sound(found: Made) -> Made:
    """`found`, unless it is an error of Terraform's."""
    error = failed(found) if isinstance(found, Unknown) else None
    if error is not None:
        raise RefusedError(error.subject)
    return found


def sized(length: int) -> None:
    """Nothing, unless a text of that many characters is too long to be made."""
    if length > LONGEST_TEXT:
        raise StoppedError(bound(f"the text is longer than {LONGEST_TEXT} characters"))


def _surveyed(arguments: tuple[Value, ...]) -> Unknown | None:
    """The first error in the arguments; none of them may be so big or deep that walking through it could take long."""
    left, level = MOST_NODES, list(arguments)
    error: Unknown | None = None
    for _ in range(DEEPEST):
        error = error or next((each for each in level if isinstance(each, Unknown) and each.why in ERRORS), None)
        left -= len(level) + sum(map(_characters, level)) // CHARACTERS_A_NODE
        level = [inner for outer in level for inner in _inside(outer)] if left >= 0 else []
        if left < 0:
            break
        if not level:
            return error
    raise StoppedError(bound("an argument has too many elements, or too deep ones"))


def _characters(value: Value) -> int:
    match value:
        case Text(parts):
            return sum(len(part) for part in parts if isinstance(part, str))
        case Object(entries):
            return sum(_characters(entry.key) for entry in entries)
        case _:
            return 0


def _inside(value: Value) -> tuple[Value, ...]:
    match value:
        case List(items, rest):
            return items if rest is None else (*items, rest)
        case Object(entries, rest):
            inner = tuple(
                each
                for entry in entries
                for each in (entry.value, *entry.key.holes)
                if not isinstance(each, Own | Reference)
            )
            return inner if rest is None else (*inner, rest)
        case Text():
            return tuple(hole for hole in value.holes if isinstance(hole, Unknown))
        case _:
            return ()


def _result(function: Function, arguments: tuple[Value, ...], context: CallContext) -> Value:
    parameters = parameters_of(function)
    kinds = _kinds(parameters, len(arguments))
    if not function.nulls and any(isinstance(argument, Null) for argument in arguments):
        raise RefusedError("an argument is null")
    if context.rest is not None and not (function.context and parameters[-1].many):
        raise UndecidedError(*arguments, context.rest)
    ready = [_prepared(kind, argument) for kind, argument in zip(kinds, arguments, strict=True)]
    more = {"context": context} if function.context else {}
    if all(known for known, _ in ready):
        return value_of(function.apply(*(argument for _, argument in ready), **more))
    raise UndecidedError(*arguments)


def _kinds(parameters: tuple[Parameter, ...], count: int) -> tuple[str, ...]:
    needed = sum(not parameter.optional for parameter in parameters)
    many = bool(parameters) and parameters[-1].many
    if count < needed or (count > len(parameters) and not many):
        raise RefusedError(f"it does not take {count} arguments")
    kinds = tuple(parameter.kind for parameter in parameters)
    return (kinds + kinds[-1:] * count)[:count]


def _prepared(kind: str, argument: Value) -> tuple[bool, Any]:
    """Whether the argument is known enough, and how the function gets it."""
    known, prepared = _PREPARE[kind](argument)
    if kind != "v" and not isinstance(argument, Unknown):
        sound(prepared)
    return known, prepared


def _string(argument: Value) -> tuple[bool, Any]:
    found = to_text(argument)
    if isinstance(found, Unknown):
        return False, found
    return found.literal is not None, found.literal


def _number(argument: Value) -> tuple[bool, Any]:
    found = to_number(argument)
    return (True, found.value) if isinstance(found, Number) else (False, found)


def _boolean(argument: Value) -> tuple[bool, Any]:
    found = as_bool(argument)
    return (True, found.value) if isinstance(found, Bool) else (False, found)


def _text(argument: Value) -> tuple[bool, Any]:
    found = to_text(argument)
    return True, text(found) if isinstance(found, Unknown) and failed(found) is None else found


def _list(argument: Value) -> tuple[bool, Any]:
    match argument:
        case Unknown() | List():
            return isinstance(argument, List), argument
        case _:
            raise RefusedError("an argument is not a list or set")


def _map(argument: Value) -> tuple[bool, Any]:
    match argument:
        case Unknown() | Object():
            return isinstance(argument, Object), argument
        case _:
            raise RefusedError("an argument is not a map or object")


_PREPARE: Final[dict[str, Callable[[Value], tuple[bool, Any]]]] = {
    "s": _string,
    "n": _number,
    "b": _boolean,
    "t": _text,
    "l": _list,
    "o": _map,
    "v": lambda argument: (True, argument),
}


def value_of(plain: Any) -> Value:  # noqa: ANN401 - this is where plain results become values
    """A plain result as a value; a value as it is."""
    match plain:
        case bool():
            return Bool(plain)
        case int() | float():
            return number(int(plain) if isinstance(plain, float) and plain.is_integer() else plain)
        case str():
            return text(plain)
        case None:
            return Null()
        case list() | tuple():
            return List(tuple(map(value_of, plain)))
        case _:
            return cast("Value", plain)  # the entries of the table return values otherwise


def unresolved(name: str, reasons: tuple[Value, ...], arguments: tuple[Value, ...], context: CallContext) -> Unknown:
    """What a call gives that nobody can tell: for the first reason of `reasons`; the same for the same arguments."""
    rest = () if context.rest is None else (context.rest,)
    found = because((*reasons, *arguments, *rest), context.origin)
    return replace(found, identity=identity(name, (*arguments, *rest)))


def derived(name: str, hole: Hole) -> Unknown:
    """What a function of one string makes of a hole."""
    value = hole if isinstance(hole, Unknown) else text(hole)
    return replace(because((value,)), identity=identity(name, (value,)))


def identity(name: str, arguments: tuple[Value, ...]) -> str:
    """A name for the call's value, the same for equal arguments; empty where one of them has no identity."""
    written = [_written(argument) for argument in arguments]
    if any(each is None for each in written):
        return ""
    call = f"{name}({', '.join(each or '' for each in written)})"
    if len(call) <= _LONGEST_IDENTITY:
        return call
    return f"{name}(#{hashlib.sha256(call.encode('utf-8', 'replace')).hexdigest()[:32]})"


def _written(value: Value) -> str | None:
    """Source of a kind; `None` where a part of it cannot be named. Values are no deeper than what made them."""
    match value:
        case Unknown(identity=name):
            return name or None
        case Text(parts):
            return (
                "''"
                if not parts
                else _joined("", (repr(each) if isinstance(each, str) else _hole(each) for each in parts), "")
            )
        case List(items, None):
            return _joined("set[" if isinstance(value, Set) else "[", map(_written, items), "]")
        case Object(entries, None):
            pairs = (_joined("", (_written(key), _written(inner)), "") for key, inner in entries)
            return _joined("{", pairs, "}")
        case Number(number):
            return written_number(number)
        case Bool(truth):
            return "true" if truth else "false"
        case Null():
            return "null"
        case _:
            return None


def _hole(hole: Hole) -> str | None:
    match hole:
        case Unknown(identity=name):
            return name or None
        case Reference(block, attribute):
            return f"{block}.{attribute}"
        case Own():
            return f"own {hole.value}"


def _joined(before: str, parts: Any, after: str) -> str | None:  # noqa: ANN401 - strings or `None`
    found = list(parts)
    return None if None in found else f"{before}{' '.join(found)}{after}"


def _located(value: Value, origin: Origin) -> Value:
    return replace(value, origin=origin) if value.origin == NOWHERE else value
