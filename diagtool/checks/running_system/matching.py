"""Which parts and hosts of a topology it is that was seen running.

What the match file says goes before all else. Without it, a part is told by its id in the names
of what runs, by the program that is usual for its protocol, and by where it listens.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cached_property
from ipaddress import ip_address
from pathlib import PurePosixPath

from diagtool.checks.running_system import software
from diagtool.checks.running_system.observations import End, Process, Seen, Setting, Socket
from diagtool.checks.running_system.sources.sockets import end
from diagtool.config.addresses import Values
from diagtool.config.placeholders import fill
from diagtool.model import PLACEHOLDER, Component, Part, Service, Topology, address_of, ports
from diagtool.model.match import Match, PartMatch

_TRUNCATED = 15
"""How many characters of a process's name the kernel keeps."""

_INTERPRETER = re.compile(r"(?:python|pypy|perl|ruby|node|php|bash|dash|sh)[0-9.]*")
_URL_HOSTS = re.compile(r"[\w+.-]+://([^/?#\s]*)")
_NUMBER = re.compile(r"-?[0-9]{1,3}$")


def key(name: str) -> str:
    """A name as it is compared."""
    return re.sub(r"[\s_.]+", "-", name.strip().lower()).strip("-")


def is_loopback(address: str) -> bool:
    """Whether an address means the same machine, whichever that is."""
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return address == "localhost"


