"""Template text to `ast.Template`: quoted strings, heredocs, and the files of `templatefile`."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeAlias

from keyfit.readers.hcl.ast import Directive, Expression, Interpolation, Literal, Template
from keyfit.readers.hcl.scanning import RefusedError
from keyfit.readers.hcl.template_tokens import Sequence, dedent, tokens
from keyfit.record import record

if TYPE_CHECKING:
    from collections.abc import Callable

    from keyfit.readers.hcl.template_tokens import Token
    from keyfit.value import Origin

Part: TypeAlias = "str | Interpolation | Directive"

_KEYWORD: Final = re.compile(r"\s*(if|else|endif|for|endfor)\b")
_NAMES: Final = re.compile(r"\s+([^\W\d][\w-]*)\s*(?:,\s*([^\W\d][\w-]*)\s*)?\bin\b")
_TRUE: Final = Literal(value=True)


@record
class Form:
    """What kind of template it is: `quoted` has backslash escapes and no lines, `dedent` is a heredoc's `<<-`."""

    quoted: bool = False
    dedent: bool = False


@record
class Reader:
    """What reads the expression at `source[start:end]`, and what tells the origin of a stretch of it."""

    source: str
    expression: Callable[[int, int], Expression]
    origin: Callable[[int, int], Origin]


def assembled(reader: Reader, start: int, end: int, form: Form) -> Template:
    """The template at `source[start:end]`. `RefusedError` for one that is none."""
    row = tokens(reader.source, start, end, quoted=form.quoted)
    taken = dedent(row) if form.dedent else 0
    assembly = _Assembly(reader, end, [_Frame("", _TRUE)])
    for token in row:
        assembly.take(token)
    if len(assembly.open) > 1:
        raise RefusedError(f"directive `{assembly.open[-1].kind}` is not closed", assembly.open[-1].start)
    # It begins where its text does, so that every line of it stands as far to the right as the first.
    begins = start + taken if reader.source[start : start + taken].strip(" \t") == "" else start
    return Template(_merged(assembly.open[0].parts), reader.origin(begins, end))


@dataclass(slots=True)
class _Frame:
    """A directive that is still open; the outermost frame is the template itself."""

    kind: str
    expression: Expression
    names: tuple[str, ...] = ()
    start: int = 0
    parts: list[Part] = field(default_factory=list)
    then: Template | None = None


@dataclass(slots=True)
class _Assembly:
    reader: Reader
    end: int
    open: list[_Frame]

    def take(self, token: Token) -> None:
        if not isinstance(token, Sequence):
            self.open[-1].parts.append(token.text)
        elif token.opener == "${":
            expression = self.reader.expression(token.start, token.end)
            self.open[-1].parts.append(Interpolation(expression))
        else:
            self._directive(token)

    def _directive(self, token: Sequence) -> None:
        keyword = _KEYWORD.match(self.reader.source, token.start, token.end)
        match keyword[1] if keyword else "":
            case "if":
                self._open(token, token.start if keyword is None else keyword.end(), ())
            case "for":
                self._for(token)
            case "else":
                self._else(token)
            case "endif" | "endfor" as kind:
                self._close(kind.removeprefix("end"), token)
            case _:
                raise RefusedError("directive is not one of `if`, `else`, `endif`, `for`, `endfor`", token.start)

    def _open(self, token: Sequence, start: int, names: tuple[str, ...]) -> None:
        expression = self.reader.expression(start, token.end)
        self.open.append(_Frame("for" if names else "if", expression, names, token.start))

    def _for(self, token: Sequence) -> None:
        after = self.reader.source.index("for", token.start) + len("for")
        names = _NAMES.match(self.reader.source, after, token.end)
        if names is None:
            raise RefusedError("directive `for` has no `in`", token.start)
        self._open(token, names.end(), tuple(name for name in names.groups() if name))

    def _else(self, token: Sequence) -> None:
        frame = self.open[-1]
        if frame.kind != "if" or frame.then is not None:
            raise RefusedError("directive `else` is outside an `if`", token.start)
        frame.then = self._template(frame, token.start)
        frame.parts = []

    def _close(self, kind: str, token: Sequence) -> None:
        frame = self.open[-1]
        if frame.kind != kind:
            raise RefusedError(f"directive `end{kind}` ends nothing", token.start)
        self.open.pop()
        last = self._template(frame, token.start)
        body, otherwise = (last, None) if frame.then is None else (frame.then, last)
        self.open[-1].parts.append(Directive(kind, frame.expression, body, otherwise, frame.names))

    def _template(self, frame: _Frame, end: int) -> Template:
        return Template(_merged(frame.parts), self.reader.origin(frame.start, end))


def _merged(parts: list[Part]) -> tuple[Part, ...]:
    """The parts, neighbouring texts as one. An empty text stays beside others: only `"${x}"` alone is `x` itself."""
    merged: list[Part] = []
    run: list[str] = []
    for part in parts:
        if isinstance(part, str):
            run.append(part)
            continue
        if run:
            merged.append("".join(run))
            run = []
        merged.append(part)
    if run:
        merged.append("".join(run))
    return tuple(merged)
