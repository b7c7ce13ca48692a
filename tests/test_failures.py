"""What is lost and what it does, beside an oracle that walks a graph of its own."""

from __future__ import annotations

import json
import random
import re
import shutil
import zipfile
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import networkx
import pytest

from diagtool.cli.main import main
from diagtool.model import (
    AtLeast,
    Cluster,
    Component,
    Connection,
    Direction,
    Replica,
    Service,
    Topology,
    failure_report,
)
from diagtool.model.failures import (
    SHARED,
    Analysis,
    Failure,
    Loss,
    LossError,
    LossKind,
    State,
    carrying,
    every_loss,
    lose,
    parse,
    single_points,
    tolerances,
)
from diagtool.model.topology import (
    Effect,
    Flow,
    Host,
    Mode,
    Network,
    OnLoss,
    Placement,
    Zone,
)

ROOT = Path(__file__).parents[1]

WORKS, DEGRADED, NOT_STATED, STOPPED = State

BLOCKS = [0, *(pytest.param(block, marks=pytest.mark.slow) for block in range(1, 10))]
"""A hundred random systems each."""


LOADS = [AtLeast(count, fewer) for count in (1, 1, 2) for fewer in (*Effect, None)]
LOADS = [load for load in LOADS if load.fewer is not Effect.CONTINUES]


def system(seed: int) -> Topology:
    """A random system: clusters and single parts, in zones and on hosts, all stated or not."""
    chance = random.Random(seed)
    zones = {f"z{n}": Zone(f"z{n}", f"Zone {n}") for n in range(chance.randint(0, 3))}
    networks = {f"n{n}": Network(f"n{n}", f"Network {n}") for n in range(chance.randint(0, 2))}
    hosts = {
        f"h{n}": Host(
            f"h{n}",
            f"Host {n}",
            chance.choice((None, *zones)),
            networks=tuple(chance.sample(list(networks), chance.randint(0, len(networks)))),
        )
        for n in range(chance.choice((0, 0, 2, 3, 4)))
    }
    ids = [f"c{n}" for n in range(chance.randint(1, 5))] + [
        f"s{n}" for n in range(chance.randint(1, 6))
    ]

    def connections(id: str) -> tuple[Connection, ...]:
        others = [other for other in ids if other != id and (id[0] == "s" or other[0] == "c")]
        peers = chance.sample(others, min(len(others), chance.randint(0, 3)))
        return tuple(
            Connection(
                id,
                peer,
                chance.choice(tuple(Direction)),
                chance.choice((None, None, True, False)),
                flows=tuple(
                    Flow(network=chance.choice((None, *networks)))
                    for _ in range(chance.randint(0, 2))
                ),
                on_loss=chance.choice((None, *(OnLoss(effect) for effect in Effect))),
            )
            for peer in peers
        )

    def cluster() -> Cluster | None:
        if chance.random() < 0.5:
            return None
        members, mode = chance.choice((None, 1, 2, 3, 5)), chance.choice((None, *Mode))
        return Cluster(members, chance.random() < 0.6, mode)

    def placements(count: int | None) -> tuple[Placement, ...]:
        if not hosts or not count or chance.random() < 0.4:
            return ()
        placed = [chance.choice(tuple(hosts.values())) for _ in range(count)]
        return tuple(Placement(host.id, host.zone) for host in placed)

    clusters = {id: cluster() for id in ids}
    replicas = {id: chance.randint(1, 4) for id in ids}

    components = {
        id: Component(
            id,
            id,
            id,
            front=chance.random() < 0.2,
            cluster=clusters[id],
            placements=placements(each.members if (each := clusters[id]) else None),
            zone=chance.choice((None, *zones)),
            connections=connections(id),
            critical=chance.random() < 0.2,
        )
        for id in ids
        if id[0] == "c"
    }
    services = {
        id: Service(
            id,
            id,
            id,
            replicas=replicas[id],
            placements=placements(replicas[id]),
            zones=tuple(chance.sample(list(zones), chance.randint(0, len(zones)))),
            at_least=chance.choice((None, *LOADS)),
            connections=connections(id),
            critical=chance.random() < 0.4,
        )
        for id in ids
        if id[0] == "s"
    }
    return Topology("t", "T", components, services, zones, networks=networks, hosts=hosts)


