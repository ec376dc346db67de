"""In which deployments a block is, as its own text says it: two that say the same are there together.

What may be left out can be referred to where what refers to it is left out with it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from keyfit.remedy import outline
from keyfit.remedy.places import Spot
from keyfit.remedy.sources import UnpatchableError
from keyfit.value import Object, Text

if TYPE_CHECKING:
    from collections.abc import Callable

    from keyfit.remedy.sources import Source
    from keyfit.value import Origin

CONDITION: Final = "Condition"
_INSTANCE: Final = {"count": re.compile(r"\[\d+\]\Z"), "for_each": re.compile(r'\["[^"]*"\]\Z')}
_OWN: Final = {"count": "[count.index]", "for_each": "[each.key]"}


class Presence(NamedTuple):
    """The `Condition` of a resource, or the `count` or `for_each` of a block: by its name, and what is written there.

    Empty where it has none: then it is there wherever its template or module is.
    """

    name: str = ""
    written: str = ""

    @classmethod
    def of(cls, origin: Origin, read: Callable[[str], Source]) -> Presence:
        """That of the block which holds a place."""
        spot = Spot.of(origin, read)
        if not spot.terraform:
            return _of_resource(spot.source, origin)
        if origin.path:
            raise UnpatchableError("it is written in JSON")
        body = outline.top_block(spot.source, origin).body
        for name in _INSTANCE:
            expression = body.attributes.get(name)
            if expression is not None:
                start, end = spot.source.span(expression.origin)
                return cls(name, spot.source.text[start:end])
        return cls()

    def own(self, address: str) -> str:
        """An address of a block that has this presence, as another one that has the same says it."""
        instance = _INSTANCE.get(self.name)
        if instance is None:
            return address
        bare = instance.sub("", address)
        if bare == address:
            raise UnpatchableError("which of its instances it is is not known")
        return f"{bare}{_OWN[self.name]}"

    def bare(self, address: str) -> str:
        """The address without its instance."""
        instance = _INSTANCE.get(self.name)
        return address if instance is None else instance.sub("", address)


def _of_resource(source: Source, origin: Origin) -> Presence:
    section, *rest = origin.path or ("",)
    if section != "Resources" or not rest:
        raise UnpatchableError("it is no resource")
    resource = outline.value_at(source, ("Resources", rest[0]))
    written = resource.find(CONDITION) if isinstance(resource, Object) else None
    if written is None:
        return Presence()
    if not isinstance(written, Text) or written.literal is None:
        raise UnpatchableError("its condition is not known")
    return Presence(CONDITION, written.literal)
