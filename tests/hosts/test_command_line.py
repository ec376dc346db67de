"""The command line: status, arguments, and what it tells of itself."""

import json
import os
import pty
import re
import select
import subprocess
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from keyfit import catalogue
from keyfit.catalogue import handbook
from keyfit.hosts.cli import keyfit as group
from keyfit.hosts.cli.examples import Exemplified
from keyfit.render.formats import FORMATS
from tests.bench.estate import estate
from tests.hosts import stacks
from tests.hosts.commands import CHECKS, RULES, STACKS, command, keyfit, run


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a stack for each verdict."""
    stacks.write(tmp_path, stacks.BROKEN, "broken.yaml")
    stacks.write(tmp_path, stacks.RIGHT, "right.yaml")
    stacks.write(tmp_path, stacks.UNPROVEN, "unproven.yaml")
    stacks.write(tmp_path, "Resources: [", "unreadable.yaml")
    return tmp_path


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (("right.yaml",), 0),
        (("unproven.yaml",), 0),
        (("unproven.yaml", "--fail-on", "unproven"), 1),
        (("broken.yaml",), 1),
        (("broken.yaml", "--fail-on", "error"), 1),
        (("broken.yaml", "--ignore", "101"), 0),
        (("broken.yaml", "--select", "personalize-role-*,402"), 0),
        (("broken.yaml", "--select", "feature-store,keys"), 0),
        (("broken.yaml", "--select", "personalize"), 1),
        (("right.yaml", "unreadable.yaml"), 2),
        (("broken.yaml", "unreadable.yaml"), 2),
        (("missing.yaml",), 2),
    ],
)
def test_the_status_says_what_was_found(folder: Path, words: tuple[str, ...], status: int) -> None:
    """0 nothing broken, 1 something broken, 2 something could not be checked; 2 wins."""
    ran = keyfit("check", *words, where=folder)
    assert (ran.status, ran.err) == (status, "")


def test_a_warning_fails_only_where_that_is_asked_for(tmp_path: Path) -> None:
    """It is shown all the same."""
    stacks.write(tmp_path, stacks.WARNED)
    strict, lenient = (keyfit("check", ".", *words, where=tmp_path) for words in (("--fail-on", "warning"), ()))
    assert (strict.status, lenient.status) == (1, 0)
    assert strict.out == lenient.out
    assert "103 personalize-role-both-sides (warning)" in lenient.out


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("check", "--account", "1234"), "account `1234` is not 12 digits"),
        (("check", "--region", "Ireland"), "region `Ireland` is not the name of a Region"),
        (("check", "--parameter", "Stage"), "`Stage` is not of the form `NAME=VALUE`"),
        (("check", "--parameters-file", "missing.json"), "missing.json"),
        (("check", "--parameters-file", "broken.yaml"), "broken.yaml:1:1: the file is not JSON"),
        (("check", "--format", "xml"), "'xml' is not one of 'text', 'json'"),
        (("check", "--acount", "1"), "No such option '--acount'"),
        (("explain", "key-symetric"), "`key-symetric` is not a rule or a fact (near it: `key-symmetric`"),
        (("explain", "K131"), "`K131` is not a rule or a fact (near it: `K31`, `K13`, `K11`): see `keyfit rules`"),
        (("explain", "?"), "`?` is not a rule or a fact: see `keyfit rules`"),
        (("path", "plugins"), "'plugins' is not one of 'checks', 'rules'"),
        (("decide", "missing.json"), "missing.json"),
        (("decide", "broken.yaml"), "broken.yaml:1:1: this is not JSON"),
        (("nonsense",), "No such command 'nonsense'"),
    ],
)
def test_bad_usage_is_told_in_one_line(folder: Path, words: tuple[str, ...], reason: str) -> None:
    """Status 2, nothing on standard output, no traceback."""
    ran = keyfit(*words, where=folder)
    assert (ran.status, ran.out) == (2, "")
    assert reason in ran.err
    assert "Traceback" not in ran.err


@pytest.mark.parametrize("words", [("--select", "1O1"), ("--ignore", "personalise")])
def test_a_misspelt_rule_is_bad_usage(folder: Path, words: tuple[str, ...]) -> None:
    """It would select nothing, or ignore nothing."""
    ran = keyfit("check", *words, ".", where=folder)
    assert ran.status == 2
    assert "is not a rule" in ran.out + ran.err


def test_a_misspelt_variable_of_the_environment_is_told(folder: Path) -> None:
    """Nothing is checked by settings that nobody meant."""
    ran = keyfit("check", "right.yaml", where=folder, KEYFIT_ACOUNT="111122223333")
    assert ran.status == 2
    assert "`KEYFIT_ACOUNT` is not a setting: did you mean `KEYFIT_ACCOUNT`?" in ran.out + ran.err


def test_the_json_keeps_to_its_schema() -> None:
    """`keyfit schema` prints it."""
    schema = keyfit("schema").json
    ran = keyfit("check", STACKS, "--format", "json")
    Draft202012Validator(schema).validate(ran.json)
    assert {each["verdict"] for each in ran.json["findings"]} == {"broken", "holds", "unproven"}


@pytest.mark.deep
def test_two_runs_give_the_same_bytes() -> None:
    """Whatever the order of Python's sets."""
    for form in FORMATS:
        words = ("check", STACKS, "--format", form, "--show", "unproven", "--show", "holds")
        first, second = (keyfit(*words, PYTHONHASHSEED=seed) for seed in ("1", "2"))
        assert first.out == second.out


