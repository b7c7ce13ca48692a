"""What can be misread in a drawing, found by its geometry alone; and random systems to try.

``python tests/picture_faults.py [COUNT]`` counts the faults in random pictures of each kind.
"""

from __future__ import annotations

import itertools
import json
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from diagtool import exporting, load
from diagtool.model import Topology
from diagtool.model.diagram import views
from diagtool.pictures.drawing import Drawing, DrawnEdge, Point, Rect, TextLine
from diagtool.pictures.layout import LayoutError, lay_out

SLACK = 1.0
"""How far things may run into each other before anybody would notice, in pixels."""


class Fault(NamedTuple):
    """What is wrong, and with what."""

    kind: str
    first: str
    second: str


class _Piece(NamedTuple):
    """A straight piece of a line; ``along`` is from low to high, ``at`` where it lies."""

    upright: bool
    at: float
    low: float
    high: float

    def crosses(self, box: Rect) -> bool:
        return (
            (box.x + SLACK < self.at < box.right - SLACK)
            and self.low < box.bottom - SLACK
            and self.high > box.y + SLACK
            if self.upright
            else (box.y + SLACK < self.at < box.bottom - SLACK)
            and self.low < box.right - SLACK
            and self.high > box.x + SLACK
        )

    def shared(self, other: _Piece) -> float:
        """How far the other runs along on top of it, or too close to tell apart."""
        if self.upright != other.upright or abs(self.at - other.at) > 2:
            return 0.0
        return min(self.high, other.high) - max(self.low, other.low)

    def distance(self, box: Rect) -> float:
        low, high = (box.y, box.bottom) if self.upright else (box.x, box.right)
        first, last = (box.x, box.right) if self.upright else (box.y, box.bottom)
        along = max(low - self.high, self.low - high, 0.0)
        return max(along, max(first - self.at, self.at - last, 0.0))


def faults(drawing: Drawing) -> list[Fault]:
    """Every fault of a drawing."""
    return [*_lines(drawing), *_labels(drawing), *_shared(drawing), *_page(drawing)]


def _pieces(edge: DrawnEdge) -> list[_Piece]:
    pieces = []
    for (x, y), (x2, y2) in itertools.pairwise(edge.points):
        if x == x2:
            pieces.append(_Piece(True, x, min(y, y2), max(y, y2)))
        else:
            pieces.append(_Piece(False, y, min(x, x2), max(x, x2)))
    return pieces


def text_box(lines: Sequence[TextLine]) -> Rect:
    """What lines of text cover, from the tops of capitals to below the last baseline."""
    if lines[0].rotate:
        size = max(line.width for line in lines)
        x, y = lines[0].x, lines[0].y
        return Rect(x - size / 2, y - size / 2, size, size)
    left = min(line.x - line.width / 2 for line in lines)
    right = max(line.x + line.width / 2 for line in lines)
    top = min(line.y - 0.7 * line.size for line in lines)
    bottom = max(line.y + 0.2 * line.size for line in lines)
    return Rect(left, top, right - left, bottom - top)


def overlap(one: Rect, other: Rect) -> bool:
    return (
        min(one.right, other.right) - max(one.x, other.x) > SLACK
        and min(one.bottom, other.bottom) - max(one.y, other.y) > SLACK
    )


def holds(outer: Rect, inner: Rect) -> bool:
    return (
        outer.x <= inner.x
        and outer.y <= inner.y
        and outer.right >= inner.right
        and outer.bottom >= inner.bottom
    )


def _name(edge: DrawnEdge) -> str:
    return f"{edge.tail} {edge.arrow.value} {edge.head}"


def _texts(drawing: Drawing) -> Iterator[tuple[str, Rect]]:
    """The titles of frames and the labels of nodes that stand outside of their boxes."""
    for group in drawing.groups:
        if group.lines:
            yield group.id, text_box(group.lines)
    for node in drawing.nodes:
        if node.lines and not holds(node.box, text_box(node.lines)):
            yield node.id, text_box(node.lines)


def _lines(drawing: Drawing) -> Iterator[Fault]:
    """Lines through boxes and texts."""
    texts = list(_texts(drawing))
    labels = [(edge, text_box(edge.lines)) for edge in drawing.edges if edge.lines]
    for edge in drawing.edges:
        pieces = _pieces(edge)
        for node in drawing.nodes:
            if node.shape == "dots":
                continue  # most of its box is empty
            # The last piece may go on to an outline that is not the box.
            first, last = node.id == edge.tail, len(pieces) - (node.id == edge.head)
            if any(piece.crosses(node.box) for piece in pieces[first:last]):
                own = " own" if node.id in (edge.tail, edge.head) else ""
                yield Fault(f"line through{own} box", _name(edge), node.id)
        for id, box in texts:
            if any(piece.crosses(box) for piece in pieces):
                yield Fault("line through text", _name(edge), id)
        for other, box in labels:
            if any(piece.crosses(box) for piece in pieces):
                yield Fault("line through label", _name(edge), _name(other))


