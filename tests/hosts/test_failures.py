"""What keyfit cannot check is said by every host: a crash is never a pass, and never a finding."""

import shutil
from pathlib import Path

import pytest

from tests.hosts import stacks
from tests.hosts.commands import (
    ROOT,
    Ran,
    broken_in_cfn_lint,
    broken_in_checkov,
    broken_in_keyfit,
    cfn_lint,
    checkov,
    command,
    matches,
    records,
    run,
)

pytestmark = pytest.mark.deep

PACKAGE = Path("plugins/keyfit/__init__.py")
RULE = Path("plugins/keyfit/catalogue/rules/personalize_role_trust.py")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of the engine and the loaders, to break."""
    copy = tmp_path / "checkout"
    ignore = shutil.ignore_patterns("__pycache__")
    for folder in ("checks", "plugins"):
        shutil.copytree(ROOT / folder, copy / folder, ignore=ignore)
    return copy


@pytest.fixture
def stack(tmp_path: Path) -> Path:
    """A folder with a broken stack, which nobody may call clean."""
    stacks.write(tmp_path / "stack", stacks.BROKEN)
    return tmp_path / "stack"


def on_the_command_line(checkout: Path, where: Path) -> Ran:
    """The command line of the copy."""
    words = (command("python"), "-m", "keyfit", "check", "--format", "json", ".")
    return run(*words, where=where, PYTHONPATH=str(checkout / "plugins"))


def in_checkov(checkout: Path, where: Path, **environment: str) -> Ran:
    """Checkov with the checks of the copy."""
    words = ("--directory", ".", "--output", "json")
    return checkov(*words, where=where, checks=checkout / "checks", **environment)


def in_cfn_lint(checkout: Path, where: Path, **environment: str) -> Ran:
    """cfn-lint with the rules of the copy."""
    words = ("--format", "json", "stack.yaml")
    return cfn_lint(*words, where=where, rules=checkout / "plugins" / "rules", **environment)


def could_not_check(ran: Ran) -> dict[str, str]:
    """Checkov's could-not-check, by resource."""
    return {
        each["resource"].rpartition(".")[2]: each["check_name"]
        for each in records(ran)
        if each["check_id"] == "CKV_KEYFIT_000"
    }


def test_a_rule_that_fails_inside(checkout: Path, stack: Path) -> None:
    """Is said to; the other rules speak."""
    rule = checkout / RULE
    rule.write_text(
        rule.read_text(encoding="utf-8") + "\n\ndef check(*_):\n    raise ZeroDivisionError('on purpose')\n"
    )
    reason = "rule 105 failed: ZeroDivisionError: on purpose"

    ran = on_the_command_line(checkout, stack)
    assert ran.status == 2
    assert [each["message"] for each in ran.json["errors"]] == [reason]
    assert broken_in_keyfit(ran) == {("stack.yaml", 101, "Group")}

    ran = in_checkov(checkout, stack)
    assert ran.status == 1
    assert set(could_not_check(ran)) == {"Key", "Role", "Group"}
    assert all(reason in name for name in could_not_check(ran).values())
    assert ("stack.yaml", 101, "Group") in broken_in_checkov(ran)
    assert "CKV_KEYFIT_105" not in ran.out

    ran = in_cfn_lint(checkout, stack)
    assert ran.status == 2
    (told,) = [each for each in matches(ran) if each["Rule"]["Id"] == "E9000"]
    assert reason in told["Message"]
    assert ("stack.yaml", 101, "Group") in broken_in_cfn_lint(ran)


def test_a_failure_is_said_though_its_check_is_not_selected(checkout: Path, stack: Path) -> None:
    """Checkov's `--check` hides CKV_KEYFIT_000, so it is in the log as well."""
    rule = checkout / RULE
    rule.write_text(
        rule.read_text(encoding="utf-8") + "\n\ndef check(*_):\n    raise ZeroDivisionError('on purpose')\n"
    )
    ran = checkov("--directory", ".", "--check", "CKV_KEYFIT_105", where=stack, checks=checkout / "checks")
    assert ran.err.count("rule 105 failed: ZeroDivisionError: on purpose") == 1


@pytest.mark.parametrize(
    "broken", [Path("plugins/keyfit/scan/__init__.py"), PACKAGE, RULE], ids=["scan", "package", "rule"]
)
def test_an_engine_that_cannot_be_loaded(checkout: Path, stack: Path, broken: Path) -> None:
    """Is said to, of every resource or template."""
    (checkout / broken).write_text("def broken(:\n", encoding="utf-8")
    reason = "SyntaxError"

    if broken != PACKAGE:  # Python itself stops at that one
        ran = on_the_command_line(checkout, stack)
        assert ran.status == 2
        assert reason in ran.err + ran.out  # a file's fault in JSON, where the run itself begins

    ran = in_checkov(checkout, stack)
    assert ran.status == 1
    assert {rule for _, rule, _ in broken_in_checkov(ran)} == {0}
    assert set(could_not_check(ran)) == {"Key", "Role", "Group"}
    assert all("the engine cannot be loaded" in name and reason in name for name in could_not_check(ran).values())

    ran = in_cfn_lint(checkout, stack)
    assert ran.status == 2
    (told,) = matches(ran)
    assert told["Rule"]["Id"] == "E9000"
    assert "the engine cannot be loaded" in told["Message"]
    assert reason in told["Message"]


