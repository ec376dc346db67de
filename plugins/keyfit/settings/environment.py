"""Settings in environment variables, Terraform's own among them; and which settings file counts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from keyfit.settings import Choice, Settings, SettingsError, account, fail_on, region

if TYPE_CHECKING:
    from collections.abc import Mapping

PREFIX: Final = "KEYFIT_"
VARIABLE: Final = "TF_VAR_"
NAMES: Final = ("KEYFIT_ACCOUNT", "KEYFIT_REGION", "KEYFIT_FAIL_ON", "KEYFIT_CONFIG", "KEYFIT_ISOLATED")
_SWITCHES: Final = {"": False, "0": False, "false": False, "1": True, "true": True}


def read_environment(environment: Mapping[str, str]) -> Settings:
    """The settings among `environment`; empty is not given; any other name with `KEYFIT_` is an error."""
    for name in sorted(environment):
        if name.startswith(PREFIX) and name not in NAMES:
            raise SettingsError(f"environment variable `{name}` is not a setting{nearest(name, NAMES)}")
    given = {name: environment[name] for name in NAMES if environment.get(name)}
    try:
        return Settings(
            account=account(given["KEYFIT_ACCOUNT"]) if "KEYFIT_ACCOUNT" in given else None,
            region=region(given["KEYFIT_REGION"]) if "KEYFIT_REGION" in given else None,
            fail_on=fail_on(given["KEYFIT_FAIL_ON"]) if "KEYFIT_FAIL_ON" in given else None,
            inherited={
                name[len(VARIABLE) :]: value for name, value in environment.items() if name.startswith(VARIABLE)
            },
            workspace=environment.get("TF_WORKSPACE") or None,
            data_directory=environment.get("TF_DATA_DIR") or None,
        )
    except SettingsError as error:
        raise SettingsError(f"{error.message} (environment)") from None


def read_choice(environment: Mapping[str, str]) -> Choice:
    """Which settings file counts, as far as `environment` says."""
    written = environment.get("KEYFIT_ISOLATED", "")
    isolated = _SWITCHES.get(written.lower())
    if isolated is None:
        raise SettingsError(f"KEYFIT_ISOLATED `{written}` is neither `true` nor `false` (environment)")
    file = environment.get("KEYFIT_CONFIG")
    return Choice(Path(file) if file else None, isolated)


def nearest(name: str, names: tuple[str, ...]) -> str:
    """A question after the name that was meant; empty where none is near."""
    from difflib import get_close_matches

    near = get_close_matches(name, names, n=1)
    return f": did you mean `{near[0]}`?" if near else ""
