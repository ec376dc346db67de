"""The help for a broken need: the smallest change that fixes it, and leads where AWS's pages lead."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, TypeAlias

from keyfit import pattern
from keyfit.aws import arn
from keyfit.explain import evidence
from keyfit.explain.notes import KEY_POLICIES, delegating
from keyfit.explain.statement import called
from keyfit.model.changes import AddActions, AddStatement, Allow
from keyfit.model.findings import Note, NoteKind
from keyfit.model.identities import IdentityKind
from keyfit.model.policies import PolicyKind
from keyfit.policy.decide import DIRECT
from keyfit.policy.decision import Element, Outcome, Route
from keyfit.policy.document import read
from keyfit.policy.judge import judge
from keyfit.policy.principal import SPARES_NOBODY_BOUNDED, covers_only_bounded
from keyfit.policy.request import PrincipalKind
from keyfit.services.page import Routes
from keyfit.truth import Truth
from keyfit.value import Text, text
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
    denied = [each for each in told if each.decision.explicit]
    if denied:
        rest = [each for each in told if not each.decision.explicit]
        return (*_narrowing(denied), *(helps(rest, need, ask) if rest else ()))
    by_own = need.routes is Routes.BOTH and all(each.decision.outcome is Outcome.ALLOWED for each in told)
    if by_own or need.routes is Routes.DELEGATED_OR_OWN:
        return (_identity_advice(told),)
    restricted = told[0].decision.restricted_by
    if restricted is not None and restricted.nearest is not None:
        return (_boundary_advice(restricted.nearest, [each.action for each in told]),)
    documented = need.documented
    if need.routes is Routes.ANY and (documented is None or documented.either) and all(map(delegating, told)):
        return (_identity_advice(told),)
    sides = tuple(_sides(told, documented, ask)) if documented is not None else ()
    return _together(sides, need.routes) or (_key_policy_advice(told),)


_ON_ONE_SIDE: Final = frozenset({PolicyKind.INLINE, PolicyKind.MANAGED, PolicyKind.BOUNDARY, PolicyKind.SESSION})


def _narrowing(denied: Sequence[Access]) -> Iterator[Note]:
    """A help for each Deny. One that stands in the principal's own policies names nobody: it is about actions."""
    asker = denied[0].asker
    made = [(judgement, each.action) for each in denied for judgement in each.decision.determining]
    for origin in dict.fromkeys(judgement.statement.origin for judgement, _ in made):
        here = [each for each in made if each[0].statement.origin == origin]
        statement, name = here[0][0], called(here[0][0])
        if covers_only_bounded(statement.statement, asker.principal):
            yield _help(f"in {name} use Principal `*` and {_BY_CONDITION}: {SPARES_NOBODY_BOUNDED}", statement)
            continue
        own = statement.policy.kind in _ON_ONE_SIDE
        spared = joined(list(dict.fromkeys(action for _, action in here))) if own else f"`{asker.name}`"
        yield _help(f"narrow the Deny of {name} so that it excludes {spared}", statement)


def _together(sides: tuple[Note, ...], routes: Routes) -> tuple[Note, ...]:
    """The two sides of what AWS's page asks for, with whether both are needed."""
    if len(sides) < 2:  # noqa: PLR2004 - the key policy's, and the principal's own
        return sides
    first, second = sides
    why = "both are needed" if routes is Routes.BOTH else "AWS documents both, and KMS needs only the first"
    return first, replace(second, message=f"also {second.message}: {why}")


def _sides(told: Sequence[Access], documented: Documented, ask: Ask) -> Iterator[Note]:
    """What surely is missing of what AWS's page asks for, in the key policy and in the asker's own policies."""
    by_key = [ask(action, Routes.KEY_POLICY) for action in documented.key]
    missing = [each for each in by_key if each.answer.truth is Truth.NO]
    if missing:
        yield _key_policy_advice(missing, beside=told)
    both = (ask(action, Routes.BOTH) for action in documented.own)
    own = [each for each in both if each.identity is not None and each.identity.outcome is Outcome.DENIED]
    if own:
        yield _identity_advice(own)


def _named(actions: Sequence[str], beside: Sequence[Access]) -> str:
    """The actions in words: those that the finding misses, and what AWS's page asks for besides."""
    missed = {each.action for each in beside} or set(actions)
    needed, more = ([each for each in actions if (each in missed) is wanted] for wanted in (True, False))
    return f"{joined(needed)}, and as AWS's page asks {joined(more)}," if needed and more else joined(actions)


_OWN: Final = frozenset({PolicyKind.INLINE, PolicyKind.MANAGED})
_UNCONDITIONAL: Final = ", without that condition or with one that the request meets"
_BY_CONDITION: Final = "a condition `ArnNotEquals` on `aws:PrincipalArn` instead of `NotPrincipal`"


def _help(message: str, judgement: Judgement, change: Change | None = None) -> Note:
    return evidence.told(judgement, message, NoteKind.HELP, change)


def _boundary_advice(nearest: Judgement, actions: list[str]) -> Note:
    return _help(f"add {joined(actions)} to {nearest.policy.called}", nearest, _added(nearest, actions))


