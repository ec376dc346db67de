"""The policy templates of SAM: what each allows, with its parameters. They say what a function works on."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple

from keyfit.aws import data
from keyfit.json_text import plain
from keyfit.value import List

if TYPE_CHECKING:
    from keyfit.value import Value

_FILE: Final = "sam_policy_templates.json"


class PolicyTemplate(NamedTuple):
    """The parameters that a template needs, and its statements, in which `{Ref: Parameter}` stands for a parameter."""

    parameters: tuple[str, ...]
    statements: tuple[Value, ...]


@cache
def named(name: str) -> PolicyTemplate | None:
    """The policy template of that name; `None` where SAM has none."""
    found = data.load(_FILE)["templates"].get(name)
    if found is None:
        return None
    statements = plain.value(found["statements"])
    return PolicyTemplate(tuple(found["parameters"]), statements.items if isinstance(statements, List) else ())


def names() -> tuple[str, ...]:
    """The names of all policy templates."""
    return tuple(data.load(_FILE)["templates"])
