"""What queues, topics, buckets, functions and log groups with keys cost, which are everywhere: CPU of the commands.

A tree of root modules of which every fifth is full of them, against Checkov with its own checks of the same resources;
and half of it, to see that the time grows with what is judged. `--roots N` makes it smaller.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from tests.bench import terraform
from tests.bench._table import CFN_LINT, CHECKOV, IN_CFN_LINT, IN_CHECKOV, KEYFIT, alone, compare, head

ROOTS: Final = 1_000
EVERY: Final = 5  # one of so many is full of them
GROUPS: Final = 38  # of eight resources each: some 300 in a template
IN_TREE, IN_TEMPLATE = 1.10, 1.15  # the budgets
# Checkov's own checks of whether these resources are encrypted, and with a customer managed key.
ITS_OWN: Final = "CKV_AWS_26,CKV_AWS_27,CKV_AWS_145,CKV_AWS_158,CKV_AWS_173,CKV_AWS_7"

FULL: Final = """
resource "aws_kms_key" "data" {
  description         = "Data of ${var.name}"
  enable_key_rotation = true
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "Account"
        Effect    = "Allow"
        Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.current.account_id}:root" }
        Action    = "kms:*"
        Resource  = "*"
      },
      {
        Sid       = "Services"
        Effect    = "Allow"
        Principal = {
          Service = [
            "cloudwatch.amazonaws.com",
            "logs.${var.region}.amazonaws.com",
            "s3.amazonaws.com",
            "sns.amazonaws.com",
          ]
        }
        Action    = ["kms:Decrypt", "kms:Encrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"]
        Resource  = "*"
      },
    ]
  })
}

resource "aws_sqs_queue" "orders" {
  count             = 4
  name              = "${var.name}-orders-${count.index}"
  kms_master_key_id = aws_kms_key.data.arn
}

resource "aws_sns_topic" "news" {
  count             = 4
  name              = "${var.name}-news-${count.index}"
  kms_master_key_id = aws_kms_key.data.arn
}

resource "aws_sns_topic_subscription" "orders" {
  count     = 4
  topic_arn = aws_sns_topic.news[count.index].arn
  protocol  = "sqs"
  endpoint  = aws_sqs_queue.orders[count.index].arn
}

resource "aws_s3_bucket_server_side_encryption_configuration" "data" {
  bucket = aws_s3_bucket.data.id
  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = aws_kms_key.data.arn
    }
  }
}

resource "aws_cloudwatch_log_group" "work" {
  name       = "/aws/lambda/${var.name}-work"
  kms_key_id = aws_kms_key.data.arn
}

resource "aws_lambda_function" "work" {
  function_name = "${var.name}-work"
  role          = aws_iam_role.service.arn
  handler       = "work.handler"
  runtime       = "python3.12"
  filename      = "work.zip"
  kms_key_arn   = aws_kms_key.data.arn
}

resource "aws_lambda_event_source_mapping" "work" {
  event_source_arn = aws_sqs_queue.orders[0].arn
  function_name    = aws_lambda_function.work.arn
}

