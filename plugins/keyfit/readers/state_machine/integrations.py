"""The SDK integrations of Step Functions: which API a task calls (W1-W7)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from keyfit.value import Text

if TYPE_CHECKING:
    from keyfit.value import Value

# Any partition (W2), a hole included.
_RESOURCE: Final = re.compile(r"arn:[^:]*:states:::aws-sdk:([a-z0-9]+:[A-Za-z0-9]+)(?:\.waitForTaskToken)?")
_HOLE: Final = "\N{OBJECT REPLACEMENT CHARACTER}"


def action_of(resource: Value | None) -> str:
    """The action that a task with this `Resource` does; empty for what is no SDK integration, or not known."""
    if not isinstance(resource, Text):
        return ""
    found = _RESOURCE.fullmatch("".join(part if isinstance(part, str) else _HOLE for part in resource.parts))
    return found[1] if found else ""
