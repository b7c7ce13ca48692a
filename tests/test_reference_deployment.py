"""A reference deployment, whole: one edit of its topology, and everything made from it follows."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import pytest

import diagtool
from diagtool import exporting
from diagtool.checks.verify import verify
from diagtool.guide import renderer
from diagtool.model import Severity, Topology, diagram, diff_sentences
from diagtool.pictures import formats

REFERENCE = Path(__file__).parent / "data" / "topologies" / "good" / "reference.yaml"
VIEWS = ("overview-ports", "deployment")
FORMATS = ("svg", "drawio", "pptx")


def edited(folder: Path, *edits: tuple[str, str]) -> Topology:
    """The topology after edits, each of a text that stands in it once."""
    folder.mkdir(exist_ok=True)
    text = REFERENCE.read_text("utf-8")
    for old, new in edits:
        assert text.count(old) == 1
        text = text.replace(old, new)
    path = folder / "reference.yaml"
    path.write_text(text, "utf-8")
    return diagtool.load(path)


def made(topology: Topology, folder: Path, names: tuple[str, ...] = FORMATS) -> Path:
    """A folder with the guide, its tables and config files, and the pictures."""
    folder.mkdir()
    for name, text in renderer.render(topology).items():
        (folder / name).write_text(text, encoding="utf-8")
    views = [diagram.view(topology, name) for name in VIEWS]
    exporting.export(topology, names, folder, views=views)
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def words(content: bytes) -> str:
    """What a file says, and a deck in its slides."""
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as deck:
            slides = sorted(name for name in deck.namelist() if "/slides/slide" in name)
            # A place in a tag may happen to hold the digits of a port.
            content = re.sub(rb"<[^>]*>", b" ", b"\n".join(map(deck.read, slides)))
    return content.decode("utf-8", "replace")


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(diagtool.load(REFERENCE), tmp_path_factory.mktemp("reference") / "old")


@pytest.mark.slow
def test_tables_inventory_firewalls_and_pictures_are_all_read_back(tmp_path: Path) -> None:
    topology = diagtool.load(REFERENCE)
    assert len(topology.hosts) == 8
    folder = made(topology, tmp_path / "all", formats.names())
    rows = (folder / "flows.csv").read_text("utf-8").splitlines()[1:]
    assert len(rows) == 18
    assert len((folder / "hosts.csv").read_text("utf-8").splitlines()[1:]) == 8
    result = verify(topology, [folder])
    assert result.diagnostics == ()
    assert result.proved == result.files > 50


EDITS = {
    "a port": ("https, port: 8443", "https, port: 9443"),
    "a service's host": ("runs_on: [hub1, hub2]", "runs_on: [hub1, events2]"),
    "who is active": ("runs_on: [gateway1, gateway2]", "runs_on: [gateway2, gateway1]"),
    "a fact of a host": ("Memory: 32 GB", "Memory: 64 GB"),
}


@pytest.mark.slow
@pytest.mark.parametrize("what", EDITS)
def test_each_file_follows_one_edit_and_an_old_one_is_found(
    what: str, old: Path, tmp_path: Path
) -> None:
    topology = edited(tmp_path / "topology", EDITS[what])
    before, after = contents(old), contents(made(topology, tmp_path / "new"))
    stale = {name for name in before if before[name] != after.get(name)}
    assert stale
    # Who is active changes the order of addresses in a firewall, not what it lets through.
    firewalls = {name for name in stale if name.endswith((".nft", "network-policies.yaml"))}
    reordered = firewalls if what == "who is active" else set()
    found = {(Path(d.place.path).name, d.severity) for d in verify(topology, [old]).diagnostics}
    assert found == {
        (name, Severity.WARNING if name in reordered else Severity.ERROR) for name in stale
    }


@pytest.mark.slow
def test_a_changed_port_stands_wherever_the_old_one_stood(old: Path, tmp_path: Path) -> None:
    topology = edited(tmp_path / "topology", EDITS["a port"])
    new = contents(made(topology, tmp_path / "new"))
    before = {name for name, content in contents(old).items() if "8443" in words(content)}
    assert before >= {
        *("guide.rst", "deployment.rst", "flows.csv", "flows.json"),
        *("controller1.nft", "controller2.nft", "a.nft", "b.nft", "backend.nft"),
        *("network-policies.yaml", "kubernetes.yaml"),
        *("overview-ports.svg", "overview-ports.pptx", "overview-ports.drawio"),
    }
    assert {name for name, content in new.items() if "9443" in words(content)} == before
    assert not [name for name, content in new.items() if "8443" in words(content)]
    assert "Its API is at port 9443" in words(new["guide.rst"])


@pytest.mark.slow
def test_a_service_that_moves_is_gone_from_where_it_was(old: Path, tmp_path: Path) -> None:
    topology = edited(tmp_path / "topology", EDITS["a service's host"])
    new = {
        name: words(content) for name, content in contents(made(topology, tmp_path / "n")).items()
    }
    assert "redis 2 (read replica), Hub 2, Event Server 2" in new["hosts.csv"]
    assert re.search(r"(?m)^hub2,.*,nothing$", new["hosts.csv"])
    assert "served by hub1 and events2 in Zone A and Zone B" in " ".join(new["guide.rst"].split())
    inventory = new["inventory.yaml"]
    assert re.search(r"(?m)^    hub:\n      hosts:\n        hub1: .*\n        events2:", inventory)
    assert "dport 8444" in new["events2.nft"]
    assert "dport 8444" not in new["hub2.nft"]
    frames = {group.id: group.nodes for group in diagram.view(topology, "deployment").all_groups}
    assert "hub_2" in frames["events2"]
    assert "hub2" not in frames
    assert "hub2" not in new["deployment.svg"]


GATEWAYS = "runs_on: [gateway1, gateway2]"
REDIS = "redis:\n    runs_on: [events1, events2]"
HUB2 = "  hub2: {zone: b, address: 192.0.2.32, networks: [backend], facts: *small}\n"


@pytest.mark.parametrize(
    ("edits", "said"),
    [
        (
            [(HUB2, ""), ("[hub1, hub2]", "[hub1, events2]")],
            ["there is no longer the host hub2", "Hub 2 runs on events2, not on hub2"],
        ),
        (
            [(HUB2, f"{HUB2}  hub3: {{zone: a}}\n"), ("[hub1, hub2]", "[hub1, hub2, hub3]")],
            [
                "there is the host hub3",
                "the number of servers of hub is 3, not 2",
                "Hub 3 runs on hub3",
            ],
        ),
        ([("hub2: {zone: b", "hub2: {zone: a")], ["the zone of the host hub2 is “a”, not “b”"]),
        (
            [("port: 5432", "port: 5433")],
            [
                "database listens at port 5433 with tcp, postgresql and TLS, "
                "not at port 5432 with tcp, postgresql and TLS"
            ],
        ),
        (
            [(GATEWAYS, "runs_on: [gateway2, gateway1]")],
            [
                "Gateway 1 (active) runs on gateway2, not on gateway1",
                "Gateway 2 (standby) runs on gateway1, not on gateway2",
            ],
        ),
        (
            [(REDIS, "redis:\n    runs_on: [events2, events1]")],
            [
                "redis 1 (primary) runs on events2, not on events1",
                "redis 2 (read replica) runs on events1, not on events2",
            ],
        ),
        (
            [("mode: primary-replica", "mode: active-passive")],
            ["redis is a cluster, active-passive, not a cluster, primary-replica"],
        ),
    ],
)
def test_what_differs_is_told(
    edits: list[tuple[str, str]], said: list[str], tmp_path: Path
) -> None:
    old, new = diagtool.load(REFERENCE), edited(tmp_path, *edits)
    changes = [
        change.words for change in diff_sentences.compare(old, new) if not change.is_of_losses
    ]
    assert changes == said


def test_work_goes_one_way_and_the_connection_is_opened_the_other_way(tmp_path: Path) -> None:
    """The controller hands zones to name servers, which pull them from its port 5354."""
    topology = diagtool.load(REFERENCE)
    folder = tmp_path / "made"
    folder.mkdir()
    for name, text in renderer.render(topology).items():
        (folder / name).write_text(text, encoding="utf-8")
    flows = (folder / "flows.csv").read_text("utf-8").splitlines()
    opened = "name servers (to controller)"
    assert f"controller,name servers,5354,tcp,not stated,not stated,{opened},zone transfer" in flows
    for host in ("controller1", "controller2"):
        rules = (folder / f"{host}.nft").read_text("utf-8")
        assert "ip saddr { $dns_servers } tcp dport 5354 accept" in rules
    others = [path.name for path in folder.glob("*[12].nft") if "5354" in path.read_text("utf-8")]
    assert sorted(others) == ["controller1.nft", "controller2.nft"]
    policies = (folder / "network-policies.yaml").read_text("utf-8")
    assert re.search(
        r"cidr: 192\.0\.2\.53/32\n\s+ports:\n\s+- protocol: TCP\n\s+port: 5354", policies
    )
    (line,) = (
        edge
        for edge in diagram.view(topology, "overview-ports").edges
        if "dns_servers" in (edge.tail, edge.head)
    )
    assert (line.tail, line.arrow, line.head) == (
        "controller",
        diagram.Arrow.FORWARD,
        "dns_servers",
    )
    assert "5354 of controller" in line.label
    assert "dns_servers" in [part.id for part in topology.needs("controller")]
    assert not topology.needs("dns_servers")
    assert "* name servers" in (folder / "guide.rst").read_text("utf-8")
