"""The formats by name, and how each is rendered. Modules are imported when used."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from keyfit.render.page import Page
    from keyfit.scan import Report


def _text(report: Report, _page: Page) -> str:
    from keyfit.render import text

    return text.render(report)


def _json(report: Report, _page: Page) -> str:
    from keyfit.render import report_json

    return report_json.render(report)


def _sarif(report: Report, page: Page) -> str:
    from keyfit.render import sarif

    return sarif.render(report, page)


def _junit(report: Report, _page: Page) -> str:
    from keyfit.render import junit

    return junit.render(report)


def _github(report: Report, page: Page) -> str:
    from keyfit.render import github

    return github.render(report, page)


def _gitlab(report: Report, page: Page) -> str:
    from keyfit.render import gitlab

    return gitlab.render(report, page)


def _markdown(report: Report, page: Page) -> str:
    from keyfit.render import markdown

    return markdown.render(report, page)


def _html(report: Report, _page: Page) -> str:
    from keyfit.render import report_html

    return report_html.render(report)


FORMATS: Final[Mapping[str, Callable[[Report, Page], str]]] = {
    "text": _text,
    "json": _json,
    "sarif": _sarif,
    "junit": _junit,
    "github": _github,
    "gitlab": _gitlab,
    "markdown": _markdown,
    "html": _html,
}
