"""Artefacts against the topology: whatever they say that it does not, and the other way round.

The readers tell what a file says; here it is found out what of the topology that is about,
and compared. A part of an artefact that says nothing of the topology is left alone.
"""

from __future__ import annotations

import difflib
import os
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from diagtool import exporting
from diagtool.checks import readers
from diagtool.checks.readers import PICTURE, Claim, ReadError, Reading, Seal, Section, Words
from diagtool.model import PLACEHOLDER, Place, Service, Topology, diagram
from diagtool.model.diagnostics import Diagnostic
from diagtool.model.diagram import Diagram
from diagtool.model.facts import Fact, Facts, flat, of_balancer, of_diagram, of_sample, state
from diagtool.model.facts import FactKind as Kind

SKIPPED = ("_static", "_sources", "node_modules", "__pycache__")
"""Folders in which no artefact is looked for: themes' files, and copies of sources."""

WRITTEN_ONLY = (".mmd", ".d2", ".puml")
"""What the names of files end in that cannot be read back."""

ALIKE = 0.5
"""What part of their labels a picture and a view must share, to be taken for the same."""

SIMILAR = 0.6
"""How much alike two texts must be for one to be taken for a slip of the other."""

SECRET = "(secret)"
"""What stands in messages for the value of a secret option."""

MISSPELT = 0.85
"""How much alike the names of two options must be for one to be a slip of the other."""

MANY = 10_000
"""Up to how many pairs of what is missing and what is there instead are looked at."""

MARKS = tuple("".join(mark.value.split()) for mark in diagram.Mark)
"""What stands in the labels that a picture of differences marks."""

T = TypeVar("T")

_COUNTED = re.compile(r" \([0-9]+\)$")
_HASHED = re.compile(r"-[0-9a-f]{16}$")
_FOLDED = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "–": "--", "—": "---", "…": "..."})


@dataclass(frozen=True, slots=True)
class Result:
    """What came of verifying: every finding, and how many files were read."""

    diagnostics: tuple[Diagnostic, ...]
    files: int


def verify(
    topologies: Topology | Sequence[Topology],
    paths: Iterable[Path],
    *,
    originals: Mapping[str, str] | None = None,
) -> Result:
    """Compares files, and the files in folders, with a topology, or with several.

    ``originals`` are what the topology calls things, by what translated pages call them.
    """
    several = [topologies] if isinstance(topologies, Topology) else topologies
    judges = [Judge(topology) for topology in several]
    files = 0
    for path, root, named in _files(paths):
        files += 1
        for judge in judges:
            judge.take(path, root, named=named, originals=originals)
    found = verdict(judges)
    secret = frozenset().union(*(judge.secret for judge in judges))
    return Result(tuple(_with_sources(found, secret)), files)


def _with_sources(found: Iterable[Diagnostic], secret: Set[Place]) -> Iterator[Diagnostic]:
    """The findings, those about a line of a file of text with that line, unless it is secret."""
    lines: dict[str, list[str]] = {}
    for finding in found:
        place = finding.place
        # At its very start it is about the file, or that is one of bytes.
        if (place.line, place.column) == (1, 1) or place in secret:
            yield finding
            continue
        if place.path not in lines:
            try:
                lines[place.path] = readers.load(Path(place.path)).text().splitlines()
            except ReadError:
                lines[place.path] = []
        known = lines[place.path]
        yield replace(finding, source=known[place.line - 1] if place.line <= len(known) else "")


def verdict(judges: Sequence[Judge]) -> tuple[Diagnostic, ...]:
    """What several judges find, in the order of places.

    Topologies may have services of the same name, as those of two releases have. What one
    of them finds in a file counts only if none of the others, who also took that file in,
    is content with the same place.
    """
    found = {judge: judge.verdict() for judge in judges}
    wrong = {judge: {finding.place for finding in found[judge]} for judge in judges}
    kept: dict[Diagnostic, None] = {}
    for judge in judges:
        twins = [twin for twin in judges if twin is not judge and twin.model.is_like(judge.model)]
        for finding in found[judge]:
            place = finding.place
            if all(place.path not in twin.taken or place in wrong[twin] for twin in twins):
                kept.setdefault(finding)
    return tuple(sorted(kept, key=lambda d: (d.place.path, d.place.line, d.place.column)))


