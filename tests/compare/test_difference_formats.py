"""What differs is told in every format, and names in it are nothing but names."""

from __future__ import annotations

import json
import re
import unicodedata
from typing import Final

import pytest
from jsonschema import Draft202012Validator

from keyfit.compare.difference import Altered, Answered, Decided, Difference, Judged, Limit
from keyfit.model.findings import Failure, Finding, Level, Verdict
from keyfit.render import difference_json
from keyfit.render.difference_formats import DIFFERENCES
from keyfit.truth import Truth
from keyfit.value import Origin, Position
from tests.render.hostile import NAMES

OBEYED: Final = re.compile(r"##(\[|vso\[|teamcity\[)", re.IGNORECASE)


def difference(name: str) -> Difference:
    """One of everything, with that name wherever one can be."""
    place = Origin(name, Position(3, 1))
    told = Answered(Truth.YES, f"statement `{name}` allows it", place, ("key policy",))
    was = Answered(Truth.NO, "no route allows it", place)
    found = Finding(101, "rule", Verdict.BROKEN, Level.ERROR, name, name, f"`{name}` cannot", place)
    held = Finding(101, "rule", Verdict.HOLDS, Level.ERROR, name, name, f"`{name}` can", place)
    scenario = {name: name}
    return Difference(
        decided=(Decided(f"role `{name}`", ("kms:Decrypt",), was, told, "", (name,), scenario, name, name, name),),
        judged=(Judged(held, found),),
        altered=(Altered(name, Limit.GRANT, name, f"grant `{name}` is new", place),),
        failures=((name, Failure(f"`{name}` is not here", place)),),
        compared=1,
    )


@pytest.mark.parametrize("form", DIFFERENCES)
@pytest.mark.parametrize("name", NAMES)
def test_no_terminal_and_no_pipeline_obeys_a_name(name: str, form: str) -> None:
    """As in the reports of a check."""
    text = DIFFERENCES[form](difference(NAMES[name]))
    assert {unicodedata.category(each) for each in text if each != "\n"} & {"Cc", "Cf", "Cs", "Zl", "Zp"} == set()
    assert not OBEYED.search(text)
    assert not any(line.lstrip().startswith("::") for line in text.splitlines())


@pytest.mark.parametrize("found", [difference("Name"), Difference()])
def test_the_json_keeps_to_its_schema(found: Difference) -> None:
    """A full one, and an empty one; what has another field, or lacks one, does not."""
    validator = Draft202012Validator(difference_json.schema())
    validator.check_schema(difference_json.schema())
    data = json.loads(DIFFERENCES["json"](found))
    validator.validate(data)
    for name in ("decisions", "verdicts", "limits", "errors"):
        for each in data[name]:
            each["extra"] = 1
            assert not validator.is_valid(data)
            del each["extra"]
    assert not validator.is_valid({**data, "version": 2})


@pytest.mark.parametrize("name", NAMES)
def test_the_page_has_our_elements_only(name: str) -> None:
    """What differs is data in it."""
    pages = [DIFFERENCES["html"](each) for each in (difference(NAMES[name]), Difference())]
    assert re.findall(r"<[a-z!/]+", pages[0]) == re.findall(r"<[a-z!/]+", pages[1])


def test_every_format_tells_of_everything() -> None:
    """A decision, a verdict, a grant, and what could not be read."""
    for form, render in DIFFERENCES.items():
        text = render(difference("Name"))
        said = json.dumps(json.loads(text)) if form == "json" else text
        for words in ("kms:Decrypt", "101", "is new", "is not here"):
            assert words in said, (form, words)


def test_markdown_fits_a_comment() -> None:
    """What is left out is counted."""
    one = difference("Name")
    text = DIFFERENCES["markdown"](Difference(decided=one.decided * 2_000, compared=1))
    assert len(text) < 65_536
    assert "more changes left out here" in text
