"""Checkov, cfn-lint and the command line say the same about every stack."""

from pathlib import Path
from typing import NamedTuple

import pytest

from tests.hosts.commands import (
    STACKS,
    Ran,
    broken_in_cfn_lint,
    broken_in_checkov,
    broken_in_keyfit,
    cfn_lint,
    checkov,
    keyfit,
    matches,
    number,
    records,
    subject,
)

pytestmark = pytest.mark.xdist_group("agreement")  # or each worker would run each host over all the stacks

FILES = sorted(file for file in STACKS.iterdir() if file.suffix in {".json", ".yaml"})

# What is broken in each stack, by rule and subject.
BROKEN = {
    ("alarm-that-nobody-hears.yaml", 701, "HighWater"),
    ("broken-in-production.yaml", 101, "TravelGroup"),
    ("broken-in-production.yaml", 101, "BookingMetrics"),
    ("broken-in-production.yaml", 102, "TravelGroup"),
    ("broken-in-production.yaml", 102, "BookingMetrics"),
    ("feature-store-via-service.yaml", 203, "Guests"),
    ("geospatial-without-grant.yaml", 301, "Vineyards"),
    ("geospatial-without-grant.yaml", 302, "Vineyards"),
    ("role-on-another-key.json", 102, "NewsGroup"),
    ("serverless-function.yaml", 204, "ReadVisits"),
    ("service-without-create-grant.yaml", 101, "PortalGroup"),
}

# What one host cannot say, and why.
LEFT_OUT_BY_CHECKOV = "Checkov takes out a resource whose condition is false with the parameters' defaults"
ONLY_A_WARNING = "Checkov has one kind of failure, and warnings are not reported unless they fail"
EXCEPTIONS = {
    ("service-without-create-grant.yaml", 101, "PortalGroup"): {"checkov": ONLY_A_WARNING},
    ("broken-in-production.yaml", 101, "BookingMetrics"): {"checkov": LEFT_OUT_BY_CHECKOV},
    ("broken-in-production.yaml", 102, "BookingMetrics"): {"checkov": LEFT_OUT_BY_CHECKOV},
}


class Runs(NamedTuple):
    """Each host on all stacks, once."""

    keyfit: Ran
    checkov: Ran
    cfn_lint: Ran


@pytest.fixture(scope="module")
def runs() -> Runs:
    """Each host as a user runs it, the unproven included where that needs a word."""
    return Runs(
        keyfit("check", *FILES, "--format", "json"),
        checkov("--directory", STACKS, "--output", "json"),
        cfn_lint("--format", "json", "--include-checks", "I", "--template", *FILES),
    )


def expected_of(host: str) -> set[tuple[str, int, str]]:
    """What is broken, without what this host cannot say."""
    return {each for each in BROKEN if host not in EXCEPTIONS.get(each, {})}


def test_the_command_line_finds_what_is_broken(runs: Runs) -> None:
    """And nothing else; status 1."""
    assert broken_in_keyfit(runs.keyfit) == BROKEN
    assert runs.keyfit.status == 1


def test_checkov_finds_what_is_broken(runs: Runs) -> None:
    """And nothing else; status 1."""
    assert broken_in_checkov(runs.checkov) == expected_of("checkov")
    assert runs.checkov.status == 1


def test_cfn_lint_finds_what_is_broken(runs: Runs) -> None:
    """And nothing else; its status has the bit for errors."""
    assert broken_in_cfn_lint(runs.cfn_lint) == expected_of("cfn-lint")
    assert runs.cfn_lint.status & 2


def test_every_exception_is_about_something_that_is_broken() -> None:
    """The table of exceptions holds nothing that is over."""
    assert set(EXCEPTIONS) <= BROKEN


def test_no_host_could_not_check(runs: Runs) -> None:
    """Every stack was read and judged."""
    assert runs.keyfit.json["errors"] == []
    assert runs.keyfit.json["stats"]["checked"] == len(FILES)
    assert 0 not in {rule for _, rule, _ in broken_in_checkov(runs.checkov) | broken_in_cfn_lint(runs.cfn_lint)}


def test_what_is_unproven_is_the_same_in_cfn_lint(runs: Runs) -> None:
    """By rule and subject, at level I."""
    unproven = {
        (each["path"], each["rule"], each["resource"])
        for each in runs.keyfit.json["findings"]
        if each["verdict"] == "unproven"
    }
    informed = matches(runs.cfn_lint, "I")
    assert unproven
    assert unproven == {(each["Filename"], number(each["Rule"]["Id"]), subject(each)) for each in informed}


def test_checkov_passes_what_holds(runs: Runs) -> None:
    """A rule and subject pass when every verdict about them holds."""
    worst: dict[tuple[str, int, str], set[str]] = {}
    for each in runs.keyfit.json["findings"]:
        worst.setdefault((Path(each["path"]).name, each["rule"], each["resource"]), set()).add(each["verdict"])
    holds = {key for key, verdicts in worst.items() if verdicts == {"holds"} and key[2] != "BookingMetrics"}
    passed = {
        (each["file_path"].removeprefix("/"), number(each["check_id"]), each["resource"].rpartition(".")[2])
        for each in records(runs.checkov, "passed_checks")
    }
    assert passed
    assert passed == holds


def test_the_correct_stack_is_proven(runs: Runs) -> None:
    """Nothing broken, nothing unproven, and not because nothing was asked."""
    verdicts = [each["verdict"] for each in runs.keyfit.json["findings"] if each["path"].endswith("/correct.yaml")]
    assert set(verdicts) == {"holds"}
    assert len(verdicts) >= 10


def test_a_stack_without_a_key_is_silent(runs: Runs) -> None:
    """There is nothing to prove of its key."""
    told = {each["rule"] for each in runs.keyfit.json["findings"] if each["path"].endswith("/no-customer-key.yaml")}
    assert told & {101, 102, 103, 107, 401, 402, 404} == set()


def test_cfn_lint_and_the_command_line_point_at_the_same_place(runs: Runs) -> None:
    """Line and column, in YAML and in JSON."""
    here = {
        (each["path"], each["rule"], each["resource"], each["line"], each["column"])
        for each in runs.keyfit.json["findings"]
        if each["verdict"] == "broken"
    }
    there = {
        (
            each["Filename"],
            number(each["Rule"]["Id"]),
            subject(each),
            each["Location"]["Start"]["LineNumber"],
            each["Location"]["Start"]["ColumnNumber"],
        )
        for each in matches(runs.cfn_lint)
    }
    assert here == there


def test_a_finding_says_in_which_deployments_it_is_so(runs: Runs) -> None:
    """By the template's own condition, in every host."""
    told = [each for each in runs.keyfit.json["findings"] if each["verdict"] == "broken" and each["scenario"]]
    assert {(each["resource"], each["scenario"]["IsProd"]) for each in told} >= {("TravelGroup", True)}
    words = "when `IsProd` is true"
    assert any(words in each["check_name"] for each in records(runs.checkov))
    assert any(words in each["Message"] for each in matches(runs.cfn_lint))
