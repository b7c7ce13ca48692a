"""The notes of a topology as a page: they are prose by hand, too.

What a note takes from the model is right by itself; a note that reports what differs from
the model is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from diagtool.checks.prose.text import Page, Passage, Piece
from diagtool.model import (
    Block,
    Inline,
    Link,
    Literal,
    Paragraph,
    Place,
    Plain,
    Reference,
    Text,
    Topology,
    Warning,
    wording,
)


def page(topology: Topology, sources: Mapping[str, Sequence[str]]) -> Page:
    """The intro, descriptions and notes of a topology; ``sources`` are its files' lines."""
    passages = list(_blocks(topology, topology.intro, ""))
    for part in topology.parts:
        passages += _passage(topology, part.description, part.place, part.name)
    for service in topology.services.values():
        passages += _blocks(topology, service.notes, service.name)
    return Page(passages, {path: list(lines) for path, lines in sources.items()}, reference="{ID}")


def _blocks(topology: Topology, blocks: Iterable[Block], heading: str) -> list[Passage]:
    return [
        passage
        for block in blocks
        if isinstance(block, Paragraph | Warning)
        for passage in _passage(topology, block.text, block.place, heading)
    ]


def _passage(topology: Topology, text: Text, place: Place, heading: str) -> list[Passage]:
    pieces = tuple(_piece(topology, inline) for inline in text)
    return [Passage(pieces, place, heading)] if pieces else []


def _piece(topology: Topology, inline: Inline) -> Piece:
    match inline:
        case Literal(text):
            return Piece(text, literal=True)
        case Reference():
            return Piece(wording.resolve(topology, inline), said=True)
        case Plain(text) | Link(text, _):
            return Piece(text)
