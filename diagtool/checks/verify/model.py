"""What a topology says, and the ways to find what of it is meant somewhere."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property

from diagtool import exporting
from diagtool.config import deployment
from diagtool.model import Place, Service, Topology, diagram, failure_report, failure_view, failures
from diagtool.model.diagram import Diagram
from diagtool.model.facts import Fact, Facts, of_diagram, state
from diagtool.model.facts import FactKind as Kind

ALIKE = 0.5
"""What part of their labels a picture and a view must share, to be taken for the same."""

MISSPELT = 0.85
"""How much alike the names of two options must be for one to be a misspelling of the other."""

MARKS = tuple("".join(mark.value.split()) for mark in diagram.Mark)
"""What stands in the labels that a picture of differences marks."""

_PORTS = "withports"

_HASHED = re.compile(r"-[0-9a-f]{16}$")
_FOLDED = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "–": "--", "—": "---", "…": "..."})


def key(text: str) -> str:
    """A text as it is compared: blanks, line breaks and typesetters' signs do not count."""
    return "".join(text.translate(_FOLDED).split())


def oddities(text: str, other: str) -> str:
    """The signs of a text that look like others, or like nothing, and are not in another text."""
    odd = [sign for sign in dict.fromkeys(text) if sign not in other and _is_odd(sign)]
    return f" (it has {', '.join(f'U+{ord(sign):04X}' for sign in odd[:3])})" if odd else ""


def _is_odd(sign: str) -> bool:
    if unicodedata.category(sign)[0] in "ZC":
        return sign not in " \n"
    return not sign.isascii() and sign.isalpha() and "LATIN" not in unicodedata.name(sign, "")


def _begins(text: str, start: str) -> bool:
    """Whether a text is another one, or goes on after a dash."""
    return text == start or text.startswith(f"{start}-")


def compares(texts: Iterable[str]) -> bool:
    """Whether a picture with these texts marks what differs between two systems."""
    return any(mark in key(text) for text in texts for mark in MARKS)


