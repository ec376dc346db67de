"""Every fact that the code cites is told, and no other."""

from __future__ import annotations

import ast
import datetime as dt
import io
import re
import tokenize
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import pytest

from keyfit import catalogue
from keyfit.aws import facts

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CODE: Final = ("plugins", "checks", "tests")
# `K13`; `K67-K70` and `T20 to T22` are all that lie between, too.
CITED: Final = re.compile(r"\b([A-Z])([0-9]{1,2})\b(?:(?:-| to )\1([0-9]{1,2})\b)?")
SLIP: Final = re.compile(rf"\b(?:[{''.join(facts.FAMILIES).lower()}][0-9]{{1,2}}|[{''.join(facts.FAMILIES)}] [0-9]+)\b")
NO_FACTS: Final = {"S3"}  # what comments name and looks like an id


def prose(file: Path) -> Iterator[str]:
    """The comments and docstrings of a module; of the engine also the ids in tuples, as rules list them."""
    text = file.read_text(encoding="utf-8")
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            yield token.string.partition("# noqa")[0]
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)):
            yield ast.get_docstring(node) or ""
        elif isinstance(node, ast.Tuple) and "plugins" in file.parts:
            values = [each.value for each in node.elts if isinstance(each, ast.Constant)]
            yield from (value for value in values if isinstance(value, str) and CITED.fullmatch(value))


def ids(text: str) -> Iterator[str]:
    """The ids in a text, with what lies in a range of them."""
    for letter, first, last in CITED.findall(text):
        yield from (f"{letter}{number}" for number in range(int(first), int(last or first) + 1))


@pytest.fixture(scope="module")
def texts(root: Path) -> dict[str, str]:
    """What each module says in prose, by its path."""
    files = [file for folder in CODE for file in sorted((root / folder).rglob("*.py")) if file.name != "test_facts.py"]
    return {str(file.relative_to(root)): "\n".join(prose(file)) for file in files}


def test_what_looks_like_an_id_in_the_code_is_one(texts: dict[str, str]) -> None:
    """A citation of a fact that is not told, and a letter that no family has, are slips."""
    known = {*facts.every_fact(), *NO_FACTS}
    assert [(name, id_) for name, text in texts.items() for id_ in ids(text) if id_ not in known] == []


def test_no_id_is_written_in_another_form(texts: dict[str, str]) -> None:
    """Neither `k13` nor `K 13`."""
    assert [(name, found) for name, text in texts.items() for found in SLIP.findall(text)] == []


def test_each_fact_is_cited(texts: dict[str, str]) -> None:
    """By code, a test, or another fact."""
    told = facts.every_fact()
    cited = {id_ for text in (*texts.values(), *(fact.statement for fact in told.values())) for id_ in ids(text)}
    assert sorted(set(told) - cited) == []


def test_a_fact_is_a_sentence_with_a_page_and_a_day() -> None:
    """The page can be opened, and the day lies behind us."""
    today = dt.datetime.now(dt.timezone.utc).date()
    for fact in facts.every_fact().values():
        assert facts.ID.fullmatch(fact.id), fact
        assert re.fullmatch(r"[^\n]{20,400}\.", fact.statement), fact
        assert urlsplit(fact.page).scheme == "https", fact
        assert dt.date(2023, 1, 1) < fact.read <= today, fact


def test_a_fact_stands_in_the_file_of_its_family(root: Path) -> None:
    """And each id in one place."""
    folder = root / "plugins/keyfit/aws/facts"
    found: dict[str, str] = {}
    for file in folder.glob("*.toml"):
        for id_ in re.findall(r"^([A-Z][0-9]+) = ", file.read_text(encoding="utf-8"), re.MULTILINE):
            assert facts.FAMILIES[id_[0]] == file.stem
            assert id_ not in found, f"{id_} stands in {found.get(id_)} and {file.name}"
            found[id_] = file.name
    assert set(found) == set(facts.every_fact())


def test_a_fact_is_found_in_either_letter_case() -> None:
    """And nothing is found where there is none."""
    assert facts.find("k13") == facts.find("K13") == facts.every_fact()["K13"]
    assert facts.find("K99") is None


def test_a_rule_rests_on_facts_or_pages() -> None:
    """Each of its sources is an id that is told, or an address."""
    sources = [(rule.number, source) for rule in catalogue.every_rule() for source in rule.sources]
    assert [each for each in sources if not facts.find(each[1]) and urlsplit(each[1]).scheme != "https"] == []
