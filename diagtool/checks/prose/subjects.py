"""Who a sentence says does something, wherever its words for that stand."""

from __future__ import annotations

from diagtool.checks.prose.lexicon import singular
from diagtool.checks.prose.sentence import (
    ADVERBS,
    AUXILIARIES,
    COPIES,
    DETERMINERS,
    NEGATIONS,
    PREPOSITIONS,
    Phrase,
    Sentence,
)
from diagtool.checks.prose.text import word_set

_SUBORDINATORS = word_set("because since as while although though when whereas so and but")
_LEADING = (
    PREPOSITIONS
    | ADVERBS
    | _SUBORDINATORS
    | word_set("unlike like before after today even during apart aside besides except beyond")
)
"""What begins a lead: 'Unlike X, Y reads'."""
_DURING = word_set("after before by when while on having")
_HOUSES = word_set("machine host node")
RELATIVES = ("which", "that", "who")


class Subject:
    """Who does something, with the words between that and the verb."""

    def __init__(self, phrase: Phrase, between: list[str]) -> None:
        self.phrase = phrase
        self.between = between


class Subjects:
    """Finds the subjects of a sentence; ``opening`` are the parts that it begins with."""

    def __init__(self, sentence: Sentence) -> None:
        self.s = sentence
        self.opening = self._opening()
        self.it = self.opening.parts if self.opening else sentence.topic

    def _opening(self) -> Phrase | None:
        """The parts that the sentence begins with, but for a lead: 'Unlike X, Y reads'."""
        s = self.s
        lead = s.low(0) in _LEADING or s.low(0).endswith(("ing", "ly"))
        commas = [at for at in range(1, min(12, len(s))) if s.comma(at)] if lead else []
        for start in [0, *commas[:1]]:
            for at in range(start, min(start + 6, len(s))):
                if phrase := s.phrase(at):
                    return phrase
                low = s.low(at)
                if low not in DETERMINERS | _SUBORDINATORS and singular(low) not in COPIES:
                    break
        return None

    def subject(self, at: int) -> Subject | None:
        """Who does what the verb at a place says."""
        s = self.s
        between: list[str] = []
        here = self._before_parenthesis(at)
        while here >= 0 and not (s.part(here) or s.every(here)):
            low = s.low(here)
            if s.cut(here + 1):
                return None
            if here and s.tokens[here - 1].possessive and low not in PREPOSITIONS:
                here -= 1  # the requests of 'X's requests'
                continue
            if s.lows(here - 2, here) == ["from", "there"]:
                return None  # 'from there it goes to X'
            if s.pronoun(here):
                it = self.meant(here)
                return Subject(Phrase(it, here, here + 1), between) if it else None
            if low in ("and", "but", "or", "then") and self.it:
                return Subject(Phrase(self.it, here, here + 1), between)
            if low in RELATIVES:
                return self._relative(here - 1, between)
            if not (low in ADVERBS or low in AUXILIARIES or low in NEGATIONS or low[-2:] == "ly"):
                return None
            between.insert(0, low)
            here -= 1
        if here < 0:
            # 'Needs the X.' below a heading.
            heading = not at and self.it and s.low(at)[-1:] == "s"
            return Subject(Phrase(self.it, at, at + 1), between) if heading else None
        phrase = s.ending(here)
        ordered = phrase and phrase.start == 1 and "to" in between  # 'Configure X to read'
        # 'A machine for X has to reach Y.'
        housed = phrase and s.low(phrase.start - 1) == "for" and s.low(phrase.start - 2) in _HOUSES
        if phrase and (ordered or housed or not s.inner(phrase.start)):
            return Subject(phrase, between)
        return None

    def _before_parenthesis(self, at: int) -> int:
        """The last word before a verb, but for what commas enclose: 'X, like Y, reads'."""
        s = self.s
        if s.comma(at) and s.low(at - 1) != "and":
            for start in range(at - 1, max(0, at - 8), -1):
                if s.comma(start) and s.low(start) not in (*RELATIVES, "and"):
                    return start - 1
        return at - 1

    def _relative(self, last: int, between: list[str]) -> Subject | None:
        """Whom 'which' means: 'X, which', and 'X is the only service that'."""
        s = self.s
        if s.low(last) in ("service", "one") and "only" in s.lows(last - 2, last):
            between.insert(0, "alone")
            while last >= 0 and not s.part(last):
                last -= 1
        elif not s.comma(last + 1) and NEGATIONS & set(between):
            return None  # 'an X that cannot reach Y': some do not
        phrase = s.ending(last) if s.part(last) else None
        return Subject(phrase, between) if phrase and not s.inner(phrase.start) else None

    def lead(self, at: int) -> Subject | None:
        """Who does what a participle says: 'Having read Y, X', 'After reading Y, X'."""
        s, opening = self.s, self.opening
        if not opening:
            return None
        leads = at < opening.start and (at < 1 or s.low(at - 1) in _DURING)
        follows = opening.end <= at and s.comma(at) and s.low(at).endswith("ing")
        if leads and not NEGATIONS & set(s.lows(0, at)) and "before" not in s.lows(0, at):
            return Subject(opening, [])
        if follows and not any(map(s.part, range(opening.end, at))):
            return Subject(opening, [])
        return None

    def possessor(self, at: int) -> Subject | None:
        """Whose things something is done with: 'its tasks are kept'."""
        s = self.s
        short = 1 < at < 5 and s.low(0) in ("its", "their")
        if not short or not self.it or any(map(s.part, range(at))):
            return None
        return Subject(Phrase(self.it, 0, 1), s.lows(2, at))

    def doer(self, at: int) -> Phrase | None:
        """Who does what 'without' at a place is about."""
        for here in range(at - 1, -1, -1):
            if self.s.part(here):
                phrase = self.s.ending(here)
                start = phrase.start if phrase else 0
                led = start and self.s.comma(start)
                return phrase if led or not self.opening else self.opening
            if self.s.comma(here + 1) or self.s.cut(here + 1):
                break
            if self.s.pronoun(here) and (it := self.meant(here)):
                return Phrase(it, here, here + 1)
        return self.opening

    def given(self, at: int) -> Phrase | None:
        """Whom something is given: 'give X a Y', 'give them a Y', 'give the two a Y'."""
        s = self.s
        end = at + 1 + (s.low(at) == "the" and s.low(at + 1) in ("two", "three", "others"))
        if s.low(at) in ("it", "them", "each") or end > at + 1:
            it = self.meant(at)
            return Phrase(it, at, end) if it else None
        return s.phrase(at)

    def meant(self, at: int) -> tuple[str, ...]:
        """What a pronoun at a place means."""
        if self.opening and self.opening.end <= at:
            return self.opening.parts
        return self.s.meant(at)
