"""The views: what one picture shows of a topology.

A *view* makes a :class:`Diagram` from a :class:`~diagtool.model.Topology`. Every text
format is written from a Diagram, and every drawing is laid out from one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace

from diagtool.model import (
    Component,
    Connection,
    Direction,
    Host,
    Network,
    Part,
    Replica,
    Role,
    Service,
    Shape,
    Topology,
    View,
    flows,
    node_id,
    ports,
    zones_of,
)
from diagtool.model.folding import folded
from diagtool.model.graph import Arrow, Diagram, Edge, Fate, Group, Mark, Node

__all__ = [
    "Arrow",
    "Diagram",
    "Edge",
    "Fate",
    "Group",
    "Mark",
    "Node",
    "everything",
    "layout",
    "overview",
    "relabelled",
    "views",
]

MANY_SERVERS = 20
"""From how many servers on one box stands for all, if the topology does not say."""

MANY_NAMES = 4
"""How many services a title counts, where it would name fewer."""

MANY_LINES = 24
"""How many lines a picture may have that are alike, before one stands for several."""


def layout(topology: Topology, service_id: str) -> Diagram:
    """How one service is laid out: its servers, and all that they are connected with.

    Raises KeyError where there is no such service.
    """
    service = topology.services[service_id]
    connections = _lines(topology.connections_of(service_id))
    peers = {c.peer if c.owner == service_id else c.owner for c in connections} - {service_id}
    shown = topology.parts_of(peers)
    within = _lines(
        connection
        for part in shown
        for connection in part.connections
        if connection.peer in peers and isinstance(part, Component)
    )
    edges = [_edge(topology, c, c.owner, c.peer) for c in within]
    servers = _servers(service, len(peers))
    for connection in connections:
        for server, _ in servers:
            owner, peer = (
                server.id if end == service_id else end
                for end in (connection.owner, connection.peer)
            )
            edges.append(_edge(topology, connection, owner, peer, fixed=True))
    diagram = Diagram(
        name=service_id,
        title=f"Layout of {service.name}",
        nodes=(*(_box(part) for part in shown), *(server for server, _ in servers)),
        groups=_groups(topology, shown, service, servers),
        edges=tuple(edges),
    )
    return _explained(diagram)


def overview(topology: Topology, service_ids: Iterable[str] | None = None) -> Diagram:
    """The whole system, or some of its services: a box for each part, and who talks to whom.

    Where that is more than a page holds, what is alike is folded into one box. Raises
    KeyError where there is no such service, ValueError where their ids make no name for it.
    """
    if service_ids is None:
        return selected(topology, View("overview", f"Overview of {topology.name}"))
    return view(topology, name_of_subset(topology, service_ids))


def selected(topology: Topology, view: View) -> Diagram:
    """What a view shows: its parts, some of them as one box, and all connections between them.

    Where that is more than a page holds, what is alike is folded into one box, too.
    """

    def kind(node: Node) -> object:
        part = topology.part(node.part)
        return (part.front, part.zone) if isinstance(part, Component) else "service"

    boxes = {box.label: box.parts for box in view.boxes}
    return _explained(folded(_unfolded(topology, view), kind, boxes))


def everything(topology: Topology) -> Diagram:
    """The overview of the whole system with nothing folded."""
    return _explained(_unfolded(topology, View("overview", f"Overview of {topology.name}")))


def shown(topology: Topology, view: View) -> tuple[Part, ...]:
    """The parts that a view shows, components first."""
    if not (view.services or view.around or view.zone):
        return tuple(topology.parts)
    joined = [{c.owner, c.peer} for c in topology.connections]
    ids = set(view.services)
    for ends in joined:
        if not ends.isdisjoint(view.services):
            ids |= ends & topology.components.keys()
        if view.around in ends:
            ids |= ends
    ids |= {view.around} if view.around else set()
    ids |= {part.id for part in topology.parts if view.zone in zones_of(part)}
    return tuple(part for part in topology.parts if part.id in ids)


def _unfolded(topology: Topology, view: View) -> Diagram:
    parts = shown(topology, view)
    visible = {part.id for part in parts}
    return Diagram(
        name=view.id,
        title=view.title,
        nodes=tuple(_box(part) for part in parts),
        groups=_zone_groups(topology, [part for part in parts if isinstance(part, Component)]),
        edges=tuple(
            _edge(topology, c, c.owner, c.peer)
            for c in _lines(topology.connections)
            if {c.owner, c.peer} <= visible
        ),
    )


def deployment(topology: Topology) -> Diagram:
    """Which copies run on which hosts: hosts as frames inside zones, and what runs between.

    Where there would be too many lines to follow, one stands for those between all copies of
    two parts.
    """
    boxes: dict[str, list[Node]] = {part.id: list(_copies(part)) for part in topology.parts}
    moving = [node for part in topology.parts for node in _moving_address(part)]
    lines = _lines(topology.connections)
    within = [connection for connection in lines if connection.owner == connection.peer]
    between = [connection for connection in lines if connection not in within]
    pairs = {c: [(a.id, b.id) for a in boxes[c.owner] for b in boxes[c.peer]] for c in between}
    folded = sum(map(len, pairs.values())) > MANY_LINES
    edges = [
        _edge(topology, connection, *ends)
        for connection, every in pairs.items()
        for ends in (every[:1] if folded else every)
    ]
    edges += [_edge(topology, c, copy.id, copy.id) for c in within for copy in boxes[c.owner]]
    edges += [
        Edge(node.id, copy.id, Arrow.NONE) for node in moving for copy in boxes[node.part][:1]
    ]
    host_of = {copy.id: copy.host for part in topology.parts for copy in part.instances}
    placed: dict[str, list[str]] = {}
    for nodes in boxes.values():
        for node in nodes:
            if host := host_of.get(node.id):
                placed.setdefault(host, []).append(node.id)
    frames = {
        host.id: Group(host.id, host.label, None, tuple(placed[host.id]))
        for host in topology.hosts.values()
        if host.id in placed
    }
    groups = [
        Group(zone.id, zone.label, None, (), inner)
        for zone in topology.zones.values()
        if (inner := tuple(f for id, f in frames.items() if topology.hosts[id].zone == zone.id))
    ]
    groups += [frame for id, frame in frames.items() if topology.hosts[id].zone is None]
    diagram = Diagram(
        name="deployment",
        title=f"Deployment of {topology.name}",
        nodes=(*moving, *(node for nodes in boxes.values() for node in nodes)),
        groups=tuple(groups),
        edges=tuple(edges),
    )
    said = ("A line between two copies stands for those between all copies.",) if folded else ()
    return _explained(diagram, *said)


def _copies(part: Part) -> Iterator[Node]:
    """A box for each copy with its role, or one for a part that runs on no host."""
    if not part.placements:
        yield _box(part)
        return
    for copy in part.instances:
        shape = Shape.BOX if part.shape is Shape.CLOUD else part.shape  # it is on a machine
        yield _copy(copy, part, shape)


def _copy(copy: Replica, part: Part, shape: Shape) -> Node:
    """The box of a copy; what stands by, or is read only, is told by its shape and in words."""
    label = copy.label
    if copy.role:
        label += f"\n({copy.role.value})"
    if copy.role in (Role.STANDBY, Role.REPLICA):
        shape = Shape.BOX if shape is Shape.ROUNDED_BOX else Shape.ROUNDED_BOX
    return Node(copy.id, label, part.id, shape, part.width)


def _moving_address(part: Part) -> Iterator[Node]:
    """The address that moves to the active copy of a part, if it has one."""
    if part.placements and part.cluster and part.cluster.address:
        label = f"{part.cluster.address}\n(virtual address)"
        yield Node(f"_address_{part.id}", label, part.id, Shape.ELLIPSE)


def networks(topology: Topology) -> Diagram:
    """Which hosts are on which networks; hosts alike are one box."""
    nodes = [Node(n.id, _with_range(n), "", Shape.ROUNDED_BOX) for n in topology.networks.values()]
    edges: list[Edge] = []
    alike: dict[str, list[Host]] = {}
    for host in topology.hosts.values():
        alike.setdefault(host.pattern or host.id, []).append(host)
    for id, hosts in alike.items():
        if not hosts[0].networks:
            continue
        first, last = hosts[0], hosts[-1]
        label = f"{first.label} … {last.label}" if len(hosts) > 1 else first.label
        nodes.append(Node(id, label, "", stacked=len(hosts) > 1))
        for network in first.networks:
            addresses = [host.address_in(network) for host in (first, last)]
            said = " … ".join(dict.fromkeys(filter(None, addresses)))
            edges.append(Edge(network, id, Arrow.NONE, said))
    return Diagram("networks", f"Networks of {topology.name}", tuple(nodes), (), tuple(edges))


def _with_range(network: Network) -> str:
    return f"{network.label}\n({network.range or 'network'})"


def with_ports(topology: Topology, view: Diagram) -> Diagram:
    """A view with the ports of what runs between its boxes on the lines."""
    labels: dict[frozenset[str], list[str]] = {}
    for flow in flows.flows(topology):
        port = flow.port or ports.UNKNOWN
        said = f"{port}/udp" if flow.transport == "udp" else port
        if flow.reached != flow.destination:
            said += f" of {topology.part(flow.reached).name}"
        labels.setdefault(frozenset((flow.source, flow.destination)), []).append(said)
    parts = view.parts

    def edge(old: Edge) -> Edge:
        ends = frozenset(filter(None, (parts.get(old.tail), parts.get(old.head))))
        told = ", ".join(dict.fromkeys(labels.get(ends, ())))
        return replace(old, label="\n".join(filter(None, (old.label, told))))

    return replace(
        view,
        name=f"{view.name}{WITH_PORTS}",
        title=f"{view.title}, with ports",
        edges=tuple(e if e.arrow is Arrow.NONE else edge(e) for e in view.edges),
    )


WITH_PORTS = "-ports"
"""What the names of views with ports end in."""


def view(topology: Topology, name: str) -> Diagram:
    """The view of this name, one of those that are drawn on demand too.

    These are ``overview-`` and ids of services, ``around-`` and the id of a part, and any with
    ``-ports`` at its end. Raises KeyError where there is none.
    """
    if name in topology.services:
        return layout(topology, name)
    if name in topology.views:
        return selected(topology, topology.views[name])
    match name:
        case "overview":
            return overview(topology)
        case "deployment" if topology.hosts:
            return deployment(topology)
        case "networks" if topology.networks:
            return networks(topology)
    if name.startswith(AROUND):
        with suppress(KeyError):
            part = topology.part(name.removeprefix(AROUND))
            title = f"{part.name} and its neighbours"
            return selected(topology, View(name, title, around=part.id))
    if name.startswith(SUBSET) and (ids := _ids(topology, name.removeprefix(SUBSET))):
        named = [topology.services[id].name for id in ids]
        which = ", ".join(named) if len(ids) < MANY_NAMES else f"{len(ids)} services"
        title = f"Overview of {topology.name}: {which}"
        return selected(topology, View(name, title, services=ids))
    if name.endswith(WITH_PORTS):
        return with_ports(topology, view(topology, name.removesuffix(WITH_PORTS)))
    raise KeyError(name)


SUBSET, AROUND = "overview-", "around-"
"""What the names of views start with that show some services, and a part with its neighbours."""


def name_of_subset(topology: Topology, service_ids: Iterable[str]) -> str:
    """The name of an overview of some services.

    Raises KeyError where there is no such service, and ValueError where the name can be read in
    two ways.
    """
    ids = tuple(dict.fromkeys(service_ids))
    for id in ids:
        topology.services[id]
    name = SUBSET + "-".join(ids)
    if ids != _ids(topology, name.removeprefix(SUBSET)):
        raise ValueError(f"the name '{name}' could mean other services: define a view of these")
    return name


def _ids(topology: Topology, joined: str) -> tuple[str, ...]:
    """The ids of services that are joined by hyphens, the longest first; none if others are."""
    found = []
    while joined:
        fit = [id for id in topology.services if f"{joined}-".startswith(f"{id}-")]
        if not fit:
            return ()
        found.append(max(fit, key=len))
        joined = joined[len(found[-1]) + 1 :]
    return tuple(found)


def names(topology: Topology) -> tuple[str, ...]:
    """The names of the views that there are: each service's, those defined, those of the whole."""
    return (*topology.services, *topology.views, *whole(topology))


