"""Sentences → statements: subject, relation, object, denial, condition."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from diagtool.checks.prose.patterns import PATTERNS, Pattern
from diagtool.checks.prose.sentences import Sentence
from diagtool.checks.prose.words import Token


@dataclass(frozen=True, slots=True)
class Statement:
    """What a sentence says, as far as a pattern knows.

    ``only`` says that there is no other object, ``alone`` that there is no other subject; those
    that "apart from" leaves out are ``excepted``. ``tokens`` are the words that it was read from by
    the names of groups.
    """

    relation: str
    subjects: tuple[str, ...] = ()
    objects: tuple[str, ...] = ()
    denied: bool = False
    conditional: bool = False
    only: bool = False
    alone: bool = False
    excepted: tuple[str, ...] = ()
    tokens: tuple[tuple[str, Token], ...] = ()
    span: tuple[int, int] = (0, 0)
    matched: str = ""

    def token(self, group: str) -> Token | None:
        """The word that a group of the pattern took."""
        return dict(self.tokens).get(group)

    def has(self, group: str) -> bool:
        """Whether the pattern found a word of its that counts."""
        return group in dict(self.tokens)


def read(sentence: Sentence) -> Iterator[Statement]:
    """What a sentence states, in the order of the patterns."""
    if sentence.hypothetical:
        return
    forms = [(text, _available(text)) for text in (sentence.claims, *sentence.asides)]
    whole = [(sentence.whole, _available(sentence.whole))]
    for pattern in PATTERNS:
        for text, available in whole if pattern.whole else forms:
            if pattern.needs <= available:
                for match in pattern.regex.finditer(text):
                    yield _statement(sentence, pattern, match)


def _available(text: str) -> set[str]:
    """What kinds of words a text has, and "2" for two mentions: see ``Pattern.needs``."""
    kinds = re.findall(r" ([A-Z])(?=\d)", text)
    mentions = kinds.count("P") + kinds.count("Q")
    return {*kinds, *(["1"] if mentions else []), *(["2"] if mentions > 1 else [])}


def _statement(sentence: Sentence, pattern: Pattern, match: re.Match[str]) -> Statement:
    found = [
        (name.partition("__")[0], said)
        for name, said in match.groupdict().items()
        if said is not None
    ]
    tokens = tuple(
        (name, sentence.tokens[int(said[1:])])
        if re.fullmatch(r"[A-Z]\d+", said)
        else (name, Token(said.strip(), said.strip(), 0, 0))
        for name, said in found
    )
    named, groups = dict(tokens), [name for name, _ in found]
    subject, object_ = named.get("s"), named.get("o")
    denials = groups.count("not") + groups.count("no")
    # 'do not run X without Y'
    clause = re.split(r" [,;:] ", match.string[: match.start() + 1])[-1]
    turned = pattern.denies and " not " in f"{clause} "
    spans = [(token.start, token.end) for _, token in tokens if token.end and not token.implied]
    return Statement(
        pattern.relation,
        subject.parts if subject else (),
        object_.parts if object_ else (),
        denied=((denials + turned) % 2 == 1) != pattern.denies,
        conditional=sentence.conditional,
        only="only" in groups or "end" in groups,
        alone="alone" in groups,
        excepted=subject.excepted if subject else (),
        tokens=tokens,
        span=(min(s for s, _ in spans), max(e for _, e in spans)) if spans else (0, 0),
        matched=match[0],
    )
