"""The condition operators (I24-I27): a small record each, and how a name is put together."""

from __future__ import annotations

import operator
import re
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum
from functools import lru_cache
from typing import TYPE_CHECKING, Final, TypeAlias

from keyfit import pattern
from keyfit.answer import NO, YES, Answer, maybe
from keyfit.aws import arn
from keyfit.record import record
from keyfit.truth import Truth
from keyfit.value import Text, Unknown
from keyfit.why import Why
from keyfit.words import shown

if TYPE_CHECKING:
    from collections.abc import Callable
    from ipaddress import IPv4Network, IPv6Network

    Match: TypeAlias = Callable[[Text, Text], Answer]


@record
class Operator:
    """`matches` compares a value of the policy with one of the request; `negated` operators want it not to.

    `variables` says whether the policy's value can have policy variables (I21).
    """

    matches: Match
    negated: bool = False
    variables: bool = False


class Quantifier(Enum):
    """How many of the request's values have to match."""

    ONE = ""  # the key has one value
    ALL = "forallvalues:"
    ANY = "foranyvalue:"


@record
class Test:
    """An operator with what its name adds. `operator` is `None` for Null, which asks for the key alone."""

    operator: Operator | None
    quantifier: Quantifier = Quantifier.ONE
    if_exists: bool = False


@lru_cache(maxsize=1024)
def read_test(name: str) -> Test | None:
    """The test of that name, whatever its letter case; `None` where there is none such."""
    rest = name.lower()
    if rest == "null":
        return Test(None)
    quantifier = next(each for each in (Quantifier.ALL, Quantifier.ANY, Quantifier.ONE) if rest.startswith(each.value))
    rest = rest.removeprefix(quantifier.value)
    if_exists = rest.endswith("ifexists")
    found = _OPERATORS.get(rest.removesuffix("ifexists"))
    return Test(found, quantifier, if_exists) if found else None


# --- strings and ARNs --------------------------------------------------------------------------------------


def _equals_ignoring_case(wanted: Text, given: Text) -> Answer:
    return arn.equal(wanted, given, fold_case=True)


def _arn_like(wanted: Text, given: Text) -> Answer:
    answer = arn.like(wanted, given)
    if answer.truth is not Truth.NO or not _can_be_short(wanted) or pattern.matches(wanted, given) is Truth.NO:
        return answer
    phrase = f"whether `{shown(wanted)}`, which has fewer than six fields, matches ARNs"
    return maybe(*wanted.holes, Unknown(Why.UNDOCUMENTED, phrase, identity=phrase))


def _can_be_short(wanted: Text) -> bool:
    """Whether it can have fewer than six fields, the last of which ends with a star that could go across colons."""
    last = wanted.parts[-1] if wanted.parts else ""
    starred = last.endswith("*") if isinstance(last, str) else last.shape.can_hold("*")
    return starred and arn.colons(wanted) < arn.COLONS


# --- values of other types: read on both sides, then compared ----------------------------------------------


_RANGE: Final = "range of IP addresses"


def _typed(read: Callable[[str], object | None], compare: Callable[..., bool], what: str) -> Match:
    """Compare what `read` makes of both values.

    A value that is no such thing, on either side, leaves the answer open, for AWS does not say what it does. But the
    name of a service, which calls of that service have for an address, is in no range.
    """

    def matches(wanted: Text, given: Text) -> Answer:
        literal = wanted.literal
        limit = None if literal is None else read(literal)
        if literal is not None and limit is None:
            return maybe(Unknown(Why.INVALID, f"`{literal}` is not a {what}", origin=wanted.origin))
        value = None if given.literal is None else read(given.literal)
        if given.literal is not None and value is None:
            if what == _RANGE:
                return NO
            return maybe(Unknown(Why.INVALID, f"`{given.literal}` is not a {what}", origin=given.origin))
        if limit is None or value is None:
            return maybe(*wanted.holes, *given.holes)
        return YES if compare(value, limit) else NO

    return matches


@lru_cache(maxsize=1024)
def _number(literal: str) -> Decimal | None:
    return Decimal(literal) if re.fullmatch(r"[+-]?[0-9]{1,400}(\.[0-9]{1,400})?", literal) else None


