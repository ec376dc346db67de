"""Where the loaders of Checkov and cfn-lint lie: inside the installed package, or in the checkout."""

from __future__ import annotations

from pathlib import Path

import keyfit


def folder(what: str) -> Path:
    """The folder `checks` or `rules` that came with this engine; `FileNotFoundError` where neither place has it."""
    package = Path(keyfit.__file__).resolve().parent
    checkout = {"checks": package.parents[1] / "checks", "rules": package.parent / "rules"}
    for place in (package / "_shipped" / what, checkout[what]):
        if place.is_dir():
            return place
    raise FileNotFoundError(f"keyfit at `{package}` came without its `{what}`")
