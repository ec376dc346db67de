"""Whom a stack's keys can be asked about: everybody once, however the source writes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from keyfit.catalogue.asking.who import asked
from keyfit.scan import Run, scan
from keyfit.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

SOURCE = """\
data "aws_caller_identity" "here" {}
data "aws_partition" "here" {}

resource "aws_kms_key" "data" {
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { AWS = "arn:PARTITION:iam::${data.aws_caller_identity.here.account_id}:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling" }
      Action    = "kms:Decrypt"
      Resource  = "*"
    }]
  })
}

resource "aws_launch_template" "loom" {
  block_device_mappings {
    ebs {
      encrypted  = true
      kms_key_id = aws_kms_key.data.arn
    }
  }
}

resource "aws_autoscaling_group" "weavers" {
  min_size = 1
  max_size = 2
  launch_template {
    id = aws_launch_template.loom.id
  }
}
"""  # noqa: E501 - the ARN of a service-linked role


@pytest.mark.parametrize("partition", ["aws", "${data.aws_partition.here.partition}"])
def test_a_principal_that_a_policy_and_a_service_name_is_one(partition: str, tmp_path: Path) -> None:
    """The service's page leaves the partition open."""
    (tmp_path / "main.tf").write_text(SOURCE.replace("PARTITION", partition), encoding="utf-8")
    (checked,) = scan((tmp_path,), Run(Settings(), {}, tmp_path)).checked
    assert checked.stack is not None
    names = [name for name, _ in asked(checked.stack)]
    assert len([each for each in names if each.endswith("/AWSServiceRoleForAutoScaling")]) == 1, names
