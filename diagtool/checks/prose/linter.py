"""Prose by hand against the topology: whatever it says that the topology does not.

``pages`` finds the words of a page, and ``sentence`` the
parts that they name. What a sentence says of these is found by ``claims`` where
it has a shape that is known, by ``idioms`` where it says so in pictures, and
else by ``contacts``; how many there are of something by
``counts`` and ``figures``. Here, each claim is held against
the model. ``note_contradictions``, ``requirements``,
``options`` and ``samples`` hold words against the model's own
words, rules, options and placeholders themselves.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from diagtool.checks.prose import relations, unknown
from diagtool.checks.prose.assertions import SYMPTOM, affirmed, stated, unquoted
from diagtool.checks.prose.claims import Claim, Reader
from diagtool.checks.prose.contacts import contacts, together
from diagtool.checks.prose.counts import PARTIAL, Count, counts
from diagtool.checks.prose.figures import extremes, figures, owned, related
from diagtool.checks.prose.idioms import asked, told
from diagtool.checks.prose.lexicon import HEADS, Lexicon, Strength, singular
from diagtool.checks.prose.note_contradictions import Statements
from diagtool.checks.prose.options import Options, Wrong
from diagtool.checks.prose.requirements import Requirements
from diagtool.checks.prose.samples import Samples
from diagtool.checks.prose.sentence import ALL, Sentence
from diagtool.checks.prose.text import Page, Passage, Silence, sentences
from diagtool.checks.prose.verbs import Says
from diagtool.model import NOWHERE, Place, Reference, Service, Topology, attributes_of, wording
from diagtool.model.diagnostics import Diagnostic, did_you_mean

RULES = (
    "prose-unknown",
    "prose-count",
    "prose-connection",
    "prose-option",
    "prose-note",
    "prose-name",
)
"""What a comment can silence."""


_VERB = re.compile(
    r"\b(?:must reach|needs?|requires?|depends on|uses|talks? to|connects? (?:to|with)|reads from|"
    r"sends to|writes to|connected (?:to|with)|stands behind|reaches)\b"
)
"""What the head of a column says of what its rows are about."""


class _Finding(NamedTuple):
    """What is wrong in a passage. ``words`` are those of the passage that it is about."""

    code: str
    words: str
    message: str
    hint: str
    about: Place


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
    ours = any(page.reference for page in pages)
    found = (finding for page in pages for finding in _lint(linters, page, ours))
    # What two pages include is read with each of them.
    return list(dict.fromkeys(found))


def _lint(linters: Mapping[str, _Linter], page: Page, ours: bool) -> Iterator[Diagnostic]:
    """The findings of a page."""
    found: list[Diagnostic] = []
    for name, linter in linters.items():
        passages = [passage for passage in page.passages if passage.topology == name]
        if ours or linter.speaks(passages):
            found += linter.lint(page, passages)
        else:
            _leave_alone(passages)
    _leave_alone(passage for passage in page.passages if passage.topology not in linters)
    found += _silences(page)
    place = operator.attrgetter("place.path", "place.line", "place.column")
    yield from sorted(dict.fromkeys(found), key=place)


def _leave_alone(passages: Iterable[Passage]) -> None:
    """Notes that nobody asked whether a silence in these is of use."""
    for passage in passages:
        for silence in passage.silences:
            silence.used = True


class _Linter:
    """Holds pages against one topology."""

    def __init__(self, topology: Topology) -> None:
        self.topology = topology
        self.lexicon = Lexicon(topology)
        self.options = Options(topology)
        self.statements = Statements(self.lexicon)
        self.requirements = Requirements(topology)
        self.samples = Samples(topology, self.lexicon)

    def lint(self, page: Page, passages: Sequence[Passage]) -> Iterator[Diagnostic]:
        """The findings in some passages of a page."""
        tools = unknown.tools(passages, self.lexicon)
        typed: set[str] = set()
        reader, heading = Reader(), ""
        for passage in passages:
            if passage.heading != heading:
                reader, heading = Reader(self._topic(passage.heading)), passage.heading
            cell = passage.row and passage.row != passage.text
            own = Reader(self._topic(passage.row)) if cell else reader
            if cell and (options := self.options.named(passage.row)):
                own.option = options[0]
            for finding in self._judge(passage, page.reference, tools, own):
                if finding.code == "prose-name":
                    if not page.reference or finding.words in typed:
                        continue
                    typed.add(finding.words)
                if not _silenced(passage.silences, finding.code):
                    place = page.locate(passage, finding.words)
                    about = str(finding.about) if finding.about is not NOWHERE else ""
                    hint = ": ".join(filter(None, (finding.hint, about)))
                    line = page.line(place)
                    yield Diagnostic(finding.code, place, finding.message, hint, line)

    def speaks(self, passages: Sequence[Passage]) -> bool:
        """Whether a page is about the system."""
        named = 0
        for passage in passages:
            for match in self.lexicon.pattern.finditer(passage.text):
                alias = self.lexicon.alias(match[0])
                if (
                    alias
                    and alias.strength is Strength.FULL
                    and alias.part in self.topology.services
                ):
                    return True
            named += len(re.findall(rf"\b{re.escape(self.topology.name)}\b", passage.text))
        return named > 1

    # --- one passage ------------------------------------------------------------------

    def _judge(
        self, passage: Passage, reference: str, tools: set[str], reader: Reader
    ) -> Iterator[_Finding]:
        if passage.config:
            yield from self._options(self.options.config(passage.text))
            return
        quoteless = unquoted(passage.text)
        text = affirmed(quoteless)
        beside = list(self.options.read(passage, _without_hypotheses(passage.text)))
        yield from self._options(beside)
        known = {wrong.message for wrong in beside}
        for start, end in sentences(quoteless):
            words = text[start:end]
            topic, before = reader.topic, reader.before
            sentence = Sentence(text, start, end, self.lexicon, topic, before)
            claims = reader.read(sentence)
            yield from self._unknown(passage, sentence, words, tools)
            option = reader.option
            if options := self.options.named(words):
                reader.option = options[-1]
            elif self.options.others(words):
                option = reader.option = ""
            if not passage.title:
                for message, hint, place in self.requirements.denied(sentence, words, option):
                    yield _Finding("prose-note", _unlabelled(words), message, hint, place)
            first, last, conditional = stated(words)
            if not conditional:
                for message, hint, place in self.samples.wrong(sentence, words, option):
                    yield _Finding("prose-option", _unlabelled(words), message, hint, place)
            if conditional:
                for count in counts(sentence, topic or reader.topic):
                    # A question takes for granted what it says of 'the four servers'.
                    if words.rstrip().endswith("?") and text[: count.at].endswith("the "):
                        yield from self._count(text, count, words)
                for claim in claims:
                    if claim.lost:
                        yield from self._claim(text, claim)
                if first == last:
                    continue
                start, end = start + first, start + last
                words = text[start:end]
                sentence = Sentence(text, start, end, self.lexicon, topic, before)
                claims = Reader(topic).read(sentence)
            claims += told(sentence, reader.asked)
            reader.asked = asked(sentence, reader.heading)
            claims += contacts(sentence, claims)
            claims += together(sentence, claims)
            for claim in claims:
                if not (claim.negated and (conditional or SYMPTOM.search(words))):
                    yield from self._claim(text, claim)
            for count in counts(sentence, topic or reader.topic):
                if not conditional and not passage.among(count.at, count.at + 1, said=True):
                    yield from self._count(text, count, words)
            yield from self._numbered(text, start, end)
            yield from self._figures(text, sentence, topic or reader.topic)
            yield from self._options(self.options.owners(sentence, words))
            yield from self._options(self.options.snippets(sentence, words, quoteless[start:end]))
            yield from self._options(self.options.together(sentence, words, topic or reader.topic))
            if not passage.title and not conditional:
                referred = self.options.referred(passage, start, end, option)
                yield from self._options(w for w in referred if w.message not in known)
                for message, hint, place in self.statements.find(
                    sentence, words, topic or reader.topic
                ):
                    yield _Finding("prose-note", _unlabelled(words), message, hint, place)
        yield from self._cell(passage)
        yield from self._typed(passage, reference)

    def _topic(self, heading: str) -> tuple[str, ...]:
        """The part that a section is about: the only service, or else part, in its heading."""
        sentence = Sentence(heading, 0, len(heading), self.lexicon)
        parts = dict.fromkeys(part for at in range(len(sentence)) if (part := sentence.part(at)))
        services = tuple(part for part in parts if part in self.topology.services)
        return services if len(services) == 1 else tuple(parts) if len(parts) == 1 else ()

    def _claim(self, text: str, claim: Claim) -> Iterator[_Finding]:
        words = text[claim.start : claim.end]
        topology = self.topology
        for subject in claim.subjects:
            for object_ in claim.objects:
                if object_ == ALL or subject == object_:
                    continue
                says = claim.says
                true = relations.holds(
                    topology, says, subject, object_, directly=claim.directly, several=claim.several
                )
                if true is None or true != claim.negated:
                    continue
                hint, place = relations.told(topology, subject, object_)
                one, other = topology.part(subject).name, topology.part(object_).name
                yield _Finding(
                    "prose-connection",
                    words,
                    _said(one, says, other, claim.negated),
                    hint,
                    place,
                )
                return
        if claim.negated:
            return
        if claim.only:
            yield from self._only(words, claim)
        if claim.alone:
            yield from self._alone(words, claim)

    def _only(self, words: str, claim: Claim) -> Iterator[_Finding]:
        """'X needs only Y', where it needs something else, too."""
        for subject in claim.subjects:
            part = self.topology.part(subject)
            if claim.says is Says.NEEDS:
                those = [needed.id for needed in self.topology.needs(subject)]
            elif claim.says in (Says.CONTACTS, Says.JOINS, Says.EXCHANGES):
                those = [c.peer for c in part.connections if self.topology.is_needed(c)]
            else:
                return
            for id in those:
                if id not in claim.objects:
                    message = f"{part.name} {claim.says.value} {self.topology.part(id).name}, too"
                    yield _Finding("prose-connection", words, message, "", part.place)
                    return

    def _alone(self, words: str, claim: Claim) -> Iterator[_Finding]:
        """'Only X needs Y', where another service does, too."""
        for object_ in claim.objects:
            for other in self.topology.services.values():
                if (
                    other.id not in claim.subjects
                    and other.id != object_
                    and relations.holds(
                        self.topology, claim.says, other.id, object_, directly=claim.directly
                    )
                ):
                    name = self.topology.part(object_).name
                    message = f"{other.name} {claim.says.value} {name}, too"
                    yield _Finding("prose-connection", words, message, "", other.place)
                    return

    def _count(self, text: str, count: Count, sentence: str) -> Iterator[_Finding]:
        words = text[count.start : count.end]
        if count.kind != "servers":
            services = self.topology.services
            actual = {
                "services": len(services),
                "components": len(self.topology.components),
                "servers in all": sum(service.replicas for service in services.values()),
            }[count.kind]
            if not count.fits(actual):
                message = f"there are {actual} {count.kind}, not {count}"
                yield _Finding("prose-count", words, message, "", NOWHERE)
        for id in count.services:
            service = self.topology.services[id]
            if count.than == "=" and count.number < service.replicas and PARTIAL.search(sentence):
                continue
            if not count.fits(service.replicas):
                servers = "server" if service.replicas == 1 else "servers"
                message = f"{service.name} has {service.replicas} {servers}, not {count}"
                yield _Finding("prose-count", words, message, "", service.place)
                return

    def _figures(self, text: str, sentence: Sentence, topic: tuple[str, ...]) -> Iterator[_Finding]:
        """Another number of connections, snippets, options or ways."""
        for figure in [
            *figures(sentence, topic),
            *related(sentence),
            *extremes(sentence),
            *owned(sentence),
        ]:
            of = self.topology.name if figure.of == "system" else figure.of
            message = f"{of} has {figure.actual} {figure.kind}, not {figure.said}"
            yield _Finding("prose-count", text[figure.start : figure.end], message, "", NOWHERE)

    def _cell(self, passage: Passage) -> Iterator[_Finding]:
        """A cell of a table: a number in a column of servers, a name in one of needs."""
        rows = self._topic(passage.row) if passage.row != passage.text else ()
        said = f"{self.topology.part(rows[0]).name if rows else ''} {passage.column.casefold()} "
        if rows and _VERB.search(said):
            text = said + passage.text
            listed = said + passage.text.replace(",", " and")
            sentence = Sentence(listed, 0, len(listed), self.lexicon)
            for claim in Reader().read(sentence):
                shown = replace(claim, start=len(said), end=len(text))
                yield from self._claim(text, shown)
        yield from self._options(self.options.cell(passage, self.lexicon))
        yield from self._options(self.options.told(passage, self.lexicon))
        number = re.fullmatch(r"\s*(\d{1,4})\s*", passage.text)
        if not number or singular(passage.column.split(" ")[-1].casefold()) not in HEADS:
            return
        for id in self._topic(passage.row):
            if id in self.topology.services:
                count = Count((id,), int(number[1]), "=", 0, len(passage.text), 0)
                yield from self._count(passage.text, count, "")

    def _numbered(self, text: str, start: int, end: int) -> Iterator[_Finding]:
        """'X Server 4', where there are three."""
        for service in self.topology.services.values():
            pattern = rf"(?<![\w-]){re.escape(service.server)} ([1-9][0-9]{{0,3}})(?![\w.:-]*\w)"
            for match in re.compile(pattern).finditer(text, start, end):
                if int(match[1]) > service.replicas:
                    message = (
                        f"there is no {match[0]}: {service.name} has {service.replicas} servers"
                    )
                    yield _Finding("prose-count", match[0], message, "", service.place)

    def _unknown(
        self, passage: Passage, sentence: Sentence, words: str, tools: set[str]
    ) -> Iterator[_Finding]:
        """Names that look like those of services or components."""
        for name, hint in unknown.services(sentence, words, tools):
            message = f"there is no service '{name}'"
            yield _Finding("prose-unknown", name, message, hint, NOWHERE)
        for name, hint in unknown.components(passage, words, self.lexicon):
            message = f"there is no component '{name}'"
            yield _Finding("prose-unknown", name, message, hint, NOWHERE)

    def _options(self, wrongs: Iterable[Wrong]) -> Iterator[_Finding]:
        for wrong in wrongs:
            yield _Finding(
                "prose-option", wrong.words, wrong.message, wrong.hint, wrong.option.place
            )

    def _typed(self, passage: Passage, reference: str) -> Iterator[_Finding]:
        """Names that a role could say."""
        if passage.title:
            return
        for service in self.topology.services.values():
            if not re.search(r"[-_]", service.name):
                continue
            pattern = rf"(?<![\w/.-]){re.escape(service.name)}(?![\w/@-]|\.\w)"
            for match in re.finditer(pattern, passage.text):
                if not passage.among(*match.span(), said=True, literal=True):
                    message = f"'{service.name}' is typed by hand"
                    hint = f"write {reference.replace('ID', service.id)}"
                    yield _Finding("prose-name", match[0], message, hint, NOWHERE)
                    break


def _unlabelled(words: str) -> str:
    """The words of a sentence without a label on a line of its own: 'Note:'."""
    return re.sub(r"^[^\n:]{1,40}:\s*\n", "", words.strip())


def _without_hypotheses(text: str) -> str:
    """A text with blanks in place of the sentences that state nothing."""
    shown = text
    for start, end in sentences(text):
        first, last, _ = stated(text[start:end])
        for a, b in ((start, start + first), (start + last, end)):
            shown = shown[:a] + " " * (b - a) + shown[b:]
    return shown


def _said(one: str, says: Says, other: str, negated: bool) -> str:
    """That the topology does not say what a sentence says."""
    verb = "says" if negated else "does not say"
    return f"the topology {verb} that {one} {says.value} {other}"


def _silenced(silences: Iterable[Silence], code: str) -> bool:
    for silence in silences:
        if silence.rule == code and silence.reason:
            silence.used = True
            return True
    return False


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
