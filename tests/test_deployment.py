"""Flows, hosts and redundancy: a topology means what it seems to."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from docutils.core import publish_string
from docutils.writers.html5_polyglot import Writer

import diagtool
from diagtool import exporting
from diagtool.checks import readers
from diagtool.checks.verify import verify
from diagtool.guide import renderer
from diagtool.loading.loader import read
from diagtool.model import (
    Role,
    Severity,
    Topology,
    claims,
    diagram,
    diff_sentences,
    facts,
    failures,
    flows,
    port_and_host_tables,
    ports,
    wording,
)
from diagtool.model.facts import FactKind
from diagtool.model.flows import Selection
from diagtool.pictures import formats
from diagtool.pictures.drawing import Dash

DATA = Path(__file__).parent / "data" / "topologies"
GOOD = DATA / "good" / "deployment.yaml"

SAMPLE = """\
format: 1
name: Automation
zones: {a: , b: }
hosts:
  gateway1: {zone: a, address: 192.0.2.11, facts: {Memory: 16 GB, CPUs: "4"}}
  controller1: {zone: a, address: 192.0.2.21}
  controller2: {zone: b, address: 192.0.2.22}
components:
  database:
    listen: {port: 5432, protocol: postgresql, tls: true}
    cluster: {members: 3, quorum: true}
  dns_servers: {}
services:
  hub:
    replicas: 1
    runs_on: [gateway1]
    listen: [{name: https, port: 443, tls: true}]
    connections: [{to: database}]
  controller:
    runs_on: [controller1, controller2]
    listen: [{name: https, port: 8443, tls: true}]
    silenced: {no-balancer: Clients know both.}
    connections:
      - to: database                        # at the port where it listens
      - to: hub
        flows: [{listener: https, purpose: content}, {port: 50051, transport: tcp, protocol: grpc}]
      - with: controller                    # with itself
        flows: [{port: 27199, protocol: receptor, purpose: mesh}]
      - to: dns_servers
        flows: [{port: 5354, transport: tcp, opened_by: dns_servers, purpose: zone transfer}]
