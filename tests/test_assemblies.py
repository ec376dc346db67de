"""A folder that `cdk synth` has made is one estate: each stack where it is deployed, told as the app has it."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from keyfit.model.findings import NoteKind, Verdict
from keyfit.scan import Run, scan
from keyfit.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from keyfit.model.findings import Finding
    from keyfit.scan import Report


@pytest.fixture
def app(root: Path, tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """A copy of the assembly of one app."""
    return shutil.copytree(root / "fixtures/assemblies" / request.param / "cdk.out", tmp_path / "cdk.out")


def checked(*paths: Path, flags: Settings | None = None) -> Report:
    """What is found in them."""
    return scan(paths, Run(flags or Settings()))


def broken(report: Report) -> Iterator[tuple[str, int]]:
    """What is broken, by the subject's construct and the rule."""
    return ((each.construct, each.rule) for each in report.findings if each.verdict is Verdict.BROKEN)


def unproven(report: Report) -> list[tuple[int, str]]:
    """What is unproven, by rule and subject."""
    return [(each.rule, each.resource) for each in report.findings if each.verdict is Verdict.UNPROVEN]


def messages(report: Report) -> list[str]:
    """What could not be checked."""
    return [each.message for each in report.failures]


def edited(folder: Path, **artifacts: Any) -> None:  # noqa: ANN401 - whatever a manifest holds
    """Artifacts of the manifest in a folder replaced, or added."""
    file = folder / "manifest.json"
    written = json.loads(file.read_text(encoding="utf-8"))
    written["artifacts"].update(artifacts)
    file.write_text(json.dumps(written), encoding="utf-8")


# --- where a stack is deployed ------------------------------------------------------------------------------------


@pytest.mark.parametrize("app", ["ferries"], indirect=True)
def test_each_stage_is_judged_in_its_own_account_and_region(app: Path) -> None:
    """Both key policies name the account by its number: each is its own stack's, and only the reader of one cannot."""
    report = checked(app)
    assert report.failures == ()
    assert list(broken(report)) == [("South/Ferries/Reader", 204)]
    assert [rule for rule, _ in unproven(report)] == []
    places = {(each.stack.account.literal, each.stack.region.literal) for each in report.checked if each.stack}
    assert places == {("111122223333", "eu-west-1"), ("444455556666", "us-east-1")}


@pytest.mark.parametrize("app", ["ferries"], indirect=True)
def test_an_account_that_contradicts_the_manifest_is_an_error(app: Path) -> None:
    """Of the stage that is deployed elsewhere, which is judged where the manifest says."""
    report = checked(app, flags=Settings(account="111122223333"))
    (told,) = messages(report)
    assert told.startswith("`--account 111122223333` contradicts the CDK assembly, which deploys `SouthFerries")
    assert list(broken(report)) == [("South/Ferries/Reader", 204)]


@pytest.mark.parametrize("app", ["museum"], indirect=True)
def test_where_an_app_says_no_account_what_the_user_gives_holds(app: Path) -> None:
    """An app without an environment is deployed to any."""
    report = checked(app, flags=Settings(account="111122223333", region="eu-west-1"))
    assert report.failures == ()
    assert [each.stack.account.literal for each in report.checked if each.stack] == ["111122223333"]


@pytest.mark.parametrize("app", ["ferries"], indirect=True)
def test_one_template_by_itself_is_deployed_as_its_assembly_says(app: Path) -> None:
    """As Checkov and cfn-lint ask for it."""
    (template,) = app.glob("assembly-North/*.template.json")
    assert list(broken(checked(template))) == []
    (template,) = app.glob("assembly-South/*.template.json")
    assert list(broken(checked(template))) == [("South/Ferries/Reader", 204)]


@pytest.mark.parametrize("app", ["museum"], indirect=True)
def test_the_manifest_stands_for_its_folder(app: Path) -> None:
    """Who names it means the assembly."""
    assert list(broken(checked(app / "manifest.json"))) == list(broken(checked(app))) == [("Museum/Visits", 102)]


# --- what stacks have from each other ----------------------------------------------------------------------------


@pytest.mark.parametrize("app", ["nested"], indirect=True)
def test_nested_stacks_are_joined_by_their_assets(app: Path) -> None:
    """Two give the key and the role to the third, by way of their parent."""
    report = checked(app)
    assert report.failures == ()
    assert unproven(report) == []
    assert list(broken(report)) == [("Garden/Groups/Berries", 101), ("Garden/Groups/Berries", 102)]


@pytest.mark.parametrize("app", ["nested"], indirect=True)
def test_nested_stacks_are_joined_by_their_metadata(app: Path) -> None:
    """Where no manifest of assets tells, as in assemblies of older versions; and without any manifest."""
    expected = list(broken(checked(app)))
    (app / "Garden.assets.json").unlink()
    edited(app, **{"Garden.assets": {"type": "aws:cdk:tree"}})
    report = checked(app)
    assert (report.failures, unproven(report)) == ((), [])
    assert list(broken(report)) == expected
    (app / "manifest.json").unlink()
    assert list(broken(checked(app))) == expected
    template = app / "Garden.template.json"
    outside = template.read_text(encoding="utf-8").replace("GardenKeys39F90906.nested", "../GardenKeys39F90906.nested")
    template.write_text(outside, encoding="utf-8")
    assert list(broken(checked(app))) == []


