"""What a change to the source changes: decisions and verdicts on both sides, never texts.

What is the same is not told; what an unknown decides on one side stays unknown there.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from keyfit.compare.decisions import Budget, Sides, TooManyError, decided
from keyfit.compare.deployments import There
from keyfit.compare.difference import Decided, Difference
from keyfit.compare.environments import in_environments, together
from keyfit.compare.limits import altered
from keyfit.compare.matching import pairs, renames
from keyfit.compare.side import at_home
from keyfit.compare.verdicts import judged
from keyfit.model.findings import Failure
from keyfit.scan.declared import with_declared
from keyfit.scan.hushing import Hush
from keyfit.value import Origin

if TYPE_CHECKING:
    from keyfit.compare.matching import Pair
    from keyfit.compare.side import Side
    from keyfit.model.stack import Stack
    from keyfit.scan import Checked

_TOO_MANY: Final = "there are too many decisions to compare: compare a part of the source"


def compare(base: Side, head: Side) -> Difference:
    """Everything that differs between two sides."""
    found = Difference(
        failures=tuple((side.name, each) for side in (base, head) for each in side.report.failures),
        settings=tuple((side.name, each) for side in (base, head) for each in side.report.sources),
        notices=head.report.notices,
        homes={"before": base.home, "now": head.home},
    )
    budget = Budget()
    for pair in pairs(base.report.checked, head.report.checked):
        made = [(name, _with(found, each, (base, head), budget)) for name, each in in_environments(pair)]
        found = made[0][1] if len(made) == 1 else together(found, made)
    return found


def _with(found: Difference, pair: Pair, sides: tuple[Side, Side], budget: Budget) -> Difference:
    """The difference with what one stack adds."""
    if pair.is_same:
        return replace(found, compared=found.compared + 1)
    old, new = (_there(checked, side) for checked, side in zip(pair, sides, strict=True))
    names = renames(old.stack, new.stack) if old is not None and new is not None else {}
    verdicts = judged(pair.base, pair.head, names)
    decisions: tuple[Decided, ...] = ()
    failures = found.failures
    try:
        decisions = tuple(decided(Sides(old, new, names, pair.name), budget))
    except TooManyError:
        failures = (*failures, (sides[1].name, Failure(_TOO_MANY, Origin(pair.name))))
    limits = altered(old.stack if old else None, new.stack if new else None, names, pair.name)
    hush = Hush(secret for side in (old, new) if side is not None for secret in side.stack.secrets)
    return replace(
        found,
        decided=(*found.decided, *(_hushed(each, hush) for each in decisions)),
        judged=(*found.judged, *verdicts),
        altered=(*found.altered, *(replace(each, said=hush.words(each.said)) for each in limits)),
        failures=failures,
        compared=found.compared + 1,
    )


def _hushed(each: Decided, hush: Hush) -> Decided:
    """A decision that repeats nothing that is marked as sensitive."""
    before, after = (
        replace(side, because=hush.words(side.because)) if side is not None else None
        for side in (each.before, each.after)
    )
    told = each.scenario.items() if each.scenario is not None else ()
    scenario = {name: hush.words(value) if isinstance(value, str) else value for name, value in told}
    who, principal, key = map(hush.words, (each.who, each.principal, each.key))
    return replace(each, who=who, principal=principal, key=key, before=before, after=after, scenario=scenario or None)


def _there(checked: Checked | None, side: Side) -> There | None:
    """The stack with what the settings declare beside it, as it was judged; `None` where it could not be read."""
    if checked is None or checked.stack is None:
        return None
    with at_home(side.home):
        return There(_whole(checked.stack, checked), side.home)


def _whole(stack: Stack, checked: Checked) -> Stack:
    declared = checked.settings.declared
    return with_declared(stack, declared) if declared is not None else stack
