"""What rules, snippets and notes ask for, and sentences that say it is not asked for.

A rule may want something in front of several servers; a snippet may rely on the headers that
another sets; a note may want 'a lock manager that ... with group membership'.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from diagtool.checks.prose.assertions import HYPOTHETICAL
from diagtool.checks.prose.counts import number
from diagtool.checks.prose.lexicon import singular
from diagtool.checks.prose.sentence import DETERMINERS, FUNCTION, NEGATIONS, Sentence
from diagtool.checks.prose.text import word_set
from diagtool.checks.prose.verbs import RELATES
from diagtool.model import Paragraph, Place, Reliance, Topology, Warning, wording

_KIND = re.compile(r"\ban? ((?:[a-z-]+ ){0,2}[a-z-]+) that ([^;.,:]+)")
_WILL_DO = (
    r"(?:will do|does|do|works?|is fine|are fine|suffices?|serves?|is good enough|is as good|"
    r"can be used|is right|are welcome|is welcome)\b(?! that| which| if)"
)
_WELL = re.compile(
    r"\b(?:as well|will do|fine|serves?|suffices?|sufficient|enough|works?|usable|can be used|"
    r"all right|welcome|acceptable)\b",
    re.IGNORECASE,
)
_UNASKED = re.compile(
    r"(?:\bnot|n't|\bnever|\bnor|\bneither) (?:\w+ )?(?:required|needed|necessary|demanded|"
    r"imposed|matter|important|asked for|called for)\b|\bneed not\b|\bneedn't\b|"
    r"\b(?:optional|unnecessary|superfluous|dispensable|irrelevant|a luxury|not a must)\b|"
    r"\bno (?:need|requirement|must)\b|\bwithout importance\b",
    re.IGNORECASE,
)
_PROVIDED = re.compile(
    r"\b(?:as long as|provided|only if|unless|except|but only|among|of those)\b", re.IGNORECASE
)
_BARE = re.compile(
    r"\bwith (?:nothing|no (?:thing|component|server|balancer)) "
    r"(?:in between|in front(?: of them)?|between|before them)\b|"
    r"\bwithout (?:anything|something) (?:in between|in front(?: of them)?|between)\b|"
    r"\b(?:reach\w*|fac\w+|answer\w*|serv\w+|exposed|met|call\w*|contact\w*)\b[^,;.]*?"
    r"\b(?:bare|directly|unprotected|in person|without (?:a )?(?:load )?balancers?)\b|"
    r"\bface the clients (?:alone|themselves)\b",
    re.IGNORECASE,
)
_ONE = word_set("single one lone alone sole solitary only")
_UNABLE = re.compile(
    r"\b(?:unable|cannot|can't|does not|doesn't|do not|don't|fails? to|refuses? to|never|won't|"
    r"will not|without|no|nobody|nothing)\b",
    re.IGNORECASE,
)
_CASE = re.compile(r"\s*(?:should|if|even if|even when|where|when|though|although)\b", re.I)
_NO_HELP = re.compile(
    r"\b(?:asks?|requires?|needs?|wants?|demands?|expects?|takes?) nothing (?:of|from)\b|"
    r"\b(?:needs?|requires?|wants?) no (?:help|co-?operation|support|headers?)\b|"
    r"\b(?:can|may) pass \w+ (?:requests )?on as they are\b|"
    r"\bwithout (?:the |any )?(?:proxy |forwarded )?headers?\b|"
    r"\bindependent of\b|\bwhatever the\b",
    re.IGNORECASE,
)


class _Kind(NamedTuple):
    """A kind of thing that a note asks for, with the words that restrict it."""

    noun: str
    words: frozenset[str]
    text: str
    place: Place


class Requirements:
    """What a topology asks for."""

    def __init__(self, topology: Topology) -> None:
        self.topology = topology
        self.kinds = [
            _Kind(match[1], needed, plain, block.place)
            for service in topology.services.values()
            for block in service.notes
            if isinstance(block, Paragraph | Warning)
            for plain in [wording.plain(topology, block.text)]
            for match in _KIND.finditer(plain)
            if len(needed := _content(match[2])) > 1
        ]

    def denied(self, s: Sentence, text: str, option: str) -> Iterator[tuple[str, str, Place]]:
        """What a sentence says is not asked for: a message, what is asked for, and where.

        ``option`` is the one that was named last.
        """
        if HYPOTHETICAL.search(text):
            return
        for kind in self.kinds:
            if self._any(text, kind):
                yield f"not any {kind.noun} will do", kind.text, kind.place
        yield from self._bare(s, text)
        yield from self._no_headers(s, text, option)

    def _any(self, text: str, kind: _Kind) -> bool:
        """'Any X will do', 'X without Y serves as well', 'Y is not required'."""
        if _PROVIDED.search(text):
            return False
        said = text.casefold()
        anything = (
            rf"\b(?:any|every|whatever|whichever) (?:\w+ )?{kind.noun}s?,? "
            rf"(?:\w+ ){{0,3}}?{_WILL_DO}"
        )
        if re.search(anything, said):
            return True
        spoken = kind.words & _content(said)
        if len(spoken) < 2:
            return False
        if lead := re.search(r"\b(?:without|lacking|that lacks?|with no)\b", said):
            lacked = kind.words & _content(said[lead.end() :][:60])
            rest = said[: lead.start()] + said[lead.end() :]
            return bool(lacked and _WELL.search(said)) and not NEGATIONS & set(rest.split())
        return bool(_UNASKED.search(said))

    def _bare(self, s: Sentence, text: str) -> Iterator[tuple[str, str, Place]]:
        """'Several X may be reached directly', where a rule wants something in front of them."""
        if not (bare := _BARE.search(text)):
            return
        rest = text[: bare.start()] + re.sub(r"\b(?:nothing|no)\b", "", text[bare.start() :])
        if (NEGATIONS | {"nobody"}) & set(rest.casefold().split()):
            return
        for rule in self.topology.rules.values():
            if not rule.front or self._one(s, rule.service):
                continue
            message = f"{self.topology.part(rule.service).name} then needs something in front"
            yield message, wording.plain(self.topology, rule.text), rule.place

    def _one(self, s: Sentence, service: str) -> bool:
        """Whether a sentence does not speak of several servers of a service."""
        for at, token in enumerate(s.tokens):
            if token.part == service:
                before = s.lows(at - 4, at)
                plural = singular(token.low_text) != token.low_text
                numbers = [value for low in before if (value := number(low))]
                one = _ONE & set(before) and "than" not in before
                return bool(one) or not (plural or "than" in before or any(n > 1 for n in numbers))
        return True

    def _no_headers(self, s: Sentence, text: str, option: str) -> Iterator[tuple[str, str, Place]]:
        """'If the headers are not set, X makes up for it', where X relies on them."""
        for service in self.topology.services.values():
            for snippet in service.snippets:
                if snippet.relies_on is not Reliance.FORWARDED:
                    continue
                names = [o.name for o in snippet.options if o.name in text]
                front = any(
                    self.topology.part(part).id in self._fronts(service.id)
                    for at in range(len(s))
                    if (part := s.part(at))
                )
                meant = names or (
                    option in [o.name for o in snippet.options]
                    and front
                    and re.search(r"\b(?:it|this|that)\b", text, re.IGNORECASE)
                )
                if meant and (_NO_HELP.search(text) or _despite(text, names)):
                    name = snippet.options[0].name
                    message = (
                        f"{name} relies on the headers that are set in front of {service.name}"
                    )
                    yield message, "", snippet.place

    def _fronts(self, id: str) -> set[str]:
        return {
            c.peer
            for c in self.topology.services[id].connections
            if c.peer in self.topology.components and self.topology.components[c.peer].front
        }


def _despite(text: str, names: list[str]) -> bool:
    """Whether a sentence recommends an option for the case that no headers are set."""
    case, comma, rest = text.partition(",")
    if even := re.search(r"\beven (?:when|if|where)\b", text[1:]):
        rest, comma, case = text[: even.start()], ",", text[even.start() + 1 :]
    if not (comma and names and _CASE.match(case) and names[0] in rest):
        return False
    denied = (NEGATIONS | {"without"}) & set(rest.casefold().split())
    return "header" in case and bool(_UNABLE.search(case)) and not denied


def _content(text: str) -> frozenset[str]:
    """The words that matter."""
    found = (singular(word) for word in re.findall(r"[a-z][a-z-]+", text.casefold()))
    return frozenset(found) - FUNCTION - DETERMINERS - RELATES