@pytest.mark.parametrize("app", ["quays"], indirect=True)
def test_references_across_stacks_and_regions_are_what_they_refer_to(app: Path) -> None:
    """By exports in one Region; by Systems Manager across Regions, where the key is of the wrong one."""
    report = checked(app)
    assert unproven(report) == []
    verdicts = {(each.construct, each.rule): each.verdict for each in report.findings}
    assert verdicts["Groups/Cargo", 102] is Verdict.HOLDS
    assert [rule for construct, rule in broken(report) if construct == "Mail/Letters"] == [101, 102, 403]


@pytest.mark.parametrize("app", ["workshop"], indirect=True)
def test_calls_of_the_sdk_are_consumers_and_the_function_s_role_makes_them(app: Path) -> None:
    """What an `AwsCustomResource` creates; its role passes no role and may not use the key."""
    report = checked(app)
    assert unproven(report) == []
    assert sorted(broken(report)) == [
        ("Workshop/AWS679f53fac002430cb0da5b7982bd2287/ServiceRole", 109),
        ("Workshop/Benches", 201),
        ("Workshop/Tools", 101),
        ("Workshop/Tools", 102),
    ]


WRITTEN = """
Resources:
  Key:
    Type: AWS::KMS::Key
    Properties:
      KeyPolicy:
        Version: "2012-10-17"
        Statement:
          - Effect: Allow
            Principal: {AWS: !Sub "arn:aws:iam::${AWS::AccountId}:root"}
            Action: kms:*
            Resource: "*"
          - Effect: Allow
            Principal: {Service: personalize.amazonaws.com}
            Action: [kms:Decrypt, kms:GenerateDataKey, kms:DescribeKey, kms:CreateGrant, kms:ListGrants]
            Resource: "*"
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement: [{Effect: Allow, Principal: {Service: personalize.amazonaws.com}, Action: sts:AssumeRole}]
      Policies:
        - PolicyName: key
          PolicyDocument:
            Version: "2012-10-17"
            Statement:
              - Effect: Allow
                Action: [kms:Decrypt, kms:Encrypt, "kms:ReEncrypt*", "kms:GenerateDataKey*"]
                Resource: !GetAtt Key.Arn
  Group:
    Type: AWS::Personalize::DatasetGroup
    Properties: {Name: visits, KmsKeyArn: !GetAtt Key.Arn, RoleArn: !GetAtt Role.Arn}
"""


@pytest.mark.parametrize("app", ["museum"], indirect=True)
def test_an_app_has_the_verdicts_of_the_same_stack_by_hand(app: Path, tmp_path: Path) -> None:
    """Of the dataset group, by rule and message but for what the CDK calls things."""
    (tmp_path / "stack.yaml").write_text(WRITTEN, encoding="utf-8")
    ours, theirs = (
        sorted((each.rule, each.verdict.value) for each in report.findings if "Personalize" in each.type)
        for report in (checked(tmp_path / "stack.yaml"), checked(app))
    )
    assert ours
    assert ours == theirs


# --- who wrote it -------------------------------------------------------------------------------------------------


def note_of(found: Finding) -> str:
    """The note that names constructs: before the first help."""
    at = next(at for at, each in enumerate(found.notes) if each.message.startswith("in the CDK app, "))
    assert {each.kind for each in found.notes[:at]} == {NoteKind.NOTE}
    return found.notes[at].message


@pytest.mark.parametrize("app", ["museum"], indirect=True)
def test_a_finding_names_the_constructs_and_the_lines_of_the_author(app: Path) -> None:
    """The subject, the role and the key; without the name that a construct's own resource has in it."""
    (found,) = (each for each in checked(app).findings if each.verdict is Verdict.BROKEN)
    assert found.construct == "Museum/Visits"
    told = note_of(found)
    assert "`Visits` is `Museum/Visits` (`app.js:17:5`)" in told
    assert "`GuideFA501656` is `Museum/Guide` (`app.js:11:19`)" in told
    assert "`VisitKey27BF4A53` is `Museum/VisitKey` (`app.js:10:17`)" in told


@pytest.mark.parametrize("app", ["museum"], indirect=True)
def test_a_template_alone_still_knows_its_constructs(app: Path) -> None:
    """Their paths are in it; the lines are in the file beside it."""
    (app / "manifest.json").unlink()
    (found,) = (each for each in checked(app).findings if each.verdict is Verdict.BROKEN)
    assert "`Visits` is `Museum/Visits` (`app.js:17:5`)" in note_of(found)
    (app / "Museum.metadata.json").write_text("[", encoding="utf-8")
    (found,) = (each for each in checked(app).findings if each.verdict is Verdict.BROKEN)
    assert note_of(found).startswith("in the CDK app, `Visits` is `Museum/Visits`, `GuideFA501656` is `Museum/Guide`, ")


