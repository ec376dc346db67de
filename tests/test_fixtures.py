from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from keyfit.aws import facts
from keyfit.catalogue import every_rule
from keyfit.catalogue.examples import documented, examples
from tests import literate
from tests.conftest import ROOT
from tests.literate import HCL, FixtureError

if TYPE_CHECKING:
    from pathlib import Path

    from keyfit.catalogue.rule import Rule
    from tests.literate import Case

FOLDER = ROOT / "fixtures" / "rules"
FIXTURES = sorted(path for path in FOLDER.glob("*.md") if path.name != "README.md")
RULES = every_rule()
SECTIONS = (
    "What it checks",
    "Why it matters",
    "When it is unproven",
    "How to fix it",
    "References",
)
each_rule = pytest.mark.parametrize("rule", RULES, ids=[f"{rule.number:03}" for rule in RULES])


def _cases() -> list[object]:
    return [
        pytest.param(fixture, case, id=f"{fixture.name}:{case.start}", marks=[pytest.mark.hcl] * (case.language == HCL))
        for fixture in FIXTURES
        for case in literate.read(fixture.read_text("utf-8"))
    ]


def _number(fixture: Path) -> int:
    return int(fixture.name.partition("-")[0])


@pytest.mark.parametrize(("fixture", "case"), _cases())
def test_a_fixture_finds_what_it_says(fixture: Path, case: Case, tmp_path: Path) -> None:
    """Each block has the verdicts of its rule that it tells, and no other; and nothing broken beside."""
    found = literate.findings(case, tmp_path)
    assert literate.complaints(case, _number(fixture), found, tmp_path) == []


# --- every rule has what a rule has ----------------------------------------------------------------------------


def _fixture_of(rule: Rule) -> str:
    fixture = FOLDER / f"{rule.number:03}-{rule.name}.md"
    assert fixture.is_file(), f"rule {rule.number} has no fixture {fixture.relative_to(ROOT)}"
    return fixture.read_text("utf-8")


def _cases_of(rule: Rule) -> list[Case]:
    return literate.read(_fixture_of(rule))


def _languages_of(rule: Rule) -> set[str]:
    """Both, unless the fixture says `Only in Terraform: <why>`."""
    only = re.search(r"^Only in (CloudFormation|Terraform): .+$", _fixture_of(rule), re.MULTILINE)
    return {only[1]} if only else {"CloudFormation", "Terraform"}


def _never(rule: Rule, language: str) -> set[str]:
    """What there is none of, as the fixture says: `Never unproven: <why>`, or `Never unproven in Terraform: <why>`."""
    never = re.search(r"^Never unproven(?: in (CloudFormation|Terraform))?: .+$", _fixture_of(rule), re.MULTILINE)
    return {"unproven"} if never and never[1] in {None, language} else set()


def _only_unproven(rule: Rule) -> bool:
    """Whether it has no other verdict, as the fixture says: `Only unproven: <why>`."""
    return re.search(r"^Only unproven: .+$", _fixture_of(rule), re.MULTILINE) is not None


@each_rule
@pytest.mark.parametrize("language", ["CloudFormation", "Terraform"])
def test_a_rule_has_a_fixture_of_every_kind(rule: Rule, language: str) -> None:
    """In either language the fixture of a rule has blocks in which it is broken, holds, is unproven, and is silent."""
    if language not in _languages_of(rule):
        pytest.skip("the rule says why it is not there")
    cases = [case for case in _cases_of(rule) if (case.language == HCL) == (language == "Terraform")]
    told = [{each.kind for each in case.verdicts if each.rule == rule.number and not each.todo} for case in cases]
    wanted = {"unproven"} if _only_unproven(rule) else {"broken", "holds", "unproven"} - _never(rule, language)
    assert set().union(*told) == wanted
    assert set() in told, "no block in which the rule is silent"


@each_rule
def test_a_block_without_a_verdict_says_that_it_is_silent(rule: Rule) -> None:
    """Where the rule gives no verdict, the prose says so: silence is never an oversight."""
    silent = [case for case in _cases_of(rule) if not any(each.rule == rule.number for each in case.verdicts)]
    assert [case.start for case in silent if "silent" not in case.prose.lower()] == []


@each_rule
def test_a_rule_has_sources(rule: Rule) -> None:
    """A rule without a source is not a rule."""
    assert rule.sources
    assert all(re.fullmatch(r"[A-Z]\d+[a-z]?", source) for source in rule.sources)


@each_rule
def test_a_rule_is_documented(rule: Rule) -> None:
    """Its documentation has a summary, all sections with something in them, and an address of AWS's own pages."""
    first, _, rest = rule.documentation.partition("\n")
    assert first.endswith(".")
    titles = re.findall(r"^## (.+)$", rest, re.MULTILINE)
    assert tuple(titles) == SECTIONS
    texts = re.split(r"^## .+$", rest, flags=re.MULTILINE)[1:]
    assert all(text.strip() for text in texts)
    assert re.search(r"^https://docs\.aws\.amazon\.com/\S+$", texts[-1], re.MULTILINE)


@each_rule
def test_a_rule_shows_what_a_test_has_run(rule: Rule) -> None:
    """Its examples are parts of blocks of its fixture, some in which it is broken, some in which it holds."""
    blocks = [case for case in _cases_of(rule) if "example" in case.settings]
    shown = list(examples(rule))
    assert {each.verdict for each in shown} == ({"Unproven"} if _only_unproven(rule) else {"Broken", "Holds"})
    for block, example in zip(blocks, shown, strict=True):
        lines = {line.strip() for line in next(iter(block.files.values())).splitlines()}
        assert {line.strip() for line in example.text.splitlines()} <= lines
        assert f"# {example.verdict.lower()} {rule.number:03}" in example.text
        assert str(example) in documented(rule)


