"""The grammar of one statement: its elements, each once, and what AWS refuses in their choice.

Names of elements count in the case that IAM's grammar gives them (AWS: `Unknown field statement`), as do the values of
Effect. Null is the same as not written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from keyfit.model.policies import PolicyKind
from keyfit.policy.elements import read_conditions, read_patterns, read_principals
from keyfit.policy.refusals import Refusal
from keyfit.policy.statement import Effect, Statement
from keyfit.record import record
from keyfit.value import Null, Object, Origin, Text, Unknown, Value, holes_in
from keyfit.why import Why

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ANY_EFFECT: Final = frozenset(Effect)
_STATEMENT_ELEMENTS: Final = frozenset(
    {
        *("Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction"),
        *("Resource", "NotResource", "Condition"),
    }
)
_RESOURCE_POLICIES: Final = frozenset(
    {PolicyKind.KEY, PolicyKind.DEFAULT_KEY, PolicyKind.BUCKET, PolicyKind.TRUST, PolicyKind.RESOURCE_CONTROL}
)


def has_principals(kind: PolicyKind) -> bool:
    """Whether the statements of such a policy say whom they speak of; in the others it is who the policy is tied to."""
    return kind in _RESOURCE_POLICIES


def unreadable(index: int, hole: Unknown, origin: Origin) -> Statement:
    """A statement that may do anything, for that reason."""
    return Statement(index, ANY_EFFECT, unreadable=hole, origin=origin)


@record
class Elements:
    """The entries of an object whose keys are all fixed words, but null ones, and what keeps it from being read."""

    values: dict[str, Value]
    faults: tuple[Unknown, ...]

    @classmethod
    def of(cls, written: Object, known: frozenset[str], what: str) -> Elements:
        """Take `written` apart; a key that is not `known`, or comes twice, is a fault: AWS refuses the policy."""
        values: dict[str, Value] = {}
        faults: list[Unknown] = [] if written.rest is None else [written.rest]
        for key, value in written.entries:
            name = key.literal
            if name is None:
                faults.extend(_unknown_key(key))
                continue
            if name not in known:
                faults.append(Refusal.ELEMENT.at(key.origin, name, what))
            elif name in values:
                faults.append(Unknown(Why.INVALID, f"`{name}` is repeated in {what}", origin=key.origin))
            values[name] = value
        return cls({name: value for name, value in values.items() if not isinstance(value, Null)}, tuple(faults))


def _unknown_key(key: Text) -> Iterator[Unknown]:
    """The unknowns of a key; one made up where its holes are of other kinds."""
    unknowns = [hole for hole in key.holes if isinstance(hole, Unknown)]
    yield from unknowns or [Unknown(Why.UNREADABLE, "the name of an element is not known", origin=key.origin)]


@record
class StatementReader:
    """Reads the statements of a policy of one kind."""

    kind: PolicyKind
    needed: tuple[str, ...]
    forbidden: tuple[str, ...]

    @classmethod
    def of(cls, kind: PolicyKind) -> StatementReader:
        """That for policies of this `kind`."""
        return cls(kind, _needed(kind), _forbidden(kind))

    def statement(self, index: int, value: Value) -> Statement:
        """The statement that `value` is."""
        match value:
            case Object():
                return self._from_object(index, value)
            case Unknown():
                return unreadable(index, value, value.origin)
            case _:
                return unreadable(index, Refusal.STATEMENT.at(value.origin, index + 1), value.origin)

    def _from_object(self, index: int, written: Object) -> Statement:
        elements = Elements.of(written, _STATEMENT_ELEMENTS, "a statement")
        values = elements.values
        sid = values.get("Sid")
        name = (sid.literal or "") if isinstance(sid, Text) else ""
        for fault in elements.faults or self._faults(values, written.origin):
            return Statement(index, ANY_EFFECT, name, unreadable=fault, origin=written.origin)
        effects, effect_hole = _effects(values.get("Effect"), written.origin)
        return Statement(
            index,
            effects,
            name,
            principals=read_principals(values.get("Principal"), values.get("NotPrincipal")),
            actions=read_patterns(values.get("Action"), values.get("NotAction"), "Action"),
            resources=read_patterns(values.get("Resource"), values.get("NotResource"), "Resource"),
            conditions=read_conditions(values.get("Condition")),
            unreadable=effect_hole if effect_hole and self._has_effect(values) else None,
            origin=written.origin,
        )

    def _has_effect(self, values: Mapping[str, Value]) -> bool:
        """Whether the statement can apply at all: one without Action or Resource does nothing, whatever its Effect."""
        needed = ("Action",) if self.kind is PolicyKind.TRUST else ("Action", "Resource")
        return all(name in values or f"Not{name}" in values for name in needed)

    def _faults(self, values: Mapping[str, Value], origin: Origin) -> Iterator[Unknown]:
        """What AWS refuses in the choice of elements."""
        for name, negated in _NEGATABLE.items():
            if name in values and negated in values:
                yield Refusal.BOTH.at(origin, name, negated)
        for name in self.forbidden:
            if name in values:
                yield Refusal.FORBIDDEN.at(origin, self.kind.value, name)
        for name in self.needed:
            if name not in values and _NEGATABLE[name] not in values:
                yield Refusal.MISSING.at(origin, name)


_NEGATABLE: Final = {name: f"Not{name}" for name in ("Principal", "Action", "Resource")}


def _needed(kind: PolicyKind) -> tuple[str, ...]:
    """What AWS refuses to miss; a statement of a key policy without Action or Resource has no effect (K12, K13)."""
    match kind:
        case PolicyKind.KEY | PolicyKind.DEFAULT_KEY:
            return ("Principal",)
        case PolicyKind.TRUST:
            return ("Principal", "Action")
        case PolicyKind.RESOURCE_CONTROL | PolicyKind.BUCKET:
            return ("Principal", "Action", "Resource")
        case _:
            return ("Action", "Resource")


def _forbidden(kind: PolicyKind) -> tuple[str, ...]:
    if kind is PolicyKind.TRUST:
        return ("Resource", "NotResource", "NotPrincipal")  # I20
    return () if has_principals(kind) else ("Principal", "NotPrincipal")


def _effects(value: Value | None, origin: Origin) -> tuple[frozenset[Effect], Unknown | None]:
    """The effects that a statement can have, and why both where it can have both."""
    if isinstance(value, Text) and value.literal in _EFFECTS:
        return _EFFECTS[value.literal], None
    hole = next((hole for hole in holes_in(value) if isinstance(hole, Unknown)), None)
    return ANY_EFFECT, hole or Refusal.EFFECT.at(origin)


_EFFECTS: Final = {effect.value: frozenset({effect}) for effect in Effect}
