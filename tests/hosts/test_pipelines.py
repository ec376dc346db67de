"""What pipelines are given: a hook for pre-commit, an action and workflows for GitHub, a job for GitLab, an image."""

import json
import os
import re
import shutil
import subprocess
import sys
from importlib import resources
from pathlib import Path
from typing import Any, Final
from zipfile import ZipFile

import pytest
import yaml
from hatchling.builders.wheel import WheelBuilder
from jsonschema.validators import validator_for

from keyfit import __version__
from tests.hosts import stacks
from tests.hosts.commands import ROOT, Ran, command, keyfit, run

HOOKS: Final = ROOT / ".pre-commit-hooks.yaml"
ACTION: Final = ROOT / ".github" / "actions" / "keyfit" / "action.yml"
WORKFLOW: Final = ROOT / ".github" / "workflows" / "keyfit.yml"
RELEASE: Final = ROOT / ".github" / "workflows" / "release.yml"
GITLAB: Final = ROOT / ".gitlab" / "keyfit.yml"
DOCKER: Final = ROOT / ".docker" / "Dockerfile"


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
    ("file", "name"),
    [
        (ACTION, "github-actions"),
        (WORKFLOW, "github-workflows"),
        (RELEASE, "github-workflows"),
        (GITLAB, "gitlab-ci"),
    ],
)
def test_a_file_keeps_to_its_schema(file: Path, name: str) -> None:
    """Those that SchemaStore and GitLab publish."""
    pytest.importorskip("check_jsonschema")
    folder = resources.files("check_jsonschema.builtin_schemas.vendor")
    schema = json.loads(folder.joinpath(f"{name}.json").read_text(encoding="utf-8"))
    written = yaml.safe_load(file.read_text(encoding="utf-8").replace("\non:", '\n"on":'))
    validator_for(schema)(schema).validate(written)


def steps(file: Path) -> list[dict[str, Any]]:
    """All steps of an action or a workflow."""
    written = read(file)
    jobs = written["jobs"].values() if "jobs" in written else [written["runs"]]
    return [step for job in jobs for step in job["steps"]]


@pytest.mark.parametrize(("file", "count"), [(ACTION, 4), (RELEASE, 3)])
def test_no_script_has_words_from_outside(file: Path, count: int) -> None:
    """They come by the environment: an expression in a script would be run."""
    scripts = [step["run"] for step in steps(file) if "run" in step]
    assert len(scripts) == count
    assert [script for script in scripts if "${{" in script] == []


def test_a_release_waits_to_be_switched_on() -> None:
    """It is started by hand, and publishes a tag alone, what was tested, with attestations."""
    release = read(RELEASE)
    assert release["on"] == ["workflow_dispatch"]
    assert release["permissions"] == {"contents": "read"}
    publish = release["jobs"]["publish"]
    assert publish["if"] == "github.ref_type == 'tag'"
    assert publish["needs"] == ["build", "test"]
    assert [step["uses"].partition("@")[0] for step in publish["steps"]] == [
        "actions/download-artifact",
        "actions/attest-build-provenance",
        "pypa/gh-action-pypi-publish",
    ]


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


def script(file: Path, name: str) -> str:
    """What a step of an action or a workflow runs."""
    (found,) = (step["run"] for step in steps(file) if step.get("name") == name)
    return str(found)


