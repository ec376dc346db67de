"""Modules: calls in both directions, copies, outputs, what is not here."""

from pathlib import Path

import pytest

from keyfit.model.policies import PolicyKind
from keyfit.readers.given import Given
from keyfit.readers.terraform import read
from keyfit.truth import Truth
from keyfit.value import Unknown
from keyfit.why import Why

from .worlds import stack_of, words, write

pytestmark = pytest.mark.hcl

KMS = """
variable "readers" { type = list(string) }
variable "name" {}
resource "aws_kms_key" "this" {
  description = var.name
  policy = jsonencode({ Statement = [for r in var.readers : { Principal = { AWS = r } }] })
}
output "arn" { value = aws_kms_key.this.arn }
output "all" { value = { arns = [aws_kms_key.this.arn], by_name = { (var.name) = aws_kms_key.this } } }
"""

BOTH_WAYS = {
    "main.tf": """
module "key" {
  source  = "./kms"
  name    = "k"
  readers = [module.role.arn]
}
module "role" {
  source = "./role"
  key    = module.key.arn
}
""",
    "kms/main.tf": KMS,
    "role/main.tf": """
variable "key" {}
resource "aws_iam_role" "r" {
  name               = "r"
  assume_role_policy = "{}"
}
resource "aws_iam_role_policy" "p" {
  role   = aws_iam_role.r.id
  policy = jsonencode({ Statement = { Resource = var.key } })
}
output "arn" { value = aws_iam_role.r.arn }
""",
}


def test_modules_can_refer_to_each_other(tmp_path: Path) -> None:
    """Two modules that use each other's outputs are fine, as long as no value needs itself."""
    stack = stack_of(tmp_path, BOTH_WAYS)
    (key,), (role,) = stack.keys, stack.identities
    assert key.block.address == "module.key.aws_kms_key.this"
    assert role.block.address == "module.role.aws_iam_role.r"
    assert words(key.policy.document) == '{Statement: [{Principal: {AWS: "arn:${partition}:iam::${account}:role/r"}}]}'
    assert words(role.policies[0].document) == f"{{Statement: {{Resource: {words(key.arn)}}}}}"
    assert key.depends_on == {"module.role.aws_iam_role.r"}


def test_a_module_called_twice_is_two(tmp_path: Path) -> None:
    """One directory gives as many modules as it is called."""
    calls = "\n".join(f'module "{name}" {{\n source = "./kms"\n name = "{name}"\n readers = []\n}}' for name in "ab")
    stack = stack_of(tmp_path, {"main.tf": calls, "kms/main.tf": KMS})
    assert [key.block.address for key in stack.keys] == ["module.a.aws_kms_key.this", "module.b.aws_kms_key.this"]
    assert stack.keys[0].key_id != stack.keys[1].key_id


COPIES = [
    ("count = 2", ["[0]", "[1]"], [Truth.YES, Truth.YES]),
    ("count = 0", [], []),
    ('for_each = { x = "1", y = "2" }', ['["x"]', '["y"]'], [Truth.YES, Truth.YES]),
    ('for_each = toset(["b", "a"])', ['["a"]', '["b"]'], [Truth.YES, Truth.YES]),
    ("count = var.n", ["[0]"], [Truth.MAYBE]),
    ("for_each = toset(var.list)", ["[*]"], [Truth.MAYBE]),
    ('for_each = toset(concat(var.list, ["a"]))', ['["a"]', "[*]"], [Truth.YES, Truth.MAYBE]),
    ("for_each = { for x in var.list : x => x }", ["[*]"], [Truth.MAYBE]),
]


@pytest.mark.parametrize(("meta", "suffixes", "present"), COPIES)
def test_copies_of_modules(tmp_path: Path, meta: str, suffixes: list[str], present: list[Truth]) -> None:
    """`count` and `for_each` make copies; one stands for all that are not known, and is there perhaps."""
    main = f"""
variable "n" {{}}
variable "list" {{ type = list(string) }}
module "m" {{
  {meta}
  source  = "./kms"
  name    = "n"
  readers = []
}}
"""
    stack = stack_of(tmp_path, {"main.tf": main, "kms/main.tf": KMS})
    assert [key.block.address for key in stack.keys] == [f"module.m{each}.aws_kms_key.this" for each in suffixes]
    assert [key.block.present.truth for key in stack.keys] == present


