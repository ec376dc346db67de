"""Every call of a function in a written value, and the branches of `Fn::If` that it lies in."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from keyfit.truth import Truth
from keyfit.value import List, Object, Text, Value

if TYPE_CHECKING:
    from collections.abc import Iterator

_VARIABLE: Final = re.compile(r"\$\{([^{}!][^{}]*)\}")


class Guard(NamedTuple):
    """A branch of `Fn::If`: the condition's name, and what it must be."""

    condition: str
    wanted: Truth


class Call(NamedTuple):
    """A call of a function, with the branches that it lies in."""

    function: str
    argument: Value
    guards: tuple[Guard, ...] = ()


def function_of(value: Value) -> tuple[str, Value] | None:
    """The name and argument of the function that `value` calls; `None` where it calls none."""
    if isinstance(value, Object) and len(value.entries) == 1 and value.rest is None:
        name, argument = value.entries[0]
        function = name.prefix
        if (function == "Ref" or function.startswith("Fn::")) and len(name.parts) == 1:
            return function, argument
    return None


def calls(written: Value | None) -> Iterator[Call]:
    """Every call of a function in `written`, outermost first."""
    pending: list[tuple[Value | None, tuple[Guard, ...]]] = [(written, ())]
    while pending:
        here, guards = pending.pop()
        if isinstance(here, List):
            pending.extend((each, guards) for each in reversed(here.items))
        elif isinstance(here, Object):
            call = function_of(here)
            if call is not None:
                yield Call(*call, guards)
            pending.extend(_inside(here, guards))


def _inside(here: Object, guards: tuple[Guard, ...]) -> Iterator[tuple[Value, tuple[Guard, ...]]]:
    for name, argument in reversed(here.entries):
        if name.prefix == "Fn::If" and isinstance(argument, List) and len(argument.items) == 3:  # noqa: PLR2004
            condition, then, otherwise = argument.items
            literal = (condition.literal or "") if isinstance(condition, Text) else ""
            yield otherwise, (*guards, Guard(literal, Truth.NO))
            yield then, (*guards, Guard(literal, Truth.YES))
        else:
            yield argument, guards


def names(call: Call) -> tuple[str, ...]:
    """The names that a `Ref`, `Fn::GetAtt` or `Fn::Sub` refers to: of parameters, resources and pseudo parameters."""
    argument = call.argument
    if call.function == "Fn::Sub":
        return _substituted(argument)
    first = argument.items[0] if isinstance(argument, List) and argument.items else argument
    if call.function not in {"Ref", "Fn::GetAtt"} or not isinstance(first, Text):
        return ()
    literal = first.literal or ""
    return (literal,) if call.function == "Ref" else (literal.partition(".")[0],)


def _substituted(argument: Value) -> tuple[str, ...]:
    template, given = argument, frozenset[str | None]()
    if isinstance(argument, List) and argument.items:
        template = argument.items[0]
        variables = argument.items[-1]
        given = frozenset(key.literal for key, _ in variables.entries) if isinstance(variables, Object) else given
    literal = (template.literal or "") if isinstance(template, Text) else ""
    found = (match.group(1).strip() for match in _VARIABLE.finditer(literal))
    return tuple(name.partition(".")[0] for name in found if name not in given)


def texts_at(written: Value | None, name: str) -> set[str]:
    """The texts that stand under a key of that name, at any depth."""
    found: set[str] = set()
    pending = [written]
    while pending:
        here = pending.pop()
        if isinstance(here, List):
            pending.extend(here.items)
        elif isinstance(here, Object):
            under = (value for key, value in here.entries if key.literal == name)
            found.update(value.literal for value in under if isinstance(value, Text) and value.literal)
            pending.extend(value for _, value in here.entries)
    return found