def lost(losses: list[Loss], kind: LossKind) -> set[str]:
    return {loss.id for loss in losses if loss.kind is kind}


def own_state(topology: Topology, id: str, losses: list[Loss]) -> State:
    """How a part is by its own copies, worked out copy by copy."""
    part = topology.part(id)
    gone, mine = lost(losses, LossKind.ZONE), {loss.kind for loss in losses if loss.id == id}
    down = lost(losses, LossKind.HOST)
    for host in topology.hosts.values():
        if host.networks and not set(host.networks) - lost(losses, LossKind.NETWORK):
            down.add(host.id)
    if LossKind.ALL in mine:
        return STOPPED
    copies: list[Replica] = list(part.instances)
    if not copies:
        return STOPPED if isinstance(part, Component) and part.zone in gone else WORKS
    left = [copy for copy in copies if copy.zone not in gone and copy.host not in down]
    if LossKind.QUORUM in mine:
        while 2 * len(left) > len(copies):
            left.pop()
    if LossKind.ALL_BUT_ONE in mine:
        left = left[:1]
    if LossKind.ONE in mine and left:
        left.pop()
    if len(left) == len(copies):
        return WORKS
    if not left:
        return STOPPED
    if part.cluster and part.cluster.quorum:
        return WORKS if 2 * len(left) > len(copies) else STOPPED
    if isinstance(part, Service) and part.at_least is not None:
        fewer = {Effect.STOPS: STOPPED, Effect.DEGRADES: DEGRADED, None: NOT_STATED}
        return WORKS if len(left) >= part.at_least.servers else fewer[part.at_least.fewer]
    active_passive = part.cluster and part.cluster.mode is Mode.ACTIVE_PASSIVE
    return WORKS if active_passive else NOT_STATED


def over_the_network(c: Connection, losses: list[Loss]) -> State:
    """How the other end of a connection looks from here, as far as the way there goes."""
    if f"{c.owner}/{c.peer}" in lost(losses, LossKind.PATH):
        return STOPPED
    gone = [flow.network in lost(losses, LossKind.NETWORK) for flow in c.flows]
    return STOPPED if gone and all(gone) else NOT_STATED if any(gone) else WORKS


def oracle(topology: Topology, losses: list[Loss]) -> dict[str, State]:
    """The state of every part, by what can be reached in graphs of what depends on what."""
    own = {part.id: own_state(topology, part.id, losses) for part in topology.parts}
    stops, unsure = networkx.DiGraph(), networkx.DiGraph()
    stops.add_nodes_from(own)
    unsure.add_nodes_from(own)
    for c in topology.connections:
        if c.on_loss is None:
            if c.needed is not False:
                unsure.add_edge(c.peer, c.owner)
        elif c.on_loss.effect is Effect.STOPS:
            stops.add_edge(c.peer, c.owner)
            unsure.add_edge(c.peer, c.owner)
        elif c.on_loss.effect is Effect.DEGRADES:
            unsure.add_edge(c.peer, c.owner)

    def after(graph: networkx.DiGraph, seeds: set[str]) -> set[str]:
        return seeds.union(*(networkx.descendants(graph, seed) for seed in seeds))

    ways = {c: over_the_network(c, losses) for c in topology.connections}
    cut = [(c, c.on_loss.effect if c.on_loss else None) for c, way in ways.items() if way != WORKS]
    stopped = after(
        stops,
        {id for id, state in own.items() if state is STOPPED}
        | {c.owner for c, does in cut if does is Effect.STOPS and ways[c] is STOPPED},
    )
    seeds = {id for id, state in own.items() if state is NOT_STATED} - stopped
    seeds |= {
        c.owner
        for c, does in cut
        if (does is None and c.needed is not False)
        or (does in (Effect.STOPS, Effect.DEGRADES) and ways[c] is NOT_STATED)
    }
    seeds |= {
        c.owner
        for c in topology.connections
        if c.peer in stopped and c.on_loss is None and c.needed is not False
    }
    unsure.remove_nodes_from(stopped)
    unknown = after(unsure, seeds - stopped)
    degraded = {id for id, state in own.items() if state is DEGRADED}
    degraded |= {c.owner for c, does in cut if does is Effect.DEGRADES and ways[c] is STOPPED}
    degraded |= {
        c.owner
        for c in topology.connections
        if c.peer in stopped and c.on_loss and c.on_loss.effect is Effect.DEGRADES
    }
    return {
        id: STOPPED
        if id in stopped
        else NOT_STATED
        if id in unknown
        else DEGRADED
        if id in degraded
        else WORKS
        for id in own
    }


