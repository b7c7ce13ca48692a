"""From blockdiag's diagram to a Drawing.

blockdiag's places and shapes are used; its text measuring and its drawing are not.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import diagtool.blockdiag_compat  # noqa: F401

# isort: split
from blockdiag import metrics

from diagtool.model.diagram import Arrow
from diagtool.pictures import routing, self_loops
from diagtool.pictures.blockdiag_routes import Gap, Way
from diagtool.pictures.drawing import (
    Dash,
    Drawing,
    DrawnEdge,
    DrawnGroup,
    DrawnNode,
    Path,
    Picture,
    Point,
    Rect,
    Stroke,
    TextLine,
)
from diagtool.pictures.layout.grid_metrics import Font, words
from diagtool.pictures.layout.sizing import BADGE, PAD_X, PAGE_MARGIN, TEXT_ROOM, Sizing
from diagtool.pictures.layout.source import full_name
from diagtool.pictures.outlines import Recorder, moved, rect
from diagtool.pictures.page import on_page
from diagtool.pictures.text_metrics import CAP_HEIGHT, LINE_HEIGHT, Fonts
from diagtool.pictures.text_placement import place_texts


class DrawingBuilder:
    """Turns one of blockdiag's diagrams, laid out, into a Drawing."""

    def __init__(self, diagram: Any, parts: Mapping[str, str], fonts: Fonts) -> None:
        self.parts, self.fonts = parts, fonts
        self.sizing = Sizing(diagram, fonts)
        self.metrics = self.sizing.metrics

    def draw(self, name: str, title: str, description: str) -> Drawing:
        sizing = self.sizing
        groups = tuple(self.group(group) for group in sizing.groups)
        nodes = tuple(self.node(node) for node in sizing.nodes)
        drawn = [
            self.edge(edge, self._line(edge, way))
            for edge, way in zip(sizing.edges, sizing.room.ways, strict=True)
        ]
        wires = routing.separate(drawn, self.loops(nodes), nodes, groups)
        edges, nodes, groups = place_texts(wires, nodes, groups, self.fonts)
        self.metrics.forget()
        shadows = sizing.diagram.shadow_style != "none"
        drawing = Drawing(name, title, description, 0, 0, groups, edges, nodes, shadows=shadows)
        return on_page(drawing, PAGE_MARGIN)

    def group(self, group: Any) -> DrawnGroup:
        cell, frame = self.metrics.group(group).box, self.sizing.frames[id(group)]
        box = Rect(
            cell.x1 - frame.left,
            cell.y1 - frame.top,
            cell.width + frame.left + frame.right,
            cell.height + frame.top + frame.bottom,
        )
        lines: tuple[TextLine, ...] = ()
        label = words(group.label or "")
        if label:
            lane = frame.lane
            band = Rect(cell.x1, box.y + 4, cell.width, frame.label_height)
            if lane is not None:
                band = Rect(box.x, box.y + 4, frame.left + lane, frame.label_height)
            lines = self.text(
                label,
                band,
                self.metrics.font_for(group),
                group.textcolor,
                align="center" if lane is None else "left",
            )
        framed, color = group.shape == "line", _color(group.color)
        # White ones are there to keep boxes together, and not to be seen.
        white = color == "#ffffff" and not framed
        unseen = group.color == "none" or (white and group.level == 1)
        stroke = _stroke(group.color if framed else None, group.style, framed and group.thick)
        return DrawnGroup(
            id=group.id,
            part=self.parts.get(group.id),
            box=box,
            label=label,
            lines=lines,
            members=tuple(node.id for node in group.traverse_nodes() if node.drawable),
            framed=framed or unseen,
            stroke=Stroke(dash=Dash.NONE) if unseen or white else stroke,
            fill=None if framed or unseen else color,
            href=group.href,
        )

    def node(self, node: Any) -> DrawnNode:
        shape = self.metrics.node(node)
        recorder = Recorder(node.color, node.linecolor)
        render = getattr(shape, "render_vector_shape", shape.render_shape)
        render(recorder, "SVG", fill="none")
        front = tuple(recorder.paths)
        copies: tuple[tuple[Path, ...], ...] = (front,)
        if node.stacked:
            step = self.metrics.cellsize // 2
            copies = (
                *(tuple(moved(path, r, r) for path in front) for r in (2 * step, step)),
                front,
            )
        top, right, bottom, left = shape.connectors[:4]
        label = words(node.label or "")
        font = self.metrics.font_for(node)
        lines: tuple[TextLine, ...] = ()
        if label and node.shape not in ("dots", "none"):
            lines = self.text(
                label,
                rect(shape.textbox),
                font,
                node.textcolor,
                align=shape.textalign,
                rotate=node.rotate,
                vertical=node.label_orientation == "vertical",
                room=TEXT_ROOM.get(node.shape, 1),
            )
        badge = None
        if node.numbered is not None:
            # At the corner of a box, and beside what it would cover.
            over = BADGE / 2 if right.x - left.x >= 2 * BADGE else BADGE
            box = Rect(left.x - over, top.y - over, BADGE, BADGE)
            line = self.text(str(node.numbered), box, font, node.textcolor, wraps=False)[0]
            badge = (box, line)
        pictures = list(recorder.pictures)
        if node.icon is not None:
            pictures.append(Picture(node.icon, rect(shape.iconbox)))
        return DrawnNode(
            id=node.id,
            part=self.parts.get(node.id),
            shape=full_name(node.shape),
            box=Rect(left.x, top.y, right.x - left.x, bottom.y - top.y),
            copies=copies,
            label=label,
            lines=lines,
            stroke=_stroke(node.linecolor, node.style),
            fill=_color(node.color),
            href=node.href,
            badge=badge,
            pictures=tuple(pictures),
        )

    def loops(self, nodes: Sequence[DrawnNode]) -> list[DrawnEdge]:
        by_id, heights = {node.id: node for node in nodes}, self.sizing.loop_heights
        return [
            self.edge(edge, self_loops.points(by_id[edge.node1.id], heights[edge.node1]))
            for edge in self.sizing.loops
        ]

    def edge(self, edge: Any, points: Sequence[Point]) -> DrawnEdge:
        label = words(edge.label or "")
        lines: tuple[TextLine, ...] = ()
        if label:
            box = rect(self.metrics.edge(edge).labelbox)
            lines = self.text(label, box, self.metrics.font_for(edge), edge.textcolor, wraps=False)
        return DrawnEdge(
            tail=edge.node1.id,
            head=edge.node2.id,
            arrow=_ARROWS[edge.dir],
            points=tuple(points),
            heads=_heads(edge, points) if edge.color != "none" else (),
            hollow=edge.hstyle in ("generalization", "aggregation"),
            label=label,
            lines=lines,
            stroke=_stroke(edge.color, edge.style, edge.thick)
            if edge.color != "none"
            else Stroke(dash=Dash.NONE),
        )

    def _line(self, edge: Any, way: Way) -> tuple[Point, ...]:
        """The points of an edge on blockdiag's way."""
        metrics, nodes = self.metrics, (edge.node1, edge.node2)
        first, last = map(getattr, map(metrics.node, nodes), way.sides)
        if way.straight:
            return (tuple(first), tuple(last))
        cells = [metrics.cell(node, use_padding=False) for node in nodes]
        (x, y), end = map(getattr, cells, way.sides)
        points = [tuple(first)]
        axis = way.axis
        turns = [self._turn(cells[gap.node], gap) for gap in way.gaps]
        for turn in (*turns, end[axis ^ len(turns) % 2]):
            x, y = (x, turn) if axis else (turn, y)
            if points[-1] != (x, y):
                points.append((x, y))
            axis = 1 - axis
        if points[-1] != last:
            points.append(tuple(last))
        return tuple(points)

    def _turn(self, cell: Any, gap: Gap) -> float:
        """Where a line turns that runs in a gap beside a cell."""
        across = gap.side in ("left", "right")
        span = self.metrics.span_width if across else self.metrics.span_height
        by: float = span * gap.eighths // 8
        at: float = getattr(cell, gap.side)[0 if across else 1]
        return at + by if gap.side in ("right", "bottom") else at - by

    def text(
        self,
        text: str,
        box: Rect,
        font: Font,
        color: object,
        *,
        align: str = "center",
        rotate: int = 0,
        vertical: bool = False,
        room: float = 1,
        wraps: bool = True,
    ) -> tuple[TextLine, ...]:
        """The lines of a text in the middle of a box."""
        size, bold = font
        step = size * LINE_HEIGHT
        width = (box.height if rotate % 180 == 90 else box.width) * room - 2 * PAD_X
        if vertical:
            texts = text.split("\n")
            # Each character is a line; the lines of the label stand side by side.
            places = [
                (character, (column - (len(texts) - 1) / 2) * step, row, len(line))
                for column, line in enumerate(texts)
                for row, character in enumerate(line)
            ]
        else:
            limit = max(width, 1) if wraps else math.inf
            texts = self.fonts.wrap(text, size, limit, bold=bold)
            places = [(line, 0.0, row, len(texts)) for row, line in enumerate(texts)]
        x, y = box.center
        angle = math.radians(rotate)
        cos, sin = math.cos(angle), math.sin(angle)
        lines = []
        for line, across, row, rows in places:
            measured = self.fonts.width(line, size, bold=bold)
            if align == "left":
                across = measured / 2 + PAD_X - box.width / 2
            down = (row - (rows - 1) / 2) * step + size * CAP_HEIGHT / 2
            lines.append(
                TextLine(
                    line,
                    round(x + across * cos - down * sin, 2),
                    round(y + across * sin + down * cos, 2),
                    round(measured, 2),
                    size,
                    bold,
                    _color(color),
                    rotate % 360,
                )
            )
        return tuple(lines)


