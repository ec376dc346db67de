"""What lies beside a source and can declare more than it does: files of tools, and what git keeps out of sight."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from keyfit.readers import files

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# The Serverless Framework puts what it makes, and its own parameters, around the resources of other files.
SERVERLESS: Final = frozenset(f"serverless.{suffix}" for suffix in ("yml", "yaml", "json", "ts", "js"))
# Terragrunt generates files in a root module before Terraform reads it.
TERRAGRUNT: Final = frozenset({"root.hcl", "terragrunt.hcl", "terragrunt.hcl.json", "terragrunt.stack.hcl"})
_IGNORED: Final = ".gitignore"
_CONFIGURATION: Final = re.compile(r"^(?![#!])[^\n]*\.(?:tf|tofu)(?:\.json)?[ \t]*$", re.MULTILINE)
_OVERRIDE: Final = re.compile(r"(?:^|[/_*])override\.(?:tf|tofu)(?:\.json)?[ \t]*$")  # it changes what is declared


def completed(directory: Path, root: Path, tool: frozenset[str]) -> bool:
    """Whether a file of the tool lies in the directory, or in one around it inside `root`."""
    return any(not tool.isdisjoint(files.names(each, root)) for each in _around(directory, root))


def hides_configuration(directory: Path, root: Path) -> bool:
    """Whether git ignores files of Terraform's there, or can: one that declares something may be only on a machine."""
    for each in _around(directory, root):
        written = files.glance(each / _IGNORED, root)
        lines = _CONFIGURATION.findall((written or b"").decode("utf-8", "replace"))
        if not all(_OVERRIDE.search(line) for line in lines):
            return True
    return False


def _around(directory: Path, root: Path) -> Iterator[Path]:
    here, top = directory.resolve(), root.resolve()
    if here.is_relative_to(top):
        yield from (each for each in (here, *here.parents) if each.is_relative_to(top))
