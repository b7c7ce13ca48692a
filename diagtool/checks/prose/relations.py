"""Whether a topology bears out what a sentence says of who talks to whom."""

from __future__ import annotations

from collections.abc import Iterable

from diagtool.checks.prose.verbs import Says
from diagtool.model import Component, Connection, Direction, Place, Topology, wording


def holds(
    topology: Topology,
    says: Says,
    subject: str,
    object_: str,
    *,
    directly: bool = False,
    several: bool = False,
) -> bool | None:
    """Whether it is so; None where the topology cannot tell.

    What fronts a service is needed by ``several`` of its servers, if not by one.
    """
    joined = between(topology, subject, object_)
    if not joined and not directly and _indirect(topology, subject, object_):
        return None
    arrows = {arrow for c in joined for arrow in _arrows(c)}
    outward, inward = (subject, object_) in arrows, (object_, subject) in arrows
    owns = any(c.owner == subject for c in joined)
    needs = topology.part(object_) in topology.needs(subject)
    match says:
        case Says.NEEDS:
            fronted = _front(topology, object_) and bool(joined)
            return needs or (fronted if several or not fronted else None)
        case Says.JOINS:
            return bool(joined)
        case Says.EXCHANGES:
            # Whether what goes one way counts as an exchange is a matter of words.
            return (outward and inward) or (None if joined else False)
        case Says.CONTACTS:
            # What pulls has the arrow come in, and yet it is the one that calls.
            return outward or (inward and owns and needs)
        case Says.SENDS:
            return outward
        case Says.HANDS:
            # A service also hands things to those who call it.
            return outward or (inward and subject in topology.services)
        case Says.RECEIVES:
            # What is called by another gets its calls, whichever way the data goes.
            return inward or (outward and topology.part(subject) in topology.needs(object_))
        case Says.READS:
            return inward or (outward and owns and needs)
        case Says.FRONTS:
            return bool(joined) if _front(topology, subject) else False
        case Says.BEHIND:
            return bool(joined) if _front(topology, object_) else False


def between(topology: Topology, one: str, other: str) -> list[Connection]:
    """The connections that join two parts."""
    return [c for c in topology.connections if {c.owner, c.peer} == {one, other}]


def told(topology: Topology, subject: str, object_: str) -> tuple[str, Place]:
    """What the topology says of two parts instead, and where."""
    one, other = topology.part(subject), topology.part(object_)
    joined = between(topology, subject, object_)
    if joined:
        arrow = joined[0]
        source, target = topology.part(arrow.source).name, topology.part(arrow.target).name
        if arrow.direction is Direction.BOTH:
            return f"{source} and {target} are connected both ways", arrow.place
        need = topology.is_needed(arrow)
        verb = ", and needs it" if need and arrow.owner == arrow.source else ""
        return f"{source} leads to {target}{verb}", arrow.place
    kind = one if not isinstance(one, Component) else other
    if isinstance(kind, Component):
        return f"no connection joins {one.name} and {other.name}", kind.place
    needed = wording.join([part.name for part in topology.needs(kind.id)]) or "nothing"
    return f"{kind.name} needs {needed}", kind.place


def fronts(topology: Topology, id: str, others: Iterable[str]) -> bool:
    """Whether a part stands in front of any of some others, or one of them in front of it."""
    return any(
        between(topology, id, other) and (_front(topology, id) or _front(topology, other))
        for other in others
    )


def led(topology: Topology, one: str, two: str, others: Iterable[str]) -> bool:
    """Whether a way leads from one part to another by some others; services meet anyhow."""
    reached, waiting = {one}, {one}
    others = {*others, two} - {one}
    while waiting:
        here = waiting.pop()
        near = {
            id
            for id in others - reached
            if (between(topology, here, id) or _indirect(topology, here, id))
            and {here, id} != {one, two}
        }
        reached |= near
        waiting |= near
    return two in reached


def _arrows(connection: Connection) -> list[tuple[str, str]]:
    ends = (connection.source, connection.target)
    both = connection.direction is Direction.BOTH
    return [ends, ends[::-1]] if both else [ends]


def _front(topology: Topology, id: str) -> bool:
    part = topology.part(id)
    return isinstance(part, Component) and part.front


def _indirect(topology: Topology, one: str, other: str) -> bool:
    """Whether two services may reach each other by way of a component, such as a queue."""
    if one not in topology.services or other not in topology.services:
        return False
    peers = [
        {c.peer if c.owner == id else c.owner for c in topology.connections_of(id)}
        for id in (one, other)
    ]
    return bool(peers[0] & peers[1])
