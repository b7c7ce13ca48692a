"""Hand-written prose against the topology: whatever it says that the topology does not.

``pages`` and ``notes`` give passages, ``blocks`` sentences that can be read alone, ``clauses``
their clauses in a normal form, ``patterns`` what these claim, by one table; each kind of claim has
one judge, in ``relations``, ``copies``, ``settings`` or ``losses``.
"""

from __future__ import annotations

import operator
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from diagtool.checks.prose import copies, losses, relations, settings, unknown
from diagtool.checks.prose.blocks import Phrase, phrases
from diagtool.checks.prose.clauses import Context, Sentence, read, unquoted
from diagtool.checks.prose.facts import Facts
from diagtool.checks.prose.names import Names, folded
from diagtool.checks.prose.options import OptionNames
from diagtool.checks.prose.patterns import Claim, claims
from diagtool.checks.prose.text import Finding, Page, Passage
from diagtool.checks.prose.vocabulary import RELATIONS, TEXT
from diagtool.checks.secret_detection import SECRET
from diagtool.model import NOWHERE, Reference, Service, Topology, attributes_of, wording
from diagtool.model.diagnostics import Diagnostic
from diagtool.model.did_you_mean import did_you_mean

RULES = tuple(f"prose-{of}" for of in ["unknown", "count", "connection", "option", "note", "name"])
"""What a comment can silence."""

_JUDGES: dict[str, Callable[[Facts, Sentence, Claim], Finding | None]] = {
    **dict.fromkeys(RELATIONS, relations.relation),
    **dict.fromkeys(("tolerance", "quorum", "left", "enough"), copies.least),
    "count": copies.count,
    "single": copies.single,
    "inside": copies.inside,
    "services": copies.services,
}
"""What judges each kind of claim."""


def _judged(facts: Facts, sentence: Sentence) -> Iterator[Finding]:
    """What is wrong with what a sentence claims."""
    found = [_JUDGES[said.kind](facts, sentence, said) for said in claims(sentence)]
    yield from filter(None, [*found, copies.modes(facts, sentence)])
    yield from copies.places(facts, sentence)
    yield from losses.effects(facts, sentence)
    yield from settings.listening(facts, sentence)
    yield from settings.values(facts, sentence)


class Unjudged(NamedTuple):
    """A page that was read and not held against the topology, and why."""

    path: str
    reason: str


def values(topology: Topology) -> dict[str, str]:
    """What each name or value that a page may have a role say is in words."""
    said: dict[str, str] = {}
    for part in topology.parts:
        said[part.id] = part.name
        for attribute in attributes_of(part):
            reference = Reference(part.id, attribute)
            said[f"{part.id}.{attribute}"] = wording.resolve(topology, reference)
        if isinstance(part, Service):
            for option in part.options:
                said[f"{part.id}.options.{option.name}"] = option.name
    return said


def lint(topologies: Mapping[str, Topology], pages: Sequence[Page]) -> list[Diagnostic]:
    """Everything that pages say and their topologies do not, in order.

    ``topologies`` are by the names that pages call them by, the empty one for a page that
    names none; what a page says of another one is left alone. Pages of which one uses our
    directives or roles belong to the system; of others, those that name it count.
    """
    linters = {name: _Linter(topology) for name, topology in topologies.items()}
    found: list[Diagnostic] = []
    for page in pages:
        judged = {name for name in linters if _is_about(linters[name].names, name, page, pages)}
        here = [each for name in judged for each in linters[name].lint(page, page.of(name))]
        for passage in page.passages:
            for silence in passage.silences if passage.topology not in judged else ():
                silence.used = True  # nobody asked whether it is of use
        here += _silences(page)
        found += sorted(here, key=operator.attrgetter("place.path", "place.line", "place.column"))
    # What two pages include is read with each of them.
    return list(dict.fromkeys(found))


