"""The facts of a system: what a topology says, and nothing about how it is written or shown.

Everything here is frozen and does no I/O. A :class:`Topology` is made by
:func:`diagtool.load`; every picture, page and snippet is made from one. What follows
from other facts (what a service needs, the labels of its replicas) is computed here and
stored nowhere, so that it cannot be typed in twice.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property

from diagtool.model.catalogue import Catalogue, OptionType
from diagtool.model.evidence import Evidence
from diagtool.model.value import value

PLACEHOLDER = re.compile(r"<([^<>\n]+)>")
"""A part of an option's value that the reader fills in, such as ``<load balancer URI>``."""


@value
class Place:
    """Where a fact is written: a path as the user named it, line and column from 1."""

    path: str = ""
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}"


NOWHERE = Place()


class Severity(Enum):
    """How bad a finding is. Only an error stops a build that is not strict."""

    ERROR = "error"
    WARNING = "warning"
    HINT = "hint"


class Direction(Enum):
    """Which way a connection's arrow points, seen from the one that states it."""

    TO = "to"
    FROM = "from"
    BOTH = "with"


class Shape(Enum):
    """The shapes that a component or a service's servers can be drawn in."""

    BOX = "box"
    SQUARE = "square"
    ROUNDED_BOX = "roundedbox"
    ELLIPSE = "ellipse"
    CIRCLE = "circle"
    DIAMOND = "diamond"
    CLOUD = "cloud"
    DATABASE = "database"
    ACTOR = "actor"
    NOTE = "note"
    MAIL = "mail"
    TERMINATOR = "terminator"
    INPUT = "input"


class Headers(Enum):
    """What a load balancer lets servers know of a request; each of them all before it."""

    NONE = "none"
    HOST = "host"
    FORWARDED = "forwarded"


class Reliance(Enum):
    """What the links in a service's answers are made from."""

    ADDRESS = "address"
    HOST = "host"
    FORWARDED = "forwarded"


class Effect(Enum):
    """What the loss of a connection's other end does to the one that states it."""

    STOPS = "stops"
    DEGRADES = "degrades"
    CONTINUES = "continues"


class Transport(Enum):
    """What carries a flow."""

    TCP = "tcp"
    UDP = "udp"


class Mode(Enum):
    """What the copies of a part do at the same time."""

    ACTIVE_ACTIVE = "active-active"
    ACTIVE_PASSIVE = "active-passive"
    PRIMARY_REPLICA = "primary-replica"


class Role(Enum):
    """What one copy does that another one does not, as it is told."""

    ACTIVE = "active"
    STANDBY = "standby"
    PRIMARY = "primary"
    REPLICA = "read replica"


ROLES = {
    Mode.ACTIVE_PASSIVE: (Role.ACTIVE, Role.STANDBY),
    Mode.PRIMARY_REPLICA: (Role.PRIMARY, Role.REPLICA),
}
"""The role of the first copy, and that of all others."""


# --- text -----------------------------------------------------------------------------


@value
class Plain:
    """Words that mean just themselves."""

    text: str


@value
class Literal:
    """Something typed into a computer, shown in a fixed-width face."""

    text: str


@value
class Link:
    """Words that lead to another document; ``url`` is http or https."""

    text: str
    url: str


@value
class Reference:
    """A place in a text that is filled from the model: ``{id}`` or ``{id.attribute}``.

    ``attribute`` is one of :data:`REFERENCE_ATTRIBUTES`, ``options.NAME`` for the name of an
    option that the service sets, or ``ports.NAME`` for the port of a listener.
    """

    id: str
    attribute: str = "name"
    place: Place = field(default=NOWHERE, compare=False, repr=False)


REFERENCE_ATTRIBUTES = (
    "name",
    "label",
    "replicas",
    "needs",
    "servers",
    "members",
    "quorum",
    "tolerates",
    "mode",
    "address",
    "port",
    "hosts",
    "zones",
)

Inline = Plain | Literal | Link | Reference
Text = tuple[Inline, ...]


# --- notes ----------------------------------------------------------------------------


