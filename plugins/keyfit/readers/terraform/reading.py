"""A root module to a `Stack`, under one scenario; the blocks are shared by all scenarios, the values are not."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from keyfit.model.alternatives import EMPTY, Choice, Scenario
from keyfit.model.stack import TERRAFORM, Problem, Stack
from keyfit.readers.terraform import choices
from keyfit.readers.terraform.attributes.attribute import attribute
from keyfit.readers.terraform.attributes.looked_up import looked_up_keys
from keyfit.readers.terraform.attributes.lookups import lookups
from keyfit.readers.terraform.attributes.outside_roles import outside_roles
from keyfit.readers.terraform.attributes.remote_state import state_of
from keyfit.readers.terraform.evaluation.depth import deep
from keyfit.readers.terraform.evaluation.scope import Evaluation, settled
from keyfit.readers.terraform.given_plan import plan_of, remarked, selected, workspace_of
from keyfit.readers.terraform.modules import variables
from keyfit.readers.terraform.modules.configuration import Library
from keyfit.readers.terraform.modules.dependencies import Graph
from keyfit.readers.terraform.modules.duplicates import read_duplicates
from keyfit.readers.terraform.modules.expansion import everything
from keyfit.readers.terraform.modules.from_plan import add_modules, directory_in
from keyfit.readers.terraform.modules.inputs import Inputs, read_inputs
from keyfit.readers.terraform.modules.moves import moves
from keyfit.readers.terraform.modules.places import home
from keyfit.readers.terraform.modules.references import output
from keyfit.readers.terraform.plan.planned import NO_PLAN
from keyfit.readers.terraform.plan.reading import read_plan
from keyfit.readers.terraform.resources.attachments import Ties, by_name
from keyfit.readers.terraform.resources.buckets import read_buckets
from keyfit.readers.terraform.resources.consumers import read_hidden, read_resources
from keyfit.readers.terraform.resources.identities import read_identities
from keyfit.readers.terraform.resources.key_model import read_aliases, read_grants, read_keys
from keyfit.readers.terraform.resources.nested_stacks import Joined, NestedStack, read_nested_stacks
from keyfit.readers.terraform.resources.preconditions import forbidden
from keyfit.readers.terraform.resources.seen import read_seen
from keyfit.readers.terraform.resources.stored import read_stored
from keyfit.readers.terraform.resources.unseen import doubted, unseen
from keyfit.readers.terraform.source import Source, root_module
from keyfit.readers.terraform.values.secrets import is_telling, pieces
from keyfit.record import record
from keyfit.services.consumers import consumers_of, target_of
from keyfit.services.idle import without_idle
from keyfit.truth import Truth
from keyfit.value import Origin, text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from keyfit.model.configuration import Lookup, Move
    from keyfit.model.graph import Lead
    from keyfit.readers.given import Given
    from keyfit.readers.terraform.modules.module import Module
    from keyfit.value import Value


WORKSPACE: Final = "terraform.workspace"


def read(directory: Path, given: Given) -> Stack:
    """What the root module in that directory says, with its local and downloaded modules, and a plan's values."""
    library = Library(given.root)
    inputs = read_inputs(directory, given, library)
    known = plan_of(directory, given, library)
    add_modules(library, known)
    bound = replace(given, account=given.account or known.home.account, region=given.region or known.home.region)
    source = Source(directory, bound, library, replace(inputs, values=known.variables), known)
    source.secrets.update(piece for each in known.secrets for piece in pieces(each) if is_telling(piece))
    workspace = given.workspace or selected(directory, given, library)
    stack = _read(replace(source, given=replace(bound, workspace=workspace_of(workspace, source))), EMPTY)
    if known is not NO_PLAN:
        return remarked(stack, source)
    return replace(stack, remarks=inputs.remarks) if inputs.remarks else stack


