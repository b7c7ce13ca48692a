"""A blockdiag source becomes a Drawing: everything in it, in its place, at its size."""

from __future__ import annotations

import itertools
import math
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from diagtool import load
from diagtool.model import diagram
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
    Point,
    Rect,
)
from diagtool.pictures.layout import LayoutError, Table, describe, lay_out
from diagtool.pictures.layout.source import built
from diagtool.pictures.text_metrics import Fonts

REFERENCE = Path(__file__).parent / "data" / "reference"
WEBSHOP = Path(__file__).parents[1] / "examples" / "webshop" / "topology"
FONTS = Fonts()

SHAPES = (
    *("box", "square", "roundedbox", "dots", "circle", "ellipse", "diamond", "minidiamond"),
    *("note", "mail", "cloud", "actor", "beginpoint", "endpoint", "textbox", "none"),
    *("flowchart.condition", "flowchart.database", "flowchart.input", "flowchart.loopin"),
    *("flowchart.loopout", "flowchart.terminator"),
)
WITHOUT_OUTLINE = {"textbox", "none"}
WITHOUT_LABEL = {"dots", "none"}
LABEL_BESIDE = {"beginpoint", "endpoint", "minidiamond", "actor"}


def draw(source: str, **options: object) -> Drawing:
    """A drawing of a source about which nothing is to be said."""
    warnings: list[str] = []
    drawing = lay_out(source, name="x", warn=warnings.append, **options)  # type: ignore[arg-type]
    assert warnings == []
    return drawing


def reference(service: str) -> Drawing:
    return draw((REFERENCE / f"{service}.diag").read_text())


def node(drawing: Drawing, id: str) -> DrawnNode:
    return next(node for node in drawing.nodes if node.id == id)


def group(drawing: Drawing, id: str) -> DrawnGroup:
    return next(group for group in drawing.groups if group.id == id)


def edge(drawing: Drawing, tail: str, head: str) -> DrawnEdge:
    return next(edge for edge in drawing.edges if (edge.tail, edge.head) == (tail, head))


def inside(inner: Rect, outer: Rect) -> bool:
    return (
        outer.x <= inner.x
        and outer.y <= inner.y
        and inner.right <= outer.right
        and inner.bottom <= outer.bottom
    )


def overlapping(one: Rect, other: Rect) -> bool:
    return (
        one.x < other.right
        and other.x < one.right
        and one.y < other.bottom
        and other.y < one.bottom
    )


def text_box(element: DrawnNode | DrawnGroup | DrawnEdge) -> Rect:
    """What the lines of a label cover, from the tops of capitals to the last baseline."""
    left = min(line.x - line.width / 2 for line in element.lines)
    right = max(line.x + line.width / 2 for line in element.lines)
    top = min(line.y - 0.7 * line.size for line in element.lines)
    bottom = max(line.y for line in element.lines)
    return Rect(left, top, right - left, bottom - top)


def points(element: DrawnNode) -> list[Point]:
    """All points of the front outline."""
    found = []
    for path in element.copies[-1]:
        for segment in path.segments:
            if isinstance(segment, Curve):
                found += [segment.control1, segment.control2]
            if not isinstance(segment, Close):
                found.append(segment.to)
    return found


# --- the six services of the reference ------------------------------------------------

SERVICES = {
    "api": ("api_server", 6, ("loadbalancer", "amqp_servers")),
    "central": ("designate_central_server", 6, ("amqp_servers", "db_servers")),
    "mdns": ("designate_mdns_server", 9, ("amqp_servers", "dns_servers", "db_servers")),
    "worker": ("designate_worker_server", 6, ("amqp_servers", "dns_servers")),
    "producer": ("designate_producer_server", 6, ("amqp_servers", "dlm_servers")),
    "sink": ("designate_sink_server", 3, ("amqp_servers",)),
}


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_shows_all_its_boxes_and_edges(service: str) -> None:
    server, edges, components = SERVICES[service]
    drawing = reference(service)
    servers = [f"{server}_{number}" for number in (1, 2, 3)]
    assert {node.id for node in drawing.nodes} == {*servers, *components}
    assert len(drawing.edges) == edges
    assert [group.members for group in drawing.groups] == [tuple(servers)]
    assert {node.id for node in drawing.nodes if node.stacked} == set(components)
    tops = [node(drawing, id).box.y for id in servers]
    assert tops == sorted(set(tops))
    width = 128 if service == "api" else 256
    assert {node(drawing, id).box.width for id in servers} == {width}


