"""Functions of files and paths. Nothing outside the scan root is read; symbolic links are resolved first."""

from __future__ import annotations

import base64
import os
import re
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from keyfit.model.stack import Problem
from keyfit.readers.files import LARGEST, inside
from keyfit.readers.hcl.syntax import read_template
from keyfit.readers.overlaid import content
from keyfit.readers.terraform.functions.regexes import matches
from keyfit.readers.terraform.functions.table import (
    LONGEST_TEXT,
    MOST_ELEMENTS,
    CallContext,
    Function,
    RefusedError,
    StoppedError,
    UndecidedError,
)
from keyfit.readers.terraform.values.terraform_values import Lines, Set
from keyfit.readers.terraform.values.unknowns import bound
from keyfit.value import Object, Origin, Position, Text, Unknown, text
from keyfit.why import Why

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from keyfit.value import Value

_DEEPEST: Final = 8  # templates in templates
_MOST_FILES: Final = 10_000
_NAME: Final = re.compile(r"[^\W\d][\w-]*")


def _path(path: str, context: CallContext) -> Path:
    """Where the file is, all links resolved; unknown where that lies outside the root."""
    if "\0" in path:
        raise RefusedError("the path contains a null character")
    whole = context.directory / path
    if path.startswith("~"):
        raise StoppedError(Unknown(Why.OUTSIDE_ROOT, path[:200]))
    if not inside(whole, context.given.root):
        raise StoppedError(Unknown(Why.OUTSIDE_ROOT, path[:200]))
    return whole.resolve()


def file_bytes(path: str, context: CallContext) -> bytes:
    """What a file inside the root holds."""
    found = _path(path, context)
    try:
        if not found.is_file():
            raise RefusedError(f"there is no file `{path[:200]}`")
        if found.stat().st_size > LARGEST:
            raise StoppedError(bound(f"`{path[:200]}` is larger than {LARGEST} bytes"))
        overlaid = content(found)
        return found.read_bytes() if overlaid is None else overlaid
    except OSError as error:
        raise StoppedError(Unknown(Why.UNREADABLE, f"`{path[:200]}` cannot be read")) from error


def _content(path: str, context: CallContext) -> str:
    try:
        return file_bytes(path, context).decode("utf-8")
    except UnicodeDecodeError as error:
        raise RefusedError(f"`{path[:200]}` is not encoded in UTF-8") from error


def _file(path: str, *, context: CallContext) -> Value:
    return _written_in(text(_content(path, context)), path, context)


def _written_in(content: Text, path: str, context: CallContext) -> Lines:
    """`content`, whose lines are those of the file."""
    file = os.path.normpath(context.directory / path)
    place = Origin(file, Position(1), Position(1 + _newlines(content)))
    return Lines(content.parts, content.origin, place, whole=True)


def _newlines(content: Text) -> int:
    return sum(part.count("\n") for part in content.parts if isinstance(part, str))


def _filebase64(path: str, *, context: CallContext) -> str:
    return base64.b64encode(file_bytes(path, context)).decode("ascii")


def _fileexists(path: str, *, context: CallContext) -> bool:
    found = _path(path, context)
    if found.is_dir():
        raise RefusedError(f"`{path[:200]}` is a directory")
    return found.is_file()


def _fileset(path: str, pattern: str, *, context: CallContext) -> Set:
    found = _path(path, context)
    if not found.is_dir():
        return Set()
    names = sorted(filter(_glob(pattern), _names(found, context.given.root)))
    if len(names) > MOST_ELEMENTS:
        raise StoppedError(bound(f"more than {MOST_ELEMENTS} files match"))
    return Set(tuple(text(name) for name in names))


def _names(directory: Path, root: Path) -> Iterator[str]:
    """The files below a directory, by their relative paths."""
    seen = 0
    for folder, folders, files in os.walk(directory):
        folders.sort()
        for name in files:
            seen += 1
            if seen > _MOST_FILES:
                raise StoppedError(bound(f"the directory contains more than {_MOST_FILES} files"))
            whole = Path(folder, name)
            if inside(whole, root):
                yield whole.relative_to(directory).as_posix()


_GLOB: Final = re.compile(r"\*\*/|\*\*|\*|\?|\[\^?[^\]]+\]|\{[^{}]*\}|\\.|.", re.DOTALL)
_LONGEST_GLOB: Final = 200
_MOST_STARS: Final = 2  # that Python's `re` tries against each other


