"""What is scanned together is judged together: nested stacks by their parents, and what one imports from another."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from keyfit.scan.joins import join, wants
from keyfit.scan.judging import Checked, crash
from keyfit.scan.nesting import nest
from keyfit.scan.roots import rejudged

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from keyfit.model.stack import Stack
    from keyfit.scan.templates import Read


def together(
    templates: Iterable[Read | Checked], roots: Iterable[Checked], further: Callable[[], Iterable[Stack]]
) -> Iterator[Checked]:
    """What templates and root modules are found to be; a template that a root module deploys is judged as its part.

    `further` gives root modules that are not judged, for nothing in them uses a key; they are read where a judged one
    looks for what they can have. Where joining itself fails, each is judged alone, and the failure is told.
    """
    judged = {each.stack: each for each in roots if each.stack is not None and not each.is_apart}
    configurations = [stack.configuration for stack in judged if stack.configuration is not None]
    parts = {os.path.normpath(file) for each in configurations for file in each.deployed_templates()}
    alone = [each for each in templates if not isinstance(each, Checked)]
    read = {each.stack.name: each for each in alone if os.path.normpath(each.stack.name) not in parts}
    yield from (each for each in templates if isinstance(each, Checked))
    yield from (each for each in roots if each.stack is None or each.is_apart)
    try:
        nested = nest([each.stack for each in read.values()], lambda known, passed: read[known.name].again(passed))
        stacks = (*nested, *judged)
        joined = join(stacks, tuple(further()) if any(map(wants, stacks)) else ())
    except Exception as error:  # noqa: BLE001 - a crash is never a pass: it becomes a failure
        yield Checked("", failures=(crash(error, ""),))
        yield from (each.judged() for each in read.values())
        yield from judged.values()
        return
    for before, after in zip(stacks, joined, strict=True):
        if before in judged:
            yield judged[before] if after is before else rejudged(judged[before], after)
        else:
            yield read[after.name].judged(after)
