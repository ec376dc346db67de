"""The engine asked again: an edit is a remedy where it mends its finding, breaks nothing and decides nothing else."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from keyfit.model.changes import AddActions, AddStatement, Allow, EnableBucketKey, MoveApart, Refer, SetElement, Write
from keyfit.model.findings import NoteKind, Verdict
from keyfit.model.stack import TERRAFORM, Identity, PolicyKind
from keyfit.remedy.decisions import Asked, changed
from keyfit.remedy.deployments import in_all_deployments
from keyfit.remedy.planning import plans
from keyfit.remedy.sources import UnpatchableError
from keyfit.settings.paths import real_path
from keyfit.value import Own

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from keyfit.model.changes import Change
    from keyfit.model.findings import Finding
    from keyfit.remedy.ground import Ground
    from keyfit.remedy.planning import Plan
    from keyfit.scan import Checked, Report

MOST: Final = 2_000  # keys, identities and consumers that are judged again, in one run, to prove edits
_MISSPELT: Final = frozenset({406, 503, 506, 601, 602})  # what did nothing, for how it was written
_GRAVITY: Final = {Verdict.HOLDS: 0, Verdict.UNPROVEN: 1, Verdict.BROKEN: 2}
Subject: TypeAlias = "tuple[str, int, str, str, str, str]"
Verdicts: TypeAlias = "Mapping[Subject, Verdict]"
Tried: TypeAlias = "tuple[tuple[Path, ...], tuple[tuple[str, bytes], ...]]"


@dataclass(frozen=True, slots=True)
class Proven:
    """An edit that is a remedy: the files with it, what was scanned to prove that, and what was found."""

    plan: Plan
    files: Mapping[str, bytes]
    ground: Ground
    after: Report


@dataclass(eq=False)
class Attempt:
    """What is found before an edit and after it, compared once for all findings that it can mend."""

    before: Report
    after: Report

    @cached_property
    def was(self) -> Verdicts:
        """The verdicts without the edit."""
        return _verdicts(self.before.checked)

    @cached_property
    def now(self) -> Verdicts:
        """The verdicts with it."""
        return _verdicts(self.after.checked)

    @cached_property
    def changed(self) -> tuple[Asked, ...]:
        """The decisions that are others with it."""
        return tuple(_changed(self.before, self.after))

    @cached_property
    def is_harmless(self) -> bool:
        """Whether nothing fails with it that did not fail before, and no verdict is graver."""
        known = {(each.message, each.origin.file) for each in self.before.failures}
        if any((each.message, each.origin.file) not in known for each in self.after.failures):
            return False
        if self.after.left_out > self.before.left_out:
            return False
        was = self.was
        return all(_GRAVITY[now] <= _GRAVITY[was.get(subject, Verdict.HOLDS)] for subject, now in self.now.items())


class _Alone(NamedTuple):
    """A template or root module scanned alone; whether what is found is what is found among the others."""

    ground: Ground
    report: Report
    agrees: bool


@dataclass
class Prover:
    """Looks for remedies on one ground; what is found by itself, and what was tried, is kept.

    `left` is what trying may cost still: one for each key, identity and consumer that is judged again. `skipped` says
    that it did not suffice.
    """

    ground: Ground
    left: int = MOST
    skipped: bool = False
    _alone: dict[str, _Alone] = field(default_factory=dict, repr=False)
    _whole: Report | None = field(default=None, repr=False)
    _tried: dict[Tried, Attempt] = field(default_factory=dict, repr=False)

    def remedy(self, found: Finding, checked: Checked) -> Proven | None:
        """The smallest edit that is proven to mend `found`; `None` where there is none."""
        changes = changes_of(found)
        if checked.stack is not None or found.scenario is not None:
            changes = in_all_deployments(changes, checked.stack)
        tried = (self._proven(plan, found, checked) for plan in plans(changes, self.ground.source))
        return next(filter(None, tried), None)

    def advanced(self, proven: Proven, checked: Checked) -> None:
        """Go on with the files of a remedy; what was found with them need not be asked again."""
        whole = proven.ground.paths == self.ground.paths
        self.ground = self.ground.with_files(proven.files)
        self._tried.clear()
        if whole:
            self._alone.clear()
            self._whole = proven.after
        else:
            self._whole = None
            self._alone[checked.path] = _Alone(proven.ground.with_files(proven.files), proven.after, agrees=True)

    def forget(self, checked: Checked) -> None:
        """Keep nothing of a template or root module that was asked about by itself: no other one needs it."""
        alone = self._alone.pop(checked.path, None)
        if alone is not None:
            self._tried = {key: tried for key, tried in self._tried.items() if key[0] != alone.ground.paths}

    def _proven(self, plan: Plan, found: Finding, checked: Checked) -> Proven | None:
        try:
            files = self.ground.edited(plan)
            ground, before = self._around(checked, files)
            tried = self._attempt(ground, before, files)
            mends = tried is not None and is_remedy(found, tried)
            return Proven(plan, files, ground, tried.after) if tried is not None and mends else None
        except UnpatchableError:
            return None

    def _attempt(self, ground: Ground, before: Report, files: Mapping[str, bytes]) -> Attempt | None:
        """What is found with the files as they would be; `None` where that costs too much."""
        key = (ground.paths, tuple(sorted(files.items())))
        if key not in self._tried:
            cost = sum(map(_cost, before.checked))
            if cost > self.left:
                self.skipped = True
                return None
            self.left -= cost
            self._tried[key] = Attempt(before, ground.with_files(files).report())
        return self._tried[key]

    def _around(self, checked: Checked, files: Mapping[str, bytes]) -> tuple[Ground, Report]:
        """What has to be scanned again: a template or root module alone, where nothing else has to do with it."""
        own = Path(checked.path) if checked.language == TERRAFORM else Path(checked.path).parent
        if all(Path(file).parent == real_path(own) for file in files):
            if checked.path not in self._alone:
                ground = self.ground.alone(checked)
                report = ground.report()
                self._alone[checked.path] = _Alone(ground, report, _agrees(checked, report))
            alone = self._alone[checked.path]
            if alone.agrees:
                return alone.ground, alone.report
        if self._whole is None:
            self._whole = self.ground.report()
        return self.ground, self._whole


def _cost(checked: Checked) -> int:
    stack = checked.stack
    return 1 if stack is None else 1 + len(stack.keys) + len(stack.identities) + len(stack.consumers)


def changes_of(found: Finding) -> tuple[Change, ...]:
    """What the helps of a finding say, all together; nothing where one of them is words alone."""
    helps = [note for note in found.notes if note.kind is NoteKind.HELP]
    changes = tuple(note.change for note in helps if note.change is not None)
    return changes if len(changes) == len(helps) else ()


def _agrees(checked: Checked, report: Report) -> bool:
    """Whether a template or root module is found to be the same when it is alone."""
    alone = next((each for each in report.checked if Path(each.path) == Path(checked.path)), None)
    if alone is None:
        return False
    seen = dict(_verdicts([alone]))
    return all(seen.get(subject) is verdict for subject, verdict in _verdicts([checked]).items())


def _verdicts(checked: Iterable[Checked]) -> Verdicts:
    """The gravest verdict about each subject of each rule."""
    found: dict[Subject, Verdict] = {}
    for each in checked:
        for one in each.findings:
            subject = _subject(each.path, one)
            before = found.get(subject, Verdict.HOLDS)
            found[subject] = max(before, one.verdict, key=lambda verdict: _GRAVITY[verdict])
    return found


def _subject(path: str, found: Finding) -> Subject:
    about = found.about
    return (path, found.rule, found.resource, about.parameter, about.store, about.state)


def is_remedy(found: Finding, tried: Attempt) -> bool:
    """Whether an edit mends `found`, and nothing else is worse or decided otherwise."""
    if not tried.is_harmless:
        return False
    was, now, own = tried.was, tried.now, _subject("", found)[1:]
    mended = [subject for subject in was if subject[1:] == own and was[subject] is Verdict.BROKEN]
    if not mended or any(now.get(subject) is Verdict.BROKEN for subject in mended):
        return False
    left = (each for each in tried.after.findings if _subject("", each)[1:] == own)
    if any(each.verdict is not Verdict.HOLDS and _still(each, found) for each in left):
        return False
    moved = {each.identity.block.address for each in changes_of(found) if isinstance(each, MoveApart)}
    held = (subject for subject, verdict in was.items() if verdict is Verdict.HOLDS and subject[2] not in moved)
    if any(subject not in now for subject in held):
        return False
    meant, about = set(_meant(found, tried.before)), set(_about(found))
    return all(each in meant or not about.isdisjoint((each.principal, each.on)) for each in tried.changed)


def _about(found: Finding) -> Iterator[str]:
    """Whom or what a statement is about that did nothing, as it was written: what it says now is what was meant."""
    for change in changes_of(found):
        if isinstance(change, Refer):
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


def _changed(before: Report, after: Report) -> Iterator[Asked]:
    services = frozenset(
        each.about.principal for each in before.findings if each.about.principal.endswith(".amazonaws.com")
    )
    stacks = {each.path: each.stack for each in after.checked}
    for each in before.checked:
        now = stacks.get(each.path)
        if each.stack is not None and now is not None:
            yield from changed(each.stack, now, services)


def _meant(found: Finding, before: Report) -> Iterator[Asked]:
    """The decisions that a remedy of `found` is to change, and those that other broken findings ask for."""
    for each in before.findings:
        if each.verdict is Verdict.BROKEN:
            about = each.about
            yield from (Asked(about.principal, action, about.key) for action in about.actions)
    for change in changes_of(found):
        yield from _of_change(found, change)


def _of_change(found: Finding, change: Change) -> Iterator[Asked]:
    about = found.about
    match change:
        case AddActions(_, _, actions):
            yield from (Asked(about.principal, action, about.key) for action in actions)
        case AddStatement(policy, actions, to):
            name = to.block.address if isinstance(to, Identity) else str(to)
            on = policy.owner if policy.kind is PolicyKind.TRUST else about.key or found.resource
            yield from (Asked(name, action, on) for action in actions)
        case Allow(identity, actions, on):
            yield from (Asked(identity.block.address, action, on.address) for action in actions)
        case Refer() | SetElement() | MoveApart() | Write() | EnableBucketKey():
            return
