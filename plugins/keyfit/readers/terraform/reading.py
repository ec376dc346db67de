"""A root module to a `Stack`, under one scenario; the blocks are shared by all scenarios, the values are not."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from keyfit.model.alternatives import EMPTY, Choice, Scenario
from keyfit.model.stack import TERRAFORM, Problem, Stack
from keyfit.readers import files
from keyfit.readers.terraform.attributes.attribute import InstanceHandle, attribute
from keyfit.readers.terraform.attributes.looked_up import looked_up_keys
from keyfit.readers.terraform.attributes.lookups import lookups
from keyfit.readers.terraform.attributes.outside_roles import outside_roles
from keyfit.readers.terraform.attributes.remote_state import state_of
from keyfit.readers.terraform.evaluation.depth import deep
from keyfit.readers.terraform.evaluation.scope import Comparisons, Evaluation, settled
from keyfit.readers.terraform.fitting import fitting, newer, planned_workspace
from keyfit.readers.terraform.modules import variables
from keyfit.readers.terraform.modules.configuration import Library
from keyfit.readers.terraform.modules.dependencies import Graph
from keyfit.readers.terraform.modules.duplicates import read_duplicates
from keyfit.readers.terraform.modules.expansion import everything
from keyfit.readers.terraform.modules.from_plan import add_modules, directory_in
from keyfit.readers.terraform.modules.inputs import Inputs, read_inputs
from keyfit.readers.terraform.modules.module import Module
from keyfit.readers.terraform.modules.moves import moves
from keyfit.readers.terraform.modules.places import home
from keyfit.readers.terraform.modules.references import References, output
from keyfit.readers.terraform.plan.planned import NO_PLAN, Plan
from keyfit.readers.terraform.plan.reading import read_plan
from keyfit.readers.terraform.resources.attachments import Ties, by_name
from keyfit.readers.terraform.resources.buckets import read_buckets
from keyfit.readers.terraform.resources.consumers import read_hidden, read_resources
from keyfit.readers.terraform.resources.identities import read_identities
from keyfit.readers.terraform.resources.key_model import read_aliases, read_grants, read_keys
from keyfit.readers.terraform.resources.nested_stacks import NestedStack, read_nested_stacks
from keyfit.readers.terraform.resources.preconditions import forbidden
from keyfit.readers.terraform.resources.seen import read_seen
from keyfit.readers.terraform.resources.stored import read_stored
from keyfit.readers.terraform.resources.unseen import doubted, unseen
from keyfit.readers.terraform.values.secrets import SHORTEST, pieces
from keyfit.services.consumers import consumers_of, target_of, without_idle
from keyfit.truth import Truth
from keyfit.value import Bool, Null, Number, Origin, Text, Unknown, text
from keyfit.why import Why

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from keyfit.model.configuration import Lookup, Move
    from keyfit.model.graph import Lead
    from keyfit.readers.given import Given
    from keyfit.value import Value


MOST_REMARKS: Final = 3
WORKSPACE: Final = "terraform.workspace"


def read(directory: Path, given: Given) -> Stack:
    """What the root module in that directory says, with its local and downloaded modules, and a plan's values."""
    library = Library(given.root)
    inputs = read_inputs(directory, given, library)
    known = _plan(directory, given, library)
    add_modules(library, known)
    bound = replace(given, account=given.account or known.home.account, region=given.region or known.home.region)
    source = Source(directory, bound, library, replace(inputs, values=known.variables), known)
    source.secrets.update(piece for each in known.secrets for piece in pieces(each) if len(piece) >= SHORTEST)
    workspace = given.workspace or _selected(directory, given, library)
    stack = _read(replace(source, given=replace(bound, workspace=_workspace(workspace, source))), EMPTY)
    if known is not NO_PLAN:
        return _remarked(stack, source)
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
    source.secrets.update(piece for each in known.secrets for piece in pieces(each) if len(piece) >= SHORTEST)
    remarks = tuple(Problem(each, Origin(known.file)) for each in known.remarks)
    return replace(_read(source, EMPTY), remarks=remarks)


def _workspace(given: str | None, source: Source) -> str | None:
    """The workspace: that of the plan, where it can be told."""
    if source.plan is NO_PLAN:
        return given
    with deep():
        return planned_workspace(root_module(source, _evaluation(source))) or given


def _remarked(stack: Stack, source: Source) -> Stack:
    """The stack, with what there is to know of the plan."""
    written = {text for each in source.library.configurations.values() for text in each.text}
    source.secrets.difference_update([each for each in source.secrets if any(each in text for text in written)])
    before = replace(source, inputs=Inputs(), plan=NO_PLAN)
    with deep():
        changed = dict.fromkeys(
            newer(root_module(before, _evaluation(before)), root_module(source, _evaluation(source)))
        )
    remarks = [*source.plan.remarks, *_older(list(changed))]
    place = Origin(source.plan.file)
    return replace(stack, remarks=tuple(Problem(each, place) for each in remarks))


def _older(changed: list[str]) -> Iterator[str]:
    if changed:
        more = f", and {len(changed) - MOST_REMARKS} more" if len(changed) > MOST_REMARKS else ""
        yield f"the plan was made from another version of the source: {'; '.join(changed[:MOST_REMARKS])}{more}"


