"""JUnit's XML, as Jenkins and most pipelines read it: a suite for each template and root module, a case a verdict.

It is what Jenkins' schema (junit-10.xsd) allows, which libraries that write JUnit's XML go beyond.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from keyfit.model.findings import Verdict
from keyfit.render import sentences
from keyfit.render.advice import COMMAND_LINE
from keyfit.render.entries import fails
from keyfit.render.summary import summary
from keyfit.scan import Checked
from keyfit.words import printable

if TYPE_CHECKING:
    from keyfit.model.findings import Failure, Finding
    from keyfit.scan import Report
    from keyfit.settings import Settings


def render(report: Report) -> str:
    """Every verdict: what gives status 1 is a failure, what could not be checked an error, what is left is told."""
    whole = Element("testsuites", name="keyfit")
    whole.extend(_suite(each) for each in (*report.checked, *_beside(report)))
    for name in ("tests", "failures", "errors"):
        whole.set(name, str(sum(int(suite.get(name, "0")) for suite in whole)))
    whole.append(_told(report))
    indent(whole)
    text = tostring(whole, encoding="unicode")
    # Azure Pipelines obeys `##vso[` wherever it stands in a log.
    return f'<?xml version="1.0" encoding="utf-8"?>\n{text}\n'.replace("##", "#&#35;")


def _beside(report: Report) -> tuple[Checked, ...]:
    """What was left out of the scan, as one more suite."""
    return (Checked("not scanned", failures=report.skipped),) if report.skipped else ()


def _told(report: Report) -> Element:
    """What else there is to know, and how much does not count, as the output of a suite without cases."""
    suite = Element("testsuite", name="keyfit", tests="0", failures="0", errors="0")
    lines = [f"{sentences.noticed(each)}: {printable(each.message)}" for each in report.notices]
    SubElement(suite, "system-out").text = "\n".join((*lines, summary(report)))
    return suite


def _suite(checked: Checked) -> Element:
    suite = Element("testsuite", name=printable(checked.path))
    settings = [Element("property", name="settings", value=said) for said in sentences.settings(checked)]
    if settings:
        SubElement(suite, "properties").extend(settings)
    suite.extend(_error(failure, checked) for failure in checked.failures)
    suite.extend(_case(finding, checked.settings) for finding in checked.findings)
    suite.set("tests", str(len(suite.findall("testcase"))))
    for name, result in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(name, str(len(suite.findall(f"testcase/{result}"))))
    return suite


def _error(failure: Failure, checked: Checked) -> Element:
    case = Element("testcase", name="could not check", classname=printable(checked.path))
    said = sentences.failed(failure)
    SubElement(case, "error", message=said, type="could-not-check").text = f"{sentences.place(failure.origin)}: {said}"
    return case


def _case(finding: Finding, settings: Settings) -> Element:
    case = Element("testcase", name=_name(finding), classname=printable(finding.stack or finding.origin.file))
    if finding.suppressed is not None:
        said = printable(f"suppressed by the {finding.suppressed.by.value}: {finding.suppressed.reason}".rstrip(": "))
        SubElement(case, "skipped", message=said, type="suppressed").text = sentences.sentence(finding)
    elif finding.verdict is not Verdict.HOLDS:
        kind = "failure" if fails(finding, settings) else "skipped"
        said = sentences.sentence(finding)
        result = SubElement(case, kind, message=said, type=sentences.verdict(finding) or finding.verdict.value)
        result.text = "\n".join((f"{sentences.place(finding.origin)}: {said}", *sentences.notes(finding, COMMAND_LINE)))
    return case


def _name(finding: Finding) -> str:
    """The rule, the subject, and what tells this verdict from others about it."""
    about = finding.about
    told = " ".join(filter(None, (about.parameter, about.store, about.state, about.key)))
    return printable(f"{finding.rule:03} {finding.name}: {finding.resource}" + (f" ({told})" if told else ""))
