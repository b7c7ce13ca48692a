"""Views that several processes draw: the same files, in the same order, nothing lost."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import diagtool
from diagtool import Topology, exporting
from diagtool.cli.main import main
from diagtool.model import diagram
from diagtool.pictures.formats import FormatError, Look


def many(folder: Path, **labels: str) -> Topology:
    """A topology of a hundred services; ``labels`` are what the servers of some are called."""
    names = [f"s{number}" for number in range(100)]
    services = {
        name: {"server": labels.get(name, f"Server {name}"), "connections": [{"to": "queue"}]}
        for name in names
    }
    topology = {"format": 1, "name": "M", "components": {"queue": {}}, "services": services}
    path = folder / "many.yaml"
    path.write_text(json.dumps(topology), encoding="utf-8")
    return diagtool.load(path)


def layouts(topology: Topology) -> list[diagram.Diagram]:
    return [diagram.layout(topology, id) for id in topology.services]


def test_same_files_in_the_same_order(tmp_path: Path) -> None:
    topology = many(tmp_path)
    alone, shared = (
        list(
            exporting.artefacts(
                topology, ["svg", "blockdiag"], views=layouts(topology), processes=processes
            )
        )
        for processes in (1, 2)
    )
    assert len(alone) == 200
    assert shared == alone


@pytest.mark.slow
def test_warnings_arrive(tmp_path: Path) -> None:
    topology = many(tmp_path, s7="七", s80="八")
    heard: list[str] = []
    look = Look(warn=heard.append)
    for _ in exporting.artefacts(
        topology, ["png"], views=layouts(topology), look=look, processes=2
    ):
        pass
    assert [warning.partition(":")[0] for warning in heard] == ["s7", "s80"]


def test_error_arrives(tmp_path: Path) -> None:
    topology = many(tmp_path, s50="'''\"\"\"")
    with pytest.raises(FormatError, match="no way to write the text"):
        list(exporting.artefacts(topology, ["svg"], views=layouts(topology), processes=2))


def test_reader_that_stops_early_leaves_no_process(tmp_path: Path) -> None:
    topology = many(tmp_path)
    files = exporting.artefacts(topology, ["svg"], views=layouts(topology), processes=2)
    assert next(files).name == "s0.svg"
    files.close()


def test_a_killed_process_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "_work", killed)
    topology = many(tmp_path)
    with pytest.raises(exporting.WorkerError, match="was killed"):
        list(exporting.artefacts(topology, ["svg"], views=layouts(topology), processes=2))
    words = ["export", "-t", str(tmp_path / "many.yaml"), "-f", "svg", "-o", str(tmp_path / "out")]
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    assert main(words) == 1


def killed(number: int) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs a list of processes")
def test_no_process_outlives_the_one_that_leads(tmp_path: Path) -> None:
    many(tmp_path)
    script = (
        "import os, sys; from diagtool.cli.main import main; os.cpu_count = lambda: 2; "
        "main(sys.argv[1:])"
    )
    words = ["export", "-t", tmp_path / "many.yaml", "-f", "svg", "-f", "drawio", "-o", tmp_path]
    leading = subprocess.Popen([sys.executable, "-c", script, *words], stderr=subprocess.DEVNULL)
    workers: set[int] = set()
    until = time.monotonic() + 60
    while len(workers) < 2 and leading.poll() is None and time.monotonic() < until:
        workers = children(leading.pid)
        time.sleep(0.02)
    assert len(workers) == 2
    leading.kill()
    leading.wait()
    while any(map(runs, workers)) and time.monotonic() < until:
        time.sleep(0.05)
    assert not any(map(runs, workers))


def children(parent: int) -> set[int]:
    """The processes that a process has started."""
    listed = Path(f"/proc/{parent}/task/{parent}/children")
    try:
        return {int(child) for child in listed.read_text().split()}
    except OSError:
        return set()


def runs(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"
