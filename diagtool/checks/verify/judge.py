"""Judges: each holds files against one topology.

A file that is what would be written today is proved, and no more is asked. Of any other one
the readers tell what it says, and here it is found out what of the topology that is about,
and compared. What they find is a contradiction, and so is a text of ours that became another
one. A file that differs, and in which no contradiction is found, is not proved.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from diagtool.checks import readers
from diagtool.checks.readers import PICTURE, Claim, File, ReadError, Reading, Seal, Section, Words
from diagtool.checks.redaction import Veil
from diagtool.checks.verify import proof
from diagtool.checks.verify.differences import alike, differences, is_filled, spread, uncut
from diagtool.checks.verify.leftovers import left_over
from diagtool.checks.verify.messages import AGAIN, NOT_PROVED, Teller, of_page
from diagtool.checks.verify.model import Model, compares, key, oddities
from diagtool.checks.verify.normal_forms import form_of
from diagtool.checks.verify.proof import Comparison
from diagtool.checks.verify.remaking import PAGES as PLAIN_PAGES
from diagtool.checks.verify.remaking import Given, Remade, Workshop, sources
from diagtool.config import balancers
from diagtool.config.values import is_same
from diagtool.guide.site_record import MARK
from diagtool.model import (
    PLACEHOLDER,
    Place,
    Service,
    Severity,
    SnippetMention,
    Topology,
    port_and_host_tables,
)
from diagtool.model.diagnostics import Diagnostic
from diagtool.model.diagram import Diagram
from diagtool.model.facts import (
    STATED_IN,
    Fact,
    Facts,
    flat,
    of_balancer,
    of_host_table,
    of_sample,
)
from diagtool.model.facts import FactKind as Kind

WEB_PAGES = (".html", ".htm", ".xhtml")
"""What the names of pages end in that a site's record vouches for."""

PAGES = (*PLAIN_PAGES, *WEB_PAGES)
"""What the names of pages end in, which are put together with others."""

_COUNTED = re.compile(r" \([0-9]+\)$")


def _is_turned(text: str) -> bool:
    """Whether a text runs from right to left, at least in part: PDF has such as it is drawn."""
    return any(unicodedata.bidirectional(character) in ("R", "AL") for character in text)


def _view(seal: Seal) -> str:
    """The view that a picture says it shows."""
    return seal.origin.partition("/")[2].partition(" ")[0]


def _labels(facts: Iterable[Fact]) -> frozenset[str]:
    return frozenset(key(fact.terms[0]) for fact in facts if fact.kind is Kind.BOX)


def _without_dashes(claim: Claim) -> Claim:
    """A picture in which a dashed line can mean anything."""
    facts = {fact: place for fact, place in claim.facts.items() if fact.kind is not Kind.OPTIONAL}
    return replace(claim, facts=facts, kinds=claim.kinds - {Kind.OPTIONAL})


def _nearest(missing: Fact, facts: Facts) -> Place | None:
    """Where a fact would be stated.

    In a picture, that is at the same line, else at one of its boxes; in config, behind what its
    section sets.
    """
    if missing.kind in (Kind.OPTION, Kind.ALTERNATIVE):
        beside = [p for f, p in facts.items() if f.terms[0] == missing.terms[0]]
        return max(beside, key=lambda place: place.line, default=None)
    if missing.kind not in PICTURE:
        return None
    ends = {key(term) for term in missing.terms[:2]}
    shown = {(fact.kind, key(fact.terms[0])): place for fact, place in facts.items()}
    lines = (
        place
        for fact, place in facts.items()
        if fact.kind is not Kind.GROUP and {key(term) for term in fact.terms[:2]} == ends
    )
    boxes = (shown.get((Kind.BOX, key(term))) for term in missing.terms[:2])
    return next(lines, None) or next(filter(None, boxes), None)


def _is_error(finding: Diagnostic) -> bool:
    return finding.severity is Severity.ERROR


def _option(fact: Fact, kind: Kind, model: Facts) -> Fact | None:
    """The option that a fact of a kind is about, with the value that the topology states."""
    if fact.kind is not kind:
        return None
    options = (f for f in model if f.kind is Kind.OPTION and f.terms[:2] == fact.terms[:2])
    return next(options, None)


