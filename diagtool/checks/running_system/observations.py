"""What was seen of a running system: facts, each with the file and line that it stands in.

They name things as the system does. Which parts of a topology they are about is found out
by :mod:`diagtool.checks.running_system.matching`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from diagtool.model import Place


class End(NamedTuple):
    """An end of a connection: an address or a host's name, empty for any; a port, 0 if unknown."""

    address: str
    port: int

    def __str__(self) -> str:
        host = f"[{self.address}]" if ":" in self.address else self.address
        return f"{host}:{self.port}" if self.port else host


@dataclass(frozen=True, slots=True)
class Process:
    """A process of a host; ``parent`` is the id of the one that started it."""

    host: str
    pid: int
    parent: int
    words: tuple[str, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Socket:
    """A line of ``ss``. ``users`` are the processes that have it open, by id, with their names."""

    host: str
    transport: str
    state: str
    local: End
    remote: End
    users: tuple[tuple[int, str], ...]
    place: Place

    @property
    def listens(self) -> bool:
        """Whether it waits for others."""
        return self.state == "LISTEN" or (self.transport == "udp" and self.state == "UNCONN")


@dataclass(frozen=True, slots=True)
class Copies:
    """How many copies of something run, as one ``account`` has it: "processes", "containers".

    ``host`` is empty where the account does not say on which they run.
    """

    account: str
    name: str
    host: str
    count: int
    place: Place
    image: str = ""


@dataclass(frozen=True, slots=True)
class Listening:
    """That something is said to be reached at a port."""

    name: str
    port: int
    transport: str
    place: Place


@dataclass(frozen=True, slots=True)
class Budget:
    """How many copies must stay while others are moved, or (not ``is_least``) may be away."""

    name: str
    number: int
    is_percent: bool
    is_least: bool
    place: Place


@dataclass(frozen=True, slots=True)
class Setting:
    """An option in a config file. ``path`` is where that lies on its host."""

    host: str
    path: str
    section: str
    name: str
    value: str
    place: Place


@dataclass(frozen=True, slots=True)
class Pool:
    """Servers over which a load balancer spreads requests; ``out`` are those that get none."""

    host: str
    name: str
    servers: tuple[tuple[End, Place], ...]
    out: tuple[tuple[End, Place], ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Call:
    """That one service called another one, by the names that a file has for them.

    What was not ``observed`` is only said to be so, by those that deploy them.
    """

    caller: str
    called: str
    place: Place
    observed: bool


@dataclass(frozen=True, slots=True)
class Version:
    """The version of a package, or of an image."""

    host: str
    name: str
    version: str
    place: Place


@dataclass(slots=True)
class Seen:
    """All that a snapshot says. ``addresses`` are those of hosts, by the names of their folders."""

    processes: list[Process] = field(default_factory=list)
    sockets: list[Socket] = field(default_factory=list)
    copies: list[Copies] = field(default_factory=list)
    listening: list[Listening] = field(default_factory=list)
    budgets: list[Budget] = field(default_factory=list)
    settings: list[Setting] = field(default_factory=list)
    pools: list[Pool] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    versions: list[Version] = field(default_factory=list)
    addresses: dict[str, dict[str, None]] = field(default_factory=dict)

    def at(self, host: str, *addresses: str) -> None:
        """Takes down that a host has addresses."""
        self.addresses.setdefault(host, {}).update(dict.fromkeys(addresses))

    def __iter__(self) -> Iterator[object]:
        """Every fact, one kind after the other."""
        for facts in (self.processes, self.sockets, self.copies, self.listening, self.settings):
            yield from facts
        for others in (self.budgets, self.pools, self.calls, self.versions):
            yield from others
