"""Which stack, and which block of it, is the same on both sides: by address, as `moved` says, else by its own name."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from keyfit.model.configuration import Move
from keyfit.value import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from keyfit.model.stack import Stack
    from keyfit.scan import Checked
    from keyfit.value import Value


class Pair(NamedTuple):
    """One template or root module on both sides; `None` where a side has none."""

    base: Checked | None
    head: Checked | None

    @property
    def is_same(self) -> bool:
        """Whether both sides were read from the same files, under the same settings, and have to do with no other."""
        if self.base is None or self.head is None or not (self.base.is_apart and self.head.is_apart):
            return False
        return self.base.settings.fingerprint == self.head.settings.fingerprint

    @property
    def name(self) -> str:
        """What it is called now, else what it was called."""
        found = self.head or self.base
        return found.path if found is not None else ""


def pairs(base: Iterable[Checked], head: Iterable[Checked]) -> tuple[Pair, ...]:
    """The stacks of both sides: by path; one that is left on each side is the same, if it is of one language."""
    old, new = _by_path(base), _by_path(head)
    found = [Pair(old.get(path), new.get(path)) for path in sorted({*old, *new})]
    gone = [each for each in found if each.head is None]
    came = [each for each in found if each.base is None]
    if len(gone) == len(came) == 1 and _language(gone[0].base) == _language(came[0].head):
        kept = [each for each in found if each.base is not None and each.head is not None]
        return (*kept, Pair(gone[0].base, came[0].head))
    return tuple(found)


def _language(checked: Checked | None) -> str:
    return checked.language if checked is not None else ""


def _by_path(side: Iterable[Checked]) -> dict[tuple[str, int], Checked]:
    """By path, and by which of several: a template that others nest is there once for each of them."""
    found: dict[tuple[str, int], Checked] = {}
    times: dict[str, int] = defaultdict(int)
    for each in side:
        found[each.path, times[each.path]] = each
        times[each.path] += 1
    return found


def renames(base: Stack, head: Stack) -> Mapping[str, str]:
    """What the blocks of `base` are called in `head`, where that is another address."""
    moves = (*(Move(after, before) for before, after in reversed(_moves(base))), *_moves(head))
    old, new = _named(base), _named(head)
    found: dict[str, str] = {}
    for address in old:
        moved = _moved(address, moves)
        if moved != address and moved in new and moved not in old:
            found[address] = moved
    gone = {address: names for address, names in old.items() if address not in new and address not in found}
    came = {address: names for address, names in new.items() if address not in old and address not in found.values()}
    return found | dict(_alike(gone, came))


def _moves(stack: Stack) -> tuple[Move, ...]:
    return stack.configuration.moved() if stack.configuration is not None else ()


def _moved(address: str, moves: Sequence[Move]) -> str:
    """What becomes of an address, one move after the other."""
    for move in moves:
        rest = address.removeprefix(move.before)
        if address.startswith(move.before) and (not rest or rest[0] in ".["):
            address = move.after + rest
    return address


def _alike(gone: Mapping[str, frozenset[str]], came: Mapping[str, frozenset[str]]) -> Iterator[tuple[str, str]]:
    """Blocks with a name that one of each side has, and no other."""
    old, new = _bearers(gone), _bearers(came)
    for name, bearers in old.items():
        if len(bearers) == 1 and len(new.get(name, ())) == 1:
            yield bearers[0], new[name][0]


def _bearers(named: Mapping[str, frozenset[str]]) -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for address, names in named.items():
        for name in sorted(names):
            found[name].append(address)
    return found


def _named(stack: Stack) -> dict[str, frozenset[str]]:
    """The blocks that are compared, with what they are called in AWS, each with its kind."""
    found: dict[str, set[str]] = {}
    for key in stack.keys:
        aliases = (each for each in stack.aliases if each.target in {key.arn, key.key_id})
        found.setdefault(key.block.address, set()).update(_names("key", *(each.name for each in aliases)))
    for identity in stack.identities:
        kind = identity.kind.value
        found.setdefault(identity.block.address, set()).update(_names(kind, identity.name))
    for grant in stack.grants:
        found.setdefault(grant.block.address, set())
    for consumer in stack.consumers:
        found.setdefault(consumer.block.address, set()).update(_names(consumer.kind, consumer.name))
    return {address: frozenset(names) for address, names in found.items()}


def _names(kind: str, *values: Value | None) -> Iterator[str]:
    for value in values:
        if isinstance(value, Text) and value.literal:
            yield f"{kind}\n{value.literal}"
