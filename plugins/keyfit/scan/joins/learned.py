"""What a plan shows of another root module's keys and roles: the ARN of what the planned one has looked up by name.

Without a plan a look-up is a hole, which the other root module fills. With one it is an ARN with an id, which is that
of the other's key: so the key's id is known there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from keyfit.aws import arn
from keyfit.readers.cloudformation.template.texts import fill
from keyfit.value import Own, Reference, Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from keyfit.model.stack import Stack
    from keyfit.value import Hole, Value


def learned(other: Stack, told: Value, returned: Value | None) -> Mapping[Hole, Value]:
    """What fills holes of `other`, as it is seen, where `told`, the ARN of a thing of its own, is `returned`."""
    if not isinstance(told, Text) or not isinstance(returned, Text) or returned.literal is None:
        return {}
    fields, known = arn.split(told), arn.split(returned)
    if fields is None or known is None:
        return {}
    things = (each.arn for part in (other.keys, other.identities) for each in part)
    same = (split for split in map(arn.split, things) if split is not None and split.resource == fields.resource)
    found = next(same, None)
    return {} if found is None else dict(_solved(found, known))


def place_learned(told: Value, returned: Value | None) -> Mapping[Hole, Value]:
    """Where the planned root module itself is: the place of what it looked up in its own account and Region."""
    fields = arn.split(told) if isinstance(told, Text) else None
    known = arn.split(returned) if isinstance(returned, Text) else None
    if fields is None or known is None:
        return {}
    return {hole: value for hole, value in _solved(fields, known) if isinstance(hole, Own)}


def _solved(own: arn.Arn, known: arn.Arn) -> Iterator[tuple[Hole, Value]]:
    """The one hole of each field, as far as it has one."""
    for field, literal in zip(own, known, strict=True):
        words = fill(field, literal.literal or "")
        if len(field.holes) == 1 and words is not None and isinstance(field.holes[0], Own | Reference):
            yield field.holes[0], Text((words,))
