"""Checkov: one check a rule, one result for each rule and subject, and `CKV_KEYFIT_000` for what could not be checked.

This is CloudFormation; `terraform` is the same for Terraform.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from checkov.cloudformation.checks.resource.base_resource_check import BaseResourceCheck
from checkov.cloudformation.checks.resource.registry import cfn_registry

from keyfit.hosts.cards import every_card
from keyfit.hosts.in_checkov import lists
from keyfit.hosts.in_checkov.asked import Check, Told, engine
from keyfit.hosts.in_checkov.concern import concerns
from keyfit.services import subjects

if TYPE_CHECKING:
    from collections.abc import Collection


def register() -> None:
    """Register a check for each rule, and then the one for what could not be checked: it hears of those before it."""
    for card in every_card():
        KeyfitCheck(card, subjects.cloudformation(*card.subjects))
    KeyfitCheck(None, subjects.cloudformation(*subjects.EVERY))
    lists.take_over(cfn_registry)


class KeyfitCheck(Check, BaseResourceCheck):
    """A check of one resource of a template."""

    def ask(self, scanned_file: str, conf: Any, name: str) -> Told | None:  # noqa: ANN401 - Checkov's
        """As the template that the resource stands in is found to be."""
        if not concerns(scanned_file, conf):
            return None
        told: Told | None = engine("keyfit.hosts.in_checkov.template").ask(self.number, scanned_file, conf, name)
        return told

    def saying(self, scanned_file: str, conf: Any, name: str) -> Collection[int] | None:  # noqa: ANN401 - Checkov's
        """The rules that find something of it; none where the template has nothing to do with keys."""
        if not concerns(scanned_file, conf):
            return ()
        found: Collection[int] = engine("keyfit.hosts.in_checkov.template").saying(scanned_file, conf, name)
        return found
