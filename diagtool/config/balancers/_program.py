"""The load balancers for which config is written, one module each.

To add one, add a module here. Its name is the program's short name; it holds

* ``TITLE``, what the program is called, such as ``"HAProxy"``;
* ``SUFFIX``, what the names of its files end in, such as ``".haproxy.cfg"``;
* ``LANGUAGE``, what Pygments calls its language, ``"text"`` where it does not know it;
* ``SINCE``, the oldest release that takes the config;
* ``ADVICE``, where the file goes, in a sentence or two;
* ``write``, which gives the lines under the comment for a :class:`Balancer`.

Nothing else need be told of it. What a topology's author may write freely stands in comments
only, never where a program would act on it: all else is an id, a number, a path that the
schema lets through, or a placeholder.
"""

from __future__ import annotations

import pkgutil
import re
import textwrap
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache
from importlib import import_module
from ipaddress import IPv6Address
from pathlib import Path
from types import MappingProxyType
from typing import Protocol, cast

from diagtool.model import (
    PLACEHOLDER,
    Balancing,
    Component,
    Headers,
    Placeholder,
    Reliance,
    Replica,
    Service,
    Topology,
)

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


Values = Mapping[str, str]
"""What stands in for placeholders, by their names."""


class UnfitError(Exception):
    """A value that no config could hold, or could take for something else."""

    def __init__(self, placeholder: str, expected: str) -> None:
        super().__init__(f"the value for '<{placeholder}>' is not {expected}")
        self.placeholder = placeholder


class Program(Protocol):
    """A module of this package, as the rest of the house sees it."""

    TITLE: str
    SUFFIX: str
    LANGUAGE: str
    SINCE: str
    ADVICE: str
    write: Callable[[Balancer], str]


@dataclass(frozen=True, slots=True)
class Server:
    """A server of a pool: an id, and the host and port at which it takes requests."""

    id: str
    address: str


@dataclass(frozen=True, slots=True)
class Pool:
    """The servers of one service. ``prefix`` is taken off a path, ``health`` asked for."""

    service: Service
    prefix: str
    health: str
    servers: tuple[Server, ...]

    @property
    def id(self) -> str:
        """The id of the service: ASCII letters, digits, ``_`` and ``-``."""
        return self.service.id

    @property
    def pattern(self) -> str:
        """A regular expression for the prefix, of no sign that a program takes otherwise."""
        return self.prefix.replace(".", "[.]")


@dataclass(frozen=True, slots=True)
class Balancer:
    """What a program is to do. Of the pools, those with the longest prefix come first."""

    component: Component
    balancing: Balancing
    headers: Headers
    pools: tuple[Pool, ...]
    certificate: str

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


@cache
def names() -> tuple[str, ...]:
    """The short names of all programs, the one that a page shows first."""
    found = (m.name for m in pkgutil.iter_modules([str(Path(__file__).parent)]))
    return tuple(sorted((name for name in found if not name.startswith("_")), key=_shown))


def _shown(name: str) -> tuple[bool, str]:
    return name != "haproxy", name


def get(name: str) -> Program:
    """The program of this short name. Raises KeyError where there is none."""
    if name not in names():
        raise KeyError(name)
    return cast(Program, import_module(f"{__package__}.{name}"))


# --- what to do -----------------------------------------------------------------------


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
    pools = sorted((_pool(s, values) for s in services), key=lambda pool: -len(pool.prefix))
    return Balancer(
        component,
        replace(component.balancing, address=address),
        _headers(component, services),
        tuple(pools),
        _certificate(values),
    )


def _pool(service: Service, values: Values) -> Pool:
    listen = service.listen
    assert listen is not None, "a service without it is not balanced"
    return Pool(
        service,
        listen.prefix,
        listen.health,
        tuple(
            Server(f"{service.id}-{r.number}", f"{_host(r, values)}:{listen.port}")
            for r in service.instances
        ),
    )


def _name(replica: Replica) -> str:
    """The name of the placeholder for the host of a server."""
    return replica.id.replace("_", " ")


