"""Scalars and tags of YAML 1.1, as CloudFormation takes them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from keyfit.value import Bool, Entry, Null, Number, Object, Origin, Text, Value

if TYPE_CHECKING:
    import yaml

_STANDARD: Final = "tag:yaml.org,2002:"
_TRUE: Final = frozenset({"true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON"})
_FALSE: Final = frozenset({"false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF"})
_NULL: Final = frozenset({"", "~", "null", "Null", "NULL"})
_INTEGER: Final = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})")
_DECIMAL: Final = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})\.[0-9]{0,17}")


def function_of(tag: str | None) -> str:
    """The function that a short tag stands for; empty for a standard tag or none."""
    if tag is None or len(tag) < 2 or tag.startswith(_STANDARD) or not tag.startswith("!"):  # noqa: PLR2004 - `!` alone
        return ""
    name = tag[1:]
    return name if name in {"Ref", "Condition"} else f"Fn::{name}"


def call(function: str, argument: Value, origin: Origin) -> Object:
    """The long form of a call."""
    return Object((Entry(Text((function,), origin), argument),), origin=origin)


def scalar(event: yaml.ScalarEvent, origin: Origin) -> Value:
    """A plain scalar has the type that YAML 1.1 gives it; a number that is not written as it prints is text."""
    written: str = event.value
    tagged = event.tag is not None and event.tag.startswith(_STANDARD) and event.tag != f"{_STANDARD}str"
    if not (event.implicit[0] or tagged):
        return Text((written,) if written else (), origin)
    if written in _NULL:
        return Null(origin)
    if written in _TRUE or written in _FALSE:
        return Bool(written in _TRUE, origin)
    number = int(written) if _INTEGER.fullmatch(written) else float(written) if _DECIMAL.fullmatch(written) else None
    return Text((written,), origin) if number is None or str(number) != written else Number(number, origin)