def unjudged(topologies: Mapping[str, Topology], pages: Sequence[Page]) -> list[Unjudged]:
    """The pages that :func:`lint` leaves alone, each with the reason."""
    found = []
    for page in pages:
        named = sorted({passage.topology for passage in page.passages})
        known = [name for name in named if name in topologies]
        reason = ""
        if not named:
            reason = "there are no sentences in it"
        elif not known:
            reason = f"it speaks of another topology, {', '.join(map(repr, named))}"
        elif not any(_is_about(Names(topologies[name]), name, page, pages) for name in known):
            system = topologies[known[0]].name
            reason = f"it names neither {system} twice nor two of its services"
        if reason:
            found.append(Unjudged(next(iter(page.sources), ""), reason))
    return found


def _is_about(names: Names, name: str, page: Page, pages: Sequence[Page]) -> bool:
    """Whether what a page says under the name of a topology is about the system.

    A page that names the system or a service once is if another page is that names more.
    """
    own, *others = (_mentions(names, each.of(name)) for each in (page, *pages))
    return own > 1 or any(other.reference for other in pages) or (own == 1 and max(others) > 1)


def _mentions(names: Names, passages: Sequence[Passage]) -> int:
    """How often passages name the system, or how many services; a full name counts twice."""
    found: set[str] = set()
    system = re.compile(rf"\b{re.escape(names.topology.name)}\b", re.I)
    named = 0
    for passage in passages:
        for match in names.pattern.finditer(passage.text):
            alias = names.alias(match[0])
            service = names.topology.services.get(alias.part) if alias else None
            if alias and service and alias.full:
                return 2
            own = (service.id, service.name, service.server) if service else ()
            found |= {folded(name) for name in own} & {folded(match[0])}
        named += len(system.findall(passage.text)) * (2 if passage.title else 1)
    return max(named, 0 if names.prefix else len(found))


