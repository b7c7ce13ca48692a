"""Systems of the size that people draw, each from a number, and the same with one thing more."""

from __future__ import annotations

import json
from copy import deepcopy
from dataclasses import dataclass
from random import Random
from typing import Any

System = dict[str, Any]

_WORDS = ("Mail", "Search", "Billing", "Image", "Session", "Audit Trail", "Cart", "Account")
_SHAPES = ("box", "box", "box", "roundedbox", "ellipse", "cloud", "database")


@dataclass(frozen=True)
class Style:
    """How systems of a kind are connected."""

    fronts: int
    """How many components at most stand in front."""
    most: int
    """How many components a service is connected with at most."""
    between: float
    """How likely a component is connected with another, and a service with another."""
    labels: float
    """How likely a connection says what it carries."""
    directions: tuple[str, ...] = ("to", "to", "from", "with")


STYLES = {
    "plain": Style(fronts=1, most=4, between=0.0, labels=0.0),
    "sparse": Style(fronts=1, most=2, between=0.1, labels=0.0),
    "dense": Style(fronts=2, most=6, between=0.2, labels=0.0),
    "chained": Style(fronts=1, most=3, between=0.6, labels=0.0),
    "labelled": Style(fronts=1, most=3, between=0.2, labels=0.3),
    "reading": Style(fronts=0, most=4, between=0.1, labels=0.0, directions=("to", "to", "to")),
}


def system(number: int, *, zones: bool) -> System:
    """A system of 3 to 10 services and 3 to 7 components; the number decides its style too."""
    random = Random(number)
    style = list(STYLES.values())[number % len(STYLES)]
    services, components = random.randint(3, 10), random.randint(3, 7)
    names = [f"c{n}" for n in range(components)]
    fronts = names[: random.randint(0, style.fronts)]
    made: System = {
        "format": 1,
        "name": f"System {number}",
        "components": {n: _component(random, n, names, n in fronts, style) for n in names},
        "services": {},
    }
    for n in range(services):
        made["services"][f"s{n}"] = _service(random, n, names, fronts, style)
    if zones:
        _zone(random, made)
    return made


def as_yaml(system: System) -> str:
    """A system as a topology file; JSON is YAML."""
    return json.dumps(system, indent=1)


def changed(system: System, number: int) -> dict[str, System]:
    """The system with one connection, one replica and one service more."""
    random = Random(number)
    more = {what: deepcopy(system) for what in ("connection", "replica", "service")}
    names = list(system["components"])
    services = more["connection"]["services"]
    free = [
        (service, name)
        for service, said in services.items()
        for name in names
        if name not in {peer for c in said["connections"] for peer in c.values()}
    ]
    if free:
        service, name = random.choice(free)
        services[service]["connections"].append({"to": name})
    service = random.choice(list(system["services"]))
    more["replica"]["services"][service]["replicas"] += 1
    peers = random.sample(names, min(2, len(names)))
    more["service"]["services"]["another"] = {
        "name": "Another",
        "replicas": 2,
        "connections": [{"to": peer} for peer in peers],
    }
    return more


def _component(
    random: Random, name: str, names: list[str], front: bool, style: Style
) -> dict[str, Any]:
    component: dict[str, Any] = {
        "label": f"{random.choice(_WORDS)} {name}",
        "shape": random.choice(_SHAPES),
    }
    if front:
        component["front"] = True
    earlier = names[: names.index(name)]
    if earlier and random.random() < style.between:
        component["connections"] = [_connection(random, random.choice(earlier), style)]
    return component


def _service(
    random: Random, number: int, names: list[str], fronts: list[str], style: Style
) -> dict[str, Any]:
    behind = [name for name in names if name not in fronts]
    peers = random.sample(behind, min(random.randint(1, style.most), len(behind)))
    connections = [{"from": random.choice(fronts)}] if fronts and random.random() < 0.6 else []
    connections += [_connection(random, peer, style) for peer in peers]
    if number and random.random() < style.between / 2:
        connections.append(_connection(random, f"s{random.randrange(number)}", style))
    return {
        "name": f"{random.choice(_WORDS)} {number}",
        "replicas": random.randint(1, 5),
        "connections": connections,
    }


def _connection(random: Random, peer: str, style: Style) -> dict[str, str]:
    connection = {random.choice(style.directions): peer}
    if random.random() < style.labels:
        connection["label"] = random.choice(("reads", "jobs", "replication"))
    return connection


def _zone(random: Random, system: System) -> None:
    """Puts components and servers into two or three zones."""
    zones = [f"z{n}" for n in range(random.randint(2, 3))]
    system["zones"] = {zone: {"label": f"Zone {zone[1:]}"} for zone in zones}
    for component in system["components"].values():
        if random.random() < 0.7:
            component["zone"] = random.choice(zones)
    for service in system["services"].values():
        if random.random() < 0.5:
            service["zones"] = random.sample(zones, random.randint(1, len(zones)))
