"""One remedy in every notation: the text grows where it has to, as its author writes it, and nowhere else."""

from __future__ import annotations

import json
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

from keyfit import remedy
from keyfit.scan import Run, scan
from keyfit.scan.selection import select
from keyfit.settings import Settings

YAML = """\
Resources:
  Key:
    Type: AWS::KMS::Key
    Properties:
      KeyPolicy:
        Version: "2012-10-17"
        Statement:
          - Effect: Allow
            Principal: {AWS: !Sub "arn:aws:iam::${AWS::AccountId}:root"}
            Action: kms:*
            Resource: "*"
          - Effect: Allow
            Principal: {Service: personalize.amazonaws.com}
            Action: ACTION
            Resource: "*"
          - Effect: Allow
            Principal: {Service: personalize.amazonaws.com}
            Action: [kms:Decrypt, kms:GenerateDataKey, kms:DescribeKey]
            Resource: "*"
            Condition: {Null: {"aws:PrincipalOrgID": "false"}}
  Group:
    Type: AWS::Personalize::DatasetGroup
    Properties:
      Name: films
      KmsKeyArn: !GetAtt Key.Arn
      RoleArn: arn:aws:iam::111122223333:role/films
"""

HCL = """\
resource "aws_kms_key" "key" {
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect    = "Allow"
        Principal = { AWS = "arn:aws:iam::111122223333:root" }
        Action    = "kms:*"
        Resource  = "*"
      },
      {
        Effect    = "Allow"
        Principal = { Service = "personalize.amazonaws.com" }
        Action    = ACTION
        Resource  = "*"
      },
    ]
  })
}

resource "awscc_personalize_dataset_group" "group" {
  name        = "films"
  kms_key_arn = aws_kms_key.key.arn
  role_arn    = "arn:aws:iam::111122223333:role/films"
}
"""

NEEDED = ("kms:Decrypt", "kms:GenerateDataKey", "kms:DescribeKey", "kms:ListGrants")
FOUR = ", ".join(NEEDED)
QUOTED = ", ".join(f'"{each}"' for each in NEEDED)
GRANT = "kms:CreateGrant"


def mended(file: Path, text: bytes) -> bytes:
    """What `keyfit fix --select 101` makes of a file."""
    file.write_bytes(text)
    run = Run(Settings(select=("101",)), {}, file.parent)
    report = scan((file,), run)
    rules = {each.path: select(each.settings) for each in report.checked}
    found = remedy.mend((file,), run, rules, lambda same: same)
    assert file.read_bytes() == text
    return found.after.get(str(file), text)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (f"[{FOUR}]", f"[{FOUR}, {GRANT}]"),
        (f"[{FOUR},]", f"[{FOUR}, {GRANT}]"),
        (f"[{FOUR} ] # all", f"[{FOUR}, {GRANT} ] # all"),
        (f"[{QUOTED}]", f'[{QUOTED}, "{GRANT}"]'),
        (
            "\n" + "".join(f"              - {each}\n" for each in NEEDED).rstrip("\n"),
            "\n" + "".join(f"              - {each}\n" for each in (*NEEDED, GRANT)).rstrip("\n"),
        ),
        (
            "\n" + "".join(f"            - '{each}'  # why\n" for each in NEEDED) + "            # the end",
            "\n"
            + "".join(f"            - '{each}'  # why\n" for each in NEEDED)
            + f"            - {GRANT}\n            # the end",
        ),
        (
            "\n              [\n"
            + ",\n".join(f"                {each}" for each in NEEDED)
            + " # last\n              ]",
            "\n              [\n"
            + ",\n".join(f"                {each}" for each in NEEDED)
            + f", # last\n                {GRANT}\n              ]",
        ),
        ("kms:[DGL]*", None),
    ],
)
@pytest.mark.parametrize("form", ["plain", "crlf", "mark", "utf-16"])
def test_an_action_more_in_yaml(form: str, before: str, after: str | None, tmp_path: Path) -> None:
    """In a list on one line or on several, with whatever stands beside it; the bytes around stay as they are."""
    text = YAML.replace("ACTION", before)
    changed = mended(tmp_path / "template.yaml", encoded(text, form))
    if after is None:
        assert changed.startswith(encoded(text.partition("  Group:")[0], form).rstrip())
    else:
        assert changed == encoded(YAML.replace("ACTION", after), form)


