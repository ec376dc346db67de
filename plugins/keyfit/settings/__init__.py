"""What the user sets: flag, then environment, then settings file, then default; misspelt is an error."""

from __future__ import annotations

import re
from dataclasses import field, fields, replace
from enum import Enum
from typing import TYPE_CHECKING, Any, Final

from keyfit.readers.given import Given
from keyfit.record import record
from keyfit.value import NOWHERE, Origin

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from keyfit.model.consumers import Consumer
    from keyfit.model.identities import Identity
    from keyfit.model.keys import Alias, Key
    from keyfit.model.policies import Policy

_ACCOUNT: Final = re.compile(r"[0-9]{12}")
_REGION: Final = re.compile(r"[a-z]{2,5}(-[a-z]+)+-[0-9]{1,2}")


class SettingsError(Exception):
    """A setting that cannot be used: the message says which and why, `origin` where it is written."""

    def __init__(self, message: str, origin: Origin = NOWHERE) -> None:
        super().__init__(message)
        self.message = message
        self.origin = origin


class FailOn(Enum):
    """What makes the outcome of a run a failure: each also stands for those before it."""

    ERROR = "error"
    WARNING = "warning"
    UNPROVEN = "unproven"


class Shown(Enum):
    """What the text report shows beside what is broken."""

    HOLDS = "holds"
    UNPROVEN = "unproven"


@record
class Declared:
    """Keys, aliases, roles and uses as a settings file declares them; a use names addresses of the source, or ARNs.

    `policies` are customer managed policies by their ARNs. `inventory` says that this is all that an account has, so
    that most of it is not for the source at hand.
    """

    keys: tuple[Key, ...] = ()
    aliases: tuple[Alias, ...] = ()
    roles: tuple[Identity, ...] = ()
    uses: tuple[Consumer, ...] = ()
    policies: tuple[Policy, ...] = ()
    inventory: bool = False


@record
class Choice:
    """Which settings file counts: the one that is named, none at all (`isolated`), or else the nearest upward."""

    file: Path | None = None
    isolated: bool = False

    def __post_init__(self) -> None:
        """`SettingsError` where both are wanted."""
        if self.file is not None and self.isolated:
            raise SettingsError(f"`{self.file}` is named as the settings file, and none is wanted")


@record
class Source:
    """A settings file, and what it takes away and assumes, in words."""

    file: str
    effects: tuple[str, ...] = ()


@record
class Environment:
    """One of several deployments of the same source, by the name that the settings file gives it."""

    name: str
    settings: Settings


@record
class Settings:
    """What one source of settings says; `None` and empty mean that it says nothing.

    `parameters` and `variables` are values by name, `inherited` those of variables that files of the source win over;
    `select` and `ignore` are numbers or names of rules, or patterns of them; `exclude` are patterns of paths. `plan` is
    a Terraform plan in JSON, which has its own values of variables. `harmless_macros` are taken to change nothing of
    concern. `declared` is what lies outside the source; `source` the settings file that some of it is from.
    `stack_names` are those of templates, by their real paths.
    `environments` are the deployments that it names, and `environment` is the one that these settings are of.
    """

    account: str | None = None
    region: str | None = None
    deployer: str | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)
    variables: Mapping[str, str] = field(default_factory=dict)
    variable_files: tuple[Path, ...] = ()
    inherited: Mapping[str, str] = field(default_factory=dict)
    plan: Path | None = None
    workspace: str | None = None
    data_directory: str | None = None
    all_keys: bool | None = None
    require_reasons: bool | None = None
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    fail_on: FailOn | None = None
    show: tuple[Shown, ...] = ()
    harmless_macros: tuple[str, ...] = ()
    declared: Declared | None = None
    stack_names: Mapping[str, str] = field(default_factory=dict)
    environments: tuple[Environment, ...] = ()
    environment: str | None = None
    source: Source | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        """`SettingsError` where a plan would have to have other values than it was made with."""
        if self.plan is not None and self._has_variables:
            raise SettingsError("`plan` cannot be combined with variables or variable files: a plan has its own values")

    @property
    def _has_variables(self) -> bool:
        return bool(self.variables or self.variable_files)

    def over(self, weaker: Settings) -> Settings:
        """These settings, and what the `weaker` ones say beside; parameters and variables name by name.

        A plan replaces weaker variables, and variables a weaker plan.
        """
        merged: dict[str, Any] = {}
        if self.plan is not None:
            weaker = replace(weaker, variables={}, variable_files=())
        elif self._has_variables:
            weaker = replace(weaker, plan=None)
        for each in fields(self):
            strong, weak = getattr(self, each.name), getattr(weaker, each.name)
            if isinstance(weak, dict):
                merged[each.name] = {**weak, **strong}
            else:
                merged[each.name] = weak if strong is None or strong == () else strong
        return Settings(**merged)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the environments."""
        return tuple(each.name for each in self.environments)

    def under(self, name: str | None) -> Environment | None:
        """The environment of that name; where there is none of it, the first; `None` where there is none at all."""
        return next((each for each in self.environments if each.name == name), next(iter(self.environments), None))

    def given(self, root: Path) -> Given:
        """What readers are told: nothing outside `root` is read."""
        return Given(
            root=root,
            account=self.account,
            region=self.region,
            parameters=self.parameters,
            variables=self.variables,
            variable_files=self.variable_files,
            inherited=self.inherited,
            plan=self.plan,
            workspace=self.workspace,
            data_directory=self.data_directory or ".terraform",
            deployer=self.deployer,
            harmless_macros=self.harmless_macros,
        )

    @property
    def fingerprint(self) -> tuple[object, ...]:
        """Equal for settings that give the same findings, and hashable."""
        pairs = (tuple(sorted(values.items())) for values in (self.parameters, self.variables, self.inherited))
        plain = (
            self.account,
            self.region,
            self.deployer,
            self.variable_files,
            self.plan,
            self.workspace,
            self.data_directory,
            self.all_keys,
            self.select,
            self.ignore,
            self.harmless_macros,
            self.declared,
            self.environment,
        )
        return (*plain, *pairs)


def account(value: object) -> str:
    """An account id of 12 digits; else `SettingsError`."""
    if isinstance(value, int) and not isinstance(value, bool):
        raise SettingsError(f"account `{value}` is a number, and an account id can begin with zero: put it in quotes")
    if not isinstance(value, str) or not _ACCOUNT.fullmatch(value):
        raise SettingsError(f"account `{value}` is not 12 digits, such as `111122223333`")
    return value


def region(value: object) -> str:
    """A Region's name, such as `eu-west-1`; else `SettingsError`."""
    if not isinstance(value, str) or not _REGION.fullmatch(value):
        raise SettingsError(f"region `{value}` is not the name of a Region, such as `eu-west-1`")
    return value


def fail_on(value: object) -> FailOn:
    """The member of that name; else `SettingsError`."""
    names = [each.value for each in FailOn]
    if value not in names:
        raise SettingsError(f"fail-on `{value}` is not one of {_listed(names)}")
    return FailOn(value)


def shown(value: object) -> Shown:
    """The member of that name; else `SettingsError`."""
    names = [each.value for each in Shown]
    if value not in names:
        raise SettingsError(f"show `{value}` is not one of {_listed(names)}")
    return Shown(value)


def _listed(names: list[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
