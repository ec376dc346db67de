"""The workers of a Dask cluster, as what runs tasks: they see the same files at the same paths, and have keyfit."""

from __future__ import annotations

from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Final, cast

from keyfit.settings import SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from concurrent.futures import Executor

_WAIT: Final = 10  # seconds for the scheduler to answer


@contextmanager
def connected(address: str) -> Iterator[Executor]:
    """The cluster whose scheduler has that address; `SettingsError` where it cannot be used."""
    try:
        client_of = import_module("distributed").Client
    except ImportError as error:
        raise SettingsError(f'a cluster needs `pip install "keyfit[cluster]"`: {error}') from None
    try:
        client = client_of(address, timeout=_WAIT, set_as_default=False)
    except (OSError, ValueError) as error:
        reason = " ".join(f"{error}".split()) or type(error).__name__
        raise SettingsError(f"the cluster at `{address}` cannot be used: {reason}") from None
    executor = client.get_executor(pure=False)
    try:
        yield cast("Executor", executor)
    finally:
        executor.shutdown(wait=False)
        client.close()
