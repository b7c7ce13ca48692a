"""A thousand services that all differ, to SVG: CPU time, clock time, memory."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from bench import systems, timing
from bench.peers import DIAGTOOL, INSIDE, Peers
from bench.report import Figure

SERVICES = 1000


def measure(peers: Peers, scratch: Path, rounds: int, smaller: int) -> Iterator[Figure]:
    """Yields the figures. The overview, which no peer is asked for, is left out."""
    services = SERVICES // smaller
    topology = scratch / "system.yaml"
    topology.write_text(systems.as_yaml(systems.varied(services)))
    views = [part for number in range(services) for part in ("--view", f"service-{number}")]
    export: list[str | Path] = [*DIAGTOOL, "export", "-t", topology, *views]
    for format in ("blockdiag", "dot"):
        timing.run([*export, "-f", format, "-o", format], scratch)
    graphs = sorted((scratch / "dot").glob("*.dot"))
    (scratch / "drawn").mkdir()
    numbers = iter(range(rounds + 1))

    runs = timing.in_turns(
        rounds,
        {
            "diagtool": lambda: timing.run(
                [*export, "-f", "svg", "-o", f"svg-{next(numbers)}"], scratch
            ),
            "dot": lambda: timing.run([peers.dot, "-Tsvg", "-O", *graphs], scratch),
            "blockdiag": lambda: timing.run(
                [sys.executable, INSIDE, "blockdiag", "blockdiag", "drawn"], scratch
            ),
        },
    )
    cpu = {name: [run.cpu for run in of] for name, of in runs.items()}
    wall = {name: [run.wall for run in of] for name, of in runs.items()}
    what, cores = f"{services} services", os.cpu_count()
    yield Figure(
        f"{what}, CPU time", "blockdiag in 1 process", "s", cpu["diagtool"], cpu["blockdiag"], 0.25
    )
    yield Figure(
        f"{what}, {cores} cores", "dot in 1 process", "s", wall["diagtool"], wall["dot"], 3, goal=1
    )
    memory = _memory([*export, "-f", "svg", "-o", "memory"], scratch)
    yield Figure(f"{what}, memory", "", "MB", [memory], [], 300)


def _memory(command: list[str | Path], cwd: Path) -> float:
    """The most megabytes that a program and its children held at once, looked at in steps.

    Pages that they share are counted for each of them.
    """
    program = subprocess.Popen(command, cwd=cwd, stderr=subprocess.DEVNULL, process_group=0)
    most = 0.0
    while program.poll() is None:
        most = max(most, sum(map(_resident, _group(program.pid))))
        time.sleep(0.01)
    return most


def _group(leader: int) -> Iterator[int]:
    """The processes of a group."""
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal():
            try:
                state = (folder / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(state[2]) == leader:
                yield int(folder.name)


def _resident(process: int) -> float:
    try:
        pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    except (OSError, IndexError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6