def whole(topology: Topology) -> tuple[str, ...]:
    """The names of the views of the whole system."""
    there = {"overview": True, "deployment": topology.hosts, "networks": topology.networks}
    return tuple(name for name, of in there.items() if of)


def views(topology: Topology) -> tuple[Diagram, ...]:
    """Every view of a topology in the order of their names."""
    return tuple(view(topology, name) for name in names(topology))


OPTIONAL = "A dashed line is optional."


def _explained(diagram: Diagram, *said: str) -> Diagram:
    """The diagram with a note on what its lines mean, where that does not go without saying."""
    if any(edge.optional for edge in diagram.edges):
        said = (*said, OPTIONAL)
    if any(edge.is_loop for edge in diagram.edges):
        said = (*said, "A loop stands for what runs between the copies of a part.")
    if not said:
        return diagram
    note = Node("_legend", "\n".join(said), "", Shape.NOTE)
    return replace(diagram, nodes=(*diagram.nodes, note))


def _lines(connections: Iterable[Connection]) -> tuple[Connection, ...]:
    """Connections as a picture shows them: one for two parts, whatever runs between them.

    Work that goes one way and the other makes an arrow that points both ways.
    """
    by_ends: dict[frozenset[str], list[Connection]] = {}
    for connection in connections:
        ends = frozenset((connection.owner, connection.peer))
        by_ends.setdefault(ends, []).append(connection)
    return tuple(_line(between) for between in by_ends.values())


