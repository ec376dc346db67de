"""What resources become: keys and their policies, identities and their attachments, grants, buckets, places."""

from pathlib import Path

import pytest

from keyfit.model.identities import Identity, IdentityKind
from keyfit.model.keys import Key
from keyfit.model.policies import PolicyKind
from keyfit.readers.given import Given
from keyfit.readers.terraform import read
from keyfit.truth import Truth

from .worlds import lines, stack_of, words, write

pytestmark = pytest.mark.hcl


def _policies(key: Key) -> list[tuple[str, str, str]]:
    return [(policy.kind.name, words(policy.document), policy.owner) for policy in key.policies]


OWN = 'policy = jsonencode({ Id = "own" })'
SEPARATE = """
resource "aws_kms_key_policy" "p" {
  key_id = KEY
  policy = jsonencode({ Id = "separate" })
}
"""
KEY_POLICIES = [
    ("", "", ["DEFAULT_KEY aws_kms_key.k"]),
    (OWN, "", ['KEY {Id: "own"} aws_kms_key.k']),
    ("", "aws_kms_key.k.id", ['KEY {Id: "separate"} aws_kms_key_policy.p']),
    ("", "aws_kms_key.k.arn", ['KEY {Id: "separate"} aws_kms_key_policy.p']),
    (OWN, "aws_kms_key.k.key_id", ['KEY {Id: "separate"} aws_kms_key_policy.p', 'KEY {Id: "own"} aws_kms_key.k']),
    (OWN, "aws_kms_key.other.id", ['KEY {Id: "own"} aws_kms_key.k']),
    (OWN, "var.key", ['KEY {Id: "own"} aws_kms_key.k']),
    (OWN, "data.aws_kms_key.elsewhere.id", ['KEY {Id: "own"} aws_kms_key.k']),
    ("policy = null", "", ["DEFAULT_KEY aws_kms_key.k"]),
    ("policy = var.policy", "", ["KEY ?var.policy aws_kms_key.k"]),
    ('policy = "no json"', "", ["KEY ?refused aws_kms_key.k"]),
    ("", "var.on ? aws_kms_key.k.id : aws_kms_key.other.id", ["KEY ?no_variable aws_kms_key_policy.p"]),
]


@pytest.mark.parametrize(("own", "separate", "expected"), KEY_POLICIES)
def test_the_key_policy_in_force(tmp_path: Path, own: str, separate: str, expected: list[str]) -> None:
    """A separate policy wins over the key's own, and both are told; without any, the default delegates (T4, K23)."""
    source = f"""
variable "key" {{}}
variable "policy" {{}}
variable "on" {{ type = bool }}
data "aws_kms_key" "elsewhere" {{ key_id = "alias/elsewhere" }}
resource "aws_kms_key" "k" {{
  {own}
}}
resource "aws_kms_key" "other" {{}}
{SEPARATE.replace("KEY", separate) if separate else ""}
"""
    key = stack_of(tmp_path, source).keys[0]
    found = [
        " ".join(part for part in (kind, "" if kind == "DEFAULT_KEY" else document, owner) if part)
        for kind, document, owner in _policies(key)
    ]
    assert found == expected


def test_an_undecided_separate_policy_leaves_the_key_policy_open(tmp_path: Path) -> None:
    """A separate policy that is there perhaps can be the one in force."""
    source = """
variable "on" { type = bool }
resource "aws_kms_key" "k" { policy = jsonencode({ Id = "own" }) }
resource "aws_kms_key_policy" "p" {
  count  = var.on ? 1 : 0
  key_id = aws_kms_key.k.id
  policy = jsonencode({ Id = "separate" })
}
"""
    stack = stack_of(tmp_path, source)
    assert words(stack.keys[0].policy.document) == "?no_variable"


KINDS = """
resource "aws_kms_key" "k" {}
resource "aws_kms_key" "cloud_hsm" { custom_key_store_id = "cks-1" }
resource "aws_kms_external_key" "empty" {}
resource "aws_kms_external_key" "filled" {
  key_material_base64 = "x"
  enabled             = true
}
resource "aws_kms_key" "primary" {
  customer_master_key_spec = "RSA_2048"
  key_usage                = "SIGN_VERIFY"
  multi_region             = true
}
resource "aws_kms_replica_key" "replica" {
  region          = "eu-west-1"
  primary_key_arn = aws_kms_key.primary.arn
}
resource "aws_kms_replica_key" "foreign" {
  primary_key_arn = "arn:aws:kms:us-east-1:111122223333:key/mrk-1"
}
resource "awscc_kms_key" "waiting" { origin = "EXTERNAL" }
"""