def _files(paths: Iterable[Path]) -> Iterator[tuple[Path, Path, bool]]:
    """Each file with the root of what it is part of, and whether it was named itself."""
    known = (*readers.suffixes(), *WRITTEN_ONLY)
    for path in paths:
        if not path.is_dir():
            yield path, _root(path), True
            continue
        for folder, folders, names in os.walk(path):
            folders[:] = sorted(f for f in folders if f not in SKIPPED and not f.startswith("."))
            for name in sorted(names):
                if name.lower().endswith(known):
                    yield Path(folder, name), path, False


def _root(path: Path) -> Path:
    """The folder of the pages that a page belongs to: Sphinx lays an inventory there."""
    for folder in list(path.absolute().parents)[:10]:
        if (folder / "objects.inv").is_file():
            return folder
    return path.parent


# --- what a claim is about ------------------------------------------------------------


def key(text: str) -> str:
    """A text as it is compared: blanks, line breaks and typesetters' signs do not count."""
    return "".join(text.translate(_FOLDED).split())


def _fact_key(fact: Fact) -> tuple[Kind, tuple[str, ...]]:
    exact = fact.kind in (Kind.OPTION, Kind.ALTERNATIVE)
    return fact.kind, tuple(flat(t) if exact else key(t) for t in fact.terms)


