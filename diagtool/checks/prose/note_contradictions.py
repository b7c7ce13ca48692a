"""What the intro, the descriptions and the notes of a topology say in words, and its opposite.

A sentence contradicts another when both consist of the same words, and one of them has a 'not';
when one says of every copy what the other says of one; or when one has another part do what a
description says is the work of the part that it describes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from diagtool.checks.prose import relations
from diagtool.checks.prose.lexicon import Lexicon, singular
from diagtool.checks.prose.sentence import (
    ALL,
    BE,
    COPIES,
    DETERMINERS,
    FUNCTION,
    NEGATIONS,
    PREPOSITIONS,
    PRONOUNS,
    Sentence,
)
from diagtool.checks.prose.text import sentences, word_set
from diagtool.checks.prose.verbs import RELATES, forms
from diagtool.model import NOWHERE, Block, Paragraph, Place, Text, Topology, Warning, wording

_QUANTITIES = (
    ("one", word_set("single one lone alone sole solitary")),
    ("many", word_set("several many more multiple two second further additional")),
    ("all", word_set("all every each both any")),
    ("some", word_set("some first few")),
    ("once", word_set("once")),
    ("often", word_set("twice thrice repeatedly times")),
)
_QUANTITY = {word: name for name, kind in _QUANTITIES for word in kind}
_SMALL = FUNCTION | DETERMINERS | NEGATIONS | PRONOUNS | _QUANTITY.keys()
_ALIKE = (
    "hold keep store save contain house",
    "take receive accept get",
    "hand give pass deliver send serve supply",
    "carry perform execute apply do",
    "start launch kick trigger begin fire schedule",
    "turn make create convert translate transform",
    "check validate verify",
    "spread distribute balance divide split share division distribution",
    "enough sufficient suffice suffices",
    "task job chore",
    "periodic recur recurring recurrence repeated",
    "world internet public",
    "request call",
    "query lookup question",
    "client user customer",
    "copy instance replica server process",
)
_STEM = {
    form: alike.split()[0][:5] for alike in _ALIKE for word in alike.split() for form in forms(word)
}
_STANDBY = re.compile(
    r"\b(?:stands?\s?by|standing by|stand-?bys?|active[-/ ](?:standby|passive|backup)|passive|"
    r"hot spares?|cold spares?|idle|leaders?|take turns|"
    r"(?:primary|secondary|master|slave) (?:copy|instance|replica|process))\b|"
    r"\b(?:only|just) one (?:copy|of them|server|at a time)\b|"
    r"\bone at a time\b|\bone (?:\w+ )?(?:leads|does the work|works)\b",
    re.IGNORECASE,
)
_COPIES = re.compile(
    r"\b(?:cop(?:y|ies)|instances?|replicas?|others?|servers?|service|the rest|ones?)\b",
    re.IGNORECASE,
)
_LIMIT = re.compile(
    r"\b(?:must|has to|have to|should|can|may) (?:stay|remain|be|run) (?:alone|single|unique)\b|"
    r"\b(?:a )?(?:second|third|another) (?:\S+ ){1,4}?(?:must not|must never|cannot|can't|may not|"
    r"mustn't|should not|"
    r"is(?:n't| not) (?:allowed|admissible|possible|permitted|supported)|is forbidden)\b|"
    r"\b(?:cannot|can't|must not|must never|may not|can never) be "
    r"(?:scaled|replicated|duplicated|doubled|multiplied|run (?:twice|more than once))\b|"
    r"\b(?:restricted|limited|confined|tied) to (?:a single|one|only one)\b|"
    r"\bonly (?:ever )?(?:a single|one) (?:copy|instance|process|server|replica)? ?\S* ?"
    r"(?:may|can|must|is allowed)\b|\bmost that(?:'s| is| are) allowed\b|"
    r"\b(?:caps?|limits?|restricts?|confines?|holds?|keeps?)\b[^.;,]* (?:at|to) "
    r"(?:(?:just|only|exactly) )?(?:one|a single (?:copy|one|instance|server|process))\b|"
    r"\b(?:refuses?|declines?|are unable|fail) to (?:be up|be|run|live|work|start|exist) "
    r"(?:together|side by side|at the same time|at once|in parallel)\b|"
    r"\b(?:cannot|can't|must not|may not|must never) (?:be up|run|live|work|co-?exist|be started) ?"
    r"(?:together|side by side|at the same time|at once|in parallel|with each other)\b|"
    r"\bcannot coexist\b|\btolerates? no (?:second|other)\b|"
    r"\b(?:at most|no more than|only|just) one \S+ (?:per|for each|in each) (?:site|region|"
    r"deployment|installation|cloud|cluster)\b|"
    r"\bcan't do is run more\b|\b(?:does|do) not (?:scale|support) (?:out|several|multiple)\b",
    re.IGNORECASE,
)

_BY_TURNS = re.compile(
    r"\b(?:upgrad|updat|restart|replac|reboot|migrat|mov|drain|stopp|start|shut|tak|roll|chang)\w*\b"
    r"[^.;]*\bone at a time\b",
    re.IGNORECASE,
)
"""What people do to servers that work at the same time."""
_ABSENT = re.compile(
    r"\b(?:without|absence|absent|unset|empty|missing|lacks?|lacking|omit\w*|left out|leave out|"
    r"undefined|"
    r"not set|no)\b",
    re.IGNORECASE,
)


_CASES = word_set("where when whenever once if")
"""What a clause that begins like this says is not always so."""
_KEPT = word_set("kept held stored saved housed contained found lives live lie lies resides reside")
_ENTRUSTED = word_set(
    "entrusted falls belongs left assigned up task duty job responsibility business"
)
"""Work may do this to somebody."""


class _Said(NamedTuple):
    """A clause: its words that matter, how many it speaks of, and whether it has a 'not'.

    ``verb`` is the first of the words, ``sides`` are those before and after 'into'. ``owner`` is
    the part whose description it is, and
    ``terms`` are the options that it depends on,
    ``absent`` says that it is about the case without them. ``counted`` are quantities with
    what they count.
    """

    words: frozenset[str]
    quantities: frozenset[str]
    negative: bool
    verb: str = ""
    sides: tuple[frozenset[str], frozenset[str]] = (frozenset(), frozenset())
    owner: str = ""
    absent: bool = False
    counted: frozenset[tuple[str, str]] = frozenset()
    terms: frozenset[str] = frozenset()
    text: str = ""
    place: Place = NOWHERE


class Statements:
    """What a topology says in words."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.lexicon = lexicon
        topology = lexicon.topology
        self._notes: list[_Said] = []
        self._descriptions: list[_Said] = []
        names = frozenset(o.name for s in topology.services.values() for o in s.options)
        blocks: list[tuple[Block, tuple[str, ...]]] = [(block, ()) for block in topology.intro]
        blocks += [(b, (s.id,)) for s in topology.services.values() for b in s.notes]
        self._parallel = False
        for block, topic in blocks:
            if isinstance(block, Paragraph | Warning):
                self._parallel |= "active-active" in wording.plain(topology, block.text)
                for sentence, text in self._sentences(block.text, topic):
                    terms = names & {token.low_text for token in sentence.tokens}
                    for (start, end), said in _clauses(sentence):
                        doers = _agents(sentence, start, end, ())
                        if len(doers) == 1 and ALL not in doers and len(said.words) > 3:
                            self._descriptions.append(
                                said._replace(owner=min(doers), text=text, place=block.place)
                            )
                        if len(said.words | said.quantities) > 2:
                            self._notes.append(
                                said._replace(
                                    terms=terms,
                                    absent=bool(_ABSENT.search(text)),
                                    owner=topic[0] if topic else "",
                                    text=text,
                                    place=block.place,
                                )
                            )
        for part in topology.parts:
            for sentence, text in self._sentences(part.description, (part.id,)):
                whole = _said(sentence, 0, len(sentence))
                if len(whole.words) > 2:
                    self._descriptions.append(
                        whole._replace(owner=part.id, text=f"{part.name}: {text}", place=part.place)
                    )

    def _sentences(self, text: Text, topic: tuple[str, ...]) -> Iterator[tuple[Sentence, str]]:
        plain = wording.plain(self.lexicon.topology, text)
        for start, end in sentences(plain):
            yield Sentence(plain, start, end, self.lexicon, topic), plain[start:end].strip()

    def find(
        self, sentence: Sentence, text: str, topic: tuple[str, ...]
    ) -> Iterator[tuple[str, str, Place]]:
        """What a sentence denies: a message, what the topology says instead, and where."""
        if self._parallel and self._standby(sentence, text, topic):
            yield "the servers of a service all work at the same time (active-active)", "", NOWHERE
        if self._limited(sentence, text, topic):
            yield "a service may have as many servers as it takes", "", NOWHERE
        terms = {token.low_text for token in sentence.tokens if "_" in token.text}
        quantities: frozenset[str] = frozenset()
        whole = _said(sentence, 0, len(sentence)).words
        for (start, end), clause in _clauses(sentence):
            quantities = clause.quantities or quantities
            if sentence.low(start) in _CASES:
                continue
            clause = clause._replace(quantities=quantities)
            absent = bool(_ABSENT.search(text))
            for note in self._notes:
                same_case = not note.terms or note.absent == absent
                if note.terms <= terms and same_case and _denies(clause, note):
                    yield "the topology says otherwise", note.text, note.place
                    return
                if note.terms and note.terms <= terms and same_case:
                    others = {part for at in range(len(sentence)) if (part := sentence.part(at))}
                    if _attributes(
                        clause, whole, note, others & self.lexicon.topology.services.keys()
                    ):
                        name = self.lexicon.topology.part(note.owner).name
                        yield f"that is said of {name}", note.text, note.place
                        return
            if clause.negative and (nobody := self._nobody(sentence, start, end, whole)):
                name = self.lexicon.topology.part(nobody.owner).name
                yield f"this is the work of {name}", nobody.text, nobody.place
                return
            if not clause.negative and (agents := _agents(sentence, start, end, topic)):
                own = [len(d.words & clause.words) for d in self._descriptions if d.owner in agents]
                kept = bool(_keepers(sentence, start, end))
                for described in self._descriptions:
                    if _turned(clause, agents, described):
                        yield "the topology says it the other way round", described.text, NOWHERE
                        return
                    if _claims_work(
                        self.lexicon.topology, clause, whole, agents, described, kept=kept
                    ) and not any(size >= len(described.words & clause.words) for size in own):
                        name = self.lexicon.topology.part(described.owner).name
                        yield f"this is the work of {name}", described.text, described.place
                        return

    def _nobody(self, s: Sentence, start: int, end: int, whole: frozenset[str]) -> _Said | None:
        """What a clause says that no service does, though a description has one do it."""
        if not any(map(s.every, range(start, end))):
            return None
        own = [d for d in self._descriptions if d.owner in self.lexicon.topology.services]
        for described in own:
            common = whole & described.words
            if len(common) >= 2 and len(common) >= 0.6 * len(described.words):
                return described
        return None

    def _standby(self, sentence: Sentence, text: str, topic: tuple[str, ...]) -> bool:
        """Whether a sentence says that some copies of a service wait for others."""
        denied = NEGATIONS | word_set("none nobody without instead rather")
        if not _STANDBY.search(_BY_TURNS.sub("", text)) or denied & set(
            sentence.lows(0, len(sentence))
        ):
            return False
        parts = {part for at in range(len(sentence)) if (part := sentence.part(at))}
        services = parts & self.lexicon.topology.services.keys()
        about = services or any(map(sentence.every, range(len(sentence))))
        about = about or (set(topic) & self.lexicon.topology.services.keys())
        lows = sentence.lows(0, len(sentence))
        copies = {"copies", "replicas", "instances"} & set(lows)
        about = about or (
            not parts and copies and (not topic or {"service", "services"} & set(lows))
        )
        return bool(about) and parts == services and bool(services or _COPIES.search(text))

    def _limited(self, sentence: Sentence, text: str, topic: tuple[str, ...]) -> bool:
        """Whether a sentence says that a service cannot have several servers."""
        limit = _LIMIT.search(text)
        if not limit or NEGATIONS & set(text[: limit.start()].casefold().split()[-3:]):
            return False
        services = self.lexicon.topology.services
        named = [part for at in range(len(sentence)) if (part := sentence.part(at))]
        lows = sentence.lows(0, len(sentence))
        if {"none", "nobody"} & set(lows) or (lows[:1] == ["no"] and lows[1:2] != ["more"]):
            return False
        about = named or topic
        return all(id in services and services[id].replicas > 1 for id in about) and bool(about)


