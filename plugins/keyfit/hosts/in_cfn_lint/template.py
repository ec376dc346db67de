"""A template as cfn-lint decoded and transformed it, as the value that the CloudFormation reader takes.

cfn-lint's texts, maps and lists know where they stood in the file. What a transform made does not: it has a path, and
the place of what it stands in.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Final

from keyfit.record import record
from keyfit.value import Bool, Entry, List, Null, Number, Object, Origin, Position, Text

if TYPE_CHECKING:
    from keyfit.value import Value

DEEPEST: Final = 200  # levels; CloudFormation's own templates have far fewer


class TooDeepError(ValueError):
    """The template is nested too deeply to be judged."""


def read_decoded(template: dict[str, Any], file: str) -> Value:
    """The value that `template` is, each part with its place and path; `TooDeepError` where it is nested too deeply."""
    merged = {name: section for name, section in template.items() if name != "Globals"}  # cfn-lint has merged them
    return _Conversion(file).value(merged, Origin(file), 0)


@record
class _Conversion:
    file: str

    def value(self, node: Any, around: Origin, depth: int) -> Value:  # noqa: ANN401 - decoded YAML is what it is
        """`node`, which stands at the path of `around`."""
        if depth > DEEPEST:
            raise TooDeepError(f"the template is nested deeper than {DEEPEST} levels")
        origin = self._origin(node, around, around.path)
        match node:
            case dict():
                entries = (self._entry(name, inner, origin, depth) for name, inner in node.items())
                return Object(tuple(entries), origin=origin)
            case list():
                places = (Origin(self.file, origin.start, origin.end, (*origin.path, i)) for i in range(len(node)))
                items = (self.value(inner, place, depth + 1) for inner, place in zip(node, places, strict=True))
                return List(tuple(items), origin=origin)
            case _:
                return _scalar(node, origin)

    def _entry(self, name: Any, inner: Any, around: Origin, depth: int) -> Entry:  # noqa: ANN401 - as above
        """A key and its value; a scalar that does not know its place has its key's."""
        origin = self._origin(name, around, (*around.path, str(name)))
        return Entry(_text(str(name), origin), self.value(inner, origin, depth + 1))

    def _origin(self, node: object, around: Origin, path: tuple[str | int, ...]) -> Origin:
        start, end = getattr(node, "start_mark", None), getattr(node, "end_mark", None)
        if start is None or end is None:
            return Origin(self.file, around.start, around.end, path)
        return Origin(self.file, _position(start), _position(end), path)


def _position(mark: Any) -> Position:  # noqa: ANN401 - cfn-lint's Mark, or PyYAML's
    return Position(mark.line + 1, mark.column + 1)


def _scalar(node: object, origin: Origin) -> Value:
    match node:
        case bool():
            return Bool(node, origin)
        case int() | float():
            return Number(node, origin)
        case None:
            return Null(origin)
        case date():
            return _text(node.isoformat(), origin)
        case _:
            return _text(str(node), origin)


def _text(words: str, origin: Origin) -> Text:
    return Text((words,) if words else (), origin)
