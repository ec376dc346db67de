"""Suppressions in the source: what each form covers, what it does not, and what is said of it."""

import json
import re
from pathlib import Path
from typing import Final

import pytest
import yaml

from keyfit.gate import suppressions
from keyfit.model.findings import SuppressedBy, Verdict
from keyfit.scan import Report, Run, scan
from keyfit.settings import Settings

# `Films` and `Music` both lack Personalize's part of the key policy: 101 is broken on each.
TEMPLATE: Final = """\
Resources:
  Key:
    Type: AWS::KMS::Key
    Properties:
      KeyPolicy:
        Version: "2012-10-17"
        Statement:
          - Sid: Account
            Effect: Allow
            Principal: {AWS: !Sub "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}
            Action: kms:*
            Resource: "*"
          - Sid: Nothing
            Effect: Allow
            Principal: {AWS: !GetAtt Role.Arn}
            Action: kms:Decript
            Resource: "*"
  Films:
    Type: AWS::Personalize::DatasetGroup
    Properties:
      Name: films
      KmsKeyArn: !GetAtt Key.Arn
      RoleArn: !GetAtt Role.Arn
  Music:
    Type: AWS::Personalize::DatasetGroup
    Properties:
      Name: music
      KmsKeyArn: !GetAtt Key.Arn
      RoleArn: !GetAtt Role.Arn
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement: {Effect: Allow, Principal: {Service: personalize.amazonaws.com}, Action: sts:AssumeRole}
"""
FILMS: Final = "  Films:\n    Type: AWS::Personalize::DatasetGroup\n"

CONFIGURATION: Final = """\
resource "aws_kms_key" "key" {
  description = "{"
}
resource "awscc_personalize_dataset_group" "films" {
  name        = "films"
  kms_key_arn = aws_kms_key.key.arn
  role_arn    = aws_iam_role.role.arn
}
resource "awscc_personalize_dataset_group" "music" {
  name        = "music"
  kms_key_arn = aws_kms_key.key.arn
  role_arn    = aws_iam_role.role.arn
}
resource "aws_iam_role" "role" {
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "personalize.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}
"""


def checked(folder: Path, *, require_reasons: bool = False, select: tuple[str, ...] = ("101",)) -> Report:
    """What is found in the folder, and what the source suppresses of it."""
    run = Run(Settings(select=select), root=folder)
    return suppressions.apply(scan((folder,), run), run, require_reasons=require_reasons)


def left(report: Report) -> set[str]:
    """The subjects of what is broken and counts, without the type."""
    broken = (each for each in report.findings if each.verdict is Verdict.BROKEN and each.suppressed is None)
    return {each.resource.rpartition(".")[2] for each in broken}


def template(folder: Path, *changes: tuple[str, str]) -> Path:
    """The template, with some of its text replaced, each once."""
    text = TEMPLATE
    for before, after in changes:
        assert before in text
        text = text.replace(before, after, 1)
    (folder / "stack.yaml").write_text(text, encoding="utf-8")
    return folder


def configuration(folder: Path, *changes: tuple[str, str]) -> Path:
    """The root module, likewise."""
    text = CONFIGURATION
    for before, after in changes:
        assert before in text
        text = text.replace(before, after, 1)
    (folder / "main.tf").write_text(text, encoding="utf-8")
    return folder


def metadata(words: str) -> tuple[str, str]:
    """A change that gives `Films` this metadata."""
    return FILMS, f"{FILMS}    Metadata: {words}\n"


def test_without_suppressions_both_are_broken(tmp_path: Path) -> None:
    """In each language."""
    assert left(checked(template(tmp_path))) == {"Films", "Music"}
    (tmp_path / "stack.yaml").unlink()
    assert left(checked(configuration(tmp_path))) == {"films", "music"}


