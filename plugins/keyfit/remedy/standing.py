"""A block of its own, beside the one that it belongs to: a policy of a role, user or group."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from keyfit.model.identities import IdentityKind
from keyfit.remedy import growing, outline
from keyfit.remedy.brackets import Language
from keyfit.remedy.places import Spot
from keyfit.remedy.presence import CONDITION, Presence
from keyfit.remedy.sources import Splice, UnpatchableError
from keyfit.remedy.writing import STEP, Form, Piece, Reference, Writer
from keyfit.truth import Truth
from keyfit.value import List, Object

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from keyfit.model.block import Block
    from keyfit.model.identities import Identity
    from keyfit.remedy.sources import Source
    from keyfit.value import Origin

_PLURAL: Final = {IdentityKind.ROLE: "Roles", IdentityKind.USER: "Users", IdentityKind.GROUP: "Groups"}
_MODULE: Final = re.compile(r'((?:module\.[\w-]+(?:\[(?:\d+|"[^"\\$%\n]*")\])?\.)*)(.+)', re.DOTALL)
VERSION: Final = "2012-10-17"


class Local(NamedTuple):
    """An address inside its own module, and which module that is."""

    module: str
    address: str

    @classmethod
    def of(cls, address: str) -> Local:
        """The parts of an address; a logical id has no module."""
        found = _MODULE.fullmatch(address)
        return cls("", address) if found is None else cls(found[1], found[2])


class Place(NamedTuple):
    """Where something is written: an address of the module or template, and the place in its text."""

    beside: str
    origin: Origin
    read: Callable[[str], Source]


def reference(to: Block, place: Place, attribute: tuple[str, str] = ("Arn", "arn")) -> Reference:
    """An attribute of a block, as it is referred to at a place that is there only where the block is."""
    if to.assumed:
        raise UnpatchableError("it is not in the source")
    here, there = Local.of(place.beside), Local.of(to.address)
    if here.module != there.module:
        raise UnpatchableError("it is in another module")
    return Reference(_together(to, there, place), *attribute)


def _together(to: Block, there: Local, place: Place) -> str:
    """The address of a block at a place in the same deployments; of one in all deployments, wherever that is."""
    sure = to.present.truth is Truth.YES
    try:
        own, other = (Presence.of(each, place.read) for each in (to.origin, place.origin))
        together = own == other and (bool(own.name) or bool(there.module))
        if together:
            return own.own(there.address)
    except UnpatchableError:
        if not sure:
            raise
    if not sure:
        raise UnpatchableError("it is not in every deployment")
    return there.address


def presence_of(identity: Identity, read: Callable[[str], Source]) -> Presence:
    """In which deployments an identity of the source is; `UnpatchableError` where it has no text that says it."""
    if identity.outside:
        raise UnpatchableError("it is not in the source")
    try:
        own = Presence.of(identity.block.origin, read)
    except UnpatchableError:
        own = Presence()
    if not own.name and not Local.of(identity.block.address).module and identity.block.present.truth is not Truth.YES:
        raise UnpatchableError("it is not in every deployment")
    return own


def policy_beside(identity: Identity, statement: Mapping[str, Piece], read: Callable[[str], Source]) -> list[Splice]:
    """A policy of an identity, written behind its block."""
    presence = presence_of(identity, read)
    spot = Spot.of(identity.block.origin, read)
    if identity.block.within is not None:
        return _in_function(spot, identity.block.within, statement, read)
    if spot.language is Language.HCL:
        return _in_terraform(spot, identity, statement, presence)
    if spot.terraform:
        raise UnpatchableError("it is written in JSON")
    if spot.language is Language.JSON or spot.text.startswith('"'):
        return _in_json(spot, identity, statement, presence)
    return _in_yaml(spot, identity, statement, presence)


def _in_function(
    spot: Spot, within: Block, statement: Mapping[str, Piece], read: Callable[[str], Source]
) -> list[Splice]:
    """A policy of the role that AWS SAM creates, among those of what it creates it for."""
    properties = outline.value_at(spot.source, ("Resources", within.address, "Properties"))
    document: dict[str, Piece] = {"Version": VERSION, "Statement": [statement]}
    written = properties.find("Policies") if isinstance(properties, Object) else None
    if written is None:
        return growing.with_entry(Spot.of(properties.origin, read), "Policies", [document])
    if not isinstance(written, List):
        raise UnpatchableError("its policies are not written out as a list")
    return growing.with_object(written, document, read)


def _resource(identity: Identity, statement: Mapping[str, Piece], presence: Presence) -> dict[str, Piece]:
    document: dict[str, Piece] = {"Version": VERSION, "Statement": [statement]}
    own = {_PLURAL[identity.kind]: [Reference(identity.block.address, "", "")]}
    name = f"{identity.block.address}KeyAccess"
    properties: dict[str, Piece] = {"PolicyName": name, **own, "PolicyDocument": document}
    condition: dict[str, Piece] = {CONDITION: presence.written} if presence.name else {}
    return {"Type": "AWS::IAM::Policy", **condition, "Properties": properties}


def free(source: Source, name: str, type_: str = "") -> str:
    """`name`, with a number behind it where the file has one of that name; of that type, in Terraform."""
    before = rf'"{re.escape(type_)}"[ \t]+"' if type_ else r"(?<![\w-])"
    for number in range(1, 100):
        candidate = name if number == 1 else f"{name}{number}"
        if not re.search(rf"{before}{re.escape(candidate)}(?![\w-])", source.text):
            return candidate
    raise UnpatchableError("there are too many of that name")


def _in_yaml(spot: Spot, identity: Identity, statement: Mapping[str, Piece], presence: Presence) -> list[Splice]:
    source, newline = spot.source, spot.source.newline()
    indent = source.text[source.line_start(spot.start) : spot.start]
    if indent.strip(" ") or not spot.text.startswith(identity.block.address):
        raise UnpatchableError("the block begins behind something else")
    writer = Writer(Form.YAML, terraform=False, newline=newline)
    name = free(source, f"{identity.block.address}KeyAccess")
    plural = _PLURAL[identity.kind]
    lines = [
        f"{name}:",
        f"{STEP}Type: AWS::IAM::Policy",
        *((f"{STEP}{CONDITION}: {presence.written}",) if presence.name else ()),
        f"{STEP}Properties:",
        f"{STEP * 2}PolicyName: {name}",
        f"{STEP * 2}{plural}: [!Ref {identity.block.address}]",
        f"{STEP * 2}PolicyDocument:",
        f'{STEP * 3}Version: "{VERSION}"',
        f"{STEP * 3}Statement:",
        f"{STEP * 4}- {writer.lines(statement, indent + STEP * 5)}",
    ]
    end = source.line_end(spot.end)
    text = "".join(f"{newline}{indent}{line}" for line in lines)
    return [Splice(end, end, f"{newline}{text}")]


def _in_json(spot: Spot, identity: Identity, statement: Mapping[str, Piece], presence: Presence) -> list[Splice]:
    source = spot.source
    indent = source.indent(spot.start)
    name = free(source, f"{identity.block.address}KeyAccess")
    writer = Writer(Form.JSON, terraform=False, newline=source.newline())
    if "\n" not in spot.text:
        body = writer.short(_resource(identity, statement, presence))
        return [Splice(spot.end, spot.end, f', "{name}": {body}')]
    body = writer.lines(_resource(identity, statement, presence), indent)
    return [Splice(spot.end, spot.end, f',{source.newline()}{indent}"{name}": {body}')]


def repeated(presence: Presence) -> tuple[str, ...]:
    """The lines with which a block of Terraform begins that has this presence."""
    return (f"{STEP}{presence.name} = {presence.written}", "") if presence.name else ()


def _in_terraform(spot: Spot, identity: Identity, statement: Mapping[str, Piece], presence: Presence) -> list[Splice]:
    source, newline = spot.source, spot.source.newline()
    kind, local = identity.kind.value, Local.of(identity.block.address).address
    if not local.startswith(f"aws_iam_{kind}.") or not spot.text.startswith("resource"):
        raise UnpatchableError("it is not a resource of hashicorp/aws")
    label = re.sub(r"\W+", "_", presence.bare(local).partition(".")[2]).strip("_")
    name = free(source, f"{label}_key_access", f"aws_iam_{kind}_policy")
    whom = Writer(Form.HCL, terraform=True).reference(Reference(presence.own(local), "", "id"))
    writer = Writer(Form.HCL, terraform=True, newline=newline)
    lines = [
        f'resource "aws_iam_{kind}_policy" "{name}" {{',
        *repeated(presence),
        f'{STEP}name = "{name.replace("_", "-")}"',
        f"{STEP}{kind.ljust(4)} = {whom}",
        "",
        f"{STEP}policy = jsonencode({{",
        f'{STEP * 2}Version = "{VERSION}"',
        f"{STEP * 2}Statement = [{writer.lines(statement, STEP * 2)}]",
        f"{STEP}}})",
        "}",
    ]
    end = source.line_end(spot.end)
    return [Splice(end, end, f"{newline}{newline}{newline.join(lines)}")]