@pytest.mark.parametrize("service", SERVICES)
def test_nothing_of_a_service_overlaps_or_sticks_out(service: str) -> None:
    drawing = reference(service)
    page = Rect(0, 0, drawing.width, drawing.height)
    for one, other in itertools.combinations(drawing.nodes, 2):
        assert not overlapping(one.box, other.box)
    for each in drawing.nodes:
        assert inside(each.box, page)
        assert inside(text_box(each), each.box)
        assert [line.text for line in each.lines] == [each.label]
    (frame,) = drawing.groups
    assert inside(text_box(frame), frame.box)
    for each in drawing.nodes:
        assert inside(each.box, frame.box) == (each.id in frame.members)
        assert not overlapping(text_box(frame), each.box)
    for each in drawing.edges:
        assert all(0 <= x <= drawing.width and 0 <= y <= drawing.height for x, y in each.points)


def test_arrows_point_as_the_reference_says() -> None:
    drawing = reference("mdns")
    for number in (1, 2, 3):
        server = f"designate_mdns_server_{number}"
        assert edge(drawing, "amqp_servers", server).arrow is Arrow.BOTH
        assert edge(drawing, server, "db_servers").arrow is Arrow.BACK
        assert edge(drawing, server, "dns_servers").arrow is Arrow.FORWARD


@pytest.mark.parametrize("count", [12, 60])
def test_many_replicas_stand_in_order(count: int) -> None:
    ids = [f"s{number}" for number in range(1, count + 1)]
    servers = ", ".join(ids)
    drawing = draw(
        f"group g {{ {'; '.join(ids)} }} lb -> {servers}; {servers} -> db; {servers} <-> mq"
    )
    placed = sorted((each for each in drawing.nodes if each.id in ids), key=lambda n: n.box.y)
    assert [each.id for each in placed] == ids
    assert len({each.box.x for each in placed}) == 1


# --- shapes ---------------------------------------------------------------------------


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("orientation", ["landscape", "portrait"])
def test_every_shape_is_drawn_within_its_box(shape: str, orientation: str) -> None:
    drawing = draw(f"orientation = {orientation}; a [shape = {shape}, label = words]; a -> b")
    each = node(drawing, "a")
    assert each.shape == shape
    assert bool(each.copies[0]) == (shape not in WITHOUT_OUTLINE)
    assert [line.text for line in each.lines] == ([] if shape in WITHOUT_LABEL else ["words"])
    around = Rect(each.box.x - 4, each.box.y - 4, each.box.width + 8, each.box.height + 8)
    if shape not in ("dots", "actor"):
        for x, y in points(each):
            assert inside(Rect(x, y, 0, 0), around), (x, y, each.box)
    for path in each.copies[0]:
        assert isinstance(path.segments[0], Move)


@pytest.mark.parametrize("shape", sorted(set(SHAPES) - WITHOUT_LABEL - LABEL_BESIDE))
@pytest.mark.parametrize(
    "label",
    [
        "two words",
        "a label of several words that needs more room",
        "数据库服务器集群主节点",
        "Internationalisation",
    ],
)
@pytest.mark.parametrize("size", [13, 24])
def test_a_shape_grows_to_hold_its_label(shape: str, label: str, size: int) -> None:
    each = node(draw(f'a [shape = {shape}, label = "{label}", fontsize = {size}]'), "a")
    assert "".join(line.text for line in each.lines).replace(" ", "") == label.replace(" ", "")
    assert inside(text_box(each), each.box)
    assert all(line.width == round(FONTS.width(line.text, size), 2) for line in each.lines)


@pytest.mark.parametrize("shape", ["circle", "ellipse"])
def test_a_label_keeps_to_the_inside_of_a_round_shape(shape: str) -> None:
    each = node(draw(f'a [shape = {shape}, label = "a label of several words"]'), "a")
    y = each.box.center[1]
    for line in each.lines:
        for top in (line.y, line.y - 0.7 * line.size):
            across = line.width / each.box.width
            down = (top - y) / (each.box.height / 2)
            assert math.hypot(across, down) <= 1.02


def test_a_shape_of_its_own_size_is_not_askew() -> None:
    """blockdiag draws the lid of a wide database as if it were a narrow one."""
    each = node(draw("a [shape = flowchart.database, width = 300, height = 80]"), "a")
    assert (each.box.width, each.box.height) == (300, 80)
    ys = [y for _, y in points(each)]
    assert min(ys) >= each.box.y - 0.01
    assert max(ys) <= each.box.bottom + 0.01


