"""Makes few boxes of many, where a picture would hold more than a page and an eye can.

What has a name in common is folded first, then what is connected alike. A box says what it
stands for, and its lines are those of all that is in it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import combinations

from diagtool.model.graph import Arrow, Diagram, Edge, Node
from diagtool.model.topology import Shape

_MOST_BOXES, _MOST_LINES = 40, 80
"""How much a picture may hold before anything is folded."""

_BOXES, _LINES = 24, 40
"""How much it holds then."""

_FEW = 60
"""How many boxes are compared with each other; more are joined with their likes at once."""

_NAMED = 3
"""How many names a label tells."""

_Kind = Callable[[Node], object]


def folded(diagram: Diagram, kind: _Kind) -> Diagram:
    """The diagram with boxes of one kind folded into each other where it has too many."""
    if len(diagram.nodes) <= _MOST_BOXES and len(diagram.edges) <= _MOST_LINES:
        return diagram
    folding = _Folding(diagram, kind)
    folding.fold()
    return folding.outcome()


class _Folding:
    """Heaps of boxes, each known by the id of its first, which other boxes join."""

    def __init__(self, diagram: Diagram, kind: _Kind) -> None:
        self._diagram = diagram
        self._kinds = {node.id: kind(node) for node in diagram.nodes}
        self._names = {node.id: [node.label] for node in diagram.nodes}
        self._in: dict[str, tuple[Node, ...]] = {node.id: (node,) for node in diagram.nodes}
        self._peers: dict[str, set[str]] = {node.id: set() for node in diagram.nodes}
        for edge in diagram.edges:
            if edge.is_loop:
                continue
            self._peers[edge.tail].add(edge.head)
            self._peers[edge.head].add(edge.tail)

    def fold(self) -> None:
        self._fold_families()
        while len(self._in) > _FEW and self._join_likes():
            pass
        while len(self._in) > _BOXES or sum(map(len, self._peers.values())) > 2 * _LINES:
            pairs = [
                pair
                for pair in combinations(self._in, 2)
                if self._kinds[pair[0]] == self._kinds[pair[1]]
            ]
            if len(pairs) < 2:
                return
            self._join(*max(pairs, key=self._likeness))

    def _fold_families(self) -> None:
        """Joins what has the first word of its name in common, where that tells some apart."""
        families: dict[tuple[object, str], list[str]] = {}
        for id, kind in self._kinds.items():
            families.setdefault((kind, _first_word(id)), []).append(id)
        each = Counter(kind for kind, _ in families)
        for (kind, word), ids in families.items():
            if len(ids) > 1 and each[kind] > 2:
                for id in ids[1:]:
                    self._join(ids[0], id)
                self._names[ids[0]] = [word]

    def _join_likes(self) -> bool:
        """Joins every other box with the one most like it by its peers; whether some did."""
        alike: dict[object, list[str]] = {}
        for id in sorted(self._in, key=lambda id: sorted(self._peers[id])):
            alike.setdefault(self._kinds[id], []).append(id)
        joined = False
        for ids in alike.values():
            for one, other in zip(ids[::2], ids[1::2], strict=False):
                self._join(one, other)
                joined = True
        return joined

    def _likeness(self, pair: tuple[str, str]) -> tuple[float, int]:
        """How many of their peers two share, and then how small they are."""
        one, other = (self._peers[id] - set(pair) for id in pair)
        return len(one & other) / max(len(one | other), 1), -sum(len(self._in[id]) for id in pair)

    def _join(self, one: str, other: str) -> None:
        self._in[one] += self._in.pop(other)
        self._names[one] += self._names.pop(other)
        for peer in self._peers.pop(other):
            self._peers[peer].discard(other)
            if peer != one:
                self._peers[peer].add(one)
                self._peers[one].add(peer)
        self._peers[one] -= {one, other}

    def outcome(self) -> Diagram:
        heap = {node.id: id for id, nodes in self._in.items() for node in nodes}
        boxes = f"{len(heap)} parts in {len(self._in)} boxes"
        return replace(
            self._diagram,
            title=f"{self._diagram.title}: {boxes}",
            nodes=tuple(self._node(id) for id in self._in),
            groups=tuple(
                replace(group, nodes=tuple(id for id in group.nodes if id in self._in))
                for group in self._diagram.groups
            ),
            edges=_joined(self._diagram.edges, heap, self._in),
        )

    def _node(self, id: str) -> Node:
        nodes = self._in[id]
        if len(nodes) == 1:
            return nodes[0]
        names = [" ".join(name.split()) for name in self._names[id]]
        told = ", ".join(names[:_NAMED]) + (" …" if len(names) > _NAMED else "")
        shapes = {node.shape for node in nodes}
        return Node(
            id,
            f"{told} ({len(nodes)})",
            "",
            shapes.pop() if len(shapes) == 1 else Shape.BOX,
            stacked=True,
            folded=nodes,
        )


def _first_word(id: str) -> str:
    return re.split(r"[-_. ]", id, maxsplit=1)[0]


def _joined(
    edges: Iterable[Edge], heap: Mapping[str, str], members: Mapping[str, Sequence[Node]]
) -> tuple[Edge, ...]:
    """One edge between two heaps, for all that lead from one to the other.

    What leads from a box to itself is seen where that box stands for nothing else.
    """
    between: dict[frozenset[str], list[Edge]] = {}
    for edge in edges:
        ends = heap[edge.tail], heap[edge.head]
        if ends[0] != ends[1] or (edge.is_loop and len(members[ends[0]]) == 1):
            between.setdefault(frozenset(ends), []).append(
                replace(edge, tail=ends[0], head=ends[1])
            )
    return tuple(_one(alike) for alike in between.values())


def _one(edges: Sequence[Edge]) -> Edge:
    first = edges[0]
    labels = {edge.label for edge in edges}
    arrows = {edge.arrow if edge.tail == first.tail else edge.turned.arrow for edge in edges}
    return replace(
        first,
        arrow=arrows.pop() if len(arrows) == 1 else Arrow.BOTH,
        label=labels.pop() if len(labels) == 1 else "",
        optional=all(edge.optional for edge in edges),
        fixed=any(edge.fixed and edge.tail == first.tail for edge in edges),
    )
