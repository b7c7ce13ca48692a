"""What a page's words are, before anybody asks what they say."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import accumulate
from typing import NamedTuple

from diagtool.model import NOWHERE, Place

_MARKUP = r"[\s`*|_]*(?:\s(?::[\w:.-]+:)?|`)[\s`*|_]*"
"""What may stand between two words in the source."""
_END = re.compile(
    r"(?<!\b[a-z])(?<!\b(?:vs|cf))(?<!\b(?:e\.g|i\.e|etc|fig))(?<!\b(?:incl|resp))(?<!\bapprox)"
    r"[.!?]+[\"'”’)]*(?=\s+[\"'“(`]?\w|\s*$)|\n\s*\n",
    re.I,
)

LONGEST = 2000
"""How many characters a sentence may have; what is longer is none."""
COMMENT = re.compile(r"diagtool:\s*ignore\b\s*(?P<rule>\S*)\s*(?P<reason>.*)", re.DOTALL)
"""What a comment says that silences a rule for the block below it."""


class Piece(NamedTuple):
    """Words of a passage. ``literal`` ones are in a fixed-width face, ``said`` by a role."""

    text: str
    literal: bool = False
    said: bool = False


class Finding(NamedTuple):
    """What is wrong in a passage. ``span`` are the words that it is about."""

    code: str
    span: tuple[int, int]
    message: str
    hint: str = ""
    about: Place = NOWHERE


@dataclass(slots=True)
class Silence:
    """A comment that silences a rule for the block below it."""

    rule: str
    reason: str
    place: Place
    used: bool = False


@dataclass(frozen=True, slots=True)
class Passage:
    """A block of words: a paragraph, a heading, an item, a cell; or a block of ``config``.

    ``headings`` are those of the sections around it, the nearest last; the term of a definition
    is one, too. ``lead`` is the paragraph before the list of which it is an item, or before a
    block of code.
    ``cells`` are those of its row in a table, each with the head of its column; it is the one
    ``at`` this place. ``topology`` is the name that the page gave for what it speaks of, empty
    where it gave none. ``place`` is where the block begins.
    """

    pieces: tuple[Piece, ...]
    place: Place
    headings: tuple[str, ...] = ()
    topology: str = ""
    title: bool = False
    config: bool = False
    silences: tuple[Silence, ...] = ()
    lead: str = ""
    cells: tuple[tuple[str, str], ...] = ()
    at: int = 0

    @property
    def text(self) -> str:
        """All its words."""
        return "".join(piece.text for piece in self.pieces)

    @property
    def literals(self) -> list[tuple[int, int]]:
        """The ranges of its text that are literal."""
        ends = [*accumulate(len(piece.text) for piece in self.pieces)]
        ranged = zip(self.pieces, [0, *ends], ends, strict=False)
        return [(start, end) for piece, start, end in ranged if piece.literal]


@dataclass(slots=True)
class Page:
    """A page by hand. ``sources`` are the lines of its files by path.

    ``reference`` is how the page can have the model say the name of a part, with ``ID`` for
    its id; empty for a page that uses none of our directives and roles.
    """

    passages: list[Passage]
    sources: dict[str, list[str]]
    silences: list[Silence] = field(default_factory=list)
    reference: str = ""

    def locate(self, passage: Passage, words: str, offset: int = 0) -> Place:
        """Where words at an offset of a passage stand in its source; where it begins, if nowhere.

        Markup may stand between the words, and lines be broken.
        """
        lines = self.sources.get(passage.place.path, [])
        # docutils counts a heading from the line under it.
        first = max(0, passage.place.line - (3 if passage.title else 1))
        below = "\n".join(lines[first : first + 60 + passage.text.count("\n")])
        # A row may stand in one line, and hold the same words twice.
        cells = [cell for _, cell in passage.cells[: passage.at]]
        listed = below.lstrip().startswith(("*", "-"))
        ahead = "\n".join([*([] if listed else cells), passage.text[:offset]])
        spoken = words.lstrip(" \n,;:").split()
        # A role may say its part of the words otherwise: then those before it must do.
        while spoken:
            pattern = rf"(?<!\w){_MARKUP.join(map(_marked, spoken))}(?!\w)"
            said = r"\s+".join(map(re.escape, spoken))
            before = len(re.findall(rf"(?<!\w){said}(?!\w)", ahead))
            if found := [*re.finditer(pattern, below)][: before + 1]:
                at = found[-1].start()
                line = first + below.count("\n", 0, at) + 1
                return Place(passage.place.path, line, at - below.rfind("\n", 0, at))
            spoken.pop()
        return passage.place

    def of(self, topology: str) -> list[Passage]:
        """The passages that speak of a topology."""
        return [passage for passage in self.passages if passage.topology == topology]

    def line(self, place: Place) -> str:
        """The line of a place."""
        lines = self.sources.get(place.path, [])
        return lines[place.line - 1] if 0 < place.line <= len(lines) else ""


def said(passages: Iterable[Passage]) -> str:
    """The words of some passages, and no others, of which no sentence goes on in the next."""
    return ".\n".join(passage.text for passage in passages)


def _marked(word: str) -> str:
    """A pattern for a word in the source: markup may end before what punctuates it."""
    bare = word.rstrip(",.;:!?)")
    ends = re.escape(word[len(bare) :])
    return re.escape(bare) + (rf"[`*|_]*{ends}" if bare and ends else ends)


def sentences(text: str) -> Iterator[tuple[int, int]]:
    """The start and end of each sentence of a text."""
    start = 0
    for end in (*(match.end() for match in _END.finditer(text)), len(text)):
        if text[start:end].strip() and end - start <= LONGEST:
            yield start, end
        start = end