def test_kinds_of_keys(tmp_path: Path) -> None:
    """Each type of key has its origin, its material and what a replica shares with its primary (T9, T10, K83)."""
    keys = {key.block.address.split(".")[1]: key for key in stack_of(tmp_path, KINDS).keys}
    facts = {
        name: " ".join(words(each) for each in (key.key_origin, key.material_missing, key.spec, key.multi_region))
        for name, key in keys.items()
    }
    plain = '"SYMMETRIC_DEFAULT"'
    assert facts == {
        "k": f'"AWS_KMS" false {plain} false',
        "cloud_hsm": f'"AWS_CLOUDHSM" false {plain} false',
        "empty": f'"EXTERNAL" true {plain} false',
        "filled": f'"EXTERNAL" false {plain} false',
        "primary": '"AWS_KMS" false "RSA_2048" true',
        "replica": '"AWS_KMS" false "RSA_2048" true',
        "foreign": '"AWS_KMS" false ?the spec of the primary key of `aws_kms_replica_key.foreign` true',
        "waiting": f'"EXTERNAL" true {plain} false',
    }
    assert keys["replica"].key_id == keys["primary"].key_id
    assert words(keys["replica"].region) == '"eu-west-1"'
    assert words(keys["foreign"].key_id) == '"mrk-1"'


def test_grants(tmp_path: Path) -> None:
    """A grant has its key, grantee, operations and constraints as written (T8)."""
    source = """
resource "aws_kms_key" "k" {}
resource "aws_iam_role" "r" { name = "r" }
resource "aws_kms_grant" "g" {
  key_id            = aws_kms_key.k.key_id
  grantee_principal = aws_iam_role.r.arn
  operations        = ["Decrypt", "GenerateDataKey"]
  constraints {
    encryption_context_equals = { Department = "Finance" }
  }
}
"""
    (grant,) = stack_of(tmp_path, source).grants
    assert words(grant.key) == '"${aws_kms_key.k.key_id}"'
    assert words(grant.grantee) == '"arn:${partition}:iam::${account}:role/r"'
    assert words(grant.operations) == '["Decrypt", "GenerateDataKey"]'
    assert words(grant.encryption_context_equals) == '{Department: "Finance"}'
    assert grant.encryption_context_subset is None


