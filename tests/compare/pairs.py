"""Pairs of sources, and what is different between them, each decision written down by hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from tests.compare.sources import GROUP, LIMIT, NOTHING_BUT, THROUGH_S3, key, let, may, role, template, tf_key, tf_role

ALL: Final = "all"  # the actions of a key but `kms:RetireGrant`, which no policy of a key decides


@dataclass(frozen=True, slots=True)
class Expected:
    """One changed decision: what became of it, for whom, about which actions on which key, and when."""

    direction: str
    principal: str
    actions: frozenset[str] | str
    key: str
    scenario: tuple[tuple[str, bool | str], ...] = ()


@dataclass(frozen=True, slots=True)
class Case:
    """Two states of one source: files by name; what must be told of them, in any order."""

    name: str
    base: dict[str, str]
    head: dict[str, str]
    decided: tuple[Expected, ...] = ()
    judged: tuple[tuple[int, str, str], ...] = ()  # rule, subject, and how its verdict changed
    altered: tuple[str, ...] = ()


def of(direction: str, principal: str, actions: str, key: str = "Key", **scenario: bool | str) -> Expected:
    """An expectation; `actions` are the names of KMS's actions between spaces, or `ALL`."""
    named = actions if actions == ALL else frozenset(f"kms:{each}" for each in actions.split())
    return Expected(direction, principal, named, key, tuple(scenario.items()))


def yaml(name: str, base: str, head: str, *decided: Expected, **more: object) -> Case:
    """A case of one template."""
    return Case(name, {"stack.yaml": base}, {"stack.yaml": head}, decided, **more)  # type: ignore[arg-type]


def hcl(name: str, base: str, head: str, *decided: Expected, **more: object) -> Case:
    """A case of one root module."""
    return Case(name, {"main.tf": base}, {"main.tf": head}, decided, **more)  # type: ignore[arg-type]


OWN: Final = "the account itself"
WORKER: Final = "Worker"
TF_WORKER: Final = "aws_iam_role.worker"
TF: Final = "aws_kms_key.key"

