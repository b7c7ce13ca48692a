"""Looks for the cells in which the boxes of a diagram make a good picture.

Boxes are put in one by one as they are stated, each where it does least harm to those that are
there. After each, it and its peers may move on, if that is worth more than a little. So what is
stated last moves little else, and a small change of a system is a small change of its picture.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from math import inf
from typing import NamedTuple

from diagtool.pictures.blockdiag_routes import GAP_X, GAP_Y, Cell
from diagtool.pictures.ordering.estimate import Frame
from diagtool.pictures.ordering.structure import Cells, Structure, closed
from diagtool.pictures.ordering.weights import AGAINST, CROSSING, FRONT, UPRIGHT

_GAINS = 3 * CROSSING, 4 * CROSSING, 2 * CROSSING
"""What a move must gain: without frames, with frames, and with frames in frames.

The more, the less a small change moves. In frames in frames there are few places for a box, and
what is put in first is seldom where it should be.
"""

_PLACES, _MOVES, _SWAPS = 48, 16, 4
"""How many places are looked at closely for a new box, for another, and other boxes in turn."""

_STEPS = 90_000
"""How much may be looked at: boxes and lines, each once for each picture that is tried."""

_BOX = 128
_COLUMN, _ROW = _BOX + GAP_X + 8, 40 + GAP_Y + 4
"""How far columns and rows are apart about, in pixels."""

Unit = tuple[int, ...]
"""Boxes that are moved together."""

_Picture = frozenset[tuple[int, Cell]]
"""Boxes and their cells."""


class _Place(NamedTuple):
    """The upper left cell of a unit, and where columns or rows are made for it, if anywhere."""

    x: int
    y: int
    column: int | None = None
    row: int | None = None


class Search:
    """Finds the cells of a diagram's boxes."""

    def __init__(self, structure: Structure) -> None:
        self._given = structure
        self._steps = _STEPS
        self._gain = _GAINS[min(structure.depth, 2)]
        self._least_costs: dict[_Picture, int | None] = {}
        self._costs: dict[_Picture, int] = {}
        self._in_vain: set[tuple[Unit, _Picture]] = set()
        """What was moved in which picture, and made it no better anywhere."""

    def run(self) -> dict[int, Cell]:
        """The column and row of each box, by its number."""
        cells: dict[int, Cell] = {}
        put: list[Unit] = []
        for unit in self._sequence():
            shape = [(box, 0, number) for number, box in enumerate(unit)]
            found = self._best(shape, cells, _PLACES)
            assert found, "below all others there is always room"
            _, cells = found
            put.append(unit)
            near = {*unit, *(peer for box in unit for peer in self._given.peers[box])}
            units = [each for each in self._units(put) if not near.isdisjoint(each)]
            cells = self._improved(cells, units, 2)
        return self._improved(cells, list(self._units(put)), 3)

    def _sequence(self) -> list[Unit]:
        """What is put in after what: as it is stated, so that a connection more changes nothing.

        Only what is in front waits until there is something that it leads to, outside of its own
        stack. It does not where frames are in frames: it is then what a service gets its work from.
        """
        units = list(dict.fromkeys(self._unit(box) for box in range(self._given.boxes)))
        for box in self._given.front if self._given.depth < 2 else ():
            unit, peers = self._unit(box), self._given.peers[box].keys()
            units.remove(unit)
            reached = (at for at, other in enumerate(units) if not peers.isdisjoint(other))
            units.insert(next(reached, -1) + 1, unit)
        return units

    def _unit(self, box: int) -> Unit:
        frame = self._given.frame_of[box]
        return tuple(sorted(self._given.inside[frame])) if frame in self._given.stacks else (box,)

    def _units(self, put: Sequence[Unit]) -> Iterator[Unit]:
        """What may be moved: frames as a whole, then boxes."""
        there = {box for unit in put for box in unit}
        for frame in self._given.frames:
            if frame not in self._given.stacks:
                boxes = tuple(sorted(self._given.inside[frame] & there))
                if len(boxes) > 1:
                    yield boxes
        yield from put

    def _improved(
        self, cells: dict[int, Cell], units: Sequence[Unit], passes: int
    ) -> dict[int, Cell]:
        """Moves each unit to where it does least harm, as long as that gains enough."""
        cost = self._cost(cells)
        assert cost is not None
        for _ in range(passes):
            before = cost
            for unit in units:
                trial = unit, frozenset(cells.items())
                if trial in self._in_vain:
                    continue
                limit = cost - self._gain
                for tried in self._moved(unit, cells, limit), self._swapped(unit, cells, limit):
                    if self._steps > 0 and tried and tried[0] < cost - self._gain:
                        cost, cells = tried
                if cost > limit:
                    self._in_vain.add(trial)
            if cost == before:
                break
        return cells

    def _cost(self, cells: Cells, limit: float = inf) -> int | None:
        """What a picture costs, None where something stands on something else.

        Of one that costs ``limit`` or more, it may say less than it costs, but not below the limit.
        """
        key = frozenset(cells.items())
        if key not in self._least_costs:
            rects = self._given.rects(cells)
            fits = self._given.fits(cells, rects)
            if fits:
                self._steps -= len(cells) + len(self._given.links)
            self._least_costs[key] = self._given.least_cost(cells, rects) if fits else None
        least = self._least_costs[key]
        if least is None or least >= limit:
            return least
        if key not in self._costs:
            cost = self._given.cost(cells, self._given.rects(cells), limit)
            if cost >= limit:
                self._least_costs[key] = cost
                return cost
            self._costs[key] = cost
        return self._costs[key]

    def _least(
        self, tried: Iterable[dict[int, Cell]], most: int, limit: float
    ) -> tuple[int, dict[int, Cell]] | None:
        """The best of the first pictures that can be, and what it costs, if below a limit."""
        best = None
        for cells in tried:
            cost = self._cost(cells, limit)
            if cost is not None:
                if cost < limit:
                    best, limit = (cost, cells), cost
                most -= 1
                if not most or self._steps < 0:
                    break
        return best

    # Another place for a unit

    def _moved(
        self, unit: Unit, cells: dict[int, Cell], limit: int
    ) -> tuple[int, dict[int, Cell]] | None:
        rest = {box: cell for box, cell in cells.items() if box not in unit}
        if not rest:
            return None
        x, y = (min(cells[box][axis] for box in unit) for axis in (0, 1))
        shape = [(box, cells[box][0] - x, cells[box][1] - y) for box in unit]
        return self._best(shape, rest, _MOVES, limit)

    def _best(
        self,
        shape: list[tuple[int, int, int]],
        cells: dict[int, Cell],
        most: int,
        limit: float = inf,
    ) -> tuple[int, dict[int, Cell]] | None:
        """The best place for a unit that is not there; its boxes with where in it they stand."""
        wide = max([dx for _, dx, _ in shape]) + 1
        high = max([dy for _, _, dy in shape]) + 1

        def put(place: _Place) -> dict[int, Cell]:
            left, top, column, row = place
            if column is not None:
                new = {b: (x + wide if x >= column else x, y) for b, (x, y) in cells.items()}
            elif row is not None:
                new = {b: (x, y + high if y >= row else y) for b, (x, y) in cells.items()}
            else:
                new = dict(cells)
            new.update({box: (left + dx, top + dy) for box, dx, dy in shape})
            return closed(new)

        return self._least(map(put, self._places(shape, cells, wide, high)), most, limit)

    def _places(
        self, shape: list[tuple[int, int, int]], cells: Cells, wide: int, high: int
    ) -> list[_Place]:
        """Where a unit may stand, first where its lines are short and the page stays small."""
        taken = set(cells.values())
        columns = max([x for x, _ in taken], default=-1) + 1
        rows = max([y for _, y in taken], default=-1) + 1
        harm = self._rough_harm(shape, cells, wide, high)
        places = [
            (harm(x, y, None, None), _Place(x, y))
            for x in range(-wide, columns + 1)
            for y in range(-high, rows + 1)
            if taken.isdisjoint([(x + dx, y + dy) for _, dx, dy in shape])
        ]
        places += [
            (harm(x, y, None, y), _Place(x, y, row=y))
            for y in range(1, rows)
            for x in range(columns - wide + 1)
        ]
        places += [
            (harm(x, y, x, None), _Place(x, y, column=x))
            for x in range(1, columns)
            for y in range(rows - high + 1)
        ]
        return [place for _, place in sorted(places, key=lambda each: each[0])]

    def _rough_harm(
        self, shape: list[tuple[int, int, int]], cells: Cells, wide: int, high: int
    ) -> Callable[[int, int, int | None, int | None], int]:
        """Tells roughly what a place of a unit costs, by the length of its lines and the page."""
        given = self._given
        lines = [
            (*cells[peer], dx, dy, number)
            for box, dx, dy in shape
            for peer, number in given.peers[box].items()
            if peer in cells
        ]
        columns = max([x for x, _ in cells.values()], default=-1) + 1
        rows = max([y for _, y in cells.values()], default=-1) + 1
        frame = self._frame_around(shape, cells)
        bounds = list(self._bounds(shape, cells))

        def harm(x: int, y: int, column: int | None, row: int | None) -> int:
            length = upright = 0
            for at, to, dx, dy, number in lines:
                if column is not None and at >= column:
                    at += wide
                if row is not None and to >= row:
                    to += high
                across, down = abs(at - x - dx), abs(to - y - dy)
                if across:
                    length += number * (across * _COLUMN - _BOX + down * _ROW)
                else:
                    upright += number
                    length += number * (down * _ROW + (_COLUMN // 2 if down > 1 else 0))
            against = 0
            for (at, to), dx, dy, is_later, counts, cost in bounds:
                if column is not None and at >= column:
                    at += wide
                if row is not None and to >= row:
                    to += high
                there, here = (at, counts * to), (x + dx, counts * (y + dy))
                against += cost * (here >= there if is_later else there >= here)
            if frame:
                right, bottom = frame.x + frame.width, frame.y + frame.height
                over = max(0, frame.x - x, x + wide - right)
                below = max(0, frame.y - y, y + high - bottom)
                length += 2 * (over * _COLUMN + below * _ROW)
            if column is not None:
                page = (columns + wide) * max(rows, y + high)
            elif row is not None:
                page = max(columns, x + wide) * (rows + high)
            else:
                page = (max(columns, x + wide) - min(0, x)) * (max(rows, y + high) - min(0, y))
            room = given.area_cost * page * _COLUMN * _ROW // given.area
            return given.length_cost * length // given.side + room + UPRIGHT * upright + against

        return harm

    def _bounds(
        self, shape: list[tuple[int, int, int]], cells: Cells
    ) -> Iterator[tuple[Cell, int, int, bool, int, int]]:
        """What is there that must stand before or behind what of a unit.

        It is a cell, where in the unit the other is, whether the cell is the later one, and
        whether rows count (1) or only columns (0).
        """
        at = {box: (dx, dy) for box, dx, dy in shape}
        for one, other in self._given.led:
            if (one in cells) and (other in at):
                yield cells[one], *at[other], False, 0, AGAINST
            elif (one in at) and (other in cells):
                yield cells[other], *at[one], True, 0, AGAINST
        if self._given.in_order or self._given.behind:
            corners = {**cells, **{f: r[:2] for f, r in self._given.rects(cells).items()}}
            for frame in self._given.way_in(shape[0][0])[1:-1]:
                if frame not in corners:
                    at[frame] = (0, 0)
            pairs = chain(
                ((*pair, AGAINST) for pair in self._given.in_order),
                ((*pair, FRONT) for pair in self._given.behind),
            )
            for one, other, cost in pairs:
                if (one in corners) and (other in at):
                    yield corners[one], *at[other], False, 1, cost
                elif (one in at) and (other in corners):
                    yield corners[other], *at[one], True, 1, cost

    def _frame_around(self, shape: list[tuple[int, int, int]], cells: Cells) -> Frame | None:
        """The frame that a unit stands in, as far as others are in it already."""
        boxes = {box for box, _, _ in shape}
        way = self._given.way_in(shape[0][0])[1:-1]
        around = [
            frame for frame in way if not boxes >= self._given.inside[frame] & {*cells, *boxes}
        ]
        return self._given.rects(cells)[around[-1]] if around else None

    # Two boxes in each other's place

    def _swapped(
        self, unit: Unit, cells: dict[int, Cell], limit: int
    ) -> tuple[int, dict[int, Cell]] | None:
        if len(unit) > 1:
            return None
        (box,) = unit
        frame = self._given.frame_of[box]
        others = [o for o in cells if o != box and self._given.frame_of[o] == frame]

        def longer(other: int) -> int:
            """How much longer lines get."""
            at = {box: cells[other], other: cells[box]}
            return sum(
                number
                * (
                    _distance(at.get(peer, cells[peer]), at[end])
                    - _distance(cells[peer], cells[end])
                )
                for end in (box, other)
                for peer, number in self._given.peers[end].items()
                if peer in cells
            )

        others.sort(key=lambda other: (longer(other), other))
        swapped = (cells | {box: cells[other], other: cells[box]} for other in others[:_SWAPS])
        return self._least(swapped, _SWAPS, limit)


def _distance(one: Cell, other: Cell) -> int:
    return abs(one[0] - other[0]) * _COLUMN + abs(one[1] - other[1]) * _ROW
