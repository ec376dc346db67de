"""An identity that creates Personalize resources may pass them their role.

## What it checks

A role, user or group of the source whose policies name a create action of Personalize
(`personalize:CreateDatasetGroup`, `personalize:Create*`, `personalize:*`) may `iam:PassRole` the role that a
consumer of the source names, with `iam:PassedToService` being `personalize.amazonaws.com`. Statements for `*`, and
NotAction, say nothing about intent and are left out.

## Why it matters

Whoever creates a resource that names a role has to be allowed to pass that role; else the request is refused.

## When it is unproven

A policy of the identity is not in the source, or an unknown value decides.

## How to fix it

Allow `iam:PassRole` on the role's ARN to whoever creates, with `iam:PassedToService` `personalize.amazonaws.com`.

## References

https://docs.aws.amazon.com/personalize/latest/dg/aws-personalize-set-up-permissions.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from keyfit.answer import all_of, maybe
from keyfit.catalogue import consumers
from keyfit.catalogue.access.question import answer_of, principal_of
from keyfit.catalogue.rule import Ruling
from keyfit.explain import evidence
from keyfit.model.findings import About, Level, Note, NoteKind, Remedy
from keyfit.model.names_of_roles import role_of
from keyfit.pattern import matches
from keyfit.policy.decide import decide
from keyfit.policy.document import read
from keyfit.policy.request import Context, Request, present, unsure
from keyfit.policy.statement import Effect
from keyfit.services.pages import personalize
from keyfit.truth import Truth
from keyfit.value import Text, text
from keyfit.words import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyfit.catalogue.rule import Options
    from keyfit.model.names_of_roles import IdentityFound
    from keyfit.model.stack import Consumer, Identity, Stack
    from keyfit.policy.decision import PolicyDecision
    from keyfit.policy.statement import Patterns

NUMBER: Final = 109
LEVEL: Final = Level.WARNING
SUBJECTS: Final = ("identity",)
SOURCES: Final = ("P21",)
PASS: Final = "iam:PassRole"  # noqa: S105 - an action, no password
_PREFIX: Final = "personalize:"


def check(stack: Stack, _options: Options) -> Iterator[Ruling]:
    """One verdict for each identity that creates such resources, and each role that they name."""
    for identity in stack.identities:
        created = {each.words for each in personalize.PAGE.kinds if _creates(identity, each.created_by)}
        for consumer in consumers.of(stack, "personalize") if created else ():
            found = role_of(stack, consumer) if consumer.kind in created else None
            if found is not None:
                yield _verdict(identity, consumer, found)


def _creates(identity: Identity, action: str) -> bool:
    """Whether an Allow of the identity's policies names `action`, by name or by a pattern that means Personalize."""
    return any(
        statement.effects == {Effect.ALLOW} and statement.actions is not None and _names(statement.actions, action)
        for policy in identity.policies
        for statement in read(policy).statements
    )


def _names(actions: Patterns, action: str) -> bool:
    if actions.negated:
        return False
    written = (each for each in actions.values if isinstance(each, Text))
    named = (each for each in written if each.prefix.lower().startswith(_PREFIX))
    return any(matches(each, text(action), fold_case=True) is Truth.YES for each in named)


def _verdict(identity: Identity, consumer: Consumer, found: IdentityFound) -> Ruling:
    name, role = identity.block.address, found.identity
    named = consumer.block.address if role is None else role.block.address
    about = About(parameter=named, principal=name, actions=(PASS,))
    if role is None:
        message = f"cannot tell whether `{name}` can pass the role of `{consumer.block.address}`"
        return Ruling(identity.block, maybe(*found.holes), message, identity.block.origin, LEVEL, about)
    request = _request(identity, role)
    own = decide(identity.policies, request)
    bounds = [decide((identity.boundary,), request)] if identity.boundary else []
    answer = all_of(answer_of(each) for each in (own, *bounds))
    passed = role.block.address
    can = f"{identity.kind.value} `{name}` can pass role `{passed}` to `{personalize.SERVICE}`"
    match answer.truth:
        case Truth.YES:
            return Ruling(identity.block, answer, can, identity.block.origin, LEVEL, about)
        case Truth.MAYBE:
            message = f"cannot tell whether {can}"
            return Ruling(identity.block, maybe(*answer.holes), message, identity.block.origin, LEVEL, about)
        case Truth.NO:
            decisive = next(each for each in (own, *bounds) if answer_of(each).truth is Truth.NO)
            advice = f"allow `{PASS}` on the ARN of role `{passed}` in a policy of {identity.kind.value} `{name}`"
            notes = (*_evidence(identity, decisive, request), Note(NoteKind.HELP, advice))
            message = f"{identity.kind.value} `{name}` cannot pass role `{passed}` to `{personalize.SERVICE}`"
            return Ruling(identity.block, answer, message, identity.block.origin, LEVEL, about, notes, Remedy(advice))


def _evidence(identity: Identity, decision: PolicyDecision, request: Request) -> tuple[Note, ...]:
    if decision.explicit or decision.nearest is not None:
        return evidence.of_policy(decision, identity.policies[0], request)
    return (Note(NoteKind.NOTE, f"no policy of `{shown(identity.name)}` allows `{PASS}`"),)


def _request(identity: Identity, role: Identity) -> Request:
    """The request of passing the role to Personalize."""
    principal = principal_of(identity)
    facts = {
        "iam:passedtoservice": present(text(personalize.SERVICE)),
        "iam:associatedresourcearn": unsure("iam:AssociatedResourceArn"),
        "aws:principalarn": present(principal.arn),
        "aws:principalaccount": present(identity.account),
        "aws:securetransport": unsure("aws:SecureTransport", text("true")),
    }
    return Request(principal, PASS, role.arn, role.account, Context(facts))
