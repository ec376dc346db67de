"""Terragrunt units that need no words: the module of one is here, and neither speaks of keys.

Terragrunt is not evaluated. A unit is silent only where what it can deploy is in sight: its source is written out and
leads to a directory with configuration that is all here; what it includes lies in the directories above it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from keyfit.readers import files, terraform
from keyfit.readers.given import Given
from keyfit.services import search
from keyfit.settings.paths import real_path

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

UNIT: Final = "terragrunt.hcl"
_SOURCE: Final = re.compile(rb'\bsource[ \t]*=[ \t]*("[^"\n]*"(?=[ \t]*(?:[}\n]|$))|[^\n}]*)')
_LOCAL: Final = re.compile(rb'"(?:\$\{get_terragrunt_dir\(\)\}/)?(\.\.?/[^"$%?]*)"\s*')
_PATH: Final = re.compile(rb"(?<![\w.])path[ \t]*=[ \t]*([^\n}]*)")
_ABOVE: Final = re.compile(rb'find_in_parent_folders\((?:"[^"/]*")?\)\s*')
_ELSEWHERE: Final = b"file("  # what is in a file that is not looked at can be anything


def deploys_no_key(unit: Path, root: Path, data_directory: str) -> bool:
    """Whether a unit surely deploys nothing that keyfit judges; `data_directory` is where Terraform puts modules."""
    unit = real_path(unit)
    texts = list(_texts(unit, root))
    if any(text is None or _ELSEWHERE in text or search.may_hold_subject(text.lower()) for text in texts):
        return False
    own = texts[0] or b""
    sources = [_LOCAL.fullmatch(each) for each in _SOURCE.findall(own)]
    included = all(_ABOVE.fullmatch(each) for each in _PATH.findall(own))
    if len(sources) != 1 or sources[0] is None or not included:
        return False
    module = unit.parent / sources[0][1].decode(errors="replace")
    return terraform.is_quiet(module, Given(root, data_directory=data_directory))


def _texts(unit: Path, root: Path) -> Iterator[bytes | None]:
    """The unit, and every file above it that it can include; `None` for one that cannot be read."""
    yield files.glance(unit, root)
    for folder in unit.parent.parents:
        for name in files.names(folder, root):
            if name.endswith((".hcl", ".hcl.json")):
                yield files.glance(folder / name, root)