def _host(replica: Replica, values: Values) -> str:
    """A host as it stands before a port, or the placeholder for it."""
    name = _name(replica)
    value = values.get(name, f"<{name}>")
    if ":" in value:
        with suppress(ValueError):
            return f"[{IPv6Address(value.strip('[]'))}]"
    if name in values and not _HOST.fullmatch(value):
        raise UnfitError(name, "a host name or an IP address")
    return value


def _certificate(values: Values) -> str:
    value = values.get(CERTIFICATE, f"<{CERTIFICATE}>")
    if CERTIFICATE in values and not _FILE.fullmatch(value):
        expected = "a path that begins with / and holds letters, digits and / . _ + - only"
        raise UnfitError(CERTIFICATE, expected)
    return value


_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_.-]*[A-Za-z0-9])?")
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
                name = _name(replica)
                example = f"192.0.2.{(replica.number - 1) % 254 + 1}"
                found[name] = Placeholder(name, f"The address of {replica.label}.", example)
        if balancer.balancing.tls:
            found[CERTIFICATE] = Placeholder(
                CERTIFICATE,
                "A file with the certificate, those that lead to its authority, and its key.",
                "/etc/ssl/private/example.pem",
            )
    return {name: topology.placeholders.get(name, own) for name, own in found.items()}


# --- files ----------------------------------------------------------------------------


def config(topology: Topology, balancer: Balancer, name: str) -> str:
    """A program's config, with what a reader must know of it in a comment above it."""
    program = get(name)
    return f"{_comment(_about(topology, balancer, program))}\n{program.write(balancer)}"


def filename(balancer: Balancer, name: str) -> str:
    """What the file with a program's config is called."""
    return f"{balancer.component.id}{get(name).SUFFIX}"


def _about(topology: Topology, balancer: Balancer, program: Program) -> Iterator[str]:
    """Sentences; those that belong under another one are indented."""
    release = f"{program.TITLE} {program.SINCE} or later"
    yield f"{balancer.component.name}: sample configuration for {release}. {program.ADVICE}"
    for pool in balancer.pools:
        if balancer.balancing.address:
            url = f"{balancer.balancing.url(pool.prefix)}/"
            yield f"Clients reach {pool.service.name} at {url} through it."
        for snippet in pool.service.eligible:
            if snippet.relies_on:
                options = ", ".join(f"[{o.section}] {o.name}" for o in snippet.options)
                yield f"For {options}: {_WHY[snippet.relies_on]}"
    if not balancer.forwards:
        kept = "keeps the Host header" if balancer.keeps_host else "sets no header"
        yield f"It {kept} and leaves X-Forwarded headers alone."
    yield from _unfilled(topology, balancer)


def _unfilled(topology: Topology, balancer: Balancer) -> Iterator[str]:
    """What is still to be put in place of what."""
    wanted = []
    for pool in balancer.pools:
        hosts = [host for server in pool.servers for host in PLACEHOLDER.findall(server.address)]
        if hosts:
            each = f"<{hosts[0]}>" + (f" to <{hosts[-1]}>" if len(hosts) > 1 else "")
            wanted.append(f"{each}: where each of the {pool.service.servers} is reached.")
    if balancer.balancing.tls and PLACEHOLDER.search(balancer.certificate):
        file = placeholders(topology)[CERTIFICATE]
        wanted.append(f"<{CERTIFICATE}>: {file.description} Example: {file.example}")
    if wanted:
        yield "Put in place of"
        yield from (f"  {line}" for line in wanted)


_WHY = {
    Reliance.ADDRESS: "links carry the address that is set there.",
    Reliance.HOST: "links carry what the Host header says, which must be the client's.",
    Reliance.FORWARDED: "links carry what X-Forwarded headers say, which must be set here, "
    "and must not be what a client made up.",
}


def _comment(sentences: Iterator[str]) -> str:
    """Lines after a ``#``. No backslash, since Apache goes on with the line after one."""
    lines = []
    for sentence in sentences:
        text = " ".join(sentence.replace("\\", "/").split())
        indent = sentence[: len(sentence) - len(sentence.lstrip())]
        lines += textwrap.wrap(
            text,
            78,
            initial_indent=f"# {indent}",
            subsequent_indent=f"# {indent * 2}",
            break_on_hyphens=False,
        )
    return "".join(f"{line.rstrip()}\n" for line in lines)
