"""Inline policies of an identity, moved into blocks of their own, word for word."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from keyfit.model.identities import IdentityKind
from keyfit.remedy import outline
from keyfit.remedy.brackets import Language
from keyfit.remedy.places import Spot
from keyfit.remedy.presence import CONDITION
from keyfit.remedy.sources import Splice, UnpatchableError
from keyfit.remedy.standing import Local, free, presence_of, repeated
from keyfit.remedy.writing import STEP
from keyfit.value import List, Object, Text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from keyfit.model.identities import Identity
    from keyfit.readers.hcl.ast import Nested
    from keyfit.remedy.presence import Presence
    from keyfit.remedy.sources import Source
    from keyfit.value import Value

_COMMENT: Final = re.compile(r"#|//|/\*")  # or what looks like one
_PLURAL: Final = {IdentityKind.ROLE: "Roles", IdentityKind.USER: "Users", IdentityKind.GROUP: "Groups"}


def moved_apart(identity: Identity, read: Callable[[str], Source]) -> list[tuple[str, Splice]]:
    """The inline policies that stand in the block of an identity as blocks behind it."""
    presence = presence_of(identity, read)
    spot = Spot.of(identity.block.origin, read)
    if spot.language is Language.HCL:
        splices = _in_terraform(spot, identity, presence)
    elif spot.language is Language.YAML and not spot.text.startswith('"'):
        splices = _in_yaml(spot, identity, presence)
    else:
        raise UnpatchableError("it is not written over lines")
    return [(spot.source.file, each) for each in splices]


# --- CloudFormation ------------------------------------------------------------------------------------------------


def _in_yaml(spot: Spot, identity: Identity, presence: Presence) -> list[Splice]:
    source, address = spot.source, identity.block.address
    indent = source.text[source.line_start(spot.start) : spot.start]
    entry = outline.entry_at(source, ("Resources", address, "Properties", "Policies"))
    start, end = source.offset(entry.key.origin.start), source.offset(entry.value.origin.end)
    if indent.strip(" ") or not isinstance(entry.value, List) or not entry.value.items:
        raise UnpatchableError("the policies are not written over lines")
    blocks = "".join(_policy(source, identity, each, indent, presence) for each in entry.value.items)
    kept = [source.span(_parts(each)[1].origin) for each in entry.value.items]
    return [*_without_lines(source, start, end, kept), Splice(*_behind(source, spot.end), blocks)]


def _behind(source: Source, end: int) -> tuple[int, int]:
    line = source.line_end(end)
    return line, line


def _without_lines(source: Source, start: int, end: int, kept: Sequence[tuple[int, int]]) -> list[Splice]:
    """The lines from one place to another taken away: nothing else stands in them, and no comment is lost.

    `kept` are the stretches that are written elsewhere.
    """
    first, last = source.line_start(start), source.line_end(end)
    if source.text[first:start].strip() or source.text[end:last].strip():
        raise UnpatchableError("something else stands in the line")
    for comment in _COMMENT.finditer(source.text, first, last):
        if not any(begin <= comment.start() < stop for begin, stop in kept):
            raise UnpatchableError("a comment would be lost")
    before = first - len(source.newline())
    if source.text[before:first] != source.newline():
        raise UnpatchableError("the file begins there")
    return [Splice(before, last, "")]


def _policy(  # noqa: PLR0913, PLR0917 - what it is, and where and when it is there
    source: Source, identity: Identity, item: Value, indent: str, presence: Presence
) -> str:
    """One inline policy as a resource."""
    name, document = _parts(item)
    address, newline = identity.block.address, source.newline()
    title = f"{address}{''.join(each for each in name.literal or '' if each.isascii() and each.isalnum())}"
    lines = [
        "",
        f"{indent}{free(source, title)}:",
        f"{indent}{STEP}Type: AWS::IAM::Policy",
        *((f"{indent}{STEP}{CONDITION}: {presence.written}",) if presence.name else ()),
        f"{indent}{STEP}Properties:",
        f"{indent}{STEP * 2}PolicyName: {_verbatim(source, name)}",
        f"{indent}{STEP * 2}{_PLURAL[identity.kind]}: [!Ref {address}]",
        f"{indent}{STEP * 2}PolicyDocument:{_shifted(source, document, indent + STEP * 3)}",
    ]
    return newline + newline.join(lines)


def _parts(item: Value) -> tuple[Text, Value]:
    entries = {entry.key.literal: entry.value for entry in item.entries} if isinstance(item, Object) else {}
    name, document = entries.get("PolicyName"), entries.get("PolicyDocument")
    if set(entries) != {"PolicyName", "PolicyDocument"} or not isinstance(name, Text) or document is None:
        raise UnpatchableError("a policy is not written out")
    return name, document


def _verbatim(source: Source, value: Value) -> str:
    start, end = source.span(value.origin)
    return source.text[start:end]


def _shifted(source: Source, value: Value, indent: str) -> str:
    """A value below its key, its lines moved to the left or right; beside the key where it stands in braces."""
    start, end = source.span(value.origin)
    first = source.line_start(start)
    if source.text[start] in "{!\"'|>":
        if "\n" in source.text[start:end]:
            raise UnpatchableError("the document is not written over lines")
        return f" {source.text[start:end]}"
    column, newline = start - first, source.newline()
    lines = (source.text[start:end]).split(newline)
    if any(line[:column].strip() for line in lines[1:]):
        raise UnpatchableError("a line stands too far to the left")
    body = [lines[0], *(line[column:] for line in lines[1:])]
    return "".join(f"{newline}{indent}{line}" if line else newline for line in body)


# --- Terraform -----------------------------------------------------------------------------------------------------


def _in_terraform(spot: Spot, identity: Identity, presence: Presence) -> list[Splice]:
    source, kind = spot.source, identity.kind.value
    address = Local.of(identity.block.address).address
    local, own = presence.bare(address), presence.own(address)
    if not local.startswith(f"aws_iam_{kind}.") or "[" in local:
        raise UnpatchableError("it is not one resource of hashicorp/aws")
    inline = [
        each for each in outline.top_block(source, identity.block.origin).body.blocks if each.type == "inline_policy"
    ]
    if not inline:
        raise UnpatchableError("it has no inline policies")
    spans = [source.span(each.origin) for each in inline]
    splices = [splice for span in spans for splice in _without_lines(source, *span, kept=[span])]
    blocks = "".join(_resources(source, (local, own), kind, inline, presence))
    return [*splices, Splice(*_behind(source, spot.end), blocks)]


def _resources(  # noqa: PLR0913, PLR0917 - as `_policy`
    source: Source, names: tuple[str, str], kind: str, inline: list[Nested], presence: Presence
) -> Iterator[str]:
    """`names` are the address of the identity, and how the blocks refer to it."""
    local, own = names
    newline, label = source.newline(), local.partition(".")[2]
    for number, block in enumerate(inline, 1):
        start, end = source.span(block.origin)
        lines = source.text[start:end].split(newline)
        outer = source.indent(start)
        if len(lines) < 3 or any(line and not line.startswith(outer) for line in lines[1:]):  # noqa: PLR2004 - braces
            raise UnpatchableError("the block is not written over lines")
        name = free(source, f"{label}_{number}" if len(inline) > 1 else label, f"aws_iam_{kind}_policy")
        body = [line[len(outer) :] for line in lines[1:-1]]
        head = f'resource "aws_iam_{kind}_policy" "{name}" {{'
        yield newline.join(("", "", head, *repeated(presence), f"{STEP}{kind} = {own}.id", *body, "}"))
