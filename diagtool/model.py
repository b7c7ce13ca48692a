"""The facts of a system: what a topology says, and nothing about how it is written or shown.

Everything here is frozen and does no I/O. A :class:`Topology` is made by
:func:`diagtool.load`; every picture, page and snippet is made from one. What follows
from other facts (what a service needs, the labels of its replicas) is computed here and
stored nowhere, so that it cannot be typed in twice.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property

PLACEHOLDER = re.compile(r"<([^<>\n]+)>")
"""A part of an option's value that the reader fills in, such as ``<load balancer URI>``."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a fact is written: a path as the user named it, line and column from 1."""

    path: str = ""
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}"


NOWHERE = Place()


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


# --- text -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Plain:
    """Words that mean just themselves."""

    text: str


@dataclass(frozen=True, slots=True)
class Literal:
    """Something typed into a computer, shown in a fixed-width face."""

    text: str


@dataclass(frozen=True, slots=True)
class Link:
    """Words that lead to another document; ``url`` is http or https."""

    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Reference:
    """A place in a text that is filled from the model: ``{id}`` or ``{id.attribute}``.

    ``attribute`` is one of :data:`REFERENCE_ATTRIBUTES`, or ``options.NAME`` for the name
    of an option that the service sets.
    """

    id: str
    attribute: str = "name"
    place: Place = field(default=NOWHERE, compare=False, repr=False)


REFERENCE_ATTRIBUTES = ("name", "label", "replicas", "needs", "servers")

Inline = Plain | Literal | Link | Reference
Text = tuple[Inline, ...]


# --- notes ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph of a note."""

    text: Text
    place: Place = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Warning:
    """What goes wrong when the advice is not taken."""

    text: Text
    place: Place = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class SnippetMention:
    """The point in a note at which a snippet of the same service is shown."""

    snippet: str
    place: Place = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
class Placeholder:
    """What a reader must put in place of ``<name>``; no option's value names another."""

    name: str
    description: str = ""
    example: str = ""
    place: Place = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Snippet:
    """Options that are set together. ``alternative_to`` names one that it replaces."""

    id: str
    options: tuple[Option, ...]
    alternative_to: str | None = None
    place: Place = field(default=NOWHERE, compare=False, repr=False)

    @property
    def sections(self) -> tuple[tuple[str, tuple[Option, ...]], ...]:
        """The options by section, sections and options in the order they were written."""
        by_section: dict[str, list[Option]] = {}
        for option in self.options:
            by_section.setdefault(option.section, []).append(option)
        return tuple((section, tuple(options)) for section, options in by_section.items())


# --- parts of a system ----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Zone:
    """A site, rack or availability zone in which components and replicas stand."""

    id: str
    label: str
    place: Place = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Connection:
    """Who talks to whom. ``owner`` states it, ``peer`` is the other end.

    ``direction`` is seen from the owner. ``needed`` is what the topology says about the
    need; None means that it follows from the peer (:meth:`Topology.is_needed`).
    """

    owner: str
    peer: str
    direction: Direction
    needed: bool | None = None
    label: str = ""
    place: Place = field(default=NOWHERE, compare=False, repr=False)

    @property
    def source(self) -> str:
        """The end that the arrow leaves; for both ways, the owner."""
        return self.peer if self.direction is Direction.FROM else self.owner

    @property
    def target(self) -> str:
        """The end that the arrow reaches; for both ways, the peer."""
        return self.owner if self.direction is Direction.FROM else self.peer


@dataclass(frozen=True, slots=True)
class Component:
    """Something that the services stand on: a database, a queue, a load balancer.

    ``name`` is what sentences call it, ``label`` what its box says. ``front`` says that it
    stands in front of the services that it is connected with, which therefore do not need
    it. ``stacked`` draws it as several.
    """

    id: str
    name: str
    label: str
    shape: Shape = Shape.BOX
    width: int | None = None
    stacked: bool = True
    front: bool = False
    zone: str | None = None
    description: Text = ()
    connections: tuple[Connection, ...] = ()
    place: Place = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Replica:
    """One running copy of a service. ``number`` counts from 1; ``id`` is its node's."""

    id: str
    label: str
    number: int
    zone: str | None = None