def _line(between: list[Connection]) -> Connection:
    first, *rest = between
    if not rest:
        return first
    ends = {(connection.source, connection.target) for connection in between}
    both = len(ends) > 1 or any(c.direction is Direction.BOTH for c in between)
    labels = dict.fromkeys(c.label for c in between if c.label)
    return replace(
        first,
        direction=Direction.BOTH if both else first.direction,
        label="\n".join(labels),
        needed=first.needed if all(c.needed is False for c in between) else True,
    )


def _box(part: Part) -> Node:
    """A part as one box."""
    if isinstance(part, Component):
        return Node(part.id, part.label, part.id, part.shape, part.width, part.stacked)
    return Node(part.id, part.name, part.id, part.shape, stacked=part.replicas > 1)


def _edge(
    topology: Topology, connection: Connection, owner: str, peer: str, *, fixed: bool = False
) -> Edge:
    """The edge between two nodes that stand for a connection's ends.

    Work comes in from the left: what stands in front, and what talks both ways (a message
    queue hands work out and takes results), is the tail; anything else is the head.
    """
    if connection.owner == connection.peer:
        return Edge(owner, peer, Arrow.FORWARD, connection.label, fixed=fixed)
    part = topology.part(connection.peer)
    front = isinstance(part, Component) and part.front
    # What comes from another part, and is not needed, that part would miss.
    optional = connection.needed is False and connection.direction is not Direction.FROM
    if connection.direction is Direction.BOTH:
        return Edge(peer, owner, Arrow.BOTH, connection.label, fixed=fixed, optional=optional)
    forward = (
        (connection.direction is Direction.FROM)
        if front
        else (connection.direction is Direction.TO)
    )
    arrow = Arrow.FORWARD if forward else Arrow.BACK
    tail, head = (peer, owner) if front else (owner, peer)
    return Edge(tail, head, arrow, connection.label, fixed=front or fixed, optional=optional)


