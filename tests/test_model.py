"""The model: what follows from other facts, and that one edit in one place changes it all."""

from __future__ import annotations

import pickle
import shutil
import subprocess
import sys
from dataclasses import FrozenInstanceError, replace
from pathlib import Path

import pytest

import diagtool
from diagtool.guide import renderer
from diagtool.model import (
    Literal,
    Option,
    Place,
    Plain,
    Replica,
    Service,
    Topology,
    node_id,
    wording,
)
from diagtool.model.diagram import layout
from diagtool.pictures.formats import blockdiag

DESIGNATE = Path(__file__).parents[1] / "topology" / "designate.yaml"
NEEDS = {
    "designate-api": ["AMQP"],
    "designate-central": ["AMQP", "Database"],
    "designate-mdns": ["AMQP", "Database", "DNS Servers"],
    "designate-worker": ["AMQP", "DNS Servers"],
    "designate-producer": ["AMQP", "DLM"],
    "designate-sink": ["AMQP"],
}


def load(tmp_path: Path, *edits: tuple[str, str], text: str | None = None) -> Topology:
    """A topology (Designate's, unless another text is given) after edits, each in one place."""
    text = text or DESIGNATE.read_text(encoding="utf-8")
    for old, new in edits:
        assert text.count(old) == 1, f"{text.count(old)} places hold {old!r}"
        text = text.replace(old, new)
    shutil.copytree(DESIGNATE.parent / "options", tmp_path / "options", dirs_exist_ok=True)
    path = tmp_path / "designate.yaml"
    path.write_text(text, encoding="utf-8")
    return diagtool.load(path)


def needs(topology: Topology, id: str) -> list[str]:
    return [part.name for part in topology.needs(id)]


def source(topology: Topology, id: str) -> str:
    return blockdiag.write(layout(topology, id))


def described(topology: Topology, id: str) -> str:
    return wording.describe(layout(topology, id))


# --- Designate ------------------------------------------------------------------------


def test_needs_are_those_of_the_guide() -> None:
    topology = diagtool.load(DESIGNATE)
    assert {id: needs(topology, id) for id in topology.services} == NEEDS


def test_facts_of_the_guide() -> None:
    topology = diagtool.load(DESIGNATE)
    assert len(topology.components) == 5
    assert {service.replicas for service in topology.services.values()} == {3}
    options = [
        (s.id, o.section, o.name, o.value) for s in topology.services.values() for o in s.options
    ]
    assert options == [
        ("designate-api", "service:api", "api_base_uri", "http://<load balancer URI>/"),
        ("designate-api", "service:api", "enable_host_header", "True"),
        ("designate-api", "oslo_middleware", "enable_proxy_headers_parsing", "true"),
        (
            "designate-producer",
            "coordination",
            "backend_url",
            "kazoo://<zookeeper url>:<zookeeper port>",
        ),
    ]
    api = topology.services["designate-api"]
    assert [snippet.alternative_to for snippet in api.snippets] == [None, "base-uri"]


def test_needed_by_is_needs_from_the_other_side() -> None:
    topology = diagtool.load(DESIGNATE)
    for component in topology.components.values():
        users = {service.id for service in topology.needed_by(component.id)}
        assert users == {id for id in NEEDS if component.name in NEEDS[id]}


# --- one edit in one place ------------------------------------------------------------


def test_replicas_are_one_edit(tmp_path: Path) -> None:
    before = diagtool.load(DESIGNATE)
    after = load(tmp_path, ("  designate-sink:\n", "  designate-sink:\n    replicas: 5\n"))
    assert source(after, "designate-sink").count("designate-sink Server ") == 5
    assert "designate_sink_server_4, designate_sink_server_5" in source(after, "designate-sink")
    assert "designate-sink Server 4 and designate-sink Server 5" in described(
        after, "designate-sink"
    )
    for id in [id for id in NEEDS if id != "designate-sink"]:
        assert source(after, id) == source(before, id)


