"""Checkov: one check a rule, one result for each rule and subject, and `CKV_KEYFIT_000` for what could not be checked.

Checkov passes no details of a CloudFormation check on to its reports. It does read the check's name after each run, and
keeps what else stands in a result: so the evidence is in the name, on every output, and as data in the JSON.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from checkov.cloudformation.checks.resource.base_resource_check import BaseResourceCheck
from checkov.common.models.enums import CheckCategories

from keyfit.hosts.cards import every_card
from keyfit.hosts.in_checkov.asked import COULD_NOT_CHECK, Check, Told, engine
from keyfit.hosts.in_checkov.concern import concerns
from keyfit.services import subjects

if TYPE_CHECKING:
    from collections.abc import Mapping

    from checkov.common.models.enums import CheckResult


def register() -> None:
    """Register a check for each rule, and then the one for what could not be checked: it hears of those before it."""
    for card in every_card():
        KeyfitCheck(f"{card.name}: {card.summary}", card.number, card.subjects)
    KeyfitCheck(COULD_NOT_CHECK, 0, subjects.EVERY)


class KeyfitCheck(Check, BaseResourceCheck):
    """A check that says what it found in its name, afterwards."""

    def __init__(self, title: str, number: int, words: tuple[str, ...]) -> None:
        self.title, self.number = title, number
        super().__init__(
            title, f"CKV_KEYFIT_{number:03}", [CheckCategories.ENCRYPTION], subjects.cloudformation(*words)
        )

    def ask(self, scanned_file: str, conf: Any, name: str) -> Told | None:  # noqa: ANN401 - Checkov's
        """As the template that the resource stands in is found to be."""
        if not concerns(scanned_file, conf):
            return None
        told: Told | None = engine("keyfit.hosts.in_checkov.template").ask(self.number, scanned_file, conf, name)
        return told

    def scan_resource_conf(self, _conf: Mapping[str, Any]) -> CheckResult:
        """As told, in Checkov's words, with the evidence as the check's name."""
        if self.told is not None:
            self.name, self.details = self.told.line, list(self.told.lines)
        return super().scan_resource_conf(_conf)