class _Linter:
    """Holds pages against one topology."""

    def __init__(self, topology: Topology) -> None:
        self.topology = topology
        self.names = Names(topology)
        self.options = OptionNames(topology)
        self.facts = Facts(topology, self.names, self.options)

    def lint(self, page: Page, passages: Sequence[Passage]) -> Iterator[Diagnostic]:
        """The findings in some passages of a page."""
        is_guide = unknown.is_guide(passages, self.names)
        varied = self.options.varied("\n".join(passage.text for passage in passages))
        facts = replace(self.facts, varied=varied)
        common = unknown.common(passages, self.names)
        typed: set[str] = set()
        parts = [p for p in passages if p.lead and self.names.pattern.fullmatch(p.text)]
        listed = Counter(passage.lead for passage in parts)
        context, headings = Context(), None
        for passage in passages:
            if passage.headings != headings:
                headings = passage.headings
                context = Context(self._topic(headings), (), self._topic(headings[:-1]))
                if headings and headings[-1].endswith("?"):
                    asked = read(Phrase(headings[-1], []), self.names, self.options, context)
                    context = context.after(asked)
            # In a list of parts, what is alone in an item is meant as one.
            one = listed[passage.lead] > 1
            found, context = self._judge(
                facts, passage, context, common, is_guide=is_guide, listed=one
            )
            found += self._typed(passage, page.reference, typed)
            for code, (start, end), message, hint, about in found:
                silences = [s for s in passage.silences if s.rule == code and s.reason]
                if silences:
                    silences[0].used = True
                    continue
                place = page.locate(passage, passage.text[start:end], start)
                hints = (hint, str(about) if about is not NOWHERE else "")
                line = page.line(place)
                secret = SECRET in message or self.options.veil.line(line) != line
                hint = ": ".join(filter(None, hints))
                yield Diagnostic(code, place, message, hint, "" if secret else line)

    def _topic(self, headings: tuple[str, ...]) -> tuple[str, ...]:
        """The part that a section is about: the only one in its heading."""
        for heading in reversed(headings):
            if parts := read(Phrase(heading, []), self.names, self.options, Context()).parts:
                return parts[:1] if len(parts) == 1 or heading.endswith("?") else ()
        return ()

    def _judge(
        self,
        facts: Facts,
        passage: Passage,
        context: Context,
        common: frozenset[str],
        *,
        is_guide: bool,
        listed: bool,
    ) -> tuple[list[Finding], Context]:
        """What is wrong in a passage, and what it speaks of at its end.

        ``listed`` says whether it is in a list of parts, ``is_guide`` whether the page tells of the
        system as a whole.
        """
        if passage.config:
            other = any(map(TEXT["driver"].search, passage.headings))
            other |= TEXT["alternative"].search(passage.lead) is not None
            return [] if other else list(self.options.config(passage.text, facts.varied)), context
        found: list[Finding] = []
        row = passage.cells[:1] if passage.at else ()
        here = Context(self._topic((row[0][1],))) if row else context
        text = unquoted(passage.text)
        former = any(map(TEXT["past"].search, passage.headings))
        elsewhere = TEXT["elsewhere"].search(text)
        for phrase in phrases(passage, text, self.names, self.options):
            around = Context() if phrase.added and passage.cells else here
            sentence = read(phrase, self.names, self.options, around)
            new = [] if passage.title or elsewhere else list(_judged(facts, sentence))
            if (
                is_guide
                and not former
                and (others := unknown.others(phrase.text, self.names, common))
            ):
                wide = read(phrase, self.names, self.options, around, others)
                new += unknown.related(wide)
            if not phrase.added:
                if not former:
                    new += unknown.unknown(sentence, self.names, common, listed=listed)
                here = here if passage.lead else here.after(sentence)
            found += [_moved(finding, phrase, len(passage.text)) for finding in new]
        return _once(found), context if passage.cells else here

    def _typed(self, passage: Passage, reference: str, typed: set[str]) -> Iterator[Finding]:
        """Names that a role could say, each once a page."""
        if passage.title or passage.config or not reference:
            return
        words = "".join(
            " " * len(piece.text) if piece.literal or piece.said else piece.text
            for piece in passage.pieces
        )
        for service in self.topology.services.values():
            pattern = rf"(?<![\w/.-]){re.escape(service.name)}(?![\w/@-]|\.\w)"
            named = re.search(r"[-_]", service.name) and re.search(pattern, words)
            if named and service.name not in typed:
                typed.add(service.name)
                message = f"'{service.name}' is typed by hand"
                hint = f"write {reference.replace('ID', service.id)}"
                yield Finding("prose-name", named.span(), message, hint)


def _moved(finding: Finding, phrase: Phrase, size: int) -> Finding:
    """A finding with its words where they stand in the passage."""
    start, end = (min(max(max(at, phrase.added) - phrase.shift, 0), size) for at in finding.span)
    return finding._replace(span=(start, end) if end > start else (0, size))


def _once(found: list[Finding]) -> list[Finding]:
    """Each mistake once: of findings about the same words, the first."""
    kept: list[Finding] = []
    for finding in sorted(found, key=lambda f: (f.span[0], f.span[1] - f.span[0])):
        start, end = finding.span
        if not any(start < other.span[1] and other.span[0] < end for other in kept):
            kept.append(finding)
    return kept


def _silences(page: Page) -> Iterator[Diagnostic]:
    """Comments that silence nothing, or do not say why."""
    for silence in page.silences:
        known = silence.rule in RULES
        message = f"there is nothing of '{silence.rule}' to silence here"
        if not known:
            message = f"there is no rule '{silence.rule}'"
        elif not silence.reason:
            message = f"'{silence.rule}' is silenced without a reason"
        if not (known and silence.reason and silence.used):
            hint = "" if known else did_you_mean(silence.rule, RULES)
            line = page.line(silence.place)
            yield Diagnostic("prose-silence", silence.place, message, hint, line)
