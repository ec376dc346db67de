"""`yamldecode` and `yamlencode`: YAML 1.2 as Terraform reads and writes it."""

from __future__ import annotations

import base64
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from keyfit.readers.terraform.functions.json_encoding import quoted
from keyfit.readers.terraform.functions.pieces import whole_unknown
from keyfit.readers.terraform.functions.table import MOST_ELEMENTS, RefusedError, StoppedError, UndecidedError
from keyfit.readers.terraform.values.convert import to_text, written_number
from keyfit.readers.terraform.values.stand_ins import stood_in
from keyfit.readers.terraform.values.terraform_values import ordered
from keyfit.readers.terraform.values.unknowns import because, bound
from keyfit.record import record
from keyfit.value import Bool, Entry, List, Null, Number, Object, Text, Unknown, number, text
from keyfit.why import Why

if TYPE_CHECKING:
    from keyfit.readers.terraform.values.stand_ins import StoodIn
    from keyfit.value import Hole, Value

_DEEPEST: Final = 50
_LONGEST: Final = 1_000_000
_NULLS: Final = frozenset({"", "~", "null", "Null", "NULL"})
_TRUE: Final = ("y", "yes", "on", "true")
_FALSE: Final = ("n", "no", "off", "false")
_BOOLEANS: Final = {
    spelling: word in _TRUE for word in (*_TRUE, *_FALSE) for spelling in (word, word.capitalize(), word.upper())
}
_INTEGER: Final = re.compile(r"[-+]?[0-9]{1,4000}")
_HEXADECIMAL: Final = re.compile(r"0x[0-9a-fA-F]{1,100}|0o[0-7]{1,100}")
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_RARE: Final = re.compile(
    r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}.*|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)|[-+]?[0-9][0-9_]*_[0-9_.eE]*"
)
_FLOAT: Final = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]{1,3})?")


def yaml_decoded(source: Text) -> Value:
    """The value of a YAML document; a hole in a scalar is part of it, and assumed to hold nothing that ends one."""
    import yaml

    if whole_unknown(source) is not None:
        raise UndecidedError(source)
    if len(source.known) > _LONGEST:
        raise StoppedError(bound(f"the YAML has more than {_LONGEST} characters"))
    standing = stood_in(source)
    if standing is None:
        raise UndecidedError(source)
    try:
        loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        root = yaml.compose(standing.source, Loader=loader)
    except (yaml.YAMLError, RecursionError) as error:
        if standing.holes:
            raise UndecidedError(source) from error
        raise RefusedError("the argument is not YAML") from error
    if root is None:
        raise RefusedError("the argument is empty")
    return _Composed([MOST_ELEMENTS], source, standing).value(root, 0)


@record
class _Composed:
    """From YAML's nodes to values. An alias gives its node again, so the number of nodes is bounded."""

    left: list[int]
    source: Text
    standing: StoodIn

    def value(self, node: Any, depth: int) -> Value:  # noqa: ANN401 - PyYAML's nodes
        """The value of a node."""
        self.left[0] -= 1
        if self.left[0] < 0 or depth > _DEEPEST:
            raise StoppedError(bound("the YAML has too many nodes, or too deep ones"))
        match node.id:
            case "sequence":
                return List(tuple(self.value(each, depth + 1) for each in node.value), origin=self.source.origin)
            case "mapping":
                return self._mapping(node, depth)
            case _:
                return self._scalar(node)

    def _mapping(self, node: Any, depth: int) -> Object:  # noqa: ANN401 - as above
        entries: dict[Text, Entry] = {}
        for key, inner in node.value:
            if key.id != "scalar":
                raise RefusedError("a key is not a string")
            value = self.value(inner, depth + 1)
            if key.value == "<<" and not key.style:
                for entry in _merged(value):
                    entries.setdefault(entry.key, entry)
            else:
                name = text(to_text(self._scalar(key)))
                entries[name] = Entry(name, value)
        return Object(tuple(entries.values()), origin=self.source.origin)

    def _scalar(self, node: Any) -> Value:  # noqa: ANN401 - as above
        written = str(node.value)
        if not self.standing.has_holes(written):
            return replace(_scalar(node), origin=self.source.origin)
        filled = self.standing.filled(written, self.source.origin)
        if node.style:
            return filled
        if node.start_mark.line != node.end_mark.line:  # a hole with lines of its own can be more than a scalar
            raise UndecidedError(self.source)
        return filled if _surely_text(filled.prefix) else because((filled,))


