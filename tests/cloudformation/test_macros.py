"""Macros: what they cover, beside what `fixtures/cloudformation/macros.md` tells by verdicts."""

from __future__ import annotations

from pathlib import Path

import pytest

from keyfit import verify
from keyfit.catalogue.rule import Options
from keyfit.model.findings import SEEN, Verdict
from keyfit.readers.cloudformation.template.loading import load
from keyfit.readers.cloudformation.template.transforms import covering_all
from keyfit.readers.given import Given
from keyfit.readers.terraform import read as read_root
from keyfit.scan import Run, scan
from keyfit.value import Object
from tests.cloudformation.making import FILE, stack

KEY = "  Key: {Type: AWS::KMS::Key}\n"


@pytest.mark.parametrize(
    ("head", "macro"),
    [
        ("Transform: Own\nResources:\n", "Own"),
        ("Transform: [AWS::Serverless-2016-10-31, Own]\nResources:\n", "Own"),
        ("Transform: {Name: Own, Parameters: {A: b}}\nResources:\n", "Own"),
        ("Transform: [{Name: '111122223333::Own'}]\nResources:\n", "111122223333::Own"),
        ("Transform: !Ref Which\nResources:\n", "Fn::Transform"),
        ("Fn::Transform: {Name: Own}\nResources:\n", "Own"),
        ("Resources:\n  Fn::Transform: {Name: Own}\n", "Own"),
        ("Mappings: {M: {a: {Fn::Transform: {Name: Own}}}}\nResources:\n", "Own"),
        ("Conditions: {C: !Equals [a, {Fn::Transform: {Name: Own}}]}\nResources:\n", "Own"),
        ("Parameters: {P: {Type: String, Fn::Transform: Own}}\nResources:\n", "Own"),
        ("Transform: [AWS::LanguageExtensions, AWS::Include, AWS::ServiceCatalog]\nResources:\n", ""),
        ("Resources:\n  Fn::Transform: {Name: AWS::Include}\n", ""),
        ("Outputs: {O: {Value: {Fn::Transform: {Name: Own}}}}\nResources:\n", ""),
        ("Resources:\n  R: {Type: 'AWS::S3::Bucket', Properties: {Fn::Transform: {Name: Own}}}\n", ""),
    ],
)
def test_a_macro_covers_the_template_wherever_it_can_change_what_is_deployed(head: str, macro: str) -> None:
    """At the top, among the resources, in what decides about them; not AWS's transforms, nor inside a resource."""
    written = load(head + KEY, FILE)
    assert isinstance(written, Object)
    found = covering_all(written)
    assert (found.subject if found else "") == macro


def test_of_what_a_macro_covers_nothing_is_proven() -> None:
    """Neither what holds nor what is broken, and each verdict has the macro and what to do."""
    source = "Transform: Own\nResources:\n" + KEY
    findings = verify.check(stack(source), options=Options(all_keys=True)).findings
    assert {found.verdict for found in findings} == {Verdict.UNPROVEN}
    assert all("macro `Own`" in " ".join(note.message for note in f.notes) for f in findings if f.rule != SEEN)
    assert all(len(found.advice) == len(set(found.advice)) for found in findings)


GROUP = """\
Resources:
  Group:
    Type: AWS::Personalize::DatasetGroup
    Properties: {Name: films, KmsKeyArn: !ImportValue films-key, RoleArn: 'arn:aws:iam::111122223333:role/r'}
"""
EXPORT = "Outputs: {Key: {Value: !GetAtt Key.Arn, Export: {Name: films-key}}}\n"


def verdicts(folder: Path, **files: str) -> set[tuple[str, int, Verdict]]:
    """Rule 101 and 402 of what is scanned together."""
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text, "utf-8")
    findings = scan([folder], Run()).findings
    return {(Path(f.origin.file).stem, f.rule, f.verdict) for f in findings if f.rule in {101, 402}}


def test_what_another_template_exports_is_not_known_where_a_macro_can_change_it(tmp_path: Path) -> None:
    """Without the macro the importing template is judged with it."""
    assert verdicts(tmp_path, group=GROUP, key="Resources:\n" + KEY + EXPORT) == {
        ("group", 101, Verdict.BROKEN),
        ("group", 402, Verdict.HOLDS),
    }
    assert verdicts(tmp_path, group=GROUP, key="Transform: Own\nResources:\n" + KEY + EXPORT) == {
        ("group", 101, Verdict.UNPROVEN),
        ("group", 402, Verdict.UNPROVEN),
    }


CHILD = "Parameters: {Arn: {Type: String}}\n" + GROUP.replace("!ImportValue films-key", "!Ref Arn")
PARENT = KEY + "  Nested:\n    Type: AWS::CloudFormation::Stack\n    Properties:\n"
PARENT += "      TemplateURL: child.yaml\n      Parameters: {Arn: !GetAtt Key.Arn}\n"


def test_what_is_nested_is_judged_by_itself_where_a_macro_can_change_the_parent(tmp_path: Path) -> None:
    """What is passed to it is not known."""
    assert ("child", 101, Verdict.BROKEN) in verdicts(tmp_path, child=CHILD, parent="Resources:\n" + PARENT)
    changed = verdicts(tmp_path, child=CHILD, parent="Transform: Own\nResources:\n" + PARENT)
    assert {each for each in changed if each[0] == "child"} == {
        ("child", 101, Verdict.UNPROVEN),
        ("child", 402, Verdict.UNPROVEN),
    }


def test_a_nested_template_with_a_macro_gives_its_parent_nothing(tmp_path: Path) -> None:
    """Its outputs are not known."""
    child = "Resources:\n" + KEY + "Outputs: {Arn: {Value: !GetAtt Key.Arn}}\n"
    parent = GROUP.replace("!ImportValue films-key", "!GetAtt Nested.Outputs.Arn")
    parent += "  Nested: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: child.yaml}}\n"
    assert ("parent", 101, Verdict.BROKEN) in verdicts(tmp_path, child=child, parent=parent)
    assert ("parent", 101, Verdict.UNPROVEN) in verdicts(tmp_path, child=f"Transform: Own\n{child}", parent=parent)


def test_a_template_inside_a_configuration_is_not_judged_where_a_macro_can_change_it(tmp_path: Path) -> None:
    """Neither are its keys there for others."""
    body = "Transform: Own\nResources:\n" + KEY
    source = f'resource "aws_cloudformation_stack" "s" {{\n  name = "s"\n  template_body = <<T\n{body}T\n}}\n'
    (tmp_path / "main.tf").write_text(source, "utf-8")
    read = read_root(tmp_path, Given(tmp_path))
    assert read is not None
    assert not read.keys


def test_a_macro_that_is_declared_harmless_changes_nothing(tmp_path: Path) -> None:
    """And the settings file is told with what it takes for granted."""
    (tmp_path / "keyfit.toml").write_text('harmless-macros = ["Own"]\n', "utf-8")
    group = GROUP.replace("!ImportValue films-key", "!GetAtt Key.Arn") + KEY
    (tmp_path / "t.yaml").write_text(
        f"Transform: [Own, AWS::LanguageExtensions]\n{group}    \n".replace(
            "Properties: {Name", "Properties: {Fn::Transform: {Name: Own}, Name"
        ),
        "utf-8",
    )
    report = scan([tmp_path], Run())
    assert {(f.rule, f.verdict) for f in report.findings if f.rule in {101, 402}} == {
        (101, Verdict.BROKEN),
        (402, Verdict.HOLDS),
    }
    (source,) = {each.settings.source for each in report.checked if each.settings.source}
    assert source.effects == ("takes macros `Own` to change no key, role, policy or use of a key",)
