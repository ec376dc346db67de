"""The Terraform reader: a symbolic evaluator of HCL that keeps what it cannot know."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from keyfit.model.stack import Stack
    from keyfit.readers.given import Given
    from keyfit.readers.terraform.root_modules import Survey


def read(root_module: Path, given: Given) -> Stack:
    """What the root module in a directory says; what cannot be read is among its problems, and unknown."""
    from keyfit.readers.terraform import reading

    return reading.read(root_module, given)


def read_plan(path: Path, given: Given) -> Stack:
    """What a plan in JSON says by itself; what cannot be read is among its problems."""
    from keyfit.readers.terraform import reading

    return reading.read_plan_alone(path, given)


def roots(directory: Path, given: Given) -> tuple[Path, ...]:
    """The root modules in a tree that speak of what keyfit judges."""
    from keyfit.readers.terraform.root_modules import roots as find

    return find(directory, given)


def survey(directory: Path, given: Given, left: Callable[[str], bool]) -> Survey:
    """The root modules in a tree, but for what is `left` out, and what a quick look at each tells."""
    from keyfit.readers.terraform import root_modules

    return root_modules.survey(directory, given, left)


def concerned(directories: Iterable[Path], given: Given) -> Mapping[Path, bool]:
    """Those of the directories that, or whose modules, speak of what keyfit judges; as `survey`."""
    from keyfit.readers.terraform import root_modules

    return root_modules.concerned(directories, given)


def is_quiet(directory: Path, given: Given) -> bool:
    """Whether a directory has configuration, all of it is here, and none of it speaks of what keyfit judges."""
    from keyfit.readers.terraform import root_modules

    return root_modules.is_quiet(directory, given)


def unavailable() -> str | None:
    """Why no Terraform can be read here, and what to install; `None` where it can."""
    from keyfit.readers.hcl.grammar import HclMissingError, parser

    try:
        parser()
    except HclMissingError as missing:
        return str(missing)
    return None
