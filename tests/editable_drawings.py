"""What the tests of decks and of draw.io files draw: every view, shape and style there is."""

from __future__ import annotations

from pathlib import Path

import diagtool
from diagtool import exporting
from diagtool.model import diagram
from diagtool.pictures.drawing import Drawing, Point
from diagtool.pictures.layout import lay_out

ROOT = Path(__file__).parents[1]

SHAPES = (
    *("box", "square", "roundedbox", "ellipse", "circle", "diamond", "cloud", "actor", "note"),
    *("mail", "dots", "beginpoint", "endpoint", "minidiamond", "textbox", "none"),
    *("flowchart.database", "flowchart.input", "flowchart.loopin"),
    *("flowchart.loopout", "flowchart.terminator", "flowchart.condition"),
)


def everything() -> list[Drawing]:
    """The views of both topologies, and diagrams written by hand."""
    return [
        *views("topology/designate.yaml"),
        *views("examples/webshop/topology"),
        *map(every_shape, ("landscape", "portrait")),
        every_style(),
    ]


def views(path: str) -> list[Drawing]:
    topology = diagtool.load(ROOT / path)
    return [exporting.draw(topology, view) for view in diagram.views(topology)]


def every_shape(orientation: str) -> Drawing:
    """Each shape, every other one stacked, in columns or rows of four."""
    source = f"orientation = {orientation};\n"
    for number, shape in enumerate(SHAPES):
        stacked = ", stacked" if number % 2 == 0 else ""
        source += f's{number} [shape = {shape}, label = "{shape}"{stacked}];\n'
        if number % 4:
            source += f"s{number - 1} -> s{number};\n"
    return lay_out(source, name=f"shapes-{orientation}", title=f"Shapes {orientation}")


def every_style() -> Drawing:
    """Colours, dashes, arrowheads, numbers and turned text."""
    return lay_out(
        """
        A [label = "Ünïcode & <b>", color = "#ffe0b0", linecolor = "#aa0000", style = dashed];
        B [numbered = 3, style = dotted]; C [color = pink, shape = cloud, stacked];
        D [shape = flowchart.database, stacked, color = "#003300"]; E [rotate = 90];
        F [style = "5,2,1,2"];
        A -> B [label = "calls", style = dashed, color = red]; B <-> C [thick]; C -- D;
        A -> E [hstyle = generalization, label = "is a"]; E -> F [hstyle = composition];
        E <-> D [hstyle = aggregation]; F -> F; F -> A [folded]; D -> A; B -> E; A -> D;
        group { label = "One"; color = "#ddeeff"; A; B; }
        group { orientation = portrait; label = "Two"; E; F; }
        """,
        name="styles",
        title="Styles",
    )


def corners(points: tuple[Point, ...]) -> list[Point]:
    """The points at which a line turns, and its ends."""
    turns = [
        b
        for a, b, c in zip(points, points[1:], points[2:], strict=False)
        if (b[0] - a[0]) * (c[1] - b[1]) != (b[1] - a[1]) * (c[0] - b[0])
    ]
    return [points[0], *turns, points[-1]]


def flat(points: list[Point]) -> list[float]:
    """The coordinates of points, one after the other."""
    return [value for point in points for value in point]
