"""Edges that share a channel are told apart, and none runs through a box."""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from picture_faults import is_bus

from diagtool import load
from diagtool.model import diagram
from diagtool.model.diagram import Arrow
from diagtool.pictures.drawing import Close, Curve, Drawing, DrawnEdge, DrawnNode, Move, Point, Rect
from diagtool.pictures.layout import LayoutError, lay_out
from diagtool.pictures.routing import separate

REFERENCE = sorted((Path(__file__).parent / "data" / "reference").glob("*.diag"))
BOTH_SIDES = """
lb [stacked]; amqp [stacked]; db [shape = flowchart.database, stacked]; dns [shape = cloud];
group servers { label = Servers; s1; s2; s3 }
lb -> s1, s2, s3; queue <-> s1, s2, s3; cache <- s1, s2, s3;
s1, s2, s3 -> amqp; s1, s2, s3 <- db; s1, s2, s3 <-> dns
"""

WEBSHOP = Path(__file__).parents[1] / "examples" / "webshop" / "topology"
STRAIGHT_SIDES = {"box", "roundedbox", "square", "mail", "textbox", "none"}
SHAPES = (
    *("box", "roundedbox", "square", "mail", "note", "circle", "ellipse", "diamond", "cloud"),
    *("actor", "beginpoint", "endpoint", "minidiamond", "dots", "textbox", "none"),
    *("flowchart.condition", "flowchart.database", "flowchart.input", "flowchart.loopin"),
    *("flowchart.loopout", "flowchart.terminator"),
)

Piece = tuple[Point, Point]


def draw(source: str) -> Drawing:
    return lay_out(source, name="x")


def pieces(edge: DrawnEdge) -> Iterator[Piece]:
    return itertools.pairwise(edge.points)


def shared_length(one: Piece, other: Piece) -> float:
    """How far two pieces lie on top of each other."""
    for axis in (0, 1):
        if len({point[axis] for point in (*one, *other)}) == 1:
            low = max(min(p[1 - axis] for p in piece) for piece in (one, other))
            high = min(max(p[1 - axis] for p in piece) for piece in (one, other))
            return max(0.0, high - low)
    return 0.0


def confused(drawing: Drawing) -> list[tuple[DrawnEdge, DrawnEdge]]:
    """Pairs of edges on one line of which no reader can say where they go."""
    found = []
    for one, other in itertools.combinations(drawing.edges, 2):
        common = {one.tail, one.head} & {other.tail, other.head}
        length = sum(shared_length(a, b) for a in pieces(one) for b in pieces(other))
        if length > 2 and not common and not is_bus(drawing, one, other):
            found.append((one, other))
    return found


def beside(drawing: Drawing) -> list[tuple[Piece, Piece]]:
    """Pieces of edges without a common end that run side by side, too close to tell apart."""
    found = []
    for one, other in itertools.combinations(drawing.edges, 2):
        if {one.tail, one.head} & {other.tail, other.head} or is_bus(drawing, one, other):
            continue
        for a, b in itertools.product(pieces(one), pieces(other)):
            for axis in (0, 1):
                if a[0][axis] == a[1][axis] and b[0][axis] == b[1][axis]:
                    low = max(min(p[1 - axis] for p in piece) for piece in (a, b))
                    high = min(max(p[1 - axis] for p in piece) for piece in (a, b))
                    if high - low > 10 and abs(a[0][axis] - b[0][axis]) < 5.9:
                        found.append((a, b))
    return found


def crosses(piece: Piece, box: Rect) -> bool:
    (x, y), (x2, y2) = piece
    return (
        min(x, x2) < box.right - 1
        and max(x, x2) > box.x + 1
        and min(y, y2) < box.bottom - 1
        and max(y, y2) > box.y + 1
    )


def run_through(drawing: Drawing) -> list[tuple[DrawnEdge, DrawnNode]]:
    """Edges that cross a box that is none of their ends."""
    return [
        (edge, node)
        for edge in drawing.edges
        for node in drawing.nodes
        if node.id not in (edge.tail, edge.head)
        and any(crosses(piece, node.box) for piece in pieces(edge))
    ]