def _glob(pattern: str) -> Callable[[str], bool]:
    """Whether a name is one of those: by a matcher that tries nothing twice, where there are many ways to match."""
    if len(pattern) > _LONGEST_GLOB:
        raise StoppedError(bound("the pattern is long"))
    expression = "".join(_globbed(token[0]) for token in _GLOB.finditer(pattern))
    if len(re.findall(r"\*+", pattern)) > _MOST_STARS:
        return partial(matches, rf"(?s)\A(?:{expression})\z")
    try:
        ready = re.compile(expression)
    except re.error as error:
        raise RefusedError("the pattern is not valid") from error
    return lambda name: ready.fullmatch(name) is not None


def _globbed(token: str) -> str:
    match token:
        case "**/":
            return r"(?:.*/)?"
        case "**":
            return r".*"
        case "*":
            return r"[^/]*"
        case "?":
            return r"[^/]"
        case _:
            pass
    if token[0] == "[" and len(token) > 1:
        return token
    if token[0] == "{" and len(token) > 1:
        alternatives = ("".join(_globbed(each[0]) for each in _GLOB.finditer(part)) for part in token[1:-1].split(","))
        return f"(?:{'|'.join(alternatives)})"
    return re.escape(token[1:] if token[0] == "\\" and len(token) > 1 else token)


def _templatefile(path: str, variables: Object, *, context: CallContext) -> Value:
    source = _content(path, context)
    rendered = _rendered(source, path, variables, context)
    if not isinstance(rendered, Text) or "%{" in source or _newlines(rendered) != source.count("\n"):
        return rendered
    return _written_in(rendered, path, context)


def _templatestring(source: Text, variables: Object, *, context: CallContext) -> Value:
    if source.literal is None:
        raise UndecidedError(source)
    return _rendered(source.literal, context.origin.file, variables, context)


def _rendered(source: str, file: str, variables: Object, context: CallContext) -> Value:
    if context.depth >= _DEEPEST:
        raise StoppedError(bound("templates are nested too deep"))
    if len(source) > LONGEST_TEXT:
        raise StoppedError(bound(f"the template has more than {LONGEST_TEXT} characters"))
    template = read_template(source, file)
    if isinstance(template, Problem):
        raise RefusedError(f"{template.message} in line {template.origin.start.line} of the template")
    inner = CallContext(context.given, context.directory, context.origin, context.evaluate, depth=context.depth + 1)
    rendered = context.evaluate(template, _scope(variables), inner)
    # Its lines are those of the template, whatever its directives have made of them.
    return Text(rendered.parts, context.origin) if isinstance(rendered, Lines) else rendered


def _scope(variables: Object) -> Mapping[str, Value]:
    if variables.rest is not None:
        raise UndecidedError(variables.rest)
    names: dict[str, Value] = {}
    for key, value in variables.entries:
        if key.literal is None:
            raise UndecidedError(key)
        if not _NAME.fullmatch(key.literal):
            raise RefusedError(f"`{key.literal[:40]}` is not a name for a template")
        names[key.literal] = value
    return names


def _abspath(path: str, *, context: CallContext) -> str:
    return os.path.normpath(context.directory.resolve() / path)


def _basename(path: str) -> str:
    """As Go's filepath.Base."""
    if not path:
        return "."
    return path.rstrip("/").rpartition("/")[2] or "/"


def _dirname(path: str) -> str:
    """As Go's filepath.Dir."""
    directory = path.rpartition("/")[0] + ("/" if path.startswith("/") and path.count("/") == 1 else "")
    cleaned = os.path.normpath(directory) if directory else "."
    return "/" + cleaned.lstrip("/") if cleaned.startswith("/") else cleaned


def _pathexpand(path: str) -> str:
    if path.startswith("~"):
        raise StoppedError(Unknown(Why.OUTSIDE_ROOT, path[:200]))
    return path


FUNCTIONS: Final[dict[str, Function]] = {
    "abspath": Function("s", _abspath, context=True),
    "basename": Function("s", _basename),
    "dirname": Function("s", _dirname),
    "file": Function("s", _file, context=True),
    "filebase64": Function("s", _filebase64, context=True),
    "fileexists": Function("s", _fileexists, context=True),
    "fileset": Function("ss", _fileset, context=True),
    "pathexpand": Function("s", _pathexpand),
    "templatefile": Function("so", _templatefile, context=True),
    "templatestring": Function("to", _templatestring, context=True),
}
