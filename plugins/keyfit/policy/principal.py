"""Principal and NotPrincipal: does a statement speak of whoever makes the request, and how does it name them?"""

from __future__ import annotations

import re
from enum import Flag
from typing import TYPE_CHECKING, Final, NamedTuple

from typing_extensions import assert_never

from keyfit.answer import NO, YES, Answer, all_of, any_of, maybe
from keyfit.aws import arn
from keyfit.policy.elements import ANYBODY
from keyfit.policy.memo import Kept, number
from keyfit.policy.request import Principal, PrincipalKind
from keyfit.policy.statement import Effect, PrincipalEntry, Principals
from keyfit.truth import Truth
from keyfit.value import NAME, Reference, Shape, Text, Unknown, Why, text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from keyfit.policy.statement import Statement
    from keyfit.value import Hole


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


def ways(principals: Principals, principal: Principal, effects: frozenset[Effect]) -> Ways:
    """How the Principal or NotPrincipal of a statement with these `effects` names `principal`."""
    if principals.negated:
        return Ways.of(everybody=_all_but(principals, principal, effects))
    called = _names(principal)
    return Ways.of(
        exact=_listed(principals, called.exact),
        itself=_listed(principals, called.itself),
        everybody=_listed(principals, (_EVERYBODY,)),
        account=_listed(principals, called.account),
    )


def names(principals: Principals, principal: Principal, effects: frozenset[Effect], naming: Naming) -> Answer:
    """Whether a statement with these `principals` and `effects` names `principal` in one of the ways of `naming`."""
    return ways(principals, principal, effects).by(naming)


SPARES_NOBODY_BOUNDED: Final = "its `NotPrincipal` spares nobody who has a permissions boundary"


def covers_only_bounded(statement: Statement, principal: Principal) -> bool:
    """Whether `statement` denies and lists `principal` in its NotPrincipal, so that it covers it for its boundary only.

    `principal` is as others see it: not yet known to be bounded.
    """
    principals, effects = statement.principals, statement.effects
    if principals is None or not principals.negated or Effect.DENY not in effects:
        return False
    return _unlisted(principals, principal, effects).truth is not Truth.YES


class _Names(NamedTuple):
    """The texts that name a principal, in each of the ways; with the kind of entry that holds them."""

    exact: tuple[PrincipalEntry, ...]
    itself: tuple[PrincipalEntry, ...]
    account: tuple[PrincipalEntry, ...]


_EVERYBODY: Final = PrincipalEntry(_AWS, _STAR)


_remembered: Final[Kept[int, _Names]] = Kept()


def _names(principal: Principal) -> _Names:
    """Everything that names `principal`; worked out once for one that asks about many statements."""
    about = number(principal)
    return _remembered.get(about) or _remembered.keep(about, _all_names(principal))


def _all_names(principal: Principal) -> _Names:
    """Everything that names `principal` (K25-K34), but `*`, which is everybody, services too (K32)."""
    account = _account_names(principal)
    match principal.kind:
        case PrincipalKind.ROLE:
            # The name of the session is open: a statement that names one of them may mean this one.
            session = _some_session(principal.arn)
            return _Names(_entries(session), _entries(principal.arn), account)
        case PrincipalKind.SESSION:
            return _Names(_entries(principal.arn), _entries(principal.role), account)
        case PrincipalKind.USER:
            return _Names(_entries(principal.arn), (), account)
        case PrincipalKind.ROOT:
            return _Names(account, (), account)  # K4
        case PrincipalKind.SERVICE:
            return _Names((), (PrincipalEntry(_SERVICE, principal.arn),), ())
        case other:
            assert_never(other)


def _entries(*names: Text | None) -> tuple[PrincipalEntry, ...]:
    return tuple(PrincipalEntry(_AWS, name) for name in names if name is not None)


_SESSION_NAME: Final = Shape(NAME.characters, 2, 64)


def _some_session(role: Text) -> Text | None:
    subject = f"the name of the session of {f'`{role.literal}`' if role.literal else 'the role'}"
    return arn.session(
        role, text(Unknown(Why.RUN_TIME, subject, identity=f"session of {role.parts}", shape=_SESSION_NAME))
    )


def _account_names(principal: Principal) -> tuple[PrincipalEntry, ...]:
    """The two spellings of an account (K27)."""
    if principal.account is None:
        return ()
    fields = arn.split(principal.arn)
    partition = fields.partition if fields else arn.OWN_PLACE.partition
    return _entries(principal.account, arn.root(arn.Place(partition=partition, account=principal.account)))


