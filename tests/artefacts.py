"""Artefacts for the tests of readers, made once."""

from __future__ import annotations

import subprocess
import sys
from functools import cache
from pathlib import Path

import diagtool
from diagtool import exporting
from diagtool.guide import renderer
from diagtool.model import Topology

ROOT = Path(__file__).parents[1]
TOPOLOGIES = {
    "designate": ROOT / "topology/designate.yaml",
    "webshop": ROOT / "examples/webshop/topology",
}
PICTURES = ("blockdiag", "dot", "svg", "drawio", "pptx")
SEALED = ("png", "pdf")
PAGES = ("rst", "markdown")
READ_AS = {
    "picture": ("blockdiag",),
    "section of a service": PAGES,
    "entry of a component": PAGES,
    "table of flows or hosts": PAGES,
    "sample config file": ("ini",),
    "config of a load balancer": ("balancer",),
}
"""The formats of each artefact of :data:`STATED_IN`. Pictures come in others, too."""


@cache
def topology(name: str) -> Topology:
    return diagtool.load(TOPOLOGIES[name])


@cache
def pictures(name: str, format: str) -> dict[str, bytes]:
    """The pictures of a topology, by the names of their files."""
    made = exporting.artefacts(topology(name), [format])
    return {artefact.name: artefact.content for artefact in made}


@cache
def rendered(name: str) -> dict[str, bytes]:
    """The guide as plain pages and sample configs, by the names of their files."""
    return {k: v.encode() for k, v in renderer.render(topology(name)).items()}


def build(folder: Path, name: str, *options: str, builder: str = "html") -> Path:
    """The guide as Sphinx builds it; gives the folder of what was built."""
    system = topology(name)
    (folder / "conf.py").write_text(
        "extensions = ['diagtool.sphinxext']\nhtml_theme = 'alabaster'\n"
        f"topo_topologies = {{'system': {str(TOPOLOGIES[name])!r}}}\n"
    )
    title = f"{system.name} High Availability Guide"
    page = f"{title}\n{'=' * len(title)}\n\n.. topo:guide::\n"
    (folder / "index.rst").write_text(page)
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "-b", builder, *options]
    subprocess.run([*command, folder, folder / "out"], check=True)
    return folder / "out"