def test_a_namespace_makes_short_names_of_shapes() -> None:
    drawing = draw("shape_namespace = flowchart; a [shape = database]; b [shape = note]")
    assert [each.shape for each in drawing.nodes] == ["flowchart.database", "note"]
    with pytest.raises(LayoutError):
        draw("a [shape = database]")


@pytest.mark.parametrize("shape", SHAPES)
def test_stacked_copies_stand_behind_to_the_lower_right(shape: str) -> None:
    each = node(draw(f"a [shape = {shape}, stacked]"), "a")
    assert len(each.copies) == 3
    back, middle, front = each.copies
    for copies, by in ((back, 8), (middle, 4)):
        for copy, original in zip(copies, front, strict=True):
            starts = [path.segments[0].to for path in (original, copy)]  # type: ignore[union-attr]
            assert starts[1] == (starts[0][0] + by, starts[0][1] + by)


def test_points_are_painted_with_ink() -> None:
    (begin,) = node(draw("a [shape = beginpoint]"), "a").copies[0]
    assert begin.inked
    outer, inner = node(draw("a [shape = endpoint]"), "a").copies[0]
    assert (outer.filled, inner.inked) == (True, True)
    (box,) = node(draw("a"), "a").copies[0]
    assert (box.filled, box.inked, box.stroked) == (True, False, True)


# --- looks ----------------------------------------------------------------------------


def test_only_what_the_author_chose_has_a_colour() -> None:
    plain = node(draw("a"), "a")
    assert (plain.fill, plain.stroke.color, plain.lines[0].color) == (None, None, None)
    drawing = draw(
        'a [color = "#FC0", linecolor = red, textcolor = "navy", style = dashed];'
        "a -> b [color = green, style = dotted, thick];"
        'group g { color = "#eeeeff"; c }'
    )
    each = node(drawing, "a")
    assert (each.fill, each.stroke.color, each.lines[0].color) == ("#ffcc00", "#ff0000", "#000080")
    assert each.stroke.dash is Dash.DASHED
    line = edge(drawing, "a", "b").stroke
    assert (line.color, line.dash, line.thick) == ("#008000", Dash.DOTTED, True)
    assert group(drawing, "g").fill == "#eeeeff"


def test_defaults_hold_for_all_and_end_with_their_diagram() -> None:
    styled = draw(
        "default_shape = roundedbox; default_node_color = pink; default_linecolor = blue;"
        "default_textcolor = red; default_fontsize = 20; default_group_color = yellow;"
        "default_node_style = dotted; shape_namespace = flowchart; group g { label = G; a -> b }"
    )
    for each in styled.nodes:
        assert (each.shape, each.fill, each.stroke.color) == ("roundedbox", "#ffc0cb", "#0000ff")
        assert (each.lines[0].size, each.lines[0].color) == (20, "#ff0000")
        assert each.stroke.dash is Dash.DOTTED
    assert styled.groups[0].fill == "#ffff00"
    assert draw("a -> b") == draw("a -> b")
    plain = node(draw("a -> b"), "a")
    assert (plain.shape, plain.fill, plain.lines[0].size) == ("box", None, 13)


def test_a_node_without_colour_is_not_filled() -> None:
    (path,) = node(draw("a [color = none]"), "a").copies[0]
    assert not path.filled


def test_dashes_of_ones_own() -> None:
    assert node(draw('a [style = "5,2,1"]'), "a").stroke.dashes == (5, 2, 1)
    assert node(draw("a [style = none]"), "a").stroke.dash is Dash.NONE


def test_classes_give_attributes() -> None:
    drawing = draw("class hot [color = red, stacked]; a [class = hot]; b")
    assert (node(drawing, "a").fill, node(drawing, "a").stacked) == ("#ff0000", True)
    assert (node(drawing, "b").fill, node(drawing, "b").stacked) == (None, False)


def test_plugins_of_blockdiag_work_and_end_with_their_diagram() -> None:
    drawing = draw("plugin autoclass; class hot [color = red]; pump_hot")
    assert [(each.label, each.fill) for each in drawing.nodes] == [("pump", "#ff0000")]
    assert draw("class hot [color = red]; pump_hot").nodes[0].fill is None
    assert describe("plugin attributes [owner = Owner]; a [owner = me]")
    with pytest.raises(LayoutError):
        describe("a [owner = me]")


def test_a_number_is_a_badge_at_the_corner() -> None:
    drawing = draw("a [numbered = 3]")
    each = node(drawing, "a")
    assert each.badge is not None
    disc, line = each.badge
    assert disc.center == (each.box.x, each.box.y)
    assert line.text == "3"
    assert disc.x >= 0 and disc.y >= 0


