"""The blockdiag sources, read by blockdiag itself."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sample_diagrams import NASTY

import diagtool
import diagtool.blockdiag_compat

# isort: split
from blockdiag import parser
from blockdiag.builder import ScreenNodeBuilder
from blockdiag.elements import NodeGroup
from blockdiag.imagedraw.textfolder import splitlabel

from diagtool.model import Shape
from diagtool.model.diagram import Arrow, Diagram, Edge, Group, Node
from diagtool.pictures.formats import FormatError, blockdiag

ROOT = Path(__file__).parents[1]
DESIGNATE = ROOT / "topology" / "designate.yaml"


class Read(NamedTuple):
    """What blockdiag understands of a source."""

    nodes: dict[str, tuple[str, str, int | None, bool]]
    """Label, shape, width and whether it is stacked, by id."""

    groups: dict[str, tuple[str, list[str]]]
    """Label and the ids of its nodes, by id."""

    edges: list[tuple[str, str, str]]


def build(source: str) -> Any:
    return ScreenNodeBuilder.build(parser.parse_string(source))


def understood(source: str) -> Read:
    diagram = build(source)
    nodes, groups = {}, {}
    for node in diagram.traverse_nodes():
        if isinstance(node, NodeGroup):
            continue
        nodes[node.id] = (node.label, node.shape, node.width, node.stacked)
    for group in diagram.traverse_groups():
        groups[group.id] = (group.label, [node.id for node in group.nodes])
    arrows = {"forward": "->", "back": "<-", "both": "<->", "none": "--"}
    # It meets an edge again in each group around it.
    found = {id(e): (e.node1.id, arrows[e.dir], e.node2.id) for e in diagram.traverse_edges()}
    edges = list(found.values())
    return Read(nodes, groups, edges)


# --- the reference guide --------------------------------------------------------------

BALANCER = ("loadbalancer", ("L7 Load Balancer", "box", None, True))
AMQP = ("amqp_servers", ("AMQP Servers", "box", None, True))
DATABASE = ("db_servers", ("Database Servers", "flowchart.database", None, True))
DNS = ("dns_servers", ("DNS Servers", "cloud", None, True))
DLM = ("dlm_servers", ("DLM Servers", "box", None, True))

# Service: its server, its width, the components beside it, and for each server s the edges.
GUIDE: dict[str, tuple[str, int | None, list[Any], list[str]]] = {
    "api": ("API", None, [BALANCER, AMQP], ["loadbalancer -> s", "s -> amqp_servers"]),
    "central": (
        "designate-central",
        256,
        [AMQP, DATABASE],
        ["amqp_servers <-> s", "s -> db_servers"],
    ),
    "mdns": (
        "designate-mdns",
        256,
        [AMQP, DATABASE, DNS],
        ["amqp_servers <-> s", "s <- db_servers", "s -> dns_servers"],
    ),
    "worker": (
        "designate-worker",
        256,
        [AMQP, DNS],
        ["amqp_servers <-> s", "s -> dns_servers"],
    ),
    "producer": (
        "designate-producer",
        256,
        [AMQP, DLM],
        ["amqp_servers <-> s", "s -> dlm_servers"],
    ),
    "sink": ("designate-sink", 256, [AMQP], ["amqp_servers <-> s"]),
}


@pytest.mark.parametrize("service", GUIDE)
def test_source_says_what_the_guide_says(service: str, tmp_path: Path) -> None:
    name, width, components, edges = GUIDE[service]
    prefix = f"{name.lower().replace('-', '_')}_server"
    servers = [f"{prefix}_{number}" for number in (1, 2, 3)]
    topology = diagtool.load(DESIGNATE)
    diagtool.export(topology, ["blockdiag"], tmp_path)
    read = understood((tmp_path / f"designate-{service}.diag").read_text(encoding="utf-8"))
    assert read.nodes == dict(components) | {
        id: (f"{name} Server {number}", "box", width, False) for number, id in enumerate(servers, 1)
    }
    assert read.groups == {f"{prefix}s": (f"{name} Servers", servers)}
    assert sorted(read.edges) == sorted(
        tuple(id if end == "s" else end for end in edge.split()) for edge in edges for id in servers
    )


def test_source_is_one_that_a_person_would_write() -> None:
    view = next(v for v in diagtool.views(diagtool.load(DESIGNATE)) if v.name == "designate-mdns")
    assert (
        blockdiag.write(view)
        == """\