resource "aws_cloudwatch_metric_alarm" "backlog" {
  count               = 4
  alarm_name          = "${var.name}-backlog-${count.index}"
  namespace           = "AWS/SQS"
  metric_name         = "ApproximateNumberOfMessagesVisible"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 500
  evaluation_periods  = 5
  alarm_actions       = [aws_sns_topic.news[count.index].arn]
}
"""


def write(tree: Path, roots: int) -> None:
    """So many root modules, every fifth one full."""
    terraform.write(tree, roots, consumers=0, keys=False)
    for at, file in enumerate(sorted(tree.rglob("main.tf"))):
        if at % EVERY == 0:
            file.write_text(file.read_text(encoding="utf-8") + FULL, encoding="utf-8")


def template() -> str:
    """A template of some 300 such resources."""
    return json.dumps({"Resources": {name: each for at in range(GROUPS) for name, each in group(at).items()}}, indent=1)


def group(at: int) -> dict[str, object]:
    """A key, and what is encrypted with it."""
    key: dict[str, object] = {"Fn::GetAtt": [f"Key{at}", "Arn"]}
    root = {"AWS": {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}}
    services = {"Service": ["cloudwatch.amazonaws.com", "s3.amazonaws.com", "sns.amazonaws.com"]}
    statements = [
        {"Effect": "Allow", "Principal": root, "Action": "kms:*", "Resource": "*"},
        {"Effect": "Allow", "Principal": services, "Action": ["kms:Decrypt", "kms:GenerateDataKey*"], "Resource": "*"},
    ]
    policy = {"Version": "2012-10-17", "Statement": statements}
    by_default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}
    encrypted = {"ServerSideEncryptionConfiguration": [{"ServerSideEncryptionByDefault": by_default}]}
    topic, queue = {"Ref": f"Topic{at}"}, {"Fn::GetAtt": [f"Queue{at}", "Arn"]}
    trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    use = {"Effect": "Allow", "Action": ["sqs:ReceiveMessage", "kms:Decrypt"], "Resource": [queue, key]}
    own = [{"PolicyName": "own", "PolicyDocument": {"Version": "2012-10-17", "Statement": [use]}}]
    made: dict[str, tuple[str, dict[str, object]]] = {
        "Key": ("KMS::Key", {"KeyPolicy": policy}),
        "Queue": ("SQS::Queue", {"KmsMasterKeyId": key}),
        "Topic": ("SNS::Topic", {"KmsMasterKeyId": key}),
        "Bucket": ("S3::Bucket", {"BucketEncryption": encrypted}),
        "Subscription": ("SNS::Subscription", {"TopicArn": topic, "Protocol": "sqs", "Endpoint": queue}),
        "Logs": ("Logs::LogGroup", {"KmsKeyId": key}),
        "Role": ("IAM::Role", {"AssumeRolePolicyDocument": {"Statement": [trust]}, "Policies": own}),
        "Alarm": (
            "CloudWatch::Alarm",
            {"ComparisonOperator": "GreaterThanThreshold", "EvaluationPeriods": 5, "AlarmActions": [topic]},
        ),
    }
    return {f"{name}{at}": {"Type": f"AWS::{type_}", "Properties": given} for name, (type_, given) in made.items()}


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--roots", type=int, default=ROOTS)
    roots = arguments.parse_args().roots
    with TemporaryDirectory() as scratch:
        top = Path(scratch).resolve()
        write(top / "half", roots // 2)
        write(top / "tree", roots)
        (top / "full.json").write_text(template(), encoding="utf-8")
        print(f"{roots} root modules, one of {EVERY} full of queues, topics, buckets and functions with keys")
        head()
        half = alone("keyfit check, half of the tree", *KEYFIT, top / "half", times=1)
        whole = alone("keyfit check, the tree", *KEYFIT, top / "tree", times=1)
        print(f"twice the tree takes {whole / half:.1f} times the time")
        checkov = (*CHECKOV, "--framework", "terraform", "-d", top / "tree", "--check")
        ours = (*IN_CHECKOV, "--check", "CKV_KEYFIT_*")
        compare("Checkov, its checks of the same", (*checkov, ITS_OWN), ours, budget=IN_TREE, pairs=1)
        template_ = (*CHECKOV, "--framework", "cloudformation", "-f", top / "full.json")
        compare("Checkov, a template full of them", template_, IN_CHECKOV, budget=IN_TEMPLATE, pairs=3)
        cfn = (*CFN_LINT, "-t", top / "full.json")
        compare("cfn-lint, a template full of them", cfn, IN_CFN_LINT, budget=IN_TEMPLATE, pairs=3)
        alone("keyfit check, a template full of them", *KEYFIT, top / "full.json")


if __name__ == "__main__":
    main()
