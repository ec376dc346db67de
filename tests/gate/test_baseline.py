"""A baseline: what it knows does not count, until it grows worse."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from keyfit.gate import baseline
from keyfit.gate.places import Places
from keyfit.model.findings import About, Finding, Level, SuppressedBy, Suppression, Verdict
from keyfit.scan import Checked, Report
from keyfit.settings import Settings
from keyfit.value import Origin, Position

PLACES: Final = Places(Path("/repository"), Path("/repository"))
BROKEN: Final = Finding(
    101,
    "personalize-service-key-access",
    Verdict.BROKEN,
    Level.ERROR,
    "Group",
    "AWS::Personalize::DatasetGroup",
    "no",
    Origin("stack.yaml", Position(31, 7), Position(31, 20)),
    About(key="Key", parameter="KmsKeyArn", actions=("kms:CreateGrant", "kms:Decrypt")),
    stack="stack.yaml",
)
UNPROVEN: Final = replace(BROKEN, rule=102, verdict=Verdict.UNPROVEN)
HOLDS: Final = replace(BROKEN, rule=105, verdict=Verdict.HOLDS)


def report(*findings: Finding) -> Report:
    """A run that found these."""
    return Report((Checked("stack.yaml", Settings(), findings),))


def after(before: Report, now: Report) -> Report:
    """What counts of a run, given the baseline of another."""
    return baseline.apply(now, baseline.read(baseline.written(before, PLACES)), "base.json", PLACES)


def counting(given: Report) -> list[int]:
    """The rules of what counts and does not hold."""
    return [each.rule for each in given.findings if each.suppressed is None and each.verdict is not Verdict.HOLDS]


def test_what_is_written_is_known() -> None:
    """All that is broken or unproven; twice the same."""
    whole = report(BROKEN, UNPROVEN, HOLDS)
    known = after(whole, whole)
    assert counting(known) == []
    assert known.hidden == {SuppressedBy.SOURCE: 0, SuppressedBy.BASELINE: 2}
    assert known.counts == {Verdict.HOLDS: 1, Verdict.BROKEN: 0, Verdict.UNPROVEN: 0}
    assert known.notices == ()
    assert {each.suppressed for each in known.findings} == {
        None,
        Suppression(SuppressedBy.BASELINE, "", Origin("base.json")),
    }


def test_the_file_is_plain_and_sorted() -> None:
    """Two runs differ where the findings do."""
    text = baseline.written(report(UNPROVEN, BROKEN), PLACES)
    rows = json.loads(text)["findings"]
    assert [row["rule"] for row in rows] == [101, 102]
    assert rows[0] | {"fingerprint": ""} == {
        "fingerprint": "",
        "rule": 101,
        "path": "stack.yaml",
        "resource": "Group",
        "verdict": "broken",
        "actions": ["kms:CreateGrant", "kms:Decrypt"],
    }
    assert text == baseline.written(report(BROKEN, UNPROVEN), PLACES)


@pytest.mark.parametrize(
    ("changed", "counts"),
    [
        ({"origin": Origin("stack.yaml", Position(99))}, False),
        ({"message": "other words"}, False),
        ({"verdict": Verdict.UNPROVEN}, False),
        ({"about": replace(BROKEN.about, actions=("kms:Decrypt",))}, False),
        ({"about": replace(BROKEN.about, actions=("kms:Decrypt", "kms:ListGrants"))}, True),
        ({"resource": "Other"}, True),
        ({"stack": "renamed.yaml"}, True),
    ],
)
def test_what_grows_worse_counts(changed: dict[str, object], counts: bool) -> None:  # noqa: FBT001 - a column
    """Another action, another subject, another file; not other lines or words, and not what is better."""
    known = after(report(BROKEN), report(replace(BROKEN, **changed)))  # type: ignore[arg-type]
    assert counting(known) == ([101] if counts else [])


def test_what_was_unproven_counts_once_it_is_broken() -> None:
    """A baseline never hides a fault that nobody knew."""
    assert counting(after(report(UNPROVEN), report(replace(UNPROVEN, verdict=Verdict.BROKEN)))) == [102]


def test_what_is_gone_is_told() -> None:
    """So that the baseline can shrink."""
    (notice,) = after(report(BROKEN, UNPROVEN), report(HOLDS)).notices
    assert notice.message == "the baseline has 2 findings that are gone: write it again"
    (notice,) = after(report(BROKEN, UNPROVEN), report(BROKEN)).notices
    assert notice.message == "the baseline has 1 finding that is gone: write it again"


def test_what_was_not_looked_at_is_not_gone(tmp_path: Path) -> None:
    """A check of some files says nothing of the others, as long as they are there."""
    places = Places(tmp_path, tmp_path)
    known = baseline.read(baseline.written(report(BROKEN, replace(UNPROVEN, stack="other.yaml")), places))
    (tmp_path / "other.yaml").touch()
    assert baseline.apply(report(BROKEN), known, "base.json", places).notices == ()
    (tmp_path / "other.yaml").unlink()
    (notice,) = baseline.apply(report(BROKEN), known, "base.json", places).notices
    assert notice.message == "the baseline has 1 finding that is gone: write it again"


def test_what_the_source_suppresses_is_not_written() -> None:
    """It has its reason already."""
    suppressed = replace(BROKEN, suppressed=Suppression(SuppressedBy.SOURCE))
    assert json.loads(baseline.written(report(suppressed), PLACES))["findings"] == []
    assert after(report(BROKEN), report(suppressed)).findings == (suppressed,)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{", "it is not JSON: line 1"),
        ("[]", "it does not have the form"),
        ("{}", "it does not have the form"),
        ('{"version": 1, "findings": [{}]}', "it does not have the form"),
        ('{"version": 2, "findings": []}', "it has version 2, and this keyfit reads version 1"),
        (
            '{"version": 1, "findings": [{"fingerprint": "", "path": "", "verdict": "holds", "actions": []}]}',
            "it does not have the form",
        ),
    ],
)
def test_what_is_no_baseline_is_refused(text: str, told: str) -> None:
    """It would hide what nobody knows."""
    with pytest.raises(baseline.BaselineError, match=told):
        baseline.read(text)
