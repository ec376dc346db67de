"""What AWS publishes about KMS actions and managed policies, as data; made by `make data`."""

from __future__ import annotations

import json
from functools import cache
from pkgutil import get_data
from typing import Any


@cache
def load(name: str) -> Any:  # noqa: ANN401 - what JSON holds
    """The JSON file of that name."""
    return json.loads(get_data(__name__, name) or "null")
