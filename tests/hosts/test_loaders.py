"""The loaders repeat what they must not import; here it is held to the original."""

import ast
from pathlib import Path

import pytest

from keyfit.hosts import checkov_types
from tests.hosts.commands import CHECKS, ROOT, RULES, STACKS, keyfit


def parsed(file: Path) -> ast.Module:
    """A module that is not imported: Checkov's would come with it, warnings and all."""
    return ast.parse(file.read_text(encoding="utf-8"))


CHECKOV_LOADER = parsed(CHECKS / "keyfit_checks.py")
CFN_LINT_LOADER = parsed(RULES / "keyfit_rules.py")
HOSTS = ROOT / "plugins" / "keyfit" / "hosts"


def types(module: ast.Module, name: str) -> tuple[str, ...]:
    """The literal that a module assigns to a name."""
    for node in module.body:
        named = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
        if isinstance(named, ast.Name) and named.id == name:
            found: tuple[str, ...] = ast.literal_eval(node.value)  # type: ignore[attr-defined]
            return found
    raise LookupError(name)


def function(module: ast.Module, name: str) -> str:
    """A function of a module, without its comments."""
    (found,) = [node for node in module.body if isinstance(node, ast.FunctionDef) and node.name == name]
    return ast.unparse(found)


def test_the_types_are_those_of_the_hosts() -> None:
    """So that nothing is silent on the day on which the engine cannot be loaded."""
    assert types(CHECKOV_LOADER, "TYPES") == types(parsed(HOSTS / "checkov_host.py"), "TYPES")
    assert set(types(CHECKOV_LOADER, "TERRAFORM_TYPES")) == set(checkov_types.TYPES)


def test_every_subject_has_a_type_that_checkov_asks_about() -> None:
    """Every finding about every stack, with all keys looked at."""
    findings = keyfit("check", STACKS, "--all-keys", "--format", "json").json["findings"]
    subjects = {(each["path"], each["resource"]) for each in findings}
    assert subjects
    for path, resource in subjects:
        kind = next((part for part in resource.split(".") if part.startswith(("aws_", "awscc_"))), None)
        if kind is not None:
            assert kind in checkov_types.TYPES, resource
            continue
        text = (STACKS / path.rpartition("/")[2]).read_text(encoding="utf-8")
        after = text[text.index(f'"{resource}"' if path.endswith(".json") else f"\n  {resource}:") :]
        written = after[after.index("Type") :].split(maxsplit=2)[1].strip('",')
        assert written in types(CHECKOV_LOADER, "TYPES"), resource


@pytest.mark.parametrize("name", ["load_engine", "import_from"])
def test_both_loaders_load_the_engine_alike(name: str) -> None:
    """They cannot share a module: each is imported by itself."""
    assert function(CHECKOV_LOADER, name) == function(CFN_LINT_LOADER, name)


@pytest.mark.parametrize("module", [CHECKOV_LOADER, CFN_LINT_LOADER], ids=["checkov", "cfn-lint"])
def test_a_loader_holds_no_dataclass(module: ast.Module) -> None:
    """Its module is not in `sys.modules` while it runs, which dataclasses need."""
    imported = {alias.name for node in ast.walk(module) if isinstance(node, ast.Import) for alias in node.names}
    sources = {node.module for node in ast.walk(module) if isinstance(node, ast.ImportFrom)}
    assert "dataclasses" not in imported | sources
