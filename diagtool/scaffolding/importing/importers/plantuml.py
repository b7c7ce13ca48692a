"""Like blockdiag sources. Packages and whatever else has braces are frames."""

from __future__ import annotations

from diagtool.checks.readers import File, plantuml
from diagtool.scaffolding.importing import graphs
from diagtool.scaffolding.importing.draft import Draft

WHAT = "PlantUML component diagrams"


def fits(file: File) -> bool:
    return file.path.lower().endswith(plantuml.SUFFIXES)


def take(file: File, draft: Draft) -> None:
    graphs.take(draft, plantuml.graph(file.text(), file))