def test_labels_are_read_as_blockdiag_reads_them() -> None:
    drawing = draw(r'a [label = "one\ntwo"]; b [label = "C:\\new \"x\" ¥"]; c [label = ""]')
    assert [line.text for line in node(drawing, "a").lines] == ["one", "two"]
    assert node(drawing, "a").label == "one\ntwo"
    assert node(drawing, "b").label == 'C:\\new "x" ¥'
    assert node(drawing, "c").lines == ()


@pytest.mark.parametrize("degrees", [0, 90, 180, 270])
def test_a_turned_label_stays_in_the_middle(degrees: int) -> None:
    each = node(draw(f"a [label = words, rotate = {degrees}]"), "a")
    (line,) = each.lines
    assert line.rotate == degrees
    # The line turns about the middle of its baseline; half a capital above is its own.
    rise = 0.344 * line.size
    angle = math.radians(degrees)
    middle = (line.x + rise * math.sin(angle), line.y - rise * math.cos(angle))
    assert middle == pytest.approx(each.box.center, abs=0.1)


def test_an_upright_label_is_a_column_of_characters() -> None:
    each = node(draw("a [label = word, label_orientation = vertical]"), "a")
    assert [line.text for line in each.lines] == list("word")
    assert len({line.x for line in each.lines}) == 1
    assert inside(text_box(each), each.box)


def test_links_are_kept() -> None:
    drawing = draw('a [href = "https://example.com/"]; group g { href = ":ref:`x`"; b }')
    assert node(drawing, "a").href == "https://example.com/"
    assert group(drawing, "g").href == ":ref:`x`"


def test_bold_text_is_measured_as_such() -> None:
    each = node(draw('a [label = words, fontfamily = "sansserif-bold"]'), "a")
    assert each.lines[0].bold
    assert each.lines[0].width == round(FONTS.width("words", 13, bold=True), 2)


# --- edges ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arrow", "expected", "heads"),
    [
        ("->", Arrow.FORWARD, 1),
        ("<-", Arrow.BACK, 1),
        ("<->", Arrow.BOTH, 2),
        ("--", Arrow.NONE, 0),
        (">-", Arrow.BACK, 1),
        ("-<", Arrow.FORWARD, 1),
        (">-<", Arrow.BOTH, 2),
    ],
)
def test_edges_touch_their_boxes_and_heads_their_ends(
    arrow: str, expected: Arrow, heads: int
) -> None:
    drawing = draw(f"a {arrow} b")
    line = edge(drawing, "a", "b")
    assert (line.arrow, len(line.heads)) == (expected, heads)
    tail, head = node(drawing, "a").box, node(drawing, "b").box
    assert line.points == ((tail.right, tail.center[1]), (head.x, head.center[1]))
    ends = {Arrow.FORWARD: [1], Arrow.BACK: [0], Arrow.BOTH: [0, 1], Arrow.NONE: []}[expected]
    for end, polygon in zip(ends, line.heads, strict=True):
        assert math.dist(polygon[0], line.points[-end]) <= 8
        assert len(set(polygon)) == len(polygon) >= 3


@pytest.mark.parametrize(
    ("style", "hollow", "corners"),
    [("generalization", True, 3), ("aggregation", True, 4), ("composition", False, 4)],
)
def test_styles_of_heads(style: str, hollow: bool, corners: int) -> None:
    line = edge(draw(f"a -> b [hstyle = {style}]"), "a", "b")
    assert line.hollow is hollow
    assert [len(head) for head in line.heads] == [corners]


def test_an_edge_that_is_not_drawn_is_left_out() -> None:
    assert draw("a -> b [style = none]").edges == ()


@pytest.mark.parametrize("around", ["a; b", "a", "b"])
def test_an_edge_between_nested_groups_is_drawn_once(around: str) -> None:
    """blockdiag tells of it several times."""
    drawing = draw(
        f"group outer {{ label = Outer; group inner {{ label = Inner; {around} }} }}"
        "group other { label = Other; c } a -> b; b -> c; a -> c"
    )
    ends = [(edge.tail, edge.head) for edge in drawing.edges]
    assert sorted(ends) == [("a", "b"), ("a", "c"), ("b", "c")]


def test_a_folded_edge_does_not_push_its_head_along() -> None:
    assert node(draw("a -> b"), "b").box.x > node(draw("a -> b [folded]"), "b").box.x