def _denies(clause: _Said, note: _Said) -> bool:
    """Whether a clause says the opposite of a note."""
    common = clause.words & note.words
    if len(common) > 2 and clause.negative == note.negative and _rarer(clause, note):
        return True
    whole = note.words | note.quantities
    shared = clause.quantities & note.quantities
    same = clause.quantities == note.quantities or shared == clause.quantities != frozenset()
    if same and len(common) + len(shared) > 2:
        if clause.negative != note.negative:
            size = min(len(whole), len(clause.words | clause.quantities))
            return len(common) + len(shared) >= 0.75 * size
        return False
    times = {"once", "often"}
    if clause.quantities & times and note.quantities & times and len(common) >= 2:
        often = [("often" in said.quantities) != said.negative for said in (clause, note)]
        return often[0] != often[1] and len(common) >= 0.75 * len(note.words)
    less = "all" in note.quantities and bool(clause.quantities & {"one", "some"})
    less = less and "all" not in clause.quantities
    return (
        less and clause.negative == note.negative and len(common) >= max(2, 0.75 * len(note.words))
    )


def _rarer(clause: _Said, note: _Said) -> bool:
    """Whether a clause says of one what a note says of each: 'the first X', 'every X'."""
    return any(
        (other, noun) in clause.counted
        for quantity, noun in note.counted
        if quantity == "all"
        for other in ("one", "some", "once")
    )