def _due_on_pages(service: Service, facts: Facts) -> Facts:
    """Facts but for the options of snippets that no note shows."""
    shown = {
        (option.section, option.name, option.value)
        for block in service.notes
        if isinstance(block, SnippetMention)
        for option in service.snippet(block.snippet).options
    }
    return {f: p for f, p in facts.items() if f.kind is not Kind.OPTION or f.terms in shown}


# --- the verdict ----------------------------------------------------------------------

GONE = "remove the file, or bring back what it shows"
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

    def __init__(self, topology: Topology, given: Given | None = None) -> None:
        self.model = Model(topology)
        self.workshop = Workshop(self.model, given)
        self.veil = Veil(topology, self.workshop.given.values)
        self.proved: set[str] = set()
        self.differing_files: list[tuple[File, Comparison | None, Remade]] = []
        self.found: dict[Diagnostic, None] = {}
        self.standing: dict[str, _Standing] = {}
        self.taken: set[str] = set()
        self.related: set[str] = set()
        """What was made from the topology, going by what it shows; no page that an author wrote."""
        self.secret: set[Place] = set()
        self.translations: dict[str, str] = {}

    def report(self, code: str, place: Place, message: str, hint: str = "") -> None:
        """Notes down a finding, once."""
        self.found.setdefault(Diagnostic(code, place, self.veil.text(message), hint))

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
        self.translations = {}
        for translation, original in (originals or {}).items():
            self.translations.setdefault(original, translation)
        try:
            file = readers.load(path, root, originals)
            if path.name.lower().endswith(WEB_PAGES) and MARK.search(file.text()):
                self.related.add(place.path)
            made_from = {source.topology for source in sources(file)}
            if made_from and self.model.topology.id not in made_from:
                self.taken.discard(place.path)  # that nothing is wrong here says nothing
            due = tuple(self.workshop.remade(file, self.translations))
            difference = self.compared(file, due)
            if due and difference is None:
                if self.misnamed(file) or self.mislabelled(file, due) or self.lacks_files(file):
                    return
                self.proved.add(place.path)
                if not path.name.lower().endswith(PAGES):
                    return
            elif gone := left_over(self.model, file):
                self.report("left-over", place, gone, GONE)
                return
            else:
                self.foreign(file)
            if difference and self.exchanged(file, difference[0]):
                return
            if difference and difference[0] and difference[0].is_same_pages:
                pass  # only what is said beside them differs
            elif readers.format_of(path.name) is None:
                self.unread(place, difference, named=named)
            else:
                self.judge(readers.read(file), difference and difference[0], named=named)
        except ReadError as error:
            where = Place(place.path, error.line, error.column)
            ours = (
                named
                or path.name in self.workshop.pages
                or self.model.view(path.stem)
                or self.model.service(path.stem)
            )
            self.report("unreadable-artefact" if ours else "not-verified", where, str(error))
            return
        if difference:
            # Not before the readers are through with all pages.
            self.differing_files.append((file, *difference))

    def knows(self, path: Path) -> bool:
        """Whether a file is called after a view, or says that it is a picture of the topology."""
        if self.model.view(path.stem):
            return True
        try:
            return bool(sources(readers.load(path)))
        except ReadError:
            return False

    # What would be written today

    def compared(
        self, file: File, due: Sequence[Remade]
    ) -> tuple[Comparison | None, Remade] | None:
        """How a file differs from what is most like it of what it could be; None for not at all.

        There is no comparison where it cannot be taken apart.
        """
        if any(file.content == remade.content for remade in due):
            return None
        best: tuple[Comparison | None, Remade] | None = None
        for remade in due:
            given = form_of(file)
            wanted = form_of(replace(file, content=remade.content))
            if given is None or wanted is None:
                best = best or (None, remade)
                continue
            comparison = proof.compare(given, wanted)
            if comparison is None:
                return None
            if best is None or best[0] is None or comparison.share > best[0].share:
                best = comparison, remade
        return best

    def foreign(self, file: File) -> None:
        """Reports a picture that says that it is of another topology."""
        for source in sources(file):
            if source.topology != self.model.topology.id and not self.model.view(file.stem):
                message = f"it shows {source.topology}/{source.view}, which is of another topology"
                self.report("not-verified", file.place(), message)

    def misnamed(self, file: File) -> bool:
        """Reports a picture that is called after another view than it shows."""
        shown = self.workshop.views(file, file.stem)
        named = self.model.view(file.stem)
        if not named or len(shown) != 1 or shown[0].name == named.name:
            return False
        message = f"expected the picture of {named.name}, found that of {shown[0].name}"
        self.report("fact-differs", file.place(), message, AGAIN)
        return True

    def mislabelled(self, file: File, due: Sequence[Remade]) -> bool:
        """Reports a picture that looks as it would be written, and says that it is another one."""
        known = [sources(replace(file, content=remade.content)) for remade in due]
        strange = next((said for said in sources(file) if said not in known[0]), None)
        if strange is None or any(set(sources(file)) <= set(own) for own in known):
            return False
        named = f"{strange.topology}/{strange.view} {strange.digest}"
        message = f"it shows the right picture, but names another one as its origin: {named}"
        self.report("not-proved", file.place(), message, AGAIN)
        return True

    def lacks_files(self, file: File) -> bool:
        """Reports the files that a plain page shows or names and that are not beside it."""
        missing = self.workshop.missing(file) if file.path.lower().endswith(PLAIN_PAGES) else []
        for name in missing:
            code = "fact-missing" if name.endswith(".svg") else "not-proved"
            self.report(code, file.place(), f"{name}, which it names, is not beside it", AGAIN)
        return bool(missing)

    def exchanged(self, file: File, comparison: Comparison | None) -> bool:
        """Reports a file without a seal that is what would be written under another name."""
        if comparison is None or not comparison.by_lines or comparison.evident:
            return False
        if name := self.workshop.renamed(file):
            message = f"its content is that of {name}"
        elif (view := self.model.view(file.stem)) and (shown := self.workshop.another(file)):
            message = f"expected the picture of {view.name}, found that of {shown.name}"
        else:
            return False
        self.report("fact-differs", file.place(), message, AGAIN)
        return True

    def differing(self, file: File, comparison: Comparison | None, remade: Remade) -> None:
        """Reports how a file differs, unless the readers found out what is wrong with it."""
        wrong = [d for d in self.found if d.place.path == file.path and _is_error(d)]
        # What became of it may be told more closely.
        known = [finding for finding in wrong if finding.code != "altered"]
        if comparison is None:
            if not wrong:
                self.report("not-proved", file.place(), NOT_PROVED, AGAIN)
            return
        teller = Teller(file, comparison, remade, self.veil, self.secret)
        found = [] if self.translations else list(teller.contradictions(known))
        for finding in found or ([] if wrong else [teller.first()]):
            self.found.setdefault(finding)

    def unread(
        self, place: Place, difference: tuple[Comparison | None, Remade] | None, *, named: bool
    ) -> None:
        """Reports a file that no reader is there for, and that is not what would be written."""
        if difference is None:
            reason = "its format cannot be read, or it does not say which view it shows"
            self.report("cannot-verify" if named else "not-verified", place, reason)

    def judge(
        self, reading: Reading, comparison: Comparison | None = None, *, named: bool = True
    ) -> None:
        """Holds what a file says against the topology. Of its pages, those differ that do so."""
        hint = self.hint(reading.seals)
        is_ours = bool(reading.seals) or (comparison is not None and comparison.evident)
        # A title tells the views best of which the file says that it shows them.
        views = filter(None, (self.model.drawn(_view(seal)) for seal in reading.seals))
        titled = {key(view.title): view.name for view in views}
        claims = [*reading.claims, *(c for section in reading.sections for c in section.claims)]
        for fact, place in (said for claim in claims for said in claim.facts.items()):
            self.told(fact, place)
        for claim in reading.claims:
            about = tuple(titled.get(key(name), name) for name in claim.about)
            if titled:  # whatever a title became
                about = tuple(name for name in about if self.is_sealed(name, titled.values()))
            claim = replace(claim, about=about)
            # What we drew can be told apart.
            claim = claim if reading.seals else self.clear(claim)
            claim = claim if is_ours else _without_dashes(claim)
            if self.claim(claim, hint):
                self.related.add(claim.place.path)
            elif named and not reading.seals:
                known = _labels(claim.facts) & self.model.labels
                message = "it shows too little of any view of the topology to be compared with it"
                nothing = "nothing in it is of the topology"
                self.report("not-verified", claim.place, message if known else nothing)
        for seal in reading.seals:
            if seal.origin:
                self.related.add(seal.place.path)
            if seal.intact is not None and self.is_for_seal(seal, comparison):
                self.seal(seal, named=named)
        for words in reading.words:
            self.words(words, hint)
        for section in reading.sections:
            if not (is_ours or section.seals):
                section = replace(section, claims=tuple(map(_without_dashes, section.claims)))
            self.section(section, hint)

    def is_sealed(self, name: str, sealed: Collection[str]) -> bool:
        """Whether a name is not that of another view than a file says that it shows."""
        view = self.model.view(name)
        return view is None or view.name in sealed

    def is_for_seal(self, seal: Seal, comparison: Comparison | None) -> bool:
        """Whether a seal has to tell of a picture; it need not where the comparison does."""
        if comparison is None:
            return True
        if not comparison.is_seen:
            return False  # what it lost of what it carries beside is told in other words
        if not comparison.pages:
            return True
        if comparison.evident and not seal.origin:
            for page in sorted(comparison.pages):
                place = replace(seal.place, line=page)
                self.report("altered", place, of_page(comparison, page), "make it again")
            return False
        # What another program drew anew is read as its own.
        return comparison.evident and seal.place.line in comparison.pages

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
        offers = Kind.ALTERNATIVE in claim.kinds
        sample = of_sample(self.model.topology, service, alternatives=offers) if service else {}
        if service is None or not sample:
            return False
        said, stated = self.unlike(claim.facts, sample)
        self.differences(service.id, said, stated, claim.place, hint, beside=claim.facts)
        return True

    def balancer(self, claim: Claim, hint: str) -> bool:
        """Compares config with the load balancer that its file is called after.

        Of another name, it is that of the first one with any service which is named in it.
        """
        topology = self.model.topology
        pools = {fact.terms[0] for fact in claim.facts}
        for component in topology.components.values():
            stated = of_balancer(topology, component)
            if stated and (component.id in claim.about or pools & {f.terms[0] for f in stated}):
                balancer = balancers.balancer(topology, component.id)
                left_out = balancers.left_out(balancer, claim.place.path) if balancer else ()
                due = {f: place for f, place in stated.items() if f.terms[0] not in left_out}
                self.differences(component.id, claim.facts, due, claim.place, hint)
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
        if not claim.kinds:
            return self.not_read(claim, about)
        if compares(term for fact in claim.facts for term in fact.terms):
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
        if any(edge.fate or edge.mark for edge in view.edges):
            claim = _without_dashes(claim)  # there they tell what is lost
        facts = self.model.of_view(view)
        model = {fact: place for fact, place in facts.items() if fact.kind in claim.kinds}
        self.differences(view.name, uncut(spread(claim.facts), model), model, claim.place, hint)
        self.not_read(claim, about)
        return view

    def clear(self, claim: Claim) -> Claim:
        """A picture that another program drew, without what cannot be told for certain.

        Some draw a box several times, one upon the other, and write on one of them.
        """
        facts = {
            fact: place
            for fact, place in claim.facts.items()
            if fact.kind not in claim.doubtful
            and (fact.kind is not Kind.BOX or _COUNTED.sub("", fact.terms[0]))
        }
        unread = list(claim.unread)
        if Kind.LINE in claim.doubtful:
            unread.append(("a line that leads to no box", claim.place))
        if Kind.GROUP in claim.doubtful:
            unread.append(("which box is in which frame", claim.place))
        kinds = claim.kinds - claim.doubtful
        return replace(claim, facts=facts, kinds=kinds, unread=tuple(unread))

    def not_read(self, claim: Claim, about: Sequence[str]) -> Diagram | None:
        """Reports what was not understood of a picture; gives the view that it is called after."""
        for what, place in claim.unread:
            self.report("not-proved", place, f"{what} was not read", AGAIN)
        return next(filter(None, map(self.model.view, about)), None)

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
                message = f"expected {wanted.title}, found {origin}"
                self.report("fact-differs", seal.place, message, AGAIN)
            else:
                self.report("not-verified", seal.place, f"it shows {origin}, not this topology")
            return wanted
        if wanted and wanted.name != view:
            message = f"expected the picture of {wanted.name}, found that of {view}"
            self.report("fact-differs", seal.place, message, AGAIN)
        if not seal.intact:
            message = f"the picture of {view} was changed after it was made"
            self.report("altered", seal.place, message, "make it again")
        elif digest != today:
            message = (
                f"the picture of {view} is from an older topology: it carries {digest}, "
                f"and would carry {today} today"
            )
            self.report("outdated", seal.place, message, "make it again")
        return wanted or self.model.views.get(view)

    def words(self, words: Words, hint: str) -> None:
        """Compares the text of a picture with what its view says."""
        view = next(filter(None, map(self.model.view, words.about)), None)
        if view is None:
            return
        self.related.add(words.place.path)
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
        said.setdefault(key(view.title), Fact(Kind.BOX, "", (view.title,)))  # which slides show
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
                if service and (claim.about or self.is_of_parts(claim)):
                    standing.kinds.add(Kind.NEED)
                    self.compare(service.id, claim.facts, claim.kinds, claim.place, hint)
            elif Kind.OPTION in claim.kinds:
                self.config(claim, service, standing, hint)
            elif Kind.WARNING in claim.kinds:
                standing.facts.update(claim.facts)
            elif claim.kinds & {Kind.FLOW, Kind.HOST}:
                self.table(claim, hint)
            elif claim.kinds <= STATED_IN["entry of a component"]:
                self.entry(claim, hint)
        for seal in section.seals:
            about = own if not seal.about or service else ()
            if seal.origin or next(filter(None, map(self.model.view, seal.about)), None):
                view = self.seal(seal, named=False, about=about)
                if service and view and view.name == service.id:
                    standing.pictures += 1

    def entry(self, claim: Claim, hint: str) -> None:
        """Compares an entry about a part; one that names none of our services is not ours."""
        if part := self.model.parts.get(key(claim.about[0]).casefold()):
            self.compare(part, claim.facts, claim.kinds, claim.place, hint)
        elif any(self.model.service(fact.terms[0]) for fact in claim.facts):
            told = Fact(Kind.COMPONENT, "", claim.about[:1])
            message = f"it says that {told}, which the topology does not"
            self.report("fact-extra", claim.place, message, hint)

    def table(self, claim: Claim, hint: str) -> None:
        """Compares a table of the deployment; one that names none of our parts is not ours."""
        topology = self.model.topology
        hosts = {key(host.label) for host in topology.hosts.values()}
        if Kind.HOST in claim.kinds:
            if any(key(fact.terms[0]) in hosts for fact in claim.facts):
                self.differences("", claim.facts, of_host_table(topology), claim.place, hint)
            return
        ends = {key(term).casefold() for fact in claim.facts for term in fact.terms[:2]}
        if not ends & self.model.parts.keys():
            return
        selection = port_and_host_tables.titled(topology, flat(claim.about[0]))
        if selection is None:
            message = f"'{claim.about[0]}' does not say which flows the table lists"
            self.report("not-verified", claim.place, message)
            return
        table = port_and_host_tables.of_flows(topology, selection)
        model = {Fact(Kind.FLOW, "", row.cells): row.place for row in table.rows}
        self.differences("", claim.facts, model, claim.place, hint)

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
        setter = setter or self.setter(claim.facts) or self.misspelling(claim.facts)
        if setter is None:
            return
        sections = {fact.terms[0] for fact in self.model.options(setter.id)}
        if not any(fact.terms[0] in sections for fact in claim.facts):
            return
        if service is setter:
            alternatives = {f.terms for f in of_sample(self.model.topology, service)}
            said = {f.terms for f in claim.facts if f.kind is Kind.ALTERNATIVE} - alternatives
            standing.facts |= {
                fact: place
                for fact, place in claim.facts.items()
                if fact.kind is Kind.OPTION and fact.terms[:2] not in said
            }
            return
        self.known_options(setter.id, claim.facts, claim.place, hint)

    def misspelling(self, facts: Facts) -> Service | None:
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
        said, model = self.unlike(said, model)
        self.differences(id, said, model, place, hint)
        for fact, meant in self.model.misspelt(id, facts).items():
            section, name, value = fact.terms
            told = self.told(Fact(Kind.OPTION, id, (section, meant, value)), facts[fact])
            told = replace(told, terms=(section, name, told.terms[2]))
            message = f"it says that {told}, which the topology does not"
            self.report("fact-extra", facts[fact], message, f"did you mean '{meant}'?")

    def unlike(self, said: Facts, stated: Facts) -> tuple[dict[Fact, Place], dict[Fact, Place]]:
        """Options but for those that say the same in another way.

        What stands in place of placeholders is the author's, and so is how a value is written.
        """
        said, stated = dict(said), dict(stated)
        catalogues = self.model.topology.catalogues
        as_stated = {fact.terms for fact in said} & {fact.terms for fact in stated}
        by_name: dict[tuple[str, ...], list[Fact]] = {}
        for true in stated:
            if true.kind is Kind.OPTION:
                by_name.setdefault(true.terms[:2], []).append(true)
        for fact in [f for f in said if f.kind is Kind.OPTION and f.terms not in as_stated]:
            _, name, value = fact.terms
            for true in by_name.get(fact.terms[:2], ()):
                due = true.terms[2]
                if is_filled(value, due) or is_same(catalogues, name, value, due):
                    said.pop(fact, None)
                    if true.terms not in as_stated:
                        stated.pop(true, None)
        return said, stated

    def verdict(self) -> tuple[Diagnostic, ...]:
        """Every finding, after what is told of services on all pages was put together."""
        self.services()
        for file, comparison, remade in self.differing_files:
            self.differing(file, comparison, remade)
        return tuple(sorted(self.found, key=lambda d: (d.place.path, d.place.line, d.place.column)))

    def services(self) -> None:
        """Judges what is told of services on all pages together."""
        for id, standing in self.standing.items():
            warnings = self.model.of(id, frozenset({Kind.WARNING}))
            # What a page warns of beside that is its author's.
            known = [fact.terms[0] for fact in warnings]
            facts = {
                fact: place
                for fact, place in standing.facts.items()
                if fact.kind is not Kind.WARNING or any(alike(fact.terms[0], w) for w in known)
            }
            if not self.is_guide:
                self.known_options(id, facts, standing.place, AGAIN)
                continue
            kinds = frozenset({Kind.WARNING, Kind.OPTION})
            shown = {fact.terms[:2] for fact in facts}
            beside = {f: p for f, p in self.model.options(id).items() if f.terms[:2] in shown}
            due = _due_on_pages(self.model.topology.services[id], self.model.of(id, kinds))
            model = {**due, **beside}
            self.differences(id, *self.unlike(facts, model), standing.place, AGAIN)
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

    def told(self, fact: Fact, place: Place, stated: Fact | None = None) -> Fact:
        """A fact without what is secret in it, or stands where ``stated`` has a placeholder."""
        terms = fact.terms
        if fact.kind is Kind.PLACEHOLDER:
            terms = (self.veil.placeholder(terms[0]),)
        elif fact.kind in (Kind.OPTION, Kind.CONFIG):
            terms = (*terms[:2], self.veil.value(*terms[1:]))
            if stated and stated.terms != fact.terms and PLACEHOLDER.search(stated.terms[-1]):
                shown = self.veil.beside(fact.terms[-2], fact.terms[-1], stated.terms[-1])
                terms = (*terms[:2], shown)
        if terms != fact.terms:
            self.secret.add(place)
        if fact.kind is Kind.BOX:
            terms = (terms[0] or "a box without text",)
        return replace(fact, terms=terms)

    def missing(self, fact: Fact, stated: Place, place: Place, hint: str) -> None:
        """Reports a fact that an artefact leaves out, with where the topology states it."""
        told = self.told(fact, stated)
        self.report("fact-missing", place, f"it leaves out that {told} ({stated})", hint)

    def differences(
        self,
        about: str,
        facts: Facts,
        model: Facts,
        place: Place,
        hint: str,
        *,
        beside: Facts | None = None,
    ) -> None:
        """Reports what is missing, what is there beside it, and what differs.

        ``beside`` are further facts, by which the place of what is missing is found.
        """
        for difference in differences(about, facts, model):
            match difference.said, difference.true:
                case None, (fact, stated):
                    near = _nearest(fact, facts if beside is None else beside)
                    self.missing(fact, stated, near or place, hint)
                case (fact, where), None if due := _option(fact, Kind.ALTERNATIVE, model):
                    told = self.told(due, model[due])
                    message = f"it leaves out that {told} ({model[due]}): the line is a comment"
                    self.report("fact-missing", where, message, hint)
                case (fact, where), None if other := _option(fact, Kind.OPTION, model):
                    said, due = self.told(fact, where, other), self.told(other, model[other])
                    message = f"it says that {said}, but {model[other]} says that {due}"
                    self.report("fact-differs", where, message, hint)
                case (fact, where), None:
                    message = f"it says that {self.told(fact, where)}, which the topology does not"
                    self.report("fact-extra", where, message, hint)
                case (fact, where), (true, stated):
                    said, due = self.told(fact, where, true), self.told(true, stated)
                    odd = oddities("".join(said.terms), "".join(due.terms))
                    message = f"it says that {said}, but {stated} says that {due}{odd}"
                    self.report("fact-differs", where, message, hint)
