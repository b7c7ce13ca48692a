"""Systems of any size to draw, the same at every call."""

from __future__ import annotations

import json
from random import Random
from typing import Any

_THINGS = ("Zone", "Account", "Billing", "Mail", "Search", "Image", "Session", "Audit Trail")
_KINDS = ("API", "Worker", "Scheduler", "Importer", "Gateway", "Notification Dispatcher")
_SHAPES = ("box", "box", "box", "roundedbox", "ellipse", "cloud", "database", "note")
_DIRECTIONS = ("to", "to", "from", "with")
_COMPONENTS = 40


def varied(services: int) -> dict[str, Any]:
    """A system whose services differ in label, replicas, peers, shape and direction."""
    random = Random(services)
    components = {f"component-{n}": _component(random, n) for n in range(_COMPONENTS)}
    return {
        "format": 1,
        "name": f"System of {services} services",
        "components": components,
        "services": {f"service-{n}": _service(random, n) for n in range(services)},
    }


def repeated(services: int, times: int) -> dict[str, Any]:
    """The system of so many services, with each of them several times under other names."""
    system = varied(services)
    for number in range(services, services * times):
        service = dict(system["services"][f"service-{number % services}"])
        kind, _, _ = service["server"].rpartition(" ")
        system["services"][f"service-{number}"] = {**service, "server": f"{kind} {number}"}
    return system


def uniform(replicas: int) -> dict[str, Any]:
    """A system with one service of so many replicas, each in a box of its own."""
    service = {
        "server": "API Server",
        "replicas": replicas,
        "fold_from": replicas + 1,
        "connections": [{"from": "balancer"}, {"with": "queue"}, {"to": "database"}],
    }
    components = {
        "balancer": {"label": "Load Balancer", "front": True},
        "queue": {"label": "Message Queue"},
        "database": {"label": "Database Servers", "shape": "database"},
    }
    return {"format": 1, "name": "One", "components": components, "services": {"api": service}}


def as_yaml(system: dict[str, Any]) -> str:
    """A system as a topology file; JSON is YAML."""
    return json.dumps(system, indent=1)


def _component(random: Random, number: int) -> dict[str, Any]:
    component: dict[str, Any] = {"label": _label(random, number), "shape": random.choice(_SHAPES)}
    if number % 10 == 0:
        component["front"] = True
    elif number % 3 == 0:
        component["connections"] = [{"to": f"component-{number - 1}"}]
    return component


def _service(random: Random, number: int) -> dict[str, Any]:
    peers = random.sample(range(_COMPONENTS), random.randint(2, 6))
    return {
        "server": _label(random, number),
        "replicas": random.randint(1, 12),
        "shape": random.choice(_SHAPES),
        "connections": [{random.choice(_DIRECTIONS): f"component-{peer}"} for peer in peers],
    }


def _label(random: Random, number: int) -> str:
    return f"{random.choice(_THINGS)} {random.choice(_KINDS)} {number}"
