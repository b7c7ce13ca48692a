"""blockdiag's geometry of its grid, with our fonts, and quicker."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

import diagtool.blockdiag_compat  # noqa: F401

# isort: split
from blockdiag import metrics, noderenderer
from blockdiag.utils import XY, Box, Size

from diagtool.pictures.layout.source import duplicate
from diagtool.pictures.text_metrics import LINE_HEIGHT, Fonts

FONT_SIZE = 13
"""The size of text, in pixels, where a source names none."""


_FOLD = 2 * metrics.cellsize
"""How wide the fold of a note is."""


class Font(NamedTuple):
    """What blockdiag's shapes pass on between our font map and our measuring."""

    size: float
    bold: bool


class FontMap:
    """Takes the place of blockdiag's, which knows font files."""

    def find(self, element: Any) -> Font:
        family = element.fontfamily or ""
        return Font(element.fontsize or FONT_SIZE, family.lower().endswith("-bold"))


class _Cell(metrics.NodeMetrics):  # type: ignore[misc]
    """blockdiag's, which works out every point of its box twice each time that it is asked."""

    def __init__(self, metrics: Any, x1: float, y1: float, x2: float, y2: float) -> None:
        super().__init__(metrics, x1, y1, x2, y2)
        # What nearly everybody asks for.
        x, y = x1 + (x2 - x1) // 2, y1 + (y2 - y1) // 2
        self.top, self.bottom = XY(x, y1), XY(x, y2)
        self.left, self.right = XY(x1, y), XY(x2, y)

    def __getattr__(self, name: str) -> Any:
        if not hasattr(Box, name):
            return getattr(self.metrics, name)
        value = self.__dict__[name] = getattr(self._box, name)
        return value


class _Grid(NamedTuple):
    """Where columns start and end, and where rows do."""

    lefts: list[float]
    rights: list[float]
    tops: list[float]
    bottoms: list[float]


class Metrics(metrics.DiagramMetrics):  # type: ignore[misc]
    """blockdiag's geometry, remembering what it is asked for again and again."""

    def __init__(self, diagram: Any, fonts: Fonts) -> None:
        self._fonts = fonts
        self._size = diagram.colwidth, diagram.colheight
        self._grid: _Grid | None = None
        self._nodes: dict[int, Any] = {}
        self._cells: dict[tuple[int, bool], Any] = {}
        super().__init__(diagram, fontmap=FontMap())

    def node(self, node: Any) -> Any:
        """The node's renderer. It takes the node's own size for that of all nodes.

        Some of blockdiag's shapes mix the two up, and come out askew in any other.
        """
        if id(node) not in self._nodes:
            self.cell(node)  # is known to the duplicate too, which has no grid of its own
            own = self
            if node.width or node.height:
                own = duplicate(self)
                own.node_width = node.width or self.node_width
                own.node_height = node.height or self.node_height
            self._nodes[id(node)] = in_shape(node, own)
        return self._nodes[id(node)]

    def cell(self, node: Any, use_padding: bool = True) -> Any:
        """The place of a node or group: all of its cells, or its own size in their middle."""
        key = (id(node), use_padding)
        if key not in self._cells:
            sheet = self.spreadsheet
            grid = self._grid = self._grid or self._ruled(sheet)
            x, y = node.xy
            end_x, end_y = x + node.colwidth - 1, y + node.colheight - 1
            x1, y1, x2, y2 = grid.lefts[x], grid.tops[y], grid.rights[end_x], grid.bottoms[end_y]
            if use_padding:
                width = node.width or sheet.metrics.node_width
                height = node.height or sheet.metrics.node_height
                x1 += max(0, (sheet.node_width[x] - width) // 2)
                y1 += max(0, (sheet.node_height[y] - height) // 2)
                x2 -= max(0, (sheet.node_width[end_x] - width) // 2)
                y2 -= max(0, (sheet.node_height[end_y] - height) // 2)
            self._cells[key] = _Cell(sheet.metrics, x1, y1, x2, y2)
        return self._cells[key]

    def group(self, group: Any) -> Any:
        return self.cell(group, use_padding=False)

    def _ruled(self, sheet: Any) -> _Grid:
        """The grid; blockdiag adds up what is before a node anew for every node."""
        top, _, _, left = self.page_padding
        columns, rows = self._size
        return _Grid(
            *_ruled(sheet.page_margin.x + left, sheet.span_width, sheet.node_width, columns),
            *_ruled(sheet.page_margin.y + top, sheet.span_height, sheet.node_height, rows),
        )

    def forget(self) -> None:
        """Forgets what follows from sizes that have changed since.

        That refers back to here, and would else be left for the garbage collector.
        """
        self._nodes.clear()
        self._cells.clear()
        self._grid = None

    def textsize(self, string: str, font: Font, width: float = math.inf) -> Any:
        lines = self._fonts.wrap(words(string), font.size, width, bold=font.bold)
        return Size(
            max(self._fonts.width(line, font.size, bold=font.bold) for line in lines),
            math.ceil(len(lines) * font.size * LINE_HEIGHT),
        )


class Alone(Metrics):
    """The geometry of a node of a size that stands alone, at the origin."""

    def __init__(self, width: int, height: int, fonts: Fonts) -> None:
        self._fonts, self.fontmap = fonts, FontMap()
        self.node_width, self.node_height = width, height
        self._cell = _Cell(self, 0, 0, width, height)

    def cell(self, node: Any, use_padding: bool = True) -> Any:
        return self._cell


def in_shape(node: Any, metrics: Metrics) -> Any:
    """A node's renderer, which knows where it is drawn and where its text stands."""
    shape = noderenderer.get(node.shape)(node, metrics)
    if node.shape == "note":
        # The text stands beside the fold.
        x1, y1, x2, y2 = shape.textbox
        shape.textbox = Box(x1, y1, x2 - _FOLD, y2)
    return shape


def _ruled(
    at: float, spans: Mapping[int, float], sizes: Mapping[int, float], count: int
) -> tuple[list[float], list[float]]:
    """Where columns or rows with spans before them start and end."""
    starts, ends = [], []
    for number in range(count):
        at += spans[number]
        starts.append(at)
        at += sizes[number]
        ends.append(at)
    return starts, ends


@lru_cache(maxsize=8192)
def words(label: str) -> str:
    r"""A label's text: blockdiag writes a line break as ``\n`` and a backslash as two."""
    text = re.sub(r"\\(.)", lambda m: {"n": "\n", "\\": "\\"}.get(m[1], m[0]), label)
    return "\n".join(line.strip() for line in text.strip().splitlines())
