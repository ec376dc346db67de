"""Reports: the text that people read, and the JSON that programs read."""

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator

from keyfit.model.findings import About, Edit, Failure, Finding, Level, Note, NoteKind, Remedy, Verdict
from keyfit.render import advice, report_json, sentences, text
from keyfit.scan import Checked, Report
from keyfit.settings import Settings, Shown
from keyfit.value import Origin, Position

if TYPE_CHECKING:
    from collections.abc import Callable

BROKEN = Finding(
    rule=101,
    name="personalize-service-key-access",
    verdict=Verdict.BROKEN,
    level=Level.ERROR,
    resource="Group",
    type="AWS::Personalize::DatasetGroup",
    message="`personalize.amazonaws.com` cannot `kms:CreateGrant` on key `DataKey`",
    origin=Origin("stack.yaml", Position(31, 7), Position(31, 20), ("Resources", "Group", "Properties", "KmsKeyArn")),
    about=About(
        key="DataKey", parameter="KmsKeyArn", principal="personalize.amazonaws.com", actions=("kms:CreateGrant",)
    ),
    notes=(
        Note(
            NoteKind.NOTE,
            "statement `AllowPersonalize` gives it `kms:Decrypt` and `kms:DescribeKey` only",
            Origin("stack.yaml", Position(14, 11), Position(20, 1)),
        ),
        Note(NoteKind.HELP, "add `kms:CreateGrant`, `kms:GenerateDataKey`, `kms:ListGrants` to that statement"),
    ),
    stack="stack.yaml",
)
UNPROVEN = Finding(
    rule=102,
    name="personalize-role-key-access",
    verdict=Verdict.UNPROVEN,
    level=Level.ERROR,
    resource="Group",
    type="AWS::Personalize::DatasetGroup",
    message="cannot tell whether role `Role` can `kms:Decrypt` on key `DataKey`",
    origin=Origin("stack.yaml", Position(32, 7), Position(32, 9)),
    stack="stack.yaml",
)
HOLDS = Finding(
    rule=105,
    name="personalize-role-trust",
    verdict=Verdict.HOLDS,
    level=Level.ERROR,
    resource="Group",
    type="AWS::Personalize::DatasetGroup",
    message="role `Role` trusts `personalize.amazonaws.com`",
    origin=Origin("a.yaml", Position(3), Position(3)),
    stack="a.yaml",
)


def report(*findings: Finding, show: tuple[Shown, ...] = (), failures: tuple[Failure, ...] = ()) -> Report:
    """A run that found these."""
    return Report((Checked("stack.yaml", Settings(show=show), findings, failures),))


# --- text


def test_a_broken_finding_reads_as_the_style_has_it() -> None:
    """Place, rule, message; below it the notes, with their places where these are others."""
    assert text.render(report(BROKEN)) == (
        "stack.yaml:31:7: 101 personalize-service-key-access: "
        "`personalize.amazonaws.com` cannot `kms:CreateGrant` on key `DataKey`\n"
        "  note: statement `AllowPersonalize` gives it `kms:Decrypt` and `kms:DescribeKey` only (stack.yaml:14)\n"
        "  help: add `kms:CreateGrant`, `kms:GenerateDataKey`, `kms:ListGrants` to that statement\n"
        "1 template: 1 broken, 0 unproven, 0 hold\n"
    )


@pytest.mark.parametrize(
    ("finding", "heading"),
    [
        (replace(BROKEN, level=Level.WARNING), "101 personalize-service-key-access (warning): `p"),
        (UNPROVEN, "102 personalize-role-key-access (unproven): cannot tell"),
        (HOLDS, "105 personalize-role-trust (holds): role"),
    ],
)
def test_every_other_verdict_is_named(finding: Finding, heading: str) -> None:
    """Only a broken finding of level error goes without."""
    assert f": {heading}" in text.render(report(finding, show=(Shown.HOLDS, Shown.UNPROVEN)))


def test_the_deployments_that_a_finding_is_about_are_told() -> None:
    """In the words of the template."""
    found = replace(BROKEN, scenario={"IsProd": True, "IsBlue": False, "Stage": "live"})
    assert "`DataKey` when `IsProd` is true and `IsBlue` is false and `Stage` is `live`\n" in text.render(report(found))