def off_outline(node: DrawnNode, at: Point) -> float:
    """How far a point is from the nearest outline of a node's copies."""
    nearest = math.inf
    for path in itertools.chain(*node.copies):
        here = start = at
        for segment in path.segments:
            if isinstance(segment, Move):
                here = start = segment.to
                continue
            corners = [here, start if isinstance(segment, Close) else segment.to]
            if isinstance(segment, Curve):
                corners[1:1] = [segment.control1, segment.control2]
            for step in range(201):
                nearest = min(nearest, math.dist(at, on_curve(corners, step / 200)))
            here = corners[-1]
    return nearest


def on_curve(corners: list[Point], share: float) -> Point:
    """A point on a straight line or a Bezier curve, by halving what lies between its corners."""
    while len(corners) > 1:
        corners = [
            (a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1]))
            for a, b in itertools.pairwise(corners)
        ]
    return corners[0]


def check_ends(drawing: Drawing) -> None:
    """Both ends of each edge lie on the outside of their boxes, and its heads at them."""
    boxes = {node.id: node for node in drawing.nodes}
    for edge in drawing.edges:
        for end, id in ((0, edge.tail), (-1, edge.head)):
            box, (x, y) = boxes[id].box, edge.points[end]
            over = 8 if boxes[id].stacked else 0
            on_side = (x in (box.x, box.right + over) and box.y <= y <= box.bottom) or (
                y in (box.y, box.bottom + over) and box.x <= x <= box.right
            )
            if boxes[id].shape not in STRAIGHT_SIDES:
                # One from below ends at the words below an actor.
                below = boxes[id].shape == "actor" and 0 <= y - box.bottom <= 9
                on_side = below or off_outline(boxes[id], (x, y)) <= 1
            assert on_side, (edge, box)
        tips = [edge.points[0]] * (edge.arrow in (Arrow.BACK, Arrow.BOTH)) + [edge.points[-1]] * (
            edge.arrow in (Arrow.FORWARD, Arrow.BOTH)
        )
        for head, tip in zip(edge.heads, tips, strict=True):
            assert math.dist(head[0], tip) <= 1.01
        for (x, y), (x2, y2) in pieces(edge):
            assert (x == x2) != (y == y2)


def random_source(seed: int) -> str:
    pick = random.Random(seed)
    ids = [f"n{number}" for number in range(pick.randint(3, 12))]
    lines = [f"{id} [width = {pick.choice((128, 256))}, stacked];" for id in ids[::3]]
    lines += ["orientation = portrait;"] * (seed % 3 == 0)
    pool = pick.sample(ids, len(ids))
    if seed % 2:
        lines.append(f"group g {{ label = G; {'; '.join(pool[: len(pool) // 2])} }}")
    lines += [
        f"{pick.choice(ids)} {pick.choice(('->', '<-', '<->', '--'))} {pick.choice(ids)};"
        for _ in range(2 * len(ids))
    ]
    return "\n".join(lines)


@pytest.mark.parametrize("name", ["storefront", "checkout", "overview"])
def test_edges_of_a_dense_view_can_be_told_apart(name: str) -> None:
    drawing = next(
        lay_out(view, name=name) for view in diagram.views(load(WEBSHOP)) if view.name == name
    )
    assert confused(drawing) == []
    assert beside(drawing) == []
    assert run_through(drawing) == []
    check_ends(drawing)


@pytest.mark.slow
@pytest.mark.parametrize("orientation", ["landscape", "portrait"])
def test_fourteen_components_that_all_talk_to_each_other(orientation: str) -> None:
    ids = [f"c{number}" for number in range(14)]
    edges = "; ".join(f"{one} -> {other}" for one in ids for other in ids if one != other)
    drawing = draw(f"orientation = {orientation}; {edges}")
    assert len(drawing.edges) == 14 * 13
    assert confused(drawing) == []
    assert beside(drawing) == []
    assert run_through(drawing) == []
    for edge in drawing.edges:
        assert all(0 <= x <= drawing.width and 0 <= y <= drawing.height for x, y in edge.points)


@pytest.mark.parametrize("orientation", ["landscape", "portrait"])
@pytest.mark.parametrize("stacked", ["", ", stacked"])
@pytest.mark.parametrize("shape", SHAPES)
def test_edges_reach_the_outline_of_every_shape(shape: str, stacked: str, orientation: str) -> None:
    drawing = draw(
        f"orientation = {orientation}; n [shape = {shape}{stacked}];"
        "a -> n -> x; b <- n <-> y; c <-> n <- z"
    )
    check_ends(drawing)


