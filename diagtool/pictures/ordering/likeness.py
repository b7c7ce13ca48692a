"""Boxes left in the cells that they had in a picture like this one, in no time."""

from __future__ import annotations

from dataclasses import replace

from diagtool.model.diagram import Diagram, Edge
from diagtool.pictures.ordering.structure import closed


def ordered_like(model: Diagram, diagram: Diagram) -> Diagram | None:
    """The diagram with boxes where another one that is ordered has them; new ones stand below.

    It may not be the best picture. None where that takes a search: with frames, or with an edge
    that must lead against the way that it would.
    """
    there = dict(model.cells)
    if not there or model.all_groups or diagram.all_groups:
        return None
    below = max(y for _, y in there.values()) + 1
    cells = closed(
        {
            number: there.get(node.id, (0, below + number))
            for number, node in enumerate(diagram.nodes)
        }
    )
    at = {node.id: cells[number] for number, node in enumerate(diagram.nodes)}

    def edge(old: Edge) -> Edge:
        return old.turned if at[old.tail] > at[old.head] else old

    edges = [edge(old) for old in diagram.edges]
    if any(old.fixed and new != old for old, new in zip(diagram.edges, edges, strict=True)):
        return None
    nodes = sorted(diagram.nodes, key=lambda node: at[node.id])
    return replace(diagram, nodes=tuple(nodes), edges=tuple(edges), cells=tuple(sorted(at.items())))
