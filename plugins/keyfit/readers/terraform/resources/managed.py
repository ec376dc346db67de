"""Managed policies: those of the source by ARN, AWS's own, and those that are not in the source."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from keyfit.answer import all_of
from keyfit.model.policies import Policy, PolicyKind
from keyfit.readers.terraform.modules.expansion import resources
from keyfit.readers.terraform.modules.instances import argument, is_written, told
from keyfit.readers.terraform.modules.places import place_of
from keyfit.readers.terraform.plan.overlay import over
from keyfit.readers.terraform.resources.documents import document
from keyfit.readers.terraform.resources.names import as_hole, generated_name, is_named
from keyfit.record import record
from keyfit.truth import Truth
from keyfit.value import Reference, Text, Unknown, text
from keyfit.why import Why

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from keyfit.readers.terraform.modules.instances import Instance
    from keyfit.readers.terraform.modules.module import Module
    from keyfit.value import Value

_TYPES: Final = {"aws_iam_policy": "policy", "awscc_iam_managed_policy": "policy_document"}
TYPES: Final = tuple(_TYPES)
_ELSEWHERE: Final = frozenset(
    {Why.NO_VARIABLE, Why.DATA, Why.REMOTE_MODULE, Why.NO_MODULE, Why.OUTSIDE_SOURCE, Why.OUTSIDE_ROOT}
)


def arn(instance: Instance) -> Text:
    """The ARN of a managed policy."""
    known = told(instance, "arn" if instance.type == "aws_iam_policy" else "policy_arn")
    if known is not None:
        return known
    place = place_of(instance)
    path = argument(instance, "path")
    where = text("/") if path is None else as_hole(path, instance, "path")
    return text("arn:", place.partition, ":iam::", place.account, ":policy", where, name(instance))


def name(instance: Instance) -> Text:
    """The name of a managed policy."""
    if instance.type == "aws_iam_policy":
        return generated_name(instance)
    written = argument(instance, "managed_policy_name")
    return text(Reference(instance.address, "name_suffix")) if written is None else as_hole(written, instance, "name")


def written(instance: Instance) -> Value | None:
    """The document of a managed policy as it is written."""
    return argument(instance, _TYPES[instance.type])


EXPORTS: Final[Mapping[str, Mapping[str, Callable[[Instance], Value]]]] = {
    "aws_iam_policy": {"id": arn, "arn": arn, "name": name},
    "awscc_iam_managed_policy": {"id": arn, "policy_arn": arn, "managed_policy_name": name},
}


@record
class ManagedPolicies:
    """The managed policies of the source, with their ARNs; and the documents of those that a plan has looked up."""

    known: tuple[tuple[Text, Instance], ...]
    read: Mapping[str, tuple[Instance, Value]]

    @staticmethod
    def of(root: Module) -> ManagedPolicies:
        """Those of a root module and the modules inside it."""
        return ManagedPolicies(tuple((arn(each), each) for each in resources(root, *TYPES)), dict(_read(root)))

    def attached(self, value: Value, by: Instance) -> Policy:
        """The policy whose ARN is `value`, as the block `by` attaches it."""
        instance = next((each for known, each in self.known if is_named(value, known).truth is Truth.YES), None)
        if instance is not None:
            return replace(policy_of(instance, by), arn=value if isinstance(value, Text) else arn(instance))
        reasons = value.holes if isinstance(value, Text) else (value,)
        unread = next((each for each in reasons if isinstance(each, Unknown) and not is_from_elsewhere(each)), None)
        if unread is not None and self._can_be(value):
            return Policy(PolicyKind.MANAGED, unread, by.address, origin=value.origin, present=by.present)
        kind = PolicyKind.AWS_MANAGED if is_of_aws(value) else PolicyKind.OUTSIDE
        named = value if isinstance(value, Text) else None
        called = "" if named is None else "".join(part if isinstance(part, str) else "…" for part in named.parts)
        if kind is PolicyKind.OUTSIDE and called in self.read:
            instance, read = self.read[called]
            return Policy(PolicyKind.MANAGED, read, instance.address, called, named, instance.origin, by.present)
        return Policy(kind, None, by.address, called, named, value.origin, by.present)

    def _can_be(self, value: Value) -> bool:
        return any(is_named(value, known).truth is not Truth.NO for known, _ in self.known)

    def boundary(self, value: Value, by: Instance) -> Policy:
        """The policy whose ARN is `value`, as a permissions boundary of `by`."""
        policy = self.attached(value, by)
        own = policy.kind is PolicyKind.MANAGED
        return replace(policy, kind=PolicyKind.BOUNDARY if own else policy.kind, origin=value.origin)


def _read(root: Module) -> Iterator[tuple[str, tuple[Instance, Value]]]:
    """The customer managed policies that data sources have returned, by ARN."""
    for instance in resources(root, "aws_iam_policy", kind="data"):
        found = root.evaluation.plan.data.get(instance.address)
        named, written = (found.find("arn"), found.find("policy")) if found is not None else (None, None)
        if isinstance(named, Text) and named.literal is not None and isinstance(written, Text):
            yield named.literal, (instance, document(over(written, None, instance.origin), instance))


def policy_of(instance: Instance, by: Instance) -> Policy:
    """A managed policy of the source, as the block `by` attaches it."""
    text_of = written(instance)
    origin = instance.origin if text_of is None else text_of.origin
    own = is_written(instance, "name") or is_written(instance, "managed_policy_name")
    called = (name(instance).literal if own else None) or instance.address
    present = all_of((by.present, instance.present))
    return Policy(PolicyKind.MANAGED, document(text_of, instance), instance.address, called, None, origin, present)


def is_from_elsewhere(unknown: Unknown) -> bool:
    """Whether an unknown name or ARN is one that the user or AWS gives: none that this source makes up.

    What is computed from such a value, a condition for instance, can name anything.
    """
    return unknown.why in _ELSEWHERE and bool(unknown.identity)


def is_of_aws(value: Value) -> bool:
    """Whether an ARN is that of an AWS managed policy: its account is `aws`."""
    return isinstance(value, Text) and any(
        isinstance(part, str) and ":iam::aws:policy/" in part for part in value.parts
    )