def _heads(edge: Any, points: Sequence[Point]) -> tuple[tuple[Point, ...], ...]:
    """Arrowheads as blockdiag draws them, but always where the line ends.

    blockdiag puts some at another side of the box.
    """
    heads = []
    if edge.dir in ("back", "both"):
        heads.append(_head(points[0], points[1], edge.hstyle, ("manyone", "manymany")))
    if edge.dir in ("forward", "both"):
        heads.append(_head(points[-1], points[-2], edge.hstyle, ("onemany", "manymany")))
    return tuple(heads)


def _head(end: Point, before: Point, style: str | None, many: tuple[str, str]) -> tuple[Point, ...]:
    """The arrowhead at one end, its tip first; many ends spread towards the box."""
    length = math.dist(end, before) or 1
    x, y = (end[0] - before[0]) / length, (end[1] - before[1]) / length
    cell = metrics.cellsize
    # Along the line from its end back, and across it.
    if style in many:
        corners = [(cell, 0), (1, cell), (1, -cell)]
    else:
        corners = [(1, 0), (cell, cell / 2), (cell, -cell / 2)]
        if style in ("composition", "aggregation"):
            corners.insert(2, (2 * cell, 0))
    return tuple(
        [
            (end[0] - back * x - across * y, end[1] - back * y + across * x)
            for back, across in corners
        ]
    )


_ARROWS = {"forward": Arrow.FORWARD, "back": Arrow.BACK, "both": Arrow.BOTH, "none": Arrow.NONE}


def _color(color: object) -> str | None:
    """A colour that the source names; blockdiag's own defaults are plain tuples."""
    if type(color) is tuple or not isinstance(color, tuple):
        return None
    return "#{:02x}{:02x}{:02x}".format(*color)


@lru_cache(maxsize=256, typed=True)  # what a plain tuple says, another kind does not
def _stroke(color: object, style: str | None, thick: object = None) -> Stroke:
    if style is not None and style[0].isdigit():
        dash, dashes = Dash.DASHED, tuple(float(length) for length in style.split(","))
    else:
        dash, dashes = Dash(style or "solid"), ()
    return Stroke(_color(color), dash, dashes, bool(thick))
