"""Loads keyfit into cfn-lint: `cfn-lint -a plugins/rules`.

cfn-lint imports this file by itself, not as part of a package. It never raises: where the engine cannot be loaded, the
rule `E9000` says so of every template. It does no engine work and holds no dataclasses.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from cfnlint import rules as cfnlint_rules  # a class imported by name would be taken for a rule

if TYPE_CHECKING:
    from collections.abc import Mapping


def home() -> Path | None:
    """The folder that holds the engine this file came with: of a checkout, or of an installed package."""
    here = Path(__file__).resolve().parent
    shipped = here.parent.name == "_shipped"  # keyfit/_shipped/rules
    folder = here.parents[2] if shipped else here.parent
    return folder if (folder / "keyfit" / "__init__.py").is_file() else None


def load_engine() -> None:
    """Put the engine this file came with in its place; without one, any that is installed will do.

    `ImportError` where another one is there already. `sys.path` stays as it is.
    """
    folder = home()
    other = sys.modules.get("keyfit")
    if folder is None:
        importlib.import_module("keyfit")
    elif other is None:
        import_from(folder / "keyfit")
    elif Path(other.__file__ or "").resolve().parent != folder / "keyfit":
        raise ImportError(f"keyfit is already imported from `{other.__file__}`, and this file belongs to `{folder}`")


def import_from(package: Path) -> None:
    """Import the package that lies there, as `keyfit`."""
    spec = importlib.util.spec_from_file_location(
        "keyfit", package / "__init__.py", submodule_search_locations=[str(package)]
    )
    if spec is None or spec.loader is None:
        raise ImportError(f"`{package}` cannot be imported")
    module = importlib.util.module_from_spec(spec)
    sys.modules["keyfit"] = module
    spec.loader.exec_module(module)


def engine_missing(reason: str) -> type:
    """The rule `E9000` that says of every template why nobody checked it."""

    def match(_self: object, _cfn: object) -> list[object]:
        return [cfnlint_rules.RuleMatch([], reason)]

    members = {
        "id": "E9000",
        "shortdesc": "keyfit-could-not-check",
        "description": "keyfit could not check the template",
        "tags": ["keyfit"],
        "match": match,
    }
    return type("KeyfitCouldNotCheck", (cfnlint_rules.CloudFormationLintRule,), members)


def rule_classes() -> Mapping[str, type]:
    """The rules by class name; `E9000` alone where the engine cannot be loaded."""
    try:
        load_engine()
        classes: Mapping[str, type] = importlib.import_module("keyfit.hosts.in_cfn_lint.host").rule_classes()
    except (Exception, SystemExit) as error:  # noqa: BLE001 - a loader that fails would stop cfn-lint
        reason = " ".join(f"could not check: the engine cannot be loaded: {type(error).__name__}: {error}".split())
        return {"KeyfitCouldNotCheck": engine_missing(reason)}
    return classes


globals().update(rule_classes())
