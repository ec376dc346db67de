"""Rules, a stack and its scenarios make findings: a definite answer stands, an open one is split on what decides it.

Every rule is asked under the empty scenario first. What it answers YES or NO holds in every scenario. A MAYBE is split
on a choice among the unknowns that decided, and each part is asked again: broken in one leaf is broken, an unexplored
leaf is unproven, and a leaf in which the subject does not exist is left out.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from keyfit import catalogue
from keyfit.answer import maybe
from keyfit.catalogue import consumers, grounds
from keyfit.catalogue.deployments import Leaf, Standing, standing
from keyfit.catalogue.rule import Ident, Options, Rule, Ruling
from keyfit.explain.deployments import when
from keyfit.model.effort import Effort
from keyfit.model.findings import Cause, Failure, Finding, Level, Note, NoteKind, Verdict
from keyfit.model.rewriting import where
from keyfit.truth import Truth
from keyfit.value import NOWHERE, Advice, Origin, Own, Text, Unknown, Why

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from keyfit.catalogue.deployments import Told
    from keyfit.model.alternatives import Choice, Made, Scenario
    from keyfit.model.stack import Block, Stack
    from keyfit.value import Hole

LEAVES: Final = 64  # of one ruling; what is not explored is unproven
_FURTHER: Final = 64  # stacks that what splits bring to light may ask for, of one rule
_ELSEWHERE: Final = 3  # what else is broken in other deployments is told so often
_NUMBER: Final = re.compile(r"(?<=\bstatement )[0-9]+")
_NOT_ALL: Final = Note(NoteKind.NOTE, "not all deployments were tried: there are too many")
_TOO_MANY: Final = "there are too many deployments to look into what is only in some of them"
_VERDICTS: Final = {Truth.YES: Verdict.HOLDS, Truth.NO: Verdict.BROKEN, Truth.MAYBE: Verdict.UNPROVEN}
_GRAVITY: Final = {Verdict.HOLDS: 0, Verdict.UNPROVEN: 1, Verdict.BROKEN: 2}

_HOPELESS: Final = frozenset({Why.UNDOCUMENTED, Why.UNTOLD})  # it stays unknown, whatever account and Region are
_BINDABLE: Final = frozenset({Own.ACCOUNT.value, Own.REGION.value})  # what the user can bind
_UNBOUND: Final[Mapping[Hole, Unknown]] = {own: Unknown(Why.UNBOUND, own.value) for own in (Own.ACCOUNT, Own.REGION)}
Verdicts: TypeAlias = "Mapping[Ident, Ruling]"


@dataclass(frozen=True, slots=True)
class Result:
    """The findings about one stack, and what keyfit could not judge."""

    findings: tuple[Finding, ...] = ()
    failures: tuple[Failure, ...] = ()


class _Spoken(NamedTuple):
    """A finding about `subject`; `proven` says that it is definite, or open for nothing but what is refused."""

    finding: Finding
    proven: bool
    subject: Block

    @property
    def told(self) -> Finding:
        """The finding, filed under the block that the author wrote, where a transform makes the subject of it."""
        written = self.subject.within
        return self.finding if written is None else replace(self.finding, resource=written.address, type=written.type)


class _Search(NamedTuple):
    """One rule's way through the scenarios of one stack: `asked` holds every stack it was asked about, and grows.

    What all rules together ask of scenarios costs `effort`.
    """

    rule: Rule
    options: Options
    asked: dict[Scenario, Stack]
    effort: Effort

    def rulings(self, stack: Stack) -> Verdicts:
        """The rule's verdicts about one of the stacks; a new one costs effort."""
        found = stack.once(_verdicts, self.rule, self.options)
        if stack.scenario not in self.asked:
            self.asked[stack.scenario] = stack
            self.effort.spend(stack, len(found))
        return found


def check(stack: Stack, rules: Sequence[Rule] | None = None, options: Options | None = None) -> Result:
    """Every ruling of `rules` (all of them, unless given) about `stack`.

    A rule that fails inside gives an internal failure, and the others are asked all the same. What yields is left out.
    """
    spoken: list[_Spoken] = []
    failures: list[Failure] = []
    effort = Effort()
    for rule in catalogue.every_rule() if rules is None else rules:
        try:
            spoken.extend(_findings(rule, stack, options or Options(), effort))
        except Exception as error:  # noqa: BLE001, PERF203 - a crash is never a pass: it becomes a failure
            failures.append(_failure(rule, stack, error))
    if effort.skipped:
        failures.append(Failure(_TOO_MANY, Origin(stack.name)))
    return Result(tuple(_heard(spoken, stack)), tuple(failures))


def _failure(rule: Rule, stack: Stack, error: Exception) -> Failure:
    message = f"rule {rule.number} failed: {type(error).__name__}: {error}"
    return Failure(" ".join(message.split()), Origin(stack.name), internal=True)


