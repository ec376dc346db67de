"""Where what travels with the engine lies: the loaders of Checkov and cfn-lint, and the fixtures of the rules."""

from __future__ import annotations

from pathlib import Path

import keyfit


def folder(what: str) -> Path:
    """The folder of `checks`, `rules` or `fixtures` that came with this engine, in the package or in the checkout.

    `FileNotFoundError` where neither has it.
    """
    package = Path(keyfit.__file__).resolve().parent
    top = package.parents[1]
    checkout = {"checks": top / "checks", "rules": package.parent / "rules", "fixtures": top / "fixtures" / "rules"}
    for place in (package / "_shipped" / what, checkout[what]):
        if place.is_dir():
            return place
    raise FileNotFoundError(f"keyfit at `{package}` came without its `{what}`")
