"""The condition key `kms:ViaService`: which values a call can ever have (K51).

The value is `service.region.amazonaws.com`, in all partitions alike, and only when the service calls for somebody
else. AWS lists the services; the list grows, so a service that it does not name leaves the answer open, but for those
that are known not to be on it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from keyfit import pattern
from keyfit.answer import NO, YES, Answer, any_of, maybe
from keyfit.aws import data
from keyfit.shape import Shape
from keyfit.truth import Truth
from keyfit.value import Own, Text, Unknown, text
from keyfit.why import Why

if TYPE_CHECKING:
    from collections.abc import Iterable

KEY: Final = "kms:viaservice"
_FILE: Final = "via_services.json"
_LIKE: Final = frozenset({"stringlike", "stringnotlike"})
_EQUAL: Final = frozenset({"stringequals", "stringnotequals", "stringequalsignorecase", "stringnotequalsignorecase"})
_LABEL: Final = Shape(frozenset("abcdefghijklmnopqrstuvwxyz0123456789-"), 1, 64)
_SOME_SERVICE: Final = Unknown(Why.UNDOCUMENTED, "which services there are", identity="some service", shape=_LABEL)
_VARIABLE: Final = "${"


def bare(operator: str) -> str:
    """An operator without its quantifier and `IfExists`, in lower case."""
    return operator.lower().rpartition(":")[2].removesuffix("ifexists")


def takes_wildcards(operator: str) -> bool:
    """Whether `*` in a value is a wildcard; only operators on strings are asked about."""
    return bare(operator) in _LIKE


def is_literal(operator: str) -> bool:
    """Whether `*` in a value is a character."""
    return bare(operator) in _EQUAL


def has_wildcard(value: Text | Unknown) -> bool:
    """Whether `*` or `?` is written in `value`, policy variables aside."""
    parts = value.parts if isinstance(value, Text) else ()
    return any(isinstance(part, str) and _VARIABLE not in part and ("*" in part or "?" in part) for part in parts)


def possible(value: Text | Unknown, operator: str) -> Answer:
    """Whether a call can have a `kms:ViaService` that `value` matches."""
    if isinstance(value, Unknown):
        return maybe(value)
    if any(isinstance(part, str) and _VARIABLE in part for part in value.parts):
        return maybe(_open(f"what the policy variable in `{value.literal or '…'}` stands for"))
    named = any_of(_is(value, service, operator) for service in supported())
    if named.truth is not Truth.NO:
        return named
    if _is(value, _SOME_SERVICE, operator).truth is Truth.NO or service_of(value) in unsupported():
        return NO
    return maybe(*value.holes, _open(f"that `{service_of(value) or '…'}` supports `kms:ViaService`"))


def can_be(value: Text | Unknown, operator: str, services: Iterable[str]) -> bool:
    """Whether `value` can match the name of one of `services`."""
    return isinstance(value, Unknown) or any(_is(value, each, operator).truth is not Truth.NO for each in services)


def service_of(value: Text) -> str:
    """The service that `value` begins with; empty where that is not written out."""
    service, dot, _ = value.prefix.partition(".")
    return service if dot and _LABEL.admits(service) else ""


def _is(value: Text, service: str | Unknown, operator: str) -> Answer:
    """Whether `value` matches the name of `service` in some Region."""
    name = text(service, ".", Own.REGION, ".amazonaws.com")
    fold, wildcards = bare(operator).endswith("ignorecase"), takes_wildcards(operator)
    found = pattern.compare(value, name, fold_case=fold, wildcards=wildcards)
    if found.truth is not Truth.MAYBE:
        return found
    # Any Region will do, so that the deployment's own decides nothing; what the source leaves open does.
    unknown = [hole for hole in value.holes if hole is not Own.REGION]
    return maybe(*unknown) if unknown else YES


def _open(subject: str) -> Unknown:
    return Unknown(Why.UNDOCUMENTED, subject, identity=subject)


def supported() -> frozenset[str]:
    """The services that AWS lists."""
    return frozenset(data.load(_FILE)["supported"])


def unsupported() -> frozenset[str]:
    """Services that consumers are of and that AWS's list does not have (P44)."""
    return frozenset(data.load(_FILE)["unsupported"])
