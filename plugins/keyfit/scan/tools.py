"""Files of tools that deploy keys and that keyfit does not run: it says so, and what of theirs it can check."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from keyfit.model.block import Block
from keyfit.model.stack import Seen
from keyfit.scan import terragrunt
from keyfit.settings.paths import find_root, real_path
from keyfit.value import Origin, Unknown
from keyfit.why import Why

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from pathlib import Path

    from keyfit.scan.judging import Run

# By the name of the file; Terragrunt's `root.hcl`, which units include, is none of its own.
_TOOLS: Final = {
    **dict.fromkeys(("terragrunt.hcl", "terragrunt.hcl.json", "terragrunt.stack.hcl"), Why.TERRAGRUNT),
    **dict.fromkeys((f"serverless.{suffix}" for suffix in ("yml", "yaml", "json", "ts", "js")), Why.SERVERLESS),
    "cdk.json": Why.CDK,
    "cdktf.json": Why.CDKTF,
    **dict.fromkeys(("Pulumi.yaml", "Pulumi.yml"), Why.PULUMI),
}
NAMES: Final = frozenset(_TOOLS)
# Where the tool leaves what keyfit reads, beside its file: what is checked there is not missed.
_OUTPUTS: Final = {Why.SERVERLESS: ".serverless", Why.CDK: "cdk.out", Why.CDKTF: "cdktf.out"}


# What is deployed once before the other beside it, which has all of it: they are one stack.
_FIRST, _WHOLE = (f"cloudformation-template-{each}-stack.json" for each in ("create", "update"))


def is_superseded(file: Path) -> bool:
    """Whether the Serverless Framework makes a stack with a template that it updates to the one beside it."""
    return file.name == _FIRST and (file.parent / _WHOLE).is_file()


def tools(files: Iterable[Path], checked: Collection[Path], run: Run) -> Iterator[Seen]:
    """What was not evaluated, of `files` with such names; `checked` are the templates and root modules that were."""
    for file in files:
        why = _TOOLS[file.name]
        if file.name == terragrunt.UNIT and terragrunt.deploys_no_key(file, *_bounds(file, run)):
            continue
        output = file.parent / _OUTPUTS[why] if why in _OUTPUTS else None
        if output is None or not any(each.is_relative_to(output) for each in checked):
            place = Origin(str(file))
            yield Seen(Block(str(file), file.name, place), Unknown(why, origin=place))


def _bounds(file: Path, run: Run) -> tuple[Path, str]:
    """The directory that nothing outside of is read, and where Terraform puts modules."""
    root = real_path(run.root) if run.root else find_root(real_path(file.parent))
    return root, run.flags.data_directory or run.environment.get("TF_DATA_DIR") or ".terraform"