_DATE: Final = re.compile(
    r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2})"
    r"(?:T([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]{1,6})[0-9]*)?)?(?:(Z)|([+-])([01][0-9]):?([0-5][0-9])))?)?)?"
)
_EPOCH: Final = re.compile(r"[0-9]{5,12}")


@lru_cache(maxsize=1024)
def _date(literal: str) -> datetime | None:
    """A date of ISO 8601, as far as W3C's profile of it goes, or seconds since 1970."""
    try:
        if _EPOCH.fullmatch(literal):
            return datetime.fromtimestamp(int(literal), timezone.utc)
        found = _DATE.fullmatch(literal)
        return _moment(found) if found else None
    except (ValueError, OverflowError, OSError):
        return None


def _moment(found: re.Match[str]) -> datetime:
    year, month, day, hour, minute, second = (int(found[group] or 0) for group in range(1, 7))
    fraction = int((found[7] or "0").ljust(6, "0"))
    moment = datetime(year, month or 1, day or 1, hour, minute, second, fraction, timezone.utc)
    offset = timedelta(hours=int(found[10] or 0), minutes=int(found[11] or 0))
    return moment + offset if found[9] == "-" else moment - offset


def _boolean(literal: str) -> bool | None:
    return {"true": True, "false": False}.get(literal.lower())


@lru_cache(maxsize=1024)
def _network(literal: str) -> IPv4Network | IPv6Network | None:
    from ipaddress import ip_network

    address, slash, bits = literal.partition("/")
    if (slash and not bits.isdigit()) or "%" in address:  # a netmask is not a CIDR, nor has it a zone
        return None
    try:
        return ip_network(literal, strict=False)
    except ValueError:
        return None


def _within(inner: IPv4Network | IPv6Network, outer: IPv4Network | IPv6Network) -> bool:
    return inner.version == outer.version and inner.subnet_of(outer)  # type: ignore[arg-type] # of one version


def _table() -> dict[str, Operator]:
    """Every operator by its name in lower case; a negated one right after what it negates."""
    return {
        "stringequals": Operator(arn.equal, variables=True),
        "stringnotequals": Operator(arn.equal, negated=True, variables=True),
        "stringequalsignorecase": Operator(_equals_ignoring_case, variables=True),
        "stringnotequalsignorecase": Operator(_equals_ignoring_case, negated=True, variables=True),
        "stringlike": Operator(arn.matches, variables=True),
        "stringnotlike": Operator(arn.matches, negated=True, variables=True),
        "numericequals": Operator(_typed(_number, operator.eq, "number")),
        "numericnotequals": Operator(_typed(_number, operator.eq, "number"), negated=True),
        "numericlessthan": Operator(_typed(_number, operator.lt, "number")),
        "numericlessthanequals": Operator(_typed(_number, operator.le, "number")),
        "numericgreaterthan": Operator(_typed(_number, operator.gt, "number")),
        "numericgreaterthanequals": Operator(_typed(_number, operator.ge, "number")),
        "dateequals": Operator(_typed(_date, operator.eq, "date")),
        "datenotequals": Operator(_typed(_date, operator.eq, "date"), negated=True),
        "datelessthan": Operator(_typed(_date, operator.lt, "date")),
        "datelessthanequals": Operator(_typed(_date, operator.le, "date")),
        "dategreaterthan": Operator(_typed(_date, operator.gt, "date")),
        "dategreaterthanequals": Operator(_typed(_date, operator.ge, "date")),
        "bool": Operator(_typed(_boolean, operator.eq, "boolean")),
        "binaryequals": Operator(arn.equal),
        "ipaddress": Operator(_typed(_network, _within, _RANGE)),
        "notipaddress": Operator(_typed(_network, _within, _RANGE), negated=True),
        "arnequals": Operator(_arn_like, variables=True),
        "arnlike": Operator(_arn_like, variables=True),
        "arnnotequals": Operator(_arn_like, negated=True, variables=True),
        "arnnotlike": Operator(_arn_like, negated=True, variables=True),
    }


_OPERATORS: Final = _table()