@value
class Paragraph:
    """One paragraph of a note."""

    text: Text
    place: Place = field(default=NOWHERE, compare=False, repr=False)


@value
class Warning:
    """What goes wrong when the advice is not taken."""

    text: Text
    place: Place = field(default=NOWHERE, compare=False, repr=False)


@value
class SnippetMention:
    """The point in a note at which a snippet of the same service is shown."""

    snippet: str
    place: Place = field(default=NOWHERE, compare=False, repr=False)


@value
class Difference:
    """Why a fact is another one than in the topology that this one extends.

    ``about`` is what differs, of the service in whose notes it stands: the other end of a
    connection, an option, or another key. ``source`` is where it can be seen.
    """

    about: str
    text: Text
    source: Text
    place: Place = field(default=NOWHERE, compare=False, repr=False)


Block = Paragraph | Warning | SnippetMention | Difference


# --- sample config --------------------------------------------------------------------


@value
class Option:
    """A config option with the value that the guide advises, both exactly as written."""

    section: str
    name: str
    value: str
    place: Place = field(default=NOWHERE, compare=False, repr=False)

    @property
    def placeholders(self) -> tuple[str, ...]:
        """The names between ``<`` and ``>`` in the value, in order."""
        return tuple(PLACEHOLDER.findall(self.value))


@value
class Placeholder:
    """What a reader must put in place of ``<name>``; no option's value names another.

    ``type`` is None where the topology does not say.
    """

    name: str
    description: str = ""
    example: str = ""
    type: OptionType | None = None
    place: Place = field(default=NOWHERE, compare=False, repr=False)


@value
class DriverChoice:
    """An option whose value is a URL by which a library chooses one of its drivers.

    ``chosen_by`` is the library, one of those in ``diagtool.config.drivers``, ``needs`` what the
    driver must be able to do, in alphabetical order.
    """

    section: str
    name: str
    chosen_by: str
    needs: tuple[str, ...] = ()
    place: Place = field(default=NOWHERE, compare=False, repr=False)


@value
class Snippet:
    """Options that are set together. ``alternative_to`` names one that it replaces.

    ``relies_on`` is what they have the links in the service's answers made from.
    """

    id: str
    options: tuple[Option, ...]
    alternative_to: str | None = None
    relies_on: Reliance | None = None
    place: Place = field(default=NOWHERE, compare=False, repr=False)

    @property
    def sections(self) -> tuple[tuple[str, tuple[Option, ...]], ...]:
        """The options by section, sections and options in the order they were written."""
        by_section: dict[str, list[Option]] = {}
        for option in self.options:
            by_section.setdefault(option.section, []).append(option)
        return tuple((section, tuple(options)) for section, options in by_section.items())


# --- rules ----------------------------------------------------------------------------


@value
class Rule:
    """A condition under which a service needs something.

    It applies to ``service`` from ``replicas`` servers on, which then need one of
    ``options`` in ``section`` (None: in any), the connection with ``component``, or
    something in ``front`` of them (False: nothing). ``text`` tells readers why.
    """

    id: str
    text: Text
    service: str
    replicas: int = 1
    severity: Severity = Severity.WARNING
    options: tuple[str, ...] = ()
    section: str | None = None
    component: str | None = None
    front: bool | None = None
    place: Place = field(default=NOWHERE, compare=False, repr=False)
    service_place: Place = field(default=NOWHERE, compare=False, repr=False)
    need_place: Place = field(default=NOWHERE, compare=False, repr=False)


@value
class Silence:
    """Why a rule may be broken, for a part or for the whole topology."""

    rule: str
    reason: Text
    place: Place = field(default=NOWHERE, compare=False, repr=False)


# --- parts of a system ----------------------------------------------------------------


@value
class Zone:
    """A site, rack or availability zone in which components and replicas stand."""

    id: str
    label: str
    place: Place = field(default=NOWHERE, compare=False, repr=False)


@value
class Network:
    """A network that hosts are on; ``range`` is in CIDR notation, empty if not said."""

    id: str
    label: str
    range: str = ""
    place: Place = field(default=NOWHERE, compare=False, repr=False)


