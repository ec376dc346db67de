"""Principal and NotPrincipal: does a statement speak of whoever makes the request, and how does it name them?"""

from __future__ import annotations

from enum import Flag
from functools import cached_property
from string import ascii_uppercase, digits
from typing import TYPE_CHECKING, Final, NamedTuple

from typing_extensions import assert_never

from keyfit.answer import NO, YES, Answer, all_of, any_of, maybe
from keyfit.aws import arn
from keyfit.policy.elements import ANYBODY
from keyfit.policy.request import Principal, PrincipalKind
from keyfit.policy.statement import Effect, PrincipalEntry, Principals
from keyfit.shape import NAME, Shape
from keyfit.truth import Truth
from keyfit.value import Reference, Text, Unknown, text
from keyfit.why import Why

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from keyfit.policy.statement import Statement


class Naming(Flag):
    """The ways in which a statement names whoever makes the request; they matter to delegation and boundaries.

    EXACT: this session, this user, the root user. ITSELF: its role, a service. EVERYBODY: `*`, or everybody but others
    (NotPrincipal). ACCOUNT: the account it belongs to, which delegates to that account's policies (K2, K27).
    """

    EXACT = 1
    ITSELF = 2
    EVERYBODY = 4
    ACCOUNT = 8
    DIRECT = EXACT | ITSELF | EVERYBODY
    ANYHOW = DIRECT | ACCOUNT

    __hash__ = object.__hash__  # as of Truth


class Ways(NamedTuple):
    """Whether a statement names a principal, for each way of doing so, and for all of them."""

    exact: Answer
    itself: Answer
    everybody: Answer
    account: Answer
    direct: Answer
    anyhow: Answer

    @classmethod
    def of(cls, everybody: Answer, exact: Answer = NO, itself: Answer = NO, account: Answer = NO) -> Ways:
        """These ways."""
        direct = exact | itself | everybody
        return cls(exact, itself, everybody, account, direct, direct | account)

    def by(self, naming: Naming) -> Answer:
        """Whether it does so in one of the ways of `naming`."""
        return self[_PLACES[naming]] if naming in _PLACES else any_of(self.by(each) for each in _EACH if each in naming)


_EACH: Final = (Naming.EXACT, Naming.ITSELF, Naming.EVERYBODY, Naming.ACCOUNT)
_PLACES: Final = {each: place for place, each in enumerate((*_EACH, Naming.DIRECT, Naming.ANYHOW))}
_AWS: Final = "AWS"
_SERVICE: Final = "Service"
_STAR: Final = text(ANYBODY)


def ways(principals: Principals, names: Names, effects: frozenset[Effect]) -> Ways:
    """How the Principal or NotPrincipal of a statement with these `effects` names the principal of these `names`."""
    if principals.negated:
        return Ways.of(everybody=_all_but(principals, names, effects))
    return Ways.of(
        exact=NO if names.is_role and not _has_session(principals) else _listed(principals, names.exact),
        itself=_listed(principals, names.itself),
        everybody=_listed(principals, _EVERYBODY),
        account=_listed(principals, names.account),
    )


def _has_session(principals: Principals) -> bool:
    """Whether an entry can be the ARN of a session."""
    literals = (None if isinstance(each, Unknown) else _literal(each.value) for each in principals.entries)
    return any(literal is None or _SESSION in literal for literal in literals)


_SESSION: Final = ":assumed-role/"


def _literal(value: Text | Unknown) -> str | None:
    return None if isinstance(value, Unknown) else value.literal


SPARES_NOBODY_BOUNDED: Final = "its `NotPrincipal` does not exempt principals that have a permissions boundary"


def covers_only_bounded(statement: Statement, principal: Principal) -> bool:
    """Whether `statement` denies and lists `principal` in its NotPrincipal, so that it covers it for its boundary only.

    `principal` is as others see it: not yet known to be bounded.
    """
    principals, effects = statement.principals, statement.effects
    if principals is None or not principals.negated or Effect.DENY not in effects:
        return False
    return _unlisted(principals, Names(principal), effects).truth is not Truth.YES


_EVERYBODY: Final = (PrincipalEntry(_AWS, _STAR),)


class Names:
    """The texts that name a principal in each of the ways (K25-K34) but `*`, which is everybody, services too (K32)."""

    def __init__(self, principal: Principal) -> None:
        """Those of `principal`; each is put together when it is asked for."""
        self.principal = principal
        self.is_role = principal.kind is PrincipalKind.ROLE

    @cached_property
    def exact(self) -> tuple[PrincipalEntry, ...]:
        """Of this session, this user, the root user."""
        principal = self.principal
        match principal.kind:
            case PrincipalKind.ROLE:
                # The name of the session is open: a statement that names one of them may mean this one.
                return _entries(_some_session(principal.arn))
            case PrincipalKind.SESSION | PrincipalKind.USER:
                return _entries(principal.arn)
            case PrincipalKind.ROOT:
                return self.account  # K4
            case PrincipalKind.SERVICE:
                return ()
            case other:
                assert_never(other)

    @cached_property
    def itself(self) -> tuple[PrincipalEntry, ...]:
        """Of its role, of the service."""
        match self.principal.kind:
            case PrincipalKind.SERVICE:
                return (PrincipalEntry(_SERVICE, self.principal.arn),)
            case PrincipalKind.ROLE:
                return _entries(self.principal.arn)
            case PrincipalKind.SESSION:
                return _entries(self.principal.role)
            case _:
                return ()

    @cached_property
    def account(self) -> tuple[PrincipalEntry, ...]:
        """Of its account, in both spellings (K27)."""
        principal = self.principal
        if principal.account is None:
            return ()
        fields = arn.split(principal.arn)
        partition = fields.partition if fields else arn.OWN_PLACE.partition
        return _entries(principal.account, arn.root(arn.Place(partition=partition, account=principal.account)))

    def levels(self) -> Iterator[tuple[PrincipalEntry, ...]]:
        """All of them from the narrowest to its account, each with `*`; the spellings of one level are alternatives."""
        if self.principal.kind in {PrincipalKind.ROOT, PrincipalKind.SERVICE}:
            yield (*_EVERYBODY, *self.exact, *self.itself)
            return
        yield from ((*_EVERYBODY, name) for name in (*self.exact, *self.itself))
        yield (*_EVERYBODY, *self.account)