def _findings(rule: Rule, stack: Stack, options: Options, effort: Effort) -> Iterator[_Spoken]:
    """One finding for each thing that the rule gives a ruling about, in whatever scenario it comes to light.

    A statement in a branch of a condition has no ruling of its own before that choice is made: what a split brings to
    light is judged from there on. All that comes to light so shares one budget: splitting it brings more to light.
    """
    search = _Search(rule, options, {each.scenario: each for each in stack.once(_revealed)}, effort)
    leaves: dict[Ident, list[Leaf | Stack]] = {}
    roots: dict[Ident, list[Stack]] = {}
    revealed, further = len(search.asked), _FURTHER
    for index, here in enumerate(_growing(search.asked)):
        if 0 < index < revealed and effort.left <= 0:
            effort.skipped = True
            continue
        rulings = here.once(_verdicts, rule, options)
        if 0 < index < revealed:
            effort.spend(here, len(rulings))
        for ident in rulings:
            if any(_is_within(here, root) for root in roots.get(ident, ())):
                continue
            before = len(search.asked)
            parts = tuple(_leaves(search, here, ident, LEAVES if index < revealed else min(LEAVES, further)))
            further -= len(search.asked) - before if index >= revealed else 0
            roots.setdefault(ident, []).append(here)
            leaves.setdefault(ident, []).extend(parts)
    for ident, every in leaves.items():
        found = [each for each in every if isinstance(each, Leaf)]
        absent = [each for each in every if not isinstance(each, Leaf)]
        if found:
            yield _spoken(rule, found, (*absent, *_beside(search.asked, roots[ident])))


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


def _spoken(rule: Rule, leaves: Sequence[Leaf], absent: Sequence[Stack]) -> _Spoken:
    """The gravest of what is said of one thing, and in which deployments; what else is broken in others, beside it."""
    said: defaultdict[tuple[int, bool, str], list[Leaf]] = defaultdict(list)
    for leaf in leaves:
        said[_said(leaf.ruling)].append(leaf)
    gravest, *others = sorted(said, key=lambda each: each[:2], reverse=True)  # of two alike the first
    if gravest[0] == _GRAVITY[Verdict.HOLDS]:
        return _told(rule, said[gravest][0])

    def stands(words: tuple[int, bool, str]) -> Standing:
        rest = (leaf.stack for other, found in said.items() if other != words for leaf in found)
        return standing(said[words], (*rest, *absent))

    own = stands(gravest)
    broken = [each for each in others if each[0] == _GRAVITY[Verdict.BROKEN]]
    notes = [_elsewhere(stands(each)) for each in broken[:_ELSEWHERE]]
    return _told(rule, own.leaf._replace(ruling=own.leaf.ruling.with_notes(*notes)), own.scenarios)


def _told(rule: Rule, leaf: Leaf, scenarios: tuple[Told, ...] = ()) -> _Spoken:
    return _Spoken(_finding(rule, leaf, scenarios), _is_proven(leaf.ruling), leaf.ruling.subject)


def _said(ruling: Ruling) -> tuple[int, bool, str]:
    """What makes two rulings say the same; of two, the one that is more is the graver."""
    is_error = ruling.answer.truth is Truth.NO and ruling.level is Level.ERROR
    return _weight(ruling), is_error, _NUMBER.sub("", ruling.message)


def _elsewhere(other: Standing) -> Note:
    """What is broken in other deployments."""
    ruling = other.leaf.ruling
    return Note(NoteKind.NOTE, f"{when(other.scenarios)}: {ruling.message}", ruling.origin)


def _revealed(stack: Stack) -> tuple[Stack, ...]:
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
    """The holes behind which consumers can stand, and those in what tells which keys and roles they use."""
    yield from stack.hidden
    for consumer in stack.consumers:
        for use in (*consumer.keys, *((consumer.role,) if consumer.role else ())):
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


def _weight(ruling: Ruling) -> int:
    return _GRAVITY[_VERDICTS[ruling.answer.truth]]


def _verdicts(stack: Stack, rule: Rule, options: Options) -> Verdicts:
    """The rule's verdicts about one stack by what they are given for; of two for one, the graver."""
    verdicts: dict[Ident, Ruling] = {}
    for ruling in rule.check(stack, options):
        ident = _ident(ruling)
        before = verdicts.get(ident)
        if before is not None and before.about.parameter != ruling.about.parameter:
            ident, before = ruling.ident, verdicts.get(ruling.ident)  # a loop makes several of one place
        verdicts[ident] = ruling if before is None else _graver(before, ruling)
    return verdicts


