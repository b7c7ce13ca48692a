"""What nobody says outright: which parts are services, what stands in front, who owns a line."""

from __future__ import annotations

import re
from collections.abc import Iterator

from diagtool.model import Direction, Shape, node_id
from diagtool.scaffolding.importing.draft import (
    ASSUMED,
    Connection,
    Draft,
    DraftError,
    Kind,
    Line,
    Part,
    key,
)

_IN_FRONT = re.compile(
    r"load.?balancer|\blb\b|\bvip\b|ha.?proxy|\bnginx\b|traefik|envoy|ingress|reverse.?proxy",
    re.IGNORECASE,
)
_PEOPLE = re.compile(
    r"(the )?(web )?(users?|clients?|browsers?|customers?|internet|visitors?|operators?|admins?)",
    re.IGNORECASE,
)


def settle(draft: Draft) -> dict[Part, list[Connection]]:
    """Decides what each part is; gives the connections of each. Raises DraftError."""
    for part in draft.parts:
        _match_needs(draft, part)
    for part in draft.parts:
        part.kind = part.kind or _kind(draft, part)
    if not any(part.kind is Kind.SERVICE for part in draft.parts):
        _make_a_service(draft)
    for part in draft.parts:
        if part.kind is Kind.COMPONENT:
            part.front = part.front or _is_in_front(draft, part)
    _keep_apart(draft)
    for part in draft.parts:
        if not any(draft.lines_of(part)):
            message = f"no file says what {part.name} is connected with: add its connections"
            draft.remark(part.place, message, part, ASSUMED)
    owned: dict[Part, list[Connection]] = {part: [] for part in draft.parts}
    for line in draft.lines:
        owner, connection = _owned(line)
        connection.listener = _reached(draft, line, owner, connection)
        owned[owner].append(connection)
    return owned


def _match_needs(draft: Draft, part: Part) -> None:
    """Finds the parts that a list of needs names: those that it has lines with, first."""
    for need, place in part.needs.items():
        near = [other for _, other in draft.lines_of(part)]
        named = draft.find(need)
        peer = named or next(_alike(need, near), None) or next(_alike(need, draft.parts), None)
        if peer is part:
            continue
        if peer is None:
            peer = draft.part(need, place, kind=Kind.COMPONENT)
        draft.rename(peer, need)
        if draft.between(part, peer) is None:
            line = draft.join(part, peer, place)
            message = f"no picture shows the line to {peer.name}: it is taken to lead there"
            draft.remark(place, message, line, ASSUMED)


def _alike(name: str, parts: list[Part]) -> Iterator[Part]:
    """The parts that have the words of a name in theirs."""
    words = set(key(name).split("_"))
    return (part for part in parts if words <= set(key(part.label or part.name).split("_")))


def _kind(draft: Draft, part: Part) -> Kind:
    if part.shape in (Shape.DATABASE, Shape.CLOUD, Shape.ACTOR, Shape.MAIL, Shape.NOTE):
        return Kind.COMPONENT
    if _IN_FRONT.search(part.name) or _PEOPLE.fullmatch(part.name):
        return Kind.COMPONENT
    if part.replicas or part.has_needs:
        return Kind.SERVICE
    calls = any(_leaves(line, part) for line, _ in draft.lines_of(part))
    return Kind.SERVICE if calls else Kind.COMPONENT


def _leaves(line: Line, part: Part) -> bool:
    """Whether an arrow leads from a part."""
    return line.at_head if line.tail is part else line.at_tail


def _make_a_service(draft: Draft) -> None:
    """Takes the part with most lines for a service: there must be one."""
    if not draft.parts:
        raise DraftError("nothing in the files is a part of a system")
    part = max(draft.parts, key=lambda part: sum(1 for _ in draft.lines_of(part)))
    part.kind, part.front = Kind.SERVICE, False
    draft.remark(
        part.place, f"{part.name} is taken for a service: there must be one", part, ASSUMED
    )