@dataclass
class Matcher:
    """Finds out what was seen. ``values`` are those of the topology's placeholders."""

    topology: Topology
    seen: Seen
    match: Match
    values: Values = field(default_factory=dict)

    # --- names -------------------------------------------------------------------------

    def part(self, name: str, host: str = "") -> str | None:
        """The part that something of this name is, such as a unit, a container or a group.

        A name may begin with that of a project and end with a number.
        """
        if id := self._stated((name,), host):
            return id
        plain = key(name)
        whole = [plain, *map(key, name.split("@"))]
        while _NUMBER.search(plain):
            plain = _NUMBER.sub("", plain)
        names = [*whole, plain]
        exact = [id for id, called in self._called.items() if called & {*names}]
        if exact:
            return self._one(exact, host)
        ends = [
            (len(each), id)
            for id, called in self._called.items()
            for each in called
            if any(n.endswith(f"-{each}") for n in names)
        ]
        longest = max((length for length, _ in ends), default=0)
        if longest:
            return self._one([id for length, id in ends if length == longest], host)
        return self._one(list(self._usual((name, plain))), host)

    def _stated(self, names: Iterable[str], host: str) -> str | None:
        """The part that the match file gives one of several names."""
        names = tuple(names)
        found = [
            id
            for id, match in self.match.parts.items()
            if any(fnmatchcase(name, pattern) for name in names for pattern in match.named)
        ]
        return self._one(found, host)

    @cached_property
    def _called(self) -> Mapping[str, frozenset[str]]:
        """What each part is called, by its id."""
        found: dict[str, frozenset[str]] = {}
        for part in self.topology.parts:
            server = part.server if isinstance(part, Service) else part.id
            found[part.id] = frozenset(map(key, (part.id, part.name, server)))
        return found

    def _usual(self, names: Iterable[str]) -> Iterator[str]:
        """The components of whose protocol a program of one of several names is usual."""
        names = tuple(names)
        for component in self.topology.components.values():
            programs: tuple[str, ...] = software.FRONTS if component.front else ()
            if protocol := self.protocol(component):
                programs = protocol.programs
            if any(fnmatchcase(name, program) for name in names for program in programs):
                yield component.id

    def protocol(self, component: Component) -> software.Protocol | None:
        """What is spoken with a component, as far as it is known."""
        words = [listener.protocol for listener in component.listen]
        words += re.split(r"[\W_]+", f"{component.id} {component.name}".lower())
        found = [software.of_url(option.value) for option in component.config]
        found += [software.PROTOCOLS.get(word) for word in words]
        return next((protocol for protocol in found if protocol), None)

    def _one(self, ids: list[str], host: str) -> str | None:
        """The part among several that runs on a host; None where that leaves a doubt."""
        ids = list(dict.fromkeys(ids))
        if len(ids) > 1:
            here = self.host(host)
            on_it = [
                id
                for id in ids
                if here in {placed.host for placed in self.topology.part(id).placements}
            ]
            ids = on_it or ids
        return ids[0] if len(ids) == 1 else None

    # --- hosts ---------------------------------------------------------------------------

    @cached_property
    def _hosts(self) -> Mapping[str, str]:
        """The ids of hosts by their names and addresses, as the topology and the file have them."""
        found: dict[str, str] = {}
        for id, names in self.match.hosts.items():
            for name in names:
                found.setdefault(name, id)
        for host in self.topology.hosts.values():
            found.setdefault(host.id, host.id)
            for address in (host.address, *(address for _, address in host.addresses)):
                if address and not PLACEHOLDER.search(filled := fill(address, self.values)):
                    found.setdefault(filled, host.id)
        return found

    def host(self, name: str) -> str | None:
        """The host of the topology that a folder, an address or a name means."""
        if name in self._hosts:
            return self._hosts[name]
        short = name.partition(".")[0]
        if short in self._hosts and not name[:1].isdigit():
            return self._hosts[short]
        known = self.seen.addresses.get(name, {})
        found = {self._hosts[address] for address in known if address in self._hosts}
        return found.pop() if len(found) == 1 else None

    def host_at(self, address: str) -> str | None:
        """The host of the topology that is said or was seen to have an address."""
        if id := self.host(address):
            return id
        found = {self.host(folder) for folder in self.folders(address, "")} - {None}
        return found.pop() if len(found) == 1 else None

    def folders(self, address: str, asked_by: str) -> list[str]:
        """The hosts in the snapshot that have an address, seen from one of them."""
        if is_loopback(address) or address in ("", asked_by):
            return [asked_by]
        return [host for host, known in self.seen.addresses.items() if address in known]

    # --- processes -----------------------------------------------------------------------

    @cached_property
    def _processes(self) -> Mapping[tuple[str, int], Process]:
        return {(process.host, process.pid): process for process in self.seen.processes}

    @cached_property
    def _users(self) -> Mapping[tuple[str, int], str]:
        """The names that ``ss`` has for processes."""
        return {
            (socket.host, pid): name for socket in self.seen.sockets for pid, name in socket.users
        }

    @cached_property
    def _listens(self) -> Mapping[tuple[str, int], list[Socket]]:
        """What each process listens at."""
        found: dict[tuple[str, int], list[Socket]] = {}
        for socket in self.seen.sockets:
            for pid, _ in socket.users if socket.listens else ():
                found.setdefault((socket.host, pid), []).append(socket)
        return found

    @cached_property
    def _waiting(self) -> Mapping[tuple[str, int], list[Socket]]:
        """What listens at a port, by what carries it."""
        found: dict[tuple[str, int], list[Socket]] = {}
        for socket in self.seen.sockets:
            if socket.listens:
                found.setdefault((socket.transport, socket.local.port), []).append(socket)
        return found

    def is_accepted(self, socket: Socket) -> bool:
        """Whether a connection was opened by its other end: something listens at this one."""
        waiting = self._waiting.get((socket.transport, socket.local.port), ())
        return any(socket.host == each.host for each in waiting)

    @cached_property
    def _known(self) -> dict[tuple[str, int], str | None]:
        return {}

    def process(self, host: str, pid: int) -> str | None:
        """The part that a process is of: by its name, where it listens, or what started it."""
        at = (host, pid)
        if at not in self._known:
            self._known[at] = None  # processes could claim to have started each other
            process = self._processes.get(at)
            by_parent = self.process(host, process.parent) if process and process.parent else None
            self._known[at] = self._by_name(at) or by_parent or self._by_port(at)
        return self._known[at]

    def _by_name(self, at: tuple[str, int]) -> str | None:
        process, short = self._processes.get(at), self._users.get(at, "")
        names = [*names_of(process.words)] if process else []
        names += [short] if short else []
        if id := self._stated(names, at[0]):
            return id
        keys = {key(name) for name in names}
        exact = [id for id, called in self._called.items() if called & keys]
        if not exact and len(short) == _TRUNCATED:
            cut = key(short)
            exact = [
                id
                for id, called in self._called.items()
                if any(each.startswith(cut) for each in called)
            ]
        return self._one(exact, at[0]) or self._one(list(self._usual(names)), at[0])

    def _by_port(self, at: tuple[str, int]) -> str | None:
        """The part that is said to listen where a process does."""
        for socket in self._listens.get(at, ()):
            if id := self._at(End(socket.local.address, socket.local.port), at[0]):
                return id
        return None

    def roots(self) -> Mapping[tuple[str, int], Process]:
        """The processes of parts that no other one of the same part started."""
        return {
            at: process
            for at, process in self._processes.items()
            if (id := self.process(*at)) and self.process(process.host, process.parent) != id
        }

    @cached_property
    def looked_into(self) -> frozenset[str]:
        """The parts of which processes were seen with their connections."""
        return frozenset(id for at in self._users if (id := self.process(*at)))

    @cached_property
    def traced(self) -> frozenset[str]:
        """The parts that traces tell of."""
        calls = [call for call in self.seen.calls if call.observed]
        names = {name for call in calls for name in (call.caller, call.called)}
        return frozenset(id for name in names if (id := self.part(name)))

    def listening(self, id: str) -> Mapping[str, list[Socket]]:
        """Where the processes of a part listen, by their hosts."""
        found: dict[str, list[Socket]] = {}
        for at, sockets in self._listens.items():
            if self.process(*at) == id:
                known = found.setdefault(at[0], [])
                known += [socket for socket in sockets if socket not in known]
        return found

    # --- ends ----------------------------------------------------------------------------

    @cached_property
    def _ends(self) -> Mapping[End, frozenset[str]]:
        """Where parts are reached; an address or a port that is not said is empty."""
        found: dict[End, set[str]] = {}
        for id, match in self.match.parts.items():
            for text in match.at:
                found.setdefault(end(text) if ":" in text else End(text, 0), set()).add(id)
        for setting, id in self._reaching():
            for each in self._ends_of(setting.value):
                found.setdefault(each, set()).add(id)
        return {at: frozenset(ids) for at, ids in found.items()}

    def _reaching(self) -> Iterator[tuple[Setting, str]]:
        """The settings by which services reach components, with the ids of those."""
        reached: dict[tuple[str, str], str] = {}
        for service in self.topology.services.values():
            for component, option in self.topology.settings(service.id):
                if component:
                    reached.setdefault((option.section, option.name), component.id)
        for setting in self.seen.settings:
            if id := reached.get((setting.section, setting.name)):
                yield setting, id

    @staticmethod
    def _ends_of(value: str) -> Iterator[End]:
        """The hosts of a URL, with the port that is usual for its scheme where none is named."""
        if (hosts := _URL_HOSTS.match(value)) is None:
            return
        protocol = software.of_url(value)
        usual = protocol.port if protocol else 0
        for text in hosts[1].split(","):
            host = text.rpartition("@")[2]
            at = end(host) if re.search(r":\d+$", host) else End(host.strip("[]"), usual)
            if at.address:
                yield at

    @cached_property
    def _ports(self) -> Mapping[int, frozenset[str]]:
        """The parts that are said to be reached at a port, or usually are."""
        found: dict[int, set[str]] = {}
        for part in self.topology.parts:
            numbers = {int(port) for port in self.ports_of(part)}
            if not numbers and isinstance(part, Component) and (usual := self.protocol(part)):
                numbers = {usual.port}
            for number in numbers:
                found.setdefault(number, set()).add(part.id)
        return {number: frozenset(ids) for number, ids in found.items()}

    def ports_of(self, part: Part) -> tuple[str, ...]:
        """The ports at which a part is said to be reached, in digits."""
        named = (ports.of(part, each) for each in ports.listeners(self.topology, part))
        filled = (fill(port, self.values) for port in named)
        return tuple(dict.fromkeys(port for port in filled if port.isdigit()))

    def _at(self, at: End, host: str) -> str | None:
        """The part that is reached at an end, of which nothing is known but what is said.

        Where several are, as a load balancer and what it stands in front of, the address decides.
        """
        for each in (at, End("", at.port), End(at.address, 0)):
            if each in self._ends and (id := self._one([*self._ends[each]], host)):
                return id
        ids = sorted(self._ports.get(at.port, ()))
        if len(ids) > 1:
            there = [id for id in ids if at.address in self._addresses(self.topology.part(id))]
            ids = there or ids
        return self._one(ids, host)

    def _addresses(self, part: Part) -> frozenset[str]:
        """The addresses of a part, and of the hosts that it runs on, as far as they are said."""
        own = {fill(address_of(part), self.values)}
        hosts = {placed.host for placed in part.placements}
        return frozenset(own | {name for name, id in self._hosts.items() if id in hosts})

    def reached(self, at: End, asked_by: str, transport: str) -> str | None:
        """The part that a host reaches at an end."""
        for each in (at, End(at.address, 0)):
            if each in self._ends and (id := self._one([*self._ends[each]], "")):
                return id
        hosts = self.folders(at.address, asked_by)
        for socket in self._waiting.get((transport, at.port), ()):
            if socket.host in hosts and socket.local.address in ("", at.address):
                found = {self.process(socket.host, pid) for pid, _ in socket.users} - {None}
                if len(found) == 1:
                    return found.pop()
        return self._at(at, hosts[0] if len(hosts) == 1 else at.address)

    def only_at(self, address: str) -> str | None:
        """The part that alone is said to be at an address."""
        found = {id for at, ids in self._ends.items() if at.address == address for id in ids}
        found |= {p.id for p in self.topology.parts if address in self._addresses(p)}
        return found.pop() if len(found) == 1 else None

    def are_drawn(self, one: str, other: str) -> bool:
        """Whether the topology has a connection between two parts."""
        return frozenset((one, other)) in self._drawn

    @cached_property
    def _drawn(self) -> frozenset[frozenset[str]]:
        return frozenset(frozenset((c.owner, c.peer)) for c in self.topology.connections)

    # --- config --------------------------------------------------------------------------

    def is_ignored(self, *texts: str) -> bool:
        """Whether nothing is to be said of something that is called one of several names."""
        return any(
            text == each or fnmatchcase(text, each) for text in texts for each in self.match.ignored
        )

    def of(self, id: str) -> PartMatch:
        """What the match file says of a part."""
        return self.match.parts.get(id, PartMatch())


def names_of(words: tuple[str, ...]) -> Iterator[str]:
    """What a process may be called: its program, the script that this runs, the whole command."""
    program = PurePosixPath(words[0]).name.removesuffix(":")
    yield program
    if _INTERPRETER.fullmatch(program):
        script = next((word for word in words[1:] if not word.startswith("-")), "")
        if script:
            yield PurePosixPath(script).name
    yield " ".join(words)
