"""Decks in LibreOffice: every slide is shown, with every label on it and lines where they were."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from editable_drawings import everything, views
from libreoffice import strays
from pypdf import PdfReader

from diagtool.pictures.formats import Look, pptx

pytestmark = pytest.mark.interop


def test_every_slide_is_shown_with_its_labels(tool: Callable[..., str], tmp_path: Path) -> None:
    drawings = everything()
    deck = tmp_path / "deck.pptx"
    deck.write_bytes(pptx.write(drawings, Look()))
    subprocess.run(
        [
            tool("soffice", "libreoffice"),
            f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}",
            *("--headless", "--convert-to", "pdf", "--outdir", str(tmp_path), str(deck)),
        ],
        check=True,
        capture_output=True,
        timeout=300,
    )
    pages = PdfReader(tmp_path / "deck.pdf").pages
    assert len(pages) == len(drawings)
    for drawing, page in zip(drawings, pages, strict=True):
        shown = "".join(page.extract_text().split())
        things = (*drawing.nodes, *drawing.groups, *drawing.edges)
        lines = [line.text for thing in things for line in thing.lines if not line.rotate]
        for text in (drawing.title, *lines):
            assert "".join(text.split()) in shown


@pytest.mark.parametrize(
    "path", ["topology/designate.yaml", "topology/designate-23.yaml", "examples/webshop/topology"]
)
def test_lines_run_where_we_drew_them(tool: Callable[..., str], path: str) -> None:
    tool("pdftocairo", "poppler-utils")
    drawings = views(path)
    soffice = tool("soffice", "libreoffice")
    for drawing, (ours, theirs) in zip(drawings, strays(drawings, soffice), strict=True):
        assert len(ours) == len(theirs) == len(drawing.edges)
        assert max(*ours, *theirs) < 3