def states(failure: Failure) -> dict[str, State]:
    return {id: outcome.state for id, outcome in failure.outcomes.items()}


@pytest.mark.parametrize("block", BLOCKS)
def test_states_agree_with_the_oracle(block: int) -> None:
    for seed in range(block * 100, block * 100 + 100):
        topology = system(seed)
        known = list(every_loss(topology))
        chance = random.Random(seed)
        for _ in range(6):
            losses = chance.sample(known, min(len(known), chance.randint(0, 3)))
            failure = lose(topology, losses)
            assert states(failure) == oracle(topology, losses), (seed, losses)
            for id in failure.outcomes:
                assert_leads_to_a_cause(topology, failure, id)


def assert_leads_to_a_cause(topology: Topology, failure: Failure, id: str) -> None:
    chain = failure.chain(id)
    at = id
    for connection in chain:
        assert connection.owner == at
        at = connection.peer
    losses = list(failure.losses)
    if chain and failure.outcomes[chain[-1].owner].cut:
        assert over_the_network(chain[-1], losses) is not WORKS
    elif failure.state(id) is not WORKS:
        assert own_state(topology, at, losses) is not WORKS


@pytest.mark.parametrize("block", BLOCKS)
def test_tolerances_agree_with_trying_every_set(block: int) -> None:
    for seed in range(block * 100, block * 100 + 100):
        topology = system(seed)
        analysis = Analysis(topology)
        for id in topology.services:
            for found in tolerances(analysis, id):
                if found.kind in SHARED:
                    assert found.exact
                    assert found.stands == of_sets(topology, id, found.kind), (seed, id, found)
                elif found.part == id:
                    needed = carrying(topology.part(id))
                    lost_one = oracle(topology, [Loss(LossKind.ONE, id)])[id]
                    assert (found.stands is None) == (needed is None)
                    if found.stands:
                        assert lost_one is WORKS
                else:
                    lost_one = oracle(topology, [Loss(LossKind.ONE, found.part)])[id]
                    assert bool(found.stands) == (lost_one is WORKS), (seed, id, found)


def shared(topology: Topology) -> list[Loss]:
    return [loss for loss in every_loss(topology) if loss.kind in SHARED]


def of_sets(topology: Topology, id: str, kind: LossKind) -> int | None:
    losses = [loss for loss in shared(topology) if loss.kind is kind]
    for count in range(1, len(losses) + 1):
        found = {oracle(topology, list(lost))[id] for lost in combinations(losses, count)}
        if found != {WORKS}:
            return None if count == 1 and max(found) is NOT_STATED else count - 1
    return len(losses)


@pytest.mark.parametrize("block", BLOCKS)
def test_single_points_agree_with_trying_every_loss(block: int) -> None:
    for seed in range(block * 100, block * 100 + 100):
        topology = system(seed)
        critical = [part.id for part in topology.parts if part.critical]
        singles = [
            Loss(LossKind.ONE if len(part.instances) > 1 else LossKind.ALL, part.id)
            for part in topology.parts
        ]
        singles += shared(topology)
        singles += [Loss(LossKind.PATH, f"{c.owner}/{c.peer}") for c in topology.connections]
        expected = {}
        for single in singles:
            after = oracle(topology, [single])
            expected[single] = tuple(id for id in critical if after[id] is STOPPED)
        found = dict(single_points(topology))
        assert found == {loss: ids for loss, ids in expected.items() if ids}, seed


