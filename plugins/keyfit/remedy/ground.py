"""What is scanned and can be edited: files as they are or would be, and what the engine finds in them."""

from __future__ import annotations

import os
from collections.abc import Mapping  # noqa: TC003 - a field's type
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from keyfit import scan
from keyfit.model.stack import TERRAFORM
from keyfit.readers.overlaid import overlaid
from keyfit.readers.terraform.modules.file_names import is_configuration
from keyfit.remedy.sources import Source, UnpatchableError, applied
from keyfit.scan.files import LARGEST
from keyfit.settings.paths import find_root, real_path

if TYPE_CHECKING:
    from keyfit.remedy.planning import Plan
    from keyfit.scan import Checked, Report, Run

_EVERY_RULE: Final = ("*",)
_FETCHED: Final = frozenset({".terraform", "node_modules"})  # others' files, which the next fetch brings back


@dataclass(frozen=True)
class Ground:
    """The paths of a scan, how it is run, and files as they would be (bytes by real path)."""

    paths: tuple[Path, ...]
    run: Run
    files: Mapping[str, bytes] = field(default_factory=dict)

    @classmethod
    def of(cls, paths: tuple[Path, ...], run: Run) -> Ground:
        """What the user scans, by every rule: a remedy must break none, be it selected or not.

        In this process alone: others see the files as they are, and send no stacks.
        """
        return cls(paths, replace(run, flags=replace(run.flags, select=_EVERY_RULE), jobs=1))

    def with_files(self, files: Mapping[str, bytes]) -> Ground:
        """The same with other files as they would be."""
        return replace(self, files={**self.files, **files})

    def report(self) -> Report:
        """What is found; no file is written for it."""
        with overlaid(self.files):
            return scan.scan(self.paths, replace(self.run, checked={}, roots={}))

    def alone(self, checked: Checked) -> Ground:
        """One template or root module by itself, read within the same bounds."""
        path = Path(checked.path)
        if checked.language == TERRAFORM:
            names = sorted(name for name in os.listdir(path) if is_configuration(name))  # noqa: PTH208 - names
            path = path / names[0] if names else path
        return replace(self, paths=(path,), run=replace(self.run, root=self.root(path)))

    def root(self, path: Path) -> Path:
        """What bounds reading, and so writing, of what lies at `path`."""
        if self.run.root is not None:
            return real_path(self.run.root)
        real = real_path(path)
        around = (each for each in map(real_path, self.paths) if real.is_relative_to(each))
        return find_root(next(around, real))

    def data(self, file: str) -> bytes:
        """The bytes of a file that can be edited; `UnpatchableError` where it cannot."""
        real = real_path(Path(file))
        if not real.is_relative_to(self.root(Path(file))) or not _FETCHED.isdisjoint(real.parts):
            raise UnpatchableError(f"`{file}` is outside the scanned directory")
        if str(real) in self.files:
            return self.files[str(real)]
        try:
            if not real.is_file() or real.stat().st_size > LARGEST:
                raise UnpatchableError(f"`{file}` is no file that can be edited")
            return real.read_bytes()
        except OSError as error:
            raise UnpatchableError(f"`{file}` cannot be read: {error.strerror}") from None

    def source(self, file: str) -> Source:
        """The text of a file that can be edited."""
        return Source.of(file, self.data(file))

    def edited(self, plan: Plan) -> Mapping[str, bytes]:
        """The files of a plan as they would be, by real path."""
        files: dict[str, bytes] = {}
        for file, splices in plan.items():
            source = self.source(file)
            files[str(real_path(Path(file)))] = source.encoded(applied(source.text, splices))
        return files
