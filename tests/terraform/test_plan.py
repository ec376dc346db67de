"""A plan beside the source: values from the plan, structure from the source."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from keyfit.readers.given import Given
from keyfit.readers.terraform import read
from keyfit.readers.terraform.plan import reading as plan_module
from keyfit.readers.terraform.plan.planned import DEEPEST
from keyfit.value import Object, holes_in

from .worlds import stack_of, words, write

if TYPE_CHECKING:
    from pathlib import Path

    from keyfit.model.stack import Stack

pytestmark = pytest.mark.hcl

SOURCE = """
variable "env" {}
variable "names" { type = list(string) }
data "aws_caller_identity" "me" {}
data "aws_ssm_parameter" "mode" { name = "mode" }
module "keys" {
  source = "./keys"
  for_each = toset(var.names)
}
resource "aws_kms_key" "k" {
  count  = var.env == "prod" ? 1 : 0
  policy = jsonencode({
    Statement = [{ Principal = { AWS = aws_iam_role.r.arn }, Sid = data.aws_ssm_parameter.mode.value }]
  })
}
resource "aws_iam_role" "r" { name_prefix = "r-" }
"""
CHILD = """
data "aws_ssm_parameter" "x" { name = "x" }
resource "aws_kms_key" "k" { tags = { x = data.aws_ssm_parameter.x.value } }
"""


def _parameter(address: str, value: str) -> dict[str, object]:
    return {"address": address, "mode": "data", "type": "aws_ssm_parameter", "values": {"value": value, "arn": None}}


IDENTITY = {
    "address": "data.aws_caller_identity.me",
    "mode": "data",
    "type": "aws_caller_identity",
    "values": {"account_id": "111122223333"},
}
CONFIGURATION: dict[str, Any] = {
    "variables": {"env": {}, "names": {}},
    "module_calls": {"keys": {"source": "./keys"}},
    "resources": [
        {"mode": "managed", "type": "aws_kms_key", "name": "k"},
        {
            "address": "data.aws_caller_identity.me",
            "mode": "data",
            "type": "aws_caller_identity",
            "name": "me",
            "provider_config_key": "aws",
        },
    ],
}
PLAN: dict[str, Any] = {
    "format_version": "1.2",
    "configuration": {"root_module": CONFIGURATION},
    "variables": {"env": {"value": "prod"}, "names": {"value": ["a"]}},
    "prior_state": {
        "values": {
            "root_module": {
                "resources": [IDENTITY, _parameter("data.aws_ssm_parameter.mode", "m")],
                "child_modules": [
                    {"resources": [_parameter('module.keys["a"].data.aws_ssm_parameter.x', "deep")]},
                ],
            }
        }
    },
}


def planned(folder: Path, plan: object, source: str = SOURCE, **given: Any) -> Stack:  # noqa: ANN401 - of `Given`
    """The stack that the source is with this plan, as a document or as its text."""
    text = plan if isinstance(plan, str) else json.dumps(plan)
    root = write(folder, {"main.tf": source, "keys/main.tf": CHILD, "plan.json": text})
    return read(root, Given(root, plan=root / "plan.json", **given))


def told(stack: Stack) -> list[str]:
    """The problems in words, without the plan's name."""
    return [re.sub(r"`[^`]*plan.json`", "the plan", each.message) for each in stack.problems]


def tag(stack: Stack) -> str:
    """The only key's tag `x` in words."""
    (key,) = stack.keys
    assert isinstance(key.tags, Object)
    return words(key.tags.find("x"))


def test_a_plan_gives_the_values_that_the_source_does_not_tell(tmp_path: Path) -> None:
    """Variables and data sources are known from the plan; a policy with an unknown part keeps its structure."""
    stack = planned(tmp_path, PLAN)
    assert stack.problems == ()
    keys = {key.block.address: key for key in stack.keys}
    assert list(keys) == ["aws_kms_key.k[0]", 'module.keys["a"].aws_kms_key.k']
    assert words(keys["aws_kms_key.k[0]"].policy.document) == (
        "{Statement: [{Principal: {AWS: "
        '"arn:${partition}:iam::111122223333:role/r-${aws_iam_role.r.name_suffix}"}, Sid: '
        '"m"}]}'
    )
    assert words(keys['module.keys["a"].aws_kms_key.k'].tags) == '{x: "deep"}'


