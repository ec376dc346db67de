"""What a task gives to the API that it calls: literal values, and values that are known only at run time.

In JSONPath states that is `Parameters`, with `"Key"` or `"Key.$"`; in JSONata states `Arguments`, in which any string
may be `{% … %}` (W3). A task that gives neither passes on its own input.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from keyfit.record import record
from keyfit.value import Null, Object, Reference, Text, Unknown, choices_in
from keyfit.why import Why

if TYPE_CHECKING:
    from keyfit.value import Hole, Value

_LONG: Final = 80  # characters of an expression that a message repeats


@record
class Payload:
    """The parameters of one task, and the `place` (machine and state) that tells its unknowns from those of others."""

    value: Value
    place: str

    def at(self, path: str) -> Value | None:
        """The parameter at a dotted path: unknown where it is not known whether it is given; `None` if surely not."""
        return _inside(self.value, path, f"{self.place}/{path}")

    def within(self, value: Value, path: str, where: str) -> Value | None:
        """As `at`, inside a part of the parameters; `where` is the whole path."""
        return _inside(value, path, f"{self.place}/{where}")


def of_task(state: Object, place: str) -> Payload:
    """What the task `state` gives to its API."""
    for name in ("Parameters", "Arguments"):
        given = state.find(name)
        if given is not None:
            return Payload(given, place)
    unknown = Unknown(Why.RUN_TIME, "the input of the state", identity=f"{place}/input", origin=state.origin)
    return Payload(unknown, place)


@record
class _Path:
    """The value of `"Key.$"`: a path or an intrinsic function, evaluated when the state runs."""

    expression: Value


def _inside(value: Value, path: str, identity: str) -> Value | None:
    found = _settled(value, identity)
    for name in path.split(".") if path else ():
        found = _settled(_member(found, name), identity)
    return found


def _member(parent: Value | None, name: str) -> Value | _Path | None:
    match parent:
        case Unknown():
            return parent.part(name)
        case Object():
            written, path = parent.find(name), parent.find(f"{name}.$")
            if path is None or (written is not None and not isinstance(written, Unknown)):
                return written
            return written or path if isinstance(path, Unknown) else _Path(path)
        case _:
            return None


def _settled(value: Value | _Path | None, identity: str) -> Value | None:
    """`value`, unknown where it is an expression that is evaluated at run time; null is not given."""
    match value:
        case _Path(expression):
            return _at_run_time(expression, identity)
        case Text() if value.prefix.startswith("{%"):
            return _at_run_time(value, identity)
        case Null():
            return None
        case _:
            return value


def _at_run_time(expression: Value, identity: str) -> Unknown:
    written = " ".join(words(expression).split())
    return Unknown(
        Why.RUN_TIME,
        f"`{written if len(written) <= _LONG else f'{written[:_LONG]}…'}`",
        identity=identity,
        choices=choices_in(expression),
        origin=expression.origin,
    )


def words(written: Value) -> str:
    """A text as it is written, with its holes as `${…}`."""
    if not isinstance(written, Text):
        return "…"
    return "".join(part if isinstance(part, str) else _hole(part) for part in written.parts)


def _hole(hole: Hole) -> str:
    match hole:
        case Unknown(subject=subject):
            return "${" + subject + "}"
        case Reference(block, attribute):
            return "${" + f"{block}.{attribute}" + "}"
        case _:
            return "${" + hole.value + "}"
