"""The formats by name: what each needs to be installed, and how it is rendered. Modules are imported when used."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from keyfit.render.page import Page
    from keyfit.scan import Report


@dataclass(frozen=True, slots=True)
class Format:
    """How a report is rendered; `needs` are the packages that the extra `report` brings for it."""

    render: Callable[[Report, Page], str]
    needs: tuple[str, ...] = ()

    @property
    def absent(self) -> tuple[str, ...]:
        """What it needs and is not installed."""
        return tuple(name for name in self.needs if find_spec(name) is None)


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


FORMATS: Final[Mapping[str, Format]] = {
    "text": Format(_text),
    "json": Format(_json),
    "sarif": Format(_sarif),
    "junit": Format(_junit),
    "github": Format(_github),
    "gitlab": Format(_gitlab),
    "markdown": Format(_markdown),
}
