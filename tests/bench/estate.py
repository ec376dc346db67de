"""Whether `--jobs 2` is faster than `--jobs 1` on 300 root modules of consumers, and says the same."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from tempfile import TemporaryDirectory
from typing import Final

ROOTS: Final = 300
SOURCE: Final = Path(__file__).resolve().parents[2] / "fixtures/stacks/terraform/correct/main.tf"


def estate(top: Path, roots: int) -> None:
    """Root modules with the consumers, keys and roles of a whole stack each, and every seventh one broken."""
    text = SOURCE.read_text(encoding="utf-8")
    for number in range(roots):
        folder = top / f"root{number:03}"
        folder.mkdir()
        own = text.replace("shop-recommendations", f"shop-{number}")
        broken = own.replace('"kms:CreateGrant"', '"kms:RevokeGrant"') if number % 7 == 0 else own
        (folder / "main.tf").write_text(broken, encoding="utf-8")


def run(top: Path, jobs: int) -> tuple[float, float, bytes]:
    """The wall time and the CPU of the command, and what it prints."""
    before, began = getrusage(RUSAGE_CHILDREN), time.monotonic()
    words = (sys.executable, "-m", "keyfit", "check", "--isolated", "--jobs", str(jobs), "--format", "json", ".")
    out = subprocess.run(words, cwd=top, stdout=subprocess.PIPE, check=False).stdout
    after, ended = getrusage(RUSAGE_CHILDREN), time.monotonic()
    return ended - began, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, out


def main() -> None:
    """A line each; status 1 where they do not say the same."""
    with TemporaryDirectory() as folder:
        estate(Path(folder), ROOTS)
        print(f"{ROOTS} root modules{'':12}{'wall':>9}{'CPU':>9}")
        ran = {jobs: run(Path(folder), jobs) for jobs in (1, 2)}
    for jobs, (wall, cpu, _) in ran.items():
        print(f"--jobs {jobs}{'':20}{wall:9.1f}{cpu:9.1f}")
    if ran[1][2] != ran[2][2]:
        sys.exit("the report depends on how many processes there are")


if __name__ == "__main__":
    main()
