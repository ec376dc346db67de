"""The formats of `keyfit diff` by name. Modules are imported when used."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from keyfit.compare.difference import Difference


def _text(found: Difference) -> str:
    from keyfit.render import difference_text

    return difference_text.render(found)


def _json(found: Difference) -> str:
    from keyfit.render import difference_json

    return difference_json.render(found)


def _markdown(found: Difference) -> str:
    from keyfit.render import difference_markdown

    return difference_markdown.render(found)


def _html(found: Difference) -> str:
    from keyfit.render import difference_html

    return difference_html.render(found)


DIFFERENCES: Final[Mapping[str, Callable[[Difference], str]]] = {
    "text": _text,
    "json": _json,
    "markdown": _markdown,
    "html": _html,
}