def _labels(drawing: Drawing) -> Iterator[Fault]:
    """Labels on things, and labels that could be another line's."""
    texts = list(_texts(drawing))
    labels = [(edge, text_box(edge.lines)) for edge in drawing.edges if edge.lines]
    lines = [(edge, _pieces(edge)) for edge in drawing.edges]
    for edge, box in labels:
        for node in drawing.nodes:
            if overlap(box, node.box):
                yield Fault("label on box", _name(edge), node.id)
        for id, text in texts:
            if overlap(box, text):
                yield Fault("label on text", _name(edge), id)
        for group in drawing.groups:
            if overlap(box, group.box) and not holds(group.box, box):
                yield Fault("label on frame", _name(edge), group.id)
        own = min(piece.distance(box) for piece in _pieces(edge))
        if own > 12:
            yield Fault("label far from its line", _name(edge), edge.label)
        for other, pieces in lines:
            if other.label != edge.label and min(p.distance(box) for p in pieces) < own + 0.5:
                yield Fault("label at another line", _name(edge), _name(other))
    for (edge, box), (other, box2) in itertools.combinations(labels, 2):
        if overlap(box, box2) and (edge.label, box) != (other.label, box2):
            yield Fault("label on label", _name(edge), _name(other))


_POINTS = frozenset({"beginpoint", "endpoint", "minidiamond", "dots"})
"""Shapes too small for more than one line at each side; close to them lines may run together."""


def is_bus(drawing: Drawing, one: DrawnEdge, other: DrawnEdge) -> bool:
    """Whether each end of one edge is connected with that of the other in the same way.

    It is then true that a line leads from any of them to any other.
    """
    alike = {
        (edge.tail, edge.head)
        for edge in drawing.edges
        if (edge.arrow, edge.label, edge.stroke) == (one.arrow, one.label, one.stroke)
    }
    return {(one.tail, other.head), (other.tail, one.head), (other.tail, other.head)} <= alike


def _shared(drawing: Drawing) -> Iterator[Fault]:
    """Lines on top of one another of which one is labelled and the other is not, or that are
    nobody's bus."""
    lines = [(edge, _pieces(edge)) for edge in drawing.edges]
    points = {node.id for node in drawing.nodes if node.shape in _POINTS}
    for (one, pieces), (other, others) in itertools.combinations(lines, 2):
        common = {one.tail, one.head} & {other.tail, other.head}
        if max(a.shared(b) for a in pieces for b in others) <= (16 if common & points else 2):
            continue
        if one.label != other.label:
            yield Fault("labels differ on one line", _name(one), _name(other))
        if not common and not is_bus(drawing, one, other):
            yield Fault("strangers on one line", _name(one), _name(other))


def _page(drawing: Drawing) -> Iterator[Fault]:
    page = Rect(0, 0, drawing.width, drawing.height)
    for name, box in drawn(drawing):
        if not holds(page, box):
            yield Fault("outside of the page", name, "")


def drawn(drawing: Drawing) -> Iterator[tuple[str, Rect]]:
    """The boxes of everything that is drawn."""
    for group in drawing.groups:
        yield group.id, group.box
        if group.lines:
            yield group.id, text_box(group.lines)
    for node in drawing.nodes:
        over = 8 if node.stacked else 0
        yield node.id, Rect(node.box.x, node.box.y, node.box.width + over, node.box.height + over)
        if node.lines:
            yield node.id, text_box(node.lines)
        if node.badge:
            yield node.id, node.badge[0]
        for picture in node.pictures:
            yield node.id, picture.box
    for edge in drawing.edges:
        yield _name(edge), _around(edge.points)
        for head in edge.heads:
            yield _name(edge), _around(head)
        if edge.lines:
            yield _name(edge), text_box(edge.lines)


def _around(points: Sequence[Point]) -> Rect:
    xs, ys = zip(*points, strict=True)
    return Rect(min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys))


# --- random systems -------------------------------------------------------------------

_WORDS = ("reads", "writes", "RPC", "streaming replication", "zone transfers", "heartbeats")
_SHAPES = ("box", "roundedbox", "database", "cloud", "actor", "ellipse", "note", "terminator")


