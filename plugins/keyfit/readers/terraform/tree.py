"""Root modules: directories with configuration that no other calls; and whether a tree speaks of keys at all."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from keyfit.readers.terraform import files

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from keyfit.readers.given import Given

# A local module source as HCL or JSON has it. What is commented out stands for nothing, or a root would be missed.
_SOURCE: Final = re.compile(rb'(?:^[ \t]*source[ \t]*=|"source"\s*:)\s*"(\.\.?(?:/[^"$%]*)?)"', re.MULTILINE)
_CONCERNED: Final = (b"personalize", b"sagemaker", b"kms:", b"aws_kms_", b"awscc_kms_", b"aws_cloudformation_stack")
_HIDDEN: Final = frozenset({"node_modules", "__pycache__"})
MOST: Final = 100_000  # directories of one tree


@dataclass(frozen=True, slots=True)
class Directory:
    """What a quick look at a directory's files tells: the local modules it calls, and whether it concerns keyfit."""

    calls: frozenset[str]
    concerned: bool


@dataclass(slots=True)
class Tree:
    """Directories looked at, each once, by path without links."""

    root: Path
    known: dict[str, Directory] = field(default_factory=dict)

    def look(self, directory: str) -> Directory:
        """What a quick look at one directory tells."""
        found = self.known.get(directory)
        if found is None:
            found = self.known[directory] = self._read(directory)
        return found

    def _read(self, directory: str) -> Directory:
        calls: set[str] = set()
        concerned = False
        for path in files.configuration_files(Path(directory), self.root):
            source = files.glance(path, self.root)
            if source is None:
                concerned = True  # to be reported
                continue
            if b"source" in source:
                written = (each.decode(errors="replace") for each in _SOURCE.findall(source))
                calls.update(os.path.normpath(f"{directory}/{each}") for each in written)
            lower = source if concerned else source.lower()
            concerned = concerned or any(word in lower for word in _CONCERNED)
        return Directory(frozenset(calls), concerned)

    def concerns(self, directory: str) -> bool:
        """Whether a directory, or a module that it calls, speaks of what keyfit judges."""
        pending, seen = [directory], {directory}
        while pending:
            found = self.look(pending.pop())
            if found.concerned:
                return True
            fresh = found.calls - seen
            seen |= fresh
            pending.extend(fresh)
        return False


def roots(directory: Path, given: Given) -> tuple[Path, ...]:
    """The root modules in a tree that speak of what keyfit judges: those that no other module calls."""
    tree = Tree(given.root)
    found = list(_directories(directory, given.root))
    called = {each for path in found for each in tree.look(str(path)).calls if each != str(path)}
    return tuple(path for path in found if str(path) not in called and tree.concerns(str(path)))


def concerned(directories: Iterable[Path], given: Given) -> tuple[Path, ...]:
    """Those of the directories that, or whose modules, speak of what keyfit judges."""
    tree = Tree(given.root)
    return tuple(path for path in directories if tree.concerns(os.path.normpath(path)))


def _directories(top: Path, root: Path) -> Iterator[Path]:
    """The directories with configuration in a tree, sorted; hidden ones are left out."""
    if not files.inside(top, root):
        return
    for count, (where, inner, names) in enumerate(os.walk(top)):
        inner[:] = sorted(name for name in inner if not name.startswith(".") and name not in _HIDDEN)
        if count > MOST:
            return
        if any(files.is_configuration(name) for name in names):
            yield Path(os.path.normpath(where))
