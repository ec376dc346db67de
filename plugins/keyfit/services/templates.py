"""Texts of a page with something to fill in: `arn:{partition}:sqs:{region}:{account}:{QueueName}`.

`{partition}`, `{region}` and `{account}` are those of the deployment, `{untold:…}` and `{undocumented:…}` what nobody
knows, in words, and `{url_suffix}` the domain of AWS there. `{unless:EventBusName=default}` is nothing, and the text is
only for resources that have no such property, or this value of it. Anything else is what whoever fills it in knows by
that name, such as a property of the resource; `{Name:path}` is without a leading slash.
"""

from __future__ import annotations

from string import Formatter
from typing import TYPE_CHECKING, Final

from keyfit.value import Own, Text, Unknown, text
from keyfit.why import Why

if TYPE_CHECKING:
    from collections.abc import Callable

    from keyfit.value import Hole, Value

_FORMATTER: Final = Formatter()
_UNKNOWN: Final = {"untold": Why.UNTOLD, "undocumented": Why.UNDOCUMENTED}
_OWN: Final = {"url_suffix": Own.URL_SUFFIX}
UNLESS: Final = "unless"
_PATH: Final = "path"


def filled(template: str, known: Callable[[str, str], str | Hole | Text | None]) -> Text | None:
    """`template` with its names filled in, each with the words after its colon; `None` where one of them is `None`."""
    parts: list[str | Hole | Text] = []
    for literal, name, words, _ in _FORMATTER.parse(template):
        parts.append(literal)
        if name is None:
            continue
        part = _unknown(name, words or "") if name in _UNKNOWN else _OWN.get(name) or known(name, words or "")
        part = _without_slash(part) if words == _PATH and part is not None else part
        if part is None:
            return None
        parts.append(part)
    return text(*parts)


def _unknown(name: str, words: str) -> Unknown:
    return Unknown(_UNKNOWN[name], words, identity=words)


def unless(words: str, given: Callable[[str], Value | None]) -> Text | None:
    """Nothing, as a text, for `EventBusName=default` where that property is absent or has this value; else `None`."""
    path, _, value = words.partition("=")
    found = given(path)
    return text() if found is None or (isinstance(found, Text) and found.literal == value) else None


def _without_slash(part: str | Hole | Text) -> Text | None:
    """A text without the slash that it begins with; `None` where nobody can tell whether it does."""
    first, *others = part.parts if isinstance(part, Text) else (part,)
    return text(first.removeprefix("/"), *others) if isinstance(first, str) else None
