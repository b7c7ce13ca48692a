"""Diagrams, Sphinx pages and sample config from one YAML topology of a system.

:func:`load` gives the typed model of a topology; from it, each output is one call::

    import diagtool

    topology = diagtool.load("topology/designate.yaml")
    topology.needs("designate-mdns")
    diagtool.export(topology, ["blockdiag", "svg"], "out")

Importing the package is cheap: each name is fetched from its module when it is first used.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from diagtool.exporting import Artefact, artefacts, draw, export, render
    from diagtool.loading.loader import Loaded, load, read
    from diagtool.model import Topology
    from diagtool.model.diagnostics import Diagnostic, TopologyError
    from diagtool.model.diagram import Diagram, views

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

_HOMES = {
    "model.diagnostics": ("Diagnostic", "TopologyError"),
    "model.diagram": ("Diagram", "views"),
    "exporting": ("Artefact", "artefacts", "draw", "export", "render"),
    "loading.loader": ("Loaded", "load", "read"),
    "model": ("Topology",),
}


def __getattr__(name: str) -> Any:
    for module, names in _HOMES.items():
        if name in names:
            value = globals()[name] = getattr(import_module(f"{__name__}.{module}"), name)
            return value
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
