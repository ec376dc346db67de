"""The groups of rules, by the hundreds of their numbers: what a team can begin with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from keyfit import catalogue

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyfit.catalogue.rule import Rule


class Group(NamedTuple):
    """Rules that are selected together: by what name, and what they are about."""

    name: str
    title: str


GROUPS: Final = {
    0: Group("seen", "What was seen"),
    1: Group("personalize", "Personalize"),
    2: Group("feature-store", "SageMaker Feature Store"),
    3: Group("geospatial", "SageMaker geospatial"),
    4: Group("keys", "Keys"),
    5: Group("policies", "Policies"),
    6: Group("deployment", "What can be deployed"),
    7: Group("messaging", "Messaging and events"),
    8: Group("storage", "Storage and data"),
    9: Group("logs-and-compute", "Logs, compute, delivery"),
}


def group_of(rule: Rule) -> Group:
    """The group of a rule."""
    return GROUPS[rule.number // 100]


def every_group() -> Iterator[tuple[Group, tuple[Rule, ...]]]:
    """The groups that have rules, with them."""
    for group in GROUPS.values():
        rules = tuple(rule for rule in catalogue.every_rule() if group_of(rule) == group)
        if rules:
            yield group, rules
