"""A rule's way through the scenarios of a stack: what is open is split on what decides it, until it is told apart."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple

from keyfit.answer import maybe
from keyfit.catalogue.deployments import Leaf
from keyfit.model.findings import Note, NoteKind
from keyfit.model.rewriting import where
from keyfit.truth import Truth
from keyfit.value import Text, Unknown
from keyfit.verify.rulings import rulings_of
from keyfit.why import Why

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from keyfit.catalogue.rule import Ident, Options, Rule, Ruling
    from keyfit.model.alternatives import Choice, Made, Scenario
    from keyfit.model.effort import Effort
    from keyfit.model.stack import Stack
    from keyfit.value import Hole
    from keyfit.verify.rulings import Rulings

LEAVES: Final = 64  # of one ruling; what is not explored is unproven
_FURTHER: Final = 64  # stacks that what splits bring to light may ask for, of one rule
_NOT_ALL: Final = Note(NoteKind.NOTE, "not all deployments were tried: there are too many")


class Search(NamedTuple):
    """One rule's way through the scenarios of one stack: `asked` holds every stack it was asked about, and grows.

    What all rules together ask of scenarios costs `effort`.
    """

    rule: Rule
    options: Options
    asked: dict[Scenario, Stack]
    effort: Effort

    def rulings(self, stack: Stack) -> Rulings:
        """The rule's verdicts about one of the stacks; a new one costs effort."""
        found = stack.once(rulings_of, self.rule, self.options)
        if stack.scenario not in self.asked:
            self.asked[stack.scenario] = stack
            self.effort.spend(stack, len(found))
        return found


class Explored(NamedTuple):
    """One thing that a rule gives rulings about: those of each scenario, and the scenarios in which it is not there."""

    leaves: tuple[Leaf, ...]
    absent: tuple[Stack, ...]


def explored(rule: Rule, stack: Stack, options: Options, effort: Effort) -> Iterator[Explored]:
    """Each thing that the rule gives a ruling about, in whatever scenario it comes to light.

    A statement in a branch of a condition has no ruling of its own before that choice is made: what a split brings to
    light is judged from there on. All that comes to light so shares one budget: splitting it brings more to light.
    """
    search = Search(rule, options, {each.scenario: each for each in stack.once(revealed)}, effort)
    leaves: dict[Ident, list[Leaf | Stack]] = {}
    roots: dict[Ident, list[Stack]] = {}
    known, further = len(search.asked), _FURTHER
    for index, here in enumerate(_growing(search.asked)):
        if 0 < index < known and effort.left <= 0:
            effort.skipped = True
            continue
        rulings = here.once(rulings_of, rule, options)
        if 0 < index < known:
            effort.spend(here, len(rulings))
        for ident in rulings:
            if any(_is_within(here, root) for root in roots.get(ident, ())):
                continue
            before = len(search.asked)
            parts = tuple(_leaves(search, here, ident, LEAVES if index < known else min(LEAVES, further)))
            further -= len(search.asked) - before if index >= known else 0
            roots.setdefault(ident, []).append(here)
            leaves.setdefault(ident, []).extend(parts)
    for ident, every in leaves.items():
        found = tuple(each for each in every if isinstance(each, Leaf))
        absent = (each for each in every if not isinstance(each, Leaf))
        if found:
            yield Explored(found, (*absent, *_beside(search.asked, roots[ident])))


def _beside(asked: Mapping[Scenario, Stack], roots: Sequence[Stack]) -> Iterator[Stack]:
    """The deployments beside those in which something comes to light: it is not in them."""
    paths = [root.scenario.made for root in roots]
    forks = {(path[:index], path[index].choice) for path in paths for index in range(len(path))} if all(paths) else ()
    for scenario, stack in asked.items() if forks else ():
        made = scenario.made
        if made and (made[:-1], made[-1].choice) in forks and not any(_in_line(made, path) for path in paths):
            yield stack


def _in_line(made: Sequence[Made], path: Sequence[Made]) -> bool:
    return all(one == other for one, other in zip(made, path, strict=False))


def revealed(stack: Stack) -> tuple[Stack, ...]:
    """The stack; where a choice hides consumers, or what they use, those under the ways to decide it: 64 at most."""
    pending, budget = [stack], LEAVES
    found: list[Stack] = []
    while pending:
        here = pending.pop()
        found.append(here)
        choice = _choice(_hiding(here), here) if budget > 0 else None
        if choice is not None:
            budget -= len(choice.alternatives)
            pending.extend(reversed(list(_alternatives(choice, here))))
    return tuple(found)