def test_an_engine_that_wants_to_exit(checkout: Path, stack: Path) -> None:
    """Does not take the host with it."""
    (checkout / "plugins/keyfit/scan/__init__.py").write_text("raise SystemExit(0)\n", encoding="utf-8")
    ran = in_checkov(checkout, stack)
    assert ran.status == 1
    assert all("SystemExit" in name for name in could_not_check(ran).values())
    assert len(could_not_check(ran)) == 3
    assert in_cfn_lint(checkout, stack).status == 2


def test_another_keyfit_that_is_imported_already(checkout: Path, stack: Path, tmp_path: Path) -> None:
    """Is named with the one that belongs there."""
    other = tmp_path / "other"
    (other / "keyfit").mkdir(parents=True)
    (other / "keyfit" / "__init__.py").write_text("", encoding="utf-8")
    (other / "sitecustomize.py").write_text("import keyfit\n", encoding="utf-8")
    for ran in (
        in_checkov(checkout, stack, PYTHONPATH=str(other)),
        in_cfn_lint(checkout, stack, PYTHONPATH=str(other)),
    ):
        assert ran.status
        assert f"keyfit is already imported from `{other}/keyfit/__init__.py`" in ran.out
        assert f"this file belongs to `{checkout}/plugins`" in ran.out


def test_the_same_keyfit_imported_already_is_used(checkout: Path, stack: Path, tmp_path: Path) -> None:
    """There is only one engine."""
    (tmp_path / "sitecustomize.py").write_text("import keyfit\n", encoding="utf-8")
    path = f"{tmp_path}:{checkout / 'plugins'}"
    assert could_not_check(in_checkov(checkout, stack, PYTHONPATH=path)) == {}


def test_a_loader_without_its_engine_uses_the_installed_one(tmp_path: Path, stack: Path) -> None:
    """A copy of the folder alone is enough where keyfit is installed."""
    shutil.copytree(ROOT / "checks", tmp_path / "alone", ignore=shutil.ignore_patterns("__pycache__"))
    ran = checkov("--directory", ".", "--output", "json", where=stack, checks=tmp_path / "alone")
    assert broken_in_checkov(ran) == {("stack.yaml", 101, "Group")}


def test_a_template_that_only_the_host_can_read(checkout: Path, stack: Path) -> None:
    """Checkov reads what keyfit's reader refuses, and says of its resources that they are not checked."""
    template = checkout / "plugins/keyfit/readers/cloudformation/template/loading.py"
    text = template.read_text(encoding="utf-8")
    assert "\nLONGEST: Final = " in text
    template.write_text(text.replace("\nLONGEST: Final = ", "\nLONGEST: Final = 1 # "), encoding="utf-8")
    ran = in_checkov(checkout, stack)
    assert ran.status == 1
    assert set(could_not_check(ran)) == {"Key", "Role", "Group"}
    assert on_the_command_line(checkout, stack).status == 2


def test_a_check_that_fails_in_the_host_itself(checkout: Path, stack: Path) -> None:
    """Is no silence: CKV_KEYFIT_000 comes after it on the same resource."""
    host = checkout / "plugins/keyfit/hosts/in_checkov/template.py"
    text = host.read_text(encoding="utf-8")
    spoilt = text.replace(
        "def evidence(", "def evidence(findings: object) -> str:\n    raise KeyError('on purpose')\n\n\ndef _("
    )
    assert spoilt != text
    host.write_text(spoilt, encoding="utf-8")
    ran = in_checkov(checkout, stack)
    assert ran.status == 1
    assert "Group" in could_not_check(ran)
    assert "KeyError: 'on purpose'" in could_not_check(ran)["Group"]


def test_a_broken_file_beside_a_good_one(tmp_path: Path) -> None:
    """The good one is checked, whatever the broken one is."""
    stacks.write(tmp_path, stacks.BROKEN, "good.yaml")
    stacks.write(tmp_path, "Resources:\n  Key:\n\tType: AWS::KMS::Key\n", "tabs.yaml")
    stacks.write(tmp_path, '{"AWSTemplateFormatVersion": "2010-09-09", "Resources": ', "cut.json")
    ran = run(command("keyfit"), "check", "--format", "json", ".", where=tmp_path)
    assert ran.status == 2
    assert {(Path(each["path"]).name, each["line"]) for each in ran.json["errors"]} == {
        ("tabs.yaml", 3),
        ("cut.json", 1),
    }
    assert broken_in_keyfit(ran) == {("good.yaml", 101, "Group")}
    assert broken_in_checkov(checkov("--directory", ".", "--output", "json", where=tmp_path)) == {
        ("good.yaml", 101, "Group")
    }