IDENTITIES = """
variable "arn" {}
variable "on" { type = bool }
variable "arns" { type = list(string) }
data "aws_iam_policy" "admin" { name = "Own" }
data "aws_iam_policy" "by_arn" { arn = "arn:aws:iam::aws:policy/ReadOnlyAccess" }
resource "aws_iam_role" "r" { name = "r" }
resource "aws_iam_policy" "own" {
  name   = "Own"
  policy = jsonencode({ Id = "own" })
}
"""
ATTACHMENTS = [
    ("resource 'aws_iam_role_policy' 'x' { role = 'r'; policy = '{}' }", "INLINE YES"),
    ("resource 'aws_iam_role_policy' 'x' { role = aws_iam_role.r.id; policy = '{}' }", "INLINE YES"),
    ("resource 'aws_iam_role_policy' 'x' { role = aws_iam_role.r.arn; policy = '{}' }", "INLINE YES"),
    ("resource 'aws_iam_role_policy' 'x' { role = 'other'; policy = '{}' }", ""),
    ("resource 'aws_iam_role_policy' 'x' { count = var.on ? 1 : 0; role = 'r'; policy = '{}' }", "INLINE MAYBE"),
    ("resource 'aws_iam_role_policy' 'x' { count = 0; role = 'r'; policy = '{}' }", ""),
    (
        "resource 'aws_iam_role_policy_attachment' 'x' { role = 'r'; policy_arn = aws_iam_policy.own.arn }",
        "MANAGED YES",
    ),
    (
        "resource 'aws_iam_role_policy_attachment' 'x' { role = 'r'; policy_arn = data.aws_iam_policy.admin.arn }",
        "MANAGED YES",
    ),
    (
        "resource 'aws_iam_role_policy_attachment' 'x' { role = 'r'; policy_arn = data.aws_iam_policy.by_arn.arn }",
        "AWS_MANAGED YES",
    ),
    (
        "resource 'aws_iam_role_policy_attachment' 'x' { role = 'r'; policy_arn = 'arn:aws:iam::aws:policy/X' }",
        "AWS_MANAGED YES",
    ),
    (
        (
            "resource 'aws_iam_role_policy_attachment' 'x' { role = 'r'; "
            "policy_arn = 'arn:aws:iam::111122223333:policy/X' }"
        ),
        "OUTSIDE YES",
    ),
    ("resource 'aws_iam_role_policy_attachment' 'x' { role = 'r'; policy_arn = var.arn }", "OUTSIDE YES"),
    (
        (
            "resource 'aws_iam_role_policy_attachment' 'x' { role = 'r'; "
            "policy_arn = var.on ? var.arn : aws_iam_policy.own.arn }"
        ),
        "MANAGED YES",
    ),
    (
        (
            "resource 'aws_iam_role_policy_attachment' 'x' { for_each = toset(var.arns); "
            "role = 'r'; policy_arn = each.value }"
        ),
        "OUTSIDE MAYBE",
    ),
    (
        "resource 'aws_iam_policy_attachment' 'x' { name = 'x'; roles = ['r']; policy_arn = aws_iam_policy.own.arn }",
        "MANAGED YES",
    ),
    (
        (
            "resource 'aws_iam_role_policy_attachments_exclusive' 'x' { role_name = 'r'; "
            "policy_arns = [aws_iam_policy.own.arn] }"
        ),
        "MANAGED YES",
    ),
    (
        "resource 'awscc_iam_role_policy' 'x' { role_name = 'r'; policy_name = 'p'; policy_document = '{}' }",
        "INLINE YES",
    ),
    (
        "resource 'awscc_iam_managed_policy' 'x' { roles = [aws_iam_role.r.name]; policy_document = '{}' }",
        "MANAGED YES",
    ),
    ("resource 'awscc_iam_policy' 'x' { roles = ['r']; policy_name = 'p'; policy_document = '{}' }", "INLINE YES"),
]


@pytest.mark.parametrize(("block", "expected"), ATTACHMENTS)
def test_what_ties_a_policy_to_a_role(tmp_path: Path, block: str, expected: str) -> None:
    """Every way to attach a policy is seen, with what it is and whether it is there."""
    (role,) = stack_of(tmp_path, IDENTITIES + lines(block)).identities
    assert " ".join(f"{policy.kind.name} {policy.present.truth.name}" for policy in role.policies) == expected


def _role(tmp_path: Path, arguments: str, more: str = "") -> Identity:
    (role,) = stack_of(tmp_path, f'resource "aws_iam_role" "r" {{\n name = "r"\n{arguments}\n}}\n{more}').identities
    return role


def test_policies_inside_a_role(tmp_path: Path) -> None:
    """Inline blocks, dynamic ones too, and listed managed policies belong to the role; an empty block to nobody."""
    arguments = """
  assume_role_policy  = jsonencode({ Id = "trust" })
  managed_policy_arns = ["arn:aws:iam::aws:policy/A"]
  permissions_boundary = "arn:aws:iam::aws:policy/PowerUserAccess"
  inline_policy {}
  inline_policy {
    name   = "one"
    policy = "{}"
  }
  dynamic "inline_policy" {
    for_each = ["two", "three"]
    content {
      name   = inline_policy.value
      policy = jsonencode({ Id = inline_policy.key })
    }
  }
"""
    role = _role(tmp_path, arguments)
    assert [(policy.name, words(policy.document)) for policy in role.policies] == [
        ("one", "{}"),
        ("two", "{Id: 0}"),
        ("three", "{Id: 1}"),
        ("arn:aws:iam::aws:policy/A", "absent"),
    ]
    assert role.trust is not None
    assert words(role.trust.document) == '{Id: "trust"}'
    assert role.boundary is not None
    assert role.boundary.kind is PolicyKind.AWS_MANAGED


