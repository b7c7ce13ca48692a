"""A documentation build with a picture a page, against the same with sphinx.ext.graphviz."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from bench import systems, timing
from bench.peers import DIAGTOOL, Peers
from bench.report import Figure

PAGES = 100

OURS = """\
extensions = ["diagtool.sphinxext"]
topo_topologies = {"system": "system.yaml"}
topo_downloads = []
"""
_THEIRS = """\
extensions = ["sphinx.ext.graphviz"]
graphviz_output_format = "svg"
"""


def measure(peers: Peers, scratch: Path, rounds: int, smaller: int) -> Iterator[Figure]:
    """Yields figures of builds by the clock. Each round builds anew, again, and after a change."""
    topology = scratch / "system.yaml"
    pages = PAGES // smaller
    system = systems.varied(pages)
    topology.write_text(systems.as_yaml(system))
    timing.run([*DIAGTOOL, "export", "-t", topology, "-f", "dot", "-o", "dot"], scratch)
    numbers = iter(range(10**6))

    def builds(make: Callable[[Path], Callable[[], None]]) -> Callable[[], tuple[float, ...]]:
        def run() -> tuple[float, ...]:
            project = scratch / f"project-{next(numbers)}"
            project.mkdir()
            change = make(project)
            cold, unchanged = _build(project), _build(project)
            change()
            before = _pictures(project)
            _build(project)
            redrawn = sum(before.get(path) != at for path, at in _pictures(project).items())
            return cold, unchanged, redrawn

        return run

    def ours(project: Path) -> Callable[[], None]:
        lay_out(project, OURS, ".. topo:diagram:: service-{}", pages)
        (project / "system.yaml").write_text(topology.read_text())

        def change() -> None:
            other = systems.varied(pages)
            other["services"]["service-1"]["server"] += " of the Other Kind"
            (project / "system.yaml").write_text(systems.as_yaml(other))

        return change

    def theirs(project: Path) -> Callable[[], None]:
        lay_out(project, _THEIRS, ".. graphviz:: service-{}.dot", pages)
        for graph in (scratch / "dot").iterdir():
            (project / graph.name).write_text(graph.read_text())

        def change() -> None:
            graph = project / "service-1.dot"
            graph.write_text(graph.read_text().replace('label = "', 'label = "Other ', 1))

        return change

    results = timing.in_turns(rounds, {"ours": builds(ours), "theirs": builds(theirs)})
    cold, unchanged, redrawn = zip(*results["ours"], strict=True)
    cold_, unchanged_, _ = zip(*results["theirs"], strict=True)
    what, peer = f"docs of {pages} pages", "sphinx.ext.graphviz"
    yield Figure(f"{what}, cold", peer, "s", cold, cold_, 1.15)
    yield Figure(f"{what}, unchanged", peer, "s", unchanged, unchanged_, 1.05)
    yield Figure(f"{what}, 1 service changed", "", "picture redrawn", redrawn, [], 1)


def lay_out(project: Path, config: str, directive: str, pages: int) -> None:
    """A project with a directive on each of its pages, which is about one service."""
    (project / "conf.py").write_text(f'project = "bench"\nhtml_theme = "alabaster"\n{config}')
    names = [f"page-{number}" for number in range(pages)]
    toctree = "\n".join(f"   {name}" for name in names)
    (project / "index.rst").write_text(f"Index\n=====\n\n.. toctree::\n\n{toctree}\n")
    for number, name in enumerate(names):
        title = f"Service {number}"
        text = f"{title}\n{'=' * len(title)}\n\n{directive.format(number)}\n"
        (project / f"{name}.rst").write_text(text)


def _build(project: Path) -> float:
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "-b", "html", ".", "_build"]
    return timing.run(command, project).wall


def _pictures(project: Path) -> dict[Path, int]:
    """When each page with a picture was written."""
    return {
        path: path.stat().st_mtime_ns
        for path in (project / "_build").glob("page-*.html")
        if "<svg" in path.read_text(encoding="utf-8")
    }
