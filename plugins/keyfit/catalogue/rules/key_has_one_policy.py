"""A Terraform key gets its policy from one place.

## What it checks

`aws_kms_key.policy` and `aws_kms_key_policy` are not both set for one key.

## Why it matters

Both write the whole key policy. Each `terraform apply` replaces one with the other, so which of them is in effect
changes from run to run.

## When it is unproven

Whether one of the two exists depends on a value that is not known.

## How to fix it

Put all statements into one of the two, and remove the other.

## References

https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html
https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/kms_key_policy
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from keyfit.answer import NO, YES, Answer, all_of, maybe
from keyfit.catalogue import policies
from keyfit.catalogue.rule import Ruling
from keyfit.explain import evidence
from keyfit.model.findings import About, Level, Note, NoteKind, Remedy
from keyfit.model.policies import PolicyKind
from keyfit.model.stack import TERRAFORM
from keyfit.truth import Truth
from keyfit.value import Unknown
from keyfit.words import joined

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyfit.catalogue.rule import Options
    from keyfit.model.keys import Key
    from keyfit.model.policies import Policy
    from keyfit.model.stack import Stack

NUMBER: Final = 407
LEVEL: Final = Level.ERROR
SUBJECTS: Final = ("key",)
SOURCES: Final = ("T3", "T4")


def check(stack: Stack, options: Options) -> Iterator[Ruling]:
    """One verdict for each key of a Terraform configuration."""
    if stack.language == TERRAFORM:
        yield from map(_verdict, policies.keys(stack, options))


def _verdict(key: Key) -> Ruling:
    given = [
        policy for policy in key.policies if policy.kind is PolicyKind.KEY and policy.present.truth is not Truth.NO
    ]
    name = key.block.address
    own = next((policy for policy in given if policy.owner == name), key.policy)
    about, origin = About(name), own.origin
    if len(given) < 2:  # noqa: PLR2004 - two are what the rule is about
        return Ruling(key.block, YES, f"key `{name}` has one policy", origin, about=about)
    both = all_of(_given(policy) for policy in given)
    if both.truth is not Truth.YES:
        message = f"cannot tell whether key `{name}` has more than one policy"
        return Ruling(key.block, both, message, origin, about=about)
    others = [policy for policy in given if policy is not own]
    notes = [Note(NoteKind.NOTE, f"`{each.owner}` defines another", evidence.place(each.origin)) for each in others]
    advice = Note(NoteKind.HELP, f"keep one of them: remove the policy from `{own.owner}`", evidence.place(origin))
    message = f"key `{name}` has more than one policy, from {joined(dict.fromkeys(each.owner for each in given))}"
    return Ruling(key.block, NO, message, origin, LEVEL, about, (*notes, advice), Remedy(advice.message))


def _given(policy: Policy) -> Answer:
    """Whether the policy surely is one of this key: a separate one that names an unknown key may be another's."""
    return maybe(policy.document) if isinstance(policy.document, Unknown) else policy.present
