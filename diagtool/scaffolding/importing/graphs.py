"""Pictures: boxes, frames and lines become parts of a draft and the lines between them.

Boxes that differ in a number at their end are the servers of one service, and a frame around
them is what they are called together. In a picture that numbers servers, other boxes are what
they depend on, unless they look otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace

from diagtool.checks.readers import Claim, File, _graph, blockdiag, dot, mermaid, plantuml
from diagtool.checks.readers._graph import Edge, Graph, Group, Node
from diagtool.model import Place, Shape
from diagtool.model.facts import FactKind, flat
from diagtool.scaffolding.importing.draft import (
    ASSUMED,
    SHAPES,
    Draft,
    Kind,
    Line,
    Part,
    cleaned,
    without_server,
)

_NUMBERED = re.compile(r"(?P<base>.*?\D)??(?P<gap>[ _#-]*)\(?(?P<number>[0-9]{1,4})\)?$", re.DOTALL)
_REPEATED = re.compile(r"(?P<label>.+) \([0-9]+\)", re.DOTALL)
"""How facts tell boxes from each other that say the same."""
_DEPENDED_ON = (Shape.DATABASE, Shape.CLOUD, Shape.ACTOR, Shape.MAIL)


@dataclass(slots=True)
class _Servers:
    """The boxes of one service by their ids, and what they have in common."""

    base: str
    boxes: dict[str, Node] = field(default_factory=dict)
    numbers: list[int] = field(default_factory=list)

    @property
    def first(self) -> Node:
        return next(iter(self.boxes.values()))


def take(draft: Draft, graph: Graph, named: str = "") -> list[Part]:
    """Adds what a picture says; gives the services whose servers it numbers.

    ``named`` is what the page calls the service whose layout it is, if there is only one.
    """
    for what, place in graph.unread:
        draft.remark(place, what)
    for title, place in graph.titles:
        draft.remark(place, f"the title '{cleaned(title, 60)}'")
    _spread(draft, graph)
    for id, node in list(graph.nodes.items()):
        if not flat(node.label) and cleaned(id):
            message = f"a box without a label: it is called '{cleaned(id, 60)}'"
            draft.remark(node.place, message, code=ASSUMED)
        elif not flat(node.label):
            draft.remark(node.place, "a box without a label, and its lines")
            graph.nodes.pop(id)
    graph.edges = [e for e in graph.edges if {e.tail, e.head} <= set(graph.nodes)]
    servers = list(_servers(graph))
    parts: dict[str, Part] = {}
    services = [
        _service(draft, graph, each, named if len(servers) == 1 else "", parts) for each in servers
    ]
    for id, node in graph.nodes.items():
        if id not in parts:
            parts[id] = _single(draft, graph, id, node, parts, numbered=bool(servers))
    _frames(draft, graph, dict(zip(services, servers, strict=True)))
    _lines(draft, graph, parts, services)
    if parts and not services:
        draft.overviews += 1
        if draft.overviews > 1:
            message = "that this is a picture of its own: diagtool draws one of the whole system"
            draft.remark(next(iter(graph.nodes.values())).place, message)
    if len(services) > 1:
        place = servers[0].first.place
        message = (
            "the picture shows the servers of several services: diagtool draws each of them in a "
            "picture of its own"
        )
        draft.remark(place, message)
    return services


def _spread(draft: Draft, graph: Graph) -> None:
    """Has a line to a frame lead to each box in it, which is what it says in short."""
    for edge in graph.to_frames:
        frame = next(graph.frames[end] for end in (edge.head, edge.tail) if end in graph.frames)
        told = f"a line to the frame '{cleaned(frame.label)}'"
        tails, heads = (
            sorted(_members(graph, graph.frames[end])) if end in graph.frames else [end]
            for end in (edge.tail, edge.head)
        )
        pairs = [(tail, head) for tail, head in _graph.products(tails, heads) if tail != head]
        for tail, head in pairs:
            graph.join(replace(edge, tail=tail, head=head))
        if pairs:
            message = f"{told}: it is taken for one to each box in it"
            draft.remark(edge.place, message, code=ASSUMED)
        else:
            draft.remark(edge.place, told)


def _servers(graph: Graph) -> Iterator[_Servers]:
    """Boxes that differ in nothing but a number, with at least two of a kind."""
    found: dict[tuple[str, str], _Servers] = {}
    for id, node in graph.nodes.items():
        label = flat(node.label)
        if (match := _NUMBERED.fullmatch(label)) and (base := (match["base"] or "").strip(" _#-(")):
            servers = found.setdefault((base, node.shape), _Servers(base))
            if int(match["number"]) not in servers.numbers:
                servers.boxes[id] = node
                servers.numbers.append(int(match["number"]))
    for servers in found.values():
        if len(servers.boxes) > 1:
            yield servers


def _service(
    draft: Draft, graph: Graph, servers: _Servers, named: str, parts: dict[str, Part]
) -> Part:
    """The service that some boxes are the servers of."""
    base, first = servers.base, servers.first
    part = draft.part(named or without_server(base), first.place, kind=Kind.SERVICE)
    part.server = part.server or cleaned(base)
    part.shape = part.shape or _shape(draft, first, part)
    draft.count(part, len(servers.boxes), first.place)
    for number, (id, node) in enumerate(servers.boxes.items(), 1):
        parts[id] = part
        label = flat(node.label)
        if label != f"{part.server} {number}":
            message = f"what is called '{label}' here is '{part.server} {number}' in the topology"
            draft.remark(node.place, message, part, ASSUMED)
    return part


def _single(
    draft: Draft, graph: Graph, id: str, node: Node, parts: dict[str, Part], *, numbered: bool
) -> Part:
    """The part that a box alone stands for."""
    label = cleaned(node.label) or id
    part = draft.part(label, node.place, "" if flat(node.label) == id else id)
    if part in parts.values():
        draft.remark(node.place, f"another box that says '{label}': they are taken for one", part)
    part.label = part.label or label
    part.shape = part.shape or _shape(draft, node, part)
    part.stacked = part.stacked or (node.stacked if node.stacked is not None else part.stacked)
    if part.kind is None:
        if part.shape in _DEPENDED_ON:
            part.kind = Kind.COMPONENT
        elif numbered:
            others = (e for e in graph.edges if e.tail == id and e.at_head and not e.at_tail)
            calls = any(not parts.get(e.head) or parts[e.head].kind is None for e in others)
            part.kind = None if calls else Kind.COMPONENT
            part.weak = True
    return part


def _shape(draft: Draft, node: Node, part: Part) -> Shape | None:
    if not node.shape:
        return None
    shape = SHAPES.get(node.shape.lower())
    if shape is None:
        draft.remark(node.place, f"the shape '{cleaned(node.shape, 40)}'", part)
    return None if shape is Shape.BOX else shape


def _frames(draft: Draft, graph: Graph, services: dict[Part, _Servers]) -> None:
    """What servers are called together; other frames are not in a topology."""
    framed: set[int] = set()
    for part, each in services.items():
        groups = {id(node.group): node.group for node in each.boxes.values()}
        group = next(iter(groups.values()))
        alone = len(groups) == 1 and group and _members(graph, group) == set(each.boxes)
        if alone and group and flat(group.label):
            framed.add(id(group))
            part.servers = part.servers or cleaned(group.label)
        else:
            message = (
                f"there is no frame around the servers: in diagtool's picture it is there, and is "
                f"called '{part.servers or part.server + 's'}'"
            )
            draft.remark(each.first.place, message, part, ASSUMED)
    for group in graph.groups:
        if id(group) not in framed and (members := sorted(_labels(graph, group))):
            draft.remark(group.place, _frame(group, members))


def _frame(group: Group, members: Sequence[str]) -> str:
    """A frame in words."""
    shown = ", ".join(members[:4]) + (" …" if len(members) > 4 else "")
    label = cleaned(group.label)
    named = f"the frame '{label}'" if label else "a frame without a label"
    return f"{named} around {shown}"


def _members(graph: Graph, group: Group) -> set[str]:
    return {id for id, node in graph.nodes.items() if _is_in(node.group, group)}


def _labels(graph: Graph, group: Group) -> set[str]:
    return {cleaned(node.label, 60) for node in graph.nodes.values() if _is_in(node.group, group)}


def _is_in(inner: Group | None, outer: Group) -> bool:
    while inner is not None and inner is not outer:
        inner = inner.outer
    return inner is outer


def _lines(draft: Draft, graph: Graph, parts: dict[str, Part], services: list[Part]) -> None:
    """The lines between parts; those of the servers of one service are the same line."""
    joined: dict[Line, list[Edge]] = {}
    for edge in graph.edges:
        tail, head = parts[edge.tail], parts[edge.head]
        if tail is head:
            draft.remark(edge.place, f"a line from {tail.name} to itself", tail)
            continue
        plain = not (edge.at_tail or edge.at_head)
        before = draft.between(tail, head)
        line = draft.join(
            tail,
            head,
            edge.place,
            at_tail=edge.at_tail or plain,
            at_head=edge.at_head or plain,
            label=edge.label,
            optional=edge.dashed,
        )
        if plain and before is None:
            message = "the line has no arrowhead: it is taken for one that points both ways"
            draft.remark(edge.place, message, line, ASSUMED)
        if before is None and edge.dashed:
            message = "a dashed line: it is taken for one that is optional, as a note will say"
            draft.remark(edge.place, message, line, ASSUMED)
        joined.setdefault(line, []).append(edge)
    for line, edges in joined.items():
        ends = {frozenset((edge.tail, edge.head)) for edge in edges}
        tails, heads = ([id for id in parts if parts[id] is end] for end in (line.tail, line.head))
        servers = line.tail in services or line.head in services
        if servers and len(ends) < len(tails) * len(heads):
            ends_of = f"{line.tail.name} and {line.head.name}"
            message = f"only some servers have a line between {ends_of}: in the topology, all have"
            draft.remark(line.place, message, line, ASSUMED)
        for edge in edges:
            if (label := cleaned(edge.label)) and label != line.label:
                draft.remark(edge.place, f"the text '{label}' on a line that says another", line)


def of_claim(claim: Claim) -> Graph:
    """The graph that a picture shows of which only the facts are known."""
    graph = Graph()
    groups: dict[str, Group] = {}
    facts = claim.facts.items()
    several: list[tuple[str, Place]] = []
    for fact, place in facts:
        if fact.kind is FactKind.BOX:
            label = fact.terms[0]
            if (match := _REPEATED.fullmatch(label)) and match["label"] in graph.nodes:
                message = (
                    f"another box that says '{cleaned(match['label'])}': they are taken for one"
                )
                several.append((message, place))
                continue
            graph.nodes[label] = Node(label, place)
        if fact.kind is FactKind.GROUP:
            groups.setdefault(fact.terms[0], Group(fact.terms[0], place))
    graph.groups = list(groups.values())
    inside: dict[str, list[str]] = {}
    for fact, _ in facts:
        if fact.kind is FactKind.GROUP:
            inside.setdefault(fact.terms[1], []).append(fact.terms[0])
    sizes = {name: sum(name in outer for outer in inside.values()) for name in groups}
    for name, outer in inside.items():
        innermost = groups[min(outer, key=lambda each: sizes[each])]
        if name in graph.nodes:
            graph.nodes[name].group = innermost
        elif name in groups and sizes[innermost.label] > sizes[name]:
            groups[name].outer = innermost
    for group in graph.groups:  # a box is in one frame, even where it is taken for several
        members = [cleaned(name) for name, outer in inside.items() if group.label in outer]
        if not _members(graph, group):
            several.append((_frame(group, sorted(members)), group.place))
    labels = {f.terms: f for f, _ in facts if f.kind is FactKind.EDGE_LABEL}
    dashed = {f.terms for f, _ in facts if f.kind is FactKind.OPTIONAL}
    edges: dict[frozenset[str], Edge] = {}
    graph.frames = {name: group for name, group in groups.items() if name not in graph.nodes}
    ends_known = graph.nodes.keys() | graph.frames.keys()
    for fact, place in facts:
        if fact.kind not in (FactKind.ARROW, FactKind.LINE):
            continue
        tail, head = fact.terms
        if tail not in ends_known or head not in ends_known:
            continue
        edge = edges.get(frozenset((tail, head)))
        if edge is None:
            arrow = fact.kind is FactKind.ARROW
            edge = edges[frozenset((tail, head))] = Edge(tail, head, place, False, arrow)
            ends = tuple(sorted((tail, head)))
            edge.dashed = ends in dashed
            said = [terms[2] for terms in labels if terms[:2] == ends]
            edge.label = " ".join(said)
            if len(said) > 1:
                message = f"that several lines with texts lead between {tail} and {head}"
                several.append((message, place))
        elif edge.tail == head:
            edge.at_tail = True
    for edge in edges.values():
        framed = not graph.frames.keys().isdisjoint((edge.tail, edge.head))
        (graph.to_frames if framed else graph.edges).append(edge)
    graph.unread = [*claim.unread, *_unended(claim, ends_known), *several]
    return graph


def _unended(claim: Claim, ends: Set[str]) -> Iterator[tuple[str, Place]]:
    """The lines that do not lead from box to box."""
    for fact, place in claim.facts.items():
        if fact.kind in (FactKind.ARROW, FactKind.LINE) and not ends >= set(fact.terms):
            known = [cleaned(term, 60) for term in fact.terms if term in ends]
            reached = f"{known[0]} and nothing else" if known else "no box"
            yield f"a line that reaches {reached}", place


SOURCES: Mapping[str, Callable[[str, File, int], Graph]] = {
    "blockdiag": blockdiag.graph,
    "dot": dot.graph,
    "graphviz": dot.graph,
    "mermaid": mermaid.graph,
    "plantuml": plantuml.graph,
    "puml": plantuml.graph,
    "uml": plantuml.graph,
}
"""What reads the source of a picture on a page, by what pages call its language."""
