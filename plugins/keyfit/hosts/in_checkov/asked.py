"""What a check of keyfit's does when Checkov asks about a resource, in either language.

The engine is imported when the first resource asks for it: Checkov loads the checks in many processes, of which most
have nothing to ask. Nothing here raises: Checkov drops a check that does.
"""

from __future__ import annotations

import importlib
import logging
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from checkov.common.bridgecrew.severities import BcSeverities, Severities
from checkov.common.models.enums import CheckCategories, CheckResult

from keyfit.hosts.in_checkov import lists
from keyfit.hosts.undisturbed import undisturbed

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from types import ModuleType

    from keyfit.hosts.cards import Card

COULD_NOT_CHECK: Final = "keyfit-could-not-check"
_SEVERITIES: Final = {"ERROR": BcSeverities.HIGH, "WARNING": BcSeverities.MEDIUM}  # by a rule's level
_LOG: Final = logging.getLogger(__name__)
_LOADED: Final[dict[str, ModuleType]] = {}  # parts of the engine by name
_MISSING: Final[dict[str, str]] = {}  # why a part cannot be loaded
_CRASHED: Final[dict[tuple[str, str], Told]] = {}  # by what the resource is named by
_TOLD: Final[set[str]] = set()  # crashes that are in the log


class Told(NamedTuple):
    """What one check has to say of one resource: whether it fails, in one line, and as data."""

    failed: bool
    line: str
    data: Sequence[Any] = ()


class EngineMissingError(Exception):
    """The engine cannot be loaded; the words say why."""


def engine(name: str) -> ModuleType:
    """A module of the engine's, imported once; `EngineMissingError` where it cannot be."""
    if name not in _LOADED and name not in _MISSING:
        try:
            _LOADED[name] = importlib.import_module(name)
        except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever it is, it is said of every resource
            _MISSING[name] = f"the engine cannot be loaded: {type(error).__name__}: {error}"
    if name in _MISSING:
        raise EngineMissingError(_MISSING[name])
    return _LOADED[name]


class Check:
    """The half of a check that is the same in both languages; without a card it is CKV_KEYFIT_000.

    Checkov's reports have one text of a check's in common, its name, and read that after each run: so what a check has
    found is its name then. It is no detail: SARIF has no place for details as Checkov writes them.
    """

    told: Told | None = None

    def __init__(self, card: Card | None, types: Sequence[str]) -> None:
        self.number = self.keyfit = card.number if card else 0
        self.title = f"{card.name}: {card.summary}" if card else COULD_NOT_CHECK
        super().__init__(self.title, f"CKV_KEYFIT_{self.number:03}", [CheckCategories.ENCRYPTION], types)  # type: ignore[call-arg]
        self.guideline = card.link or None if card else None
        self.severity = Severities[_SEVERITIES[card.level if card else "ERROR"]]

    def run(  # noqa: PLR0913, PLR0917 - Checkov's
        self,
        scanned_file: str,
        entity_configuration: Any,  # noqa: ANN401 - Checkov's
        entity_name: str,
        entity_type: str,
        skip_info: Any,  # noqa: ANN401 - Checkov's
    ) -> Any:  # noqa: ANN401 - Checkov's
        """The result of one resource; UNKNOWN, which Checkov does not report, where there is nothing to say."""
        self.name, self.told = self.title, None
        if not skip_info:
            with undisturbed():
                if not lists.is_known():
                    lists.say(self._saying(scanned_file, entity_configuration, entity_name))
                self.told = self._told(scanned_file, entity_configuration, entity_name)
            if self.told is None:
                return {"result": CheckResult.UNKNOWN, "evaluated_keys": []}  # most are so, and soon done with
        result = super().run(scanned_file, entity_configuration, entity_name, entity_type, skip_info)  # type: ignore[misc]
        if self.told is not None and self.told.data:
            result["keyfit"] = self.told.data
        return result

    def ask(self, scanned_file: str, conf: Any, name: str) -> Told | None:  # noqa: ANN401 - Checkov's
        """What there is to say of one resource; `None` for nothing."""
        raise NotImplementedError

    def saying(self, scanned_file: str, conf: Any, name: str) -> Collection[int] | None:  # noqa: ANN401 - Checkov's
        """The numbers of the checks that have something to say of one resource; `None` where that is not known."""
        raise NotImplementedError

    def scan_resource_conf(self, _conf: Mapping[str, Any]) -> CheckResult:
        """What was told, in Checkov's words, with the evidence as the check's name."""
        if self.told is None:
            return CheckResult.UNKNOWN
        self.name = self.told.line
        return CheckResult.FAILED if self.told.failed else CheckResult.PASSED

    def _saying(self, scanned_file: str, conf: Any, name: str) -> Collection[int] | None:  # noqa: ANN401 - Checkov's
        """As `saying`; not known where it crashes, which the check itself then tells."""
        try:
            return self.saying(scanned_file, conf, name)
        except (Exception, SystemExit):  # noqa: BLE001 - as above
            return None

    def _told(self, scanned_file: str, conf: Any, name: str) -> Told | None:  # noqa: ANN401 - Checkov's
        """As `ask`; CKV_KEYFIT_000 comes after the others on a resource, and says what went wrong in them."""
        told, place = None, (scanned_file, name)
        try:
            told = self.ask(scanned_file, conf, name)
        except (Exception, SystemExit) as error:  # noqa: BLE001 - as above
            _CRASHED.setdefault(place, _crash(error, scanned_file))
            lists.also(0)
        return told if self.number else _CRASHED.get(place, told)


def _crash(error: BaseException, scanned_file: str) -> Told:
    """What CKV_KEYFIT_000 says of an exception; it is in the log once, since `--check` can hide that check."""
    known = isinstance(error, EngineMissingError)
    words = f"{error}" if known else f"keyfit failed: {type(error).__name__}: {error}"
    reason = " ".join(words.split()).encode("ascii", "backslashreplace").decode("ascii")
    line = f"could not check: {reason} ({scanned_file})"
    if line not in _TOLD:
        _TOLD.add(line)
        _LOG.error("keyfit: %s", line)
    return Told(failed=True, line=f"{COULD_NOT_CHECK}: {line}")