def encoded(text: str, form: str) -> bytes:
    """The bytes of a file in one of the ways in which editors write them."""
    match form:
        case "crlf":
            return text.replace("\n", "\r\n").encode()
        case "mark":
            return b"\xef\xbb\xbf" + text.encode()
        case "utf-16":
            return b"\xff\xfe" + text.encode("utf-16-le")
        case _:
            return text.encode()


@pytest.mark.hcl
@pytest.mark.parametrize(
    ("before", "after"),
    [
        (f"[{QUOTED}]", f'[{QUOTED}, "{GRANT}"]'),
        (f"[ {QUOTED}, ] # all", f'[ {QUOTED}, "{GRANT}" ] # all'),
        (
            "[\n" + "".join(f'          "{each}",\n' for each in NEEDED) + "        ]",
            "[\n" + "".join(f'          "{each}",\n' for each in (*NEEDED, GRANT)) + "        ]",
        ),
        (
            "[\n" + ",\n".join(f'          "{each}"' for each in NEEDED) + " // ] the end\n        ]",
            "[\n"
            + ",\n".join(f'          "{each}"' for each in NEEDED)
            + f', // ] the end\n          "{GRANT}"\n        ]',
        ),
    ],
)
@pytest.mark.parametrize("form", ["plain", "crlf", "mark"])
def test_an_action_more_in_hcl(form: str, before: str, after: str, tmp_path: Path) -> None:
    """As in YAML; a trailing comma stays one where there was one on a line of its own."""
    changed = mended(tmp_path / "main.tf", encoded(HCL.replace("ACTION", before), form))
    assert changed == encoded(HCL.replace("ACTION", after), form)


JSON_POLICY = """\
resource "aws_kms_key" "key" {
  policy = <<-POLICY
    {
      "Version": "2012-10-17",
      "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:root"}, "Action": "kms:*", "Resource": "*"},
        {
          "Effect": "Allow",
          "Principal": {"Service": "personalize.amazonaws.com"},
          "Action": [
            "kms:Decrypt",
            "kms:GenerateDataKey",
            "kms:DescribeKey",
            "kms:ListGrants"MORE
          ],
          "Resource": "*"
        }
      ]
    }
  POLICY
}
"""


@pytest.mark.hcl
def test_an_action_more_in_a_heredoc(tmp_path: Path) -> None:
    """JSON that stands as text, over lines that are the file's."""
    text = JSON_POLICY + HCL.partition("\n\n")[2]
    changed = mended(tmp_path / "main.tf", text.replace("MORE", "").encode())
    assert changed == text.replace("MORE", f',\n            "{GRANT}"').encode()


TF_JSON = """\
{
  "data": {"aws_iam_policy_document": {"key": {"statement": [
    {"actions": ["kms:*"], "resources": ["*"], "principals": [{"type": "AWS", "identifiers": ["111122223333"]}]},
    {"actions": ["kms:*Key*", "kms:D*"MORE], "resources": ["*"],
     "principals": [{"type": "Service", "identifiers": ["personalize.amazonaws.com"]}]}
  ]}}},
  "resource": {
    "aws_kms_key": {"data": {"policy": "${data.aws_iam_policy_document.key.json}"}},
    "awscc_personalize_dataset_group": {"group": {
      "name": "films", "kms_key_arn": "${aws_kms_key.data.arn}", "role_arn": "arn:aws:iam::111122223333:role/films"
    }}
  }
}
"""