def in_labels(view: Diagram) -> Diagram:
    """The view for formats that have only labels to tell a fate with."""
    nodes = tuple(
        replace(node, label=f"{node.label}\n({node.sign})") if node.sign else node
        for node in view.nodes
    )
    return replace(view, nodes=nodes) if nodes != view.nodes else view


def relabelled(diagram: Diagram, words: Mapping[str, str]) -> Diagram:
    """A diagram with other labels, by those that it has."""

    def group(old: Group) -> Group:
        inner = tuple(map(group, old.groups))
        return replace(old, label=words.get(old.label, old.label), groups=inner)

    return replace(
        diagram,
        nodes=tuple(replace(n, label=words.get(n.label, n.label)) for n in diagram.nodes),
        groups=tuple(map(group, diagram.groups)),
        edges=tuple(replace(e, label=words.get(e.label, e.label)) for e in diagram.edges),
    )


def _is_folded(service: Service, lines: int) -> bool:
    """Whether one box stands for several servers, each of which would have so many lines."""
    if service.fold_from is not None:
        return service.replicas >= service.fold_from
    return service.replicas >= MANY_SERVERS or service.replicas * lines > MANY_LINES


def _servers(service: Service, lines: int) -> list[tuple[Node, str | None]]:
    """The boxes of a service's servers with their zones; one for all in a zone if folded."""

    def box(id: str, label: str, stacked: bool) -> Node:
        return Node(id, label, service.id, service.shape, service.width, stacked)

    if not _is_folded(service, lines):
        return [(_copy(copy, service, service.shape), copy.zone) for copy in service.instances]
    by_zone: dict[str | None, list[Replica]] = {}
    for replica in service.instances:
        by_zone.setdefault(replica.zone, []).append(replica)
    folded = []
    for zone, replicas in by_zone.items():
        first, last = replicas[0], replicas[-1]
        # Zones take servers in turn, so the second tells the step: 1, 3 … 49.
        second = f", {replicas[1].number}" if len(by_zone) > 1 and len(replicas) > 2 else ""
        several = len(replicas) > 1
        label = f"{first.label}{second} … {last.number}" if several else first.label
        folded.append((box(first.id, label, several), zone))
    return folded


