"""What runs between the parts of a system, worked out: who opens it, to which port.

A connection says which way work goes. What runs over it may be opened the other way: a name
server pulls a zone from us. What is not said is empty here, and shown as such.
"""

from __future__ import annotations

from diagtool.model import ports
from diagtool.model.topology import (
    Connection,
    Flow,
    Listener,
    Part,
    Service,
    Topology,
    zones_of,
)
from diagtool.model.value import value

NOT_STATED = "not stated"
"""What stands where nobody said."""

COLUMNS = (
    "Source",
    "Destination",
    "Port",
    "Transport",
    "Protocol",
    "TLS",
    "Opened by",
    "Purpose",
)
"""The columns of a table of flows."""


@value
class Resolved:
    """A flow with all that is known of it; ids of parts, and texts that are empty if not known.

    Work goes from ``source`` to ``destination``. ``opener`` opens it to ``port`` of ``reached``.
    """

    source: str
    destination: str
    opener: str
    reached: str
    port: str
    transport: str
    protocol: str
    tls: bool | None
    purpose: str
    network: str | None
    listener: Listener | None
    flow: Flow
    connection: Connection

    def row(self, topology: Topology) -> tuple[str, ...]:
        """What a table says of it, a text for each of :data:`COLUMNS`."""
        return (
            topology.part(self.source).name,
            topology.part(self.destination).name,
            self.port or ports.UNKNOWN,
            self.transport or NOT_STATED,
            self.protocol or NOT_STATED,
            NOT_STATED if self.tls is None else "yes" if self.tls else "no",
            self._opened(topology),
            self.purpose,
        )

    def _opened(self, topology: Topology) -> str:
        """Who opens it, and what is reached where the arrow leads the other way."""
        opener = topology.part(self.opener).name
        reached = topology.part(self.reached).name
        return opener if self.reached == self.destination else f"{opener} (to {reached})"


def flows(topology: Topology) -> tuple[Resolved, ...]:
    """Every flow, in the order in which the topology states them."""
    return tuple(flow for c in topology.connections for flow in of(topology, c))


def of(topology: Topology, connection: Connection) -> tuple[Resolved, ...]:
    """What runs over a connection: at least one flow, if it is direct."""
    if not connection.direct:
        return ()
    stated = connection.flows or (Flow(place=connection.place),)
    return tuple(_resolved(topology, connection, flow) for flow in stated)


def _resolved(topology: Topology, connection: Connection, flow: Flow) -> Resolved:
    opener, reached = ends(topology, connection, flow)
    part = topology.part(reached)
    found = candidates(topology, opener, part, flow)
    listener = found[0] if len(found) == 1 else None
    port, transport = "", ""
    if flow.port is not None:
        port = str(flow.port)
    elif listener:
        port = ports.of(part, listener)
    if flow.transport:
        transport = flow.transport.value
    elif listener or port:
        transport = (listener or Listener()).transport.value
    return Resolved(
        connection.source,
        connection.target,
        opener,
        reached,
        port,
        transport,
        flow.protocol or (listener.protocol if listener else ""),
        flow.tls if flow.tls is not None or listener is None else listener.tls,
        flow.purpose,
        flow.network or (listener.network if listener else None),
        listener,
        flow,
        connection,
    )


def ends(topology: Topology, connection: Connection, flow: Flow) -> tuple[str, str]:
    """Who opens a flow, and who is reached.

    Unless the flow says so, the end that the arrow leaves opens it. But what is needed of a
    component, such as the data of a database, is fetched by whoever needs it.
    """
    opener = flow.opened_by
    if opener is None:
        fetched = connection.peer in topology.components and topology.is_needed(connection)
        opener = connection.owner if fetched else connection.source
    reached = connection.peer if opener == connection.owner else connection.owner
    return opener, reached


def candidates(topology: Topology, opener: str, part: Part, flow: Flow) -> tuple[Listener, ...]:
    """The listeners of a part that a flow may reach, by what both say."""
    known = ports.listeners(topology, part)
    if opener in topology.components and topology.components[opener].front:
        # What stands in front reaches what it spreads requests over, unless the flow says else.
        balanced = part.balanced if isinstance(part, Service) else None
        if balanced and flow == Flow(purpose=flow.purpose, opened_by=flow.opened_by):
            return (balanced,)
    if flow.listener:
        return tuple(each for each in known if each.name == flow.listener)
    if flow.port is not None:
        known = tuple(each for each in known if ports.of(part, each) == str(flow.port))
    if flow.protocol:
        exact = tuple(each for each in known if each.protocol == flow.protocol)
        known = exact or tuple(each for each in known if not each.protocol)
    if flow.transport:
        known = tuple(each for each in known if each.transport is flow.transport)
    return known


@value
class Selection:
    """Which flows are asked for, by ids: all that fit each of those that are given."""

    service: str | None = None
    host: str | None = None
    zone: str | None = None
    network: str | None = None


def select(topology: Topology, selection: Selection) -> tuple[Resolved, ...]:
    """The flows that one end of which is a service, or runs on a host or in a zone.

    Of a network there are those that are said to run in it. Raises KeyError for an unknown id.
    """
    for id, known in (
        (selection.service, topology.services),
        (selection.host, topology.hosts),
        (selection.zone, topology.zones),
        (selection.network, topology.networks),
    ):
        if id is not None and id not in known:
            raise KeyError(id)
    return tuple(flow for flow in flows(topology) if _fits(topology, flow, selection))


def _fits(topology: Topology, flow: Resolved, selection: Selection) -> bool:
    parts = [topology.part(id) for id in (flow.opener, flow.reached)]
    hosts = {placed.host for part in parts for placed in part.placements}
    zones = {zone for part in parts for zone in zones_of(part)}
    return (
        selection.service in (None, flow.opener, flow.reached)
        and (selection.host is None or selection.host in hosts)
        and (selection.zone is None or selection.zone in zones)
        and selection.network in (None, flow.network)
    )