@dataclass
class Model:
    """A topology, and the ways to find what is meant in it."""

    topology: Topology

    @cached_property
    def facts(self) -> Facts:
        """Every fact that it states."""
        return state(self.topology)

    @cached_property
    def views(self) -> dict[str, Diagram]:
        """Its views by name."""
        return {view.name: view for view in diagram.views(self.topology)}

    @cached_property
    def services(self) -> dict[str, Service]:
        """Its services by what they are called."""
        found: dict[str, Service] = {}
        for service in self.topology.services.values():
            for name in (service.name, service.id):
                found.setdefault(key(name).casefold(), service)
        return found

    @cached_property
    def parts(self) -> dict[str, str]:
        """The ids of its parts by what they are called."""
        return {key(part.name).casefold(): part.id for part in self.topology.parts}

    @cached_property
    def labels(self) -> frozenset[str]:
        """Every label of a box."""
        return frozenset(key(n.label) for view in self.views.values() for n in view.nodes)

    def is_like(self, other: Model) -> bool:
        """Whether another one has a service of the same name."""
        return not self.services.keys().isdisjoint(other.services)

    def service(self, name: str) -> Service | None:
        """The service of this name."""
        return self.services.get(key(name).casefold())

    def view(self, name: str) -> Diagram | None:
        """The view that a caption, a heading or a file's name tells of."""
        name = _HASHED.sub("", name)
        shown = key(name).casefold()
        if not shown:
            return None
        for view in self.views.values():
            if shown in (view.name.casefold(), key(view.title).casefold()):
                return view
        if service := self.services.get(shown):
            return self.views[service.id]
        # "Fig. 3 Layout of …": a caption may have a number in front.
        titled = [v for v in self.views.values() if shown.endswith(key(v.title).casefold())]
        if titled:
            return max(titled, key=lambda view: len(view.title))
        return self._subset(name)

    def _subset(self, name: str) -> Diagram | None:
        """An overview of some services, which its file is called after."""
        if not name.startswith("overview-"):
            return None
        rest, ids = name.removeprefix("overview"), []
        for id in sorted(self.topology.services, key=len, reverse=True):
            if f"-{id}" in rest:
                ids.append(id)
                rest = rest.replace(f"-{id}", "", 1)
        return None if rest or not ids else diagram.overview(self.topology, ids)

    def likest(self, labels: frozenset[str]) -> Diagram | None:
        """The view that shares most labels with a picture."""
        best, most = None, 0.0
        for view in self.views.values():
            own = frozenset(key(node.label) for node in view.nodes)
            alike = len(own & labels) / len(own | labels) if own | labels else 0.0
            if alike > most:
                best, most = view, alike
        return best if most >= ALIKE else None

    def of_view(self, view: Diagram) -> Facts:
        """What the picture of a view says."""
        return {fact: self.facts.get(fact, self._near(fact)) for fact in of_diagram(view)}

    def _near(self, fact: Fact) -> Place:
        """The place of the same fact in another view, for those that are drawn on demand."""
        for other, place in self.facts.items():
            if other.kind is fact.kind and other.terms == fact.terms:
                return place
        return Place(self.topology.sources[0], 1, 1) if self.topology.sources else Place()

    def of(self, about: str, kinds: frozenset[Kind]) -> Facts:
        """The facts of some kinds about a part."""
        return {f: p for f, p in self.facts.items() if f.about == about and f.kind in kinds}

    def options(self, id: str) -> Facts:
        """What a service sets: in its snippets, which a page shows, and beside them."""
        beside = self.of(id, frozenset({Kind.CONFIG})).items()
        shown = self.of(id, frozenset({Kind.OPTION}))
        return {**shown, **{Fact(Kind.OPTION, id, fact.terms): p for fact, p in beside}}

    def is_secret(self, section: str, name: str) -> bool:
        """Whether a catalogue says that the value of an option must not be shown."""
        known = (catalogue.option(section, name) for catalogue in self.topology.catalogues)
        return any(option.secret for option in known if option)

    def misspelt(self, id: str, facts: Facts) -> dict[Fact, str]:
        """The options that a service has not, with the one that each may be meant to be."""
        known = {fact.terms[:2] for fact in self.options(id)}
        said = {fact.terms[:2] for fact in facts}
        catalogues = self.topology.catalogues
        meant = {}
        for fact in facts:
            section, name = fact.terms[:2]
            left = [other for of, other in known - said if of == section]
            near = difflib.get_close_matches(name, sorted(left), n=1, cutoff=MISSPELT)
            if fact.kind is not Kind.OPTION or fact.terms[:2] in known or not near:
                continue
            if not any(catalogue.option(section, name) for catalogue in catalogues):
                meant[fact] = near[0]
        return meant

    def digest(self, view: str, translations: Mapping[str, str]) -> str:
        """The digest that a picture of a view carries today, empty where there is no such view.

        ``translations`` are the words that stand in it, by those of the topology.
        """
        shown = self.views.get(view) or self._subset(view)
        if shown is None:
            return ""
        shown = diagram.relabelled(shown, translations)
        if shown not in self._digests:
            from diagtool.pictures.digest import origin

            self._digests[shown] = origin(exporting.draw(self.topology, shown)).digest
        return self._digests[shown]

    _digests: dict[Diagram, str] = field(default_factory=dict)


def _is_turned(text: str) -> bool:
    """Whether a text runs from right to left, at least in part: PDF has such as it is drawn."""
    return any(unicodedata.bidirectional(character) in ("R", "AL") for character in text)


def _labels(facts: Iterable[Fact]) -> frozenset[str]:
    return frozenset(key(fact.terms[0]) for fact in facts if fact.kind is Kind.BOX)


# --- the verdict ----------------------------------------------------------------------

AGAIN = "make the file again from the topology, or correct the topology"
OLDER = "the file carries the digest of an older topology: make it again"
EDITED = "the file was edited after it was made: make it again, or correct the topology"


@dataclass
class _Standing:
    """What stands under the headings of a service, on all pages."""

    place: Place
    kinds: set[Kind] = field(default_factory=set)
    pictures: int = 0
    facts: dict[Fact, Place] = field(default_factory=dict)