def test_label_is_one_edit(tmp_path: Path) -> None:
    after = load(tmp_path, ("label: AMQP Servers", "label: RabbitMQ"))
    for id in NEEDS:
        assert 'amqp_servers [label = "RabbitMQ", stacked];' in source(after, id)
        assert "RabbitMQ" in described(after, id)
        assert "AMQP Servers" not in source(after, id) + described(after, id)


def test_name_is_one_edit(tmp_path: Path) -> None:
    after = load(tmp_path, ("name: AMQP\n", "name: RabbitMQ\n"))
    for id in NEEDS:
        assert needs(after, id)[0] == "RabbitMQ"
    page = "".join(renderer.render(after).values())
    assert "RabbitMQ" in page
    assert "AMQP" not in page.replace("AMQP Servers", "")


def test_connection_is_one_edit(tmp_path: Path) -> None:
    sink = "  designate-sink:\n    description: Turns the notifications of other services into "
    sink += "records.\n    connections:\n"
    after = load(tmp_path, (sink, f"{sink}      - to: dns_servers\n"))
    assert needs(after, "designate-sink") == ["DNS Servers", "AMQP"]
    assert (
        "designate_sink_server_1, designate_sink_server_2, designate_sink_server_3 -> dns_servers;"
        in source(after, "designate-sink")
    )
    assert 'dns_servers [label = "DNS Servers", shape = cloud' in source(after, "designate-sink")
    assert "An arrow leads from each of the designate-sink Servers to DNS Servers." in described(
        after, "designate-sink"
    )
    page = renderer.render(after)["guide.rst"]
    section = page.split("designate-sink\n------")[1]
    assert "DNS Servers" in section


def test_arrow_is_one_edit_and_changes_no_need(tmp_path: Path) -> None:
    after = load(tmp_path, ("- from: db_servers", "- to: db_servers"))
    id = "designate-mdns"
    servers = "designate_mdns_server_1, designate_mdns_server_2, designate_mdns_server_3"
    assert f"{servers} <- db_servers;" in source(diagtool.load(DESIGNATE), id)
    assert f"{servers} -> db_servers;" in source(after, id)
    sentence = "An arrow leads from each of the designate-mdns Servers to Database Servers."
    assert sentence in described(after, id)
    assert sentence not in described(diagtool.load(DESIGNATE), id)
    assert needs(after, id) == NEEDS[id]


# --- what follows from other facts ----------------------------------------------------

SHOP = """\
format: 1
name: Shop
zones:
  north:
  south:
components:
  proxy:
    front: true
  queue:
    zone: north
services:
  web:
    server: Web Server
    replicas: 5
    zones: [north, south]
    connections:
      - from: proxy
      - with: queue
      - to: cron
  cron:
    connections:
      - from: queue
        needed: false
      - to: proxy
        needed: true
"""


def test_need_follows_from_the_peer_unless_the_connection_says_otherwise(tmp_path: Path) -> None:
    shop = load(tmp_path, text=SHOP)
    assert needs(shop, "web") == ["queue", "cron"]
    assert needs(shop, "cron") == ["proxy"]
    assert [service.id for service in shop.needed_by("cron")] == ["web"]


@pytest.mark.parametrize("arrow", ["from", "to", "with"])
def test_arrow_at_the_front_changes_no_need(tmp_path: Path, arrow: str) -> None:
    shop = load(tmp_path, ("- from: proxy", f"- {arrow}: proxy"), text=SHOP)
    assert needs(shop, "web") == ["queue", "cron"]


def test_connections_know_both_ends(tmp_path: Path) -> None:
    shop = load(tmp_path, text=SHOP)
    first, second, third = shop.services["web"].connections
    assert (first.source, first.target) == ("proxy", "web")
    assert (second.source, second.target) == ("web", "queue")
    assert (third.source, third.target) == ("web", "cron")
    assert [(c.owner, c.peer) for c in shop.connections_of("cron")] == [
        ("cron", "queue"),
        ("cron", "proxy"),
        ("web", "cron"),
    ]


