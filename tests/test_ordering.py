"""The order in which a picture is stated: it says the same, and makes a better picture."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice, permutations, product
from pathlib import Path
from statistics import median

import pytest

from bench import generated, quality, systems
from diagtool import exporting, load
from diagtool.model import Topology, diagram
from diagtool.model.diagram import Arrow, Diagram, Edge, Node
from diagtool.model.facts import of_diagram
from diagtool.pictures.layout import lay_out
from diagtool.pictures.layout.source import built
from diagtool.pictures.ordering import ordered
from diagtool.pictures.ordering.estimate import Wire, estimate
from diagtool.pictures.ordering.structure import Structure

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
DESIGNATE = ROOT / "topology" / "designate.yaml"
Views = list[tuple[Diagram, Diagram]]

NUMBERS = range(500, 506)


def system(folder: Path, number: int, *, zones: bool) -> Topology:
    path = folder / f"{number}-{zones}.yaml"
    path.write_text(generated.as_yaml(generated.system(number, zones=zones)))
    return load(path)


@pytest.fixture(scope="module")
def every_view(tmp_path_factory: pytest.TempPathFactory) -> Views:
    """Views of systems of all styles, with and without zones, and each in its order."""
    found = []
    for number in NUMBERS:
        for zones in (False, True):
            topology = system(tmp_path_factory.mktemp("systems"), number, zones=zones)
            views = (
                diagram.overview(topology),
                diagram.layout(topology, next(iter(topology.services))),
            )
            found += [(view, ordered(view)) for view in views]
    return found


def boxes(diagram: Diagram) -> dict[str, tuple[int, int]]:
    """Where blockdiag puts the boxes of a diagram."""
    with built(diagram, print) as laid_out:
        nodes = [node for node in laid_out.traverse_nodes() if node.drawable]
        return {node.id: (node.xy.x, node.xy.y) for node in nodes}


def test_an_ordered_view_says_the_same(every_view: Views) -> None:
    changed = 0
    for view, better in every_view:
        changed += better != view
        assert set(of_diagram(better)) == set(of_diagram(view))
        assert {node.id: node for node in better.nodes} == {node.id: node for node in view.nodes}
        assert better.parts == view.parts
    assert changed >= len(NUMBERS)


def test_an_ordered_view_leads_in_no_circle_and_is_drawn(
    every_view: Views,
) -> None:
    for view, better in every_view:
        drawing = lay_out(better, name="x")
        assert {node.id for node in drawing.nodes} == {node.id for node in view.nodes}
        assert len(drawing.edges) == len(view.edges)
        # Stock blockdiag never ends where edges go in a circle through a frame.
        assert len(boxes(replace(better, cells=()))) == len(view.nodes)


def test_boxes_stand_in_the_cells_that_the_search_found(every_view: Views) -> None:
    for view, better in every_view:
        there = boxes(better)
        assert len(set(there.values())) == len(there) == len(view.nodes)
        assert there == dict(better.cells)
        assert {min(axis) for axis in zip(*there.values(), strict=True)} == {0}


def test_a_peer_of_several_servers_stands_beside_the_middle_one(tmp_path: Path) -> None:
    path = tmp_path / "shop.yaml"
    path.write_text(
        "format: 1\nname: Shop\ncomponents: {lb: {front: true}, db: {}}\n"
        "services:\n  web: {replicas: 5, connections: [{from: lb}, {to: db}]}\n"
    )
    topology = load(path)
    drawing = exporting.draw(topology, diagram.layout(topology, "web"))
    middle = {node.id: node.box.center[1] for node in drawing.nodes}
    assert middle["lb"] == middle["db"] == middle["web_server_3"]


CIRCLE = """
format: 1
name: Circle
zones: {east: {}, west: {}}
components:
  one: {zone: east, connections: [{to: two}]}
  two: {zone: west, connections: [{to: three}]}
  three: {zone: east, connections: [{to: four}]}
  four: {zone: west}
services:
  web: {replicas: 4, zones: [east, west], connections: [{to: one}, {from: four}, {with: two}]}
  app: {replicas: 2, zones: [west, east], connections: [{to: web}, {from: three}]}