@pytest.mark.parametrize(
    "change",
    [
        ("  Films:\n", "  # keyfit:ignore[101] why\n  Films:\n"),
        ("  Films:\n", "  Films: # keyfit:ignore[101] why\n"),
        ("  Films:\n", "  # keyfit:ignore[101] why\n\n  # more\n  Films:\n"),
        ("  Films:\n", "  # keyfit: ignore[102, personalize-service-key-access]: why\n  Films:\n"),
        ("  Films:\n", "  # keyfit:ignore[CKV_KEYFIT_101] why\n  Films:\n"),
        ("      KmsKeyArn: !GetAtt Key.Arn\n", "      KmsKeyArn: !GetAtt Key.Arn # keyfit:ignore[101] why\n"),
        ("      KmsKeyArn: !GetAtt Key.Arn\n", "      # keyfit:ignore[101] why\n      KmsKeyArn: !GetAtt Key.Arn\n"),
        ("    Type: AWS::Personalize", "    # checkov:skip=CKV_KEYFIT_101:why\n    Type: AWS::Personalize"),
        ("      Name: films\n", "      Name: films #checkov:skip=CKV_AWS_1,CKV_KEYFIT_101: why\n"),
        metadata('{keyfit: {ignore: {"101": why}}}'),
        metadata("{keyfit: {ignore: {personalize-service-key-access: why}}}"),
        metadata("{checkov: {skip: [{id: CKV_KEYFIT_101, comment: why}]}}"),
    ],
)
def test_a_suppression_in_a_template_covers_its_block_or_line(tmp_path: Path, change: tuple[str, str]) -> None:
    """And no other; the finding keeps the reason."""
    report = checked(template(tmp_path, change))
    assert left(report) == {"Music"}
    (found,) = (each for each in report.findings if each.suppressed is not None)
    assert found.suppressed is not None
    assert (found.suppressed.by, found.suppressed.reason) == (SuppressedBy.SOURCE, "why")
    assert found.suppressed.origin.file.endswith("stack.yaml")
    assert not report.notices
    assert not report.failures
    assert report.hidden == {SuppressedBy.SOURCE: 1, SuppressedBy.BASELINE: 0}
    assert report.counts[Verdict.BROKEN] == 1


@pytest.mark.parametrize(
    "words", ["{keyfit: {ignore: [101]}}", "{keyfit: {ignore: 101}}", "{cfn-lint: {config: {ignore_checks: [E9101]}}}"]
)
def test_metadata_need_not_give_a_reason(tmp_path: Path, words: str) -> None:
    """cfn-lint's has no place for one."""
    assert left(checked(template(tmp_path, metadata(words)))) == {"Music"}


@pytest.mark.parametrize("words", ["{keyfit: {ignore: [101]}}", "{cfn-lint: {config: {ignore_checks: [E9101]}}}"])
def test_metadata_of_the_template_covers_all_of_it(tmp_path: Path, words: str) -> None:
    """As it does in cfn-lint."""
    report = checked(template(tmp_path, ("Resources:\n", f"Metadata: {words}\nResources:\n")))
    assert left(report) == set()
    assert report.hidden[SuppressedBy.SOURCE] == 2