@pytest.mark.parametrize("path", REFERENCE, ids=lambda path: path.stem)
def test_the_reference(path: Path) -> None:
    drawing = draw(path.read_text())
    assert confused(drawing) == []
    assert run_through(drawing) == []
    check_ends(drawing)


def test_edges_of_different_components_share_no_line() -> None:
    drawing = draw(BOTH_SIDES)
    check_ends(drawing)
    assert run_through(drawing) == []
    servers = {"s1", "s2", "s3"}
    for one, other in itertools.combinations(drawing.edges, 2):
        hubs = [({edge.tail, edge.head} - servers).pop() for edge in (one, other)]
        if hubs[0] != hubs[1]:
            assert sum(shared_length(a, b) for a in pieces(one) for b in pieces(other)) == 0
    # Each server has a port for each of the three components on either side.
    for side in (0, 1):
        for server in servers:
            ports = {
                edge.points[0 if edge.tail == server else -1]
                for edge in drawing.edges
                if server in (edge.tail, edge.head)
            }
            box = next(node.box for node in drawing.nodes if node.id == server)
            assert len({y for x, y in ports if x == (box.x, box.right)[side]}) == 3


def test_tracks_in_a_channel_keep_a_distance() -> None:
    drawing = draw(BOTH_SIDES)
    tracks = {x for edge in drawing.edges for (x, _), (x2, _) in pieces(edge) if x == x2}
    assert len(tracks) == 6
    assert all(abs(one - other) >= 8 for one, other in itertools.combinations(tracks, 2))


def test_edges_of_one_component_go_together() -> None:
    drawing = draw("hub -> a, b, c, d")
    assert len({edge.points[0] for edge in drawing.edges}) == 1
    assert len({edge.points[1][0] for edge in drawing.edges if len(edge.points) > 2}) == 1


def test_opposite_arrows_to_one_component_do_not_merge() -> None:
    """A common line with a head at each end would say that both go both ways."""
    drawing = draw("hub -> a; hub <- b; hub -> c; hub <- d")
    ports = {edge.arrow: edge.points[0] for edge in drawing.edges}
    assert ports[Arrow.FORWARD] != ports[Arrow.BACK]


def test_a_straight_line_stays_straight() -> None:
    for path in REFERENCE:
        drawing = draw(path.read_text())
        boxes = {node.id: node.box for node in drawing.nodes}
        for edge in drawing.edges:
            if boxes[edge.tail].y == boxes[edge.head].y:
                assert len(edge.points) == 2


def test_a_line_hops_over_another() -> None:
    drawing = draw(BOTH_SIDES)
    upright = [
        (edge, piece)
        for edge in drawing.edges
        for piece in pieces(edge)
        if piece[0][0] == piece[1][0]
    ]
    hops = 0
    for edge in drawing.edges:
        for x, y in edge.jumps:
            hops += 1
            assert any(
                a[1] == b[1] == y and min(a[0], b[0]) < x < max(a[0], b[0]) for a, b in pieces(edge)
            )
            assert any(
                other is not edge and a[0] == x and min(a[1], b[1]) < y < max(a[1], b[1])
                for other, (a, b) in upright
            )
    assert 0 < hops <= 12


@pytest.mark.parametrize(
    "seeds", [range(start, start + 40) for start in range(0, 240, 40)], ids=str
)
def test_whatever_the_diagram(seeds: range) -> None:
    edges = unclear = close = 0
    for seed in seeds:
        try:
            drawing = draw(random_source(seed))
        except LayoutError:
            continue
        assert run_through(drawing) == [], seed
        check_ends(drawing)
        for edge in drawing.edges:
            assert all(0 <= x <= drawing.width and 0 <= y <= drawing.height for x, y in edge.points)
        edges += len(drawing.edges)
        unclear += len(confused(drawing))
        close += len(beside(drawing))
    assert edges > 200
    assert unclear <= 0.01 * edges
    assert close <= 0.01 * edges


def test_it_changes_lines_heads_and_labels_alone() -> None:
    drawing = draw(BOTH_SIDES)
    again = separate(drawing.edges, (), drawing.nodes, drawing.groups)
    for before, after in zip(drawing.edges, (wire.edge for wire in again), strict=True):
        assert (before.tail, before.head, before.arrow) == (after.tail, after.head, after.arrow)
        assert (before.label, before.stroke) == (after.label, after.stroke)
