"""The help for a broken need: the smallest change that fixes it, and leads where AWS's pages lead."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

from keyfit.explain import evidence
from keyfit.explain.notes import delegating
from keyfit.explain.statement import called
from keyfit.model.changes import AddActions, AddStatement, Allow
from keyfit.model.findings import Note, NoteKind
from keyfit.model.stack import IdentityKind, PolicyKind
from keyfit.policy.decision import Element, Outcome
from keyfit.policy.principal import SPARES_NOBODY_BOUNDED, covers_only_bounded
from keyfit.policy.request import PrincipalKind
from keyfit.services.page import Routes
from keyfit.truth import Truth
from keyfit.words import joined

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from keyfit.explain.access import Access, Asker
    from keyfit.model.changes import Change
    from keyfit.policy.decision import Judgement
    from keyfit.services.need import Need
    from keyfit.services.page import Documented


Ask: TypeAlias = "Callable[[str, Routes], Access]"  # what else the engine would answer the same asker


def helps(told: Sequence[Access], need: Need, ask: Ask) -> tuple[Note, ...]:
    """The smallest change that fixes a broken need."""
    asker = told[0].asker
    denied = [each for each in told if each.decision.explicit]
    if denied:
        statement = denied[0].decision.determining[0]
        if covers_only_bounded(statement.statement, asker.principal):
            name = called(statement)
            return (_help(f"in {name} use Principal `*` and {_BY_CONDITION}: {SPARES_NOBODY_BOUNDED}", statement),)
        words = f"narrow the Deny of {called(statement)} so that it excludes"
        return (_help(f"{words} `{asker.name}`", statement),)
    actions = [each.action for each in told]
    by_own = need.routes is Routes.BOTH and all(each.decision.outcome is Outcome.ALLOWED for each in told)
    if by_own or need.routes is Routes.DELEGATED_OR_OWN:
        return (_identity_advice(told[0], actions),)
    restricted = told[0].decision.restricted_by
    if restricted is not None and restricted.nearest is not None:
        return (_boundary_advice(restricted.nearest, actions),)
    documented = need.documented
    if need.routes is Routes.ANY and (documented is None or documented.either) and all(map(delegating, told)):
        return (_identity_advice(told[0], actions),)
    sides = tuple(_sides(told, documented, ask)) if documented is not None else ()
    return sides or (_key_policy_advice(told, actions),)


def _sides(told: Sequence[Access], documented: Documented, ask: Ask) -> Iterator[Note]:
    """What surely is missing of what AWS's page asks for, in the key policy and in the asker's own policies."""
    by_key = [ask(action, Routes.KEY_POLICY) for action in documented.key]
    missing = [each for each in by_key if each.answer.truth is Truth.NO]
    if missing:
        yield _key_policy_advice(missing, [each.action for each in missing], beside=told)
    both = (ask(action, Routes.BOTH) for action in documented.own)
    own = [each.action for each in both if each.identity is not None and each.identity.outcome is Outcome.DENIED]
    if own:
        yield _identity_advice(told[0], own)


_BY_CONDITION: Final = "a condition `ArnNotEquals` on `aws:PrincipalArn` instead of `NotPrincipal`"


def _help(message: str, judgement: Judgement, change: Change | None = None) -> Note:
    return evidence.told(judgement, message, NoteKind.HELP, change)


def _boundary_advice(nearest: Judgement, actions: list[str]) -> Note:
    return _help(f"add {joined(actions)} to {nearest.policy.called}", nearest, _added(nearest, actions))


def _added(judgement: Judgement, actions: list[str]) -> Change:
    return AddActions(judgement.policy, judgement.statement.index, tuple(actions))


def _identity_advice(told: Access, actions: list[str]) -> Note:
    key, identity = told.key, told.asker.identity
    words = f"allow {joined(actions)} on the ARN of key `{key.block.address}` in a policy of {told.asker.words}"
    change = None if identity is None else Allow(identity, tuple(actions), key.block, key.arn)
    return Note(NoteKind.HELP, words, change=change)


def _key_policy_advice(told: Sequence[Access], actions: list[str], beside: Sequence[Access] = ()) -> Note:
    """Add actions to the statement that names the principal already, where one does; else a new statement.

    `beside` are the answers that the notes tell, where they are others: a statement that those do not blame is named.
    """
    named = [each.blamed for each in told]
    first = named[0]
    lacking = first is not None and all(each == first or _lacks_action(each) for each in named)
    if first is not None and lacking and _lacks_action(first) and _is_alone(first):
        known = not beside or any(_is_told(each, first) for each in beside)
        which = "that statement" if known else called(first)
        return _help(f"add {joined(actions)} to {which}", first, _added(first, actions))
    asker, key = told[0].asker, told[0].key
    is_service = asker.principal.kind is PrincipalKind.SERVICE
    whom = f"service {asker.words}" if is_service else asker.words
    words = f"add a statement to {key.policy.called} that allows {joined(actions)} to {whom}"
    if key.policy.kind is PolicyKind.DEFAULT_KEY:
        own = f"the default statement, and one that allows {joined(actions)} to {whom}"
        words = f"add a key policy to key `{key.block.address}`: {own}"
    change = AddStatement(key.policy, tuple(actions), asker.identity or asker.name) if _can_be_named(asker) else None
    return Note(NoteKind.HELP, words, evidence.place(key.policy.origin), change)


def _can_be_named(asker: Asker) -> bool:
    """Whether a policy can name the asker: a group is no principal."""
    identity = asker.identity
    return identity.kind is not IdentityKind.GROUP if identity else asker.principal.kind is PrincipalKind.SERVICE


def _lacks_action(judgement: Judgement | None) -> bool:
    return (
        judgement is not None
        and judgement.element is Element.ACTION
        and judgement.statement.actions is not None
        and not judgement.statement.actions.negated
    )


def _is_alone(judgement: Judgement) -> bool:
    """Whether the statement names one principal: what is added to it, nobody else is given."""
    principals = judgement.statement.principals
    return principals is not None and not principals.negated and len(principals.entries) == 1


def _is_told(told: Access, judgement: Judgement) -> bool:
    """Whether the notes about `told` speak of the statement: of what is delegated they tell who delegates."""
    return told.blamed is not None and told.blamed.statement is judgement.statement and not delegating(told)
