"""Which role a written value names; or that it is none, and what it is instead; or that nobody can tell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from keyfit.aws import arn
from keyfit.model import names
from keyfit.model.identities import Identity, IdentityKind
from keyfit.model.names_of_keys import absent
from keyfit.model.names_of_targets import find_target
from keyfit.model.outside import open_reasons, outside_role
from keyfit.record import record
from keyfit.shape import ACCOUNT_ID
from keyfit.truth import Truth
from keyfit.value import Text, Unknown, holes_in, text
from keyfit.why import Why
from keyfit.words import shown

if TYPE_CHECKING:
    from keyfit.model.consumers import Consumer, Use
    from keyfit.model.stack import Stack
    from keyfit.value import Hole, Value

_ROLES: Final = text("arn:*:iam::*:role*")  # P28, G26: the slash is not everywhere asked for


@record
class IdentityFound:
    """The role that a value names; `None`, and why, where nobody can tell which.

    `mistake` says what the value is where it surely is no role's ARN, and `meant` then is the role that it names in
    another way.
    """

    identity: Identity | None
    holes: tuple[Hole, ...] = ()
    mistake: str = ""
    meant: Identity | None = None


def role_of(stack: Stack, consumer: Consumer) -> IdentityFound | None:
    """The role that the service assumes for `consumer`, by whatever it is named, or that of the function that works.

    `None` where none is given, or what is given surely is none: the rule about its trust policy says so.
    """
    role = consumer.role or _role_of_worker(stack, consumer)
    if role is None or absent(role.value):
        return None
    found = find_role(stack, role.value)
    if not found.mistake:
        return found
    return IdentityFound(found.meant) if found.meant is not None else None


def _role_of_worker(stack: Stack, consumer: Consumer) -> Use | None:
    worker = find_target(stack, consumer.worker.value) if consumer.worker is not None else None
    return None if worker is None else worker.role


def find_role(stack: Stack, value: Value) -> IdentityFound:
    """The role that an ARN names: one of the source, or one outside it, whose policies are unknown."""
    if not isinstance(value, Text):
        return IdentityFound(None, open_reasons(value, "role"))
    found = names.find_identity(stack, value)
    if found is not None and found.kind is IdentityKind.ROLE:
        return IdentityFound(found)
    named = names.find(stack, value)
    if named is not None or not _can_be_role(value):
        return _mistaken(value, named)
    fields = arn.split(value)
    if fields is None or not fields.resource.prefix.startswith("role/"):
        return IdentityFound(None, open_reasons(value, "role"))
    open_ = [each for each in stack.identities if each.kind is IdentityKind.ROLE and names.can_equal(each.arn, value)]
    if open_:
        return IdentityFound(None, open_reasons(value, "role") if value.holes else holes_in(open_[0].arn))
    return IdentityFound(outside_role(value, fields.account))


def _can_be_role(value: Text) -> bool:
    """Whether `value` can have the form of a role's ARN, which every service asks for (P28, G26)."""
    fields = arn.split(value)
    account = fields.account.literal if fields is not None else None
    return (account is None or ACCOUNT_ID.admits(account)) and arn.like(_ROLES, value).truth is not Truth.NO


def _mistaken(value: Text, named: names.Named | None) -> IdentityFound:
    """What surely is no role's ARN; the role that it names all the same."""
    thing = named.thing if named is not None else None
    meant = thing if isinstance(thing, Identity) and thing.kind is IdentityKind.ROLE else None
    words = f"`{shown(value)}`, which is not the ARN of a role" if named is None else f"{named.words}, not "
    if named is not None:
        words += "its ARN" if meant is not None else "the ARN of a role"
    reason = Unknown(Why.INVALID, f"the role is given as {words}", origin=value.origin)
    return IdentityFound(None, (reason,), words, meant)