"""


def test_what_depends_on_each_other_in_a_circle_is_drawn(tmp_path: Path) -> None:
    path = tmp_path / "circle.yaml"
    path.write_text(CIRCLE)
    topology = load(path)
    for view in diagram.views(topology):
        drawing = exporting.draw(topology, view)
        assert len(drawing.edges) == len(view.edges)


def test_what_is_in_front_of_a_box_with_its_label_only_is_drawn(tmp_path: Path) -> None:
    path = tmp_path / "t.yaml"
    path.write_text(
        "format: 1\nname: X\nzones: {north: {}}\n"
        "components:\n"
        "  cache: {label: Proxy, zone: north, connections: [{from: edge}]}\n"
        "  edge: {label: Proxy, front: true, zone: north}\n"
        "  db: {}\n"
        "services: {api: {connections: [{to: db}]}}\n"
    )
    drawing = lay_out(ordered(diagram.overview(load(path))), name="x")
    assert {node.id for node in drawing.nodes} == {"api", "db", "cache", "edge"}


def test_the_services_of_the_reference_stay_as_they_are() -> None:
    topology = load(DESIGNATE)
    for service in topology.services:
        view = diagram.layout(topology, service)
        assert replace(ordered(view), cells=()) == view


def test_servers_and_zones_keep_their_order(every_view: Views) -> None:
    for view, better in every_view:
        zones = [group.id for group in view.groups if group.part is None]
        assert [group.id for group in better.groups if group.part is None] == zones
        servers = {g.id: g.nodes for g in view.all_groups if g.part is not None}
        assert servers == {g.id: g.nodes for g in better.all_groups if g.part is not None}


def test_what_stands_in_front_stays_in_front(every_view: Views) -> None:
    for view, better in every_view:
        fixed = {(edge.tail, edge.head) for edge in view.edges if edge.fixed}
        if not view.groups:
            assert fixed <= {(edge.tail, edge.head) for edge in better.edges}


def test_what_stands_in_front_mostly_stands_in_the_first_column(tmp_path: Path) -> None:
    columns = []
    for number in range(500, 530):
        view = diagram.overview(system(tmp_path, number, zones=False))
        cells = dict(ordered(view).cells)
        columns += [cells[id][0] for id in {edge.tail for edge in view.edges if edge.fixed}]
    assert columns.count(0) >= 0.8 * len(columns)


def test_the_shop_is_entered_from_the_left_and_its_networks_fit_a_page() -> None:
    topology = load(ROOT / "examples" / "webshop" / "topology")
    views = {view.name: view for view in diagram.views(topology)}
    assert dict(ordered(views["overview"]).cells)["edge"][0] == 0
    assert quality.ours(exporting.draw(topology, views["overview"])).crossings == 0
    assert exporting.draw(topology, views["networks"]).width < 1000
    # What a service gets its work from stands right beside its servers.
    cells = dict(ordered(views["storefront"]).cells)
    assert cells["edge"][0] == cells["session_cache"][0] == 0


def test_what_a_service_needs_stands_on_one_side(tmp_path: Path) -> None:
    path = tmp_path / "shop.yaml"
    path.write_text(
        "format: 1\nname: Shop\ncomponents: {c0: {}, c1: {}, c2: {}, c3: {}, c4: {}}\n"
        "services:\n"
        "  web: {replicas: 4, connections: [to: c0, to: c1, to: c2, to: c3, to: c4]}\n"
    )
    topology = load(path)
    drawing = exporting.draw(topology, diagram.layout(topology, "web"))
    boxes = {node.id: node.box for node in drawing.nodes}
    servers = [box for id, box in boxes.items() if id.startswith("web_server_")]
    assert all(server.right < boxes[f"c{number}"].x for server in servers for number in range(5))
    # They share one bus.
    turns = {point[0] for edge in drawing.edges for point in edge.points[1:-1]}
    assert len(turns) == 1


@pytest.mark.parametrize("zones", [False, True])
@pytest.mark.parametrize("what", ["connection", "service"])
def test_a_connection_or_service_more_moves_few_boxes(
    tmp_path: Path, what: str, zones: bool
) -> None:
    moved = []
    for number in range(500, 530):
        before = generated.system(number, zones=zones)
        pictures = []
        for at, made in enumerate((before, generated.changed(before, number)[what])):
            path = tmp_path / f"{number}-{at}.yaml"
            path.write_text(generated.as_yaml(made))
            topology = load(path)
            drawing = exporting.draw(topology, diagram.overview(topology))
            pictures.append(quality.ours(drawing))
        moved.append(pictures[0].moved(pictures[1]))
    assert median(moved) <= 0.2


def test_lines_cross_less_in_an_overview(every_view: Views) -> None:
    stated = found = 0
    for view, better in every_view:
        if view.name == "overview" and not view.groups:
            stated += quality.ours(lay_out(view, name="x")).crossings
            found += quality.ours(lay_out(better, name="x")).crossings
    assert 0 < found < stated / 2


def test_boxes_with_one_label_keep_their_order() -> None:
    nodes = [Node(f"n{n}", "Same" if n in (1, 4, 5) else f"N{n}", f"n{n}") for n in range(6)]
    pairs = [(0, 5), (0, 1), (2, 4), (3, 1), (3, 5), (2, 1), (0, 4)]
    edges = [Edge(f"n{one}", f"n{other}", Arrow.FORWARD) for one, other in pairs]
    for some in islice(permutations(nodes), 0, None, 60):
        view = Diagram("x", "X", some, (), tuple(edges))
        assert of_set(ordered(view)) == of_set(view)


def of_set(view: Diagram) -> set[object]:
    return set(of_diagram(view))


def test_two_edges_between_the_same_boxes_stay_two() -> None:
    nodes = tuple(Node(id, id, id) for id in "abcd")
    ways = [("a", "b"), ("b", "a"), ("a", "c"), ("a", "d"), ("d", "b"), ("c", "b")]
    view = Diagram("x", "X", nodes, (), tuple(Edge(*way, Arrow.FORWARD) for way in ways))
    assert len(lay_out(ordered(view), name="x").edges) == len(ways)


@pytest.mark.parametrize("seed", ["1", "2"])
def test_the_order_is_the_same_under_every_hash_seed(seed: str, tmp_path: Path) -> None:
    system(tmp_path, 505, zones=True)
    code = (
        "import sys, diagtool; from diagtool.model import diagram;"
        "from diagtool.pictures.ordering import ordered; t = diagtool.load(sys.argv[1]);"
        "print(*map(ordered, diagram.views(t)))"
    )
    command = [sys.executable, "-c", code, tmp_path / "505-True.yaml"]
    runs = [
        subprocess.run(
            command, env={"PYTHONHASHSEED": number}, capture_output=True, check=True
        ).stdout
        for number in ("0", seed)
    ]
    assert runs[0] == runs[1]


def test_the_search_knows_how_often_lines_cross(every_view: Views) -> None:
    told = drawn = 0
    for view, better in every_view:
        structure = Structure(view)
        if better.cells and not structure.frames:
            cells = {structure.numbers[id]: cell for id, cell in better.cells}
            wires = [
                Wire(link.head, link.tail, link.heads[::-1])
                if structure.is_turned(link, cells)
                else Wire(link.tail, link.head, link.heads)
                for link in structure.links
            ]
            told += estimate(cells, wires, frozenset(), ()).crossings
            drawn += quality.ours(lay_out(better, name="x")).crossings
    assert 0 < 0.75 * drawn <= told <= 1.25 * drawn


def test_no_picture_costs_less_than_is_told_at_first(every_view: Views) -> None:
    slack = []
    for view, better in every_view:
        structure = Structure(view)
        if better.cells:
            stand = {structure.numbers[id]: cell for id, cell in better.cells}
            # Boxes in each other's places cross and overlap more, and stand in frames of others.
            others = dict(zip(stand, list(stand.values())[::-1], strict=True))
            for cells in stand, others:
                rects = structure.rects(cells)
                slack.append(structure.cost(cells, rects) - structure.least_cost(cells, rects))
    assert min(slack) >= 0
    assert median(slack) > 0


def test_two_nets_in_many_channels_are_tried_in_few_orders(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each channel more would double the orders; fifty replicas have some twenty channels."""
    tried = []

    def counted(*choices: tuple[int, ...], repeat: int) -> Iterator[tuple[int, ...]]:
        tried.append(repeat)
        assert repeat <= 10, f"2 ** {repeat} orders of two nets are tried for one picture"
        return product(*choices, repeat=repeat)

    monkeypatch.setattr("diagtool.pictures.ordering.estimate.product", counted)
    document = systems.uniform(50)
    document["components"]["queue"]["connections"] = [{"to": "database"}]
    path = tmp_path / "topology.yaml"
    path.write_text(systems.as_yaml(document))
    view = diagram.view(load(path), "api")
    assert len(ordered(view).cells) == len(view.nodes)
    assert tried