blockdiag {
  amqp_servers [label = "AMQP Servers", stacked];
  dns_servers [label = "DNS Servers", shape = cloud, stacked];
  db_servers [label = "Database Servers", shape = flowchart.database, stacked];

  group designate_mdns_servers {
    label = "designate-mdns Servers";
    designate_mdns_server_1 [label = "designate-mdns Server 1", width = 256];
    designate_mdns_server_2 [label = "designate-mdns Server 2", width = 256];
    designate_mdns_server_3 [label = "designate-mdns Server 3", width = 256];
  }

  amqp_servers <-> designate_mdns_server_1, designate_mdns_server_2, designate_mdns_server_3;
  designate_mdns_server_1, designate_mdns_server_2, designate_mdns_server_3 <- db_servers;
  designate_mdns_server_1, designate_mdns_server_2, designate_mdns_server_3 -> dns_servers;
}
"""
    )


def test_every_view_is_understood_as_it_is_meant() -> None:
    for path in (DESIGNATE, ROOT / "examples/webshop/topology"):
        for view in diagtool.views(diagtool.load(path)):
            assert_understood(view)


# --- whatever a diagram says ----------------------------------------------------------


def shown(label: str) -> list[str]:
    """The lines of a label as a reader sees them: a line break at its end begins none."""
    lines = [line.strip() for line in label.split("\n")]
    return lines if lines[-1] else lines[:-1]


def assert_understood(diagram: Diagram) -> None:
    read = understood(blockdiag.write(diagram))
    assert set(read.nodes) == {node.id for node in diagram.nodes}
    for node in diagram.nodes:
        label, shape, width, stacked = read.nodes[node.id]
        assert list(splitlabel(label)) == shown(node.label)
        assert shape == blockdiag.SHAPES.get(node.shape, node.shape.value)
        assert width == (None if node.width == blockdiag.DEFAULT_WIDTH else node.width)
        assert stacked == node.stacked
    assert set(read.groups) == {group.id for group in diagram.all_groups}
    for group in diagram.all_groups:
        label, members = read.groups[group.id]
        assert list(splitlabel(label)) == shown(group.label)
        # Layout may move a node up, next to the one that it is joined with.
        inner = {id for child in group.groups for id in child.nodes}
        assert set(members) - inner == {*group.nodes, *(child.id for child in group.groups)}
    assert sorted(read.edges) == sorted((e.tail, e.arrow.value, e.head) for e in diagram.edges)


def labelled(label: str) -> Diagram:
    """A diagram with a label wherever one can stand."""
    return Diagram(
        "hostile",
        "Hostile",
        (Node("a", label, "a"), Node("b", label, "b", Shape.DATABASE, 200, True)),
        (Group("g", label, None, ("b",)),),
        (Edge("a", "b", Arrow.FORWARD, label),),
    )


@pytest.mark.parametrize("label", NASTY)
def test_hostile_label(label: str) -> None:
    if "\xa5" in label:
        pytest.fail("blockdiag draws a yen sign as a backslash: no sample should hold one")
    try:
        diagram = labelled(label)
        assert_understood(diagram)
    except FormatError:
        assert '"""' in label
        assert "'''" in label
    else:
        (edge,) = build(blockdiag.write(diagram)).traverse_edges()
        assert list(splitlabel(edge.label)) == shown(label)


# All that the loader lets into a label, but for what blockdiag cannot draw: a yen sign is a
# backslash to it, and it parts lines wherever Python does.
characters = st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"], exclude_characters="\xa5")
hostile = st.sampled_from([*"\\\"'\n{}[];,=-<>#/*n ", "\\n", '"""', "'''", "//"])
labels = (
    st.lists(hostile | characters, min_size=1, max_size=30)
    .map("".join)
    .filter(lambda label: label.strip())
)