@pytest.mark.parametrize(("name", "count"), [("storefront", 1), ("overview", 2)])
def test_labels_of_edges_keep_clear_of_lines_and_of_each_other(name: str, count: int) -> None:
    (view,) = (v for v in diagram.views(load(WEBSHOP)) if v.name == name)
    drawing = lay_out(view, name=view.name)
    labels = {text_box(each) for each in drawing.edges if each.label}
    assert len(labels) == count
    for one, other in itertools.combinations(labels, 2):
        assert not overlapping(one, other)
    for label, each in itertools.product(labels, drawing.edges):
        for (x, y), (x2, y2) in itertools.pairwise(each.points):
            line = Rect(min(x, x2), min(y, y2), abs(x - x2), abs(y - y2))
            assert not overlapping(label, line)
    for label, each in itertools.product(labels, drawing.nodes):
        assert not overlapping(label, each.box)


@pytest.mark.parametrize("orientation", ["landscape", "portrait"])
def test_labels_of_edges_that_meet_at_a_box_stand_apart(orientation: str) -> None:
    drawing = draw(
        f"orientation = {orientation}; a -> box [label = reads]; b -> box [label = streams];"
        "box -> c [label = writes]; box <- d [label = tells]; box <-> e [label = both]"
    )
    labels = {each.label: text_box(each) for each in drawing.edges}
    for one, other in itertools.combinations(labels.values(), 2):
        assert not overlapping(one, other)
    for label, each in itertools.product(labels.values(), drawing.edges):
        for (x, y), (x2, y2) in itertools.pairwise(each.points):
            line = Rect(min(x, x2), min(y, y2), abs(x - x2), abs(y - y2))
            assert not overlapping(label, line)


def test_labels_of_edges_have_room_beside_their_line() -> None:
    drawing = draw(
        'group g { s1; s2; s3 } lb -> s1, s2, s3 [label = "encrypted"];'
        's1, s2, s3 -> db [label = "a long label"]'
    )
    boxes = [each.box for each in drawing.nodes]
    labels = {text_box(each) for each in drawing.edges}
    assert len(labels) == 2, "what all three say is said once"
    for one, other in itertools.combinations(labels, 2):
        assert not overlapping(one, other)
    for label, box in itertools.product(labels, boxes):
        assert not overlapping(label, box)
    for each in drawing.edges:
        assert each.label in ("encrypted", "a long label")
        label = text_box(each)
        assert any(
            y == y2 and 0 <= y - label.bottom <= 8 and min(x, x2) <= label.x + 1
            for (x, y), (x2, y2) in itertools.pairwise(each.points)
        )


# --- groups ---------------------------------------------------------------------------


@pytest.mark.parametrize("orientation", ["landscape", "portrait"])
def test_nested_groups_have_frames_of_their_own(orientation: str) -> None:
    drawing = draw(
        f"orientation = {orientation};"
        "group outer { label = Outer; group one { label = One; a; b }"
        " group two { label = Two; c; d } } a -> c -> e; x -> a; e -> a"
    )
    outer, one, two = (group(drawing, id) for id in ("outer", "one", "two"))
    assert outer.members == ("a", "b", "c", "d")
    for inner in (one, two):
        assert inside(inner.box, outer.box)
        assert not overlapping(text_box(outer), inner.box)
        assert not overlapping(text_box(inner), node(drawing, inner.members[0]).box)
    assert not overlapping(one.box, two.box)
    for each in drawing.nodes:
        for frame in drawing.groups:
            assert inside(each.box, frame.box) == (each.id in frame.members)
            assert overlapping(each.box, frame.box) == (each.id in frame.members)


@pytest.mark.parametrize("orientation", ["landscape", "portrait"])
@pytest.mark.parametrize("edges", ["", "d -> a", "a -> d", "d -> a -> c; b -> c; c -> a"])
@pytest.mark.parametrize("words", [5, 37, 120])
def test_a_long_label_of_a_group_has_its_room(words: int, edges: str, orientation: str) -> None:
    label = " ".join(["words"] * words)
    drawing = draw(f'orientation = {orientation}; group g {{ label = "{label}"; a; b }} {edges}')
    frame = group(drawing, "g")
    text = text_box(frame)
    assert inside(text, frame.box)
    assert " ".join(line.text for line in frame.lines) == label
    for each in drawing.nodes:
        assert not overlapping(text, each.box)
    for each in drawing.edges:
        for (x, y), (x2, y2) in itertools.pairwise(each.points):
            line = Rect(min(x, x2), min(y, y2), abs(x - x2), abs(y - y2))
            assert not overlapping(text, line)
    first = frame.lines[0]
    assert first.y - 0.72 * first.size - frame.box.y >= 4


