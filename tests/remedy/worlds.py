"""The stacks that remedies are tried on: every block of the rules' fixtures, and the whole stacks."""

from __future__ import annotations

import shutil
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from keyfit.model.findings import Verdict
from keyfit.scan import Run, scan
from keyfit.settings import Settings
from tests import literate
from tests.conftest import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from keyfit.model.findings import Finding
    from keyfit.scan import Report

FIXTURES: Final = ROOT / "fixtures" / "rules"
STACKS: Final = ROOT / "fixtures" / "stacks"

# Who may do what on which key: what a policy can mend.
PERMISSIONS: Final = frozenset({*range(101, 109), *range(201, 207), *range(301, 305)})


@dataclass(frozen=True, slots=True)
class World:
    """A stack in a directory of its own: what is scanned, and how."""

    name: str
    folder: Path
    paths: tuple[Path, ...]
    run: Run

    def report(self) -> Report:
        """What is found in the files as they are now."""
        return scan(self.paths, Run(self.run.flags, {}, self.folder))

    @property
    def files(self) -> dict[str, bytes]:
        """Every file as it is now."""
        return {str(file): file.read_bytes() for file in self.folder.rglob("*") if file.is_file()}


def fixtures() -> list[tuple[str, literate.Case]]:
    """Every block in which something is broken, by the file and line that it stands at."""
    return [
        (f"{file.name}:{case.start}", case)
        for file in sorted(FIXTURES.glob("[0-9]*.md"))
        for case in literate.read(file.read_text(encoding="utf-8"))
        if any(each.kind == "broken" for each in case.verdicts)
    ]


def of_case(name: str, case: literate.Case, folder: Path) -> World:
    """A block of a fixture, written to `folder`."""
    for file, written in case.files.items():
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).write_text(written, encoding="utf-8")
    settings = Settings(
        account=case.settings.get("account"),
        region=case.settings.get("region"),
        deployer=case.settings.get("deployer"),
        parameters=_named(case, "parameter."),
        variables=_named(case, "var."),
        workspace=case.settings.get("workspace"),
        all_keys="--all-keys" in case.settings or None,
    )
    return World(name, folder, (folder / next(iter(case.files)),), Run(settings, {}, folder))


def _named(case: literate.Case, prefix: str) -> dict[str, str]:
    return {name.removeprefix(prefix): value for name, value in case.settings.items() if name.startswith(prefix)}


def stacks() -> list[Path]:
    """The whole stacks: templates, and root modules of Terraform."""
    templates = [file for file in sorted(STACKS.iterdir()) if file.suffix in {".yaml", ".json"}]
    return [*templates, *sorted(file for file in (STACKS / "terraform").iterdir() if file.is_dir())]


def of_stack(stack: Path, folder: Path) -> World:
    """A whole stack, copied with what lies beside it."""
    shutil.copytree(STACKS, folder / "stacks")
    path = folder / "stacks" / stack.relative_to(STACKS)
    return World(stack.name, folder, (path,), Run(Settings(), {}, folder))


def broken(report: Report) -> Iterator[Finding]:
    """What is broken."""
    yield from (found for found in report.findings if found.verdict is Verdict.BROKEN)


def subjects(report: Report) -> Counter[tuple[object, ...]]:
    """What is broken, by rule and subject."""
    return Counter((found.rule, found.resource, found.about) for found in broken(report))