@pytest.mark.parametrize("app", ["museum"], indirect=True)
def test_the_metadata_that_an_older_manifest_holds_is_read(app: Path) -> None:
    """There, the trace stands beside the logical id."""
    trace = ["new Key (/app/node_modules/aws-cdk-lib/aws-kms/key.js:1:9)", "new Museum (/app/lib/museum.ts:8:3)"]
    entries = {"/Museum/Visits": [{"type": "aws:cdk:logicalId", "data": "Visits", "trace": trace}]}
    stack = {"type": "aws:cloudformation:stack", "properties": {"templateFile": "Museum.template.json"}}
    edited(app, Museum={**stack, "metadata": entries})
    (found,) = (each for each in checked(app).findings if each.verdict is Verdict.BROKEN)
    assert "`Visits` is `Museum/Visits` (`museum.ts:8:3`)" in note_of(found)


# --- what is no stack ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("app", ["museum"], indirect=True)
def test_what_an_app_uploads_or_has_left_is_no_stack(app: Path) -> None:
    """A template in a function's code, one of a stack that is gone, a stage that is gone; each by itself is judged."""
    template = app / "Museum.template.json"
    for other in ("asset.5d41402abc4b2a76/templates/stack.template.json", "Gone.template.json"):
        (app / other).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(template, app / other)
    shutil.copytree(app, app / "assembly-Gone")
    report = checked(app)
    assert (report.failures, report.templates) == ((), 1)
    assert checked(app / "asset.5d41402abc4b2a76").templates == 1
    assert checked(app / "Gone.template.json").templates == 1


def test_a_manifest_of_another_tool_is_none(tmp_path: Path, root: Path) -> None:
    """Web apps and container images have files of that name."""
    shutil.copy(root / "fixtures/stacks/correct.yaml", tmp_path)
    (tmp_path / "manifest.json").write_text('{"name": "shop", "artifacts": {}}', encoding="utf-8")
    report = checked(tmp_path)
    assert (report.failures, report.templates) == ((), 1)


# --- manifests that cannot be trusted -----------------------------------------------------------------------------


@pytest.mark.parametrize("app", ["museum"], indirect=True)
@pytest.mark.parametrize("file", ["../secret.json", "/etc/hostname", "inner/secret.json", "link.json", "a\0b"])
def test_a_template_outside_the_folder_is_refused(app: Path, file: str) -> None:
    """And nothing of it is read; what else the manifest names is judged."""
    (app.parent / "secret.json").write_text("{}", encoding="utf-8")
    (app / "link.json").symlink_to(app.parent / "secret.json")
    edited(app, Evil={"type": "aws:cloudformation:stack", "properties": {"templateFile": file}})
    report = checked(app)
    (told,) = messages(report)
    assert "stack `Evil` of the CDK assembly has " in told
    assert "which is not a file of its folder" in told
    assert list(broken(report)) == [("Museum/Visits", 102)]


@pytest.mark.parametrize("app", ["museum"], indirect=True)
def test_a_template_or_stage_that_is_not_there_is_an_error(app: Path) -> None:
    """One, whatever number is missing."""
    stack = {"type": "aws:cloudformation:stack", "properties": {"templateFile": "Lost.template.json"}}
    stage = {"type": "cdk:cloud-assembly", "properties": {"directoryName": "../other"}}
    edited(app, Lost=stack, Stage=stage)
    assert messages(checked(app)) == [
        "the CDK assembly names `Lost.template.json` and 1 more, which is not in its folder"
    ]


@pytest.mark.parametrize("app", ["museum"], indirect=True)
@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('{"version": "55.0.0", "artifacts": {"Museum": {"type"', "cannot be read: line 1: "),
        ("[]", "has no map of `artifacts`"),
        ('{"artifacts": []}', "has no map of `artifacts`"),
        ("[" * 100_000, "cannot be read: malformed JSON"),
        ('"' + "x" * 9_000_000, "cannot be read: the file has 9,000,001 bytes"),
    ],
    ids=["cut off", "a list", "a list of artifacts", "too deep", "too long"],
)
def test_a_manifest_that_cannot_be_read_is_an_error(app: Path, text: str, told: str) -> None:
    """The templates are judged as templates alone."""
    (app / "manifest.json").write_text(text, encoding="utf-8")
    report = checked(app)
    assert len(report.failures) == 1
    assert told in messages(report)[0]
    assert ("Museum/Visits", 102) in broken(report)


@pytest.mark.parametrize("app", ["museum"], indirect=True)
def test_an_assembly_of_too_many_stacks_is_an_error(app: Path) -> None:
    """None of them is looked for."""
    stack = {"type": "aws:cloudformation:stack", "properties": {"templateFile": "Lost.template.json"}}
    edited(app, **{f"Stack{number}": stack for number in range(10_000)})
    assert messages(checked(app)) == ["the CDK assembly has 10,001 stacks; keyfit reads up to 2,000"]
