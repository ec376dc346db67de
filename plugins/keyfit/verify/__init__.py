"""Rules, a stack and its scenarios make findings: a definite answer stands, an open one is split on what decides it.

Every rule is asked under the empty scenario first. What it answers YES or NO holds in every scenario. A MAYBE is split
on a choice among the unknowns that decided, and each part is asked again: broken in one leaf is broken, an unexplored
leaf is unproven, and a leaf in which the subject does not exist is left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from keyfit import catalogue
from keyfit.catalogue import grounds
from keyfit.catalogue.rule import Options
from keyfit.model.effort import Effort
from keyfit.model.findings import Failure, Finding, Verdict
from keyfit.record import record
from keyfit.value import Origin
from keyfit.verify.search import explored, revealed
from keyfit.verify.telling import spoken_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from keyfit.catalogue.rule import Rule
    from keyfit.model.stack import Stack
    from keyfit.verify.telling import Spoken

_TOO_MANY: Final = "there are too many deployments to look into what is only in some of them"


@record
class Result:
    """The findings about one stack, and what keyfit could not judge."""

    findings: tuple[Finding, ...] = ()
    failures: tuple[Failure, ...] = ()


def check(stack: Stack, rules: Sequence[Rule] | None = None, options: Options | None = None) -> Result:
    """Every ruling of `rules` (all of them, unless given) about `stack`.

    A rule that fails inside gives an internal failure, and the others are asked all the same. What yields is left out.
    """
    spoken: list[Spoken] = []
    failures: list[Failure] = []
    effort = Effort()
    for rule in catalogue.every_rule() if rules is None else rules:
        try:
            found = explored(rule, stack, options or Options(), effort)
            spoken.extend(spoken_of(rule, leaves, absent) for leaves, absent in found)
        except Exception as error:  # noqa: BLE001, PERF203 - a crash is never a pass: it becomes a failure
            failures.append(_failure(rule, stack, error))
    if effort.skipped:
        failures.append(Failure(_TOO_MANY, Origin(stack.name)))
    return Result(tuple(_heard(spoken, stack)), tuple(failures))


def _failure(rule: Rule, stack: Stack, error: Exception) -> Failure:
    message = f"rule {rule.number} failed: {type(error).__name__}: {error}"
    return Failure(" ".join(message.split()), Origin(stack.name), internal=True)


def _heard(spoken: Sequence[Spoken], stack: Stack) -> Iterator[Finding]:
    """The findings without those that yield to a broken one, and without what holds of what cannot be deployed."""
    findings = [each.finding for each in spoken]
    broken = {(found.resource, found.about.state, found.rule) for found in findings if found.verdict is Verdict.BROKEN}
    yields = {rule.number: rule.yields_to for rule in catalogue.every_rule()}
    undermined = grounds.undermined(findings, stack.once(revealed))
    for each in spoken:
        found = each.finding
        louder = ((found.resource, found.about.state, number) for number in yields.get(found.rule, ()))
        moot = each.proven and found.verdict is not Verdict.BROKEN and undermined(found)
        if broken.isdisjoint(louder) and not moot:
            yield each.told
