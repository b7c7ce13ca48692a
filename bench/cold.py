"""The six services of a real guide to SVG, from a cold start; and again, unchanged."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import diagtool
from bench import timing
from bench.peers import BLOCKDIAG, DIAGTOOL, ROOT, Peers
from bench.report import Figure
from diagtool.model import diagram

TOPOLOGY = ROOT / "topology" / "designate.yaml"


def measure(peers: Peers, scratch: Path, rounds: int, smaller: int) -> Iterator[Figure]:
    """Yields a figure for each peer. Every run is a process of its own, timed by the clock."""
    system = diagtool.load(TOPOLOGY)
    views = [diagram.layout(system, service) for service in system.services]
    names = [view.name for view in views]
    for format in ("blockdiag", "dot", "mermaid", "plantuml"):
        diagtool.export(system, [format], scratch, views=views)
    mermaid = peers.mermaid_command(scratch)

    def each(suffix: str, *command: str) -> Callable[[], float]:
        """Runs a command once for each source; in it, SOURCE and PICTURE are the files."""

        def run() -> float:
            took = 0.0
            for name in names:
                files = {"SOURCE": name + suffix, "PICTURE": f"{name}.svg"}
                took += timing.run([files.get(word, word) for word in command], scratch).wall
            return took

        return run

    def export(folder: str, *more: str) -> float:
        views = [part for name in names for part in ("--view", name)]
        options = ["-f", "svg", "-o", folder, *views, *more]
        command: list[str | Path] = [*DIAGTOOL, "export", "-t", TOPOLOGY, *options]
        return timing.run(command, scratch).wall

    numbers = iter(range(10**6))
    rivals: dict[str, Callable[[], float]] = {
        "new": lambda: export(f"new-{next(numbers)}"),
        "same": lambda: export("same", "--manifest", "same.json"),
        "blockdiag": each(".diag", *BLOCKDIAG, "-Tsvg", "-o", "PICTURE", "SOURCE"),
        "dot": each(".dot", peers.dot, "-Tsvg", "-o", "PICTURE", "SOURCE"),
    }
    times = timing.in_turns(rounds, rivals)
    # These take their seconds: fewer rounds tell enough.
    slow: dict[str, Callable[[], float]] = {
        "new": rivals["new"],
        "plantuml": lambda: (
            timing.run([peers.plantuml, "-tsvg", *(f"{name}.puml" for name in names)], scratch).wall
        ),
        "mermaid": each(".mmd", *mermaid, "-i", "SOURCE", "-o", "PICTURE"),
    }
    slow_times = timing.in_turns(max(1, rounds // 5), slow)
    what = "6 services, cold start"
    yield Figure(what, "blockdiag, 6 runs", "s", times["new"], times["blockdiag"], 0.25)
    yield Figure(what, "dot, 6 runs", "s", times["new"], times["dot"], 2.5, goal=1)
    yield Figure(what, "PlantUML, 1 run", "s", slow_times["new"], slow_times["plantuml"], 0.35)
    yield Figure(what, "mermaid-cli, 6 runs", "s", slow_times["new"], slow_times["mermaid"], 0.05)
    yield Figure("6 services, unchanged", "dot, 6 runs", "s", times["same"], times["dot"], 1)
