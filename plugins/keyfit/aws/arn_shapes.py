"""What the attributes of resources are, as templates of their properties: made from AWS's listing of ARNs.

One template an attribute, by the types of CloudFormation and of hashicorp/aws (`data/make.py` has the table of types).
`{AlarmName}` is a property of the resource; what nobody has given is a name that is made up.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from keyfit.aws import data

if TYPE_CHECKING:
    from collections.abc import Mapping


def attributes() -> Mapping[str, Mapping[str, str]]:
    """The attributes of each type that are made of its name: its ARN, its name, and what `Ref` returns."""
    found: Mapping[str, Mapping[str, str]] = data.load("arn_shapes.json")["types"]
    return found
