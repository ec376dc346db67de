"""What stands in a file that cannot be read: it can give and take every permission, so nothing is sure any more."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from keyfit.answer import maybe
from keyfit.model.policies import Policy, PolicyKind
from keyfit.readers.terraform.modules.expansion import everything
from keyfit.value import Unknown
from keyfit.why import Why

if TYPE_CHECKING:
    from keyfit.model.keys import Key
    from keyfit.model.stack import Stack
    from keyfit.readers.terraform.modules.module import Module


def unseen(root: Module) -> Unknown | None:
    """Why a part of the configuration is not seen: a file or a `module` block that cannot be read; `None` if all is."""
    for module in everything(root):
        calls = (each.problem for each in module.configuration.of_kind("module") if each.problem is not None)
        problem = next(iter(module.configuration.broken), None) or next(calls, None)
        if problem is not None:
            place = f"{problem.origin.file}:{problem.origin.start.line}"
            subject = f"the contents of `{place}` are not known: {problem.message}"
            return Unknown(Why.UNREADABLE, subject, f"unread {place}", origin=problem.origin)
    return None


def doubted(stack: Stack, unread: Unknown) -> Stack:
    """The stack, where what is not seen can change every key policy and add to every identity's policies."""
    extra = Policy(PolicyKind.INLINE, unread, unread.origin.file, origin=unread.origin, present=maybe(unread))
    return replace(
        stack,
        keys=tuple(_doubted(key, unread) for key in stack.keys),
        identities=tuple(replace(each, policies=(*each.policies, extra)) for each in stack.identities),
    )


def _doubted(key: Key, unread: Unknown) -> Key:
    policy = Policy(PolicyKind.KEY, unread, key.block.address, origin=key.policy.origin)
    return replace(key, policies=(policy,))
