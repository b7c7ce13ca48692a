"""How many there are of something, how many are enough, and where they stand."""

from __future__ import annotations

import re

from diagtool.checks.prose import facts as ask
from diagtool.checks.prose.clauses import Sentence
from diagtool.checks.prose.facts import Facts, Finding, fits, plural, shown
from diagtool.checks.prose.patterns import Claim
from diagtool.checks.prose.text import word_set
from diagtool.checks.prose.vocabulary import PARTIAL, UP, WHOLE
from diagtool.checks.prose.words import Token
from diagtool.model import Component, Mode, Paragraph, Part, Service, Warning, failures, wording

_EXISTING = word_set(
    "be have run deploy start install consist comprise operate use set show contain include of as "
    "with behind there place host order distribute~d provide draw by over across between among "
    "make~d form need require"
)
"""What stands before a number that is that of all."""
_CONSISTING = word_set(
    "of have comprise contain include provide be into by with run from up all form show on stand"
)
"""What stands before the number of services in a system."""
_ZONES = r" (?:zone|site|datacenter|datacentre|center|centre|region|hall|room) "
_RESTRICTED = word_set("remaining other left surviving first last that which of these those")
"""What stands behind 'the three' where they are not all."""


_MANY = 20
"""How many copies 'X: 5' may speak of; greater numbers are ports and the like."""


def _wrong(facts: Facts, said: Claim, id: str, message: str) -> Finding:
    part = facts.topology.part(id)
    return Finding("prose-count", said.span, f"{part.name} {message}", "", part.place)


def _units(facts: Facts, id: str) -> str:
    return "server" if id in facts.topology.services else "member"


def count(facts: Facts, sentence: Sentence, said: Claim) -> Finding | None:
    """A number of servers of a service, or of members of a component."""
    number, subject = said.token("n"), said.token("s")
    if number is None or subject is None or len(subject.members) > 1 or said.denied:
        return None
    if not number.number or said.has("more") or (said.conditional and subject.implied):
        return None
    if "while" in sentence.words and number.number == 1:
        return None
    one = ":" in sentence.text and len(subject.parts) == 1 and subject.text
    if said.has("listed") and (not one or number.number > _MANY):
        return None
    each = subject.text.casefold().startswith(("every", "each", "all")) or subject.plural
    if subject.head == "service" and len(subject.parts) > 1 and not said.has("counted"):
        return None
    if not _is_total(facts, sentence, said, number, subject):
        return None
    for id in subject.parts:
        actual = facts.topology.part(id).members
        cluster = facts.topology.part(id).cluster
        if subject.head == "replica" and cluster and cluster.mode is Mode.PRIMARY_REPLICA:
            continue  # the primary does not count
        if actual is None or fits(actual, number) or (len(subject.parts) > 1 and not each):
            continue
        named = number.exact and (
            id in facts.topology.services or subject.head or said.has("counted")
        )
        if number.number == 1 and number.than == "=" and not named:
            continue
        unit = plural(actual, _units(facts, id))
        return _wrong(facts, said, id, f"has {unit}, not {shown(number)}")
    return None


def _is_total(facts: Facts, sentence: Sentence, said: Claim, number: Token, subject: Token) -> bool:
    """Whether a number is that of all, not of some of which a sentence speaks."""
    counted = said.has("counted")
    if not (counted or subject.plural or subject.head or number.exact or said.has("member")):
        return False
    ahead, behind = sentence.around(number)
    ahead = [word.removesuffix("~s") for word in ahead if word not in ("not", "only")]
    before = ahead[-1] if ahead else ""
    partial = bool(PARTIAL & sentence.words) or " be up " in sentence.whole
    zoned = any(token.kind == "Z" for token in sentence.marked)
    the = re.search(r"\bthe $", sentence.text[: number.start - sentence.start], re.I)
    if the and said.has("n") and not _RESTRICTED & {*behind[:3], *sentence.words} - {"of", "that"}:
        return not zoned
    if number.than != "=":
        return not partial and "up" not in behind[:2]
    if {"may", "can"} & sentence.words and not number.definite:
        return False
    if {"each", "every"} & sentence.words and re.search(_ZONES, sentence.whole):
        return False
    sizes = [facts.topology.part(id).members or 0 for id in subject.parts]
    if number.number > min(sizes):
        return not (partial and {"add", "adding", "scale", "to", "up"} & sentence.words)
    if partial or re.search(r"N\d+ of N", sentence.whole) or {"quorum"} & sentence.words:
        return False
    if "per" in behind[:2] or (number.number == 1 and "per" in behind[:4]):
        return False
    if zoned:
        return number.definite and " per " not in sentence.whole
    opens = not before or before in (",", ";", ":", "(") or before.startswith("+")
    if number.exact and number.number == 1:
        bare = number.text.casefold().removeprefix("a ") in ("single", "lone", "sole")
        return not bare or (before in _EXISTING and before != "with")
    implied = subject.implied and not ahead
    return number.definite or counted or opens or implied or before in _EXISTING