def _evaluation(source: Source) -> Evaluation:
    """An evaluation of its own: what is looked into there is not known elsewhere."""
    return Evaluation(source.given, source.directory, EMPTY, source.plan)


def _selected(root_module: Path, given: Given, library: Library) -> str | None:
    """The workspace that `terraform workspace select` has left there."""
    path = root_module / given.data_directory / "environment"
    written = library.text(path) if files.inside(path, library.root) and path.is_file() else ""
    return written.strip() or None if isinstance(written, str) else None


def _plan(root_module: Path, given: Given, library: Library) -> Plan:
    """The plan that is given; one that cannot be used is a problem, and knows nothing."""
    if given.plan is None:
        return NO_PLAN
    read = read_plan(given.plan)
    plan = read if isinstance(read, Problem) else fitting(read, library.configuration(root_module), given)
    if isinstance(plan, Problem):
        library.problems.setdefault(plan)
        return NO_PLAN
    return plan


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """A root module as it is read once: what does not depend on a scenario."""

    directory: Path
    given: Given
    library: Library
    inputs: Inputs
    plan: Plan
    stacks: dict[Scenario, Stack | None] = field(default_factory=dict)
    secrets: set[str] = field(default_factory=set)


def root_module(source: Source, evaluation: Evaluation) -> Module:
    """The root module under the scenario of an evaluation, nothing of it evaluated."""
    return Module(evaluation, source.library, References(InstanceHandle), source.directory, source.inputs)


@dataclass(frozen=True, slots=True, eq=False)
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
        return None if _lost(stack.graph.leads()) - _lost(Graph(self._root()).leads()) else stack

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
        asked = self.evaluation.asked.get(name)
        asked = _returned(asked) if asked and _is_data(name) else asked
        return None if asked is None or not asked.values else Choice(name, _alternatives(asked))

    def told(self, scenario: Scenario) -> Mapping[str, bool | str]:
        """The choices by variable, as they would be given; those of a template in its own words."""
        told = {name: _told(value) for name, value in scenario if not self._of_template(name)}
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


def _is_data(choice: str) -> bool:
    """Whether a choice is an attribute of a data source, rather than a variable."""
    return "data" in choice.split(".")[:-2]


def _returned(asked: Comparisons) -> Comparisons:
    """What a data source was compared with: that it returns nothing is nobody's choice, and may never come about."""
    values: dict[Value, None] = {value: None for value in asked.values if not isinstance(value, Null)}
    return Comparisons(values, complete=asked.complete and len(values) == len(asked.values))


def _alternatives(asked: Comparisons) -> tuple[Value, ...]:
    """What the choice was compared with, and something else, unless that is all there is."""
    if asked.complete and all(isinstance(value, Bool | Null) for value in asked.values):
        return tuple(asked.values)
    literals = frozenset(
        value.literal for value in asked.values if isinstance(value, Text) and value.literal is not None
    )
    return (*asked.values, Unknown(Why.UNDECIDED, "another value", not_in=literals))


def _told(value: Value) -> bool | str:
    match value:
        case Bool(truth):
            return truth
        case Text(literal=str() as literal):
            return literal
        case Number(number):
            return str(number)
        case Unknown(not_in=others) if others:
            return "neither " + " nor ".join(sorted(others)) if len(others) > 1 else f"not {next(iter(others))}"
        case Null():
            return "null"
        case _:
            return "another value"


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
    ties = Ties.of(root)
    identities = tuple(read_identities(root, ties))
    place = home(root)
    variables.refused(root)  # notes the values that validations compare with
    nested = tuple(read_nested_stacks(root))
    resources = tuple(read_resources(root, attribute))
    consumers = tuple(made for each in resources for made in consumers_of(each))
    parts: dict[str, tuple[object, ...]] = {
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
        "seen": () if evaluation.scenario.made else tuple(read_seen(root)),
    }
    problems = (*source.library.problems, *(problem for each in nested for problem in each.stack.problems))
    reading = Reading(source, evaluation, frozenset(evaluation.failures), nested)
    stack = Stack(
        str(source.directory),
        TERRAFORM,
        **{name: _joined(name, own, nested) for name, own in parts.items()},  # type: ignore[arg-type]  # of its own kind
        problems=problems,
        inputs=frozenset(each.labels[0] for each in root.configuration.of_kind("variable")),
        duplicates=tuple(read_duplicates(root)),
        stored=tuple(read_stored(root)),
        partition=place.partition,
        account=place.account,
        region=place.region,
        deployer=text(source.given.deployer) if source.given.deployer else None,
        secrets=source.secrets,
        scenario=evaluation.scenario,
        reading=reading,
        configuration=reading,
        graph=Graph(root),
    )
    stack = without_idle(stack)
    unread = unseen(root)
    return stack if unread is None else doubted(stack, unread)


def _joined(name: str, own: tuple[object, ...], nested: tuple[NestedStack, ...]) -> tuple[object, ...]:
    return (*own, *(part for each in nested for part in getattr(each.stack, name)))
