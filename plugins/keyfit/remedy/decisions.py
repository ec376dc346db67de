"""What the engine answers about a stack: who may do what on which key, and which service may assume which role."""

from __future__ import annotations

from dataclasses import replace
from itertools import zip_longest
from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

from keyfit.aws import kms_actions
from keyfit.catalogue.access.question import Question, principal_of
from keyfit.catalogue.trust import ASSUME
from keyfit.explain.access import Asker
from keyfit.model.consumers import Consumer
from keyfit.model.keys import Key
from keyfit.policy.authorize import authorize
from keyfit.policy.decide import decide
from keyfit.policy.judge import acts
from keyfit.policy.memo import document_of, memory_of
from keyfit.policy.request import Context, Principal, PrincipalKind, Request
from keyfit.remedy.sources import UnpatchableError
from keyfit.services import index
from keyfit.services.page import DIRECT
from keyfit.truth import Truth
from keyfit.value import Own, text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from keyfit.model.identities import Identity
    from keyfit.model.policies import Policy
    from keyfit.model.stack import Stack
    from keyfit.policy.decision import Outcome
    from keyfit.policy.statement import Statement

Thing = TypeVar("Thing", "Key", "Identity")
MOST: Final = 100_000  # questions about one stack
_NOT_KNOWN: Final = Context()


class Asked(NamedTuple):
    """A principal by its address or name, an action, and the key or role that it is on."""

    principal: str
    action: str
    on: str


class _Scope(NamedTuple):
    """What can be decided otherwise: services to ask about, keys and identities that differ, actions."""

    services: frozenset[str]
    keys: AbstractSet[str]
    identities: AbstractSet[str]
    actions: Sequence[str]


def changed(before: Stack, after: Stack, services: frozenset[str]) -> Iterator[Asked]:
    """The decisions about keys and roles that differ, of the identities, of `services`, and of anybody else.

    Asked is only where a policy is another one: what has not changed is decided as before.
    """
    keys, identities = _differing(before.keys, after.keys), _differing(before.identities, after.identities)
    if before.grants != after.grants or before.aliases != after.aliases:
        keys |= {each.block.address for each in (*before.keys, *after.keys)}
    same_around = before.grants == after.grants and before.aliases == after.aliases
    actions = _actions(before, after) if same_around else kms_actions.on_a_key()
    scope = _Scope(services, keys, identities, actions)
    was, is_ = (_answers(each, scope) for each in (before, after))
    yield from (asked for asked in {**was, **is_} if was.get(asked) is not is_.get(asked))


def _differing(before: Iterable[Key | Identity], after: Iterable[Key | Identity]) -> set[str]:
    """The addresses of what is in one of two stacks only, or is not the same in both."""
    was, is_ = ({each.block.address: each for each in every} for every in (before, after))
    return {address for address in {**was, **is_} if was.get(address) != is_.get(address)}


def _actions(before: Stack, after: Stack) -> Sequence[str]:
    """Those that a statement that has changed speaks of, as it was or is; all, where more than statements has changed.

    What is decided of the others is decided as before.
    """
    changed: set[Statement] = set()
    for old, new in (*_pairs(before.keys, after.keys), *_pairs(before.identities, after.identities)):
        if old == new:
            continue
        if old is None or new is None or _without(old) != _without(new):
            return kms_actions.on_a_key()
        for one, other in zip_longest(old.policies, new.policies):
            here, there = _read(before, one), _read(after, other)
            if here and there and here.beside != there.beside:
                return kms_actions.on_a_key()
            changed |= (here.statements if here else frozenset()) ^ (there.statements if there else frozenset())
    if any(each.unreadable is not None for each in changed):
        return kms_actions.on_a_key()
    return [name for name in kms_actions.on_a_key() if any(acts(each, name) is not Truth.NO for each in changed)]


def _pairs(before: Iterable[Thing], after: Iterable[Thing]) -> Iterator[tuple[Thing | None, Thing | None]]:
    was, is_ = ({each.block.address: each for each in every} for every in (before, after))
    return ((was.get(address), is_.get(address)) for address in {**was, **is_})


def _without(of: Key | Identity) -> Key | Identity:
    """All of it but its policies; a trust policy decides nothing on a key."""
    bare = replace(of, policies=())
    return bare if isinstance(bare, Key) else replace(bare, trust=None)


class _Read(NamedTuple):
    """The statements of a policy, wherever they stand in it, and what else there is to it."""

    statements: frozenset[Statement]
    beside: tuple[object, ...]


def _read(stack: Stack, policy: Policy | None) -> _Read | None:
    if policy is None:
        return None
    found = document_of(stack, policy)
    statements = frozenset(replace(each, index=0, sid="") for each in found.statements)
    return _Read(statements, (found.variables, found.omitted, replace(policy, document=None)))


def _answers(stack: Stack, scope: _Scope) -> Mapping[Asked, Outcome]:
    services, keys, identities, actions = scope
    askers = [*_askers(stack, services)]
    pairs = [
        (key, asker)
        for key in stack.keys
        for asker in askers
        if key.block.address in keys or (asker.identity is not None and asker.name in identities)
    ]
    if len(pairs) * len(actions) > MOST:
        raise UnpatchableError("there are too many decisions to compare")
    roles = [each for each in stack.identities if each.block.address in identities]
    return {**dict(_on_keys(stack, pairs, actions)), **dict(_on_roles(stack, roles, services))}


def _askers(stack: Stack, services: Iterable[str]) -> Iterator[Asker]:
    for identity in stack.identities:
        yield Asker(principal_of(identity), identity, identity.block.address)
    for name in sorted({*services, *_services()}):
        yield Asker(Principal(PrincipalKind.SERVICE, text(name)), None, name)
    for account in (text(Own.ACCOUNT), text("999988887777")):
        arn = text("arn:", Own.PARTITION, ":iam::", account, ":role/some-other-role")
        yield Asker(Principal(PrincipalKind.ROLE, arn, account, arn), None, f"another role of {account.literal or ''}")


def _services() -> Iterator[str]:
    """The services that the pages speak of, and one of which they do not."""
    yield "another.amazonaws.com"
    for page in index.every_page():
        if page.trust is not None:
            yield page.trust.principal
        yield from (call.principal for call in page.calls if call.principal and "{" not in call.principal)


def _on_keys(
    stack: Stack, pairs: Iterable[tuple[Key, Asker]], actions: Sequence[str]
) -> Iterator[tuple[Asked, Outcome]]:
    for key, asker in pairs:
        governing = Question(stack, Consumer(key.block, "key"), asker, key, DIRECT).governing
        for action in actions:
            request = Request(asker.principal, action, key.arn, key.account, _NOT_KNOWN)
            yield Asked(asker.name, action, key.block.address), authorize(request, governing).outcome


def _on_roles(stack: Stack, roles: Iterable[Identity], services: Iterable[str]) -> Iterator[tuple[Asked, Outcome]]:
    names = sorted({*services, *_services()})
    for role in roles:
        for name in names if role.trust is not None else ():
            principal = Principal(PrincipalKind.SERVICE, text(name))
            request = Request(principal, ASSUME, role.arn, role.account, _NOT_KNOWN)
            trust = (role.trust,) if role.trust is not None else ()
            yield Asked(name, ASSUME, role.block.address), decide(trust, request, memory_of(stack)).outcome