def test_metadata_works_in_json(tmp_path: Path) -> None:
    """Which has no comments."""
    import json

    policy = {"Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "kms:List*", "Resource": "*"}]}
    group = {
        "Type": "AWS::Personalize::DatasetGroup",
        "Properties": {"Name": "x", "KmsKeyArn": {"Fn::GetAtt": "K.Arn"}},
    }
    ignoring = {"Metadata": {"keyfit": {"ignore": {"101": "why"}}}}
    key = {"Type": "AWS::KMS::Key", "Properties": {"KeyPolicy": policy}}
    text = json.dumps({"Resources": {"K": key, "Films": group | ignoring, "Music": group}}, indent=2)
    (tmp_path / "stack.json").write_text(text, encoding="utf-8")
    assert left(checked(tmp_path)) == {"Music"}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (metadata("{cfn-lint: {config: {ignore_checks: [W9101]}}}"), ["`ignore_checks W9101` suppresses nothing"]),
        (
            metadata("{cfn-lint: {config: {ignore_checks: [I9101, E3002]}}}"),
            ["`ignore_checks I9101` suppresses nothing"],
        ),
        (
            ("      Name: films\n", "      Name: films # keyfit:ignore[101]\n"),
            ["`keyfit:ignore[101]` suppresses nothing"],
        ),
        (("  Role:\n", "  # keyfit:ignore[101]\n  Role:\n"), ["`keyfit:ignore[101]` suppresses nothing"]),
        (("  Films:\n", "  # keyfit:ignore[102]\n  Films:\n"), []),
        (("      Name: films\n", '      Name: "# keyfit ignore[101]"\n'), []),
    ],
)
def test_what_suppresses_nothing_is_told(tmp_path: Path, change: tuple[str, str], told: list[str]) -> None:
    """Unless its rule is not asked about."""
    report = checked(template(tmp_path, change))
    assert left(report) == {"Films", "Music"}
    assert [each.message for each in report.notices] == told


def test_a_block_ends_where_the_next_begins(tmp_path: Path) -> None:
    """What stands below a block is not covered by it."""
    lines = ("  Films:\n", "  # keyfit:ignore[101]\n  Films:\n"), ("  Music:\n", "\n  # for evenings\n\n  Music:\n")
    assert left(checked(template(tmp_path, *lines))) == {"Music"}


def test_a_statement_can_be_covered_by_itself(tmp_path: Path) -> None:
    """And a finding by the statement that is its cause."""
    change = ("          - Sid: Nothing\n", "          # keyfit:ignore[503] a typing error\n          - Sid: Nothing\n")
    assert left(checked(template(tmp_path), select=("503",))) == {"Key"}
    assert left(checked(template(tmp_path, change), select=("503",))) == set()


@pytest.mark.hcl
@pytest.mark.parametrize(
    "change",
    [
        ('resource "awscc_personalize_dataset_group" "films"', "# keyfit:ignore[101] why\n{}"),
        ('resource "awscc_personalize_dataset_group" "films"', "// keyfit:ignore[101] why\n\n# more\n{}"),
        ('resource "awscc_personalize_dataset_group" "films"', "/* keyfit:ignore[101] why */\n{}"),
        ('resource "awscc_personalize_dataset_group" "films" {', "{} # keyfit:ignore[101] why"),
        ("  kms_key_arn = aws_kms_key.key.arn", "{} # keyfit:ignore[101] why"),
        ("  kms_key_arn = aws_kms_key.key.arn", "  # keyfit:ignore[101] why\n{}"),
        ('  name        = "films"', "{}\n  #checkov:skip=CKV_KEYFIT_101:why"),
    ],
)
def test_a_suppression_in_hcl_covers_its_block_or_line(tmp_path: Path, change: tuple[str, str]) -> None:
    """As in a template."""
    before, after = change
    report = checked(configuration(tmp_path, (before, after.replace("{}", before))))
    assert left(report) == {"music"}
    reasons = [each.suppressed.reason for each in report.findings if each.suppressed is not None]
    assert reasons == ["why"]
    assert not report.notices
    assert not report.failures


@pytest.mark.hcl
def test_a_suppression_in_a_module_covers_it_wherever_it_is_called(tmp_path: Path) -> None:
    """And one on the call, what is in the module."""
    (tmp_path / "part").mkdir()
    films = CONFIGURATION.replace('resource "awscc', '# keyfit:ignore[101] why\nresource "awscc', 1)
    (tmp_path / "part" / "main.tf").write_text(films, encoding="utf-8")
    calls = 'module "a" {\n  source = "./part"\n}\n# keyfit:ignore[101] other\nmodule "b" {\n  source = "./part"\n}\n'
    (tmp_path / "main.tf").write_text(calls, encoding="utf-8")
    report = checked(tmp_path)
    broken = [each for each in report.findings if each.suppressed is None and each.verdict is Verdict.BROKEN]
    assert [each.resource for each in broken] == ["module.a.awscc_personalize_dataset_group.music"]
    assert report.notices == ()


