"""Suppressions in Terraform: in comments of HCL, and in JSON in what stands for a comment, the key `"//"`.

```json
{"resource": {"aws_kms_key": {"portal": {"//": "keyfit:ignore[101] the portal is switched off next week"}}}}
```
"""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Final

from keyfit import json_text
from keyfit.gate.written import Covered, Language, in_comments, in_words
from keyfit.readers.hcl.scanning import CODE, RefusedError, past
from keyfit.value import List, Object, Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyfit.gate.written import SourceSuppression
    from keyfit.model.findings import Failure
    from keyfit.value import Value

_OPENS: Final = re.compile(r"\{[ \t]*(?:#.*|//.*|/\*.*)?$")
_TOP: Final = re.compile(
    r'^(?P<kind>resource|data|module)[ \t]+"(?P<type>[^"\n]+)"(?:[ \t]+"(?P<name>[^"\n]+)")?[ \t]*\{', re.MULTILINE
)


def written_in(source: str, file: str) -> Iterator[SourceSuppression | Failure]:
    """The suppressions of a file of HCL or of JSON; none where JSON cannot be read, which has been told."""
    if file.endswith(".json"):
        return _in_json(json_text.read_file(source.removeprefix("\ufeff"), file), ())
    language = Language(partial(_begun, source), partial(_around, source))
    return in_comments(source, file, language)


def _begun(source: str, line: int) -> Covered:
    """The block that a line opens; else the line alone."""
    start = _offset(source, line)
    text = source[start:].partition("\n")[0].rstrip("\r")
    opening = _OPENS.search(text)
    end = None if opening is None else _end(source, start + opening.start() + 1)
    if end is None:
        return Covered.lines(line, line)
    top = _TOP.match(text)
    return Covered.lines(line, source.count("\n", 0, end) + 1, "" if top is None else _address(top))


def _around(source: str, line: int) -> Covered | None:
    """The block at the top of the file in which a line is."""
    for found in _TOP.finditer(source):
        first = source.count("\n", 0, found.start()) + 1
        end = _end(source, found.end())
        if end is not None and first <= line <= source.count("\n", 0, end) + 1:
            return Covered.lines(first, source.count("\n", 0, end) + 1, _address(found))
    return None


def _end(source: str, start: int) -> int | None:
    """The offset past the brace that closes the one before `start`; `None` where nothing does."""
    try:
        return past(source, start, CODE)
    except RefusedError:
        return None


# --- JSON ---------------------------------------------------------------------------------------------------------


def _in_json(value: Value, path: tuple[str, ...]) -> Iterator[SourceSuppression | Failure]:
    """What stands for a comment in an object is about the object; `path` are the keys that lead there."""
    match value:
        case Object(entries):
            covered = Covered(value.origin.start, value.origin.end, _address_of(path))
            for name, inner in entries:
                if name.literal == "//":
                    yield from _in_comment(inner, covered)
                else:
                    yield from _in_json(inner, (*path, name.literal or ""))
        case List(items):
            for inner in items:
                yield from _in_json(inner, path)
        case _:
            return


def _in_comment(value: Value, covered: Covered) -> Iterator[SourceSuppression | Failure]:
    for words in value.items if isinstance(value, List) else (value,):
        if isinstance(words, Text):
            yield from in_words(words.prefix, words.origin, covered)


def _address_of(path: tuple[str, ...]) -> str:
    match path:
        case ("resource", kind, name):
            return f"{kind}.{name}"
        case ("data", kind, name):
            return f"data.{kind}.{name}"
        case ("module", name):
            return f"module.{name}"
        case _:
            return ""


# --- HCL ----------------------------------------------------------------------------------------------------------


def _address(top: re.Match[str]) -> str:
    """`aws_kms_key.portal`, `module.portal`, `data.aws_kms_key.portal`."""
    kind, first, second = top["kind"], top["type"], top["name"] or ""
    return f"{first}.{second}" if kind == "resource" else f"{kind}.{first}" + (f".{second}" if second else "")


def _offset(source: str, line: int) -> int:
    offset = 0
    for _ in range(line - 1):
        offset = source.find("\n", offset) + 1
    return offset
