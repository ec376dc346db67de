"""Whether the time of `keyfit check` grows linearly in what is judged: CPU of the command for two sizes of each input.

Each is of a kind that once took hours, a gigabyte, or a line of output for each pair of blocks. A bound that is reached
makes the larger one cheaper than twice the smaller.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

MOST: Final = 2.6  # times, for twice the size; starting Python is in both
TRUST: Final = {
    "Statement": {"Effect": "Allow", "Principal": {"Service": "personalize.amazonaws.com"}, "Action": "sts:*"}
}
CREATE: Final = {"Statement": {"Effect": "Allow", "Action": "personalize:CreateDatasetGroup", "Resource": "*"}}
CONSUMER: Final = """
resource "aws_kms_key" "k" {}
resource "awscc_personalize_dataset_group" "g" {
  name        = "g"
  kms_key_arn = aws_kms_key.k.arn
}
"""


def role(*policies: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    """A role that Personalize assumes."""
    written = [{"PolicyName": f"p{number}", "PolicyDocument": each} for number, each in enumerate(policies)]
    return {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": TRUST, "Policies": written}}


def group(name: str, **more: str) -> dict[str, Any]:
    """A dataset group whose role has that name."""
    named = {"KmsKeyArn": {"Fn::GetAtt": ["K", "Arn"]}, "RoleArn": {"Fn::GetAtt": [name, "Arn"]}}
    return {"Type": "AWS::Personalize::DatasetGroup", "Properties": {"Name": "g", **named}, **more}


def template(resources: Mapping[str, Any], **more: Any) -> str:  # noqa: ANN401 - JSON
    """A template with a key."""
    return json.dumps({"Resources": {"K": {"Type": "AWS::KMS::Key"}, **resources}, **more})


def groups(size: int) -> dict[str, str]:
    """Dataset groups with a role each."""
    resources = {name: made for n in range(size) for name, made in ((f"R{n}", role()), (f"G{n}", group(f"R{n}")))}
    return {"t.json": template(resources)}


def passing(size: int) -> dict[str, str]:
    """The same, and each role may create groups, so that it would pass every role."""
    resources = {name: made for n in range(size) for name, made in ((f"R{n}", role(CREATE)), (f"G{n}", group(f"R{n}")))}
    return {"t.json": template(resources)}


def conditions(size: int) -> dict[str, str]:
    """Groups and statements that hang on a condition each."""
    actions = [{"Fn::If": [f"C{n}", "kms:Decrypt", "kms:Encrypt"]} for n in range(size)]
    statements = [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": each, "Resource": "*"} for each in actions]
    key = {"Type": "AWS::KMS::Key", "Properties": {"KeyPolicy": {"Statement": statements}}}
    resources = {"K": key, "R": role(), **{f"G{n}": group("R", Condition=f"C{n}") for n in range(size)}}
    parameters = {f"P{n}": {"Type": "String"} for n in range(size)}
    open_ = {f"C{n}": {"Fn::Equals": [{"Ref": f"P{n}"}, "x"]} for n in range(size)}
    return {"t.json": template(resources, Parameters=parameters, Conditions=open_)}


def nested(size: int) -> dict[str, str]:
    """Nested stacks of one template, each with something else passed to it."""
    child = template({f"R{n}": role() for n in range(30)}, Parameters={"N": {"Type": "String"}})
    stack = {"Type": "AWS::CloudFormation::Stack"}
    passed = {
        f"S{n}": {**stack, "Properties": {"TemplateURL": "c.json", "Parameters": {"N": f"{n}"}}} for n in range(size)
    }
    return {"c.json": child, "p.json": template({"R": role(), "G": group("R"), **passed})}


def lines(text: str) -> Callable[[int], dict[str, str]]:
    """A Terraform file of one text, many times, beside a consumer."""
    return lambda size: {"main.tf": f"{CONSUMER}!\n{text * size}"}


KINDS: Final[Mapping[str, tuple[Callable[[int], dict[str, str]], int]]] = {
    "groups with a role each": (groups, 200),
    "roles that pass every role": (passing, 200),
    "statements and groups on conditions": (conditions, 50),
    "nested stacks of one template": (nested, 40),
    "comments that never end": (lines("a/*\n"), 500_000),
    "spaces in a header": (lines('resource "a" "b" ' + " " * 1000), 2_000),
    "empty blocks": (lines("a{}\n"), 500_000),
    "files": (lambda size: {f"{n}.json": groups(2)["t.json"] for n in range(size)}, 100),
}


def seconds(files: Mapping[str, str]) -> float:
    """CPU of the command on these files."""
    with TemporaryDirectory() as folder:
        for name, text in files.items():
            Path(folder, name).write_text(text, encoding="utf-8")
        before = getrusage(RUSAGE_CHILDREN)
        words = (sys.executable, "-m", "keyfit", "check", "--isolated", "--root", folder, folder)
        subprocess.run(words, stdout=subprocess.DEVNULL, check=False)
        after = getrusage(RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    """A line each; status 1 where one grows faster than what is judged."""
    slow = []
    print(f"{'':36}{'size':>9}{'seconds':>9}{'twice':>9}{'times':>7}")
    for name, (make, size) in KINDS.items():
        once, twice = seconds(make(size)), seconds(make(2 * size))
        print(f"{name:36}{size:9,}{once:9.2f}{twice:9.2f}{twice / once:7.1f}", flush=True)
        slow += [name] if twice > MOST * once else []
    if slow:
        sys.exit(f"grows faster than what is judged: {', '.join(slow)}")


if __name__ == "__main__":
    main()
