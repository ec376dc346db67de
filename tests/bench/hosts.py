"""What keyfit costs in its hosts: wall time with and without it on a template of 300 resources, and by itself.

Pairs are run in turn, and the median of the ratios is printed, so that a machine whose speed drifts tells the truth.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ROOT = Path(__file__).resolve().parents[2]
COMMANDS = Path(sys.executable).parent
STACK = ROOT / "fixtures" / "stacks" / "correct.yaml"
PAIRS = 5
GROUPS = 60  # with a key, a role, a policy and a bucket each: 300 resources
QUIET = {**os.environ, "LOG_LEVEL": "CRITICAL"}

Command = list[str]


def main() -> None:
    """Print the ratios and the time of the command line."""
    with TemporaryDirectory() as folder:
        template = Path(folder) / "big.json"
        template.write_text(json.dumps(big(), indent=1), encoding="utf-8")
        for host, plain, extra in hosts(str(template)):
            ratios = [seconds(plain + extra) / seconds(plain) for _ in range(PAIRS)]
            print(f"{host}: {statistics.median(ratios):.2f} times the wall time with keyfit, on 300 resources")
        alone = [seconds([str(COMMANDS / "keyfit"), "check", str(template)]) for _ in range(PAIRS)]
        print(f"keyfit check on the same template: {statistics.median(alone):.2f} s")
    small = [seconds([str(COMMANDS / "keyfit"), "check", str(STACK)]) for _ in range(PAIRS)]
    print(f"keyfit check on a small stack: {statistics.median(small):.2f} s")


def hosts(template: str) -> list[tuple[str, Command, Command]]:
    """Each host's command without keyfit, and what adds it."""
    checkov = [str(COMMANDS / "checkov"), "--skip-download", "--quiet", "--compact", "--framework", "cloudformation"]
    cfn_lint = [str(COMMANDS / "cfn-lint"), "--template", template]
    return [
        ("Checkov", [*checkov, "--file", template], ["--external-checks-dir", str(ROOT / "checks")]),
        ("cfn-lint", cfn_lint, ["--append-rules", str(ROOT / "plugins" / "rules")]),
    ]


def seconds(command: Command) -> float:
    """The wall time of one run; the status says what was found, and does not matter here."""
    start = perf_counter()
    subprocess.run(command, env=QUIET, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    return perf_counter() - start


def big() -> dict[str, object]:
    """A template as a platform team has it: dataset groups with all that belongs to them."""
    resources: dict[str, object] = {}
    for number in range(GROUPS):
        resources |= group(number)
    return {"AWSTemplateFormatVersion": "2010-09-09", "Resources": resources}


def group(number: int) -> dict[str, object]:
    """One dataset group, its key, its role, the role's policy, and a bucket."""
    service = {"Service": "personalize.amazonaws.com"}
    root = {"AWS": {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}}
    use = ["kms:Decrypt", "kms:GenerateDataKey", "kms:DescribeKey", "kms:CreateGrant", "kms:ListGrants"]
    role = {"Fn::GetAtt": [f"Role{number}", "Arn"]}
    key = {"Fn::GetAtt": [f"Key{number}", "Arn"]}
    statements = [
        {"Effect": "Allow", "Principal": root, "Action": "kms:*", "Resource": "*"},
        {"Effect": "Allow", "Principal": {**service, "AWS": role}, "Action": use, "Resource": "*"},
    ]
    trust = [{"Effect": "Allow", "Principal": service, "Action": "sts:AssumeRole"}]
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
