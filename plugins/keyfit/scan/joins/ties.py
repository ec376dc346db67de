"""Policies that one stack attaches to a role, user or group of another, by its name: whose they are.

IAM has one name space an account. A policy is an identity's where exactly one stack of the scan, whose account is not
known to be another, makes one of that name; where several do, or a name is not wholly known, it is so perhaps. A name
of which nothing is known says nothing about what another stack makes, as little as a stack that is not in the scan.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from keyfit import pattern
from keyfit.answer import all_of, maybe
from keyfit.aws import arn
from keyfit.model.identities import Tie
from keyfit.record import record
from keyfit.truth import Truth
from keyfit.value import Reference, Text, Unknown
from keyfit.why import Why

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from keyfit.model.identities import Identity, IdentityKind
    from keyfit.model.stack import Stack

_MARKS = "-_.+=,@/"  # what alone in a name tells nothing


def elsewhere(stack: Stack) -> tuple[bool, ...]:
    """For each of its ties, whether what it names can be of another stack: none of its own surely has that name."""
    return stack.once(_elsewhere)


def _elsewhere(stack: Stack) -> tuple[bool, ...]:
    own = {(each.kind, each.name) for each in stack.identities if not each.outside}
    return tuple((each.kind, each.name) not in own for each in stack.ties)


def named_by_ties(stack: Stack) -> Iterator[Text]:
    """The names of others' roles, users and groups that its policies are attached to, as far as they tell anything."""
    for tie, away in zip(stack.ties, elsewhere(stack), strict=True):
        if away and stack.macro is None and isinstance(tie.name, Text) and tells(tie.name):
            yield tie.name


def own_names(stack: Stack) -> Iterator[Text]:
    """The names of its own roles, users and groups to which others can attach policies."""
    own = (each.name for each in stack.identities if not each.outside) if stack.macro is None else ()
    yield from (name for name in own if tells(name))


def tells(name: Text) -> bool:
    """Whether anything is known of a name: a part of it, or what makes it up."""
    return any(part.strip(_MARKS) if isinstance(part, str) else isinstance(part, Reference) for part in name.parts)


def can_be(one: Text, other: Text) -> Truth:
    """Whether two names can be the same."""
    if one.literal is not None and other.literal is not None:
        return Truth.YES if one.literal == other.literal else Truth.NO
    if not _begin_alike(one, other):
        return Truth.NO
    return pattern.compare(one, other, wildcards=False).truth


def _begin_alike(one: Text, other: Text) -> bool:
    left, right = one.prefix, other.prefix
    return left.startswith(right) or right.startswith(left)


@record
class Makers:
    """The stacks of a scan by the names of the roles, users and groups that they make, with the account of these."""

    having: dict[Text, list[tuple[Stack, Text]]]

    @classmethod
    def among(cls, stacks: Sequence[Stack]) -> Makers:
        """Those of a scan."""
        having: dict[Text, list[tuple[Stack, Text]]] = defaultdict(list)
        for stack in stacks:
            own = (each for each in stack.identities if not (each.outside or each.block.assumed))
            for name, account in {each.name: each.account for each in own}.items():
                having[name].append((stack, account))
        return cls(having)

    def of(self, name: Text, account: Text) -> Sequence[Stack]:
        """Those that make what has that name, and do not say that it is of another account."""
        return [stack for stack, where in self.having.get(name, ()) if can_be_one(account, where)]


@dataclass(slots=True)
class Attached:
    """The policies of a scan that are attached to what other stacks make, by kind and name, as others see them."""

    makers: Makers
    exactly: dict[tuple[IdentityKind, Text], list[tuple[Stack, Tie]]] = field(default_factory=lambda: defaultdict(list))
    open: dict[tuple[IdentityKind, Text], None] = field(default_factory=dict)  # those names that are not wholly known

    def add(self, stack: Stack, ties: Iterable[Tie]) -> None:
        """Those of a stack; a name of which nothing is known is just that name."""
        for tie in ties:
            if isinstance(tie.name, Text):
                policy = replace(tie.policy, assumed=stack.name)
                self.exactly[tie.kind, tie.name].append((stack, Tie(tie.kind, tie.name, policy)))
                if tie.name.literal is None and tells(tie.name):
                    self.open[tie.kind, tie.name] = None

    def to(self, stack: Stack, identity: Identity) -> Iterator[Tie]:
        """Those that can be of an identity of `stack`, as others see it."""
        for name in self._names(identity):
            for other, tie in self.exactly[identity.kind, name]:
                if other is not stack and can_be_one(other.account, identity.account):
                    several = self.makers.of(name, other.account)
                    yield tie if len(several) < 2 else _perhaps(tie, several)  # noqa: PLR2004 - one is the one

    def _names(self, identity: Identity) -> Iterator[Text]:
        """The names of what policies are attached to that can be the identity's."""
        name, kind = identity.name, identity.kind
        if (kind, name) in self.exactly:
            yield name
        others = self.exactly if name.literal is None else self.open
        for which, other in others if tells(name) else ():
            if which is kind and other != name and tells(other) and can_be(other, name) is not Truth.NO:
                yield other


def can_be_one(one: Text, other: Text) -> bool:
    """Whether two accounts, or Regions, are not known to differ."""
    return arn.equal(one, other).truth is not Truth.NO


def _perhaps(tie: Tie, makers: Sequence[Stack]) -> Tie:
    subject = f"`{tie.policy.owner}` names {tie.kind.value} `{_told(tie)}`, which is made in "
    subject += " and ".join(f"`{each.name}`" for each in makers)
    which = maybe(Unknown(Why.UNREADABLE, subject, f"whose {tie.policy.owner}"))
    return Tie(tie.kind, tie.name, replace(tie.policy, present=all_of([tie.policy.present, which])))


def _told(tie: Tie) -> str:
    return tie.name.literal or "…" if isinstance(tie.name, Text) else "…"
