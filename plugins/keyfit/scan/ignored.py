"""What of a directory is not scanned: what git ignores, and what the user excludes, both in the patterns of git.

What the user names is scanned whatever the patterns say, and so is what git tracks. Nothing of git is run; of its files
only `.gitignore`, `.git/info/exclude` and `.git/index` are read.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from keyfit.scan.git_index import tracked
from keyfit.scan.judging import Run, settle
from keyfit.settings import SettingsError
from keyfit.settings.files import OWN, SHARED
from keyfit.settings.paths import find_root, real_path

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from pathspec import GitIgnoreSpec

LARGEST: Final = 100_000  # bytes of a file of patterns
MOST: Final = 1_000  # patterns of one file
_WILD: Final = 3  # stars of one pattern: each more makes a long name cost a hundred times as much


def left_out(top: Path, run: Run) -> Callable[[str], bool]:
    """Whether a path in the directory `top`, a directory having a slash at its end, is not scanned."""
    real = real_path(top)
    root = find_root(real)
    return _Scan(top, real, root, run, by_git=run.gitignore and (root / ".git").exists()).leaves_out


@dataclass(slots=True)
class _Scan:
    """The scan of one directory: what is known of its directories, by their real paths."""

    top: Path
    real: Path
    root: Path
    run: Run
    by_git: bool
    specs: dict[Path, GitIgnoreSpec | None] = field(default_factory=dict)
    ignored: dict[Path, bool] = field(default_factory=dict)
    excluding: dict[Path, Sequence[tuple[Path, GitIgnoreSpec]]] = field(default_factory=dict)
    index: Sequence[str] | None = None

    def leaves_out(self, path: str) -> bool:
        """As `left_out`."""
        whole, folder = self.real / Path(path).relative_to(self.top), path.endswith("/")
        if any(_says(spec, base, whole, folder=folder) for base, spec in self._excluding(whole.parent)):
            return True
        return self.by_git and not self._is_ignored(self.real) and self._left_by_git(whole, folder=folder)

    # --- git

    def _left_by_git(self, path: Path, *, folder: bool) -> bool:
        ignored = self._is_ignored(path) if folder else self._decided(path, folder=False)
        return ignored and not self._is_tracked(path)

    def _is_ignored(self, folder: Path) -> bool:
        """Whether git ignores a directory, or one that it lies in."""
        if folder not in self.ignored:
            self.ignored[folder] = folder != self.root and self._decided(folder, folder=True)
        return self.ignored[folder]

    def _decided(self, path: Path, *, folder: bool) -> bool:
        """What the patterns say: the nearest file that speaks of it, unless a directory around it is ignored."""
        if self._is_ignored(path.parent):
            return True
        for above in path.parents:
            spec = self._spec(above)
            found = None if spec is None else _says(spec, above, path, folder=folder)
            if found is not None or above == self.root:
                return found is True
        return False

    def _spec(self, folder: Path) -> GitIgnoreSpec | None:
        if folder not in self.specs:
            files = [folder / ".git" / "info" / "exclude"] if folder == self.root else []
            self.specs[folder] = _spec([line for file in (*files, folder / ".gitignore") for line in _lines(file)])
        return self.specs[folder]

    def _is_tracked(self, path: Path) -> bool:
        """Whether git has a file of that path, or in that directory, whatever the patterns say."""
        if self.index is None:
            self.index = tracked(self.root / ".git" / "index")
        name = path.relative_to(self.root).as_posix()
        first, inner = (bisect_left(self.index, each) for each in (name, f"{name}/"))
        found = (*self.index[first : first + 1], *self.index[inner : inner + 1])
        return any(each == name or each.startswith(f"{name}/") for each in found)

    # --- the user

    def _excluding(self, folder: Path) -> Sequence[tuple[Path, GitIgnoreSpec]]:
        """The patterns that hold in a directory, each with the directory that they are written for."""
        if folder not in self.excluding:
            near = folder == self.real or any((folder / name).is_file() for name in (OWN, SHARED))
            self.excluding[folder] = self._read(folder) if near else self._excluding(folder.parent)
        return self.excluding[folder]

    def _read(self, folder: Path) -> Sequence[tuple[Path, GitIgnoreSpec]]:
        """Those of the flags, from the current directory on; those of the settings, from where these lie on."""
        written = [(real_path(Path()), self.run.exclude)]
        try:
            settings = settle(folder, replace(self.run, root=self.run.root or self.root)).settings
            if settings.source is not None:
                written.append((real_path(Path(settings.source.file)).parent, settings.exclude))
        except SettingsError:  # which is told where something is judged
            pass
        specs = ((base, _spec(patterns)) for base, patterns in written)
        return [(base, spec) for base, spec in specs if spec is not None]


def _says(spec: GitIgnoreSpec, base: Path, path: Path, *, folder: bool) -> bool | None:
    """Whether the patterns of a directory take in a path in it; `None` where they say nothing."""
    if not path.is_relative_to(base):
        return None
    return spec.check_file(path.relative_to(base).as_posix() + ("/" if folder else "")).include


def _spec(lines: Iterable[str]) -> GitIgnoreSpec | None:
    """The patterns; those that cannot be used, or would take too long, take nothing in."""
    usable = [line for line in lines if line.strip() and not line.startswith("#") and _is_bounded(line)][:MOST]
    if not usable:
        return None
    from pathspec import GitIgnoreSpec

    try:
        return GitIgnoreSpec.from_lines(usable)
    except ValueError:
        return _spec([line for line in usable if _is_pattern(line)])


def _is_bounded(line: str) -> bool:
    return max(part.count("*") for part in line.split("/")) <= _WILD and line.count("*") <= 2 * _WILD


def _is_pattern(line: str) -> bool:
    from pathspec import GitIgnoreSpec

    try:
        GitIgnoreSpec.from_lines([line])
    except ValueError:
        return False
    return True


def _lines(file: Path) -> list[str]:
    try:
        with file.open("rb") as opened:
            return opened.read(LARGEST).decode("utf-8-sig", "replace").splitlines()
    except OSError:
        return []
