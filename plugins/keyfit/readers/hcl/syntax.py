"""HCL text to `ast`, through whichever `hcl2` is there; what it refuses is a problem with a place."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from keyfit.model.stack import Problem
from keyfit.readers.hcl.ast import Attribute, Body, Expression, Nested, Template, Variable
from keyfit.readers.hcl.grammar import HclMissingError, parser
from keyfit.readers.hcl.parse_trees import Place, converted
from keyfit.readers.hcl.scanning import RefusedError
from keyfit.readers.hcl.skeleton import Quoted, Skeleton, skeleton
from keyfit.readers.hcl.templates import Form, Reader, assembled
from keyfit.readers.hcl.walk import depth
from keyfit.value import Origin, Position

if TYPE_CHECKING:
    from collections.abc import Callable

    from keyfit.readers.hcl.blocks import Span

__all__ = ["MAX_DEPTH", "HclMissingError", "read_block", "read_body", "read_expression", "read_template"]

# Nothing in an answer is deeper; so plain recursion over one is safe.
MAX_DEPTH: Final = 100
# Strings in interpolations in strings.
MAX_NESTING: Final = 12
# Characters of one block, blanks, strings and comments not counted: some seconds of the slower `hcl2`.
MAX_SIZE: Final = 300_000

# Characters of a skeleton whose tree is remembered.
_SHARED: Final = 3_000

_SIMPLE: Final = re.compile(r"\s*([^\W\d][\w-]*)((?:\.[^\W\d][\w-]*)*)\s*")
_CONSTANTS: Final = frozenset({"true", "false", "null"})


def read_block(source: str, span: Span, file: str) -> Nested | Problem:
    """The block at `span` of the file's `source`. `HclMissingError` where no `hcl2` can be used."""
    if span.problem:
        return Problem(span.problem, Origin(file, Position(span.line), Position(span.line)))
    reading = _Reading(source, file, span.start, span.line)
    answer = reading.guarded(lambda: reading.parsed(span.start, span.end).blocks[0], span.start)
    return answer if isinstance(answer, Problem | Nested) else Problem("it is not a block", reading.origin(0, 0))


def read_body(source: str, file: str) -> Body | Problem:
    """A whole file that holds arguments. `HclMissingError` as above."""
    start = 1 if source.startswith("\ufeff") else 0
    reading = _Reading(source, file, start, 1)
    answer = reading.guarded(lambda: reading.parsed(start, len(source)), start)
    return answer if isinstance(answer, Problem | Body) else Problem("it has no arguments", reading.origin(0, 0))


def read_expression(source: str, file: str = "", origin: Origin | None = None) -> Expression | Problem:
    """One expression, such as a value that the user gives. `HclMissingError` and `origin` as above."""
    reading = _Reading(source, file, 0, 1, origin)
    answer = reading.guarded(lambda: reading.expression(0, len(source), 0), 0)
    if isinstance(answer, Body | Nested):
        return Problem("it is not an expression", reading.origin(0, 0))
    return answer


def read_template(source: str, file: str = "", origin: Origin | None = None) -> Template | Problem:
    """The text of a template file, or the argument of `templatestring`. `HclMissingError` as above.

    With an origin everything in the template has that one: the text stands inside something else.
    """
    reading = _Reading(source, file, 0, 1, origin)
    answer = reading.guarded(lambda: reading.assembled(Quoted(0, len(source)), Form(), 0), 0)
    return answer if isinstance(answer, Problem | Template) else Problem("it is not a template", reading.origin(0, 0))


