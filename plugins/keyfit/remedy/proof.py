"""The engine asked again: an edit is a remedy where it mends its finding, breaks nothing and decides nothing else."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from keyfit.model.changes import (
    AddActions,
    AddService,
    AddStatement,
    Allow,
    EnableBucketKey,
    MoveApart,
    Refer,
    SetElement,
    Write,
)
from keyfit.model.findings import NoteKind, Verdict
from keyfit.model.identities import Identity
from keyfit.model.policies import PolicyKind
from keyfit.remedy.decisions import Decided, changed
from keyfit.remedy.deployments import in_all_deployments
from keyfit.remedy.planning import plans
from keyfit.remedy.scenarios import Side, scenarios
from keyfit.remedy.sources import UnpatchableError
from keyfit.value import Own

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from keyfit.model.changes import Change
    from keyfit.model.findings import Finding
    from keyfit.remedy.ground import Ground
    from keyfit.remedy.planning import Plan
    from keyfit.scan import Checked, Report

MOST: Final = 2_000  # keys, identities and consumers that are judged again, in one run, to prove edits
_MISSPELT: Final = frozenset({406, 503, 506, 601, 602})  # what did nothing, for how it was written
_GRAVITY: Final = {Verdict.HOLDS: 0, Verdict.UNPROVEN: 1, Verdict.BROKEN: 2}
Place: TypeAlias = "tuple[str, str | None]"  # a path, and an environment
Subject: TypeAlias = "tuple[Place, int, str, str, str, str]"
Verdicts: TypeAlias = "Mapping[Subject, Verdict]"
Meant: TypeAlias = "tuple[str, str, str]"  # a principal, an action, and what it is on
Tried: TypeAlias = "tuple[tuple[str, bytes], ...]"


@dataclass(eq=False)
class Attempt:
    """An edit: the files with it, and what is found before and after, compared once for all findings that it can mend.

    `before` and `after` are what the edit has to do with: what is judged again for it.
    """

    base: Ground
    ground: Ground
    report: Report
    before: Sequence[Checked]
    after: Sequence[Checked]

    @classmethod
    def of(cls, base: Ground, files: Mapping[str, bytes], before: Report) -> Attempt:
        """The edit that makes `files` what they would be."""
        ground = base.with_files(files)
        report = ground.report()
        old, new = ({id(each): each for each in found.checked} for found in (before, report))
        gone = [each for name, each in old.items() if name not in new]
        return cls(base, ground, report, gone, [each for name, each in new.items() if name not in old])

    @cached_property
    def was(self) -> Verdicts:
        """The verdicts without the edit."""
        return _verdicts(self.before)

    @cached_property
    def now(self) -> Verdicts:
        """The verdicts with it."""
        return _verdicts(self.after)

    @cached_property
    def changed(self) -> tuple[Decided, ...]:
        """The decisions that are others with it, in some scenario."""
        return tuple(_changed(self))

    @cached_property
    def is_harmless(self) -> bool:
        """Whether nothing fails with it that did not fail before, and no verdict is graver."""
        was = self.was
        graver = (_GRAVITY[now] > _GRAVITY[was.get(subject, Verdict.HOLDS)] for subject, now in self.now.items())
        return _failures(self.after) <= _failures(self.before) and not any(graver)


def _failures(checked: Iterable[Checked]) -> set[tuple[str, str]]:
    return {(one.message, one.origin.file) for each in checked for one in each.failures}


class Proven(NamedTuple):
    """An edit that is a remedy."""

    plan: Plan
    attempt: Attempt


@dataclass
class Prover:
    """Looks for remedies on one ground; what was tried is kept.

    `left` is what trying may cost still: one for each key, identity and consumer that is judged again. `skipped` says
    that it did not suffice.
    """

    ground: Ground
    left: int = MOST
    skipped: bool = False
    _found: Report | None = field(default=None, repr=False)
    _tried: dict[Tried, Attempt] = field(default_factory=dict, repr=False)

    @property
    def report(self) -> Report:
        """What is found on the ground."""
        if self._found is None:
            self._found = self.ground.report()
        return self._found

    def remedy(self, found: Finding, checked: Checked) -> Proven | None:
        """The smallest edit that is proven to mend `found`; `None` where there is none."""
        changes = changes_of(found)
        if checked.stack is not None or found.scenario is not None:
            changes = in_all_deployments(changes, checked.stack)
        tried = (self._proven(plan, found, checked) for plan in plans(changes, self.ground.source))
        return next(filter(None, tried), None)

    def advanced(self, proven: Proven) -> None:
        """Go on with the files of a remedy, and with what is found in them."""
        self.ground, self._found = proven.attempt.ground, proven.attempt.report
        self.forget()

    def forget(self) -> None:
        """Keep nothing of what was tried."""
        self._tried.clear()

    def _proven(self, plan: Plan, found: Finding, checked: Checked) -> Proven | None:
        try:
            tried = self._attempt(checked, self.ground.edited(plan))
            return Proven(plan, tried) if tried is not None and is_remedy(found, checked.path, tried) else None
        except UnpatchableError:
            return None

    def _attempt(self, checked: Checked, files: Mapping[str, bytes]) -> Attempt | None:
        """What is found with the files as they would be; `None` where that costs too much."""
        key = tuple(sorted(files.items()))
        if key not in self._tried:
            if _cost(checked) > self.left:
                self.skipped = True
                return None
            self._tried[key] = tried = Attempt.of(self.ground, files, self._here(checked))
            self.left -= sum(map(_cost, tried.before))
        return self._tried[key]

    def _here(self, checked: Checked) -> Report:
        """What is found on the ground, a root module that another process has judged by this one."""
        path = checked.path
        if self._found is None or any(each.is_apart and each.path == path for each in self._found.checked):
            self.ground.read_here(checked)
            self._found = None
        return self.report


def _cost(checked: Checked) -> int:
    stack = checked.stack
    return 1 if stack is None else 1 + len(stack.keys) + len(stack.identities) + len(stack.consumers)


def changes_of(found: Finding) -> tuple[Change, ...]:
    """What the helps of a finding say, all together; nothing where one of them is words alone."""
    helps = [note for note in found.notes if note.kind is NoteKind.HELP]
    changes = tuple(note.change for note in helps if note.change is not None)
    return changes if len(changes) == len(helps) else ()


def _verdicts(checked: Iterable[Checked]) -> Verdicts:
    """The gravest verdict about each subject of each rule, be it selected or not: a remedy must break none."""
    found: dict[Subject, Verdict] = {}
    for each in checked:
        for one in each.every:
            subject = _subject(_place(each), one)
            before = found.get(subject, Verdict.HOLDS)
            found[subject] = max(before, one.verdict, key=lambda verdict: _GRAVITY[verdict])
    return found


def _place(checked: Checked) -> Place:
    return checked.path, checked.settings.environment


def _subject(place: Place, found: Finding) -> Subject:
    about = found.about
    return (place, found.rule, found.resource, about.parameter, about.store, about.state)


def is_remedy(found: Finding, path: str, tried: Attempt) -> bool:
    """Whether an edit mends what is `found` in `path`, and nothing else is worse or decided otherwise."""
    if not tried.is_harmless:
        return False
    was, now = tried.was, tried.now
    here = [each for each in tried.report.checked if each.path == path]
    own = {_subject(_place(each), found) for each in here}
    mended = [subject for subject in own if was.get(subject) is Verdict.BROKEN]
    if not mended or any(now.get(subject) is Verdict.BROKEN for subject in mended):
        return False
    left = (each for checked in here for each in checked.every if _subject(_place(checked), each) in own)
    if any(each.verdict is not Verdict.HOLDS and _still(each, found) for each in left):
        return False
    moved = {each.identity.block.address for each in changes_of(found) if isinstance(each, MoveApart)}
    held = (subject for subject, verdict in was.items() if verdict is Verdict.HOLDS and subject[2] not in moved)
    if any(subject not in now for subject in held):
        return False
    meant, about = set(_meant(found, tried.before)), set(_about(found))
    return all(each.meant in meant or not about.isdisjoint((each.principal, each.on)) for each in tried.changed)


def _about(found: Finding) -> Iterator[str]:
    """Whom or what a statement is about that did nothing, as it was written: what it says now is what was meant."""
    for change in changes_of(found):
        if isinstance(change, AddService):
            yield change.policy.owner
        elif isinstance(change, Write) and change.within is not None:
            yield change.within.owner
        elif isinstance(change, Refer):
            yield from (change.to.address, *((found.resource,) if found.rule in _MISSPELT else ()))
        elif (
            isinstance(change, SetElement)
            or (isinstance(change, Write) and found.rule in _MISSPELT)
            or (isinstance(change, AddStatement) and change.to is Own.ACCOUNT)
        ):
            yield found.resource


def _still(left: Finding, found: Finding) -> bool:
    """Whether what is left to prove is some of what was broken."""
    actions = frozenset(found.about.actions)
    return not actions or not actions.isdisjoint(left.about.actions)


def _changed(tried: Attempt) -> Iterator[Decided]:
    told = (each.about.principal for checked in tried.before for each in checked.every)
    services = frozenset(name for name in told if name.endswith(".amazonaws.com"))
    stacks = {place: each.stack for place, each in _places(tried.after)}
    for place, each in _places(tried.before):
        now = stacks.get(place)
        if each.stack is not None and now is not None:
            sides = Side(each.stack, tried.base.files), Side(now, tried.ground.files)
            for old, new in scenarios(*sides):
                yield from changed(old, new, services)


def _places(checked: Iterable[Checked]) -> Iterator[tuple[tuple[Place, int], Checked]]:
    """Each by its place, and by which of several there: a template that others nest is there once for each of them."""
    times: Counter[Place] = Counter()
    for each in checked:
        yield (_place(each), times[_place(each)]), each
        times[_place(each)] += 1


def _meant(found: Finding, before: Iterable[Checked]) -> Iterator[Meant]:
    """The decisions that a remedy of `found` is to change, and those that other broken findings ask for."""
    for each in (one for checked in before for one in checked.every):
        if each.verdict is Verdict.BROKEN:
            about = each.about
            yield from ((about.principal, action, about.key) for action in about.actions)
    for change in changes_of(found):
        yield from _of_change(found, change)


def _of_change(found: Finding, change: Change) -> Iterator[Meant]:
    about = found.about
    match change:
        case AddActions(_, _, actions):
            yield from ((about.principal, action, about.key) for action in actions)
        case AddStatement(policy, actions, to):
            name = to.block.address if isinstance(to, Identity) else str(to)
            on = policy.owner if policy.kind is PolicyKind.TRUST else about.key or found.resource
            yield from ((name, action, on) for action in actions)
        case Allow(identity, actions, on):
            yield from ((identity.block.address, action, on.address) for action in actions)
        case AddService() | Refer() | SetElement() | MoveApart() | Write() | EnableBucketKey():
            return
