"""Hand-written prose against the topology: whatever it says that the topology does not.

``pages`` and ``notes`` give passages, ``blocks`` sentences that can be read alone, ``clauses``
their clauses in a normal form, ``patterns`` what these claim, by one table; each kind of claim has
one judge, in ``relations``, ``copies``, ``settings`` or ``losses``.
"""

from __future__ import annotations

import operator
import re
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from diagtool.checks.prose import copies, losses, relations, settings, unknown
from diagtool.checks.prose.blocks import Phrase, phrases
from diagtool.checks.prose.clauses import Context, Sentence, read, unquoted
from diagtool.checks.prose.facts import Facts
from diagtool.checks.prose.names import Names
from diagtool.checks.prose.options import OptionNames
from diagtool.checks.prose.patterns import Claim, claims
from diagtool.checks.prose.text import Finding, Page, Passage, said
from diagtool.checks.prose.vocabulary import RELATIONS, TEXT
from diagtool.checks.secret_detection import SECRET
from diagtool.model import NOWHERE, Topology
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
    if sentence.hypothetical:
        return
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


def lint(topologies: Mapping[str, Topology], pages: Sequence[Page]) -> list[Diagnostic]:
    """Everything that pages say and their topologies do not, in order.

    ``topologies`` are by the names that pages call them by, the empty one for a page that
    names none; what a page says of another one is left alone. Pages of which one uses our
    directives or roles belong to the system; of others, those that name it count. Of those that
    do not tell of it, only config and names are judged.
    """
    linters = {name: _Linter(topology) for name, topology in topologies.items()}
    found: list[Diagnostic] = []
    for page, about, telling in _scopes(topologies, pages):
        here = [
            each
            for name in about
            for each in linters[name].lint(page, page.of(name), sure=name in telling)
        ]
        for passage in page.passages:
            for silence in passage.silences:
                # Where nothing is judged, nobody asked whether it is of use.
                silence.used |= passage.topology not in telling
        here += _silences(page)
        found += sorted(here, key=operator.attrgetter("place.path", "place.line", "place.column"))
    # What two pages include is read with each of them.
    return list(dict.fromkeys(found))


def unjudged(topologies: Mapping[str, Topology], pages: Sequence[Page]) -> list[Unjudged]:
    """The pages whose sentences :func:`lint` leaves alone, each with the reason."""
    found = []
    for page, about, telling in _scopes(topologies, pages):
        named = sorted({passage.topology for passage in page.passages})
        known = [topologies[name].name for name in named if name in topologies]
        reason = "there are no sentences in it"
        if about:
            system = topologies[about[0]].name
            reason = f"it names too few parts of {system} for more than names and config"
        elif known:
            reason = f"it names neither {known[0]} nor one of its services"
        elif named:
            reason = f"it speaks of another topology, {', '.join(map(repr, named))}"
        if not telling:
            found.append(Unjudged(next(iter(page.sources), ""), reason))
    return found


def _scopes(
    topologies: Mapping[str, Topology], pages: Sequence[Page]
) -> Iterator[tuple[Page, list[str], list[str]]]:
    """Each page, with the names of the topologies that it is about and of those it tells of."""
    full = {name: Names(topology, short=False) for name, topology in topologies.items()}
    ours = any(page.reference for page in pages)
    for page in pages:
        parts = {name: page.of(name) for name in full}
        about = [of for of, part in parts.items() if part and (ours or _is_about(full[of], part))]
        short = len(said(page.passages)) < 500  # a few lines are about what they name
        yield page, about, [of for of in about if short or _tells_of(full[of], parts[of])]


def _is_about(names: Names, passages: Sequence[Passage]) -> bool:
    """Whether passages name the system or one of its services."""
    text, topology = said(passages), names.topology
    system = re.search(rf"(?<!\w){re.escape(topology.name)}(?!\w)", text, re.I)
    return bool(system) or any(each.part in topology.services for each in names.mentioned(text))


def _tells_of(names: Names, passages: Sequence[Passage]) -> bool:
    """Whether passages name a third of the parts, and parts in two of a hundred words.

    Of a page that names few, much is about something else that is called alike.
    """
    text = said(passages)
    found = [alias.part for alias in names.mentioned(text)]
    third = 3 * len({*found}) >= len(tuple(names.topology.parts))
    return third and len(found) > 0.02 * len(text.split())


class _Linter:
    """Holds pages against one topology."""

    def __init__(self, topology: Topology) -> None:
        self.topology = topology
        self.names, self.options = Names(topology), OptionNames(topology)

    def lint(self, page: Page, passages: Sequence[Passage], *, sure: bool) -> Iterator[Diagnostic]:
        """The findings in some passages of a page; on one that is not ``sure``, in few of them."""
        varied = self.options.varied(said(passages))
        facts = Facts(self.topology, self.names, self.options, varied)
        judge = _Judge(facts, passages, sure=sure)
        told: set[str] = set()
        for passage in passages:
            typed = _unsilenced(passage, self._typed(passage, page.reference))
            found = [*_once(_unsilenced(passage, judge.findings(passage))), *typed]
            for code, (start, end), message, hint, about in found:
                # A name is wrong, or typed by hand, once a page.
                if code in ("prose-unknown", "prose-name") and message.casefold() in told:
                    continue
                told.add(message.casefold())
                place = page.locate(passage, passage.text[start:end], start)
                hints = (hint, str(about) if about is not NOWHERE else "")
                line = page.line(place)
                secret = SECRET in message or self.options.veil.line(line) != line
                hint = ": ".join(filter(None, hints))
                yield Diagnostic(code, place, message, hint, "" if secret else line)

    def _typed(self, passage: Passage, reference: str) -> Iterator[Finding]:
        """Names that a role could say."""
        if passage.title or passage.config or not reference:
            return
        words = "".join(
            " " * len(piece.text) if piece.literal or piece.said else piece.text
            for piece in passage.pieces
        )
        for service in self.topology.services.values():
            pattern = rf"(?<![\w/.-]){re.escape(service.name)}(?![\w/@-]|\.\w)"
            named = re.search(r"[-_]", service.name) and re.search(pattern, words)
            if named:
                message = f"'{service.name}' is typed by hand"
                hint = f"write {reference.replace('ID', service.id)}"
                yield Finding("prose-name", named.span(), message, hint)


