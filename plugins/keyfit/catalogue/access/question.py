"""One question to the engine: can this principal do this action on this key, by the routes that count?"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Final

from keyfit.answer import NO, YES, Answer, all_of, any_of, maybe
from keyfit.aws import arn
from keyfit.catalogue.access import request_context
from keyfit.catalogue.access.request_context import Call
from keyfit.explain.access import Access, Asker
from keyfit.model.identities import IdentityKind
from keyfit.model.names_of_keys import bucket_name, find_bucket, find_key
from keyfit.policy.authorize import KMS, authorize
from keyfit.policy.decide import decide
from keyfit.policy.decision import Decision, Outcome, Route
from keyfit.policy.memo import memory_of
from keyfit.policy.policy_set import Governing
from keyfit.policy.request import Principal, PrincipalKind
from keyfit.services.page import Routes
from keyfit.shape import NAME
from keyfit.value import Own, Text, Unknown, text
from keyfit.why import Why
from keyfit.words import shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from keyfit.model.consumers import Consumer
    from keyfit.model.identities import Identity
    from keyfit.model.keys import Grant, Key
    from keyfit.model.names_of_roles import IdentityFound
    from keyfit.model.stack import Stack
    from keyfit.policy.decision import PolicyDecision
    from keyfit.policy.request import Request
    from keyfit.services.page import Via
    from keyfit.value import Hole


@dataclass(frozen=True)
class Question:
    """Everything but the action; what is asked for each of them is put together once."""

    stack: Stack
    consumer: Consumer
    asker: Asker
    key: Key
    via: Via
    parts: Mapping[str, Text] = field(default_factory=dict)

    @cached_property
    def call(self) -> Call:
        """The call of which KMS sees the requests."""
        who = self.asker
        return Call(
            stack=self.stack,
            consumer=self.consumer,
            principal=who.principal,
            key=self.key,
            via=self.via,
            bucket=_bucket(self),
            parts=self.parts,
            identity=who.identity,
        )

    @cached_property
    def governing(self) -> Governing:
        """The policies and grants around the asker and the key; of two key policies of one key, the one in force."""
        identity = self.asker.identity
        return Governing(
            resource=(self.key.policy,),
            identity=identity.policies if identity else (),
            boundary=(identity.boundary,) if identity and identity.boundary else (),
            grants=tuple(_grants(self.stack, self.key)),
            memory=memory_of(self.stack),
        )

    @property
    def trusting(self) -> Governing:
        """The same, where the asker's own policies lie outside the source and are taken to allow what is delegated."""
        return replace(self.governing, assumed=True)


ROUTES: Final[Mapping[Routes, tuple[Route, ...]]] = {
    Routes.KEY_POLICY: (Route.KEY_POLICY,),
    Routes.KEY_POLICY_OR_GRANT: (Route.KEY_POLICY, Route.GRANT),
    Routes.ANY: KMS,
    Routes.BOTH: (Route.KEY_POLICY,),
    Routes.DELEGATED_OR_OWN: (Route.DELEGATION,),
}

_BOTH_SIDES: Final = frozenset({Routes.BOTH, Routes.DELEGATED_OR_OWN})  # the principal's own policies count apart


def asker(by: Principal | IdentityFound) -> Asker | tuple[Hole, ...]:
    """Who needs access; the holes that keep it unknown where nobody can tell who."""
    if isinstance(by, Principal):
        return Asker(by, None, shown(by.arn))
    if by.identity is None:
        return by.holes
    return Asker(principal_of(by.identity), by.identity, by.identity.block.address)


def principal_of(identity: Identity) -> Principal:
    """The identity as one who makes requests: some session of a role, a user; for a group, one of its users."""
    if identity.kind is IdentityKind.ROLE:
        return Principal(PrincipalKind.ROLE, identity.arn, identity.account, identity.arn)
    if identity.kind is IdentityKind.USER:
        return Principal(PrincipalKind.USER, identity.arn, identity.account)
    group = identity.block.address
    member = Unknown(Why.OUTSIDE_SOURCE, f"which users group `{group}` has", identity=f"member of {group}", shape=NAME)
    user = text("arn:", Own.PARTITION, ":iam::", identity.account, ":user/", member)
    return Principal(PrincipalKind.USER, user, identity.account)


def ask(question: Question, action: str, asked: Routes) -> Access:
    """The engine's answer for one action, by the routes that `asked` counts."""
    request = request_of(question, action)
    governing = question.trusting if asked is Routes.DELEGATED_OR_OWN else question.governing
    decision = authorize(request, governing, ROUTES[asked])
    answer = answer_of(decision)
    if asked not in _BOTH_SIDES:
        return Access(question.asker, question.key, request, answer, decision)
    own = decide(governing.identity, request, governing.memory)
    together = all_of if asked is Routes.BOTH else any_of
    return Access(question.asker, question.key, request, together((answer, answer_of(own))), decision, own)


def answer_of(decision: Decision | PolicyDecision) -> Answer:
    """A decision as an answer."""
    match decision.outcome:
        case Outcome.ALLOWED:
            return YES
        case Outcome.DENIED:
            return NO
        case Outcome.UNDETERMINED:
            return maybe(*decision.holes)


def request_of(question: Question, action: str) -> Request:
    """The request that KMS sees when the consumer makes its call."""
    return request_context.request(question.call, action)


def _bucket(question: Question) -> Text | None:
    """The name of the bucket that the consumer writes to, where it is in the source or written out."""
    locations = [use.value for use in question.consumer.buckets if isinstance(use.value, Text)]
    found = (find_bucket(question.stack, each) for each in locations)
    written = (name for each in locations if (name := bucket_name(each)) is not None and name.literal is not None)
    return next((bucket.name for bucket in found if bucket is not None), next(written, None))


def _grants(stack: Stack, key: Key) -> Iterator[Grant]:
    """The grants on `key`; one whose key is not known is one whose presence is not."""
    for grant in stack.grants:
        found = find_key(stack, grant.key)
        if found.key is not None and found.key.block == key.block:
            yield grant
        elif found.key is None:
            present = all_of((grant.block.present, maybe(*found.holes)))
            yield replace(grant, key=key.arn, block=replace(grant.block, present=present))


def same_account(key: Key, identity: Identity) -> Answer:
    """Whether key and identity are of one account."""
    return arn.equal(key.account, identity.account)