@dataclass(slots=True)
class _Reading:
    """One text that is being read; offsets are in `source`. `start` lies in line `line`."""

    source: str
    file: str
    start: int
    line: int
    within: Origin | None = None
    newlines: list[int] = field(default_factory=list)

    def guarded(
        self, read: Callable[[], Expression | Body | Nested], start: int
    ) -> Expression | Body | Nested | Problem:
        try:
            answer = read()
        except RefusedError as refused:
            return Problem(refused.message, self.origin(max(refused.offset, start), max(refused.offset, start)))
        if depth(answer) > MAX_DEPTH:
            return Problem(f"expressions are nested more than {MAX_DEPTH} deep", answer.origin)
        return answer

    def parsed(self, start: int, end: int, prefix: str = "", level: int = 0) -> Body:
        """`source[start:end]` after `prefix`, by `hcl2`."""
        bones = skeleton(self.source, start, end, prefix)
        if len(bones.text) - bones.text.count(" ") > MAX_SIZE:
            raise RefusedError(f"it has more than {MAX_SIZE} characters", start)
        body = converted(self._tree(bones), self._place(bones, level))
        if not isinstance(body, Body):
            raise RefusedError("it is empty", start)
        return body

    def expression(self, start: int, end: int, level: int) -> Expression:
        """The expression at `source[start:end]`; a plain reference, which is what most are, without `hcl2`."""
        simple = _SIMPLE.fullmatch(self.source, start, end)
        if simple is not None and simple[1] not in _CONSTANTS:
            return self._reference(simple)
        try:
            body = self.parsed(start, end, "x=", level)
        except _UnparsedError:  # the distributions stop at different places
            body = Body({})
        if len(body.attributes) != 1 or body.blocks:
            raise RefusedError(f"`{self.source[start:end].strip()[:60]}` is not an expression", start)
        return next(iter(body.attributes.values()))

    def assembled(self, quoted: Quoted, form: Form, level: int) -> Template:
        """The template in `quoted`."""
        if level > MAX_NESTING:
            raise RefusedError(f"strings are nested more than {MAX_NESTING} deep", quoted.start)
        reader = Reader(self.source, lambda start, end: self.expression(start, end, level + 1), self.origin)
        return assembled(reader, quoted.start, quoted.end, form)

    def origin(self, start: int, end: int) -> Origin:
        """Where `source[start:end]` stands."""
        return self.within or Origin(self.file, self._position(start), self._position(end))

    def _position(self, offset: int) -> Position:
        if not self.newlines:
            self.newlines.append(self.source.rfind("\n", 0, self.start))
            self.newlines.extend(found.start() for found in re.compile("\n").finditer(self.source, self.start))
        before = bisect_left(self.newlines, max(offset, self.start)) - 1
        return Position(self.line + before, max(offset, self.start) - self.newlines[before])

    def _reference(self, simple: re.Match[str]) -> Expression:
        start = simple.start(1)
        reference: Expression = Variable(simple[1], self.origin(start, simple.end(1)))
        end = simple.end(1)
        for name in simple[2].split(".")[1:]:
            end += 1 + len(name)
            reference = Attribute(reference, name, self.origin(start, end))
        return reference

    def _tree(self, bones: Skeleton) -> Any:  # noqa: ANN401 - Lark's
        from lark.exceptions import LarkError

        parse = _tree_of if len(bones.text) < _SHARED else parser()
        try:
            return parse(bones.text + "\n")
        except LarkError as refused:
            offset = getattr(refused, "pos_in_stream", None)
            at = len(bones.text) if offset is None or offset < 0 else offset
            raise _UnparsedError(_surprise(self.source, at + bones.base), at + bones.base) from refused

    def _place(self, bones: Skeleton, level: int) -> Place:
        base = bones.base

        def template(offset: int) -> Template:
            quoted = bones.quoted[offset]
            form = Form(quoted=not quoted.marker, dedent=quoted.dedent)
            return self._literal(quoted) or self.assembled(quoted, form, level)

        return Place(bones, self.source, template, lambda start, end: self.origin(start + base, end + base))

    def _literal(self, quoted: Quoted) -> Template | None:
        """The template, where it is a plain text: most are."""
        text = self.source[quoted.start : quoted.end]
        if quoted.dedent or not text.isascii() or _SPECIAL.search(text):
            return None
        quotes = 0 if quoted.marker else 1
        return Template((text,) if text else (), self.origin(quoted.start - quotes, quoted.end + quotes))


@lru_cache(256)
def _tree_of(bones: str) -> Any:  # noqa: ANN401 - Lark's
    """The tree of a skeleton, which nothing changes: in a tree of root modules most blocks are alike but for words."""
    return parser()(bones)


class _UnparsedError(RefusedError):
    """What `hcl2` refuses."""


_SPECIAL: Final = re.compile(r"[\\]|[$%]\{")


def _surprise(source: str, offset: int) -> str:
    word = re.compile(r"[\w-]+|\S").match(source, offset)
    return f"`{word[0][:40]}` is not expected here" if word else "the line or block ends too early"
