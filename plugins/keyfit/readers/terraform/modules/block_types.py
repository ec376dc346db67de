"""The top-level blocks of Terraform and OpenTofu."""

from __future__ import annotations

from typing import Final

from keyfit.readers.hcl.schema import Schema

TERRAFORM: Final = Schema(
    labels={
        "resource": 2,
        "data": 2,
        "ephemeral": 2,
        "variable": 1,
        "output": 1,
        "module": 1,
        "provider": 1,
        "check": 1,
        "import": 0,
        "moved": 0,
        "locals": 0,
        "terraform": 0,
    },
    sources={
        "variable": "type",
        "resource": "provider",
        "data": "provider",
        "ephemeral": "provider",
        "module": "providers",
    },
)
