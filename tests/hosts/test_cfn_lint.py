"""cfn-lint with keyfit's rules: places, notes, levels, and what cfn-lint says itself."""

import re
from pathlib import Path
from typing import Any

import pytest

from keyfit import catalogue
from tests.hosts import stacks
from tests.hosts.commands import RULES, STACKS, Ran, cfn_lint, matches


def of(ran: Ran, host_id: str) -> list[dict[str, Any]]:
    """The matches with one id, without the notes below them."""
    return [each for each in ran.json if each["Rule"]["Id"] == host_id and not each["ParentId"]]


def test_a_broken_finding_is_an_error_at_its_place(tmp_path: Path) -> None:
    """With the advice, and the evidence below it, each piece at its own place."""
    file = stacks.write(tmp_path, stacks.BROKEN)
    ran = cfn_lint("--format", "json", file.name, where=tmp_path)
    assert ran.status == 2
    (finding,) = of(ran, "E9101")
    notes = [each for each in ran.json if each["ParentId"] == finding["Id"]]
    assert finding["Location"]["Start"] == {"LineNumber": stacks.LINE, "ColumnNumber": stacks.COLUMN}
    assert finding["Level"] == "Error"
    assert finding["Rule"]["ShortDescription"] == "personalize-service-key-access"
    assert notes
    assert all(note["Message"].startswith("note for `Group`: ") for note in notes)
    assert "; help: " in finding["Message"]


def test_a_clean_stack_is_clean(tmp_path: Path) -> None:
    """No output, status 0."""
    file = stacks.write(tmp_path, stacks.RIGHT)
    ran = cfn_lint(file.name, where=tmp_path)
    assert (ran.out, ran.status) == ("", 0)


def test_an_unproven_verdict_is_information(tmp_path: Path) -> None:
    """Which cfn-lint shows when asked for."""
    file = stacks.write(tmp_path, stacks.UNPROVEN)
    assert cfn_lint(file.name, where=tmp_path).out == ""
    shown = cfn_lint("--include-checks", "I", "--format", "json", file.name, where=tmp_path)
    finding = of(shown, "I9101")[0]
    assert "cannot tell" in finding["Message"]
    assert finding["Level"] == "Informational"


def test_the_help_is_what_can_be_done_here() -> None:
    """A parameter without a value is set in the settings; no flag of the command line is told."""
    ran = cfn_lint("--include-checks", "I", "--format", "json", STACKS / "key-of-another-team.yaml")
    (finding, *_) = of(ran, "I9101")
    assert finding["Message"].endswith("; help: set `KeyArn` in `[parameters]` of `keyfit.toml`")
    assert not re.search(r"`--\w", ran.out)


def test_a_suppression_in_the_template_works(tmp_path: Path) -> None:
    """Of the resource, with its notes."""
    ignore = (
        "  Group:\n    Metadata:\n      cfn-lint:\n        config:\n          ignore_checks:\n            - E9101\n"
    )
    file = stacks.write(tmp_path, stacks.BROKEN.replace("  Group:\n", ignore))
    assert cfn_lint(file.name, where=tmp_path).out == ""


@pytest.mark.parametrize("reference", ["!Ref Key", "!Ref Alias", "!If [Live, !Ref Key, !Ref Alias]"])
def test_what_cfn_lint_says_itself_is_not_said_twice(tmp_path: Path, reference: str) -> None:
    """E1041 speaks of a `Ref` where an ARN is wanted; 107 does on the command line."""
    properties = "    Properties:\n      AliasName: alias/group\n      TargetKeyId: !Ref Key\n"
    alias = f"  Alias:\n    Type: AWS::KMS::Alias\n{properties}"
    text = stacks.RIGHT.replace("KmsKeyArn: !GetAtt Key.Arn", f"KmsKeyArn: {reference}") + alias
    text += "Parameters:\n  Stage: {Type: String}\nConditions:\n  Live: !Equals [!Ref Stage, live]\n"
    file = stacks.write(tmp_path, text)
    ran = cfn_lint("--format", "json", file.name, where=tmp_path)
    assert of(ran, "E1041")
    assert of(ran, "E9107") == []


