"""How many there are of something, how many are enough, and what they do at the same time."""

from __future__ import annotations

import re

from diagtool.checks.prose.clauses import Sentence
from diagtool.checks.prose.facts import Facts, fits, plural, shown
from diagtool.checks.prose.names import folded
from diagtool.checks.prose.patterns import Claim
from diagtool.checks.prose.places import EACH
from diagtool.checks.prose.text import Finding
from diagtool.checks.prose.vocabulary import (
    ENOUGH,
    EXISTING,
    LOSING,
    PARTIAL,
    SYSTEM,
    UP,
)
from diagtool.model import Mode, Paragraph, Part, Service, Warning, failures, wording

_ACTIVE = re.compile(
    r"active[-/ ]active(?! support)|\bmulti-?(?:primary|master|writer)\b|"
    r"\b(?:all|both|every|any|each)\b(?:(?!\b(?:not|the others?|if|when)\b)[^,;.])*"
    r"(?:\bactive\b|at all times|all the time|at the same time|in parallel|concurrently|"
    r"simultaneously|written to|accepts? (?:\w+ and )?writes|writ(?:e?able))|"
    r"\beach (?:carries|handles|takes)\b|\b\w+s (?:share|split) the (?:work|load)\b",
    re.I,
)
_WAITING = re.compile(
    r"\bstandbys?\b|\bstands? by\b|\bidle\b|\bpassive\b|(?:is|are) read[- ]only\b|"
    r"\bread(?:[- ]only)?[- ]replicas?\b|"
    r"\bsecond\b[^,;.]* takes? over\b|"
    r"\b(?:hot|warm|cold)[ -]spares?\b|\b(?:runs?|works?|active) one at a time\b|"
    r"\b(?:others?|rest|second) (?:is|are) (?:\w+ )?(?:spares?|backups?)\b|"
    r"\b(?:one|single) (?:[\w-]+ ){0,6}(?:active|leader|primary|master|writer)\b|"
    r"^\W*only one (?:[\w-]+ ){0,5}at a time\b",
    re.I,
)
_UNSURE = re.compile(
    r"\b(?:when|if|while|once|until|unless|whenever)\b[^,;]*|"
    r"[^,;]*(?:\b(?:not|no|without|never|neither|cannot)\b|n't\b)[^,;]*",
    re.I,
)


def _size(facts: Facts, id: str) -> str:
    unit = "server" if id in facts.topology.services else "member"
    return plural(facts.part(id).members or 0, unit)


def count(facts: Facts, sentence: Sentence, said: Claim) -> Finding | None:
    """A number of servers of a service, or of members of a component."""
    number, subject = said.tokens["n"], said.tokens["s"]
    several = len(subject.parts) > 1 and not subject.plural
    # 'both X and Y', 'both shares', 'five shares per server'
    both = number.text.casefold() == "both" and subject.short and not subject.head
    several |= bool(both or (number.definite and subject.members))
    several |= f"{subject.form[1:]} per " in sentence.whole
    each = EACH.search(sentence.text)
    zoned = each and not (each[0].startswith("per") and "," in sentence.text)
    listed = "listed" in said.tokens and (not subject.text or ":" not in sentence.text)
    denied = said.denied and not (number.exact and number.number == 1)
    if denied or zoned or several or listed or " at a time" in sentence.text:
        return None
    if not number.number or (sentence.conditional and subject.implied):
        return None
    for id in subject.parts if _is_total(facts, sentence, said) else ():
        part = facts.part(id)
        carrying = ENOUGH & sentence.words and failures.carrying(part)
        actual = part.members if not carrying or number.number > (part.members or 0) else 0
        one = number.exact and (id in facts.topology.services or "counted" in said.tokens)
        some = number.number > 1 or one or number.than == ">"
        if actual and some and fits(actual, number) == said.denied:
            other = "" if said.denied else f", not {shown(number)}"
            return facts.wrong_count(id, said.span, f"has {_size(facts, id)}{other}")
    return None


def single(facts: Facts, sentence: Sentence, said: Claim) -> Finding | None:
    """That a part runs once and no more, or does not."""
    optional = said.denied and {"need", "needs", "have", "has"} & sentence.words
    for id in () if optional else said.subjects:
        if (size := facts.part(id).members) and (size == 1) == said.denied:
            return facts.wrong_count(id, said.span, f"has {_size(facts, id)}")
    return None