@pytest.mark.parametrize(
    "plan",
    [
        "{",
        "[]",
        "[" * 100_000,
        '""',
        "\x00PK",
        '{"format_version": "1.0"}',
        json.dumps(PLAN).replace('"prod"', "NaN"),
        json.dumps(PLAN).replace('"prod"', "1e999"),
    ],
)
def test_a_file_that_is_no_plan_is_told(tmp_path: Path, plan: str) -> None:
    """It is no crash and no pass: the source is read as without it, and how to make a plan is said."""
    stack = planned(tmp_path, plan)
    assert told(stack) == ["the plan is not a plan in JSON: `terraform show -json` converts a plan file to it"]
    assert [words(key.account) for key in stack.keys] == [words(key.account) for key in stack_of(tmp_path, SOURCE).keys]


@pytest.mark.parametrize("odd", [[], {}, {"mode": "data"}, None, 1, 10**400])
def test_what_no_plan_has_where_a_word_stands_is_told(tmp_path: Path, odd: object) -> None:
    """It is no crash and no pass: the place in the plan is named, and the source is read as without the plan."""
    resources = [*CONFIGURATION["resources"], {"mode": odd, "type": odd, "name": odd, "address": odd}]
    change = {"mode": odd, "type": odd, "address": odd, "change": {"actions": odd, "after": odd, "before": odd}}
    configuration = {"root_module": {**CONFIGURATION, "resources": resources}}
    more = {"configuration": configuration, "resource_changes": [change], "terraform_version": odd}
    stack = planned(tmp_path, {**PLAN, **more})
    [problem] = stack.problems
    assert "is not a plan as Terraform writes it: " in problem.message
    assert "configuration.root_module.resources" in problem.message or "resource_changes" in problem.message
    assert [key.block.address for key in stack.keys] == ["aws_kms_key.k[0]", "module.keys[*].aws_kms_key.k"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"format_version": "2.0"}, "the plan is a plan in format `2.0`, which is not supported"),
        ({"format_version": None}, "the plan is a plan in format `None`, which is not supported"),
        (
            {"configuration": {"root_module": CONFIGURATION | {"variables": {"env": {}, "names": {}, "more": {}}}}},
            "the plan is a plan of another configuration: only one of the two has `var.more`",
        ),
        (
            {"configuration": {"root_module": {}}},
            "the plan is a plan of another configuration: only one of the two has `var.env`, `var.names`",
        ),
        (
            {
                "configuration": {
                    "root_module": CONFIGURATION
                    | {
                        "module_calls": {"keys": {}, "b" * 300: {}},
                        "resources": [
                            {"mode": "data", "type": "aws_region", "name": "a"},
                            {"mode": "managed", "type": "aws_kms_key", "name": "a"},
                            {"mode": "managed", "type": "aws_kms_key", "name": "b"},
                        ],
                    }
                }
            },
            (
                "the plan is a plan of another configuration: "
                "only one of the two has `aws_kms_key.a`, `aws_kms_key.b`, `data.aws_region.a` and 1 more"
            ),
        ),
    ],
)
def test_a_plan_of_something_else_is_told_and_tells_nothing(
    tmp_path: Path, change: dict[str, object], message: str
) -> None:
    """What was planned has to be in the source, and the variables are the same in both."""
    stack = planned(tmp_path, PLAN | change)
    assert told(stack) == [message]
    assert [key.block.address for key in stack.keys] == [key.block.address for key in stack_of(tmp_path, SOURCE).keys]


def test_what_a_plan_says_of_its_place_has_to_agree_with_what_the_user_says(tmp_path: Path) -> None:
    """The account that the default provider is in, as a data source has returned it."""
    other = planned(tmp_path, PLAN, account="444455556666")
    assert told(other) == ["the plan is a plan for the account `111122223333`, and `444455556666` is given"]
    assert told(planned(tmp_path, PLAN, account="111122223333")) == []


@pytest.mark.parametrize(
    "other",
    [
        {"provider_config_key": "aws.elsewhere"},
        {"expressions": {"region": {"constant_value": "eu-west-1"}}},
        {"address": "data.aws_caller_identity.you", "name": "you"},
    ],
)
def test_only_the_default_provider_tells_where_the_stack_is_deployed(tmp_path: Path, other: dict[str, object]) -> None:
    """An alias has an account of its own."""
    resources = [CONFIGURATION["resources"][0], CONFIGURATION["resources"][1] | other]
    source = SOURCE.replace('" "me"', '" "you"') if "address" in other else SOURCE
    stack = planned(
        tmp_path, PLAN | {"configuration": {"root_module": CONFIGURATION | {"resources": resources}}}, source
    )
    assert told(stack) == []
    assert words(stack.account) == '"${account}"'


