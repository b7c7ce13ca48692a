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

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Protocol, cast

from diagtool.checks.readers._claims import Claim, File, ReadError, Reading
from diagtool.files import modules
from diagtool.model.facts import UNDIRECTED, Fact

LARGEST = 16 * 1024 * 1024
"""How many bytes a file may have, and what is packed in it, too."""


class Reader(Protocol):
    """A module of this package, as the rest of the house sees it."""

    SUFFIXES: tuple[str, ...]
    read: Callable[[File], Reading]


@cache
def names() -> tuple[str, ...]:
    """The names of all formats that can be read."""
    return modules.beside(__file__)


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
        if path.is_dir():
            raise ReadError("the folder cannot be read")
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
        if fact.kind in UNDIRECTED:
            terms[:2] = sorted(terms[:2])
        facts[Fact(fact.kind, fact.about, tuple(terms))] = place
    return replace(claim, facts=facts)
