"""What it takes to verify what was made, beside what it takes to make it: CPU time."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from bench import docs, systems, timing
from bench.peers import DIAGTOOL, Peers
from bench.report import Figure

FILES = 1000
PAGES = 300


def measure(peers: Peers, scratch: Path, rounds: int, smaller: int) -> Iterator[Figure]:
    """Yields the figures. No peer verifies anything, so ours is held against our own writing."""
    number, pages = FILES // smaller, PAGES // smaller
    files = _system(scratch / "files.yaml", number)
    views = [part for n in range(number) for part in ("--view", f"service-{n}")]
    site = scratch / "site"
    site.mkdir()
    docs.lay_out(site, docs.OURS, ".. topo:diagram:: service-{}", pages)
    system = _system(site / "system.yaml", pages)
    exports, builds = iter(range(10**6)), iter(range(10**6))

    def export() -> float:
        command: list[str | Path] = [*DIAGTOOL, "export", "-t", files, "-f", "svg", *views]
        return timing.run([*command, "-o", f"svg-{next(exports)}"], scratch).cpu

    def build() -> float:
        command = [sys.executable, "-m", "sphinx", "-q", "-W", "-b", "html", "."]
        return timing.run([*command, f"_build/{next(builds)}"], site).cpu

    def verify(topology: Path, folder: Path) -> float:
        return timing.run([*DIAGTOOL, "verify", "--strict", "-t", topology, folder], scratch).cpu

    svg, html = scratch / "svg-0", site / "_build" / "0"
    times = timing.in_turns(
        rounds,
        {
            "export": export,
            "files": lambda: verify(files, svg),
            "build": build,
            "site": lambda: verify(system, html),
        },
    )
    what, made = f"{number} SVG files verified", "their export"
    yield Figure(what, made, "s", times["files"], times["export"], 2)
    what, made = f"docs of {pages} pages verified", "their build, cold"
    yield Figure(what, made, "s", times["site"], times["build"], 1)


def _system(path: Path, services: int) -> Path:
    path.write_text(systems.as_yaml(systems.varied(services)))
    return path
