"""Principals by their ARNs: which role or user one names, and whom a key's policy and grants name."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from keyfit.aws import arn
from keyfit.model.block import Block
from keyfit.model.identities import IdentityKind
from keyfit.model.names import Way, find_identity
from keyfit.model.names_of_keys import find_key
from keyfit.model.names_of_roles import IdentityFound, find_role
from keyfit.model.outside import outside_role
from keyfit.policy.memo import document_of
from keyfit.policy.request import Principal, PrincipalKind
from keyfit.policy.statement import PrincipalEntry
from keyfit.value import Text, Unknown, text
from keyfit.why import Why
from keyfit.words import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyfit.model.keys import Key
    from keyfit.model.stack import Stack
    from keyfit.policy.statement import Statement
    from keyfit.value import Value

_SESSION: Final = "assumed-role/"
_USER: Final = "user/"
_PRINCIPAL_ARN: Final = "aws:principalarn"
_WILDCARDS: Final = frozenset("*?")


def identity_of(stack: Stack, written: Text) -> IdentityFound:
    """The role or user that an ARN or an address of the source names; of a session, its role.

    One that is not in the source may have any policy. Nobody, and why, for what is no such ARN and no address.
    """
    at_address = (each for each in stack.identities if each.block.address == written.literal)
    here = next(at_address, None) or find_identity(stack, written)
    if here is not None:
        return IdentityFound(here)
    fields = arn.split(written)
    if fields is None:
        reason = f"`{shown(written)}` is not an ARN, and not a role or user of the source"
        return IdentityFound(None, written.holes or (Unknown(Why.INVALID, reason, origin=written.origin),))
    one_session = session(written)
    if one_session is not None and one_session.role is not None:
        return _role_of_session(stack, written, one_session.role)
    found = find_role(stack, written)
    if found.identity is not None or fields.resource.prefix.startswith("role/"):
        return found
    kind = IdentityKind.USER if fields.resource.prefix.startswith(_USER) else IdentityKind.ROLE
    return IdentityFound(replace(outside_role(written, fields.account), kind=kind))


def _role_of_session(stack: Stack, written: Text, role_arn: Text) -> IdentityFound:
    """The role of the source with the session's name, else one outside it, whose path a session's ARN does not tell."""
    here = find_identity(stack, text(role_arn.parts[-1]), Way.NAME)
    if here is not None and here.kind is IdentityKind.ROLE:
        return IdentityFound(here)
    account = arn.account_of(written) or stack.account
    role = outside_role(role_arn, account)
    return IdentityFound(replace(role, block=Block(shown(written), "", written.origin)))


def session(written: Text) -> Principal | None:
    """The session that `arn:<partition>:sts::<account>:assumed-role/<role>/<session>` names; `None` for other ARNs."""
    fields = arn.split(written)
    literal = fields.resource.literal if fields is not None else None
    if fields is None or literal is None or not literal.startswith(_SESSION) or literal.count("/") != _SLASHES:
        return None
    name = literal.split("/")[1]
    path = Unknown(Why.OUTSIDE_SOURCE, f"the path of role `{name}`", identity=f"path of {name}")
    role = text("arn:", fields.partition, ":iam::", fields.account, ":role/", path, name)
    return Principal(PrincipalKind.SESSION, written, fields.account, role)


_SLASHES: Final = 2


def named_by(stack: Stack, key: Key) -> Iterator[Text]:
    """The ARNs that the key policy has as principals or in conditions on `aws:PrincipalArn`, and those of grantees."""
    found: dict[Text, None] = {}
    for statement in document_of(stack, key.policy).statements:
        found.update(dict.fromkeys((*_principals(statement), *_conditions(statement))))
    found.update(dict.fromkeys(_grantees(stack, key)))
    return (each for each in found if arn.split(each) is not None)


def _principals(statement: Statement) -> Iterator[Text]:
    principals = statement.principals
    for entry in principals.entries if principals is not None else ():
        if isinstance(entry, PrincipalEntry) and entry.kind == "AWS" and _is_whole(entry.value):
            yield from _text(entry.value)


def _conditions(statement: Statement) -> Iterator[Text]:
    for line in statement.conditions:
        if (line.key.literal or "").lower() == _PRINCIPAL_ARN:
            yield from (each for value in line.values if _is_whole(value) for each in _text(value))


def _grantees(stack: Stack, key: Key) -> Iterator[Text]:
    for grant in stack.grants:
        found = find_key(stack, grant.key)
        if found.key is not None and found.key.block == key.block:
            yield from _text(grant.grantee)


def _text(value: Value) -> Iterator[Text]:
    if isinstance(value, Text):
        yield value


def _is_whole(value: Value) -> bool:
    """Whether an ARN names one principal, not a pattern of several, and not a whole account."""
    fixed = value.known if isinstance(value, Text) else ""
    return not _WILDCARDS.intersection(fixed) and not fixed.endswith(":root")
