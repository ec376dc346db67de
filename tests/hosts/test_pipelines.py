"""What pipelines are given: the hook of pre-commit, the action and the workflow of GitHub, the job of GitLab."""

import json
import os
import re
import subprocess
import sys
from importlib import resources
from pathlib import Path
from typing import Any, Final

import pytest
import yaml
from jsonschema.validators import validator_for

from tests.hosts import stacks
from tests.hosts.commands import ROOT, command, keyfit, run
from tests.test_scan_terraform import BROKEN as BROKEN_MODULE
from tests.test_scan_terraform import RIGHT as RIGHT_MODULE

HOOKS: Final = ROOT / ".pre-commit-hooks.yaml"
ACTION: Final = ROOT / ".github" / "actions" / "keyfit" / "action.yml"
WORKFLOW: Final = ROOT / ".github" / "workflows" / "keyfit.yml"
GITLAB: Final = ROOT / ".gitlab" / "keyfit.yml"


def read(file: Path) -> Any:  # noqa: ANN401 - whatever is written there
    """A file in YAML, as GitHub and GitLab read it: `on` is a word."""
    return yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)  # noqa: S506 - it makes nothing but words


# --- files that are named by a program


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A broken template beside other files."""
    (tmp_path / ".git").mkdir()
    stacks.write(tmp_path, stacks.BROKEN, "broken.yaml")
    stacks.write(tmp_path, "name: no template\n", "other.yml")
    stacks.write(tmp_path, "# words\n", "README.md")
    stacks.write(tmp_path, "[1, 2", "broken.json")
    return tmp_path


def test_changed_files_that_are_no_templates_are_left_alone(folder: Path) -> None:
    """Where they are named as such."""
    others = ("other.yml", "README.md", "broken.json", "gone.yaml")
    assert keyfit("check", *others, where=folder).status == 2
    ran = keyfit("check", "--changed", *others, where=folder)
    assert (ran.status, ran.out) == (0, "0 templates: 0 broken, 0 unproven, 0 hold\n")
    assert keyfit("check", "--changed", "broken.yaml", *others, where=folder).status == 1


# --- the files themselves


@pytest.mark.parametrize(
    ("file", "name"), [(ACTION, "github-actions"), (WORKFLOW, "github-workflows"), (GITLAB, "gitlab-ci")]
)
def test_a_file_keeps_to_its_schema(file: Path, name: str) -> None:
    """Those that SchemaStore and GitLab publish."""
    pytest.importorskip("check_jsonschema")
    folder = resources.files("check_jsonschema.builtin_schemas.vendor")
    schema = json.loads(folder.joinpath(f"{name}.json").read_text(encoding="utf-8"))
    written = yaml.safe_load(file.read_text(encoding="utf-8").replace("\non:", '\n"on":'))
    validator_for(schema)(schema).validate(written)


def test_no_script_of_the_action_has_words_from_outside() -> None:
    """They come by the environment: an expression in a script would be run."""
    scripts = [step["run"] for step in read(ACTION)["runs"]["steps"] if "run" in step]
    assert len(scripts) == 4
    assert [script for script in scripts if "${{" in script] == []


def test_the_hook_takes_what_keyfit_reads() -> None:
    """And no other files."""
    (hook,) = read(HOOKS)
    assert hook["entry"] == "keyfit check --changed"
    for name in (
        "main.tf",
        "x/main.tofu",
        "main.tf.json",
        "stack.yaml",
        "stack.yml",
        "stack.json",
        "stack.template",
        "prod.tfvars",
        "x/keyfit.toml",
    ):
        assert re.search(hook["files"], name)
    for name in ("main.py", "README.md", "poetry.toml"):
        assert not re.search(hook["files"], name)


# --- what they run


def run_step(name: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """A step of the action, as the runner runs it: with `bash -eo pipefail`."""
    (step,) = (step for step in read(ACTION)["runs"]["steps"] if step["name"] == name)
    given = {key: value for key, value in os.environ.items() if not key.startswith(("KEYFIT_", "GITHUB_"))}
    files = {each: str(folder / each.lower()) for each in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
        cwd=folder,
        env=given | files | {"RUNNER_TEMP": str(folder / "temp"), "GITHUB_ACTIONS": "true"} | environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def runner(folder: Path) -> Path:
    """A runner on which keyfit is installed already, where the action installs it."""
    (folder / "temp" / "keyfit" / "bin").mkdir(parents=True)
    (folder / "temp" / "keyfit" / "bin" / "keyfit").symlink_to(command("keyfit"))
    return folder


def outputs(folder: Path) -> dict[str, str]:
    """What a step has said to the runner."""
    lines = (folder / "github_output").read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines)


def test_the_action_checks_and_fails_last(runner: Path) -> None:
    """Annotations in the log, the summary on the run's page, the reports as files; then the status."""
    ran = run_step(
        "Check", runner, CHECK_PATHS="broken.yaml\n", CHECK_ARGUMENTS="--select=101\n\n--account=111122223333"
    )
    assert ran.returncode == 0, ran.stderr
    assert "\n::error file=broken.yaml," in ran.stdout
    said = outputs(runner)
    assert said["status"] == "1"
    assert json.loads(Path(said["sarif"]).read_text(encoding="utf-8"))["runs"][0]["results"][0]["ruleId"] == "101"
    assert (runner / "github_step_summary").read_text(encoding="utf-8").startswith("<!-- keyfit -->\n")
    assert Path(said["html"]).is_file()
    assert run_step("Fail where something is broken", runner, STATUS=said["status"]).returncode == 1
    assert run_step("Fail where something is broken", runner, STATUS="").returncode == 2


