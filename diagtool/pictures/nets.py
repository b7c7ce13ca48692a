"""Tells which edges may share a line: together they are a *net*.

Edges that meet at the same end of the same box in the same way, and bear the same label or
none, make a net. So do those between several boxes and several others, where each of the first
is connected with each of the others in the same way: the line that all of them share is a bus,
and whoever follows it from one of its ends to another reads what is true.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Sequence
from typing import NamedTuple

End = tuple[Hashable, Hashable]
"""A box, and how an edge meets it."""


class Share(NamedTuple):
    """The number of an edge's net, and its *hub*: the end that the net has in common."""

    net: int
    hub: int


def shares(
    ends: Sequence[tuple[End, End]],
    framed: Sequence[tuple[bool, bool]],
    labelled: Sequence[bool],
) -> list[Share]:
    """The net of each edge by its two ends: that of the busier one, or a bus.

    ``framed`` says of the ends whether they are in a frame; the line is shared rather outside.
    """
    numbers: dict[End, int] = {}
    users: list[int] = []
    pairs = []
    for one, other in ends:
        pair = numbers.setdefault(one, len(numbers)), numbers.setdefault(other, len(numbers))
        users += [0] * (len(numbers) - len(users))
        users[pair[0]] += 1
        users[pair[1]] += 1
        pairs.append(pair)
    found = []
    for (tail, head), (first, second) in zip(pairs, framed, strict=True):
        hub = int((users[head], not second) > (users[tail], not first))
        found.append(Share(head if hub else tail, hub))
    for number, bus in enumerate(_buses(ends, pairs, labelled), len(numbers)):
        for edge in bus:
            found[edge] = found[edge]._replace(net=number)
    return found


def _buses(
    ends: Sequence[tuple[End, End]], pairs: Sequence[tuple[int, int]], labelled: Sequence[bool]
) -> list[list[int]]:
    """The edges of each bus: of two or more ends with two or more others in common, and no more."""
    alike: dict[Hashable, dict[int, dict[int, int]]] = defaultdict(dict)
    for number, ((one, other), pair) in enumerate(zip(ends, pairs, strict=True)):
        if not labelled[number]:
            alike[one[1], other[1]].setdefault(pair[0], {})[pair[1]] = number
    buses = []
    for tails in alike.values():
        if len(tails) > 1:
            same: dict[frozenset[int], list[dict[int, int]]] = defaultdict(list)
            for heads in tails.values():
                same[frozenset(heads)].append(heads)
            buses += [
                [number for heads in of for number in heads.values()]
                for common, of in same.items()
                if len(common) > 1 and len(of) > 1
            ]
    return buses
