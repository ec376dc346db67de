"""What exists decides: what a plan shows of a resource comes before what the source says of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from keyfit.model.findings import Verdict
from keyfit.readers import terraform
from keyfit.readers.given import Given
from keyfit.scan.judging import check_stack
from keyfit.settings import Settings
from tests.terraform.plans import Made, plan_of
from tests.terraform.worlds import words, write

if TYPE_CHECKING:
    from pathlib import Path

    from keyfit.model.stack import Stack
    from keyfit.scan.judging import Checked

pytestmark = pytest.mark.hcl

ACTIONS = ["kms:Decrypt", "kms:GenerateDataKey", "kms:DescribeKey", "kms:CreateGrant", "kms:ListGrants"]
ROOT = {
    "Sid": "Owner",
    "Effect": "Allow",
    "Principal": {"AWS": "arn:aws:iam::111122223333:root"},
    "Action": "kms:*",
    "Resource": "*",
}
SERVICE = {
    "Sid": "Service",
    "Effect": "Allow",
    "Principal": {"Service": "personalize.amazonaws.com"},
    "Action": ACTIONS,
    "Resource": "*",
}
TRUST = {"Effect": "Allow", "Principal": {"Service": "personalize.amazonaws.com"}, "Action": "sts:AssumeRole"}
USE = {"Effect": "Allow", "Action": ACTIONS, "Resource": "*"}


def document(*statements: object) -> str:
    """A policy in JSON."""
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


GOOD, BAD = document(ROOT, SERVICE), document(ROOT)
ROLE = f"""
resource "aws_iam_role" "plum" {{
  name               = "plum"
  assume_role_policy = jsonencode({document(TRUST)})
}}
resource "aws_iam_role_policy" "plum" {{
  name   = "use"
  role   = aws_iam_role.plum.name
  policy = jsonencode({document(USE)})
}}
"""
GROUP = """
data "aws_caller_identity" "me" {}
resource "awscc_personalize_dataset_group" "plum" {
  name        = "plum"
  kms_key_arn = KEY
  role_arn    = ROLE
}
"""


def source(
    key: str | None, more: str = "", *, arn: str = "aws_kms_key.plum.arn", role: str = "aws_iam_role.plum.arn"
) -> str:
    """A dataset group with a key of these arguments, and a role."""
    mine = f'resource "aws_kms_key" "plum" {{\n{key}\n}}\n' if key is not None else ""
    return f"{ROLE}{mine}{GROUP.replace('KEY', arn).replace('ROLE', role)}{more}"


def plan_for(folder: Path, text: str, made: Made = Made.THERE) -> Any:  # noqa: ANN401 - JSON
    """A plan of that source."""
    root = write(folder, text)
    return plan_of(root, Given(root), made, terraform.read(root, Given(root)))


def checked(folder: Path, plan: object, **given: Any) -> Checked:  # noqa: ANN401 - of `Given`
    """What is found of what is written in the folder, with that plan."""
    (folder / "plan.json").write_text(plan if isinstance(plan, str) else json.dumps(plan))
    stack = terraform.read(folder, Given(folder, plan=folder / "plan.json", **given))
    return check_stack(stack, str(folder), Settings())


def after(plan: Any, address: str) -> Any:  # noqa: ANN401 - JSON
    """What a plan has of a resource once it is applied."""
    return next(each["change"]["after"] for each in plan["resource_changes"] if each["address"] == address)


def verdicts(found: Checked, rule: int) -> set[Verdict]:
    """The verdicts of a rule."""
    return {each.verdict for each in found.findings if each.rule == rule}


def sentences(found: Checked) -> str:
    """Every word that is said."""
    told = ((each.message, *(note.message for note in each.notes), str(each.about)) for each in found.findings)
    return "\n".join([*(word for words in told for word in words), *(each.message for each in found.notices)])


@pytest.mark.parametrize("ignored", ["", "lifecycle {\n ignore_changes = [policy]\n}"])
@pytest.mark.parametrize(("written", "there"), [(GOOD, BAD), (BAD, GOOD), ("", GOOD), ("", BAD)])
def test_the_policy_that_a_key_has_decides(tmp_path: Path, written: str, there: str, ignored: str) -> None:
    """Not the one in the source, be its changes ignored or not, nor the default policy where the source has none."""
    text = source((f"policy = jsonencode({written})\n" if written else "") + ignored)
    plan = plan_for(tmp_path, text)
    after(plan, "aws_kms_key.plum")["policy"] = there
    assert verdicts(checked(tmp_path, plan), 101) == {Verdict.HOLDS if there == GOOD else Verdict.BROKEN}


def test_a_key_that_is_made_gets_what_is_written(tmp_path: Path) -> None:
    """Where changes are ignored, too; without a plan nobody can tell whether the key is new."""
    text = source(f"policy = jsonencode({GOOD})\nlifecycle {{\n ignore_changes = [policy]\n}}")
    assert verdicts(checked(tmp_path, plan_for(tmp_path, text, Made.NEW)), 101) == {Verdict.HOLDS}
    bare = source("")
    assert verdicts(checked(tmp_path, plan_for(tmp_path, bare, Made.NEW)), 101) == {Verdict.BROKEN}


def test_a_key_that_is_replaced_gets_what_is_written(tmp_path: Path) -> None:
    """It is made anew: what the old one had is gone."""
    plan = plan_for(
        tmp_path, source(f"policy = jsonencode({GOOD})\nlifecycle {{\n ignore_changes = [policy]\n}}"), Made.NEW
    )
    change = next(each["change"] for each in plan["resource_changes"] if each["type"] == "aws_kms_key")
    change.update(actions=["delete", "create"], before={"policy": BAD})
    del change["after"]["policy"]
    change["after_unknown"]["policy"] = True
    assert verdicts(checked(tmp_path, plan), 101) == {Verdict.HOLDS}


def test_a_policy_of_an_existing_key_that_is_not_shown_is_not_known(tmp_path: Path) -> None:
    """It is not the default policy."""
    plan = plan_for(tmp_path, source("description = null"))
    del after(plan, "aws_kms_key.plum")["policy"]
    assert verdicts(checked(tmp_path, plan), 101) == {Verdict.UNPROVEN}


@pytest.mark.parametrize(
    ("address", "attribute", "there"),
    [
        ("aws_kms_key.plum", "customer_master_key_spec", ("RSA_2048", 401)),
        ("aws_kms_key.plum", "is_enabled", (False, 402)),
        ("aws_iam_role.plum", "assume_role_policy", (document(), 105)),
        ("aws_iam_role_policy.plum", "policy", (document({**USE, "Effect": "Deny"}), 102)),
    ],
)
def test_everything_else_that_is_there_decides_too(
    tmp_path: Path, address: str, attribute: str, there: tuple[object, int]
) -> None:
    """Spec, state, trust, policies of the role."""
    value, rule = there
    plan = plan_for(tmp_path, source(f"policy = jsonencode({GOOD})"))
    assert verdicts(checked(tmp_path, plan), rule) == {Verdict.HOLDS}
    after(plan, address)[attribute] = value
    assert verdicts(checked(tmp_path, plan), rule) == {Verdict.BROKEN}


@pytest.mark.parametrize("kind", ["inline_policy", "managed_policy_arns"])
def test_a_role_keeps_what_others_have_given_it(tmp_path: Path, kind: str) -> None:
    """Its state lists it; what the plan destroys, or a block of the source has by that name, is not counted."""
    plan = plan_for(tmp_path, source(f"policy = jsonencode({GOOD})"))
    use = document({**USE, "Effect": "Deny"})
    denied = {
        "inline_policy": [{"name": "theirs", "policy": use}],
        "managed_policy_arns": ["arn:aws:iam::aws:policy/AWSDenyAll"],
    }
    after(plan, "aws_iam_role.plum")[kind] = denied[kind]
    assert verdicts(checked(tmp_path, plan), 102) == {Verdict.BROKEN}
    gone = {"name": "theirs", "policy_arn": "arn:aws:iam::aws:policy/AWSDenyAll"}
    plan["resource_changes"].append(
        {"address": "aws_iam_role_policy.old", "mode": "managed", "change": {"actions": ["delete"], "before": gone}}
    )
    assert verdicts(checked(tmp_path, plan), 102) == {Verdict.HOLDS}


def test_a_name_in_a_policy_is_that_of_what_is_there(tmp_path: Path) -> None:
    """ARNs and ids that AWS made up are literals in what is there, and stand for the blocks of the source."""
    use = document({**USE, "Resource": "KEY"}).replace('"KEY"', "aws_kms_key.plum.arn")
    text = source(f"policy = jsonencode({GOOD})").replace(document(USE), use)
    found = checked(tmp_path, plan_for(tmp_path, text))
    assert verdicts(found, 102) == {Verdict.HOLDS}
    assert {each.about.key for each in found.findings if each.rule == 102} == {"aws_kms_key.plum"}


def test_a_finding_is_where_the_source_has_it(tmp_path: Path) -> None:
    """Each statement at its own line, though what it says is in the plan."""
    key = (
        f'policy = jsonencode({{ Version = "2012-10-17", Statement = [\n{json.dumps(ROOT)},\n{json.dumps(SERVICE)}] }})'
    )
    text = source(key)
    plan = plan_for(tmp_path, text)
    after(plan, "aws_kms_key.plum")["policy"] = GOOD.replace('"kms:CreateGrant", ', "")
    (finding,) = (each for each in checked(tmp_path, plan).findings if each.rule == 101)
    line = 1 + text.splitlines().index(json.dumps(SERVICE) + "] })")
    assert {note.origin.start.line for note in finding.notes if note.origin} == {line}


# --- what is looked up ---------------------------------------------------------------------------------------


def _data(address: str, **values: object) -> Any:  # noqa: ANN401 - JSON
    return {
        "address": address,
        "mode": "data",
        "type": address.split(".")[1],
        "name": address.split(".")[2],
        "values": values,
    }


def _with(plan: Any, *data: object) -> Any:  # noqa: ANN401 - JSON
    plan["prior_state"]["values"]["root_module"]["resources"].extend(data)
    return plan


KEY_ARN = "arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"


@pytest.mark.parametrize(
    ("more", "holds", "broken"),
    [
        ({}, {401, 402}, set()),
        ({"key_spec": "RSA_2048"}, {402}, {401}),
        ({"enabled": False, "key_state": "Disabled"}, {401}, {402}),
        ({"enabled": False, "key_state": "PendingImport", "origin": "EXTERNAL"}, {401}, {402}),
    ],
)
def test_what_a_key_is_that_is_looked_up(
    tmp_path: Path, more: dict[str, object], holds: set[int], broken: set[int]
) -> None:
    """Its policy is not among what AWS returns: who can use it is not known."""
    text = source(
        None, 'data "aws_kms_key" "theirs" {\n key_id = "alias/theirs"\n}\n', arn="data.aws_kms_key.theirs.arn"
    )
    usual = {"key_spec": "SYMMETRIC_DEFAULT", "key_usage": "ENCRYPT_DECRYPT", "key_state": "Enabled", "enabled": True}
    known = {"arn": KEY_ARN, "id": KEY_ARN[-36:], "origin": "AWS_KMS", "multi_region": False, **usual, **more}
    found = checked(tmp_path, _with(plan_for(tmp_path, text), _data("data.aws_kms_key.theirs", **known)))
    assert {rule for rule in (401, 402) if verdicts(found, rule) == {Verdict.HOLDS}} == holds
    assert {rule for rule in (401, 402) if verdicts(found, rule) == {Verdict.BROKEN}} == broken
    assert verdicts(found, 101) == {Verdict.UNPROVEN}


@pytest.mark.parametrize(("trust", "verdict"), [(document(TRUST), Verdict.HOLDS), (document(), Verdict.BROKEN)])
def test_the_trust_policy_of_a_role_that_is_looked_up(tmp_path: Path, trust: str, verdict: Verdict) -> None:
    """It is among what AWS returns."""
    more = 'data "aws_iam_role" "theirs" {\n name = "theirs"\n}\n'
    text = source(f"policy = jsonencode({GOOD})", more, role="data.aws_iam_role.theirs.arn")
    known = {"arn": "arn:aws:iam::111122223333:role/theirs", "name": "theirs", "assume_role_policy": trust}
    found = checked(tmp_path, _with(plan_for(tmp_path, text), _data("data.aws_iam_role.theirs", **known)))
    assert verdicts(found, 105) == {verdict}


@pytest.mark.parametrize(("actions", "verdict"), [(ACTIONS, Verdict.HOLDS), (ACTIONS[:2], Verdict.BROKEN)])
def test_the_document_of_a_policy_that_is_looked_up(tmp_path: Path, actions: list[str], verdict: Verdict) -> None:
    """It is among what AWS returns."""
    more = """
    data "aws_iam_policy" "theirs" { name = "theirs" }
    resource "aws_iam_role_policy_attachment" "theirs" {
      role       = aws_iam_role.plum.name
      policy_arn = data.aws_iam_policy.theirs.arn
    }
    """
    text = source(f"policy = jsonencode({GOOD})", more).replace(document(USE), document())
    arn = "arn:aws:iam::111122223333:policy/theirs"
    known = {"arn": arn, "name": "theirs", "policy": document({**USE, "Action": actions})}
    found = checked(tmp_path, _with(plan_for(tmp_path, text, Made.NEW), _data("data.aws_iam_policy.theirs", **known)))
    assert verdicts(found, 102) == {verdict}


# --- which deployment it is ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "asked",
    [
        'data "aws_caller_identity" "me" {}',
        'data "aws_caller_identity" "me" {\n count = 1\n}',
        'module "who" {\n source = "./who"\n}',
    ],
)
def test_whoever_asks_for_the_account_tells_it(tmp_path: Path, asked: str) -> None:
    """In a module that has the default provider, and with `count`, too."""
    write(tmp_path, {"who/main.tf": 'data "aws_caller_identity" "me" {}\n'})
    text = source(f"policy = jsonencode({GOOD})").replace('data "aws_caller_identity" "me" {}', asked)
    stack_of_plan(tmp_path, plan_for(tmp_path, text, Made.NEW))
    found = checked(tmp_path, plan_for(tmp_path, text, Made.NEW))
    assert verdicts(found, 405) == {Verdict.HOLDS}


def stack_of_plan(folder: Path, plan: object, **given: Any) -> Stack:  # noqa: ANN401 - of `Given`
    """The stack of what is written in the folder, with that plan."""
    (folder / "plan.json").write_text(json.dumps(plan))
    return terraform.read(folder, Given(folder, plan=folder / "plan.json", **given))


def test_what_is_there_tells_account_and_region(tmp_path: Path) -> None:
    """By its ARNs, and what provider 6 says of everything; an alias has places of its own."""
    text = source(f"policy = jsonencode({GOOD})").replace('data "aws_caller_identity" "me" {}', "")
    stack = stack_of_plan(tmp_path, plan_for(tmp_path, text))
    assert (words(stack.account), words(stack.region)) == ('"111122223333"', '"us-west-2"')
    plan = plan_for(tmp_path, text, Made.NEW)
    after(plan, "aws_kms_key.plum")["region"] = "eu-west-3"
    assert words(stack_of_plan(tmp_path, plan).region) == '"eu-west-3"'


IN_WORKSPACES = source(f'policy = terraform.workspace != "live" ? jsonencode({GOOD}) : jsonencode({BAD})').replace(
    '"plum"\n  assume', '"plum-${terraform.workspace}"\n  assume'
)


@pytest.mark.parametrize(("workspace", "verdict"), [("test", Verdict.HOLDS), ("live", Verdict.BROKEN)])
def test_names_tell_the_workspace(tmp_path: Path, workspace: str, verdict: Verdict) -> None:
    """What is so in another workspace is not told: a plan is of one."""
    root = write(tmp_path, IN_WORKSPACES)
    given = Given(root, workspace=workspace)
    plan = plan_of(root, given, Made.BLIND, terraform.read(root, given))
    after(plan, "aws_iam_role.plum")["name"] = f"plum-{workspace}"
    found = checked(tmp_path, plan)
    assert verdicts(found, 101) == {verdict}
    assert all(each.scenario is None for each in found.findings)


def test_a_workspace_that_nothing_tells_leaves_it_open(tmp_path: Path) -> None:
    """It is unproven, not broken in the other one."""
    text = IN_WORKSPACES.replace("plum-${terraform.workspace}", "plum")
    root = write(tmp_path, text)
    given = Given(root, workspace="test")
    plan = plan_of(root, given, Made.BLIND, terraform.read(root, given))
    del after(plan, "aws_kms_key.plum")["policy"]
    assert verdicts(checked(tmp_path, plan), 101) == {Verdict.UNPROVEN}


# --- plans that are not of everything, or of something else -------------------------------------------------


def notices(found: Checked) -> list[str]:
    """What else there is to know."""
    return [each.message for each in found.notices]


def test_a_plan_that_destroys_everything_leaves_nothing_to_check(tmp_path: Path) -> None:
    """A broken stack can be torn down."""
    plan = plan_for(tmp_path, source(f"policy = jsonencode({BAD})"))
    for each in plan["resource_changes"]:
        each["change"] = {"actions": ["delete"], "before": each["change"]["before"], "after": None}
    plan["planned_values"] = {"root_module": {}}
    found = checked(tmp_path, plan)
    assert found.findings == ()
    assert notices(found) == ["the plan destroys everything that it is about: nothing is left to check"]


def test_what_a_plan_destroys_is_not_there(tmp_path: Path) -> None:
    """The rest is checked."""
    plan = plan_for(tmp_path, source(f"policy = jsonencode({GOOD})"))
    gone = next(each for each in plan["resource_changes"] if each["type"] == "awscc_personalize_dataset_group")
    gone["change"] = {"actions": ["delete"], "before": gone["change"]["before"], "after": None}
    resources = plan["planned_values"]["root_module"]["resources"]
    resources[:] = [each for each in resources if each["address"] != gone["address"]]
    assert verdicts(checked(tmp_path, plan), 101) == set()


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"errored": True}, "the plan is of a run that failed: what it does not have is as the source says"),
        (
            {"complete": False},
            "the plan is not about the whole root module, as with `-target`: the rest is as the source says",
        ),
    ],
)
def test_a_plan_that_is_not_of_everything_says_so(tmp_path: Path, said: dict[str, bool], message: str) -> None:
    """What it has counts, and of the rest the source tells."""
    plan = plan_for(tmp_path, source(f"policy = jsonencode({GOOD})"), Made.NEW) | said
    plan["resource_changes"] = []
    plan["planned_values"] = {"root_module": {}}
    found = checked(tmp_path, plan)
    assert notices(found) == [message]
    assert verdicts(found, 101) == {Verdict.HOLDS}


VARIABLE = 'variable "open" {\n default = true\n}\n'
BY_VARIABLE = source(f"policy = var.open ? jsonencode({GOOD}) : jsonencode({BAD})", VARIABLE)


def test_a_source_that_was_changed_since_is_told(tmp_path: Path) -> None:
    """What was planned is judged: a default of a variable, and what the source says literally."""
    plan = plan_for(tmp_path, BY_VARIABLE, Made.NEW)
    write(tmp_path, BY_VARIABLE.replace("= true", "= false").replace('name        = "plum"', 'name        = "peach"'))
    found = checked(tmp_path, plan)
    assert verdicts(found, 101) == {Verdict.HOLDS}
    (notice,) = notices(found)
    assert notice == (
        "the plan was made from another version of the source: the default of `var.open` is `true` in the plan, and "
        "`false` in the source; `name` of `awscc_personalize_dataset_group.plum` is not what the source says"
    )


@pytest.mark.parametrize("version", ["0.1", "0.2", "1.0", "1.2", "1.9"])
def test_plans_of_every_version_are_read(tmp_path: Path, version: str) -> None:
    """From Terraform 0.12 on, and as far as the first number stays."""
    plan = plan_for(tmp_path, source(f"policy = jsonencode({BAD})")) | {"format_version": version}
    after(plan, "aws_kms_key.plum")["policy"] = GOOD
    assert verdicts(checked(tmp_path, plan), 101) == {Verdict.HOLDS}


WRONG = {
    '"configuration": [3]': "`configuration` is not an object",
    '"resource_changes": {}': "`resource_changes` is not a list",
    '"resource_changes": [{"mode": {"a": 1}}]': "`resource_changes[0].mode` is not a string",
    '"resource_changes": [{"change": {"actions": "create"}}]': (
        "`resource_changes[0].change.actions` is not a list of strings"
    ),
    '"planned_values": {"root_module": 1}': "`planned_values.root_module` is not an object",
    '"planned_values": {"root_module": {"child_modules": [{"resources": [{}, {"address": []}]}]}}': (
        "`planned_values.root_module.child_modules[0].resources[1].address` is not a string"
    ),
    '"planned_values": {}, "prior_state": {"values": {"root_module": {"resources": [{"type": {}}]}}}': (
        "`prior_state.root_module.resources[0].type` is not a string"
    ),
    '"configuration": {"root_module": {"module_calls": {"m": {"module": {"resources": [{"mode": []}]}}}}}': (
        "`configuration.root_module.module_calls.m.module.resources[0].mode` is not a string"
    ),
}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "PK\x03\x04",
            "is a plan as `terraform plan -out` saves it: `terraform show -json` converts a plan file to it",
        ),
        ('{"format_version": "1.0", "values": {}}', "is not a plan in JSON: it is a state; name the plan file"),
        ('{"format_version": "2.0", "planned_values": {}}', "is a plan in format `2.0`, which is not supported"),
        *(
            (f'{{"format_version": "1.2", {written}}}', f"is not a plan as Terraform writes it: {wrong}")
            for written, wrong in WRONG.items()
        ),
    ],
)
def test_what_is_refused_is_refused_with_the_reason(tmp_path: Path, text: str, message: str) -> None:
    """And nothing of it counts."""
    write(tmp_path, source(f"policy = jsonencode({GOOD})"))
    (failure,) = checked(tmp_path, text).failures
    assert failure.message == f"`{tmp_path / 'plan.json'}` {message}"


# --- what is not to be shown -------------------------------------------------------------------------------------

WORD = "SesameOpen-4711"
HIDDEN = """
variable "word" {
  sensitive = true
}
"""


def _conditioned(value: str) -> str:
    condition = {"StringEquals": {"aws:SourceAccount": "WORD"}}
    policy = document(ROOT, {**SERVICE, "Condition": condition}).replace('"WORD"', value)
    return source(f"policy = jsonencode({policy})", HIDDEN)


@pytest.mark.parametrize("value", ["var.word", '"x${var.word}"', "upper(var.word)", "base64encode(var.word)"])
@pytest.mark.parametrize("way", ["plan", "variable", "file"])
def test_a_sensitive_value_is_used_and_not_shown(tmp_path: Path, value: str, way: str) -> None:
    """Of a plan, of `--var`, of a `.tfvars` file; nor what functions make of it."""
    root = write(tmp_path, _conditioned(value))
    given = Given(root, variables={"word": WORD})
    plan = plan_of(root, given, Made.BLIND, terraform.read(root, given))
    if way == "plan":
        found = checked(tmp_path, plan)
    elif way == "variable":
        found = check_stack(terraform.read(root, given), str(root), Settings())
    else:
        write(root, {"terraform.tfvars": f'word = "{WORD}"'})
        found = check_stack(terraform.read(root, Given(root)), str(root), Settings())
    assert verdicts(found, 101) == {Verdict.UNPROVEN}
    assert "(sensitive value)" in sentences(found)
    assert not [each for each in ("esame", "ESAME", "4711", "NzE") if each in sentences(found)]


def test_an_attribute_that_is_marked_is_not_shown(tmp_path: Path) -> None:
    """Nor the account in it, nor the beginning of it where a message is cut."""
    more = 'data "aws_ssm_parameter" "key" {\n name = "key"\n}\n'
    text = source(None, more, arn="data.aws_ssm_parameter.key.value")
    value = "arn:aws:kms:us-west-2:999988887777:key/" + "5ec2e7" * 40
    hidden = {**_data("data.aws_ssm_parameter.key", value=value), "sensitive_values": {"value": True}}
    found = checked(tmp_path, _with(plan_for(tmp_path, text), hidden))
    assert verdicts(found, 401) == {Verdict.UNPROVEN}
    assert not [each for each in ("999988887777", "5ec2e7") if each in sentences(found)]


@pytest.mark.parametrize("word", ["REDACTED_SENSITIVE", "(sensitive value)", "[REDACTED]", "***", "xxxxxx"])
def test_a_word_in_place_of_a_sensitive_value_is_no_value(tmp_path: Path, word: str) -> None:
    """The variable is not known, and the policy is that of the source."""
    root = write(tmp_path, _conditioned("var.word"))
    given = Given(root, variables={"word": WORD})
    plan = plan_of(root, given, Made.THERE, terraform.read(root, given))
    plan["variables"]["word"]["value"] = word
    plan["configuration"]["root_module"]["variables"]["word"]["sensitive"] = True
    change = next(each["change"] for each in plan["resource_changes"] if each["type"] == "aws_kms_key")
    change["after"]["policy"], change["after_sensitive"] = word, {"policy": True}
    assert verdicts(checked(tmp_path, plan), 101) == {Verdict.UNPROVEN}
    assert word not in sentences(checked(tmp_path, plan))
