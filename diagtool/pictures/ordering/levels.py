"""Moves boxes along their columns, to where their lines are short.

blockdiag fills rows from above, and puts what has no room there below everything else: a box
beside many others stands at their end rather than in their middle.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import combinations
from typing import NamedTuple

from diagtool.pictures.ordering.estimate import Frame
from diagtool.pictures.ways import Cell

_PASSES = 4

Cells = dict[int, Cell]


class Framed(NamedTuple):
    """A frame with the boxes inside, and the first of the frames that it is alike with."""

    frame: Frame
    boxes: frozenset[int]
    kind: int

    def around(self, cells: Cells) -> Framed:
        """The same around where its boxes stand now."""
        rows = [cells[box][1] for box in self.boxes]
        frame = self.frame._replace(y=min(rows), height=max(rows) - min(rows) + 1)
        return self._replace(frame=frame)


def levelled(
    cells: Cells,
    frames: Sequence[Framed],
    units: Sequence[Collection[int]],
    cost: Callable[[Cells, list[Frame]], int],
) -> Cells:
    """The cells, as columns and rows, after moving units along their columns while that costs less.

    ``units`` are boxes that move together. ``cost`` is in whatever unit; less is better.
    """
    best = cost(cells, [each.frame for each in frames])
    for _ in range(_PASSES):
        before = best
        for unit in units:
            for tried in _moved(cells, unit):
                around = [each.around(tried) for each in frames]
                if _keep_order(frames, around) and _are_apart(tried, around):
                    harm = cost(tried, [each.frame for each in around])
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


def _keep_order(before: Sequence[Framed], after: Sequence[Framed]) -> bool:
    """Whether frames that are alike still start one below the other as they did."""
    return all(
        now.frame.y <= other.frame.y if one.y <= two.y else now.frame.y >= other.frame.y
        for ((one, _, kind), now), ((two, _, same), other) in combinations(
            zip(before, after, strict=True), 2
        )
        if kind == same
    )


def _are_apart(cells: Cells, frames: Sequence[Framed]) -> bool:
    """Whether no frame is around what is not in it, and none meets another one."""
    return not any(
        frame.x <= x < frame.x + frame.width and frame.y <= y < frame.y + frame.height
        for frame, boxes, _ in frames
        for box, (x, y) in cells.items()
        if box not in boxes
    ) and not any(
        one.x < other.x + other.width
        and other.x < one.x + one.width
        and one.y < other.y + other.height
        and other.y < one.y + one.height
        for (one, inner, _), (other, outer, _) in combinations(frames, 2)
        if inner.isdisjoint(outer)
    )