def _hiding(stack: Stack) -> Iterator[Hole]:
    """The holes behind which consumers can stand, and those in what tells which keys, roles and things they use."""
    yield from stack.hidden
    for consumer in stack.consumers:
        named = (*consumer.keys, *consumer.buckets, *consumer.targets)
        for use in (*named, *((consumer.role,) if consumer.role else ())):
            if isinstance(use.value, Text):
                yield from use.value.holes
            elif isinstance(use.value, Unknown):
                yield use.value


def _growing(stacks: Mapping[Scenario, Stack]) -> Iterator[Stack]:
    """Every stack of `stacks`, those included that come in meanwhile."""
    done: set[Scenario] = set()
    while fresh := [scenario for scenario in stacks if scenario not in done]:
        done.update(fresh)
        yield from (stacks[scenario] for scenario in fresh)


def _is_within(stack: Stack, root: Stack) -> bool:
    """Whether the scenario of `stack` is that of `root` with more choices made, or the same."""
    made = root.scenario.made
    return stack.scenario.made[: len(made)] == made


def _leaves(search: Search, stack: Stack, ident: Ident, budget: int) -> Iterator[Leaf | Stack]:
    """The ruling in the scenarios that tell it apart, from a stack on; the first alternative (the default) first.

    Where there is none, the stack alone.
    """
    pending = [stack]
    while pending:
        here = pending.pop()
        ruling = search.rulings(here).get(ident)
        if ruling is None or ruling.subject.present.truth is Truth.NO:
            yield here
            continue
        choice = _open_choice(ruling, here)
        if choice is None:
            yield Leaf(_as_deployed(_settled(_where_it_exists(search, here, ident)), here), here)
            continue
        if budget <= 0 or search.effort.left <= 0:
            yield Leaf(_as_deployed(_settled(ruling), here).with_notes(_NOT_ALL), here)
            continue
        budget -= len(choice.alternatives) - 1
        pending.extend(reversed(list(_alternatives(choice, here, attempted=search.rule.attempts))))


def _where_it_exists(search: Search, stack: Stack, ident: Ident) -> Ruling:
    """A ruling; an open one asked again where its subject exists: what exists just where it does is there as well."""
    ruling = search.rulings(stack)[ident]
    there = stack.once(where, ruling.subject.present) if ruling.answer.truth is Truth.MAYBE else stack
    found = None if there is stack else there.once(rulings_of, search.rule, search.options).get(ident)
    return ruling if found is None else replace(found, subject=ruling.subject)


def _open_choice(ruling: Ruling, stack: Stack) -> Choice | None:
    """A choice to split on: whether the block exists comes first, then what decides the answer (design, section 4)."""
    return _choice((*ruling.subject.present.holes, *ruling.answer.holes), stack)


def _choice(holes: Iterable[Hole], stack: Stack) -> Choice | None:
    """The first choice that one of `holes` names and that is still open."""
    if stack.reading is None:
        return None
    for hole in holes:
        for name in sorted(hole.choices) if isinstance(hole, Unknown) else ():
            choice = stack.reading.choice(name) if stack.scenario.find(name) is None else None
            if choice is not None:
                return choice
    return None


def _alternatives(choice: Choice, stack: Stack, *, attempted: bool = False) -> Iterator[Stack]:
    """The stacks of all ways to decide `choice` that can be deployed; or that can be `attempted`."""
    if stack.reading is None:
        return
    make = stack.reading.attempted if attempted else stack.reading.under
    for value in choice.alternatives:
        under = make(stack.scenario.given(choice.name, value))
        if under is not None:
            yield under


def _settled(ruling: Ruling) -> Ruling:
    """A leaf's ruling: where the subject's own existence stays open, broken is not proven."""
    present = ruling.subject.present
    if present.truth is Truth.MAYBE and ruling.answer.truth is Truth.NO:
        untold = next((hole for hole in present.holes if isinstance(hole, Unknown) and hole.why is Why.UNTOLD), None)
        what = f"{untold.subject}; if so" if untold else f"whether `{ruling.subject.address}` is deployed; where it is"
        message = f"cannot tell {what}, {ruling.message}"
        return replace(ruling, answer=maybe(*present.holes), message=message)
    return ruling


def _as_deployed(ruling: Ruling, stack: Stack) -> Ruling:
    """A ruling about what is written; of what a macro makes of it nothing is proven."""
    if stack.macro is None or stack.macro in ruling.answer.holes:
        return ruling
    if ruling.answer.truth is Truth.MAYBE:
        return replace(ruling, answer=maybe(*ruling.answer.holes, stack.macro))
    message = f"cannot tell what is deployed; as it is written, {ruling.message}"
    notes = tuple(note for note in ruling.notes if note.kind is NoteKind.NOTE)
    return replace(ruling, answer=maybe(stack.macro), message=message, notes=notes, remedy=None)