def test_a_group_may_be_a_line() -> None:
    frame = group(draw("group g { shape = line; style = dashed; color = red; a }"), "g")
    assert (frame.framed, frame.fill, frame.stroke.color) == (True, None, "#ff0000")
    assert frame.stroke.dash is Dash.DASHED


def test_groups_without_a_name_have_the_same_one_every_time() -> None:
    source = "group { a } group { b } group group_1 { c }"
    ids = [each.id for each in draw(source).groups]
    assert ids == ["group_2", "group_3", "group_1"] or len(set(ids)) == 3
    assert "group_1" in ids
    assert draw(source) == draw(source)


def test_orientation() -> None:
    wide, tall = draw("a -> b -> c"), draw("orientation = portrait; a -> b -> c")
    assert wide.width > wide.height
    assert tall.height > tall.width
    first, second = edge(tall, "a", "b").points
    assert first[0] == second[0]


def test_distances_of_ones_own() -> None:
    drawing = draw("node_width = 200; node_height = 60; span_width = 100; a -> b")
    a, b = node(drawing, "a").box, node(drawing, "b").box
    assert (a.width, a.height, b.x - a.right) == (200, 60, 100)


def test_parts_say_what_nodes_and_groups_stand_for() -> None:
    drawing = draw("group g { a } b", parts={"a": "service", "g": "service"})
    assert (node(drawing, "a").part, group(drawing, "g").part) == ("service", "service")
    assert node(drawing, "b").part is None


def test_a_picture_has_a_name_and_words() -> None:
    drawing = lay_out("a", name="file", title="Title", description="One box.")
    assert (drawing.name, drawing.title, drawing.description) == ("file", "Title", "One box.")


# --- sources --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "source",
    [
        "a -> b;",
        "{ a -> b; }",
        "blockdiag { a -> b }",
        "diagram { a -> b }",
        "blockdiag x { a -> b }",
    ],
)
def test_a_source_may_go_without_what_is_around_it(source: str) -> None:
    assert [each.id for each in draw(source).nodes] == ["a", "b"]


def test_words_of_the_language_may_be_names_of_nodes() -> None:
    assert [each.id for each in draw("diagram -> b").nodes] == ["diagram", "b"]


@pytest.mark.parametrize(
    ("source", "message", "line", "column"),
    [
        ('blockdiag {\n  a [label="x" }\n', "unexpected '}'", 2, 16),
        ("a -> ;", "unexpected ';'", 1, 6),
        ("a;\n b @ c", "unexpected '@'", 2, 4),
        ("blockdiag {\n  a", "unexpected end", 2, 4),
        ("a [", "unexpected end", 1, 4),
        ("a [foo = 1]", "unknown attribute: DiagramNode.foo", 1, 4),
        ("a -> b;\na -> b [foo = 1]", "unknown attribute: DiagramEdge.foo", 2, 9),
        ("a [shape = what]", "unknown node shape: what", 1, 4),
        ("a;\nb [color = nocolor]", '"nocolor" is not defined as a named color in css3', 2, 4),
        ("a [fontsize = big]", "'big' is not a whole number", 1, 4),
        ("a [class = none]", "unknown class: none", 1, 4),
        ("group g { a }\ngroup h { a }", "could not belong to two groups: a", 2, 11),
        ("plugin none", "unknown plugin: none", None, None),
        ("orientation = up", "unknown diagram orientation: up", 1, 1),
    ],
)
def test_a_bad_source_is_refused_at_its_place(
    source: str, message: str, line: int | None, column: int | None
) -> None:
    with pytest.raises(LayoutError) as caught:
        draw(source)
    assert caught.value.message == message
    if line is not None:
        assert (caught.value.line, caught.value.column) == (line, column)
    draw("a -> b")


@pytest.mark.parametrize(
    "source",
    [
        "group { nodes = x; a }",
        "a [xy = 3]",
        "{" * 3,
        "group {" * 500 + "a" + "}" * 500,
        "a [width = 999999999999999999999999]; a -> b [label = x]",
        "a [colwidth = 0]; a -> b",
        "\x00",
        "a [numbered = x, shape = textbox, stacked, rotate = 33]; a -> a",
    ],
)
def test_odd_sources_are_drawn_or_refused(source: str) -> None:
    try:
        lay_out(source, name="x", warn=lambda warning: None)
    except LayoutError as error:
        assert error.message
    assert len(draw("a -> b").nodes) == 2


