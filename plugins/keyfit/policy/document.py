"""A policy as written, read into statements: in sequence, each element once, nothing lost.

What AWS would refuse or what cannot be read becomes a statement, or an element, that may be anything; it is never
absent. Names of elements count in the case that IAM's grammar gives them (AWS: `Unknown field statement`), as do the
values of Effect. Null is the same as not written.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from keyfit.answer import NO, YES, Answer, maybe
from keyfit.model import Policy, PolicyKind
from keyfit.policy import managed
from keyfit.policy.elements import read_conditions, read_patterns, read_principals
from keyfit.policy.statement import WHOLE, Document, Effect, Patterns, Statement
from keyfit.value import List, Null, Object, Origin, Text, Unknown, Value, Why, holes_in, text

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_BYTES: Final = 32_768  # of a key policy (K11); every other kind is shorter (I7)
MOST_STATEMENTS: Final = 1_000  # the shortest that does anything takes 60 characters

ANY_EFFECT: Final = frozenset(Effect)
_DOCUMENT_ELEMENTS: Final = frozenset({"Version", "Id", "Statement"})
_STATEMENT_ELEMENTS: Final = frozenset(
    {
        *("Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction"),
        *("Resource", "NotResource", "Condition"),
    }
)
_VERSIONS: Final = {"2012-10-17": YES, "2008-10-17": NO}
_RESOURCE_POLICIES: Final = frozenset(
    {PolicyKind.KEY, PolicyKind.DEFAULT_KEY, PolicyKind.TRUST, PolicyKind.RESOURCE_CONTROL}
)

_MOST_REMEMBERED: Final = 4_096
_read: dict[int, tuple[Policy, Document]] = {}


def read(policy: Policy) -> Document:
    """The statements of `policy`; the same document for the same policy object."""
    found = _read.get(id(policy))
    if found is not None and found[0] is policy:
        return found[1]
    if len(_read) >= _MOST_REMEMBERED:
        _read.clear()
    document = _document(policy)
    _read[id(policy)] = (policy, document)  # the policy is kept, so that its id stays its own
    return document


def has_principals(kind: PolicyKind) -> bool:
    """Whether the statements of such a policy say whom they speak of; in the others it is who the policy is tied to."""
    return kind in _RESOURCE_POLICIES


def _document(policy: Policy) -> Document:
    match policy.kind:
        case PolicyKind.OUTSIDE:
            return Document((_outside(policy),), policy, origin=policy.origin)
        case PolicyKind.AWS_MANAGED if policy.document is None:
            written = managed.document(policy.arn) if policy.arn else None
            if policy.arn and isinstance(written, Object):
                read_ = _from_value(policy, written)
                whole = managed.is_whole(policy.arn)
                return read_ if whole else replace(read_, omitted=_omitted(policy))
            return Document((_outside(policy),), policy, origin=policy.origin)  # newer than the list, or not AWS's
        case _:
            return _from_value(policy, policy.document)


def _omitted(policy: Policy) -> Statement:
    """The statements of an AWS managed policy that the list of them leaves out: about actions that it does not keep."""
    phrase = f"what {_called(policy)} says of other actions"
    hole = Unknown(Why.UNREADABLE, phrase, identity=f"left out of {_called(policy)}")
    kept = Patterns(tuple(map(text, managed.kept())), negated=True)
    return Statement(WHOLE, ANY_EFFECT, actions=kept, resources=Patterns((text("*"),)), unreadable=hole)


def _outside(policy: Policy) -> Statement:
    """May allow anything; assumed not to deny. `document` says why it is not here, where that is known."""
    holes = (policy.document, *holes_in(policy.arn))
    hole = next((hole for hole in holes if isinstance(hole, Unknown)), None) or _not_here(policy)
    return Statement(WHOLE, frozenset({Effect.ALLOW}), unreadable=hole, origin=policy.origin)


def _not_here(policy: Policy) -> Unknown:
    return Unknown(Why.OUTSIDE_SOURCE, _called(policy), identity=f"policy {_called(policy)}", origin=policy.origin)


def _called(policy: Policy) -> str:
    name = policy.name or (policy.arn.literal if policy.arn else None)
    if policy.kind is PolicyKind.OUTSIDE:
        return f"policy `{name}`" if name else f"what governs `{policy.owner}`"
    return f"{policy.kind.value} `{name}`" if name else policy.kind.value


def _from_value(policy: Policy, value: Value | None) -> Document:
    match value:
        case Object():
            return _from_object(policy, value)
        case Unknown():
            return Document((_unreadable(WHOLE, value, value.origin),), policy, origin=value.origin)
        case None | Null():
            origin = policy.origin
        case _:
            origin = value.origin
    hole = Unknown(Why.INVALID, f"the {policy.kind.value} is no policy document", origin=origin)
    return Document((_unreadable(WHOLE, hole, origin),), policy, origin=origin)


def _from_object(policy: Policy, written: Object) -> Document:
    elements = Elements.of(written, _DOCUMENT_ELEMENTS, "a policy")
    variables = _variables(elements.find("Version"))
    refused = [hole for hole in variables.holes if isinstance(hole, Unknown) and hole.why is Why.INVALID]
    holes = [*elements.faults, *refused, *_oversize(policy, written)]
    values = _listed(elements.find("Statement"))
    if values is None:
        values = ()
        holes.append(Unknown(Why.INVALID, "the policy has no `Statement`", origin=written.origin))
    if len(values) > MOST_STATEMENTS:
        holes.append(
            Unknown(Why.BOUND, f"the policy has more than {MOST_STATEMENTS} statements", origin=written.origin)
        )
    reader = _Reader(policy.kind)
    statements = [reader.statement(index, value) for index, value in enumerate(values[:MOST_STATEMENTS])]
    statements += [_unreadable(WHOLE, hole, hole.origin) for hole in holes]
    return Document(tuple(statements), policy, variables, written.origin)


def _listed(value: Value | None) -> tuple[Value, ...] | None:
    """The members of a list, or the one value that stands for a list of it; `None` where nothing is written."""
    match value:
        case None | Null():
            return None
        case List(items, rest):
            return items if rest is None else (*items, rest)
        case _:
            return (value,)


def _variables(version: Value | None) -> Answer:
    """Whether `${…}` is a variable under that Version; without one it is not (I22)."""
    match version:
        case None | Null():
            return NO
        case Text() if version.literal in _VERSIONS:
            return _VERSIONS[version.literal]
        case Unknown():
            return maybe(version)
        case Text() if version.holes:
            return maybe(*version.holes)
        case _:
            return maybe(Unknown(Why.INVALID, "`Version` is no version of the policy language", origin=version.origin))


def _oversize(policy: Policy, written: Object) -> Iterator[Unknown]:
    """What AWS refuses for its size alone: counted are the bytes that it takes at least, holes left out."""
    if _least_bytes(written) > MOST_BYTES:
        phrase = f"the {policy.kind.value} is longer than {MOST_BYTES} bytes"
        yield Unknown(Why.INVALID, phrase, origin=written.origin)


def _least_bytes(value: Value) -> int:
    """The bytes of `value` in its shortest JSON; an unknown part can be empty."""
    count, pending = 0, [value]
    while pending:
        match pending.pop():
            case Text(parts):
                count += 2 + sum(len(part.encode(errors="replace")) for part in parts if isinstance(part, str))
            case List(items):
                count += 1 + max(1, len(items))  # brackets and commas
                pending.extend(items)
            case Object(entries):
                count += 1 + max(1, 2 * len(entries))  # braces, colons and commas
                for entry in entries:
                    pending.extend(entry)
            case _:
                pass
    return count


def _unreadable(index: int, hole: Unknown, origin: Origin) -> Statement:
    return Statement(index, ANY_EFFECT, unreadable=hole, origin=origin)


# --- one statement -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Elements:
    """The entries of an object whose keys are all fixed words, and what keeps it from being read."""

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
            elif name not in known:
                faults.append(Unknown(Why.INVALID, f"`{name}` is no element of {what}", origin=key.origin))
            elif name in values:
                faults.append(Unknown(Why.INVALID, f"`{name}` stands twice in {what}", origin=key.origin))
            if name is not None:
                values[name] = value
        return cls(values, tuple(faults))

    def find(self, name: str) -> Value | None:
        """The value of an element; `None` where it is not written, or null."""
        value = self.values.get(name)
        return None if isinstance(value, Null) else value


def _unknown_key(key: Text) -> Iterator[Unknown]:
    """The unknowns of a key; one made up where its holes are of other kinds."""
    unknowns = [hole for hole in key.holes if isinstance(hole, Unknown)]
    yield from unknowns or [Unknown(Why.UNREADABLE, "the name of an element is not known", origin=key.origin)]


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads the statements of a policy of one kind."""

    kind: PolicyKind

    def statement(self, index: int, value: Value) -> Statement:
        """The statement that `value` is."""
        match value:
            case Object():
                return self._from_object(index, value)
            case Unknown():
                return _unreadable(index, value, value.origin)
            case _:
                hole = Unknown(Why.INVALID, f"statement {index + 1} is no object", origin=value.origin)
                return _unreadable(index, hole, value.origin)

    def _from_object(self, index: int, written: Object) -> Statement:
        elements = Elements.of(written, _STATEMENT_ELEMENTS, "a statement")
        sid = elements.find("Sid")
        statement = Statement(
            index, ANY_EFFECT, (sid.literal or "") if isinstance(sid, Text) else "", origin=written.origin
        )
        for fault in (*elements.faults, *self._faults(elements, written.origin)):
            return replace(statement, unreadable=fault)
        effects, effect_hole = _effects(elements.find("Effect"), written.origin)
        return replace(
            statement,
            effects=effects,
            principals=read_principals(elements.find("Principal"), elements.find("NotPrincipal")),
            actions=read_patterns(elements.find("Action"), elements.find("NotAction"), "Action"),
            resources=read_patterns(elements.find("Resource"), elements.find("NotResource"), "Resource"),
            conditions=read_conditions(elements.find("Condition")),
            unreadable=effect_hole if self._has_effect(elements) else None,
        )

    def _has_effect(self, elements: Elements) -> bool:
        """Whether the statement can apply at all: one without Action or Resource does nothing, whatever its Effect."""
        needed = ("Action",) if self.kind is PolicyKind.TRUST else ("Action", "Resource")
        return all(elements.find(name) or elements.find(f"Not{name}") for name in needed)

    def _faults(self, elements: Elements, origin: Origin) -> Iterator[Unknown]:
        """What AWS refuses in the choice of elements."""
        for name in ("Principal", "Action", "Resource"):
            if elements.find(name) is not None and elements.find(f"Not{name}") is not None:
                yield Unknown(Why.INVALID, f"the statement has `{name}` and `Not{name}`", origin=origin)
        for name in self._forbidden():
            if elements.find(name) is not None:
                yield Unknown(Why.INVALID, f"a statement of the {self.kind.value} has `{name}`", origin=origin)
        for name in self._needed():
            if elements.find(name) is None and elements.find(f"Not{name}") is None:
                yield Unknown(Why.INVALID, f"the statement has no `{name}`", origin=origin)

    def _needed(self) -> tuple[str, ...]:
        """What AWS refuses to miss; a statement of a key policy without Action or Resource has no effect (K12, K13)."""
        match self.kind:
            case PolicyKind.KEY | PolicyKind.DEFAULT_KEY:
                return ("Principal",)
            case PolicyKind.TRUST:
                return ("Principal", "Action")
            case PolicyKind.RESOURCE_CONTROL:
                return ("Principal", "Action", "Resource")
            case _:
                return ("Action", "Resource")

    def _forbidden(self) -> tuple[str, ...]:
        if self.kind is PolicyKind.TRUST:
            return ("Resource", "NotResource", "NotPrincipal")  # I20
        return () if has_principals(self.kind) else ("Principal", "NotPrincipal")


def _effects(value: Value | None, origin: Origin) -> tuple[frozenset[Effect], Unknown | None]:
    """The effects that a statement can have, and why both where it can have both."""
    if isinstance(value, Text) and value.literal in _EFFECTS:
        return _EFFECTS[value.literal], None
    hole = next((hole for hole in holes_in(value) if isinstance(hole, Unknown)), None)
    return ANY_EFFECT, hole or Unknown(Why.INVALID, "`Effect` is neither `Allow` nor `Deny`", origin=origin)


_EFFECTS: Final = {effect.value: frozenset({effect}) for effect in Effect}
