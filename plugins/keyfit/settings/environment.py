"""Settings in environment variables: `KEYFIT_ACCOUNT`, `KEYFIT_REGION`, `KEYFIT_FAIL_ON`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from keyfit.settings import Settings, SettingsError, account, fail_on, region

if TYPE_CHECKING:
    from collections.abc import Mapping

PREFIX: Final = "KEYFIT_"
NAMES: Final = ("KEYFIT_ACCOUNT", "KEYFIT_REGION", "KEYFIT_FAIL_ON")


def read_environment(environment: Mapping[str, str]) -> Settings:
    """The settings among `environment`; empty is not given; any other name with `KEYFIT_` is an error."""
    for name in sorted(environment):
        if name.startswith(PREFIX) and name not in NAMES:
            raise SettingsError(f"environment variable `{name}` is no setting{nearest(name, NAMES)}")
    given = {name: environment[name] for name in NAMES if environment.get(name)}
    try:
        return Settings(
            account=account(given["KEYFIT_ACCOUNT"]) if "KEYFIT_ACCOUNT" in given else None,
            region=region(given["KEYFIT_REGION"]) if "KEYFIT_REGION" in given else None,
            fail_on=fail_on(given["KEYFIT_FAIL_ON"]) if "KEYFIT_FAIL_ON" in given else None,
        )
    except SettingsError as error:
        raise SettingsError(f"{error.message} (environment)") from None


def nearest(name: str, names: tuple[str, ...]) -> str:
    """A question after the name that was meant; empty where none is near."""
    from difflib import get_close_matches

    near = get_close_matches(name, names, n=1)
    return f": is `{near[0]}` meant?" if near else ""