@pytest.mark.parametrize(
    "source",
    [
        # blockdiag walks in circles for ever in the first, and until its stack ends in
        # the second.
        "orientation = portrait; n0; group g { n5; n6; n2 } n7 <- n4; n0 -- n4; n4 -- n7;"
        "n2 -- n7; n0 -> n7",
        "group g { n3 } group h { n2; n4 } n0 <- n2; n0 <-> n3; n4 <-> n0; n3 -- n0; n1 -> n2;"
        "n0 -> n4; n3 -- n0; n0 <-> n1",
        # In these it takes very long.
        "; ".join(f"n{one} -> n{other}" for one in range(24) for other in range(one + 1, 24)),
        "; ".join(f"n{number} -> n{number + 1}" for number in range(400)),
        "; ".join(f"n{a} -> n{b}" for a in range(14) for b in range(14) if a != b),
        "; ".join(f"n{a} <-> n{b}; n{b} -> n{a}" for b in range(30) for a in range(b)),
    ],
    ids=["rhombus", "circle", "dense", "long", "knot", "large knot"],
)
def test_layouts_that_blockdiag_does_not_end(source: str) -> None:
    code = (
        "import sys; from diagtool.pictures.layout import LayoutError, lay_out\n"
        "try: lay_out(sys.stdin.read(), name='x')\n"
        "except LayoutError as error: print(error)"
    )
    root = Path(__file__).parent.parent
    done = subprocess.run(
        [sys.executable, "-c", code],
        input=source,
        text=True,
        timeout=60,
        cwd=root,
        check=True,
        capture_output=True,
    )
    assert done.stdout in (
        "",
        "blockdiag cannot lay out edges that go in a circle through a group\n",
    )


def many_on_few(services: int) -> diagram.Diagram:
    """An overview of many services that talk, this way and that, to forty components."""
    ids = [f"c{number}" for number in range(40)] + [f"s{number}" for number in range(services)]
    edges = []
    for number in range(services):
        for other in range(4):
            ends = f"s{number}", f"c{(7 * number + 11 * other * other + number // 40) % 40}"
            tail, head = reversed(ends) if (number + other) % 3 else ends
            edges.append(diagram.Edge(tail, head, Arrow.FORWARD))
    nodes = tuple(diagram.Node(id, f"Part {id}", id) for id in ids)
    return diagram.Diagram("overview", "Overview", nodes, (), tuple(edges))


def test_an_overview_takes_no_more_steps_than_its_size_allows() -> None:
    """Four times as many services take some seven times as many steps, not their square."""

    def steps(services: int) -> int:
        view = many_on_few(services)
        taken = 0

        def count(*_: object) -> Callable[..., object]:
            nonlocal taken
            taken += 1
            return count

        before = sys.gettrace()
        sys.settrace(count)
        try:
            with built(view, None, print):
                pass
        finally:
            sys.settrace(before)
        return taken

    assert steps(240) < 10 * steps(60)


def test_the_layout_is_blockdiags_own() -> None:
    """Ours is quicker; where blockdiag's ends, both give every node the same cell."""
    from blockdiag import builder, parser

    for service in SERVICES:
        source = (REFERENCE / f"{service}.diag").read_text()
        with built(source, None, print) as diagram:
            ours = {each.id: tuple(each.xy) for each in diagram.traverse_nodes()}
        theirs = builder.ScreenNodeBuilder.build(parser.parse_string(source))
        assert {each.id: tuple(each.xy) for each in theirs.traverse_nodes()} == ours


def test_threads_do_not_mix_their_diagrams() -> None:
    sources = [
        f"default_node_color = {color}; default_shape = {shape}; a -> b -> c"
        for color, shape in (("red", "box"), ("green", "circle"), ("blue", "note"))
    ]
    expected = [draw(source) for source in sources]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(draw, sources * 20)) == expected * 20


