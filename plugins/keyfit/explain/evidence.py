"""Decisions in the words of a finding: which statement decides, which element misses, and where."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from keyfit.explain.statement import statement_name
from keyfit.model.findings import Note, NoteKind
from keyfit.model.stack import PolicyKind
from keyfit.policy.decision import Element, Outcome
from keyfit.policy.statement import Effect, PrincipalEntry
from keyfit.truth import Truth
from keyfit.value import NOWHERE
from keyfit.words import joined, quoted, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from keyfit.model.stack import Block, Policy
    from keyfit.policy.decision import Judgement, PolicyDecision
    from keyfit.policy.statement import Condition, Principals
    from keyfit.value import Origin

_MANY: Final = 8  # names a note repeats


def of_policy(decision: PolicyDecision, policy: Policy, action: str) -> tuple[Note, ...]:
    """Why one policy answers as it does: its denials, or the statement that came closest."""
    if decision.explicit or decision.outcome is Outcome.ALLOWED:
        return tuple(dict.fromkeys(judged(each, action) for each in decision.determining))
    if decision.nearest is None:
        return (nothing(policy),)
    return (missed(decision.nearest),)


def assumed(*blocks: Block) -> tuple[Note, ...]:
    """What a verdict takes from the settings file: a sentence for each block that is declared there."""
    return tuple(
        Note(NoteKind.NOTE, f"`{block.address}` is as `{block.assumed}` declares it", place(block.origin))
        for block in dict.fromkeys(blocks)
        if block.assumed
    )


def nothing(policy: Policy) -> Note:
    """A policy without a statement that could give anything."""
    if policy.kind is PolicyKind.OUTSIDE:
        return Note(NoteKind.NOTE, f"{policy.called} is not in the source", place(policy.origin))
    return Note(NoteKind.NOTE, f"{policy.called} has no statement that gives it", place(policy.origin))


def judged(judgement: Judgement, *actions: str) -> Note:
    """A statement that applies: what it does about `actions`."""
    if judgement.statement.unreadable is not None:
        return _unread(judgement)
    verb = "denies" if Effect.DENY in judgement.statement.effects else "allows"
    name = statement_name(judgement.statement, judgement.policy)
    sure = judgement.answer.truth is Truth.YES
    message = f"{name} {verb} {joined(actions)}" if sure else f"whether {name} applies is not known"
    return Note(NoteKind.NOTE, message, place(judgement.statement.origin))


def missed(judgement: Judgement) -> Note:
    """The statement that came closest, and the element that keeps it from applying."""
    if judgement.statement.unreadable is not None:
        return _unread(judgement)
    name = statement_name(judgement.statement, judgement.policy)
    say = _MISSES.get(judgement.element) if judgement.element else None
    words = say(judgement) if say else "does not apply"
    return Note(NoteKind.NOTE, f"{name} {words}", place(judgement.statement.origin))


def _unread(judgement: Judgement) -> Note:
    """A policy that is not in the source, or a statement that cannot be read."""
    policy, hole = judgement.policy, judgement.statement.unreadable
    where = place(judgement.statement.origin)
    if policy.kind is PolicyKind.OUTSIDE:
        return Note(NoteKind.NOTE, f"{policy.called} is not in the source", where)
    name = statement_name(judgement.statement, policy)
    return Note(NoteKind.NOTE, f"{name} cannot be read: {hole.phrase}" if hole else f"{name} cannot be read", where)


def place_of(decision: PolicyDecision) -> Origin | None:
    """The place of the statement that is the cause of a denial."""
    if decision.explicit and decision.determining:
        return decision.determining[0].statement.origin
    return decision.nearest.statement.origin if decision.nearest else None


def place(origin: Origin) -> Origin | None:
    """A place worth showing; `None` for what nobody wrote."""
    return None if origin == NOWHERE else origin


def _presence(judgement: Judgement) -> str:
    if judgement.answer.truth is Truth.NO:
        return "does not exist in this deployment"
    return "exists in some deployments only"


def _principal(judgement: Judgement) -> str:
    principals = judgement.statement.principals
    if principals is None:
        return "has no Principal"
    names = list(_principal_names(principals))
    if principals.negated:
        return f"leaves out {quoted(names)} by NotPrincipal"
    return f"names {_only(names)}"


def _principal_names(principals: Principals) -> Iterable[str]:
    for entry in principals.entries:
        yield shown(entry.value) if isinstance(entry, PrincipalEntry) else shown(entry)


def _action(judgement: Judgement) -> str:
    actions = judgement.statement.actions
    if actions is None:
        return "has no Action, so it has no effect"  # K13
    names = [shown(each) for each in actions.values]
    return f"leaves out {quoted(names)} by NotAction" if actions.negated else f"gives it {_only(names)}"


def _resource(judgement: Judgement) -> str:
    resources = judgement.statement.resources
    if resources is None:
        return "has no Resource, so it has no effect"  # K13
    names = [shown(each) for each in resources.values]
    return f"leaves out {quoted(names)} by NotResource" if resources.negated else f"is about {_only(names)}"


def _only(names: list[str]) -> str:
    if not names:
        return "nothing"
    more = f" and {len(names) - _MANY} more" if len(names) > _MANY else ""
    return f"{joined(names[:_MANY]) if not more else quoted(names[:_MANY])}{more} only"


def _condition(judgement: Judgement) -> str:
    line: Condition | None = judgement.condition
    if line is None:
        return "has a condition that the call does not meet"
    values = quoted(shown(value) for value in line.values)
    needs = f"`{shown(line.operator)}` `{shown(line.key)}` {values}".rstrip()
    if judgement.answer.truth is Truth.MAYBE:
        return f"asks for {needs}, and whether the call meets that is not known"
    return f"asks for {needs}, which the call does not meet"


_MISSES: Final[dict[Element, Callable[[Judgement], str]]] = {
    Element.PRESENCE: _presence,
    Element.PRINCIPAL: _principal,
    Element.ACTION: _action,
    Element.RESOURCE: _resource,
    Element.CONDITION: _condition,
}
