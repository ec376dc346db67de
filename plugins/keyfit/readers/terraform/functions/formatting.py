"""`format` and `formatlist`: Terraform's verbs, of which `%s` and `%v` take texts with holes."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Final, NamedTuple

from keyfit.readers.terraform.functions.conversion import as_bool
from keyfit.readers.terraform.functions.json_encoding import encoded, quoted
from keyfit.readers.terraform.functions.order import sequence
from keyfit.readers.terraform.functions.table import (
    LONGEST_TEXT,
    MOST_ELEMENTS,
    RefusedError,
    UndecidedError,
    derived,
    sized,
    sound,
)
from keyfit.readers.terraform.values.convert import to_number, to_text
from keyfit.value import Bool, List, Null, Number, Object, Text, Unknown, text

if TYPE_CHECKING:
    from collections.abc import Callable

    from keyfit.value import Hole, Value

_VERB: Final = re.compile(
    r"""%(?:%|(?P<flags>[-+\#\ 0]*)(?P<width>[0-9]{0,5})(?:\.(?P<precision>[0-9]{0,4}))?
    (?:\[(?P<index>[0-9]{1,4})\])?(?P<verb>.))""",
    re.DOTALL | re.VERBOSE,
)


class _Verb(NamedTuple):
    flags: str
    width: int
    precision: int | None
    letter: str

    @property
    def plain(self) -> bool:
        """Whether it only puts its argument there."""
        return not self.width and self.precision is None


def formatted(template: str, *arguments: Value) -> Text:
    """The template with each verb replaced."""
    parts: list[str | Hole | Text] = []
    offset, used, highest, length = 0, 0, 0, 0
    explicit = False
    for found in _VERB.finditer(template):
        parts.append(_checked(template[offset : found.start()]))
        offset = found.end()
        if found[0] == "%%":
            parts.append("%")
            continue
        explicit = explicit or found["index"] is not None
        used = int(found["index"]) if found["index"] else used + 1
        highest = max(highest, used)
        parts.append(_one(_verb(found), _argument(arguments, used, found[0])))
        length += _length(parts[-1])
        sized(length)
    parts.append(_checked(template[offset:]))
    if highest < len(arguments) and not explicit:
        raise RefusedError(f"{len(arguments)} arguments are given for {highest} verbs")
    return text(*parts)


def _length(part: str | Hole | Text) -> int:
    return sum(len(each) for each in part.parts if isinstance(each, str)) if isinstance(part, Text) else 1


def _checked(literal: str) -> str:
    if "%" in literal:
        raise RefusedError("a `%` has no verb")
    return literal


def _argument(arguments: tuple[Value, ...], number: int, verb: str) -> Value:
    if not 0 < number <= len(arguments):
        raise RefusedError(f"there is no argument for `{verb}`")
    return arguments[number - 1]


def _verb(found: re.Match[str]) -> _Verb:
    precision = found["precision"]
    return _Verb(
        found["flags"], int(found["width"] or 0), None if precision is None else int(precision or 0), found["verb"]
    )


def _one(verb: _Verb, argument: Value) -> Text | Unknown:
    make = _VERBS.get(verb.letter)
    if make is None:
        raise RefusedError(f"`%{verb.letter}` is not a verb")
    return make(verb, argument)


def _string(verb: _Verb, argument: Value) -> Text | Unknown:
    if isinstance(argument, Null):
        raise RefusedError("an argument of `%s` is null")
    written = sound(to_text(argument))
    return written if verb.plain else _padded(verb, text(written))


def _padded(verb: _Verb, written: Text) -> Text:
    known = written.literal
    if known is None:
        raise UndecidedError(written)
    if verb.precision is not None:
        known = known[: verb.precision]
    if "-" in verb.flags:
        return text(known.ljust(verb.width))
    return text(known.rjust(verb.width, "0" if "0" in verb.flags else " "))


def _value(verb: _Verb, argument: Value) -> Text | Unknown:
    """`%v` is the natural form of each type; `%#v` is JSON."""
    match argument:
        case Text() | Unknown() if "#" not in verb.flags:
            return _string(verb, argument)
        case Number(number) if "#" not in verb.flags:
            return _padded(verb, text(_natural(number)))
        case _:
            return _padded(verb, encoded(argument)) if not verb.plain else encoded(argument)


def _quoted(verb: _Verb, argument: Value) -> Text | Unknown:
    written = _string(_Verb("", 0, None, "s"), argument)
    whole = text(*quoted(text(written)))
    return whole if verb.plain else _padded(verb, whole)


def _boolean(verb: _Verb, argument: Value) -> Text | Unknown:
    found = as_bool(argument)
    if isinstance(found, Bool):
        return text("true" if found.value else "false")  # Terraform takes no notice of the width
    return _unknown(verb, found)


def _number(write: Callable[[_Verb, float], str]) -> Callable[[_Verb, Value], Text | Unknown]:
    def written(verb: _Verb, argument: Value) -> Text | Unknown:
        if isinstance(argument, Null):
            raise RefusedError(f"an argument of `%{verb.letter}` is null")
        found = to_number(argument)
        if not isinstance(found, Number):
            return _unknown(verb, found)
        return text(_signed(verb, write(verb, found.value)))

    return written


def _unknown(verb: _Verb, unknown: Unknown) -> Unknown:
    return derived(f"format %{verb.flags}{verb.width or ''}{verb.letter}", sound(unknown))


def _signed(verb: _Verb, digits: str) -> str:
    if not digits.startswith("-"):
        digits = ("+" if "+" in verb.flags else " " if " " in verb.flags else "") + digits
    if "-" in verb.flags:
        return digits.ljust(verb.width)
    if "0" not in verb.flags:
        return digits.rjust(verb.width)
    sign = digits[0] if digits[0] in "+- " else ""
    return sign + digits[len(sign) :].rjust(verb.width - len(sign), "0")


def _integer(base: str) -> Callable[[_Verb, float], str]:
    def written(verb: _Verb, number: float) -> str:
        if number != int(number):
            raise RefusedError(f"an argument of `%{verb.letter}` is not a whole number")
        return format(int(number), base)

    return written


def _decimal(verb: _Verb, number: float) -> str:
    return f"{number:.{6 if verb.precision is None else verb.precision}f}"


def _scientific(verb: _Verb, number: float) -> str:
    return f"{number:.{6 if verb.precision is None else verb.precision}{verb.letter}}"


def _shortest(verb: _Verb, number: float) -> str:
    """As Go writes it: the shortest digits that give the number again, with an exponent below -4 and from 6 on."""
    if verb.precision is not None:
        return f"{number:.{max(verb.precision, 1)}{verb.letter}}"
    exact = Decimal(repr(number)).normalize()
    if _PLAIN_EXPONENTS[0] <= exact.adjusted() < _PLAIN_EXPONENTS[1]:
        return format(exact, "f")
    return _with_exponent(exact, "e" if verb.letter == "g" else "E")


def _with_exponent(exact: Decimal, letter: str) -> str:
    """Go writes an exponent with two digits at least."""
    mantissa, _, exponent = f"{exact:.{len(exact.as_tuple().digits) - 1}e}".partition("e")
    return f"{mantissa}{letter}{exponent[0]}{exponent[1:]:0>2}"


def _natural(number: float) -> str:
    """As `%v` writes a number: with an exponent below -4 and from 21 on."""
    exact = Decimal(repr(number)).normalize()
    return (
        format(exact, "f")
        if _PLAIN_EXPONENTS[0] <= exact.adjusted() < _LARGEST_EXPONENT
        else _with_exponent(exact, "e")
    )


_PLAIN_EXPONENTS: Final = (-4, 6)
_LARGEST_EXPONENT: Final = 21
_VERBS: Final[dict[str, Callable[[_Verb, Value], Text | Unknown]]] = {
    "s": _string,
    "v": _value,
    "q": _quoted,
    "t": _boolean,
    "d": _number(_integer("d")),
    "b": _number(_integer("b")),
    "o": _number(_integer("o")),
    "x": _number(_integer("x")),
    "X": _number(_integer("X")),
    "f": _number(_decimal),
    "e": _number(_scientific),
    "E": _number(_scientific),
    "g": _number(_shortest),
    "G": _number(_shortest),
}


def formatted_list(template: str, *arguments: Value) -> List:
    """The template once for each element of the lists among the arguments, which have one length."""
    for argument in arguments:
        if isinstance(argument, Unknown) or (isinstance(argument, List) and argument.rest is not None):
            raise UndecidedError(*arguments)
        if isinstance(argument, Object):
            raise RefusedError("an argument is a map")
    lengths = {len(argument.items) for argument in arguments if isinstance(argument, List)}
    if len(lengths) > 1:
        raise RefusedError("the lists have different lengths")
    count = lengths.pop() if lengths else 1
    if count > MOST_ELEMENTS or count * len(template) > LONGEST_TEXT:
        raise UndecidedError(*arguments)
    columns = [sequence(each) if isinstance(each, List) else (each,) * count for each in arguments]
    rows = ([column[row] for column in columns] for row in range(count))
    return List(tuple(formatted(template, *row) for row in rows))