CASES: Final = (
    yaml(
        "statements that are rewritten, reordered and split say the same",
        template(
            key(let("[kms:Decrypt, kms:Encrypt]")),
            role(),
        ),
        template(
            key(
                let("kms:Encrypt", "{AWS: !Sub 'arn:${AWS::Partition}:iam::${AWS::AccountId}:role/worker'}"),
                let("'kms:decrypt'", "{AWS: [!GetAtt Worker.Arn]}"),
            ),
            role(),
        ),
    ),
    yaml(
        "a parameter's default changes, and no policy does",
        template(
            key(let("!Ref Does")),
            role(),
            parameters="Does: {Type: String, Default: 'kms:Decrypt'}",
        ),
        template(
            key(let("!Ref Does")),
            role(),
            parameters="Does: {Type: String, Default: 'kms:Sign'}",
        ),
        of("lost", WORKER, "Decrypt"),
        of("gained", WORKER, "Sign"),
    ),
    hcl(
        "a variable's default changes, and no policy does",
        tf_key("var.actions", TF_WORKER) + tf_role() + 'variable "actions" {\n  default = ["kms:Decrypt"]\n}\n',
        tf_key("var.actions", TF_WORKER)
        + tf_role()
        + 'variable "actions" {\n  default = ["kms:Decrypt", "kms:Encrypt"]\n}\n',
        of("gained", TF_WORKER, "Encrypt", TF),
    ),
    hcl(
        "a policy document says what `jsonencode` said",
        tf_key('["kms:Decrypt", "kms:DescribeKey"]', TF_WORKER) + tf_role(),
        """
data "aws_iam_policy_document" "key" {
  statement {
    actions   = ["kms:DescribeKey"]
    resources = ["*"]
    principals {
      type        = "AWS"
      identifiers = [aws_iam_role.worker.arn]
    }
  }
  statement {
    actions   = ["kms:Decrypt"]
    resources = ["*"]
    principals {
      type        = "AWS"
      identifiers = [aws_iam_role.worker.arn]
    }
  }
}

resource "aws_kms_key" "key" {
  policy = data.aws_iam_policy_document.key.json
}
"""
        + tf_role(),
    ),
    yaml(
        "a boundary leaves less of what the role's own policy allows",
        template(key(NOTHING_BUT), role(may("[kms:Decrypt, kms:Encrypt]"))),
        template(
            key(NOTHING_BUT),
            role(may("[kms:Decrypt, kms:Encrypt]"), boundary="!Ref Limit"),
            LIMIT,
        ),
        of("lost", WORKER, "Encrypt"),
        altered=("role `Worker` has a permissions boundary now",),
    ),
    hcl(
        "a grant gives what no policy does",
        tf_key('["kms:DescribeKey"]', TF_WORKER) + tf_role(),
        tf_key('["kms:DescribeKey"]', TF_WORKER)
        + tf_role()
        + """
resource "aws_kms_grant" "work" {
  key_id            = aws_kms_key.key.key_id
  grantee_principal = aws_iam_role.worker.arn
  operations        = ["Decrypt", "Encrypt"]
}
""",
        of("gained", TF_WORKER, "Decrypt Encrypt", TF),
        altered=("grant `aws_kms_grant.work` is new: `Decrypt` and `Encrypt` for",),
    ),
    yaml(
        "a Deny is added",
        template(
            key(let("[kms:Decrypt, kms:Encrypt]")),
            role(),
        ),
        template(
            key(let("[kms:Decrypt, kms:Encrypt]")),
            role("{Effect: Deny, Action: kms:Encrypt*, Resource: '*'}"),
        ),
        of("lost", WORKER, "Encrypt"),
    ),
    yaml(
        "a key policy delegates to the account, whose role has a policy already",
        template(
            key(let("'kms:*'", "{AWS: !GetAtt Admin.Arn}")),
            role(may("kms:Decrypt")),
            role(name="Admin"),
        ),
        template(
            key(let("'kms:*'", "{AWS: !GetAtt Admin.Arn}"), NOTHING_BUT),
            role(may("kms:Decrypt")),
            role(name="Admin"),
        ),
        of("gained", OWN, ALL),
        of("gained", WORKER, "Decrypt"),
    ),
    hcl(
        "what a role's policy says is not known any more",
        tf_key('["kms:*"]') + tf_role('["kms:Decrypt"]'),
        tf_key('["kms:*"]') + tf_role("var.actions") + 'variable "actions" {\n  type = list(string)\n}\n',
        of("perhaps lost", TF_WORKER, "Decrypt", TF),
        of("perhaps gained", TF_WORKER, "-Decrypt", TF),
        judged=((503, "aws_iam_role_policy.own", "held, is unproven"),),
    ),
    yaml(
        "a Deny in production alone",
        template(
            key(let("[kms:Decrypt, kms:Encrypt]")),
            role(),
        ),
        template(
            key(
                let("[kms:Decrypt, kms:Encrypt]"),
                "!If [IsProd, {Effect: Deny, Principal: '*', Action: kms:Decrypt, Resource: '*'}, !Ref 'AWS::NoValue']",
            ),
            role(),
            parameters="Stage: {Type: String, Default: test}",
            conditions="IsProd: !Equals [!Ref Stage, prod]",
        ),
        of("lost", WORKER, "Decrypt", IsProd=True),
    ),
    hcl(
        "a key that is moved is the same",
        tf_key('["kms:Decrypt"]', TF_WORKER) + tf_role(),
        tf_key('["kms:Decrypt", "kms:Sign"]', TF_WORKER).replace('"aws_kms_key" "key"', '"aws_kms_key" "data"')
        + tf_role()
        + "moved {\n  from = aws_kms_key.key\n  to   = aws_kms_key.data\n}\n",
        of("gained", TF_WORKER, "Sign", "aws_kms_key.data"),
    ),
    hcl(
        "a role with another address and the same name is the same",
        tf_key('["kms:Decrypt"]', TF_WORKER) + tf_role(),
        (tf_key('["kms:Decrypt"]', TF_WORKER) + tf_role())
        .replace('"worker" {', '"works" {')
        .replace(TF_WORKER, "aws_iam_role.works"),
    ),
    hcl(
        "another account is let in",
        tf_key('["kms:Decrypt"]', TF_WORKER) + tf_role(),
        tf_key('["kms:Decrypt"]', TF_WORKER, '"arn:aws:iam::999988887777:root"') + tf_role(),
        of("gained", "account `999988887777`", "Decrypt", TF),
    ),
    yaml(
        "everybody is let in",
        template(
            key(let("kms:Decrypt")),
            role(),
            role(name="Other"),
        ),
        template(key(let("kms:Decrypt", "'*'")), role(), role(name="Other")),
        of("gained", "Other", "Decrypt"),
        of("gained", "*", "Decrypt"),
    ),
    yaml(
        "a statement for calls through a service lets in more",
        template(
            key(let("kms:Decrypt", condition=THROUGH_S3)),
            role(),
        ),
        template(
            key(let("[kms:Decrypt, kms:GenerateDataKey]", condition=THROUGH_S3)),
            role(),
        ),
        of("perhaps gained", WORKER, "GenerateDataKey"),
    ),
    yaml(
        "a service cannot do what a consumer needs any more",
        template(
            key(
                let(
                    "[kms:Decrypt, kms:GenerateDataKey, kms:DescribeKey, kms:CreateGrant, kms:ListGrants]",
                    "{Service: personalize.amazonaws.com}",
                ),
                NOTHING_BUT,
            ),
            role(may("'kms:*'")),
            GROUP,
        ),
        template(
            key(
                let(
                    "[kms:Decrypt, kms:DescribeKey, kms:CreateGrant, kms:ListGrants]",
                    "{Service: personalize.amazonaws.com}",
                ),
                NOTHING_BUT,
            ),
            role(may("'kms:*'")),
            GROUP,
        ),
        of("lost", "personalize.amazonaws.com", "GenerateDataKey"),
        judged=((101, "Group", "held, is broken"),),
    ),
)
