"""Templates for tests, and values in a short form that reads well in a table."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent, indent
from typing import TYPE_CHECKING, Final

from keyfit.model.alternatives import EMPTY, Scenario
from keyfit.model.stack import Problem, Stack
from keyfit.readers.cloudformation import read
from keyfit.readers.cloudformation.resources.properties import find
from keyfit.readers.cloudformation.stack import TemplateReading
from keyfit.readers.cloudformation.template.loading import load
from keyfit.readers.cloudformation.template.loops import unroll
from keyfit.readers.cloudformation.template.sections import read_sections
from keyfit.readers.given import Given
from keyfit.value import Bool, List, Null, Number, Object, Own, Reference, Text, Unknown, Value, text

if TYPE_CHECKING:
    from keyfit.readers.cloudformation.evaluation.scope import Scope
    from keyfit.value import Hole

FILE: Final = "stack.yaml"


def given(account: str | None = None, region: str | None = None, **parameters: str) -> Given:
    """What a user gives."""
    return Given(Path("/"), account, region, parameters)


def stack(source: str, bindings: Given | None = None) -> Stack:
    """The stack of a template that is written with any indentation."""
    return read(dedent(source), FILE, bindings or given())


def reading(source: str, bindings: Given | None = None) -> TemplateReading:
    """What answers for a template under all its choices."""
    loaded = load(dedent(source), FILE)
    assert not isinstance(loaded, Problem), loaded
    bindings = bindings or given()
    return TemplateReading(read_sections(unroll(loaded, bindings), FILE), bindings)


def under(template: TemplateReading, **choices: str) -> Stack | None:
    """The stack with these choices made, by the names of parameters."""
    return template.under(made(**choices))


def made(**choices: str) -> Scenario:
    """The scenario with these choices made; `AWS_Region` stands for `AWS::Region`."""
    scenario = EMPTY
    for name, value in choices.items():
        scenario = scenario.given(name.replace("_", "::", 1) if name.startswith("AWS_") else name, text(value))
    return scenario


def scope(template: TemplateReading, scenario: Scenario = EMPTY) -> Scope:
    """The evaluation under a scenario that can be bound."""
    found = template.scope(scenario)
    assert found is not None
    return found


PROBE: Final = "Probe"


def with_probe(head: str, *expressions: str) -> str:
    """A template of `head` (whose last section is Resources), with a resource for each expression, its `Value`."""
    probes = (
        f"{PROBE}{number or ''}:\n  Type: AWS::SSM::Parameter\n  Properties:\n    Value: {expression}\n"
        for number, expression in enumerate(expressions)
    )
    return dedent(head) + indent("".join(probes), "  ")


def evaluate(head: str, expression: str, scenario: Scenario = EMPTY, bindings: Given | None = None) -> Value | None:
    """What `expression` comes to in a template of `head`."""
    return probed(reading(with_probe(head, expression), bindings), scenario)


def probed(template: TemplateReading, scenario: Scenario = EMPTY, number: int = 0) -> Value | None:
    """What an expression of a template made by `with_probe` comes to."""
    here = scope(template, scenario)
    return find(here, here.template.resources[f"{PROBE}{number or ''}"], "Value")


def shown(value: Value | None) -> str:
    """`value` in a short form: `${account}` for what is known at deployment, `?WHY(subject)[choices]` for unknowns."""
    match value:
        case None:
            return "nothing"
        case Text(parts):
            return "".join(part if isinstance(part, str) else f"${{{_hole(part)}}}" for part in parts)
        case Number(number):
            return str(number)
        case Bool(yes):
            return str(yes).lower()
        case Null():
            return "null"
        case Unknown():
            return _hole(value)
        case List(items, rest):
            return f"[{', '.join([*map(shown, items), *([f'… {_hole(rest)}'] if rest else [])])}]"
        case Object(entries, rest):
            inner = [f"{shown(key)}: {shown(each)}" for key, each in entries]
            return f"{{{', '.join([*inner, *([f'… {_hole(rest)}'] if rest else [])])}}}"


def _hole(hole: Hole) -> str:
    match hole:
        case Own():
            return hole.value
        case Reference(block, attribute):
            return f"{block}.{attribute}"
        case Unknown():
            choices = f"[{','.join(sorted(hole.choices))}]" if hole.choices else ""
            return f"?{hole.why.name}({hole.subject}){choices}"
