"""A block of its own, beside the one that it belongs to: a policy of a role, user or group."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from keyfit.model.stack import IdentityKind
from keyfit.remedy import growing, outline
from keyfit.remedy.brackets import Language
from keyfit.remedy.places import Spot
from keyfit.remedy.sources import Splice, UnpatchableError
from keyfit.remedy.writing import STEP, Form, Piece, Reference, Writer
from keyfit.truth import Truth
from keyfit.value import List, Object

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from keyfit.model.stack import Block, Identity
    from keyfit.remedy.sources import Source

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


def reference(to: Block, beside: str, attribute: tuple[str, str] = ("Arn", "arn")) -> Reference:
    """An attribute of a block, as one of the same module refers to it; `beside` is an address of that module."""
    if to.assumed or to.present.truth is not Truth.YES:
        raise UnpatchableError("it is not in every deployment")
    here, there = Local.of(beside), Local.of(to.address)
    if here.module != there.module:
        raise UnpatchableError("it is in another module")
    return Reference(there.address, *attribute)


def check_stands(identity: Identity) -> None:
    """That a block beside an identity's own can refer to it: it is in the source, and in every deployment."""
    if identity.outside:
        raise UnpatchableError("it is not in the source")
    if identity.block.present.truth is not Truth.YES:
        raise UnpatchableError("it is not in every deployment")


def policy_beside(identity: Identity, statement: Mapping[str, Piece], read: Callable[[str], Source]) -> list[Splice]:
    """A policy of an identity, written behind its block."""
    check_stands(identity)
    spot = Spot.of(identity.block.origin, read)
    if identity.block.within is not None:
        return _in_function(spot, identity.block.within, statement, read)
    if spot.language is Language.HCL:
        return _in_terraform(spot, identity, statement)
    if spot.terraform:
        raise UnpatchableError("it is written in JSON")
    if spot.language is Language.JSON or spot.text.startswith('"'):
        return _in_json(spot, identity, statement)
    return _in_yaml(spot, identity, statement)


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


def _resource(identity: Identity, statement: Mapping[str, Piece]) -> dict[str, Piece]:
    document: dict[str, Piece] = {"Version": VERSION, "Statement": [statement]}
    own = {_PLURAL[identity.kind]: [reference(identity.block, identity.block.address, ("", ""))]}
    name = f"{identity.block.address}KeyAccess"
    properties: dict[str, Piece] = {"PolicyName": name, **own, "PolicyDocument": document}
    return {"Type": "AWS::IAM::Policy", "Properties": properties}


def free(source: Source, name: str, type_: str = "") -> str:
    """`name`, with a number behind it where the file has one of that name; of that type, in Terraform."""
    before = rf'"{re.escape(type_)}"[ \t]+"' if type_ else r"(?<![\w-])"
    for number in range(1, 100):
        candidate = name if number == 1 else f"{name}{number}"
        if not re.search(rf"{before}{re.escape(candidate)}(?![\w-])", source.text):
            return candidate
    raise UnpatchableError("there are too many of that name")


def _in_yaml(spot: Spot, identity: Identity, statement: Mapping[str, Piece]) -> list[Splice]:
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


def _in_json(spot: Spot, identity: Identity, statement: Mapping[str, Piece]) -> list[Splice]:
    source = spot.source
    indent = source.indent(spot.start)
    name = free(source, f"{identity.block.address}KeyAccess")
    writer = Writer(Form.JSON, terraform=False, newline=source.newline())
    if "\n" not in spot.text:
        body = writer.short(_resource(identity, statement))
        return [Splice(spot.end, spot.end, f', "{name}": {body}')]
    body = writer.lines(_resource(identity, statement), indent)
    return [Splice(spot.end, spot.end, f',{source.newline()}{indent}"{name}": {body}')]


def _in_terraform(spot: Spot, identity: Identity, statement: Mapping[str, Piece]) -> list[Splice]:
    source, newline = spot.source, spot.source.newline()
    kind, local = identity.kind.value, Local.of(identity.block.address).address
    if not local.startswith(f"aws_iam_{kind}.") or not spot.text.startswith("resource"):
        raise UnpatchableError("it is not a resource of hashicorp/aws")
    label = re.sub(r"\W+", "_", local.partition(".")[2]).strip("_")
    name = free(source, f"{label}_key_access", f"aws_iam_{kind}_policy")
    whom = Writer(Form.HCL, terraform=True).reference(Reference(local, "", "id"))
    writer = Writer(Form.HCL, terraform=True, newline=newline)
    lines = [
        f'resource "aws_iam_{kind}_policy" "{name}" {{',
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
