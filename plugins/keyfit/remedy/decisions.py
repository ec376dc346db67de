"""What the engine answers about a stack: who may do what on which key, and which service may assume which role."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from keyfit.aws import kms_actions
from keyfit.catalogue.access.question import Question, principal_of
from keyfit.catalogue.trust import ASSUME
from keyfit.explain.access import Asker
from keyfit.model.stack import Consumer
from keyfit.policy.authorize import authorize
from keyfit.policy.decide import decide
from keyfit.policy.memo import memory_of
from keyfit.policy.request import Context, Principal, PrincipalKind, Request
from keyfit.remedy.sources import UnpatchableError
from keyfit.services import index
from keyfit.services.page import DIRECT
from keyfit.value import Own, text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from collections.abc import Set as AbstractSet

    from keyfit.model.stack import Identity, Key, Stack
    from keyfit.policy.decision import Outcome

MOST: Final = 100_000  # questions about one stack
_NOT_KNOWN: Final = Context()


class Asked(NamedTuple):
    """A principal by its address or name, an action, and the key or role that it is on."""

    principal: str
    action: str
    on: str


def changed(before: Stack, after: Stack, services: frozenset[str]) -> Iterator[Asked]:
    """The decisions about keys and roles that differ, of the identities, of `services`, and of anybody else.

    Asked is only where a policy is another one: what has not changed is decided as before.
    """
    keys, identities = _differing(before.keys, after.keys), _differing(before.identities, after.identities)
    if before.grants != after.grants or before.aliases != after.aliases:
        keys |= {each.block.address for each in (*before.keys, *after.keys)}
    was, is_ = (_answers(each, services, keys, identities) for each in (before, after))
    yield from (asked for asked in {**was, **is_} if was.get(asked) is not is_.get(asked))


def _differing(before: Iterable[Key | Identity], after: Iterable[Key | Identity]) -> set[str]:
    """The addresses of what is in one of two stacks only, or is not the same in both."""
    was, is_ = ({each.block.address: each for each in every} for every in (before, after))
    return {address for address in {**was, **is_} if was.get(address) != is_.get(address)}


def _answers(
    stack: Stack, services: frozenset[str], keys: AbstractSet[str], identities: AbstractSet[str]
) -> Mapping[Asked, Outcome]:
    askers = [*_askers(stack, services)]
    pairs = [
        (key, asker)
        for key in stack.keys
        for asker in askers
        if key.block.address in keys or (asker.identity is not None and asker.name in identities)
    ]
    if len(pairs) * len(kms_actions.on_a_key()) > MOST:
        raise UnpatchableError("there are too many decisions to compare")
    roles = [each for each in stack.identities if each.block.address in identities]
    return {**dict(_on_keys(stack, pairs)), **dict(_on_roles(stack, roles, services))}


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


def _on_keys(stack: Stack, pairs: Iterable[tuple[Key, Asker]]) -> Iterator[tuple[Asked, Outcome]]:
    for key, asker in pairs:
        governing = Question(stack, Consumer(key.block, "key"), asker, key, DIRECT).governing
        for action in kms_actions.on_a_key():
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
