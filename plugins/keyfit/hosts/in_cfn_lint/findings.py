"""What a template is found to be, as cfn-lint's matches; imported for the first one that can have to do with keys."""

from __future__ import annotations

import logging
import os
from collections import Counter, defaultdict
from functools import reduce
from operator import getitem
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from weakref import WeakKeyDictionary

from cfnlint.rules import RuleMatch

from keyfit.hosts import settings_told
from keyfit.hosts.in_cfn_lint.template import read_decoded
from keyfit.hosts.undisturbed import undisturbed
from keyfit.model.findings import Level, Verdict
from keyfit.render import sentences
from keyfit.render.advice import CFN_LINT
from keyfit.scan import Checked, Run, check_decoded, crash, refused
from keyfit.settings import SettingsError
from keyfit.words import printable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cfnlint.template import Template

    from keyfit.model.findings import Finding
    from keyfit.value import Origin

KEY_ARN: Final = 107  # personalize-key-arn
DEPENDENCY_CYCLE: Final = 601
REFERENCE_EXISTS: Final = 604
_SAID_BY_E1041: Final = frozenset({"AWS::KMS::Alias", "AWS::KMS::Key", "AWS::KMS::ReplicaKey"})
_LOG: Final = logging.getLogger("cfnlint.keyfit")
_RUN: Final = Run(environment=dict(os.environ))


class _Told(NamedTuple):
    """What a template is found to be, and the findings by rule and letter, which cfn-lint asks for one by one."""

    checked: Checked
    findings: Mapping[tuple[int, str], Sequence[Finding]]


_TOLD: Final[WeakKeyDictionary[Any, _Told]] = WeakKeyDictionary()  # by cfn-lint's Template


def matches(number: int, letter: str, cfn: Template) -> list[Any]:
    """A match for each finding of a rule that has the letter's level."""
    mine = _told(cfn).findings.get((number, letter), ())
    findings = [found for found in mine if not _said_by_cfn_lint(found, cfn)]
    alike = Counter(_appearance(found) for found in findings)
    return [_match(found, cfn, named=alike[_appearance(found)] > 1) for found in findings]


def failed(cfn: Template) -> list[Any]:
    """One match with all the reasons why the template, or a rule of it, could not be checked."""
    failures = _told(cfn).checked.failures
    if not failures:
        return []
    reasons = "; ".join(sentences.failed(each) for each in failures)
    return [RuleMatch(list(failures[0].origin.path), reasons)]


def _told(cfn: Template) -> _Told:
    """Judged and sorted out once, whatever number of rules ask."""
    known = _TOLD.get(cfn)
    if known is None:
        with undisturbed():
            checked = _check(cfn)
        settings_told.say(checked, _LOG)
        findings: defaultdict[tuple[int, str], list[Finding]] = defaultdict(list)
        for found in checked.findings:
            findings[found.rule, _letter(found)].append(found)
        known = _TOLD[cfn] = _Told(checked, findings)
    return known


def _check(cfn: Template) -> Checked:
    path = cfn.filename or ""
    try:
        return check_decoded(read_decoded(cfn.template, path), path, _RUN)
    except SettingsError as error:
        return Checked(path, failures=(refused(error, path),))
    except Exception as error:  # noqa: BLE001 - cfn-lint would call it an exception of the first rule that asks
        return Checked(path, failures=(crash(error, path),))


def _letter(found: Finding) -> str:
    """The letter of the rule that tells the finding; empty for what holds."""
    if found.verdict is Verdict.BROKEN:
        return "E" if found.level is Level.ERROR else "W"
    return "I" if found.verdict is Verdict.UNPROVEN else ""


def _said_by_cfn_lint(found: Finding, cfn: Template) -> bool:
    """Whether cfn-lint says it itself.

    E3004 of a circle, E1010, E3005 and others of what is not declared, E1041 of `!Ref` of a key or alias where an ARN
    is wanted.
    """
    if found.rule == REFERENCE_EXISTS:
        return found.about.parameter not in cfn.template.get("Resources", {})
    if found.rule != KEY_ARN:
        return found.rule == DEPENDENCY_CYCLE
    match _at(cfn.template, found.origin.path):
        case {"Ref": str() as name}:
            resource = cfn.template.get("Resources", {}).get(name)
            return isinstance(resource, dict) and resource.get("Type") in _SAID_BY_E1041
        case _:
            return False


def _at(node: Any, path: Sequence[str | int]) -> Any:  # noqa: ANN401 - a template is what it is
    """What stands at `path`; `None` where nothing does."""
    try:
        return reduce(getitem, path, node)
    except (KeyError, IndexError, TypeError):
        return None


def _appearance(found: Finding) -> tuple[object, ...]:
    """What cfn-lint knows a match by: of two that are alike, such as a loop's, it would drop one."""
    return (found.origin.start, sentences.sentence(found))


def _match(found: Finding, cfn: Template, *, named: bool) -> Any:  # noqa: ANN401 - a RuleMatch, which has no types
    """A match with the evidence and the advice in its message: of matches below it, cfn-lint would count each."""
    path = list(found.origin.path) or ["Resources", found.resource]
    subject = f" (`{found.resource}`)" if named else ""
    message = printable("; ".join((sentences.sentence(found) + subject, *sentences.notes(found, CFN_LINT))))
    return RuleMatch(path, message, **_location(found.origin, path, cfn))


def _location(origin: Origin, path: list[str | int], cfn: Template) -> dict[str, tuple[int, ...]]:
    """The place in the file, from 0; what a transform made stands where cfn-lint says that its path does."""
    if origin.file and origin.start.line > 1:
        start, end = origin.start, origin.end
        return {"location": (start.line - 1, start.column - 1, end.line - 1, end.column - 1)}
    found = cfn.get_location_yaml(cfn.template, path)
    return {"location": found} if found else {}
