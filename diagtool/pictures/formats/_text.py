"""What the text formats have in common: names that every language takes, and what stands where."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from diagtool.model.diagram import Diagram, Node

BARE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
"""An id that needs no quotes in any of the languages."""


def loose(diagram: Diagram) -> tuple[Node, ...]:
    """The nodes that stand in no group, in order."""
    grouped = frozenset[str]().union(*(group.members for group in diagram.groups))
    return tuple(node for node in diagram.nodes if node.id not in grouped)


def bare_names(diagram: Diagram, keywords: Collection[str]) -> dict[str, str]:
    """A name without quotes for each id, for languages that know no quoted ones.

    It is the id where that will do; a character that may not stand in a name gives ``_``,
    and where that makes a keyword or a name that another has, ``_`` and a number follow.
    """
    taken = {keyword.lower() for keyword in keywords}
    names = {}
    for id in _ids(diagram):
        plain = re.sub("[^A-Za-z0-9_]", "_", id)
        stem = plain if BARE.fullmatch(plain) else f"_{plain}"
        name, number = stem, 1
        while name.lower() in taken:
            number += 1
            name = f"{stem}_{number}"
        taken.add(name.lower())
        names[id] = name
    return names


def _ids(diagram: Diagram) -> Iterator[str]:
    yield from (node.id for node in diagram.nodes)
    yield from (group.id for group in diagram.all_groups)
