"""What other programs make of our files contradicts nothing, and a lie in it is still found."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import diagtool
from diagtool import exporting
from diagtool.checks.verify import verify

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
TOPOLOGIES = ("topology/designate.yaml", "examples/webshop/topology", "docs/chat.yaml")
PROGRAMS = {
    # The format that is saved again, and the command that does it.
    "dot -Tcanon": ("dot", ("dot", "-Tcanon", "-o{new}.dot", "{old}.dot")),
    "dot -Tdot": ("dot", ("dot", "-Tdot", "-o{new}.dot", "{old}.dot")),
    "dot -Tsvg": ("dot", ("dot", "-Tsvg", "-o{new}.svg", "{old}.dot")),
    "scour": (
        "svg",
        (sys.executable, "-m", "scour.scour", "-q", "-i", "{old}.svg", "-o", "{new}.svg"),
    ),
}


@pytest.mark.parametrize("path", TOPOLOGIES)
@pytest.mark.parametrize("program", PROGRAMS)
def test_a_file_saved_again(
    tool: Callable[..., str], tmp_path: Path, program: str, path: str
) -> None:
    format, (name, *arguments) = PROGRAMS[program]
    command = tool(name)
    topology = diagtool.load(ROOT / path)
    new = tmp_path / "new"
    new.mkdir()
    exporting.export(topology, [format], tmp_path / "old")
    for old in (tmp_path / "old").iterdir():
        places = {"old": str(old.with_suffix("")), "new": str(new / old.stem)}
        subprocess.run([command, *(a.format(**places) for a in arguments)], check=True)
    found = verify(topology, [new])
    assert found.files == len(list((tmp_path / "old").iterdir()))
    assert {finding.code for finding in found.diagnostics} <= {"not-proved"}
    assert all(is_caught(topology, file) for file in sorted(new.iterdir()))


def is_caught(topology: diagtool.Topology, file: Path) -> bool:
    """Whether a component under another name is found, where a picture shows any."""
    text = file.read_text("utf-8")
    labels = {node.label for node in topology.components.values()}
    shown = next((each for each in sorted(labels, key=len, reverse=True) if each in text), None)
    if shown is None:
        return True
    file.write_text(text.replace(shown, "Redis"), "utf-8")
    found = verify(topology, [file])
    return any(d.code.startswith("fact-") and "Redis" in d.message for d in found.diagnostics)
