"""Sentences → counts: how many servers services have, and how many services there are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from diagtool.prose.lexicon import HEADS, singular
from diagtool.prose.sentence import (
    ADVERBS,
    AUXILIARIES,
    FUNCTION,
    PREPOSITIONS,
    Phrase,
    Sentence,
)
from diagtool.prose.text import word_set
from diagtool.prose.verbs import VERBS


@dataclass(frozen=True, slots=True)
class Count:
    """How many servers a sentence says that services have. ``than`` is =, <, >, <= or >=.

    Without ``services``, the services themselves are counted. ``start`` and ``end`` are the
    offsets of the words, ``at`` is that of the number.
    """

    services: tuple[str, ...]
    number: int
    than: str
    start: int
    end: int
    at: int

    def fits(self, actual: int) -> bool:
        """Whether an actual number is what is said."""
        return {
            "=": actual == self.number,
            "<": actual < self.number,
            ">": actual > self.number,
            "<=": actual <= self.number,
            ">=": actual >= self.number,
        }[self.than]

    def __str__(self) -> str:
        words = {"<": "fewer than ", ">": "more than ", "<=": "at most ", ">=": "at least "}
        return f"{words.get(self.than, '')}{self.number}"


PARTIAL = re.compile(
    r"\b(fail\w*|lost|lose\w*|losing|down|stop\w*|remain\w*|left|other|another|survive\w*|more|"
    r"additional|extra|further|add(?:s|ed|ing)?|any (?:one|two)|per)\b",
    re.IGNORECASE,
)
"""A small number in a sentence with one of these may be that of a part of the servers."""

_ORDER = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen twenty"
)
_GROUPS = {"dozen": 12, "pair": 2, "couple": 2, "trio": 3}
_NUMBERS = {word: number for number, word in enumerate(re.findall(r"\w+", _ORDER))} | {
    **_GROUPS,
    **{"single": 1, "lone": 1, "both": 2, "twice": 2, "thrice": 3},
}
_THAN = {
    "no fewer than": ">=",
    "no more than": "<=",
    "not more than": "<=",
    "more than": ">",
    "fewer than": "<",
    "less than": "<",
    "at least": ">=",
    "at most": "<=",
    "up to": "<=",
}
_RUNS = word_set(
    "has have runs run running keeps keep comprises includes operates starts start consists uses "
    "deploys deployed with as on in of across by get gets stands scaled"
)
_BEFORE_NUMBER = word_set(
    "a the at least most exactly only just up to more than fewer less all its no total set group "
    "cluster of half"
)
_SHOWN = _RUNS | word_set("are count see find drawn show shown")
_MADE = word_set("made consists composed")
_WHOLE = word_set("only just exactly runs has is as exists")
_THERE = word_set(
    "present there drawn shown started exists exist runs run running deployed installed replicated "
    "appears appear found comes come"
)
_COUNTED = word_set("server copy instance replica process node")


def counts(sentence: Sentence, topic: tuple[str, ...]) -> Iterator[Count]:
    """How many servers or services a sentence says that there are."""
    for at in range(len(sentence)):
        if (value := _number(sentence.low(at))) and (count := _count(sentence, at, value, topic)):
            yield count


def _number(word: str) -> int | None:
    """The number that a word means."""
    word = re.sub(r"-(server|node|way)$|(?<=\d)x$", "", word)
    return int(word) if re.fullmatch(r"\d{1,4}", word) else _NUMBERS.get(word)


def _count(s: Sentence, at: int, value: int, topic: tuple[str, ...]) -> Count | None:
    start, than = at, "="
    for words, sign in _THAN.items():
        size = words.count(" ") + 1
        if s.lows(at - size, at) == words.split():
            start, than = at - size, sign
            break
    here = at + 1
    if s.low(at) in _GROUPS and s.low(here) == "of":
        here += 1
    if s.low(at) == "dozen" and "half" in s.lows(at - 2, at):
        value, start = 6, at - 1
    if s.low(here) == "or":
        if s.low(here + 1) not in ("more", "fewer", "less"):
            return None
        than, here = ">=" if s.low(here + 1) == "more" else "<=", here + 2
    if s.low(here) == "of":
        # 'two of the three X': the second number counts
        them = topic and s.low(here + 1) in ("them", "these", "it") and s.low(at - 1) in _SHOWN
        found = Phrase(topic, at, here + 2) if them else None
        return _made(s, at, value, than, start, found)
    found = (
        _counted(s, at, here)
        or _owner(s, at, here, topic)
        or _times(s, at, here, topic)
        or _number_of(s, at)
        or _opening(s, at, here)
    )
    if found is None and s.low(here) == "services" and _all_services(s, at, here):
        found = Phrase((), at, here + 1)
    return _made(s, at, value, than, start, found)


def _made(
    s: Sentence, at: int, value: int, than: str, start: int, found: Phrase | None
) -> Count | None:
    """A count of what was found, if that can be counted."""
    if found is None or (value == 1 and than == "=" and not _is_whole(s, at)):
        return None
    services = tuple(id for id in s.services(found) if id in s.lexicon.topology.services)
    if found.parts and not services:
        return None
    start = min(start, found.start)
    first, last, number = (
        s.tokens[start],
        s.tokens[max(min(found.end, len(s)) - 1, at)],
        s.tokens[at],
    )
    return Count(services, value, than, first.start, last.end, number.start)


def _counted(s: Sentence, at: int, here: int) -> Phrase | None:
    """The services whose servers a number counts: 'five X servers', 'five copies of X'."""
    for skipped in range(4):
        if here >= len(s) or (skipped and s.tokens[here].gap.strip(" `*\n")):
            return None
        token = s.tokens[here]
        if token.part:
            if token.part not in s.lexicon.topology.services:
                return None
            times = s.tokens[at].text.casefold().endswith("x") or "×" in token.gap
            plural = (token.text.casefold().endswith("s") and not token.possessive) or times
            of_copies = s.low(here - 1) == "of"
            if not (plural or token.head or of_copies or _number(s.low(at)) == 1):
                return None
            return Phrase((token.part,), here, here + 1) if plural or _over(s, here + 1) else None
        low = token.low
        if singular(low) in HEADS and s.low(here + 1) in ("of", "for"):
            return s.named(here + 2)
        if singular(low) in HEADS and "(" in s.tokens[min(here + 1, len(s) - 1)].gap:
            return s.phrase(here + 1)  # 'five mail servers (X)'
        plain = low.replace("-", "").isalpha() and low not in FUNCTION | VERBS.keys()
        plain = plain and (not low.endswith("s") or singular(s.low(here + 1)) in HEADS)
        if not (plain or low in ("of", "the", "running", "more", s.system)):
            return None
        here += 1  # 'five equal X servers'
    return None


def _over(s: Sentence, at: int) -> bool:
    """Whether what is counted ends before a place: 'five X servers', not 'five X server logs'."""
    low = s.low(at)
    return (
        at >= len(s)
        or bool(s.tokens[at].gap.strip(" `*\n"))
        or s.part(at) is not None
        or low in FUNCTION
        or low in VERBS
        or low.endswith(("ly", "s", "ing", "ed"))
    )


def _owner(s: Sentence, at: int, here: int, topic: tuple[str, ...]) -> Phrase | None:
    """The services before a number: 'X runs as five copies', 'X (five servers)'."""
    while s.low(here) in ("equal", "running", "active", "identical", "separate", "such", "of"):
        here += 1
    if singular(s.low(here)) not in _COUNTED or not _over(s, here + 1):
        return None
    back = at - 1
    while s.low(back) in _BEFORE_NUMBER:
        back -= 1
    if part := s.part(back):
        beside = s.tokens[back + 1].gap.strip(" `*") in ("(", ":", "×", "–", "—", "[", ",")
        return Phrase((part,), back, here + 1) if beside else None
    there = s.lows(back - 1, back + 1) == ["there", "are"]
    if (s.low(back) not in _RUNS and not there) or s.cut(back + 1):
        return None
    while s.low(back) in _RUNS | AUXILIARIES | ADVERBS:
        back -= 1
    # 'Run five copies.' in a section about X.
    bare = (back < 0 and s.low(0)[-1:] != "s") or there
    if topic and (s.pronoun(back) or bare):
        return Phrase(topic, max(back, 0), here + 1)
    owner = s.ending(back) if back >= 0 else None
    if owner is None or s.low(owner.start - 1) in PREPOSITIONS:
        return None
    return Phrase(s.services(owner), owner.start, here + 1)


def _times(s: Sentence, at: int, here: int, topic: tuple[str, ...]) -> Phrase | None:
    """The services that are there so many times: 'each service is present four times'."""
    back = at - 1
    alone = s.low(at) in ("twice", "thrice") and s.low(here) not in ("a", "per", "every", "as")
    if not (alone or s.low(here) == "times") or s.low(back) not in _THERE:
        return None
    while s.low(back) in _THERE | AUXILIARIES | ADVERBS:
        back -= 1
    back -= s.low(back) in ("which", "that")
    if s.pronoun(back) and topic:
        return Phrase(topic, back, here + 1)
    owner = s.ending(back) if back >= 0 else None
    return Phrase(s.services(owner), owner.start, here + 1) if owner else None


def _opening(s: Sentence, at: int, here: int) -> Phrase | None:
    """The service that a sentence is about: 'X comes in a group of five servers'."""
    subject = s.phrase(0)
    while s.low(here) in ("equal", "running", "active", "identical", "separate", "such"):
        here += 1
    if singular(s.low(here)) not in _COUNTED or not _over(s, here + 1) or subject is None:
        return None
    others = any(s.part(here) or _number(s.low(here)) for here in range(subject.end, at))
    cuts = any(map(s.cut, range(subject.end, at)))
    return None if others or cuts else Phrase(s.services(subject), 0, here + 1)


def _number_of(s: Sentence, at: int) -> Phrase | None:
    """'the number of X servers is five', 'X servers number five'."""
    if s.low(at - 1) in ("number", "total") and (part := s.part(at - 2)):
        return Phrase((part,), at - 2, at + 1)
    if {"number", "count"} & set(s.lows(0, at)) and s.low(at - 1) in ("is", "at", "to", "equals"):
        for here in range(at - 1, max(-1, at - 6), -1):
            if part := s.part(here):
                return Phrase((part,), here, at + 1)
    return None


def _all_services(s: Sentence, at: int, here: int) -> bool:
    """Whether all services are counted: 'all six services', 'the system has six services'."""
    if at == 0 and s.low(here + 1) in ("make", "form", "comprise"):
        return s.system in s.lows(here, here + 5)
    before = s.lows(at - 4, at)
    if s.low(1) in ("topology", "system", "layout", "picture", "diagram", "overview", "guide"):
        return s.low(0) == "the" and at < 8
    if s.low(at - 1) == "of" and _MADE & set(before) and s.pronoun(0):
        return True
    if before[-2:] == ["there", "are"] and s.lows(0, at)[:2] in (["in", "all"], ["in", "total"]):
        return True
    of_system = s.system in before + s.lows(at, here + 3) and "other" not in before
    return of_system or "all" in before[-2:]


def _is_whole(s: Sentence, at: int) -> bool:
    """Whether 'one' says how many there are: 'only one X', '1 X server'."""
    return s.low(at) == "1" or bool(_WHOLE & set(s.lows(at - 3, at)))
