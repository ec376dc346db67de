"""What keyfit costs in its hosts, and by itself: with nothing to judge, and on 300 resources full of consumers."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from tests.bench import terraform
from tests.bench._table import CFN_LINT, CHECKOV, IN_CFN_LINT, IN_CHECKOV, KEYFIT, ROOT, alone, compare, head

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

STACK = ROOT / "fixtures" / "stacks" / "correct.yaml"
GROUPS = 60  # of five resources each: 300 resources
FILES = 20  # of a tree with nothing to judge
NOTHING, FULL, SMALL = 1.03, 1.15, 0.25  # the budgets: ratios, and seconds


def main() -> None:
    """Print the table."""
    with TemporaryDirectory() as folder:
        top = Path(folder).resolve()
        nothing, full = write(top)
        head()
        templates, roots = ("--framework", "cloudformation"), ("--framework", "terraform")
        compare(
            "Checkov, a template with nothing to judge",
            (*CHECKOV, *templates, "-f", nothing),
            IN_CHECKOV,
            budget=NOTHING,
        )
        compare("cfn-lint, a template with nothing to judge", (*CFN_LINT, "-t", nothing), IN_CFN_LINT, budget=NOTHING)
        tree = sorted((top / "templates").iterdir())
        compare(
            f"Checkov, {FILES} root modules with nothing to judge",
            (*CHECKOV, *roots, "-d", top / "roots"),
            IN_CHECKOV,
            budget=NOTHING,
        )
        compare(
            f"cfn-lint, {FILES} templates with nothing to judge", (*CFN_LINT, "-t", *tree), IN_CFN_LINT, budget=NOTHING
        )
        compare("Checkov, 300 resources full of consumers", (*CHECKOV, *templates, "-f", full), IN_CHECKOV, budget=FULL)
        compare("cfn-lint, 300 resources full of consumers", (*CFN_LINT, "-t", full), IN_CFN_LINT, budget=FULL)
        alone("keyfit check, 300 resources full of consumers", *KEYFIT, full)
        alone("keyfit check, a template with nothing to judge", *KEYFIT, nothing)
    alone("keyfit check, a small stack", *KEYFIT, STACK, budget=SMALL)


def write(top: Path) -> tuple[Path, Path]:
    """A template with nothing to judge and one full of consumers; beside them trees with nothing to judge."""
    nothing, full = top / "nothing.json", top / "full.json"
    nothing.write_text(template(service, GROUPS), encoding="utf-8")
    full.write_text(template(group, GROUPS), encoding="utf-8")
    (top / "templates").mkdir()
    for at in range(FILES):
        (top / "templates" / f"{at}.json").write_text(template(service, GROUPS // FILES), encoding="utf-8")
    terraform.write(top / "roots", FILES, consumers=0, keys=False)
    return nothing, full


def template(resources: Callable[[int], dict[str, object]], number: int) -> str:
    """A template of so many groups of resources."""
    every = {name: each for at in range(number) for name, each in resources(at).items()}
    return json.dumps({"AWSTemplateFormatVersion": "2010-09-09", "Resources": every}, indent=1)


def service(number: int) -> dict[str, object]:
    """Nothing to judge: a service with its queue, bucket, logs and role, and no key of its own."""
    trust = [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]
    return {
        f"Queue{number}": {"Type": "AWS::SQS::Queue", "Properties": {"MessageRetentionPeriod": 86400}},
        f"Bucket{number}": {"Type": "AWS::S3::Bucket"},
        f"Logs{number}": {"Type": "AWS::Logs::LogGroup", "Properties": {"RetentionInDays": 30}},
        f"Role{number}": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": document(trust)}},
        f"Topic{number}": {"Type": "AWS::SNS::Topic"},
    }


def group(number: int) -> dict[str, object]:
    """One dataset group, its key, its role, the role's policy, and a bucket."""
    personalize = {"Service": "personalize.amazonaws.com"}
    root = {"AWS": {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}}
    use = ["kms:Decrypt", "kms:GenerateDataKey", "kms:DescribeKey", "kms:CreateGrant", "kms:ListGrants"]
    role = {"Fn::GetAtt": [f"Role{number}", "Arn"]}
    key = {"Fn::GetAtt": [f"Key{number}", "Arn"]}
    statements = [
        {"Effect": "Allow", "Principal": root, "Action": "kms:*", "Resource": "*"},
        {"Effect": "Allow", "Principal": {**personalize, "AWS": role}, "Action": use, "Resource": "*"},
    ]
    trust = [{"Effect": "Allow", "Principal": personalize, "Action": "sts:AssumeRole"}]
    allow = [{"Effect": "Allow", "Action": use, "Resource": key}]
    return {
        f"Key{number}": {"Type": "AWS::KMS::Key", "Properties": {"KeyPolicy": document(statements)}},
        f"Role{number}": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": document(trust)}},
        f"Policy{number}": {
            "Type": "AWS::IAM::Policy",
            "Properties": {
                "PolicyName": "key",
                "Roles": [{"Ref": f"Role{number}"}],
                "PolicyDocument": document(allow),
            },
        },
        f"Bucket{number}": {"Type": "AWS::S3::Bucket"},
        f"Group{number}": {
            "Type": "AWS::Personalize::DatasetGroup",
            "Properties": {"Name": f"group-{number}", "KmsKeyArn": key, "RoleArn": role},
        },
    }


def document(statements: Sequence[Mapping[str, object]]) -> dict[str, object]:
    """A policy of these statements."""
    return {"Version": "2012-10-17", "Statement": list(statements)}


if __name__ == "__main__":
    main()
