"""Parameters: what is declared, and the value that a declared type makes of a text."""

from __future__ import annotations

from dataclasses import field, replace
from typing import TYPE_CHECKING, Final

from keyfit.model.stack import Problem
from keyfit.readers.cloudformation.template.texts import as_text
from keyfit.record import record
from keyfit.shape import ANY, Shape
from keyfit.value import LISTED, NOWHERE, STORED, List, Number, Object, Origin, Text, Unknown, Value, text
from keyfit.why import Why

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from keyfit.readers.given import Given

_STORED: Final = "AWS::SSM::Parameter::Value<"
_LISTS: Final = ("CommaDelimitedList", "List<")
# A text that can be the name or ARN of a Systems Manager parameter; any other is the value itself.
_STORED_NAME: Final = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-")


@record
class Parameter:
    """A parameter as declared. `default` is `None` where there is none, `allowed` where any value is."""

    name: str
    type: str = "String"
    default: Text | None = None
    allowed: tuple[Text, ...] | None = None
    shape: Shape = ANY
    origin: Origin = field(default=NOWHERE, compare=False)

    @property
    def stored(self) -> bool:
        """Whether its value is read from Systems Manager when the stack is deployed."""
        return self.type.startswith(_STORED)

    @property
    def plural(self) -> bool:
        """Whether its value is a list."""
        kind = self.type.removeprefix(_STORED)
        return kind.startswith(_LISTS)

    @property
    def single(self) -> bool:
        """Whether its value is the one text that is given, so that it is one of the allowed values."""
        return not self.stored and not self.plural

    @property
    def listed(self) -> bool:
        """Whether the template leaves its value open among some that it lists; a default decides it."""
        return bool(self.allowed) and self.default is None and self.single

    def typed(self, written: Text) -> Value:
        """The value that `written` gives: its elements for a list type, else the text."""
        literal = written.literal
        if not self.plural or literal is None:
            return written
        elements = literal.split(",") if literal else []
        return List(tuple(text(each.strip(), origin=written.origin) for each in elements), origin=written.origin)

    def admits(self, written: Text) -> bool:
        """Whether the declaration allows `written`, as far as lengths and allowed values tell."""
        if self.plural or self.stored or written.literal is None:
            return True
        known = self.allowed is None or written in self.allowed
        return known and self.shape.admits(written.literal)

    @property
    def choice(self) -> Unknown:
        """Its value while the choice is open."""
        why, subject = (Why.PARAMETER, self.name) if self.default is not None else self._without
        return self._unknown(why, subject, choices=frozenset({self.name}))

    @property
    def unknown(self) -> Unknown:
        """Its value where neither a value nor a default is given; of one that is stored, where its name is one."""
        return self._stored(self.default)

    def _stored(self, name: Text | None) -> Unknown:
        """Its value where it is read from the stored parameter `name`: the same wherever that is read."""
        found = self._unknown(*self._without)
        literal = name.literal if name is not None and self.stored else None
        return replace(found, identity=f"{STORED}{literal}{LISTED if self.plural else ''}") if literal else found

    def other(self, not_in: Iterable[str]) -> Unknown:
        """Its value where it is none of these."""
        why, subject = (Why.PARAMETER, self.name) if self.default is not None else self._without
        return self._unknown(why, subject, not_in=frozenset(not_in))

    @property
    def _without(self) -> tuple[Why, str]:
        return (Why.STORED if self.stored else Why.NO_VALUE), self.name

    def _unknown(
        self, why: Why, subject: str, choices: frozenset[str] = frozenset(), not_in: frozenset[str] = frozenset()
    ) -> Unknown:
        return Unknown(why, subject, self.name, choices, not_in, self.shape, self.origin)

    def given(self, written: str) -> Value:
        """The value that the user gives; unknown where it can be the name of a stored parameter."""
        if self.stored and _STORED_NAME.issuperset(written.partition(":")[0]) and not _surely_value(written):
            return self._stored(text(written))
        return self.typed(text(written, origin=Origin(self.origin.file, note="given")))


def _surely_value(written: str) -> bool:
    """A name with a slash begins with one, and an ARN of anything else names no Systems Manager parameter."""
    if written.startswith("arn:"):
        return ":ssm:" not in written
    return "/" in written and not written.startswith("/")


def read_parameter(name: str, declaration: Value) -> Parameter:
    """The parameter that a declaration describes; what cannot be read of it is as if it were not there."""
    if not isinstance(declaration, Object):
        return Parameter(name, origin=declaration.origin)
    kind = declaration.find("Type")
    allowed = declaration.find("AllowedValues")
    shape = Shape(None, _length(declaration.find("MinLength")) or 0, _length(declaration.find("MaxLength")))
    return Parameter(
        name,
        (kind.literal or "String") if isinstance(kind, Text) else "String",
        as_text(declaration.find("Default")),
        _texts(allowed.items) if isinstance(allowed, List) and not allowed.rest else None,
        shape,
        declaration.origin,
    )


def refused(parameters: Mapping[str, Parameter], given: Given) -> Iterator[Problem]:
    """A problem for each given value that the declaration of its parameter does not allow."""
    for name, written in given.parameters.items():
        parameter = parameters.get(name)
        if parameter is not None and not parameter.admits(text(written)):
            yield Problem(f"parameter `{name}` does not allow the given value `{written}`", parameter.origin)


def _texts(values: Iterable[Value]) -> tuple[Text, ...]:
    return tuple(each for each in map(as_text, values) if each is not None)


def _length(value: Value | None) -> int | None:
    if isinstance(value, Number):
        return int(value.value)
    literal = value.literal if isinstance(value, Text) else None
    return int(literal) if literal and literal.isascii() and literal.isdigit() else None
