"""CPU time of commands, user and system together: on a busy machine it says more than the time on the clock."""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
COMMANDS: Final = Path(sys.executable).parent
# With bytecode, which what is installed has: a checkout compiles the engine anew each time where none may be written.
ENVIRONMENT: Final = {**os.environ, "LOG_LEVEL": "CRITICAL", "PYTHONDONTWRITEBYTECODE": ""}
PAIRS: Final = 3
Words = tuple[str | Path, ...]

CHECKOV: Final[Words] = (COMMANDS / "checkov", "--skip-download", "--quiet", "--compact")
CFN_LINT: Final[Words] = (COMMANDS / "cfn-lint",)
KEYFIT: Final[Words] = (COMMANDS / "keyfit", "check")
IN_CHECKOV: Final[Words] = ("--external-checks-dir", ROOT / "checks")
IN_CFN_LINT: Final[Words] = ("--append-rules", ROOT / "plugins" / "rules")


def seconds(*words: str | Path, statuses: tuple[int, ...] = (0, 1)) -> float:
    """The CPU time of a command and of all its children; what it finds is looked at elsewhere."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    ran = subprocess.run([str(word) for word in words], env=ENVIRONMENT, capture_output=True, text=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if ran.returncode not in statuses:
        sys.exit(f"{words[0]} failed with status {ran.returncode}: {ran.stderr[-2000:]}")
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def head() -> None:
    """The names of the columns."""
    print(f"{'CPU time':56} {'without':>9} {'with':>9} {'ratio':>7} {'budget':>8}", flush=True)


def compare(name: str, host: Words, keyfit: Words, *, budget: float | None = None, pairs: int = PAIRS) -> float:
    """A row of the table: a host without keyfit and with it; the time without comes back.

    Both run in turn, and the ratio is the median of the pairs', so that a machine whose speed drifts tells the truth.
    """
    statuses = tuple(range(16)) if host[: len(CFN_LINT)] == CFN_LINT else (0, 1)  # cfn-lint's are bits
    took = [(seconds(*host, statuses=statuses), seconds(*host, *keyfit, statuses=statuses)) for _ in range(pairs)]
    without: float = statistics.median(before for before, _ in took)
    beside: float = statistics.median(after for _, after in took)
    ratio = statistics.median(after / before for before, after in took)
    over = "  over" if budget and ratio > budget else ""
    print(f"{name:56} {without:7.2f} s {beside:7.2f} s {ratio:7.2f} {budget or '-':>8}{over}", flush=True)
    return without


def alone(name: str, *words: str | Path, budget: float | None = None, times: int = PAIRS) -> float:
    """A row for a command by itself, whose time comes back."""
    took = statistics.median(seconds(*words) for _ in range(times))
    over = "  over" if budget and took > budget else ""
    print(f"{name:56} {'':9} {took:7.2f} s {'':7} {f'{budget} s' if budget else '-':>8}{over}", flush=True)
    return took
