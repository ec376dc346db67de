"""The project keeps its own promises: its layout, its wheel, its environments."""

import importlib.util
import re
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import hcl2
import pytest
from hatchling.builders.wheel import WheelBuilder
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import keyfit

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

REQUIRED = {"CHANGELOG.md", "LICENSE", "Makefile", "README.md", "plugins", "pyproject.toml", "tests"}
ALLOWED = REQUIRED | {"CONTRIBUTING.md", "checks", "fixtures"}
SHIPPED = {
    "plugins/keyfit/": "keyfit/",
    "plugins/rules/": "keyfit/_shipped/rules/",
    "checks/": "keyfit/_shipped/checks/",
    "fixtures/rules/": "keyfit/_shipped/fixtures/",
}
ENVIRONMENTS = {"hosts": ("checkov", "cfn-lint"), "hcl": ("terraform", "cfn-lint")}
WORKPLACE = re.compile(r"\.\./shared|/work/\w|\"shared\"|'shared'")


@pytest.fixture(scope="module")
def files(root: Path) -> list[str]:
    """The project's files, as git sees them: what is ignored is none of them."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode:
        pytest.skip("not a git checkout")
    return sorted(name for name in listed.stdout.split("\0") if name and (root / name).is_file())


@pytest.fixture(scope="module")
def pyproject(root: Path) -> dict[str, dict[str, object]]:
    """The project's own description."""
    described: dict[str, dict[str, object]] = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    return described


def requirements(table: object, name: str) -> list[Requirement]:
    """The requirements under a name of `optional-dependencies` or `dependency-groups`, groups resolved."""
    assert isinstance(table, dict)
    found: list[Requirement] = []
    for entry in table[name]:
        found += [Requirement(entry)] if isinstance(entry, str) else requirements(table, entry["include-group"])
    return found


def test_the_top_level_holds_what_the_layout_names_and_nothing_else(files: list[str]) -> None:
    """Beside dot-files, every name at the top is one of a fixed few, and the needed ones are there."""
    top = {name.split("/")[0] for name in files if not name.startswith(".")}
    assert top <= ALLOWED
    assert top >= REQUIRED


def test_nothing_depends_on_the_material_beside_the_checkout(root: Path, files: list[str]) -> None:
    """Only the fixture that skips where the material is absent knows where it lies."""
    own = {"tests/conftest.py", "tests/test_project.py"}
    texts = {name: (root / name).read_bytes().decode("utf-8", "replace") for name in files if name not in own}
    assert [name for name, text in texts.items() if WORKPLACE.search(text)] == []


def test_the_wheel_is_the_package_and_both_loaders(root: Path, files: list[str], tmp_path: Path) -> None:
    """Every file of the package, `checks` and `plugins/rules` is in the wheel, at its place, and no other."""
    expected = {
        place + name.removeprefix(folder)
        for name in files
        for folder, place in SHIPPED.items()
        if name.startswith(folder)
    }
    (wheel,) = WheelBuilder(str(root)).build(directory=str(tmp_path), versions=["standard"])
    with ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert "keyfit/py.typed" in held
    assert held == expected


def test_the_version_is_told_once(root: Path) -> None:
    """The package's version is in the changelog, or still on its way there."""
    changelog = (root / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.search(rf"^## (Unreleased|\[?{re.escape(keyfit.__version__)}\b)", changelog, re.MULTILINE)


def test_no_dependency_is_bounded_from_above(pyproject: dict[str, dict[str, object]]) -> None:
    """A host decides about the environment that keyfit shares, so keyfit asks for lower bounds only."""
    project = pyproject["project"]
    extras = project["optional-dependencies"]
    own = project["dependencies"]
    assert isinstance(extras, dict)
    assert isinstance(own, list)
    asked = [Requirement(entry) for entry in own] + [entry for name in extras for entry in requirements(extras, name)]
    assert [str(entry) for entry in asked if {bound.operator for bound in entry.specifier} != {">="}] == []


def test_checkov_and_terraform_exclude_each_other(pyproject: dict[str, dict[str, object]]) -> None:
    """Both bring a package called `hcl2`, and uv is told so."""
    uv = pyproject["tool"]["uv"]
    assert isinstance(uv, dict)
    assert uv["conflicts"] == [[{"extra": "checkov"}, {"extra": "terraform"}]]


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_the_constraints_cover_what_is_asked_for(
    root: Path, pyproject: dict[str, dict[str, object]], environment: str
) -> None:
    """Each requirement of an environment is met by a version in its constraints (else: `make lock`)."""
    text = (root / ".ci" / f"constraints-{environment}.txt").read_text(encoding="utf-8")
    pins = [Requirement(line) for line in text.splitlines() if not line.startswith("#")]
    group = "hosts" if environment == "hosts" else "dev"
    asked = requirements(pyproject["dependency-groups"], group)
    for extra in ENVIRONMENTS[environment]:
        asked += requirements(pyproject["project"]["optional-dependencies"], extra)
    for entry in asked:
        versions = [
            next(iter(pin.specifier)).version
            for pin in pins
            if canonicalize_name(pin.name) == canonicalize_name(entry.name)
        ]
        assert versions, f"{entry} has no constraint"
        assert all(entry.specifier.contains(version) for version in versions), f"{entry} is not {versions}"


@pytest.mark.hcl
def test_an_environment_has_the_hcl2_that_its_host_needs() -> None:
    """Beside Checkov lies the fork that Checkov imports; without Checkov lies python-hcl2."""
    if importlib.util.find_spec("checkov"):
        assert hasattr(hcl2, "START_LINE")
    else:
        assert hasattr(hcl2, "parses_to_tree")