def _groups(
    topology: Topology,
    shown: list[Part],
    service: Service,
    servers: list[tuple[Node, str | None]],
) -> tuple[Group, ...]:
    """The frames of a layout: the service's servers, inside the zones where there are some."""
    components = [part for part in shown if isinstance(part, Component)]

    def group(id: str, zone: str | None) -> Group:
        nodes = tuple(server.id for server, where in servers if where == zone)
        return Group(id, service.servers, service.id, nodes)

    single = service.replicas == 1  # whose frame would only say that it is several
    if not service.zones:
        frames = () if single else (group(service.group_id, None),)
        return (*_zone_groups(topology, components), *frames)
    groups = []
    for zone in topology.zones.values():
        nodes = tuple(c.id for c in components if c.zone == zone.id)
        inner = group(f"{service.group_id}_{node_id(zone.id)}", zone.id)
        if single:
            nodes, inner = (*nodes, *inner.nodes), replace(inner, nodes=())
        if nodes or inner.nodes:
            groups.append(Group(zone.id, zone.label, None, nodes, (inner,) if inner.nodes else ()))
    return tuple(groups)


def _zone_groups(topology: Topology, components: list[Component]) -> tuple[Group, ...]:
    groups = []
    for zone in topology.zones.values():
        if nodes := tuple(c.id for c in components if c.zone == zone.id):
            groups.append(Group(zone.id, zone.label, None, nodes))
    return tuple(groups)
