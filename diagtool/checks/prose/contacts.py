"""Sentences → which parts they have meet, whatever the verb and wherever it stands.

``claims`` reads the shapes that say in which direction; here, a clause that
has one part do something with another, of any shape, says that the two are connected.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from diagtool.checks.prose import relations
from diagtool.checks.prose.claims import ACCESS, FLOW, Claim
from diagtool.checks.prose.lexicon import singular
from diagtool.checks.prose.sentence import ALL, COPIES, DETERMINERS, NEGATIONS, Phrase, Sentence
from diagtool.checks.prose.text import word_set
from diagtool.checks.prose.verbs import RELATES, Says

_BOTHER = ACCESS | word_set(
    "talk talks touch touches use uses used contact contacts contacted traffic reach reaches "
    "connected linked deal deals meet meets communicate communicates arrow arrows line lines"
)
"""What two parts that are connected do not lack."""
_NO = (NEGATIONS | word_set("without nobody unable unaware unrelated none")) - {"hardly"}
_UNSURE = word_set(
    "but only except other than unlike like more less alone besides apart directly direct "
    "anyone anything else rest same directly straight itself through via yet anymore longer "
    "between sooner first way means help"
)
_STARTS = word_set(
    "because since while when if so although though whereas before after until unless once than "
    "where whenever lest except unlike like"
)
"""Words with which another clause begins."""
_WHICH = word_set("which who that whose whom")
_WITH = word_set("to into onto in from with at on against off via through over by between inside")
_APART = word_set(
    "but only except than unlike like alone besides apart instead rather same beside next "
    "near close before after while through via using too also restart upgrade monitor compare"
)
_HOSTS = word_set("run runs running host hosts machine machines install installed deploy deployed")


def contacts(s: Sentence, known: Sequence[Claim]) -> Iterator[Claim]:
    """What a sentence says of pairs of parts that it made no claim about yet."""
    said = {frozenset((a, b)) for c in known for a in c.subjects for b in c.objects}
    for start, end in _clauses(s):
        for claim in _Clause(s, start, end).claims():
            if not any(frozenset((a, b)) in said for a in claim.subjects for b in claim.objects):
                yield claim


def together(s: Sentence, known: Sequence[Claim]) -> Iterator[Claim]:
    """Two parts in one clause that has a word between them, whatever it says of them."""
    said = {frozenset((a, b)) for c in known for a in c.subjects for b in c.objects}
    for start, end in _clauses(s):
        words = s.lows(start, end)
        negations = [low for low in words if low in _NO]
        if set(words) & _APART or len(negations) > 1:
            continue
        for one, other in _pairs(s, start, end):
            apart = one is not other
            if negations and (apart or not set(words) & (_BOTHER | RELATES)):
                continue
            for a in one.parts if apart else one.parts[:1]:
                for b in other.parts if apart else other.parts[1:]:
                    pair = frozenset((a, b))
                    if a == b or ALL in pair or pair in said or _led(s, start, end, a, b):
                        continue
                    first, last = s.tokens[one.start].start, s.tokens[other.end - 1].end
                    yield Claim(Says.JOINS, (a,), (b,), first, last, negated=bool(negations))


def _pairs(s: Sentence, start: int, end: int) -> Iterator[tuple[Phrase, Phrase]]:
    """What a clause names one after the other; twice the same for 'between X and Y'."""
    before: Phrase | None = None
    at = start
    while at < end:
        phrase = s.phrase(at)
        if phrase is None or phrase.end > end:
            at += 1
            continue
        words = set(s.lows(start, end))
        mutual = {"each", "other"} <= words or {"one", "another"} <= words
        among = s.low(at - 1) == "between" and words & (FLOW | ACCESS)
        if len(phrase.parts) == 2 and (among or (mutual and before is None)):
            yield phrase, phrase
        elif before and _related(s, before, phrase):
            yield before, phrase
        before = phrase if s.ended(phrase.end) else None
        at = phrase.end


def _related(s: Sentence, one: Phrase, other: Phrase) -> bool:
    """Whether the words between two names may relate them."""
    between = s.lows(one.end, other.start)
    lead = {s.low(at) for at in (other.start - 1, other.start)}
    if (
        not s.ended(other.end)
        or s.low(other.end) == "of"
        or any(s.comma(at) for at in range(one.end, other.start + 1))
    ):
        return False
    joins = set(between) & (RELATES | FLOW | ACCESS) or lead & {"of", "for"}
    return bool(joins) and not set(between) & {"and", "or", "nor", "than"}


def _led(s: Sentence, start: int, end: int, one: str, two: str) -> bool:
    """Whether a way leads from one part to another by others that a clause names."""
    others = {part for at in range(start, end) if (part := s.part(at))}
    return relations.led(s.lexicon.topology, one, two, others)


def _clauses(s: Sentence) -> Iterator[tuple[int, int]]:
    """Where clauses begin and end."""
    start = 0
    for at in range(1, len(s)):
        joins = s.comma(at) and s.low(at) in ("and", "but", "or", "so", "yet")
        led = s.comma(at) and s.low(start) in _STARTS
        if s.cut(at) or led or (joins and not _list_goes_on(s, at)) or s.low(at) in _STARTS:
            yield start, at
            start = at
    yield start, len(s)


def _list_goes_on(s: Sentence, at: int) -> bool:
    """Whether 'and' after a comma joins names: 'X, Y, and Z'."""
    phrase = s.phrase(at + 1)
    return bool(phrase and s.ending(at - 1) and s.part(at - 1))


class _Clause:
    """A range of the words of a sentence, read from left to right."""

    def __init__(self, s: Sentence, start: int, end: int) -> None:
        self.s, self.start, self.end = s, start, end
        self.subject: Phrase | None = None
        self.verb = -1
        self.open = True
        self.led: list[Phrase] = []

    def claims(self) -> Iterator[Claim]:
        """Pairs of a subject and what it does something with."""
        s, at = self.s, self.start
        if s.low(at) in ("unlike", "like", "than", "except"):
            return
        while at < self.end:
            phrase = s.phrase(at)
            if phrase and phrase.end <= self.end + 1:
                if self.open:
                    yield from self._met(at, phrase)
                at = phrase.end
                continue
            low = s.low(at)
            if low in ("it", "they") and at <= self.start + 1 and (it := s.meant(at)):
                self.subject = Phrase(it, at, at + 1)
            if low in _WHICH and s.part(at - 1) and self.verb >= 0:
                self.subject, self.verb = s.ending(at - 1), -1
            elif low in RELATES or low in ACCESS or low in FLOW:
                self.verb = at
            at += 1

    def _met(self, at: int, phrase: Phrase) -> Iterator[Claim]:
        s = self.s
        back = at - 1 - s.low(at - 1).endswith("'s")
        before = s.low(back) if back >= self.start else ""
        inner = s.low(phrase.start) == "of" or before == "of"
        if inner and singular(s.low(at - 2 if before == "of" else at - 1)) in COPIES:
            inner = False
        if s.comma(at) and s.part(at - 1) and self.verb >= 0:
            self.open = False  # 'access to X, Y'
            return
        if self.subject is None:
            ordered = self.start <= self.verb <= self.start + 2
            if before in _WITH or (phrase.start == self.start and s.low(at) == "of"):
                self.led.append(phrase)
            elif self.verb >= 0 and self._direct(at):
                self.subject = phrase if ordered else None  # 'Point X at Y'
            elif not s.ended(phrase.end):
                self.open = False
            elif not inner and before not in ("for", "about", "under", "during"):
                self.subject = phrase
                for led in self.led:
                    if self.verb >= 0 or self._verb_follows(phrase.end):
                        yield from self._claim(phrase, led)
                self.verb = -1
            return
        if before in ("and", "or") or (s.comma(at) and s.part(at - 1)):
            self.open = False  # another clause begins, or another list
        if self.verb < 0 or inner or not self.open:
            return
        if before in _WITH or before in RELATES or self._direct(at):
            yield from self._claim(self.subject, phrase)

    def _direct(self, at: int) -> bool:
        """Whether a name stands after a verb without anything between that could part them."""
        between = self.s.lows(self.verb + 1, at)
        return all(low in DETERMINERS or low in ("back", "out", "both") for low in between)

    def _places(self, word: str) -> list[int]:
        return [at for at in range(self.start, self.end) if self.s.low(at) == word]

    def _verb_follows(self, at: int) -> bool:
        return any(self.s.low(here) in RELATES for here in range(at, min(at + 5, self.end)))

    def _claim(self, subject: Phrase, object_: Phrase) -> Iterator[Claim]:
        s = self.s
        words = s.lows(self.start, self.end)
        if any(s.lows(at, at + 2) != ["as", "well"] for at in self._places("as")):
            return
        negations = [low for low in words if low in _NO]
        if set(words) & (_UNSURE | _HOSTS) or len(negations) > 1:
            return
        if negations and not set(words) & _BOTHER:
            return
        if s.low(subject.end) in _WHICH and negations:
            return  # 'an X that cannot reach Y': some do not
        if any(s.low(at) == "by" and s.part_after(at) for at in range(self.start, self.end)):
            return
        if set(subject.parts) & set(object_.parts) or any(
            _led(s, self.start, self.end, one, two)
            for one in subject.parts
            for two in object_.parts
            if ALL not in (one, two)
        ):
            return
        first, last = sorted((subject, object_), key=lambda phrase: phrase.start)
        yield Claim(
            Says.JOINS,
            s.services(subject),
            object_.parts,
            s.tokens[first.start].start,
            s.tokens[last.end - 1].end,
            negated=bool(negations),
        )