@pytest.mark.parametrize(
    ("comment", "told"),
    [
        ("# keyfit:ignore", "`keyfit:ignore` names no rule: write `keyfit:ignore[101] reason`"),
        ("# keyfit:ignore 101 why", "`keyfit:ignore` names no rule: write `keyfit:ignore[101] reason`"),
        ("# keyfit:ignore[]", "`keyfit:ignore` names no rule: write `keyfit:ignore[101] reason`"),
        ("# keyfit:ignore[999] why", "`keyfit:ignore[999]`: `999` is not a rule"),
    ],
)
def test_a_suppression_of_nothing_is_an_error(tmp_path: Path, comment: str, told: str) -> None:
    """It would be believed to suppress something."""
    report = checked(template(tmp_path, ("  Films:\n", f"  {comment}\n  Films:\n")))
    assert [each.message for each in report.failures] == [told]
    assert report.failures[0].origin.start.line == 18


def test_reasons_can_be_required(tmp_path: Path) -> None:
    """What gives none suppresses nothing then."""
    changes = (
        ("  Films:\n", "  # keyfit:ignore[101]\n  Films:\n"),
        ("  Music:\n", "  # keyfit:ignore[101] why\n  Music:\n"),
    )
    report = checked(template(tmp_path, *changes), require_reasons=True)
    assert [each.message for each in report.failures] == ["`keyfit:ignore[101]` has no reason"]
    assert left(report) == {"Films"}


def test_the_settings_can_require_reasons(tmp_path: Path) -> None:
    """As the flag does."""
    template(tmp_path, ("  Films:\n", "  # keyfit:ignore[101]\n  Films:\n"))
    (tmp_path / "keyfit.toml").write_text("require-reasons = true\n", encoding="utf-8")
    report = checked(tmp_path)
    assert [each.message for each in report.failures] == ["`keyfit:ignore[101]` has no reason"]
    assert left(report) == {"Films", "Music"}


# --- JSON


JSON: Final = {
    "resource": {
        "aws_kms_key": {"key": {"description": "{"}},
        "awscc_personalize_dataset_group": {
            name: {"name": name, "kms_key_arn": "${aws_kms_key.key.arn}", "role_arn": "${aws_iam_role.role.arn}"}
            for name in ("films", "music")
        },
        "aws_iam_role": {"role": {"assume_role_policy": "{}"}},
    }
}


def in_json(folder: Path, words: object, indent: int | None, *path: str) -> Path:
    """The root module in JSON, with `words` where JSON has comments, at `path`."""
    written = json.loads(json.dumps(JSON))
    place = written
    for name in path:
        place = place[name]
    place["//"] = words
    (folder / "main.tf.json").write_text(json.dumps(written, indent=indent), encoding="utf-8")
    return folder


FILMS_IN_JSON: Final = ("resource", "awscc_personalize_dataset_group", "films")


@pytest.mark.hcl
@pytest.mark.parametrize("indent", [2, None], ids=["lines", "one line"])
@pytest.mark.parametrize(
    ("words", "path", "expected"),
    [
        ("keyfit:ignore[101] why", FILMS_IN_JSON, {"music"}),
        (["a comment", "keyfit:ignore[101] why"], FILMS_IN_JSON, {"music"}),
        ("checkov:skip=CKV_KEYFIT_101:why", FILMS_IN_JSON, {"films", "music"}),  # Checkov does not read these files
        ("see keyfit:ignore[101] why", FILMS_IN_JSON, {"films", "music"}),
        ("keyfit:ignore[102] why", FILMS_IN_JSON, {"films", "music"}),
        ("keyfit:ignore[101] why", FILMS_IN_JSON[:2], set()),
        ("keyfit:ignore[101] why", (), set()),
    ],
)
def test_a_suppression_in_json_covers_its_object(  # noqa: PLR0917 - the columns of its table
    tmp_path: Path, words: object, path: tuple[str, ...], expected: set[str], indent: int | None
) -> None:
    """Under the key that Terraform takes for a comment; on one line, too, it covers no other block."""
    report = checked(in_json(tmp_path, words, indent, *path))
    assert left(report) == expected
    assert {each.suppressed.reason for each in report.findings if each.suppressed is not None} <= {"why"}
    assert not report.failures


