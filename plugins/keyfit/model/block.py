"""A block of the source that the model speaks of."""

from __future__ import annotations

from dataclasses import field

from keyfit.answer import YES, Answer
from keyfit.record import record
from keyfit.value import NOWHERE, Origin


@record
class Block:
    """A block of the source that the model speaks of.

    `address` is a logical id in CloudFormation and a full address in Terraform, `type` its resource type; `present`
    says whether the deployment has it. `assumed` names the settings file that a block comes from, else it is empty.
    `within` is the block that the author wrote, where a transform makes this one of it.
    """

    address: str
    type: str
    origin: Origin = field(default=NOWHERE, compare=False)
    present: Answer = YES
    assumed: str = ""
    within: Block | None = None