def services(facts: Facts, sentence: Sentence, said: Claim) -> Finding | None:
    """How many services or components the system has."""
    topology = facts.topology
    system = said.tokens["of"].text if "of" in said.tokens else "system"
    own = system in SYSTEM or folded(topology.name).startswith(folded(system))
    known = [len(topology.services), len(topology.components)]
    counts = known[:1] if "service" in said.tokens["what"].text else [*known, sum(known)]
    right = any(fits(count, said.tokens["n"]) for count in counts) != said.denied
    if right or not own or PARTIAL & sentence.words or " +which " in sentence.whole:
        return None
    has = wording.join([plural(known[0], "service"), plural(known[1], "component")])
    return Finding("prose-count", said.span, f"{topology.name} has {has}")


def _is_total(facts: Facts, sentence: Sentence, said: Claim) -> bool:
    """Whether a number is that of all, not of some of which a sentence speaks."""
    number, subject, counted = said.tokens["n"], said.tokens["s"], "counted" in said.tokens
    partial = PARTIAL | {"may", "can"} | (UP if number.than != "=" else set())
    zoned = any(token.kind == "Z" for token in sentence.marked)
    if not (counted or subject.plural or subject.head or number.exact or number.than == ">"):
        return False
    if number.number > min(facts.part(id).members or 0 for id in subject.parts):
        return True
    if zoned or partial & sentence.words:
        return False
    ahead = sentence.whole.partition(f" {number.form} ")[0].split()
    before = [",", *(word for word in ahead if word not in ("not", "only"))][-1]
    opens = before.removesuffix("~s") in EXISTING or before.startswith("+")
    return number.definite or counted or opens or number.than != "="


def least(facts: Facts, sentence: Sentence, said: Claim) -> Finding | None:
    """How many of a part may be lost, are a majority, or carry the load."""
    number, spare, voting = said.tokens["n"], said.kind == "tolerance", said.kind == "quorum"
    if (voting and LOSING & sentence.words) or (
        said.kind == "left" and (LOSING - {"left"}) & sentence.words
    ):
        return None
    for id in said.subjects or sentence.parts[:1] or sentence.about:
        part = facts.part(id)
        size, wanted = part.members or 0, failures.carrying(part)
        known = wanted or spare or (voting and part.cluster)
        named, enough = size - number.number if spare else number.number, wanted or 1
        votes = part.cluster and part.cluster.quorum and "majority" in said.tokens and named < size
        asked = {"must", "need", "needed", "have"} & sentence.words
        needed = said.kind in ("enough", "quorum") and wanted and asked
        wrong = named < enough or ((votes or needed) and named > enough)
        if said.denied:
            wrong = said.kind == "enough" and named >= enough
        if known and wrong and number.number <= size:
            return facts.wrong_count(id, said.span, f"needs {enough} of its {_size(facts, id)}")
    return None


def modes(facts: Facts, sentence: Sentence) -> Finding | None:
    """What the copies of a part do at the same time."""
    text = _UNSURE.sub("", " ".join(sentence.text.split()))
    waits, active = bool(_WAITING.search(text)), bool(_ACTIVE.search(text))
    sure = waits != active and not sentence.hypothetical
    for id in sentence.parts or sentence.about if sure else ():
        part = facts.part(id)
        does = _mode(facts, part)
        lone = part.members == 1 and {*sentence.parts} <= {id}
        if lone and re.search(r"standby|stands? by|active-|\bboth\b", text):
            return facts.wrong_count(id, (0, len(sentence.text)), f"has {_size(facts, id)}")
        if does and waits == (does is Mode.ACTIVE_ACTIVE):
            are = "are all active" if waits else "take turns: one is active, the others stand by"
            message = f"the copies of {part.name} {are}"
            return Finding("prose-note", (0, len(sentence.text)), message, "", part.place)
    return None


def _mode(facts: Facts, part: Part) -> Mode | None:
    """What a part's copies do: as its cluster says, or else the notes."""
    if part.cluster and part.cluster.mode:
        return part.cluster.mode
    if isinstance(part, Service) and part.replicas > 1:
        for block in (*part.notes, *facts.topology.intro):
            if isinstance(block, Paragraph | Warning):
                note = wording.plain(facts.topology, block.text)
                if _WAITING.search(note) and block in part.notes:
                    return Mode.ACTIVE_PASSIVE
                if _ACTIVE.search(note) and not re.search(r"\bnot\b|except", note):
                    return Mode.ACTIVE_ACTIVE
    return None
