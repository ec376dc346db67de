"""The examples of the README's section on pipelines work as they are written, with the addresses filled in."""

import sys
from pathlib import Path
from typing import Final

import pytest
import yaml

from tests.hosts import stacks
from tests.hosts.commands import ROOT, Ran, command, records, run
from tests.hosts.test_pipelines import ACTION, folder, outputs, read, run_job, run_step, runner
from tests.hosts.test_readme import BLOCKS
from tests.test_scan_terraform import BROKEN as BROKEN_MODULE
from tests.test_scan_terraform import RIGHT as RIGHT_MODULE

__all__ = ["folder", "runner"]  # fixtures

pytestmark = pytest.mark.deep


def example(begin: str) -> str:
    """The example that begins so."""
    (found,) = (body for kind, body in BLOCKS if kind == "yaml" and body.startswith(begin))
    return found


@pytest.fixture
def live(runner: Path) -> Path:
    """A runner with the folder that the examples check."""
    stacks.write(runner / "infrastructure" / "live", stacks.BROKEN)
    return runner


def test_the_step_of_github_checks_what_it_names(live: Path) -> None:
    """Its inputs are those of the action."""
    (step,) = yaml.safe_load(example("- uses: "))
    given = step["with"]
    assert step["uses"].partition("@")[0] == "OWNER/keyfit/.github/actions/keyfit"
    assert given.keys() <= read(ACTION)["inputs"].keys()
    assert given["code-scanning"] == given["comment"] == "true"
    ran = run_step("Check", live, CHECK_PATHS=given["paths"], CHECK_ARGUMENTS=given["arguments"])
    assert ran.returncode == 0, ran.stderr
    assert "::error file=infrastructure/live/stack.yaml," in ran.stdout
    assert outputs(live)["status"] == "1"


def test_the_job_of_gitlab_checks_what_it_names(live: Path) -> None:
    """Its variables are those of the template."""
    written = yaml.safe_load(example("include:"))
    assert written["include"][0]["file"] == ".gitlab/keyfit.yml"
    ran = run_job(live, **written["keyfit"]["variables"])
    assert ran.status == 1, ran.err
    assert "infrastructure/live/stack.yaml" in (live / "keyfit-code-quality.json").read_text(encoding="utf-8")


@pytest.fixture
def beside(tmp_path: Path) -> Path:
    """A repository with a broken stack, and a clone of keyfit in it."""
    stacks.write(tmp_path / "infrastructure" / "live", stacks.BROKEN)
    (tmp_path / "keyfit").symlink_to(ROOT)
    return tmp_path


def configured(beside: Path, name: str, *words: str) -> Ran:
    """A host that finds its settings by itself."""
    stacks.write(beside, example(f"# {name}\n"), name)
    return run(*words, where=beside)


def test_checkov_finds_keyfit_by_its_settings(beside: Path) -> None:
    """No flag names it."""
    ran = configured(beside, ".checkov.yaml", command("checkov"), "--directory", ".", "--output", "json")
    broken = [each["check_id"] for each in records(ran) if each["check_id"].startswith("CKV_KEYFIT_")]
    assert broken == ["CKV_KEYFIT_101"]
    assert all(each["file_path"] == "/infrastructure/live/stack.yaml" for each in records(ran))


def test_cfn_lint_finds_keyfit_by_its_settings(beside: Path) -> None:
    """No flag names it."""
    ran = configured(beside, ".cfnlintrc", command("cfn-lint"), "--format", "parseable")
    assert ":E9101:" in ran.out, ran.err


# --- pre-commit

GIT: Final = ("git", "-c", "user.name=x", "-c", "user.email=x@example.org", "-c", "commit.gpgsign=false")


@pytest.fixture
def pre_commit(tmp_path: Path) -> Path:
    """The command, in an environment of its own: it does not go together with Checkov."""
    environment = tmp_path / "environment"
    made = run(sys.executable, "-m", "venv", environment)
    assert made.status == 0, made.err
    if run(environment / "bin" / "pip", "install", "--quiet", "pre-commit").status:
        pytest.skip("no package index to install pre-commit from")
    return environment / "bin" / "pre-commit"


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    """A repository with a broken template and a root module, committed, and the hook of the last commit of this one."""
    clone, made = tmp_path / "clone", tmp_path / "scratch"
    if run("git", "clone", "--quiet", "--depth", "1", ROOT.as_uri(), clone).status:
        pytest.skip("not a git checkout")
    made.mkdir()
    run("git", "init", "--quiet", where=made)
    stacks.write(made, stacks.BROKEN, "old.yaml")
    stacks.write(made, 'module "m" { source = "../m" }\n', "live/main.tf")
    stacks.write(made, RIGHT_MODULE, "m/main.tf")
    run(*GIT, "add", "--all", where=made)
    run(*GIT, "commit", "--quiet", "--message", "before", where=made)
    head = run("git", "rev-parse", "HEAD", where=clone).out.strip()
    config = example("repos:").replace("https://ADDRESS/keyfit", str(clone)).replace("rev: main", f"rev: {head}")
    stacks.write(made, config, ".pre-commit-config.yaml")
    return made


def test_pre_commit_checks_what_changed(pre_commit: Path, scratch: Path, tmp_path: Path) -> None:
    """And only that; what is no template does not disturb."""

    def ran(template: str) -> tuple[int, str]:
        stacks.write(scratch, template, "new.yaml")
        stacks.write(scratch, "a: 1\n", "values.yaml")
        run("git", "add", "--all", where=scratch)
        done = run(pre_commit, "run", where=scratch, PRE_COMMIT_HOME=str(tmp_path / "home"))
        return done.status, done.out + done.err

    status, told = ran(stacks.RIGHT)
    assert status == 0, told
    status, told = ran(stacks.BROKEN)
    assert status == 1
    assert "new.yaml:" in told
    assert "old.yaml" not in told
    stacks.write(scratch, BROKEN_MODULE, "m/main.tf")
    status, told = ran(stacks.RIGHT)
    assert status == 1
    assert "m/main.tf:" in told
