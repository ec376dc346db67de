"""A further element for what is a list, or becomes one, in the form in which it is written."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final

from keyfit.remedy import outline
from keyfit.remedy.brackets import Bracketed, Language, Token, added, bracketed
from keyfit.remedy.places import Spot
from keyfit.remedy.sources import Splice, UnpatchableError
from keyfit.remedy.writing import STEP, Form, Piece, Verbatim, Writer, statement_block
from keyfit.value import List, Object, Text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from keyfit.remedy.sources import Source
    from keyfit.value import Value

_BEFORE: Final = re.compile(r"\[\s*\Z")


def with_texts(value: Value, texts: Sequence[Piece], read: Callable[[str], Source]) -> list[Splice]:
    """`texts` behind those of a list of strings; one string becomes a list."""
    spot = Spot.of(value.origin, read)
    match value:
        case List(items) if spot.text.startswith("-"):
            _check(items, read)
            return _dashes(spot, texts)
        case List(items) if spot.text.startswith("["):
            _check(items, read)
            return _further(spot, spot.brackets(), texts)
        case Text() if _is_written(spot, value):
            opening = _BEFORE.search(spot.source.text, 0, spot.start)
            if opening is not None:  # one element, whose brackets are a list's
                return _further(spot, bracketed(spot.source, opening.start(), spot.language), texts)
            writer = _texts_writer(spot)
            more = "".join(f", {writer.short(each)}" for each in texts)
            return [Splice(spot.start, spot.start, "["), Splice(spot.end, spot.end, f"{more}]")]
        case _:
            raise UnpatchableError("it is not written out as a list")


def with_like(value: Value, old: str, new: str, read: Callable[[str], Source]) -> list[Splice]:
    """Behind what begins with `old` in a list of strings, or in one string, the same with `new`, as it is written."""
    items = value.items if isinstance(value, List) else (value,)
    for item in items:
        spot = Spot.of(item.origin, read).whole()
        found = re.match(rf"((?:!Sub |- )?[\"']?){re.escape(old)}(?=\.)", spot.text)
        if found is None:
            continue
        more = Verbatim(f"{found[1].removeprefix('- ')}{new}{spot.text[found.end() :]}")
        if isinstance(value, List):
            return with_texts(value, [more], read)
        opening = _BEFORE.search(spot.source.text, 0, spot.start)
        if opening is not None:
            return _further(spot, bracketed(spot.source, opening.start(), spot.language), [more])
        first, second = (_in_flow(each, spot) for each in (spot.text, more.text))
        if first != spot.text:
            return [Splice(spot.start, spot.end, f"[{first}, {second}]")]
        return [Splice(spot.start, spot.start, "["), Splice(spot.end, spot.end, f", {second}]")]
    raise UnpatchableError("it is not written out")


def _in_flow(written: str, spot: Spot) -> str:
    """A scalar as brackets of YAML can hold it: a plain one has no braces there."""
    tag, text = ("!Sub ", written[5:]) if written.startswith("!Sub ") else ("", written)
    plain = spot.language is Language.YAML and text[:1] not in {'"', "'"}
    return f"{tag}{json.dumps(text)}" if plain and not text.isidentifier() and "{" in text else written


def _check(items: Sequence[Value], read: Callable[[str], Source]) -> None:
    """That places are exact: each string stands where its place says."""
    for item in items:
        if isinstance(item, Text) and item.literal is not None and not _is_written(Spot.of(item.origin, read), item):
            raise UnpatchableError("an element is written elsewhere")


def _is_written(spot: Spot, value: Text) -> bool:
    return value.literal is not None and spot.text.strip("\"'") == value.literal


def _texts_writer(spot: Spot) -> Writer:
    """How a string is written like the one that stands there."""
    if spot.language is Language.YAML:
        return Writer(Form.JSON if spot.text.lstrip("[ \n").startswith('"') else Form.FLOW, terraform=False)
    return Writer(Form.JSON, spot.terraform)


def _further(spot: Spot, inside: Bracketed, texts: Sequence[Piece]) -> list[Splice]:
    first = spot.source.text[inside.start + 1 : inside.end].lstrip()
    quoted = spot.language is not Language.YAML or first.startswith('"')
    writer = Writer(Form.JSON if quoted else Form.FLOW, spot.terraform, spot.source.newline())
    if inside.last is None:
        return [Splice(inside.start + 1, inside.start + 1, ", ".join(map(writer.short, texts)))]
    return added(spot.source, inside, lambda indent: _row(spot, inside, texts, writer, indent))


def _row(spot: Spot, inside: Bracketed, texts: Sequence[Piece], writer: Writer, indent: str) -> str:  # noqa: PLR0913, PLR0917
    """The strings on lines of their own where those before are."""
    last = inside.last or Token(inside.start, inside.start, "")
    lines = "\n" in spot.source.text[inside.start : last.start]
    glue = f",{writer.newline}{indent}" if lines else ", "
    return glue.join(map(writer.short, texts))


def _dashes(spot: Spot, texts: Sequence[Piece]) -> list[Splice]:
    """The strings on lines of their own, behind the last one and its comment."""
    indent = " " * (spot.start - spot.source.line_start(spot.start))
    quoted = spot.text.lstrip("- ").startswith('"')
    writer = Writer(Form.JSON if quoted else Form.FLOW, terraform=False)
    end = spot.source.line_end(spot.end)
    newline = spot.source.newline()
    return [Splice(end, end, "".join(f"{newline}{indent}- {writer.short(each)}" for each in texts))]


def with_statement(document: Object, statement: Mapping[str, Piece], read: Callable[[str], Source]) -> list[Splice]:
    """`statement` behind those of a policy document; a single statement becomes a list."""
    written = document.find("Statement")
    match written:
        case List(items) if items and _is_block(items[-1], read):
            return _block_behind(Spot.of(items[-1].origin, read), statement)
        case List():
            return with_object(written, statement, read)
        case Object() if _is_block(written, read):
            return _block_behind(Spot.of(written.origin, read), statement)
        case Object():
            return _beside(Spot.of(written.origin, read), statement)
        case _:
            raise UnpatchableError("the statements are not written out")


def _is_block(value: Value, read: Callable[[str], Source]) -> bool:
    try:
        return Spot.of(value.origin, read).form is Form.BLOCK
    except UnpatchableError:
        return False


def _block_behind(spot: Spot, statement: Mapping[str, Piece]) -> list[Splice]:
    source, indent = spot.source, spot.source.indent(spot.start)
    end = source.line_end(spot.end)
    newline = source.newline()
    return [Splice(end, end, f"{newline}{newline}{indent}{statement_block(statement, indent, newline)}")]


def with_object(written: List, statement: Mapping[str, Piece], read: Callable[[str], Source]) -> list[Splice]:
    """An object behind those of a list, in their form."""
    spot = Spot.of(written.origin, read)
    source = spot.source
    if spot.text.startswith("-"):
        indent = " " * (spot.start - source.line_start(spot.start))
        writer = Writer(Form.YAML, terraform=False, newline=source.newline())
        end = source.line_end(spot.end)
        return [Splice(end, end, f"{source.newline()}{indent}- {writer.lines(statement, indent + STEP)}")]
    if not spot.text.startswith("["):
        raise UnpatchableError("it is not written out as a list")
    form = next((Spot.of(each.origin, read).form for each in written.items if isinstance(each, Object)), None)
    form = form or (Form.HCL if spot.language is Language.HCL else Form.JSON)
    writer = Writer(form, spot.terraform, source.newline())
    one_line = "\n" not in spot.text
    return added(source, spot.brackets(), lambda indent: _object(writer, statement, indent, one_line=one_line))


def _object(writer: Writer, statement: Mapping[str, Piece], indent: str, *, one_line: bool) -> str:
    return writer.short(statement) if one_line else writer.lines(statement, indent)


def _beside(spot: Spot, statement: Mapping[str, Piece]) -> list[Splice]:
    """A single statement becomes the first of a list."""
    source, writer = spot.source, spot.writer
    if writer.form is Form.YAML:
        return _indented(spot, statement)
    if not spot.text.startswith("{"):
        raise UnpatchableError("the statement is not written out")
    one_line = "\n" not in spot.text
    more = _object(writer, statement, source.indent(spot.end - 1), one_line=one_line)
    return [Splice(spot.start, spot.start, "["), Splice(spot.end, spot.end, f", {more}]")]


def _indented(spot: Spot, statement: Mapping[str, Piece]) -> list[Splice]:
    """The lines of a single statement behind a dash, and another one below."""
    source = spot.source
    start = source.line_start(spot.start)
    if source.text[start : spot.start].strip(" "):
        raise UnpatchableError("the statement begins behind something else")
    indent = source.text[start : spot.start]
    splices, line = [Splice(spot.start, spot.start, "- ")], source.text.find("\n", spot.start) + 1
    while 0 < line < spot.end:
        if source.text[line : source.line_end(line)].strip():
            splices.append(Splice(line, line, STEP))
        line = source.text.find("\n", line) + 1
    writer = Writer(Form.YAML, terraform=False, newline=source.newline())
    end = source.line_end(spot.end)
    more = f"{source.newline()}{indent}- {writer.lines(statement, indent + STEP)}"
    return [*splices, Splice(end, end, more)]


def with_entry(spot: Spot, key: str, value: Piece | bool) -> list[Splice]:  # noqa: FBT001 - the value that is written
    """`key` with `value` behind the last entry of the object that stands there."""
    source, writer = spot.source, spot.writer
    match value:
        case bool():
            written = str(value).lower()
        case str():
            written = Writer(Form.JSON, spot.terraform).text(value)
        case _:
            in_one = writer.form is not Form.YAML and "\n" not in spot.text
            written = writer.short(value) if in_one else writer.lines(value, source.indent(spot.end - 1) + STEP)
    entry = f"{writer.key(key)}{written}"
    if writer.form is Form.YAML:
        indent = " " * (spot.start - source.line_start(spot.start))
        end = source.line_end(spot.end)
        return [Splice(end, end, f"{source.newline()}{indent}{entry}")]
    separator = "" if writer.form is Form.HCL and "\n" in spot.text else ","
    return added(source, spot.brackets(), lambda _: entry, separator)


def with_list(spot: Spot, element: str, text: str) -> list[Splice]:
    """A list of one text as that element of a `statement` block, in place of what is there."""
    source, name = spot.source, _ARGUMENTS[element]
    block = outline.block_around(source, source.origin(Splice(spot.start, spot.end, "")), "statement")
    listed = Writer(Form.BLOCK, terraform=True).short([text])
    written = block.body.attributes.get(name)
    if written is None:
        return with_argument(spot, f"{name} = {listed}")
    return [Splice(*source.span(written.origin), listed)]


_ARGUMENTS: Final = {"Action": "actions", "Resource": "resources"}


def with_argument(spot: Spot, argument: str) -> list[Splice]:
    """`argument` on a line of its own at the end of the HCL block that stands there."""
    source, last = spot.source, spot.end - 1
    start = source.line_start(last)
    if not spot.text.endswith("}") or source.text[start:last].strip():
        raise UnpatchableError("the block is not written over lines")
    indent = source.indent(last) + STEP
    return [Splice(start, start, f"{indent}{argument}{source.newline()}")]


def with_call(spot: Spot, span: tuple[int, int], texts: Sequence[Piece]) -> list[Splice]:
    """`texts` behind those of a list that is named, or made by a function: the statement has a list of its own then."""
    start, end = span
    writer = Writer(Form.JSON, spot.terraform)
    more = ", ".join(map(writer.short, texts))
    if spot.source.text.startswith("concat(", start) and spot.source.text[end - 1] == ")":
        return [Splice(end - 1, end - 1, f", [{more}]")]
    return [Splice(start, start, "concat("), Splice(end, end, f", [{more}])")]
