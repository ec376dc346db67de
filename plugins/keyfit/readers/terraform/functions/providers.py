"""Functions that the AWS provider brings.

https://registry.terraform.io/providers/hashicorp/aws/latest/docs, section "Functions".
"""

from __future__ import annotations

from typing import Final

from keyfit.readers.terraform.functions.pieces import cut
from keyfit.readers.terraform.functions.table import Function, RefusedError, UndecidedError
from keyfit.value import Entry, Object, Text, text

_FIELDS: Final = ("partition", "service", "region", "account_id", "resource")


def _arn_build(partition: Text, service: Text, region: Text, account: Text, resource: Text) -> Text:  # noqa: PLR0913, PLR0917 - as the provider has it
    return text("arn:", partition, ":", service, ":", region, ":", account, ":", resource)


def _arn_parse(source: Text) -> Object:
    return Object(tuple(Entry(text(name), field) for name, field in zip(_FIELDS, _fields(source), strict=True)))


def _fields(source: Text) -> list[Text]:
    pieces = cut(source, ":")
    if pieces is None:
        raise UndecidedError(source)
    if len(pieces) <= len(_FIELDS) or pieces[0].literal != "arn":
        raise RefusedError("the argument is not an ARN")
    head, resource = pieces[1 : len(_FIELDS)], pieces[len(_FIELDS) :]
    whole = text(*(part for index, piece in enumerate(resource) for part in ([":"] if index else []) + [piece]))
    return [*head, whole]


def _trim_iam_role_path(source: Text) -> Text:
    partition, service, region, account, resource = _fields(source)
    parts = cut(resource, "/")
    if parts is None:
        raise UndecidedError(source)
    if service.literal != "iam" or parts[0].literal != "role" or len(parts) < 2:  # noqa: PLR2004 - `role/` and a name
        raise RefusedError("the argument is not an ARN of a role")
    return _arn_build(partition, service, region, account, text("role/", parts[-1]))


FUNCTIONS: Final[dict[str, Function]] = {
    "provider::aws::arn_build": Function("ttttt", _arn_build),
    "provider::aws::arn_parse": Function("t", _arn_parse),
    "provider::aws::trim_iam_role_path": Function("t", _trim_iam_role_path),
}
