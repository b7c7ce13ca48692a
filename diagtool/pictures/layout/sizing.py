"""How large boxes, gaps and frames must be for what stands in them."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import diagtool.blockdiag_compat  # noqa: F401

# isort: split
from blockdiag import metrics
from blockdiag.utils import XY

from diagtool.pictures import routing, self_loops
from diagtool.pictures.layout.edge_room import room
from diagtool.pictures.layout.grid_metrics import (
    Alone,
    Font,
    FontMap,
    Metrics,
    in_shape,
    words,
)
from diagtool.pictures.layout.source import full_name
from diagtool.pictures.text_metrics import CAP_HEIGHT, LINE_HEIGHT, Fonts

PAD_X, PAD_Y = 6, 1.5
"""Room between a label and the box that it must fit in."""

_WORD_ROOM = 3
"""Up to how many times the usual width a node grows before a long word is broken."""

TEXT_ROOM = {"circle": 0.75, "ellipse": 0.85}
"""How much of a shape's box for text has no corner outside of the shape."""

_GROUP_SIDE = 12
_GROUP_TOP = 12
_GROUP_LABEL = 160
_NEST = 10
"""Room between the frame of a group and its nodes, and between nested frames."""

PAGE_MARGIN = 16

BADGE = 24
"""How wide and high the disc is that bears a node's number."""


class Frame(NamedTuple):
    """How far a group's frame stands out from the cells of its nodes."""

    top: float
    right: float
    bottom: float
    left: float
    label_height: float
    lane: float | None
    """Up to where the label may reach, from the left of the cells; None is all over them."""


