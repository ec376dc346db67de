"""The loaders repeat what they must not import; here it is held to the original."""

from __future__ import annotations

import ast
import re
import sys
from typing import TYPE_CHECKING

import pytest

from keyfit import catalogue, verify
from keyfit.catalogue.rule import Options
from keyfit.catalogue.rules import reference_exists
from keyfit.hosts import cards
from keyfit.readers import cloudformation
from keyfit.readers.given import Given
from keyfit.services import index, subjects
from tests import literate
from tests.hosts.commands import CHECKS, ROOT, RULES, STACKS, keyfit, run

if TYPE_CHECKING:
    from pathlib import Path


def parsed(file: Path) -> ast.Module:
    """A module that is not imported: Checkov's would come with it, warnings and all."""
    return ast.parse(file.read_text(encoding="utf-8"))


CHECKOV_LOADER = parsed(CHECKS / "keyfit_checks.py")
CFN_LINT_LOADER = parsed(RULES / "keyfit_rules.py")


def types(module: ast.Module, name: str) -> tuple[str, ...]:
    """The literal that a module assigns to a name."""
    for node in module.body:
        named = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
        if isinstance(named, ast.Name) and named.id == name:
            found: tuple[str, ...] = ast.literal_eval(node.value)  # type: ignore[attr-defined]
            return found
    raise LookupError(name)


def function(module: ast.Module, name: str) -> str:
    """A function of a module, without its comments."""
    (found,) = [node for node in module.body if isinstance(node, ast.FunctionDef) and node.name == name]
    return ast.unparse(found)


def test_the_types_are_those_of_the_hosts() -> None:
    """So that nothing is silent when the engine cannot be loaded. `python -m keyfit.catalogue.handbook` writes them."""
    assert types(CHECKOV_LOADER, "TYPES") == subjects.cloudformation(*subjects.EVERY)
    assert types(CHECKOV_LOADER, "TERRAFORM_TYPES") == subjects.terraform(*subjects.EVERY)


def test_every_subject_has_a_type_that_checkov_asks_about() -> None:
    """Every finding about every stack, with all keys looked at."""
    findings = keyfit("check", STACKS, "--all-keys", "--format", "json").json["findings"]
    found = {(each["path"], each["resource"]) for each in findings}
    assert found
    for path, resource in found:
        kind = next((part for part in resource.split(".") if part.startswith(("aws_", "awscc_"))), None)
        if kind is not None:
            assert kind in subjects.terraform(*subjects.EVERY), resource
            continue
        text = (STACKS / path.rpartition("/")[2]).read_text(encoding="utf-8")
        after = text[text.index(f'"{resource}"' if path.endswith(".json") else f"\n  {resource}:") :]
        written = after[after.index("Type") :].split(maxsplit=2)[1].strip('",')
        assert written in types(CHECKOV_LOADER, "TYPES"), resource


@pytest.mark.deep
def test_every_subject_of_the_fixtures_has_a_type_that_its_check_is_registered_for() -> None:
    """Or Checkov would never ask; 604, of any block, is then told of one that it is asked about."""
    seen = {
        pair
        for file in sorted((ROOT / "fixtures" / "rules").glob("[0-9]*.md"))
        for case in literate.read(file.read_text(encoding="utf-8"))
        if case.language == "yaml"
        for pair in judged(*next(iter(case.files.items())))
    }
    asked = {card.number: subjects.types(*card.subjects) for card in cards.every_card()}
    # Not a section of the template, as in 603, nor a module of a registry, which can have any name.
    resources = {(rule, kind) for rule, kind in seen if "::" in kind and not kind.endswith("::MODULE")}
    assert {
        (rule, kind) for rule, kind in resources if kind not in asked[rule] and rule != reference_exists.NUMBER
    } == set()
    assert len({rule for rule, _ in seen}) > 20


def judged(name: str, source: str) -> set[tuple[int, str]]:
    """Rule and type of everything found in a template; the type is as written where the finding has none."""
    found = verify.check(cloudformation.read(source, name, Given(ROOT)), options=Options(all_keys=True)).findings
    written = dict(re.findall(r"^  (\w+):\n(?: {4}.*\n)*? {4}Type: (\S+)", source, re.MULTILINE))
    return {(each.rule, each.type or written[each.resource]) for each in found}


def test_every_rule_has_a_card() -> None:
    """Read off its text, and the same as the engine has it."""
    rules = [(rule.number, rule.name, rule.summary, rule.level.name, rule.subjects) for rule in catalogue.every_rule()]
    assert [tuple(card[:5]) for card in cards.every_card()] == rules
    links = zip(cards.every_card(), catalogue.every_rule(), strict=True)
    assert all(card.link in rule.documentation for card, rule in links)
    assert [
        card.number for card in cards.every_card() if not card.link.startswith("https://docs.aws.amazon.com/")
    ] == []
    assert None not in map(cards._read, cards._FOLDER.glob("[!_]*.py"))  # noqa: SLF001 - or all would be imported


ENGINE = """
import sys
import keyfit
from keyfit.hosts import cards
from keyfit.services import subjects as types
for card in cards.every_card():
    types.types(*card.subjects)
print(*sorted(name for name in sys.modules if name.startswith("keyfit.")))
"""


def test_what_checkov_loads_first_is_not_the_engine() -> None:
    """Most of its processes have nothing to ask."""
    told = run(sys.executable, "-c", ENGINE).out.split()
    assert told == [
        "keyfit.hosts",
        "keyfit.hosts.cards",
        "keyfit.services",
        "keyfit.services.index",
        "keyfit.services.page",
        "keyfit.services.pages",
        *(f"keyfit.services.pages.{page.name.replace('-', '_')}" for page in index.every_page()),
        "keyfit.services.spelling",
        "keyfit.services.subjects",
    ]


GLANCE = """
import sys
from pathlib import Path
from keyfit.readers import terraform
from keyfit.readers.given import Given
assert terraform.concerned([Path(sys.argv[1])], Given(Path(sys.argv[1]))) == {}
print(*sorted(name for name in sys.modules if name.startswith(("keyfit.model", "keyfit.policy", "keyfit.value"))))
print(*sorted(name for name in sys.modules if name.startswith("keyfit.readers.terraform.")))
"""


def test_a_glance_at_a_tree_with_nothing_to_judge_is_not_the_engine(tmp_path: Path) -> None:
    """Neither values nor what evaluates them: a host would pay for both in every run."""
    (tmp_path / "main.tf").write_text('resource "aws_sqs_queue" "q" {}\n', encoding="utf-8")
    model, readers = run(sys.executable, "-c", GLANCE, str(tmp_path)).out.split("\n")[:2]
    assert model == ""
    modules = ("modules", "modules.file_names", "root_modules")
    assert readers.split() == [f"keyfit.readers.terraform.{name}" for name in modules]


@pytest.mark.parametrize("name", ["load_engine", "import_from"])
def test_both_loaders_load_the_engine_alike(name: str) -> None:
    """They cannot share a module: each is imported by itself."""
    assert function(CHECKOV_LOADER, name) == function(CFN_LINT_LOADER, name)


@pytest.mark.parametrize("module", [CHECKOV_LOADER, CFN_LINT_LOADER], ids=["checkov", "cfn-lint"])
def test_a_loader_holds_no_dataclass(module: ast.Module) -> None:
    """Its module is not in `sys.modules` while it runs, which dataclasses need."""
    imported = {alias.name for node in ast.walk(module) if isinstance(node, ast.Import) for alias in node.names}
    sources = {node.module for node in ast.walk(module) if isinstance(node, ast.ImportFrom)}
    assert "dataclasses" not in imported | sources
