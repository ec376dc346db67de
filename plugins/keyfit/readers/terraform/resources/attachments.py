"""What ties policies to identities from outside: inline policies in their own blocks, and all attachments."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from keyfit.answer import NO, Answer, all_of, answer, any_of
from keyfit.model.identities import IdentityKind, Tie
from keyfit.model.policies import Policy, PolicyKind
from keyfit.readers.terraform.modules.expansion import call_of, child, copies_of, everything, instances
from keyfit.readers.terraform.modules.instances import argument, is_written
from keyfit.readers.terraform.resources.documents import document
from keyfit.readers.terraform.resources.exclusives import exclusives
from keyfit.readers.terraform.resources.managed import ManagedPolicies, is_from_elsewhere, policy_of
from keyfit.readers.terraform.resources.names import as_hole, generated_name, is_named
from keyfit.readers.terraform.values.terraform_values import unordered
from keyfit.record import record
from keyfit.truth import Truth, known
from keyfit.value import List, Object, Text, Unknown
from keyfit.why import Why

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from keyfit.readers.terraform.modules.instances import Instance
    from keyfit.readers.terraform.modules.module import Module
    from keyfit.readers.terraform.resources.exclusives import Exclusive
    from keyfit.value import Value

_ROLE, _USER, _GROUP = IdentityKind.ROLE, IdentityKind.USER, IdentityKind.GROUP


@record
class Attachment:
    """A policy for every identity of a kind that one of `targets` names, by name or ARN.

    `handed` says that the targets are what a module that is not here is given: only a name counts, and only surely.
    `called` is the name of an inline policy, or the ARN of another, by which a list of policies can speak of it.
    """

    kind: IdentityKind
    targets: tuple[Value, ...]
    policy: Policy
    handed: bool = False
    called: Text | None = None


@record
class _Inline:
    """A type that is an inline policy: its arguments for the identity's name and the document."""

    targets: Mapping[IdentityKind, str]
    document: str = "policy"
    name: str = "name"


_PLURAL: Final = {_ROLE: "roles", _USER: "users", _GROUP: "groups"}
_INLINE: Final[Mapping[str, _Inline]] = {
    "aws_iam_role_policy": _Inline({_ROLE: "role"}),
    "aws_iam_user_policy": _Inline({_USER: "user"}),
    "aws_iam_group_policy": _Inline({_GROUP: "group"}),
    "awscc_iam_role_policy": _Inline({_ROLE: "role_name"}, "policy_document", "policy_name"),
    "awscc_iam_user_policy": _Inline({_USER: "user_name"}, "policy_document", "policy_name"),
    "awscc_iam_group_policy": _Inline({_GROUP: "group_name"}, "policy_document", "policy_name"),
    "awscc_iam_policy": _Inline(_PLURAL, "policy_document", "policy_name"),
}
# Types that attach managed policies: their arguments for the identity, and for the ARN or ARNs.
_ATTACHING: Final[Mapping[str, tuple[Mapping[IdentityKind, str], str]]] = {
    "aws_iam_role_policy_attachment": ({_ROLE: "role"}, "policy_arn"),
    "aws_iam_user_policy_attachment": ({_USER: "user"}, "policy_arn"),
    "aws_iam_group_policy_attachment": ({_GROUP: "group"}, "policy_arn"),
    "aws_iam_policy_attachment": (_PLURAL, "policy_arn"),
    "aws_iam_role_policy_attachments_exclusive": ({_ROLE: "role_name"}, "policy_arns"),
    "aws_iam_user_policy_attachments_exclusive": ({_USER: "user_name"}, "policy_arns"),
    "aws_iam_group_policy_attachments_exclusive": ({_GROUP: "group_name"}, "policy_arns"),
}


def entities(value: Value | None) -> tuple[Value, ...]:
    """The elements of a list, or the one value that stands for one; unknown further ones at the end."""
    match None if value is None else unordered(value):
        case None:
            return ()
        case List(items, rest):
            return items if rest is None else (*items, rest)
        case single:
            return (single,)


@record
class Ties:
    """Everything that ties a policy to an identity by the identity's name, and what takes policies away."""

    managed: ManagedPolicies
    attachments: tuple[Attachment, ...]
    exclusives: tuple[Exclusive, ...]

    @classmethod
    def of(cls, root: Module) -> Ties:
        """Those of a configuration."""
        managed = ManagedPolicies.of(root)
        found = tuple(each for module in everything(root) for each in _in_module(module, managed))
        return cls(managed, found, exclusives(root))


