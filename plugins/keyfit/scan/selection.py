"""Which rules a run speaks about."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Final

from keyfit import catalogue
from keyfit.catalogue.groups import every_group
from keyfit.settings import Settings, SettingsError
from keyfit.settings.environment import nearest

if TYPE_CHECKING:
    from keyfit.catalogue.rule import Rule

_HOST_ID: Final = re.compile(r"(?:CKV_KEYFIT_|[EWI]9)(?P<number>[0-9]{3})")  # as Checkov and cfn-lint call a rule


def select(settings: Settings) -> frozenset[int]:
    """The numbers of the rules that `select` names (all, where it names none) and `ignore` does not."""
    ignored = frozenset().union(*(_named(word) for word in settings.ignore))
    selected = frozenset().union(*(_named(word) for word in settings.select))
    return (selected or frozenset(rule.number for rule in catalogue.every_rule())) - ignored


def find_rule(word: str) -> Rule | None:
    """The rule of that number or name, or of that id in a host."""
    return next((rule for rule in catalogue.every_rule() if _plain(word) in {f"{rule.number:03}", rule.name}), None)


def _named(word: str) -> frozenset[int]:
    """The rules of the group `word`, or whose number or name matches; `SettingsError` where none does."""
    groups = {group.name: frozenset(rule.number for rule in rules) for group, rules in every_group()}
    if word in groups:
        return groups[word]
    pattern = _plain(word)
    rules = catalogue.every_rule()
    found = [r.number for r in rules if fnmatchcase(f"{r.number:03}", pattern) or fnmatchcase(r.name, pattern)]
    if not found:
        near = nearest(word, (*groups, *(rule.name for rule in rules))) or ": see `keyfit rules`"
        raise SettingsError(f"`{word}` is not a rule or a group of rules ({', '.join(groups)}){near}")
    return frozenset(found)


def _plain(word: str) -> str:
    host = _HOST_ID.fullmatch(word)
    return host["number"] if host else word.zfill(3) if word.isdecimal() else word
