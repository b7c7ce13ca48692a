"""Sentences → counts: how many servers services have, and how many services there are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from diagtool.checks.prose.lexicon import HEADS, singular
from diagtool.checks.prose.sentence import (
    ADVERBS,
    AUXILIARIES,
    FUNCTION,
    PREPOSITIONS,
    Phrase,
    Sentence,
)
from diagtool.checks.prose.text import word_set
from diagtool.checks.prose.verbs import VERBS


@dataclass(frozen=True, slots=True)
class Count:
    """How many servers a sentence says that services have. ``than`` is =, <, >, <= or >=.

    Where ``kind`` is 'services', 'components' or 'servers in all', those themselves are counted.
    ``start`` and ``end`` are the offsets of the words, ``at`` is that of the number.
    """

    services: tuple[str, ...]
    number: int
    than: str
    start: int
    end: int
    at: int
    kind: str = "servers"

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
    r"together|side by side|additional|extra|further|add(?:s|ed|ing)?|any (?:one|two)|per)\b",
    re.IGNORECASE,
)
"""A small number in a sentence with one of these may be that of a part of the servers."""

_ORDER = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen twenty"
)
_GROUPS = {"dozen": 12, "pair": 2, "couple": 2, "trio": 3}
_NUMBERS = {word: at for at, word in enumerate(re.findall(r"\w+", _ORDER))} | {
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
_NUMBERS |= {
    f"{tens}-{word}": value * 10 + _NUMBERS[word]
    for value, tens in enumerate(["twenty", "thirty", "forty", "fifty"], 2)
    for word in re.findall(r"\w+", _ORDER)[1:10]
}
_RUNS = word_set(
    "has have runs run running keeps keep comprises includes operates starts start consists uses "
    "deploys deployed with as on in of across by get gets stands scaled come comes made counts "
    "exists exist started start boasts"
)
_BEFORE_NUMBER = word_set(
    "a the at least most exactly only just up to more than fewer less all its no total set group "
    "cluster of half"
)
_SHOWN = _RUNS | word_set("are count see find drawn show shown")
_CASES = word_set("while when where once whenever after before until")
_TOLD = word_set("introduced described explained shown drawn listed covered presented")
_MADE = word_set("made consists composed")
_WHOLE = word_set("only just exactly runs has is as exists")
_THERE = word_set(
    "present there drawn shown started exists exist runs run running deployed installed replicated "
    "appears appear found comes come"
)
_COUNTED = word_set("server copy instance replica process node")


_TH = "second third fourth fifth sixth seventh eighth ninth"
_ORDINALS = {word: number for number, word in enumerate(_TH.split(), 2)}
_ADDED = word_set("add adding start starting added started needs need another new")


def counts(sentence: Sentence, topic: tuple[str, ...]) -> Iterator[Count]:
    """How many servers, services or components a sentence says that there are."""
    yield from _compared(sentence)
    if total := _total(sentence):
        yield total
        return
    for at in range(len(sentence)):
        if ordinal := _ORDINALS.get(sentence.low(at)):
            yield from _ordinal(sentence, at, ordinal)
    for at in range(len(sentence)):
        if (value := number(sentence.low(at))) and (count := _count(sentence, at, value, topic)):
            yield count


def _compared(s: Sentence) -> Iterator[Count]:
    """'twice as many X as Y', 'more X than Y'."""
    for at in range(len(s)):
        one, other = s.phrase(at + 1), None
        if one is None or s.low(at) not in ("many", "more", "fewer", "less"):
            continue
        if s.low(one.end) in ("as", "than"):
            other = s.phrase(one.end + 1)
        if not other or not all(
            p in s.lexicon.topology.services for p in (*one.parts, *other.parts)
        ):
            continue
        actual = s.lexicon.topology.services[other.parts[0]].replicas
        than = {"many": "=", "more": ">"}.get(s.low(at), "<")
        factor = 1
        if s.low(at) == "many":
            factor = _NUMBERS.get(s.low(at - 2), 1) if s.low(at - 1) == "as" else 0
            factor = number(s.low(at - 3)) or 0 if s.low(at - 2) == "times" else factor
        if factor:
            first, last = s.tokens[one.start], s.tokens[other.end - 1]
            yield Count(one.parts[:1], factor * actual, than, first.start, last.end, first.start)


_IN_ALL = re.compile(
    r"(?:^| )(?:adds?|sums?|amounts?|comes?) (?:up )?to$|(?:^| )(?:in all|in total|altogether)$|"
    r"^(?:taken |all )?together .*\b(?:run on|are|have|need|comprise)$|"
    r"^(?:in all|in total|altogether) (?:there are|[\w ]* has)$|(?:^| )total of$"
)


def _total(s: Sentence) -> Count | None:
    """'The services add up to twenty servers', where no part is named."""
    at = next((at for at in range(len(s)) if number(s.low(at))), 0)
    value = number(s.low(at))
    whole = s.lows(at + 2, at + 4) in (["in", "all"], ["in", "total"], ["of", s.system])
    whole = whole or bool(_IN_ALL.search(" ".join(s.lows(0, at))))
    counted = s.low(at + 1) == "servers" and whole
    if not value or not counted or any(map(s.part, range(len(s)))):
        return None
    first, last = s.tokens[at], s.tokens[at + 1]
    return Count((), value, "=", first.start, last.end, first.start, "servers in all")


def _ordinal(s: Sentence, at: int, ordinal: int) -> Iterator[Count]:
    """'the fourth X server', which there is only where there are four."""
    named = s.phrase(at + 1)
    if named and s.low(at - 1) == "the" and not _ADDED & set(s.lows(0, len(s))):
        token = s.tokens[named.end - 1]
        if (token.head or s.low(named.start)) and named.parts[0] in s.lexicon.topology.services:
            first = s.tokens[at]
            yield Count(named.parts[:1], ordinal, ">=", first.start, token.end, first.start)


def number(word: str) -> int | None:
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
    if s.low(here) == "of" and not (found := _number_of(s, at)):
        # 'two of the three X': the second number counts
        them = topic and s.low(here + 1) in ("them", "these", "it") and s.low(at - 1) in _SHOWN
        found = Phrase(topic, at, here + 2) if them else None
        return _made(s, at, value, than, start, found)
    found = (
        _number_of(s, at)
        or _counted(s, at, here)
        or _owner(s, at, here, topic)
        or _times(s, at, here, topic)
        or _opening(s, at, here)
        or _makes(s, here)
    )
    kind = s.low(here)
    if found is None and kind in ("services", "components") and _all(s, at, here):
        count = _made(s, at, value, than, start, Phrase((), at, here + 1))
        return replace(count, kind=kind) if count else None
    return _made(s, at, value, than, start, found)


def _made(
    s: Sentence, at: int, value: int, than: str, start: int, found: Phrase | None
) -> Count | None:
    """A count of what was found, if that can be counted."""
    if found is None or (value == 1 and than == "=" and not _is_whole(s, at)):
        return None
    if _CASES & set(s.lows(at - 6, at)) and "there" in s.lows(at - 6, at):
        return None  # 'while there is a single X'
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
            if not (plural or token.head or of_copies or number(s.low(at)) == 1):
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
    if there and s.lows(here + 1, here + 3) in (["in", "all"], ["in", "total"]):
        return None  # of all services
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
    others = any(s.part(here) or number(s.low(here)) for here in range(subject.end, at))
    cuts = any(map(s.cut, range(subject.end, at)))
    return None if others or cuts else Phrase(s.services(subject), 0, here + 1)


def _makes(s: Sentence, here: int) -> Phrase | None:
    """The service that is made of a number of servers: 'five equal processes form X'."""
    while s.low(here) in ("equal", "running", "active", "identical", "separate", "such"):
        here += 1
    if singular(s.low(here)) not in _COUNTED or s.low(here + 1) not in (
        "make",
        "form",
        "constitute",
    ):
        return None
    return s.phrase(here + 2 + (s.low(here + 2) == "up"))


def _number_of(s: Sentence, at: int) -> Phrase | None:
    """'the number of X servers is five', 'X servers number five'."""
    if s.low(at - 1) in ("number", "total") and (part := s.part(at - 2)):
        return Phrase((part,), at - 2, at + 1)
    led = s.low(at - 1) in ("is", "at", "to", "equals") or ":" in s.tokens[at].gap
    heads = {singular(low) for low in s.lows(0, at)}
    if led and heads & _COUNTED and s.low(at + 1) == "of" and (all_ := s.phrase(at + 2)):
        return all_  # 'replicas: four of each service'
    if {"number", "count"} & heads and led:
        for here in range(at - 1, max(-1, at - 6), -1):
            if part := s.part(here):
                return Phrase((part,), here, at + 1)
    return None


def _all(s: Sentence, at: int, here: int) -> bool:
    """Whether all services, or components, are counted: 'all six services', 'X has six …'."""
    if s.lows(0, at) == ["the"] and s.low(here + 1) == "are" and s.low(here + 2) in _TOLD:
        return True
    if s.low(at - 1) in ("stand", "are") and s.low(0) in ("around", "besides", "behind"):
        return True
    if at == 0 and s.low(here + 1) in ("make", "form", "comprise"):
        return s.system in s.lows(here, here + 5)
    before = [low for low in s.lows(at - 5, at) if low != "up"][-4:]  # 'is made up of'
    if before[-2:] == ["there", "are"] and s.cut(here + 1) and s.low(here) == "services":
        return not any(map(s.part, range(len(s))))
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
    if _NUMBERS.get(s.low(at)) == 1 and any(
        s.low(here) in ("is", "are") and s.low(here + 1) in _THERE for here in range(at + 2, at + 5)
    ):
        return True  # 'a single X is started'
    return s.low(at) == "1" or bool(_WHOLE & set(s.lows(at - 3, at)))
