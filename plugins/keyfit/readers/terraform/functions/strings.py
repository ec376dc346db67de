"""Functions of strings. https://developer.hashicorp.com/terraform/language/functions, section "String functions"."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Final

from keyfit.readers.terraform.functions import pieces
from keyfit.readers.terraform.functions.formatting import formatted, formatted_list
from keyfit.readers.terraform.functions.lists import whole
from keyfit.readers.terraform.functions.order import sequence
from keyfit.readers.terraform.functions.regexes import regex, regex_all, replaced
from keyfit.readers.terraform.functions.table import Function, RefusedError, UndecidedError, derived, sized
from keyfit.readers.terraform.values.convert import to_text
from keyfit.truth import Truth
from keyfit.value import List, Null, Text, Unknown, text

if TYPE_CHECKING:
    from collections.abc import Callable

    from keyfit.value import Value

# What Go's unicode.IsSpace says; Python's strip() takes four control characters more.
SPACES: Final = (
    "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)


def _decided(ask: Callable[[Text, str], Truth]) -> Callable[[Text, str], bool]:
    """What `ask` says of a text, where it is definite."""

    def decided(source: Text, wanted: str) -> bool:
        answer = ask(source, wanted)
        if answer is Truth.MAYBE:
            raise UndecidedError(source)
        return answer is Truth.YES

    return decided


def _known(change: Callable[..., Text | None]) -> Callable[..., Text]:
    """What `change` makes of a text, where that is known."""

    def known(source: Text, *given: str) -> Text:
        found = change(source, *given)
        if found is None:
            raise UndecidedError(source)
        return found

    return known


def _trimmed(source: Text, characters: str = SPACES) -> Text | None:
    return pieces.stripped(source, characters) if characters else source


def _upper(character: str) -> str:
    """Go maps one character to one; `ß` stays."""
    changed = character.upper()
    return changed if len(changed) == 1 else character


def _lower(character: str) -> str:
    changed = character.lower()
    return changed if len(changed) == 1 else character


def _each(change: Callable[[str], str]) -> Callable[[str], str]:
    return lambda source: "".join(map(change, source))


def _title(source: str) -> str:
    """As Go's strings.Title: a letter is upper case after anything but a letter, a digit, or `_`."""
    return re.sub(r"(?<!\w)[^\W\d_]", lambda letter: _upper(letter[0]), source)


def _strrev(source: Text) -> Text:
    turned = (part[::-1] if isinstance(part, str) else derived("strrev", part) for part in reversed(source.parts))
    return text(*turned)


def _indent(spaces: int, source: Text) -> Text:
    if not pieces.opaque(source, "\n"):
        raise UndecidedError(source)
    count = sum(part.count("\n") for part in source.parts if isinstance(part, str))
    sized(max(whole(spaces), 0) * max(count, 1))
    line = "\n" + " " * whole(spaces)
    return text(*(part.replace("\n", line) if isinstance(part, str) else part for part in source.parts))


def _substr(source: Text, offset: float, length: float) -> Text:
    start, count = whole(offset), whole(length)
    known = source.prefix
    if source.literal is None and (start < 0 or count < 0 or start + count > len(known)):
        raise UndecidedError(source)
    if start < 0:
        start = max(len(known) + start, 0)
    return text(known[start:] if count < 0 else known[start : start + count])


def _join(separator: Text, *lists: Value) -> Text:
    sized(_known_length(separator) * sum(len(each.items) for each in lists if isinstance(each, List)))
    parts: list[str | Text | Unknown] = []
    for each in lists:
        if not isinstance(each, List):
            raise UndecidedError(each) if isinstance(each, Unknown) else RefusedError("only lists can be joined")
        if each.rest is not None:
            raise UndecidedError(each)
        for item in sequence(each):
            if isinstance(item, Null):
                raise RefusedError("an element is null")
            parts.extend(([separator] if parts else []) + [to_text(item)])
            if len(parts) == 1:
                parts.insert(0, "")
    return text(*parts[1:]) if parts else text("")


def _known_length(source: Text) -> int:
    return sum(len(part) if isinstance(part, str) else 1 for part in source.parts)


def _split(separator: str, source: Text) -> list[Text]:
    if not separator:
        if source.literal is None:
            raise UndecidedError(source)
        return [text(character) for character in source.literal]
    if not source.parts:
        return [text("")]
    found = pieces.cut(source, separator)
    if found is None:
        raise UndecidedError(source)
    return found


FUNCTIONS: Final[dict[str, Function]] = {
    "chomp": Function("t", _known(partial(pieces.stripped, characters="\r\n", left=False))),
    "endswith": Function("ts", _decided(pieces.ends)),
    "format": Function("sv*", formatted, nulls=True),
    "formatlist": Function("sv*", formatted_list, nulls=True),
    "indent": Function("nt", _indent),
    "join": Function("tv*", _join),
    "lower": Function("t", pieces.piecewise("lower", _each(_lower))),
    "regex": Function("ss", regex),
    "regexall": Function("ss", regex_all),
    "replace": Function("tst", replaced),
    "split": Function("st", _split),
    "startswith": Function("ts", _decided(pieces.begins)),
    "strcontains": Function("ts", _decided(pieces.holds)),
    "strrev": Function("t", _strrev),
    "substr": Function("tnn", _substr),
    "title": Function("s", _title),
    "trim": Function("ts", _known(_trimmed)),
    "trimprefix": Function("ts", _known(pieces.without_prefix)),
    "trimspace": Function("t", _known(_trimmed)),
    "trimsuffix": Function("ts", _known(pieces.without_suffix)),
    "upper": Function("t", pieces.piecewise("upper", _each(_upper))),
}
