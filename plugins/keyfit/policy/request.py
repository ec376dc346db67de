"""A request to KMS or STS: who asks for which action on what, in which context."""

from __future__ import annotations

from dataclasses import field
from enum import Enum
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from keyfit.answer import NO, YES, Answer, maybe
from keyfit.record import record
from keyfit.value import Text, Unknown
from keyfit.why import Why

if TYPE_CHECKING:
    from collections.abc import Mapping


class PrincipalKind(Enum):
    """What makes a request."""

    ROLE = "role"  # any session of it: the session's name is not known
    SESSION = "session"  # one assumed-role session, by its ARN
    USER = "user"
    ROOT = "root"
    SERVICE = "service"


@record
class Principal:
    """Who makes a request.

    `arn` is the ARN of a role, session, user or root, or the name of a service principal
    (`personalize.amazonaws.com`). `account` is `None` for a service. `role` is the role's ARN for a role or session.
    `bounded` says whether a permissions boundary is attached to it.
    """

    kind: PrincipalKind
    arn: Text
    account: Text | None = None
    role: Text | None = None
    bounded: Answer = NO


@record
class Fact:
    """A context key of a request: whether it is there, and its values; two facts, each of which can be unknown.

    `values` of a single-valued key is one element; unknown as a whole where not even their number is known.
    """

    present: Answer
    values: tuple[Text | Unknown, ...] | Unknown = ()


ABSENT: Final = Fact(NO)


def present(*values: Text | Unknown) -> Fact:
    """A key that is there, with these values."""
    return Fact(YES, values)


def unsure(key: str, *values: Text | Unknown) -> Fact:
    """A key whose presence is not known; if it is there, it has these values, or unknown ones where none are given."""
    return Fact(_perhaps(key), values) if values else _unsure(key)


# What the account's organization, the tags and aliases in it, or the moment and the session of a call decide: AWS
# documents when a request has it, and the source has none of them.
_ELSEWHERE: Final = (
    "aws:currenttime",
    "aws:epochtime",
    "aws:multifactorauth",
    "aws:principalorg",
    "aws:principaltag/",
    "aws:referer",
    "aws:resourceorg",
    "aws:resourcetag/",
    "aws:tokenissuetime",
    "aws:useragent",
    "aws:userid",
    "aws:username",
    "kms:resourcealiases",
)


def _why(key: str) -> Why:
    return Why.UNTOLD if key.lower().startswith(_ELSEWHERE) else Why.UNDOCUMENTED


@lru_cache(maxsize=1024)
def _perhaps(key: str) -> Answer:
    return maybe(Unknown(_why(key), f"whether the request has `{key}`", identity=f"present {key.lower()}"))


@lru_cache(maxsize=1024)
def _unsure(key: str) -> Fact:
    words = f"whether the request has `{key}`, and with which value"
    hole = Unknown(_why(key), words, identity=f"present {key.lower()}")
    value = Unknown(_why(key), words, identity=f"context {key.lower()}")
    return Fact(maybe(hole), value)


@record
class Context:
    """The context keys of a request, by lower-case name (I32).

    A key that is not listed in `facts` is absent where one of `absent` begins its name and none of `open` does; any
    other is absent where the context is `complete`, else not known.
    """

    facts: Mapping[str, Fact] = field(default_factory=dict)
    complete: bool = False
    absent: tuple[str, ...] = ()
    open: tuple[str, ...] = ()

    def find(self, key: str) -> Fact:
        """What is known about `key`, in whatever case it is written."""
        name = key.lower()
        found = self.facts.get(name)
        if found is not None:
            return found
        gone = self.complete or name.startswith(self.absent)
        return ABSENT if gone and not name.startswith(self.open) else unsure(key)


@record
class Request:
    """One request. `action` is literal, `resource` an ARN, `account` the account that owns the resource."""

    principal: Principal
    action: str
    resource: Text
    account: Text
    context: Context