def test_servers_stand_in_zones_in_turn(tmp_path: Path) -> None:
    web = load(tmp_path, text=SHOP).services["web"]
    assert web.group_id == "web_servers"
    assert web.instances[1] == Replica("web_server_2", "Web Server 2", 2, "south")
    assert [replica.zone for replica in web.instances] == [
        "north",
        "south",
        "north",
        "south",
        "north",
    ]


def test_part_is_found_by_its_id(tmp_path: Path) -> None:
    shop = load(tmp_path, text=SHOP)
    assert [part.id for part in shop.parts] == ["proxy", "queue", "web", "cron"]
    assert shop.part("web") is shop.services["web"]
    assert shop.part("queue") is shop.components["queue"]
    with pytest.raises(KeyError):
        shop.part("nothing")
    with pytest.raises(KeyError):
        shop.services["web"].snippet("nothing")


@pytest.mark.parametrize(
    ("label", "id"),
    [
        ("API Servers", "api_servers"),
        ("designate-central Server", "designate_central_server"),
        ("  L7 (Load) Balancer! ", "l7_load_balancer"),
        ("Σέρβερ 日本", "σέρβερ_日本"),
        ("!?", "_"),
    ],
)
def test_node_id(label: str, id: str) -> None:
    assert node_id(label) == id


def test_placeholders_of_a_value() -> None:
    assert Option("s", "n", "kazoo://<url>:<port>").placeholders == ("url", "port")
    assert Option("s", "n", "a < b > c <> d").placeholders == (" b ",)


def test_text_of_a_topology_is_the_same_in_each_run() -> None:
    """A site records a digest of it, to tell whether it has changed."""
    program = f"import diagtool; print(diagtool.load({str(DESIGNATE)!r}))"
    texts = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
            capture_output=True,
            check=True,
        ).stdout
        for seed in "123"
    }
    assert len(texts) == 1


def test_facts_are_the_same_where_they_say_the_same(tmp_path: Path) -> None:
    one, same, other = (Option("s", "n", text, place=Place(text)) for text in ("a", "a", "b"))
    moved = replace(one, place=Place("elsewhere"))
    assert one == same == moved != other
    assert len({one, same, moved, other}) == 2
    assert Plain("text") != Literal("text")
    assert Plain("text") != "text"
    assert repr(Plain("text")) == "Plain(text='text')"
    assert "place" not in repr(one)
    assert pickle.loads(pickle.dumps(one)) == one
    assert load(tmp_path) == load(tmp_path) != load(tmp_path, ("label: AMQP", "label: Queue"))


def test_model_is_frozen(tmp_path: Path) -> None:
    service = Service("web", "web", "Web Server")
    with pytest.raises(FrozenInstanceError):
        service.replicas = 5  # type: ignore[misc]


def test_place_makes_no_difference(tmp_path: Path) -> None:
    """A fact is the same wherever it is written, so that reordering a file changes nothing."""
    one = Service("web", "web", "Web Server", place=Place("a.yaml", 1, 1))
    assert one == Service("web", "web", "Web Server", place=Place("b.yaml", 9, 9))
    assert load(tmp_path, text=SHOP) == load(tmp_path, text=f"# moved down\n{SHOP}")


def test_model_knows_neither_yaml_nor_sphinx() -> None:
    script = (
        "import sys, types, importlib.util\n"
        "package = types.ModuleType('diagtool'); package.__path__ = [sys.argv[1]]\n"
        "sys.modules['diagtool'] = package\n"
        "import diagtool.model.diagram\n"
        "print(*sorted(sys.modules))\n"
    )
    said = subprocess.run(
        [sys.executable, "-c", script, Path(diagtool.__file__).parent],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    assert "diagtool.model.diagram" in said
    assert not {"yaml", "sphinx", "docutils", "jinja2", "blockdiag"} & set(said)
