"""What Terraform costs on a tree of root modules of which few have a consumer: `python tests/bench/terraform.py`.

Wall time of the real commands; the tree is written to a temporary directory. `--roots N` makes it smaller.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from keyfit.readers.given import Given
from keyfit.readers.hcl import blocks, syntax
from keyfit.readers.terraform.modules.block_types import TERRAFORM
from keyfit.readers.terraform.reading import Reading, read
from keyfit.readers.terraform.root_modules import survey

ROOT = Path(__file__).resolve().parents[2]
COMMANDS = Path(sys.executable).parent
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


def write(tree: Path, number: int) -> None:
    """`number` root modules, CONSUMERS of them with a consumer whose key is not for it."""
    every = max(1, number // CONSUMERS)
    for at in range(number):
        text = PLAIN % {"number": at} if at % every else PLAIN % {"number": at} + KEY + CONSUMER
        if at % KEYS == 1:
            text += KEY
        folder = tree / f"team-{at // 50:03}" / f"service-{at:04}"
        folder.mkdir(parents=True)
        (folder / "main.tf").write_text(text, encoding="utf-8")


def timed(name: str, *words: str | Path) -> tuple[float, float]:
    """The wall time and CPU time of a command, printed; what it found is looked at elsewhere."""
    quiet = {**os.environ, "LOG_LEVEL": "ERROR"}
    start, used = perf_counter(), _used()
    ran = subprocess.run([str(word) for word in words], env=quiet, capture_output=True, text=True, check=False)
    took, used = perf_counter() - start, _used() - used
    if ran.returncode not in {0, 1}:
        sys.exit(f"{name} failed: {ran.stderr[-2000:]}")
    print(f"{name:72} {took:8.2f} s   (CPU {used:.2f} s)", flush=True)
    return took, used


def _used() -> float:
    """The CPU time of all commands so far: on a busy machine it says more than the wall time."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def parsed(tree: Path) -> None:
    """Which share of the blocks is parsed, and the time against parsing all of them."""
    given = Given(tree)
    start = perf_counter()
    stacks = [read(root, given) for root, consuming in survey(tree, given).items() if consuming]
    took = perf_counter() - start
    asked = sum(_parsed(stack.reading) for stack in stacks if isinstance(stack.reading, Reading))
    start = perf_counter()
    every = sum(_parse(file) for file in sorted(tree.rglob("*.tf")))
    whole = perf_counter() - start
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
        ours = min(timed("keyfit check", COMMANDS / "keyfit", "check", tree) for _ in range(3))
        checkov = (COMMANDS / "checkov", "--skip-download", "--quiet", "--compact", "--framework", "terraform")
        one = timed("checkov with one check of its own", *checkov, "--directory", tree, "--check", "CKV_AWS_7")
        print(f"{'keyfit check is so many times faster':72} {one[0] / ours[0]:8.1f}     (CPU {one[1] / ours[1]:.1f})")
        loaded = ("--external-checks-dir", ROOT / "checks")
        for name, chosen in (("one check", ("--check", "CKV_AWS_7,CKV_KEYFIT_*")), ("all its checks", ())):
            without = chosen and ("--check", "CKV_AWS_7")
            before = timed(f"checkov with {name}", *checkov, "--directory", tree, *without)
            after = timed(f"checkov with {name} and keyfit's", *checkov, "--directory", tree, *loaded, *chosen)
            wall, cpu = (f"{(new - old) / old:+.1%}" for new, old in zip(after, before, strict=True))
            print(f"{'added by keyfit':72} {wall:>8}     (CPU {cpu})", flush=True)


if __name__ == "__main__":
    main()
