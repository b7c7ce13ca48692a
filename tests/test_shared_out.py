"""Views that several processes draw: the same files, in the same order, nothing lost."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import diagtool
from diagtool import Topology, exporting
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
