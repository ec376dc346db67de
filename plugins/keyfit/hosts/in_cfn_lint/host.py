"""cfn-lint: for each rule `E9nnn` (broken), `W9nnn` (broken, level warning) and `I9nnn` (unproven), and `E9000`.

Each is a class, made in a loop, from what the rules' modules say of themselves. The engine is imported for the first
template that can have to do with keys: what is judged is the template as cfn-lint decoded and transformed it.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakKeyDictionary

from cfnlint.rules import CloudFormationLintRule, RuleMatch

from keyfit.hosts.cards import every_card
from keyfit.hosts.undisturbed import undisturbed
from keyfit.services import search

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from types import ModuleType

    from cfnlint.template import Template

    from keyfit.hosts.cards import Card

_CONCERNS: Final[WeakKeyDictionary[Any, bool]] = WeakKeyDictionary()  # by cfn-lint's Template
_LOADED: Final[list[ModuleType | str]] = []  # the engine, or why it cannot be loaded


def rule_classes() -> Mapping[str, type]:
    """cfn-lint's rules by class name, to publish in the module that cfn-lint looks into."""
    classes: dict[str, type] = {"KeyfitCouldNotCheck": type("KeyfitCouldNotCheck", (CouldNotCheck,), {})}
    for card in every_card():
        for letter in "EWI" if card.level == "ERROR" else "WI":  # a rule has needs of its own level or below
            name = f"Keyfit{letter}{card.number}"
            classes[name] = type(name, (CatalogueRule,), _members(card, letter))
    return classes


def _members(card: Card, letter: str) -> dict[str, object]:
    return {
        "id": f"{letter}9{card.number:03}",
        "number": card.number,
        "shortdesc": f"{card.name}{_MEANINGS[letter]}",
        "description": card.summary,
        "source_url": card.link,
        "tags": ["keyfit", "kms"],
    }


_MEANINGS: Final = {"E": "", "W": " (warning)", "I": " (unproven)"}


class CatalogueRule(CloudFormationLintRule):
    """The findings of one rule that have one level: `id` says which."""

    number: int = 0

    def match(self, cfn: Template) -> list[Any]:
        """A match for each finding."""
        found = _engine() if _concerns(cfn) else ""
        matches: list[Any] = [] if isinstance(found, str) else found.matches(self.number, self.id[0], cfn)
        return matches


class CouldNotCheck(CloudFormationLintRule):
    """What keyfit could not check, once a file."""

    id = "E9000"
    shortdesc = "keyfit-could-not-check"
    description = "keyfit could not check the template"
    source_url = "https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html"
    tags: Sequence[str] = ("keyfit",)

    def match(self, cfn: Template) -> list[Any]:
        """One match with all the reasons."""
        if not _concerns(cfn):
            return []
        found = _engine()
        matches: list[Any] = [RuleMatch([], found)] if isinstance(found, str) else found.failed(cfn)
        return matches


def _concerns(cfn: Template) -> bool:
    """Whether something in the template can have to do with keys."""
    if cfn not in _CONCERNS:
        _CONCERNS[cfn] = search.may_hold_subject(repr(cfn.template).lower().encode(errors="replace"))
    return _CONCERNS[cfn]


def _engine() -> ModuleType | str:
    """What judges templates, or why it cannot be loaded."""
    if not _LOADED:
        try:
            with undisturbed():
                _LOADED.append(importlib.import_module("keyfit.hosts.in_cfn_lint.findings"))
        except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever it is, E9000 says it of every template
            reason = f"could not check: the engine cannot be loaded: {type(error).__name__}: {error}"
            _LOADED.append(" ".join(reason.split()))
    return _LOADED[0]