@value
class Host:
    """A machine. ``address`` may hold placeholders, and is empty if not said.

    ``addresses`` are those that it has in networks beside it, by network, and ``facts`` what a
    table shows of it. ``pattern`` is the id of the entry that describes several alike.
    """

    id: str
    label: str
    zone: str | None = None
    address: str = ""
    networks: tuple[str, ...] = ()
    addresses: tuple[tuple[str, str], ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    pattern: str | None = None
    place: Place = field(default=NOWHERE, compare=False, repr=False)

    def address_in(self, network: str | None) -> str:
        """The address at which it is reached in a network; its own where none is said."""
        return dict(self.addresses).get(network or "", self.address)


@value
class Listener:
    """Where each copy of a part is reached.

    ``name`` is empty where a part has no other. ``port`` is None where the option holds it that
    ``option`` names by section and name, and where nobody knows it. ``protocol`` is empty and
    ``tls`` None where they are not said. The rest is for load balancers: ``health`` is what to
    ask a server for to see whether it is well, ``prefix`` the path under which clients find the
    service at one and no server knows of, ``front_port`` the port there.
    """

    name: str = ""
    port: int | None = None
    transport: Transport = Transport.TCP
    protocol: str = ""
    tls: bool | None = None
    network: str | None = None
    option: tuple[str, str] | None = None
    health: str = "/"
    prefix: str = ""
    front_port: int | None = None
    place: Place = field(default=NOWHERE, compare=False, repr=False)

    @property
    def is_http(self) -> bool:
        """Whether it takes requests that a load balancer can read."""
        return self.protocol in HTTP and self.transport is Transport.TCP

    @property
    def is_passed_on(self) -> bool:
        """Whether a load balancer can't read it: it is no HTTP, or TLS ends at the servers."""
        return not self.is_http or bool(self.tls)


HTTP = ("http", "https")
"""The protocols that load balancers know to read."""


@value
class Flow:
    """What runs over a connection, as far as it is said; ``diagtool.model.flows`` tells the rest.

    ``listener`` names the one that is reached. ``opened_by`` is the end that opens it where
    that does not follow.
    """

    listener: str = ""
    port: int | None = None
    transport: Transport | None = None
    protocol: str = ""
    tls: bool | None = None
    network: str | None = None
    purpose: str = ""
    opened_by: str | None = None
    place: Place = field(default=NOWHERE, compare=False, repr=False)


@value
class OnLoss:
    """What the loss of a connection's other end does; ``source`` is where it can be seen."""

    effect: Effect
    text: Text = ()
    source: Text = ()
    place: Place = field(default=NOWHERE, compare=False, repr=False)


@value
class AtLeast:
    """How many servers carry the load of a service, and what it does with ``fewer``.

    The latter is None where nobody knows; ``source`` is where it can be seen.
    """

    servers: int
    fewer: Effect | None = Effect.DEGRADES
    source: Text = ()
    place: Place = field(default=NOWHERE, compare=False, repr=False)


@value
class WhenStopped:
    """What is seen when a part has stopped; ``source`` is where it can be seen."""

    text: Text
    source: Text = ()
    place: Place = field(default=NOWHERE, compare=False, repr=False)


@value
class Promise:
    """That the parts ``still`` go on when all of ``lost`` is lost, in words and as ids.

    ``lost`` are losses as ``diagtool.model.failures`` writes them, one of them perhaps of any
    zone, host or network.
    """

    text: Text
    lost: tuple[str, ...]
    still: tuple[str, ...]
    place: Place = field(default=NOWHERE, compare=False, repr=False)


@value
class ViewBox:
    """Parts that a view shows as one box."""

    label: str
    parts: tuple[str, ...]
    place: Place = field(default=NOWHERE, compare=False, repr=False)


@value
class View:
    """A picture of some parts, by what selects them; of all parts where nothing does.

    ``services`` adds these with the components that they are connected with, ``around`` a part
    with all that it is connected with, ``zone`` what stands there.
    """

    id: str
    title: str = ""
    services: tuple[str, ...] = ()
    around: str | None = None
    zone: str | None = None
    boxes: tuple[ViewBox, ...] = ()
    place: Place = field(default=NOWHERE, compare=False, repr=False)


@value
class Connection:
    """Who talks to whom. ``owner`` states it, ``peer`` is the other end.

    ``direction`` is seen from the owner. ``needed`` is what the topology says about the
    need; None means that it follows from the peer (:meth:`Topology.is_needed`). ``direct`` says
    whether one end opens connections to the other; if not, no flows run over it. Otherwise, without
    ``flows``, one runs over it of which nothing more is said.
    """

    owner: str
    peer: str
    direction: Direction
    needed: bool | None = None
    label: str = ""
    direct: bool = True
    flows: tuple[Flow, ...] = ()
    on_loss: OnLoss | None = None
    place: Place = field(default=NOWHERE, compare=False, repr=False)

    @property
    def source(self) -> str:
        """The end that the arrow leaves; for both ways, the owner."""
        return self.peer if self.direction is Direction.FROM else self.owner

    @property
    def target(self) -> str:
        """The end that the arrow reaches; for both ways, the peer."""
        return self.owner if self.direction is Direction.FROM else self.peer


@value
class Balancing:
    """How clients reach a load balancer, and what it tells the servers of their requests.

    ``address`` is its host as the values of options name it. ``headers`` is None where that
    follows from what the options rely on.
    """

    address: str = ""
    port: int = 80
    tls: bool = False
    headers: Headers | None = None
    place: Place = field(default=NOWHERE, compare=False, repr=False)

    def url(self, prefix: str = "") -> str:
        """Where clients find what is under a prefix, without a slash at the end."""
        scheme, usual = ("https", 443) if self.tls else ("http", 80)
        port = "" if self.port == usual else f":{self.port}"
        return f"{scheme}://{self.address}{port}{prefix}"


@value
class Cluster:
    """How a part is several, however it is drawn.

    ``members`` is None if not said, and for a service, whose servers they are. ``quorum`` says
    that more than half of them must be there. ``address`` is one that moves to the member that
    is active, or is empty.
    """

    members: int | None = None
    quorum: bool = False
    mode: Mode | None = None
    address: str = ""


@value
class Placement:
    """On which host a copy of a part runs, and the zone of that host."""

    host: str
    zone: str | None = None


@value
class Kubernetes:
    """How a service runs in Kubernetes; ``stateful`` if each server has an identity."""

    stateful: bool = False
    image: str = ""


@value
class Replica:
    """One running copy of a part. ``number`` counts from 1; ``id`` is its node's."""

    id: str
    label: str
    number: int
    zone: str | None = None
    host: str | None = None
    role: Role | None = None


def _copies(
    names: Iterable[tuple[str, str]],
    zones: tuple[str, ...],
    placements: tuple[Placement, ...],
    cluster: Cluster | None,
) -> tuple[Replica, ...]:
    """The copies of a part by ids and labels: on their hosts, else spread evenly over zones."""
    first, others = ROLES.get(cluster.mode, (None, None)) if cluster and cluster.mode else _NONE
    copies = []
    for number, (id, label) in enumerate(names, 1):
        zone = zones[(number - 1) % len(zones)] if zones else None
        host = None
        if placements:
            place = placements[(number - 1) % len(placements)]
            host, zone = place.host, place.zone
        copies.append(Replica(id, label, number, zone, host, others if number > 1 else first))
    return tuple(copies)


_NONE = (None, None)


@value
class Component:
    """Something that the services stand on: a database, a queue, a load balancer.

    ``name`` is what sentences call it, ``label`` what its box says. ``front`` says that it
    stands in front of the services that it is connected with, which therefore do not need
    it. ``stacked`` draws it as several. ``config`` is what a service that needs it sets to
    reach it.
    """

    id: str
    name: str
    label: str
    shape: Shape = Shape.BOX
    width: int | None = None
    stacked: bool = True
    front: bool = False
    balancing: Balancing | None = None
    cluster: Cluster | None = None
    zone: str | None = None
    description: Text = ()
    connections: tuple[Connection, ...] = ()
    listen: tuple[Listener, ...] = ()
    placements: tuple[Placement, ...] = ()
    address: str = ""
    outside: bool = False
    critical: bool = False
    when_stopped: WhenStopped | None = None
    config: tuple[Option, ...] = ()
    silenced: tuple[Silence, ...] = ()
    place: Place = field(default=NOWHERE, compare=False, repr=False)

    @property
    def members(self) -> int | None:
        """How many members it has, None if that is not said."""
        said = self.cluster.members if self.cluster else None
        return said or len(self.placements) or None

    @property
    def instances(self) -> tuple[Replica, ...]:
        """Its members in order, none if it is not said how many there are."""
        count = self.members or 0
        names = (
            (f"{self.id}_{number}", f"{self.name} {number}" if count > 1 else self.name)
            for number in range(1, count + 1)
        )
        zones = (self.zone,) if self.zone else ()
        return _copies(names, zones, self.placements, self.cluster)


@value
class Service:
    """A program that runs as several equal replicas.

    ``server`` is what one of them is called ("API Server"): the replicas' and the group's
    ids and labels follow from it. From ``fold_from`` replicas on, a diagram shows one box
    for all of them. ``config`` is what its own sections hold beside its snippets, which a
    page shows; ``uses`` names the one of alternative snippets that is in force. ``plural`` is
    what its servers are called together, where that does not follow. ``job`` says when it runs,
    if that is not all the time.
    """

    id: str
    name: str
    server: str
    replicas: int = 3
    at_least: AtLeast | None = None
    critical: bool = False
    when_stopped: WhenStopped | None = None
    shape: Shape = Shape.BOX
    width: int | None = None
    zones: tuple[str, ...] = ()
    fold_from: int | None = None
    description: Text = ()
    connections: tuple[Connection, ...] = ()
    listen: tuple[Listener, ...] = ()
    plural: str = ""
    placements: tuple[Placement, ...] = ()
    cluster: Cluster | None = None
    job: str = ""
    kubernetes: Kubernetes | None = None
    snippets: tuple[Snippet, ...] = ()
    uses: str | None = None
    config: tuple[Option, ...] = ()
    notes: tuple[Block, ...] = ()
    silenced: tuple[Silence, ...] = ()
    place: Place = field(default=NOWHERE, compare=False, repr=False)

    @property
    def servers(self) -> str:
        """What all its replicas are called together; the label of their group."""
        return self.plural or f"{self.server}s"

    @property
    def group_id(self) -> str:
        """The id of the group of its replicas."""
        return node_id(self.servers)

    @property
    def instances(self) -> tuple[Replica, ...]:
        """Its replicas in order, on their hosts, or spread evenly over its zones."""
        names = (
            (f"{node_id(self.server)}_{number}", f"{self.server} {number}")
            for number in range(1, self.replicas + 1)
        )
        return _copies(names, self.zones, self.placements, self.cluster)

    @property
    def members(self) -> int:
        """How many servers it has."""
        return self.replicas

    @property
    def balanced(self) -> Listener | None:
        """The listener over which a load balancer spreads requests, None if there is none."""
        fit = (each for each in self.listen if each.is_http or each.front_port)
        return next(fit, None)

    @property
    def options(self) -> tuple[Option, ...]:
        """The options of all its snippets, in order."""
        return tuple(option for snippet in self.snippets for option in snippet.options)

    @property
    def eligible(self) -> tuple[Snippet, ...]:
        """The snippets in force, or all of them as long as it is not said which one it uses."""
        return self.chosen if self.uses else self.snippets

    @property
    def chosen(self) -> tuple[Snippet, ...]:
        """The snippets in force, in order: of alternatives the one that it uses, else the first."""
        used = {snippet.id: snippet for snippet in self.snippets}.get(self.uses or "")
        return tuple(
            used if used and self.first_of(used) is snippet else snippet
            for snippet in self.snippets
            if snippet.alternative_to is None
        )

    def first_of(self, snippet: Snippet) -> Snippet:
        """Of a snippet and those that it is an alternative to, the one that is none."""
        for _ in self.snippets:  # there may be several on the way, and none comes twice
            if snippet.alternative_to is not None:
                snippet = self.snippet(snippet.alternative_to)
        return snippet

    def snippet(self, id: str) -> Snippet:
        """The snippet with this id. Raises KeyError where there is none."""
        for snippet in self.snippets:
            if snippet.id == id:
                return snippet
        raise KeyError(id)


Part = Component | Service


def attributes_of(part: Part) -> tuple[str, ...]:
    """Those of :data:`REFERENCE_ATTRIBUTES` that a part has."""
    cluster = part.cluster
    has = {
        "replicas": isinstance(part, Service),
        "servers": isinstance(part, Service),
        "members": bool(cluster) and part.members is not None,
        "quorum": bool(cluster and cluster.quorum) and part.members is not None,
        "tolerates": len(part.instances) > 1,
        "mode": bool(cluster and cluster.mode),
        "address": bool(address_of(part)),
        "port": len(part.listen) == 1,
        "hosts": bool(part.placements),
        "zones": bool(zones_of(part)),
    }
    return tuple(name for name in REFERENCE_ATTRIBUTES if has.get(name, True))


def zones_of(part: Part) -> tuple[str, ...]:
    """The zones in which a part's copies stand, by id, each once."""
    own = part.zones if isinstance(part, Service) else (part.zone,)
    zones = [copy.zone for copy in part.instances] or own
    return tuple(dict.fromkeys(zone for zone in zones if zone))


def address_of(part: Part) -> str:
    """The address at which a part is reached as a whole, empty if none is said.

    It is the one that moves with its active member, or its own.
    """
    moving = part.cluster.address if part.cluster else ""
    if isinstance(part, Service) or moving:
        return moving
    return part.address or (part.balancing.address if part.balancing else "")


@dataclass(frozen=True)
class Topology:
    """A whole system. Mappings are by id, in the order in which they were written.

    ``catalogues`` are those that its options are held against, the oldest release first.
    ``evidence`` is what a test run found of it as it was then; ``claims.proved`` tells what of
    that holds today. ``sources`` are the files that it was read from, the first one first.
    ``base`` is the topology that it extends, whole as that one is without it.
    """

    id: str
    name: str
    components: Mapping[str, Component]
    services: Mapping[str, Service]
    zones: Mapping[str, Zone] = field(default_factory=dict)
    networks: Mapping[str, Network] = field(default_factory=dict)
    hosts: Mapping[str, Host] = field(default_factory=dict)
    placeholders: Mapping[str, Placeholder] = field(default_factory=dict)
    drivers: tuple[DriverChoice, ...] = ()
    intro: tuple[Block, ...] = ()
    rules: Mapping[str, Rule] = field(default_factory=dict)
    promises: tuple[Promise, ...] = ()
    views: Mapping[str, View] = field(default_factory=dict)
    silenced: tuple[Silence, ...] = ()
    catalogues: tuple[Catalogue, ...] = field(default=(), compare=False, repr=False)
    evidence: Evidence | None = field(default=None, compare=False, repr=False)
    sources: tuple[str, ...] = field(default=(), compare=False, repr=False)
    base: Topology | None = field(default=None, compare=False, repr=False)

    def part(self, id: str) -> Part:
        """The component or service with this id. Raises KeyError where there is none."""
        return self.services[id] if id in self.services else self.components[id]

    @property
    def parts(self) -> Iterator[Part]:
        """Every component, then every service."""
        yield from self.components.values()
        yield from self.services.values()

    @cached_property
    def connections(self) -> tuple[Connection, ...]:
        """Every connection, those of components first."""
        return tuple(connection for part in self.parts for connection in part.connections)

    @cached_property
    def _from_others(self) -> Mapping[str, Sequence[Connection]]:
        """The connections that other parts state with a part, by its id."""
        found: dict[str, list[Connection]] = {}
        for connection in self.connections:
            if connection.peer != connection.owner:
                found.setdefault(connection.peer, []).append(connection)
        return found

    @cached_property
    def _places(self) -> Mapping[str, int]:
        """The position of each part in the order of all, from 0, by its id."""
        return {part.id: number for number, part in enumerate(self.parts)}

    def parts_of(self, ids: Iterable[str]) -> list[Part]:
        """The parts with these ids in the order of all. Raises KeyError where there is none."""
        return [self.part(id) for id in sorted(ids, key=self._places.__getitem__)]

    @cached_property
    def options(self) -> tuple[Option, ...]:
        """Every option that is stated anywhere, in the order of the parts."""
        return tuple(
            option
            for part in self.parts
            for option in (*(part.options if isinstance(part, Service) else ()), *part.config)
        )

    def connections_of(self, id: str) -> tuple[Connection, ...]:
        """The connections that touch a part, those that it states itself first."""
        return self.part(id).connections + tuple(self._from_others.get(id, ()))

    def is_needed(self, connection: Connection) -> bool:
        """Whether the owner of a connection needs the peer.

        It does unless the connection says otherwise or the peer stands in front of it,
        whichever way the arrow points. Nothing needs itself.
        """
        if connection.owner == connection.peer:
            return False
        if connection.needed is not None:
            return connection.needed
        peer = self.part(connection.peer)
        return not (isinstance(peer, Component) and peer.front)

    def differs_from(self, id: str, note: Difference) -> Topology | None:
        """The topology that a note of a service compares with: the base of who wrote it."""
        service = self.base.services.get(id) if self.base else None
        if self.base and service and any(_is_same(note, other) for other in service.notes):
            return self.base.differs_from(id, note)
        return self.base

    def needs(self, id: str) -> tuple[Part, ...]:
        """What a part needs access to, in the order of its connections, each once."""
        peers = (c.peer for c in self.part(id).connections if self.is_needed(c))
        return tuple(self.part(peer) for peer in dict.fromkeys(peers))

    def settings(self, id: str) -> tuple[tuple[Component | None, Option], ...]:
        """The options of a service's whole config, each with the component that it reaches.

        They are what the components that it needs ask for, its own, and the snippets in
        force. An option of a snippet goes before one of its own, and that before a
        component's: then the value is another one, and what it reaches is the same.
        """
        service = self.services[id]
        sources: list[tuple[Component | None, Iterable[Option]]] = [
            (part, part.config) for part in self.needs(id) if isinstance(part, Component)
        ]
        sources += [(None, service.config)]
        sources += [(None, [o for snippet in service.chosen for o in snippet.options])]
        found: dict[tuple[str, str], tuple[Component | None, list[Option]]] = {}
        for component, options in sources:
            stated: dict[tuple[str, str], list[Option]] = {}
            for option in options:
                stated.setdefault((option.section, option.name), []).append(option)
            for key, values in stated.items():
                reached = found[key][0] if key in found else None
                found[key] = component or reached, values
        return tuple((reached, option) for reached, values in found.values() for option in values)

    def needed_by(self, id: str) -> tuple[Service, ...]:
        """The services that need a part, in order."""
        part = self.part(id)
        return tuple(s for s in self.services.values() if part in self.needs(s.id))

    def fronted_by(self, id: str) -> tuple[Service, ...]:
        """The services that a component stands in front of, in order."""
        peers = {c.owner for c in self.connections if c.peer == id}
        component = self.components[id]
        return tuple(s for s in self.services.values() if component.front and s.id in peers)

    def balanced_by(self, id: str) -> tuple[Service, ...]:
        """Those of them that say where their servers take requests, in order."""
        return tuple(service for service in self.fronted_by(id) if service.balanced)


def _is_same(one: Block, other: Block) -> bool:
    """Whether two notes are one that was written once."""
    return one == other and one.place == other.place


def node_id(label: str) -> str:
    """A label as an id that every diagram language takes: lower case, ``_`` for the rest.

    Letters of every script are kept; a label without any letter or digit gives ``_``.
    """
    return re.sub(r"\W+", "_", label.lower()).strip("_") or "_"