def read_plan_alone(path: Path, given: Given) -> Stack:
    """What a plan says by itself: the blocks that it repeats, with the values that were planned."""
    library = Library(given.root)
    known = read_plan(path)
    if isinstance(known, Problem) or not known.configuration:
        reason = f"`{path}` has no configuration, which tells what refers to what"
        problem = known if isinstance(known, Problem) else Problem(reason, Origin(str(path)))
        return Stack(str(path), TERRAFORM, problems=(problem,))
    add_modules(library, known)
    home = known.home
    bound = replace(given, account=given.account or home.account, region=given.region or home.region, plan=path)
    source = Source(directory_in(known, ()), bound, library, Inputs(values=known.variables), known)
    source.secrets.update(piece for each in known.secrets for piece in pieces(each) if is_telling(piece))
    remarks = tuple(Problem(each, Origin(known.file)) for each in known.remarks)
    return replace(_read(source, EMPTY), remarks=remarks)


@record(eq=False)
class Reading:
    """What a stack is asked for under other choices."""

    source: Source
    evaluation: Evaluation
    failures: frozenset[Origin]
    nested: tuple[NestedStack, ...] = ()

    def state(self) -> str | None:
        """Where the root module keeps its state; `None` where that cannot be told."""
        with deep():
            return state_of(self._root())

    def output(self, name: str) -> Value | None:
        """What another configuration reads as the output `name`; `None` where there is none."""
        with deep():
            root = self._root()
            if root.configuration.find("output", name) is None:
                return None
            return settled(output(root, name, Origin(str(self.source.directory))))

    def lookups(self) -> tuple[Lookup, ...]:
        """What it looks up by name, used or not, that another configuration can have."""
        with deep():
            return tuple(lookups(self._root()))

    def _root(self) -> Module:
        return root_module(self.source, self.evaluation)

    def under(self, scenario: Scenario) -> Stack | None:
        """The same source with these choices made.

        `None` where a validation, a missing map key or a reference that leads nowhere forbids it.
        """
        stack = self.attempted(scenario)
        if stack is None or stack.graph is None:
            return stack
        return None if _lost(stack.graph.leads()) - _lost(Joined(Graph(self._root()), self.nested).leads()) else stack

    def attempted(self, scenario: Scenario) -> Stack | None:
        """The same, also where a reference leads to what is not there."""
        known = self.source.stacks
        if scenario not in known:
            known[scenario] = self._under(scenario)
        return known[scenario]

    def _under(self, scenario: Scenario) -> Stack | None:
        stack = _read(self.source, scenario, self.evaluation)
        reading = stack.reading
        if not isinstance(reading, Reading) or reading.failures - self.failures:
            return None
        with deep():
            root = root_module(self.source, reading.evaluation)
            return None if variables.refused(root) or forbidden(root) else stack

    def choice(self, name: str) -> Choice | None:
        """The choice of that name, with what it is compared with; `None` where it is compared with nothing."""
        for each in self.nested:
            own = each.choice(name)
            if own is not None:
                return own
        if name == WORKSPACE and self.source.plan is not NO_PLAN:
            return None  # a plan is of one workspace: what is so in another is not told
        return choices.choice(name, self.evaluation)

    def told(self, scenario: Scenario) -> Mapping[str, bool | str]:
        """The choices by variable, as they would be given; those of a template in its own words."""
        told = {name: choices.told(value) for name, value in scenario if not self._of_template(name)}
        for each in self.nested:
            told.update(each.told(scenario))
        return told

    def call_sites(self) -> Mapping[str, Origin]:
        """Where each module instance is called, by its address."""
        root = self._root()
        return {each.address.rstrip("."): each.call.origin for each in everything(root) if each.call is not None}

    def deployed_templates(self) -> frozenset[str]:
        """The template files that `aws_cloudformation_stack` resources deploy."""
        return frozenset(each.file for each in self.nested if each.file)

    def moved(self) -> tuple[Move, ...]:
        """The addresses that `moved` blocks say were others before, of every module."""
        with deep():
            found = (moves(each.configuration.moved, each.address) for each in everything(self._root()))
            return tuple(dict.fromkeys(move for each in found for move in each))

    def _of_template(self, name: str) -> bool:
        return any(name.startswith(each.prefix) for each in self.nested)