def test_a_parameter_decides_what_was_open() -> None:
    """From a flag, or from a file."""
    stack = STACKS / "broken-in-production.yaml"
    assert keyfit("check", stack).status == 1
    assert keyfit("check", stack, "--parameter", "Stage=development").status == 0
    ran = keyfit("check", stack, "--parameter", "Stage=production", "--format", "json")
    assert {each["scenario"] and each["scenario"].get("IsProd") for each in ran.json["findings"]} == {None}
    assert ran.status == 1


def test_an_account_makes_known_what_depends_on_it(tmp_path: Path) -> None:
    """A literal account id against the deployment's own is open until it is given."""
    literal = stacks.RIGHT.replace('!Sub "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"', '"111122223333"')
    literal = literal.replace("              AWS: !GetAtt Role.Arn\n", "").replace(
        "kms:ListGrants\n                R", "kms:*\n                R"
    )
    stacks.write(tmp_path, literal)
    words = ("check", ".", "--format", "json", "--select", "102")
    verdicts = [
        keyfit(*words, *account, where=tmp_path).json["findings"][0]["verdict"]
        for account in ((), ("--account", "111122223333"), ("--account", "444455556666"))
    ]
    assert verdicts == ["unproven", "holds", "broken"]


def test_decide_answers_cases(tmp_path: Path) -> None:
    """From a file or from standard input; with the words where they are asked for."""
    key = "arn:aws:kms:eu-west-1:111122223333:key/1234"
    statement = {"Effect": "Allow", "Principal": {"Service": "personalize.amazonaws.com"}, "Action": "kms:Decrypt"}
    policy = {"Version": "2012-10-17", "Statement": [statement | {"Sid": "One", "Resource": "*"}]}
    request = {"principal": "personalize.amazonaws.com", "action": "kms:Decrypt", "resource": key}
    case = {"id": "one", "policies": {"resource": policy}, "request": request}
    file = stacks.write(tmp_path, json.dumps([case, case | {"id": "two", "policies": {}}]), "cases.json")
    ran = keyfit("decide", file)
    assert ran.status == 0
    assert [(each["id"], each["decision"], each["deny"]) for each in ran.json] == [
        ("one", "allowed", None),
        ("two", "denied", "implicit"),
    ]
    assert ran.json[0]["statements"] == [{"policy": "resource", "index": 0, "sid": "One"}]
    assert "one:" in keyfit("decide", file, "--explain").out
    piped = subprocess.run([command("keyfit"), "decide", "-"], input=file.read_bytes(), capture_output=True, check=True)
    assert piped.stdout.decode() == ran.out