def _ident(ruling: Ruling) -> Ident:
    """What a ruling is given for: of a statement without a name its place, since other choices change its number."""
    numbered, place = _NUMBER.search(ruling.about.parameter), ruling.statement
    if numbered is None or place is None or not place.file:
        return ruling.ident
    return ruling.ident._replace(parameter=f"{place.file}:{place.start.line}:{place.start.column}")


def _graver(one: Ruling, other: Ruling) -> Ruling:
    """Of two verdicts for one subject the graver; of two broken ones the first, which tells of the other."""
    first, second = (one, other) if _weight(one) >= _weight(other) else (other, one)
    if second.answer.truth is not Truth.NO or first.message == second.message:
        return first
    notes = (Note(NoteKind.NOTE, f"also: {second.message}", second.origin), *second.notes)
    return first.with_notes(*(note for note in notes if note not in first.notes))


def _leaves(search: _Search, stack: Stack, ident: Ident, budget: int) -> Iterator[Leaf | Stack]:
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
        pending.extend(reversed(list(_alternatives(choice, here))))


def _where_it_exists(search: _Search, stack: Stack, ident: Ident) -> Ruling:
    """A ruling; an open one asked again where its subject exists: what exists just where it does is there as well."""
    ruling = search.rulings(stack)[ident]
    there = stack.once(where, ruling.subject.present) if ruling.answer.truth is Truth.MAYBE else stack
    found = None if there is stack else there.once(_verdicts, search.rule, search.options).get(ident)
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


def _alternatives(choice: Choice, stack: Stack) -> Iterator[Stack]:
    """The stacks of all ways to decide `choice` that can be deployed."""
    for value in choice.alternatives:
        under = stack.reading.under(stack.scenario.given(choice.name, value)) if stack.reading else None
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


def _finding(rule: Rule, leaf: Leaf, scenarios: tuple[Told, ...]) -> Finding:
    ruling, stack = leaf
    verdict = _VERDICTS[ruling.answer.truth]
    return Finding(
        rule=rule.number,
        name=rule.name,
        verdict=verdict,
        level=ruling.level,
        resource=ruling.subject.address,
        type=ruling.subject.type,
        message=ruling.message,
        origin=ruling.origin,
        about=ruling.about,
        notes=(*ruling.notes, *_open_notes(ruling)) if verdict is Verdict.UNPROVEN else ruling.notes,
        advice=(*ruling.advice, *_advice(ruling)) if verdict is Verdict.UNPROVEN else ruling.advice,
        remedy=ruling.remedy,
        scenario=scenarios[0] if scenarios else None,
        scenarios=scenarios,
        stack=stack.name,
        cause=Cause(ruling.statement, ruling.element) if ruling.statement and ruling.element else None,
        consumer=consumers.told(stack, ruling.ident, ruling.message),
    )


def _open_notes(ruling: Ruling) -> Iterator[Note]:
    """What is not known, where the evidence does not say it already."""
    said = [ruling.message, *(note.message for note in ruling.notes)]
    for hole in _unknowns(ruling):
        words = hole.subject if hole.why is Why.UNTOLD else hole.phrase
        if not any(words in each for each in said):
            said.append(hole.phrase)
            yield Note(NoteKind.NOTE, hole.phrase, None if hole.origin == NOWHERE else hole.origin)


def _advice(ruling: Ruling) -> Iterator[Advice]:
    """What the user can do about what is not known."""
    unknowns = _unknowns(ruling)
    hopeless = any(hole.why in _HOPELESS for hole in unknowns)
    for hole in unknowns:
        if hole.advice and (hole.why is not Why.UNBOUND or (hole.subject in _BINDABLE and not hopeless)):
            yield hole.advice


def _unknowns(ruling: Ruling) -> list[Unknown]:
    named = (_UNBOUND.get(hole, hole) for hole in ruling.answer.holes)
    return [hole for hole in named if isinstance(hole, Unknown)]


def _is_proven(ruling: Ruling) -> bool:
    """Whether nothing but what cannot be deployed anyway keeps the ruling from being definite."""
    return all(isinstance(hole, Unknown) and hole.why is Why.REFUSED for hole in ruling.answer.holes)


def _heard(spoken: Sequence[_Spoken], stack: Stack) -> Iterator[Finding]:
    """The findings without those that yield to a broken one, and without what holds of what cannot be deployed."""
    findings = [each.finding for each in spoken]
    broken = {(found.resource, found.about.state, found.rule) for found in findings if found.verdict is Verdict.BROKEN}
    yields = {rule.number: rule.yields_to for rule in catalogue.every_rule()}
    undermined = grounds.undermined(findings, stack.once(_revealed))
    for each in spoken:
        found = each.finding
        louder = ((found.resource, found.about.state, number) for number in yields.get(found.rule, ()))
        moot = each.proven and found.verdict is not Verdict.BROKEN and undermined(found)
        if broken.isdisjoint(louder) and not moot:
            yield each.told
