"""YAML text to values, each with its place; short tags (`!Ref x`) become the long form (`{Ref: x}`).

Made from libyaml's events without recursion. Bounded: nesting, and what aliases expand to; an alias shares the value of
its anchor, so it costs nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol, TypeAlias

import yaml

from keyfit.model.stack import Problem
from keyfit.readers.cloudformation.template.yaml_scalars import call, function_of, scalar
from keyfit.value import Entry, List, Object, Origin, Position, Text, Value

if TYPE_CHECKING:
    from collections.abc import Iterator

DEEPEST: Final = 100  # levels of nesting, aliases expanded
MOST: Final = 500_000  # values, aliases expanded

_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_MERGE: Final = "<<"

Path: TypeAlias = "tuple[str | int, ...]"


class UnreadableError(Exception):
    """Text that cannot be read, and where."""

    def __init__(self, reason: str, position: Position) -> None:
        """`reason` is a phrase for users."""
        super().__init__(reason)
        self.reason = reason
        self.position = position


def read(source: str, file: str) -> Value | Problem:
    """The value that the one YAML document in `source` describes, or the problem that it cannot be read for."""
    try:
        return _Builder(source, file).document()
    except UnreadableError as error:
        return Problem(error.reason, Origin(file, error.position, error.position))
    except yaml.MarkedYAMLError as error:
        position = _position(error.problem_mark)
        return Problem(_reason(error, source, position), Origin(file, position, position))
    except yaml.YAMLError as error:
        return Problem(f"the YAML cannot be read: {' '.join(str(error).split())}", Origin(file))


def _reason(error: yaml.MarkedYAMLError, source: str, position: Position) -> str:
    line = source.splitlines()[position.line - 1 : position.line]
    if line and line[0][position.column - 1 : position.column] == "\t":
        return "the YAML cannot be read: a tab is used where spaces are required"
    return f"the YAML cannot be read: {error.problem}"


class _Mark(Protocol):
    line: int
    column: int


def _position(mark: _Mark | None) -> Position:
    return Position(mark.line + 1, mark.column + 1) if mark else Position(1)


class _Built(NamedTuple):
    """A value with what it expands to: how many values, how many levels."""

    value: Value
    size: int = 1
    depth: int = 0


@dataclass(slots=True)
class _Open:
    """A list or object under construction. A short tag's function lies between its `path` and its members."""

    start: Position
    path: Path
    inner: Path
    tag: str
    anchor: str | None
    mapping: bool
    items: list[Value] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    key: Text | None = None
    size: int = 1
    depth: int = 0
    end: Position | None = None


