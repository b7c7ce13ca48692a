"""Names in prose that look like those of the topology's parts, and are of none."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from diagtool.checks.prose.lexicon import Lexicon, singular
from diagtool.checks.prose.sentence import Sentence
from diagtool.checks.prose.text import Passage, word_set
from diagtool.checks.prose.verbs import RELATES
from diagtool.model.diagnostics import did_you_mean

_PAST = re.compile(
    r"\b(deprecated|removed|any ?more|any longer|replac\w+|obsolete|former\w*|used to|"
    r"previously|no longer|did|had|"
    r"(?:before|until|up to|since|in) (?:the )?\S+ (?:release|version|cycle)|"
    r"old(?:er)? (?:releases|versions|services))\b",
    re.IGNORECASE,
)
_WAS = re.compile(r"[^,;:.]*\b(was|were)\b", re.IGNORECASE)
_WAS_BEFORE = re.compile(r"(?<!that )(?<!which )(?<!who )\b(was|were)\b", re.IGNORECASE)
_TOOL_AFTER = re.compile(
    r"\W{0,4}(?:command|utility|tool|script|cli|client|package|plugin|repositor|repo\b|project|"
    r"library|module|program|code|source|directory|folder|file|config|specs?\b)",
    re.IGNORECASE,
)
_TOOL_BEFORE = re.compile(r"[$#] *$|\b(?:command|tool|script|package|project)s? [`'\"]*$", re.I)
_TOOL_NAME = re.compile(
    r"[-_](?:plugin|dashboard|client|specs?|tests?|ui|docs?|cli|lib|library|manage|ctl|admin|"
    r"status|config|policy|utils?|tools?|common|dev|image|package|"
    r"based|specific|managed|related|compatible|enabled|aware|only|wide|side|style|like|owned|"
    r"provided|hosted|backed)(?:[-_]|$)"
)
_KINDS = word_set(
    "other same new old first second third last next remaining single whole right wrong correct "
    "actual real physical virtual remote local failed broken spare standby idle busy two three "
    "four "
    "five six affected proper given different several individual respective neighbouring own"
)
"""Words for servers that name none."""
_RELATES = re.compile(
    r"\b(?:talks?|connects?|connected|depends?|reads?|writes?|asks?|uses|needs?|sends?|stored?|"
    r"keeps?|kept|fetch(?:es)?|quer(?:y|ies)|behind|in front)\b[^,;:]*$|"
    r"^[^,;:]*\b(?:holds?|keeps?|stores?|talks?|connects?|depends?|reads?|writes?|asks?|uses?|needs?|sends?|stands?|"
    r"sits?|fetch(?:es)?)\b"
)
_COMPONENT = re.compile(r",? (?:the|a|an|one of the) (?:\w+ )?component\b")
_ARTICLES = ("The", "All", "These", "Both", "Some", "Many", "Several")


def tools(passages: Sequence[Passage], lexicon: Lexicon) -> set[str]:
    """The names on a page that look like a service's, but are those of commands and the like."""
    return {
        match[0].casefold()
        for passage in passages
        for match in lexicon.unknown.finditer(passage.text)
        if passage.config
        or _TOOL_NAME.search(match[0].casefold()[len(lexicon.prefix) - 1 :])
        or _TOOL_AFTER.match(passage.text, match.end())
        or _TOOL_BEFORE.search(passage.text[max(0, match.start() - 30) : match.start()])
    }


def services(sentence: Sentence, words: str, not_these: set[str]) -> Iterator[tuple[str, str]]:
    """Names of services that there are not, each with a hint."""
    lexicon = sentence.lexicon
    known = [service.name.casefold() for service in lexicon.topology.services.values()]
    if _PAST.search(words):
        return
    for token in sentence.tokens:
        name = token.low
        if not lexicon.unknown.fullmatch(name) or name in not_these:
            continue
        if _WAS.match(words, token.end - sentence.start) or _WAS_BEFORE.search(
            words[: token.start - sentence.start]
        ):
            continue
        # 'X-2' is a host on which X runs.
        if not any(re.fullmatch(rf"{re.escape(own)}(-\w*\d\w*)*", name) for own in known):
            yield token.text, did_you_mean(name, known)


def components(passage: Passage, text: str, lexicon: Lexicon) -> Iterator[tuple[str, str]]:
    """'Cache Servers', where components are called 'Queue Servers' and the like.

    In small letters, where the sentence also names a part and says what the two have to do
    with each other.
    """
    labels = [component.label for component in lexicon.topology.components.values()]
    lasts = [label.split()[-1] for label in labels if len(label.split()) > 1]
    for last in sorted({last for last in lasts if lasts.count(last) > 1 and last[0].isupper()}):
        for match in re.finditer(rf"(?<=[\w,] )([A-Z][\w-]+)\s+{re.escape(last)}(?![\w-])", text):
            known = match[1] in _ARTICLES or lexicon.pattern.search(match[0])
            if not (passage.title or known):
                yield match[0], did_you_mean(match[0], labels)
        small = rf"\b(?:[Tt]he|a|our) (([a-z][a-z-]+)\s+{re.escape(last.casefold())})(?=[ ,.;:)]|$)"
        for match in re.finditer(small, text):
            if lexicon.pattern.search(match[1]) or match[2] in _KINDS or passage.title:
                continue
            rest = text[: match.start()], text[match.end() :]
            if _COMPONENT.match(rest[1]) or any(
                lexicon.pattern.search(part) and _relates(part) for part in rest
            ):
                yield match[1], did_you_mean(match[1], labels)
        one = rf"\b(?:the|an?|our) (([a-z-]+) {re.escape(singular(last.casefold()))})(?=[ ,.;:)])"
        for match in re.finditer(one, text, re.IGNORECASE):
            after = text[match.end() :]
            between = "between" in after and lexicon.pattern.search(after)
            named = lexicon.pattern.search(match[1]) or match[2] in _KINDS or passage.title
            if not named and (between or _COMPONENT.match(after)):
                yield match[1], did_you_mean(match[1], labels)


def _relates(text: str) -> bool:
    """Whether a part of a sentence says who has to do with whom."""
    return bool(_RELATES.search(text)) or bool(RELATES & set(text.casefold().split()))
