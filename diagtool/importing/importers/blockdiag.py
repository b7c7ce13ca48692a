"""Boxes that differ in a number at their end become the servers of one service, a frame around
them what they are called together. Other boxes are components, unless arrows lead from them.
"""

from __future__ import annotations

from diagtool.checks.readers import File, blockdiag
from diagtool.importing import graphs
from diagtool.importing.draft import Draft

WHAT = "blockdiag sources"


def fits(file: File) -> bool:
    return file.path.lower().endswith(blockdiag.SUFFIXES)


def take(file: File, draft: Draft) -> None:
    graphs.take(draft, blockdiag.graph(file.text(), file))
