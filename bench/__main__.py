"""``python -m bench``: everything measured, and a table of it."""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from bench import cold, docs, growth, many, peers, report, saves, verifying

TABLE = peers.ROOT / "docs" / "reference" / "benchmarks.inc"

SMALLER = 2
"""By how much systems are divided to see that everything runs. Much more, and parts of them would
be connected with nothing, which builds warn of."""

MEASUREMENTS = {
    "cold": cold,
    "many": many,
    "growth": growth,
    "docs": docs,
    "saves": saves,
    "verifying": verifying,
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument(
        "--only", action="append", choices=MEASUREMENTS, help="measure this, not everything"
    )
    parser.add_argument("--rounds", type=int, default=10, help="how often everything runs")
    parser.add_argument(
        "--machine", default=_machine(), help="what kind of machine this is (default: as it says)"
    )
    result = parser.add_mutually_exclusive_group()
    result.add_argument(
        "--write", action="store_true", help=f"put the table in {TABLE.relative_to(peers.ROOT)}"
    )
    result.add_argument(
        "--smoke", action="store_true", help="see that all of it runs: once, on smaller systems"
    )
    arguments = parser.parse_args()
    smaller = 1
    if arguments.smoke:
        arguments.rounds, smaller = 1, SMALLER
    found = peers.find()
    date = datetime.now(UTC).date()
    versions = "; ".join(f"{name} {version}" for name, version in found.versions().items())
    about = f"Measured on {date} on {arguments.machine}, with {versions}."
    print(f"{about}\nLoad before: {os.getloadavg()[0]:.1f}", flush=True)
    figures = []
    for name in arguments.only or MEASUREMENTS:
        print(f"measuring: {name} …", file=sys.stderr, flush=True)
        # Chromium's other processes may still write there when it has ended.
        folder = tempfile.TemporaryDirectory(prefix="bench-", ignore_cleanup_errors=True)
        with folder as scratch:
            # A round of the longer ones takes as long as several of the others.
            rounds = arguments.rounds if name == "cold" else max(1, arguments.rounds // 3)
            figures += MEASUREMENTS[name].measure(found, Path(scratch), rounds, smaller)
    table = report.rows(figures)
    print(report.as_text(table), end="")
    print(f"Load after: {os.getloadavg()[0]:.1f}")
    if arguments.write:
        TABLE.write_text(report.as_rst(table, about), encoding="utf-8", newline="\n")
    return 0


def _machine() -> str:
    """The processor and how many cores of it there are."""
    name = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    for line in info.read_text().splitlines() if info.is_file() else ():
        if line.startswith("model name"):
            name = line.partition(":")[2].strip()
            break
    return f"{os.cpu_count()} cores of {name} ({platform.system()})"


if __name__ == "__main__":
    sys.exit(main())
