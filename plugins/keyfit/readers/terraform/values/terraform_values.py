"""The kinds of value that Terraform has beyond `keyfit.value`: sets, encoded documents, texts in files, and errors."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Final

from keyfit.readers.terraform.values.unknowns import because
from keyfit.record import record
from keyfit.value import NOWHERE, Entry, List, Null, Object, Text, Unknown, holes_in, text
from keyfit.why import Why

if TYPE_CHECKING:
    from collections.abc import Iterable

    from keyfit.value import Origin, Value


@record(eq=False)
class Set(List):
    """A set: its known items are sorted, and distinct where `rest` does not say `OnlyThese`.

    It equals the list of the same items.
    """

    def __eq__(self, other: object) -> bool:
        """Whether both have the same items, for a list too."""
        return isinstance(other, List) and (self.items, self.rest) == (other.items, other.rest)

    def __hash__(self) -> int:
        """As the list of the same items."""
        return hash((self.items, self.rest))


@record
class OnlyThese(Unknown):
    """`List.rest` of a list that has no elements but its items, of which the order is not known.

    Of items that are equal, some can be left out. So as a list of principals, of patterns or of statements it is known.
    """


@record
class Like(Unknown):
    """`List.rest` of a list whose further elements are each as one of `elements`, and nobody knows how many.

    What differs from element to element is unknown in it.
    """

    elements: tuple[Value, ...] = ()


def like(reasons: Iterable[Value | None], elements: tuple[Value, ...], origin: Origin = NOWHERE) -> Like:
    """That further elements are as `elements`, if there are any: `reasons` keep that open."""
    found = because(reasons, origin)
    choices = found.choices | because(elements).choices
    return Like(found.why, found.subject, choices=choices, origin=found.origin, elements=elements)


def only_these(reasons: Iterable[Value | None]) -> OnlyThese:
    """That the items are all there is, for a list of which `reasons` keep the order or the number open."""
    found = because(reasons)
    return OnlyThese(found.why, found.subject, choices=found.choices, origin=found.origin)


def unordered(value: Value) -> Value:
    """`value` for whom neither the order of a list matters nor how often something is in it: policies, above all."""
    match value:
        case List(items, rest, origin):
            known = tuple(unordered(item) for item in items if not isinstance(item, OnlyThese))
            if isinstance(rest, Like) and all(_is_statement(each) for each in rest.elements):
                perhaps = (_perhaps(each, rest) for each in rest.elements if isinstance(each, Object))
                return List((*known, *map(unordered, perhaps)), None, origin)
            return List(known, None if isinstance(rest, OnlyThese) else rest, origin)
        case Object(entries, rest, origin):
            return Object(tuple(Entry(key, unordered(inner)) for key, inner in entries), rest, origin)
        case _:
            return value


def _is_statement(value: Value) -> bool:
    return isinstance(value, Object) and value.find("Effect") is not None


def _perhaps(statement: Object, whether: Unknown) -> Object:
    """A statement of which nobody knows whether it is there: as if a further condition decided when it applies."""
    open_ = because((whether,), statement.origin)
    written = statement.find("Condition")
    condition = Object(written.entries, open_, written.origin) if isinstance(written, Object) else open_
    kept = tuple(entry for entry in statement.entries if entry.key.literal != "Condition")
    return Object((*kept, Entry(text("Condition"), condition)), statement.rest, statement.origin)


def joined_rest(*rests: Unknown | None) -> Unknown | None:
    """What is unknown about further elements where several lists become one."""
    known = tuple(rest for rest in rests if rest is not None)
    if len(known) < 2:  # noqa: PLR2004 - nothing is joined
        return known[0] if known else None
    if all(isinstance(rest, OnlyThese) for rest in known):
        return only_these(known)
    alike = [rest for rest in known if isinstance(rest, Like)]
    return because(known) if len(alike) < len(known) else like(known, tuple(e for rest in alike for e in rest.elements))


@record(eq=False)
class _Told(Text):
    """A text of which more is known than its parts."""

    def __eq__(self, other: object) -> bool:
        """Whether both are the same text, however it was made and wherever it stands."""
        return isinstance(other, Text) and self.parts == other.parts

    def __hash__(self) -> int:
        """As the text itself."""
        return hash((self.parts,))


@record(eq=False)
class Encoded(_Told):
    """A text that `jsonencode` made, with the value that it encodes: the value still knows where it was written."""

    document: Value = field(default_factory=Null)


@record(eq=False)
class Lines(_Told):
    """A text that stands in a file with its own lines, at `place`: a heredoc, or a `whole` file.

    What is in it is there, wherever the text is used.
    """

    place: Origin = NOWHERE
    whole: bool = False


ERRORS: Final = frozenset({Why.INVALID, Why.GONE})


def failed(value: Value) -> Unknown | None:
    """The first error in `value`, at any depth."""
    holes = (hole for hole in holes_in(value) if isinstance(hole, Unknown))
    return next((hole for hole in holes if hole.why in ERRORS), None)


def ordered(value: Object) -> Object:
    """The entries in the order in which Terraform goes through them: by key. Of two with one key the last stays."""
    by_key: dict[tuple[str, ...], Entry] = {_order(entry.key): entry for entry in value.entries}
    return Object(tuple(by_key[key] for key in sorted(by_key)), value.rest, value.origin)


def _order(key: Text) -> tuple[str, ...]:
    return tuple(part if isinstance(part, str) else repr(part) for part in key.parts)
