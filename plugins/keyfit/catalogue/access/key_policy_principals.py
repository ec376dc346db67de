"""Which principals KMS takes in a key policy, by how they are written: what it refuses whatever exists (K15)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from keyfit import pattern
from keyfit.answer import NO, Answer, maybe
from keyfit.aws import arn
from keyfit.model import names
from keyfit.model.identities import Identity, IdentityKind
from keyfit.shape import ACCOUNT_ID
from keyfit.truth import Truth
from keyfit.value import Text, Unknown, text
from keyfit.why import Why
from keyfit.words import shown

if TYPE_CHECKING:
    from keyfit.model.block import Block
    from keyfit.model.stack import Stack
    from keyfit.policy.statement import PrincipalEntry

_NAMES_OF_SERVICES: Final = frozenset({"aws", "cloudfront"})  # where an account stands in ARNs that AWS itself owns
_SERVICE: Final = re.compile(r"[a-z0-9.-]+\.amazonaws\.com(\.cn)?")
_ORGANIZATION: Final = re.compile(r"o-[a-z0-9]{10,32}|ou-[a-z0-9]{4,32}-[a-z0-9]{8,32}")
_UNIQUE_ID: Final = re.compile(r"A[A-Z0-9]{15,}")  # what a policy shows of a role or user that is gone (K30)
_OF_NOBODY: Final = tuple(text(f"arn:*:iam::*:{each}/*") for each in ("policy", "instance-profile"))
_ANY_ARN: Final = text("arn:*")
_GROUPS: Final = text("arn:*:iam::*:group/*")
_OF_PRINCIPALS: Final = frozenset({"iam", "sts"})  # the services whose ARNs can be those of principals (K25-K27)
_BY_ARN: Final = "specify a role or user by its ARN, or an account by its 12-digit ID"
_BY_ACCOUNT: Final = "specify the account, and allow it in a policy of the group"  # P22
_BY_ORGANIZATION: Final = "use `*` with a condition on `aws:PrincipalOrgID`"  # K16


class Refusal(NamedTuple):
    """Why KMS refuses a principal: `answer` NO, or MAYBE for what is not known; in words, and how to mend it.

    `meant` is the block whose ARN the advice leads to.
    """

    answer: Answer
    message: str
    advice: str = ""
    meant: Block | None = None


def refusal(stack: Stack, entry: PrincipalEntry, value: Text) -> Refusal | None:
    """Why KMS refuses the principal `value` of a policy of `stack`; `None` where nothing speaks against it."""
    known = value.known
    name = shown(value)
    if "<" in known or ">" in known:
        return Refusal(NO, f"principal `{name}` is a placeholder", "replace it with the account and the name")
    if value.literal != "*" and ("*" in known or "?" in known):
        advice = "specify each principal, or use `*` with a condition on `aws:PrincipalArn`"  # K29
        return Refusal(NO, f"principal `{name}` has a wildcard, and KMS accepts only `*` by itself", advice)
    if entry.kind == "AWS" and value.literal != "*":
        return _named(stack, value) or _no_principal(value) or _account(value)
    if entry.kind == "Service" and arn.split(value) is not None:
        return Refusal(NO, f"service `{name}` is an ARN, not the name of a service", "list it under `AWS`")
    return None


def _named(stack: Stack, value: Text) -> Refusal | None:
    """Something of the source that is no principal, or is not named as one."""
    named = names.find(stack, value)
    if named is None:
        return None
    who = "a principal" if value.literal is None else f"principal `{value.literal}`"
    if not isinstance(named.thing, Identity):
        return Refusal(NO, f"{who} is {named.words}, not an account, role or user", _BY_ARN)
    if named.thing.kind is IdentityKind.GROUP:
        return Refusal(NO, f"{who} is {named.words}, and a user group cannot be a principal", _BY_ACCOUNT)
    match named.way:
        case names.Way.ARN:
            return None
        case names.Way.NAME:
            advice = names.use_arn(stack, named.thing.block.address)
            return Refusal(NO, f"{who} is {named.words}, not its ARN", advice, named.thing.block)
        case names.Way.ID:
            return _by_id(named.words)


def _by_id(words: str) -> Refusal:
    unknown = Unknown(
        Why.UNDOCUMENTED, "whether KMS accepts the unique ID of a role or user as a principal", identity="principal id"
    )
    return Refusal(maybe(unknown), f"cannot tell whether KMS accepts {words} as a principal")


def _no_principal(value: Text) -> Refusal | None:
    """What no account, role or user can be written as."""
    fields, literal, name = arn.split(value), value.literal, shown(value)
    if fields is None:
        if literal is not None and _SERVICE.fullmatch(literal):
            return Refusal(NO, f"principal `{name}` is a service, but is listed under `AWS`", "list it under `Service`")
        if literal is not None and _UNIQUE_ID.fullmatch(literal):
            return _by_id(f"the ID `{name}`")
        advice = _BY_ORGANIZATION if literal is not None and _ORGANIZATION.fullmatch(literal) else _BY_ARN
        return Refusal(NO, f"principal `{name}` is neither an account nor an ARN", advice) if _is_name(value) else None
    if arn.like(_GROUPS, value).truth is Truth.YES:
        return Refusal(NO, f"principal `{name}` is a user group, and a user group cannot be a principal", _BY_ACCOUNT)
    service = fields.service.literal
    by_service = service is not None and service not in _OF_PRINCIPALS
    if by_service or any(arn.like(each, value).truth is Truth.YES for each in _OF_NOBODY):
        advice = _BY_ORGANIZATION if service == "organizations" else _BY_ARN
        return Refusal(NO, f"principal `{name}` is not the ARN of an account, role or user", advice)
    return None


def _is_name(value: Text) -> bool:
    """Whether `value` surely has other characters than an account or an id, and not the form of an ARN."""
    known = value.known
    other = any(not (each.isdigit() or each.isupper()) for each in known)
    return other and (not arn.can_be_arn(value) or pattern.matches(_ANY_ARN, value) is Truth.NO)


def _account(value: Text) -> Refusal | None:
    """An account id that has not 12 digits (K36)."""
    fields = arn.split(value)
    account = fields.account if fields else value
    name, literal = shown(value), account.literal
    if literal is None:
        unsure = [hole for hole in account.holes if hole.shape != ACCOUNT_ID]
        message = f"cannot tell whether the account of principal `{name}` has 12 digits"
        return Refusal(maybe(*unsure), message) if unsure else None
    if fields is None and not literal.isdigit():
        return None
    if ACCOUNT_ID.admits(literal) or literal in _NAMES_OF_SERVICES:
        return None
    advice = "use the 12-digit account ID"
    return Refusal(NO, f"account `{literal}` of principal `{name}` does not have 12 digits", advice)