def test_words_from_outside_are_words(runner: Path) -> None:
    """A path that is a command is no command, and one that is an option is a path."""
    ran = run_step("Check", runner, CHECK_PATHS='$(touch gone)\n"; touch gone; "\n--version', CHECK_ARGUMENTS="")
    assert not (runner / "gone").exists()
    assert outputs(runner)["status"] == "2"
    assert "--version:1:1: error: could not check: no such file" in ran.stdout


def test_the_action_keeps_one_comment(runner: Path) -> None:
    """It makes the first, and changes it from then on."""
    stacks.write(runner / "bin", '#!/bin/sh\necho "$@" >> calls\ncase "$*" in *--paginate*) cat known;; esac\n', "gh")
    (runner / "bin" / "gh").chmod(0o755)
    path = f"{runner / 'bin'}:{os.environ['PATH']}"
    told = {"GITHUB_REPOSITORY": "o/r", "NUMBER": "7", "MARKDOWN": "x.md", "PATH": path}
    for known, expected in (
        ("", "--method POST repos/o/r/issues/7/comments"),
        ("42\n43\n", "--method PATCH repos/o/r/issues/comments/42"),
    ):
        (runner / "known").write_text(known, encoding="utf-8")
        ran = run_step("Comment", runner, **told)
        assert ran.returncode == 0, ran.stderr
        last = (runner / "calls").read_text(encoding="utf-8").splitlines()[-1]
        assert last == f"api {expected} --field body=@x.md"


def test_the_job_of_gitlab_writes_what_it_says(runner: Path) -> None:
    """Each report that GitLab is to read."""
    job = read(GITLAB)["keyfit"]
    script = job["script"][-1].replace(
        "/tmp/keyfit",  # noqa: S108 - on a machine of its own
        str(runner / "temp" / "keyfit"),
    )
    ran = run(
        "bash",
        "-eo",
        "pipefail",
        "-c",
        script,
        where=runner,
        **{**job["variables"], "CHECK_PATHS": "broken.yaml other.yml"},
    )
    assert ran.status == 2, ran.err  # `other.yml` is named, and no template
    for file in (*job["artifacts"]["reports"].values(), *job["artifacts"]["paths"]):
        assert (runner / file).is_file()


# --- with pre-commit itself

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
    config = {"repos": [{"repo": str(clone), "rev": head, "hooks": [{"id": "keyfit"}]}]}
    stacks.write(made, json.dumps(config), ".pre-commit-config.yaml")
    return made


@pytest.mark.deep
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
