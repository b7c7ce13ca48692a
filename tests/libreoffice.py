"""How LibreOffice draws a deck, and how far its lines are from ours.

``python tests/libreoffice.py TOPOLOGY...`` prints that for every view.
"""

from __future__ import annotations

import itertools
import math
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from xml.etree import ElementTree

from readback import Deck, route

import diagtool
from diagtool import exporting
from diagtool.model.diagram import Arrow, views
from diagtool.pictures.drawing import Drawing, DrawnEdge, Point
from diagtool.pictures.formats import Look, pptx

SVG = "{http://www.w3.org/2000/svg}"

HEAD = 14
"""How much of a line its arrowhead may hide, in pixels."""


def slides(deck: bytes, soffice: str = "soffice") -> list[ElementTree.Element]:
    """The deck's slides as LibreOffice draws them, each as SVG."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "deck.pptx").write_bytes(deck)
        profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
        convert = [soffice, profile, "--headless", "--convert-to", "pdf", "deck.pptx"]
        subprocess.run(convert, cwd=folder, check=True, capture_output=True, timeout=300)
        found: list[ElementTree.Element] = []
        for number in range(1, len(Deck(deck).slides()) + 1):
            page = ["-f", str(number), "-l", str(number)]
            draw = ["pdftocairo", "-svg", *page, "deck.pdf", "page.svg"]
            subprocess.run(draw, cwd=folder, check=True, capture_output=True, timeout=60)
            found.append(ElementTree.parse(folder / "page.svg").getroot())
        return found


def strays(
    drawings: Sequence[Drawing], soffice: str = "soffice"
) -> list[tuple[list[float], list[float]]]:
    """For each drawing: how far each of our lines is from theirs, and each of theirs from ours.

    It is the farthest point of a line that counts, in pixels of the drawing.
    """
    look = Look()
    deck = pptx.write(drawings, look)
    width = int(Deck(deck).deck.slide_width)
    found = []
    read = Deck(deck).slides()
    for drawing, slide, page in zip(drawings, read, slides(deck, soffice), strict=True):
        pixels = slide.to_pixels(drawing)
        unit = width / float(page.get("viewBox", "").split()[2])
        theirs = [
            [pixels(x * unit, y * unit) for x, y in line]
            for line in _lines(page, look.theme.light.edge_line)
        ]
        ours = [[pixels(*point) for point in route(each)] for each in slide.connectors]
        seen = [_seen(way, edge) for way, edge in zip(ours, drawing.edges, strict=True)]
        found.append((_far(seen, theirs), _far(theirs, ours)))
    return found


def _lines(page: ElementTree.Element, color: str) -> Iterator[list[Point]]:
    """The lines of a colour that are stroked on a page, in its own units."""
    wanted = [int(color[i : i + 2], 16) for i in (1, 3, 5)]
    for path in page.iter(f"{SVG}path"):
        style = dict(re.findall(r"([a-z-]+):([^;]*)", path.get("style", ""))) | path.attrib
        paint = [float(n) * 2.55 for n in re.findall(r"[\d.]+", style.get("stroke", ""))]
        if style.get("fill") != "none" or [round(n) for n in paint] != wanted:
            continue
        matrix = map(float, re.findall(r"-?[\d.]+", path.get("transform", "")))
        a, b, c, d, e, f = matrix
        for part in re.findall(r"M[^M]*", path.get("d", "")):
            numbers = [float(n) for n in re.findall(r"-?[\d.]+", part)]
            points = zip(numbers[::2], numbers[1::2], strict=True)
            yield [(a * x + c * y + e, b * x + d * y + f) for x, y in points]


def _seen(way: Sequence[Point], edge: DrawnEdge) -> list[Point]:
    """What is seen of a line besides its arrowheads."""
    seen = list(way)
    for end, arrow in ((0, Arrow.BACK), (-1, Arrow.FORWARD)):
        if edge.arrow in (arrow, Arrow.BOTH):
            (x, y), (x2, y2) = seen[end], seen[1 if end == 0 else -2]
            share = min(1.0, HEAD / (math.dist((x, y), (x2, y2)) or 1))
            seen[end] = (x + share * (x2 - x), y + share * (y2 - y))
    return seen


def _far(lines: Sequence[Sequence[Point]], others: Sequence[Sequence[Point]]) -> list[float]:
    pieces = [piece for line in others for piece in itertools.pairwise(line)]
    return [
        max(
            min((_distance(point, *piece) for piece in pieces), default=math.inf)
            for piece in itertools.pairwise(line)
            for point in _along(*piece)
        )
        for line in lines
    ]


def _along(start: Point, end: Point) -> Iterator[Point]:
    steps = max(1, math.ceil(math.dist(start, end) / 4))
    for step in range(steps + 1):
        share = step / steps
        yield (start[0] + share * (end[0] - start[0]), start[1] + share * (end[1] - start[1]))


def _distance(point: Point, start: Point, end: Point) -> float:
    dx, dy = end[0] - start[0], end[1] - start[1]
    length = dx * dx + dy * dy
    at = ((point[0] - start[0]) * dx + (point[1] - start[1]) * dy) / length if length else 0
    at = min(1.0, max(0.0, at))
    return math.dist(point, (start[0] + at * dx, start[1] + at * dy))


def main() -> None:
    for path in sys.argv[1:]:
        topology = diagtool.load(path)
        drawings = [exporting.draw(topology, view) for view in views(topology)]
        for drawing, (ours, theirs) in zip(drawings, strays(drawings), strict=True):
            print(
                f"{path} {drawing.name}: {len(ours)} lines, at most {max(ours):.1f} pixels off;"
                f" {len(theirs)} of theirs, at most {max(theirs):.1f}"
            )


if __name__ == "__main__":
    main()
