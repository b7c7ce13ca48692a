"""Services of Docker Compose, as ``docker compose config`` prints them."""

from __future__ import annotations

import re

from diagtool.checks import data
from diagtool.checks.readers import File
from diagtool.checks.running_system.observations import Call, Copies, Listening, Seen
from diagtool.checks.running_system.sources.oslo_config import settings
from diagtool.loading.yaml_file import Mapping, Node, Scalar

WHAT = "services of Docker Compose (docker compose config)"

_PORT = re.compile(r"(?:.*:)?(?P<port>[0-9]{1,5})(?:/(?P<transport>tcp|udp))?")


def fits(file: File, inner: str) -> bool:
    return bool(re.search(r"^(?:services:|\{?\s*\"services\"\s*:)", file.text(), re.MULTILINE))


def take(file: File, host: str, inner: str, seen: Seen) -> None:
    for root in data.documents(file):
        services = {key.value: (key, node) for key, node in data.entries(root, "services")}
        for name, (key, service) in services.items():
            said = data.get(service, "deploy", "replicas") or data.get(service, "scale")
            count, place = data.count(said, 1), said.place if said else key.place
            image = data.text(service, "image")
            seen.copies.append(Copies("Compose", name, "", count, place, image))
            for port in (*data.items(service, "ports"), *data.items(service, "expose")):
                _listens(name, port, seen)
            _calls(name, service, {*services}, seen)
        for key, config in data.entries(root, "configs"):
            content = data.get(config, "content")
            if isinstance(content, Scalar):
                seen.settings += settings(content.value, host, f"{key.value}.conf", content.place)


def _listens(name: str, port: Node, seen: Seen) -> None:
    if isinstance(port, Mapping):
        number, transport = data.text(port, "target"), data.text(port, "protocol")
    else:
        match = _PORT.fullmatch(port.value) if isinstance(port, Scalar) else None
        number, transport = (match["port"], match["transport"] or "") if match else ("", "")
    if data.port(number):
        seen.listening.append(Listening(name, int(number), transport or "tcp", port.place))


def _calls(name: str, service: Node, known: set[str], seen: Seen) -> None:
    """What a service waits for, is linked with, or is given the address of."""
    named: list[Node] = [key for key, _ in data.entries(service, "depends_on")]
    named += [*data.items(service, "depends_on"), *data.items(service, "links")]
    found = [(n.value.partition(":")[0], n.place) for n in named if isinstance(n, Scalar)]
    values: list[Node] = [value for _, value in data.entries(service, "environment")]
    for value in (*values, *data.items(service, "environment")):
        if isinstance(value, Scalar):
            found += [(host, value.place) for host in data.hosts(value.value)]
    seen.calls += [
        Call(name, called, place, observed=False)
        for called, place in found
        if called in known and called != name
    ]