def test_only_what_is_broken_is_shown_unless_more_is_asked_for() -> None:
    """The summary counts all, and says how to see the unproven."""
    assert text.render(report(UNPROVEN, HOLDS)) == (
        "1 template: 0 broken, 1 unproven, 1 holds (see the unproven with `--show unproven`)\n"
    )
    shown = text.render(report(UNPROVEN, HOLDS, show=(Shown.UNPROVEN,)))
    assert "102 personalize-role-key-access" in shown
    assert "105" not in shown
    assert "see the unproven" not in shown


def test_one_cause_is_shown_once() -> None:
    """A finding that is part of another is counted and left to the JSON."""
    rendered = text.render(report(BROKEN, replace(BROKEN, rule=503, part_of=101)))
    assert "503" not in rendered
    assert "2 broken" in rendered


def test_what_could_not_be_checked_is_never_left_out() -> None:
    """With its place, and in the summary."""
    failure = Failure("the file is not YAML", Origin("b.yaml", Position(3, 4)))
    rendered = text.render(report(BROKEN, failures=(failure,)))
    assert "\nb.yaml:3:4: error: could not check: the file is not YAML\n" in rendered
    assert rendered.endswith("1 template: 1 broken, 0 unproven, 0 hold, 1 could not be checked\n")


def test_a_file_left_out_is_named() -> None:
    """Nobody believes that it was checked."""
    skipped = Failure("the file lies outside", Origin("link.yaml"))
    assert text.render(Report((), (skipped,))) == (
        "link.yaml: skipped: the file lies outside\n0 templates: 0 broken, 0 unproven, 0 hold\n"
    )


def test_a_template_cannot_move_the_cursor_or_forge_a_line() -> None:
    """Control characters, line ends and reordering marks of the source are spelled out."""
    found = replace(BROKEN, message="key `a\x1b[2Jb\u202ec\nd\u2028e\x9bf`", notes=())
    line = text.render(report(found)).splitlines()[0]
    assert line.endswith("key `a\\x1b[2Jb\\u202ec d\\u2028e\\x9bf`")


def test_colours_are_only_put_by_who_asks_for_them() -> None:
    """The text is the same without the paint."""
    painted = text.render(report(BROKEN), lambda word, colour: f"<{colour}>{word}</>")
    assert "stack.yaml:31:7: <red>101 personalize-service-key-access</>: `" in painted
    assert "  <bright_black>note</>: statement" in painted
    assert painted.replace("<red>", "").replace("<bright_black>", "").replace("</>", "") == text.render(report(BROKEN))


def test_findings_are_sorted_by_path_line_and_rule() -> None:
    """Whatever the order they came in."""
    late = replace(BROKEN, rule=103, origin=Origin("stack.yaml", Position(100, 1)))
    early = replace(BROKEN, rule=107, origin=Origin("stack.yaml", Position(9, 1)))
    other = replace(BROKEN, rule=404, origin=Origin("a.yaml", Position(500, 1)))
    same = replace(BROKEN, rule=106)
    for given in ([late, BROKEN, early, other, same], [same, other, early, BROKEN, late]):
        assert [each.rule for each in report(*given).findings] == [404, 107, 101, 106, 103]


def test_a_note_without_a_place_of_its_own_has_none() -> None:
    """And one whose file is not known, too."""
    found = replace(BROKEN, notes=(Note(NoteKind.NOTE, "a", BROKEN.origin), Note(NoteKind.NOTE, "b", Origin())))
    assert sentences.notes(found, advice.CHECKOV) == ("note: a", "note: b")


# --- JSON


