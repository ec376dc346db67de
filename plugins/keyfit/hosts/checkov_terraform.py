"""Checkov and Terraform: one result for each rule and resource, over all root modules that contain the resource.

Checkov gives two root modules that call one module one record, so the result is the worst of both. The evidence is in
the details, which Checkov puts into every output.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from checkov.common.models.enums import CheckCategories, CheckResult
from checkov.terraform.checks.resource.base_resource_check import BaseResourceCheck

from keyfit import catalogue
from keyfit.hosts.checkov_graph import Located, is_part, locate
from keyfit.hosts.checkov_host import GRAVITY, RUN, at, log, result
from keyfit.hosts.checkov_types import TYPES, types
from keyfit.readers import terraform
from keyfit.readers.given import Given
from keyfit.render import report_json, words
from keyfit.scan import Checked, crash
from keyfit.scan.roots import Root, check_root, is_judged
from keyfit.settings.files import find_root, real_path

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from keyfit.catalogue.rule import Rule
    from keyfit.findings import Failure, Finding


@dataclass(frozen=True, slots=True)
class _Graph:
    """A graph, and the root modules in it that can have something to judge, each judged when it is asked for."""

    located: Located
    concerned: Mapping[str, Root]
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
            found = self.checked[root] = check_root(self.concerned[root], RUN, tuple(self.concerned.values()))
            log(found.path, found)
        return self.checked[root]


_GRAPHS: Final[list[_Graph]] = []  # the last one: Checkov asks about one after the other
_CRASHED: Final[dict[tuple[str, str], Failure]] = {}  # by file and address


def register() -> None:
    """Register a check for each rule, and then the one for what could not be checked: it hears of those before it."""
    for rule in catalogue.every_rule():
        RuleCheck(rule)
    CouldNotCheck()


class KeyfitCheck(BaseResourceCheck):
    """A check that never raises: Checkov drops one that does."""

    def __init__(self, title: str, number: int, subjects: tuple[str, ...]) -> None:
        self.title = title
        self.found: list[Finding] = []
        self.place = ("", "")
        self.about: tuple[Checked, ...] = ()
        super().__init__(title, f"CKV_KEYFIT_{number:03}", [CheckCategories.ENCRYPTION], subjects)

    def run(self, scanned_file: str, entity_configuration: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - theirs
        """The result of one resource, with the findings as data."""
        self.name, self.found = self.title, []
        self.details: list[str] = []
        self.place = (scanned_file, str(entity_configuration.get("__address__")))
        self.about = self.checked()
        if not self.about and self.place not in _CRASHED:
            return _nothing()  # most are so, and soon done with
        try:
            outcome = super().run(scanned_file, entity_configuration, *args, **kwargs)
        except Exception as error:  # noqa: BLE001 - as the class says
            self.crashed(error)
            return _nothing()
        if self.found:
            outcome["keyfit"] = [report_json.finding(each) for each in self.found]
        return outcome

    def checked(self) -> tuple[Checked, ...]:
        """What the root modules that contain the resource are found to be; none for a plan, which is no source."""
        file, _ = self.place
        if self.graph is None or (file.endswith(".json") and not file.endswith((".tf.json", ".tofu.json"))):
            return ()
        try:
            return _graph(self.graph).about(self.place)
        except Exception as error:  # noqa: BLE001 - as the class says
            self.crashed(error)
            return ()

    def crashed(self, error: Exception) -> None:
        """Remember that keyfit failed: `CKV_KEYFIT_000` comes after the others on the same resource."""
        if self.place not in _CRASHED:
            _CRASHED[self.place] = crash(error, self.place[0])
            log(" ".join(self.place), Checked(self.place[0], failures=(_CRASHED[self.place],)))


class RuleCheck(KeyfitCheck):
    """A rule: one result for each resource, the worst of its findings."""

    def __init__(self, rule: Rule) -> None:
        self.rule = rule
        super().__init__(f"{rule.name}: {rule.summary}", rule.number, types(rule.number))

    def scan_resource_conf(self, _conf: Mapping[str, Any]) -> CheckResult:
        """FAILED for broken, PASSED for proven; UNKNOWN, which Checkov does not report, for the rest."""
        mine = [(finding, each) for each in self.about for finding in each.findings if self._is_mine(finding)]
        self.found = [finding for finding, _ in mine]
        worst = max((finding.outcome for finding in self.found), key=GRAVITY.__getitem__, default=None)
        telling = [pair for pair in mine if pair[0].outcome is worst]
        self.details = list(evidence(telling))
        results = {result(worst, each.settings) for _, each in telling}
        return CheckResult.FAILED if CheckResult.FAILED in results else next(iter(results), CheckResult.UNKNOWN)

    def _is_mine(self, finding: Finding) -> bool:
        return finding.rule == self.rule.number and is_part(finding.resource, self.place[1])


class CouldNotCheck(KeyfitCheck):
    """Fails for each resource of a root module that keyfit could not read, or that a rule failed on."""

    def __init__(self) -> None:
        super().__init__("keyfit-could-not-check", 0, TYPES)

    def scan_resource_conf(self, _conf: Mapping[str, Any]) -> CheckResult:
        """FAILED with the reasons; UNKNOWN, which Checkov does not report, where all is well."""
        crashed = _CRASHED.get(self.place)
        failures = dict.fromkeys(failure for each in self.about for failure in each.failures)
        told = [*failures, *([crashed] if crashed else [])]
        self.details = [f"{words.failed(each)} ({words.place(each.origin)})" for each in told]
        return CheckResult.FAILED if told else CheckResult.UNKNOWN


def _nothing() -> Any:  # noqa: ANN401 - what Checkov takes for a result that it does not report
    return {"result": CheckResult.UNKNOWN, "evaluated_keys": []}


def evidence(about: Iterable[tuple[Finding, Checked]]) -> Iterable[str]:
    """The findings with places and notes, each once; those that several root modules share name them."""
    told: dict[tuple[str, ...], list[str]] = {}
    for finding, checked in about:
        told.setdefault((at(finding), *words.notes(finding)), []).append(checked.path)
    several = len({path for paths in told.values() for path in paths}) > 1
    for lines, paths in told.items():
        yield from lines
        if several:
            yield f"note: this is so in {' and '.join(f'`{path}`' for path in dict.fromkeys(paths))}"


def _graph(graph: object) -> _Graph:
    if not _GRAPHS or _GRAPHS[0].located.graph is not graph:
        located = locate(graph, frozenset(TYPES))
        bound = find_root(real_path(located.bound))
        roots = sorted({Path(root) for each in located.roots.values() for root in each})
        found = terraform.concerned(roots, Given(bound))
        shown = {str(path): Root(Path(os.path.relpath(path)), bound, consuming) for path, consuming in found.items()}
        _GRAPHS[:] = [_Graph(located, {path: root for path, root in shown.items() if is_judged(root, RUN)})]
    return _GRAPHS[0]
