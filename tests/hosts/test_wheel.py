"""The wheel, installed in an empty environment with one extra at a time, works as the README says."""

import subprocess
import venv
from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder

from tests.hosts import stacks
from tests.hosts.commands import ROOT, Ran, run

pytestmark = pytest.mark.deep

BOTH = "finds the fault (rule 101) in CloudFormation and Terraform;"
# What `keyfit doctor` says with each extra.
WITH = {
    "": {"Checkov": "not installed", "cfn-lint": "not installed", "hcl2": "not installed: Terraform cannot be read"},
    "checkov": {
        "command line": BOTH,
        "Checkov": BOTH,
        "cfn-lint": "not installed",
        "hcl2": "bc-python-hcl2's, as Checkov needs it",
    },
    "cfn-lint": {"Checkov": "not installed", "cfn-lint": "finds", "hcl2": "not installed: Terraform cannot be read"},
    "terraform": {
        "command line": BOTH,
        "Checkov": "not installed",
        "cfn-lint": "not installed",
        "hcl2": "python-hcl2's",
    },
}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout."""
    where = tmp_path_factory.mktemp("wheel")
    (built,) = WheelBuilder(str(ROOT)).build(directory=str(where), versions=["standard"])
    return Path(built)


def installed(where: Path, wheel: Path, extra: str) -> Path:
    """The commands of a new environment with the wheel and one extra."""
    venv.create(where, with_pip=True)
    constraints = ROOT / ".ci" / f"constraints-{'hcl' if extra == 'terraform' else 'hosts'}.txt"
    wanted = f"keyfit[{extra}] @ {wheel.as_uri()}" if extra else f"keyfit @ {wheel.as_uri()}"
    pip = (str(where / "bin" / "python"), "-m", "pip", "install", "--quiet", "--constraint", str(constraints), wanted)
    subprocess.run(pip, check=True, timeout=600, cwd=where)
    return where / "bin"


@pytest.mark.parametrize("extra", WITH, ids=lambda extra: extra or "none")
def test_the_wheel_works_with_one_extra(tmp_path: Path, wheel: Path, extra: str) -> None:
    """The command line always, each host where its extra is, from the folders inside the package."""
    commands = installed(tmp_path / "environment", wheel, extra)
    where = stacks.write(tmp_path / "stack", stacks.BROKEN).parent

    def ran(*words: str) -> Ran:
        return run(commands / words[0], *words[1:], where=where, PATH=f"{commands}:/usr/bin:/bin")

    doctor = ran("keyfit", "doctor")
    assert doctor.status == 0, doctor.out
    told = {line[:13].strip(): line[13:].strip() for line in doctor.out.splitlines()}
    assert told["command line"].startswith("finds")
    assert {host: told[host][: len(words)] for host, words in WITH[extra].items()} == WITH[extra]

    assert ran("keyfit", "check", "stack.yaml").status == 1
    assert ran("keyfit", "check", "--format", "json", "stack.yaml").json["findings"]
    assert ran("keyfit", "schema").json["$id"] == "urn:keyfit:report:1"
    assert "## Example\n\nBroken:" in ran("keyfit", "explain", "101").out
    for what in ("checks", "rules"):
        folder = Path(ran("keyfit", "path", what).out.strip())
        assert folder.is_relative_to(tmp_path)
        assert folder.parts[-3:] == ("keyfit", "_shipped", what)
