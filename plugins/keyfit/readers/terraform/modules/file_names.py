"""Which files of a directory Terraform and OpenTofu read, and in which order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from keyfit.readers import files

if TYPE_CHECKING:
    from pathlib import Path

_CONFIGURATION: Final = (".tf", ".tf.json", ".tofu", ".tofu.json")


def is_configuration(name: str) -> bool:
    """Whether Terraform or OpenTofu reads a file of that name as configuration."""
    return name.endswith(_CONFIGURATION) and not name.startswith((".", "#")) and not name.endswith("~")


def configuration_files(directory: Path, root: Path) -> tuple[Path, ...]:
    """The configuration files of a directory: the ordinary ones first, then those that override them, each by name.

    Of `x.tofu` and `x.tf` only the first is read, as OpenTofu does.
    """
    found, hidden = _configuration(directory, root)
    ordered = sorted(found - hidden, key=lambda name: (is_override(name), name))
    return tuple(directory / name for name in ordered)


def shadowed_files(directory: Path, root: Path) -> tuple[Path, ...]:
    """The files `x.tf` of a directory that has `x.tofu`, too: Terraform reads them."""
    found, hidden = _configuration(directory, root)
    return tuple(directory / name for name in sorted(found & hidden))


def _configuration(directory: Path, root: Path) -> tuple[set[str], set[str]]:
    """The names of the configuration files, and those that a file of OpenTofu's stands for."""
    found = {name for name in files.names(directory, root) if is_configuration(name)}
    return found, {name.replace(".tofu", ".tf") for name in found if name.endswith((".tofu", ".tofu.json"))}


def is_override(name: str) -> bool:
    """Whether the blocks of that file override those of the others."""
    stem = name.removesuffix(".json").rpartition(".")[0]
    return stem == "override" or stem.endswith("_override")


def variable_files(directory: Path, root: Path) -> tuple[Path, ...]:
    """The files that give variables values without being asked to; the last one wins."""
    present = files.names(directory, root)
    first = [name for name in ("terraform.tfvars", "terraform.tfvars.json") if name in present]
    automatic = [name for name in present if name.endswith((".auto.tfvars", ".auto.tfvars.json"))]
    return tuple(directory / name for name in (*first, *automatic))
