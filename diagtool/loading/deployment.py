"""Whether hosts, listeners and flows fit together, and each port stands in one place."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from diagtool.loading.building import Builder
from diagtool.loading.findings import Findings
from diagtool.loading.placing import NUMBER, counted, members
from diagtool.model import (
    Component,
    Connection,
    Flow,
    Host,
    Listener,
    Part,
    Place,
    Service,
    Topology,
    ports,
)
from diagtool.model import flows as model_flows

_FOUR = "write four numbers, each at most 255"
_EIGHT = "write groups of up to four digits and letters a to f, and '::' once at most"


@dataclass(frozen=True, slots=True)
class DeploymentChecker:
    """Checks what is said of machines and ports; ``built`` knows where ids stand."""

    findings: Findings
    built: Builder

    def check_ids(self, topology: Topology) -> None:
        """Reports hosts, networks and listeners that nobody defines."""
        for use in self.built.network_uses:
            if use.value not in topology.networks:
                what = f"network '{use.value}'"
                self.findings.unknown(use.place, what, use.value, topology.networks)
        patterns = {host.pattern for host in topology.hosts.values() if host.pattern}
        known = (*topology.hosts, *patterns, *topology.zones)
        for uses in self.built.host_uses.values():
            for use in uses:
                if use.value not in known:
                    what = f"host, or zone with hosts, '{use.value}'"
                    self.findings.unknown(use.place, what, use.value, known)
        for part in topology.parts:
            self._check_listeners(part)
        for connection in topology.connections:
            for flow in connection.flows:
                self._check_opener(connection, flow)

    def check(self, topology: Topology) -> None:
        """Reports what contradicts itself in a topology whose ids are all known."""
        self._check_patterns(topology)
        self._check_ranges(topology)
        self._check_addresses(topology)
        for part in topology.parts:
            self._check_placement(topology, part)
            self._check_ports(part)
        for connection in topology.connections:
            for flow in model_flows.of(topology, connection):
                self._check_flow(topology, connection, flow.flow)

    # --- hosts ------------------------------------------------------------------------

    def _check_patterns(self, topology: Topology) -> None:
        """Several hosts alike can't all have one address."""
        for id, item in self.built.host_items.items():
            record = item.value
            if "count" in record and id in (*topology.hosts, *topology.zones):
                what = "host" if id in topology.hosts else "zone"
                message = f"the hosts '{id}' have the id of a {what}"
                self.findings.report("duplicate-id", item.place, message)
            if "count" not in record:
                if "zones" in record:
                    message = "'zones' is for hosts with 'count'"
                    hint = "write 'zone', or add 'count'"
                    self.findings.report("bad-placement", record["zones"].place, message, hint)
                continue
            said = [record["address"]] if "address" in record else []
            said += list(record["addresses"].value.values()) if "addresses" in record else []
            for address in said:
                if record["count"].value > 1 and not counted(address.value, 2):
                    message = f"all {record['count'].value} hosts would have this address"
                    hint = f"write {NUMBER} for the number of the host"
                    self.findings.report("bad-placement", address.place, message, hint)

    def _check_ranges(self, topology: Topology) -> None:
        for network in topology.networks.values():
            if network.range and _range(network.range) is None:
                message = f"'{network.range}' is not a range of addresses"
                hint = "write its first address, a slash and the length of its prefix"
                self.findings.report("bad-address", network.place, message, hint)

    def _check_addresses(self, topology: Topology) -> None:
        """An address is that of one host in a network, and in the network's range."""
        taken: dict[tuple[str | None, str], str] = {}
        reported = set()
        for host in topology.hosts.values():
            for network in host.networks or (None,):
                address = host.address_in(network)
                place = self._address_place(host, network)
                if not address:
                    continue
                within = _range(topology.networks[network].range) if network else None
                other = taken.setdefault((network, address), host.id)
                message = hint = ""
                if _is_miswritten(address):
                    message = f"'{address}' is not an IP address"
                    hint = _FOUR if ":" not in address else _EIGHT
                elif other != host.id:
                    message = f"'{host.id}' and '{other}' have the same address, {address}"
                elif within and (ip := _ip(address)) and _is_outside(ip, within):
                    message = f"{address} is not in {within}, the range of '{network}'"
                    hint = f"correct one of them, or set 'addresses' for '{network}'"
                # Of several hosts alike, the first one tells.
                if message and (place, hint) not in reported:
                    reported.add((place, hint))
                    self.findings.report("bad-address", place, message, hint)

    def _address_place(self, host: Host, network: str | None) -> Place:
        """Where the address of a host in a network is written."""
        record = self.built.host_items[host.pattern or host.id].value
        if "addresses" in record and network in record["addresses"].value:
            place: Place = record["addresses"].value[network].place
            return place
        return record["address"].place if "address" in record else host.place

    def _check_placement(self, topology: Topology, part: Part) -> None:
        uses = self.built.host_uses.get(part.id, ())
        if not uses:
            return
        place = self.built.replicas.get(part.id, uses[0].place)
        named = all(use.value in topology.hosts for use in uses)
        count = part.members or 0
        what = "servers" if isinstance(part, Service) else "members"
        if not part.placements:
            for use in uses:
                if use.value not in topology.hosts and not members(use.value, topology.hosts):
                    message = f"no host is in '{use.value}'"
                    self.findings.report("bad-placement", use.place, message)
        elif named and count < len({use.value for use in uses}):
            several = what if count > 1 else what[:-1]
            message = f"{len(uses)} hosts are named for {count} {several} of '{part.id}'"
            hint = "name no more hosts than there are copies"
            self.findings.report("bad-placement", place, message, hint)
        for use, times in Counter(use.value for use in uses).items():
            if times > 1:
                message = f"'{use}' is listed {times} times"
                hint = f"say how many {what} there are: the hosts are used in turn"
                self.findings.report("bad-placement", uses[0].place, message, hint)
        own = part.zones if isinstance(part, Service) else (part.zone,)
        zones = {placement.zone for placement in part.placements}
        said = {zone for zone in own if zone}
        if part.placements and said and said != zones - {None}:
            where = ", ".join(sorted(zone for zone in zones if zone)) or "no zone"
            message = f"'{part.id}' is in {', '.join(sorted(said))}, but its hosts are in {where}"
            hint = "leave the zone out: it follows from the hosts"
            self.findings.report("bad-placement", uses[0].place, message, hint)

    # --- ports ------------------------------------------------------------------------

    def _check_listeners(self, part: Part) -> None:
        names: set[str] = set()
        for listener in part.listen:
            if not listener.name and len(part.listen) > 1:
                message = f"'{part.id}' has several listeners, and this one has no name"
                self.findings.report("bad-listener", listener.place, message, "add 'name'")
            elif listener.name in names:
                message = f"'{part.id}' already has the listener '{listener.name}'"
                self.findings.report("bad-listener", listener.place, message)
            names.add(listener.name)
            if listener.option and (
                (option := ports.holder(part, listener)) is None
                or len(ports.in_value(option.value, alone=True)) != 1
            ):
                name = listener.option[1]
                message = f"no option '{name}' of '{part.id}' contains a port"
                self.findings.report("bad-listener", listener.place, message)

    def _check_ports(self, part: Part) -> None:
        """A port that both a listener and an option state is the same in both."""
        stated = {str(each.port): each for each in part.listen if each.port is not None}
        for listener in part.listen:
            option = ports.holder(part, listener) if listener.option else None
            if option and listener.port is not None:
                (held,) = ports.in_value(option.value, alone=True)
                if held != str(listener.port):
                    self._differs(option.place, part, held, listener)
        if len(stated) != len(part.listen):
            return
        held_by = [(o, port) for o, port in ports.in_options(part) if not port.startswith("<")]
        if stated and held_by and not stated.keys() & {port for _, port in held_by}:
            option, port = held_by[0]
            self._differs(option.place, part, port, next(iter(stated.values())))

    def _differs(self, place: Place, part: Part, port: str, listener: Listener) -> None:
        message = f"this names port {port}, and '{part.id}' listens at {listener.port}"
        hint = f"state a port in one place: correct it here or at {listener.place}"
        secret = isinstance(part, Component)  # it may hold a password
        self.findings.report("port-differs", place, message, hint, secret=secret)

    # --- flows ------------------------------------------------------------------------

    def _check_opener(self, connection: Connection, flow: Flow) -> None:
        if flow.opened_by not in (None, connection.owner, connection.peer):
            message = f"'{flow.opened_by}' is not an end of this connection, so it cannot open it"
            hint = f"it is {connection.owner} or {connection.peer}"
            self.findings.report("bad-flow", flow.place, message, hint)

    def _check_flow(self, topology: Topology, connection: Connection, flow: Flow) -> None:
        """What a flow says of the listener that it reaches is what that says itself."""
        opener, reached = model_flows.ends(topology, connection, flow)
        part = topology.part(reached)
        known = ports.listeners(topology, part)
        if flow.listener:
            self._check_named(part, known, flow)
        elif flow.port is None and len(known) > 1:
            if len(model_flows.candidates(topology, opener, part, flow)) != 1:
                names = ", ".join(each.name for each in known)
                message = f"'{part.id}' has several listeners, and this reaches one of them"
                self.findings.report("unclear-flow", flow.place, message, f"name one of {names}")
        elif flow.port is not None and known:
            self._check_port(topology, part, known, flow)

    def _check_named(self, part: Part, known: tuple[Listener, ...], flow: Flow) -> None:
        by_name = {listener.name: listener for listener in known}
        listener = by_name.get(flow.listener)
        if listener is None:
            what = f"listener '{flow.listener}' at '{part.id}'"
            self.findings.unknown(flow.place, what, flow.listener, filter(None, by_name))
            return
        self._same(part, listener, flow, "port", flow.port, ports.of(part, listener))
        self._same_rest(part, listener, flow)

    def _check_port(
        self, topology: Topology, part: Part, known: tuple[Listener, ...], flow: Flow
    ) -> None:
        """A port that no listener has may be one that the part does not list."""
        at_port = [each for each in known if ports.of(part, each) == str(flow.port)]
        if at_port:
            self._same_rest(part, at_port[0], flow)
            return
        alike = [
            each
            for each in known
            if ports.of(part, each).isdigit()
            and flow.transport in (None, each.transport)
            and (each.protocol == flow.protocol if flow.protocol else not each.name)
        ]
        if len(alike) == 1:
            self._same(part, alike[0], flow, "port", flow.port, ports.of(part, alike[0]))

    def _same_rest(self, part: Part, listener: Listener, flow: Flow) -> None:
        transport = flow.transport.value if flow.transport else None
        self._same(part, listener, flow, "transport", transport, listener.transport.value)
        self._same(part, listener, flow, "protocol", flow.protocol, listener.protocol)
        self._same(part, listener, flow, "TLS", flow.tls, listener.tls)
        self._same(part, listener, flow, "network", flow.network, listener.network)

    def _same(
        self, part: Part, listener: Listener, flow: Flow, what: str, said: object, held: object
    ) -> None:
        if said in (None, "") or held in (None, "") or str(said) == str(held):
            return
        shown, told = ({"True": "yes", "False": "no"}.get(str(x), x) for x in (said, held))
        message = f"the {what} is {shown} here, and {told} where '{part.id}' listens"
        hint = f"leave it out, since {listener.place} states it, or correct one of them"
        self.findings.report("port-differs", flow.place, message, hint)


def _range(text: str) -> IPv4Network | IPv6Network | None:
    """The range of a network, None if it is not said or is none."""
    try:
        return ip_network(text, strict=False)
    except ValueError:
        return None


def _ip(address: str) -> IPv4Address | IPv6Address | None:
    """An address as a number, None if it is a name or has a placeholder."""
    try:
        return ip_address(address.strip("[]"))
    except ValueError:
        return None


def _is_outside(ip: IPv4Address | IPv6Address, within: IPv4Network | IPv6Network) -> bool:
    """Whether an address is not in a range; of addresses of the other version it says nothing."""
    return ip.version == within.version and ip not in within


def _is_miswritten(address: str) -> bool:
    """Whether something is meant to be an IP address, and is none."""
    is_meant = not set(address) - set("0123456789.") or address.count(":") > 1
    return is_meant and "<" not in address and _ip(address) is None
