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
    pairs = [
        (numbers.setdefault(one, len(numbers)), numbers.setdefault(other, len(numbers)))
        for one, other in ends
    ]
    users = [0] * len(numbers)
    for tail, head in pairs:
        users[tail] += 1
        users[head] += 1
    nets, hubs = [], []
    for (tail, head), (first, second) in zip(pairs, framed, strict=True):
        at_head = users[head] > users[tail] or (users[head] == users[tail] and first and not second)
        nets.append(head if at_head else tail)
        hubs.append(int(at_head))
    if sum([users[tail] > 1 < users[head] for tail, head in pairs]) >= _LEAST:
        for number, bus in enumerate(_buses(ends, pairs, labelled), len(numbers)):
            for edge in bus:
                nets[edge] = number
    return list(map(Share, nets, hubs))


_LEAST = 4
"""How many edges a bus has at least: two ends with two others in common."""


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
