"""What a stack looks for in others: imports, what is read from a state, and aliases and roles by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

from keyfit.aws import arn
from keyfit.model.names import find_identity
from keyfit.model.names_of_keys import find_key
from keyfit.model.names_of_roles import find_role
from keyfit.model.rewriting import Rewriting
from keyfit.scan.joins.abroad import MODEL
from keyfit.value import LISTED, STORED, Text, Unknown, text
from keyfit.why import Why

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyfit.model.stack import Stack
    from keyfit.value import Hole, Value

Name: TypeAlias = "tuple[str, str]"  # a kind of thing that stacks have for each other, and its name

_KINDS: Final = {
    Why.IMPORT: "export",
    Why.STATE: "state",
    Why.SSM: "stored",
    Why.STORED: "stored",
    Why.ALIAS: "name",
    Why.ROLE: "name",
}


def asked_for(hole: Hole) -> Name | None:
    """What another stack would have to have to fill a hole; `None` where no stack can."""
    kind = _KINDS.get(hole.why) if isinstance(hole, Unknown) else None
    if not isinstance(hole, Unknown) or kind is None:
        return None
    if hole.why is Why.STORED:
        name = hole.identity.removeprefix(STORED).partition(LISTED)[0]
        return (kind, name) if hole.identity.startswith(STORED) else None
    return kind, hole.subject if kind != "name" else alias_named(text(hole.subject)) or hole.subject


def wanted(stack: Stack) -> tuple[Unknown, ...]:
    """The holes of the stack that another stack can fill, each once: imports, and what is looked up by name."""
    seen: dict[Unknown, None] = {}

    def note(hole: Hole) -> Hole:
        if isinstance(hole, Unknown) and asked_for(hole) is not None:
            seen[hole] = None
        return hole

    look = Rewriting(note)
    for name in MODEL:
        look.of(getattr(stack, name))
    return tuple(seen)


def named_elsewhere(stack: Stack) -> tuple[str, ...]:
    """The aliases and roles that consumers name and that the stack does not have."""
    return stack.once(_named_elsewhere)


def _named_elsewhere(stack: Stack) -> tuple[str, ...]:
    return tuple(_found_elsewhere(stack))


def _found_elsewhere(stack: Stack) -> Iterator[str]:
    for consumer in stack.consumers:
        for use in consumer.keys:
            alias = alias_named(use.value)
            if alias is not None and find_key(stack, use.value).alias is None:
                yield alias
        for role in (consumer.role, consumer.caller):
            name = _role(role.value) if role is not None else None
            found = find_role(stack, role.value).identity if role is not None and name is not None else None
            if name is not None and found is not None and found.outside:
                yield name


def deployer_elsewhere(stack: Stack) -> Name | None:
    """The principal that deploys, where it is no role or user of the stack: by the name in its ARN, or its address."""
    deployer = stack.deployer.literal if stack.deployer is not None and stack.consumers else None
    if deployer is None or stack.deployer is None:
        return None
    if not deployer.startswith("arn:"):
        own = any(each.block.address == deployer for each in stack.identities)
        return None if own else ("address", deployer)
    name = _role(stack.deployer) if find_identity(stack, stack.deployer) is None else None
    return None if name is None else ("name", name)


def alias_named(value: Value) -> str | None:
    """The alias that a value names, in whatever form."""
    if not isinstance(value, Text):
        return None
    if value.literal is not None and value.literal.startswith("alias/"):
        return value.literal
    fields = arn.split(value)
    name = fields.resource.literal if fields is not None else None
    return name if name is not None and name.startswith("alias/") else None


def _role(value: Value) -> str | None:
    """The name in a role's ARN."""
    fields = arn.split(value) if isinstance(value, Text) else None
    return arn.last_segment(fields.resource).literal if fields is not None else None