@dataclass(frozen=True, slots=True)
class Service:
    """A program that runs as several equal replicas.

    ``server`` is what one of them is called ("API Server"): the replicas' and the group's
    ids and labels follow from it. From ``fold_from`` replicas on, a diagram shows one box
    for all of them.
    """

    id: str
    name: str
    server: str
    replicas: int = 3
    shape: Shape = Shape.BOX
    width: int | None = None
    zones: tuple[str, ...] = ()
    fold_from: int = 20
    description: Text = ()
    connections: tuple[Connection, ...] = ()
    snippets: tuple[Snippet, ...] = ()
    notes: tuple[Block, ...] = ()
    place: Place = field(default=NOWHERE, compare=False, repr=False)

    @property
    def servers(self) -> str:
        """What all its replicas are called together; the label of their group."""
        return f"{self.server}s"

    @property
    def group_id(self) -> str:
        """The id of the group of its replicas."""
        return node_id(self.servers)

    @property
    def instances(self) -> tuple[Replica, ...]:
        """Its replicas in order, spread evenly over its zones."""
        return tuple(
            Replica(
                id=f"{node_id(self.server)}_{number}",
                label=f"{self.server} {number}",
                number=number,
                zone=self.zones[(number - 1) % len(self.zones)] if self.zones else None,
            )
            for number in range(1, self.replicas + 1)
        )

    @property
    def options(self) -> tuple[Option, ...]:
        """The options of all its snippets, in order."""
        return tuple(option for snippet in self.snippets for option in snippet.options)

    def snippet(self, id: str) -> Snippet:
        """The snippet with this id. Raises KeyError where there is none."""
        for snippet in self.snippets:
            if snippet.id == id:
                return snippet
        raise KeyError(id)


Part = Component | Service


def attributes_of(part: Part) -> tuple[str, ...]:
    """Those of :data:`REFERENCE_ATTRIBUTES` that a part has."""
    only = ("replicas", "servers") if isinstance(part, Component) else ()
    return tuple(name for name in REFERENCE_ATTRIBUTES if name not in only)


@dataclass(frozen=True)
class Topology:
    """A whole system. Mappings are by id, in the order in which they were written.

    ``sources`` are the files that it was read from, the first one first. ``base`` is the
    topology that it extends, whole as that one is without it.
    """

    id: str
    name: str
    components: Mapping[str, Component]
    services: Mapping[str, Service]
    zones: Mapping[str, Zone] = field(default_factory=dict)
    placeholders: Mapping[str, Placeholder] = field(default_factory=dict)
    intro: tuple[Block, ...] = ()
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

    def connections_of(self, id: str) -> tuple[Connection, ...]:
        """The connections that touch a part, those that it states itself first."""
        own = self.part(id).connections
        return own + tuple(c for c in self.connections if c.peer == id and c.owner != id)

    def is_needed(self, connection: Connection) -> bool:
        """Whether the owner of a connection needs the peer.

        It does unless the connection says otherwise or the peer stands in front of it,
        whichever way the arrow points.
        """
        if connection.needed is not None:
            return connection.needed
        peer = self.part(connection.peer)
        return not (isinstance(peer, Component) and peer.front)

    def needs(self, id: str) -> tuple[Part, ...]:
        """What a part needs access to, in the order of its connections, each once."""
        peers = (c.peer for c in self.part(id).connections if self.is_needed(c))
        return tuple(self.part(peer) for peer in dict.fromkeys(peers))

    def needed_by(self, id: str) -> tuple[Service, ...]:
        """The services that need a part, in order."""
        part = self.part(id)
        return tuple(s for s in self.services.values() if part in self.needs(s.id))

    def fronted_by(self, id: str) -> tuple[Service, ...]:
        """The services that a component stands in front of, in order."""
        peers = {c.owner for c in self.connections if c.peer == id}
        component = self.components[id]
        return tuple(s for s in self.services.values() if component.front and s.id in peers)


def node_id(label: str) -> str:
    """A label as an id that every diagram language takes: lower case, ``_`` for the rest.

    Letters of every script are kept; a label without any letter or digit gives ``_``.
    """
    return re.sub(r"\W+", "_", label.lower()).strip("_") or "_"