@settings(max_examples=400)
@given(labels)
def test_any_label_reaches_the_picture(label: str) -> None:
    try:
        assert_understood(labelled(label))
    except FormatError:
        assert '"""' in label
        assert "'''" in label


def test_label_that_blockdiag_cannot_say_is_an_error() -> None:
    with pytest.raises(FormatError, match="no way to write the text"):
        blockdiag.write(labelled("'''\"\"\""))


@pytest.mark.parametrize(
    "id",
    [
        *("blockdiag", "diagram", "group", "class", "plugin", "label", "shape", "none", "stacked"),
        *("default_shape", "orientation", "node_width", "a-b", "σ_1", "_", "1a", "日本"),
    ],
)
def test_any_id(id: str) -> None:
    nodes = (Node(id, "label", "a"), Node("other", "Other", "b"))
    edges = (Edge(id, "other", Arrow.FORWARD), Edge("other", id, Arrow.BACK))
    assert_understood(Diagram("ids", "Ids", nodes, (), edges))
    inside = (Group("g", "Group", None, (id, "other")),)
    assert_understood(Diagram("ids", "Ids", nodes, inside, edges))
    named = (Group(id + "x", "Group", None, ("other",)),)
    assert_understood(Diagram("ids", "Ids", nodes, named, edges))


@pytest.mark.parametrize("shape", Shape)
def test_every_shape_has_a_name_that_blockdiag_knows(shape: Shape) -> None:
    from blockdiag import noderenderer

    build("blockdiag { a }")  # loads the shapes
    assert noderenderer.get(blockdiag.SHAPES.get(shape, shape.value)) is not None
    assert_understood(Diagram("shapes", "Shapes", (Node("a", "A", "a", shape),), (), ()))


@pytest.mark.parametrize("arrow", Arrow)
def test_every_arrow(arrow: Arrow) -> None:
    nodes = tuple(Node(id, id, id) for id in "abc")
    edges = tuple(Edge(t, h, arrow) for t, h in ("ab", "ac", "bc", "cb"))
    assert_understood(Diagram("arrows", "Arrows", nodes, (), edges))


ids = [f"n{number}" for number in range(8)]


@st.composite
def diagrams(draw: st.DrawFn) -> Diagram:
    """Diagrams with nested groups and edges of all kinds, each pair of nodes joined once."""
    left = list(ids)

    def some() -> tuple[str, ...]:
        return tuple(left.pop() for _ in range(draw(st.integers(1, 2))) if left)

    groups = []
    for number in range(draw(st.integers(0, 2))):
        inner = tuple(
            Group(f"g{number}_{k}", f"Inner {k}", None, nodes)
            for k in range(draw(st.integers(0, 2)))
            if (nodes := some())
        )
        if (nodes := some()) or inner:
            groups.append(Group(f"g{number}", f"Group {number}", None, nodes, inner))
    pairs = draw(
        st.lists(st.tuples(st.sampled_from(ids), st.sampled_from(ids)), max_size=12, unique=True)
    )
    edges = tuple(
        Edge(tail, head, draw(st.sampled_from(Arrow)), draw(st.sampled_from(["", "x", "y"])))
        for tail, head in pairs
        if tail < head
    )
    return Diagram("any", "Any", tuple(Node(id, id, id) for id in ids), tuple(groups), edges)


@settings(max_examples=200)
@given(diagrams())
def test_any_diagram_is_understood(diagram: Diagram) -> None:
    assert_understood(diagram)


@pytest.mark.parametrize("seed", ["0", "1", "17"])
def test_same_bytes_under_every_hash_seed(seed: str) -> None:
    script = (
        "import diagtool, sys\n"
        "from diagtool.pictures.formats.blockdiag import write\n"
        "for view in diagtool.views(diagtool.load(sys.argv[1])): print(write(view))\n"
    )
    said = subprocess.run(
        [sys.executable, "-c", script, DESIGNATE],
        env=os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert said == "".join(
        f"{blockdiag.write(view)}\n" for view in diagtool.views(diagtool.load(DESIGNATE))
    )
