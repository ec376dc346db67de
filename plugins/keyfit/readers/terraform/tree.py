"""Root modules: directories with configuration that no other calls; and whether a tree speaks of keys at all."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from keyfit.model import Problem
from keyfit.readers.terraform import files

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyfit.readers.given import Given

# A local module source as HCL or JSON has it. What is commented out stands for nothing, or a root would be missed.
_SOURCE: Final = re.compile(r'(?:^[ \t]*source[ \t]*=|"source"\s*:)\s*"(\.\.?(?:/[^"$%]*)?)"', re.MULTILINE)
_CONCERNED: Final = re.compile(
    r"personalize|sagemaker|kms:|aws_kms_|awscc_kms_|aws_cloudformation_stack|feature_group", re.IGNORECASE
)
_LARGEST_SCAN: Final = files.LARGEST
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
            source = files.read_text(path, self.root)
            if isinstance(source, Problem):
                concerned = True  # to be reported
                continue
            calls.update(os.path.normpath(os.path.join(directory, each)) for each in _SOURCE.findall(source))  # noqa: PTH118
            concerned = concerned or _CONCERNED.search(source) is not None
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