class Judge:
    """Takes in files one after the other, and then says what is wrong with them all."""

    def __init__(self, topology: Topology) -> None:
        self.model = Model(topology)
        self.found: dict[Diagnostic, None] = {}
        self.standing: dict[str, _Standing] = {}
        self.taken: set[str] = set()
        self.secret: set[Place] = set()
        self.translations: dict[str, str] = {}

    def report(self, code: str, place: Place, message: str, hint: str = "") -> None:
        """Notes down a finding, once."""
        self.found.setdefault(Diagnostic(code, place, message, hint))

    def take(
        self,
        path: Path,
        root: Path,
        *,
        named: bool = True,
        originals: Mapping[str, str] | None = None,
    ) -> None:
        """Reads a file and holds it against the topology."""
        place = Place(path.as_posix(), 1, 1)
        self.taken.add(place.path)
        if readers.format_of(path.name) is None:
            only = path.name.lower().endswith(WRITTEN_ONLY)
            reason = "its format is written only" if only else "its format is not known"
            self.report("cannot-verify" if named else "not-verified", place, reason)
            return
        try:
            file = readers.load(path, root, originals)
            reading = readers.read(file)
        except ReadError as error:
            where = Place(place.path, error.line, error.column)
            ours = named or self.model.view(path.stem) or self.model.service(path.stem)
            self.report("unreadable-artefact" if ours else "not-verified", where, str(error))
            return
        self.translations = {}
        for translation, original in (originals or {}).items():
            self.translations.setdefault(original, translation)
        self.judge(reading, named=named)

    def judge(self, reading: Reading, *, named: bool = True) -> None:
        """Holds what a file says against the topology."""
        hint = self.hint(reading.seals)
        for claim in reading.claims:
            if not self.claim(claim, hint) and named:
                message = "nothing in it is of the topology"
                self.report("not-verified", claim.place, message)
        for seal in reading.seals:
            if seal.intact is not None:
                self.seal(seal, named=named)
        for words in reading.words:
            self.words(words, hint)
        for section in reading.sections:
            self.section(section, hint)

    def hint(self, seals: Sequence[Seal]) -> str:
        """What to do about a file that says something else, going by what it carries."""
        digests = {}
        for seal in seals:
            view, _, digest = seal.origin.partition("/")[2].partition(" ")
            digests[digest] = self.model.digest(view, self.translations)
        if not digests:
            return AGAIN
        return OLDER if any(was != now for was, now in digests.items()) else EDITED

    # Pictures and config

    def claim(self, claim: Claim, hint: str) -> bool:
        """Compares a claim of a file; says whether it is about the topology at all."""
        if claim.kinds <= PICTURE:
            return self.picture(claim, claim.about, hint) is not None
        if Kind.SPREAD in claim.kinds:
            return self.balancer(claim, hint)
        service = next(filter(None, map(self.model.service, claim.about)), None)
        if service is None:
            service = self.setter(claim.facts)
        sample = of_sample(self.model.topology, service) if service else {}
        if service is None or not sample:
            return False
        self.differences(service.id, claim.facts, sample, claim.place, hint)
        return True

    def balancer(self, claim: Claim, hint: str) -> bool:
        """Compares config with the load balancer that its file is called after.

        Of another name, it is that of the first one with any service which is named in it.
        """
        topology = self.model.topology
        pools = {fact.terms[0] for fact in claim.facts}
        for component in topology.components.values():
            spread = of_balancer(topology, component)
            if spread and (component.id in claim.about or pools & {f.terms[0] for f in spread}):
                self.differences(component.id, claim.facts, spread, claim.place, hint)
                return True
        return False

    def setter(self, facts: Facts) -> Service | None:
        """The service that sets most of some options, in its snippets or beside them."""
        said = {fact.terms[:2] for fact in facts if fact.kind is Kind.OPTION}

        def shared(service: Service) -> int:
            options = [option for _, option in self.model.topology.settings(service.id)]
            options += service.options
            return len({(o.section, o.name) for o in options} & said)

        services = self.model.topology.services.values()
        best = max(services, key=shared, default=None)
        return best if best and shared(best) else None

    def picture(self, claim: Claim, about: Sequence[str], hint: str) -> Diagram | None:
        """Compares a picture; gives the view that it was held against."""
        labels = _labels(claim.facts)
        if any(mark in key(term) for fact in claim.facts for term in fact.terms for mark in MARKS):
            message = "it marks what differs between two topologies, which is not compared"
            self.report("not-verified", claim.place, message)
            return None
        named = list(filter(None, map(self.model.view, about)))
        view = named[0] if named else None
        if not labels & self.model.labels and (view is None or view.name == "overview"):
            return None
        view = view or self.model.likest(labels)
        if view is None:
            return None
        for other in named[1:]:
            if other.name != view.name:
                message = (
                    f"its title is that of the picture of {view.name}, "
                    f"but its name that of the picture of {other.name}"
                )
                self.report("fact-differs", claim.place, message, AGAIN)
        model = self.model.of_view(view)
        self.differences(view.name, claim.facts, model, claim.place, hint)
        return view

    def seal(self, seal: Seal, *, named: bool, about: Sequence[str] = ()) -> Diagram | None:
        """Judges a picture by what it carries; gives the view that it was held against."""
        wanted = next(filter(None, map(self.model.view, (*seal.about, *about))), None)
        if not seal.origin:
            if wanted or named:
                message = "it carries no digest, so nobody can tell what it shows"
                hint = "make it again with diagtool export, or verify another format"
                self.report("cannot-verify", seal.place, message, hint)
            else:
                message = "it carries no digest, and nothing ties it to the topology"
                self.report("not-verified", seal.place, message)
            return wanted
        _, origin, digest = seal.origin.split(" ")
        topology, _, view = origin.partition("/")
        today = self.model.digest(view, self.translations)
        if topology != self.model.topology.id or not today:
            if wanted and wanted.name != "overview":
                message = f"it shows {origin}, where {wanted.title} is due"
                self.report("fact-differs", seal.place, message, AGAIN)
            else:
                self.report("not-verified", seal.place, f"it shows {origin}, not this topology")
            return wanted
        if wanted and wanted.name != view:
            message = f"it shows the picture of {view}, where that of {wanted.name} is due"
            self.report("fact-differs", seal.place, message, AGAIN)
        if not seal.intact:
            message = f"the picture of {view} was changed after it was made"
            self.report("altered", seal.place, message, "make it again")
        elif digest != today:
            message = (
                f"the picture of {view} is from an older topology: it carries {digest}, "
                f"which is {today} today"
            )
            self.report("outdated", seal.place, message, "make it again")
        return wanted or self.model.views.get(view)

    def words(self, words: Words, hint: str) -> None:
        """Compares the text of a picture with what its view says."""
        view = next(filter(None, map(self.model.view, words.about)), None)
        if view is None:
            return
        model = self.model.of_view(view)
        kinds = {Kind.BOX: 0, Kind.GROUP: 0, Kind.EDGE_LABEL: 2}
        labels = {flat(node.label) for node in view.nodes}
        said: dict[str, Fact] = {}
        for fact in model:
            if fact.kind in kinds:
                text = fact.terms[kinds[fact.kind]]
                base = _COUNTED.sub("", text)
                if fact.kind is Kind.BOX and base != text and base in labels:
                    continue  # two boxes say the same
                said.setdefault(key(self.translations.get(text, text)), fact)
        shown = key("".join(words.lines))
        for text, fact in said.items():
            if text not in shown and not _is_turned(text):
                self.missing(fact, model[fact], words.place, hint)
        for line in dict.fromkeys(words.lines):
            if not any(key(line) in text for text in said) and not _is_turned(line):
                message = f"the picture of {view.name} says '{line}', which the topology does not"
                self.report("fact-extra", words.place, message, hint)

    # Pages

    def section(self, section: Section, hint: str) -> None:
        """Compares what stands under a heading."""
        service = next(filter(None, map(self.model.service, section.headings)), None)
        standing = _Standing(section.place)
        if service:
            standing = self.standing.setdefault(service.id, standing)
        own = section.headings[:1]
        for claim in section.claims:
            if claim.kinds <= PICTURE:
                view = self.picture_of_section(claim, own, service, hint)
                if service and view and view.name == service.id:
                    standing.pictures += 1
            elif Kind.NEED in claim.kinds:
                if service and self.is_of_parts(claim):
                    standing.kinds.add(Kind.NEED)
                    self.compare(service.id, claim.facts, claim.kinds, claim.place, hint)
            elif Kind.OPTION in claim.kinds:
                self.config(claim, service, standing, hint)
            elif Kind.WARNING in claim.kinds:
                standing.facts.update(claim.facts)
            elif part := self.model.parts.get(key(claim.about[0]).casefold()):
                self.compare(part, claim.facts, claim.kinds, claim.place, hint)
        for seal in section.seals:
            about = own if not seal.about or service else ()
            if seal.origin or next(filter(None, map(self.model.view, seal.about)), None):
                view = self.seal(seal, named=False, about=about)
                if service and view and view.name == service.id:
                    standing.pictures += 1

    def picture_of_section(
        self, claim: Claim, headings: Sequence[str], service: Service | None, hint: str
    ) -> Diagram | None:
        """The view that a picture in a section shows; None where it shows none of the model."""
        if any(map(self.model.view, claim.about)):
            return self.picture(claim, claim.about, hint)
        if not _labels(claim.facts) & self.model.labels:
            return None  # an icon, a picture of something else
        about = headings if service else ()
        return self.picture(claim, about, hint)

    def is_of_parts(self, claim: Claim) -> bool:
        """Whether a list names any part of the topology."""
        return any(key(fact.terms[0]).casefold() in self.model.parts for fact in claim.facts)

    def config(self, claim: Claim, service: Service | None, standing: _Standing, hint: str) -> None:
        """Compares a block of config; one that sets nothing of ours is none of our business."""
        setter = service if service and self.model.options(service.id) else None
        setter = setter or self.setter(claim.facts) or self.slipped(claim.facts)
        if setter is None:
            return
        sections = {fact.terms[0] for fact in self.model.options(setter.id)}
        if not any(fact.terms[0] in sections for fact in claim.facts):
            return
        if service is setter:
            standing.facts |= {f: p for f, p in claim.facts.items() if f.kind is Kind.OPTION}
            return
        self.known_options(setter.id, claim.facts, claim.place, hint)

    def slipped(self, facts: Facts) -> Service | None:
        """The first service that some options may be meant to be of."""
        services = self.model.topology.services.values()
        return next((s for s in services if self.model.misspelt(s.id, facts)), None)

    def known_options(self, id: str, facts: Facts, place: Place, hint: str) -> None:
        """Compares the options of a service that are there, wherever a page shows them."""
        options = self.model.options(id)
        known = {fact.terms[:2] for fact in options}
        said = {
            fact: where
            for fact, where in facts.items()
            if fact.kind is Kind.OPTION and fact.terms[:2] in known
        }
        shown = {fact.terms[:2] for fact in said}
        model = {f: p for f, p in options.items() if f.terms[:2] in shown}
        # An author may show what stands in place of placeholders.
        filled = [
            (fact, stated)
            for fact in said
            for stated in model
            if fact.terms[:2] == stated.terms[:2] and _is_filled(fact.terms[2], stated.terms[2])
        ]
        for fact, stated in filled:
            said.pop(fact, None)
            model.pop(stated, None)
        self.differences(id, said, model, place, hint)
        for fact, meant in self.model.misspelt(id, facts).items():
            section, name, value = fact.terms
            told = self.told(Fact(Kind.OPTION, id, (section, meant, value)), facts[fact])
            told = replace(told, terms=(section, name, told.terms[2]))
            message = f"it says that {told}, which the topology does not"
            self.report("fact-extra", facts[fact], message, f"did you mean '{meant}'?")

    def verdict(self) -> tuple[Diagnostic, ...]:
        """Every finding, after what is told of services on all pages was put together."""
        for id, standing in self.standing.items():
            warnings = self.model.of(id, frozenset({Kind.WARNING}))
            # What a page warns of beside that is its author's.
            known = [fact.terms[0] for fact in warnings]
            facts = {
                fact: place
                for fact, place in standing.facts.items()
                if fact.kind is not Kind.WARNING or any(_alike(fact.terms[0], w) for w in known)
            }
            if not self.is_guide:
                self.known_options(id, facts, standing.place, AGAIN)
                continue
            kinds = frozenset({Kind.WARNING, Kind.OPTION})
            shown = {fact.terms[:2] for fact in facts}
            beside = {f: p for f, p in self.model.options(id).items() if f.terms[:2] in shown}
            model = {**self.model.of(id, kinds), **beside}
            self.differences(id, facts, model, standing.place, AGAIN)
            if not standing.pictures:
                message = f"it leaves out the picture of {id}"
                self.report("fact-missing", standing.place, message, AGAIN)
            if Kind.NEED not in standing.kinds:
                for fact, place in self.model.of(id, frozenset({Kind.NEED})).items():
                    self.missing(fact, place, standing.place, AGAIN)
        told = [id for id, s in self.standing.items() if s.pictures and Kind.NEED in s.kinds]
        services = self.model.topology.services
        if len(told) * 2 > len(services):
            first = next(iter(self.standing.values())).place
            for id, service in services.items():
                if id not in self.standing:
                    fact = Fact(Kind.SERVICE, id, (service.name,))
                    self.missing(fact, service.place, Place(first.path, 1, 1), AGAIN)
        return tuple(sorted(self.found, key=lambda d: (d.place.path, d.place.line, d.place.column)))

    @cached_property
    def is_guide(self) -> bool:
        """Whether the pages are a guide: any service has its picture and its needs there."""
        return any(s.pictures and Kind.NEED in s.kinds for s in self.standing.values())

    # Facts

    def compare(
        self, about: str, facts: Facts, kinds: frozenset[Kind], place: Place, hint: str
    ) -> None:
        """Holds facts about a part against all that the topology says of it."""
        self.differences(about, facts, self.model.of(about, kinds), place, hint)

    def told(self, fact: Fact, place: Place) -> Fact:
        """A fact without what is secret in it."""
        if fact.kind is not Kind.OPTION or PLACEHOLDER.search(fact.terms[2]):
            return fact
        if not self.model.is_secret(*fact.terms[:2]):
            return fact
        self.secret.add(place)
        return replace(fact, terms=(*fact.terms[:2], SECRET))

    def missing(self, fact: Fact, stated: Place, place: Place, hint: str) -> None:
        """Reports a fact that an artefact leaves out, with where the topology states it."""
        told = self.told(fact, stated)
        self.report("fact-missing", place, f"it leaves out that {told} ({stated})", hint)

    def differences(self, about: str, facts: Facts, model: Facts, place: Place, hint: str) -> None:
        """Reports what is missing, what is there beside it, and what differs.

        A box or frame that has another name is one finding, and so is one that is missing:
        what follows from it, such as arrows that lead there, is not told again.
        """
        said = {_fact_key(f): (Fact(f.kind, about, f.terms), p) for f, p in facts.items()}
        true = {_fact_key(f): (f, p) for f, p in model.items()}
        missing = [true[k] for k in true if k not in said]
        extra = [said[k] for k in said if k not in true]

        def differ(old: tuple[Fact, Place], new: tuple[Fact, Place]) -> None:
            said, stated = self.told(*new), self.told(*old)
            message = f"it says that {said}, but {old[1]} says that {stated}"
            self.report("fact-differs", new[1], message, hint)

        names: dict[str, str] = {}
        gone: set[str] = set()
        for kind in (Kind.BOX, Kind.GROUP):
            old = _by_name(kind, missing, said)
            new = _by_name(kind, extra, true)
            score = _alike if len(old) * len(new) > 1 else _any
            for was, now in _pairs(list(old), list(new), score):
                differ(old[was], new[now])
                names[now] = was
                del old[was], new[now]
            for name, (fact, stated) in old.items():
                self.missing(fact, stated, place, hint)
                gone.add(name)
            for name, (fact, where) in new.items():
                message = f"it says that {fact}, which the topology does not"
                self.report("fact-extra", where, message, hint)
                gone.add(name)

        def follows(fact: Fact) -> bool:
            return fact.kind in PICTURE and any(key(term) in gone for term in fact.terms)

        def renamed(fact: Fact) -> tuple[Kind, tuple[str, ...]]:
            terms = [names.get(key(term), key(term)) for term in fact.terms]
            if fact.kind in (Kind.LINE, Kind.EDGE_LABEL):
                terms[:2] = sorted(terms[:2])
            return fact.kind, tuple(terms)

        if names or gone:
            shown = {renamed(fact) for fact, _ in extra}
            true_names = {_sorted_key(fact) for fact, _ in missing}
            missing = [m for m in missing if _sorted_key(m[0]) not in shown and not follows(m[0])]
            extra = [e for e in extra if renamed(e[0]) not in true_names and not follows(e[0])]
            missing = [m for m in missing if m[0].kind is not Kind.BOX]
            extra = [e for e in extra if e[0].kind is not Kind.BOX]
        for first, second in _pairs(missing, extra, lambda m, e: _kinship(m[0], e[0])):
            differ(first, second)
            missing.remove(first)
            extra.remove(second)
        for fact, stated in missing:
            self.missing(fact, stated, place, hint)
        for fact, where in extra:
            message = f"it says that {self.told(fact, where)}, which the topology does not"
            self.report("fact-extra", where, message, hint)


