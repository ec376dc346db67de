"""Every format on one stack that has each verdict and level: `python -m tests.render.write_golden` writes them anew."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, Final

from keyfit.gate import suppressions
from keyfit.gate.places import Places
from keyfit.render.formats import FORMATS
from keyfit.render.page import Page
from keyfit.scan import Report, Run, scan
from keyfit.settings import Settings, Shown

ROOT: Final = Path(__file__).resolve().parents[2]
FOLDER: Final = Path(__file__).with_name("golden")
STACKS: Final = Path("tests/render/stacks")  # from the root, as the reports show it
SUFFIXES: Final = {"text": "txt", "junit": "xml", "github": "log", "markdown": "md"}
SHOWN: Final = (Shown.HOLDS, Shown.UNPROVEN)
RULES: Final = ("101", "102", "103", "105")


def file_of(name: str) -> Path:
    """Where the report of a format stands."""
    return FOLDER / f"{name}.{SUFFIXES.get(name, 'json')}"


def report() -> Report:
    """What is found in the stack; the working directory has to be the root."""
    run = Run(Settings(select=RULES, show=SHOWN))
    return suppressions.apply(scan((STACKS,), run), run)


def page(warned: list[str] | None = None) -> Page:
    """Paths from the root of the project; what a format says that it leaves out goes to `warned`."""
    return Page(Places(ROOT, ROOT), ([] if warned is None else warned).append)


def rendered(name: str) -> str:
    """The report, without what changes with each release, and the rules' pages, which have a test of their own."""
    text = FORMATS[name](report(), page())
    match name:
        case "sarif":
            return _without_pages(text)
        case "html":
            return _shown(text)
        case _:
            return text


def _shown(text: str) -> str:
    """What the page shows, without the rules' pages."""
    data: Any = json.loads(text.partition('id="data">')[2].partition("</script>")[0])
    for rule in data["rules"]:
        rule["page"] = "…"
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


def _without_pages(text: str) -> str:
    log: Any = json.loads(text)
    driver = log["runs"][0]["tool"]["driver"]
    driver["semanticVersion"] = "…"
    for rule in driver["rules"]:
        rule["help"] = dict.fromkeys(rule["help"], "…")
    return json.dumps(log, indent=2, ensure_ascii=False) + "\n"


def main() -> None:
    """Write them all."""
    os.chdir(ROOT)
    FOLDER.mkdir(exist_ok=True)
    for name in FORMATS:
        file_of(name).write_text(rendered(name), encoding="utf-8")


if __name__ == "__main__":
    main()