def _attributes(clause: _Said, whole: frozenset[str], note: _Said, services: set[str]) -> bool:
    """Whether a clause says of other services what a note says of one."""
    common = whole & note.words
    return (
        bool(note.owner and services)
        and note.owner not in services
        and clause.negative == note.negative
        and len(clause.words & note.words) >= 2
        and len(common) >= 0.75 * len(note.words)
    )


def _claims_work(
    topology: Topology,
    clause: _Said,
    whole: frozenset[str],
    agents: set[str],
    described: _Said,
    *,
    kept: bool,
) -> bool:
    """Whether a clause has others do what is the work of a part.

    ``kept`` says that it has them keep something.
    """
    owner = described.owner
    if owner in agents or owner in clause.words:
        return False
    if relations.fronts(topology, owner, agents):
        return False  # what goes through it is done by those behind it, too
    wanted = described.words - agents - {owner}
    common = whole & wanted
    if kept and described.verb == _stem("keep") and described.verb in clause.words:
        return len(clause.words & wanted) > 1
    if len(clause.words & wanted) < 2:
        return False
    if described.verb in clause.words and len(common) >= 3:
        return len(common) >= 0.5 * len(wanted)
    return len(common) >= 0.75 * len(wanted)


def _turned(clause: _Said, agents: set[str], described: _Said) -> bool:
    """Whether a clause has a part turn into something what it makes from it."""
    (one, other), (before, after) = described.sides, clause.sides
    if described.owner not in agents or not (one and other and before and after):
        return False
    swapped = before & other and after & one
    return bool(swapped) and not (before & one or after & other)