_Stated = tuple[Fact, Place]


def _sorted_key(fact: Fact) -> tuple[Kind, tuple[str, ...]]:
    terms = [key(term) for term in fact.terms]
    if fact.kind in (Kind.LINE, Kind.EDGE_LABEL):
        terms[:2] = sorted(terms[:2])
    return fact.kind, tuple(terms)


def _by_name(
    kind: Kind, facts: Iterable[_Stated], others: Iterable[tuple[Kind, tuple[str, ...]]]
) -> dict[str, _Stated]:
    """The facts of boxes or frames that the other side does not name, by their names."""
    known = {terms[0] for other, terms in others if other is kind}
    found: dict[str, _Stated] = {}
    for fact, place in facts:
        name = key(fact.terms[0])
        if fact.kind is kind and name not in known:
            found.setdefault(name, (fact, place))
    return found


def _pairs(old: Sequence[T], new: Sequence[T], score: Callable[[T, T], float]) -> list[tuple[T, T]]:
    """Those that belong together, the best pairs first, each in one pair at most."""
    if len(old) * len(new) > MANY:
        return []
    scored = [
        (value, first, second)
        for first, one in enumerate(old)
        for second, other in enumerate(new)
        if (value := score(one, other)) > 0
    ]
    found = []
    taken: set[tuple[str, int]] = set()
    for _, first, second in sorted(scored, key=lambda pair: (-pair[0], pair[1], pair[2])):
        if not {("old", first), ("new", second)} & taken:
            taken |= {("old", first), ("new", second)}
            found.append((old[first], new[second]))
    return found


