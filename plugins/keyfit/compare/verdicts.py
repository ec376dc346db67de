"""Verdicts that differ: what starts to hold, and what stops."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple

from keyfit import catalogue
from keyfit.compare.difference import Judged
from keyfit.model.findings import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from keyfit.model.findings import Finding
    from keyfit.scan import Checked

_GRAVITY: Final = {Verdict.HOLDS: 0, Verdict.UNPROVEN: 1, Verdict.BROKEN: 2}


class Ident(NamedTuple):
    """What a verdict is given for; the key and the principal are no part of it."""

    rule: int
    resource: str
    parameter: str
    store: str
    state: str


def judged(base: Checked | None, head: Checked | None, names: Mapping[str, str]) -> Iterator[Judged]:
    """The verdicts of one stack that differ; `names` are the new addresses of blocks that have another one."""
    old, new = _worst(base, names), _worst(head, {})
    there = _subjects(base, names) & _subjects(head, {})
    for ident in sorted({*old, *new}):
        before, after = old.get(ident), new.get(ident)
        if before is None or after is None or before.verdict is not after.verdict:
            yield Judged(before, after, is_quiet=_is_quiet(before, after, is_there=ident.resource in there))


def _is_quiet(before: Finding | None, after: Finding | None, *, is_there: bool) -> bool:
    """Whether something that holds is merely new or gone: not where a consumer is there, and its need is not told."""
    if before is None:
        return after is not None and after.verdict is Verdict.HOLDS
    return after is None and before.verdict is Verdict.HOLDS and not (is_there and before.rule in _of_needs())


@cache
def _of_needs() -> frozenset[int]:
    """The rules about what consumers need; others are about statements, which come and go."""
    return frozenset(rule.number for rule in catalogue.every_rule() if rule.needs)


def _subjects(side: Checked | None, names: Mapping[str, str]) -> frozenset[str]:
    """What there is on a side, by its address now."""
    stack = side.stack if side is not None else None
    found = {each.resource for each in (side.findings if side is not None else ())}
    for records in (stack.keys, stack.identities, stack.consumers, stack.grants) if stack is not None else ():
        found.update(each.block.address for each in records)
    return frozenset(names.get(each, each) for each in found)


def _worst(side: Checked | None, names: Mapping[str, str]) -> Mapping[Ident, Finding]:
    """The gravest of those that are given for one thing."""
    found: dict[Ident, Finding] = {}
    for each in side.findings if side is not None else ():
        about, resource = each.about, names.get(each.resource, each.resource)
        ident = Ident(each.rule, resource, about.parameter, about.store, about.state)
        known = found.get(ident)
        if known is None or _GRAVITY[known.verdict] < _GRAVITY[each.verdict]:
            found[ident] = each
    return found
