"""The page: what is in it, and, in a real browser, what it does."""

import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from keyfit.model.findings import Finding, Level, Verdict
from keyfit.render import difference_html, report_html
from keyfit.scan import Checked, Report
from tests.compare.test_difference_formats import difference
from tests.render import write_golden
from tests.render.hostile import NAMES, report


def data(page: str) -> Any:  # noqa: ANN401 - whatever it holds
    """The JSON in the page."""
    return json.loads(page.partition('id="data">')[2].partition("</script>")[0])


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_nothing_but_data(name: str) -> None:
    """No tag begins in the data, whatever the name; each element of the page is ours."""
    page = report_html.render(report(NAMES[name]))
    assert data(page)["findings"][0]["rule"] == 101
    whole = report_html.render(Report())
    assert re.findall(r"<[a-z!/]+", page) == re.findall(r"<[a-z!/]+", whole)


def test_the_page_needs_nothing_from_elsewhere() -> None:
    """Its policy lets its own style and script in, and nothing else; no address is loaded."""
    page = report_html.render(Report())
    style, script = (re.search(rf"<{name}>(.*?)</{name}>", page, re.DOTALL) for name in ("style", "script"))
    assert style
    assert script
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)
    assert policy
    for kind, found in (("style", style), ("script", script)):
        assert f"{kind}-src '{report_html.hash_of(found[1])}'" in policy[1]
    assert policy[1].startswith("default-src 'none';")
    assert not re.search(r"\b(src|href)=(?!\"#)|@import|url\(|fetch\(|innerHTML|document\.write", page)


def test_the_lines_around_a_place_are_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those of the finding and those of its notes; a file that is gone has none."""
    monkeypatch.chdir(write_golden.ROOT)
    lines = data(report_html.render(write_golden.report()))["lines"]["tests/render/stacks/stack.yaml"]
    assert lines["37"].strip() == "KmsKeyArn: !GetAtt FilmsKey.Arn"
    assert "28" in lines
    monkeypatch.chdir(tmp_path)
    gone = Report(write_golden.report().checked or (Checked("x", findings=report(NAMES["HTML"]).findings),))
    assert set(map(len, data(report_html.render(gone))["lines"].values())) <= {0}


# --- in a browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Debian's Chromium, without a window."""
    playwright = pytest.importorskip("playwright.sync_api")
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("Chromium is not installed: apt-get install chromium")
    with playwright.sync_playwright() as started:
        launched = started.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield launched
        launched.close()


class Opened:
    """A page in the browser, and what it complained about."""

    def __init__(self, browser: Any, file: Path, **context: Any) -> None:  # noqa: ANN401 - playwright's own
        self.page = browser.new_context(viewport={"width": 1280, "height": 900}, **context).new_page()
        self.complaints: list[str] = []
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("dialog", lambda dialog: self.complaints.append(f"dialog: {dialog.message}"))
        self.page.on("request", lambda request: self._request(request.url))
        self.page.goto(file.as_uri())
        self.page.wait_for_selector("#matrix td button")

    def _request(self, url: str) -> None:
        if not url.startswith("file:"):
            self.complaints.append(f"request: {url}")

    @property
    def count(self) -> str:
        """What the page says of how much it shows."""
        return str(self.page.locator("#count").inner_text())


