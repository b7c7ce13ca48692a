"""Draws within one process, and says how long that took.

It is run as a file: the folder that it draws in has no ``bench`` to import.

``diagtool TOPOLOGY OUT`` reads a topology and writes a picture of each service;
``blockdiag FOLDER OUT`` draws every source in a folder. Importing either does not count.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path


def diagtool(topology: Path, out: Path) -> None:
    from diagtool import exporting, load
    from diagtool.model import diagram
    from diagtool.pictures import layout  # noqa: F401
    from diagtool.pictures.formats import svg  # noqa: F401

    def draw() -> None:
        system = load(topology)
        views = [diagram.layout(system, service) for service in system.services]
        exporting.export(system, ["svg"], out, views=views)

    _time(draw)


def blockdiag(folder: Path, out: Path) -> None:
    import diagtool.blockdiag_compat  # noqa: F401

    # isort: split
    from blockdiag import parser
    from blockdiag.builder import ScreenNodeBuilder
    from blockdiag.drawer import DiagramDraw
    from blockdiag.imagedraw import init_imagedrawers
    from blockdiag.utils.fontmap import FontMap

    init_imagedrawers()
    fonts = FontMap()

    def draw() -> None:
        for source in sorted(folder.glob("*.diag")):
            tree = parser.parse_string(source.read_text(encoding="utf-8"))
            diagram = ScreenNodeBuilder.build(tree)
            path = out / f"{source.stem}.svg"
            drawer = DiagramDraw("SVG", diagram, str(path), fontmap=fonts)
            drawer.draw()
            drawer.save()

    _time(draw)


def _time(draw: Callable[[], None]) -> None:
    cpu, wall = time.process_time(), time.perf_counter()
    draw()
    print(json.dumps({"cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall}))


if __name__ == "__main__":
    tool, source, pictures = sys.argv[1:]
    {"diagtool": diagtool, "blockdiag": blockdiag}[tool](Path(source), Path(pictures))
