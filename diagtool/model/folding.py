"""Makes few boxes of many, where a picture would hold more than a page and an eye can.

What has a name in common is folded first, then what has the same connections, then what has
similar ones. A box says what it stands for, and its lines are those of all that is in it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import combinations

from diagtool.model.graph import Arrow, Diagram, Edge, Group, Node
from diagtool.model.topology import Shape

_MOST_BOXES, _MOST_LINES, _MOST_ROWS = 40, 80, 20
"""How much a picture may hold before anything is folded."""

_BOXES, _LINES, _ROWS = 24, 40, 12
"""How much it holds then."""

_FEW = 60
"""How many boxes are compared with each other; more are joined with their likes at once."""

_NAMED = 3
"""How many names a label tells, or more where there are few boxes."""

_Kind = Callable[[Node], object]


def folded(diagram: Diagram, kind: _Kind, boxes: Mapping[str, Sequence[str]]) -> Diagram:
    """The diagram with some boxes as one, which have a label together.

    Where it has too many all the same, those of one kind are folded into each other.
    """
    folding = _Folding(diagram, kind)
    for label, ids in boxes.items():
        folding.join(label, ids)
    if folding.is_large:
        folding.fold()
        count = f"{len(diagram.nodes)} parts in {len(folding.heaps)} boxes"
        diagram = replace(diagram, title=f"{diagram.title}: {count}")
    return folding.outcome(diagram)


class _Folding:
    """Heaps of boxes, each known by the id of its first, which other boxes join."""

    def __init__(self, diagram: Diagram, kind: _Kind) -> None:
        self._kinds = {node.id: kind(node) for node in diagram.nodes}
        self._names = {node.id: [node.label] for node in diagram.nodes}
        self.heaps: dict[str, tuple[Node, ...]] = {node.id: (node,) for node in diagram.nodes}
        self._peers: dict[str, set[str]] = {node.id: set() for node in diagram.nodes}
        for edge in diagram.edges:
            if edge.is_loop:
                continue
            self._peers[edge.tail].add(edge.head)
            self._peers[edge.head].add(edge.tail)

    @property
    def is_large(self) -> bool:
        """Whether it is more than a page holds."""
        return self._exceeds(_MOST_BOXES, _MOST_LINES, _MOST_ROWS)

    def _exceeds(self, boxes: int, lines: int, rows: int) -> bool:
        return len(self.heaps) > boxes or self._lines > lines or self._rows > rows

    @property
    def _rows(self) -> int:
        """How many boxes stand below each other: those that are equally far from the busiest."""
        columns: Counter[int] = Counter()
        seen: set[str] = set()
        for id in sorted(self.heaps, key=lambda id: -len(self._peers[id])):
            column, at = {id} - seen, 0
            while column:
                columns[at] += len(column)
                seen |= column
                column, at = set().union(*(self._peers[id] for id in column)) - seen, at + 1
        return max(columns.values(), default=0)

    @property
    def _lines(self) -> int:
        return sum(map(len, self._peers.values())) // 2

    def join(self, label: str, ids: Sequence[str]) -> None:
        """Makes one heap that nothing else joins."""
        for id in ids[1:]:
            self._join(ids[0], id)
        self._names[ids[0]] = [label]
        self._kinds[ids[0]] = label, ids

    def fold(self) -> None:
        self._fold_families()
        if self._exceeds(_BOXES, _LINES, _ROWS):
            self._fold_equals()
        while len(self.heaps) > _FEW and self._join_likes():
            pass
        while self._exceeds(_BOXES, _LINES, _ROWS):
            pairs = [
                pair
                for pair in combinations(self.heaps, 2)
                if self._kinds[pair[0]] == self._kinds[pair[1]]
            ]
            if len(pairs) < 2:
                return
            self._join(*max(pairs, key=self._likeness))

    def _fold_families(self) -> None:
        """Joins what has the first word of its name in common, where that tells some apart."""
        families: dict[tuple[object, str], list[str]] = {}
        for id in self.heaps:
            kind = self._kinds[id]
            families.setdefault((kind, _first_word(id)), []).append(id)
        each = Counter(kind for kind, _ in families)
        for (kind, word), ids in families.items():
            if len(ids) > 1 and each[kind] > 2:
                for id in ids[1:]:
                    self._join(ids[0], id)
                self._names[ids[0]] = [word]

    def _fold_equals(self) -> None:
        """Joins what has exactly the same connections."""
        equals: dict[object, str] = {}
        for id in list(self.heaps):
            connected = self._kinds[id], frozenset(self._peers[id])
            if (first := equals.setdefault(connected, id)) != id:
                self._join(first, id)

    def _join_likes(self) -> bool:
        """Joins every other box with the one most like it by its peers; whether some did."""
        alike: dict[object, list[str]] = {}
        for id in sorted(self.heaps, key=lambda id: sorted(self._peers[id])):
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
        return len(one & other) / max(len(one | other), 1), -sum(len(self.heaps[id]) for id in pair)

    def _join(self, one: str, other: str) -> None:
        self.heaps[one] += self.heaps.pop(other)
        self._names[one] += self._names.pop(other)
        for peer in self._peers.pop(other):
            self._peers[peer].discard(other)
            if peer != one:
                self._peers[peer].add(one)
                self._peers[one].add(peer)
        self._peers[one] -= {one, other}

    def outcome(self, diagram: Diagram) -> Diagram:
        heap = {node.id: id for id, nodes in self.heaps.items() for node in nodes}
        if len(heap) == len(self.heaps):
            return diagram
        # What stands in several frames stands in none.
        groups = [
            replace(group, nodes=tuple(id for id in group.nodes if self._is_within(id, group)))
            for group in diagram.groups
        ]
        return replace(
            diagram,
            nodes=tuple(self._node(id) for id in self.heaps),
            groups=tuple(group for group in groups if group.nodes),
            edges=_joined(diagram.edges, heap, self.heaps),
        )

    def _is_within(self, id: str, group: Group) -> bool:
        return id in self.heaps and all(node.id in group.nodes for node in self.heaps[id])

    def _node(self, id: str) -> Node:
        nodes = self.heaps[id]
        if len(nodes) == 1:
            return nodes[0]
        names = [" ".join(name.split()) for name in self._names[id]]
        most = max(_NAMED, _BOXES // len(self.heaps))
        told = ", ".join(names[:most]) + (" …" if len(names) > most else "")
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
