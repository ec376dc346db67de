"""What is scanned and can be edited: files as they are or would be, and what the engine finds in them."""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 - a field's type
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from keyfit.readers.overlaid import overlaid
from keyfit.remedy.sources import Source, UnpatchableError, applied
from keyfit.scan import scan_apart
from keyfit.scan.files import LARGEST
from keyfit.scan.processes import SENT
from keyfit.settings.paths import find_root, real_path

if TYPE_CHECKING:
    from keyfit.remedy.planning import Plan
    from keyfit.scan import Checked, Report, Run

_FETCHED: Final = frozenset({".terraform", "node_modules"})  # others' files, which the next fetch brings back


@dataclass(frozen=True)
class Ground:
    """The paths of a scan, how it is run, and files as they would be (bytes by real path)."""

    paths: tuple[Path, ...]
    run: Run
    files: Mapping[str, bytes] = field(default_factory=dict)
    sources: dict[str, Source] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, paths: tuple[Path, ...], run: Run) -> Ground:
        """What the user scans, and what is known of it; in this process: others see the files as they are."""
        return cls(paths, replace(run, jobs=1))

    def with_files(self, files: Mapping[str, bytes]) -> Ground:
        """The same with other files as they would be; what is read of them is not known here."""
        run = replace(self.run, roots=dict(self.run.roots), files=dict(self.run.files))
        return Ground(self.paths, run, {**self.files, **files})

    def report(self) -> Report:
        """What is found; no file is written for it, and none read again that is the same."""
        with overlaid(self.files):
            return scan_apart(self.paths, self.run)

    def read_here(self, checked: Checked) -> None:
        """Forget what another process found of a root module: it has sent no stack that can be asked."""
        for key in tuple(self.run.roots):
            if isinstance(key, tuple) and key[0] == SENT and key[-1] == checked.path:
                del self.run.roots[key]

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
        """The text of a file that can be edited, read once."""
        if file not in self.sources:
            self.sources[file] = Source.of(file, self.data(file))
        return self.sources[file]

    def edited(self, plan: Plan) -> Mapping[str, bytes]:
        """The files of a plan as they would be, by real path."""
        files: dict[str, bytes] = {}
        for file, splices in plan.items():
            source = self.source(file)
            files[str(real_path(Path(file)))] = source.encoded(applied(source.text, splices))
        return files
