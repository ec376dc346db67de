"""A template as a stack, under any scenario: read once, evaluated when asked."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from keyfit.model.alternatives import EMPTY, Choice, Scenario, in_words
from keyfit.model.stack import CLOUDFORMATION, Problem, Stack
from keyfit.readers.beside import SERVERLESS, completed
from keyfit.readers.cloudformation import choices, serverless
from keyfit.readers.cloudformation.deployable import dangles, deployable
from keyfit.readers.cloudformation.evaluation.bindings import PARTITION, bind
from keyfit.readers.cloudformation.evaluation.evaluator import Evaluator
from keyfit.readers.cloudformation.evaluation.scope import Deployment
from keyfit.readers.cloudformation.exports import nested_stacks, outputs
from keyfit.readers.cloudformation.resources import attributes, buckets, keys, state_machines
from keyfit.readers.cloudformation.resources.attachments import ties
from keyfit.readers.cloudformation.resources.consumers import resources
from keyfit.readers.cloudformation.resources.graph import Graph
from keyfit.readers.cloudformation.resources.identities import identities
from keyfit.readers.cloudformation.resources.sdk_calls import hidden_calls
from keyfit.readers.cloudformation.resources.stored import stored
from keyfit.readers.cloudformation.resources.undeclared import undeclared
from keyfit.readers.cloudformation.seen import seen
from keyfit.readers.cloudformation.template import transforms
from keyfit.readers.cloudformation.template.loading import checked, load, too_big
from keyfit.readers.cloudformation.template.loops import unroll
from keyfit.readers.cloudformation.template.parameters import refused
from keyfit.readers.cloudformation.template.sections import read_sections
from keyfit.services.consumers import consumers_of, target_of
from keyfit.services.idle import without_idle
from keyfit.truth import Truth
from keyfit.value import Text, text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from keyfit.model.graph import Lead
    from keyfit.readers.cloudformation.evaluation.scope import Scope
    from keyfit.readers.cloudformation.template.sections import Resource, Template
    from keyfit.readers.given import Given
    from keyfit.value import Hole, Value


def read(source: str, file: str, given: Given) -> Stack:
    """The stack that a template's text describes, YAML or JSON; one with nothing but a problem where it cannot be read.

    `file` is the path that places name.
    """
    return read_loaded(load(source, file), file, given)


def read_loaded(loaded: Value | Problem, file: str, given: Given) -> Stack:
    """The stack that a template's text describes, as it was parsed; one with a problem where it could not be."""
    loaded = checked(loaded)
    if isinstance(loaded, Problem):
        return Stack(file, CLOUDFORMATION, problems=(loaded,))
    return _read(unroll(loaded, given), file, given)


def read_value(template: Value, file: str, given: Given) -> Stack:
    """The stack that a template describes which is already loaded, by `template.load` or by a host's own decoder."""
    problem = too_big(template)
    if problem is not None:
        return Stack(file, CLOUDFORMATION, problems=(problem,))
    return _read(unroll(template, given), file, given)


def _read(template: Value, file: str, given: Given) -> Stack:
    if given.harmless_macros:
        template = transforms.without(template, given.harmless_macros)
    return TemplateReading(serverless.expanded(read_sections(template, file), template), given).empty