def _entries(*names: Text | None) -> tuple[PrincipalEntry, ...]:
    return tuple(PrincipalEntry(_AWS, name) for name in names if name is not None)


_SESSION_NAME: Final = Shape(NAME.characters, 2, 64)


def _some_session(role: Text) -> Text | None:
    subject = f"the name of the session of {f'`{role.literal}`' if role.literal else 'the role'}"
    return arn.session(
        role, text(Unknown(Why.RUN_TIME, subject, identity=f"session of {role.parts}", shape=_SESSION_NAME))
    )


def _listed(principals: Principals, names: Collection[PrincipalEntry]) -> Answer:
    """Whether one of the entries is one of `names`."""
    return any_of([_is_one_of(entry, names) for entry in principals.entries]) if names else NO


def _is_one_of(entry: PrincipalEntry | Unknown, names: Iterable[PrincipalEntry]) -> Answer:
    """Whether an entry is one of `names`, as a whole: no wildcards but the lone `*` (K28)."""
    if isinstance(entry, Unknown):
        return maybe(entry)
    kind = _AWS if entry.kind == ANYBODY else entry.kind
    comparable = [name.value for name in names if name.kind == kind]
    unique = _unique_id(entry.value, comparable) if comparable and isinstance(entry.value, Text) else None
    return any_of([_equal(entry.value, value) for value in comparable]) if unique is None else unique


# What the unique ids of roles and users begin with, and what stands in the ARNs that those have.
_UNIQUE_IDS: Final = {"AROA": ":role", "AIDA": ":user"}
_ID: Final = Shape(frozenset(ascii_uppercase + digits), 12, 124)


def _unique_id(written: Text, names: Iterable[Text | Unknown]) -> Answer | None:
    """Whether the unique id of a role or user, which its ARN does not tell, is that of one of `names` (K30).

    `None` for what is no unique id, and cannot be one of theirs.
    """
    match written.parts:
        case () | (str(),) if written.prefix[:4] not in _UNIQUE_IDS or not _ID.admits(written.prefix[4:]):
            return None
        case (str() as literal,):
            hole = Unknown(Why.AFTER_APPLY, f"who has the unique id `{literal}`", identity=f"unique id {literal}")
            return maybe(hole) if literal[:4] in _starts(names) else NO
        case (Reference(attribute="unique_id") as reference,):
            return maybe(reference) if _starts(names) else NO
        case _:
            ids = (text(start, Unknown(Why.AFTER_APPLY, shape=_ID)) for start in _starts(names))
            possible = any(arn.equal(each, written).truth is not Truth.NO for each in ids)
            return maybe(*written.holes) if possible else None


def _starts(names: Iterable[Text | Unknown]) -> list[str]:
    """How the unique ids of `names` begin."""
    parts = [part for name in names if isinstance(name, Text) for part in name.parts if isinstance(part, str)]
    return [start for start, kind in _UNIQUE_IDS.items() if any(kind in part for part in parts)]


def _equal(one: Text | Unknown, other: Text | Unknown) -> Answer:
    if isinstance(one, Unknown):
        return maybe(one)
    if isinstance(other, Unknown):
        return maybe(other)
    first, second = one.prefix, other.prefix
    if one.parts == (first,) and other.parts == (second,):
        return YES if first == second else NO
    if not first.startswith(second) and not second.startswith(first):
        return NO  # most are others, and differ early
    return arn.equal(one, other)


# --- NotPrincipal ------------------------------------------------------------------------------------------

_PARTLY_LISTED: Final = Unknown(
    Why.UNDOCUMENTED,
    "whether `NotPrincipal` exempts a principal of which it lists the session, the role or the account alone",
    identity="NotPrincipal lists a part",
)


def _all_but(principals: Principals, names: Names, effects: frozenset[Effect]) -> Answer:
    """Whether a statement with NotPrincipal covers the principal.

    A Deny covers whoever has a permissions boundary, be they listed or not (IAM, reference_policies_elements_
    notprincipal); of a statement that can have either effect this says no more than that it can apply.
    """
    unlisted = _unlisted(principals, names, effects)
    return unlisted | names.principal.bounded if Effect.DENY in effects else unlisted


def _unlisted(principals: Principals, names: Names, effects: frozenset[Effect]) -> Answer:
    """Whether it covers the principal by its entries alone.

    It is exempt for sure where its role (or the user) and its account are listed, as IAM recommends. A Deny that lists
    the account alone still covers its members; of an Allow that does so this is not known.
    """
    levels = [_listed(principals, level) for level in names.levels()]
    own = levels if len(levels) == 1 or Effect.ALLOW in effects else levels[:-1]
    everywhere, anywhere = all_of(levels[-2:]), any_of(own)
    if everywhere.truth is Truth.YES:
        return NO
    if anywhere.truth is Truth.NO:
        return YES
    open_ = everywhere.truth is Truth.MAYBE and anywhere.truth is Truth.MAYBE
    return maybe(*everywhere.holes, *anywhere.holes, *(() if open_ else (_PARTLY_LISTED,)))