"""

Load = Callable[..., Topology]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """Loads a text, after edits, which must have nothing to be found."""

    def loaded(text: str = SAMPLE, *edits: tuple[str, str]) -> Topology:
        for old, new in edits:
            assert old in text
            text = text.replace(old, new, 1)
        path = tmp_path / "automation.yaml"
        path.write_text(text, encoding="utf-8")
        found = read(path)
        assert [d.message for d in found.diagnostics] == []
        assert found.topology
        return found.topology

    return loaded


def rows(topology: Topology) -> list[tuple[str, ...]]:
    return [flow.row(topology) for flow in flows.flows(topology)]


def test_sample_means_what_it_seems_to(load: Load) -> None:
    topology = load()
    unsaid = flows.NOT_STATED
    assert rows(topology) == [
        ("hub", "database", "5432", "tcp", "postgresql", "yes", "hub", ""),
        ("controller", "database", "5432", "tcp", "postgresql", "yes", "controller", ""),
        ("controller", "hub", "443", "tcp", "https", "yes", "controller", "content"),
        ("controller", "hub", "50051", "tcp", "grpc", unsaid, "controller", ""),
        ("controller", "controller", "27199", "tcp", "receptor", unsaid, "controller", "mesh"),
        (
            *("controller", "dns_servers", "5354", "tcp", unsaid, unsaid),
            *("dns_servers (to controller)", "zone transfer"),
        ),
    ]
    controller = topology.services["controller"]
    assert [(c.host, c.zone) for c in controller.instances] == [
        ("controller1", "a"),
        ("controller2", "b"),
    ]
    assert controller.replicas == 2
    assert topology.hosts["gateway1"].facts == (("Memory", "16 GB"), ("CPUs", "4"))


def test_work_goes_one_way_and_the_other_end_opens_the_connection(load: Load) -> None:
    topology = load()
    (flow,) = (f for f in flows.flows(topology) if f.destination == "dns_servers")
    assert (flow.source, flow.destination) == ("controller", "dns_servers")
    assert (flow.opener, flow.reached, flow.port) == ("dns_servers", "controller", "5354")
    assert topology.components["dns_servers"] in topology.needs("controller")


def test_nothing_needs_itself(load: Load) -> None:
    needs = [part.id for part in load().needs("controller")]
    assert needs == ["database", "hub", "dns_servers"]


@pytest.mark.parametrize(
    ("connection", "opener"),
    [
        ("to: database", "hub"),
        ("with: database", "hub"),
        ("from: database", "hub"),  # it fetches what it needs
        ("{from: database, needed: false}", "database"),
        ("from: controller", "controller"),
    ],
)
def test_who_opens_a_flow_if_it_does_not_say(load: Load, connection: str, opener: str) -> None:
    topology = load(SAMPLE, ("connections: [{to: database}]", f"connections: [{connection}]"))
    assert flows.flows(topology)[0].opener == opener


@pytest.mark.parametrize(
    ("value", "alone", "found"),
    [
        ("rabbit://<user>:<pass/word:1>@<host>:5672/", False, ("5672",)),
        ("rabbit://a:b@one:5672,a:b@two:5673/x:1", False, ("5672", "5673")),
        ("kazoo://<zookeeper url>:<zookeeper port>", False, ("<zookeeper port>",)),
        ("0.0.0.0:5354", False, ("5354",)),
        ("[::]:53", False, ("53",)),
        ("http://[2001:db8::1]:80/", False, ("80",)),
        ("2001:db8::1:80", False, ()),
        ("53:53", False, ()),
        ("mysql://a:b@host/name", False, ()),
        ("host:70000", False, ()),
        ("9001", False, ()),
        ("9001", True, ("9001",)),
    ],
)
def test_ports_in_a_value(value: str, alone: bool, found: tuple[str, ...]) -> None:
    assert ports.in_value(value, alone=alone) == found


def test_port_that_an_option_holds_stands_nowhere_else(load: Load) -> None:
    option = (
        '{config: {store: {url: "redis://store.example:6379/0"}}, connections: [{to: database}]}'
    )
    more = SAMPLE.replace("  dns_servers: {}\n", f"  dns_servers: {{}}\n  store: {option}\n")
    topology = load(
        more,
        ("connections: [{to: database}]}", "listen: {protocol: redis}}"),
        (
            "connections: [{to: database}]",
            "connections: [{to: database}, {to: store}]",
        ),
    )
    assert ("hub", "store", "6379", "tcp", "redis", "not stated", "hub", "") in rows(topology)


def test_hosts_alike_are_unfolded_and_copies_spread_over_zones() -> None:
    topology = diagtool.load(GOOD)
    nodes = [host for host in topology.hosts.values() if host.pattern == "node"]
    assert [(h.id, h.label, h.zone, h.address) for h in nodes] == [
        ("node1", "Node 1", "a", "192.0.2.31"),
        ("node2", "Node 2", "b", "192.0.2.32"),
        ("node3", "Node 3", "a", "192.0.2.33"),
        ("node4", "Node 4", "b", "192.0.2.34"),
    ]
    assert nodes[2].address_in("storage") == "node3.storage.example"
    assert nodes[2].address_in("management") == "192.0.2.33"
    hosts = [copy.host for copy in topology.components["database"].instances]
    assert hosts == ["node1", "node2", "node3"]


def test_zone_stands_for_its_hosts_and_zones_take_turns(load: Load) -> None:
    runs_on = "runs_on: [controller1, controller2]"
    topology = load(SAMPLE, (runs_on, "replicas: 2\n    runs_on: [a, b]"))
    hosts = [copy.host for copy in topology.services["controller"].instances]
    assert hosts == ["gateway1", "controller2"]


def test_more_copies_than_hosts_go_round(load: Load) -> None:
    runs_on = "runs_on: [controller1, controller2]"
    topology = load(SAMPLE, (runs_on, f"replicas: 5\n    {runs_on}"))
    numbers = [copy.host[-1] for copy in topology.services["controller"].instances if copy.host]
    assert "".join(numbers) == "12121"


def test_the_first_is_active_or_the_primary() -> None:
    topology = diagtool.load(GOOD)
    roles = {
        id: [copy.role for copy in topology.components[id].instances]
        for id in ("edge", "store", "database")
    }
    assert roles == {
        "edge": [Role.ACTIVE, Role.STANDBY],
        "store": [Role.PRIMARY, Role.REPLICA],
        "database": [None, None, None],
    }


def test_values_of_the_deployment_in_prose() -> None:
    topology = diagtool.load(GOOD)
    text = wording.plain(topology, topology.services["controller"].description)
    assert text == (
        "Reached at port 8443; 3 members of the database, of which it takes 2, are on node1, "
        "node2 and node3 in Room A and Room B. The edge is active-passive at 192.0.2.10, and the "
        "database listens at 5432."
    )


@pytest.mark.parametrize(
    ("edit", "rule"),
    [
        (
            (
                "cluster: {members: 3, quorum: true}",
                "cluster: {members: 3, quorum: true}\n    runs_on: [a]",
            ),
            "gateway1 carries 2 of the 3 members of database (rule 'shared-quorum')",
        ),
        (
            ("runs_on: [controller1, controller2]", "replicas: 2\n    runs_on: [controller2]"),
            "all 2 servers of controller run on controller2 (rule 'shared-host')",
        ),
    ],
)
def test_what_is_lost_with_one_host(tmp_path: Path, edit: tuple[str, str], rule: str) -> None:
    path = tmp_path / "t.yaml"
    path.write_text(SAMPLE.replace(*edit), encoding="utf-8")
    assert [d.message for d in read(path).diagnostics] == [rule]


CHANGES = {
    "database listens at port 5433 with tcp, postgresql and TLS, not at port 5432 with tcp, "
    "postgresql and TLS": ("5432", "5433"),
    "controller Server 2 runs on gateway1, not on controller2": (
        "runs_on: [controller1, controller2]",
        "runs_on: [controller1, gateway1]",
    ),
    "there is the host controller3": (
        "components:",
        "  controller3: {zone: b}\ncomponents:",
    ),
    "the address of the host gateway1 is “192.0.2.12”, not “192.0.2.11”": (
        "192.0.2.11",
        "192.0.2.12",
    ),
    "the Memory of the host gateway1 is “32 GB”, not “16 GB”": ("16 GB", "32 GB"),
    "the zone of the host controller1 is “b”, not “a”": (
        "controller1: {zone: a",
        "controller1: {zone: b",
    ),
    "database is a cluster of 3, primary-replica, not a cluster of 3 that decides by majority": (
        "quorum: true",
        "mode: primary-replica",
    ),
    "controller opens port 27200 of controller with tcp and receptor for mesh, not controller "
    "opens port 27199 of controller with tcp and receptor for mesh": ("27199", "27200"),
    "dns_servers opens port 5355 of controller with tcp for zone transfer, not dns_servers opens "
    "port 5354 of controller with tcp for zone transfer": ("5354", "5355"),
    "the copies of controller are not connected with each other": (
        "      - with: controller                    # with itself\n"
        "        flows: [{port: 27199, protocol: receptor, purpose: mesh}]\n",
        "",
    ),
}


@pytest.mark.parametrize("said", CHANGES)
def test_what_changed_is_told(load: Load, said: str) -> None:
    old, new = load(), load(SAMPLE, CHANGES[said])
    assert said in [change.words for change in diff_sentences.compare(old, new)]


def test_same_topology_has_no_changes(load: Load) -> None:
    assert diff_sentences.compare(load(), load()) == ()
    good = diagtool.load(GOOD)
    assert diff_sentences.compare(good, diagtool.load(GOOD)) == ()


def test_two_parts_may_be_connected_several_times_and_a_picture_shows_one_line(load: Load) -> None:
    from diagtool.model.diagram import Arrow, overview

    topology = load(
        SAMPLE,
        ("- to: hub\n", "- {from: hub, label: events}\n      - to: hub\n        label: content\n"),
    )
    edges = [e for e in overview(topology).edges if {e.tail, e.head} == {"hub", "controller"}]
    assert [(edge.arrow, edge.label) for edge in edges] == [(Arrow.BOTH, "events\ncontent")]


# --- tables ---------------------------------------------------------------------------


def test_table_of_flows_says_what_is_unknown_and_who_is_reached(load: Load) -> None:
    topology = load(SAMPLE, ("listen: {port: 5432, protocol: postgresql, tls: true}\n    ", ""))
    rows = [row.cells for row in port_and_host_tables.of_flows(topology).rows]
    unsaid = flows.NOT_STATED
    assert rows[0] == ("hub", "database", "unknown", unsaid, unsaid, unsaid, "hub", "")
    assert rows[-1][2] == "5354"
    assert rows[-1][6] == "dns_servers (to controller)"


@pytest.mark.parametrize(
    ("selection", "title", "count"),
    [
        (Selection(), "Flows", 13),
        (Selection(service="hub"), "Flows of hub", 6),
        (Selection(host="controller1"), "Flows on controller1", 9),
        (Selection(zone="b", service="cleaner"), "Flows of cleaner in Room B", 1),
        (Selection(network="storage"), "Flows over storage", 2),
    ],
)
def test_flows_are_selected_and_the_title_says_so(
    selection: Selection, title: str, count: int
) -> None:
    topology = diagtool.load(GOOD)
    table = port_and_host_tables.of_flows(topology, selection)
    assert (table.title, len(table.rows)) == (title, count)
    assert port_and_host_tables.titled(topology, title) == selection


@pytest.mark.parametrize("title", ["", "Flow", "Flows of nobody", "Flows of hub and more"])
def test_other_titles_select_nothing(title: str) -> None:
    assert port_and_host_tables.titled(diagtool.load(GOOD), title) is None


def test_table_of_hosts_shows_facts_and_what_runs(load: Load) -> None:
    table = port_and_host_tables.of_hosts(diagtool.load(GOOD))
    assert table.columns == ("Host", "Zone", "Address", "Networks", "Memory", "CPUs", "Runs")
    by_id = {row.id: dict(zip(table.columns, row.cells, strict=True)) for row in table.rows}
    assert by_id["gateway2"]["Runs"] == "edge 2 (standby)"
    assert by_id["gateway2"]["Memory"] == "16 GB"
    assert by_id["node2"]["Address"] == "192.0.2.32, node2.storage.example (storage)"
    assert by_id["node2"]["Memory"] == "not stated"
    assert by_id["node4"]["Runs"] == "nothing"


def test_tables_as_csv_and_json(load: Load) -> None:
    topology = load(SAMPLE, ("purpose: mesh", 'purpose: "=1+1, \\"mesh\\""'))
    table = port_and_host_tables.of_flows(topology)
    lines = list(csv.reader(io.StringIO(port_and_host_tables.as_csv(table))))
    assert lines[0] == list(flows.COLUMNS)
    assert lines[5][7] == '\'=1+1, "mesh"'  # a spreadsheet runs no text
    content = json.loads(port_and_host_tables.as_json(topology, table))
    assert content["rows"][5] == {
        "id": "controller",
        **dict(zip(flows.COLUMNS, table.rows[5].cells, strict=True)),
    }


@pytest.mark.parametrize("form", ["deployment.rst", "page.html"])
def test_tables_are_read_back(form: str, tmp_path: Path) -> None:
    topology = diagtool.load(GOOD)
    page = tmp_path / form
    text = renderer.render(topology)["deployment.rst"]
    if form.endswith(".html"):
        text = publish_string(text, writer=Writer(), settings_overrides={"report_level": 5})
        text = text.decode() if isinstance(text, bytes) else text
    page.write_text(text, encoding="utf-8")
    claims = [c for s in readers.read(readers.load(page)).sections for c in s.claims]
    told = {kind: c for c in claims for kind in c.kinds if kind in (FactKind.FLOW, FactKind.HOST)}
    stated = facts.state(topology)
    for kind, claim in told.items():
        expected = [fact.terms for fact in stated if fact.kind is kind]
        assert [fact.terms for fact in claim.facts] == expected
        assert len({place.line for place in claim.facts.values()}) > 5
    assert told[FactKind.FLOW].about == ("Flows",)


LIES = {
    "deployment.rst": [
        ("- 50051", "- 50052"),
        ("- 16 GB", "- 8 GB"),
        ("edge 2 (standby)", "edge 2"),
    ],
    "flows.csv": [("5354", "53"), ("content\n", "\n"), ("cleaner,store,6379", "cleaner,hub,6379")],
    "flows.json": [('"Opened by": "dns_servers', '"Opened by": "controller')],
    "hosts.csv": [("edge 2 (standby)", "edge 1"), ("192.0.2.12", "192.0.2.13")],
    "hosts.json": [("16 GB", "8 GB")],
    "inventory.yaml": [("192.0.2.31", "192.0.2.30"), ("    store_primary:", "    store_standby:")],
    "ssh_config": [("HostName 192.0.2.33", "HostName 192.0.2.3")],
    "controller1.nft": [("dport 5354", "dport 53"), ("{ $dns_servers }", "{ $gateway1 }")],
    "b.nft": [("policy drop", "policy accept")],
    "network-policies.yaml": [("port: 50051", "port: 50052"), ("192.0.2.21/32", "0.0.0.0/0")],
    "kubernetes.yaml": [("replicas: 2", "replicas: 3"), ("maxUnavailable: 1", "maxUnavailable: 2")],
    "edge.haproxy.cfg": [("192.0.2.31:443", "192.0.2.31:444")],
}
"""Edits of files that make them say something else."""


@pytest.fixture(scope="module")
def rendered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("rendered")
    for name, text in renderer.render(diagtool.load(GOOD)).items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_files_as_they_were_written_are_proved(rendered: Path) -> None:
    result = verify(diagtool.load(GOOD), [rendered])
    assert result.diagnostics == ()
    assert result.proved == result.files == len(list(rendered.iterdir()))


@pytest.mark.parametrize(
    ("name", "true", "lie"), [(name, *edit) for name, edits in LIES.items() for edit in edits]
)
def test_each_lie_is_found(rendered: Path, tmp_path: Path, name: str, true: str, lie: str) -> None:
    text = (rendered / name).read_text("utf-8")
    assert true in text
    (tmp_path / name).write_text(text.replace(true, lie, 1), "utf-8")
    result = verify(diagtool.load(GOOD), [tmp_path])
    assert {d.severity for d in result.diagnostics} == {Severity.ERROR}


@pytest.mark.parametrize(
    ("name", "one", "other"),
    [
        ("inventory.yaml", "    edge_active:", "    edge_standby:"),
        ("ssh_config", "HostName 192.0.2.11", "HostName 192.0.2.12"),
        ("hosts.csv", "edge 1 (active)", "edge 2 (standby)"),
        ("hosts.json", "edge 1 (active)", "edge 2 (standby)"),
        ("flows.csv", "27199", "5354"),
        ("network-policies.yaml", "port: 443", "port: 50051"),
        ("controller1.nft", "define gateway1 = 192.0.2.11", "define gateway2 = 192.0.2.12"),
    ],
)
def test_what_changes_places_says_something_else(
    rendered: Path, tmp_path: Path, name: str, one: str, other: str
) -> None:
    text = (rendered / name).read_text("utf-8")
    swapped = text.replace(one, "\0", 1).replace(other, one, 1).replace("\0", other, 1)
    assert sorted(swapped) == sorted(text) != swapped
    (tmp_path / name).write_text(swapped, "utf-8")
    severities = {d.severity for d in verify(diagtool.load(GOOD), [tmp_path]).diagnostics}
    harmless = name == "controller1.nft"  # the same names, defined in another order
    assert severities == {Severity.WARNING if harmless else Severity.ERROR}


@pytest.mark.parametrize("name", ["node4.nft", "node4.network-policies.yaml"])
def test_firewall_of_a_host_that_is_gone_is_left_over(
    name: str, rendered: Path, tmp_path: Path, load: Load
) -> None:
    text = (rendered / name).read_text("utf-8") if (rendered / name).exists() else HEAD
    (tmp_path / name).write_text(text, "utf-8")
    three = load(GOOD.read_text("utf-8"), ("count: 4", "count: 3"))
    (finding,) = verify(three, [tmp_path]).diagnostics
    assert (finding.code, finding.severity) == ("left-over", Severity.ERROR)
    assert "the firewall of node4" in finding.message


HEAD = "# Automation: allowed connections in Kubernetes (node4 only).\n"


def test_table_of_some_flows_is_read_back(tmp_path: Path) -> None:
    topology = diagtool.load(GOOD)
    table = port_and_host_tables.of_flows(topology, Selection(service="controller", zone="a"))
    path = tmp_path / "automation-controller.a.flows.csv"
    path.write_text(port_and_host_tables.as_csv(table), "utf-8")
    assert verify(topology, [path]).proved == 1
    path.write_text(port_and_host_tables.as_csv(table).replace("5354", "5355"), "utf-8")
    assert [d.code for d in verify(topology, [path]).diagnostics] == ["fact-differs"]


# --- pictures -------------------------------------------------------------------------


def test_view_of_the_deployment_has_hosts_inside_zones_and_roles_by_word_and_shape() -> None:
    view = diagram.view(diagtool.load(GOOD), "deployment")
    inside = {group.label: [inner.label for inner in group.groups] for group in view.groups}
    assert inside == {
        "Room A": ["gateway1", "controller1", "Node 1", "Node 3"],
        "Room B": ["gateway2", "controller2", "Node 2"],
    }
    nodes = {node.id: node for node in view.nodes}
    active, standby = nodes["edge_1"], nodes["edge_2"]
    assert (active.label, standby.label) == ("edge 1\n(active)", "edge 2\n(standby)")
    assert active.shape is not standby.shape
    assert nodes["store_1"].shape is not nodes["store_2"].shape
    address = nodes["_address_edge"]
    assert address.label == "192.0.2.10\n(virtual address)"
    assert address.shape not in (active.shape, standby.shape)
    assert [e.head for e in view.edges if e.tail == address.id] == ["edge_1"]


def test_many_lines_of_a_deployment_become_one_for_two_parts(load: Load) -> None:
    few = diagram.view(load(), "deployment")
    assert len([e for e in few.edges if "controller_server" in e.tail]) == 8
    assert not any("between all copies" in node.label for node in few.nodes)
    many = diagram.view(diagtool.load(GOOD), "deployment")
    lines = [e for e in many.edges if not e.is_loop and e.arrow is not diagram.Arrow.NONE]
    ends = [frozenset(many.parts[id] for id in (e.tail, e.head)) for e in lines]
    assert len(ends) == len(set(ends))
    (legend,) = (node.label for node in many.nodes if node.id == "_legend")
    assert "stands for those between all copies" in legend


def test_optional_dependency_is_dashed_and_explained() -> None:
    view = diagram.view(diagtool.load(GOOD), "hub")
    assert {e.head for e in view.edges if e.optional} == {"mail"}
    assert "A dashed line is optional." in {node.label for node in view.nodes}
    drawing = exporting.draw(diagtool.load(GOOD), view)
    dashed = {e.head for e in drawing.edges if e.stroke.dash is Dash.DASHED}
    assert dashed == {"mail"}


def test_ports_stand_on_lines_where_a_view_asks(load: Load) -> None:
    topology = load()
    view = diagram.view(topology, "overview-ports")
    labels = {(e.tail, e.head): e.label for e in view.edges}
    assert labels["controller", "hub"] == "443, 50051"
    assert labels["controller", "dns_servers"] == "5354 of controller"
    assert all(edge.label == "" for edge in diagram.view(topology, "overview").edges)


@pytest.mark.parametrize("name", ["overview", "controller", "deployment"])
def test_what_a_part_has_with_itself_is_a_loop_on_each_of_its_boxes(name: str, load: Load) -> None:
    topology = load(SAMPLE, ("- with: controller ", "- with: controller\n        label: cluster "))
    view = diagram.view(topology, name)
    boxes = {node.id for node in view.nodes if node.part == "controller"}
    loops = [edge for edge in view.edges if edge.is_loop]
    assert {edge.tail for edge in loops} == boxes
    assert len(loops) == len(boxes) == (1 if name == "overview" else 2)
    assert {edge.label for edge in loops} == {"cluster"}
    assert "A loop stands for what runs between the copies of a part." in view.nodes[-1].label
    ports = diagram.view(topology, f"{name}-ports")
    assert {edge.label for edge in ports.edges if edge.is_loop} == {"cluster\n27199"}
    others = diagram.view(topology, "hub")
    assert not any(edge.is_loop for edge in others.edges)


def test_view_of_networks_shows_who_is_on_which_with_addresses() -> None:
    view = diagram.view(diagtool.load(GOOD), "networks")
    labels = {(e.tail, e.head): e.label for e in view.edges}
    assert labels["management", "node"] == "192.0.2.31 … 192.0.2.34"
    assert labels["storage", "node"] == "node1.storage.example … node4.storage.example"
    assert "gateway1" not in {node.id for node in view.nodes}  # it is on none


def test_frames_have_the_name_that_they_are_given_and_one_server_has_none() -> None:
    topology = diagtool.load(GOOD)
    assert "Hub Machines" in {g.label for g in diagram.view(topology, "hub").all_groups}
    assert diagram.view(topology, "cleaner").all_groups == ()


@pytest.mark.parametrize(("servers", "folded"), [(6, False), (7, True)])
def test_servers_fold_by_the_lines_that_there_would_be(
    servers: int, folded: bool, tmp_path: Path
) -> None:
    path = tmp_path / "t.yaml"
    peers = "".join(f"      - to: c{n}\n" for n in range(4))
    components = "".join(f"  c{n}:\n" for n in range(4))
    path.write_text(
        f"format: 1\nname: T\ncomponents:\n{components}services:\n  web:\n    replicas: {servers}\n"
        f"    connections:\n{peers}",
        encoding="utf-8",
    )
    view = diagram.view(diagtool.load(path), "web")
    assert len([node for node in view.nodes if node.part == "web"]) == (1 if folded else servers)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["deployment", "networks", "overview-ports", "hub"])
def test_pictures_are_read_back(name: str, tmp_path: Path) -> None:
    topology = diagtool.load(GOOD)
    exporting.export(topology, formats.names(), tmp_path, views=[diagram.view(topology, name)])
    result = verify(topology, [tmp_path])
    assert result.diagnostics == ()
    assert result.proved == len(formats.names())
    old = topology.services["hub"]
    moved = replace(old, placements=old.placements[::-1])
    other = replace(topology, services={**topology.services, "hub": moved})
    if name in ("deployment", "hub"):
        wrong = {d.place.path for d in verify(other, [tmp_path]).diagnostics}
        assert len(wrong) == len(formats.names())


@pytest.mark.slow
@pytest.mark.parametrize("name", ["controller-ports", "deployment"])
def test_loop_that_is_gone_is_missed_in_every_format(name: str, tmp_path: Path) -> None:
    topology = diagtool.load(GOOD)
    controller = topology.services["controller"]
    others = tuple(c for c in controller.connections if c.peer != "controller")
    services = {**topology.services, "controller": replace(controller, connections=others)}
    without = replace(topology, services=services)
    exporting.export(without, formats.names(), tmp_path, views=[diagram.view(without, name)])
    assert verify(without, [tmp_path]).diagnostics == ()
    wrong = {d.place.path for d in verify(topology, [tmp_path]).diagnostics}
    assert len(wrong) == len(formats.names())


QUEUED = """\
format: 1
name: Shop
networks: {inside: }
components:
  queue: {listen: {port: 5672, protocol: amqp, network: inside}}
