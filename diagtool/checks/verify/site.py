"""Pages of a site against its record: what was generated, and what would be today."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from types import MappingProxyType

from diagtool import __version__
from diagtool.checks.readers import ReadError, load
from diagtool.checks.redaction import Veil
from diagtool.checks.verify import generated
from diagtool.checks.verify.page_comparison import AGAIN, BY_HAND, PageComparison
from diagtool.guide import site_record
from diagtool.guide.names import Use
from diagtool.guide.site_record import (
    INVENTORY,
    SEARCH_INDEX,
    SOURCES,
    Page,
    Record,
    RecordError,
    digest,
)
from diagtool.guide.topologies import Topologies
from diagtool.model import Place, Severity, Topology
from diagtool.model.diagnostics import Diagnostic

PAGES = (".html", ".htm", ".xhtml")

EDITED = "it is not the page that the site was built with, and nothing generated differs on it"

BESIDE = ("_static/", SOURCES, SEARCH_INDEX, INVENTORY)
"""What the files of a page are called in which no facts are looked for."""

DEEP = 10
"""How many folders above a page its site may start."""


class Sites:
    """The sites that files belong to.

    ``topologies`` are those to hold them against. A build knows its own, with the templates
    of the project, by the names that its pages call them: ``known``. ``values`` are those of
    placeholders, which no finding shows.
    """

    def __init__(
        self,
        topologies: Sequence[Topology],
        known: Topologies | None = None,
        values: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self.topologies, self.known = topologies, known
        self.veils = [Veil(topology, values) for topology in topologies]
        self.roots: dict[Path, Path | None] = {}
        self.sites: dict[Path, Site] = {}
        self.held: dict[str, Held] = {}

    def of(self, path: Path) -> Site | None:
        """The site that a file belongs to, None without a record."""
        folder = path.absolute().parent
        if folder not in self.roots:
            above = (folder, *folder.parents)[:DEEP]
            self.roots[folder] = next((f for f in above if (f / site_record.NAME).is_file()), None)
        root = self.roots[folder]
        if root is None:
            return None
        if root not in self.sites:
            self.sites[root] = Site(root, self.topologies, self.veils, self.known)
        return self.sites[root]

    def take(self, path: Path, *, untranslated: bool = False) -> bool:
        """Holds a file against its record; says whether there is nothing left to read in it.

        Pages of another language can be read where they are ``untranslated``.
        """
        site = self.of(path)
        held = site.hold(path, untranslated=untranslated) if site else None
        if site is None or held is None:
            return False
        self.held[path.as_posix()] = held
        return held.is_file or bool(site.record.language and not untranslated)

    def verdict(self, found: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
        """What readers found but in what is proved, and what is found of pages here."""
        left = [d for d in found if not self.is_proved(d.place)]
        told = {(d.place.path, d.place.line) for d in left if d.severity is Severity.ERROR}
        for held in self.held.values():
            left += [d for d in held.found if (d.place.path, d.place.line) not in told]
        for site in self.sites.values():
            left += site.found
            left += site.gone()
        return tuple(sorted(left, key=lambda d: (d.place.path, d.place.line, d.place.column)))

    def is_proved(self, place: Place) -> bool:
        """Whether what stands at a place is what was generated, and would be today."""
        held = self.held.get(place.path)
        return held is not None and any(first <= place.line <= last for first, last in held.lines)

    def proved(self, found: Iterable[Diagnostic]) -> frozenset[str]:
        """The files in which nothing is wrong, by a verdict."""
        wrong = {finding.place.path for finding in found}
        return frozenset(path for path, held in self.held.items() if path not in wrong)

    @property
    def secret(self) -> frozenset[Place]:
        """Where findings are about what is secret."""
        return frozenset().union(*(held.secret for held in self.held.values()))


@dataclass(slots=True)
class Held:
    """What came of holding a file against a record. ``is_file`` is for those that are no pages.

    ``lines`` are the first and last lines of what is proved.
    """

    is_file: bool = False
    found: list[Diagnostic] = field(default_factory=list)
    lines: list[tuple[int, int]] = field(default_factory=list)
    secret: set[Place] = field(default_factory=set)


class Site:
    """A site with its record, and the topologies that it was built from, as they are today."""

    def __init__(
        self,
        root: Path,
        topologies: Sequence[Topology],
        veils: Sequence[Veil],
        known: Topologies | None,
    ) -> None:
        self.root, self.veils = root, veils
        self.found: list[Diagnostic] = []
        self.own = known
        here = Path.cwd()
        shown = root.relative_to(here) if root.is_relative_to(here) else root
        self.place = Place((shown / site_record.NAME).as_posix(), 1, 1)
        try:
            self.record = site_record.read(root) or Record("")
        except RecordError as error:
            message = f"the record of the site cannot be used: {error}"
            self.found.append(Diagnostic("not-proved", self.place, message, AGAIN))
            self.record = Record("")
        by_id = {topology.id: topology for topology in topologies}
        self.today = {
            name: by_id[source.id]
            for name, source in self.record.topologies.items()
            if source.id in by_id
        }
        self.changed: dict[str, str] = {}

    @cached_property
    def known(self) -> Topologies:
        """What would be said today."""
        return self.own or Topologies(self.today)

    @cached_property
    def digests(self) -> Mapping[str, str]:
        """What stands for the topologies today."""
        return {name: digest(repr(topology)) for name, topology in self.today.items()}

    @cached_property
    def moved(self) -> frozenset[str]:
        """The topologies that are not what they were, or of which a new release says more."""
        return frozenset(
            name
            for name, now in self.digests.items()
            if self.record.release != __version__ or self.record.topologies[name].digest != now
        )

    @cached_property
    def users(self) -> Mapping[str, list[Page]]:
        """The pages that bring a file along."""
        users: dict[str, list[Page]] = {}
        for page in self.record.pages.values():
            for file in page.files:
                users.setdefault(file, []).append(page)
        return users

    def gone(self) -> Iterator[Diagnostic]:
        """The pages that the site was built with and has no more."""
        for name in self.record.pages:
            if not (self.root / name).is_file():
                message = f"{name}, which the site was built with, no longer exists"
                yield Diagnostic("fact-missing", self.place, message, AGAIN)

    def name(self, path: Path) -> str:
        """What a file is called in the site."""
        return path.absolute().relative_to(self.root).as_posix()

    def hold(self, path: Path, *, untranslated: bool) -> Held | None:
        """Holds a file against the record; None for one that it does not know.

        So is a file that is not what it was: what it says now is for others to tell, where
        it can be ``untranslated``.
        """
        name = self.name(path)
        if page := self.record.pages.get(name):
            return self.page(path, page)
        if name.endswith(PAGES):
            here = Place(path.as_posix(), 1, 1)
            message = "the record of the site has no such page"
            return Held(found=[Diagnostic("not-proved", here, message, AGAIN)])
        if name not in self.record.files:
            return None
        pages = self.users.get(name, ())
        if any(self.stale(page.uses) or self.unknown(page.uses) for page in pages):
            return None
        if self.is_as_built(name):
            return Held(is_file=True)
        if untranslated or not self.record.language:
            return None
        place = Place(path.as_posix(), 1, 1)
        message = "it is not the file that the site was built with"
        return Held(is_file=True, found=[Diagnostic("not-proved", place, message, AGAIN)])

    def is_as_built(self, name: str) -> bool:
        """Whether a file is what it was."""
        if name not in self.changed:
            try:
                content = load(self.root / name).content
            except ReadError as error:
                self.changed[name] = str(error)
            else:
                as_built = digest(content) == self.record.files[name]
                self.changed[name] = "" if as_built else "it was changed after the build"
        return not self.changed[name]

    def stale(self, uses: Mapping[Use, str]) -> list[Use]:
        """What would be said otherwise today."""
        return [
            use
            for use, was in uses.items()
            if use.name.topology in self.moved and self.known.digest(use) != was
        ]

    def unknown(self, uses: Iterable[Use]) -> list[str]:
        """The topologies that are spoken of and that there is nothing to hold against."""
        return sorted({use.name.topology for use in uses} - self.today.keys())

    def page(self, path: Path, page: Page) -> Held:
        """Holds a page against what was generated, and that against the topologies."""
        held = Held()
        here = Place(path.as_posix(), 1, 1)
        stale, unknown = self.stale(page.uses), self.unknown(page.uses)
        if stale:
            held.found.append(self._stale(here, stale))
        if unknown:
            message = f"it mentions {' and '.join(unknown)}, but was not compared with it"
            hint = "name each topology of the site with -t"
            held.found.append(Diagnostic("not-verified", here, message, hint))
        settled = not stale and not unknown and not self.record.templates
        for name in page.files:
            if self.record.files.get(name) and not (self.root / name).is_file():
                message = f"{name}, which it shows or offers, no longer exists"
                code = "not-proved" if name.startswith(BESIDE) else "fact-missing"
                held.found.append(Diagnostic(code, here, message, AGAIN))
            elif name.startswith(BESIDE) and not self.is_as_built(name):
                message = f"{name}, which it loads or offers, differs: {self.changed[name]}"
                held.found.append(Diagnostic("not-proved", here, message, AGAIN))
        try:
            file = load(path, self.root)
            if digest(file.content) == page.digest:
                if settled:
                    held.lines = _lines(file.text())
                return held
            if not page.generated:
                held.found.append(Diagnostic("not-proved", here, EDITED, AGAIN))
                return held
            markup = generated.read(file.text())
        except ReadError as error:
            place = Place(here.path, error.line, error.column)
            held.found.append(Diagnostic("unreadable-artefact", place, str(error)))
            return held
        comparison = PageComparison(here.path, self.veils)
        comparison.page(page, markup)
        held.found += comparison.found
        if markup.rest != page.rest and not comparison.found:
            held.found.append(Diagnostic("not-proved", here, EDITED, AGAIN))
        held.secret = comparison.secret
        if settled:
            held.lines = comparison.lines
        return held

    def _stale(self, here: Place, stale: Sequence[Use]) -> Diagnostic:
        said = ", ".join(dict.fromkeys(_told(use) for use in stale[:3]))
        more = f" and {len(stale) - 3} more" if len(stale) > 3 else ""
        since = f"since diagtool {self.record.release} built it"
        if self.own is None and self.record.templates:
            message = f"its topology has changed {since}, and the project's templates are not here"
            return Diagnostic("not-proved", here, message, AGAIN)
        moved = dict.fromkeys(use.name.topology for use in stale)
        digests = {name: self.record.topologies[name].digest for name in moved}
        if any(self.digests[name] != was for name, was in digests.items()):
            then = ", ".join(f"{name} was {was}" for name, was in digests.items())
            since += f" from an older topology ({then})"
        return Diagnostic("outdated", here, f"{said}{more} would say something else {since}", AGAIN)


def _told(use: Use) -> str:
    """A directive or role, as an author writes it."""
    names = {"part": "service", "diagram": "diagram"}
    return f"topo:{names.get(use.what, use.what)} {use.name.target or use.name.topology}"


def _lines(text: str) -> list[tuple[int, int]]:
    """The lines of what was generated on a page that is as it was built.

    What is in a picture by hand is for its reader to tell.
    """
    found: list[tuple[int, int]] = []
    line, first, before = 1, 0, 0
    for mark in site_record.MARK.finditer(text):
        line += text.count("\n", before, mark.start())
        before = mark.start()
        if not mark[1]:
            first = line if not mark[2].startswith(BY_HAND) else 0
        elif first:
            found.append((first, line))
    return found