def _added(judgement: Judgement, actions: list[str]) -> Change:
    return AddActions(judgement.policy, judgement.statement.index, tuple(actions))


def _identity_advice(told: Sequence[Access]) -> Note:
    """Add the actions to the statement of the asker's own policies that lacks nothing else; else to a policy of it."""
    actions, first = [each.action for each in told], told[0]
    nearest = _own_nearest(first)
    free = _UNCONDITIONAL if all(_by_condition(_own_nearest(each)) for each in told) else ""
    if nearest is not None and _is_for_one(nearest) and all(_takes(nearest, each) for each in told):
        return _help(f"add {joined(actions)} to {called(nearest)}", nearest, _added(nearest, actions))
    key, identity = first.key, first.asker.identity
    words = f"allow {joined(actions)} on the ARN of key `{key.block.address}` in a policy of {first.asker.words}{free}"
    if identity is None:
        return Note(NoteKind.HELP, words)
    change = Allow(identity, tuple(actions), key.block, key.arn)
    return Note(NoteKind.HELP, words, evidence.place(identity.block.origin), change)


def _own_nearest(told: Access) -> Judgement | None:
    """What came closest of the asker's own policies, where that can be edited."""
    route = told.decision.route(Route.DELEGATION)
    nearest = told.identity.nearest if told.identity is not None else route.nearest if route is not None else None
    return nearest if nearest is not None and nearest.policy.kind in _OWN else None


def _takes(judgement: Judgement, told: Access) -> bool:
    """Whether the statement would surely allow the action, if it named it."""
    statement = judgement.statement
    if not _lacks_action(judgement) or statement.actions is None:
        return False
    wider = replace(statement.actions, values=(*statement.actions.values, text(told.action)))
    document = read(judgement.policy)
    return judge(replace(statement, actions=wider), document, told.request, DIRECT).answer.truth is Truth.YES


def _key_policy_advice(told: Sequence[Access], beside: Sequence[Access] = ()) -> Note:
    """Add actions to the statement that names the principal already, where one does; else a new statement.

    `beside` are the answers that the notes tell, where they are others: a statement that those do not blame is named.
    """
    actions, first = [each.action for each in told], told[0].blamed
    in_key_policy = first is not None and first.policy.kind in KEY_POLICIES and _is_alone(first)
    if first is not None and in_key_policy and all(_takes(first, each) for each in told):
        known = not beside or any(_is_told(each, first) for each in beside)
        which = "that statement" if known else called(first)
        words = f"add {_named(actions, beside)} to {which}"
        return _help(words, first, _added(first, actions))
    asker, key = told[0].asker, told[0].key
    is_service = asker.principal.kind is PrincipalKind.SERVICE
    whom = f"service {asker.words}" if is_service else asker.spelled
    named = _named(actions, beside)
    free = _UNCONDITIONAL if all(_by_condition(each.blamed) for each in told) else ""
    words = f"add a statement to {key.policy.called} that allows {named} to {whom}{free}"
    if key.policy.kind is PolicyKind.DEFAULT_KEY:
        own = f"the default statement, and one that allows {named} to {whom}"
        words = f"add a key policy to key `{key.block.address}`: {own}"
    if _is_abroad(told[0]):
        words += ", and allow it the same in a policy of its own account: across accounts KMS needs both"
    can = _can_be_named(asker) and not _is_abroad(told[0])
    change = AddStatement(key.policy, tuple(actions), asker.identity or asker.name) if can else None
    return Note(NoteKind.HELP, words, evidence.place(key.policy.origin), change)


def _is_abroad(told: Access) -> bool:
    """Whether the principal is outside the source, in another account than the key: what it has there is not known."""
    identity, account = told.asker.identity, told.asker.principal.account
    outside = identity is not None and identity.outside and account is not None
    return outside and pattern.compare(account or text(), told.key.account, wildcards=False).truth is Truth.NO


def _can_be_named(asker: Asker) -> bool:
    """Whether a policy can name the asker as it is known: a group is no principal."""
    identity, principal = asker.identity, asker.principal
    if identity is not None:
        known = not identity.outside or identity.arn.literal is not None or arn.resource_here(identity.arn) is not None
        return known and identity.kind is not IdentityKind.GROUP
    return principal.kind is PrincipalKind.SERVICE and principal.arn.literal is not None


def _by_condition(judgement: Judgement | None) -> bool:
    """Whether a condition alone keeps a statement from allowing it."""
    return judgement is not None and judgement.element is Element.CONDITION


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


def _is_for_one(judgement: Judgement) -> bool:
    """Whether the statement is about one resource: what is added to it, is given on no other."""
    resources = judgement.statement.resources
    if resources is None or resources.negated or len(resources.values) != 1:
        return False
    (value,) = resources.values
    return isinstance(value, Text) and not any(
        "*" in part or "?" in part for part in value.parts if isinstance(part, str)
    )


def _is_told(told: Access, judgement: Judgement) -> bool:
    """Whether the notes about `told` speak of the statement: of what is delegated they tell who delegates."""
    return told.blamed is not None and told.blamed.statement is judgement.statement and not delegating(told)
