"""`aws_cloudformation_stack`: its template is read by the CloudFormation reader, and becomes a part of this model."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from keyfit.answer import all_of
from keyfit.model.alternatives import Choice, Made, Scenario
from keyfit.model.graph import Edge
from keyfit.model.rewriting import renamed
from keyfit.model.stack import PARTS, Problem, Stack
from keyfit.readers import cloudformation
from keyfit.readers.given import REST, Given
from keyfit.readers.terraform.modules.expansion import resources
from keyfit.readers.terraform.modules.instances import argument
from keyfit.readers.terraform.modules.places import place_of
from keyfit.readers.terraform.resources.template_text import read_text
from keyfit.readers.terraform.values.terraform_values import Encoded, Lines
from keyfit.record import record
from keyfit.value import Entry, Object, Origin, Position, Text, Unknown, text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from keyfit.model.block import Block
    from keyfit.model.graph import Graph, Lead
    from keyfit.model.rewriting import Rewriting
    from keyfit.model.stack import Duplicate
    from keyfit.readers.terraform.modules.instances import Instance
    from keyfit.readers.terraform.modules.module import Module
    from keyfit.value import Value

TYPE: Final = "aws_cloudformation_stack"
_OWN: Final = frozenset({"AWS::Region", "AWS::Partition"})  # choices of this configuration too


@record
class NestedStack:
    """A template inside the configuration; its names and choices are told apart by `prefix`.

    `file` is where it lies, if it is a file of its own and could be read.
    """

    prefix: str
    stack: Stack
    file: str = ""
    move: Rewriting | None = None

    def choice(self, name: str) -> Choice | None:
        """The template's own choice of that name."""
        own = self.stack.reading.choice(name.removeprefix(self.prefix)) if self.stack.reading is not None else None
        return None if own is None or not name.startswith(self.prefix) else replace(own, name=name)

    def told(self, scenario: Scenario) -> dict[str, bool | str]:
        """The scenario in the template's own words."""
        own = _own(scenario, self.prefix)
        reading = self.stack.reading
        told = reading.told(own) if reading is not None and own.made else {}
        return {self.prefix + name: value for name, value in told.items()}

    def duplicates(self) -> Iterator[Duplicate]:
        """What the template declares twice, as parts of this model."""
        for each in self.stack.duplicates if self.move is not None else ():
            further = tuple(self._place(origin) for origin in each.further)
            yield replace(each, block=self._block(each.block), further=further)

    def lead(self, lead: Lead) -> Lead:
        """A reference in the template, with its own words for what it refers to."""
        missing = lead.missing if self.move is None else self.move.of(lead.missing)
        return lead._replace(block=self._block(lead.block), origin=self._place(lead.origin), missing=missing)

    def edge(self, edge: Edge) -> Edge:
        """What a resource of the template needs, as a part of this model."""
        answer = edge.answer if self.move is None else self.move.of(edge.answer)
        return Edge(f"{self.prefix}{edge.needs}", self._place(edge.origin), answer)

    def _place(self, origin: Origin) -> Origin:
        return origin if self.move is None else self.move.of(origin)

    def _block(self, block: Block) -> Block:
        """A block of the template: an output or condition of it, too, has an address of its own here."""
        moved = block if self.move is None else self.move.of(block)
        return replace(moved, address=f"{self.prefix}{block.address}")


@record
class Joined:
    """What needs what in a root module and in the templates that it deploys (`model.Graph`)."""

    own: Graph
    nested: tuple[NestedStack, ...]

    def node(self, address: str) -> str:
        """The name of a block as edges have it."""
        for each in self.nested:
            if address.startswith(each.prefix):
                found = each.stack.graph.node(address.removeprefix(each.prefix)) if each.stack.graph else ""
                return found and each.prefix + found
        return self.own.node(address)

    def edges(self, node: str) -> Iterable[Edge]:
        """What the block of that name needs first, of its own template or module."""
        for each in self.nested:
            if node.startswith(each.prefix):
                inner = each.stack.graph.edges(node.removeprefix(each.prefix)) if each.stack.graph else ()
                return tuple(map(each.edge, inner))
        return self.own.edges(node)

    def leads(self) -> tuple[Lead, ...]:
        """The references to what a deployment can lack."""
        return (*self.own.leads(), *(each.lead(lead) for each, graph in self._inner() for lead in graph.leads()))

    def undeclared(self) -> tuple[Lead, ...]:
        """The references to what is declared nowhere."""
        inner = (each.lead(lead) for each, graph in self._inner() for lead in graph.undeclared())
        return (*self.own.undeclared(), *inner)

    def _inner(self) -> Iterator[tuple[NestedStack, Graph]]:
        return ((each, each.stack.graph) for each in self.nested if each.stack.graph is not None)


def read_nested_stacks(root: Module) -> Iterator[NestedStack]:
    """The stacks whose templates are here, under the scenario's choices, as parts of this model."""
    for instance in resources(root, TYPE):
        template = _template(instance)
        if template is not None:
            yield _nested(instance, template)