def _listed(principals: Principals, names: Iterable[PrincipalEntry]) -> Answer:
    """Whether one of the entries is one of `names`."""
    return any_of(_is_one_of(entry, names) for entry in principals.entries)


def _is_one_of(entry: PrincipalEntry | Unknown, names: Iterable[PrincipalEntry]) -> Answer:
    """Whether an entry is one of `names`, as a whole: no wildcards but the lone `*` (K28)."""
    if isinstance(entry, Unknown):
        return maybe(entry) if names else NO
    kind = _AWS if entry.kind == ANYBODY else entry.kind
    comparable = [name.value for name in names if name.kind == kind]
    unique = _unique_id(entry.value, comparable)
    return any_of(_equal(entry.value, value) for value in comparable) if unique is None else unique


_UNIQUE_IDS: Final = {"AROA": (":role",), "AIDA": (":user",)}
_UNIQUE_ID: Final = re.compile(r"(AROA|AIDA)[A-Z0-9]{12,124}")


def _unique_id(written: Text | Unknown, names: Iterable[Text | Unknown]) -> Answer | None:
    """Whether the unique id of a role or user, which its ARN does not tell, is that of one of `names` (K30).

    `None` for what is no unique id.
    """
    hole: Hole
    kinds: tuple[str, ...]
    match written:
        case Text(parts=(Reference(attribute="unique_id") as hole,)):
            kinds = (":role", ":user")
        case Text(parts=(str() as literal,)) if found := _UNIQUE_ID.fullmatch(literal):
            kinds = _UNIQUE_IDS[found[1]]
            hole = Unknown(Why.AFTER_APPLY, f"who has the unique id `{literal}`", identity=f"unique id {literal}")
        case _:
            return None
    parts = [part for name in names if isinstance(name, Text) for part in name.parts if isinstance(part, str)]
    return maybe(hole) if any(kind in part for kind in kinds for part in parts) else NO


def _equal(one: Text | Unknown, other: Text | Unknown) -> Answer:
    if isinstance(one, Unknown):
        return maybe(one)
    if isinstance(other, Unknown):
        return maybe(other)
    first, second = one.prefix, other.prefix
    if not first.startswith(second) and not second.startswith(first):
        return NO  # most are others, and differ early
    return arn.equal(one, other)


# --- NotPrincipal ------------------------------------------------------------------------------------------

_PARTLY_LISTED: Final = Unknown(
    Why.UNDOCUMENTED,
    "whether `NotPrincipal` exempts a principal of which it lists the role, session or account but not all of them",
    identity="NotPrincipal lists a part",
)


def _all_but(principals: Principals, principal: Principal, effects: frozenset[Effect]) -> Answer:
    """Whether a statement with NotPrincipal covers `principal`.

    A Deny covers whoever has a permissions boundary, be they listed or not (IAM, reference_policies_elements_
    notprincipal); of a statement that can have either effect this says no more than that it can apply.
    """
    unlisted = _unlisted(principals, principal, effects)
    return unlisted | principal.bounded if Effect.DENY in effects else unlisted


def _unlisted(principals: Principals, principal: Principal, effects: frozenset[Effect]) -> Answer:
    """Whether it covers `principal` by its entries alone.

    It is exempt for sure only where session, role and account are all listed. A Deny that lists the account alone still
    covers its members; of an Allow that does so this is not known.
    """
    levels = [_listed(principals, level) for level in _levels(principal)]
    own = levels if len(levels) == 1 or Effect.ALLOW in effects else levels[:-1]
    everywhere, anywhere = all_of(levels), any_of(own)
    if everywhere.truth is Truth.YES:
        return NO
    if anywhere.truth is Truth.NO:
        return YES
    open_ = everywhere.truth is Truth.MAYBE and anywhere.truth is Truth.MAYBE
    return maybe(*everywhere.holes, *anywhere.holes, *(() if open_ else (_PARTLY_LISTED,)))


def _levels(principal: Principal) -> Iterator[tuple[PrincipalEntry, ...]]:
    """The names of `principal` from the narrowest to its account; the spellings of one level are alternatives."""
    called = _names(principal)
    if principal.kind in {PrincipalKind.ROOT, PrincipalKind.SERVICE}:
        yield (_EVERYBODY, *called.exact, *called.itself)
        return
    narrow = (*called.exact, *called.itself)
    yield from ((_EVERYBODY, name) for name in narrow)
    yield (_EVERYBODY, *called.account)
