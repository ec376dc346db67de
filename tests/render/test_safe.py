"""Names in the scanned source are untrusted: in no format are they more than names."""

import json
import re
import unicodedata
from pathlib import Path
from xml.etree.ElementTree import fromstring

import pytest

from keyfit.gate.places import Places
from keyfit.render import markdown
from keyfit.render.formats import FORMATS
from keyfit.render.page import Page
from keyfit.words import printable
from tests.render.hostile import NAMES, report

MarkdownIt = pytest.importorskip("markdown_it").MarkdownIt
OBEYED = re.compile(r"##(\[|vso\[|teamcity\[)", re.IGNORECASE)
OWN_ELEMENTS = {"testsuites", "testsuite", "testcase", "failure", "skipped", "error", "system-out"}
PROPERTIES = (["file", "line", "endLine", "col", "endColumn", "title"], ["file", "line", "endLine", "title"], ["title"])
OWN_TAGS = {"h3", "h4", "p", "ul", "li", "strong", "code", "br", "em"}


def rendered(name: str, form: str) -> str:
    """The report with that name in it."""
    here = Path("/repository")
    return FORMATS[form](report(NAMES[name]), Page(Places(here, here), pytest.fail))


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("name", NAMES)
def test_no_terminal_and_no_pipeline_obeys_a_name(name: str, form: str) -> None:
    """No control characters, no marks that reorder, no command, and no line begins with `::` but for our own."""
    text = rendered(name, form)
    assert {unicodedata.category(each) for each in text if each != "\n"} & {"Cc", "Cf", "Cs", "Zl", "Zp"} == set()
    assert not OBEYED.search(text)
    commands = [line for line in text.splitlines() if line.lstrip().startswith("::")]
    assert len(commands) == (6 if form == "github" else 0)


@pytest.mark.parametrize("name", NAMES)
def test_a_workflow_command_is_one_command(name: str) -> None:
    """Each has the properties that we give it, and no others; `%0A` in a name is no new line."""
    for line in rendered(name, "github").splitlines()[:-1]:
        found = re.fullmatch(r"::(error|warning|notice) (?P<properties>.*?)::(?P<message>.*)", line)
        assert found
        names = [each.partition("=")[0] for each in found["properties"].split(",")]
        assert names in PROPERTIES
        assert "%0A::" not in found["message"]


@pytest.mark.parametrize("name", NAMES)
def test_xml_has_our_elements_only(name: str) -> None:
    """And it is XML, whatever characters the name has."""
    tree = fromstring(rendered(name, "junit"))  # noqa: S314 - our own
    assert {each.tag for each in tree.iter()} == OWN_ELEMENTS
    assert len(tree.findall("testsuite/testcase")) == 8


@pytest.mark.parametrize("name", NAMES)
def test_markdown_has_our_elements_only(name: str) -> None:
    """No HTML, no links, no pictures, no headings, whatever the name."""
    source = rendered(name, "markdown").removeprefix(markdown.MARK)
    html = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"]).render(source)
    assert set(re.findall(r"<([a-z0-9]+)", html)) <= OWN_TAGS
    assert html.count("<h4>") == 5
    assert MarkdownIt("commonmark").render(source) == html.replace("<!--", "<!--")  # no HTML to refuse


@pytest.mark.parametrize("name", NAMES)
def test_markdown_calls_nobody(name: str) -> None:
    """GitHub looks for people, issues and addresses in the text that is not code."""
    html = MarkdownIt("commonmark").render(rendered(name, "markdown"))
    prose = re.sub(r"<code>.*?</code>", "", html, flags=re.DOTALL)
    source = re.sub(r"`[^`\n]*`", "", rendered(name, "markdown"))
    assert not re.search(r"@\w|(?<!&)#\w", prose)
    assert not re.search(r"https?://|www\.", source)


@pytest.mark.parametrize("name", NAMES)
def test_json_keeps_the_name(name: str) -> None:
    """For programs, each character of it."""
    assert json.loads(rendered(name, "json"))["findings"][0]["resource"] == NAMES[name]


@pytest.mark.parametrize("name", NAMES)
def test_a_message_of_sarif_has_no_links_but_ours(name: str) -> None:
    """`[text](1)` leads to a related location; all else in brackets is text."""
    for result in json.loads(rendered(name, "sarif"))["runs"][0]["results"]:
        links = re.findall(r"(?<!\\)\[(?:[^\\\[\]]|\\.)*\]\(([^)]*)\)", result["message"]["text"])
        assert set(links) <= {str(each["id"]) for each in result["relatedLocations"]}


def test_what_only_looks_like_a_command_stays() -> None:
    """Types of resources and functions of providers are told as they are written."""
    for said in ("AWS::IAM::Role", "provider::aws::arn_parse", "a: b", "C#", "## heading"):
        assert printable(said) == said