@pytest.mark.parametrize(("meta", "suffixes", "present"), COPIES)
def test_copies_of_resources(tmp_path: Path, meta: str, suffixes: list[str], present: list[Truth]) -> None:
    """A resource is copied as a module is."""
    main = f'variable "n" {{}}\nvariable "list" {{ type = list(string) }}\nresource "aws_kms_key" "k" {{\n  {meta}\n}}'
    stack = stack_of(tmp_path, main)
    assert [key.block.address for key in stack.keys] == [f"aws_kms_key.k{each}" for each in suffixes]
    assert [key.block.present.truth for key in stack.keys] == present


def test_outputs_through_maps_and_lists(tmp_path: Path) -> None:
    """A value survives outputs, maps, lists and whole resources on its way through modules."""
    main = """
module "outer" { source = "./outer" }
resource "aws_kms_alias" "a" {
  name          = "alias/a"
  target_key_id = module.outer.result.again[0].by_name["in"].key_id
}
resource "aws_kms_alias" "b" {
  for_each      = module.outer.result.arns
  name          = "alias/${each.key}"
  target_key_id = each.value
}
"""
    outer = """
module "inner" {
  source   = "../kms"
  for_each = toset(["in"])
  name     = each.key
  readers  = []
}
output "result" {
  value = {
    again = [for m in module.inner : m.all]
    arns  = { for name, m in module.inner : name => m.arn }
  }
}
"""
    stack = stack_of(tmp_path, {"main.tf": main, "outer/main.tf": outer, "kms/main.tf": KMS})
    (key,) = stack.keys
    assert key.block.address == 'module.outer.module.inner["in"].aws_kms_key.this'
    by_id, by_arn = stack.aliases
    assert by_id.target == key.key_id
    assert by_arn.target == key.arn
    assert by_arn.block.address == 'aws_kms_alias.b["in"]'


def test_two_blocks_over_one_unknown_list_belong_together(tmp_path: Path) -> None:
    """A copy for each unknown subject refers to the copy of another block for the same subject."""
    main = """
variable "subjects" { type = list(string) }
resource "aws_kms_key" "subject" {
  for_each = toset(var.subjects)
}
resource "aws_kms_alias" "subject" {
  for_each      = toset(var.subjects)
  name          = "alias/${each.key}"
  target_key_id = aws_kms_key.subject[each.key].key_id
}
"""
    stack = stack_of(tmp_path, main)
    assert stack.aliases[0].target == stack.keys[0].key_id


MISSING = [
    ("terraform-aws-modules/kms/aws", Why.REMOTE_MODULE),
    ("git::https://example.com/x.git", Why.REMOTE_MODULE),
    ("./nothing", Why.NO_MODULE),
    ("../outside", Why.OUTSIDE_ROOT),
]


@pytest.mark.parametrize(("source", "why"), MISSING)
def test_a_module_that_is_not_here_is_unknown(tmp_path: Path, source: str, why: Why) -> None:
    """What a missing module returns is unknown, and the reason names its source."""
    write(tmp_path / "outside", 'output "arn" { value = "secret" }')
    main = f"""
module "kms" {{ source = "{source}" }}
resource "aws_kms_alias" "a" {{
  name          = "alias/a"
  target_key_id = module.kms.key_arn
}}
"""
    target = stack_of(tmp_path / "root", main).aliases[0].target
    assert isinstance(target, Unknown)
    assert (target.why, target.subject) == (why, source)
    assert words(target) == "?module.kms.key_arn"


@pytest.mark.parametrize("data", [".terraform", "build/tf"])
def test_downloaded_modules_are_read(data: str, tmp_path: Path) -> None:
    """What `terraform init` has downloaded is read from where its manifest says."""
    files = {
        "main.tf": 'module "kms" {\n source = "terraform-aws-modules/kms/aws"\n name = "x"\n readers = []\n}',
        f"{data}/modules/modules.json": f"""{{"Modules": [
            {{"Key": "", "Source": "", "Dir": "."}},
            {{"Key": "kms", "Source": "registry.terraform.io/x", "Dir": "{data}/modules/kms"}},
            {{"Key": "kms.inner", "Source": "y", "Dir": "{data}/modules/inner"}}]}}""",
        f"{data}/modules/kms/main.tf": 'variable "name" {}\nvariable "readers" {}\nmodule "inner" { source = "y" }',
        f"{data}/modules/inner/main.tf": 'resource "aws_kms_key" "k" {}',
    }
    stack = stack_of(tmp_path, files, data_directory=data)
    assert [key.block.address for key in stack.keys] == ["module.kms.module.inner.aws_kms_key.k"]


