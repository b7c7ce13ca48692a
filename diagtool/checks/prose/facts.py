"""What judges are given, what they find, and what a topology answers when it is asked."""

from __future__ import annotations

import operator
from dataclasses import dataclass

from diagtool.checks.prose.names import Names
from diagtool.checks.prose.options import OptionNames
from diagtool.checks.prose.words import Token
from diagtool.model import (
    Component,
    Connection,
    Direction,
    OnLoss,
    Place,
    Service,
    Topology,
    ports,
    wording,
)


@dataclass(frozen=True)
class Facts:
    """A topology, and what its parts and options may be called."""

    topology: Topology
    names: Names
    options: OptionNames


_COMPARED = {
    "=": operator.eq,
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
}


def fits(actual: int, number: Token) -> bool:
    """Whether an actual number is what is said."""
    return bool(_COMPARED[number.than](actual, number.number))


def shown(number: Token) -> str:
    """A number as it is said: "at most 3"."""
    words = {"<": "fewer than ", ">": "more than ", "<=": "at most ", ">=": "at least "}
    return f"{words.get(number.than, '')}{number.number}"


def plural(number: int, noun: str) -> str:
    """A number of things: "1 server", "2 servers"."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


# --- what the topology says ---------------------------------------------------------


def holds(
    topology: Topology, relation: str, subject: str, object_: str, *, directly: bool = False
) -> bool | None:
    """Whether a relation is so; None where the topology cannot tell."""
    joined = between(topology, subject, object_)
    if not joined and not directly and _indirect(topology, subject, object_):
        return None
    arrows = {arrow for connection in joined for arrow in _arrows(connection)}
    outward, inward = (subject, object_) in arrows, (object_, subject) in arrows
    owns = any(connection.owner == subject for connection in joined)
    needs = topology.part(object_) in topology.needs(subject)
    pulls = inward and owns and needs
    match relation:
        case "needs":
            # What stands in front of a service is needed by some of its clients.
            return needs or (None if joined and _front(topology, object_) else False)
        case "joined":
            return bool(joined)
        case "contacts":
            # What pulls has the arrow come in, and yet it is the one that calls.
            return outward or pulls
        case "sends":
            return outward
        case "receives":
            # What is called by another gets its calls, whichever way the data goes.
            return inward or (outward and topology.part(subject) in topology.needs(object_))
        case "reads":
            # What stands in front of others asks them how they are.
            asks = True if inward or (outward and owns and needs) else None
            return asks or (None if joined and _front(topology, subject) else False)
        case "fronts":
            return bool(joined) and _front(topology, subject)
        case "behind":
            return bool(joined) if _front(topology, object_) else None
    return None


def between(topology: Topology, one: str, other: str) -> list[Connection]:
    """The connections that join two parts."""
    return [c for c in topology.connections if {c.owner, c.peer} == {one, other}]


def told(topology: Topology, subject: str, object_: str) -> tuple[str, Place]:
    """What the topology says of two parts instead, and where."""
    one, other = topology.part(subject), topology.part(object_)
    for arrow in between(topology, subject, object_):
        source, target = topology.part(arrow.source).name, topology.part(arrow.target).name
        if arrow.direction is Direction.BOTH:
            return f"{source} and {target} are connected both ways", arrow.place
        needed = topology.is_needed(arrow) and arrow.owner == arrow.source
        return f"{source} leads to {target}{', and needs it' * needed}", arrow.place
    service = one if isinstance(one, Service) else other
    if isinstance(service, Component):
        return f"no connection joins {one.name} and {other.name}", service.place
    needs = wording.join([part.name for part in topology.needs(service.id)]) or "nothing"
    return f"{service.name} needs {needs}", service.place


def leans(topology: Topology, subject: str, object_: str) -> bool:
    """Whether a part can be hit by what happens to another, by whatever way."""
    reached, waiting = {subject}, [subject]
    while waiting:
        here = waiting.pop()
        near = {p for c in topology.connections_of(here) for p in (c.owner, c.peer)} - reached
        if object_ in near:
            return True
        reached |= near
        waiting += sorted(near & topology.services.keys())
    return False


def on_loss(topology: Topology, subject: str, object_: str) -> OnLoss | None:
    """What the topology states of a part when another is lost."""
    stated = (c.on_loss for c in between(topology, subject, object_) if c.owner == subject)
    return next((each for each in stated if each), None)


def copies(topology: Topology, id: str) -> list[frozenset[str]]:
    """Where each copy of a part stands, as ids of its zone and host; none if not said."""
    part = topology.part(id)
    found = [frozenset(filter(None, (copy.zone, copy.host))) for copy in part.instances]
    if not found and isinstance(part, Component) and part.zone:
        return [frozenset({part.zone})]
    return [copy for copy in found if copy]


def zones(topology: Topology, id: str) -> tuple[str, ...]:
    """The zones in which a part stands, those of each copy in turn; none if not said."""
    return tuple(z for copy in copies(topology, id) for z in copy if z in topology.zones)


def where(topology: Topology, id: str, *, hosts: bool) -> str:
    """Where a part stands, in words: its hosts or its zones."""
    places = topology.hosts if hosts else topology.zones
    found = (place for copy in copies(topology, id) for place in copy if place in places)
    return wording.join([places[place].label for place in dict.fromkeys(found)])


def ports_of(topology: Topology, id: str) -> dict[int, Place]:
    """The ports on which a part can be reached, with where each is said."""
    part = topology.part(id)
    found = {ports.of(part, each): each.place for each in ports.listeners(topology, part)}
    found |= {port: option.place for option, port in ports.in_options(part)}
    if isinstance(part, Component) and part.balancing and part.balancing.port == 80:
        found.pop("80", None)  # which nobody may have said
    return {int(port): place for port, place in found.items() if port.isdigit()}


def _arrows(connection: Connection) -> list[tuple[str, str]]:
    ends = (connection.source, connection.target)
    both = connection.direction is Direction.BOTH
    return [ends, ends[::-1]] if both else [ends]


def _front(topology: Topology, id: str) -> bool:
    part = topology.part(id)
    return isinstance(part, Component) and part.front


def _indirect(topology: Topology, one: str, other: str) -> bool:
    """Whether what one service gives to a component, such as a queue, gets to another."""
    if one not in topology.services or other not in topology.services:
        return False
    arrows = {arrow for connection in topology.connections for arrow in _arrows(connection)}
    return any(
        ((one, id) in arrows and (id, other) in arrows)
        or ((other, id) in arrows and (id, one) in arrows)
        for id in topology.components
    )