def test_every_rule_is_listed_and_explained() -> None:
    """By number and by name alike."""
    listed = [line.split()[0] for line in keyfit("rules").out.splitlines() if line.startswith("  ")]
    assert [int(number) for number in listed] == [rule.number for rule in catalogue.every_rule()]
    by_number, by_name = keyfit("explain", "101"), keyfit("explain", "personalize-service-key-access")
    assert by_number.out == by_name.out
    assert by_number.out.startswith("101 personalize-service-key-access (error)\n")
    assert "CKV_KEYFIT_101" in by_number.out
    assert "E9101" in by_number.out


def test_the_tables_of_the_rules_are_those_of_the_handbook() -> None:
    """Of the rules with their groups, and of the types that they are about."""
    tables = keyfit("rules", "--format", "markdown").out
    assert tables in handbook.PAGE.read_text(encoding="utf-8")
    assert "`AWS::Personalize::DatasetGroup`" in tables
    assert keyfit("rules").out.startswith("seen: What was seen\n")


def test_a_fact_is_explained_by_itself_and_with_the_rules_that_rest_on_it() -> None:
    """With its page and the day; rules can rest on pages alone, too."""
    alone = keyfit("explain", "k14").out
    assert alone.startswith("K14: ")
    assert "https://docs.aws.amazon.com/" in alone
    assert "(as of 20" in alone
    assert alone in keyfit("explain", "505").out


def test_the_folders_of_the_loaders_are_told() -> None:
    """Those of the checkout, in a checkout."""
    assert keyfit("path", "checks").out == f"{CHECKS}\n"
    assert keyfit("path", "rules").out == f"{RULES}\n"


def test_the_version_comes_with_the_dates_of_its_data() -> None:
    """Facts grow old."""
    out = keyfit("--version").out
    assert out.startswith("keyfit 0.")
    assert "kms actions as of 20" in out
    assert "managed policies as of 20" in out


def test_help_is_there_for_every_command() -> None:
    """And names each argument of a check."""
    commands = ("check", "diff", "init", "decide", "rules", "explain", "path", "doctor", "schema")
    assert all(name in keyfit("--help").out for name in commands)
    shown = keyfit("check", "--help").out
    for option in ("account", "region", "parameter", "parameters-file", "var", "var-file", "plan", "deployer", "root"):
        assert f"--{option} " in shown
    for option in ("all-keys", "select", "ignore", "show", "format", "output", "fail-on", "changed", "require-reasons"):
        assert f"--{option} " in shown


@pytest.mark.parametrize("name", sorted(group.commands))
def test_every_command_has_examples_of_itself(name: str) -> None:
    """Each is a call of the command, with options that it has."""
    found = group.commands[name]
    assert isinstance(found, Exemplified)
    assert found.examples
    options = {word for each in found.params for word in each.opts}
    for line, words in found.examples:
        first, second, *others = line.partition(" > ")[0].split()
        assert (first, second) == ("keyfit", name)
        assert {word for word in others if word.startswith("--")} <= options
        assert words


def test_a_wrong_call_is_answered_with_a_right_one() -> None:
    """Status 2, what is wrong, and an example."""
    ran = keyfit("explain")
    assert ran.status == 2
    assert ran.err.endswith("Error: Missing argument 'WHAT'.\nFor example: keyfit explain 101\n")
    assert "`x` is not a number of processes from 1 to 256" in keyfit("check", "--jobs", "x").err
    assert "such as `Stage=production`" in keyfit("check", "--parameter", "Stage").err
    unwritable = keyfit("check", "--output", "json=nowhere/x.json", STACKS / "correct.yaml")
    assert "`nowhere/x.json` cannot be written (No such file or directory): choose another file" in unwritable.err