def test_a_missing_module_can_attach_policies_to_a_role_by_its_name(tmp_path: Path) -> None:
    """A module that is not here and is given the name of a role can give it any policy."""
    main = """
module "attach" {
  source = "example/attach/aws"
  role   = aws_iam_role.a.name
}
resource "aws_iam_role" "a" { name = "a" }
resource "aws_iam_role" "b" { name = "b" }
"""
    given, other = stack_of(tmp_path, main).identities
    assert [policy.kind for policy in given.policies] == [PolicyKind.OUTSIDE]
    assert other.policies == ()


def test_a_cycle_of_values_is_unknown(tmp_path: Path) -> None:
    """A value that needs itself is unknown; everything beside it is read."""
    main = """
locals {
  a = local.b
  b = "x-${local.a}"
}
resource "aws_kms_key" "k" { description = "d" }
resource "aws_kms_alias" "a" {
  name          = local.b
  target_key_id = aws_kms_key.k.arn
}
"""
    stack = stack_of(tmp_path, main)
    (hole,) = (part for part in stack.aliases[0].name.parts if isinstance(part, Unknown))
    assert hole.why is Why.CYCLE
    assert stack.aliases[0].target == stack.keys[0].arn


def test_a_module_that_calls_itself_ends(tmp_path: Path) -> None:
    """A module that contains itself is unknown from some depth on."""
    stack = stack_of(
        tmp_path, {"main.tf": 'module "m" { source = "./m" }', "m/main.tf": 'module "m" { source = "../m" }'}
    )
    assert stack.keys == ()


def test_child_variables(tmp_path: Path) -> None:
    """What a call gives is converted to the variable's type, with the defaults of optional attributes."""
    child = """
variable "cfg" {
  type = object({
    name  = string
    count = optional(number, 3)
    list  = optional(list(string))
    inner = optional(object({ on = optional(bool, true) }), {})
  })
}
variable "given" {
  type     = string
  default  = "d"
  nullable = false
}
variable "null" {
  type    = string
  default = "d"
}
variable "set" { type = set(string) }
output "all" { value = { cfg = var.cfg, given = var.given, null = var.null, set = var.set } }
"""
    main = """
module "m" {
  source = "./m"
  cfg    = { name = 5, dropped = 1 }
  given  = null
  null   = null
  set    = ["b", "a", "b"]
}
resource "aws_kms_key" "k" {
  tags = { it = jsonencode(module.m.all) }
}
"""
    tags = stack_of(tmp_path, {"main.tf": main, "m/main.tf": child}).keys[0].tags
    expected = '{"cfg":{"count":3,"inner":{"on":true},"list":null,"name":"5"},"given":"d","null":null,"set":["a","b"]}'
    assert words(tags) == f'{{it: "{expected}"}}'


def test_providers_are_handed_down(tmp_path: Path) -> None:
    """A module works in the Region of the provider that its call hands it."""
    main = """
provider "aws" { region = "eu-west-1" }
provider "aws" {
  alias  = "us"
  region = "us-east-1"
}
module "inherited" { source = "./m" }
module "handed" {
  source    = "./m"
  providers = { aws = aws.us }
}
module "named" {
  source    = "./n"
  providers = { aws.other = aws.us }
}
"""
    files = {
        "main.tf": main,
        "m/main.tf": 'resource "aws_kms_key" "k" {}',
        "n/main.tf": 'resource "aws_kms_key" "k" { provider = aws.other }',
    }
    stack = stack_of(tmp_path, files)
    assert {key.block.address.split(".")[1]: words(key.region) for key in stack.keys} == {
        "inherited": '"eu-west-1"',
        "handed": '"us-east-1"',
        "named": '"us-east-1"',
    }


