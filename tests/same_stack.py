"""One stack in several languages: models and findings in a form in which they can be compared.

What differs by nature is left out or told alike: places, the names of types and parameters, how AWS makes up a name,
what a choice is called. Addresses are told by a table: what a block of the template is called in Terraform.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, fields, is_dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any, Final

from keyfit.model.findings import Verdict
from keyfit.value import Entry, List, Object, Origin, Own, Reference, Text, Unknown

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from keyfit.model.findings import Finding
    from keyfit.model.stack import Stack

KINDS: Final = ("keys", "aliases", "grants", "identities", "buckets", "consumers", "targets")
# Rules that speak of what only Terraform has: two ways to write a key's policy, or to attach a role's.
TERRAFORM_ONLY: Final = frozenset({407, 508})
INDEXED: Final = (604, Verdict.HOLDS)  # what `for_each` makes is referred to by a key, which is there
# Places; the languages' own words; the tags that a stack adds; the block that a policy is written in, which is the role
# in one language and a resource of its own in the other; lists that are exclusive in one alone; what a hole can be,
# which a reference tells already.
NOT_COMPARED: Final = frozenset({"origin", "type", "tags", "mixes", "strict", "owner", "shape", "assumed"})
GENERATED: Final = "generated"


@dataclass(frozen=True, slots=True)
class Names:
    """What the blocks of a stack are called in the template, by their addresses; and which choices are open."""

    table: Mapping[str, str]
    stack: Stack | None = None

    def __call__(self, address: str) -> str:
        """The logical id of an address; the address itself where it is one."""
        return self.table.get(address, address)

    def choices(self, hole: Unknown) -> tuple[str, ...]:
        """The choices that a hole depends on, if they can be split at all."""
        reading = None if self.stack is None else self.stack.reading
        split = (each for each in hole.choices if reading is not None and reading.choice(each) is not None)
        return tuple(sorted(map(self, split)))

    def identities(self) -> frozenset[str]:
        """The addresses of the stack's roles, users and groups."""
        return frozenset() if self.stack is None else frozenset(each.block.address for each in self.stack.identities)


def model(stack: Stack, table: Mapping[str, str]) -> dict[str, list[Any]]:
    """Everything in a stack in comparable form, in an order of its own. `table` gives logical ids by address."""
    names = Names(table, stack)
    return {kind: sorted((plain(each, names) for each in getattr(stack, kind)), key=repr) for kind in KINDS}


def findings(found: Iterable[Finding], table: Mapping[str, str]) -> set[tuple[Any, ...]]:
    """Rule, outcome and subject of findings, and what they are about."""
    names = Names(table)
    return {
        (
            each.rule,
            each.verdict.value,
            names(each.resource),
            tuple(names(word) for word in (each.about.key, each.about.principal)),
            parameter("/".join(map(names, each.about.parameter.split("/")))),
            each.about.store,
            each.about.state,
        )
        for each in found
        if each.rule not in TERRAFORM_ONLY and (each.rule, each.verdict) != INDEXED
    }


def plain(value: object, names: Names) -> Any:  # noqa: ANN401, C901, PLR0912 - an arm a kind of value
    """A part of a model in comparable form."""
    match value:
        case Origin():
            return None
        case Text((Unknown() as only,)):
            return plain(only, names)
        case Text():
            return ("text", *_segments(value, names))
        case Unknown():
            return ("unknown", *names.choices(value))
        case Reference():
            return (names(value.block), value.attribute)
        case Object(entries, rest):
            pairs = sorted(((plain(key, names), plain(each, names)) for key, each in entries), key=repr)
            return ("object", tuple(pairs), plain(rest, names))
        case List((only,), None):  # a policy can leave out the brackets
            return plain(only, names)
        case List(items, rest):
            return ("list", tuple(plain(each, names) for each in items), plain(rest, names))
        case Entry():
            return (plain(value.key, names), plain(value.value, names))
        case Enum():
            return value.name
        case str():
            return names(value)
        case frozenset():
            return tuple(sorted(map(names, value)))
        case tuple():
            return tuple(plain(each, names) for each in value)
        case _ if is_dataclass(value):
            return _fields(value, names)
        case _:
            return value


def _fields(value: Any, names: Names) -> tuple[Any, ...]:  # noqa: ANN401 - a dataclass of the model
    compared = [each.name for each in fields(value) if each.name not in NOT_COMPARED]
    shown = {name: plain(getattr(value, name), names) for name in compared}
    if "parameter" in shown:
        shown["parameter"] = parameter(value.parameter)
    if "policies" in shown:  # which one comes first says nothing
        shown["policies"] = tuple(sorted(shown["policies"], key=repr))
    if shown.get("kind") == "MANAGED":  # a template's policy can name its roles, and then nobody names the policy
        shown.pop("arn", None)
    if "depends_on" in shown:  # what is written as one block in one language is two in the other
        shown["depends_on"] = plain(value.depends_on & names.identities(), names)
    return (type(value).__name__, *shown.items())


def parameter(words: str) -> str:
    """A parameter's path without the language's way of writing it."""
    return words.replace("_", "").lower()


def _segments(value: Text, names: Names) -> tuple[Any, ...]:
    """The parts of a text; a segment with a name that AWS makes up is that, whatever stands around the made-up part."""
    parts: list[Any] = []
    for part in value.parts:
        match part:
            case str():
                parts.extend(re.split(r"([/:])", part))
            case Own():
                parts.append(part.name)
            case _:
                parts.append(plain(part, names))
    joined: list[tuple[Any, ...]] = [()]
    for each in (part for part in parts if part != ""):
        joined = [*joined, (each,), ()] if each in {"/", ":"} else [*joined[:-1], (*joined[-1], each)]
    return tuple(_segment(each) for each in joined if each)


def _segment(parts: tuple[Any, ...]) -> Any:  # noqa: ANN401 - as above
    made_up = [each for each in parts if isinstance(each, tuple) and each[-1] == "name_suffix"]
    return (GENERATED, made_up[0][0]) if made_up else parts