def _lost(leads: Iterable[Lead]) -> frozenset[Origin]:
    """Where references surely lead nowhere."""
    found = (each for each in leads if each.block.present.truth is Truth.YES)
    return frozenset(each.origin for each in found if each.missing.truth is Truth.YES)


def _read(source: Source, scenario: Scenario, before: Evaluation | None = None) -> Stack:
    """The stack under a scenario. What `before` found that depends on none of its choices stands."""
    from keyfit.readers.hcl.syntax import HclMissingError

    try:
        with deep():
            evaluation = Evaluation(source.given, source.directory, scenario, source.plan, source.secrets)
            if before is not None:
                before.hand_over(evaluation)
            return _stack(source, evaluation)
    except HclMissingError as missing:
        problem = Problem(str(missing), Origin(str(source.directory)))
        return Stack(str(source.directory), TERRAFORM, problems=(problem,), scenario=scenario)


def _stack(source: Source, evaluation: Evaluation) -> Stack:
    if source.plan.destroys:
        return Stack(str(source.directory), TERRAFORM, problems=tuple(source.library.problems))
    root = root_module(source, evaluation)
    place = home(root)
    variables.refused(root)  # notes the values that validations compare with
    nested = tuple(read_nested_stacks(root))
    parts = _parts(root)
    reading = Reading(source, evaluation, frozenset(evaluation.failures), nested)
    stack = Stack(
        str(source.directory),
        TERRAFORM,
        **{name: _joined(name, own, nested) for name, own in parts.items()},  # type: ignore[arg-type]  # of its own kind
        problems=(*source.library.problems, *(problem for each in nested for problem in each.stack.problems)),
        inputs=frozenset(each.labels[0] for each in root.configuration.of_kind("variable")),
        duplicates=(*read_duplicates(root), *(each for inside in nested for each in inside.duplicates())),
        stored=tuple(read_stored(root)),
        partition=place.partition,
        account=place.account,
        region=place.region,
        deployer=text(source.given.deployer) if source.given.deployer else None,
        secrets=source.secrets,
        scenario=evaluation.scenario,
        reading=reading,
        configuration=reading,
        graph=Joined(Graph(root), nested) if nested else Graph(root),
    )
    stack = without_idle(stack)
    unread = unseen(root)
    return stack if unread is None else doubted(stack, unread)


def _parts(root: Module) -> dict[str, tuple[object, ...]]:
    """What a stack holds that nested stacks have, too, by its name there."""
    ties = Ties.of(root)
    identities = tuple(read_identities(root, ties))
    resources = tuple(read_resources(root, attribute))
    consumers = tuple(made for each in resources for made in consumers_of(each))
    return {
        "keys": tuple(read_keys(root)),
        "aliases": tuple(read_aliases(root)),
        "grants": tuple(read_grants(root)),
        "identities": (*identities, *outside_roles(root, ties, frozenset(each.arn for each in identities))),
        "buckets": tuple(read_buckets(root, policies=any(each.buckets for each in consumers))),
        "consumers": consumers,
        "targets": tuple(filter(None, map(target_of, resources))),
        "hidden": tuple(read_hidden(root)),
        "looked_up": tuple(looked_up_keys(root)),
        "ties": tuple(by_name(ties)),
        "seen": () if root.evaluation.scenario.made else tuple(read_seen(root)),
    }


def _joined(name: str, own: tuple[object, ...], nested: tuple[NestedStack, ...]) -> tuple[object, ...]:
    return (*own, *(part for each in nested for part in getattr(each.stack, name)))