@pytest.mark.hcl
@pytest.mark.parametrize("before", ['"kms:*Key*", "kms:D*"', '"kms:D*"', '"kms:*Key*"'])
def test_an_action_more_in_terraforms_json(before: str, tmp_path: Path) -> None:
    """One element or several: what is behind the last one belongs to the same list."""
    text = TF_JSON.replace('"kms:*Key*", "kms:D*"', before)
    changed = mended(tmp_path / "main.tf.json", text.replace("MORE", "").encode()).decode()
    head, _, tail = text.partition("MORE")
    assert changed.startswith(head)
    assert changed.endswith(tail)
    more = changed[len(head) : len(changed) - len(tail)]
    wanted = {each for each in (*NEEDED, GRANT) if not _given(each, before)}
    assert sorted(json.loads(f'["x"{more}]')[1:]) == sorted(wanted)


def _given(action: str, patterns: str) -> bool:
    return any(fnmatchcase(action, each) for each in json.loads(f"[{patterns}]"))


@pytest.mark.hcl
def test_an_action_more_in_a_file_that_is_read(tmp_path: Path) -> None:
    """The file of the statement is edited, not the one that reads it."""
    policy = JSON_POLICY.partition("POLICY\n")[2].partition("  POLICY")[0]
    (tmp_path / "key.json").write_text(policy.replace("MORE", ""), encoding="utf-8")
    key = 'resource "aws_kms_key" "key" {\n  policy = file("${path.module}/key.json")\n}\n\n'
    (tmp_path / "main.tf").write_text(key + HCL.partition("\n\n")[2], encoding="utf-8")
    run = Run(Settings(), {}, tmp_path)
    rules = {each.path: frozenset({101}) for each in scan((tmp_path,), run).checked}
    found = remedy.mend((tmp_path,), run, rules, lambda same: same)
    assert {Path(file).name: data.decode() for file, data in found.after.items()} == {
        "key.json": policy.replace("MORE", f',\n            "{GRANT}"')
    }


@pytest.mark.hcl
@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("local.use", f'concat(local.use, ["{GRANT}"])'),
        ("concat(local.use, [])", f'concat(local.use, [], ["{GRANT}"])'),
        ("[for each in local.use : each]", f'concat([for each in local.use : each], ["{GRANT}"])'),
        ('split(",", join(",", local.use))', f'concat(split(",", join(",", local.use)), ["{GRANT}"])'),
    ],
)
def test_a_list_that_is_named_or_made_stays_as_it_is(before: str, after: str, tmp_path: Path) -> None:
    """Others can use it: the statement gets a list of its own."""
    local = f"\nlocals {{\n  use = [{QUOTED}]\n}}\n"
    changed = mended(tmp_path / "main.tf", (HCL.replace("ACTION", before) + local).encode())
    assert changed == (HCL.replace("ACTION", after) + local).encode()


def test_a_statement_of_its_own_where_others_would_gain(tmp_path: Path) -> None:
    """A statement that names the role, too, is left alone: the role does not need what the service does."""
    shared = YAML.replace(
        "            Principal: {Service: personalize.amazonaws.com}\n            Action: ACTION",
        "            Principal: {Service: [personalize.amazonaws.com, logs.amazonaws.com]}\n            Action: ["
        + FOUR
        + "]",
    )
    changed = mended(tmp_path / "template.yaml", shared.encode()).decode()
    assert changed != shared
    added = set(changed.splitlines()) - set(shared.splitlines())
    assert added == {f"            Action: {GRANT}"}


@pytest.mark.hcl
def test_a_statement_that_serves_others_too_is_not_widened(tmp_path: Path) -> None:
    """Two keys of one document: what one of them needs, the other would get; so nothing is offered."""
    twice = (
        HCL.replace("ACTION", f"[{QUOTED}]")
        .replace('"key" {', '"key" {\n  count = 2')
        .replace("aws_kms_key.key.arn", "aws_kms_key.key[0].arn")
    )
    assert mended(tmp_path / "main.tf", twice.encode()) == twice.encode()