def test_a_need_is_not_a_failure_mode() -> None:
    need = Connection("s", "c", Direction.TO)
    topology = Topology(
        "t",
        "T",
        {"c": Component("c", "c", "c")},
        {"s": Service("s", "s", "s", connections=(need,))},
    )
    assert lose(topology, [Loss(LossKind.ALL, "c")]).state("s") is NOT_STATED


def test_what_is_cut_off_is_told_without_going_round() -> None:
    """Two parts that stop without each other, and whose path is cut."""
    stops = OnLoss(Effect.STOPS)
    there = Connection("a", "b", Direction.TO, on_loss=stops)
    back = Connection("b", "a", Direction.TO, on_loss=stops)
    topology = Topology(
        "t",
        "T",
        {},
        {
            "a": Service("a", "a", "a", connections=(there,)),
            "b": Service("b", "b", "b", connections=(back,)),
        },
    )
    failure = lose(topology, [parse(topology, "path:a/b")])
    assert states(failure) == {"a": STOPPED, "b": STOPPED}
    assert failure.chain("b") == (back, there)


def test_a_loss_that_nobody_knows_names_those_that_there_are() -> None:
    topology = system(3)
    with pytest.raises(LossError) as error:
        parse(topology, "nothing")
    assert "s0" in error.value.known
    for loss in every_loss(topology):
        assert parse(topology, str(loss)) == loss


