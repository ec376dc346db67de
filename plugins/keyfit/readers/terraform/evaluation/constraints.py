"""Type constraints of variables (`list(object({ a = optional(string, "x") }))`), and conversion of values to them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from keyfit.readers.hcl.ast import Call, Map, Template, Tuple, Variable
from keyfit.readers.terraform.functions.conversion import as_bool, as_number, as_text, to_set
from keyfit.readers.terraform.functions.order import has_order
from keyfit.readers.terraform.values.terraform_values import joined_rest, only_these
from keyfit.readers.terraform.values.unknowns import because, invalid, part_of
from keyfit.record import record
from keyfit.value import Bool, Entry, List, Null, Number, Object, Text, Unknown, text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from keyfit.readers.hcl.ast import Expression
    from keyfit.value import Value


@record
class Constraint:
    """A type, such as "string" or "list": `element` is a collection's, `members` an object's or tuple's."""

    name: str = "any"
    element: Constraint | None = None
    members: tuple[Member, ...] = ()


@record
class Member:
    """An attribute of an object type; one that is optional is its default, or null, where it is not given."""

    name: str
    constraint: Constraint
    optional: bool = False
    default: Expression | None = None


ANYTHING: Final = Constraint()
_COLLECTIONS: Final = frozenset({"list", "set", "map"})


def read_constraint(expression: Expression | None) -> Constraint:
    """The type that a `type` argument says; "any" for none, and for what is no type."""
    match expression:
        case Variable(name):
            return Constraint(name)
        case Template((str() as legacy,)):  # `type = "string"`, as Terraform 0.11 had it
            return Constraint(legacy, ANYTHING if legacy in _COLLECTIONS else None)
        case Call("list" | "set" | "map" as name, (element, *_)):
            return Constraint(name, read_constraint(element))
        case Call("object", (Map(entries), *_)):
            return Constraint("object", members=tuple(_member(key, inner) for key, inner in entries))
        case Call("tuple", (Tuple(items), *_)):
            return Constraint("tuple", members=tuple(Member("", read_constraint(item)) for item in items))
        case _:
            return ANYTHING


def _member(key: Expression, inner: Expression) -> Member:
    name = key.parts[0] if isinstance(key, Template) and key.parts and isinstance(key.parts[0], str) else ""
    match inner:
        case Call("optional", (wanted, *default)):
            return Member(name, read_constraint(wanted), optional=True, default=default[0] if default else None)
        case _:
            return Member(name, read_constraint(inner))


@record
class Converter:
    """Conversion to constraints; `evaluate` gives the value of a default."""

    evaluate: Callable[[Expression], Value]

    def convert(self, value: Value, constraint: Constraint) -> Value:
        """`value` as the constraint wants it; unknown parts stay unknown, what cannot be converted fails."""
        if isinstance(value, Unknown | Null):
            return value
        if constraint.name in _PRIMITIVES:
            return replace(_PRIMITIVES[constraint.name](value), origin=value.origin)
        if constraint.name in {"list", "set"}:
            return self._list(value, constraint)
        if constraint.name == "tuple":
            return self._tuple(value, constraint)
        if constraint.name == "map":
            return self._map(value, constraint)
        return self._object(value, constraint) if constraint.name == "object" else value

    def _list(self, value: Value, constraint: Constraint) -> Value:
        if not isinstance(value, List):
            return invalid(f"a {constraint.name} is required", value.origin)
        items = tuple(self.convert(item, constraint.element or ANYTHING) for item in value.items)
        if constraint.name == "set":
            return to_set(List(items, value.rest, value.origin))
        rest = value.rest if has_order(value) else joined_rest(value.rest, only_these(value.items))
        return List(items, rest, value.origin)

    def _tuple(self, value: Value, constraint: Constraint) -> Value:
        if not isinstance(value, List) or (value.rest is None and len(value.items) != len(constraint.members)):
            return invalid("a tuple is required", value.origin)
        pairs = zip(value.items, constraint.members, strict=False)
        return List(tuple(self.convert(item, member.constraint) for item, member in pairs), value.rest, value.origin)

    def _map(self, value: Value, constraint: Constraint) -> Value:
        if not isinstance(value, Object):
            return invalid("a map is required", value.origin)
        converted = tuple(Entry(key, self.convert(each, constraint.element or ANYTHING)) for key, each in value.entries)
        return Object(converted, value.rest, value.origin)

    def _object(self, value: Value, constraint: Constraint) -> Value:
        """Attributes that the type does not have are dropped."""
        if not isinstance(value, Object):
            return invalid("an object is required", value.origin)
        if any(entry.key.literal is None for entry in value.entries):
            return because((value,), value.origin)
        entries = tuple(Entry(text(member.name), self._attribute(value, member)) for member in constraint.members)
        return Object(entries, None, value.origin)

    def _attribute(self, value: Object, member: Member) -> Value:
        given = value.find(member.name)
        if given is value.rest and given is not None:
            return part_of(given, f".{member.name}")
        if given is None and not member.optional:
            return invalid(f"the object has no attribute `{member.name}`", value.origin)
        if (given is None or isinstance(given, Null)) and member.default is not None:
            given = self.evaluate(member.default)
        return self.convert(given or Null(value.origin), member.constraint)


_PRIMITIVES: Final[Mapping[str, Callable[[Value], Text | Number | Bool | Unknown]]] = {
    "string": as_text,
    "number": as_number,
    "bool": as_bool,
}
