"""Programs that are known by name: of images, and of the schemes of URLs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from diagtool.checks import data
from diagtool.model import Place, Shape
from diagtool.scaffolding.importing.draft import ASSUMED, Draft, Kind, Part


class Software(NamedTuple):
    """What a program is to a system: what it is called, its shape, whether it stands in front."""

    name: str
    shape: Shape | None = None
    front: bool = False


_BY_NAME = {
    Software("database", Shape.DATABASE): "cassandra clickhouse cockroach couchdb elasticsearch "
    "influxdb mariadb mongo mongodb mssql mysql neo4j opensearch oracle postgis postgres "
    "postgresql timescaledb",
    Software("message queue"): "activemq amqp kafka nats pulsar rabbit rabbitmq",
    Software("cache"): "keydb memcached redis valkey",
    Software("lock manager"): "consul etcd etcd3 etcd3gw kazoo zookeeper",
    Software("load balancer", None, True): "caddy envoy haproxy nginx traefik",
    Software("object store", Shape.DATABASE): "minio",
}
KNOWN: Mapping[str, Software] = {
    name: software for software, names in _BY_NAME.items() for name in names.split()
}

_PASSED_OVER = ("alpine", "community", "cp", "oss", "server")
"""What the names of images have beside that of the program."""
_IMAGE = re.compile(r"[A-Za-z0-9._:/@-]{1,255}")


def of_image(image: str) -> Software | None:
    """The program in a container image, if it is known."""
    name = image.split("@")[0].rpartition("/")[2].partition(":")[0].lower()
    words = [word for word in re.split("[-_]", name) if word not in _PASSED_OVER]
    return KNOWN.get(words[0]) if len(words) == 1 else None


def of_url(url: str) -> Software | None:
    """The program that a URL leads to, if its scheme tells."""
    return KNOWN.get(re.split(r"[+:]", url.lower(), maxsplit=1)[0]) if "://" in url else None


def make(part: Part, image: str, *, built: bool = False) -> None:
    """Makes a part what its image is: a component if that is known, else a service."""
    software = None if built else of_image(image)
    if software:
        part.kind, part.shape, part.front = Kind.COMPONENT, software.shape, software.front
        part.stacked = bool(part.replicas and part.replicas > 1)
    else:
        part.kind, part.replicas = Kind.SERVICE, part.replicas or 1
        part.image = image if _IMAGE.fullmatch(image) else ""


def named_in(value: str, parts: Mapping[str, Part]) -> Iterator[Part]:
    """The parts whose hosts a value names, alone or in a URL."""
    for host in data.hosts(value):
        if part := parts.get(host):
            yield part


def remark_others(
    draft: Draft,
    part: Part,
    variables: Iterable[tuple[str, str]],
    parts: Mapping[str, Part],
    place: Place,
) -> None:
    """Tells of the variables that name no other part."""
    others = [name for name, value in variables if not any(named_in(value, parts))]
    if others:
        shown = ", ".join(others[:4]) + (" …" if len(others) > 4 else "")
        draft.remark(place, f"the environment of {part.name}: {shown}", part)


def join_named(
    draft: Draft, part: Part, name: str, value: str, parts: Mapping[str, Part], place: Place
) -> dict[Part, str]:
    """Joins a part with those that the value of a variable names; gives the ports that it names."""
    ports: dict[Part, str] = {}
    for host in data.hosts(value):
        peer = parts.get(host)
        if peer is None or peer is part:
            continue
        line = draft.between(part, peer)
        if line is None:
            line = draft.join(part, peer, place)
            message = f"'{name}' names {peer.name}: the line is taken to lead there"
            draft.remark(place, message, line, ASSUMED)
        if match := re.search(rf"\b{re.escape(host)}:([0-9]{{1,5}})\b", value):
            line.port = line.port or match[1]
            ports[peer] = match[1]
    return ports