class Sizing:
    """One of blockdiag's diagrams, laid out, in which everything is given its room.

    ``nodes``, ``groups`` and ``edges`` are what is seen of it; ``loops`` are the edges from a
    node to itself.
    """

    def __init__(self, diagram: Any, fonts: Fonts) -> None:
        self.diagram, self.fonts = diagram, fonts
        self.nodes = [node for node in diagram.traverse_nodes() if node.drawable]
        self.groups = [g for g in diagram.traverse_groups(preorder=True) if not g.drawable]
        # blockdiag gives an edge of nested groups several times.
        edges = dict.fromkeys(diagram.traverse_edges(preorder=True))
        seen = [edge for edge in edges if edge.style != "none"]
        self.edges = [edge for edge in seen if edge.node1 is not edge.node2]
        self.loops = [edge for edge in seen if edge.node1 is edge.node2]
        self.room = room(self.edges, self._label_size, flowchart=diagram.edge_layout == "flowchart")
        self._make_room_for_ports()
        self.loop_heights = self._loop_heights()
        self._make_room_for_node_labels()
        self.metrics = Metrics(diagram, fonts)
        self.frames: dict[int, Frame] = {}
        for group in reversed(self.groups):
            self.frames[id(group)] = self._frame(group)
        self._make_room_for_groups()
        self._start_at_page_margin()

    def _make_room_for_node_labels(self) -> None:
        for node in self.nodes:
            if node.label and node.shape not in ("dots", "none"):
                steps = 4
                while steps and self._grow(node):
                    steps -= 1

    def _grow(self, node: Any) -> bool:
        """Makes a node larger where its label needs more room; whether it had to."""
        font, text = FontMap().find(node), words(node.label)
        room = TEXT_ROOM.get(node.shape, 1)
        full_width, full_height = (
            node.width or self._usual("width"),
            node.height or self._usual("height"),
        )
        textbox = in_shape(node, Alone(full_width, full_height, self.fonts)).textbox
        width, height = textbox.width * room, textbox.height * room
        turned = node.rotate % 180 == 90
        if turned:
            width, height = height, width
        width, height = width - 2 * PAD_X, height - 2 * PAD_Y
        if node.label_orientation == "vertical":
            lines = text.split("\n")
            needed = (
                len(lines) * font.size * LINE_HEIGHT,
                max(map(len, lines)) * font.size * LINE_HEIGHT,
            )
        else:
            limit = _WORD_ROOM * self._usual("width")
            word = min(self.fonts.widest_word(text, font.size, bold=font.bold), limit)
            lines = self.fonts.wrap(text, font.size, max(width, word), bold=font.bold)
            needed = (word, len(lines) * font.size * LINE_HEIGHT)
        wider, higher = needed[0] - width, needed[1] - height
        if turned:
            wider, higher = higher, wider
        # The text's part of a shape is smaller than the shape and grows as it does.
        across = max(full_width, 1) / max(textbox.width * room, 1)
        down = max(full_height, 1) / max(textbox.height * room, 1)
        if node.shape in ("circle", "square"):
            # Their side is the shorter one of the node's.
            if max(wider, higher) > 0:
                node.height = _up(full_height + max(wider, higher) / room)
                node.width = max(full_width, node.height)
        else:
            if wider > 0:
                node.width = _up(full_width + wider * across)
            if higher > 0:
                node.height = _up(full_height + higher * down)
        return bool(wider > 0 or higher > 0)

    def _usual(self, side: str) -> int:
        """The width or height of nodes of which the source says none."""
        name = f"node_{side}"
        usual: int = getattr(self.diagram, name) or getattr(metrics.DiagramMetrics, name)
        return usual

    def _make_room_for_ports(self) -> None:
        """Makes boxes large enough for the edges that meet at one of their sides.

        The boxes of a group that were alike stay so.
        """
        for (node, side), ports in self.room.sides.items():
            upright = side in ("left", "right")
            shape, copies = full_name(node.shape), routing.behind(node.stacked, side)
            needed, name = ports.length(shape, upright, copies), "height" if upright else "width"
            size = getattr(node, name)
            if needed > (size or self._usual(name)):
                for other in node.group.nodes if node.group.level else [node]:
                    if (other.shape, getattr(other, name)) == (node.shape, size):
                        setattr(other, name, _up(needed))

    def _label_size(self, edge: Any) -> tuple[float, float]:
        """How wide and high the label of an edge is."""
        font, text = FontMap().find(edge), words(edge.label)
        rows = text.count("\n") + 1
        return self._text_width(text, font), font.size * (rows * LINE_HEIGHT + CAP_HEIGHT - 1)

    def _loop_heights(self) -> dict[Any, float]:
        """How high the loops of nodes stand above them, with room for a label beside each."""
        return {
            edge.node1: max(
                self_loops.HEIGHT,
                self._label_size(edge)[1] + routing.LABEL_ROOM if edge.label else 0,
            )
            for edge in self.loops
        }

    def _text_width(self, text: str, font: Font) -> float:
        size, bold = font
        return max(self.fonts.width(line, size, bold=bold) for line in text.split("\n"))

    def _frame(self, group: Any) -> Frame:
        """The frame of a group whose inner groups have theirs."""
        top = right = bottom = left = 0.0
        end_x, end_y = group.xy.x + group.colwidth, group.xy.y + group.colheight
        for inner in group.nodes:
            frame = self.frames.get(id(inner))
            if inner in self.loop_heights and inner.xy.y == group.xy.y:
                top = max(top, self.loop_heights[inner] + _NEST)
            if frame is not None:
                if inner.xy.y == group.xy.y:
                    top = max(top, frame.top + _NEST)
                if inner.xy.x == group.xy.x:
                    left = max(left, frame.left + _NEST)
                if inner.xy.x + inner.colwidth == end_x:
                    right = max(right, frame.right + _NEST)
                if inner.xy.y + inner.colheight == end_y:
                    bottom = max(bottom, frame.bottom + _NEST)
        left = max(left, _GROUP_SIDE)
        height, lane = 0.0, None
        if group.label:
            font = self.metrics.font_for(group)
            text, width = words(group.label), self.metrics.group(group).box.width
            lane = self._lane_from_above(group)
            if lane is not None:
                # The label stands beside the edges that come in from above.
                widest = min(self._text_width(text, font), _GROUP_LABEL)
                left = max(left, widest + 2 * PAD_X - lane)
                width = left + lane
            lines = self.fonts.wrap(text, font.size, width - 2 * PAD_X, bold=font.bold)
            height = len(lines) * font.size * LINE_HEIGHT
        return Frame(
            max(top, _GROUP_TOP) + (height + 4 if height else 0),
            max(right, _GROUP_SIDE),
            max(bottom, _GROUP_TOP),
            left,
            height,
            lane,
        )

    def _lane_from_above(self, group: Any) -> float | None:
        """Where the first edge comes into a group from above, from the left of its cells."""
        members = set(group.traverse_nodes())
        lanes = [
            self.metrics.cell(node).top.x - self.metrics.group(group).x1
            for node, other in self.room.from_above
            if node in members and other not in members
        ]
        return min(lanes) - PAD_X if lanes else None

    def _make_room_for_groups(self) -> None:
        """Widens the gaps between rows and columns in which frames would not fit."""
        sheet = self.metrics.spreadsheet
        columns, rows = self.diagram.colwidth, self.diagram.colheight
        above, below = [0.0] * (rows + 1), [0.0] * (rows + 1)
        before, after = [0.0] * (columns + 1), [0.0] * (columns + 1)
        for group in self.groups:
            frame = self.frames[id(group)]
            x, y = group.xy
            above[y] = max(above[y], frame.top)
            below[y + group.colheight] = max(below[y + group.colheight], frame.bottom)
            before[x] = max(before[x], frame.left)
            after[x + group.colwidth] = max(after[x + group.colwidth], frame.right)
        looped = [0.0] * (rows + 1)
        for node, height in self.loop_heights.items():
            if not node.group.level or node.xy.y > node.group.xy.y:
                looped[node.xy.y] = max(looped[node.xy.y], height)
        for y in range(rows):
            needed = _up(looped[y] + _gap(above[y], below[y], self.room.rows.get(y)))
            sheet.set_span_height(y, max(needed, self.metrics.span_height))
        for x in range(columns):
            needed = _up(_gap(before[x], after[x], self.room.columns.get(x)))
            sheet.set_span_width(x, max(needed, self.metrics.span_width))
        self.metrics.forget()

    def _start_at_page_margin(self) -> None:
        """Moves everything so that the left-most and the top-most thing stand at the margin."""
        lefts = [self.metrics.group(g).x1 - self.frames[id(g)].left for g in self.groups]
        tops = [self.metrics.group(g).y1 - self.frames[id(g)].top for g in self.groups]
        for node in self.nodes:
            if node.xy.x == 0 or node.xy.y == 0:
                top, _, _, left = self.metrics.node(node).connectors[:4]
                over = BADGE / 2 if node.numbered is not None else 0
                lefts.append(left.x - over)
                tops.append(top.y - over)
        if lefts:
            self.metrics.page_margin = XY(PAGE_MARGIN - min(lefts), PAGE_MARGIN - min(tops))
            self.metrics.forget()


def _gap(before: float, after: float, lines: float | None) -> float:
    """How wide a gap is in which frames end, and lines run that need so much between boxes."""
    if lines is None:
        return before + after + _NEST
    # An arrowhead needs no room of its own where a frame stands out that far.
    spared = ((before > 0) + (after > 0)) * (routing.HEAD_ROOM - routing.FRAME_ROOM)
    return before + after + lines - spared


def _up(length: float) -> int:
    """A length on blockdiag's grid that is not shorter."""
    cell: int = metrics.cellsize
    return cell * math.ceil(length / cell)
