"""Moves boxes along their columns, to where their lines are short.

blockdiag fills rows from above, and puts what has no room there below everything else: a box
beside many others stands at their end rather than in their middle.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import combinations

from diagtool.pictures.ordering.estimate import Frame
from diagtool.pictures.ways import Cell

_PASSES = 4

Cells = dict[int, Cell]
Framed = tuple[frozenset[int], Frame]
"""A frame with the boxes inside."""


def levelled(
    cells: Cells,
    frames: Sequence[Framed],
    units: Sequence[Collection[int]],
    cost: Callable[[Cells, list[Frame]], int],
) -> Cells:
    """The cells after moving units, each as a whole, as long as that costs less.

    ``units`` are what moves together.
    """
    best = cost(cells, [frame for _, frame in frames])
    for _ in range(_PASSES):
        before = best
        for unit in units:
            for tried in _moved(cells, unit):
                around = [(boxes, _around(boxes, tried, frame)) for boxes, frame in frames]
                if _keep_order(frames, around) and _are_apart(tried, around):
                    harm = cost(tried, [frame for _, frame in around])
                    if harm < best:
                        cells, best = tried, harm
        if best == before:
            break
    return cells


def _moved(cells: Cells, unit: Collection[int]) -> Iterator[Cells]:
    """The cells with a unit moved, within the rows that there are; rows left empty close up."""
    rows = [cells[box][1] for box in unit]
    last = max(y for _, y in cells.values())
    for by in range(-min(rows), last - max(rows) + 1):
        if by:
            moved = cells | {box: (cells[box][0], cells[box][1] + by) for box in unit}
            if len(set(moved.values())) == len(moved):
                rank = {y: n for n, y in enumerate(sorted({y for _, y in moved.values()}))}
                yield {box: (x, rank[y]) for box, (x, y) in moved.items()}


def _around(boxes: frozenset[int], cells: Cells, frame: Frame) -> Frame:
    rows = [cells[box][1] for box in boxes]
    return frame._replace(y=min(rows), height=max(rows) - min(rows) + 1)


def _keep_order(before: Sequence[Framed], after: Sequence[Framed]) -> bool:
    """Whether frames still start one below the other as they did."""
    tops = [(one.y, other.y) for (_, one), (_, other) in zip(before, after, strict=True)]
    return all(
        one[1] <= other[1] if one[0] <= other[0] else one[1] >= other[1]
        for one, other in combinations(tops, 2)
    )


def _are_apart(cells: Cells, frames: Sequence[Framed]) -> bool:
    """Whether no frame is around what is not in it, and none meets another one."""
    return not any(
        frame.x <= x < frame.x + frame.width and frame.y <= y < frame.y + frame.height
        for boxes, frame in frames
        for box, (x, y) in cells.items()
        if box not in boxes
    ) and not any(
        one.x < other.x + other.width
        and other.x < one.x + one.width
        and one.y < other.y + other.height
        and other.y < one.y + one.height
        for (inner, one), (outer, other) in combinations(frames, 2)
        if inner.isdisjoint(outer)
    )
