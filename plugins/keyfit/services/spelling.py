"""How a page writes types and paths, and how hashicorp/awscc does: its names follow by rule."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

_CAPITALS: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
CLOUDFORMATION: Final = "AWS::"
KEYED: Final = "[Key="  # in a path: the element of a list that has this key, as in `Attributes[Key=logs.bucket].Value`
OUTSIDE: Final = "/"  # before a path: it stands in the resource, not in its element
JSON: Final = "{}"  # in a path: what follows stands in the text of JSON that stands there
TERRAFORM: Final = ("aws_", "awscc_")


@cache
def snake_case(path: str) -> str:
    """A path of CloudFormation's as hashicorp/awscc has it: `KmsKeyId` is `kms_key_id`, `S3Uri` is `s3_uri`.

    What a text of JSON holds is called the same everywhere.
    """
    if KEYED in path:
        listed, _, keyed = path.partition(KEYED)
        wanted, _, step = keyed.partition("].")
        return f"{snake_case(listed)}{KEYED}{wanted}].{snake_case(step)}"
    outside, *inside = path.partition(JSON)
    return "".join((_CAPITALS.sub("_", outside).lower(), *inside))


def awscc_name(type_: str) -> str:
    """`AWS::SageMaker::FeatureGroup` as `awscc_sagemaker_feature_group`."""
    _, service, resource = type_.split("::")
    return f"awscc_{service.lower()}_{snake_case(resource)}"
