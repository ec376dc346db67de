"""Exporting from a dataset group with a key requires one more action on that key.

## What it checks

For an export job of the source from a dataset of a group with a key: the key policy allows `personalize.amazonaws.com`
and the group's role `kms:GenerateDataKeyWithoutPlaintext` on the group's key. `kms:GenerateDataKey` alone does not
cover it; `kms:GenerateDataKey*` does.

## Why it matters

The AWS documentation requires it in one sentence, but its example policy does not have it. Nothing is denied when the
job is created: it ends in `CREATE FAILED`, with a reason.

The page names neither the principal nor the key. keyfit requires it for both principals of the page's statement, the
service and the role, on the dataset group's key: new data keys are generated under it while its data is exported.

## When it is unproven

Which group the job's dataset belongs to is known only at run time, or the dataset is not in the source, and some group
of the source has a key. Without one the rule is silent.

## How to fix it

Add `kms:GenerateDataKeyWithoutPlaintext` to the statement of the key policy that names the service and the role.

## References

https://docs.aws.amazon.com/personalize/latest/dg/granting-personalize-key-access.html
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from keyfit.answer import YES, maybe
from keyfit.aws import arn
from keyfit.catalogue import consumers
from keyfit.catalogue.access import calls, needs
from keyfit.catalogue.rule import Ruling
from keyfit.model.findings import About, Level
from keyfit.model.names_of_keys import absent
from keyfit.model.names_of_targets import find_target
from keyfit.services.pages import personalize
from keyfit.truth import Truth
from keyfit.value import Text, Unknown, holes_in, text
from keyfit.why import Why

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyfit.answer import Answer
    from keyfit.catalogue.rule import Options
    from keyfit.model.consumers import Consumer, Use
    from keyfit.model.stack import Stack
    from keyfit.value import Hole, Value

NUMBER: Final = 104
LEVEL: Final = Level.ERROR
SUBJECTS: Final = ("personalize",)
SOURCES: Final = ("P8", "P9", "I17")
NEEDS: Final = personalize.EXPORT_ACCESS


def check(stack: Stack, _options: Options) -> Iterator[Ruling]:
    """One verdict for each export job from a dataset group with a key, or from one that can have a key."""
    groups = [each for each in consumers.named(stack, personalize.DATASET_GROUP) if _key(each) is not None]
    for job in consumers.named(stack, personalize.EXPORT_JOB):
        beside = list(_abroad(stack, job.group)) if job.group is not None else []
        if job.group is not None and (groups or beside):
            yield from _of_job(stack, job, job.group, beside or groups)


def _abroad(stack: Stack, dataset: Use) -> Iterator[Consumer]:
    """The dataset groups of another stack, where the dataset is one of that."""
    here = find_target(stack, dataset.value)
    other = here.block.assumed if here is not None else ""
    kind = personalize.DATASET_GROUP.words
    named = (each for each in stack.abroad if each.kind == kind and _key(each) is not None)
    yield from (each for each in named if other and each.block.assumed == other)


def _key(group: Consumer) -> Use | None:
    return next((use for use in group.keys if not absent(use.value)), None)


def _of_job(stack: Stack, job: Consumer, dataset: Use, groups: list[Consumer]) -> Iterator[Ruling]:
    here = find_target(stack, dataset.value)
    written = None if here is None else here.group
    if here is None and any(_names(stack, group, dataset.value) for group in groups):
        written = dataset.value  # a use that the settings declare can name the group itself
    if written is None and not _could_be_here(stack, dataset.value):
        return
    unknown = holes_in(dataset.value) if written is None else ()
    meant = [_is(stack, group, written, unknown) for group in groups]
    sure = [group for group, answer in zip(groups, meant, strict=True) if answer.truth is Truth.YES]
    for group in sure:
        yield from _of_group(stack, job, dataset, group)
    holes = tuple(hole for answer in meant for hole in answer.holes)
    if not sure and holes:
        message = "cannot tell from which dataset group the job exports"
        about = About(parameter=dataset.parameter, state=job.state)
        yield Ruling(job.block, maybe(*holes), message, dataset.value.origin, about=about)


def _could_be_here(stack: Stack, dataset: Value) -> bool:
    """Whether a dataset that is not one of the source can belong to a group of the source: another account's cannot."""
    fields = arn.split(dataset) if isinstance(dataset, Text) else None
    return fields is None or arn.equal(fields.account, stack.account).truth is not Truth.NO


def _is(stack: Stack, group: Consumer, group_arn: Value | None, holes: tuple[Hole, ...]) -> Answer:
    """Whether `group_arn` is the ARN of `group`, or its name; open where it is not known which dataset."""
    own = _arn(stack, group)
    if isinstance(group_arn, Text) and own is not None:
        return YES if group_arn == group.name else arn.equal(own, group_arn)
    unknown = Unknown(Why.OUTSIDE_SOURCE, "the dataset group of the job's dataset")
    return maybe(*(holes_in(group_arn) or holes or (unknown,)))


def _names(stack: Stack, group: Consumer, value: Value) -> bool:
    """Whether `value` is surely the name or the ARN of `group`."""
    return _is(stack, group, value, ()).truth is Truth.YES


def _arn(stack: Stack, group: Consumer) -> Text | None:
    if not isinstance(group.name, Text):
        return None
    return text(
        "arn:", stack.partition, ":personalize:", group.region, ":", group.account, ":dataset-group/", group.name
    )


def _of_group(stack: Stack, job: Consumer, dataset: Use, group: Consumer) -> Iterator[Ruling]:
    use = _key(group)
    wanted = () if use is None else (need for call in NEEDS for need in calls.on(stack, group, call, use))
    for verdict in (each for need in wanted for each in needs.verdicts(stack, group, need)):
        about = replace(verdict.about, parameter=dataset.parameter, state=job.state)
        yield replace(verdict, subject=job.block, origin=dataset.value.origin, about=about)
