"""Sentences that deny what the intro, a description or a note of the topology says.

A sentence denies another when both consist of the same words, and one of them has a 'not'.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from diagtool import words
from diagtool.model import NOWHERE, Block, Paragraph, Place, Text, Warning
from diagtool.prose.lexicon import Lexicon, singular
from diagtool.prose.sentence import DETERMINERS, FUNCTION, NEGATIONS, Sentence
from diagtool.prose.text import sentences, word_set

_NUMBERS = word_set("single one lone several many all every more each two some")
_SMALL = (FUNCTION | DETERMINERS | NEGATIONS) - _NUMBERS
_STANDBY = re.compile(
    r"\b(?:stands?\s?by|standing by|stand-?bys?|active[-/ ](?:standby|passive|backup)|passive|"
    r"hot spares?|idle|leader)\b|\b(?:only|just) one (?:copy|of them|server|at a time)\b|"
    r"\bone at a time\b",
    re.IGNORECASE,
)
_COPIES = re.compile(r"\b(?:cop(?:y|ies)|instances?|replicas?|others?|servers?|service)\b")


class _Said(NamedTuple):
    """A clause: its words that matter, whether it has a 'not', and what it depends on."""

    words: frozenset[str]
    negative: bool
    terms: frozenset[str]
    text: str
    place: Place


class Denials:
    """What a topology says in words."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.lexicon = lexicon
        topology = lexicon.topology
        self._said: list[_Said] = []
        texts: list[tuple[Text, Place, tuple[str, ...]]] = []
        blocks: list[tuple[Block, tuple[str, ...]]] = [(block, ()) for block in topology.intro]
        blocks += [(b, (s.id,)) for s in topology.services.values() for b in s.notes]
        for block, topic in blocks:
            if isinstance(block, Paragraph | Warning):
                texts.append((block.text, block.place, topic))
        self._parallel = False
        for text, place, topic in texts:
            plain = words.plain(topology, text)
            self._parallel |= "active-active" in plain
            for start, end in sentences(plain):
                sentence = Sentence(plain, start, end, lexicon, topic)
                terms = frozenset(t.low_text for t in sentence.tokens if "_" in t.text)
                for said, negative in _clauses(sentence):
                    if len(said) > 2:
                        self._said.append(
                            _Said(said, negative, terms, plain[start:end].strip(), place)
                        )

    def find(self, sentence: Sentence, text: str) -> Iterator[tuple[str, str, Place]]:
        """What a sentence denies: a message, what the topology says instead, and where."""
        if self._parallel and self._standby(sentence, text):
            yield "the servers of a service all work at the same time (active-active)", "", NOWHERE
        terms = {token.low_text for token in sentence.tokens if "_" in token.text}
        for words_, negative in _clauses(sentence):
            for said in self._said:
                common = said.words & words_
                if (
                    negative != said.negative
                    and len(common) > 2
                    and len(common) >= 0.75 * len(said.words)
                    and said.terms <= terms
                    and said.words & _NUMBERS == words_ & _NUMBERS
                ):
                    yield "the topology says otherwise", said.text, said.place
                    return

    def _standby(self, sentence: Sentence, text: str) -> bool:
        """Whether a sentence says that some copies of a service wait for others."""
        if not _STANDBY.search(text) or (NEGATIONS | {"none"}) & set(
            sentence.lows(0, len(sentence))
        ):
            return False
        parts = {part for at in range(len(sentence)) if (part := sentence.part(at))}
        services = parts & self.lexicon.topology.services.keys()
        about = services or any(map(sentence.every, range(len(sentence))))
        about = about or (set(sentence.topic) & self.lexicon.topology.services.keys())
        return bool(about) and parts == services and bool(services or _COPIES.search(text))


def _clauses(sentence: Sentence) -> Iterator[tuple[frozenset[str], bool]]:
    """The words of each clause that matter, and whether it has a 'not'."""
    start = 0
    for at in range(1, len(sentence) + 1):
        ends = at == len(sentence) or sentence.comma(at) or sentence.cut(at)
        if not ends:
            continue
        lows = [low for low in sentence.lows(start, at) if low]
        stems = {singular(low)[:5] for low in lows if low not in _SMALL and "_" not in low}
        stems |= {part for here in range(start, at) if (part := sentence.part(here))}
        yield frozenset(stems), bool(NEGATIONS & set(lows))
        start = at