class TemplateReading:
    """What answers for one template under other choices (`model.Reading`)."""

    def __init__(self, template: Template, given: Given) -> None:
        """Evaluated under the empty scenario at once."""
        self._template = template
        self._given = given
        self.open = choices.open_choices(template, given)
        self._scopes: dict[Scenario, Scope | None] = {}
        self._stacks: dict[Scenario, Stack | None] = {}
        self._dangling: dict[Scenario, bool] = {}
        self._choices: dict[str, Choice | None] = {}
        self._nowhere: tuple[Lead, ...] | None = None
        scope = self.scope(EMPTY)
        self.empty = Stack(template.file, CLOUDFORMATION, reading=self) if scope is None else self._stack(scope)

    def under(self, scenario: Scenario) -> Stack | None:
        """The template with these choices made; `None` where nothing can be deployed so."""
        if scenario not in self._dangling:
            scope = self.scope(scenario)
            self._dangling[scenario] = scope is not None and dangles(scope)
        return None if self._dangling[scenario] else self.attempted(scenario)

    def attempted(self, scenario: Scenario) -> Stack | None:
        """The same, also where a reference leads to what is not there."""
        if scenario not in self._stacks:
            scope = self.scope(scenario)
            self._stacks[scenario] = self._stack(scope) if scope is not None and deployable(scope) else None
        return self._stacks[scenario]

    def choice(self, name: str) -> Choice | None:
        """The choice `name`: only the alternatives that can be deployed, as far as they tell by themselves."""
        if name not in self._choices:
            self._choices[name] = self._alternatives(name)
        return self._choices[name]

    def _alternatives(self, name: str) -> Choice | None:
        scope = self.scope(EMPTY)
        found = choices.choice(scope, name) if scope is not None else None
        if found is None:
            return None
        alone = ((each, self.scope(EMPTY.given(name, each))) for each in found.alternatives)
        left = tuple(each for each, made in alone if made is not None and deployable(made))
        return Choice(name, left, found.origin)

    def told(self, scenario: Scenario) -> Mapping[str, bool | str]:
        """The conditions that the scenario's choices decide; a choice that decides none, by its own name."""
        before, after = self.scope(EMPTY), self.scope(scenario)
        if before is None or after is None:
            return {}
        told: dict[str, bool | str] = {}
        heard: set[str] = set()
        for name, written in self._template.conditions.items():
            read = choices.read_by(self._template, written) & {made.choice for made in scenario}
            truth = after.condition(name, written.origin).truth
            if read and truth is not Truth.MAYBE and before.condition(name, written.origin).truth is Truth.MAYBE:
                told[name] = truth is Truth.YES
                heard |= read
        told.update({made.choice: in_words(made.value) for made in scenario if made.choice not in heard})
        return told

    def scope(self, scenario: Scenario) -> Scope | None:
        """The evaluation of the template with these choices made; `None` where they contradict each other."""
        if scenario not in self._scopes:
            bound = bind(self._given, scenario)
            left = self.open - {made.choice for made in scenario}
            if bound is not None and bound.partition.literal is not None:
                left -= {PARTITION}
            made = None if bound is None else Deployment(self._given, scenario, bound, left)
            self._scopes[scenario] = None if made is None else Evaluator(self._template, made, attributes.of)
        return self._scopes[scenario]

    def _stack(self, scope: Scope) -> Stack:
        written = [each for each in scope.template.resources.values() if scope.present(each).truth is not Truth.NO]
        asked = list(resources(scope, written))
        consumers = tuple(made for each in asked for made in consumers_of(each))
        made_buckets = tuple(buckets.bucket(scope, each) for each in written if each.type == "AWS::S3::Bucket")
        if any(each.buckets for each in consumers):
            made_buckets = tuple(buckets.with_policies(scope, made_buckets))
        made_keys = {"AWS::KMS::Key": keys.key, "AWS::KMS::ReplicaKey": keys.replica}
        stack = Stack(
            self._template.file,
            CLOUDFORMATION,
            keys=tuple(made_keys[each.type](scope, each) for each in written if each.type in made_keys),
            aliases=tuple(keys.alias(scope, each) for each in written if each.type == "AWS::KMS::Alias"),
            identities=identities(scope),
            buckets=made_buckets,
            consumers=consumers,
            targets=tuple(filter(None, map(target_of, asked))),
            hidden=tuple(hole for each in written for hole in _hidden(scope, each)),
            outputs=tuple(outputs(scope)),
            nested=tuple(nested_stacks(scope)),
            stored=tuple(stored(scope, written)),
            ties=tuple(ties(scope)),
            problems=(*self._template.problems, *refused(self._template.parameters, self._given)),
            seen=() if scope.scenario.made else tuple(seen(scope)),
            inputs=frozenset(self._template.parameters),
            duplicates=self._template.duplicates,
            macro=self._template.macro,
            partition=scope.bound.partition,
            account=scope.bound.account,
            region=scope.bound.region,
            deployer=self._deployer(scope),
            scenario=scope.scenario,
            reading=self,
            graph=Graph(scope, self._undeclared),
        )
        return without_idle(stack)

    def _undeclared(self) -> tuple[Lead, ...]:
        """The references to what the template declares nowhere, looked for once."""
        if self._nowhere is None:
            scope, file = self.scope(EMPTY), self._template.file
            partial = bool(file) and completed(Path(file).parent, self._given.root, SERVERLESS)
            self._nowhere = () if scope is None or partial else tuple(undeclared(scope))
        return self._nowhere

    def _deployer(self, scope: Scope) -> Text | None:
        """The ARN of the principal that deploys; a logical id of the template stands for its role."""
        given = self._given.deployer
        if given is None:
            return None
        resource = self._template.resources.get(given)
        value = scope.attribute(given, "Arn", resource.origin) if resource is not None else None
        return value if isinstance(value, Text) else text(given)


def _hidden(scope: Scope, resource: Resource) -> tuple[Hole, ...]:
    """The open choices behind which further consumers can stand."""
    return (*state_machines.hidden(scope, resource), *hidden_calls(scope, resource))