def test_a_shell_completes_commands_and_options() -> None:
    """As click does it; the README says how to switch it on."""
    assert keyfit(COMP_WORDS="keyfit ch", COMP_CWORD="1", _KEYFIT_COMPLETE="bash_complete").out == "plain,check\n"
    shown = keyfit(COMP_WORDS="keyfit check --form", COMP_CWORD="2", _KEYFIT_COMPLETE="bash_complete").out
    assert shown == "plain,--format\n"
    assert "complete -o nosort -F" in keyfit(_KEYFIT_COMPLETE="bash_source").out


def on_a_terminal(folder: Path, **environment: str) -> str:
    """What `keyfit check` writes to a terminal."""
    ours, theirs = pty.openpty()
    clean = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    with subprocess.Popen(
        [command("keyfit"), "check", "broken.yaml"], cwd=folder, stdout=theirs, env=clean | environment
    ) as process:
        process.wait(timeout=60)
    os.close(theirs)
    shown = b"".join(iter(lambda: read_terminal(ours), b""))
    os.close(ours)
    return shown.decode()


def read_terminal(ours: int) -> bytes:
    """Some of what was written; nothing when that was all."""
    if not select.select([ours], [], [], 0.2)[0]:
        return b""
    try:
        return os.read(ours, 65_536)
    except OSError:  # how Linux says that the other end is closed
        return b""


def test_colours_are_for_terminals_only(folder: Path) -> None:
    """And for nobody who sets NO_COLOR."""
    assert "\x1b[" in on_a_terminal(folder)
    assert "\x1b[" not in on_a_terminal(folder, NO_COLOR="1")
    assert "\x1b[" not in keyfit("check", "broken.yaml", where=folder).out


def test_a_terminal_that_knows_no_unicode_is_served(tmp_path: Path) -> None:
    """What it cannot show is spelled out."""
    stacks.write(tmp_path, stacks.BROKEN, "stäck.yaml")
    ran = keyfit("check", ".", where=tmp_path, PYTHONIOENCODING="ascii", PYTHONUTF8="0", LC_ALL="C")
    assert ran.status == 1
    assert ran.out.isascii()
    assert "101 personalize-service-key-access" in ran.out


def test_the_module_is_the_command() -> None:
    """`python -m keyfit` does the same."""
    assert run(command("python"), "-m", "keyfit", "rules").out == keyfit("rules").out


@pytest.mark.deep
def test_the_doctor_finds_every_host_well() -> None:
    """Each installed host finds the fault in the embedded stack of each language that it reads."""
    ran = keyfit("doctor")
    assert ran.status == 0, ran.out
    lines = {line[:13].strip(): line[13:].strip() for line in ran.out.splitlines()}
    assert set(lines) == {"keyfit", "command line", "Checkov", "cfn-lint", "hcl2"}
    found = {host: words[: words.index(";")] for host, words in lines.items() if ";" in words}
    assert found == {
        "command line": "finds the fault (rule 101) in CloudFormation and Terraform",
        "Checkov": "finds the fault (rule 101) in CloudFormation and Terraform",
        "cfn-lint": "finds the fault (rule 101) in CloudFormation",
    }
    assert lines["hcl2"] == "bc-python-hcl2's, as Checkov needs it"


@pytest.mark.deep
def test_the_doctor_says_which_host_is_ill(tmp_path: Path) -> None:
    """One that fails, one that finds nothing; and the `hcl2` of python-hcl2 beside Checkov."""
    for name, text in {"checkov": "echo no; exit 1", "cfn-lint": "echo '[]'"}.items():
        script = stacks.write(tmp_path, f"#!/bin/sh\n{text}\n", name)
        script.chmod(0o755)
    stacks.write(tmp_path, "def parses_to_tree(): ...\n", "hcl2.py")
    stacks.write(tmp_path, "", "checkov.py")
    (tmp_path / "python").symlink_to(command("python"))
    ran = run(tmp_path / "python", "-m", "keyfit", "doctor", PYTHONPATH=f"{tmp_path}:{RULES.parent}")
    assert ran.status == 1
    assert "Checkov       BROKEN: it does not work: status 1: no" in ran.out
    assert "cfn-lint      BROKEN: it does not find the fault (rule 101) in CloudFormation" in ran.out
    assert "hcl2          BROKEN: python-hcl2's, and Checkov beside it cannot start" in ran.out
    assert "command line  BROKEN: it does not find the fault (rule 101) in Terraform" in ran.out


