"""What the CloudFormation template of a resource that Checkov asks about is found to be."""

from __future__ import annotations

import os
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from keyfit.hosts.in_checkov.asked import COULD_NOT_CHECK, Told
from keyfit.hosts.in_checkov.concern import find_file
from keyfit.hosts.in_checkov.evidence import RUN, at, failed, fails, log, worst
from keyfit.hosts.in_checkov.homeless import Homeless, homeless
from keyfit.record import record
from keyfit.render import report_json, sentences
from keyfit.render.advice import CHECKOV
from keyfit.scan import Checked, check_template
from keyfit.scan.files import Input

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from keyfit.model.findings import Finding

_LAST: Final[list[_Resource]] = []  # Checkov asks all checks about one resource after the other
_SORTED: Final[list[_Sorted]] = []  # and about the resources of one template


@record
class _Sorted:
    """A template, the findings about it by resource and rule, and those about nothing that Checkov asks about."""

    checked: Checked
    findings: Mapping[str, Mapping[int, Sequence[Finding]]]
    homeless: Homeless


@record
class _Resource:
    """A resource as Checkov has it, and what is found about it by rule."""

    conf: object
    checked: Checked
    findings: Mapping[int, Sequence[Finding]]


def ask(number: int, scanned_file: str, conf: Mapping[str, Any], name: str) -> Told | None:
    """What the rule with that number, or CKV_KEYFIT_000, has to say of one resource; `None` for nothing."""
    asked = _resource(scanned_file, conf, name)
    if not number:
        return _could_not_check(asked.checked)
    findings = asked.findings.get(number)
    return _told(findings, asked.checked) if findings else None


def saying(scanned_file: str, conf: Mapping[str, Any], name: str) -> Collection[int]:
    """The rules that find something of a resource, and 0 where something could not be checked."""
    asked = _resource(scanned_file, conf, name)
    return {*asked.findings, 0} if asked.checked.failures else asked.findings


def _resource(scanned_file: str, conf: Mapping[str, Any], name: str) -> _Resource:
    if not _LAST or _LAST[0].conf is not conf:
        checked = _check(scanned_file, conf)
        known = _sorted_out(checked)
        findings = {rule: list(each) for rule, each in known.findings.get(name, {}).items()}
        for each in known.homeless.at(str(conf.get("Type")), name):
            findings.setdefault(each.rule, []).append(each)
        _LAST[:] = [_Resource(conf, checked, findings)]
    return _LAST[0]


def _told(findings: Sequence[Finding], checked: Checked) -> Told | None:
    """The worst of the findings; `None` where Checkov hears nothing of it."""
    verdict = worst(findings)
    telling = [each for each in findings if each.verdict is verdict]
    failing = {fails(each, checked.settings) for each in telling} - {None}
    if not failing:
        return None
    data = [report_json.finding(each, CHECKOV) for each in findings]
    return Told(True in failing, f"{findings[0].name}: {evidence(telling)}", data)


def evidence(findings: Iterable[Finding]) -> str:
    """The findings, their places and notes in one line: Checkov puts it in tables, too."""
    return "; also: ".join("; ".join((at(each), *sentences.notes(each, CHECKOV))) for each in findings)


def _could_not_check(checked: Checked) -> Told | None:
    """The reasons why the template, or a rule of it, could not be checked; `None` where all is well."""
    if not checked.failures:
        return None
    return Told(failed=True, line=f"{COULD_NOT_CHECK}: {'; '.join(map(failed, checked.failures))}")


def _check(scanned: str, conf: Mapping[str, Any]) -> Checked:
    """What the file of a resource is found to be; judged once a process, unless it changes."""
    path = Path(os.path.relpath(find_file(scanned, conf)))
    checked = check_template(Input(path, path.parent, named=True), RUN) or Checked(scanned)
    log(scanned, checked)
    return checked


def _sorted_out(checked: Checked) -> _Sorted:
    """The findings by resource and rule; sorted out once a template."""
    if not _SORTED or _SORTED[0].checked is not checked:
        found: defaultdict[str, defaultdict[int, list[Finding]]] = defaultdict(lambda: defaultdict(list))
        for each in checked.findings:
            found[each.resource][each.rule].append(each)
        _SORTED[:] = [_Sorted(checked, found, homeless(checked))]
    return _SORTED[0]
