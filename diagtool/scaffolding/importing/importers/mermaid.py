"""Like blockdiag sources. Subgraphs are frames."""

from __future__ import annotations

from diagtool.checks.readers import File, mermaid
from diagtool.scaffolding.importing import graphs
from diagtool.scaffolding.importing.draft import Draft

WHAT = "Mermaid flowcharts"


def fits(file: File) -> bool:
    return file.path.lower().endswith(mermaid.SUFFIXES)


def take(file: File, draft: Draft) -> None:
    graphs.take(draft, mermaid.graph(file.text(), file))
