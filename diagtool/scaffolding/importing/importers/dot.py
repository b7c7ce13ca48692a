"""Like blockdiag sources. Subgraphs whose names start with ``cluster`` are frames."""

from __future__ import annotations

from diagtool.checks.readers import File, dot
from diagtool.scaffolding.importing import graphs
from diagtool.scaffolding.importing.draft import Draft

WHAT = "Graphviz DOT"


def fits(file: File) -> bool:
    return file.path.lower().endswith(dot.SUFFIXES)


def take(file: File, draft: Draft) -> None:
    graphs.take(draft, dot.graph(file.text(), file))