def run_step(name: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """A step of the action, as the runner runs it."""
    return run_script(script(ACTION, name), folder, **environment)


def run_script(words: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """As the runner runs it: with `bash -eo pipefail`."""
    given = {key: value for key, value in os.environ.items() if not key.startswith(("KEYFIT_", "GITHUB_"))}
    files = {each: str(folder / each.lower()) for each in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", words],
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


def run_job(folder: Path, **variables: str) -> Ran:
    """The last line of the job's script, as the runner runs it."""
    job = read(GITLAB)["keyfit"]
    script = job["script"][-1].replace("/tmp/keyfit", str(folder / "temp" / "keyfit"))  # noqa: S108 - on another machine
    return run("bash", "-eo", "pipefail", "-c", script, where=folder, **{**job["variables"], **variables})


def test_the_job_of_gitlab_writes_what_it_says(runner: Path) -> None:
    """Each report that GitLab is to read."""
    ran = run_job(runner, CHECK_PATHS="broken.yaml other.yml")
    assert ran.status == 2, ran.err  # `other.yml` is named, and no template
    job = read(GITLAB)["keyfit"]
    for file in (*job["artifacts"]["reports"].values(), *job["artifacts"]["paths"]):
        assert (runner / file).is_file()


def test_the_job_of_gitlab_installs_nothing_that_nobody_named(folder: Path) -> None:
    """The name is not taken at the package index."""
    first = read(GITLAB)["keyfit"]["script"][0]
    for words, status in (("", 2), ("keyfit @ git+https://ADDRESS/keyfit", 0)):
        assert run("bash", "-eo", "pipefail", "-c", first, where=folder, CHECK_INSTALL=words).status == status


# --- the image


def instructions() -> list[tuple[str, str]]:
    """The instructions of the Dockerfile, each with its words."""
    text = re.sub(r"\\\n\s*", "", DOCKER.read_text(encoding="utf-8"))
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [(name, words) for name, _, words in (line.partition(" ") for line in lines)]


def test_the_image_runs_the_command_line_as_nobody() -> None:
    """What it checks comes from a pull request."""
    last = dict(instructions())
    assert last["USER"] == "keyfit"
    assert json.loads(last["ENTRYPOINT"]) == ["keyfit"]
    ran = keyfit(*json.loads(last["CMD"]), where=ROOT / "fixtures" / "cases")
    assert ran.status == 0, ran.out


def test_the_image_is_built_of_what_the_wheel_needs(tmp_path: Path) -> None:
    """What the build may see makes the same wheel as the whole checkout."""
    allowed = [
        line[1:]
        for line in (DOCKER.parent / "Dockerfile.dockerignore").read_text("utf-8").splitlines()
        if line[0] == "!"
    ]
    for name in allowed:
        (tmp_path / "source" / name).parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, tmp_path / "source" / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, tmp_path / "source" / name)
    made = [wheel(folder, tmp_path / str(count)) for count, folder in enumerate((ROOT, tmp_path / "source"))]
    assert made[0] == made[1]


def wheel(source: Path, where: Path) -> set[str]:
    """The names in the wheel that a folder makes."""
    (built,) = WheelBuilder(str(source)).build(directory=str(where), versions=["standard"])
    with ZipFile(built) as archive:
        return {name for name in archive.namelist() if "__pycache__" not in name}


# --- the release


@pytest.mark.deep
def test_the_steps_of_the_release_build_and_test_the_wheel(tmp_path: Path) -> None:
    """In a copy, with a Python of its own."""
    source, environment = tmp_path / "source", tmp_path / "environment"
    ignored = shutil.ignore_patterns("__pycache__", ".git", ".venv", ".*_cache", ".hypothesis", "build", "dist")
    shutil.copytree(ROOT, source, ignore=ignored)
    assert run(sys.executable, "-m", "venv", environment).status == 0
    path = f"{environment / 'bin'}:{os.environ['PATH']}"
    built = run_script(script(RELEASE, "Build"), source, PATH=path)
    if "No matching distribution" in built.stderr:
        pytest.skip("no package index")
    assert built.returncode == 0, built.stderr
    tagged = script(RELEASE, "Is the tag the version?")
    assert run_script(tagged, source, PATH=path, TAG=f"v{__version__}").returncode == 0
    assert run_script(tagged, source, PATH=path, TAG="v0.0.0").returncode == 1
    tested = run_script(script(RELEASE, "Test the wheel"), source, PATH=path, EXTRA="terraform")
    assert tested.returncode == 0, tested.stdout + tested.stderr
    assert "finds the fault (rule 101) in CloudFormation and Terraform" in tested.stdout
