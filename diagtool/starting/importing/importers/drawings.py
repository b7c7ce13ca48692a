"""As blockdiag sources, going by what is drawn: a text in a box is its label, a larger box around
others is a frame, a line joins the boxes at its ends. Texts that stand alone are not read, nor are
shapes.
"""

from __future__ import annotations

from diagtool.checks.readers import File, drawio, pptx, read, svg
from diagtool.starting.importing import graphs
from diagtool.starting.importing.draft import Draft

WHAT = "draw.io files, SVG pictures and PowerPoint decks"


def fits(file: File) -> bool:
    return file.path.lower().endswith((*drawio.SUFFIXES, *svg.SUFFIXES, *pptx.SUFFIXES))


def take(file: File, draft: Draft) -> None:
    for claim in read(file).claims:
        graphs.take(draft, graphs.of_claim(claim))
