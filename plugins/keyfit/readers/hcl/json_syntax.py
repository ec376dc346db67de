"""HCL's JSON syntax to the same `ast`, with templates in its strings.

JSON does not tell a nested block from an argument. Here everything below a block
is an argument, and who knows that it is a block asks `nested`.
"""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Final

from typing_extensions import assert_never

from keyfit import json_text
from keyfit.model.stack import Problem
from keyfit.readers.hcl import ast
from keyfit.readers.hcl.syntax import read_expression, read_template
from keyfit.record import record
from keyfit.value import Bool, Entry, List, Null, Number, Object, Text, Unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyfit.readers.hcl.schema import Schema
    from keyfit.value import Value

_COMMENT: Final = "//"


def read_json(source: str, file: str, schema: Schema) -> tuple[tuple[ast.Nested, ...], tuple[Problem, ...]]:
    """The top-level blocks of a JSON file as HCL would give them, and what could not be read."""
    document = json_text.read_file(source.removeprefix("\ufeff"), file)
    if isinstance(document, Unknown):
        return (), (Problem(document.phrase, document.origin),)
    reading = _Reading(file, schema)
    blocks = tuple(
        block
        for part in _objects(document)
        for key, value in _members(part)
        for block in reading.labelled(schema, (key.prefix,), value)
    )
    return blocks, tuple(reading.problems)


def read_json_variables(source: str, file: str) -> ast.Body | Problem:
    """The arguments that a JSON file gives; its strings are no templates."""
    document = json_text.read_file(source.removeprefix("\ufeff"), file)
    if isinstance(document, Unknown):
        return Problem(document.phrase, document.origin)
    if not isinstance(document, Object):
        return Problem("the file does not contain a JSON object", document.origin)
    return _Reading(file).body(document)


def nested(body: ast.Body, type_: str) -> tuple[ast.Nested, ...]:
    """The nested blocks of one type, in HCL or in JSON, `dynamic` ones included (type "dynamic", the type as label)."""
    written = tuple(
        block for block in body.blocks if block.type == type_ or (block.type, block.labels) == ("dynamic", (type_,))
    )
    return written or tuple(_nested_in_json(body, type_))


def _nested_in_json(body: ast.Body, type_: str) -> Iterator[ast.Nested]:
    direct = body.attributes.get(type_)
    for content in _contents(direct):
        yield ast.Nested(type_, (), _body_of(content), content.origin)
    for generators in _contents(body.attributes.get("dynamic")):
        for content in _contents(_entry(generators, type_)):
            yield ast.Nested("dynamic", (type_,), _generator(_body_of(content)), content.origin)


def _generator(body: ast.Body) -> ast.Body:
    """The inside of a dynamic block, its `content` a block again and its `iterator` a name."""
    attributes = {name: value for name, value in body.attributes.items() if name != "content"}
    match attributes.get("iterator"):
        case ast.Template((str() as name,), origin):
            attributes["iterator"] = ast.Variable(name, origin)
        case _:
            pass
    contents = tuple(
        ast.Nested("content", (), _body_of(each), each.origin) for each in _contents(body.attributes.get("content"))
    )
    return ast.Body(attributes, contents, body.origin)


def _contents(expression: ast.Expression | None) -> tuple[ast.Map, ...]:
    match expression:
        case ast.Map():
            return (expression,)
        case ast.Tuple(items):
            return tuple(item for item in items if isinstance(item, ast.Map))
        case _:
            return ()


def _entry(content: ast.Map, name: str) -> ast.Expression | None:
    return next((value for key, value in content.entries if key == ast.Template((name,))), None)


def _body_of(content: ast.Map) -> ast.Body:
    named = ((_name(key), value) for key, value in content.entries)
    return ast.Body({name: value for name, value in named if name and name != _COMMENT}, (), content.origin)


def _name(key: ast.Expression) -> str:
    return key.parts[0] if isinstance(key, ast.Template) and key.parts and isinstance(key.parts[0], str) else ""


@record
class _Reading:
    """Blocks of a `schema`, in which strings are templates; or values alone, in which they are not."""

    file: str
    schema: Schema | None = None
    problems: list[Problem] = field(default_factory=list)

    def labelled(self, schema: Schema, path: tuple[str, ...], value: Value) -> Iterator[ast.Nested]:
        """The blocks below a type, or below a type and some of its labels."""
        type_, *labels = path
        for each in _objects(value):
            if len(labels) < schema.labels.get(type_, 0):
                for key, inner in _members(each):
                    yield from self.labelled(schema, (*path, key.prefix), inner)
            elif isinstance(each, Object):
                yield ast.Nested(type_, tuple(labels), self.body(each, schema.sources.get(type_, "")), each.origin)
            else:
                self.problems.append(Problem(f"`{type_}` does not contain a JSON object", each.origin))

    def body(self, value: Object, source: str = "") -> ast.Body:
        """The members of an object as arguments; that named `source` holds HCL."""
        attributes = {
            key.prefix: self._source(inner) if key.prefix == source else self.expression(inner)
            for key, inner in _members(value)
        }
        return ast.Body(attributes, (), value.origin)

    def expression(self, value: Value) -> ast.Expression:
        """What a value is as an expression. No deeper than `json_text` reads."""
        match value:
            case Text():
                return self._string(value)
            case Number(number, origin):
                return ast.Literal(number, origin)
            case Bool(truth, origin):
                return ast.Literal(truth, origin)
            case Null(origin):
                return ast.Literal(None, origin)
            case List(items, _, origin):
                return ast.Tuple(tuple(map(self.expression, items)), origin)
            case Object(_, _, origin):
                members = ((self._string(key), self.expression(inner)) for key, inner in _members(value))
                return ast.Map(tuple(members), origin)
            case Unknown(origin=origin):  # there are no holes in a file
                return ast.Literal(None, origin)
            case _:
                assert_never(value)

    def _string(self, value: Text) -> ast.Expression:
        written = value.literal or ""
        if self.schema is None or ("${" not in written and "%{" not in written):
            return ast.Template((written,) if written else (), value.origin)
        template = read_template(written, self.file, value.origin)
        return self._taken(template, value)

    def _taken(self, read: ast.Expression | Problem, value: Value) -> ast.Expression:
        if isinstance(read, Problem):
            self.problems.append(read)
            return ast.Template((), value.origin)
        return read

    def _source(self, value: Value) -> ast.Expression:
        """What stands as HCL in a string: a type, a reference to a provider."""
        match value:
            case Text(literal=str() as written):
                return self._taken(read_expression(written, self.file, value.origin), value)
            case Object(_, _, origin):
                members = ((self._string(key), self._source(inner)) for key, inner in _members(value))
                return ast.Map(tuple(members), origin)
            case _:
                return self.expression(value)


def _objects(value: Value) -> tuple[Value, ...]:
    """A block can be written once, or as a list of several."""
    return value.items if isinstance(value, List) else (value,)


def _members(value: Value) -> Iterator[Entry]:
    if isinstance(value, Object):
        yield from (entry for entry in value.entries if entry.key.prefix != _COMMENT)
