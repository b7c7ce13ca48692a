"""What a load balancer is to do, as each program's config says it in its own language."""

from __future__ import annotations

import re
from dataclasses import replace
from types import MappingProxyType

from diagtool.config import addresses, hosts
from diagtool.config.addresses import UnfitError, Values
from diagtool.model import (
    PLACEHOLDER,
    Balancing,
    Component,
    Headers,
    Placeholder,
    Reliance,
    Replica,
    Role,
    Service,
    Topology,
    ports,
)
from diagtool.model.value import value

CONNECT = 5
"""How many seconds a server may take to accept a connection."""

ANSWER = 60
"""How many seconds a server or a client may be silent."""

CHECK_EVERY = 2
"""How many seconds lie between two checks of a server's health."""

CHECKS = 2
"""After how many equal checks in a row a server is taken out, or in again."""

REST = 10
"""How many seconds a server is passed over that failed, where nothing checks its health."""

FORWARDED = tuple(
    f"X-Forwarded-{name}"
    for name in (
        "By",
        "For",
        "Host",
        "Port",
        "Prefix",
        "Proto",
        "Protocol",
        "Scheme",
        "Server",
        "Ssl",
    )
)
"""Headers of the family that servers read. A client may make each of them up."""

CERTIFICATE = "certificate"
"""The placeholder for the file that TLS needs."""


@value
class Server:
    """A server of a pool: an id, and the host and port at which it takes requests.

    One that is ``backup`` gets none as long as another one takes them.
    """

    id: str
    address: str
    backup: bool = False


@value
class Pool:
    """The servers of one service. ``prefix`` is taken off a path, ``health`` asked for.

    ``port`` is where clients find it. What is ``passed_on`` is not read.
    """

    service: Service
    prefix: str
    health: str
    servers: tuple[Server, ...]
    port: int
    passed_on: bool = False

    @property
    def id(self) -> str:
        """The id of the service: ASCII letters, digits, ``_`` and ``-``."""
        return self.service.id

    @property
    def pattern(self) -> str:
        """A regular expression for the prefix, of no sign that a program takes otherwise."""
        return self.prefix.replace(".", "[.]")


@value
class Balancer:
    """What a program is to do. Of the pools, those with the longest prefix come first."""

    component: Component
    balancing: Balancing
    headers: Headers
    pools: tuple[Pool, ...]
    certificate: str

    @property
    def by_port(self) -> dict[int, tuple[Pool, ...]]:
        """The pools of services over HTTP by the port that they share, or have to themselves."""
        ports = dict.fromkeys(pool.port for pool in self.pools if not pool.passed_on)
        return {
            port: tuple(p for p in self.pools if not p.passed_on and p.port == port)
            for port in sorted(ports, key=lambda port: port != self.balancing.port)
        }

    @property
    def passed_on(self) -> tuple[Pool, ...]:
        """The pools of what is passed on as it is, each of which has a port to itself."""
        return tuple(pool for pool in self.pools if pool.passed_on)

    @property
    def keeps_host(self) -> bool:
        """Whether servers get the Host header as the client sent it."""
        return self.headers is not Headers.NONE

    @property
    def forwards(self) -> bool:
        """Whether servers get X-Forwarded headers, and none of FORWARDED from a client."""
        return self.headers is Headers.FORWARDED

    @property
    def scheme(self) -> str:
        """What clients speak."""
        return "https" if self.balancing.tls else "http"

    @property
    def asked(self) -> str:
        """The Host header of a check of a server's health: as clients have it, where known."""
        address = self.balancing.address if self.keeps_host else ""
        return address if address and not PLACEHOLDER.search(address) else "localhost"


def balancers(topology: Topology, values: Values = MappingProxyType({})) -> tuple[Balancer, ...]:
    """What is to be done by each component that spreads requests over servers.

    ``values`` stand in for placeholders. Raises UnfitError for one that cannot.
    """
    every = (balancer(topology, id, values) for id in topology.components)
    return tuple(one for one in every if one)


def balancer(topology: Topology, id: str, values: Values = MappingProxyType({})) -> Balancer | None:
    """What a component is to do, None where the topology does not say that it balances."""
    component = topology.components[id]
    services = topology.balanced_by(id)
    if component.balancing is None or not services:
        return None
    address = PLACEHOLDER.sub(lambda m: values.get(m[1], m[0]), component.balancing.address)
    every = (_pool(topology, component.balancing, s, values) for s in services)
    pools = sorted(every, key=lambda pool: -len(pool.prefix))
    return Balancer(
        component,
        replace(component.balancing, address=address),
        _headers(component, services),
        tuple(pools),
        _certificate(values),
    )


def _pool(topology: Topology, balancing: Balancing, service: Service, values: Values) -> Pool:
    listen = service.balanced
    assert listen is not None, "a service without it is not balanced"
    port = ports.of(service, listen)
    return Pool(
        service,
        "" if listen.front_port else listen.prefix,
        listen.health,
        tuple(
            Server(
                f"{service.id}-{replica.number}",
                f"{_host(topology, replica, values, listen.network)}:{port}",
                replica.role in (Role.STANDBY, Role.REPLICA),
            )
            for replica in service.instances
        ),
        listen.front_port or balancing.port,
        listen.is_passed_on,
    )


def _name(replica: Replica) -> str:
    """The name of the placeholder for the host of a server."""
    return replica.id.replace("_", " ")


def _host(topology: Topology, replica: Replica, values: Values, network: str | None) -> str:
    """A host as it stands before a port, or the placeholder for it."""
    if replica.host:
        end = addresses.of_host(topology.hosts[replica.host], values, network)
        return hosts.in_url(end.address)
    name = _name(replica)
    value = values.get(name, f"<{name}>")
    if name not in values:
        return value
    bare = value[1:-1] if value.startswith("[") and value.endswith("]") else value
    if not hosts.is_domain(bare) or (bare != value and ":" not in bare):
        raise UnfitError(name, hosts.EXPECTED)
    return hosts.in_url(bare)


def _certificate(values: Values) -> str:
    value = values.get(CERTIFICATE, f"<{CERTIFICATE}>")
    if CERTIFICATE in values and not _FILE.fullmatch(value):
        expected = "a path that begins with / and contains only letters, digits and / . _ + -"
        raise UnfitError(CERTIFICATE, expected)
    return value


_FILE = re.compile(r"/[A-Za-z0-9/._+-]*")


def _headers(component: Component, services: tuple[Service, ...]) -> Headers:
    """What a component says itself, else what the options rely on that are in force."""
    if component.balancing and component.balancing.headers:
        return component.balancing.headers
    relied = {s.relies_on for service in services for s in service.eligible}
    return Headers.FORWARDED if Reliance.FORWARDED in relied else Headers.HOST


def placeholders(topology: Topology) -> dict[str, Placeholder]:
    """What a reader puts into the config of load balancers, by name.

    What the topology says of one of them goes before what is said here.
    """
    found: dict[str, Placeholder] = {}
    for balancer in balancers(topology):
        for pool in balancer.pools:
            for replica in pool.service.instances:
                if replica.host:
                    continue
                name = _name(replica)
                example = f"192.0.2.{(replica.number - 1) % 254 + 1}"
                found[name] = Placeholder(name, f"The address of {replica.label}.", example)
        if balancer.by_port and balancer.balancing.tls:
            found[CERTIFICATE] = Placeholder(
                CERTIFICATE,
                "A file with the certificate, those that lead to its authority, and its key.",
                "/etc/ssl/private/example.pem",
            )
    return {name: topology.placeholders.get(name, own) for name, own in found.items()}