def _agents(s: Sentence, start: int, end: int, topic: tuple[str, ...]) -> set[str]:
    """The parts that do what a clause says."""
    for at in range(start, end):
        if s.low(at) == "by" and (phrase := s.phrase(at + 1)):
            return set(phrase.parts)
    for at in range(start, end):
        if (
            s.low(at) == "to"
            and (phrase := s.phrase(at + 1))
            and _ENTRUSTED & set(s.lows(start, end))
        ):
            return set(phrase.parts)
    first = start
    while s.low(first) in ("it's", "it", "is", "and", "but", "that", "so") and first < end:
        first += 1
    named = s.part(first + 1) or s.low(first + 1) in DETERMINERS
    if start == 0 == first and s.low(0).endswith("s") and named and s.low(0) not in FUNCTION:
        return set(topic)  # 'Follows the X', below a heading
    if keepers := _keepers(s, first, end):
        return keepers
    for at in range(first, end):
        if not (phrase := s.phrase(at)):
            continue
        before = s.low(at - 1) if at > start else ""
        inner = before in PREPOSITIONS or s.low(phrase.start) == "of"
        acts = RELATES & set(s.lows(first, at))
        if not inner and (not acts or s.low(at - 1) in BE | {"it's", "that"}):
            return set(phrase.parts)
        if not inner:
            break
    opens = s.low(first)
    if s.pronoun(start) or (start == 0 and opens.endswith("s") and opens not in FUNCTION):
        return set(topic)
    if singular(opens) in COPIES and topic:
        return set(topic)
    return set()


