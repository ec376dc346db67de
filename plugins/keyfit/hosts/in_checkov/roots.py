"""What the Terraform root modules that contain a resource that Checkov asks about are found to be.

Checkov gives two root modules that call one module one record, so what is told is the worst of both.
"""

from __future__ import annotations

import os
from collections import defaultdict
from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from keyfit.hosts.in_checkov.asked import COULD_NOT_CHECK, Told
from keyfit.hosts.in_checkov.evidence import at, failed, fails, log, worst
from keyfit.hosts.in_checkov.given import run
from keyfit.hosts.in_checkov.graph import block_of, is_part
from keyfit.hosts.in_checkov.homeless import Homeless, homeless
from keyfit.hosts.in_checkov.places import places
from keyfit.record import record
from keyfit.render import report_json, sentences
from keyfit.render.advice import CHECKOV
from keyfit.scan.environments import in_each
from keyfit.scan.roots import Root, check_root, is_judged
from keyfit.words import joined

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from keyfit.hosts.in_checkov.graph import Located
    from keyfit.model.findings import Finding
    from keyfit.scan import Checked, Run


@record
class _Graph:
    """A graph, and the root modules in it that can have something to judge, each judged when it is asked for."""

    graph: object
    located: Located
    concerned: Mapping[str, Root]
    run: Run
    checked: dict[str, Checked] = field(default_factory=dict)
    known: dict[tuple[str, str], tuple[Checked, ...]] = field(default_factory=dict)

    def about(self, place: tuple[str, str]) -> tuple[Checked, ...]:
        """What the root modules that contain a resource, given by file and address, are found to be.

        While Checkov is at one graph, no file is looked at twice.
        """
        if place not in self.known:
            roots = self.located.roots_of(*place) & self.concerned.keys()
            self.known[place] = tuple(self._check(root) for root in sorted(roots))
        return self.known[place]

    def _check(self, root: str) -> Checked:
        if root not in self.checked:
            beside = tuple(self.concerned.values())
            (found,) = in_each(self.run, lambda run: (check_root(self.concerned[root], run, beside),))
            self.checked[root] = found
            log(found.path, found)
        return self.checked[root]


class _Sorted(NamedTuple):
    """A root module or plan, the findings by the block that they are about, and those about none."""

    checked: Checked
    findings: Mapping[tuple[str, ...], Sequence[Finding]]
    homeless: Homeless


_SORTED: Final[dict[int, _Sorted]] = {}  # by the id of what is checked
_LAST: Final[list[tuple[Checked, str, Sequence[Finding]]]] = []
_GRAPHS: Final[list[_Graph]] = []  # the last one: Checkov asks about one after the other


def ask(number: int, graph: object, place: tuple[str, str]) -> Told | None:
    """What the rule with that number, or CKV_KEYFIT_000, has to say of the resource in a file and with an address."""
    about = _graph(graph).about(place)
    if not about:
        return None
    return told(number, place[1], about) if number else could_not_check(about)


def saying(graph: object, place: tuple[str, str]) -> Collection[int]:
    """The rules that find something of a resource, and 0 where something could not be checked."""
    about = _graph(graph).about(place)
    found = {each.rule for checked in about for each in _findings(checked, place[1])}
    return found | {0} if any(checked.failures for checked in about) else found


def told(number: int, address: str, about: Iterable[Checked]) -> Told | None:
    """The worst of the rule's findings; `None` where Checkov hears nothing of it."""
    mine = [(each, checked) for checked in about for each in _findings(checked, address) if each.rule == number]
    verdict = worst(each for each, _ in mine)
    telling = [(each, checked) for each, checked in mine if each.verdict is verdict]
    failing = {fails(each, checked.settings) for each, checked in telling} - {None}
    if not failing:
        return None
    data = [report_json.finding(each, CHECKOV) for each, _ in mine]
    return Told(True in failing, f"{telling[0][0].name}: {evidence(telling)}", data)


def _findings(checked: Checked, address: str) -> Sequence[Finding]:
    """What of a root module or plan is about one resource: all its rules are asked one after the other."""
    if not _LAST or _LAST[0][0] is not checked or _LAST[0][1] != address:
        block, (_, findings, others) = block_of(address), _sorted_out(checked)
        found = [each for each in findings.get(block, ()) if is_part(each.resource, address)]
        adopted = others.at(block[-2] if len(block) > 1 else "", address)
        _LAST[:] = [(checked, address, [*found, *adopted])]
    return _LAST[0][2]


def _sorted_out(checked: Checked) -> _Sorted:
    """The findings by the block that they are about; sorted out once, while Checkov is at one graph."""
    known = _SORTED.get(id(checked))
    if known is None:
        found: defaultdict[tuple[str, ...], list[Finding]] = defaultdict(list)
        for each in checked.findings:
            found[block_of(each.resource)].append(each)
        known = _SORTED[id(checked)] = _Sorted(checked, found, homeless(checked))
    return known


def evidence(about: Iterable[tuple[Finding, Checked]]) -> str:
    """The findings with places and notes in one line, each once; those that several root modules share name them."""
    told: dict[tuple[str, ...], list[str]] = {}
    for finding, checked in about:
        told.setdefault((at(finding), *sentences.notes(finding, CHECKOV)), []).append(checked.path)
    several = len({path for paths in told.values() for path in paths}) > 1
    shared = ((*lines, f"note: this is so in {joined(paths)}") if several else lines for lines, paths in told.items())
    return "; also: ".join(map("; ".join, shared))


def could_not_check(about: Iterable[Checked]) -> Told | None:
    """The reasons why a root module, or a rule of it, could not be checked; `None` where all is well."""
    failures = dict.fromkeys(failure for each in about for failure in each.failures)
    return Told(failed=True, line=f"{COULD_NOT_CHECK}: {'; '.join(map(failed, failures))}") if failures else None


def _graph(graph: object) -> _Graph:
    if not _GRAPHS or _GRAPHS[0].graph is not graph:
        found = places(graph)
        shown = {
            str(path): Root(Path(os.path.relpath(path)), found.bound, consuming)
            for path, consuming in found.concerned.items()
        }
        given = run()
        judged = {path: root for path, root in shown.items() if is_judged(root, given)}
        _SORTED.clear()
        _GRAPHS[:] = [_Graph(graph, found.located, judged, given)]
    return _GRAPHS[0]
