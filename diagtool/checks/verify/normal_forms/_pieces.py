"""What a file comes down to once all is left out that nobody sees or hears.

A format's normal form is a list of pieces in order. Two files of which it is the same look,
sound and work alike. A piece that a person reads, hears or finds by search is *said*, under
the name that the person has for it; any other one is what the eye sees, or a program.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from diagtool.model import NOWHERE, Place

_BLANKS = re.compile(r"[ \t\r\n]+")
"""Those that files are laid out with; one that does not break is part of the text."""

_DIGEST = re.compile(r"\bsha256:[0-9a-f]{64}\b")

LOOK = ""
"""What a piece is that is not said."""

PAGE = "a page"
"""What each page starts with; what it draws follows, line by line."""

EMPTY = "an empty line"
"""What is seen of one between lines of code."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a file. ``role`` is what a person calls it, :data:`LOOK` where it is not said.

    ``under`` are the lines that start the blocks that it is in, the outer ones first. One that
    is ``beside`` the picture is neither seen nor heard, and other programs leave it out. One that
    is ``ordered`` says something else behind another one of its block, as cells of a row do. Where
    there are several ways to write the same, ``written`` is how it stands in the file. One that is
    ``described`` does not stand there in these words.
    """

    text: str
    role: str = LOOK
    place: Place = field(default=NOWHERE, compare=False)
    under: tuple[str, ...] = ()
    beside: bool = field(default=False, compare=False)
    written: str = field(default="", compare=False)
    described: bool = field(default=False, compare=False)
    ordered: bool = field(default=False, compare=False)


def without_blanks(text: str) -> str:
    """A text in which blanks count once, and at its ends not at all."""
    return _BLANKS.sub(" ", text).strip(" ")


@dataclass(slots=True)
class Form:
    """The normal form of a file.

    ``by_lines`` says that a place tells pieces apart, as it does in formats of lines;
    ``by_pages`` that the line of a place is the number of a page. ``head`` is what the file says
    that it is, such as the names of columns, a line each; empty for formats that say it in another
    way.
    """

    pieces: list[Piece] = field(default_factory=list)
    by_lines: bool = False
    by_pages: bool = False
    head: str = ""

    def look(
        self,
        text: str,
        place: Place = NOWHERE,
        *,
        under: tuple[str, ...] = (),
        beside: bool = False,
    ) -> None:
        """Adds what is not said."""
        self.pieces.append(Piece(text, LOOK, place, under, beside))

    def describe(
        self,
        what: str,
        place: Place = NOWHERE,
        *,
        under: tuple[str, ...] = (),
        beside: bool = False,
        written: str = "",
    ) -> None:
        """Adds what has no text of its own, such as "a line break"."""
        self.pieces.append(Piece(what, LOOK, place, under, beside, written, described=True))

    def comment(self, text: str, place: Place) -> None:
        """Adds a comment: only who reads the source of the file sees it."""
        self.describe(f"a comment {without_blanks(text)}", place, beside=True)

    def carry(self, name: str, text: str, place: Place) -> None:
        """Adds what tells where a file comes from; which digest of many, others compare."""
        self.describe(f"{name} {_DIGEST.sub('', without_blanks(text))}", place, beside=True)

    def say(
        self,
        role: str,
        text: str,
        place: Place = NOWHERE,
        *,
        under: tuple[str, ...] = (),
        beside: bool = False,
        exact: bool = False,
        written: str = "",
        ordered: bool = False,
    ) -> None:
        """Adds what is said. Blanks and line breaks say nothing; where ``exact``, they are seen."""
        said = without_blanks(text)
        piece = Piece(said, role, place, under, beside, written, ordered=ordered)
        self.pieces.append(piece)
        if exact and said != text:
            self.look(text, place, under=under, beside=beside)

    def code(self, line: str, place: Place, under: tuple[str, ...], *, graph: bool = False) -> None:
        """Adds a line of code; how far it is indented is said, other blanks are seen.

        In the source of a ``graph``, all blanks are only seen.
        """
        indent = "" if graph else line[: len(line) - len(line.lstrip(" \t"))]
        told = f"{indent.expandtabs(4)}{without_blanks(line)}"
        self.pieces.append(Piece(told, "line", place, under))
        if told != line:
            self.look(line, place, under=under)

    @property
    def said(self) -> Iterator[Piece]:
        """The pieces that are said."""
        return (piece for piece in self.pieces if piece.role)
