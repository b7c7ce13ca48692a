"""What runs, held against what a topology says.

Each finding names both sides: its place is where the one stands in the snapshot, and the message
has the place of the other in the topology.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from diagtool.checks.running_system import options, releases, snapshot
from diagtool.checks.running_system.links import Link, links
from diagtool.checks.running_system.matching import Matcher, is_loopback
from diagtool.checks.running_system.observations import Copies, Pool, Socket
from diagtool.checks.running_system.patching import Connect, Count, Edit, NotNeeded, Replace
from diagtool.model import Component, Connection, Direction, Part, Place, Service, Severity, flows
from diagtool.model.diagnostics import Diagnostic

UNSEEN = "not seen in this snapshot"


@dataclass
class Comparison:
    """Compares a snapshot, of which ``here`` is the place, with a topology."""

    matcher: Matcher
    here: Place
    found: dict[Diagnostic, None] = field(default_factory=dict)
    edits: list[Edit] = field(default_factory=list)
    """What would have the topology say what runs."""

    def run(self) -> tuple[Diagnostic, ...]:
        """Every finding, in the order of places."""
        self._copies()
        self._budgets()
        self._connections()
        self._ports()
        self._balancers()
        compared = list(options.compare(self.matcher))
        for finding in (*(found for found, _ in compared), *releases.compare(self.matcher)):
            self.found.setdefault(finding)
        self._option_edits(edit for _, edit in compared if edit)
        return tuple(sorted(self.found, key=lambda d: (d.place.path, d.place.line, d.message)))

    def report(
        self,
        code: str,
        place: Place,
        message: str,
        stated: Place | None = None,
        hint: str = "",
        rated: Severity | None = None,
    ) -> None:
        """Notes down a finding, once. ``stated`` is where the topology says something else."""
        found = Diagnostic(code, place, message, hint, rated=rated, contradicts=stated)
        self.found.setdefault(found)

    # --- how many there are ----------------------------------------------------------------

    def _copies(self) -> None:
        """Each account of what runs is held against the number of servers or members."""
        accounts: dict[str, dict[str, list[Copies]]] = {}
        hosts: dict[str, set[str | None]] = {}
        for copies in self._accounts():
            is_whole = copies.account == "inventory"
            here = self.matcher.topology.hosts if is_whole else (self.matcher.host(copies.host),)
            hosts.setdefault(copies.account, set()).update(here)
            if id := self.matcher.part(copies.name, copies.host):
                accounts.setdefault(copies.account, {}).setdefault(id, []).append(copies)
        for account, parts in accounts.items():
            for id, seen in parts.items():
                part = self.matcher.topology.part(id)
                self._count(part, seen, hosts[account])
                self._hosts(part, seen, hosts[account])
        counted = {id for parts in accounts.values() for id in parts}
        for service in self.matcher.topology.services.values() if counted else ():
            if service.id not in counted and not service.job:
                message = f"no server of {service.name} was seen, but {_stated(service)}"
                self.report("running-replicas", self.here, message, service.place)
        known = set[str | None]().union(*hosts.values())
        for host in self.matcher.topology.hosts.values() if known - {None} else ():
            if host.id not in known:
                message = f"the host {host.id} was {UNSEEN} {self.here.path}"
                self.report("running-unseen", host.place, message)

    def _accounts(self) -> Iterator[Copies]:
        """What each kind of file says of what runs; of hosts that run no part, too."""
        yield from self.matcher.seen.copies
        roots = self.matcher.roots()
        for process in self.matcher.seen.processes:
            is_root = (process.host, process.pid) in roots
            id = self.matcher.process(process.host, process.pid) if is_root else None
            yield Copies("processes", id or "", process.host, 1, process.place)

    def _count(self, part: Part, seen: list[Copies], collected: set[str | None]) -> None:
        """How many there are, where copies are placed on hosts: of those that were looked at."""
        wanted = part.members
        placed = [copy.host for copy in part.instances if copy.host]
        here = {*placed} & collected
        if here and wanted is not None:
            wanted = sum(1 for host in placed if host in here)
        count = sum(copies.count for copies in seen)
        is_job = isinstance(part, Service) and part.job
        if wanted is None or count == wanted or is_job:
            return
        what = "server" if isinstance(part, Service) else "member"
        runs = f"{count} {what} runs" if count == 1 else f"{count} {what}s run"
        where = sorted({copies.host for copies in seen if copies.host})
        on = f" on {', '.join(where)}" if where else ""
        message = f"{runs}{on} of {part.name} by {seen[0].account}, but {part.place} states "
        on = f" on {_list(here)}" if here else ""
        self.report("running-replicas", seen[-1].place, f"{message}{wanted}{on}", part.place)
        if not here or here == {*placed}:
            self.edits += [Count(part, count)] if count else []

    def _hosts(self, part: Part, seen: list[Copies], collected: set[str | None]) -> None:
        """On which hosts the copies run, where both sides say so."""
        stated = {placed.host for placed in part.placements}
        if not stated:
            return
        on = {copies: self.matcher.host(copies.host) for copies in seen if copies.host}
        for copies, host in on.items():
            if host not in stated:
                shown = host or copies.host
                message = f"{part.name} runs on {shown}, but {part.place} states {_list(stated)}"
                self.report("running-host", copies.place, message, part.place)
        for host in sorted(id for id in stated if id in collected) if on else ():
            if host not in on.values():
                message = f"{part.name} does not run on {host}, where {part.place} states a copy"
                self.report("running-host", seen[0].place, message, part.place)

    def _budgets(self) -> None:
        """Whether as many copies stay as carry the load, while others are moved."""
        for budget in self.matcher.seen.budgets:
            id = self.matcher.part(budget.name)
            service = self.matcher.topology.services.get(id or "")
            if service is None or service.at_least is None:
                continue
            number = budget.number
            if budget.is_percent:
                number = -(-service.replicas * number // 100)
            least = number if budget.is_least else service.replicas - number
            if least < service.at_least.servers:
                stated = service.at_least.place
                message = f"the PodDisruptionBudget lets {service.name} go down to {max(least, 0)}"
                message += f", but {stated} states at least {service.at_least.servers}"
                self.report("running-replicas", budget.place, message, stated)

    # --- who talks to whom -------------------------------------------------------------------

    def _connections(self) -> None:
        topology = self.matcher.topology
        seen = list(links(self.matcher))
        between: dict[frozenset[str], list[Link]] = {}
        for link in seen:
            if link.reached is None:
                if link.opener not in topology.services or link.is_everyday:
                    continue
                message = f"{topology.part(link.opener).name} {link.verb} {link.to}"
                message += ", which is not part of the topology"
                hint = f"add it to the topology, or name or ignore it in {snapshot.MATCH}"
                self.report("running-unknown", link.place, message, hint=hint)
            elif link.opener != link.reached:
                between.setdefault(frozenset((link.opener, link.reached)), []).append(link)
        drawn: dict[frozenset[str], list[Connection]] = {}
        for connection in topology.connections:
            drawn.setdefault(frozenset((connection.owner, connection.peer)), []).append(connection)
        for ends, some in between.items():
            if ends in drawn:
                self._direction(drawn[ends], some)
            else:
                self._undrawn(some)
        for ends, connections in drawn.items():
            direct = [connection for connection in connections if connection.direct]
            if seen and ends not in between and len(ends) > 1 and direct:
                self._unseen(direct[0])

    def _undrawn(self, some: list[Link]) -> None:
        for opener, reached in dict.fromkeys((link.opener, link.reached) for link in some):
            first = next(link for link in some if (link.opener, link.reached) == (opener, reached))
            one, other = self.matcher.topology.part(opener), self._part(reached)
            message = f"{one.name} {first.verb} {other.name} ({first.to}), which is not drawn: "
            message += f"{one.place} states no connection between them"
            self.report("running-connection", first.place, message, one.place)
            self.edits.append(Connect(one, other.id))

    def _part(self, id: str | None) -> Part:
        assert id is not None
        return self.matcher.topology.part(id)

    def _unseen(self, connection: Connection) -> None:
        """Of a connection that was not seen where one of its ends could be looked into."""
        ends = (connection.owner, connection.peer)
        looked_into = any(id in self.matcher.looked_into for id in ends)
        if not looked_into and not self.matcher.traced >= {*ends}:
            return
        one, other = (self.matcher.topology.part(id) for id in ends)
        message = f"the connection of {one.name} with {other.name} was {UNSEEN} {self.here.path}"
        self.report("running-unseen", connection.place, message)

    def _direction(self, drawn: list[Connection], some: list[Link]) -> None:
        """Who opened what is drawn, and whether what is needed was ever asked for."""
        topology = self.matcher.topology
        resolved = [flow for connection in drawn for flow in flows.of(topology, connection)]
        stated = {(flow.opener, flow.reached) for flow in resolved}
        for connection in drawn:
            if connection.direction is Direction.BOTH and _is_free(connection):
                stated |= {(connection.owner, connection.peer), (connection.peer, connection.owner)}
            elif not connection.direct:  # programs that trace calls see it
                stated.add((connection.source, connection.target))
        wrong = [link for link in some if (link.opener, link.reached) not in stated]
        for opener, reached in dict.fromkeys((link.opener, link.reached) for link in wrong):
            first = next(link for link in wrong if link.opener == opener)
            one, other = topology.part(opener), self._part(reached)
            message = f"{one.name} {first.verb} {other.name} ({first.to}), but "
            message += f"{drawn[0].place} has {other.name} open it"
            self.report("running-direction", first.place, message, drawn[0].place)
        if wrong:
            return
        for connection in drawn:
            opened = {link.opener for link in some}
            if topology.is_needed(connection) and opened == {connection.peer}:
                one, other = topology.part(connection.owner), topology.part(connection.peer)
                message = f"{connection.place} says that {one.name} needs {other.name}, but every "
                message += f"connection that was seen between them was opened by {other.name}"
                place, rated = some[0].place, Severity.WARNING
                self.report("running-direction", place, message, connection.place, rated=rated)
                self.edits.append(NotNeeded(connection))

    # --- where it is reached -------------------------------------------------------------------

    def _ports(self) -> None:
        """The ports that are stated, where a part was seen to listen elsewhere only."""
        for part in self.matcher.topology.parts:
            stated = self.matcher.ports_of(part)
            if not stated:
                continue
            listening = self.matcher.listening(part.id)
            for host, sockets in listening.items():
                there = {str(socket.local.port) for socket in sockets}
                missing = [port for port in stated if port not in there]
                if missing and sockets:
                    self._moved(part, host, missing, sockets)
            for said in self.matcher.seen.listening:
                if self.matcher.part(said.name) == part.id and str(said.port) not in stated:
                    message = f"{part.name} is reached at {said.port}, but {part.place} states "
                    self.report("running-port", said.place, message + _list(stated), part.place)
                    if len(stated) == 1:
                        self._port_edit(part, stated[0], str(said.port))

    def _moved(self, part: Part, host: str, missing: list[str], sockets: list[Socket]) -> None:
        elsewhere = sorted({str(s.local.port) for s in sockets} - {*self.matcher.ports_of(part)})
        listens = f"listens at {_list(elsewhere)}" if elsewhere else "does not listen there"
        message = f"{part.name} on {host} {listens}, but {part.place} states {_list(missing)}"
        self.report("running-port", sockets[0].place, message, part.place)
        if len(missing) == len(elsewhere) == 1:
            self._port_edit(part, missing[0], elsewhere[0])

    def _port_edit(self, part: Part, old: str, new: str) -> None:
        for listener in part.listen:
            if str(listener.port) == old:
                self.edits.append(Replace(listener.place, new))

    def _option_edits(self, edits: Iterable[Replace]) -> None:
        """Those on which all config files agree."""
        by_place: dict[Place, set[str]] = {}
        for edit in edits:
            by_place.setdefault(edit.place, set()).add(edit.value)
        for place, values in by_place.items():
            self.edits += [Replace(place, *values)] if len(values) == 1 else []

    # --- load balancers --------------------------------------------------------------------------

    def _balancers(self) -> None:
        for pool in self.matcher.seen.pools:
            if id := self._pooled(pool):
                part = self.matcher.topology.part(id)
                self._pool(pool, part)

    def _pooled(self, pool: Pool) -> str | None:
        """The part whose servers a pool has: by its name, else by where they are reached."""
        if id := self.matcher.part(pool.name, pool.host):
            part = self.matcher.topology.part(id)
            if not (isinstance(part, Component) and part.front):
                return id
        ends = [at for at, _ in (*pool.servers, *pool.out)]
        found = {self.matcher.reached(at, pool.host, "tcp") for at in ends}
        return found.pop() if len(found) == 1 else None

    def _pool(self, pool: Pool, part: Part) -> None:
        count = len(pool.servers)
        if part.members is not None and count != part.members:
            message = f"the pool '{pool.name}' has {count} server{'' if count == 1 else 's'}, but "
            message += _stated(part)
            if missing := self._left_out(pool, part):
                message += f": {missing} is not in it"
            place = pool.out[0][1] if pool.out else pool.place
            self.report("running-balancer", place, message, part.place)
        self._pool_hosts(pool, part)
        stated = self.matcher.ports_of(part)
        for at, place in pool.servers:
            if stated and at.port and str(at.port) not in stated:
                message = f"the pool '{pool.name}' reaches {part.name} at {at}, but {part.place} "
                self.report("running-port", place, f"{message}states {_list(stated)}", part.place)

    def _pool_hosts(self, pool: Pool, part: Part) -> None:
        """Servers on hosts that are said to run no copy, as far as addresses tell hosts."""
        hosts = {placed.host for placed in part.placements}
        for at, place in pool.servers if hosts else ():
            host = None if is_loopback(at.address) else self.matcher.host_at(at.address)
            if host and host not in hosts:
                message = f"the pool '{pool.name}' reaches {part.name} on {host}, but {part.place} "
                message += f"states {_list(hosts)}"
                self.report("running-balancer", place, message, part.place)

    def _left_out(self, pool: Pool, part: Part) -> str:
        """Where the part was seen to listen, or is said to run, and no server of a pool is."""
        if pool.out:
            return _list(str(at) for at, _ in pool.out)
        addresses = {at.address for at, _ in pool.servers}
        seen = [
            str(socket.local)
            for host, sockets in self.matcher.listening(part.id).items()
            for socket in sockets
            if socket.local.address and socket.local.address not in addresses
            if not addresses & {*self.matcher.seen.addresses.get(host, {})} or len(sockets) > 1
        ]
        names = {self.matcher.host(address) for address in addresses}
        hosts = sorted({placed.host for placed in part.placements} - names)
        return _list(seen or hosts)


def _is_free(connection: Connection) -> bool:
    """Whether nothing says who opens a connection."""
    return not any(flow.opened_by for flow in connection.flows)


def _stated(part: Part) -> str:
    """How many copies of a part the topology states, and where."""
    return f"{part.place} states {part.members}"


def _list(texts: Iterable[str]) -> str:
    return ", ".join(sorted(texts))
