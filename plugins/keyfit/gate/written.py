"""Suppressions as they are written in a source, in comments: ours, and Checkov's.

```hcl
# keyfit:ignore[101, 102] the portal is switched off next week
resource "aws_kms_key" "portal" {        # the whole block
  policy = local.policy                  # keyfit:ignore[503] a line
```
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from keyfit.model.findings import Failure
from keyfit.record import record
from keyfit.scan.selection import find_rule
from keyfit.value import Origin, Position

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

_BEGIN: Final = r"(?:\#|//|/\*)[ \t]*"  # of a comment
_IGNORE: Final = r"keyfit:[ \t]*ignore\b(?:\[(?P<rules>[^\]\n]*)\])?[ \t:]*(?P<reason>[^\n]*)"
_SKIP: Final = r"(?:checkov|bridgecrew|cortex):skip=[ ]*(?P<rules>[\w,-]*CKV_KEYFIT_[\w,-]*)(?::(?P<reason>[^\n]*))?"
_OWN: Final = re.compile(_BEGIN + _IGNORE)
_BARE: Final = re.compile(r"[ \t]*" + _IGNORE)
_CHECKOV: Final = re.compile(_BEGIN + _SKIP)
_EVERYTHING: Final = 1_000_000_000  # columns
_COMMENT: Final = re.compile(r"\s*(?:#|//|/\*)")


class Covered(NamedTuple):
    """What a suppression is about: a part of its file, and the address of the block that it is, if it is one."""

    first: Position
    last: Position
    address: str = ""

    @classmethod
    def lines(cls, first: int, last: int, address: str = "") -> Covered:
        """Whole lines."""
        return cls(Position(first), Position(last, _EVERYTHING), address)


@record
class SourceSuppression:
    """A suppression: of which rules, why, where it stands, and what it covers.

    `levels` are the letters of cfn-lint's ids, where it is one of its own: E hides errors, W warnings, I the unproven.
    It is not `meant` where it need not be about any rule of ours.
    """

    rules: frozenset[int]
    reason: str
    origin: Origin
    covered: Covered
    called: str
    levels: frozenset[str] = frozenset("EWI")
    meant: bool = True


class Language(NamedTuple):
    """How a language tells what a line begins, and in which block a line is: its line, and what it covers."""

    begun: Callable[[int], Covered]
    around: Callable[[int], Covered | None]


def in_comments(source: str, file: str, language: Language) -> Iterator[SourceSuppression | Failure]:
    """Those of a file; a failure for one that names no rule, or none that there is."""
    lines = source.splitlines()
    for index, line in enumerate(lines):
        for found in _OWN.finditer(line):
            origin = Origin(file, Position(index + 1, found.start() + 1), Position(index + 1, len(line) + 1))
            alone = not line[: found.start()].strip()
            yield _own(found, origin, language.begun(_next(lines, index) if alone else index + 1))
        for found in _CHECKOV.finditer(line):
            origin = Origin(file, Position(index + 1, found.start() + 1), Position(index + 1, len(line) + 1))
            covered = language.around(index + 1)
            rules = _numbers(found["rules"].split(","))
            if covered is not None and rules:
                yield SourceSuppression(rules, _reason(found), origin, covered, f"checkov:skip={found['rules']}")


def in_words(words: str, origin: Origin, covered: Covered) -> Iterator[SourceSuppression | Failure]:
    """The suppression that a text is which stands for a comment, as JSON has none."""
    found = _BARE.match(words)
    if found is not None:
        yield _own(found, origin, covered)


def _own(found: re.Match[str], origin: Origin, covered: Covered) -> SourceSuppression | Failure:
    words = [word.strip() for word in (found["rules"] or "").split(",") if word.strip()]
    unknown = [word for word in words if find_rule(word) is None]
    if not words:
        return Failure("`keyfit:ignore` names no rule: write `keyfit:ignore[101] reason`", origin)
    if unknown:
        return Failure(f"`keyfit:ignore[{found['rules']}]`: `{unknown[0]}` is not a rule", origin)
    return SourceSuppression(_numbers(words), _reason(found), origin, covered, f"keyfit:ignore[{found['rules']}]")


def _reason(found: re.Match[str]) -> str:
    return (found["reason"] or "").strip().removesuffix("*/").strip()


def _numbers(words: Iterable[str]) -> frozenset[int]:
    rules = (find_rule(word.strip()) for word in words)
    return frozenset(rule.number for rule in rules if rule is not None)


def _next(lines: list[str], index: int) -> int:
    """The number of the next line that is neither empty nor a comment; of the last one where there is none."""
    for after in range(index + 1, len(lines)):
        if lines[after].strip() and not _COMMENT.match(lines[after]):
            return after + 1
    return len(lines)
