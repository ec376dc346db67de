"""What was found out about one thing, told as one finding: the gravest verdict, and the deployments it is about."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple

from keyfit.catalogue import consumers
from keyfit.catalogue.deployments import Standing, standing
from keyfit.explain.deployments import when
from keyfit.model.changes import covers
from keyfit.model.findings import Cause, Finding, Level, Note, NoteKind, Verdict
from keyfit.truth import Truth
from keyfit.value import NOWHERE, Own, Unknown
from keyfit.verify.rulings import GRAVITY, NUMBER, VERDICTS, weight
from keyfit.why import Advice, Why

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from keyfit.catalogue.deployments import Leaf, Told
    from keyfit.catalogue.rule import Rule, Ruling
    from keyfit.model.block import Block
    from keyfit.model.stack import Stack
    from keyfit.value import Hole

_ELSEWHERE: Final = 3  # what else is broken in other deployments is told so often
_MOOT: Final = frozenset({Why.REFUSED, Why.GONE, Why.INVALID, Why.NO_SUCH_BLOCK})  # what is so is not deployed
_HOPELESS: Final = frozenset({Why.UNDOCUMENTED, Why.UNTOLD})  # it stays unknown, whatever account and Region are
_BINDABLE: Final = frozenset({Own.ACCOUNT.value, Own.REGION.value})  # what the user can bind
_UNBOUND: Final[Mapping[Hole, Unknown]] = {own: Unknown(Why.UNBOUND, own.value) for own in (Own.ACCOUNT, Own.REGION)}


class Spoken(NamedTuple):
    """A finding about `subject`; `proven` says that it is definite, or open for nothing but what is refused."""

    finding: Finding
    proven: bool
    subject: Block

    @property
    def told(self) -> Finding:
        """The finding, filed under the block that the author wrote, where a transform makes the subject of it."""
        written = self.subject.within
        return self.finding if written is None else replace(self.finding, resource=written.address, type=written.type)


def spoken_of(rule: Rule, leaves: Sequence[Leaf], absent: Sequence[Stack]) -> Spoken:
    """The gravest of what is said of one thing, and in which deployments; what else is broken in others, beside it."""
    if len(leaves) == 1 and leaves[0].ruling.answer.truth is Truth.YES:
        return _told(rule, leaves[0])  # most are so
    said: defaultdict[tuple[int, bool, str], list[Leaf]] = defaultdict(list)
    for leaf in leaves:
        said[_said(leaf.ruling)].append(leaf)
    gravest, *others = sorted(said, key=lambda each: each[:2], reverse=True)  # of two alike the first
    if gravest[0] == GRAVITY[Verdict.HOLDS]:
        return _told(rule, said[gravest][0])

    def stands(alike: Sequence[Leaf]) -> Standing:
        return standing(alike, (*(leaf.stack for leaf in leaves if leaf not in alike), *absent))

    own = stands(said[gravest])
    broken = [each for each in others if each[0] == GRAVITY[Verdict.BROKEN]]
    notes = [_elsewhere(stands(said[each])) for each in broken[:_ELSEWHERE]]
    mended = [stands(each) for each in _mended_otherwise(own.leaf, [said[each] for each in (gravest, *broken)])]
    helps = [note for each in mended[:_ELSEWHERE] for note in _helps_elsewhere(each, own.leaf)]
    return _told(rule, own.leaf._replace(ruling=own.leaf.ruling.with_notes(*notes, *helps)), own.scenarios)


def _mended_otherwise(own: Leaf, broken: Sequence[Sequence[Leaf]]) -> list[list[Leaf]]:
    """The leaves that are broken and that the helps of one leaf do not mend, those with the same helps together."""
    found: dict[tuple[object, ...], list[Leaf]] = {}
    for leaf in (leaf for alike in broken for leaf in alike):
        helps = tuple((each.message, each.origin) for each in _helps(leaf.ruling) if not _is_said(each, own.ruling))
        if helps and leaf.ruling.answer.truth is Truth.NO:
            found.setdefault(helps, []).append(leaf)
    return list(found.values())


def _helps(ruling: Ruling) -> list[Note]:
    return [each for each in ruling.notes if each.kind is NoteKind.HELP]


def _is_said(help_: Note, ruling: Ruling) -> bool:
    """Whether a help of the ruling does as much at that place: the same, or the same change with more actions."""
    there = [each for each in _helps(ruling) if each.origin == help_.origin]
    return any(each.message == help_.message or covers(each.change, help_.change) for each in there)


def _helps_elsewhere(other: Standing, own: Leaf) -> Iterator[Note]:
    """What to do besides, for what is broken in other deployments, and what of that place is said there."""
    ruling, told = other.leaf.ruling, when(other.scenarios)
    helps = [each for each in _helps(ruling) if not _is_said(each, own.ruling)]
    places = {each.origin for each in helps}
    there = [each for each in ruling.notes if each.kind is NoteKind.NOTE and each.origin in places]
    for each in (*there, *helps):
        if each not in own.ruling.notes:
            yield replace(each, message=f"{told}: {each.message}" if told else each.message)


def _told(rule: Rule, leaf: Leaf, scenarios: tuple[Told, ...] = ()) -> Spoken:
    return Spoken(_finding(rule, leaf, scenarios), _is_proven(leaf.ruling), leaf.ruling.subject)


def _said(ruling: Ruling) -> tuple[int, bool, str]:
    """What makes two rulings say the same; of two, the one that is more is the graver."""
    is_error = ruling.answer.truth is Truth.NO and ruling.level is Level.ERROR
    return weight(ruling), is_error, NUMBER.sub("", ruling.message)


def _elsewhere(other: Standing) -> Note:
    """What is broken in other deployments."""
    ruling = other.leaf.ruling
    return Note(NoteKind.NOTE, f"{when(other.scenarios)}: {ruling.message}", ruling.origin)


def _finding(rule: Rule, leaf: Leaf, scenarios: tuple[Told, ...]) -> Finding:
    ruling, stack = leaf
    verdict = VERDICTS[ruling.answer.truth]
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
    return all(isinstance(hole, Unknown) and hole.why in _MOOT for hole in ruling.answer.holes)