def _in_module(module: Module, managed: ManagedPolicies) -> Iterator[Attachment]:
    for instance in instances(module, *_INLINE):
        words = _INLINE[instance.type]
        policy = _inline(instance, words)
        title = argument(instance, words.name)
        called = generated_name(instance) if words.name == "name" else as_hole(title, instance, "name")
        yield from _for_each_kind(instance, words.targets, policy, called)
    for instance in instances(module, *_ATTACHING):
        targets, name = _ATTACHING[instance.type]
        for value in entities(argument(instance, name)):
            yield from _for_each_kind(instance, targets, managed.attached(value, instance))
    for instance in instances(module, "awscc_iam_managed_policy"):
        yield from _for_each_kind(instance, _PLURAL, policy_of(instance, instance))
    yield from _not_here(module)
    yield from _to_a_stack(module)


def _inline(instance: Instance, words: _Inline) -> Policy:
    written = argument(instance, words.document)
    called = argument(instance, words.name) if is_written(instance, words.name) else None
    name = called.literal if isinstance(called, Text) else None
    origin = instance.origin if written is None else written.origin
    found = document(written, instance)
    return Policy(PolicyKind.INLINE, found, instance.address, name or "", None, origin, instance.present)


def _for_each_kind(
    instance: Instance, targets: Mapping[IdentityKind, str], policy: Policy, called: Text | None = None
) -> Iterator[Attachment]:
    for kind, name in targets.items():
        values = entities(argument(instance, name))
        if values:
            yield Attachment(kind, values, policy, called=called or policy.arn)


_MISSING: Final = frozenset({Why.REMOTE_MODULE, Why.NO_MODULE})


def _not_here(module: Module) -> Iterator[Attachment]:
    """A module that is not here can attach policies to the roles whose names it is given."""
    for declared in module.configuration.of_kind("module"):
        for copy in copies_of(module, declared).all:
            missing = child(module, declared, copy)
            if isinstance(missing, Unknown) and missing.why in _MISSING:
                address = f"{module.address}module.{declared.labels[0]}{copy.suffix}"
                given = tuple(call_of(module, declared, copy).inputs())
                policy = Policy(PolicyKind.OUTSIDE, None, address, origin=declared.origin, present=copy.present)
                yield from (Attachment(kind, given, policy, handed=True) for kind in _PLURAL)


def _to_a_stack(module: Module) -> Iterator[Attachment]:
    """So can a template that is not here, to the roles whose names are among its parameters."""
    for instance in instances(module, "aws_cloudformation_stack", "awscc_cloudformation_stack"):
        given = argument(instance, "parameters")
        if argument(instance, "template_body") is None and isinstance(given, Object):
            policy = Policy(
                PolicyKind.OUTSIDE, None, instance.address, origin=instance.origin, present=instance.present
            )
            values = tuple(value for _, value in given.entries)
            yield from (Attachment(kind, values, policy, handed=True) for kind in _PLURAL)


def tied(found: Ties, kind: IdentityKind, name: Text, arn: Text) -> Iterator[Policy]:
    """The policies that attachments tie to one identity; those that nobody knows of are there perhaps."""
    strict = exclusives_of(found, kind, name, arn)
    for attachment in found.attachments:
        if attachment.kind is not kind:
            continue
        if attachment.handed:
            named = answer(known(name in attachment.targets), ())
        else:
            named = any_of(_names(value, name, arn) for value in attachment.targets)
        if named.truth is not Truth.NO:
            policy, called = attachment.policy, attachment.called
            kept = [each.keeps(called) for each in strict if called is not None and policy.kind in each.sort]
            yield replace(policy, present=all_of((named, policy.present, *kept)))


def exclusives_of(found: Ties, kind: IdentityKind, name: Text, arn: Text) -> list[Exclusive]:
    """What says which policies one identity has, and takes every other away."""
    of_kind = (each for each in found.exclusives if each.kind is kind)
    return [each for each in of_kind if _names(each.identity, name, arn).truth is not Truth.NO]


def by_name(found: Ties) -> Iterator[Tie]:
    """Each policy with each name that it is attached to, of this configuration or another."""
    for each in found.attachments:
        if not each.handed:
            yield from (Tie(each.kind, value, each.policy) for value in each.targets)


def _names(value: Value, name: Text, arn: Text) -> Answer:
    """Whether `value` names the identity; what comes from elsewhere names none of the source."""
    match value:
        case Unknown() if is_from_elsewhere(value):
            return NO
        case _:
            return any_of((is_named(value, name), is_named(value, arn)))