def _keep_apart(draft: Draft) -> None:
    """Gives ids and servers other names where two things in a picture would have one id."""
    taken = {"overview", "deployment", "networks"}
    renamed: dict[str, str] = {}
    for part in draft.parts:
        if part.kind is not Kind.SERVICE:
            continue
        if _folded(node_id(part.servers)) in _server_ids(part):
            draft.remark(part.place, f"the frame '{part.servers}', called like a server", part)
            part.servers = ""
        called, number = part.server, 1
        while taken & _all_ids(part):
            part.server = f"{part.name} Server" if number == 1 else f"{part.name} {number} Server"
            part.servers, number = "", number + 1
        if number > 1:
            message = f"what is called '{called}' here is '{part.server}' in the topology: another "
            draft.remark(part.place, f"{message}service has servers of that name", part, ASSUMED)
        taken |= _all_ids(part)
    for part in draft.parts:
        wanted, number = part.id, 1
        while _folded(part.id) in taken:
            kind = part.kind.value if part.kind else ""
            part.id = f"{wanted[:45]}_{kind}{number if number > 1 else ''}"
            number += 1
        taken.add(_folded(part.id))
    for id in list(draft.hosts):
        wanted, number, new = id, 1, id
        while _folded(new) in taken:
            new, number = f"{wanted[:45]}-host{number if number > 1 else ''}", number + 1
        taken.add(_folded(new))
        renamed[id] = new
    draft.hosts = {renamed[id]: address for id, address in draft.hosts.items()}
    for part in draft.parts:
        part.hosts = [renamed[id] for id in part.hosts]


def _all_ids(part: Part) -> set[str]:
    """The ids that a picture has for the servers of a service and their frame."""
    server = part.server or f"{part.name} Server"
    return {_folded(node_id(part.servers or f"{server}s")), *_server_ids(part)}


def _server_ids(part: Part) -> set[str]:
    server = node_id(part.server or f"{part.name} Server")
    return {_folded(f"{server}_{number}") for number in range(1, (part.replicas or 1) + 1)}


def _folded(id: str) -> str:
    """What an id becomes as an anchor, and on a disk that ignores case."""
    return id.replace("_", "-").casefold()


def _is_in_front(draft: Draft, part: Part) -> bool:
    """Whether all that a component does is to pass requests on to services."""
    lines = list(draft.lines_of(part))
    served = [other for _, other in lines if other.kind is Kind.SERVICE]
    if not served or any(key(part.name) in map(key, other.needs) for other in served):
        return False
    if not all(_leaves(line, part) for line, other in lines if other.kind is Kind.SERVICE):
        return False
    if _IN_FRONT.search(part.name) or _PEOPLE.fullmatch(part.name) or part.shape is Shape.ACTOR:
        return True
    # A list of needs that leaves it out says that it is not needed.
    one_way = all(not (line.at_tail and line.at_head) for line, _ in lines)
    return one_way and all(other.has_needs for other in served)


def _reached(draft: Draft, line: Line, owner: Part, connection: Connection) -> str:
    """The listener at the other end of whoever opens a connection, if there are several.

    What is needed of a component is fetched from it, whichever way the arrow points.
    """
    peer = connection.peer
    fetched = peer.kind is Kind.COMPONENT and not peer.front
    reached = peer if fetched or connection.direction is not Direction.FROM else owner
    several = len(reached.listen) > 1
    known = {each.port: each for each in reached.listen}
    if line.port in known:
        return known[line.port].called if several else ""
    first = min(reached.listen, key=lambda each: each.for_people, default=None)
    if first is None or not (several or first.for_people):
        return ""
    message = f"which port of {reached.name} is reached: it is taken to be {first.port}"
    draft.remark(line.place, message, line, ASSUMED)
    return first.called if several else ""


def _owned(line: Line) -> tuple[Part, Connection]:
    """A line as one of its ends states it: a service does, else the one that needs the other."""
    owner, peer, out, back = line.tail, line.head, line.at_head, line.at_tail
    turned = line.at_tail and not line.at_head
    if owner.kind is not peer.kind:
        turned = owner.kind is not Kind.SERVICE
    if turned:
        owner, peer, out, back = peer, owner, back, out
    direction = Direction.BOTH if out and back else Direction.TO if out else Direction.FROM
    needed = peer.front or not line.optional
    return owner, Connection(peer, direction, line.label, needed, line.remarks)
