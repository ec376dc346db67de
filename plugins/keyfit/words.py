"""How messages name things: the user's own text in backticks, cut where long, and inert; lists as sentences have them.

The scanned source is untrusted: no name of its moves a terminal's cursor, reorders a line or begins a new one.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final

from keyfit.value import Bool, List, Null, Number, Object, Own, Reference, Text, Unknown
from keyfit.why import Why

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from keyfit.value import Hole, Value

_LONG: Final = 160  # characters of the user's text that a message repeats
_LONGEST_REASON: Final = 2 * _LONG
_MOST_REASONS: Final = 12
_INVISIBLE: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})  # control, format, surrogate, line and paragraph ends
_NO_CHARACTERS: Final = "\ufffe\uffff"  # XML has no way to write them
# How a line of a log begins that GitHub Actions obeys; and what Azure Pipelines, TeamCity and old GitHub runners obey,
# wherever it stands in a line.
_COMMAND: Final = re.compile(r"(?<![^\s]):(?=:)|#(?=#(?:\[|vso\[|teamcity\[))", re.IGNORECASE)


def printable(words: str) -> str:
    """`words` on one line, with what cannot be seen spelled out, and what a pipeline would obey."""
    shown = _inert(words.replace("\n", " ").replace("\t", " "))
    return _COMMAND.sub(lambda found: f"\\x{ord(found[0]):x}", shown)


def _inert(words: str) -> str:
    return words if words.isprintable() else "".join(map(_visible, words))


def _visible(character: str) -> str:
    invisible = unicodedata.category(character) in _INVISIBLE or character in _NO_CHARACTERS
    return character.encode("unicode_escape").decode("ascii") if invisible else character


def marked(name: str) -> str:
    """The user's text in backticks; what is empty, in words."""
    return f"`{_inert(_cut(name, _LONG))}`" if name else "an empty string"


def quoted(names: Iterable[str]) -> str:
    """`a`, `b`, `c`, each in backticks."""
    return ", ".join(map(marked, names))


def joined(names: Iterable[str]) -> str:
    """`a`, `b` and `c`, each in backticks, and each once."""
    return series(map(marked, names))


def series(words: Iterable[str]) -> str:
    """`a, b and c`, each once."""
    each = list(dict.fromkeys(words))
    return " and ".join(filter(None, (", ".join(each[:-1]), *each[-1:])))


def listed(values: Iterable[Value]) -> str:
    """Values in a row, in one pair of backticks."""
    return marked(", ".join(map(shown, values)))


def shown(value: Value | None) -> str:
    """A value as a user would recognise it, with its holes as `${…}`; cut where it is long."""
    return _inert(_cut(_plain(value), _LONG))


def _cut(words: str, longest: int) -> str:
    return words if len(words) <= longest else f"{words[:longest]}…"


def _plain(value: Value | None) -> str:
    match value:
        case Text(parts):
            return _key(value) or "".join(part if isinstance(part, str) else _sign(part) for part in _by_name(parts))
        case Number(number):
            return str(number)
        case Bool(truth):
            return str(truth).lower()
        case Unknown():
            return _sign(value)
        case Null():
            return "null"
        case List(items, None):
            return ", ".join(map(_plain, items))
        case Object(entries, None):
            return ", ".join(f"{_plain(key)}={_plain(inner)}" for key, inner in entries)
        case None:
            return ""
        case _:
            return "…"


def _by_name(parts: tuple[str | Hole, ...]) -> Iterator[str | Hole]:
    """The parts, with a name that CloudFormation makes up, `<stack>-<logical id>-<random>`, as its logical id alone."""
    left = list(parts)
    while left:
        match left:
            case [Own() | Unknown(), str(middle), Reference(block, "name_suffix"), *left] if _is_middle(middle, block):
                yield _hole(block)
            case [part, *left]:
                yield part
            case _:
                return


def _is_middle(words: str, block: str) -> bool:
    return words[:1] == "-" and block.lower().startswith(words.strip("-").lower())


def _key(value: Text) -> str:
    """How a key of the source is referred to, in the language that its address is of: a logical id has no dots."""
    match value:
        case Text((*_, str(start), Reference(key, "key_id"))) if start.endswith(":key/") and _is_one_arn(value):
            return _hole(key + (".Arn" if key.isalnum() else ".arn"))
        case Text((*_, Reference(key, "arn"))):
            return _hole(key + (".Arn" if key.isalnum() else ".arn"))
        case Text((Reference(key, "key_id"),)) if key.isalnum():  # what `Ref` returns
            return _hole(key)
        case _:
            return ""


def _is_one_arn(value: Text) -> bool:
    return value.known.count("arn:") == 1


def _sign(hole: Hole) -> str:
    """What the user calls it; a phrase of ours is none of the user's text."""
    match hole:
        case Own():
            return _hole(hole.value)
        case Reference(_, "name_suffix"):  # what is made up is called nothing
            return _hole("…")
        case Reference(block, attribute):
            return _hole(f"{block}.{attribute}")
        case Unknown(subject=subject) if subject.startswith(("{{", "[[")):  # a dynamic reference stands for itself
            return subject
        case Unknown(why=Why.SSM, subject=subject, identity=identity):  # a data source of Terraform, or the same
            return _hole(identity) if ".aws_ssm_parameter." in identity else f"{{{{resolve:ssm:{subject}}}}}"
        case Unknown(why, subject):
            name = why.phrase.format(subject).partition("`")[2].partition("`")[0]
            return _hole(name if name and subject.strip("`") == name else "…")


def _hole(name: str) -> str:
    return "${" + name + "}"


def reasons(holes: Iterable[Hole]) -> str:
    """Why these holes are holes, each reason once, and not too many of them."""
    every = list(dict.fromkeys(map(reason, holes)))
    more = [f"and {len(every) - _MOST_REASONS} more"] if len(every) > _MOST_REASONS else []
    return "; ".join((*every[:_MOST_REASONS], *more))


def reason(hole: Hole) -> str:
    """Why a hole is one."""
    match hole:
        case Unknown():
            return _cut(printable(hole.phrase), _LONGEST_REASON)
        case Own():
            return Why.UNBOUND.phrase.format(hole.value)
        case Reference(block, attribute):
            return f"`{attribute}` of `{block}` is known only after deployment"