SEPARATE_INLINE = 'resource "aws_iam_role_policy" "p" {\n role = "r"\n policy = "{}"\n}'
SEPARATE_MANAGED = (
    'resource "aws_iam_role_policy_attachment" "p" {\n role = "r"\n policy_arn = "arn:aws:iam::aws:policy/B"\n}'
)
INLINE = 'inline_policy {\n name = "x"\n policy = "{}"\n}'
MIXED = [
    (INLINE, SEPARATE_INLINE, True),
    ("inline_policy {}", SEPARATE_INLINE, True),
    ("managed_policy_arns = []", SEPARATE_MANAGED, True),
    (INLINE, SEPARATE_MANAGED, False),
    ("managed_policy_arns = []", SEPARATE_INLINE, False),
    (INLINE, "", False),
    ("", SEPARATE_INLINE + "; " + SEPARATE_MANAGED.replace('"p"', '"q"'), False),
]


@pytest.mark.parametrize(("inside", "separate", "mixed"), MIXED)
def test_exclusive_and_separate_policies_of_one_role(tmp_path: Path, inside: str, separate: str, mixed: bool) -> None:  # noqa: FBT001
    """A role that mixes an exclusive list with separate policies of the same sort has the places of both (T14)."""
    role = _role(tmp_path, lines(inside), lines(separate))
    assert len(role.mixes) == (2 if mixed else 0)


def test_users_have_the_policies_of_their_groups(tmp_path: Path) -> None:
    """A user's policies hold those of the groups that it is, or can be, in."""
    source = """
variable "on" { type = bool }
resource "aws_iam_user" "u" { name = "u" }
resource "aws_iam_group" "g" { name = "g" }
resource "aws_iam_group" "h" { name = "h" }
resource "aws_iam_group_policy" "g" {
  group  = aws_iam_group.g.name
  policy = jsonencode({ Id = "g" })
}
resource "aws_iam_group_policy" "h" {
  group  = aws_iam_group.h.name
  policy = jsonencode({ Id = "h" })
}
resource "aws_iam_user_group_membership" "m" {
  count  = var.on ? 1 : 0
  user   = aws_iam_user.u.name
  groups = [aws_iam_group.g.name]
}
"""
    (user,) = (each for each in stack_of(tmp_path, source).identities if each.kind is IdentityKind.USER)
    assert [(words(policy.document), policy.present.truth) for policy in user.policies] == [('{Id: "g"}', Truth.MAYBE)]


def test_a_role_that_is_looked_up_has_the_policies_tied_to_it_here(tmp_path: Path) -> None:
    """A role outside the source is in the model where the source gives it a policy; its others may allow anything."""
    source = """
data "aws_iam_role" "used" { name = "used" }
data "aws_iam_role" "tied" { name = "tied" }
data "aws_iam_role" "own" { name = "own" }
resource "aws_iam_role" "own" { name = "own" }
resource "aws_iam_role_policy" "p" {
  for_each = toset([data.aws_iam_role.tied.name, data.aws_iam_role.own.id])
  role     = each.key
  policy   = jsonencode({ Id = each.key })
}
resource "awscc_personalize_dataset_group" "g" {
  name     = "g"
  role_arn = data.aws_iam_role.tied.arn
}
"""
    stack = stack_of(tmp_path, source)
    own, tied = stack.identities
    assert [(each.kind, words(each.document)) for each in own.policies] == [(PolicyKind.INLINE, '{Id: "own"}')]
    assert [(each.kind, words(each.document)) for each in tied.policies] == [
        (PolicyKind.INLINE, '{Id: "tied"}'),
        (PolicyKind.OUTSIDE, "absent"),
    ]
    assert tied.outside
    assert stack.consumers[0].role is not None
    assert stack.consumers[0].role.value == tied.arn


