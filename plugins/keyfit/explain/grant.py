"""Why a grant does not allow what is asked for: which of its elements misses, and what the request has."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from keyfit.explain.statement import fact
from keyfit.model.block import Block
from keyfit.policy.grants import gives
from keyfit.truth import Truth
from keyfit.value import List, text
from keyfit.words import marked, reasons, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from keyfit.model.keys import Grant
    from keyfit.policy.request import Request

_CONTEXT: Final = "kms:encryptioncontext:"


def granted(grant: Grant, request: Request) -> str:
    """Whether `grant` allows what `request` asks for, and if not, why."""
    answer = gives(grant, request)
    if answer.truth is Truth.YES:
        return "applies"
    missing = list(_missing(grant, request, answer.truth))
    if answer.truth is Truth.NO:
        return f"does not apply: {missing[0] if missing else 'it is not deployed'}"
    return "possibly applies: " + ": ".join(filter(None, ("; ".join(missing), reasons(answer.holes))))


def _missing(grant: Grant, request: Request, truth: Truth) -> Iterator[str]:
    """The elements that alone make the answer what it is: each is asked about in a grant where all others fit."""
    granting = request.context.find("kms:GrantOperations").values  # which one by whose right it is made has to have
    fitting = replace(
        grant,
        block=Block(grant.block.address, grant.block.type),
        key=request.resource,
        grantee=request.principal.arn,
        operations=List((text(request.action.partition(":")[2]), *(granting if isinstance(granting, tuple) else ()))),
        encryption_context_equals=None,
        encryption_context_subset=None,
        source_arn=None,
    )
    for name, (words, has) in _ELEMENTS.items():
        written = getattr(grant, name)
        if gives(replace(fitting, **{name: written}), request).truth is truth:
            yield ", and ".join(filter(None, (words.format(marked(shown(written))), has(request))))


def _new(request: Request) -> str:
    """What the grant that is asked for gives."""
    return fact("kms:GrantOperations", request.context) if request.action == "kms:CreateGrant" else ""


def _encryption_context(request: Request) -> str:
    """The encryption context of the request, as far as it is known."""
    pairs = [name[len(_CONTEXT) :] for name in request.context.facts if name.startswith(_CONTEXT) and name != _CONTEXT]
    told = ", ".join(filter(None, (fact(f"kms:EncryptionContext:{pair}", request.context) for pair in pairs)))
    return told or "the request has none"


# Each element in words, and what the request has for it.
_ELEMENTS: Final[Mapping[str, tuple[str, Callable[[Request], str]]]] = {
    "key": ("its key is {}", lambda _: ""),
    "grantee": ("its grantee is {}", lambda _: ""),
    "operations": ("its operations are {}", _new),
    "source_arn": ("its source ARN is {}", lambda request: fact("aws:SourceArn", request.context)),
    "encryption_context_equals": ("its encryption context equals {}", _encryption_context),
    "encryption_context_subset": ("its encryption context has {}", _encryption_context),
}
