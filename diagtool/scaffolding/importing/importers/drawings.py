"""Like blockdiag sources, but from what is drawn: a text in a box is its label, a larger box around
others is a frame, a line joins the boxes at its ends. Texts that stand alone are not read, and
neither are shapes.
"""

from __future__ import annotations

import re

from diagtool.checks.readers import File, drawio, pptx, read, svg
from diagtool.scaffolding.importing import graphs
from diagtool.scaffolding.importing.draft import Draft

WHAT = "draw.io files, SVG pictures and PowerPoint decks"


_DRAWIO = re.compile(rb"\s*(?:<\?xml[^>]*>\s*)?<(?:mxfile|mxGraphModel)\b")


def fits(file: File) -> bool:
    return _is_drawio(file) or file.path.lower().endswith((*svg.SUFFIXES, *pptx.SUFFIXES))


def _is_drawio(file: File) -> bool:
    """Whether draw.io made a file, which it also does under other names."""
    return file.path.lower().endswith(drawio.SUFFIXES) or bool(_DRAWIO.match(file.content))


def take(file: File, draft: Draft) -> None:
    reading = drawio.read(file) if _is_drawio(file) else read(file)
    for claim in reading.claims:
        graphs.take(draft, graphs.of_claim(claim))
