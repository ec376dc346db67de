"""Principals of a key policy that nothing in the source makes: taken to exist, or known not to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from keyfit.answer import NO
from keyfit.aws import arn
from keyfit.catalogue.access.key_policy_principals import Refusal
from keyfit.model import names
from keyfit.model.findings import Note, NoteKind
from keyfit.model.identities import Identity, IdentityKind
from keyfit.model.stack import CLOUDFORMATION
from keyfit.policy.statement import PrincipalEntry
from keyfit.truth import Truth
from keyfit.value import Text, text
from keyfit.words import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyfit.aws.arn import Arn
    from keyfit.model.stack import Stack
    from keyfit.policy.statement import Principals

_KINDS: Final = {"role/": IdentityKind.ROLE, "user/": IdentityKind.USER}
_LINKED: Final = "role/aws-service-role/"


def assumed(stack: Stack, principals: Principals) -> Iterator[Note]:
    """A note for each role and user by ARN that is not in the source: KMS refuses the policy where there is none."""
    for entry in principals.entries:
        value = entry.value if isinstance(entry, PrincipalEntry) and entry.kind == "AWS" else None
        fields = arn.split(value) if isinstance(value, Text) else None
        kind = None if fields is None else _kind(fields)
        if isinstance(value, Text) and fields is not None and kind is not None and names.find(stack, value) is None:
            linked = fields.resource.prefix.startswith(_LINKED)
            words = _linked(stack) if linked else "is not in the source, and is assumed to exist"
            yield Note(NoteKind.NOTE, f"{kind.value} `{shown(value)}` {words}")


def _linked(stack: Stack) -> str:
    type_ = "AWS::IAM::ServiceLinkedRole" if stack.language == CLOUDFORMATION else "aws_iam_service_linked_role"
    return f"is service-linked: it exists once the service has been used, or an `{type_}` has created it"


def _kind(fields: Arn) -> IdentityKind | None:
    return next((kind for start, kind in _KINDS.items() if fields.resource.prefix.startswith(start)), None)


def misnamed(stack: Stack, value: Text) -> Refusal | None:
    """Why no principal has the ARN `value`: its partition, or the path of the role or user that it means."""
    fields = arn.split(value)
    if fields is None:
        return None
    here, given = stack.partition.literal, fields.partition.literal
    if here is not None and given is not None and given != here:
        message = f"principal `{shown(value)}` is in partition `{given}`, and the key is created in `{here}`"
        return Refusal(NO, message, f"use `arn:{here}:`, or the partition of the deployment")
    meant = next((each for each in _namesakes(stack, fields) if arn.equal(value, each.arn).truth is Truth.NO), None)
    if meant is None:
        return None
    message = f"principal `{shown(value)}` is {meant.kind.value} `{meant.block.address}` without its path"
    told = f"{message}: its ARN is `{shown(meant.arn)}`"
    return Refusal(NO, told, names.use_arn(stack, meant.block.address), meant.block)


def _namesakes(stack: Stack, fields: Arn) -> Iterator[Identity]:
    """The role or user of the source whose name stands in an ARN without a path: an account has one of a name."""
    kind = _kind(fields)
    if kind is None:
        return
    first, *others = fields.resource.parts
    for each in names.named(stack, text(str(first).removeprefix(f"{kind.value}/"), *others)):
        match each:
            case names.Named(names.Way.NAME, _, Identity(kind=its_kind, outside=False) as identity):
                there = its_kind is kind and identity.block.present.truth is Truth.YES
                if there and arn.equal(fields.account, identity.account).truth is Truth.YES:
                    yield identity
            case _:
                pass