def _template(instance: Instance) -> Value | Problem | None:
    body = argument(instance, "template_body")
    if isinstance(body, Encoded):
        return body.document
    if not isinstance(body, Text):
        return body if isinstance(body, Object) else None
    return read_text(body, _place(body).file)


def _place(body: Value) -> Origin:
    """Where the text of a template stands, which can be far from the argument that takes it."""
    return body.place if isinstance(body, Lines) else body.origin


def _nested(instance: Instance, template: Value | Problem) -> NestedStack:
    prefix = f"{instance.address}/"
    if isinstance(template, Problem):
        return NestedStack(prefix, Stack(instance.address, "", problems=(template,)))
    given, open_ = _parameters(instance)
    template = _with_defaults(template, open_)
    body = argument(instance, "template_body") or template
    file = _place(body).file if isinstance(body, Lines) and body.whole else ""
    stack: Stack | None = cloudformation.read_value(template, file or template.origin.file, given)
    scenario = _own(instance.module.evaluation.scenario, prefix)
    if scenario.made and stack is not None and stack.reading is not None:
        stack = stack.reading.attempted(scenario)
    if stack is None:
        instance.module.evaluation.failures.add(instance.origin)
        return NestedStack(prefix, Stack(instance.address, ""))
    move = _moved(instance, template, None if file else _place(body))
    if stack.macro is not None:  # nothing is proven of what is in it
        return NestedStack(prefix, Stack(instance.address, "", seen=move.of(stack.seen)), file)
    moved = {part: move.of(getattr(stack, part)) for part in (*PARTS, "ties", "seen")}
    return NestedStack(prefix, replace(stack, **moved), file, move)


def _own(scenario: Scenario, prefix: str) -> Scenario:
    return Scenario(
        tuple(Made(name.removeprefix(prefix), value) for name, value in scenario if name.startswith(prefix))
    )


def _parameters(instance: Instance) -> tuple[Given, Object]:
    """What the template is given: literal parameters, and those that have holes."""
    outer = instance.module.evaluation.given
    place = place_of(instance)
    written = argument(instance, "parameters")
    entries = written.entries if isinstance(written, Object) else ()
    known = {
        key.literal: value.literal
        for key, value in entries
        if key.literal is not None and isinstance(value, Text) and value.literal is not None
    }
    rest = written if isinstance(written, Unknown) else written.rest if isinstance(written, Object) else None
    passed = {} if rest is None else {REST: rest}
    given = Given(outer.root, place.account.literal, place.region.literal, parameters=known, passed=passed)
    return given, Object(tuple(each for each in entries if each.key.literal not in known))


def _with_defaults(template: Value, open_: Object) -> Value:
    """The template with what a parameter is given as its default, where that is not all known."""
    parameters = template.find("Parameters") if isinstance(template, Object) else None
    if not isinstance(template, Object) or not isinstance(parameters, Object) or not open_.entries:
        return template
    values = {key.literal: value for key, value in open_.entries}
    declared = tuple(
        Entry(key, _defaulting(each, values[key.literal]) if key.literal in values else each)
        for key, each in parameters.entries
    )
    changed = replace(parameters, entries=declared)
    others = tuple(Entry(key, changed if key.literal == "Parameters" else each) for key, each in template.entries)
    return replace(template, entries=others)


def _defaulting(declaration: Value, value: Value) -> Value:
    if not isinstance(declaration, Object):
        return declaration
    kept = tuple(entry for entry in declaration.entries if entry.key.literal not in {"Default", "AllowedValues"})
    string = text(value) if isinstance(value, Unknown) else value
    return replace(declaration, entries=(*kept, Entry(text("Default"), string)))


def _names(template: Value) -> frozenset[str]:
    """The names that the template itself declares: only these are to be told apart."""
    sections = [template.find(name) for name in ("Resources", "Parameters")] if isinstance(template, Object) else []
    found = (entry.key.literal for each in sections if isinstance(each, Object) for entry in each.entries)
    return frozenset(name for name in found if name is not None)


def _moved(instance: Instance, template: Value, body: Origin | None) -> Rewriting:
    """How a template's model becomes a part of this one: names with a prefix, places in this configuration.

    `body` is the place of the argument that holds the template's text, where it has no file of its own.
    """
    prefix, names = f"{instance.address}/", _names(template)

    def name(address: str) -> str:
        own = address.partition(".")[0] in names or address.startswith("AWS::")
        return prefix + address if own and address not in _OWN else address

    def block(each: Block) -> Block:
        return replace(each, present=all_of((instance.present, each.present)))

    return renamed(name, block, lambda place: place if body is None else _within(body, place))


def _within(body: Origin, place: Origin) -> Origin:
    """Places in the text of an argument become those of the file; of any other text, that of the argument."""
    if place.file != body.file or place == body:
        return place
    if body.end.line <= body.start.line:
        return body
    below = body.start.line - 1
    start = Position(place.start.line + below, place.start.column)
    return replace(place, start=start, end=Position(place.end.line + below, place.end.column))