@pytest.mark.deep
def test_the_doctor_says_in_which_language_a_host_is_ill(tmp_path: Path) -> None:
    """Checkov loads the checks of each framework by itself."""
    record = {"check_id": "CKV_KEYFIT_101", "resource": "AWS::Personalize::DatasetGroup.Group"}
    report = json.dumps({"results": {"failed_checks": [record]}})
    stacks.write(tmp_path, f"#!/bin/sh\necho '{report}'\n", "checkov").chmod(0o755)
    (tmp_path / "python").symlink_to(command("python"))
    ran = run(tmp_path / "python", "-m", "keyfit", "doctor", PYTHONPATH=str(RULES.parent), PATH="/usr/bin:/bin")
    assert "Checkov       BROKEN: it does not find the fault (rule 101) in Terraform\n" in ran.out


@pytest.mark.deep
def test_the_doctor_says_how_to_install_what_is_absent(tmp_path: Path) -> None:
    """Without an `hcl2`, the command line has nothing to show in Terraform; Checkov and python-hcl2 go apart."""
    (tmp_path / "python").symlink_to(command("python"))
    none = (
        "import importlib.util as u; f = u.find_spec; u.find_spec = lambda n, p=None: None if n in OUT else f(n, p)\n"
    )
    words = ("-m", "keyfit", "doctor")
    for out, told in {
        ("hcl2", "checkov"): {
            'Checkov       not installed\n              help: pip install "keyfit[checkov]"\n',
            'cfn-lint      not installed\n              help: pip install "keyfit[cfn-lint]"\n',
            'Terraform cannot be read\n              help: pip install "keyfit[terraform]"\n',
            "command line  finds the fault (rule 101) in CloudFormation; ",
        },
        ("checkov",): {"another environment than this one with python-hcl2", "hcl2          python-hcl2's\n"},
    }.items():
        stacks.write(tmp_path / out[0], none.replace("OUT", str(out)), "sitecustomize.py")
        if "hcl2" not in out:
            stacks.write(tmp_path / out[0], "def parses_to_tree(): ...\n", "hcl2.py")
        path = f"{tmp_path / out[0]}:{RULES.parent}"
        ran = run(tmp_path / "python", *words, PYTHONPATH=path, PATH="/usr/bin:/bin")
        assert all(line in ran.out for line in told), ran.out


def waited(folder: Path, *, terminal: bool) -> str:
    """What `keyfit check` writes to its error output, be that a terminal or a pipe, while it checks many stacks."""
    ours, theirs = pty.openpty() if terminal else os.pipe()
    words = [command("keyfit"), "check", "--isolated", "--jobs", "1", "."]
    environment = {**os.environ, "TERM": "xterm"}
    with subprocess.Popen(words, cwd=folder, stdout=subprocess.DEVNULL, stderr=theirs, env=environment) as process:
        os.close(theirs)
        shown = b"".join(iter(lambda: read_while(ours, process), b""))
    os.close(ours)
    return shown.decode()


def read_while(ours: int, process: subprocess.Popen[bytes]) -> bytes:
    """Some of what is written; nothing once the command has ended and all is read."""
    while process.poll() is None:
        if select.select([ours], [], [], 0.1)[0]:
            break
    return read_terminal(ours)


def test_who_waits_at_a_terminal_sees_how_far_it_is(tmp_path: Path) -> None:
    """Files read, stacks judged, the time left, and afterwards a clear line; nothing in a pipeline."""
    estate(tmp_path, 25)
    shown = waited(tmp_path, terminal=True)
    assert re.search(r"0 files read, \d+ stacks judged", shown)
    assert re.search(r"\d+/25", shown)
    assert shown.endswith("\r\x1b[K")
    assert waited(tmp_path, terminal=False) == ""