def services(facts: Facts, sentence: Sentence, said: Claim) -> Finding | None:
    """How many services there are."""
    number, every = said.token("n"), said.token("every")
    whole = len(facts.topology.services)
    if number is None or said.denied or (every and every.head != "service"):
        return None
    named = any(len(t.parts) == 1 and not t.implied for t in sentence.marked)
    ahead, behind = sentence.around(number)
    before = {word.removesuffix("~s") for word in ahead[-1:]}
    of_it = WHOLE | set(facts.topology.name.casefold().split())
    if not number.definite and (named or not (before & _CONSISTING and of_it & sentence.words)):
        return None
    if "+which" in behind[:3] or fits(whole, number) or PARTIAL & sentence.words:
        return None  # 'the two services that use it'
    message = f"there are {whole} services, not {shown(number)}"
    return Finding("prose-count", said.span, message)


def single(facts: Facts, sentence: Sentence, said: Claim) -> Finding | None:
    """That a service runs once, and no more; or that it can be scaled, or cannot."""
    if any(token.number > 1 for token in sentence.marked) or said.conditional:
        return None
    for id in said.subjects if len(said.subjects) == 1 else ():
        actual = facts.topology.part(id).members
        once = said.kind == "single"
        if said.kind == "several" and id not in facts.topology.services:
            continue
        if actual is not None and (actual == 1) == (said.denied == once):
            return _wrong(facts, said, id, f"has {plural(actual, 'server')}")
    return None


# --- how many are enough --------------------------------------------------------------

_NEEDING = word_set("must need needs needed")
_LOST = word_set("fail fails failed lost lose loses losing down survives loss")


def least(facts: Facts, sentence: Sentence, said: Claim) -> Finding | None:
    """How many of a part may be lost, are a majority, or carry the load."""
    number, voting = said.token("n"), said.kind == "quorum"
    if number is None or number.than == "<" or (said.conditional and said.kind == "enough"):
        return None
    if said.kind != "tolerance" and ("lost" in sentence.words or number.than == "<="):
        return None
    if voting and (_LOST & sentence.words or not {"quorum", "majority", *UP} & sentence.words):
        return None
    for id in said.subjects or sentence.parts[:1] or sentence.about:
        part = facts.topology.part(id)
        size, wanted = part.members or 0, failures.carrying(part)
        enough = wanted or 1
        votes = bool(part.cluster and part.cluster.quorum)
        if voting and part.cluster and part.cluster.mode and not votes:
            return _wrong(facts, said, id, "has no quorum") if said.has("majority") else None
        told = wanted or said.kind == "tolerance" or (voting and isinstance(part, Component))
        if not told or size < 2 or number.number > size:
            continue
        named = size - number.number if said.kind == "tolerance" else number.number
        if said.kind == "tolerance":
            bound = wanted is not None and (
                "only" in sentence.words or number.exact or number.than == "<="
            )
        elif voting:
            bound = votes and said.has("majority") and named < size
        else:
            bound = number.than != "=" or bool(_NEEDING & sentence.words)
        wrong = named < enough or (bound and named > enough)
        if said.kind == "enough" and said.denied:
            wrong = named >= enough
        elif said.denied:
            continue
        if wrong:
            return _wrong(facts, said, id, f"needs {enough} of its {size} {_units(facts, id)}s")
    return None


# --- what they do at the same time ----------------------------------------------------

