"""Checkov: one check a rule, one result for each rule and subject, and `CKV_KEYFIT_000` for what could not be checked.

Checkov passes no details of a CloudFormation check on to its reports. It does read the check's name after each run, and
keeps what else stands in a result: so the evidence is in the name, on every output, and as data in the JSON.
"""

from __future__ import annotations

import logging
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from checkov.cloudformation.checks.resource.base_resource_check import BaseResourceCheck
from checkov.common.models.enums import CheckCategories, CheckResult

from keyfit import catalogue
from keyfit.findings import Outcome
from keyfit.render import report_json, words
from keyfit.scan import Checked, Run, check_template, crash
from keyfit.scan.files import Input
from keyfit.settings import FailOn

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from keyfit.catalogue.rule import Rule
    from keyfit.findings import Finding
    from keyfit.settings import Settings

# The types that a subject of some rule can have; `checks/keyfit_checks.py` repeats them.
TYPES: Final = (
    "AWS::IAM::Group",
    "AWS::IAM::GroupPolicy",
    "AWS::IAM::ManagedPolicy",
    "AWS::IAM::Policy",
    "AWS::IAM::Role",
    "AWS::IAM::RolePolicy",
    "AWS::IAM::User",
    "AWS::IAM::UserPolicy",
    "AWS::KMS::Key",
    "AWS::KMS::ReplicaKey",
    "AWS::Personalize::Dataset",
    "AWS::Personalize::DatasetGroup",
    "AWS::Personalize::MetricAttribution",
    "AWS::SageMaker::FeatureGroup",
    "AWS::Serverless::StateMachine",
    "AWS::StepFunctions::StateMachine",
)
_STATE_MACHINES: Final = ("AWS::Serverless::StateMachine", "AWS::StepFunctions::StateMachine")
_IDENTITIES: Final = ("AWS::IAM::Group", "AWS::IAM::Role", "AWS::IAM::User")
_KEYS: Final = ("AWS::KMS::Key", "AWS::KMS::ReplicaKey")
_PERSONALIZE: Final = tuple(name for name in TYPES if name.startswith("AWS::Personalize::"))
# What the subjects of the rules with these numbers are, the first that fits: Checkov takes its time for each check.
_SUBJECTS: Final[Mapping[range, tuple[str, ...]]] = {
    range(109, 110): (*_STATE_MACHINES, *_IDENTITIES),
    range(101, 200): (*_PERSONALIZE, *_STATE_MACHINES),
    range(204, 205): (*_STATE_MACHINES, *_IDENTITIES),
    range(201, 300): ("AWS::SageMaker::FeatureGroup", *_STATE_MACHINES),
    range(301, 400): (*_STATE_MACHINES, "AWS::IAM::Role"),
    range(401, 405): (*_PERSONALIZE, "AWS::SageMaker::FeatureGroup", *_STATE_MACHINES, "AWS::IAM::Role"),
    range(405, 408): _KEYS,
}
_LOG: Final = logging.getLogger(__name__)
GRAVITY: Final = {Outcome.HOLDS: 0, Outcome.UNPROVEN: 1, Outcome.BROKEN: 2}
RUN: Final = Run(environment=dict(os.environ))  # one a process: Checkov loads the checks anew, not the engine
_FILES: Final[dict[str, str]] = {}  # the file of each `scanned_file`, as some resource in it told
_CHECKED: Final[dict[str, tuple[tuple[int, int], Checked]]] = {}  # by file: what it was when it was judged
_BY_SUBJECT: Final[dict[int, tuple[Checked, dict[tuple[int, str], list[Finding]]]]] = {}
_CRASHED: Final[dict[str, Checked]] = {}
_TOLD: Final[set[str]] = set()  # files whose failures are in the log


def register() -> None:
    """Register a check for each rule, and then the one for what could not be checked: it hears of those before it."""
    for rule in catalogue.every_rule():
        RuleCheck(rule)
    CouldNotCheck()


