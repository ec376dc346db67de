"""How messages name things: the user's own text in backticks, lists with commas."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from keyfit.model.stack import PolicyKind
from keyfit.policy.statement import WHOLE
from keyfit.value import Bool, Null, Number, Own, Reference, Text, Unknown

if TYPE_CHECKING:
    from collections.abc import Iterable

    from keyfit.model.stack import Policy
    from keyfit.policy.statement import Statement
    from keyfit.value import Hole, Value

_LONG: Final = 120  # characters of the user's text that a message repeats


def quoted(names: Iterable[str]) -> str:
    """`a`, `b`, `c`, each in backticks."""
    return ", ".join(f"`{name}`" for name in names)


def joined(names: Iterable[str]) -> str:
    """`a`, `b` and `c`, each in backticks."""
    marked = [f"`{name}`" for name in names]
    return " and ".join(filter(None, (", ".join(marked[:-1]), *marked[-1:])))


def shown(value: Value | None) -> str:
    """A value as a user would recognise it: a text with its holes as `${…}`, cut where it is long."""
    words = _plain(value)
    return words if len(words) <= _LONG else f"{words[:_LONG]}…"


def _plain(value: Value | None) -> str:
    match value:
        case Text(parts):
            return _key(value) or "".join(part if isinstance(part, str) else _hole(part) for part in parts)
        case Number(number):
            return str(number)
        case Bool(truth):
            return str(truth).lower()
        case Unknown():
            return _hole(value)
        case Null():
            return "null"
        case None:
            return ""
        case _:
            return "…"


def _key(value: Text) -> str:
    """How a key of the source is referred to, in the language that its address is of: a logical id has no dots."""
    match value:
        case Text((*_, str(start), Reference(key, "key_id"))) if start.endswith(":key/"):
            return "${" + key + (".Arn}" if key.isalnum() else ".arn}")
        case Text((*_, Reference(key, "arn"))):
            return "${" + key + (".Arn}" if key.isalnum() else ".arn}")
        case Text((Reference(key, "key_id"),)) if key.isalnum():  # what `Ref` returns
            return "${" + key + "}"
        case _:
            return ""


def _hole(hole: Hole) -> str:
    match hole:
        case Own():
            return "${" + hole.value + "}"
        case Reference(block, attribute):
            return "${" + f"{block}.{attribute}" + "}"
        case Unknown(subject=subject):
            # A dynamic reference stands for itself.
            return subject if subject.startswith("{{") else "${" + (subject or "unknown") + "}"


_OWN_ONE: Final = frozenset({PolicyKind.KEY, PolicyKind.DEFAULT_KEY, PolicyKind.TRUST})  # a block has one of each


def statement_name(statement: Statement, policy: Policy) -> str:
    """The statement `Sid` of the key policy; by its place in the policy where it has no Sid."""
    if statement.index == WHOLE:
        return policy_name(policy)
    which = f"statement `{statement.sid}`" if statement.sid else f"statement {statement.index + 1}"
    return f"{which} of {policy_name(policy)}"


def policy_name(policy: Policy) -> str:
    """The policy, by kind and name: "the key policy of `DataKey`", "inline policy `x` of `Role`"."""
    if policy.kind is PolicyKind.OUTSIDE:
        return f"policy `{shown(policy.arn)}`" if policy.arn else f"what governs `{policy.owner}`"
    if policy.name and policy.kind not in _OWN_ONE:
        return f"{policy.kind.value} `{policy.name}`"
    return f"the {policy.kind.value} of `{policy.owner}`"
