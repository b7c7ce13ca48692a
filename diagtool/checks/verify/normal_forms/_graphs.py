"""What the source of a graph says, box by box and line by line, however that is written.

Ids are not said, and neither is which lines a statement joins.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from diagtool.checks.readers._graph import Edge, Graph, Group, Node
from diagtool.checks.verify.normal_forms._pieces import Form
from diagtool.model.facts import flat


def say_graph(graph: Graph, made: Form) -> None:
    """Adds all that a graph says."""
    for title, place in graph.titles:
        made.say("title", title, place)
    for node in graph.nodes.values():
        several = ", several" if node.stacked else ""
        made.say("box", node.label, node.place, under=_frames(node.group))
        made.say("shape", f"{flat(node.label)}: {node.shape or 'box'}{several}", node.place)
    for group in graph.groups:
        made.say("frame", group.label, group.place, under=_frames(group.outer))
    for edge in (*graph.edges, *graph.to_frames):
        made.say("arrow", _told(edge, graph), edge.place)


def _frames(group: Group | None) -> tuple[str, ...]:
    """The frames that something is in, the outer ones first."""

    def around(group: Group | None) -> Iterator[str]:
        while group:
            yield flat(group.label)
            group = group.outer

    return tuple(around(group))[::-1]


def _told(edge: Edge, graph: Graph) -> str:
    """A line with labels in place of ids."""
    ends: list[Node | Group] = [
        graph.frames.get(end) or graph.nodes[end] for end in (edge.tail, edge.head)
    ]
    tail, head = (flat(end.label) for end in ends)
    if (edge.at_tail and not edge.at_head) or (edge.at_tail == edge.at_head and head < tail):
        tail, head = head, tail  # whichever end is named first
        edge = replace(edge, at_tail=edge.at_head, at_head=edge.at_tail)
    way = "-.-" if edge.dashed else "--"
    said = f": {edge.label}" if edge.label else ""
    return f"{tail} {'<' * edge.at_tail}{way}{'>' if edge.at_head else '-'} {head}{said}"