@pytest.fixture
def golden(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The page of the stack with every verdict and level."""
    monkeypatch.chdir(write_golden.ROOT)
    file = tmp_path / "page.html"
    file.write_text(report_html.render(write_golden.report()), encoding="utf-8")
    return file


@pytest.mark.deep
def test_filters_and_search_leave_what_is_chosen(browser: Any, golden: Path) -> None:  # noqa: ANN401 - playwright's own
    """Rows, columns, the list and the picture alike."""
    opened = Opened(browser, golden)
    page = opened.page
    assert opened.count == "4 of 4 subjects, 15 of 15 verdicts"
    for kind in ("warning", "unproven", "suppressed", "holds"):
        page.locator(f"#verdicts input[value={kind}]").uncheck()
    assert opened.count == "2 of 4 subjects, 3 of 15 verdicts"
    assert page.locator("#matrix thead th:visible").count() == 3
    assert page.locator("#list article").count() == 2
    page.locator("#search").fill("CreateGrant")
    page.locator("#count", has_text="1 of 4").wait_for()
    assert page.locator("#picture [data-node] text").all_text_contents() == [
        "✗ personalize.amazonaws.com",
        "✗ FilmsKey",
        "✗ Films",
    ]
    page.locator("#search").fill("nothing has this name")
    page.locator("#count", has_text="0 of 4").wait_for()
    assert page.locator("#list").inner_text() == "Nothing of what is chosen."
    assert opened.complaints == []


@pytest.mark.deep
def test_a_cell_opens_its_evidence_by_keyboard(browser: Any, golden: Path) -> None:  # noqa: ANN401 - playwright's own
    """With the lines of the source; Escape leads back to the cell."""
    opened = Opened(browser, golden)
    page = opened.page
    first = page.locator("#matrix td button").first
    first.focus()
    page.keyboard.press("ArrowRight")
    assert "rule 102" in page.evaluate("document.activeElement.getAttribute('aria-label')")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    shown = page.locator("#evidence").inner_text()
    assert "dataset group Films: personalize.amazonaws.com cannot kms:GenerateDataKey on key FilmsKey" in shown
    assert "KmsKeyArn: !GetAtt FilmsKey.Arn" in shown
    assert "help: add kms:GenerateDataKey to that statement" in shown
    page.keyboard.press("Escape")
    assert not page.locator("#evidence").is_visible()
    assert "rule 101" in page.evaluate("document.activeElement.getAttribute('aria-label')")
    page.locator("thead button").first.press("Enter")
    assert "Why it matters" in page.locator("#evidence").inner_text()
    assert opened.complaints == []


@pytest.mark.deep
def test_the_picture_shows_who_may_use_which_key(browser: Any, golden: Path) -> None:  # noqa: ANN401 - playwright's own
    """Edges by route, broken in red, unproven dashed; a node filters for itself."""
    opened = Opened(browser, golden)
    page = opened.page
    told = page.locator("#picture path title").all_text_contents()
    assert "personalize.amazonaws.com → FilmsKey: broken" in " ".join(told)
    assert any(each.startswith("Role → FilmsKey: ") and "delegation" in each for each in told)
    assert page.locator("#picture path.edge-broken").count() >= 2
    node = page.locator("#picture [data-node]", has_text="MusicKey")
    node.focus()
    page.keyboard.press("Enter")
    assert opened.count == "1 of 4 subjects, 2 of 15 verdicts"
    page.keyboard.press("Enter")
    assert opened.count == "4 of 4 subjects, 15 of 15 verdicts"
    assert opened.complaints == []


@pytest.fixture
def change(tmp_path: Path) -> Path:
    """The page of a change, with one of everything."""
    file = tmp_path / "change.html"
    file.write_text(difference_html.render(difference("Name")), encoding="utf-8")
    return file


@pytest.mark.deep
def test_the_page_of_a_change_shows_what_changed(browser: Any, change: Path) -> None:  # noqa: ANN401 - playwright's own
    """The same page in other words: the edge that is gained, the rows, and the evidence of both sides."""
    opened = Opened(browser, change)
    page = opened.page
    assert page.locator("#picture-title").inner_text() == "Who gains or loses access to which key"
    assert "Name → Name: gained, by key policy" in page.locator("#picture path title").all_text_contents()
    page.locator("#matrix td button", has_text="+").first.click()
    told = page.locator("#evidence").inner_text()
    assert "before: no route allows it" in told
    assert "now: statement Name allows it" in told
    assert opened.complaints == []


@pytest.mark.deep
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("page", ["golden", "change"])
def test_axe_finds_nothing(browser: Any, page: str, scheme: str, request: pytest.FixtureRequest) -> None:  # noqa: ANN401 - playwright's own
    """No contrast too low, no name missing, nothing that a keyboard cannot reach: with and without the evidence."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    opened = Opened(browser, request.getfixturevalue(page), color_scheme=scheme)
    for open_first in (False, True):
        if open_first:
            opened.page.locator("#matrix td button").first.click()
        violations = axe.run(opened.page).response["violations"]
        told = [(each["id"], [node["html"][:120] for node in each["nodes"][:3]]) for each in violations]
        assert told == []


@pytest.mark.deep
def test_what_is_printed_is_the_whole_report(browser: Any, golden: Path) -> None:  # noqa: ANN401 - playwright's own
    """Without what one can press; and on a telephone nothing is wider than the screen."""
    opened = Opened(browser, golden)
    opened.page.emulate_media(media="print")
    assert not opened.page.locator("#filters").is_visible()
    assert opened.page.locator("#list article").first.is_visible()
    small = Opened(browser, golden)
    small.page.set_viewport_size({"width": 360, "height": 740})
    assert small.page.evaluate("document.documentElement.scrollWidth") <= 360


@pytest.mark.deep
@pytest.mark.parametrize("name", NAMES)
def test_a_hostile_name_does_nothing_in_a_browser(browser: Any, tmp_path: Path, name: str) -> None:  # noqa: ANN401 - playwright's own
    """It is shown."""
    file = tmp_path / "page.html"
    file.write_text(report_html.render(report(NAMES[name])), encoding="utf-8")
    opened = Opened(browser, file)
    opened.page.locator("#matrix td button").first.click()
    assert opened.page.locator("#evidence article").count() == 1
    assert opened.page.locator("img, a:not(.skip), iframe").count() == 0
    assert opened.complaints == []


@pytest.mark.deep
def test_many_resources_stay_usable(browser: Any, tmp_path: Path) -> None:  # noqa: ANN401 - playwright's own
    """500 subjects with 20 rules: found in a moment."""
    first = replace(report("").findings[0], notes=(), scenario=None)
    found = tuple(_numbered(first, number, rule) for number in range(500) for rule in range(101, 110))
    file = tmp_path / "page.html"
    file.write_text(report_html.render(Report((Checked("s.yaml", findings=found),))), encoding="utf-8")
    opened = Opened(browser, file)
    assert opened.count.startswith("500 of 500 subjects")
    opened.page.locator("#search").fill("Group499")
    opened.page.locator("#count", has_text="1 of 500").wait_for()
    assert opened.complaints == []


def _numbered(found: Finding, number: int, rule: int) -> Finding:
    about = replace(found.about, key=f"Key{number}", principal="Role", state="")
    verdict = Verdict.BROKEN if number % 3 == 0 else Verdict.HOLDS
    return replace(
        found,
        rule=rule,
        resource=f"Group{number}",
        about=about,
        verdict=verdict,
        level=Level.ERROR,
        part_of=None,
        message="x",
    )
