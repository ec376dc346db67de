"""Nothing that is there is passed over in silence.

## What it checks

It is never broken, and never holds. It names what keyfit saw and could not look into, so that a run without findings
says what it covers: modules, nested templates and applications that are not here, macros, includes and modules of the
CloudFormation registry, files of tools that keyfit does not evaluate, values and declarations that nothing used, and a
run in which nothing was judged.

## Why it matters

What is not looked into can hold a key, a role or a consumer that nobody has checked; and a value that nothing used, or
the name of a key that is gone, means that what was checked is not what was meant. `--fail-on unproven` fails on it.

## When it is unproven

Always: that is what it says. Where what was not looked into decides about a need, the rule of that need says so, too.

## How to fix it

Each has a note with what to do: fetch the modules with `terraform init`, check a nested template together with its
parent, check what a macro makes of a template, correct a name. What is meant to be so can be suppressed in the source.

## References

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-macros.html
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/modules.html
https://developer.hashicorp.com/terraform/language/block/module
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from keyfit.answer import YES, maybe
from keyfit.catalogue.rule import Ruling
from keyfit.model.findings import About, Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyfit.catalogue.rule import Options
    from keyfit.model.stack import Seen, Stack

NUMBER: Final = 1
LEVEL: Final = Level.WARNING
SUBJECTS: Final = ("consumer", "key", "identity", "policy", "what deploys")
SOURCES: Final = ("R22", "T31")


def check(stack: Stack, _options: Options) -> Iterator[Ruling]:
    """One open verdict for each thing that was not looked into."""
    yield from map(_verdict, stack.seen)


def _verdict(seen: Seen) -> Ruling:
    """It is so in every scenario, and whether the block exists changes nothing: so nothing is left to split on."""
    why = replace(seen.why, choices=frozenset())
    origin = why.origin if why.origin.file == seen.block.origin.file else seen.block.origin
    about = About(parameter=seen.within)
    return Ruling(replace(seen.block, present=YES), maybe(why), why.phrase, origin, LEVEL, about)
