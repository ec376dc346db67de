"""What a plan says of one resource or data source, and of a whole root module; read from its JSON when it is asked."""

from __future__ import annotations

import re
from dataclasses import field
from typing import TYPE_CHECKING, Final

from keyfit import json_text
from keyfit.readers.terraform.values.unknowns import bound
from keyfit.record import record
from keyfit.value import Bool, Entry, List, Null, Object, Text, Unknown, number, text
from keyfit.why import Why

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from keyfit.value import Value

LEFT_OPEN: Final = "what the plan leaves open"
KNOWN_LATER: Final = "known after apply"  # the name of what stands for a value that a plan does not show
DEEPEST: Final = 60  # levels of one value
# What platforms write in place of a sensitive value: `REDACTED_SENSITIVE`, `(sensitive value)`, `***`.
_REDACTED: Final = re.compile(r"[<(\[_* ]*(redacted|sensitive|hidden|masked)[\w ]*[>)\]_* ]*|[*xX]{3,}", re.IGNORECASE)
_POLICIES: Final = frozenset({"policy", "assume_role_policy"})


@record(eq=False)
class Planned:
    """A resource as it is once the plan is applied, or a data source as it was read.

    `values` are its attributes in JSON; `unknown` and `sensitive` mirror them, with `true` where a value is known only
    after the deployment, or is not to be shown. `made` says that the plan creates it.
    """

    values: Mapping[str, object] = field(default_factory=dict)
    unknown: object = None
    sensitive: object = None
    made: bool = False

    def find(self, name: str) -> Value | None:
        """The attribute `name`; null where there is none, and `None` where the plan does not tell."""
        if name not in self.values:
            return None
        told = read(self.values[name], _mark(self.unknown, name), _mark(self.sensitive, name))
        told = told if self.made else _accepted(told, name)
        if isinstance(told, Unknown) or (self.made and isinstance(told, Null)):
            return None  # what is created without it gets what the provider, or AWS, gives
        return told

    @property
    def names(self) -> tuple[str, ...]:
        """The attributes that it has."""
        return tuple(self.values)

    def secrets(self) -> Iterator[str]:
        """The texts that are not to be shown."""
        return _marked(self.values, self.sensitive)


@record
class Told:
    """Where a provider configuration works, as far as a plan tells."""

    account: str | None = None
    region: str | None = None


NOTHING: Final = Told()


@record(eq=False)
class Plan:
    """What a plan knows: values of the root module's variables; resources and data sources by full address.

    `gone` are the resources that it destroys; `removed` has what it destroys, also to make it anew. `places` tells
    where the root module's provider configurations work, by their name in the plan (`aws`, `aws.other`). `declared` are
    the blocks of the root module that was planned, by kind and labels (`None` where the plan has no configuration),
    `defaults` the defaults of its variables, in JSON. `remarks` are what there is to know about the plan itself;
    `whole` says that it is about everything in the root module; `secrets` are texts that are not to be shown.
    `configuration` is what it repeats of the source, in JSON, and `lines` where its resources stand in the file; `keys`
    are those of the copies of each block, and of each module call, by address without the last key.
    """

    file: str = ""
    variables: Mapping[str, Value] = field(default_factory=dict)
    resources: Mapping[str, Planned] = field(default_factory=dict)
    data: Mapping[str, Planned] = field(default_factory=dict)
    gone: frozenset[str] = frozenset()
    removed: Mapping[str, Planned] = field(default_factory=dict)
    destroys: bool = False
    whole: bool = False
    places: Mapping[str, Told] = field(default_factory=dict)
    declared: tuple[tuple[str, ...], ...] | None = None
    defaults: Mapping[str, object] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()
    secrets: frozenset[str] = frozenset()
    configuration: Mapping[str, object] = field(default_factory=dict)
    lines: Mapping[str, int] = field(default_factory=dict)
    keys: Mapping[str, tuple[str | int | None, ...]] = field(default_factory=dict)

    @property
    def home(self) -> Told:
        """Where the default provider works."""
        return self.places.get("aws", NOTHING)


NO_PLAN: Final = Plan()


def read(value: object, unknown: object = None, sensitive: object = None, depth: int = 0) -> Value:
    """A value of a plan; unknown where it is known only after the deployment, or was blacked out."""
    if unknown is True:
        return Unknown(Why.AFTER_APPLY, LEFT_OPEN)
    match value:
        case None:
            return Null()
        case bool():
            return Bool(value)
        case int() | float():
            return number(value)
        case str() if sensitive is True and _REDACTED.fullmatch(value):
            return Unknown(Why.UNTOLD, "a sensitive value that was removed from the plan")
        case str():
            return text(value)
        case list() if depth < DEEPEST:
            marks = ((_item(unknown, at), _item(sensitive, at)) for at in range(len(value)))
            return List(tuple(read(each, *mark, depth + 1) for each, mark in zip(value, marks, strict=True)))
        case dict() if depth < DEEPEST:
            late = _mark_names(unknown) - value.keys()
            entries = [
                Entry(text(str(name)), read(each, _mark(unknown, name), _mark(sensitive, name), depth + 1))
                for name, each in value.items()
            ]
            entries += [Entry(text(name), read(None, unknown=True)) for name in sorted(late)]
            return Object(tuple(entries))
        case _:
            return bound("the value is nested too deeply to process")


def _accepted(value: Value, name: str) -> Value:
    """A value of what exists: AWS has accepted its policies, so a text that is none has taken the place of one."""
    match value:
        case List(items):
            return List(tuple(_accepted(each, name) for each in items))
        case Object(entries):
            return Object(tuple(Entry(key, _accepted(each, key.literal or "")) for key, each in entries))
        case Text() if name in _POLICIES and not isinstance(json_text.read(value), Object):
            return Unknown(Why.UNTOLD, "a policy that was removed from the plan")
        case _:
            return value


def _mark(marks: object, name: str) -> object:
    """The mark of a member; what is marked as a whole marks its members."""
    return marks.get(name) if isinstance(marks, dict) else marks


def _item(marks: object, at: int) -> object:
    if isinstance(marks, list):
        return marks[at] if at < len(marks) else None
    return marks


def _mark_names(marks: object) -> set[str]:
    """The members that are known only after the deployment: the values have none of them."""
    return {name for name, mark in marks.items() if mark is True} if isinstance(marks, dict) else set()


def _marked(value: object, sensitive: object) -> Iterator[str]:
    """The texts in what is marked."""
    pending = [(value, sensitive, 0)]
    while pending:
        inner, mark, depth = pending.pop()
        if mark is None or mark is False or depth > DEEPEST:
            continue
        match inner:
            case str() if mark is True:
                yield inner
            case list():
                pending.extend((each, _item(mark, at), depth + 1) for at, each in enumerate(inner))
            case dict():
                pending.extend((each, _mark(mark, name), depth + 1) for name, each in inner.items())
            case _:
                pass
