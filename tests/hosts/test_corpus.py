"""Templates that others have written are read by every host without an error of keyfit's own."""

from pathlib import Path

import pytest

from tests.hosts.commands import broken_in_checkov, broken_in_keyfit, cfn_lint, checkov, keyfit

pytestmark = pytest.mark.deep

SUFFIXES = {".json", ".template", ".yaml", ".yml"}


# Each has been looked at, and is so: a log group whose key lets CloudWatch Logs in nowhere, by its alias; dead-letter
# queues of EventBridge rules with the AWS managed key, which no service can use; one of a subscription whose key lets
# the account in alone (a warning).
TRUE = {
    ("ECS_Schedule_Example.json", 901),
    ("ECS_Schedule_Example.json", 902),
    ("ECS_Schedule_Example.yaml", 901),
    ("ECS_Schedule_Example.yaml", 902),
    ("log-setup-management.yaml", 703),
    ("sra-guardduty-malware-protection-for-s3-main.yaml", 703),
}
WARNED = {("snssqs-old-rawMessageDelivery.template.json", 705)}


@pytest.fixture(scope="module")
def corpus(shared: Path) -> Path:
    """Templates of many teams."""
    return shared / "corpus"


@pytest.fixture(scope="module")
def templates(corpus: Path) -> list[str]:
    """Those that look like templates."""
    from keyfit.readers.cloudformation import looks_like_template

    files = sorted(file for file in corpus.rglob("*") if file.suffix in SUFFIXES and file.is_file())
    return [str(file) for file in files if looks_like_template(file.read_text(encoding="utf-8", errors="replace"))]


@pytest.mark.parametrize("words", [(), ("--all-keys",)])
def test_the_command_line_reads_every_template(corpus: Path, templates: list[str], words: tuple[str, ...]) -> None:
    """No error, and as many as look like one; plans by themselves beside them."""
    ran = keyfit("check", corpus, "--root", corpus, "--format", "json", *words)
    assert ran.json["errors"] == []
    plans = [file for file in corpus.rglob("*.json") if '"planned_values"' in file.read_text("utf-8", "replace")]
    assert plans
    assert ran.json["stats"]["checked"] == len(templates) + len(plans)
    assert ran.json["stats"]["skipped"] == 0


def test_no_template_is_called_broken(corpus: Path) -> None:
    """But for what has been looked at, and is so."""
    found = broken_in_keyfit(keyfit("check", corpus, "--root", corpus, "--format", "json"))
    assert {(file, rule) for file, rule, _ in found} == TRUE | WARNED


def test_checkov_reads_every_template(corpus: Path) -> None:
    """Nothing that could not be checked; and the same is broken, but for warnings, which do not fail there."""
    ran = checkov("--directory", corpus, "--output", "json", "--compact")
    assert {(file, rule) for file, rule, _ in broken_in_checkov(ran)} == TRUE
    assert "keyfit" not in ran.err


def test_cfn_lint_reads_every_template(templates: list[str]) -> None:
    """No E9000, and no rule of keyfit's that fails inside cfn-lint."""
    words = ("--format", "json", "--ignore-checks", "W", "--include-checks", "I9")
    ran = cfn_lint(*words, "--template", *templates)
    told = [each for each in ran.json if each["Rule"]["Id"][1:].startswith("9") or "9" in each["Message"][:60]]
    assert [each for each in told if each["Rule"]["Id"] == "E9000" or "processing rule" in each["Message"]] == []
