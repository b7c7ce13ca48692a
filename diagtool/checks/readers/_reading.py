"""The formats that can be read back into facts, one module each.

A reader goes by what a person would see, not by the names that a writer left in the file,
and knows nothing of the writers. To add a format, add a module here; it holds

* ``SUFFIXES``, what the names of its files end in;
* ``read``, which takes a :class:`File` and gives a :class:`Reading`, or raises
  :class:`ReadError`.

Files may come from strangers: a reader's time and memory are bounded by the size of the
file, which is bounded here, and nothing in a file makes it open another one outside of
its folder, reach the network or run anything. A module whose name starts with ``_`` is no
format.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Protocol, cast

from diagtool.model import Place
from diagtool.model.facts import Fact, Facts, Kind

LARGEST = 16 * 1024 * 1024
"""How many bytes a file may have, and what is packed in it, too."""

PICTURE = frozenset({Kind.BOX, Kind.GROUP, Kind.ARROW, Kind.LINE, Kind.EDGE_LABEL})
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


@dataclass(frozen=True, slots=True)
class Claim:
    """What one part of an artefact says about one thing, and that it is all there is to say.

    ``about`` are the names under which a person finds it, the most telling first: a
    caption, a heading, the file's name. The facts' own ``about`` is empty. ``kinds`` are
    those that the part states completely.
    """

    kinds: frozenset[Kind]
    facts: Facts
    place: Place
    about: tuple[str, ...] = ()


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


class Reader(Protocol):
    """A module of this package, as the rest of the house sees it."""

    SUFFIXES: tuple[str, ...]
    read: Callable[[File], Reading]


@cache
def names() -> tuple[str, ...]:
    """The names of all formats that can be read."""
    return tuple(
        m.name
        for m in pkgutil.iter_modules([str(Path(__file__).parent)])
        if not m.name.startswith("_")
    )


@cache
def suffixes() -> dict[str, str]:
    """The names of formats by the suffixes of their files, the longest first."""
    found = {suffix: name for name in names() for suffix in get(name).SUFFIXES}
    return dict(sorted(found.items(), key=lambda item: -len(item[0])))


def format_of(path: str) -> str | None:
    """The name of the format that a file's name stands for."""
    return next((name for s, name in suffixes().items() if path.lower().endswith(s)), None)


def get(name: str) -> Reader:
    """The reader of this name."""
    return cast(Reader, import_module(f"{__package__}.{name}"))


def load(path: Path, root: Path | None = None, originals: Mapping[str, str] | None = None) -> File:
    """A file's content. Raises ReadError where it is too large or cannot be read."""
    try:
        if not path.is_file():
            raise ReadError("there is no such file")
        with path.open("rb") as stream:
            content = stream.read(LARGEST + 1)
    except OSError as error:
        raise ReadError(f"it cannot be read: {error.strerror}") from None
    if len(content) > LARGEST:
        raise ReadError(f"it is larger than {LARGEST // 2**20} MiB")
    return File(path.as_posix(), content, path.parent, root or path.parent, originals or {})


def read(file: File) -> Reading:
    """What a file states, by its suffix. Raises ReadError, KeyError for another suffix."""
    name = format_of(file.path)
    if name is None:
        raise KeyError(file.path)
    reading = get(name).read(file)
    if not file.originals:
        return reading
    sections = tuple(
        replace(section, claims=tuple(_untranslated(c, file.originals) for c in section.claims))
        for section in reading.sections
    )
    claims = tuple(_untranslated(claim, file.originals) for claim in reading.claims)
    return replace(reading, claims=claims, sections=sections)


def _untranslated(claim: Claim, originals: Mapping[str, str]) -> Claim:
    """The claim in the topology's own words; those between two boxes stand in their order."""
    facts = {}
    for fact, place in claim.facts.items():
        terms = [originals.get(term, term) for term in fact.terms]
        if fact.kind in (Kind.LINE, Kind.EDGE_LABEL):
            terms[:2] = sorted(terms[:2])
        facts[Fact(fact.kind, fact.about, tuple(terms))] = place
    return replace(claim, facts=facts)
