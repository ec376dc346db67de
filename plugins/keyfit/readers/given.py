"""What the user gives a reader beside the source: bindings, parameter values, and the directory that bounds reading."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Final

from keyfit.record import record

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from keyfit.value import Value


REST: Final = ""


@record
class Given:
    """Bindings of one run. `None` and absent mean "not given".

    `account` is 12 digits, `region` a Region's name. `parameters` are CloudFormation parameter values by name,
    `stack_name` is the CloudFormation stack's own,
    `variables` Terraform variable values by name as HCL source or plain text, `variable_files` further
    `.tfvars` files, `inherited` variable values that count where no file gives one, `plan` a plan of the root module in
    JSON, `workspace` Terraform's, `data_directory` where `terraform init` puts what it fetches. `passed` are the values
    that a parent stack gives to the parameters of a nested one, under the name `REST` what it gives under names that
    are not known. `harmless_macros` are taken to change
    nothing. Nothing outside `root` (resolved) is read but the plan and the variable files, which the user names.
    """

    root: Path
    account: str | None = None
    region: str | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)
    variables: Mapping[str, str] = field(default_factory=dict)
    variable_files: tuple[Path, ...] = ()
    inherited: Mapping[str, str] = field(default_factory=dict)
    plan: Path | None = None
    workspace: str | None = None
    data_directory: str = ".terraform"
    deployer: str | None = None
    harmless_macros: tuple[str, ...] = ()
    stack_name: str | None = None
    passed: Mapping[str, Value] = field(default_factory=dict)