def test_numbers_and_names_are_unique() -> None:
    """No two rules share a number or a name."""
    for names in ([rule.number for rule in RULES], [rule.name for rule in RULES]):
        assert Counter(names).most_common(1)[0][1] == 1


def test_each_fixture_belongs_to_a_rule() -> None:
    """A fixture is named after a rule that exists, and so is its title."""
    names = {f"{rule.number:03}-{rule.name}" for rule in RULES}
    assert {fixture.stem for fixture in FIXTURES} <= names
    for fixture in FIXTURES:
        assert fixture.read_text("utf-8").startswith(f"# {fixture.stem.replace('-', ' ', 1)}\n")


def test_each_rule_yields_to_rules_that_are_no_silent_themselves() -> None:
    """A rule does not yield to itself, nor do two yield to each other."""
    yields = {rule.number: rule.yields_to for rule in RULES}
    assert not [
        number for number, louder in yields.items() for each in louder if number in (each, *yields.get(each, ()))
    ]


def test_each_source_is_a_fact() -> None:
    """What a rule cites can be read with `keyfit explain`."""
    assert {source for rule in RULES for source in rule.sources} <= set(facts.every_fact())


# --- the harness notices what it should --------------------------------------------------------------------------

BROKEN = "broken 107: `KmsKeyArn` is the alias name `alias/x`, not the key ARN that Personalize expects"
TEMPLATE = """\
Resources:
  Group:
    Type: AWS::Personalize::DatasetGroup
    Properties:
      Name: group
      RoleArn: arn:aws:iam::111122223333:role/r
      KmsKeyArn: alias/x{remark}
"""


def _complaints(remark: str, folder: Path, rule: int = 107, below: str = "") -> list[str]:
    (case,) = literate.read(f"# x\n\n```yaml\n{TEMPLATE.format(remark=remark)}```\n{below}")
    return [each.partition(":")[0] for each in literate.complaints(case, rule, literate.findings(case, folder), folder)]


@pytest.mark.parametrize(
    ("remark", "expected"),
    [
        (f" # {BROKEN}", []),
        (" # broken 107", []),
        (f"\n      # {BROKEN}\n      Domain: ECOMMERCE", ["missing", "not expected"]),
        ("", ["not expected"]),
        (" # broken 107: another", ["another message"]),
        (" # broken 107 (warning)", ["missing", "not expected"]),
        (" # unproven 107", ["missing", "not expected"]),
        (" # todo broken 107", ["not expected", "starts to pass, take `todo` away"]),
        (" # broken 107 # todo holds 107", []),
        (" # broken 107 # broken 105", ["missing"]),
        (" # broken 107 # broken 107", ["missing", "missing"]),
        (" # broken 107 # note 107: nothing", ["no such note"]),
        (" # broken 107 # help 107: specify the ARN of the key", []),
        (" # broken 107 # note 107: specify the ARN of the key", ["no such note"]),
        (" # any other comment", ["not expected"]),
    ],
)
def test_a_difference_is_a_complaint(remark: str, expected: list[str], tmp_path: Path) -> None:
    """A verdict that is missing, not told, at another line, of another level or in other words is not passed over."""
    assert _complaints(remark, tmp_path) == expected


def test_what_another_rule_finds_broken_has_to_be_told(tmp_path: Path) -> None:
    """A fixture hides nothing that is broken, by whatever rule; what holds or is open elsewhere need not be told."""
    assert _complaints("", tmp_path, rule=304) == ["not expected"]
    assert _complaints(f" # {BROKEN}", tmp_path, rule=304) == []


def test_what_json_expects_stands_below_it(tmp_path: Path) -> None:
    """Where a language has no comments, or a line cannot hold one, `expects:` names the line."""
    assert _complaints("", tmp_path, below=f"\nexpects: {BROKEN.replace(' 107:', ' 107 at 7:')}\n") == []
    assert _complaints("", tmp_path, below="\nexpects: broken 107 (error) at 7\n") == []
    assert _complaints("", tmp_path, below="\nexpects: broken 107 at 6\n") == ["missing", "not expected"]


def test_files_can_lie_beside_one_another() -> None:
    """A block that is `beside` belongs to the stack before it; settings stand in the first block."""
    fixture = (
        "```hcl account=111122223333 --all-keys\na\n```\n\n```hcl m/main.tf beside\nb # holds 101\n```\n```sh\nx\n```\n"
    )
    (case,) = literate.read(fixture)
    assert case.files == {"main.tf": "a\n", "m/main.tf": "b # holds 101\n"}
    assert case.settings == {"account": "111122223333", "--all-keys": ""}
    assert [(each.file, each.line) for each in case.verdicts] == [("m/main.tf", 1)]


@pytest.mark.parametrize(
    "fixture",
    [
        "```yaml\na: 1\n",
        "```yaml\na: 1\n# broken 101\n```\n",
        "```yaml\n```\n\nexpects: broken 101\n",
        "```yaml\n```\n```json beside\n```\n```json beside\n```\n",
        "```yaml\na: 1 # broken 101 with words\n```\n",
    ],
)
def test_what_does_not_follow_the_convention_is_refused(fixture: str) -> None:
    """A remark that would never be looked at is an error, not a pass."""
    with pytest.raises(FixtureError):
        literate.read(fixture)


def test_what_cannot_be_read_is_no_pass(tmp_path: Path) -> None:
    """A block that keyfit cannot read does not pass as silent."""
    (case,) = literate.read("```yaml\nResources: [\n```\n")
    with pytest.raises(FixtureError):
        literate.findings(case, tmp_path)
