"""Checkov and Terraform: one result for each rule and resource, over all root modules that contain the resource.

The evidence is in the details, which Checkov puts into every output.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from checkov.common.models.enums import CheckCategories
from checkov.terraform.checks.resource.base_resource_check import BaseResourceCheck

from keyfit.hosts.cards import every_card
from keyfit.hosts.in_checkov.asked import COULD_NOT_CHECK, Check, Told, engine
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
    """A check that says in its details what it found."""

    def __init__(self, title: str, number: int, words: tuple[str, ...]) -> None:
        self.title, self.number = title, number
        super().__init__(title, f"CKV_KEYFIT_{number:03}", [CheckCategories.ENCRYPTION], subjects.terraform(*words))

    def ask(self, scanned_file: str, conf: Mapping[str, Any], _name: str) -> Told | None:
        """As the root modules that contain the resource are found to be; nothing of a plan, which is no source."""
        plan = scanned_file.endswith(".json") and not scanned_file.endswith((".tf.json", ".tofu.json"))
        if self.graph is None or plan:
            return None
        place = (scanned_file, str(conf.get("__address__")))
        if not engine("keyfit.hosts.in_checkov.places").places(self.graph).concern(place):
            return None
        told: Told | None = engine("keyfit.hosts.in_checkov.roots").ask(self.number, self.graph, place)
        return told

    def scan_resource_conf(self, _conf: Mapping[str, Any]) -> CheckResult:
        """As told, in Checkov's words, with the evidence in the details."""
        if self.told is not None:
            self.details = list(self.told.lines)
        return super().scan_resource_conf(_conf)
