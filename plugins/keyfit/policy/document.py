"""A policy as written, read into statements: in sequence, each element once, nothing lost.

What AWS would refuse or what cannot be read becomes a statement, or an element, that may be anything; it is never
absent.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from keyfit.answer import NO, YES, Answer, maybe
from keyfit.aws import managed_policies
from keyfit.model.policies import Policy, PolicyKind
from keyfit.policy.grammar import ANY_EFFECT, Elements, StatementReader, unreadable
from keyfit.policy.refusals import Refusal
from keyfit.policy.statement import WHOLE, Document, Effect, Patterns, Statement
from keyfit.value import List, Null, Object, Text, Unknown, Value, holes_in, text
from keyfit.why import Why

if TYPE_CHECKING:
    from keyfit.value import Hole

MOST_BYTES: Final = 32_768  # of a key policy (K11); every other kind is shorter (I7)
MOST_STATEMENTS: Final = 1_000  # the shortest that does anything takes 60 characters

_DOCUMENT_ELEMENTS: Final = frozenset({"Version", "Id", "Statement"})
_VERSIONS: Final = {"2012-10-17": YES, "2008-10-17": NO}


def read(policy: Policy) -> Document:
    """The statements of `policy`."""
    match policy.kind:
        case PolicyKind.OUTSIDE:
            return Document((_outside(policy),), policy, origin=policy.origin)
        case PolicyKind.AWS_MANAGED if policy.document is None:
            written = managed_policies.document(policy.arn) if policy.arn else None
            if policy.arn and isinstance(written, Object):
                read_ = _from_value(policy, written)
                whole = managed_policies.is_whole(policy.arn)
                return read_ if whole else replace(read_, omitted=_omitted(policy))
            if policy.arn and isinstance(written, Unknown) and managed_policies.can_deny(policy.arn):
                return Document((unreadable(WHOLE, written, written.origin),), policy, origin=policy.origin)
            return Document((_outside(policy),), policy, origin=policy.origin)  # newer than the list, or not AWS's
        case _:
            return _from_value(policy, policy.document)


def heading(policy: Policy) -> Document:
    """What goes for all statements of `policy`, without them: to read those takes long."""
    written = policy.document
    if not isinstance(written, Object):
        return Document((), policy)
    version = Elements.of(written, _DOCUMENT_ELEMENTS, "a policy").values.get("Version")
    return Document((), policy, _variables(version), written.origin)


def _omitted(policy: Policy) -> Statement:
    """The statements of an AWS managed policy that the list of them leaves out: about actions that it does not keep."""
    phrase = f"what {policy.called} says of other actions"
    hole = Unknown(Why.UNREADABLE, phrase, identity=f"left out of {policy.called}")
    kept = Patterns(tuple(map(text, managed_policies.kept())), negated=True)
    return Statement(WHOLE, ANY_EFFECT, actions=kept, resources=Patterns((text("*"),)), unreadable=hole)


def _outside(policy: Policy) -> Statement:
    """May allow anything; assumed not to deny. `document` says why it is not here, where that is known."""
    holes = (policy.document, *holes_in(policy.arn))
    hole = next((hole for hole in holes if isinstance(hole, Unknown)), None) or _not_here(policy)
    return Statement(WHOLE, frozenset({Effect.ALLOW}), unreadable=hole, origin=policy.origin)


def _not_here(policy: Policy) -> Unknown:
    return Unknown(Why.OUTSIDE_SOURCE, policy.called, identity=f"policy {policy.called}", origin=policy.origin)


def _from_value(policy: Policy, value: Value | None) -> Document:
    match value:
        case Object():
            return _from_object(policy, value)
        case Unknown():
            return Document((unreadable(WHOLE, value, value.origin),), policy, origin=value.origin)
        case None | Null():
            origin = policy.origin
        case _:
            origin = value.origin
    hole = Unknown(Why.INVALID, f"the {policy.kind.value} is not a policy document", origin=origin)
    return Document((unreadable(WHOLE, hole, origin),), policy, origin=origin)


def _from_object(policy: Policy, written: Object) -> Document:
    elements = Elements.of(written, _DOCUMENT_ELEMENTS, "a policy")
    variables = _variables(elements.values.get("Version"))
    refused = [hole for hole in variables.holes if isinstance(hole, Unknown) and hole.why is Why.REFUSED]
    holes = [*elements.faults, *refused]
    if _least_bytes(written) > MOST_BYTES:
        holes.append(Refusal.BYTES.at(written.origin, policy.kind.value, MOST_BYTES))
    values = _listed(elements.values.get("Statement"))
    if values is None:
        values = ()
        holes.append(Refusal.STATEMENTS.at(written.origin))
    if len(values) > MOST_STATEMENTS:
        holes.append(
            Unknown(Why.BOUND, f"the policy has more than {MOST_STATEMENTS} statements", origin=written.origin)
        )
    reader = StatementReader.of(policy.kind)
    statements = [reader.statement(index, value) for index, value in enumerate(values[:MOST_STATEMENTS])]
    statements += [unreadable(WHOLE, hole, hole.origin) for hole in holes]
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
            return maybe(Refusal.VERSION.at(version.origin))


def _least_bytes(value: Value) -> int:
    """The bytes of `value` in its shortest JSON; an unknown part can be empty."""
    count, every = 0, [value]
    parts: list[str | Hole] = []
    for each in every:  # it grows
        if isinstance(each, Text):
            count += 2
            parts += each.parts
        elif isinstance(each, Object):
            count += 1 + max(1, 2 * len(each.entries))  # braces, colons and commas
            for key, inner in each.entries:
                count += 2
                parts += key.parts
                every.append(inner)
        elif isinstance(each, List):
            count += 1 + max(1, len(each.items))  # brackets and commas
            every += each.items
    known = "".join([part for part in parts if isinstance(part, str)])
    return count + len(known.encode(errors="replace"))
