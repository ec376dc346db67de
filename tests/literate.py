"""Literate fixtures: Markdown whose code blocks say, line by line, what is found in them.

`fixtures/rules/README.md` has the convention.
"""

from __future__ import annotations

import re
import shlex
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from keyfit import verify
from keyfit.catalogue.rule import Options
from keyfit.model.findings import Verdict
from keyfit.readers.given import Given
from keyfit.render.advice import COMMAND_LINE, every_note

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from keyfit.model.findings import Finding
    from keyfit.model.stack import Stack

HCL: Final = "hcl"
LANGUAGES: Final = frozenset({"yaml", "json", HCL})
STARTS: Final = {"yaml": "template.yaml", "json": "template.json", HCL: "main.tf"}
_FENCE: Final = re.compile(r"```(?P<info>\w.*)?\s*")
_MARK: Final = re.compile(r"\s*# (?=(?:todo )?(?:broken|unproven|holds|note|help) \d{3}\b)")
_REMARK: Final = re.compile(
    r"(?P<todo>todo )?(?P<kind>broken|unproven|holds|note|help) (?P<rule>\d{3})"
    r"(?: \((?P<level>error|warning)\))?(?:: (?P<message>.*))?"
)
_BELOW: Final = re.compile(
    r"expects: (?P<before>.*? \d{3}(?: \(\w+\))?) at (?:(?P<file>\S+):)?(?P<line>\d+)(?P<after>: .*)?"
)


class FixtureError(Exception):
    """A fixture that does not follow the convention."""


@dataclass(frozen=True, slots=True)
class Remark:
    """What a fixture says about one line of one file: a verdict, or a note of one."""

    kind: str
    rule: int
    file: str
    line: int
    level: str = "error"
    message: str | None = None
    todo: bool = False

    @property
    def verdict(self) -> tuple[str, int, str, int, str]:
        """What has to agree with a finding; only a broken one has a level that anyone sees."""
        level = self.level if self.kind == Verdict.BROKEN.value else ""
        return (self.kind, self.rule, self.file, self.line, level)

    def __str__(self) -> str:
        level = f" ({self.level})" if self.kind == Verdict.BROKEN.value else ""
        words = f": {self.message}" if self.message else ""
        return f"{self.file}:{self.line}: {self.kind} {self.rule}{level}{words}"


@dataclass(slots=True)
class Case:
    """One stack of a fixture: its files, the settings it is judged under, and what is expected in it."""

    language: str
    start: int  # the line of the fixture that its first block begins at
    prose: str
    settings: Mapping[str, str] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    remarks: list[Remark] = field(default_factory=list)

    @property
    def verdicts(self) -> list[Remark]:
        """The remarks that are verdicts."""
        return [each for each in self.remarks if each.kind not in {"note", "help"}]

    @property
    def notes(self) -> list[Remark]:
        """The remarks that are notes of a verdict."""
        return [each for each in self.remarks if each.kind in {"note", "help"}]


# --- reading -------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Block:
    """A fenced block; `line` is that of its fence."""

    language: str
    words: list[str]
    line: int
    lines: list[str] = field(default_factory=list)


def read(fixture: str) -> list[Case]:
    """The cases of a fixture, in their order. A case without prose of its own has that of the case before."""
    cases: list[Case] = []
    prose: list[str] = []
    spoken = False  # whether some case has the prose already
    for part in _parts(fixture):
        match part:
            case _Block() if "beside" in part.words:
                _add(cases[-1], part)
            case _Block() if part.language in LANGUAGES:
                cases.append(_begun(part, "\n".join(prose)))
                spoken = True
            case str() if part.startswith("expects: "):
                cases[-1].remarks.append(_below(part, next(iter(cases[-1].files))))
            case str() if part:
                prose = [part] if spoken else [*prose, part]
                spoken = False
            case _:
                pass
    return cases


def _parts(fixture: str) -> Iterator[str | _Block]:
    block: _Block | None = None
    for number, line in enumerate(fixture.splitlines(), 1):
        fence = _FENCE.fullmatch(line)
        if fence and block is None:
            language, *words = shlex.split(fence["info"] or "text")
            block = _Block(language, words, number)
        elif fence and block is not None:
            yield block
            block = None
        elif block is not None:
            block.lines.append(line)
        else:
            yield line
    if block is not None:
        raise FixtureError(f"the block of line {block.line} has no end")


def _begun(block: _Block, prose: str) -> Case:
    settings = dict(word.partition("=")[::2] for word in block.words if "=" in word)
    if "--all-keys" in block.words:
        settings["--all-keys"] = ""
    case = Case(block.language, block.line, prose, settings)
    _add(case, block)
    return case


def _add(case: Case, block: _Block) -> None:
    names = [word for word in block.words if "=" not in word and word not in {"--all-keys", "beside"}]
    file = names[0] if names else STARTS.get(block.language, "")
    if not file or file in case.files or len(names) > 1:
        raise FixtureError(f"the block of line {block.line} needs one name of its own")
    case.files[file] = "".join(f"{line}\n" for line in block.lines)
    case.remarks.extend(_remarks(block.lines, file))


