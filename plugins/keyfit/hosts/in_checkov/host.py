"""Checkov: one check a rule, one result for each rule and subject, and `CKV_KEYFIT_000` for what could not be checked.

This is CloudFormation; `terraform` is the same for Terraform.
"""

from __future__ import annotations

from typing import Any

from checkov.cloudformation.checks.resource.base_resource_check import BaseResourceCheck

from keyfit.hosts.cards import every_card
from keyfit.hosts.in_checkov.asked import Check, Told, engine
from keyfit.hosts.in_checkov.concern import concerns
from keyfit.services import subjects


def register() -> None:
    """Register a check for each rule, and then the one for what could not be checked: it hears of those before it."""
    for card in every_card():
        KeyfitCheck(card, subjects.cloudformation(*card.subjects))
    KeyfitCheck(None, subjects.cloudformation(*subjects.EVERY))


class KeyfitCheck(Check, BaseResourceCheck):
    """A check of one resource of a template."""

    def ask(self, scanned_file: str, conf: Any, name: str) -> Told | None:  # noqa: ANN401 - Checkov's
        """As the template that the resource stands in is found to be."""
        if not concerns(scanned_file, conf):
            return None
        told: Told | None = engine("keyfit.hosts.in_checkov.template").ask(self.number, scanned_file, conf, name)
        return told
