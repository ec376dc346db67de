"""Whom a stack's keys can be asked about: its roles and users, and whom key policies, grants and needs name."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple

from keyfit.aws import arn
from keyfit.catalogue import consumers
from keyfit.catalogue.access import calls
from keyfit.catalogue.access.encrypted import keys_of_others
from keyfit.catalogue.access.question import asker, principal_of
from keyfit.catalogue.principals import identity_of, named_by
from keyfit.explain.access import Asker
from keyfit.model.identities import IdentityKind
from keyfit.model.names import find_identity
from keyfit.model.names_of_keys import find_key
from keyfit.policy.memo import document_of
from keyfit.policy.request import Principal, PrincipalKind
from keyfit.policy.statement import Effect, PrincipalEntry
from keyfit.record import record
from keyfit.services import index
from keyfit.services.page import DIRECT, On, Via
from keyfit.shape import ACCOUNT_ID
from keyfit.truth import Truth
from keyfit.value import Text, text
from keyfit.words import shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from keyfit.model.consumers import Consumer
    from keyfit.model.keys import Key
    from keyfit.model.stack import Stack
    from keyfit.services.page import Call


class Way(NamedTuple):
    """How a principal calls: for which consumer (its address and what it is), or through which service, or neither."""

    consumer: str = ""
    words: str = ""
    via: Via = DIRECT

    @property
    def told(self) -> str:
        """In words."""
        through = f"through `{self.via.through}`" if self.via.through else "directly"
        return f"for {self.words} `{self.consumer}`" if self.consumer else through


@record
class Who:
    """A principal that a key can be asked about.

    `trusted`: it stands for others, whose own policies lie outside the source and can allow whatever is left to them.
    """

    asker: Asker
    words: str
    trusted: bool = False


@record
class Asked:
    """One principal and one key, with every way in which it is asked, and the consumer of each that has one."""

    who: Who
    key: Key
    ways: Mapping[Way, Consumer | None]


class Needing(NamedTuple):
    """Who needs something on a key, and the ways in which it is called for."""

    who: Who
    ways: dict[Way, Consumer | None]


PLAIN: Final = Way()
_VIA: Final = "kms:viaservice"


def asked(stack: Stack) -> dict[tuple[str, str], Asked]:
    """Every principal and key of a stack, by the principal's name and the key's address."""
    needs = _needs(stack)
    found = {}
    for key in stack.keys:
        address, through = key.block.address, {Way(via=Via(each)): None for each in _through(stack, key)}
        needing = {name: each.who for (name, of), each in needs.items() if of == address}
        named = (each for each in _outside(stack, key) if not any(_is_same(each, other) for other in needing.values()))
        everybody = (*_identities(stack), *named, *_services(stack, key), *needing.values())
        for name, who in {each.asker.name: each for each in reversed(everybody)}.items():
            if key.block.assumed and (who.asker.identity is None or who.asker.identity.block.assumed):
                continue  # both are another stack's
            plain = {PLAIN: None} | ({} if who.asker.principal.kind is PrincipalKind.SERVICE else through)
            need = needs.get((name, address))
            found[name, address] = Asked(who, key, plain if need is None else need.ways)
    return found


def _is_same(one: Who, other: Who) -> bool:
    """Whether two are surely one, however it is written: with the partition, or without."""
    here, there = one.asker.principal, other.asker.principal
    return here.kind is there.kind and arn.equal(here.arn, there.arn).truth is Truth.YES


def _identities(stack: Stack) -> Iterator[Who]:
    for each in stack.identities:
        if each.kind is not IdentityKind.GROUP and not each.outside:
            found = Asker(principal_of(each), each, each.block.address)
            yield Who(found, found.words)


def _services(stack: Stack, key: Key) -> Iterator[Who]:
    for kind, value in _entries(stack, key):
        if kind == "Service":
            yield _service(value)


def _service(name: Text) -> Who:
    words = f"`{shown(name)}`"
    return Who(Asker(Principal(PrincipalKind.SERVICE, name), None, shown(name)), words)


def _outside(stack: Stack, key: Key) -> Iterator[Who]:
    """Whom the key policy and grants name of those that are not in the source: by ARN, an account, everybody."""
    for written in named_by(stack, key):
        if find_identity(stack, written) is None:
            found = asker(identity_of(stack, written))
            if isinstance(found, Asker):
                yield Who(found, f"`{shown(written)}`")
    for kind, value in _entries(stack, key, Effect.ALLOW):
        account = _account(value) if kind == "AWS" else None
        if value.literal == "*":
            yield _anybody(key)
        elif account is not None:
            own = account == stack.account
            words = "the account itself" if own else f"account `{shown(account)}`"
            root = arn.root(arn.Place(account=account))
            yield Who(Asker(Principal(PrincipalKind.ROOT, root, account), None, words), words, trusted=True)


def _anybody(key: Key) -> Who:
    """Somebody of the key's account whom no policy but the key's own can let in."""
    role = arn.role(text("any-principal-without-a-policy"), place=arn.Place(account=key.account))
    return Who(Asker(Principal(PrincipalKind.ROLE, role, key.account, role), None, "*"), "any principal")


def _account(value: Text) -> Text | None:
    """The account that a principal of a key policy is, as an id or by its root user."""
    fields = arn.split(value)
    if fields is not None:
        return fields.account if fields.resource.literal == "root" else None
    literal = value.literal
    if literal is not None:
        return value if ACCOUNT_ID.admits(literal) else None
    return value if len(value.parts) == 1 and value.holes[0].shape == ACCOUNT_ID else None


def _entries(stack: Stack, key: Key, *effects: Effect) -> Iterator[tuple[str, Text]]:
    """The principals, by their kind, of the statements of the key policy that can have one of `effects`."""
    wanted = frozenset(effects or Effect)
    for statement in document_of(stack, key.policy).statements:
        able = statement.principals is not None and not wanted.isdisjoint(statement.effects)
        for each in statement.principals.entries if able and statement.principals is not None else ():
            if isinstance(each, PrincipalEntry) and isinstance(each.value, Text):
                yield each.kind, each.value


def _through(stack: Stack, key: Key) -> Iterator[str]:
    """The services that conditions of the key policy on `kms:ViaService` name."""
    lines = (line for statement in document_of(stack, key.policy).statements for line in statement.conditions)
    for value in (value for line in lines if (line.key.literal or "").lower() == _VIA for value in line.values):
        name, dot, _ = value.prefix.partition(".") if isinstance(value, Text) else ("", "", "")
        if dot and name and "*" not in name:
            yield name


def _needs(stack: Stack) -> Mapping[tuple[str, str], Needing]:
    """What consumers need, by principal and key."""
    found: dict[tuple[str, str], Needing] = {}
    for consumer in consumers.every(stack):
        for call in index.page_of(consumer.kind).calls:
            for who, key in _called(stack, consumer, call):
                needing = found.setdefault((who.asker.name, key.block.address), Needing(who, {}))
                needing.ways[Way(consumer.block.address, consumer.kind, call.via)] = consumer
    return found


def _called(stack: Stack, consumer: Consumer, call: Call) -> Iterator[tuple[Who, Key]]:
    uses = calls.uses(consumer, call) if call.on is On.OWN else keys_of_others(stack, consumer, call)
    for use in uses:
        found = find_key(stack, use.value).key
        for need in calls.on(stack, consumer, call, use) if found is not None else ():
            who = asker(need.by)
            if isinstance(who, Asker) and found is not None:
                named = replace(who, name=who.name or shown(who.principal.arn))
                yield Who(named, named.words), found


def counterpart(stack: Stack, other: Asked, key: str) -> Asked | None:
    """The same principal and the key at an address in a stack that does not speak of the two together.

    `None` where it has no such key, or not the identity.
    """
    found = next((each for each in stack.keys if each.block.address == key), None)
    identity = other.who.asker.identity
    if found is None or (identity is not None and not identity.outside):
        return None
    return Asked(other.who, found, other.ways)


def in_way(side: Asked, way: Way, other: Asked | None) -> Asked:
    """A side asked in a way that perhaps only the other one has: then for the other one's consumer."""
    if way in side.ways:
        return side
    return replace(side, ways={way: other.ways[way] if other is not None else None})