def test_values_of_variables_are_converted_to_their_types(tmp_path: Path) -> None:
    """As any other value; what is absent from the plan is what the source says."""
    source = """
    variable "n" { type = string }
    variable "o" { type = object({ a = optional(string, "b") }) }
    variable "nothing" { default = "x" }
    variable "new" { default = "y" }
    resource "aws_kms_key" "k" { tags = { x = "${var.n}${var.o.a}${var.nothing == null}${var.new}" } }
    """
    values = {"n": {"value": 3}, "o": {"value": {}}, "nothing": {"value": None}, "new": {}}
    configuration: dict[str, Any] = {"root_module": {"variables": {name: {} for name in values}}}
    plan = {"format_version": "1.2", "configuration": configuration, "variables": values}
    assert tag(planned(tmp_path, plan, source)) == '"3btruey"'


def test_a_value_that_is_nested_too_deeply_is_unknown(tmp_path: Path) -> None:
    """It is not null, nor left out."""
    source = 'variable "deep" {}\nresource "aws_kms_key" "k" { tags = { x = "a${jsonencode(var.deep)}" } }\n'
    deep: list[Any] = []
    for _ in range(DEEPEST + 10):
        deep = [deep]
    configuration: dict[str, Any] = {"root_module": {"variables": {"deep": {}}}}
    plan = {"format_version": "1.2", "configuration": configuration, "variables": {"deep": {"value": deep}}}
    assert "${bound}" in tag(planned(tmp_path, plan, source))


OUTSIDE = """
data "aws_kms_key" "theirs" { key_id = "alias/theirs" }
data "aws_iam_policy_document" "own" {
  statement { resources = [data.aws_kms_key.theirs.arn] }
}
data "aws_iam_role" "own" { name = aws_iam_role.own.name }
resource "aws_iam_role" "own" { name = "own" }
resource "aws_kms_key" "k" { tags = { x = EXPRESSION } }
"""
KEY_ARN = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"


@pytest.mark.parametrize(
    ("expression", "known"),
    [
        ("data.aws_kms_key.theirs.arn", f'"{KEY_ARN}"'),
        ("jsondecode(data.aws_iam_policy_document.own.json).Statement[0].Resource", f'"{KEY_ARN}"'),
        ("data.aws_iam_role.own.arn", '"arn:${partition}:iam::${account}:role/own"'),
    ],
)
def test_a_plan_tells_what_lies_outside_the_source(tmp_path: Path, expression: str, known: str) -> None:
    """A policy document, and what the source has itself, are read from the source, which tells where it is written."""
    found = {
        "aws_kms_key.theirs": {"arn": KEY_ARN},
        "aws_iam_policy_document.own": {"json": '{"Statement": [{"Resource": "stale"}]}'},
        "aws_iam_role.own": {"arn": "stale"},
    }
    resources = [{"address": f"data.{name}", "mode": "data", "values": values} for name, values in found.items()]
    state = {"values": {"root_module": {"resources": resources}}}
    plan = {"format_version": "1.2", "configuration": {}, "prior_state": state}
    assert tag(planned(tmp_path, plan, OUTSIDE.replace("EXPRESSION", expression))) == known


def test_what_is_read_again_when_the_plan_is_applied_is_not_known(tmp_path: Path) -> None:
    """The prior state has what it was before."""
    again = [{"address": "data.aws_kms_key.theirs", "mode": "data", "change": {"actions": ["read"]}}]
    values = {"address": "data.aws_kms_key.theirs", "mode": "data", "values": {"arn": KEY_ARN}}
    state = {"values": {"root_module": {"resources": [values]}}}
    plan = {"format_version": "1.2", "configuration": {}, "prior_state": state, "resource_changes": again}
    assert KEY_ARN not in tag(planned(tmp_path, plan, OUTSIDE.replace("EXPRESSION", "data.aws_kms_key.theirs.arn")))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_plan_lies_anywhere_and_in_any_encoding_of_json(tmp_path: Path, encoding: str) -> None:
    """The user names it; PowerShell writes what a command prints as UTF-16."""
    root = write(tmp_path / "source", {"main.tf": SOURCE, "keys/main.tf": CHILD})
    (tmp_path / "plan.json").write_text(json.dumps(PLAN), encoding=encoding)
    assert len(read(root, Given(root, plan=tmp_path / "plan.json")).keys) == 2


