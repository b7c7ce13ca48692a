"""Like blockdiag sources. Objects in which others are are frames."""

from __future__ import annotations

from diagtool.checks.readers import File, d2
from diagtool.scaffolding.importing import graphs
from diagtool.scaffolding.importing.draft import Draft

WHAT = "D2"


def fits(file: File) -> bool:
    return file.path.lower().endswith(d2.SUFFIXES)


def take(file: File, draft: Draft) -> None:
    graphs.take(draft, d2.graph(file))