@pytest.mark.slow
def test_three_losses_among_a_thousand_services() -> None:
    stops = OnLoss(Effect.STOPS)
    services = {
        f"s{n}": Service(
            f"s{n}",
            f"s{n}",
            f"s{n}",
            at_least=AtLeast(1),
            connections=tuple(
                Connection(f"s{n}", f"s{m}", Direction.TO, on_loss=stops)
                for m in {n // 2, n // 3, n - 1}
                if 0 <= m < n
            ),
        )
        for n in range(1000)
    }
    topology = Topology("t", "T", {}, services)
    failure = lose(topology, [parse(topology, id) for id in ("s0", "s500", "s999")])
    assert failure.state("s998") is STOPPED
    assert "s998: stopped" in failure_report.as_text(topology, failure)
    everything = replace(
        topology, services={id: replace(s, critical=True) for id, s in services.items()}
    )
    # Everything depends on the first service, nothing on the last.
    points = {str(loss): stopped for loss, stopped in single_points(everything)}
    assert len(points["path:s1/s0"]) == 999
    assert points["path:s999/s998"] == ("s999",)


SHOP = """
format: 1
name: Shop
zones: {north: {}, south: {}}
components:
  db: {name: database, cluster: {members: 3, quorum: true}}
  cache: {}
services:
  web:
    replicas: 4
    at_least: 2
    critical: true
    zones: [north, south]
    connections:
      - {to: db, on_loss: {effect: stops, text: No order can be placed.}}
      - {to: cache, on_loss: degrades}
  mail: {connections: [{to: db}]}
promises:
  - {text: The shop stays open when either zone is lost., lost: ["zone:*"], still: [web]}
"""


@pytest.mark.parametrize(
    ("losses", "status", "lines"),
    [
        ("db:one", 0, ["  database, cache, web and mail: works"]),
        ("cache", 0, ["  web (critical): degraded", "    web is degraded without cache."]),
        (
            "db:quorum",
            1,
            [
                "  web (critical): stopped",
                "    1 of 3 members of database is left; a quorum is 2.",
                "    web stops without database. No order can be placed.",
                "  mail: not stated",
                "    What mail does without database is not stated.",
            ],
        ),
        ("zone:north,zone:south", 1, ["    Nothing of web is left."]),
    ],
)
def test_explain(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    losses: str,
    status: int,
    lines: list[str],
) -> None:
    path = tmp_path / "shop.yaml"
    path.write_text(SHOP, encoding="utf-8")
    assert main(["explain", "-t", str(path), "--without", losses]) == status
    said = capsys.readouterr().out.splitlines()
    assert not set(lines) - set(said)
    assert main(["explain", "-t", str(path), "--without", losses, "--format", "json"]) == status
    parts = json.loads(capsys.readouterr().out)["parts"]
    assert (parts["web"]["state"] == "stopped") == bool(status)


def test_explain_without_a_loss_tells_the_single_points(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "shop.yaml"
    path.write_text(SHOP, encoding="utf-8")
    assert main(["explain", "-t", str(path)]) == 1
    said = capsys.readouterr().out
    points = said.partition("What can be lost:")[0].splitlines()[1:]
    expected = "  path:web/db: without the path between web and database, web stops"
    assert points == [expected]
    assert main(["explain", "-t", str(path), "--without", "dbb"]) == 2
    assert "did you mean 'db'?" in capsys.readouterr().err


def test_the_web_shops_promises_are_computed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shop = tmp_path / "shop"
    shutil.copytree(ROOT / "examples" / "webshop" / "topology", shop)
    assert main(["check", "-t", str(shop)]) == 0
    storefront = shop / "storefront.yaml"
    text = storefront.read_text("utf-8")
    storefront.write_text(text.replace("effect: continues", "effect: stops"), "utf-8")
    assert main(["check", "-t", str(shop)]) == 1
    said = re.findall(r"broken-promise (.*?): ", capsys.readouterr().out)
    assert "without South zone, storefront stops" in said
    assert "without host db2, storefront stops" in said
    assert "without North zone, what storefront does is not stated" in said


# --- lies in files --------------------------------------------------------------------


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A topology, and a folder with all that is written of its losses."""
    root = tmp_path_factory.mktemp("published")
    path, out = root / "shop.yaml", root / "out"
    path.write_text(SHOP, encoding="utf-8")
    assert main(["render", "-t", str(path), "-o", str(out)]) == 0
    deck = str(out / "story.pptx")
    assert main(["export", "-t", str(path), "--story", "failures", "-o", deck]) == 0
    assert main(["verify", "-t", str(path), "--strict", str(out)]) == 0
    return path, out


@pytest.mark.parametrize(
    ("name", "true", "false"),
    [
        ("failures.rst", "± degraded", "+ works"),
        ("failures.csv", "± degraded", "+ works"),
        ("failures.json", "± degraded", "+ works"),
        ("failures.rst", "a quorum is 2", "a quorum is 1"),
        ("failures.rst", "2 of 4 servers may", "3 of 4 servers may"),
        ("tolerates.csv", "2 of 4 servers may", "3 of 4 servers may"),
        ("tolerates.json", "2 of 4 servers may", "3 of 4 servers may"),
        ("guide.rst", "when either zone is lost", "when both zones are lost"),
        ("guide.rst", "it takes 2 to carry", "it takes 1 to carry"),
    ],
)
def test_a_lie_about_losses_in_a_file_is_caught(
    published: tuple[Path, Path],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    name: str,
    true: str,
    false: str,
) -> None:
    path, out = published
    told = tmp_path / "out"
    shutil.copytree(out, told)
    text = (told / name).read_text("utf-8")
    assert true in text
    (told / name).write_text(text.replace(true, false, 1), "utf-8")
    assert main(["verify", "-t", str(path), str(told)]) == 1
    assert f"{name}:" in capsys.readouterr().out


def test_a_lie_on_a_slide_of_the_deck_is_caught(
    published: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, out = published
    told = tmp_path / "story.pptx"
    with zipfile.ZipFile(out / "story.pptx") as deck, zipfile.ZipFile(told, "w") as changed:
        for name in deck.namelist():
            data = deck.read(name)
            if name == "ppt/slides/slide5.xml":
                assert b">degraded<" in data
                data = data.replace(b">degraded<", b">works<", 1)
            changed.writestr(name, data)
    assert main(["verify", "-t", str(path), str(told)]) == 1
    assert "story.pptx:5:1: fact-extra" in capsys.readouterr().out
