"""Drawings made by hand, so that the tests of a format depend on that format alone."""

from __future__ import annotations

from dataclasses import replace

from diagtool.model.diagram import Arrow
from diagtool.pictures.drawing import (
    Close,
    Curve,
    Dash,
    Drawing,
    DrawnEdge,
    DrawnGroup,
    DrawnNode,
    Line,
    Move,
    Path,
    Point,
    Rect,
    Stroke,
    TextLine,
)
from diagtool.pictures.text_metrics import Fonts

SIZE = 13.0
FONTS = Fonts()


def text(words: str, x: float, y: float, *, bold: bool = False) -> TextLine:
    return TextLine(words, x, y, FONTS.width(words, SIZE, bold=bold), SIZE, bold)


def box_outline(box: Rect) -> Path:
    corners: list[Point] = [(box.right, box.y), (box.right, box.bottom), (box.x, box.bottom)]
    return Path((Move((box.x, box.y)), *map(Line, corners), Close()))


def drum_outlines(box: Rect) -> tuple[Path, ...]:
    """A database: its body, then its lid."""
    x, middle, right, top, bottom = box.x, box.center[0], box.right, box.y + 8, box.bottom - 8
    k = box.width / 2 * 0.5523
    upper = (
        Curve((x, top - 4.4), (middle - k, box.y), (middle, box.y)),
        Curve((middle + k, box.y), (right, top - 4.4), (right, top)),
    )
    lower = (
        Curve((right, bottom + 4.4), (middle + k, box.bottom), (middle, box.bottom)),
        Curve((middle - k, box.bottom), (x, bottom + 4.4), (x, bottom)),
    )
    lid = (
        Curve((right, top + 4.4), (middle + k, top + 8), (middle, top + 8)),
        Curve((middle - k, top + 8), (x, top + 4.4), (x, top)),
    )
    return (
        Path((Move((x, top)), *upper, Line((right, bottom)), *lower, Close())),
        Path((Move((right, top)), *lid), filled=False),
    )


def node(
    id: str,
    label: str,
    x: float,
    y: float,
    *,
    width: float = 128,
    shape: str = "box",
    stacked: bool = False,
    part: str | None = None,
) -> DrawnNode:
    box = Rect(x, y, width, 40)
    draw = drum_outlines if shape == "flowchart.database" else lambda b: (box_outline(b),)
    offsets = (8, 4, 0) if stacked else (0,)
    copies = tuple(draw(replace(box, x=x + offset, y=y - offset)) for offset in offsets)
    lines = tuple(
        text(line, box.center[0], box.center[1] + 4.5 + 16 * index)
        for index, line in enumerate(label.split("\n"))
    )
    return DrawnNode(id, part, shape, box, copies, label, lines)


def arrowhead(tip: Point, direction: int) -> tuple[Point, ...]:
    x, y = tip
    return (tip, (x - direction * 8, y - 4), (x - direction * 8, y + 4))


def edge(tail: DrawnNode, head: DrawnNode, arrow: Arrow, *, label: str = "") -> DrawnEdge:
    """From the right side of one node to the left side of another."""
    start = (tail.box.right, tail.box.center[1])
    end = (head.box.x, head.box.center[1])
    middle = end[0] - 32
    bends = ((middle, start[1]), (middle, end[1])) if start[1] != end[1] else ()
    heads = ()
    if arrow in (Arrow.FORWARD, Arrow.BOTH):
        heads += (arrowhead(end, 1),)
    if arrow in (Arrow.BACK, Arrow.BOTH):
        heads += (arrowhead(start, -1),)
    lines = (text(label, (start[0] + middle) / 2, start[1] - 4),) if label else ()
    return DrawnEdge(
        tail.id, head.id, arrow, (start, *bends, end), heads=heads, label=label, lines=lines
    )


def mdns() -> Drawing:
    """Three replicas between a queue on one side, a database and DNS servers on the other."""
    queue = node("amqp_servers", "AMQP Servers", 64, 120, stacked=True, part="amqp")
    database = node(
        "db_servers",
        "Database Servers",
        640,
        80,
        shape="flowchart.database",
        stacked=True,
        part="database",
    )
    names = node("dns_servers", "DNS Servers", 640, 160, stacked=True, part="dns")
    servers = [
        node(f"mdns_{n}", f"designate-mdns Server {n}", 288, -20 + 70 * n, width=256, part="mdns")
        for n in (1, 2, 3)
    ]
    group = DrawnGroup(
        "mdns_servers",
        "mdns",
        Rect(272, 20, 288, 228),
        "designate-mdns Servers",
        (text("designate-mdns Servers", 416, 38),),
        tuple(server.id for server in servers),
    )
    edges = [
        *(edge(queue, server, Arrow.BOTH) for server in servers),
        *(edge(server, database, Arrow.BACK) for server in servers),
        *(edge(server, names, Arrow.FORWARD) for server in servers),
    ]
    return Drawing(
        "designate-mdns",
        "Layout of designate-mdns",
        "Three replicas of designate-mdns exchange messages with the AMQP servers.",
        832,
        280,
        (group,),
        tuple(edges),
        (queue, *servers, database, names),
        topology="designate",
    )


HOSTILE = "<b>\"'&]]>\\ \x00\x0b\ud800 {x} javascript:alert(1) --> 漢字"


def hostile() -> Drawing:
    """Labels, ids, links and looks that nobody would write in good faith."""
    first = node('a" onload="alert(1)', HOSTILE, 32, 60)
    second = replace(
        node("a' onload='alert(1)", f"{HOSTILE}\n2", 260, 60),
        href="java\nscript:alert(1)",
        fill="#fff3b0",
        stroke=Stroke("#111111", Dash.DASHED, thick=True),
    )
    group = DrawnGroup(
        "<g>", None, Rect(20, 20, 160, 100), HOSTILE, (text(HOSTILE, 100, 40),), (first.id,)
    )
    line = replace(
        edge(first, second, Arrow.FORWARD, label=HOSTILE), stroke=Stroke("#000000", Dash.DOTTED)
    )
    return Drawing('../"<hostile>', HOSTILE, HOSTILE, 420, 140, (group,), (line,), (first, second))