def test_a_key_id_in_words_is_said_by_keyfit_too(tmp_path: Path) -> None:
    """E1041 does not speak there."""
    text = stacks.RIGHT.replace("KmsKeyArn: !GetAtt Key.Arn", "KmsKeyArn: alias/somewhere")
    file = stacks.write(tmp_path, text)
    assert of(cfn_lint("--format", "json", file.name, where=tmp_path), "E9107")


def test_a_transformed_template_is_judged_as_transformed(tmp_path: Path) -> None:
    """The serverless transform adds what it adds, and the finding keeps its place."""
    text = 'Transform: AWS::Serverless-2016-10-31\nDescription: "x"\n' + stacks.BROKEN
    file = stacks.write(tmp_path, text)
    finding = of(cfn_lint("--format", "json", file.name, where=tmp_path), "E9101")[0]
    assert finding["Location"]["Start"]["LineNumber"] == stacks.LINE + 2


def test_a_loop_of_the_language_extensions_is_judged_as_expanded(tmp_path: Path) -> None:
    """cfn-lint expands it; each group is one subject."""
    loop = (
        "  Fn::ForEach::Groups:\n    - Name\n    - [Films, Books]\n    - ${Name}Group:\n"
        "        Type: AWS::Personalize::DatasetGroup\n        Properties:\n          Name: !Sub ${Name}\n"
        "          KmsKeyArn: !GetAtt Key.Arn\n          RoleArn: !GetAtt Role.Arn\n"
    )
    text = "Transform: AWS::LanguageExtensions\n" + stacks.BROKEN.partition("  Group:\n")[0] + loop
    file = stacks.write(tmp_path, text)
    found = matches(cfn_lint("--format", "json", file.name, where=tmp_path))
    assert {each["Location"]["Path"][1] for each in found if each["Rule"]["Id"] == "E9101"} >= {
        "FilmsGroup",
        "BooksGroup",
    }


def test_a_settings_file_is_read(tmp_path: Path) -> None:
    """The same one as the command line reads."""
    stacks.write(tmp_path, "ignore = [101]\n", "keyfit.toml")
    file = stacks.write(tmp_path, stacks.BROKEN)
    assert cfn_lint(file.name, where=tmp_path).out == ""


def test_a_misspelt_setting_is_told_once_a_file(tmp_path: Path) -> None:
    """As could-not-check."""
    stacks.write(tmp_path, "ignroe = [101]\n", "keyfit.toml")
    file = stacks.write(tmp_path, stacks.BROKEN)
    (match,) = matches(cfn_lint("--format", "json", file.name, where=tmp_path))
    assert match["Rule"]["Id"] == "E9000"
    assert "`ignroe` is no setting: is `ignore` meant?" in match["Message"]


def test_the_same_findings_with_more_than_one_template(tmp_path: Path) -> None:
    """Each template has its own."""
    stacks.write(tmp_path, stacks.BROKEN, "a.yaml")
    stacks.write(tmp_path, stacks.RIGHT, "b.yaml")
    stacks.write(tmp_path, stacks.BROKEN, "c.yaml")
    found = matches(cfn_lint("--format", "json", "a.yaml", "b.yaml", "c.yaml", where=tmp_path))
    assert [each["Filename"] for each in found] == ["a.yaml", "c.yaml"]


def test_every_rule_is_listed() -> None:
    """With its name, for people who look for it."""
    ran = cfn_lint("--list-rules")
    assert ran.status == 0
    assert "E9101: personalize-service-key-access" in ran.out
    assert "W9103: personalize-role-both-sides (warning)" in ran.out
    assert "I9101: personalize-service-key-access (unproven)" in ran.out
    assert "E9000: keyfit-could-not-check" in ran.out
    for rule in catalogue.every_rule():
        assert f"9{rule.number}: {rule.name}" in ran.out


def test_a_dotted_name_works_as_well(tmp_path: Path) -> None:
    """`-a` takes a module, too."""
    file = stacks.write(tmp_path, stacks.BROKEN)
    ran = cfn_lint("--format", "json", file.name, where=tmp_path, rules=Path("keyfit_rules"), PYTHONPATH=str(RULES))
    assert of(ran, "E9101")
