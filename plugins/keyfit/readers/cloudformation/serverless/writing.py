"""What SAM writes into a template, as if it stood in the source: where the author wrote what it is made from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from keyfit.json_text import plain
from keyfit.readers.cloudformation.template.calls import function_of
from keyfit.value import Entry, List, Object, Text, Value, text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from keyfit.value import Origin

_NO_VALUE: Final = "AWS::NoValue"
_BRANCHES: Final = 3  # a condition and two values


def entry(name: str, value: Value) -> Entry:
    """One entry of a map."""
    return Entry(text(name, origin=value.origin), value)


def made(origin: Origin, **entries: Value) -> Object:
    """A map."""
    return Object(tuple(entry(name, value) for name, value in entries.items()), origin=origin)


def call(function: str, argument: Value) -> Object:
    """A call of a function, in its long form."""
    return Object((entry(function, argument),), origin=argument.origin)


def substituted(words: str, origin: Origin) -> Object:
    """`Fn::Sub` of a text."""
    return call("Fn::Sub", text(words, origin=origin))


def arn_of(address: str, origin: Origin) -> Object:
    """`Fn::GetAtt` of the ARN of a resource."""
    return call("Fn::GetAtt", List((text(address, origin=origin), text("Arn", origin=origin)), origin=origin))


def assumed_by(service: str, origin: Origin) -> Value:
    """The trust policy of a role that SAM makes for a service."""
    statement = {"Effect": "Allow", "Principal": {"Service": [service]}, "Action": ["sts:AssumeRole"]}
    return filled(plain.value({"Version": "2012-10-17", "Statement": [statement]}), {}, origin)


def branches_of(value: Value | None) -> tuple[Value, Value, Value] | None:
    """The condition and the two values of an `Fn::If`; `None` for anything else."""
    found = None if value is None else function_of(value)
    if found is None or found[0] != "Fn::If" or not isinstance(found[1], List) or len(found[1].items) != _BRANCHES:
        return None
    condition, then, otherwise = found[1].items
    return condition, then, otherwise


def is_no_value(value: Value) -> bool:
    """Whether `value` is `!Ref AWS::NoValue`."""
    found = function_of(value)
    return found is not None and found[0] == "Ref" and isinstance(found[1], Text) and found[1].literal == _NO_VALUE


def filled(value: Value, given: Mapping[str, Value], origin: Origin) -> Value:
    """`value`, which AWS wrote, at `origin`, each `{Ref: Name}` in it replaced by what is given for that name."""
    match value:
        case Object(((Text(("Ref",)), Text(literal=str() as name)),)) if name in given:
            return given[name]
        case Object(entries):
            inner = (Entry(text(*key.parts, origin=origin), filled(each, given, origin)) for key, each in entries)
            return Object(tuple(inner), origin=origin)
        case List(items):
            return List(tuple(filled(each, given, origin) for each in items), origin=origin)
        case Text(parts):
            return Text(parts, origin)
        case _:
            return value