services:
  web:
    replicas: 2
    listen: {port: 80}
    connections: [{to: queue, on_loss: stops}]
  mailer:
    connections:
      - {to: queue, on_loss: continues}
      - {to: web, direct: false, label: over the queue, on_loss: stops}
"""


def test_what_is_not_direct_is_a_need_and_opens_no_port(tmp_path: Path) -> None:
    path = tmp_path / "shop.yaml"
    path.write_text(QUEUED)
    shop = diagtool.load(path)
    assert [part.id for part in shop.needs("mailer")] == ["queue", "web"]
    drawn = diagram.view(shop, "overview").edges
    assert ("mailer", "web", "over the queue") in {(e.tail, e.head, e.label) for e in drawn}
    ends = [(flow.opener, flow.reached) for flow in flows.flows(shop)]
    assert ends == [("web", "queue"), ("mailer", "queue")]
    assert "opens:mailer:web" not in claims.claims(shop)
    lost = failures.lose(shop, [failures.parse(shop, "web")])
    assert lost.stops("mailer")
    # What runs over no network is cut by the loss of none: web's own connection is.
    lost = failures.lose(shop, [failures.parse(shop, "network:inside")])
    assert [each.peer for each in lost.chain("mailer")] == ["web", "queue"]
    path.write_text(QUEUED.replace("direct: false, ", ""))
    assert ("mailer", "web") in [(f.opener, f.reached) for f in flows.flows(diagtool.load(path))]
