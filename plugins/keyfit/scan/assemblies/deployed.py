"""What an assembly says of a template, over what the settings say: where it is deployed, and what it nests."""

from __future__ import annotations

from dataclasses import field, replace
from typing import TYPE_CHECKING

from keyfit.model.findings import Failure
from keyfit.record import record
from keyfit.scan.assemblies.manifest import NAME, Synthesized, assembly_in
from keyfit.value import Origin, Text, text
from keyfit.words import marked

if TYPE_CHECKING:
    from pathlib import Path

    from keyfit.model.stack import NestedStack, Stack
    from keyfit.readers.given import Given
    from keyfit.scan.judging import Run


@record
class Deployed:
    """One template of an assembly, or of none; `failures` are of the assembly, and where a flag contradicts it."""

    synthesized: Synthesized = field(default_factory=Synthesized)
    failures: tuple[Failure, ...] = ()

    def given(self, given: Given) -> Given:
        """What the reader is told: the assembly knows where it is deployed, whatever else is set."""
        made = self.synthesized
        return replace(
            given,
            account=made.account or given.account,
            region=made.region or given.region,
            stack_name=made.name or given.stack_name,
        )

    def nesting(self, stack: Stack) -> Stack:
        """The stack, the templates that it nests named by their files in place of what they are uploaded as."""
        if not self.synthesized.nests or not stack.nested:
            return stack
        return replace(stack, nested=tuple(map(self._local, stack.nested)))

    def _local(self, nested: NestedStack) -> NestedStack:
        url = nested.template_url
        last = url.parts[-1] if isinstance(url, Text) and url.parts else ""
        file = self.synthesized.nests.get(last.rpartition("/")[2]) if isinstance(last, str) else None
        return nested if file is None else replace(nested, template_url=text(file))


def deployed_as(path: Path, run: Run) -> Deployed:
    """What the assembly in whose folder a template lies says of it."""
    assembly = assembly_in(path.parent, run.assemblies)
    if assembly is None:
        return Deployed()
    made = assembly.templates.get(path.name, Synthesized())
    return Deployed(made, (*assembly.failures, *_contradicted(path, made, run)))


def _contradicted(path: Path, made: Synthesized, run: Run) -> tuple[Failure, ...]:
    pairs = (("account", run.flags.account, made.account), ("region", run.flags.region, made.region))
    return tuple(
        Failure(
            f"`--{flag} {given}` contradicts the CDK assembly, which deploys {marked(path.name)} to {marked(said)}: "
            "leave it out",
            Origin(str(path.parent / NAME)),
        )
        for flag, given, said in pairs
        if given and said and given != said
    )
