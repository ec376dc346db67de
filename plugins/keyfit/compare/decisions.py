"""Every decision that differs: who can do what on which key, asked of the engine on both sides."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from keyfit.catalogue.asking.answers import ask
from keyfit.catalogue.asking.who import Asked, Way, asked, counterpart, in_way
from keyfit.compare.deployments import deployments, smallest
from keyfit.compare.difference import KEY, Decided
from keyfit.compare.side import at_home
from keyfit.compare.told import answered
from keyfit.truth import Truth

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from keyfit.catalogue.asking.answers import Told
    from keyfit.compare.deployments import Deployment, There
    from keyfit.compare.difference import Answered
    from keyfit.model.stack import Stack

MOST: Final = 1_000_000  # answers of one comparison


class TooManyError(Exception):
    """There are more decisions to compare than can be."""


@dataclass(slots=True)
class Budget:
    """How many answers are left to be asked for."""

    left: int = MOST

    def spend(self, answers: int) -> None:
        """Take what is asked for now; `TooManyError` where nothing is left."""
        self.left -= answers
        if self.left < 0:
            raise TooManyError


class Sides(NamedTuple):
    """One stack on both sides; `names` are the new addresses of blocks that have another one, `name` its own."""

    base: There | None
    head: There | None
    names: Mapping[str, str]
    name: str


class Seat(NamedTuple):
    """A principal and a key, by what they are called now."""

    principal: str
    key: str


Kind: TypeAlias = "tuple[Truth | None, Truth | None, str]"


class Change(NamedTuple):
    """What can be the same in several deployments."""

    action: str
    way: Way
    kind: Kind


class Row(NamedTuple):
    """One answer that differs in one deployment; `None`: there is no such principal or key, which `absent` names."""

    action: str
    way: Way
    before: Told | None
    after: Told | None
    absent: str

    @property
    def kind(self) -> Kind:
        """The two answers."""
        return (
            self.before.truth if self.before is not None else None,
            self.after.truth if self.after is not None else None,
            self.absent,
        )


class Compared(NamedTuple):
    """One principal and key in one deployment."""

    seat: Seat
    base: Asked | None
    head: Asked | None
    absent: str

    @property
    def ways(self) -> tuple[Way, ...]:
        """How the principal calls, on either side."""
        return tuple(dict.fromkeys(way for side in (self.base, self.head) if side is not None for way in side.ways))


def decided(sides: Sides, budget: Budget) -> Iterator[Decided]:
    """The decisions of one stack that differ."""
    labels: dict[int, Mapping[str, bool | str]] = {}
    seen: dict[Seat, dict[int, Compared]] = defaultdict(dict)
    rows: dict[Seat, dict[Change, dict[int, Row]]] = defaultdict(lambda: defaultdict(dict))
    for number, deployment in enumerate(deployments(sides.base, sides.head)):
        labels[number] = deployment.told
        for compared in _compared(deployment, sides.names):
            seen[compared.seat][number] = compared
            for row in _rows(deployment, compared, budget):
                rows[compared.seat][Change(row.action, row.way, row.kind)][number] = row
    for seat, found in rows.items():
        for each in _told(seen[seat], found, labels):
            yield replace(each, stack=sides.name, principal=seat.principal, key=seat.key)


# --- what is asked -----------------------------------------------------------------------------------------------


def _compared(deployment: Deployment, names: Mapping[str, str]) -> Iterator[Compared]:
    """Whom and what there is to compare: not what is the same on both sides, for the engine would say the same."""
    old = {_renamed(seat, names): _called(each, names) for seat, each in _asked(deployment.base).items()}
    new = {Seat(*seat): each for seat, each in _asked(deployment.head).items()}
    same = not names and _same_around(deployment)
    for seat in sorted({*old, *new}):
        before, after = old.get(seat), new.get(seat)
        if same and before is not None and before == after:
            yield Compared(seat, None, None, "")
            continue
        absent = ""
        if before is None and after is not None:
            before, absent = _counterpart(deployment.base, after, {new: old for old, new in names.items()})
        elif after is None and before is not None:
            after, absent = _counterpart(deployment.head, before, names)
        yield Compared(seat, before, after, absent)


def _asked(there: There | None) -> Mapping[tuple[str, str], Asked]:
    if there is None:
        return {}
    with at_home(there.home):
        return there.stack.once(asked)


def _renamed(seat: tuple[str, str], names: Mapping[str, str]) -> Seat:
    principal, key = seat
    return Seat(names.get(principal, principal), names.get(key, key))


def _called(each: Asked, names: Mapping[str, str]) -> Asked:
    """With the new addresses of the consumers that are asked for."""
    if not names:
        return each
    return replace(
        each, ways={way._replace(consumer=names.get(way.consumer, way.consumer)): of for way, of in each.ways.items()}
    )


def _same_around(deployment: Deployment) -> bool:
    """Whether what governs all principals and keys together is the same."""
    if deployment.base is None or deployment.head is None:
        return False
    return _around(deployment.base.stack) == _around(deployment.head.stack)


def _around(stack: Stack) -> tuple[object, ...]:
    return stack.grants, stack.aliases, stack.buckets, stack.account, stack.region, stack.partition


def _counterpart(there: There | None, other: Asked, names: Mapping[str, str]) -> tuple[Asked | None, str]:
    """The same principal and key on a side that does not speak of the two together; what there is not, in a word."""
    address = names.get(other.key.block.address, other.key.block.address)
    found = counterpart(there.stack, other, address) if there else None
    if found is not None:
        return found, ""
    has_key = there is not None and any(each.block.address == address for each in there.stack.keys)
    identity = other.who.asker.identity
    return None, identity.kind.value if has_key and identity is not None else KEY


def _rows(deployment: Deployment, compared: Compared, budget: Budget) -> Iterator[Row]:
    for way in compared.ways:
        old = _answers(deployment.base, (compared.base, compared.head), way, budget)
        new = _answers(deployment.head, (compared.head, compared.base), way, budget)
        for action in {**old, **new}:
            row = Row(action, way, old.get(action), new.get(action), compared.absent)
            before, after = _truth(row.before), _truth(row.after)
            if before is not after:
                yield row


def _truth(told: Told | None) -> Truth:
    """What is not there cannot do anything."""
    return Truth.NO if told is None else told.truth


def _answers(
    there: There | None, sides: tuple[Asked | None, Asked | None], way: Way, budget: Budget
) -> dict[str, Told]:
    """What the first of two sides answers."""
    side, other = sides
    if there is None or side is None:
        return {}
    with at_home(there.home):
        found = dict(ask(there.stack, in_way(side, way, other), way))
    budget.spend(len(found))
    return found


# --- what is told ------------------------------------------------------------------------------------------------

Made: TypeAlias = "tuple[tuple[str, bool | str], ...]"


class Alike(NamedTuple):
    """What is told together: answers that are the same, for the same reasons."""

    before: Answered | None
    after: Answered | None
    absent: str
    ways: tuple[str, ...]
    made: Made | None


def _told(
    seen: Mapping[int, Compared],
    found: Mapping[Change, Mapping[int, Row]],
    labels: Mapping[int, Mapping[str, bool | str]],
) -> Iterator[Decided]:
    """What differs for one principal and key: alike answers together, in as few deployments and ways as tell them."""
    alike: dict[tuple[str, Kind, Made | None], list[Row]] = defaultdict(list)
    for change, rows in found.items():
        for scenario in smallest(rows, seen, labels):
            made = tuple(scenario.items()) if scenario is not None else None
            alike[change.action, change.kind, made].append(rows[min(rows)])
    every = frozenset(way for compared in seen.values() for way in compared.ways)
    several: dict[Alike, list[str]] = defaultdict(list)
    for (action, _, made), same in alike.items():
        ways = tuple(dict.fromkeys(each.way.told for each in same)) if {each.way for each in same} != every else ()
        row = same[0]
        several[Alike(answered(row.before), answered(row.after), row.absent, ways, made)].append(action)
    who = next(side.who for each in seen.values() for side in (each.head, each.base) if side is not None)
    for each, actions in several.items():
        scenario = dict(each.made) if each.made is not None else None
        yield Decided(who.words, tuple(sorted(actions)), *each[:4], scenario)
