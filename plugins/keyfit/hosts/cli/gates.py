"""What of the findings counts: the flags about suppressions and baselines."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Mapping

    from keyfit.scan import Report, Run


def gated(report: Report, run: Run, flags: Mapping[str, Any]) -> Report:
    """The report, marked with what the source suppresses and a baseline knows; a new baseline is written first.

    `click.ClickException` where a baseline cannot be read or written.
    """
    from keyfit.gate import suppressions

    report = suppressions.apply(report, run, require_reasons=flags["require_reasons"])
    for file in filter(None, (flags["write_baseline"], flags["baseline"])):
        if file is flags["write_baseline"]:
            _write(report, file)
        report = _without(report, file)
    return report


def _write(report: Report, file: Path) -> None:
    from keyfit.gate import baseline
    from keyfit.gate.places import Places

    try:
        file.write_text(baseline.written(report, Places.around(Path.cwd())), encoding="utf-8")
    except OSError as error:
        raise click.FileError(str(file), error.strerror) from None


def _without(report: Report, file: Path) -> Report:
    from keyfit.gate import baseline
    from keyfit.gate.places import Places

    try:
        known = baseline.read(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise click.FileError(str(file), str(error)) from None
    except baseline.BaselineError as error:
        raise click.UsageError(f"`{file}` is not a baseline: {error}") from None
    return baseline.apply(report, known, str(file), Places.around(Path.cwd()))