def test_a_plan_that_is_too_large_or_not_there_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of it is read."""
    monkeypatch.setattr(plan_module, "LARGEST", 10)
    assert told(planned(tmp_path, PLAN)) == ["the plan is larger than 10 bytes"]
    assert told(read(tmp_path, Given(tmp_path, plan=tmp_path / "no" / "plan.json"))) == ["the plan is not a file"]


REAL = r"""
variable "service" {}
variable "unused" {
  type    = list(string)
  default = []
}
data "terraform_remote_state" "other" {
  backend = "local"
  config  = { path = "${path.module}/other.tfstate" }
}
data "terraform_remote_state" "later" {
  backend    = "local"
  config     = { path = "${path.module}/other.tfstate" }
  depends_on = [terraform_data.x]
}
module "m" {
  source   = "./m"
  for_each = toset(["a", "b\"c"])
}
resource "terraform_data" "x" {
  input = var.service
}
"""
OF_MODULE = """
data "terraform_remote_state" "other" {
  backend = "local"
  config  = { path = "${path.root}/other.tfstate" }
}
output "o" {
  value = data.terraform_remote_state.other.outputs.o
}
"""
STATE = '{"version": 4, "terraform_version": "1.9.0", "serial": 1, "lineage": "x", "resources": [], "outputs": OUT}'


@pytest.mark.skipif(shutil.which("terraform") is None, reason="there is no terraform command")
def test_a_plan_that_terraform_itself_made(tmp_path: Path) -> None:
    """Variables, a default, and data sources in copies of a module; what it reads later is not known."""
    state = STATE.replace("OUT", '{"o": {"value": "v", "type": "string"}}')
    root = write(tmp_path, {"main.tf": REAL, "m/main.tf": OF_MODULE, "other.tfstate": state})
    for command in ("init", "plan -var service=personalize -out p.bin"):
        subprocess.run(["terraform", *command.split(), "-no-color"], cwd=root, check=True, capture_output=True)
    shown = subprocess.run(
        ["terraform", "show", "-json", "p.bin"], cwd=root, check=True, capture_output=True, text=True
    )
    tags = (
        "{ a = var.service, b = data.terraform_remote_state.other.outputs.o, "
        'c = module.m["b\\"c"].o, d = data.terraform_remote_state.later.outputs.o, e = length(var.unused) }'
    )
    write(root, {"plan.json": shown.stdout, "key.tf": f'resource "aws_kms_key" "k" {{ tags = {tags} }}\n'})
    without = read(root, Given(root))
    stack = read(root, Given(root, plan=root / "plan.json"))
    assert stack.problems == ()
    (key,), (unknown,) = stack.keys, without.keys
    assert isinstance(key.tags, Object)
    assert isinstance(unknown.tags, Object)
    assert [words(key.tags.find(name)) for name in "abce"] == ['"personalize"', '"v"', '"v"', "0"]
    assert all(list(holes_in(unknown.tags.find(name))) for name in "abcd")
    assert list(holes_in(key.tags.find("d")))


_MEASURED = """
import resource, sys, time
from pathlib import Path
from keyfit.readers.terraform.plan.reading import read_plan
before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
plan = read_plan(Path(sys.argv[1]))
print(time.process_time() - began, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024, len(plan.data))
"""


@pytest.mark.deep
def test_a_large_plan_takes_memory_and_time_as_it_is_large(tmp_path: Path) -> None:
    """Six times its size at most, and twice the time for twice the size: what nobody asks for is not looked at."""
    found = []
    for copies in (10_000, 20_000):
        values = {"value": "v" * 300, "arn": KEY_ARN, "tags": {"a": "b"}, "version": 3, "with_decryption": True}
        resources = [
            {
                **_parameter(f"data.aws_ssm_parameter.mode[{at}]", str(at)),
                "values": values,
                "sensitive_values": {"tags": {}},
            }
            for at in range(copies)
        ]
        state = {"values": {"root_module": {"resources": resources}}}
        path = tmp_path / "plan.json"
        path.write_text(json.dumps(PLAN | {"prior_state": state}))
        told = subprocess.run(
            [sys.executable, "-c", _MEASURED, path], check=True, capture_output=True, text=True
        ).stdout
        seconds, memory, count = map(float, told.split())
        assert count == copies
        assert memory < 6 * path.stat().st_size
        found.append(seconds)
    assert found[1] < 4 * found[0]
