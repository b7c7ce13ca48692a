"""What a file states: the facts that a reader finds in it, with their places."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from diagtool.checks.split_lines import split_lines
from diagtool.model import Place
from diagtool.model.facts import STATED_IN, FactKind, Facts

PICTURE = STATED_IN["picture"]
"""The kinds of facts that a picture states, and all of them that it does not leave out."""


class ReadError(Exception):
    """A file that cannot be read; the message says why. ``line`` and ``column`` from 1."""

    def __init__(self, message: str, line: int = 1, column: int = 1) -> None:
        super().__init__(message)
        self.line, self.column = line, column


@dataclass(frozen=True, slots=True)
class File:
    """A file to read. ``path`` is as the user named it; ``folder`` is where it lies.

    ``root`` is the folder that files which it shows must lie in. ``originals`` are what the
    topology calls things, by what a translated page calls them.
    """

    path: str
    content: bytes
    folder: Path = field(default_factory=Path)
    root: Path = field(default_factory=Path)
    originals: Mapping[str, str] = field(default_factory=dict)

    @property
    def stem(self) -> str:
        """Its name without suffix."""
        return Path(self.path).stem

    def place(self, line: int = 1, column: int = 1) -> Place:
        """A place in it."""
        return Place(self.path, line, column)

    def text(self) -> str:
        """Its content, which must be UTF-8. Raises ReadError."""
        try:
            return self.content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = self.content.count(b"\n", 0, error.start) + 1
            raise ReadError("it is not encoded in UTF-8", line) from None

    def lines(self) -> list[str]:
        """The lines of its text. Raises ReadError."""
        return split_lines(self.text())


@dataclass(frozen=True, slots=True)
class Claim:
    """What one part of an artefact says about one thing, and that it is all there is to say.

    ``about`` are the names under which a person finds it, the most telling first: a
    caption, a heading, the file's name. The facts' own ``about`` is empty. ``kinds`` are
    those that the part states completely. ``unread`` tells of what else is there and was not
    understood, such as "an image over Database", each with its place. ``doubtful`` are kinds
    of which another program may have drawn more than can be told apart.
    """

    kinds: frozenset[FactKind]
    facts: Facts
    place: Place
    about: tuple[str, ...] = ()
    unread: tuple[tuple[str, Place], ...] = ()
    doubtful: frozenset[FactKind] = frozenset()


@dataclass(frozen=True, slots=True)
class Seal:
    """Where a picture says that it comes from: ``diagtool TOPOLOGY/VIEW DIGEST``.

    A picture whose facts cannot be read is as good as its seal: its ``origin`` is empty
    where it has none, and it is not ``intact`` where it was changed since it was sealed.
    ``intact`` is None for a picture whose facts are read.
    """

    origin: str
    place: Place
    intact: bool | None = None
    about: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Words:
    """The lines of text in a picture of which no more can be read."""

    lines: tuple[str, ...]
    place: Place
    about: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """What stands under a heading of a page. ``headings`` are it and those that it is under."""

    headings: tuple[str, ...]
    place: Place
    claims: tuple[Claim, ...] = ()
    seals: tuple[Seal, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file states. ``seals`` are of its pictures; ``sections`` are a page's."""

    claims: tuple[Claim, ...] = ()
    seals: tuple[Seal, ...] = ()
    words: tuple[Words, ...] = ()
    sections: tuple[Section, ...] = ()
