"""What is seen of a run as a whole, and was not looked into, or used by nothing: findings of rule 001, too.

What stands in a settings file is missed only where all that it is for was scanned: its folder, from a path above it.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from keyfit.aws.partitions import REGIONS
from keyfit.model.block import Block
from keyfit.model.names_of_keys import find_key
from keyfit.model.stack import CLOUDFORMATION, TERRAFORM, Seen, Stack
from keyfit.record import record
from keyfit.scan.declared import is_named, misses, named_by, speaks_of, with_declared
from keyfit.scan.joins import MODEL
from keyfit.scan.judging import THE_RUN, Checked, check_seen, settle
from keyfit.scan.tools import tools
from keyfit.settings import SettingsError
from keyfit.settings.paths import real_path
from keyfit.value import Origin, Text, Unknown, text
from keyfit.why import Why

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from keyfit.model.consumers import Consumer
    from keyfit.scan.judging import Run
    from keyfit.settings import Declared

NAME: Final = "the run as a whole"


@record
class Scanned:
    """What was scanned, and what came of it."""

    paths: Sequence[Path]
    checked: Sequence[Checked]

    @property
    def whole(self) -> bool:
        """Whether no root module was passed over since it has nothing to judge."""
        return not any(each.language == TERRAFORM and each.is_idle for each in self.checked)

    def judged(self, language: str) -> list[Checked]:
        """What was read, of one language."""
        return [each for each in self.checked if each.language == language and each.stack is not None]

    @property
    def stacks(self) -> list[Stack]:
        """All that was read."""
        return [each.stack for each in self.checked if each.stack is not None]

    def covers(self, file: str) -> bool:
        """Whether everything that a settings file is for was scanned."""
        folder = real_path(Path(file).parent)
        return any(path.is_dir() and folder.is_relative_to(real_path(path)) for path in self.paths)


def seen_of_run(paths: Sequence[Path], checked: Sequence[Checked], files: Iterable[Path], run: Run) -> Checked | None:
    """What there is to tell of the run, under the settings where it began; `None` where there is nothing.

    `files` are those of tools that keyfit does not run.
    """
    outcome = Scanned(paths, checked)
    try:
        settings = settle(paths[0] if paths[0].is_dir() else paths[0].parent, run).settings
    except SettingsError:  # which is told where something is judged
        settings = run.flags
    done = [Path(each.path) for each in checked]
    seen = (
        *tools(files, done, run),
        *_unused(outcome, run),
        *_declared(outcome),
        *_regions(outcome, run),
        *_nothing(outcome),
    )
    if not seen:
        return None
    return replace(check_seen(NAME, THE_RUN, tuple(dict.fromkeys(seen)), settings), stack=None)


# --- values that nothing used -------------------------------------------------------------------------------------


def _unused(outcome: Scanned, run: Run) -> Iterator[Seen]:
    templates, roots = outcome.judged(CLOUDFORMATION), outcome.judged(TERRAFORM)
    yield from _values(run.flags.parameters, templates, Why.UNUSED_PARAMETER, "--parameter")
    yield from _of_files(outcome, templates, run.flags.parameters, Why.UNUSED_PARAMETER)
    if outcome.whole or roots:
        yield from _values(run.flags.variables, roots, Why.UNUSED_VARIABLE, "--var")
        files = (*run.flags.variable_files, *((run.flags.plan,) if run.flags.plan else ()))
        yield from (_seen(str(each), Why.UNUSED_FILE, Origin(str(each))) for each in files if not roots)
    if outcome.whole and roots:
        inherited = dict.fromkeys(name for each in roots for name in each.settings.inherited)
        yield from _values(inherited, roots, Why.UNUSED_VARIABLE, "TF_VAR")
        yield from _of_files(outcome, roots, run.flags.variables, Why.UNUSED_VARIABLE)
    yield from _deployer(outcome, run.flags.deployer)


def _values(values: Iterable[str], where: Iterable[Checked], why: Why, flag: str) -> Iterator[Seen]:
    """The names that are given by a flag and that nothing declares."""
    known = _inputs(where)
    yield from (_seen(name, why, Origin(note=flag), flag) for name in values if name not in known)


def _of_files(outcome: Scanned, where: Iterable[Checked], flags: Mapping[str, str], why: Why) -> Iterator[Seen]:
    """The names that settings files give values, and that nothing declares which they are for."""
    under: dict[str, list[Checked]] = defaultdict(list)
    for each in where:
        if each.settings.source is not None and outcome.covers(each.settings.source.file):
            under[each.settings.source.file].append(each)
    for file, those in under.items():
        settings, known = those[0].settings, _inputs(those)
        for word in settings.parameters if why is Why.UNUSED_PARAMETER else settings.variables:
            if word not in known and word not in flags:
                from keyfit.settings.reading import place_of

                yield _seen(word, why, _shown(place_of(Path(file), word)), file)


def _inputs(where: Iterable[Checked]) -> frozenset[str]:
    return frozenset[str]().union(*(each.stack.inputs for each in where if each.stack is not None))


def _deployer(outcome: Scanned, deployer: str | None) -> Iterator[Seen]:
    """A deployer that is named by an address, which nothing that was read has."""
    stacks = outcome.stacks
    if deployer is None or deployer.startswith("arn:") or not stacks:
        return
    addresses = {each.block.address.rpartition(":")[2] for stack in stacks for each in stack.identities}
    if deployer not in addresses:
        yield _seen(deployer, Why.UNUSED_NAME, Origin(note="--deployer"))


# --- what settings declare ----------------------------------------------------------------------------------------


def _declared(outcome: Scanned) -> Iterator[Seen]:
    """Declared uses that name nothing which was read, and declared keys and roles that nothing which was read uses."""
    for file, (declared, under) in _declaring(outcome).items():
        stacks = [each.stack for each in under if each.stack is not None]
        for use in declared.uses:
            named = [str(each.value.literal) for each in named_by(use) if isinstance(each.value, Text)]
            addresses = [each for each in named if not each.startswith(("arn:", "alias/"))]
            missing = [each for each in addresses if not any(_has(stack, each) for stack in stacks)]
            placed = any(is_named(stack, each) for stack in stacks for each in named_by(use))
            for name in missing or ([] if placed else named):
                yield _seen(name, Why.UNUSED_NAME, _shown(use.block.origin), f"{use.block.address} {file}")
            for name in _in_none(stacks, use):
                yield _seen(name, Why.UNUSED_NAME, _shown(use.block.origin), f"{use.block.address} {file}")
        if not declared.inventory:
            yield from _keys(declared, stacks, under)
            yield from _roles(declared, stacks, under)
            yield from _policies(declared, stacks)


def _declaring(outcome: Scanned) -> Mapping[str, tuple[Declared, list[Checked]]]:
    found: dict[str, tuple[Declared, list[Checked]]] = {}
    for each in outcome.checked:
        source, declared = each.settings.source, each.settings.declared
        if source is not None and declared is not None and outcome.covers(source.file):
            found.setdefault(source.file, (declared, []))[1].append(each)
    return found


def _has(stack: Stack, address: str) -> bool:
    return any(part.block.address == address for part in stack.keys) or any(
        part.block.address == address for part in stack.identities
    )


def _keys(declared: Declared, stacks: Iterable[Stack], under: Iterable[Checked]) -> Iterator[Seen]:
    """Those that no consumer uses, and that no finding is about."""
    about = {found.about.key for each in under for found in each.findings}
    used = {arn for stack in stacks for arn in _used(with_declared(stack, declared))}
    for key in declared.keys:
        if key.arn not in used and key.block.address not in about:
            yield _seen(key.block.address, Why.UNUSED_KEY, _shown(key.block.origin))


def _in_none(stacks: Sequence[Stack], use: Consumer) -> list[str]:
    """The bucket and the group of a declared use that none of the stacks has."""
    missed = [dict.fromkeys(misses(stack, use)) for stack in stacks]
    return [name for name in missed[0] if all(name in each for each in missed)] if missed else []


def _roles(declared: Declared, stacks: Iterable[Stack], under: Sequence[Checked]) -> Iterator[Seen]:
    """Those that no text of the source, no declared use or key and no finding speaks of, and that do not deploy."""
    about = {name for each in under for found in each.findings for name in (found.about.principal, found.resource)}
    deploying = {each.settings.deployer for each in under}
    parts = [getattr(stack, name) for stack in stacks for name in MODEL]
    for role in declared.roles:
        known = role.block.address in about | deploying
        others = tuple(each for each in declared.roles if each is not role)
        if not known and not speaks_of((*parts, declared.uses, declared.keys, others), role):
            yield _seen(role.block.address, Why.UNUSED_ROLE, _shown(role.block.origin))


def _policies(declared: Declared, stacks: Iterable[Stack]) -> Iterator[Seen]:
    """Those that no identity of the source and no declared role names."""
    identities = (*declared.roles, *(each for stack in stacks for each in stack.identities))
    named = {
        each.arn for identity in identities for each in (*identity.policies, identity.boundary) if each is not None
    }
    for policy in declared.policies:
        if policy.arn not in named:
            yield _seen(policy.owner, Why.UNUSED_POLICY, _shown(policy.origin))


def _used(stack: Stack) -> Iterator[Text]:
    for consumer in stack.consumers:
        for use in consumer.keys:
            key = find_key(stack, use.value).key
            if key is not None:
                yield key.arn


# --- Regions, and nothing at all ----------------------------------------------------------------------------------


def _regions(outcome: Scanned, run: Run) -> Iterator[Seen]:
    """Those that are deployed to, as far as they are known, and that are none."""
    given = text(run.flags.region, origin=Origin(note="--region")) if run.flags.region else text("us-east-1")
    for region in dict.fromkeys((given, *(stack.region for stack in outcome.stacks))):
        if region.literal is not None and region.literal not in REGIONS:
            yield _seen(region.literal, Why.UNKNOWN_REGION, region.origin)


def _nothing(outcome: Scanned) -> Iterator[Seen]:
    """A run over directories in which no rule had anything to say, and nothing failed."""
    told = any(each.failures or each.judged for each in outcome.checked)
    directory = next((path for path in outcome.paths if path.is_dir()), None)
    if directory is not None and not told:
        why = "what was looked at has nothing to judge" if outcome.checked or not outcome.whole else _EMPTY
        place = Origin(str(directory))
        yield Seen(Block(str(directory), "directory", place), Unknown(Why.NOTHING, why, origin=place))


_EMPTY: Final = "no template and no root module was found"


def _shown(place: Origin) -> Origin:
    """A place in a settings file, as the user would type it."""
    here = Path.cwd()
    file = Path(place.file)
    return replace(place, file=str(file.relative_to(here)) if file.is_relative_to(here) else place.file)


def _seen(name: str, why: Why, origin: Origin, within: str = "") -> Seen:
    return Seen(Block(name, why.name.lower(), origin), Unknown(why, name, origin=origin), within)