def test_the_schema_is_one() -> None:
    """Of draft 2020-12."""
    schema = json.loads(report_json.SCHEMA.read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == Draft202012Validator.META_SCHEMA["$id"]


def everything() -> Report:
    """A report with every field in it."""
    edit = Edit(Origin("stack.yaml", Position(16, 15), Position(16, 15)), "- kms:CreateGrant\n")
    remedy = Remedy("add `kms:CreateGrant` to statement `AllowPersonalize`", (edit,))
    full = replace(BROKEN, remedy=remedy, scenario={"IsProd": True, "Stage": "x"}, part_of=102)
    store = replace(UNPROVEN, about=About(store="online", state="Create"))
    return report(full, store, HOLDS, failures=(Failure("no", Origin("x.yaml", Position(2))),))


def test_every_report_keeps_to_the_schema() -> None:
    """A full one, and an empty one."""
    validator = Draft202012Validator(json.loads(report_json.SCHEMA.read_text(encoding="utf-8")))
    for each in (everything(), Report()):
        validator.validate(json.loads(report_json.render(each)))


def test_the_schema_refuses_what_is_no_report() -> None:
    """So that keeping to it says something."""
    validator = Draft202012Validator(json.loads(report_json.SCHEMA.read_text(encoding="utf-8")))
    good = json.loads(report_json.render(everything()))
    spoils: tuple[Callable[[Any], object], ...] = (
        lambda data: data.update(version=2),
        lambda data: data["findings"][0].update(verdict="fine"),
        lambda data: data["findings"][0].pop("line"),
        lambda data: data["findings"][0].update(line=0),
        lambda data: data["findings"][0].update(scenario={}),
        lambda data: data["findings"][0].update(extra=1),
        lambda data: data["errors"][0].pop("message"),
    )
    for spoil in spoils:
        spoilt = json.loads(json.dumps(good))
        spoil(spoilt)
        assert not validator.is_valid(spoilt)


def test_the_json_has_the_fields_that_are_promised() -> None:
    """The whole of one finding."""
    described = report_json.described(everything())
    assert described["version"] == 1
    counts = {
        "checked": 1,
        "roots": 0,
        "idle": 0,
        "seen": 0,
        "skipped": 0,
        "left_out": 0,
        "holds": 1,
        "broken": 1,
        "unproven": 1,
    }
    assert described["stats"] == counts | {"suppressed": 0}
    assert described["errors"] == [{"path": "x.yaml", "line": 2, "message": "no"}]
    assert described["findings"][1] == {
        "rule": 101,
        "name": "personalize-service-key-access",
        "verdict": "broken",
        "level": "error",
        "resource": "Group",
        "about": {
            "key": "DataKey",
            "parameter": "KmsKeyArn",
            "principal": "personalize.amazonaws.com",
            "actions": ["kms:CreateGrant"],
        },
        "part_of": 102,
        "message": "`personalize.amazonaws.com` cannot `kms:CreateGrant` on key `DataKey`",
        "path": "stack.yaml",
        "line": 31,
        "column": 7,
        "end_line": 31,
        "end_column": 20,
        "scenario": {"IsProd": True, "Stage": "x"},
        "scenarios": [],
        "environments": [],
        "failure": None,
        "construct": None,
        "consumers": [],
        "notes": [
            {
                "kind": "note",
                "message": "statement `AllowPersonalize` gives it `kms:Decrypt` and `kms:DescribeKey` only",
                "path": "stack.yaml",
                "line": 14,
            },
            {
                "kind": "help",
                "message": "add `kms:CreateGrant`, `kms:GenerateDataKey`, `kms:ListGrants` to that statement",
                "path": "stack.yaml",
                "line": 31,
            },
            {
                "kind": "note",
                "message": "it has the same cause as what rule 102 (personalize-role-key-access) finds",
                "path": "stack.yaml",
                "line": 31,
            },
        ],
        "remedy": {
            "summary": "add `kms:CreateGrant` to statement `AllowPersonalize`",
            "edits": [
                {
                    "path": "stack.yaml",
                    "line": 16,
                    "column": 15,
                    "end_line": 16,
                    "end_column": 15,
                    "replacement": "- kms:CreateGrant\n",
                }
            ],
        },
        "suppressed": None,
    }


def test_unproven_and_holds_are_always_in_the_json() -> None:
    """Whatever the text report shows."""
    verdicts = [each["verdict"] for each in report_json.described(report(BROKEN, UNPROVEN, HOLDS))["findings"]]
    assert sorted(verdicts) == ["broken", "holds", "unproven"]
