"""Findings about what Checkov asks nobody about: an output, a module call, a resource of a type that no rule is for.

Each fails at the first resource of the same template or root module that Checkov asks its rule about: a crash is never
a pass, and neither is a configuration that cannot be deployed.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import field
from functools import cache
from typing import TYPE_CHECKING

from keyfit.hosts.cards import every_card
from keyfit.hosts.in_checkov.evidence import fails
from keyfit.record import record
from keyfit.services import subjects

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from keyfit.model.findings import Finding
    from keyfit.scan import Checked


@record
class Homeless:
    """Those of one template or root module by their rule, and which resource each rule's are told of."""

    findings: Mapping[int, Sequence[Finding]]
    told_of: dict[int, str] = field(default_factory=dict)

    def at(self, type_: str, resource: str) -> list[Finding]:
        """What is told of a resource that Checkov asks about: it keeps what it is the first to be asked for."""
        return [
            each
            for rule, findings in self.findings.items()
            if type_ in _asked(rule) and self.told_of.setdefault(rule, resource) == resource
            for each in findings
        ]


def homeless(checked: Checked) -> Homeless:
    """The failing findings about what Checkov does not ask about."""
    found: defaultdict[int, list[Finding]] = defaultdict(list)
    for each in checked.findings:
        if each.type not in _asked(each.rule) and fails(each, checked.settings):
            found[each.rule].append(each)
    return Homeless(found)


@cache
def _asked(rule: int) -> frozenset[str]:
    """The types of the resources that Checkov asks a rule about."""
    words = next((card.subjects for card in every_card() if card.number == rule), ())
    return frozenset(subjects.types(*words, "template"))
