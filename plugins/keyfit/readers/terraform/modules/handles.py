"""What names of a module stand for before anything of them is asked: namespaces, resources, modules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keyfit.readers.terraform.evaluation.scope import Elements, settled
from keyfit.readers.terraform.modules.copies import Copies, Copy, Repeated
from keyfit.readers.terraform.values.compare import equal
from keyfit.readers.terraform.values.convert import to_number
from keyfit.readers.terraform.values.unknowns import because, invalid
from keyfit.record import record
from keyfit.truth import Truth
from keyfit.value import Entry, List, Null, Number, Object, Text, Unknown, Value, same, text
from keyfit.why import Why

if TYPE_CHECKING:
    from collections.abc import Callable

    from keyfit.readers.terraform.evaluation.scope import Handle, Resolved
    from keyfit.value import Origin


@record
class Namespace:
    """`var`, `local`, `data`, `module`, a resource type: names after a dot."""

    name: str
    find: Callable[[str, Origin], Resolved]

    def attribute(self, name: str, origin: Origin) -> Resolved:
        """What the name stands for."""
        return self.find(name, origin)

    def at(self, key: Value, origin: Origin) -> Resolved:
        """`local["name"]`."""
        name = key.literal if isinstance(key, Text) else None
        return self.find(name, origin) if name else because((key,), origin)

    def elements(self) -> Elements:
        """Nothing goes through a namespace."""
        return Elements(rest=invalid(f"`{self.name}` is not a value"))

    def value(self) -> Value:
        """A namespace is no value."""
        return invalid(f"`{self.name}` is not a value")


@record
class Block:
    """A resource, data source or module call with all its copies; `of` gives the handle of one copy."""

    address: str
    copies: Copies
    of: Callable[[Copy], Handle]

    def attribute(self, name: str, origin: Origin) -> Resolved:
        """An attribute of the only copy."""
        match self.copies.repeated:
            case Repeated.NOT:
                only = next(iter(self.copies.all), None)
                missing = f"`{self.address}` is not enabled: it is null"
                return invalid(missing, origin) if only is None else self.of(only).attribute(name, origin)
            case Repeated.FOR_EACH:
                return self.at(text(name), origin)
            case Repeated.COUNT:
                return invalid(f"`{self.address}` has a count: it is a list", origin)

    def at(self, key: Value, origin: Origin) -> Resolved:
        """One copy."""
        if self.copies.repeated is Repeated.NOT:
            return invalid(f"`{self.address}` is neither a list nor a map", origin)
        if self.copies.repeated is Repeated.COUNT:
            key = to_number(key)
        for copy in self.copies.all:
            if copy.key is not None and same_key(copy.key, key):
                return self.of(copy)
        if self.copies.rest is not None or _open(key):
            return because((key, self.copies.rest), origin)
        return Unknown(Why.GONE, self.copy_name(key), origin=origin)

    def copy_name(self, key: Value) -> str:
        """What the address of the copy with that key is, as far as the key is known."""
        match key:
            case Number(number):
                return f"{self.address}[{number}]"
            case Text(literal=str() as literal):
                return f'{self.address}["{literal}"]'
            case _:
                return self.address

    def elements(self) -> Elements:
        """The copies that are there."""
        items = tuple((copy.key or Number(0), self.of(copy)) for copy in self.copies.items)
        if self.copies.repeated is Repeated.NOT and items:
            return Elements(items, single=True)
        keyed = self.copies.repeated is Repeated.FOR_EACH
        rest = None if self.copies.rest is None else because((self.copies.rest,))
        return Elements(_in_order(items) if keyed else items, rest, keyed=keyed)

    def value(self) -> Value:
        """Everything of every copy."""
        found = self.elements()
        if self.copies.repeated is Repeated.NOT and not found.items:
            return found.rest or Null()
        values = [(key, settled(each)) for key, each in found.items]
        if found.single:
            return values[0][1]
        if found.keyed:
            return Object(tuple(Entry(key, each) for key, each in values if isinstance(key, Text)), found.rest)
        return List(tuple(each for _, each in values), found.rest)


def _in_order(items: tuple[tuple[Value, Resolved], ...]) -> tuple[tuple[Value, Resolved], ...]:
    return tuple(
        sorted(items, key=lambda item: [str(part) for part in item[0].parts] if isinstance(item[0], Text) else [])
    )


def same_key(key: Value, asked: Value) -> bool:
    """Whether `asked` surely is the key of a copy."""
    key, asked = (_only_hole(each) for each in (key, asked))
    if isinstance(key, Unknown) and isinstance(asked, Unknown):
        return same(key, asked)
    return equal(key, asked).truth is Truth.YES


def _only_hole(key: Value) -> Value:
    """The unknown that a text is, with nothing beside it."""
    match key:
        case Text((Unknown() as only,)):
            return only
        case _:
            return key


def _open(key: Value) -> bool:
    return isinstance(key, Unknown) or (isinstance(key, Text) and key.literal is None)
