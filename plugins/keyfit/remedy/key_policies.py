"""A key policy for a key that has none: what the default policy says, and a statement more."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from keyfit.remedy import growing, outline
from keyfit.remedy.brackets import Language
from keyfit.remedy.places import Spot
from keyfit.remedy.presence import Presence
from keyfit.remedy.sources import Splice, UnpatchableError
from keyfit.remedy.standing import VERSION, Local, free, repeated
from keyfit.remedy.writing import STEP, Form, OfAccount, Writer
from keyfit.value import Object

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from keyfit.model.policies import Policy
    from keyfit.remedy.sources import Source
    from keyfit.remedy.writing import Piece

_CALLER: Final = re.compile(r'^data[ \t]+"aws_caller_identity"[ \t]+"(\w+)"', re.MULTILINE)
USUAL: Final = "current"


def account_in(source: Source) -> str:
    """The name of the data source that tells the account, in a file of Terraform; empty where it has none."""
    found = _CALLER.search(source.text)
    return found[1] if found else ""


def policy_of_key(
    policy: Policy, statement: Mapping[str, Piece], read: Callable[[str], Source]
) -> list[tuple[str, Splice]]:
    """The default policy of a key, written out, with `statement`."""
    place = replace(policy.origin, note="")
    spot = Spot.of(place, read)
    if spot.terraform and spot.language is not Language.HCL:
        raise UnpatchableError("it is written in JSON")
    if spot.terraform:
        splice = _in_terraform(spot, policy.owner, statement, Presence.of(place, read))
        return [(spot.source.file, splice)]
    resource = outline.value_at(spot.source, ("Resources", policy.owner))
    properties = resource.find("Properties") if isinstance(resource, Object) else None
    if properties is not None and not (isinstance(properties, Object) and properties.entries):
        raise UnpatchableError("the properties of the key are not written out")
    inside = Spot.of(resource.origin if properties is None else properties.origin, read)
    splices = _in_template(inside, [_default(OfAccount()), dict(statement)], bare=properties is None)
    return [(spot.source.file, each) for each in splices]


def _default(root: OfAccount) -> dict[str, Piece]:
    return {"Effect": "Allow", "Principal": {"AWS": root}, "Action": "kms:*", "Resource": "*"}


def _in_template(spot: Spot, statements: list[dict[str, Piece]], *, bare: bool) -> list[Splice]:
    """`KeyPolicy` behind the last property; of a key that is `bare` of them, `Properties` behind its last entry."""
    source, writer = spot.source, spot.writer
    if writer.form is not Form.YAML:
        document: dict[str, Piece] = {"Version": VERSION, "Statement": statements}
        return growing.with_entry(spot, *(("Properties", {"KeyPolicy": document}) if bare else ("KeyPolicy", document)))
    outer = " " * (spot.start - source.line_start(spot.start))
    indent = outer + STEP * bare
    inner = indent + STEP
    lines = [
        *((f"{outer}Properties:",) if bare else ()),
        f"{indent}KeyPolicy:",
        f'{inner}Version: "{VERSION}"',
        f"{inner}Statement:",
        *(f"{inner}{STEP}- {writer.lines(each, inner + STEP * 2)}" for each in statements),
    ]
    end = source.line_end(spot.end)
    return [Splice(end, end, "".join(f"{source.newline()}{line}" for line in lines))]


def _in_terraform(spot: Spot, owner: str, statement: Mapping[str, Piece], presence: Presence) -> Splice:
    """An `aws_kms_key_policy` behind the key; one in the key itself could close a circle."""
    source, newline, address = spot.source, spot.source.newline(), Local.of(owner).address
    local = presence.bare(address)
    if not local.startswith("aws_kms_key.") or "[" in local:
        raise UnpatchableError("it is not one resource of hashicorp/aws")
    caller, label = account_in(source), local.partition(".")[2]
    writer = Writer(Form.HCL, terraform=True, newline=newline)
    statements = (_default(OfAccount(caller or USUAL)), statement)
    lines = [
        *(() if caller else (f'data "aws_caller_identity" "{USUAL}" {{}}', "")),
        f'resource "aws_kms_key_policy" "{free(source, label, "aws_kms_key_policy")}" {{',
        *repeated(presence),
        f"{STEP}key_id = {presence.own(address)}.id",
        "",
        f"{STEP}policy = jsonencode({{",
        f'{STEP * 2}Version = "{VERSION}"',
        f"{STEP * 2}Statement = [",
        *(f"{STEP * 3}{writer.lines(each, STEP * 3)}," for each in statements),
        f"{STEP * 2}]",
        f"{STEP}}})",
        "}",
    ]
    end = source.line_end(spot.end)
    return Splice(end, end, f"{newline}{newline}{newline.join(lines)}")