class _Builder:
    def __init__(self, source: str, file: str) -> None:
        self._source = source
        self._file = file
        self._lines: list[str] | None = None
        self._anchors: dict[str, _Built | None] = {}
        self._stack: list[_Open] = []
        self._document: Value | None = None

    def document(self) -> Value:
        documents = 0
        for event in self._events():
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise UnreadableError("the file contains more than one YAML document", _position(event.start_mark))
            else:
                self._take(event)
        if self._document is None:
            raise UnreadableError("the file is empty", Position(1))
        return self._document

    def _events(self) -> Iterator[yaml.Event]:
        loader = _LOADER(self._source)
        try:
            while loader.check_event():
                yield loader.get_event()
        finally:
            loader.dispose()

    def _take(self, event: yaml.Event) -> None:
        if isinstance(event, yaml.ScalarEvent):
            self._scalar(event)
        elif isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
            self._open(event)
        elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            self._close(event)
        elif isinstance(event, yaml.AliasEvent):
            self._alias(event)

    # --- where the next value stands ---------------------------------------------------------------------------

    def _place(self) -> Path:
        """The path of the next value."""
        if not self._stack:
            return ()
        here = self._stack[-1]
        if not here.mapping:
            return (*here.inner, len(here.items))
        return here.inner if here.key is None else (*here.inner, here.key.prefix)

    def _wants_key(self) -> bool:
        return bool(self._stack) and self._stack[-1].mapping and self._stack[-1].key is None

    # --- events ------------------------------------------------------------------------------------------------

    def _scalar(self, event: yaml.ScalarEvent) -> None:
        start, end = _position(event.start_mark), _position(event.end_mark)
        if self._wants_key():
            path = (*self._stack[-1].inner, event.value)
            self._stack[-1].key = Text((event.value,) if event.value else (), Origin(self._file, start, end, path))
            return
        path = self._place()
        function = function_of(event.tag)
        if event.style in {"|", ">"}:
            start, end = self._block(event, start, end)
        origin = Origin(self._file, start, end, (*path, function) if function else path)
        if function:
            wrapped = Text((event.value,) if event.value else (), origin)
            built = _Built(call(function, wrapped, Origin(self._file, _position(event.start_mark), end, path)), 2, 1)
        else:
            built = _Built(scalar(event, origin))
        self._put(built, event.anchor, end)

    def _block(self, event: yaml.ScalarEvent, start: Position, end: Position) -> tuple[Position, Position]:
        """From the first to the last character of a block scalar, whose lines are then those of the file."""
        if self._lines is None:
            self._lines = self._source.splitlines()
        body = event.value.splitlines()
        first = start.line  # the index of the line after the indicator
        lines = self._lines[first : end.line]
        known = next((index for index, line in enumerate(lines) if line.strip()), None)
        if event.style == ">" or known is None or known >= len(body):
            return start, end
        indent = max(len(lines[known]) - len(body[known]), 0)
        height = len(event.value.rstrip("\n").splitlines()) - 1
        last = lines[height] if height < len(lines) else ""
        return Position(first + 1, indent + 1), Position(first + 1 + height, len(last.rstrip()) + 1)

    def _open(self, event: yaml.MappingStartEvent | yaml.SequenceStartEvent) -> None:
        start = _position(event.start_mark)
        if self._wants_key():
            raise UnreadableError("a key is not a string", start)
        if len(self._stack) >= DEEPEST:
            raise UnreadableError(f"the file is nested deeper than {DEEPEST} levels", start)
        path, function = self._place(), function_of(event.tag)
        inner = (*path, function) if function else path
        if event.anchor is not None:
            self._anchors[event.anchor] = None
        mapping = isinstance(event, yaml.MappingStartEvent)
        self._stack.append(_Open(start, path, inner, function, event.anchor, mapping))

    def _close(self, event: yaml.MappingEndEvent | yaml.SequenceEndEvent) -> None:
        here = self._stack.pop()
        # A block ends without a mark of its own; libyaml then gives the place of what follows.
        flow = _position(event.start_mark) != _position(event.end_mark)
        end = _position(event.end_mark) if flow or here.end is None else here.end
        origin = Origin(self._file, here.start, end, here.inner)
        value: Value
        value = Object(_merged(here.entries), origin=origin) if here.mapping else List(tuple(here.items), origin=origin)
        built = _Built(value, here.size, here.depth + 1)
        if here.tag:
            whole = Origin(self._file, here.start, end, here.path)
            built = _Built(call(here.tag, value, whole), here.size + 1, here.depth + 2)
        self._put(built, here.anchor, end)

    def _alias(self, event: yaml.AliasEvent) -> None:
        start = _position(event.start_mark)
        name = event.anchor or ""
        built = self._anchors.get(name)
        if built is None:
            reason = f"`&{name}` refers to itself" if name in self._anchors else f"`*{name}` has no anchor"
            raise UnreadableError(reason, start)
        if self._wants_key():
            raise UnreadableError("a key is an alias", start)
        self._put(built, None, _position(event.end_mark))

    def _put(self, built: _Built, anchor: str | None, end: Position) -> None:
        if anchor is not None:
            self._anchors[anchor] = built
        if not self._stack:
            self._document = built.value
            return
        here = self._stack[-1]
        here.size += built.size
        here.depth = max(here.depth, built.depth)
        here.end = end
        if len(self._stack) + built.depth > DEEPEST:
            raise UnreadableError(f"the file is nested deeper than {DEEPEST} levels", here.start)
        if here.size > MOST:
            raise UnreadableError(f"the file contains more than {MOST} values", here.start)
        if here.key is not None:
            here.entries.append(Entry(here.key, built.value))
            here.key = None
        else:
            here.items.append(built.value)


def _merged(entries: list[Entry]) -> tuple[Entry, ...]:
    """The entries, `<<` replaced by those of the merged objects that are not given beside it."""
    if not any(key.literal == _MERGE for key, _ in entries):
        return tuple(entries)
    own = [entry for entry in entries if entry.key.literal != _MERGE]
    names = {entry.key for entry in own}
    for key, value in entries:
        for source in _merge_sources(value) if key.literal == _MERGE else ():
            own.extend(entry for entry in source.entries if entry.key not in names)
            names.update(entry.key for entry in source.entries)
    return tuple(own)


def _merge_sources(value: Value) -> tuple[Object, ...]:
    found = value.items if isinstance(value, List) else (value,)
    return tuple(each for each in found if isinstance(each, Object))
