"""Texts of a page with something to fill in: `arn:{partition}:sqs:{region}:{account}:{QueueName}`.

`{partition}`, `{region}` and `{account}` are those of the deployment, `{untold:…}` and `{undocumented:…}` what nobody
knows, in words; anything else is what whoever fills it in knows by that name, such as a property of the resource.
"""

from __future__ import annotations

from string import Formatter
from typing import TYPE_CHECKING, Final

from keyfit.value import Text, Unknown, Why, text

if TYPE_CHECKING:
    from collections.abc import Callable

    from keyfit.value import Hole

_FORMATTER: Final = Formatter()
_UNKNOWN: Final = {"untold": Why.UNTOLD, "undocumented": Why.UNDOCUMENTED}


def filled(template: str, known: Callable[[str, str], str | Hole | Text | None]) -> Text | None:
    """`template` with its names filled in, each with the words after its colon; `None` where one of them is `None`."""
    parts: list[str | Hole | Text] = []
    for literal, name, words, _ in _FORMATTER.parse(template):
        parts.append(literal)
        if name is None:
            continue
        part = _unknown(name, words or "") if name in _UNKNOWN else known(name, words or "")
        if part is None:
            return None
        parts.append(part)
    return text(*parts)


def _unknown(name: str, words: str) -> Unknown:
    return Unknown(_UNKNOWN[name], words, identity=words)
