"""An identity that creates Personalize resources can pass the role to them.

## What it checks

A role, user or group of the source whose policies name a create action of Personalize
(`personalize:CreateDatasetGroup`, `personalize:Create*`, `personalize:*`) can `iam:PassRole` the role that a consumer
of the source names, with `iam:PassedToService` being `personalize.amazonaws.com`. Statements for `*`, and NotAction,
say nothing about intent and are left out.

## Why it matters

The principal that creates a resource with a role must be allowed to pass that role; otherwise the request is denied.

## When it is unproven

A policy of the identity is not in the source, an unknown value decides, or it would pass more than 50 roles.

## How to fix it

Allow `iam:PassRole` on the role's ARN to the principal that creates, with `iam:PassedToService`
`personalize.amazonaws.com`.

## References

https://docs.aws.amazon.com/personalize/latest/dg/aws-personalize-set-up-permissions.html
"""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Final, NamedTuple

from keyfit.answer import all_of, maybe
from keyfit.catalogue import consumers
from keyfit.catalogue.access.question import answer_of, principal_of
from keyfit.catalogue.rule import Ruling
from keyfit.explain import evidence
from keyfit.model.changes import Allow
from keyfit.model.findings import About, Level, Note, NoteKind, Remedy
from keyfit.model.names_of_roles import role_of
from keyfit.pattern import matches
from keyfit.policy.decide import decide
from keyfit.policy.memo import document_of, memory_of
from keyfit.policy.request import Context, Request, present, unsure
from keyfit.policy.statement import Effect
from keyfit.services.pages import personalize
from keyfit.truth import Truth
from keyfit.value import Text, Unknown, text
from keyfit.why import Why
from keyfit.words import marked, series, shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from keyfit.answer import Answer
    from keyfit.catalogue.rule import Options
    from keyfit.model.consumers import Consumer
    from keyfit.model.identities import Identity
    from keyfit.model.names_of_roles import IdentityFound
    from keyfit.model.stack import Stack
    from keyfit.policy.decision import PolicyDecision
    from keyfit.value import Origin

NUMBER: Final = 109
LEVEL: Final = Level.WARNING
SUBJECTS: Final = ("identity",)
SOURCES: Final = ("P21",)
PASS: Final = "iam:PassRole"  # noqa: S105 - an action, no password
MOST: Final = 50  # roles of one identity that are asked about, so that the time grows with the identities alone
SHOWN: Final = 3  # roles in a message
_PREFIX: Final = "personalize:"


def check(stack: Stack, _options: Options) -> Iterator[Ruling]:
    """One verdict for each identity that creates such resources, about all roles that they name."""
    passed = list(_passed(stack))
    for identity in stack.identities if passed else ():
        allowed = list(_allowed(stack, identity))
        kinds = {each.words: text(each.created_by) for each in personalize.PAGE.kinds}
        created = {words for words, action in kinds.items() if _one_means(allowed, action)}
        named = {_name(consumer, found): found for consumer, found in passed if consumer.kind in created}
        if named:
            yield _verdict(stack, identity, named, allowed[0].origin)


def _passed(stack: Stack) -> Iterator[tuple[Consumer, IdentityFound]]:
    """The consumers that are given a role, and the role."""
    for consumer in consumers.of(stack, "personalize"):
        found = role_of(stack, consumer)
        if found is not None:
            yield consumer, found


def _name(consumer: Consumer, found: IdentityFound) -> str:
    role = found.identity
    return f"the role of {marked(consumer.block.address)}" if role is None else f"role {marked(role.block.address)}"


def _allowed(stack: Stack, identity: Identity) -> Iterator[Text]:
    """The actions of Personalize that the identity's policies allow, by name or by a pattern that means Personalize."""
    for policy in identity.policies:
        for statement in document_of(stack, policy).statements:
            actions = statement.actions
            for each in (
                actions.values if statement.effects == {Effect.ALLOW} and actions and not actions.negated else ()
            ):
                if isinstance(each, Text) and each.prefix.lower().startswith(_PREFIX):
                    yield each


def _one_means(allowed: list[Text], action: Text) -> bool:
    return any(matches(each, action, fold_case=True) is Truth.YES for each in allowed)


def _verdict(stack: Stack, identity: Identity, named: Mapping[str, IdentityFound], creating: Origin) -> Ruling:
    """What cannot be passed speaks before what is open; beyond so many roles nobody asks.

    `creating` is where the identity is allowed to create them: what it lacks belongs there, too.
    """
    asked = {name: _asked(stack, identity, found) for name, found in islice(named.items(), MOST)}
    answer = all_of((*(each.answer for each in asked.values()), *_beyond(identity, len(named))))
    telling = [name for name, each in asked.items() if each.answer.truth is answer.truth] or list(named)[MOST:]
    who = f"{identity.kind.value} {marked(identity.block.address)}"
    roles, to = _roles(telling, "" if len(named) <= MOST else "at least "), f"to `{personalize.SERVICE}`"
    about = About(principal=identity.block.address, actions=(PASS,))
    ruling = Ruling(identity.block, answer, f"{who} can pass {roles} {to}", identity.block.origin, LEVEL, about)
    match answer.truth:
        case Truth.YES:
            return ruling
        case Truth.MAYBE:
            return replace(ruling, message=f"cannot tell whether {ruling.message}")
        case Truth.NO:
            advice = f"allow `{PASS}` on the ARN of {roles} in a policy of {who}"
            passed = named[telling[0]].identity if len(telling) == 1 else None
            change = None if passed is None else Allow(identity, (PASS,), passed.block, passed.arn)
            told = Note(NoteKind.HELP, advice, evidence.place(creating), change)
            notes = (*_evidence(identity, asked[telling[0]]), told)
            return replace(ruling, message=f"{who} cannot pass {roles} {to}", notes=notes, remedy=Remedy(advice))


def _roles(names: list[str], at_least: str) -> str:
    """Some of the roles, and how many more."""
    more = [f"{at_least}{len(names) - SHOWN} more"] if len(names) > SHOWN else []
    return series((*names[:SHOWN], *more))


def _beyond(identity: Identity, count: int) -> tuple[Answer, ...]:
    if count <= MOST:
        return ()
    reason = f"more than {MOST} roles are passed by {marked(identity.block.address)}"
    return (maybe(Unknown(Why.BOUND, reason, origin=identity.block.origin)),)


class _Asked(NamedTuple):
    """Whether one role can be passed; where it is known, the request, and the policies' own answers to it."""

    answer: Answer
    request: Request | None = None
    decisions: tuple[PolicyDecision, ...] = ()


def _asked(stack: Stack, identity: Identity, found: IdentityFound) -> _Asked:
    if found.identity is None:
        return _Asked(maybe(*found.holes))
    request = _request(identity, found.identity)
    together = (identity.policies, (identity.boundary,)) if identity.boundary else (identity.policies,)
    decisions = tuple(decide(policies, request, memory_of(stack)) for policies in together)
    return _Asked(all_of(map(answer_of, decisions)), request, decisions)


def _evidence(identity: Identity, asked: _Asked) -> tuple[Note, ...]:
    decision = next(each for each in asked.decisions if answer_of(each).truth is Truth.NO)
    if asked.request is not None and (decision.explicit or decision.nearest is not None):
        return evidence.of_policy(decision, identity.policies[0], asked.request)
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
