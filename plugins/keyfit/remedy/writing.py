"""Statements and blocks as text, in each language and in the form that stands around them."""

from __future__ import annotations

import json
import re
from enum import Enum
from typing import TYPE_CHECKING, Final, TypeAlias

from keyfit.record import record
from keyfit.remedy.sources import UnpatchableError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

STEP: Final = "  "


class Form(Enum):
    """How an object is written: as HCL, as an HCL block, as YAML over lines or in braces, as JSON."""

    HCL = "hcl"
    BLOCK = "block"
    YAML = "yaml"
    FLOW = "flow"
    JSON = "json"


@record
class Reference:
    """An attribute of a block of the source: `attribute` in CloudFormation's words, `name` in Terraform's.

    `behind` is text that follows it.
    """

    address: str
    attribute: str = "Arn"
    name: str = "arn"
    behind: str = ""


@record
class OfAccount:
    """An ARN in the account itself, whose root user it is; in Terraform by the name of an `aws_caller_identity`."""

    caller: str = ""
    resource: str = "root"


@record
class Verbatim:
    """A value as it is to be written."""

    text: str


Piece: TypeAlias = "str | Reference | OfAccount | Verbatim | Sequence[Piece] | Mapping[str, Piece]"

# What is the same text with and without quotes in YAML, whichever of its versions reads it.
_PLAIN: Final = re.compile(r"[A-Za-z][A-Za-z0-9:./_-]*[A-Za-z0-9*]")
_WORDS: Final = frozenset({"true", "false", "yes", "no", "on", "off", "null"})
_LOGICAL_ID: Final = re.compile(r"[A-Za-z0-9]+")
# An address as an expression: names, and keys of instances.
_ADDRESS: Final = re.compile(
    r'[^\W\d][\w-]*(?:\.[^\W\d][\w-]*|\[\d+\]|\["[^"\\$%\n]*"\]|\[count\.index\]|\[each\.key\])*'
)


@record
class Writer:
    """Writes pieces in a form; `terraform` says whether a reference is Terraform's."""

    form: Form
    terraform: bool
    newline: str = "\n"

    def lines(self, piece: Piece, indent: str) -> str:
        """An object over several lines, the first without the indentation; a list or text as `short`."""
        if not hasattr(piece, "items"):
            return self.short(piece)
        inner = indent + STEP
        if self.form is Form.YAML:
            return f"{self.newline}{indent}".join(self._pair(key, value, indent) for key, value in piece.items())
        comma = "," if self.form in {Form.JSON, Form.FLOW} else ""
        pairs = [self._pair(key, value, inner) for key, value in piece.items()]
        if self.form is Form.HCL:
            pairs = aligned(pairs)
        body = f"{comma}{self.newline}{inner}".join(pairs)
        return f"{{{self.newline}{inner}{body}{self.newline}{indent}}}"

    def _pair(self, key: str, value: Piece, indent: str) -> str:
        nested = isinstance(value, dict) and any(
            not isinstance(each, str | Reference | OfAccount | Verbatim) for each in value.values()
        )
        if self.form is Form.YAML and nested:
            below = indent + STEP
            return f"{key}:{self.newline}{below}{self.lines(value, below)}"
        return f"{self.key(key)}{self.lines(value, indent) if nested else self.short(value)}"

    def key(self, key: str) -> str:
        """A key and what separates it from its value."""
        match self.form:
            case Form.JSON:
                return f"{json.dumps(key)}: "
            case Form.HCL | Form.BLOCK:
                return f"{key} = "
            case _:
                return f"{key}: "

    def short(self, piece: Piece) -> str:
        """A piece on one line."""
        match piece:
            case str():
                return self.text(piece)
            case Reference():
                return self.reference(piece)
            case OfAccount(caller, resource):
                return self._of_account(caller, resource)
            case Verbatim(text):
                return text
            case dict():
                pairs = ", ".join(f"{self.key(key)}{self.short(value)}" for key, value in piece.items())
                return f"{{ {pairs} }}" if self.form in {Form.HCL, Form.BLOCK} else f"{{{pairs}}}"
            case _:
                return f"[{', '.join(map(self.short, piece))}]"

    def text(self, text: str) -> str:
        """A string; no part of it is more than text."""
        if not text.isprintable():
            raise UnpatchableError("a name holds what cannot be seen")
        if self.form in {Form.YAML, Form.FLOW} and _PLAIN.fullmatch(text) and text.lower() not in _WORDS:
            return text
        quoted = json.dumps(text, ensure_ascii=False)
        return re.sub(r"([$%])(?=\{)", r"\1\1", quoted) if self.terraform else quoted

    def _of_account(self, caller: str, resource: str) -> str:
        if self.terraform:
            if not caller.isidentifier():
                raise UnpatchableError("the account is not known there")
            return f'"arn:aws:iam::${{data.aws_caller_identity.{caller}.account_id}}:{resource}"'
        written = json.dumps(f"arn:${{AWS::Partition}}:iam::${{AWS::AccountId}}:{resource}")
        return f'{{"Fn::Sub": {written}}}' if self.form is Form.JSON else f"!Sub {written}"

    def reference(self, to: Reference) -> str:
        """An attribute of a block, as an expression."""
        if self.terraform:
            if not _ADDRESS.fullmatch(to.address):
                raise UnpatchableError("an address is no expression")
            expression = f"{to.address}.{to.name}"
            if self.form is not Form.JSON and not to.behind:
                return expression
            if '"' in expression:
                raise UnpatchableError("a quote stands in an address")
            return f'"${{{expression}}}{to.behind}"'
        if not _LOGICAL_ID.fullmatch(to.address):
            raise UnpatchableError("an address is no logical id")
        if to.behind:
            written = json.dumps(f"${{{to.address}.{to.attribute}}}{to.behind}")
            return f'{{"Fn::Sub": {written}}}' if self.form is Form.JSON else f"!Sub {written}"
        if self.form is Form.JSON:
            value = {"Ref": to.address} if not to.attribute else {"Fn::GetAtt": [to.address, to.attribute]}
            return json.dumps(value)
        return f"!GetAtt {to.address}.{to.attribute}" if to.attribute else f"!Ref {to.address}"


def statement_block(statement: Mapping[str, Piece], indent: str, newline: str) -> str:
    """A statement as a block of `aws_iam_policy_document`; `effect` is Allow where none is written."""
    writer, inner = Writer(Form.BLOCK, terraform=True), indent + STEP
    lists = [
        f"{name} = {writer.short(_listed(statement[element]))}"
        for element, name in (("Action", "actions"), ("Resource", "resources"))
        if element in statement
    ]
    lines = ["statement {", *(f"{inner}{line}" for line in aligned(lists))]
    principal = statement.get("Principal")
    for kind, who in principal.items() if isinstance(principal, dict) else ():
        lines.append("")
        lines.append(f"{inner}principals {{")
        lines.append(f"{inner}{STEP}type        = {writer.text(kind)}")
        lines.append(f"{inner}{STEP}identifiers = {writer.short(_listed(who))}")
        lines.append(f"{inner}}}")
    return newline.join([*lines, f"{indent}}}"])


def aligned(lines: list[str]) -> list[str]:
    """Arguments on neighbouring lines as `terraform fmt` has them: their equals signs in one column."""
    parts = [line.partition(" = ") for line in lines]
    widest = max((len(name) for name, _, _ in parts), default=0)
    return [f"{name.ljust(widest)} = {value}" for name, _, value in parts]


def _listed(piece: Piece) -> Piece:
    return piece if isinstance(piece, list | tuple) else [piece]
