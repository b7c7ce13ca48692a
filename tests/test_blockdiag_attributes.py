"""Every attribute of blockdiag's language has its effect on our drawing, or there is a finding."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

import diagtool.blockdiag_compat  # noqa: F401

# isort: split
from blockdiag import elements

from diagtool.pictures.drawing import Drawing
from diagtool.pictures.layout import LayoutError, describe, lay_out

SOURCE = """
class usual; class red [color = red];
{diagram}
a -> b [label = says{edge}]; b -> c, f; d -> e [folded];
group g {{ label = Group; {group} a; d; }}
a [label = "A box"{node}];
"""

NODE = {
    "background": "picture.png",
    "class": "red",
    "color": "red",
    "colheight": "2",
    "colwidth": "2",
    "description": "words",
    "fontfamily": "sansserif-bold",
    "fontsize": "20",
    "height": "100",
    "href": "https://example.com/",
    "icon": "picture.png",
    "label": "other",
    "label_orientation": "vertical",
    "linecolor": "red",
    "numbered": "3",
    "rotate": "90",
    "shape": "ellipse",
    "stacked": None,
    "style": "dashed",
    "textcolor": "red",
    "width": "200",
}
EDGE = {
    "class": "red",
    "color": "red",
    "description": "words",
    "dir": "both",
    "folded": None,
    "fontfamily": "sansserif-bold",
    "fontsize": "20",
    "hstyle": "composition",
    "label": "other",
    "nofolded": None,
    "style": "dashed",
    "textcolor": "red",
    "thick": None,
}
GROUP = {
    "class": "red",
    "color": "red",
    "fontfamily": "sansserif-bold",
    "fontsize": "20",
    "href": "https://example.com/",
    "label": "other",
    "orientation": "portrait",
    "shape": "line",
    "style": "dashed",
    "textcolor": "red",
    "thick": None,
}
DIAGRAM = {
    "default_fontfamily": "sansserif-bold",
    "default_fontsize": "20",
    "default_group_color": "red",
    "default_label_orientation": "vertical",
    "default_linecolor": "red",
    "default_node_color": "red",
    "default_node_style": "dashed",
    "default_shape": "ellipse",
    "default_textcolor": "red",
    "edge_layout": "flowchart",
    "node_height": "100",
    "node_width": "200",
    "orientation": "portrait",
    "shadow_style": "none",
    "span_height": "100",
    "span_width": "100",
}
OUT_OF_USE = {"default_line_color": "red", "default_text_color": "red", "fontsize": "20"}

NO_EFFECT = {
    # In blockdiag's own drawing they have none either.
    "group": {"colheight", "colwidth", "height", "icon", "stacked", "width"},
    "edge": {"colheight", "colwidth"},
    "diagram": {
        *("class", "color", "colheight", "colwidth", "fontfamily", "height", "href", "icon"),
        *("label", "linecolor", "shape", "stacked", "style", "textcolor", "thick", "width"),
    },
    "node": {"group"},
}
ELSEWHERE = {
    # Tested where they are of use: shapes need a namespace to be named without it, plugins
    # need a package.
    "diagram": {"plugin", "plugins", "shape_namespace"},
}
INTERNAL = (
    *("basecolor", "classes", "config", "crosspoints", "desctable", "drawable", "edges", "id"),
    *("int_attrs", "level", "namespace", "node1", "node2", "nodes", "order", "page_padding"),
    *("separated", "skipped", "xy", "attrname"),
)


def written(kind: str, name: str, value: str | None) -> str:
    said = name if value is None else f'{name} = "{value}"'
    places = dict.fromkeys(("diagram", "edge", "group", "node"), "")
    places[kind] = f", {said}" if kind in ("node", "edge") else f"{said};"
    return SOURCE.format(**places)


def drawn(source: str, base: Path, warnings: list[str] | None = None) -> Drawing:
    found: list[str] = []
    drawing = lay_out(source, name="x", base=base, warn=found.append)
    assert found == [] if warnings is None else found
    if warnings is not None:
        warnings += found
    return drawing


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pictures")
    Image.new("RGB", (8, 8), "red").save(folder / "picture.png")
    return folder


PLAIN = SOURCE.format(diagram="", edge="", group="", node="")


@pytest.mark.parametrize(
    ("kind", "name", "value"),
    [
        (kind, name, value)
        for kind, table in (
            ("node", NODE),
            ("edge", EDGE),
            ("group", GROUP),
            ("diagram", DIAGRAM),
        )
        for name, value in table.items()
    ],
)
def test_it_has_its_effect(kind: str, name: str, value: str | None, base: Path) -> None:
    source = written(kind, name, value)
    plain = PLAIN
    if name == "nofolded":
        source, plain = source.replace("[folded", "[folded, nofolded"), PLAIN
    if name == "style" and kind == "group":
        source, plain = (text.replace("Group;", "Group; shape = line;") for text in (source, plain))
    if name == "description":
        assert any("words" in str(table) for table in describe(source))
    else:
        assert drawn(source, base) != drawn(plain, base)


@pytest.mark.parametrize("name", OUT_OF_USE)
def test_what_is_out_of_use_works_and_is_told(name: str, base: Path) -> None:
    warnings: list[str] = []
    drawing = drawn(written("diagram", name, OUT_OF_USE[name]), base, warnings)
    assert drawing != drawn(PLAIN, base)
    assert len(warnings) == 1 and name in warnings[0]


@pytest.mark.parametrize("kind", ["node", "edge", "group", "diagram"])
@pytest.mark.parametrize("name", [*INTERNAL, "nonsense"])
def test_what_is_no_attribute_is_an_error_with_its_place(kind: str, name: str) -> None:
    source = written(kind, name, "1")
    with pytest.raises(LayoutError, match=f"unknown attribute: .*{name}") as error:
        lay_out(source, name="x")
    assert error.value.line == next(
        number for number, line in enumerate(source.split("\n"), 1) if f"{name} =" in line
    )


def test_the_tables_hold_every_attribute_that_blockdiag_takes() -> None:
    """A new release of blockdiag may bring some more."""
    node, other = elements.DiagramNode("a"), elements.DiagramNode("b")
    for kind, thing, table in (
        ("node", node, NODE),
        ("edge", elements.DiagramEdge(node, other), EDGE),
        ("group", elements.NodeGroup("g"), GROUP),
        ("diagram", elements.Diagram(), {**GROUP, **DIAGRAM, **OUT_OF_USE}),
    ):
        taken = {
            name.removeprefix("set_")
            for name in dir(thing)
            if not name.startswith("_")
            and (name.startswith("set_") or not callable(getattr(thing, name)))
        }
        taken -= {"attribute", "attributes", "default_color", "default_style", "direction"}
        taken -= {"drawable", "group", "_DiagramNode", *INTERNAL}
        if kind != "diagram":
            taken = {name for name in taken if not name.startswith("default_")}
        known = table.keys() | NO_EFFECT[kind] | ELSEWHERE.get(kind, set())
        assert taken - known == set(), kind


@pytest.mark.parametrize(
    "source",
    [
        "a [textcolor = nonsense]",
        "a -> b [textcolor = nonsense]",
        "a -> b [color = nonsense]",
        "group { color = nonsense; a }",
        "a [shape = nonsense]",
        "a [style = nonsense]",
        "a [width = wide]",
        "edge_layout = nonsense; a",
        "shadow_style = nonsense; a",
        "plugin nonsense; a",
        "plugins = nonsense; a",
        "a [class = nonsense]",
    ],
)
def test_a_value_that_is_none_is_an_error(source: str) -> None:
    with pytest.raises(LayoutError):
        lay_out(source, name="x")


def test_plugins_of_blockdiag_s_own() -> None:
    drawing = lay_out("plugin autoclass; class x [color = red]; a_x", name="x")
    assert drawing.nodes[0].fill == "#ff0000"


def test_a_namespace_is_looked_in_for_shapes() -> None:
    drawing = lay_out("shape_namespace = flowchart; a [shape = condition]", name="x")
    assert drawing.nodes[0].shape == "flowchart.condition"


def test_white_groups_are_not_seen_but_inside_of_others() -> None:
    source = "group { color = white; a; } group { color = red; group { color = white; b; } c; }"
    for drawn_group in lay_out(source, name="x").groups:
        white = drawn_group.members != ("b", "c")
        assert (drawn_group.stroke.dash.value == "none") == white
        assert drawn_group.fill == {("a",): None, ("b",): "#ffffff"}.get(
            drawn_group.members, "#ff0000"
        )


def test_a_line_without_colour_is_not_seen() -> None:
    (edge,) = lay_out("a -> b [color = none, label = says]", name="x").edges
    assert edge.stroke.dash.value == "none" and not edge.heads and edge.lines


def test_a_badge_covers_no_point() -> None:
    for shape in ("box", "circle", "actor", "endpoint", "minidiamond"):
        (node,) = lay_out(f"a [shape = {shape}, numbered = 1]", name="x").nodes
        assert node.badge is not None
        badge, box = node.badge[0], node.box
        x, y = box.center
        assert abs(badge.right - box.x) <= 12 and abs(badge.bottom - box.y) <= 12
        assert not (badge.x < x < badge.right and badge.y < y < badge.bottom)
