"""What judges are given, and what a topology answers when it is asked."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from dataclasses import dataclass

from diagtool import model
from diagtool.checks.prose.names import Names
from diagtool.checks.prose.options import OptionNames
from diagtool.checks.prose.text import Finding
from diagtool.checks.prose.tokens import Token
from diagtool.model import Component, Part, Place, Topology, ports, wording
from diagtool.model.flows import flows
from diagtool.model.flows import of as flows_of

_COMPARED = {
    "=": ("", operator.eq),
    "<": ("fewer than ", operator.lt),
    ">": ("more than ", operator.gt),
    "<=": ("at most ", operator.le),
    ">=": ("at least ", operator.ge),
}


def fits(actual: int, number: Token) -> bool:
    """Whether an actual number is what is said."""
    return bool(_COMPARED[number.than][1](actual, number.number))


def shown(number: Token) -> str:
    """A number as it is said: "at most 3"."""
    return f"{_COMPARED[number.than][0]}{number.number}"


def plural(number: int, noun: str) -> str:
    """A number of things: "1 server", "2 servers"."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


@dataclass(frozen=True)
class Facts:
    """A topology, and what its parts and options may be called.

    ``varied`` are options to which the page sets several values.
    """

    topology: Topology
    names: Names
    options: OptionNames
    varied: frozenset[str] = frozenset()

    def part(self, id: str) -> Part:
        """A part."""
        return self.topology.part(id)

    def holds(
        self, relation: str, subject: str, object_: str, *, directly: bool = False
    ) -> bool | None:
        """Whether a relation is so; None where the topology cannot tell."""
        between = self.between(subject, object_)
        if not (between or directly or relation == "beside") and self._indirect(subject, object_):
            return None
        joined, arrows = bool(between), _arrows(between)
        outward, inward = (subject, object_) in arrows, (object_, subject) in arrows
        needs = self.part(object_) in self.topology.needs(subject)
        before, behind = self.is_front(subject), self.is_front(object_)
        # What pulls has the arrow come in, and yet it is the one that calls.
        asks = not behind and any(connection.owner == subject for connection in between)
        opened = [flow for connection in between for flow in flows_of(self.topology, connection)]
        machines = self.topology.hosts.keys()
        hosts = [machines & frozenset().union(*self.copies(id)) for id in (subject, object_)]
        return {
            "opens": any(flow.opener == subject for flow in opened) if opened else None,
            # What stands in front of a service is needed by some of its clients.
            "needs": needs or (None if joined and behind else False),
            "joined": joined,
            "contacts": outward or (inward and asks) or (None if joined and behind else False),
            "sends": outward,
            "receives": inward,
            # What stands in front of others asks them how they are.
            "reads": inward or (outward and asks) or (None if joined and before else False),
            "fronts": joined and before,
            "behind": joined if behind else None,
            "beside": bool(hosts[0] & hosts[1]) if all(hosts) else None,
        }[relation]

    def is_front(self, id: str) -> bool:
        """Whether a part stands in front of services."""
        return id in self.topology.components and self.topology.components[id].front

    def between(self, one: str, other: str) -> list[model.Connection]:
        """The connections that join two parts."""
        return [c for c in self.topology.connections if {c.owner, c.peer} == {one, other}]

    def told(self, subject: str, object_: str) -> tuple[str, Place]:
        """What the topology says of two parts instead, and where."""
        one, other = self.part(subject), self.part(object_)
        for arrow in self.between(subject, object_):
            source, target = self.part(arrow.source).name, self.part(arrow.target).name
            ways = "leads to and from" if arrow.direction is model.Direction.BOTH else "leads to"
            return f"{source} {ways} {target}", arrow.place
        return f"no connection joins {one.name} and {other.name}", one.place

    def copies(self, id: str) -> list[frozenset[str]]:
        """Where each copy of a part stands, as ids of its zone and host; none if not said."""
        part = self.part(id)
        found = [frozenset(filter(None, (copy.zone, copy.host))) for copy in part.instances]
        if not found and isinstance(part, Component) and part.zone:
            return [frozenset({part.zone})]
        return [copy for copy in found if copy]

    def where(self, id: str, *, hosts: bool) -> str:
        """Where a part stands, in words: its hosts or its zones."""
        places = self.topology.hosts if hosts else self.topology.zones
        found = dict.fromkeys(p for copy in self.copies(id) for p in copy if p in places)
        return wording.join([places[place].label for place in found])

    def wrong_count(self, id: str, span: tuple[int, int], message: str) -> Finding:
        """That there are not as many copies of a part, or not there, as a sentence says."""
        part = self.part(id)
        return Finding("prose-count", span, f"{part.name} {message}", "", part.place)

    def ports(self, id: str) -> dict[int, Place]:
        """The ports on which a part can be reached, with where each is said."""
        part = self.part(id)
        found = {ports.of(part, each): each.place for each in ports.listeners(self.topology, part)}
        found |= {port: option.place for option, port in ports.in_options(part)}
        reached = (each for each in flows(self.topology) if each.reached == id)
        found |= {each.port: each.flow.place for each in reached}
        if isinstance(part, Component) and part.balancing and part.balancing.port == 80:
            found.pop("80", None)  # which nobody may have said
        return {int(port): place for port, place in found.items() if port.isdigit()}

    def _indirect(self, one: str, other: str) -> bool:
        """Whether what one service gives to a component, such as a queue, gets to another."""
        arrows, ways = _arrows(self.topology.connections), ((one, other), (other, one))
        middle = self.topology.components
        return any((a, id) in arrows and (id, b) in arrows for id in middle for a, b in ways)


def _arrows(connections: Sequence[model.Connection]) -> set[tuple[str, str]]:
    """Which parts have an arrow to which."""
    both = [c for c in connections if c.direction is model.Direction.BOTH]
    return {(c.source, c.target) for c in connections} | {(c.target, c.source) for c in both}
