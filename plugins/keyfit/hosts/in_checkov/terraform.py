"""Checkov and Terraform: one result for each rule and resource, over all root modules that contain the resource."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from checkov.terraform.checks.resource.base_resource_check import BaseResourceCheck
from checkov.terraform.checks.resource.registry import resource_registry

from keyfit.hosts.cards import every_card
from keyfit.hosts.in_checkov import lists
from keyfit.hosts.in_checkov.asked import Check, Told, engine
from keyfit.services import subjects

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping


def register() -> None:
    """Register a check for each rule, and then the one for what could not be checked: it hears of those before it."""
    for card in every_card():
        KeyfitCheck(card, subjects.terraform(*card.subjects))
    KeyfitCheck(None, subjects.terraform(*subjects.EVERY))
    lists.take_over(resource_registry)


class KeyfitCheck(Check, BaseResourceCheck):
    """A check of one resource of a root module."""

    def ask(self, scanned_file: str, conf: Mapping[str, Any], _name: str) -> Told | None:
        """As the root modules that contain the resource, or the plan that has it, are found to be."""
        if self.graph is None:
            return None
        place = (scanned_file, str(conf.get("__address__")))
        if _is_plan(scanned_file):
            planned: Told | None = engine("keyfit.hosts.in_checkov.plans").ask(self.number, self.graph, place)
            return planned
        if not engine("keyfit.hosts.in_checkov.places").places(self.graph).concern(place):
            return None
        told: Told | None = engine("keyfit.hosts.in_checkov.roots").ask(self.number, self.graph, place)
        return told

    def saying(self, scanned_file: str, conf: Mapping[str, Any], _name: str) -> Collection[int] | None:
        """The rules that find something of it in the root modules that contain it; of a plan that is not asked."""
        if self.graph is None or _is_plan(scanned_file):
            return None
        place = (scanned_file, str(conf.get("__address__")))
        if not engine("keyfit.hosts.in_checkov.places").places(self.graph).concern(place):
            return ()
        found: Collection[int] = engine("keyfit.hosts.in_checkov.roots").saying(self.graph, place)
        return found


def _is_plan(scanned_file: str) -> bool:
    return scanned_file.endswith(".json") and not scanned_file.endswith((".tf.json", ".tofu.json"))