def _remarks(lines: list[str], file: str) -> Iterator[Remark]:
    """Those at the end of a line speak of that line, those on lines of their own of the next line that is code."""
    waiting: list[str] = []
    for number, line in enumerate(lines, 1):
        code, *comments = _MARK.split(line)
        waiting.extend(comments)
        if code.strip():
            yield from (_remark(words, file, number) for words in waiting)
            waiting = []
    if waiting:
        raise FixtureError(f"`{waiting[0]}` speaks of no line")


def _below(line: str, file: str) -> Remark:
    found = _BELOW.fullmatch(line)
    if found is None:
        raise FixtureError(f"`{line}` is not `expects: VERDICT RULE at LINE: MESSAGE`")
    return _remark(found["before"] + (found["after"] or ""), found["file"] or file, int(found["line"]))


def _remark(words: str, file: str, line: int) -> Remark:
    found = _REMARK.fullmatch(words.strip())
    if found is None:
        raise FixtureError(f"`{words}` is not `VERDICT RULE: MESSAGE`")
    level = found["level"] or "error"
    return Remark(found["kind"], int(found["rule"]), file, line, level, found["message"], bool(found["todo"]))


# --- judging -------------------------------------------------------------------------------------------------


def findings(case: Case, folder: Path) -> tuple[Finding, ...]:
    """What keyfit finds in the case; `folder` is empty. What keyfit cannot read or judge is a fault of the fixture."""
    stack = read_stack(case, folder)
    result = verify.check(stack, options=Options(all_keys="--all-keys" in case.settings))
    faults = [*(each.message for each in stack.problems), *(each.message for each in result.failures)]
    if faults:
        raise FixtureError(f"line {case.start}: {'; '.join(faults)}")
    return result.findings


def read_stack(case: Case, folder: Path, plan: Path | None = None) -> Stack:
    """The case as the reader of its language gives it, with a plan where there is one."""
    return _read(case, folder, replace(given_in(case, folder), plan=plan))


def given_in(case: Case, folder: Path) -> Given:
    """What the settings of a case give the reader."""
    return Given(
        root=folder.resolve(),
        account=case.settings.get("account"),
        region=case.settings.get("region"),
        parameters=_named(case.settings, "parameter."),
        variables=_named(case.settings, "var."),
        deployer=case.settings.get("deployer"),
        workspace=case.settings.get("workspace"),
    )


def _read(case: Case, folder: Path, given: Given) -> Stack:
    for name, written in case.files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(written, encoding="utf-8")
    if case.language == HCL:
        from keyfit.readers import terraform

        return terraform.read(folder, given)
    from keyfit.readers import cloudformation

    file, source = next(iter(case.files.items()))
    return cloudformation.read(source, file, given)


def _named(settings: Mapping[str, str], prefix: str) -> dict[str, str]:
    return {name.removeprefix(prefix): value for name, value in settings.items() if name.startswith(prefix)}


def complaints(case: Case, rule: int, found: Iterable[Finding], folder: Path) -> list[str]:
    """How `found` differs from what the case expects, for the fixture of `rule`.

    Every verdict of `rule` is expected, and everything that is broken, by any rule; other verdicts of other rules only
    where they are told. Notes that are told have to be there.
    """
    found = list(found)
    every = [_as_remark(each, folder) for each in found]
    wanted = [each for each in case.verdicts if not each.todo]
    asked = {each.verdict for each in wanted}
    seen = [each for each in every if each.rule == rule or each.kind == "broken" or each.verdict in asked]
    missing = Counter(each.verdict for each in wanted) - Counter(each.verdict for each in seen)
    extra = Counter(each.verdict for each in seen) - Counter(each.verdict for each in wanted)
    return [
        *(f"missing: {each}" for each in wanted if missing[each.verdict]),
        *(f"not expected: {each}" for each in seen if extra[each.verdict]),
        *(f"starts to pass, take `todo` away: {each}" for each in case.verdicts if each.todo and _passes(each, every)),
        *(f"another message: {each}" for each in wanted if not missing[each.verdict] and not _passes(each, every)),
        *(f"no such note: {each}" for each in case.notes if not _has_note(each, found, folder)),
    ]


def _passes(wanted: Remark, found: Iterable[Remark]) -> bool:
    same = (each for each in found if each.verdict == wanted.verdict)
    return any(wanted.message in {None, each.message} for each in same)


def _as_remark(found: Finding, folder: Path) -> Remark:
    kind, line = found.verdict.value, found.origin.start.line
    return Remark(kind, found.rule, _file(found.origin.file, folder), line, found.level.value, found.message)


def _file(written: str, folder: Path) -> str:
    for base in (folder, folder.resolve()):
        written = written.removeprefix(f"{base}/")
    return written


def _has_note(wanted: Remark, found: Iterable[Finding], folder: Path) -> bool:
    """Whether a verdict of the rule has the note, at the line; a note without a place is at its verdict's."""
    places = (
        (note.message, _file((note.origin or each.origin).file, folder), (note.origin or each.origin).start.line)
        for each in found
        if each.rule == wanted.rule
        for note in every_note(each, COMMAND_LINE)
        if note.kind.value == wanted.kind
    )
    return any((wanted.message, wanted.file, wanted.line) == place for place in places)
