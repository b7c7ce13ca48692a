"""The order of a picture carried over to one that is like it, in no time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from diagtool.model.diagram import Diagram, Edge


def ordered_like(model: Diagram, diagram: Diagram) -> Diagram | None:
    """The diagram in the order of another one that is ordered; what is new comes last.

    It may not be the best order. None where that takes a search: with frames, or with an edge that
    must lead against that order.
    """
    if model.all_groups or diagram.all_groups:
        return None
    stated = {node.id: number for number, node in enumerate(model.nodes)}
    ranked = {id: number for number, id in enumerate(_ranked(model))}
    last = len(stated)

    def edge(old: Edge) -> Edge:
        ends = [ranked.get(id, last + places[id]) for id in (old.tail, old.head)]
        return old.turned if ends[0] > ends[1] else old

    nodes = sorted(diagram.nodes, key=lambda node: stated.get(node.id, last))
    places = {node.id: number for number, node in enumerate(nodes)}
    edges = [edge(old) for old in diagram.edges]
    if any(old.fixed and new != old for old, new in zip(diagram.edges, edges, strict=True)):
        return None
    return replace(diagram, nodes=tuple(nodes), edges=tuple(edges))


def _ranked(diagram: Diagram) -> Sequence[str]:
    """The boxes as edges lead from one to another, which they never do in a circle."""
    heads: dict[str, list[str]] = {node.id: [] for node in diagram.nodes}
    left = dict.fromkeys(heads, 0)
    for edge in diagram.edges:
        if not edge.is_loop:
            heads[edge.tail].append(edge.head)
            left[edge.head] += 1
    ranked = [id for id, count in left.items() if not count]
    for id in ranked:  # it grows meanwhile
        for head in heads[id]:
            left[head] -= 1
            if not left[head]:
                ranked.append(head)
    return ranked
