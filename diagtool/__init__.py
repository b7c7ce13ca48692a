"""Diagrams, Sphinx pages and sample config from one YAML topology of a system.

:func:`load` gives the typed model of a topology; from it, each output is one call::

    import diagtool

    topology = diagtool.load("topology/designate.yaml")
    topology.needs("designate-mdns")
    diagtool.export(topology, ["blockdiag", "svg"], "out")

Importing the package is cheap: what draws is imported by the first call that draws.
"""

from diagtool.diagnostics import Diagnostic, TopologyError
from diagtool.diagram import Diagram, views
from diagtool.exporting import Artefact, artefacts, draw, export, render
from diagtool.loading import Loaded, load, read
from diagtool.model import Topology

__version__ = "0.1.0"

__all__ = [
    "Artefact",
    "Diagnostic",
    "Diagram",
    "Loaded",
    "Topology",
    "TopologyError",
    "artefacts",
    "draw",
    "export",
    "load",
    "read",
    "render",
    "views",
]
