"""A page as its reader sees it: headings, lists, entries, warnings, config and pictures.

The readers of HTML and reStructuredText tell what comes in which order; here it becomes
what the page says of the services under whose headings it stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

import diagtool.checks.readers as readers
from diagtool.checks.readers import Claim, File, ReadError, Seal, Section, ini, svg
from diagtool.model import Place, flows, port_and_host_tables
from diagtool.model.facts import Fact, FactKind, flat

NEEDS = "Needs access to:"
WARNING = "Warning"
PHRASES = {FactKind.NEEDED: "Needed by", FactKind.FRONT: "Stands in front of"}
"""What a paragraph about a component starts with that tells of services, by what it tells."""

_NUMBER = re.compile(r"^[0-9]+(\.[0-9]+)*\.? ")
_DENIES = re.compile(r"\b(?:cannot|neither|never|no|none|not|without)\b|n['’]t\b", re.IGNORECASE)
_JOINTS = re.compile(r", | and ")


@dataclass(slots=True)
class _Open:
    """A section that is being read. ``level`` is that of its heading, 1 the highest."""

    level: int
    headings: tuple[str, ...]
    place: Place
    claims: list[Claim] = field(default_factory=list)
    seals: list[Seal] = field(default_factory=list)


class PageCollector:
    """Collects what a page says, section by section."""

    def __init__(self, file: File) -> None:
        self.file = file
        self.all: list[_Open] = [_Open(0, (), file.place())]
        self.open = [self.all[0]]
        self.lead = ""
        self.seals: list[Seal] = []

    def said(self, text: str) -> str:
        """A text as the topology has it: on one line, and not translated."""
        text = flat(text)
        return self.file.originals.get(text, text)

    def heading(self, text: str, level: int, place: Place) -> None:
        """Starts a section, which ends at the next heading that is not lower."""
        while self.open[-1].level >= level:
            self.open.pop()
        # A number in front may be Sphinx's, or part of the name.
        names = dict.fromkeys((self.said(_NUMBER.sub("", flat(text))), self.said(text)))
        section = _Open(level, (*names, *self.open[-1].headings), place)
        self.all.append(section)
        self.open.append(section)
        self.lead = ""

    def end(self, depth: int) -> None:
        """Ends all sections but the outer ``depth`` ones."""
        del self.open[depth:]

    def paragraph(self, text: str) -> None:
        """A paragraph, which may lead to a list."""
        self.lead = self.said(text)

    def items(self, items: Iterable[tuple[str, Place]], place: Place) -> None:
        """A list. What its lead denies is none of needs; one with our own lead is about them."""
        facts = {
            Fact(FactKind.NEED, "", (self.said(text),)): where for text, where in items if text
        }
        if not _DENIES.search(self.lead):
            about = (NEEDS,) if self.lead == NEEDS else ()
            self.claim(Claim(frozenset({FactKind.NEED}), facts, place, about))
        self.lead = ""

    def entry(self, term: str, paragraphs: Sequence[tuple[str, Place]], place: Place) -> None:
        """An entry about a component, with what is said of it."""
        name = self.said(term)
        for text, where in paragraphs:
            for kind, phrase in PHRASES.items():
                if (said := self.said(text)).startswith(f"{phrase} "):
                    names = _JOINTS.split(said.removeprefix(f"{phrase} ").removesuffix("."))
                    facts = {Fact(kind, "", (self.said(service),)): where for service in names}
                    self.claim(Claim(frozenset({kind}), facts, place, (name,)))

    def table(self, title: str, rows: Sequence[tuple[Sequence[str], Place]], place: Place) -> None:
        """A table of flows or hosts, the first row of which says what stands in its columns."""
        rows = [row for row in rows if row[0]]
        if not rows:
            return
        columns = tuple(map(self.said, rows[0][0]))
        facts: dict[Fact, Place] = {}
        if columns == flows.COLUMNS:
            kind = FactKind.FLOW
            for cells, where in rows[1:]:
                # A row may have lost cells, or have more.
                told = [*map(self.said, cells), *[""] * len(columns)]
                last = flat(" ".join(told[len(columns) - 1 :]))
                facts.setdefault(Fact(kind, "", (*told[: len(columns) - 1], last)), where)
        elif columns[0] == port_and_host_tables.HOST and columns[-1] == port_and_host_tables.RUNS:
            kind = FactKind.HOST
            for cells, where in rows[1:]:
                host, *told = map(self.said, cells)
                for column, cell in zip(columns[1:], told, strict=False):
                    facts.setdefault(Fact(kind, "", (host, column, cell)), where)
        else:
            return
        self.claim(Claim(frozenset({kind}), facts, place, (self.said(title),)))

    def warning(self, text: str, place: Place) -> None:
        """A warning, without its title."""
        fact = Fact(FactKind.WARNING, "", (self.said(text),))
        self.claim(Claim(frozenset({FactKind.WARNING}), {fact: place}, place))

    def code(self, text: str, line: int, column: int = 1) -> None:
        """A block of text in a fixed-width face, which starts at this place."""
        claim = ini.options(text, self.file, (), line, column)
        if claim.facts:
            self.claim(claim)

    def claim(self, claim: Claim) -> None:
        """Something that stands here."""
        self.open[-1].claims.append(claim)

    def seal(self, seal: Seal) -> None:
        """A picture that stands here and cannot be read."""
        self.open[-1].seals.append(seal)

    def linked(self, address: str, about: tuple[str, ...], place: Place) -> None:
        """A picture in a file beside the page; any other one is none of ours."""
        url = urlsplit(address)
        path = Path(self.file.folder, unquote(url.path))
        suffix = path.suffix.lower()
        if url.scheme or url.netloc or suffix not in (*svg.SUFFIXES, ".png"):
            return
        about = (*about, path.stem)
        try:
            if not path.resolve().is_relative_to(self.file.root.resolve()):
                raise ReadError("it is outside the folder")
            shown = readers.read(readers.load(path, self.file.root, self.file.originals))
        except (ReadError, OSError, ValueError):
            # Whether this is a picture of ours is seen from where it stands.
            self.seal(Seal("", place, None, about))
            return
        for claim in shown.claims:
            self.claim(Claim(claim.kinds, claim.facts, claim.place, about))
        for seal in shown.seals:
            if seal.intact is None:
                self.seals.append(seal)
            else:
                self.seal(Seal(seal.origin, place, seal.intact, about))

    @property
    def sections(self) -> tuple[Section, ...]:
        """The sections that say anything, in order."""
        return tuple(
            Section(s.headings, s.place, tuple(s.claims), tuple(s.seals))
            for s in self.all
            if s.headings or s.claims or s.seals
        )