BUCKET = 'resource "aws_s3_bucket" "b" { bucket = "b" }\n'
RULE = """
  bucket = BUCKET
  rule {
    bucket_key_enabled = true
    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = "alias/x"
    }
  }
"""
ENCRYPTION = [
    ("", "absent absent absent"),
    (RULE.replace("BUCKET", "aws_s3_bucket.b.id"), '"aws:kms" "alias/x" true'),
    (RULE.replace("BUCKET", '"b"'), '"aws:kms" "alias/x" true'),
    (RULE.replace("BUCKET", '"other"'), "absent absent absent"),
    ("count = var.on ? 1 : 0" + RULE.replace("BUCKET", '"b"'), "?no_variable ?no_variable ?no_variable"),
]


@pytest.mark.parametrize(("separate", "expected"), ENCRYPTION)
def test_default_encryption(tmp_path: Path, separate: str, expected: str) -> None:
    """A bucket has the encryption that a separate block gives it."""
    block = f'resource "aws_s3_bucket_server_side_encryption_configuration" "c" {{\n{separate}\n}}' if separate else ""
    (bucket,) = stack_of(tmp_path, f'variable "on" {{ type = bool }}\n{BUCKET}{block}').buckets
    assert " ".join(words(each) for each in (bucket.algorithm, bucket.key, bucket.bucket_key)) == expected


TWO_BUCKETS = """
variable "on" { type = bool }
variable "a" {}
variable "b" {}
resource "aws_s3_bucket" "a" {
  MADE
  bucket = var.a
}
resource "aws_s3_bucket" "b" { bucket = var.b }
"""
OF_ONE = [  # (what makes bucket `a`, the bucket that the block names, whether `b` can be the one it names)
    ("", "aws_s3_bucket.a.id", False),
    ("", '"${aws_s3_bucket.a.id}"', False),
    ("", "var.a", True),  # without a value it can be null, too
    ("", "var.other", True),
    ("count = var.on ? 1 : 0", "var.a", True),
    ("count = var.on ? 1 : 0", "one(aws_s3_bucket.a[*].id)", True),
]


@pytest.mark.parametrize(("made", "named", "is_open"), OF_ONE)
def test_what_surely_names_one_bucket_is_not_anothers(tmp_path: Path, made: str, named: str, *, is_open: bool) -> None:
    """Though nobody knows the name of the other: no two buckets have one name."""
    block = f'resource "aws_s3_bucket_server_side_encryption_configuration" "c" {{\n{RULE}\n}}'
    source = TWO_BUCKETS.replace("MADE", made) + 'variable "other" {}\n' + block.replace("BUCKET", named)
    other = next(each for each in stack_of(tmp_path, source).buckets if each.block.address == "aws_s3_bucket.b")
    assert words(other.algorithm).startswith("?") is is_open


STORES = [
    ("online_store_config { enable_online_store = true }", ["online"]),
    ("online_store_config { enable_online_store = false }", []),
    ("online_store_config {}", []),
    ("offline_store_config { s3_storage_config { s3_uri = 's3://b' } }", ["offline"]),
    ("dynamic 'offline_store_config' { for_each = var.on ? [1] : []; content {} }", ["offline?"]),
    ("online_store_config { enable_online_store = var.on }", ["online?"]),
]


@pytest.mark.parametrize(("stores", "expected"), STORES)
def test_stores_of_a_feature_group(tmp_path: Path, stores: str, expected: list[str]) -> None:
    """A feature group is a consumer for each store that it has; an online store has to be asked for."""
    source = f'variable "on" {{ type = bool }}\nresource "aws_sagemaker_feature_group" "f" {{\n{lines(stores)}\n}}'
    found = stack_of(tmp_path, source).consumers
    assert [each.store + "?" * (each.block.present.truth is Truth.MAYBE) for each in found] == expected