class KeyfitCheck(BaseResourceCheck):
    """A check that says what it found in its name, afterwards, and never raises: Checkov drops one that does."""

    def __init__(self, title: str, number: int) -> None:
        self.title = title
        self.found: Sequence[Finding] = []
        types = next((subjects for numbers, subjects in _SUBJECTS.items() if number in numbers), TYPES)
        super().__init__(title, f"CKV_KEYFIT_{number:03}", [CheckCategories.ENCRYPTION], types)

    def run(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - whatever Checkov passes
        """The result of one resource, with the findings as data."""
        self.name, self.found = self.title, []
        try:
            result = super().run(*args, **kwargs)
        except Exception as error:  # noqa: BLE001 - as the class says
            _crashed(scanned_file(self.entity_path), error)
            return {"result": CheckResult.UNKNOWN, "evaluated_keys": []}
        if self.found:
            result["keyfit"] = [report_json.finding(each) for each in self.found]
        return result


class RuleCheck(KeyfitCheck):
    """A rule: one result for each subject, the worst of its findings."""

    def __init__(self, rule: Rule) -> None:
        self.rule = rule
        super().__init__(f"{rule.name}: {rule.summary}", rule.number)

    def scan_resource_conf(self, conf: Mapping[str, Any]) -> CheckResult:
        """FAILED for broken, PASSED for proven; UNKNOWN, which Checkov does not report, for the rest."""
        checked = check_resource(self.entity_path, conf)
        self.found = about(checked, self.rule.number, self.entity_path.rpartition(":")[2])
        worst = max((each.outcome for each in self.found), key=GRAVITY.__getitem__, default=None)
        telling = [each for each in self.found if each.outcome is worst]
        if worst is not None:
            self.name = f"{self.rule.name}: {evidence(telling)}"
            self.details = [line for each in telling for line in (at(each), *words.notes(each))]
        return result(worst, checked.settings)


class CouldNotCheck(KeyfitCheck):
    """Fails for each resource of a file that keyfit could not read, or that a rule failed on; silent otherwise."""

    def __init__(self) -> None:
        super().__init__("keyfit-could-not-check", 0)

    def scan_resource_conf(self, conf: Mapping[str, Any]) -> CheckResult:
        """FAILED with the reason; UNKNOWN, which Checkov does not report, where all is well."""
        failures = check_resource(self.entity_path, conf).failures
        if not failures:
            return CheckResult.UNKNOWN
        reasons = "; ".join(f"{words.failed(each)} ({words.place(each.origin)})" for each in failures)
        self.name = f"{self.title}: {reasons}"
        return CheckResult.FAILED


def evidence(findings: Iterable[Finding]) -> str:
    """The findings, their places and notes in one line: Checkov puts it in tables, too."""
    return "; also: ".join("; ".join((at(each), *words.notes(each))) for each in findings)


def at(finding: Finding) -> str:
    """What a finding says, and where."""
    return f"{words.sentence(finding)} ({words.place(finding.origin)})"


def result(worst: Outcome | None, settings: Settings) -> CheckResult:
    """Checkov's word for the worst outcome about a resource."""
    if worst is Outcome.HOLDS:
        return CheckResult.PASSED
    if worst is Outcome.BROKEN or (worst is Outcome.UNPROVEN and settings.fail_on is FailOn.UNPROVEN):
        return CheckResult.FAILED
    return CheckResult.UNKNOWN


def check_resource(entity_path: str, conf: Mapping[str, Any]) -> Checked:
    """What the file of a resource is found to be; read once a process, whatever number of resources and rules ask."""
    scanned = scanned_file(entity_path)
    if scanned in _CRASHED:
        return _CRASHED[scanned]
    try:
        file = find_file(scanned, conf)
        found = Path(file).stat()
        state, checked = _CHECKED.get(file, (None, None))
        if checked is None or state != (found.st_mtime_ns, found.st_size):
            path = Path(os.path.relpath(file))
            checked = check_template(Input(path, path.parent, named=True), RUN) or Checked(scanned)
            _CHECKED[file] = (found.st_mtime_ns, found.st_size), checked
    except Exception as error:  # noqa: BLE001 - Checkov drops the result of a check that raises
        return _crashed(scanned, error)
    log(scanned, checked)
    return checked


def about(checked: Checked, rule: int, resource: str) -> Sequence[Finding]:
    """The findings of one rule about one subject; they are sorted out once a template."""
    known = _BY_SUBJECT.get(id(checked))
    if known is None or known[0] is not checked:
        sorted_out: dict[tuple[int, str], list[Finding]] = {}
        for found in checked.findings:
            sorted_out.setdefault((found.rule, found.resource), []).append(found)
        known = _BY_SUBJECT[id(checked)] = checked, sorted_out  # the template is kept, so that its id stays its own
    return known[1].get((rule, resource), ())


def scanned_file(entity_path: str) -> str:
    """`/stack.yaml` of `/stack.yaml:AWS::KMS::Key:Key`: relative to a directory that Checkov does not tell."""
    return entity_path.partition(":AWS::")[0]


def _crashed(scanned: str, error: Exception) -> Checked:
    """Remember that keyfit failed on a file: `CKV_KEYFIT_000` says so of every resource in it that comes after."""
    _CRASHED[scanned] = Checked(scanned, failures=(crash(error, scanned),))
    log(scanned, _CRASHED[scanned])
    return _CRASHED[scanned]


def find_file(scanned: str, conf: Mapping[str, Any]) -> str:
    """The file that a resource stands in; `FileNotFoundError` where that cannot be told.

    Checkov leaves its name in the properties. Where there are none (or the file is JSON with tabs), another resource of
    the file told it, or it lies in the current directory or in one that Checkov was started with.
    """
    properties = conf.get("Properties")
    named = properties.get("__file__") if isinstance(properties, dict) else None
    if isinstance(named, str):
        _FILES[scanned] = named
    if scanned not in _FILES:
        folders = (Path(), *(Path(word) for word in sys.argv[1:] if Path(word).is_dir()))
        candidates = (folder / scanned.lstrip("/") for folder in folders)
        found = {str(each.resolve()) for each in candidates if each.is_file()}
        if len(found) != 1:
            raise FileNotFoundError(f"Checkov does not tell where `{scanned}` is")
        (_FILES[scanned],) = found
    return _FILES[scanned]


def log(scanned: str, checked: Checked) -> None:
    """Say once a file what could not be checked: `--check CKV_KEYFIT_101` would hide CKV_KEYFIT_000."""
    if not checked.failures or scanned in _TOLD:
        return
    _TOLD.add(scanned)
    for failure in checked.failures:
        _LOG.error("keyfit: %s: %s", words.place(failure.origin), words.failed(failure))