@pytest.mark.hcl
def test_a_suppression_of_nothing_in_json_is_an_error(tmp_path: Path) -> None:
    """As in HCL."""
    report = checked(in_json(tmp_path, "keyfit:ignore[999] why", 2, *FILMS_IN_JSON))
    assert [each.message for each in report.failures] == ["`keyfit:ignore[999]`: `999` is not a rule"]


def test_metadata_in_a_template_on_one_line_covers_its_resource(tmp_path: Path) -> None:
    """And no other."""
    template = yaml.safe_load(re.sub(r"!(Sub|GetAtt)", r"", TEMPLATE))
    for name in ("Films", "Music"):
        properties = template["Resources"][name]["Properties"]
        properties |= {"KmsKeyArn": {"Fn::GetAtt": "Key.Arn"}, "RoleArn": {"Fn::GetAtt": "Role.Arn"}}
    template["Resources"]["Films"]["Metadata"] = {"keyfit": {"ignore": {"101": "why"}}}
    (tmp_path / "stack.json").write_text(json.dumps(template), encoding="utf-8")
    assert left(checked(tmp_path)) == {"Music"}


# --- what hosts have


@pytest.mark.parametrize(
    ("words", "expected"),
    [("E9101", set()), ("E9", set()), ("E", set()), ("E3", {"Films", "Music"}), ("W9", {"Films", "Music"})],
)
def test_a_template_ignores_what_ids_begin_with(tmp_path: Path, words: str, expected: set[str]) -> None:
    """As cfn-lint has it; what need not be about rules of ours is not told as one that suppresses nothing."""
    change = ("Resources:\n", f"Metadata: {{cfn-lint: {{config: {{ignore_checks: [{words}]}}}}}}\nResources:\n")
    report = checked(template(tmp_path, change))
    assert left(report) == expected
    assert report.notices == ()
    required = checked(template(tmp_path, change), require_reasons=True)
    assert left(required) == {"Films", "Music"}
    assert [each.message for each in required.failures] == ["`ignore_checks E9101` has no reason"] * (words == "E9101")


def test_a_resource_ignores_rules_by_their_whole_ids(tmp_path: Path) -> None:
    """As cfn-lint has it."""
    change = metadata("{cfn-lint: {config: {ignore_checks: [E9]}}}")
    assert left(checked(template(tmp_path, change))) == {"Films", "Music"}


@pytest.mark.parametrize("word", ["checkov", "bridgecrew", "cortex"])
def test_checkov_s_comments_are_heard(tmp_path: Path, word: str) -> None:
    """Under each of their names."""
    change = (FILMS, f"{FILMS}    # {word}:skip=CKV_AWS_1,CKV_KEYFIT_101:why\n")
    assert left(checked(template(tmp_path, change))) == {"Music"}


def test_what_was_part_of_a_suppressed_finding_stands_for_itself(tmp_path: Path) -> None:
    """One cause is told once of those that count."""

    def parts(text: str) -> list[tuple[int, int | None]]:
        (tmp_path / "stack.yaml").write_text(text, encoding="utf-8")
        report = checked(tmp_path, select=("101", "102"))
        found = (each for each in report.findings if each.resource == "Music" and each.suppressed is None)
        return [(each.rule, each.part_of) for each in found]

    text = (Path(__file__).parents[1] / "render" / "stacks" / "stack.yaml").read_text(encoding="utf-8")
    assert parts(text) == [(101, None), (102, 101)]
    assert parts(text.replace("  Music:\n", "  # keyfit:ignore[101]\n  Music:\n")) == [(102, None)]