PLACES = [
    ('provider "aws" { region = "eu-west-1" }', "", '"eu-west-1" "${account}" "aws"'),
    ("", "", '"${region}" "${account}" "${partition}"'),
    ('provider "aws" { region = "cn-north-1" }', "", '"cn-north-1" "${account}" "aws-cn"'),
    ('provider "aws" { region = var.r }', "", '"${var.r}" "${account}" "${partition}"'),
    ('provider "aws" { allowed_account_ids = ["111122223333"] }', "", '"${region}" "111122223333" "${partition}"'),
    ("provider 'aws' { alias = 'x'; region = 'us-east-1' }", "provider = aws.x", '"us-east-1" "${account}" "aws"'),
    (
        (
            "provider 'aws' { alias = 'x'; region = 'us-east-1'; assume_role { "
            "role_arn = 'arn:aws:iam::444455556666:role/x' } }"
        ),
        "provider = aws.x",
        '"us-east-1" "444455556666" "aws"',
    ),
    (
        "provider 'aws' { alias = 'x'; region = 'us-east-1'; profile = 'other' }",
        "provider = aws.x",
        '"us-east-1" "${account of `other`}" "aws"',
    ),
    (
        "provider 'aws' { profile = 'one' }; provider 'aws' { alias = 'x'; region = 'us-east-1'; profile = 'one' }",
        "provider = aws.x",
        '"us-east-1" "${account}" "aws"',
    ),
    ('provider "aws" { region = "eu-west-1" }', 'region = "us-east-1"', '"us-east-1" "${account}" "aws"'),
]


@pytest.mark.parametrize(("provider", "argument", "expected"), PLACES)
def test_where_a_key_lives(tmp_path: Path, provider: str, argument: str, expected: str) -> None:
    """An alias shares the account unless its configuration says otherwise; its Region is its own (T25)."""
    source = f'variable "r" {{}}\n{lines(provider)}\nresource "aws_kms_key" "k" {{\n{argument}\n}}'
    (key,) = stack_of(tmp_path, source).keys
    partition = key.arn.prefix.split(":")[1] or "${partition}"
    shown = f'"{partition}"'
    assert f"{words(key.region)} {words(key.account)} {shown}" == expected


def test_the_user_binds_account_and_region(tmp_path: Path) -> None:
    """Account and Region that the user gives are literals, in the variable too that the provider's Region is."""
    source = """
variable "region" { default = "us-east-1" }
provider "aws" { region = var.region }
data "aws_caller_identity" "me" {}
resource "aws_kms_key" "k" { tags = { a = data.aws_caller_identity.me.account_id, r = var.region } }
"""
    root = write(tmp_path, source)
    (key,) = read(root, Given(root, account="111122223333", region="eu-west-1")).keys
    assert words(key.arn) == '"arn:aws:kms:eu-west-1:111122223333:key/${aws_kms_key.k.key_id}"'
    assert words(key.tags) == '{a: "111122223333", r: "eu-west-1"}'


def test_tags_of_the_provider_belong_to_every_key(tmp_path: Path) -> None:
    """A key has its own tags and the provider's; its own win."""
    source = """
provider "aws" {
  default_tags {
    tags = { team = "ml", stage = "dev" }
  }
}
resource "aws_kms_key" "k" { tags = { stage = "prod" } }
"""
    assert words(stack_of(tmp_path, source).keys[0].tags) == '{team: "ml", stage: "prod"}'


def test_names_that_are_made_up(tmp_path: Path) -> None:
    """A name that nobody writes has a known beginning and a hole."""
    source = """
resource "aws_iam_role" "a" {}
resource "aws_iam_role" "b" { name_prefix = "ml-" }
resource "awscc_iam_role" "c" {}
resource "aws_s3_bucket" "d" {}
resource "aws_kms_alias" "e" { target_key_id = "x" }
"""
    stack = stack_of(tmp_path, source)
    names = [*(each.name for each in stack.identities), *(each.name for each in stack.buckets), stack.aliases[0].name]
    assert [words(name) for name in names] == [
        '"terraform-${aws_iam_role.a.name_suffix}"',
        '"ml-${aws_iam_role.b.name_suffix}"',
        '"${awscc_iam_role.c.name_suffix}"',
        '"terraform-${aws_s3_bucket.d.name_suffix}"',
        '"alias/${aws_kms_alias.e.name_suffix}"',
    ]


def test_an_unreadable_block_is_unknown_and_named(tmp_path: Path) -> None:
    """A block that cannot be parsed is a problem of its own: what it would say is unknown."""
    source = 'resource "aws_kms_key" "bad" {\n  policy = = 1\n}\nresource "aws_kms_key" "good" {}'
    bad, good = stack_of(tmp_path, source).keys
    assert words(bad.policy.document).startswith("?")
    assert good.policy.kind is PolicyKind.DEFAULT_KEY