class _Judge:
    """Holds the passages of a page against a topology, one after the other.

    On a page that is not ``sure`` to tell of the system, only names and config are judged.
    """

    def __init__(self, facts: Facts, passages: Sequence[Passage], *, sure: bool) -> None:
        self.facts, self.sure = facts, sure
        self.common = unknown.common(said(passages), facts.names)
        parts = [p for p in passages if facts.names.pattern.fullmatch(p.text)]
        # In a list of parts, what is alone in an item is meant as one.
        self.lists = {key for key, n in Counter(map(_list_key, parts)).items() if key and n > 1}
        self.context, self.headings = Context(), tuple[str, ...]()

    def findings(self, passage: Passage) -> list[Finding]:
        """What is wrong in the next passage."""
        if passage.headings != self.headings:
            self._enter(passage.headings)
        if passage.config:
            other = [TEXT["driver"].search(heading) for heading in passage.headings]
            if any(other) or TEXT["alternative"].search(passage.lead):
                return []
            return list(self.facts.options.config(passage.text, self.facts.varied))
        found: list[Finding] = []
        outer = self.context
        if passage.cells:
            # The first cell of a row says what the others are about.
            self.context = Context(self._topic(passage.cells[0][1:]) if passage.at else ())
        text = unquoted(passage.text)
        former = any(map(TEXT["past"].search, passage.headings))
        elsewhere = TEXT["elsewhere"].search(text)
        for phrase in phrases(passage, text, self.facts.names):
            around = Context() if phrase.added and passage.cells else self.context
            sentence = self._read(phrase, around)
            told = self.sure and not (passage.title or elsewhere)
            new = list(_judged(self.facts, sentence)) if told else []
            listed = _list_key(passage) in self.lists
            new += [] if former else self._unknown(phrase, around, listed)
            if not (phrase.added or passage.lead):
                self.context = self.context.after(sentence)
            found += [_moved(finding, phrase, len(passage.text)) for finding in new]
        if passage.cells:
            self.context = outer
        return found

    def _unknown(self, phrase: Phrase, context: Context, listed: bool) -> Iterator[Finding]:
        """Names of nothing in a phrase, which may be one in a list or column of parts."""
        names = self.facts.names
        if found := unknown.others(phrase.text, names, self.common):
            sentence = self._read(phrase, context, found)
            kinds = ("always", *["part"] * self.sure, *["alone"] * listed)
            yield from unknown.related(sentence, names, *kinds)

    def _enter(self, headings: tuple[str, ...]) -> None:
        """Goes on to another section: what is spoken of is what its headings name."""
        self.headings = headings
        self.context = Context(self._topic(headings), (), self._topic(headings[:-1]))

    def _topic(self, headings: tuple[str, ...]) -> tuple[str, ...]:
        """The part that a section is about: the only one in its heading."""
        for heading in reversed(headings):
            said = self._read(Phrase(heading, []), Context())
            if said.parts or any(token.kind == "Z" for token in said.marked):
                return said.parts[:1] if len(said.parts) == 1 or heading.endswith("?") else ()
        return ()

    def _read(
        self, phrase: Phrase, context: Context, others: Mapping[int, int] | None = None
    ) -> Sentence:
        return read(phrase, self.facts.names, self.facts.options, context, others or {})


def _list_key(passage: Passage) -> Hashable:
    """The list of which a passage is an item, or the column of a table in which it stands."""
    column = (passage.at, passage.headings, *dict(passage.cells))
    return passage.lead or (passage.cells and column)


def _moved(finding: Finding, phrase: Phrase, size: int) -> Finding:
    """A finding with its words where they stand in the passage."""
    start, end = (min(max(max(at, phrase.added) - phrase.shift, 0), size) for at in finding.span)
    whole = (max(phrase.added - phrase.shift, 0), size)
    return finding._replace(span=(start, end) if end > start else whole)


def _unsilenced(passage: Passage, found: Iterable[Finding]) -> list[Finding]:
    """The findings in a passage that no comment silences."""
    kept: list[Finding] = []
    for finding in found:
        silences = [s for s in passage.silences if s.rule == finding.code and s.reason]
        for silence in silences[:1]:
            silence.used = True
        kept += [] if silences else [finding]
    return kept


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
        hint = ""
        if silence.rule not in RULES:
            message = f"there is no rule '{silence.rule}'"
            hint = did_you_mean(silence.rule, RULES)
        elif not silence.reason:
            message = f"'{silence.rule}' is silenced without a reason"
        elif not silence.used:
            message = f"there is nothing of '{silence.rule}' to silence here"
        else:
            continue
        yield Diagnostic("prose-silence", silence.place, message, hint, page.line(silence.place))
