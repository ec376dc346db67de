"""Stacks of one scan joined: what one imports from another, reads from its state, or names that another makes.

A join needs exactly one candidate, which does not contradict in account and Region. What comes from the other stack is
in the source, but not in this stack: its blocks bear the other's name before their address, and a note of each verdict
says where they stand. What a candidate has from others itself is joined first, whatever the order of the stacks.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from keyfit.model.rewriting import filled
from keyfit.record import record
from keyfit.scan.joins import things
from keyfit.scan.joins.abroad import MODEL, Joined, abroad, as_hole, at_home, foreign
from keyfit.scan.joins.learned import learned, place_learned
from keyfit.scan.joins.offers import Around, Offer, behind, deploying, offer, offered
from keyfit.scan.joins.ties import Attached, Makers, elsewhere, named_by_ties, own_names
from keyfit.scan.joins.wants import asked_for, deployer_elsewhere, named_elsewhere, wanted
from keyfit.value import Unknown, holes_in
from keyfit.why import Why

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from keyfit.model.configuration import Lookup
    from keyfit.model.identities import Tie
    from keyfit.model.stack import Stack
    from keyfit.scan.joins.wants import Name
    from keyfit.value import Hole, Text, Value

__all__ = [
    "MODEL",
    "Joined",
    "Links",
    "abroad",
    "as_hole",
    "at_home",
    "foreign",
    "found_here",
    "join",
    "links",
    "wants",
]

DEEPEST: Final = 50  # references of one chain
MOST: Final = 1_000_000  # references that are followed, in all


def join(stacks: Sequence[Stack], further: Sequence[Stack] = ()) -> tuple[Stack, ...]:
    """The stacks, each with what it imports from the others, and with the keys and roles of others that it names.

    `further` stacks can be imported from, and are not joined themselves.
    """
    everything = (*stacks, *further)
    if len(everything) < 2:  # noqa: PLR2004 - one stack has nobody to be joined with
        return tuple(stacks)
    estate = _Estate(everything, Around.of(everything))
    return tuple(estate.joined(stack) if _uses(stack) else stack for stack in stacks)


def _uses(stack: Stack) -> bool:
    """Whether something in the stack uses keys, or could use those of what another has."""
    return bool(stack.consumers or stack.idle or stack.identities)


def wants(stack: Stack) -> bool:
    """Whether something in the stack looks for what another root module can have."""
    if not _uses(stack):
        return False
    if any(True for _ in own_names(stack)):
        return True  # another can attach policies to them
    if things.named(stack):
        return True
    if any(hole.why is not Why.IMPORT for hole in stack.once(wanted)) or deployer_elsewhere(stack) is not None:
        return True
    return bool(stack.consumers and named_elsewhere(stack))


@record
class Links:
    """What a stack looks for in others, and what it has for them.

    `tying` and `tied` are the names of roles that are not wholly known: those to which it attaches policies, and those
    of its own to which others can.
    """

    wanted: frozenset[Name] = frozenset()
    offered: frozenset[Name] = frozenset()
    wants: bool = False
    tying: frozenset[Text] = frozenset()
    tied: frozenset[Text] = frozenset()


def links(stack: Stack) -> Links:
    """Those of a stack: where nothing that it wants is offered by another, it is joined with none."""
    names = [name for name in map(asked_for, stack.once(wanted)) if name is not None]
    names += [("name", name) for name in named_elsewhere(stack)] if stack.consumers else []
    names += [("thing", name) for name in things.named(stack)]
    holes = (hole for told, _ in _lookups(stack) for hole in holes_in(told))
    names += [name for name in map(asked_for, holes) if name is not None]
    deployer = deployer_elsewhere(stack)
    names += [deployer] if deployer is not None else []
    tying = frozenset(named_by_ties(stack))
    names += [("name", name.literal) for name in tying if name.literal is not None]
    return Links(
        frozenset(names),
        frozenset(offered(stack)),
        wants(stack),
        frozenset(name for name in tying if name.literal is None),
        frozenset(name for name in own_names(stack) if name.literal is None),
    )


def found_here(stack: Stack) -> Mapping[Hole, Value]:
    """What fills the holes of a stack behind which an alias or role stands that is in the stack itself."""
    known = ((hole, behind(stack, hole)) for hole in wanted(stack) if hole.why in {Why.ALIAS, Why.ROLE})
    return {hole: value for hole, value in known if value is not None}


@dataclass(slots=True)
class _Estate:
    """All stacks of a scan, and what has been made of their references to each other so far."""

    everything: tuple[Stack, ...]
    around: Around
    seen: dict[int, Stack] = field(default_factory=dict)  # as others see them, by identity
    known: dict[tuple[int, Unknown], Offer | None] = field(default_factory=dict)
    active: list[object] = field(default_factory=list)
    cut: int = 0  # how often a circle, or a bound, was met: what was asked for around that lacks something
    asked: int = 0
    attached: Attached | None = None

    def joined(self, stack: Stack) -> Stack:
        """The stack with what it has from others."""
        found = {hole: offer for hole in stack.once(wanted) for offer in (self.find(stack, hole),) if offer is not None}
        sources = [source for each in found.values() for source in each.sources]
        elsewhere_ = [("name", name) for name in named_elsewhere(stack)]
        for name in (*elsewhere_, *(("thing", name) for name in things.named(stack))):
            makers = self.around.candidates(stack, name)
            sources += makers if len(makers) == 1 else []
        deployer = self._deployer(stack, sources)
        known = self._learned(stack, sources)
        home = at_home(stack)
        fillings: dict[Hole, Value] = {hole: home.of(each.value) for hole, each in found.items()}
        if known:
            fillings |= {hole: value for each in _lookups(stack) for hole, value in place_learned(*each).items()}
        seen = {id(each): self.abroad(each) for each in sources if each is not stack}
        others = tuple(Joined(known[each])(other) if each in known else other for each, other in seen.items())
        ties = tuple(home.of(each) for each in self._ties(stack))
        joined = Joined(fillings, others, ties, deployer=deployer)
        return joined(stack) if fillings or others or ties else stack

    def _ties(self, stack: Stack) -> tuple[Tie, ...]:
        """The policies that others attach to what the stack has, as these see them."""
        ties = self._attached()
        if stack.macro is not None or not ties.exactly:
            return ()
        named = zip(stack.identities, self._outward(stack).identities, strict=True)
        return tuple(each for known, seen in named if not known.outside for each in ties.to(stack, seen))

    def _attached(self) -> Attached:
        """All policies of the scan that are attached to what is not their own stack's."""
        if self.attached is None:
            self.attached = Attached(Makers.among(self.everything))
            for stack in self.everything:
                if any(elsewhere(stack)) and stack.macro is None:
                    ties = zip(self._outward(stack).ties, elsewhere(stack), strict=True)
                    self.attached.add(stack, (tie for tie, away in ties if away))
        return self.attached

    def _learned(self, stack: Stack, sources: list[Stack]) -> Mapping[int, dict[Hole, Value]]:
        """What fills holes of other stacks, by identity, for a plan of this one shows it; those are `sources`, too."""
        known: dict[int, dict[Hole, Value]] = {}
        for told, returned in _lookups(stack):
            found = {hole: self.find(stack, hole) for hole in _open(told)} if returned is not None else {}
            offers = {hole: each for hole, each in found.items() if each is not None}
            whole = filled({hole: each.value for hole, each in offers.items()}).of(told)
            for source in (source for each in offers.values() for source in each.sources):
                fillings = learned(self.abroad(source), whole, returned)
                if fillings:
                    sources.append(source)
                    known.setdefault(id(source), {}).update(fillings)
        return known

    def _deployer(self, stack: Stack, sources: list[Stack]) -> Text | None:
        """The ARN of the principal that deploys, where another stack has it; that becomes one of `sources`."""
        name = deployer_elsewhere(stack)
        makers = self.around.candidates(stack, name) if name is not None else ()
        if name is None or len(makers) != 1:
            return None
        sources += makers
        found = deploying(makers[0], name)
        return None if found is None else foreign(makers[0]).of(found)

    def abroad(self, stack: Stack) -> Stack:
        """The stack as others see it, with what it has from others itself, and the policies that they attach."""
        plain, ties = self._outward(stack), self._ties(stack)
        return Joined(ties=ties)(plain) if ties else plain

    def _outward(self, stack: Stack) -> Stack:
        """The stack as others see it, with what it has from others itself; of a circle, without."""
        if id(stack) in self.seen:
            return self.seen[id(stack)]
        plain, before = abroad(stack), self.cut
        if not self._enter(id(stack)):
            return plain
        rename = foreign(stack)
        fillings: dict[Hole, Value] = {}
        for hole in stack.once(wanted):
            found = self.find(stack, hole)
            if found is not None:
                fillings[as_hole(rename, hole)] = found.value
        self.active.pop()
        made = Joined(fillings)(plain) if fillings else plain
        if self._is_whole(before):
            self.seen[id(stack)] = made
        return made

    def find(self, stack: Stack, hole: Unknown) -> Offer | None:
        """What fills a hole of a stack, and the stacks that it comes from; `None` where none of the scan does."""
        key = (id(stack), hole)
        if key in self.known:
            return self.known[key]
        before = self.cut
        if not self._enter(key):
            return None
        found = self._found(stack, hole)
        self.active.pop()
        if self._is_whole(before):
            self.known[key] = found
        return found

    def _enter(self, key: object) -> bool:
        """Whether something can be asked for: not while it is, nor too deep, nor too often."""
        self.asked += 1
        if key in self.active or len(self.active) >= DEEPEST or self.asked > MOST:
            self.cut += 1
            return False
        self.active.append(key)
        return True

    def _is_whole(self, before: int) -> bool:
        return self.cut == before or not self.active

    def _found(self, stack: Stack, hole: Unknown) -> Offer | None:
        name = asked_for(hole)
        sources = self.around.candidates(stack, name) if name is not None else ()
        if not sources:
            return self._nearly(stack, hole)
        if len(sources) > 1:
            return Offer(_ambiguous(hole, sources))
        value = offer(sources[0], hole)
        return None if value is None else self._whole(value, sources[0])

    def _nearly(self, stack: Stack, hole: Unknown) -> Offer | None:
        """The hole, with what would fill it: an export of the scan that is named after its stack."""
        other = self.around.perhaps(stack, hole.subject) if hole.why is Why.IMPORT else None
        return None if other is None else Offer(replace(hole, why=Why.STACK_NAME, subject=other.name))

    def _whole(self, value: Value, source: Stack) -> Offer:
        """A value of `source` as others see it, what is in it from others joined, too."""
        inner = {each: self.find(source, each) for each in _open(value)}
        found = {hole: each for hole, each in inner.items() if each is not None}
        rename = foreign(source)
        fill = filled({as_hole(rename, hole): each.value for hole, each in found.items()})
        further = tuple(each for made in found.values() for each in made.sources)
        return Offer(fill.of(rename.of(value)), (source, *further))


def _lookups(stack: Stack) -> tuple[Lookup, ...]:
    return stack.configuration.lookups() if stack.configuration is not None else ()


def _open(value: Value) -> tuple[Unknown, ...]:
    return tuple(each for each in holes_in(value) if isinstance(each, Unknown) and asked_for(each) is not None)


def _ambiguous(hole: Unknown, sources: Sequence[Stack]) -> Unknown:
    where = " and ".join(f"`{each.name}`" for each in sources)
    verb = "exported by" if hole.why is Why.IMPORT else "made in"
    return replace(hole, why=Why.UNREADABLE, subject=f"`{hole.subject}` is {verb} {where}")
