"""The root modules in a graph of Checkov's that speak of keys: asked before the engine is imported."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from keyfit.hosts.in_checkov.graph import Located, locate
from keyfit.readers import terraform
from keyfit.readers.given import Given
from keyfit.record import record
from keyfit.services import subjects
from keyfit.settings.paths import find_root, real_path

if TYPE_CHECKING:
    from collections.abc import Mapping


@record
class Places:
    """Where the resources of one graph stand; outside `bound` nothing is read.

    `concerned` says of each root module that speaks of keys whether something in it can use one.
    """

    graph: object
    located: Located
    bound: Path
    concerned: Mapping[Path, bool]

    def concern(self, place: tuple[str, str]) -> bool:
        """Whether a root module that speaks of keys contains the resource, given by file and address."""
        return bool(self.concerned) and any(Path(root) in self.concerned for root in self.located.roots_of(*place))


_LAST: Final[list[Places]] = []  # Checkov asks about one graph after the other


def places(graph: object) -> Places:
    """The places of a graph, found once while Checkov is at it."""
    if not _LAST or _LAST[0].graph is not graph:
        located = locate(graph, frozenset(subjects.terraform(*subjects.EVERY)))
        bound = find_root(real_path(located.bound))
        roots = sorted({Path(root) for each in located.roots.values() for root in each})
        _LAST[:] = [Places(graph, located, bound, terraform.concerned(roots, Given(bound)))]
    return _LAST[0]
