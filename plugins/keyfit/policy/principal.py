"""Principal and NotPrincipal: does a statement speak of whoever makes the request, and how does it name them?"""

from __future__ import annotations

from enum import Flag
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from typing_extensions import assert_never

from keyfit import arn
from keyfit.answer import NO, YES, Answer, all_of, any_of, maybe
from keyfit.policy.elements import ANYBODY
from keyfit.policy.request import Principal, PrincipalKind
from keyfit.policy.statement import Effect, PrincipalEntry, Principals
from keyfit.truth import Truth
from keyfit.value import NAME, Shape, Text, Unknown, Why, text

if TYPE_CHECKING:
    from collections.abc import Iterable


class Naming(Flag):
    """The ways in which a statement names whoever makes the request; they matter to delegation and boundaries.

    EXACT: this session, this user, the root user. ITSELF: its role, `*`, a service, or everybody but others
    (NotPrincipal). ACCOUNT: the account it belongs to, which delegates to that account's policies (K2, K27).
    """

    EXACT = 1
    ITSELF = 2
    ACCOUNT = 4
    ANYHOW = EXACT | ITSELF | ACCOUNT


class _Name(NamedTuple):
    """One text that names a principal, in the kind of entry that holds it."""

    naming: Naming
    kind: str
    text: Text


_STAR: Final = text(ANYBODY)
_AWS, _SERVICE = "AWS", "Service"


def names(principals: Principals, principal: Principal, effects: frozenset[Effect], naming: Naming) -> Answer:
    """Whether the element covers `principal` in one of the ways of `naming`."""
    if not principals.negated:
        wanted = [name for name in _names(principal) if name.naming & naming]
        return any_of(_entry_names(entry, wanted) for entry in principals.entries)
    return _all_but(principals, principal, effects) if Naming.ITSELF & naming else NO


def _entry_names(entry: PrincipalEntry | Unknown, wanted: Iterable[_Name]) -> Answer:
    """Whether one entry is one of the texts wanted, as a whole: no wildcards but the lone `*` (K28)."""
    if isinstance(entry, Unknown):
        return maybe(entry)
    if isinstance(entry.value, Unknown):
        return maybe(entry.value)
    value, kind = entry.value, _AWS if entry.kind == ANYBODY else entry.kind
    return any_of(arn.equal(value, name.text) for name in wanted if name.kind == kind)


@lru_cache(maxsize=4096)
def _names(principal: Principal) -> tuple[_Name, ...]:
    """Everything that names `principal` (K25-K34). `*` is everybody, services too, in either spelling (K32)."""
    star = _Name(Naming.ITSELF, _AWS, _STAR)
    if principal.kind is PrincipalKind.SERVICE:
        return _Name(Naming.ITSELF, _SERVICE, principal.arn), star
    return star, *_own_names(principal), *(_Name(Naming.ACCOUNT, _AWS, name) for name in _account_names(principal))


def _own_names(principal: Principal) -> Iterable[_Name]:
    match principal.kind:
        case PrincipalKind.ROLE:
            # The name of the session is open: a statement that names one of them may mean this one.
            yield _Name(Naming.ITSELF, _AWS, principal.arn)
            if (session := _some_session(principal.arn)) is not None:
                yield _Name(Naming.EXACT, _AWS, session)
        case PrincipalKind.SESSION:
            yield _Name(Naming.EXACT, _AWS, principal.arn)
            if principal.role is not None:
                yield _Name(Naming.ITSELF, _AWS, principal.role)
        case PrincipalKind.USER:
            yield _Name(Naming.EXACT, _AWS, principal.arn)
        case PrincipalKind.ROOT:
            yield from (_Name(Naming.EXACT, _AWS, name) for name in _account_names(principal))  # K4
        case PrincipalKind.SERVICE:
            return
        case other:
            assert_never(other)


_SESSION_NAME: Final = Shape(NAME.characters, 2, 64)


def _some_session(role: Text) -> Text | None:
    subject = f"the name of the session of {role.literal or 'the role'}"
    hole = Unknown(Why.RUN_TIME, subject, identity=f"session of {role.parts}", shape=_SESSION_NAME)
    return arn.session(role, text(hole))


def _account_names(principal: Principal) -> tuple[Text, ...]:
    """The two spellings of an account (K27)."""
    if principal.account is None:
        return ()
    fields = arn.split(principal.arn)
    partition = fields.partition if fields else arn.OWN_PLACE.partition
    return principal.account, arn.root(arn.Place(partition=partition, account=principal.account))


# --- NotPrincipal ------------------------------------------------------------------------------------------

_PARTLY_LISTED: Final = Unknown(
    Why.UNDOCUMENTED,
    "whether `NotPrincipal` exempts a principal of which it lists the role, session or account but not all of them",
    identity="NotPrincipal lists a part",
)


def _all_but(principals: Principals, principal: Principal, effects: frozenset[Effect]) -> Answer:
    """Whether a statement with NotPrincipal covers `principal`.

    It is exempt for sure only where session, role and account are all listed. A Deny that lists its account alone still
    covers it; an Allow that does may or may not.
    """
    levels = [_listed(principals, level) for level in _levels(principal)]
    own = levels if len(levels) == 1 or Effect.ALLOW in effects else levels[:-1]
    everywhere, anywhere = all_of(levels), any_of(own)
    if everywhere.truth is Truth.YES:
        return NO
    if anywhere.truth is Truth.NO:
        return YES
    partly = () if anywhere.truth is Truth.MAYBE and everywhere.truth is Truth.MAYBE else (_PARTLY_LISTED,)
    return maybe(*everywhere.holes, *anywhere.holes, *partly)


def _levels(principal: Principal) -> list[list[_Name]]:
    """The names of `principal` from the narrowest to the account; the spellings of one level are alternatives."""
    star, account, own = [], [], []
    for name in _names(principal):
        if name.text == _STAR:
            star.append(name)
        elif name.naming is Naming.ACCOUNT:
            account.append(name)
        else:
            own.append(name)
    if principal.kind is PrincipalKind.ROOT or not account:
        return [[*star, *own]]
    return [*([*star, name] for name in own), [*star, *account]]


def _listed(principals: Principals, level: list[_Name]) -> Answer:
    return any_of(_entry_names(entry, level) for entry in principals.entries)
