"""What the engine answers about a stack: who may do what on which key, and which service may assume which role."""

from __future__ import annotations

from dataclasses import replace
from itertools import zip_longest
from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

from keyfit.aws import kms_actions
from keyfit.catalogue.asking.answers import ask
from keyfit.catalogue.asking.who import PLAIN, Way, asked, counterpart, in_way
from keyfit.catalogue.trust import ASSUME
from keyfit.model.keys import Key
from keyfit.model.policies import PolicyKind
from keyfit.policy.decide import decide
from keyfit.policy.judge import acts
from keyfit.policy.memo import document_of, memory_of
from keyfit.policy.request import Context, Principal, PrincipalKind, Request
from keyfit.remedy.sources import UnpatchableError
from keyfit.services import index
from keyfit.truth import Truth
from keyfit.value import text

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


class Decided(NamedTuple):
    """A principal by its address or name, an action, the key or role that it is on, and how it is called."""

    principal: str
    action: str
    on: str
    way: Way = PLAIN

    @property
    def meant(self) -> tuple[str, str, str]:
        """What it is about, however it is called."""
        return self.principal, self.action, self.on


class _Scope(NamedTuple):
    """What can be decided otherwise: services to ask about, keys and identities that differ, actions."""

    services: frozenset[str]
    keys: AbstractSet[str]
    identities: AbstractSet[str]
    actions: Sequence[str]


def changed(before: Stack, after: Stack, services: frozenset[str]) -> Iterator[Decided]:
    """The decisions about keys and roles that differ, of everybody who can be asked about; of roles, of `services`.

    Asked is only where a policy is another one: what has not changed is decided as before.
    """
    keys, identities = _differing(before.keys, after.keys), _differing(before.identities, after.identities)
    same_around = before.grants == after.grants and before.aliases == after.aliases
    if not same_around:
        keys |= {each.block.address for each in (*before.keys, *after.keys)}
    actions = _actions(before, after) if same_around else kms_actions.on_a_key()
    scope = _Scope(services, keys, identities, actions)
    was, is_ = (_answers(one, other, scope) for one, other in ((before, after), (after, before)))
    yield from (each for each in {**was, **is_} if was.get(each) is not is_.get(each))


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
    """All of it but its policies; a trust policy decides nothing on a key, nor does what is created first."""
    if isinstance(of, Key):
        return replace(of, policies=(), depends_on=frozenset())
    return replace(of, policies=(), trust=None)


class _Read(NamedTuple):
    """The statements of a policy, wherever they stand in it, and what else there is to it."""

    statements: frozenset[Statement]
    beside: tuple[object, ...]


def _read(stack: Stack, policy: Policy | None) -> _Read | None:
    if policy is None:
        return None
    found = document_of(stack, policy)
    statements = frozenset(replace(each, index=0, sid="") for each in found.statements)
    kind = PolicyKind.KEY if policy.kind is PolicyKind.DEFAULT_KEY else policy.kind  # the default, as if written out
    rest = replace(policy, document=None, kind=kind, name="", owner="")
    return _Read(statements, (found.variables, found.omitted, rest))


def _answers(stack: Stack, other: Stack, scope: _Scope) -> Mapping[Decided, Outcome]:
    roles = [each for each in stack.identities if each.block.address in scope.identities]
    return {**dict(_on_keys(stack, other, scope)), **dict(_on_roles(stack, roles, scope.services))}


def _on_keys(stack: Stack, other: Stack, scope: _Scope) -> Iterator[tuple[Decided, Outcome]]:
    """What one of two stacks answers about everybody whom either of them speaks of."""
    here, there = stack.once(asked), other.once(asked)
    left = MOST
    for seat in {**here, **there} if scope.actions else ():
        name, key = seat
        if key not in scope.keys and name not in scope.identities:
            continue
        own, twin = here.get(seat), there.get(seat)
        about = own or (counterpart(stack, twin, key) if twin is not None else None)
        if about is None:
            continue
        for way in {**about.ways, **(twin.ways if twin is not None else {})}:
            left -= len(scope.actions)
            if left < 0:
                raise UnpatchableError("there are too many decisions to compare")
            for action, told in ask(stack, in_way(about, way, twin), way, scope.actions):
                yield Decided(name, action, key, way), told.decision.outcome


def _services() -> Iterator[str]:
    """The services that the pages speak of, and one of which they do not."""
    yield "another.amazonaws.com"
    for page in index.every_page():
        if page.trust is not None:
            yield page.trust.principal
        yield from (call.principal for call in page.calls if call.principal and "{" not in call.principal)


def _on_roles(stack: Stack, roles: Iterable[Identity], services: Iterable[str]) -> Iterator[tuple[Decided, Outcome]]:
    names = sorted({*services, *_services()})
    for role in roles:
        for name in names if role.trust is not None else ():
            principal = Principal(PrincipalKind.SERVICE, text(name))
            request = Request(principal, ASSUME, role.arn, role.account, _NOT_KNOWN)
            trust = (role.trust,) if role.trust is not None else ()
            yield Decided(name, ASSUME, role.block.address), decide(trust, request, memory_of(stack)).outcome
