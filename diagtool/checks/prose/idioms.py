"""Sentences → claims told as a story: what happens without a part, and where a line leads.

Each function knows one figure of speech, and is silent where a sentence has another.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from diagtool.checks.prose.claims import FLOW, Claim
from diagtool.checks.prose.sentence import ALL, NEGATIONS, Phrase, Sentence
from diagtool.checks.prose.text import word_set
from diagtool.checks.prose.verbs import Says

_LINES = FLOW | word_set("edge edges road thread trail")
_LEAVING = (
    "leaves",
    "leaving",
    "from",
    "out of",
    "begins at",
    "beginning at",
    "starts at",
    "starting at",
)
_ARRIVING = (
    "arrive at", "arrives at", "get to", "gets to", "come to", "comes to", "reach", "end at",
    "ends at", "end up at", "ends up at", "land at", "lands at", "leads to", "lead to", "end in",
    "ends in", "brought to", "taken to", "goes to", "runs to", "leads you to", "takes you to",
)  # fmt: skip
_GONE = re.compile(
    r"\b(?:pull plug (?:of|on)|unplug|switch(?:ing)? off|turn(?:ing)? off|shut(?:ting)? down|"
    r"stop|kill|take away|take down|lose|remove|unhook)$|"
    r"\b(?:outage|loss|failure|death|end|absence) of$"
)
"""What stands before a part that is taken away."""
_UNMOVED = re.compile(
    r"\b(?:(?:(?:will|does|do|can) not|won't|doesn't|don't|cannot) (?:even )?"
    r"(?:notice|mind|care|miss|suffer|feel|bother)|never (?:notices?|minds?|"
    r"cares?)|(?:goes|go|carries|carry|keeps?) (?:right |happily )?(?:on|working|running)|"
    r"(?:is|are|stays?|remains?) (?:unaffected|untouched|unharmed|unmoved|indifferent)|"
    r"(?:cares?|minds?) little|could not care less|makes? no difference|means? nothing|"
    r"leaves? (?:it|them) cold)\b"
)


_UNNAMED = re.compile(
    r"\b(?:single|one|two|three|four) (?:sorts? of |kinds? of |of (?:the|our) )?(?:\w+ )?"
    r"(?:process|processes|services?|programs?)\b|\baway from all but (?:one|two|three|four)\b"
)
_ANSWER = re.compile(
    r"(?:and )?(?:(?:that|this|the|these|those)(?: (?:last|only))?"
    r"(?: (?:process|service|program|one|two|three|four))?(?:e?s)?(?: in question)?|"
    r"it|they|its name|their names)(?: to \w+ (?:it|them))? (?:is|are)(?: called| named)?$"
)


def told(s: Sentence, asked: tuple[str, ...]) -> Iterator[Claim]:
    """What a sentence says in pictures.

    ``asked`` are the components that the sentence before has services without names use.
    """
    yield from _followed(s)
    yield from _unmoved(s)
    for before, phrase in _named(s):
        services = all(id in s.lexicon.topology.services for id in phrase.parts)
        said = " ".join(s.lows(0, phrase.start))
        if asked and before and services and phrase.end == len(s) and _ANSWER.fullmatch(said):
            start, end = s.tokens[0].start, s.tokens[phrase.end - 1].end
            for part in phrase.parts:
                yield Claim(Says.JOINS, (part,), asked, start, end)
        return


def asked(s: Sentence, heading: tuple[str, ...]) -> tuple[str, ...]:
    """The component that a sentence has some services use without naming them.

    It may be the one that the ``heading`` names: 'One process asks for locks.'
    """
    lows = s.lows(0, len(s))
    named = {part for at in range(len(s)) if (part := s.part(at))}
    components = s.lexicon.topology.components
    if NEGATIONS & set(lows) or {"without", "besides"} & set(lows) or named - components.keys():
        return ()
    about = tuple(named) or tuple(part for part in heading if part in components)
    return about if len(about) == 1 and _UNNAMED.search(" ".join(lows)) else ()


def _followed(s: Sentence) -> Iterator[Claim]:
    """'Follow the wire that leaves X and you arrive at Y.'"""
    if not _LINES & set(s.lows(0, len(s))) or NEGATIONS & set(s.lows(0, 3)):
        return
    source: Phrase | None = None
    for before, phrase in _named(s):
        if source is None:
            source = phrase if before.endswith(_LEAVING) else None
        elif before.endswith(_ARRIVING):
            if not NEGATIONS & set(before.split()[-4:]):
                yield _claim(s, Says.SENDS, source, phrase)
            return


def _unmoved(s: Sentence) -> Iterator[Claim]:
    """'Pull the plug of Y and X will not notice.'"""
    gone: Phrase | None = None
    for before, phrase in _named(s):
        if gone is None:
            if not _GONE.search(before):
                continue
            first, *rest = phrase.parts
            gone = Phrase((first,), phrase.start, phrase.end)
            if not rest:
                continue  # else 'Y and X will not'
            phrase = Phrase(tuple(rest), phrase.start, phrase.end)
        if _UNMOVED.match(" ".join(s.lows(phrase.end, phrase.end + 6))):
            yield _claim(s, Says.NEEDS, phrase, gone, negated=True)
            return


def _named(s: Sentence) -> Iterator[tuple[str, Phrase]]:
    """The parts that are named, each with the words before it, articles left out."""
    at = 0
    while at < len(s):
        phrase = s.phrase(at)
        if phrase and ALL not in phrase.parts:
            before = [low for low in s.lows(0, at) if low not in ("the", "a", "an")]
            yield " ".join([*before, *(["of"] if s.low(at) == "of" else [])]), phrase
        at = phrase.end if phrase else at + 1


def _claim(
    s: Sentence, says: Says, subject: Phrase, object_: Phrase, *, negated: bool = False
) -> Claim:
    first, last = sorted((subject, object_), key=lambda phrase: phrase.start)
    start, end = s.tokens[first.start].start, s.tokens[last.end - 1].end
    return Claim(says, s.services(subject), s.services(object_), start, end, negated=negated)
