"""Is each host there, does it load keyfit, and does it find the fault in a stack that has one?

Each host runs as a user would run it: its own command, in a process of its own.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

import keyfit
from keyfit.hosts.cli.shipped import folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PATIENCE: Final = 180  # seconds; Checkov takes a few
RULE: Final = 101
RESOURCE: Final = "Group"
STACK: Final = """\
Resources:
  Key:
    Type: AWS::KMS::Key
    Properties:
      KeyPolicy:
        Version: "2012-10-17"
        Statement:
          - Effect: Allow
            Principal:
              AWS: !Sub "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"
            Action: kms:*
            Resource: "*"
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement:
          - Effect: Allow
            Principal:
              Service: personalize.amazonaws.com
            Action: sts:AssumeRole
  Group:
    Type: AWS::Personalize::DatasetGroup
    Properties:
      Name: doctor
      KmsKeyArn: !GetAtt Key.Arn
      RoleArn: !GetAtt Role.Arn
"""
# Prints which of the two distributions the package `hcl2` is; keyfit's own process does not import it for that.
_PROBE: Final = """\
import importlib.util, json
found = {name: importlib.util.find_spec(name) is not None for name in ("checkov", "hcl2")}
if found["hcl2"]:
    import hcl2
    found["fork"], found["original"] = hasattr(hcl2, "START_LINE"), hasattr(hcl2, "parses_to_tree")
print(json.dumps(found))
"""


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What is the case with one host; `advice` says how to mend it."""

    subject: str
    message: str
    healthy: bool = True
    advice: str = ""


class FailedError(Exception):
    """A host that does not do what it should: the message says what happened."""


def diagnose() -> Iterator[Diagnosis]:
    """A diagnosis of keyfit, of each host, and of the package `hcl2` that two distributions fight for."""
    yield Diagnosis("keyfit", f"{keyfit.__version__} at {Path(keyfit.__file__).parent}")
    with TemporaryDirectory() as scratch:
        stack = Path(scratch, "stack.yaml")
        stack.write_text(STACK, encoding="utf-8")
        for name, (command, look) in _HOSTS.items():
            yield _host(name, command, look, stack)
    yield _hcl2()


def _host(name: str, command: Callable[[Path], list[str]], look: Callable[[Any], bool], stack: Path) -> Diagnosis:
    try:
        words = command(stack)
    except FileNotFoundError as missing:
        return Diagnosis(name, str(missing))
    try:
        found = look(_json(words, stack.parent))
    except (FailedError, LookupError, TypeError) as error:
        return Diagnosis(name, f"it does not work: {error}", healthy=False, advice=f"run `{' '.join(words)}`")
    if not found:
        advice = "look for errors in the host's own output"
        return Diagnosis(
            name, f"it does not find the fault (rule {RULE}) in a stack that has it", healthy=False, advice=advice
        )
    return Diagnosis(name, f"finds the fault (rule {RULE}) in a stack that has it; {words[0]}")


def _json(words: list[str], where: Path) -> Any:  # noqa: ANN401 - whatever the host prints
    """The JSON that a command prints; its status says what was found, so it is not asked."""
    try:
        ran = subprocess.run(  # noqa: S603 - the hosts' own commands
            words, cwd=where, env=_environment(), capture_output=True, text=True, timeout=PATIENCE, check=False
        )
    except subprocess.TimeoutExpired:
        raise FailedError(f"no answer after {PATIENCE} seconds") from None
    except OSError as error:
        raise FailedError(str(error)) from None
    try:
        return json.loads(ran.stdout)
    except json.JSONDecodeError:
        last = (ran.stderr.strip() or ran.stdout.strip() or "no output").splitlines()[-1]
        raise FailedError(f"status {ran.returncode}: {last}") from None


def _environment() -> dict[str, str]:
    """This process's environment for one in another directory, without settings."""
    mine = {name: value for name, value in os.environ.items() if not name.startswith("KEYFIT_")}
    folders = [str(Path(each).absolute()) for each in mine.pop("PYTHONPATH", "").split(os.pathsep) if each]
    return mine | ({"PYTHONPATH": os.pathsep.join(folders)} if folders else {})


def _command(name: str) -> str:
    """The command beside this Python, else on the PATH; `FileNotFoundError` where there is none."""
    beside = Path(sys.executable).parent
    found = shutil.which(name, path=beside) or shutil.which(name)
    if found is None:
        raise FileNotFoundError("not installed")
    return found


def _keyfit(stack: Path) -> list[str]:
    return [sys.executable, "-m", "keyfit", "check", "--format", "json", stack.name]


def _checkov(stack: Path) -> list[str]:
    words = [_command("checkov"), "--external-checks-dir", str(folder("checks"))]
    chosen = ["--check", f"CKV_KEYFIT_{RULE},CKV_KEYFIT_000", "--framework", "cloudformation"]
    return [*words, *chosen, "--skip-download", "--quiet", "--output", "json", "--file", stack.name]


def _cfn_lint(stack: Path) -> list[str]:
    return [_command("cfn-lint"), "--append-rules", str(folder("rules")), "--format", "json", stack.name]


def _in_keyfit(report: Any) -> bool:  # noqa: ANN401 - JSON
    found = [(each["rule"], each["resource"]) for each in report["findings"] if each["verdict"] == "broken"]
    return (RULE, RESOURCE) in found


def _in_checkov(report: Any) -> bool:  # noqa: ANN401 - JSON
    found = [(each["check_id"], each["resource"]) for each in report["results"]["failed_checks"]]
    return (f"CKV_KEYFIT_{RULE}", f"AWS::Personalize::DatasetGroup.{RESOURCE}") in found


def _in_cfn_lint(report: Any) -> bool:  # noqa: ANN401 - JSON
    found = [(each["Rule"]["Id"], each["Location"]["Path"][:2]) for each in report if each["Location"]["Path"]]
    return (f"E9{RULE}", ["Resources", RESOURCE]) in found


_HOSTS: Final = {
    "command line": (_keyfit, _in_keyfit),
    "Checkov": (_checkov, _in_checkov),
    "cfn-lint": (_cfn_lint, _in_cfn_lint),
}


def _hcl2() -> Diagnosis:
    """Which `hcl2` is there: that both distributions are recorded as installed proves nothing, the last one wins."""
    try:
        found = _json([sys.executable, "-c", _PROBE], Path.cwd())
    except FailedError as error:
        return Diagnosis("hcl2", f"it cannot be imported: {error}", healthy=False, advice="install it anew")
    if not found["hcl2"]:
        return Diagnosis("hcl2", "not installed: Terraform cannot be read", advice='pip install "keyfit[terraform]"')
    if found["checkov"] and not found["fork"]:
        advice = "pip uninstall python-hcl2, then pip install --force-reinstall bc-python-hcl2; one environment each"
        return Diagnosis("hcl2", "python-hcl2's, and Checkov beside it cannot start", healthy=False, advice=advice)
    if not (found["fork"] or found["original"]):
        return Diagnosis(
            "hcl2", "of neither bc-python-hcl2 nor python-hcl2 8", healthy=False, advice="install python-hcl2>=8.1"
        )
    return Diagnosis("hcl2", "bc-python-hcl2's, as Checkov needs it" if found["fork"] else "python-hcl2's")