def test_depends_on_goes_through_everything(tmp_path: Path) -> None:
    """What a key needs is found through locals, data sources, module outputs and `depends_on`."""
    main = """
resource "aws_iam_role" "a" { name = "a" }
resource "aws_iam_role" "b" {
  count = 2
  name  = "b${count.index}"
}
resource "aws_iam_role" "c" { name = "c" }
resource "aws_iam_role" "unrelated" { name = "u" }
locals { arns = [aws_iam_role.a.arn] }
data "aws_iam_policy_document" "d" {
  statement { resources = local.arns }
}
resource "aws_kms_key" "k" {
  policy     = data.aws_iam_policy_document.d.json
  tags       = { x = aws_iam_role.b[0].name }
  depends_on = [aws_iam_role.c]
}
"""
    (key,) = stack_of(tmp_path, main).keys
    assert key.depends_on == {"aws_iam_role.a", "aws_iam_role.b[0]", "aws_iam_role.b[1]", "aws_iam_role.c"}


def test_the_users_values_come_first(tmp_path: Path) -> None:
    """Command line, `--var-file`, automatic files by name, `terraform.tfvars`, the environment, the default."""
    main = (
        "\n".join(f'variable "{name}" {{ default = "default" }}' for name in "abcdefg")
        + """
resource "aws_kms_key" "k" { tags = { a = var.a, b = var.b, c = var.c, d = var.d, e = var.e, f = var.f, g = var.g } }
"""
    )
    write(
        tmp_path,
        {
            "main.tf": main,
            "terraform.tfvars": "\n".join(f'{name} = "tfvars"' for name in "abcde"),
            "a.auto.tfvars": "\n".join(f'{name} = "a"' for name in "abcd"),
            "b.auto.tfvars.json": '{"a": "b", "b": "b", "c": "b"}',
            "more/x.tfvars": 'a = "file"\nb = "file"',
        },
    )
    around = dict.fromkeys("abcdefz", "around")
    given = Given(tmp_path, variables={"a": "line"}, variable_files=(tmp_path / "more/x.tfvars",), inherited=around)
    assert words(read(tmp_path, given).keys[0].tags) == (
        '{a: "line", b: "file", c: "b", d: "a", e: "tfvars", f: "around", g: "default"}'
    )


def test_override_files_change_blocks(tmp_path: Path) -> None:
    """An override file replaces arguments, and nested blocks by type."""
    files = {
        "main.tf": """
resource "aws_kms_key" "k" {
  key_usage  = "SIGN_VERIFY"
  is_enabled = false
}
""",
        "override.tf": 'resource "aws_kms_key" "k" { is_enabled = true }',
        "x_override.tf.json": '{"resource": {"aws_kms_key": {"k": {"multi_region": true}}}}',
    }
    (key,) = stack_of(tmp_path, files).keys
    assert (words(key.usage), words(key.enabled), words(key.multi_region)) == ('"SIGN_VERIFY"', "true", "true")


def test_json_configuration_is_read(tmp_path: Path) -> None:
    """Configuration in JSON gives what the same in HCL gives."""
    json = """{"resource": {"aws_kms_key": {"k": {"policy": "${jsonencode({a = aws_iam_role.r.arn})}"}},
      "aws_iam_role": {"r": {"name": "r", "assume_role_policy": "{}"}}},
      "locals": {"x": "${1 + 1}"}}"""
    hcl = """
resource "aws_kms_key" "k" { policy = jsonencode({ a = aws_iam_role.r.arn }) }
resource "aws_iam_role" "r" {
  name               = "r"
  assume_role_policy = "{}"
}
"""
    one, other = stack_of(tmp_path / "json", {"main.tf.json": json}), stack_of(tmp_path / "hcl", hcl)
    assert (one.keys, one.identities) == (other.keys, other.identities)


def test_of_several_files_of_variables_the_last_one_wins(tmp_path: Path) -> None:
    """Wherever they lie; it is told where they differ, and what a flag gives is stronger than both."""
    (tmp_path / "root").mkdir()
    (tmp_path / "root" / "main.tf").write_text('variable "name" {}\nvariable "same" {}\n')
    named = [tmp_path / "one.tfvars", tmp_path / "two.tfvars"]
    for path, name in zip(named, ("first", "second"), strict=True):
        path.write_text(f'name = "{name}"\nsame = 1\n')
    stack = read(tmp_path / "root", Given(tmp_path / "root", variable_files=tuple(named)))
    assert [each.message for each in stack.remarks] == [
        f"variable `name` is as `{named[1]}` has it, not as `{named[0]}`"
    ]
    flagged = Given(tmp_path / "root", variable_files=tuple(named), variables={"name": "third"})
    assert read(tmp_path / "root", flagged).remarks == ()
