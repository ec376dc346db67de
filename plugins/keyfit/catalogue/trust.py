"""Whether a service can assume the role that a consumer names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from keyfit.answer import NO, YES, maybe
from keyfit.catalogue import consumers
from keyfit.catalogue.rule import Ruling
from keyfit.explain import evidence
from keyfit.explain.statement import called
from keyfit.model import names
from keyfit.model.changes import AddStatement, Refer
from keyfit.model.findings import About, Note, NoteKind, Remedy
from keyfit.model.names_of_keys import absent
from keyfit.model.names_of_roles import find_role
from keyfit.policy.decide import decide
from keyfit.policy.decision import Outcome
from keyfit.policy.memo import memory_of
from keyfit.policy.request import Context, Principal, PrincipalKind, Request, present, unsure
from keyfit.record import record
from keyfit.services import index
from keyfit.services.templates import filled
from keyfit.value import text
from keyfit.words import shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from keyfit.catalogue.rule import Options
    from keyfit.model.consumers import Consumer, Use
    from keyfit.model.identities import Identity
    from keyfit.model.names_of_roles import IdentityFound
    from keyfit.model.policies import Policy
    from keyfit.model.stack import Stack
    from keyfit.policy.decision import PolicyDecision
    from keyfit.policy.request import Fact
    from keyfit.services.page import Trust
    from keyfit.value import Origin

ASSUME: Final = "sts:AssumeRole"


def check_trust(pages: tuple[str, ...]) -> Callable[[Stack, Options], Iterator[Ruling]]:
    """A rule's check: whether the service can assume the role that a consumer of these pages names."""

    def check(stack: Stack, _options: Options) -> Iterator[Ruling]:
        for consumer in consumers.of(stack, *pages):
            trust = index.page_of(consumer.kind).trust
            if trust is not None and (not trust.kinds or consumer.kind in trust.kinds):
                yield from _verdicts(_Assuming(stack, consumer, trust))

    return check


@record
class _Assuming:
    """A consumer whose role a service is to assume."""

    stack: Stack
    consumer: Consumer
    trust: Trust

    @property
    def service(self) -> str:
        return self.trust.principal


def _verdicts(ask: _Assuming) -> Iterator[Ruling]:
    """What is named has to be a role's ARN; none without a role."""
    stack, consumer = ask.stack, ask.consumer
    use = consumer.role
    if use is None or absent(use.value):
        return
    found = find_role(stack, use.value)
    if not found.mistake:
        yield _verdict(ask, use, found)
        return
    advice = "specify the ARN of the role" if found.meant is None else names.use_arn(stack, found.meant.block.address)
    refer = None if found.meant is None else Refer(use.value.origin, found.meant.block)
    notes, about = (Note(NoteKind.HELP, advice, change=refer),), _about(ask, use)
    message = f"`{use.parameter}` is {found.mistake}"
    yield Ruling(consumer.block, NO, message, use.value.origin, about=about, notes=notes, remedy=Remedy(advice))


def _about(ask: _Assuming, use: Use) -> About:
    consumer = ask.consumer
    return About(parameter=use.parameter, state=consumer.state, store=consumer.store, principal=ask.service)


def _verdict(ask: _Assuming, use: Use, found: IdentityFound) -> Ruling:
    """Whether the trust policy of the role lets the service assume it."""
    role, consumer = found.identity, ask.consumer
    about = _about(ask, use)
    name = role.block.address if role else shown(use.value)
    if role is None or role.trust is None:
        answer = maybe(*found.holes)
        return Ruling(consumer.block, answer, _unsure(ask, name), use.value.origin, about=about)
    request = _request(ask, role)
    decision = decide((role.trust,), request, memory_of(ask.stack))
    taken = evidence.assumed(consumer.block, role.block)
    match decision.outcome:
        case Outcome.ALLOWED:
            message = f"`{ask.service}` can assume role `{name}`"
            return Ruling(consumer.block, YES, message, use.value.origin, about=about, notes=taken)
        case Outcome.DENIED:
            message = f"`{ask.service}` cannot assume role `{name}`"
            notes = evidence.of_policy(decision, role.trust, request)
            added = AddStatement(role.trust, (ASSUME,), ask.service) if not decision.explicit else None
            help_ = Note(NoteKind.HELP, _help(ask, name, decision), _where(role.trust, decision), added)
            return Ruling(
                consumer.block, NO, message, use.value.origin, about=about,
                notes=(*notes, help_, *taken), remedy=Remedy(help_.message), statement=evidence.place_of(decision),
            )  # fmt: skip
        case Outcome.UNDETERMINED:
            notes = evidence.of_policy(decision, role.trust, request)
            answer = maybe(*decision.holes)
            return Ruling(
                consumer.block, answer, _unsure(ask, name), use.value.origin, about=about, notes=(*notes, *taken)
            )


def _unsure(ask: _Assuming, role: str) -> str:
    return f"cannot tell whether `{ask.service}` can assume role `{role}`"


def _help(ask: _Assuming, role: str, decision: PolicyDecision) -> str:
    if decision.explicit:
        return f"narrow the Deny of {called(decision.determining[0])} so that it excludes `{ask.service}`"
    return f"add a statement to the trust policy of `{role}` that allows `{ASSUME}` to service `{ask.service}`"


def _where(trust: Policy, decision: PolicyDecision) -> Origin:
    """The place of what the help says to change."""
    return decision.determining[0].statement.origin if decision.explicit else trust.origin


def _request(ask: _Assuming, role: Identity) -> Request:
    """The request of a service that assumes a role; what is not known of it is unknown (design, section 5)."""
    facts = {
        "aws:principalisawsservice": present(text("true")),
        "aws:principalservicename": present(text(ask.service)),
        "aws:securetransport": unsure("aws:SecureTransport", text("true")),
        **dict(_told(ask)),
    }
    principal = Principal(PrincipalKind.SERVICE, text(ask.service))
    return Request(principal, ASSUME, role.arn, role.account, Context(facts))


def _told(ask: _Assuming) -> Iterator[tuple[str, Fact]]:
    """What the page tells of the request."""
    consumer = ask.consumer
    place = {"partition": ask.stack.partition, "region": consumer.region, "account": consumer.account}
    for name, template in ask.trust.facts:
        value = filled(template, lambda known, _: place.get(known))
        if value is not None:
            yield name.lower(), present(value)