def system(seed: int, *, zones: bool, labels: float = 0.3) -> Topology:
    """A random system of 3 to 7 components and 3 to 10 services; the same for each seed."""
    rng = random.Random(seed)
    components: dict[str, dict[str, object]] = {}
    for number in range(rng.randint(3, 7)):
        component: dict[str, object] = {"name": rng.choice(("Queue", "Database servers", "DNS"))}
        component["name"] = f"{component['name']} {number}"
        if rng.random() < 0.3:
            component["shape"] = rng.choice(_SHAPES)
        if rng.random() < 0.5:
            component["stacked"] = True
        if not number:
            component["front"] = True
        if zones and rng.random() < 0.4:
            component["zone"] = rng.choice("ab")
        components[f"c{number}"] = component
    services: dict[str, dict[str, object]] = {}
    for number in range(rng.randint(3, 10)):
        service: dict[str, object] = {"name": f"svc-{number}", "replicas": rng.randint(1, 6)}
        if zones and rng.random() < 0.5:
            service["zones"] = ["a", "b"]
            service["replicas"] = rng.randint(2, 6)
        others = [*components, *services]
        connections = []
        for peer in rng.sample(others, min(len(others), rng.randint(1, 4))):
            way = "from" if peer == "c0" else rng.choice(("to", "to", "from", "with"))
            connection = {way: peer}
            if rng.random() < labels:
                connection["label"] = rng.choice(_WORDS)
            connections.append(connection)
        service["connections"] = connections
        services[f"s{number}"] = service
    if rng.random() < 0.4 and len(components) > 2:
        components["c1"]["connections"] = [{"to": "c2", "label": rng.choice(_WORDS)}]
    data: dict[str, object] = {"format": 1, "name": f"System {seed}"}
    if zones:
        data["zones"] = {"a": {}, "b": {}}
    data |= {"components": components, "services": services}
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "t.yaml"
        file.write_text(json.dumps(data), "utf-8")
        return load(file)


_BLOCKDIAG_SHAPES = (
    *("box", "roundedbox", "square", "mail", "note", "circle", "ellipse", "diamond", "cloud"),
    *("actor", "beginpoint", "endpoint", "minidiamond", "dots", "textbox"),
    *("flowchart.condition", "flowchart.database", "flowchart.input", "flowchart.loopin"),
)


def source(seed: int) -> str:
    """Random blockdiag source of up to 12 nodes, with groups and both orientations."""
    rng = random.Random(seed)
    ids = [f"n{number}" for number in range(rng.randint(3, 12))]
    lines = [rng.choice(("", "orientation = portrait;"))]
    for id in ids:
        attributes = [
            f'label = "{rng.choice(("Box", "A longer label", "Actor at the desk"))} {id}"'
        ]
        if rng.random() < 0.4:
            attributes.append(f"shape = {rng.choice(_BLOCKDIAG_SHAPES)}")
        if rng.random() < 0.2:
            attributes.append("stacked")
        if rng.random() < 0.1:
            attributes.append(f"numbered = {rng.randint(1, 9)}")
        lines.append(f"{id} [{', '.join(attributes)}];")
    for _ in range(rng.randint(2, 2 * len(ids))):
        tail, head = rng.sample(ids, 2) if rng.random() < 0.95 else (ids[0], ids[0])
        label = f' [label = "{rng.choice(_WORDS)}"]' if rng.random() < 0.3 else ""
        lines.append(f"{tail} {rng.choice(('->', '<-', '<->', '--'))} {head}{label};")
    if rng.random() < 0.6:
        members = rng.sample(ids, rng.randint(2, len(ids) - 1))
        title = rng.choice(('label = "Servers";', 'label = "A frame with a long title";', ""))
        lines.append(f"group g {{ {title} {'; '.join(members)} }}")
    return "\n".join(lines)


def pictures(count: int) -> Iterator[tuple[str, Drawing]]:
    """Random pictures with their kinds, the same each time."""
    for zones in (False, True):
        for seed in range(count):
            topology = system(seed, zones=zones)
            for view in views(topology):
                kind = "overview" if view.name == "overview" else "layout"
                with_zones = " with zones" if zones else ""
                named = replace(view, name=f"{view.name}-{seed}")
                yield f"{kind}{with_zones}", exporting.draw(topology, named)
    for seed in range(4 * count):
        try:
            yield "blockdiag", lay_out(source(seed), name=f"source-{seed}", warn=lambda _: None)
        except LayoutError:
            continue


def main() -> None:
    """Prints how many pictures there are of each kind, and how many faults of each kind."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 30
    totals: Counter[str] = Counter()
    found: Counter[tuple[str, str]] = Counter()
    examples: dict[tuple[str, str], str] = {}
    for kind, drawing in pictures(count):
        totals[kind] += 1
        for fault in faults(drawing):
            found[kind, fault.kind] += 1
            examples.setdefault(
                (kind, fault.kind), f"{drawing.name}: {fault.first} / {fault.second}"
            )
    for kind, total in totals.items():
        print(f"{kind}: {total} pictures")
        for (where, fault), number in sorted(found.items()):
            if where == kind:
                print(f"  {number:5} {fault}  ({examples[where, fault]})")


if __name__ == "__main__":
    main()
