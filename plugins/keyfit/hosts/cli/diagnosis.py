"""Is each host there, does it load keyfit, and does it find the fault in a stack that has one, in each language?

Each host runs as a user would run it: its own command, in a process of its own.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

import keyfit
from keyfit.hosts.cli.faults import CLOUDFORMATION, EVERY, RULE, Fault
from keyfit.record import record
from keyfit.shipped import folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PATIENCE: Final = 180  # seconds; Checkov takes a few
# Prints which of the two distributions the package `hcl2` is; keyfit's own process does not import it for that.
_PROBE: Final = """\
import importlib.util, json
found = {name: importlib.util.find_spec(name) is not None for name in ("checkov", "hcl2")}
if found["hcl2"]:
    import hcl2
    found["fork"], found["original"] = hasattr(hcl2, "START_LINE"), hasattr(hcl2, "parses_to_tree")
print(json.dumps(found))
"""


@record
class Diagnosis:
    """What is the case with one host; `advice` says how to mend it, or how to install what is absent."""

    subject: str
    message: str
    healthy: bool = True
    advice: str = ""


@record
class Host:
    """A host: the command that runs it on files, and the subjects that its report says the rule is broken for."""

    name: str
    command: Callable[[tuple[Fault, ...]], list[str]]
    subjects: Callable[[Any], list[str]]
    faults: tuple[Fault, ...] = EVERY
    extra: str = ""


class FailedError(Exception):
    """A host that does not do what it should: the message says what happened."""


def diagnose() -> Iterator[Diagnosis]:
    """A diagnosis of keyfit, of each host, and of the package `hcl2` that two distributions fight for."""
    yield Diagnosis("keyfit", f"{keyfit.__version__} at {Path(keyfit.__file__).parent}")
    probed = _probe()
    found: dict[str, bool] = {} if isinstance(probed, FailedError) else probed
    original = found.get("original", False)
    with TemporaryDirectory() as scratch:
        for fault in EVERY:
            Path(scratch, fault.file).write_text(fault.text, encoding="utf-8")
        for host in _hosts(reads_terraform=original or found.get("fork", False)):
            yield _host(host, Path(scratch), clash=original)
    yield _hcl2(probed)


def _hosts(*, reads_terraform: bool) -> Iterator[Host]:
    """The hosts, with what each has to find; the command line reads Terraform only with an `hcl2`."""
    yield Host("command line", _keyfit, _in_keyfit, EVERY if reads_terraform else (CLOUDFORMATION,))
    yield Host("Checkov", _checkov, _in_checkov, extra="checkov")
    yield Host("cfn-lint", _cfn_lint, _in_cfn_lint, (CLOUDFORMATION,), extra="cfn-lint")


def _host(host: Host, where: Path, *, clash: bool) -> Diagnosis:
    try:
        words = host.command(host.faults)
    except FileNotFoundError as missing:
        return Diagnosis(host.name, str(missing), advice=_install(host.extra, clash=clash))
    try:
        found = host.subjects(_json(words, where))
    except (FailedError, LookupError, TypeError, AttributeError) as error:
        return Diagnosis(host.name, f"it does not work: {error}", healthy=False, advice=f"run `{' '.join(words)}`")
    missed = [each.language for each in host.faults if each.resource not in found]
    if missed:
        message = f"it does not find the fault (rule {RULE}) in {' and '.join(missed)}"
        return Diagnosis(host.name, message, healthy=False, advice="look for errors in the host's own output")
    languages = " and ".join(each.language for each in host.faults)
    return Diagnosis(host.name, f"finds the fault (rule {RULE}) in {languages}; {words[0]}")


def _install(extra: str, *, clash: bool) -> str:
    """How to install a host. Checkov and python-hcl2 exclude each other."""
    words = f'pip install "keyfit[{extra}]"'
    return f"{words}, in another environment than this one with python-hcl2" if clash and extra == "checkov" else words


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


def _keyfit(faults: tuple[Fault, ...]) -> list[str]:
    return [sys.executable, "-m", "keyfit", "check", "--format", "json", *(each.file for each in faults)]


def _checkov(_faults: tuple[Fault, ...]) -> list[str]:
    words = [_command("checkov"), "--external-checks-dir", str(folder("checks"))]
    chosen = ["--check", f"CKV_KEYFIT_{RULE},CKV_KEYFIT_000", "--framework", "cloudformation", "terraform"]
    return [*words, *chosen, "--skip-download", "--quiet", "--output", "json", "--directory", "."]


def _cfn_lint(faults: tuple[Fault, ...]) -> list[str]:
    files = [each.file for each in faults]
    return [_command("cfn-lint"), "--append-rules", str(folder("rules")), "--format", "json", *files]


def _in_keyfit(report: Any) -> list[str]:  # noqa: ANN401 - JSON
    broken = [each for each in report["findings"] if each["verdict"] == "broken"]
    return [each["resource"] for each in broken if each["rule"] == RULE]


def _in_checkov(reports: Any) -> list[str]:  # noqa: ANN401 - JSON: one report, or a list of one for each framework
    failed = [
        each
        for report in (reports if isinstance(reports, list) else [reports])
        for each in report["results"]["failed_checks"]
    ]
    type_ = "AWS::Personalize::DatasetGroup."
    return [each["resource"].removeprefix(type_) for each in failed if each["check_id"] == f"CKV_KEYFIT_{RULE}"]


def _in_cfn_lint(report: Any) -> list[str]:  # noqa: ANN401 - JSON
    paths = [each["Location"]["Path"] for each in report if each["Rule"]["Id"] == f"E9{RULE}"]
    return [path[1] for path in paths if path and path[0] == "Resources"]


def _probe() -> dict[str, bool] | FailedError:
    """What the package `hcl2` is; why it cannot be imported."""
    try:
        found: dict[str, bool] = _json([sys.executable, "-c", _PROBE], Path.cwd())
    except FailedError as error:
        return error
    return found


def _hcl2(found: dict[str, bool] | FailedError) -> Diagnosis:
    """Which `hcl2` is there: that both distributions are recorded as installed proves nothing, the last one wins."""
    if isinstance(found, FailedError):
        return Diagnosis("hcl2", f"it cannot be imported: {found}", healthy=False, advice="reinstall it")
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