def _is_filled(value: str, stated: str) -> bool:
    """Whether a value is another one with something in place of each placeholder."""
    first, *rest = PLACEHOLDER.split(stated)[::2]
    if not rest or PLACEHOLDER.search(value) or not value.startswith(first):
        return False
    end = len(first)
    for part in rest[:-1]:
        start = value.find(part, end + 1)
        if start < 0:
            return False
        end = start + len(part)
    return value.endswith(rest[-1]) and len(value) - len(rest[-1]) > end


def _any(one: str, other: str) -> float:
    """For the only two that are left."""
    return 1.0


def _alike(one: str, other: str) -> float:
    """How much alike two texts are, 0 where they are not."""
    ratio = difflib.SequenceMatcher(None, one[:500], other[:500]).ratio()
    return ratio if ratio >= SIMILAR else 0.0


def _kinship(one: Fact, other: Fact) -> float:
    """How likely it is that one fact stands where the other should, 0 for not at all."""
    lines = {Kind.ARROW, Kind.LINE}
    if one.kind is not other.kind and not {one.kind, other.kind} <= lines:
        return 0.0
    first, second = _fact_key(one)[1], _fact_key(other)[1]
    if one.kind in lines and sorted(first) == sorted(second):
        return 3.0
    same = sum(a == b for a, b in zip(first, second, strict=True))
    if one.kind in (Kind.OPTION, Kind.EDGE_LABEL):
        return same if first[:2] == second[:2] or first[1:] == second[1:] else 0.0
    return same or (_alike(first[0], second[0]) if len(first) == 1 else 0.0)
