"""What Terraform costs on a tree of root modules of which few have a consumer: `python tests/bench/terraform.py`.

CPU time of the real commands; the tree is written to a temporary directory. `--roots N` makes it smaller.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time

from keyfit.readers.given import Given
from keyfit.readers.hcl import blocks, syntax
from keyfit.readers.terraform.modules.block_types import TERRAFORM
from keyfit.readers.terraform.reading import Reading, read
from keyfit.readers.terraform.root_modules import survey
from tests.bench._table import CHECKOV, IN_CHECKOV, KEYFIT, alone, compare, head

ROOTS = 1_000
CONSUMERS = 5
KEYS = 10  # of every so many root modules one has a key, and no consumer

PLAIN = """\
terraform {
  required_version = ">= 1.5"
}

provider "aws" {
  region = var.region
}

variable "region" {
  type    = string
  default = "eu-west-1"
}

variable "name" {
  type    = string
  default = "service-%(number)d"
}

locals {
  tags = {
    Service = var.name
    Team    = "team-%(number)d"
  }
}

data "aws_caller_identity" "current" {}

resource "aws_s3_bucket" "data" {
  bucket = "${var.name}-data"
  tags   = merge(local.tags, { Purpose = "data" })
}

resource "aws_sqs_queue" "jobs" {
  name                      = "${var.name}-jobs"
  message_retention_seconds = 86400
  tags                      = local.tags
}

resource "aws_iam_role" "service" {
  name = "${var.name}-service"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "lambda.amazonaws.com" }
    }]
  })
}

resource "aws_iam_role_policy" "service" {
  role = aws_iam_role.service.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = ["s3:GetObject", "s3:PutObject", "sqs:SendMessage"]
      Resource = ["${aws_s3_bucket.data.arn}/*", aws_sqs_queue.jobs.arn]
    }]
  })
}

resource "aws_cloudwatch_log_group" "service" {
  name              = "/services/${var.name}"
  retention_in_days = 30
}

output "bucket" {
  value = aws_s3_bucket.data.arn
}
"""
KEY = """
resource "aws_kms_key" "data" {
  description         = "Data of ${var.name}"
  enable_key_rotation = true
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "Account"
      Effect    = "Allow"
      Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.current.account_id}:root" }
      Action    = "kms:*"
      Resource  = "*"
    }]
  })
}
"""
CONSUMER = """
resource "aws_iam_role" "personalize" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "personalize.amazonaws.com" }
    }]
  })
}

resource "awscc_personalize_dataset_group" "group" {
  name        = var.name
  kms_key_arn = aws_kms_key.data.arn
  role_arn    = aws_iam_role.personalize.arn
}
"""


def write(tree: Path, number: int, *, consumers: int = CONSUMERS, keys: bool = True) -> None:
    """`number` root modules, `consumers` of them with a consumer whose key is not for it."""
    every = max(1, number // consumers) if consumers else number + 1
    for at in range(number):
        text = PLAIN % {"number": at}
        if consumers and at % every == 0:
            text += KEY + CONSUMER
        if keys and at % KEYS == 1:
            text += KEY
        folder = tree / f"team-{at // 50:03}" / f"service-{at:04}"
        folder.mkdir(parents=True)
        (folder / "main.tf").write_text(text, encoding="utf-8")


def parsed(tree: Path) -> None:
    """Which share of the blocks is parsed, and the time against parsing all of them."""
    given = Given(tree)
    start = process_time()
    stacks = [read(root, given) for root, consuming in survey(tree, given).speaking.items() if consuming]
    took = process_time() - start
    asked = sum(_parsed(stack.reading) for stack in stacks if isinstance(stack.reading, Reading))
    start = process_time()
    every = sum(_parse(file) for file in sorted(tree.rglob("*.tf")))
    whole = process_time() - start
    print(f"{f'reading: {asked} of {every} blocks parsed ({asked / every:.1%})':72} {took:8.2f} s")
    print(f"{f'the same with every block parsed: {whole / took:.0f} times as long':72} {whole:8.2f} s", flush=True)


def _parsed(reading: Reading) -> int:
    configurations = reading.source.library.configurations.values()
    return sum(
        block.parsed
        for each in configurations
        for block in (*each.declared.values(), *each.providers, *each.local_blocks)
    )


def _parse(file: Path) -> int:
    text = file.read_text(encoding="utf-8")
    spans = blocks.split(text, TERRAFORM)
    for span in spans:
        syntax.read_block(text, span, str(file))
    return len(spans)


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--roots", type=int, default=ROOTS)
    number = arguments.parse_args().roots
    with TemporaryDirectory() as scratch:
        tree = Path(scratch).resolve() / "tree"
        write(tree, number)
        print(f"{number} root modules, {CONSUMERS} with a consumer, one of {KEYS} with a key")
        parsed(tree)
        head()
        ours = alone("keyfit check", *KEYFIT, tree, times=3)
        checkov = (*CHECKOV, "--framework", "terraform", "--directory", tree)
        one, added = ("--check", "CKV_AWS_7"), (*IN_CHECKOV, "--check", "CKV_KEYFIT_*")
        theirs = compare("Checkov with one check of its own", (*checkov, *one), added, pairs=1)
        compare("Checkov with all of its checks", checkov, IN_CHECKOV, pairs=1)
        print(f"keyfit check is {theirs / ours:.1f} times as fast as Checkov with one check of its own")


if __name__ == "__main__":
    main()