_ACTIVE = re.compile(
    r"active[-/ ]active|\b(?:all|both)\b(?:(?!\b(?:not|the others?|if|when)\b)[^,;.])*\bactive\b|"
    r"\b(?:all|both)\b[^,;.]*\b(?:at the same time|in parallel|concurrently|simultaneously)\b|"
    r"\b\w+s (?:share|split) the (?:work|load)\b|"
    r"\b(?:every|any|each|all|both) (?:\w+ ){0,4}(?:can be written to|accepts? (?:\w+ and )?"
    r"writes|(?:is|are) writ(?:e?able))|\bmulti-?(?:primary|master|writer)\b",
    re.I,
)
_DENIES = re.compile(r"\b(?:not|no|without|never|neither|cannot|only)\b|n't\b")
_WAITING = re.compile(
    r"\b(?:hot|warm|cold)[ -](?:standbys?|spares?)\b|\bstandbys?\b|\bstands? by\b|\bidle\b|"
    r"\bread[- ]only\b|\bread replicas?\b|\b(?:one|single) (?:primary|master|leader|writer)\b|"
    r"\bactive[-/ ](?:passive|standby)\b|\bpassive\b|\b(?:is|are) the (?:primary|leader)\b|"
    r"\bonly one (?:[\w-]+ ){0,4}(?:is active|(?:runs|works|active) at a time|at a time)\b|"
    r"\bone (?:[\w-]+ ){0,3}(?:is|acts as) (?:the )?(?:active|leader|primary)\b",
    re.I,
)


def modes(facts: Facts, sentence: Sentence) -> Finding | None:
    """What the copies of a part do at the same time."""
    named = [id for token in sentence.marked for id in token.parts]
    if sentence.hypothetical or sentence.conditional:
        return None
    said = [part for part in re.split(r"[,;]", sentence.text) if not _DENIES.search(part)]
    text = ", ".join(" ".join(part.split()) for part in said)
    waits, active = bool(_WAITING.search(text)), bool(_ACTIVE.search(text))
    span = sentence.start, sentence.start + len(sentence.text.rstrip())
    for id in dict.fromkeys(named or sentence.about) if waits != active else ():
        part = facts.topology.part(id)
        does = _mode(facts, part)
        if re.search(r"standby|stands? by|active-|\bboth\b", text) and part.members == 1:
            if set(named) <= {id}:
                message = f"{part.name} has 1 {_units(facts, id)}"
                return Finding("prose-count", span, message, "", part.place)
        elif does and waits == (does is Mode.ACTIVE_ACTIVE):
            are = "are all active" if waits else "take turns: one is active, the others stand by"
            message = f"the copies of {part.name} {are}"
            return Finding("prose-note", span, message, "", part.place)
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


# --- where ----------------------------------------------------------------------------


_LOSING = word_set("fail fails failed failure lost lose loses losing loss down stop stopped left")


def zone(facts: Facts, sentence: Sentence, said: Claim) -> Finding | None:
    """In which zones or on which hosts a part stands, or how many of it stand in one."""
    found = [token for token in sentence.marked if token.kind == "Z"]
    named = [facts.names.place(token.text) for token in found]
    subject, token, each = said.token("s"), said.token("z"), said.token("n")
    numbered = re.search(r"\b(?:servers?|nodes?|members?|hosts?|numbers?) \d", sentence.text, re.I)
    several = subject and len(subject.parts) > 1 and subject.head
    if said.conditional or numbered or several or token is None or _LOSING & sentence.words:
        return None
    every = bool({"both", "all", "every", "each"} & sentence.words) and len(named) == 1
    for id in said.subjects or sentence.parts[:1] or sentence.about:
        copies = ask.copies(facts.topology, id)
        here = [copy for copy in copies if copy & facts.names.place(token.text)]
        wrong = bool(here) == said.denied
        if not said.denied and {*sentence.parts} <= {id} and not sentence.denies:
            wrong = any(not any(copy & place for copy in copies) for place in named)
        if each and not said.denied and not wrong and not {"each", "every"} & sentence.words:
            wrong = len(here) != each.number and len(named) == 1
        elif ("only" in sentence.words or every) and not said.denied:
            whole = frozenset[str]().union(*named)
            wrong = wrong or not all(copy & whole for copy in copies)
        if copies and wrong:
            on_host = bool(facts.names.place(token.text) & facts.topology.hosts.keys())
            return _wrong(
                facts, said, id, f"stands in {ask.where(facts.topology, id, hosts=on_host)}"
            )
    return None


def spread(facts: Facts, sentence: Sentence, said: Claim) -> Finding | None:
    """On how many hosts, or in how many zones, a part stands."""
    number, what = said.token("n"), said.token("what")
    if number is None or said.conditional or said.denied:
        return None
    kind = "host" if what and what.text in ("host", "machine") else "zone"
    places = facts.topology.zones if kind == "zone" else facts.topology.hosts
    for id in said.subjects if len(said.subjects) == 1 else ():
        standing = {place for copy in ask.copies(facts.topology, id) for place in copy}
        actual = len(standing & places.keys())
        if actual and not fits(actual, number) and not PARTIAL & sentence.words:
            return _wrong(facts, said, id, f"stands in or on {plural(actual, kind)}")
    return None
