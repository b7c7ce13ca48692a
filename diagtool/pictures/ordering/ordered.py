"""The diagram as its cells have it: the order of what is stated, and which end comes first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache

from diagtool.model.diagram import Diagram, Edge, Group
from diagtool.pictures.blockdiag_routes import Cell
from diagtool.pictures.ordering.search import Search
from diagtool.pictures.ordering.structure import Structure

_AT_HAND = 16
"""How many diagrams are kept: the same view is often shown in several formats, one by one."""

_MOST = 150
"""How many boxes are placed by a search; where there are more, blockdiag places them."""


@lru_cache(_AT_HAND)
def ordered(diagram: Diagram) -> Diagram:
    """The same diagram with the cells in which its boxes make a good picture.

    It is stated in that order, so that lines cross less where blockdiag by itself places boxes.
    Boxes of one part, and boxes with the same label, keep their order.
    """
    ends = {frozenset((edge.tail, edge.head)) for edge in diagram.edges if not edge.is_loop}
    if len(ends) < sum(not edge.is_loop for edge in diagram.edges):
        # Turned round, one of two edges between the same boxes would be the other.
        return diagram
    if around := _around_servers(diagram):
        return around
    structure = Structure(diagram)
    if structure.boxes > _MOST:
        return _without_circles(diagram, structure)
    return _as_placed(diagram, structure, Search(structure).run())


def _around_servers(diagram: Diagram) -> Diagram | None:
    """A diagram whose every edge leads to or from one column of boxes, as it should.

    Others stand on both sides of its middle, as edges lead. None for any other diagram.
    """
    if len(diagram.all_groups) > 1:
        return None
    lines = [edge for edge in diagram.edges if not edge.is_loop]
    if diagram.groups:
        (group,) = diagram.groups
        column: Sequence[str] = group.nodes
    else:
        ends = Counter(id for edge in lines for id in (edge.tail, edge.head))
        column = [id for id, number in ends.most_common(1) if number == len(lines)]
    if not column or not all(
        edge.fixed and (edge.tail in column) != (edge.head in column) for edge in lines
    ):
        return None
    before = {edge.tail for edge in lines if edge.tail not in column}
    behind = {edge.head for edge in lines if edge.head not in column}
    if not before.isdisjoint(behind):
        return None
    if not before:
        before = _fewest_alike(lines)
        behind -= before
    order = [node.id for node in diagram.nodes]
    columns = [[id for id in order if id in ids] for ids in (before, column, behind) if ids]
    rows = max(map(len, columns))
    cells = {
        id: (x, (rows - len(ids)) // 2 + number)
        for x, ids in enumerate(columns)
        for number, id in enumerate(ids)
    }
    alone = [id for id in order if id not in cells]
    cells |= {id: (0, rows + number) for number, id in enumerate(alone)}
    edges = tuple(edge.turned if edge.head in before else edge for edge in diagram.edges)
    return replace(diagram, edges=edges, cells=tuple(cells.items()))


_SEVERAL = 3
"""From how many boxes on one side on some of them stand on the other, if lines differ."""


def _fewest_alike(lines: Iterable[Edge]) -> set[str]:
    """The heads that fewest lines lead to in the same way, where there are several ways."""
    heads: dict[object, set[str]] = {}
    for edge in lines:
        heads.setdefault(edge.kind, set()).add(edge.head)
    fewest = min(heads.values(), key=len) if len(heads) > 1 else set()
    others = set().union(*(ids for ids in heads.values() if ids is not fewest))
    return fewest if len(fewest | others) >= _SEVERAL and fewest.isdisjoint(others) else set()


def _without_circles(diagram: Diagram, structure: Structure) -> Diagram:
    """The diagram in its own order; where edges go in a circle, one of them is turned."""
    members: dict[int, list[int]] = {}
    for number in range(structure.page):
        members.setdefault(structure.frame_of[number], []).append(number)
    place_of = {
        member: (place, 0)
        for inside in members.values()
        for place, member in enumerate(_ranked(inside, structure))
    }
    turned = {
        (link.tail, link.head) for link in structure.links if structure.is_turned(link, place_of)
    }
    return replace(diagram, edges=tuple(_turned(diagram.edges, turned, structure)))


def _ranked(members: Sequence[int], structure: Structure) -> list[int]:
    """Members of a frame, each before those to which edges lead where that can be."""
    pairs = {(link.one, link.other) for link in structure.links if link.one in members}
    left, ranks = list(members), []
    while left:
        into, out_of = Counter(other for _, other in pairs), Counter(one for one, _ in pairs)
        # In a circle, the one comes first that turns fewest edges.
        first = min(left, key=lambda m: (bool(into[m]), into[m] - out_of[m]))
        left.remove(first)
        ranks.append(first)
        pairs = {pair for pair in pairs if first not in pair}
    return ranks


def _as_placed(diagram: Diagram, structure: Structure, cells: dict[int, Cell]) -> Diagram:
    corners = {**cells, **{frame: (r.x, r.y) for frame, r in structure.rects(cells).items()}}

    def at(id: str) -> list[Cell]:
        return [corners[m] for m in structure.way_in(structure.numbers[id])[1:]]

    def group(old: Group) -> Group:
        inner = tuple(map(group, old.groups))
        return replace(old, nodes=tuple(sorted(old.nodes, key=at)), groups=inner)

    turned = {
        (link.tail, link.head) for link in structure.links if structure.is_turned(link, corners)
    }
    return replace(
        diagram,
        nodes=tuple(sorted(diagram.nodes, key=lambda node: at(node.id))),
        groups=tuple(map(group, diagram.groups)),
        edges=_in_runs(_turned(diagram.edges, turned, structure)),
        cells=tuple((node.id, cells[structure.numbers[node.id]]) for node in diagram.nodes),
    )


def _turned(
    edges: Iterable[Edge], turned: set[tuple[int, int]], structure: Structure
) -> list[Edge]:
    numbers = structure.numbers
    return [
        edge.turned if (numbers[edge.tail], numbers[edge.head]) in turned else edge
        for edge in edges
    ]


def _in_runs(edges: Sequence[Edge]) -> tuple[Edge, ...]:
    """The edges with those side by side that a person would state in one breath."""
    left, stated = list(edges), []
    while left:
        first = left[0]
        alike = [edge for edge in left if edge.kind == first.kind]
        run = max(
            [e for e in alike if e.tail == first.tail],
            [e for e in alike if e.head == first.head],
            key=len,
        )
        stated += run
        left = [edge for edge in left if edge not in run]
    return tuple(stated)