def _keepers(s: Sentence, start: int, end: int) -> set[str]:
    """The components in which a clause says that something is kept."""
    for at in range(start, end):
        if s.low(at) in _KEPT and s.low(at + 1) in ("in", "on", "by", "inside", "within"):
            phrase = s.phrase(at + 2)
            return set(phrase.parts) & s.lexicon.topology.components.keys() if phrase else set()
    return set()


def _clauses(sentence: Sentence) -> Iterator[tuple[tuple[int, int], _Said]]:
    """The words of each clause that matter, and where it begins and ends."""
    start = 0
    for at in range(1, len(sentence) + 1):
        if at == len(sentence) or sentence.comma(at) or sentence.cut(at):
            yield (start, at), _said(sentence, start, at)
            start = at


def _said(sentence: Sentence, start: int, end: int) -> _Said:
    lows = [low for low in sentence.lows(start, end) if low]
    if "any more" in " ".join(lows):  # says when, not how many
        lows = [low for low in lows if low not in ("any", "more")]
    stems = [_stem(low) for low in lows if low not in _SMALL and "_" not in low]
    named = {part for here in range(start, end) if (part := sentence.part(here))}
    quantities = {_QUANTITY[low] for low in lows if low in _QUANTITY}
    if "more than once" in " ".join(lows):
        quantities = quantities - {"many", "once"} | {"often"}
    into = next((at for at in range(start, end) if sentence.low(at) == "into"), 0)
    sides = [sentence.lows(start, into), sentence.lows(into, end)] if into else [[], []]
    before, after = (
        frozenset(_stem(low) for low in side if low and low not in _SMALL) - {"turn"}
        for side in sides
    )
    return _Said(
        frozenset(stems) | named,
        frozenset(quantities),
        bool(NEGATIONS & set(lows)),
        stems[0] if stems else "",
        (before, after),
        counted=frozenset(
            (_QUANTITY[low], _stem(noun))
            for low, noun in pairwise(lows)
            if low in _QUANTITY and noun not in _SMALL
        ),
    )


def _stem(word: str) -> str:
    return _STEM.get(word, singular(word)[:5])
