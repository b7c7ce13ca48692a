"""The notes of a topology as a page: they are prose by hand, too.

What a note takes from the model is right by itself; a note that reports what differs from
the model is left out. A comment in the YAML silences a rule for what stands below it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from diagtool import model
from diagtool.checks.prose.text import COMMENT, Page, Passage, Piece, Silence
from diagtool.model import Part, Place, Topology, wording

_DESCRIPTION = re.compile(r"^[^#]*\bdescription:")
_CONTENT = re.compile(r"\s*(?=[^\s#])")


def page(topology: Topology, sources: dict[str, list[str]]) -> Page:
    """The intro, descriptions and notes of a topology; ``sources`` are its files' lines."""
    silenced = [found for path, lines in sources.items() for found in _silences(path, lines)]
    services = topology.services.values()
    blocks = [("", block) for block in topology.intro]
    blocks += [(service.name, block) for service in services for block in service.notes]
    said = [
        (heading, block.text, block.place)
        for heading, block in blocks
        if isinstance(block, model.Paragraph | model.Warning)
    ]
    said += [(part.name, part.description, _description(part, sources)) for part in topology.parts]
    passages = [
        Passage(
            tuple(_piece(topology, inline) for inline in text),
            place,
            (heading,) * bool(heading),
            silences=tuple(
                s for covered, s in silenced if s.place.path == place.path and place.line in covered
            ),
        )
        for heading, text, place in said
        if text
    ]
    titles = [Passage((Piece(part.name),), part.place, title=True) for part in topology.parts]
    silences = [silence for _, silence in silenced]
    return Page([*titles, *passages], sources, silences, reference="{ID}")


def _description(part: Part, sources: Mapping[str, Sequence[str]]) -> Place:
    """Where a part's description stands: in its line or below."""
    lines = sources.get(part.place.path, ())
    numbers = range(part.place.line, len(lines) + 1)
    line = next((number for number in numbers if _DESCRIPTION.search(lines[number - 1])), 0)
    return Place(part.place.path, line, 1) if line else part.place


def _silences(path: str, lines: Sequence[str]) -> Iterator[tuple[range, Silence]]:
    """The comments that silence a rule, each with the lines of what stands below it."""
    for number, line in enumerate(lines, 1):
        match = COMMENT.match(line.lstrip(" #")) if line.lstrip().startswith("#") else None
        if match:
            rest = enumerate(map(_CONTENT.match, lines[number:]), number + 1)
            below = [(n, content.end()) for n, content in rest if content]
            first, indent = below[0] if below else (number, 0)
            last = next((n for n, other in below[1:] if other <= indent), len(lines) + 1)
            silence = Silence(match["rule"], match["reason"].strip(), Place(path, number, 1))
            yield range(first, last), silence


def _piece(topology: Topology, inline: model.Inline) -> Piece:
    if isinstance(inline, model.Reference):
        return Piece(wording.resolve(topology, inline), said=True)
    return Piece(inline.text, literal=isinstance(inline, model.Literal))
