"""Where a resource that Checkov names stands: its file, and the root modules that it is a part of.

Checkov's graph is asked for files and addresses only; what it makes of values is no evidence.
"""

from __future__ import annotations

import os
import re
import sys
from collections import defaultdict
from dataclasses import field
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from keyfit.record import record

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# A step of an address: its words, and the key of the copy. Quotes in a key are escaped.
_STEP: Final = re.compile(r'([^.\[/]+)(\[(?:"(?:[^"\\]|\\.)*"|[^\]"]*)\])?(?:\.|$|(?=/))')
_ANY: Final = "[*]"


@record
class Located:
    """The resources of one graph: the root modules (directories) of each, by its file and address."""

    graph: object
    roots: Mapping[tuple[str, str], frozenset[str]]
    files: frozenset[str]
    bases: dict[str, None] = field(default_factory=dict)  # what names of files were found to be relative to

    def roots_of(self, scanned: str, address: str) -> frozenset[str]:
        """The root modules that contain the resource `address` in the file `scanned`, relative to where Checkov began.

        `LookupError` where the graph has no such resource.
        """
        for base in chain(self.bases, self._folders(scanned, address)):
            found = self.roots.get((_joined(base, scanned), address))
            if found is not None:
                self.bases.setdefault(base)
                return found
        raise LookupError(f"Checkov does not say where `{address}` of `{scanned}` is")

    def _folders(self, scanned: str, address: str) -> Iterator[str]:
        """The directory that `scanned` can be relative to, which Checkov does not tell; the likeliest, if any."""
        parents = {str(parent) for file in self.files for parent in Path(file).parents}
        bases = [base for base in sorted(parents) if (_joined(base, scanned), address) in self.roots]
        yield from sorted(bases, key=self._likely, reverse=True)[:1]

    @property
    def bound(self) -> Path:
        """What Checkov was started with, if that holds every file; else the directory that does."""
        common = os.path.commonpath([os.path.dirname(file) for file in self.files])  # noqa: PTH120 - as Checkov has it
        outer = [base for base in _started_with() if Path(common).is_relative_to(base)]
        return Path(max(outer, key=len, default=common))

    def _likely(self, base: str) -> tuple[bool, int, int]:
        """Checkov was started with it; it holds the most files; it is the nearest to them."""
        inside = sum(file.startswith(f"{base.rstrip('/')}/") for file in self.files)
        return base in _started_with(), inside, len(base)


def locate(graph: Any, types: frozenset[str]) -> Located:  # noqa: ANN401 - rustworkx or networkx
    """The resources of these types in a graph of Checkov's, whatever it is made with."""
    roots: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    files = set()
    for node in _nodes(graph):
        name, file, address = (node.get(each) for each in ("block_name_", "file_path_", "__address__"))
        if isinstance(file, str):
            files.add(file)
        resource = node.get("block_type_") == "resource" and isinstance(name, str) and name.partition(".")[0] in types
        if resource and isinstance(file, str) and isinstance(address, str):
            roots[file, address].add(os.path.dirname(_outermost(node, file)))  # noqa: PTH120 - as Checkov has it
    return Located(graph, {key: frozenset(each) for key, each in roots.items()}, frozenset(files))


def plan_of(graph: Any, scanned: str, address: str) -> Path:  # noqa: ANN401 - as above
    """The plan that Checkov calls `scanned`, relative to where it began; `LookupError` where the graph has none."""
    for node in _nodes(graph):
        file = node.get("file_path_")
        if node.get("__address__") == address and isinstance(file, str) and _ends(file, scanned):
            return Path(file)
    raise LookupError(f"Checkov does not say where `{address}` of `{scanned}` is")


def _ends(file: str, scanned: str) -> bool:
    return Path(file).name == Path(scanned).name and file.endswith(scanned.replace("../", "").lstrip("/."))


def _nodes(graph: Any) -> Iterator[Mapping[str, Any]]:  # noqa: ANN401 - as above
    nodes = graph.nodes()
    if hasattr(nodes, "data"):  # networkx
        nodes = nodes.data()
    for node in nodes:
        data = node[1] if isinstance(node, tuple) else node
        if isinstance(data, dict):
            yield data


def _outermost(node: Mapping[str, Any], file: str) -> str:
    """The file that calls the module that calls … the module that the block stands in; its own in a root module."""
    caller = node.get("source_module_object_")
    while caller is not None:
        file, caller = (
            (caller.get("path", file), caller.get("nested_tf_module"))
            if isinstance(caller, dict)
            else (caller.path, caller.nested_tf_module)
        )
    return file


def _joined(base: str, scanned: str) -> str:
    return os.path.normpath(f"{base}/{scanned}")


def _started_with() -> frozenset[str]:
    return frozenset(str(Path(word).absolute()) for word in sys.argv[1:] if Path(word).is_dir())


def is_part(address: str, of: str) -> bool:
    """Whether a finding about `address` belongs to the resource that Checkov calls `of`.

    Checkov leaves a block whole where it cannot tell its copies, and keyfit has one copy `[*]` for all it does not
    know; what a template inside a resource has is a part of the resource.
    """
    ours, theirs = _steps(address), _steps(of)
    return len(ours) == len(theirs) and all(_agree(*pair) for pair in zip(ours, theirs, strict=True))


def block_of(address: str) -> tuple[str, ...]:
    """An address without what tells copies apart: a finding that is part of a resource has the same."""
    return tuple(name for name, _ in _steps(address))


def _steps(address: str) -> list[tuple[str, str]]:
    """The steps of an address, without the path inside a template that a resource has."""
    steps = []
    offset = 0
    while step := _STEP.match(address, offset):
        steps.append((step[1], step[2] or ""))
        offset = step.end()
    return steps


def _agree(ours: tuple[str, str], theirs: tuple[str, str]) -> bool:
    return ours[0] == theirs[0] and (ours[1] == theirs[1] or not theirs[1] or ours[1] == _ANY)
