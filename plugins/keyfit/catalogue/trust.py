"""Whether a service can assume the role that a consumer names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from keyfit.answer import NO, YES, maybe
from keyfit.catalogue.rule import Ruling
from keyfit.explain import evidence
from keyfit.model import names
from keyfit.model.findings import About, Note, NoteKind, Remedy
from keyfit.model.names_of_keys import absent
from keyfit.model.names_of_roles import find_role
from keyfit.policy.decide import decide
from keyfit.policy.decision import Outcome
from keyfit.policy.request import Context, Principal, PrincipalKind, Request, present, unsure
from keyfit.value import text
from keyfit.words import shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from keyfit.model.names_of_roles import IdentityFound
    from keyfit.model.stack import Consumer, Identity, Stack, Use
    from keyfit.policy.decision import PolicyDecision
    from keyfit.policy.request import Fact

ASSUME: Final = "sts:AssumeRole"


@dataclass(frozen=True, slots=True)
class Trusted:
    """A service that assumes roles, and what its request is known to hold beside its name."""

    service: str
    facts: Callable[[Consumer], Mapping[str, Fact]]


def trust_verdicts(stack: Stack, consumer: Consumer, trusted: Trusted) -> Iterator[Ruling]:
    """Whether the service can assume the role that `consumer` names: it has to be a role's ARN; none without a role."""
    use = consumer.role
    if use is None or absent(use.value):
        return
    found = find_role(stack, use.value)
    if not found.mistake:
        yield _verdict(consumer, use, found, trusted)
        return
    advice = "give the ARN of the role" if found.meant is None else names.use_arn(stack, found.meant.block.address)
    notes, about = (Note(NoteKind.HELP, advice),), _about(consumer, use, trusted)
    message = f"`{use.parameter}` is {found.mistake}"
    yield Ruling(consumer.block, NO, message, use.value.origin, about=about, notes=notes, remedy=Remedy(advice))


def _about(consumer: Consumer, use: Use, trusted: Trusted) -> About:
    return About(parameter=use.parameter, state=consumer.state, store=consumer.store, principal=trusted.service)


def _verdict(consumer: Consumer, use: Use, found: IdentityFound, trusted: Trusted) -> Ruling:
    """Whether the trust policy of the role lets the service assume it."""
    role = found.identity
    about = _about(consumer, use, trusted)
    name = role.block.address if role else shown(use.value)
    if role is None or role.trust is None:
        answer = maybe(*found.holes)
        return Ruling(consumer.block, answer, _unsure(trusted, name), use.value.origin, about=about)
    decision = decide((role.trust,), _request(consumer, role, trusted))
    taken = evidence.assumed(consumer.block, role.block)
    match decision.outcome:
        case Outcome.ALLOWED:
            message = f"`{trusted.service}` can assume role `{name}`"
            return Ruling(consumer.block, YES, message, use.value.origin, about=about, notes=taken)
        case Outcome.DENIED:
            message = f"`{trusted.service}` cannot assume role `{name}`"
            notes = evidence.of_policy(decision, role.trust, ASSUME)
            help_ = Note(NoteKind.HELP, _help(trusted, name, decision), role.trust.origin)
            return Ruling(
                consumer.block, NO, message, use.value.origin, about=about,
                notes=(*notes, help_, *taken), remedy=Remedy(help_.message), statement=evidence.place_of(decision),
            )  # fmt: skip
        case Outcome.UNDETERMINED:
            notes = evidence.of_policy(decision, role.trust, ASSUME)
            answer = maybe(*decision.holes)
            return Ruling(
                consumer.block, answer, _unsure(trusted, name), use.value.origin, about=about, notes=(*notes, *taken)
            )


def _unsure(trusted: Trusted, role: str) -> str:
    return f"cannot tell whether `{trusted.service}` can assume role `{role}`"


def _help(trusted: Trusted, role: str, decision: PolicyDecision) -> str:
    if decision.explicit:
        return f"take `{trusted.service}` out of the statement that denies it"
    return f"add a statement to the trust policy of `{role}` that allows `{ASSUME}` to service `{trusted.service}`"


def _request(consumer: Consumer, role: Identity, trusted: Trusted) -> Request:
    """The request of a service that assumes a role; what is not known of it is unknown (design, section 5)."""
    facts = {
        "aws:principalisawsservice": present(text("true")),
        "aws:principalservicename": present(text(trusted.service)),
        "aws:securetransport": unsure("aws:SecureTransport", text("true")),
        **trusted.facts(consumer),
    }
    principal = Principal(PrincipalKind.SERVICE, text(trusted.service))
    return Request(principal, ASSUME, role.arn, role.account, Context(facts))