def _merged(value: Value) -> tuple[Entry, ...]:
    match value:
        case Object(entries):
            return entries
        case List(items):
            return tuple(entry for item in items for entry in _merged(item))
        case _:
            raise RefusedError("`<<` merges no mapping")


def _scalar(node: Any) -> Value:  # noqa: ANN401 - as above
    written = str(node.value)
    tag = str(node.tag)
    if tag == "tag:yaml.org,2002:binary":
        return text(base64.b64encode(base64.b64decode(written)).decode("ascii"))
    return text(written) if node.style or tag == "!" else _resolved(written)


def _surely_text(start: str) -> bool:
    """Whether a plain scalar that begins so is a text, whatever follows: no number, date, boolean, or null."""
    return start[:1].isalpha() and not any(word.startswith(start) for word in (*_NULLS, *_BOOLEANS))


def _resolved(written: str) -> Value:
    """A plain scalar, as the library that Terraform uses resolves it: YAML 1.1's booleans, decimal `010`."""
    if written in _NULLS:
        return Null()
    if written in _BOOLEANS:
        return Bool(_BOOLEANS[written])
    if _INTEGER.fullmatch(written):
        return number(int(written))
    if _HEXADECIMAL.fullmatch(written):
        return number(int(written, 0))
    if _FLOAT.fullmatch(written):
        decimal = float(written)
        return number(int(decimal) if decimal.is_integer() else decimal)
    if _DATE.fullmatch(written):
        return text(f"{written}T00:00:00Z")
    if _RARE.fullmatch(written):
        raise StoppedError(Unknown(Why.UNSUPPORTED_FUNCTION, f"yamldecode of {written[:40]}"))
    return text(written)


def yaml_encoded(value: Value) -> Text:
    """A value as Terraform writes YAML: block style, keys sorted, strings in double quotes."""
    return text(*_written(value, 0))


def _written(value: Value, indent: int) -> list[str | Hole | Text]:
    match value:
        case List(items, None) if items:
            return [part for item in items for part in (" " * indent + "- ", *_nested(item, indent + 2))]
        case Object(entries, None) if entries:
            return [
                part
                for key, inner in ordered(value).entries
                for part in (" " * indent, *quoted(key), ":", *_member(inner, indent))
            ]
        case List(rest=Unknown()) | Object(rest=Unknown()):
            raise UndecidedError(value)
        case _:
            return [*_flat(value), "\n"]


def _nested(item: Value, indent: int) -> list[str | Hole | Text]:
    """An element: its first line stands behind the dash."""
    first, *others = _written(item, indent)
    return [first.lstrip(" ") if isinstance(first, str) else first, *others]


def _member(inner: Value, indent: int) -> list[str | Hole | Text]:
    match inner:
        case List(items) if items or inner.rest:
            return ["\n", *_written(inner, indent)]
        case Object(entries) if entries or inner.rest:
            return ["\n", *_written(inner, indent + 2)]
        case _:
            return [" ", *_flat(inner), "\n"]


def _flat(value: Value) -> list[str | Hole]:
    match value:
        case Text():
            if any(isinstance(part, str) and "\n" in part for part in value.parts):
                raise StoppedError(Unknown(Why.UNSUPPORTED_FUNCTION, "yamlencode of a text of several lines"))
            return quoted(value)
        case Unknown():
            raise UndecidedError(value)
        case Number(plain):
            return [written_number(plain)]
        case Bool(truth):
            return ["true" if truth else "false"]
        case List():
            return ["[]"]
        case Object():
            return ["{}"]
        case Null():
            return ["null"]
