"""How the time grows with services, and with replicas that each have a box of their own."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from bench import systems, timing
from bench.peers import DIAGTOOL, INSIDE, Peers
from bench.report import Figure

FEW, MANY = 100, 1000
REPLICAS = 3, 300


def measure(peers: Peers, scratch: Path, rounds: int, smaller: int) -> Iterator[Figure]:
    """Yields figures of CPU time within a process, imports left out."""
    few, many = FEW // smaller, MANY // smaller
    for services in (few, many):
        # The same services again, lest it be told how much harder others are to draw.
        system = systems.repeated(few, services // few)
        (scratch / f"{services}.yaml").write_text(systems.as_yaml(system))
    for replicas in REPLICAS:
        path = scratch / f"{replicas}-replicas.yaml"
        path.write_text(systems.as_yaml(systems.uniform(replicas)))
        options = ["-f", "blockdiag", "--view", "api", "-o", f"{replicas}-replicas"]
        command: list[str | Path] = [*DIAGTOOL, "export", "-t", path, *options]
        timing.run(command, scratch)

    def inside(tool: str, source: str, divided_by: int = 1) -> Callable[[], float]:
        def run() -> float:
            inner: list[str | Path] = [sys.executable, INSIDE, tool, source, "."]
            cpu: float = json.loads(timing.run(inner, scratch).output)["cpu"]
            return cpu / divided_by * 1000

        return run

    times = timing.in_turns(
        rounds,
        {
            "few": inside("diagtool", f"{few}.yaml", few),
            "many": inside("diagtool", f"{many}.yaml", many),
            **{
                f"{tool} {replicas}": inside(tool, f"{replicas}-replicas{suffix}")
                for replicas in REPLICAS
                for tool, suffix in (("diagtool", ".yaml"), ("blockdiag", ""))
            },
        },
    )
    yield Figure(
        f"each of {many} services", f"each of {few}", "ms", times["many"], times["few"], 1.1
    )
    for replicas in REPLICAS:
        yield Figure(
            f"{replicas} replicas unfolded",
            "blockdiag in process",
            "ms",
            times[f"diagtool {replicas}"],
            times[f"blockdiag {replicas}"],
            0.5 if replicas == max(REPLICAS) else 1,
        )
    yield _explained(scratch, rounds, many)


def _explained(scratch: Path, rounds: int, services: int) -> Figure:
    """What three losses lead to, beside what it takes to load and check the same topology."""

    def wall(*command: str) -> Callable[[], float]:
        return lambda: timing.run([*DIAGTOOL, *command, "-t", f"{services}.yaml"], scratch).wall

    lost = ",".join(f"component-{number}" for number in (0, 1, 2))
    times = timing.in_turns(
        rounds, {"explain": wall("explain", "--without", lost), "check": wall("check")}
    )
    return Figure(
        f"three losses, {services} services",
        "diagtool check",
        "s",
        times["explain"],
        times["check"],
        1.5,
    )