@dataclass
class Model:
    """A topology, and the ways to find what is meant in it."""

    topology: Topology

    @cached_property
    def facts(self) -> Facts:
        """Every fact that it states."""
        return state(self.topology)

    @cached_property
    def files(self) -> frozenset[str]:
        """The names of the files that are made from its deployment."""
        return frozenset(file.name for file in deployment.files(self.topology))

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
        if view := self._called.get(shown):
            return view
        if service := self.services.get(shown):
            return self.views[service.id]
        # "Fig. 3 Layout of …": a caption may have a number in front.
        titled = [v for v in self.views.values() if shown.endswith(key(v.title).casefold())]
        if titled:
            return max(titled, key=lambda view: len(view.title))
        return self.drawn(name) or self._variant(name)

    def _variant(self, title: str) -> Diagram | None:
        """The view whose title goes on after that of another one: with ports, after losses."""
        shown = key(title).casefold()
        for view in sorted(self.views.values(), key=lambda view: -len(view.title)):
            _, found, rest = shown.partition(f"{key(view.title).casefold()},")
            if not found:
                continue
            if rest.startswith(_PORTS):
                view = diagram.with_ports(self.topology, view)
            named = [said for said in self._lost if said in rest]
            whole = [said for said in named if not any(said in n for n in named if n != said)]
            if whole:
                lost = [self._lost[said] for said in sorted(whole, key=rest.index)]
                failure = failures.lose(self.topology, lost)
                view = failure_view.without(self.topology, view, failure)
            if shown.endswith(key(view.title).casefold()):
                return view
        return None

    @cached_property
    def _lost(self) -> dict[str, failures.Loss]:
        """Every single loss by what titles call it."""
        every = failures.every_loss(self.topology)
        return {key(failure_report.loss(self.topology, one)).casefold(): one for one in every}

    @cached_property
    def _called(self) -> dict[str, Diagram]:
        """The views by their names and titles."""
        found: dict[str, Diagram] = {}
        for view in self.views.values():
            for name in (view.name, view.title):
                found.setdefault(key(name).casefold(), view)
        return found

    def drawn(self, name: str) -> Diagram | None:
        """The view of this name, one of those that are drawn on demand too."""
        view, without, losses = name.partition("-without-")
        shown = self.views.get(view)
        if shown is None:
            with suppress(KeyError):
                shown = diagram.view(self.topology, view)
        return self._after(shown, losses) if shown and without else shown

    def _after(self, view: Diagram, named: str) -> Diagram | None:
        """A view after losses, which the file of its picture is called after."""
        found: list[failures.Loss] = []
        while named and (slug := next((s for s in self._losses if _begins(named, s)), "")):
            found.append(self._losses[slug])
            named = named[len(slug) :].removeprefix("-")
        if named or not found:
            return None
        return failure_view.without(self.topology, view, failures.lose(self.topology, found))

    @cached_property
    def _losses(self) -> dict[str, failures.Loss]:
        """Every single loss by what files call it, the longest first."""
        losses = {failure_view.slug([loss]): loss for loss in failures.every_loss(self.topology)}
        return dict(sorted(losses.items(), key=lambda item: -len(item[0])))

    def likest(self, labels: frozenset[str]) -> Diagram | None:
        """The view that shares most labels with a picture."""
        best, most = None, 0.0
        for view in self.views.values():
            own = frozenset(key(node.label) for node in view.nodes)
            alike = len(own & labels) / len(own | labels) if own | labels else 0.0
            if alike > most:
                best, most = view, alike
        return best if most >= ALIKE else None

    def gone(self, labels: Collection[str]) -> str:
        """What servers are called in a picture with these labels, of none of its services.

        Empty where the picture has servers of a service too, or nothing that is ours.
        """
        shown = {key(label) for label in labels}
        called = {label.removesuffix("s") for label in shown if label.endswith("s")}
        several = {name for name in called if any(s.startswith(f"{name}1") for s in shown)}
        ours = {key(service.server) for service in self.topology.services.values()}
        if not several or several & ours or not shown & self.labels or compares(labels):
            return ""
        return next(
            label.removesuffix("s")
            for label in labels
            if label.endswith("s") and key(label).removesuffix("s") in several
        )

    def of_view(self, view: Diagram) -> Facts:
        """What the picture of a view says."""
        return {fact: self.facts.get(fact) or self._near(fact) for fact in of_diagram(view)}

    def _near(self, fact: Fact) -> Place:
        """The place of the same fact in another view, for those that are drawn on demand."""
        return self._by_terms.get((fact.kind, fact.terms)) or self.start

    @property
    def start(self) -> Place:
        """Where the topology starts."""
        sources = self.topology.sources
        return Place(sources[0], 1, 1) if sources else Place()

    def place(self, name: str) -> Place:
        """The place of the view or part that a file is called after, else of the topology."""
        topology = self.topology
        if name in topology.views:
            return topology.views[name].place
        for parts in (topology.services, topology.components):
            if name in parts:
                return parts[name].place
        return self.start

    @cached_property
    def _by_terms(self) -> dict[tuple[Kind, tuple[str, ...]], Place]:
        return {
            (fact.kind, fact.terms): place for fact, place in reversed(list(self.facts.items()))
        }

    @cached_property
    def _by_part(self) -> dict[str, list[tuple[Fact, Place]]]:
        found: dict[str, list[tuple[Fact, Place]]] = {}
        for fact, place in self.facts.items():
            found.setdefault(fact.about, []).append((fact, place))
        return found

    def of(self, about: str, kinds: frozenset[Kind]) -> Facts:
        """The facts of some kinds about a part."""
        return {f: p for f, p in self._by_part.get(about, ()) if f.kind in kinds}

    def options(self, id: str) -> Facts:
        """What a service sets: in its snippets, which a page shows, and beside them."""
        beside = self.of(id, frozenset({Kind.CONFIG})).items()
        shown = self.of(id, frozenset({Kind.OPTION}))
        return {**shown, **{Fact(Kind.OPTION, id, fact.terms): p for fact, p in beside}}

    def misspelt(self, id: str, facts: Facts) -> dict[Fact, str]:
        """The options that a service has not, with the one that each may be meant to be."""
        known = {fact.terms[:2] for fact in self.options(id)}
        options = [f for f in facts if f.kind is Kind.OPTION]
        said = {fact.terms[:2] for fact in options}
        catalogues = self.topology.catalogues
        meant = {}
        for fact in options:
            section, name = fact.terms[:2]
            left = [other for of, other in known - said if of == section]
            near = difflib.get_close_matches(name, sorted(left), n=1, cutoff=MISSPELT)
            if fact.terms[:2] in known or not near:
                continue
            if not any(catalogue.option(section, name) for catalogue in catalogues):
                meant[fact] = near[0]
        return meant

    def digest(self, view: str, translations: Mapping[str, str]) -> str:
        """The digest that a picture of a view carries today, empty where there is no such view.

        ``translations`` are the words that stand in it, by those of the topology.
        """
        shown = self.drawn(view)
        if shown is None:
            return ""
        shown = diagram.relabelled(shown, translations)
        if shown not in self._digests:
            from diagtool.pictures.digest import origin

            self._digests[shown] = origin(exporting.draw(self.topology, shown)).digest
        return self._digests[shown]

    _digests: dict[Diagram, str] = field(default_factory=dict)
