"""The principals that a key policy names exist when the key is created.

## What it checks

Each principal of a key policy is one that KMS accepts: an account, the ARN of a role, user or session, or `*`; a
service by its name. A name (`!Ref Role`), a user group and any other resource are rejected. Account IDs have 12 digits,
there is no placeholder such as `<account-id>`, and no wildcard except `*` by itself. A role or user of the same stack
that is named by a literal ARN is created before the key, by a reference or by `DependsOn`; its ARN has its own path,
and the partition of the Region. A role or user that is not in the source is assumed to exist, with a note: a
service-linked role does once the service has been used.

## Why it matters

KMS looks up every principal when it creates the key, and rejects the policy if one does not exist:
`MalformedPolicyDocumentException: Policy contains a statement with one or more invalid principals.` A literal ARN is
not a reference, so CloudFormation and Terraform may create the key first. Terraform's provider retries for two minutes,
so there it is a warning.

## When it is unproven

A principal, an account or the name of a role is not known; or a principal is the unique ID of a role or user, and AWS
does not document whether KMS accepts it.

## How to fix it

Use the 12-digit account ID. Specify a role of the same stack with `!GetAtt Role.Arn`, so that it is created first. For
several roles at once specify the account, with a condition on `aws:PrincipalArn`.

## References

https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateKey.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from keyfit.answer import NO, YES, Answer, all_of, maybe
from keyfit.aws import arn
from keyfit.catalogue import statements
from keyfit.catalogue.access import key_policy_principals, principals_outside
from keyfit.explain import evidence
from keyfit.model.changes import Refer
from keyfit.model.findings import Level, Note, NoteKind
from keyfit.model.identities import IdentityKind
from keyfit.model.keys import Key
from keyfit.model.names import find_identity
from keyfit.model.stack import CLOUDFORMATION
from keyfit.policy.statement import PrincipalEntry
from keyfit.truth import Truth
from keyfit.value import Text, Unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyfit.catalogue.rule import Options, Ruling
    from keyfit.catalogue.statements import WrittenStatement
    from keyfit.model.block import Block
    from keyfit.model.identities import Identity
    from keyfit.model.stack import Stack

NUMBER: Final = 406
LEVEL: Final = Level.ERROR
SUBJECTS: Final = ("key",)
SOURCES: Final = ("K15", "K16", "K28", "K36", "R14")


class Fault(NamedTuple):
    """What is wrong with one principal: `answer` NO, or MAYBE for what is not known; in words, and how to mend it."""

    answer: Answer
    message: str
    advice: str = ""
    level: Level = LEVEL
    meant: Block | None = None


def check(stack: Stack, options: Options) -> Iterator[Ruling]:
    """One verdict for each statement of a key policy that names principals; of several faults the gravest speaks."""
    for written in statements.of_keys(stack, options, "Principal"):
        if written.unread is not None:
            yield _verdict(written, Fault(written.unread, _unsure(written)), None)
        if written.statement.principals is None:
            continue
        assumed = tuple(principals_outside.assumed(stack, written.statement.principals))
        fine = _verdict(written, Fault(YES, f"the principals of {written.name} exist when the key is created"), None)
        yield fine.with_notes(*assumed)
        for entry in written.statement.principals.entries:
            for fault in _faults(stack, written, entry):
                yield _verdict(written, fault, entry)


def _verdict(written: WrittenStatement, fault: Fault, entry: PrincipalEntry | Unknown | None) -> Ruling:
    place = evidence.place(entry.value.origin) if isinstance(entry, PrincipalEntry) else None
    refer = None if place is None or fault.meant is None else Refer(place, fault.meant)
    advice = (Note(NoteKind.HELP, fault.advice, place, refer),) if fault.advice else ()
    return written.of_key(written.verdict(fault.answer, fault.message, *advice, level=fault.level))


def _faults(stack: Stack, written: WrittenStatement, entry: PrincipalEntry | Unknown) -> Iterator[Fault]:
    if isinstance(entry, Unknown):
        yield Fault(maybe(entry), _unsure(written))
        return
    if isinstance(entry.value, Unknown):
        yield Fault(maybe(entry.value), _unsure(written))
        return
    refused = key_policy_principals.refusal(stack, entry, entry.value)
    misnamed = principals_outside.misnamed(stack, entry.value) if entry.kind == "AWS" and refused is None else None
    if refused is not None or misnamed is not None:
        found = refused or misnamed
        yield from () if found is None else (Fault(*found[:3], meant=found.meant),)
    elif entry.kind == "AWS":
        yield from _unordered(stack, written, entry.value)


def _unsure(written: WrittenStatement) -> str:
    return f"cannot tell whether the principals of {written.name} exist when the key is created"


def _unordered(stack: Stack, written: WrittenStatement, value: Text) -> Iterator[Fault]:
    """A role or user of the stack that `value` names without a reference, so that nothing makes it first."""
    key = written.owner
    if not isinstance(key, Key) or written.document.policy.owner != key.block.address:
        return  # what is made before a policy in a block of its own is not known
    fields = arn.split(value)
    if fields is not None and fields.resource.literal == "root":
        return
    named = find_identity(stack, value)
    if named is not None and named.block.present.truth is Truth.YES and named.block.address in key.depends_on:
        return  # no two have one ARN
    for identity in stack.identities:
        address = identity.block.address
        elsewhere = identity.outside or identity.block.assumed  # of another stack, or declared: made by itself
        if identity.kind is IdentityKind.GROUP or elsewhere or address in key.depends_on:
            continue
        same = all_of((arn.equal(value, identity.arn), identity.block.present))
        if same.truth is not Truth.NO:
            yield _order_fault(stack, written, identity, same)


def _order_fault(stack: Stack, written: WrittenStatement, identity: Identity, same: Answer) -> Fault:
    block, key = identity.block, written.owner.block.address
    address = block.address
    what = f"{identity.kind.value} `{address}`"
    if same.truth is Truth.MAYBE:
        return Fault(same, f"cannot tell whether {written.name} names {what}, which nothing creates before key `{key}`")
    message = f"{written.name} names {what} by a literal ARN, and nothing creates it before key `{key}`"
    if stack.language == CLOUDFORMATION:
        return Fault(NO, message, f"use `!GetAtt {address}.Arn`, or add `DependsOn: {address}` to the key", meant=block)
    return Fault(NO, message, f"use `{address}.arn`", Level.WARNING, block)
