"""Boxes that differ only in the number at the end become the servers of one service, and a frame
around them gives their common name. Other boxes are components, unless arrows lead from them.
"""

from __future__ import annotations

import re

from diagtool.checks.readers import File, ReadError, blockdiag
from diagtool.scaffolding.importing import graphs
from diagtool.scaffolding.importing.draft import Draft

WHAT = "blockdiag sources"

_RELATED = re.compile(r"\s*((?:seq|act|nw|packet|rack)diag)\b")


def fits(file: File) -> bool:
    return file.path.lower().endswith(blockdiag.SUFFIXES)


def take(file: File, draft: Draft) -> None:
    if other := _RELATED.match(file.text()):
        raise ReadError(f"it is a diagram of {other[1]}, not of blockdiag")
    graphs.take(draft, blockdiag.graph(file.text(), file))
