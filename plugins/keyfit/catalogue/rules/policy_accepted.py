"""Nothing in a policy is certain to be rejected.

## What it checks

The key policies, and the trust policies, inline and managed policies and boundaries of roles, users and groups: that
they are JSON and follow the grammar of the policy language, that each statement has the required elements and no
others, that a principal is specified, that each action has a service, and that no policy is longer than AWS allows.

## Why it matters

KMS and IAM reject the whole policy (`MalformedPolicyDocument`), and its key or identity is not created. Since August
2025 KMS rejects a statement without Action or Resource, which it had accepted and ignored. Nothing that rests on such a
policy is said to hold.

## When it is unproven

Whether the policy is there depends on a value that is not known. A part of a policy that is not known is assumed to be
accepted.

## How to fix it

Add what the message says is missing, and remove what is rejected. `jsonencode` and `aws_iam_policy_document` do not
produce malformed JSON; if a list of principals can be empty, omit the statement in that case.

## References

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
https://docs.aws.amazon.com/kms/latest/APIReference/API_PutKeyPolicy.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple

from keyfit.answer import NO, YES, maybe
from keyfit.catalogue import policies
from keyfit.catalogue.rule import Ruling, Undermined
from keyfit.catalogue.statements import block_of
from keyfit.explain import evidence
from keyfit.explain.statement import statement_name
from keyfit.model.changes import SetElement, Write
from keyfit.model.findings import About, Level, Note, NoteKind, Remedy
from keyfit.model.identities import IdentityKind
from keyfit.model.keys import Key
from keyfit.model.policies import PolicyKind
from keyfit.policy import refusals
from keyfit.policy.memo import document_of
from keyfit.policy.refusals import Refusal
from keyfit.policy.statement import WHOLE
from keyfit.truth import Truth
from keyfit.value import Object, Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyfit.catalogue.rule import Options
    from keyfit.model.changes import Change
    from keyfit.model.identities import Identity
    from keyfit.model.policies import Policy
    from keyfit.model.stack import Stack
    from keyfit.policy.refusals import Refused
    from keyfit.policy.statement import Statement
    from keyfit.value import Unknown

NUMBER: Final = 602
LEVEL: Final = Level.ERROR
SUBJECTS: Final = ("key", "identity", "policy")
SOURCES: Final = refusals.SOURCES
UNDERMINES: Final = Undermined.RESTING

_WRITTEN: Final = frozenset({PolicyKind.KEY, PolicyKind.TRUST, *refusals.OF_IDENTITIES})
_MOST_INLINE: Final = {IdentityKind.ROLE: 10_240, IdentityKind.USER: 2_048, IdentityKind.GROUP: 5_120}  # I7
_INLINE: Final = "inline policies"


class _Written(NamedTuple):
    """A policy of the source, and the key or identity that it is tied to."""

    policy: Policy
    owner: Key | Identity


def check(stack: Stack, options: Options) -> Iterator[Ruling]:
    """One verdict for each policy, and for the inline policies of an identity that are too long together."""
    written = {(each.policy.owner, each.policy.name, each.policy.kind): each for each in _written(stack, options)}
    yield from (_verdict(stack, each) for each in written.values())
    yield from filter(None, map(_too_long, policies.identities(stack, options)))


def _written(stack: Stack, options: Options) -> Iterator[_Written]:
    for key in policies.keys(stack, options):
        yield from (_Written(policy, key) for policy in key.policies if _is_written(policy))
    for identity in policies.identities(stack, options):
        others = (each for each in (identity.trust, identity.boundary) if each is not None)
        yield from (_Written(policy, identity) for policy in (*identity.policies, *others) if _is_written(policy))


def _is_written(policy: Policy) -> bool:
    return policy.kind in _WRITTEN and policy.document is not None and policy.present.truth is not Truth.NO


def _verdict(stack: Stack, written: _Written) -> Ruling:
    policy, read = written.policy, document_of(stack, written.policy)
    parameter = policy.name or ("" if policy.kind is PolicyKind.KEY else policy.kind.value)
    about = About(parameter=parameter)
    subject = block_of(policy, written.owner)
    refused = next(refusals.refused(read), None)
    if refused is None:
        open_ = tuple(hole for hole in refusals.undecided(read) if _can_be_decided(stack, hole))
        answer, message = YES, f"nothing in {policy.called} is rejected"
        if open_:
            answer, message = maybe(*open_), f"cannot tell whether {policy.called} is accepted"
        return Ruling(subject, answer, message, policy.origin, about=about)
    told = _broken(written, refused)
    broken = replace(told, subject=subject, about=about)
    if policy.present.truth is Truth.YES:
        return broken
    message = f"cannot tell whether {policy.called} is there; where it is, {told.message}"
    return replace(broken, answer=maybe(*policy.present.holes), message=message)


def _can_be_decided(stack: Stack, hole: Unknown) -> bool:
    """Whether a choice that `hole` depends on is still open: with it made, the policy may be one that is refused."""
    reading, made = stack.reading, stack.scenario
    return reading is not None and any(made.find(name) is None and reading.choice(name) for name in hole.choices)


def _broken(written: _Written, refused: Refused) -> Ruling:
    policy, (statement, hole) = written.policy, refused
    what = policy.called if statement.index == WHOLE else statement_name(statement, policy)
    refusal = Refusal.of(hole)
    advice = Note(NoteKind.HELP, refusal.advice, evidence.place(hole.origin), _change(policy, statement, refusal))
    notes = (Note(NoteKind.NOTE, _who(written, refusal)), advice)
    message = f"{what} is rejected: {hole.phrase}"
    origin = hole.origin if evidence.place(hole.origin) else policy.origin
    return Ruling(written.owner.block, NO, message, origin, LEVEL, notes=notes, remedy=Remedy(advice.message))


def _change(policy: Policy, statement: Statement, refusal: Refusal) -> Change | None:
    """What the advice says, as a change, where it says it exactly."""
    if refusal is Refusal.NO_RESOURCE:
        return SetElement(policy, statement.index, "Resource", "*")
    version = policy.document.find("Version") if isinstance(policy.document, Object) else None
    if refusal is Refusal.VERSION and isinstance(version, Text):
        return Write(version.origin, "2012-10-17")
    return None


def _who(written: _Written, refusal: Refusal) -> str:
    if refusal is Refusal.JSON:
        return "a policy that is not JSON is always rejected"
    if isinstance(written.owner, Key):
        since = ", since August 2025" if refusal in {Refusal.NO_ACTION, Refusal.NO_RESOURCE} else ""
        return f"KMS rejects the whole key policy: `MalformedPolicyDocumentException`{since}"
    return "IAM rejects the whole policy: `MalformedPolicyDocument`"


def _too_long(identity: Identity) -> Ruling | None:
    """The inline policies of an identity, where they surely are longer than IAM takes together."""
    inline = [policy for policy in identity.policies if policy.kind is PolicyKind.INLINE]
    sure = [each.document for each in inline if each.document is not None and each.present.truth is Truth.YES]
    most = _MOST_INLINE[identity.kind]
    if sum(map(refusals.least_characters, sure)) <= most:
        return None
    name = f"{identity.kind.value} `{identity.block.address}`"
    message = f"the inline policies of {name} have more than {most:,} characters together"
    advice = Note(NoteKind.HELP, "move some of them to managed policies")
    notes = (Note(NoteKind.NOTE, "IAM rejects the one that exceeds the limit: `LimitExceeded`"), advice)
    about = About(parameter=_INLINE)
    return Ruling(identity.block, NO, message, inline[-1].origin, LEVEL, about, notes, Remedy(advice.message))