# --- icons and backgrounds ------------------------------------------------------------


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    from PIL import Image

    base = tmp_path / "base"
    base.mkdir()
    for folder in (base, tmp_path):
        Image.new("RGB", (64, 32), "red").save(folder / "icon.png")
    (base / "text.png").write_text("not a picture")
    (base / "drawing.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    (base / "link.png").symlink_to(tmp_path / "icon.png")
    return base


def test_an_icon_stands_in_its_box_beside_the_label(pictures: Path) -> None:
    drawing = draw('a [icon = "icon.png"]; b [background = "icon.png"]', base=pictures)
    icon, background = node(drawing, "a"), node(drawing, "b")
    assert [picture.path for picture in icon.pictures] == [str(pictures / "icon.png")]
    assert inside(icon.pictures[0].box, icon.box)
    assert text_box(icon).x >= icon.pictures[0].box.right
    assert background.pictures[0].box == background.box


@pytest.mark.parametrize(
    "name",
    [
        *("http://127.0.0.1:9/icon.png", "https://example.com/icon.png", "../icon.png"),
        *("/etc/passwd", "none.png", "text.png", "drawing.svg", "link.png", ".", ""),
        "file:///etc/passwd",
    ],
)
@pytest.mark.parametrize(
    "source",
    ['a [icon = "{}"]', 'a, b [background = "{}"]', 'class c [icon = "{}"]; a [class = c]'],
)
def test_what_is_outside_is_never_read(name: str, source: str, pictures: Path) -> None:
    warnings: list[str] = []
    drawing = lay_out(source.format(name), name="x", base=pictures, warn=warnings.append)
    assert all(each.pictures == () for each in drawing.nodes)
    (warning,) = warnings
    assert "left out" in warning
    assert name in warning


def test_without_a_base_no_picture_is_read(pictures: Path) -> None:
    warnings: list[str] = []
    source = f'a [icon = "{pictures / "icon.png"}"]'
    assert lay_out(source, name="x", warn=warnings.append).nodes[0].pictures == ()
    assert len(warnings) == 1


def test_what_blockdiag_warns_of_reaches_the_caller(capsys: pytest.CaptureFixture[str]) -> None:
    warnings: list[str] = []
    lay_out("default_line_color = red; a", name="x", warn=warnings.append)
    assert warnings == ["default_line_color is obsoleted; use default_linecolor"]
    assert capsys.readouterr().err == ""


# --- tables ---------------------------------------------------------------------------


def test_descriptions_are_tables() -> None:
    assert describe(
        'b [description = "second", numbered = 2]; a [label = "A", numbered = 1];'
        'a -> b [description = "talks"]; c'
    ) == (
        Table(("No", "Name", "Description"), (("1", "A", ""), ("2", "b", "second"), ("", "c", ""))),
        Table(("Name", "Description"), (("A -> b", "talks"),)),
    )
    assert describe("a -> b") == ()


# --- the same everywhere --------------------------------------------------------------


def test_the_same_source_gives_the_same_drawing_under_every_hash_seed() -> None:
    code = (
        "import sys; from diagtool.pictures.layout import lay_out\n"
        "print(repr(lay_out(sys.stdin.read(), name='x')))"
    )
    source = (REFERENCE / "mdns.diag").read_text().replace("blockdiag {", "{ group { z }")
    outputs = {
        subprocess.run(
            [sys.executable, "-c", code],
            input=source,
            text=True,
            capture_output=True,
            check=True,
            cwd=Path(__file__).parent.parent,
            env={"PYTHONHASHSEED": str(seed)},
        ).stdout
        for seed in (0, 1, 2, 3)
    }
    assert len(outputs) == 1


def test_lines_are_closed_outlines_or_open_ones() -> None:
    """What is filled is closed, so that every format fills the same."""
    for shape in SHAPES:
        for path in node(draw(f"a [shape = {shape}]"), "a").copies[0]:
            first, last = path.segments[0], path.segments[-1]
            assert isinstance(first, Move)
            assert isinstance(last, Close | Line | Curve)
            if path.filled and not isinstance(last, Close):
                assert last.to == pytest.approx(first.to) or shape == "flowchart.database"


@pytest.mark.parametrize(
    "source",
    [
        "A [colwidth = 100000000]; A -> B;",
        "A [colheight = 100000000]; A -> B;",
        "A [colwidth = 0]; A -> B;",
        "class x [fontsize = 99999]; A [class = x];",
        "node_width = 99999999999999999999999; A;",
    ],
)
def test_a_size_that_no_picture_can_have_is_an_error_at_once(source: str) -> None:
    with pytest.raises(LayoutError, match="not from") as caught:
        lay_out(f"blockdiag {{{source}}}", name="n", title="t")
    assert caught.value.line == 1


@pytest.mark.parametrize("name", ["i" * 300, "a/" * 3000, "a\0b"])
def test_an_icon_of_an_odd_name_is_left_out(name: str, tmp_path: Path) -> None:
    said: list[str] = []
    source = f'blockdiag {{A [icon = "{name}"];}}'
    lay_out(source, name="n", title="t", base=tmp_path, warn=said.append)
    assert said and said[0].startswith("icon left out: ")
