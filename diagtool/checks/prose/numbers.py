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
from diagtool.model import Component, Mode, Part, Service, failures

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


def _wrong(facts: Facts, said: Claim, id: str, message: str) -> Finding:
    part = facts.topology.part(id)
    return Finding("prose-count", said.span, f"{part.name} {message}", "", part.place)


def _about(sentence: Sentence, said: Claim) -> tuple[str, ...]:
    """The parts that a claim is about, or else its sentence, or what is around it."""
    return said.subjects or sentence.parts[:1] or sentence.about


def count(facts: Facts, sentence: Sentence, said: Claim) -> Finding | None:
    """A number of servers of a service, or of members of a component."""
    number, subject = said.token("n"), said.token("s")
    if number is None or subject is None or len(subject.members) > 1 or said.denied:
        return None
    if not number.number or said.has("more") or (said.conditional and subject.implied):
        return None
    if "while" in sentence.words and number.number == 1:
        return None
    each = subject.text.casefold().startswith(("every", "each", "all")) or subject.plural
    if subject.head == "service" and len(subject.parts) > 1 and not said.has("counted"):
        return None
    if not _is_total(facts, sentence, said, number, subject):
        return None
    for id in subject.parts:
        actual = ask.size(facts.topology, id)
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
        unit = "server" if id in facts.topology.services else "member"
        return _wrong(facts, said, id, f"has {plural(actual, unit)}, not {shown(number)}")
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
        return not partial
    if {"each", "every"} & sentence.words and re.search(_ZONES, sentence.whole):
        return False
    sizes = [ask.size(facts.topology, id) or 0 for id in subject.parts]
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


def total(facts: Facts, sentence: Sentence, said: Claim) -> Finding | None:
    """How many services, components, servers or zones there are."""
    topology = facts.topology
    number, every = said.token("n"), said.token("every")
    whole = {
        "services": len(topology.services),
        "components": len(topology.components),
        "zones": len(topology.zones),
        "hosts": len(topology.hosts),
    }[said.kind]
    if place := said.token("z"):
        whole = len(facts.names.place(place.text))
    if number is None or not whole or (every and every.head != "service") or said.denied:
        return None
    named = any(len(t.parts) == 1 and not t.implied for t in sentence.marked)
    if named and said.kind != "zones" and not number.definite:
        return None
    ahead, behind = sentence.around(number)
    if "+which" in behind[:3]:
        return None  # 'the two services that use it'
    before = {word.removesuffix("~s") for word in ahead[-1:]}
    of_it = WHOLE | set(topology.name.casefold().split())
    opens = not ahead and re.search(r" (?:make|form|share)", sentence.whole)
    consists = before & _CONSISTING and of_it & sentence.words
    consists = consists or before & {f"{topology.name.casefold()}'s"}
    if not (number.definite or opens or consists) and said.kind in (
        "services",
        "components",
    ):
        return None
    if said.kind in ("hosts", "zones") and (number.number == 1 or sentence.parts):
        return None
    if said.kind == "zones" and fits(len(ask.working_zones(topology)), number):
        return None
    if not fits(whole, number) and not PARTIAL & sentence.words:
        message = f"there are {whole} {said.kind}, not {shown(number)}"
        return Finding("prose-count", said.span, message)
    return None


def single(facts: Facts, sentence: Sentence, said: Claim) -> Finding | None:
    """That a service runs once, and no more; or that it can be scaled, or cannot."""
    if any(token.number > 1 for token in sentence.marked) or said.conditional:
        return None
    for id in said.subjects if len(said.subjects) == 1 else ():
        actual = ask.size(facts.topology, id)
        once = said.kind == "single"
        if said.kind == "several" and id not in facts.topology.services:
            continue
        if actual is not None and (actual == 1) == (said.denied == once):
            return _wrong(facts, said, id, f"has {plural(actual, 'server')}")
    return None


# --- how many are enough --------------------------------------------------------------


def tolerance(facts: Facts, sentence: Sentence, said: Claim) -> Finding | None:
    """How many of a part may be lost."""
    number = said.token("n")
    if number is None or said.denied or number.than not in ("=", "<="):
        return None
    most = "only" in sentence.words or number.exact or number.than == "<="
    for id in _about(sentence, said):
        spare, size = ask.spare(facts.topology, id), ask.size(facts.topology, id)
        stated = failures.carrying(facts.topology.part(id))
        if spare is None or not size or size == 1:
            continue
        if number.number > spare or (most and stated and number.number < spare):
            return _wrong(facts, said, id, f"can lose {spare} of {size}")
    return None


def quorum(facts: Facts, sentence: Sentence, said: Claim) -> Finding | None:
    """How many members are enough, or a majority."""
    number = said.token("n")
    named = said.has("majority")
    if number is None or said.denied or not (named or UP & sentence.words):
        return None
    lost = {"fail", "fails", "failed", "lost", "lose", "loses", "losing", "down", "survives"}
    if lost & sentence.words or not {"quorum", "majority", *UP} & sentence.words:
        return None
    for id in _about(sentence, said):
        part = facts.topology.part(id)
        spare, size = ask.spare(facts.topology, id), ask.size(facts.topology, id)
        voting = bool(part.cluster and part.cluster.quorum)
        if part.cluster and part.cluster.mode and not voting and "quorum" in sentence.words:
            return _wrong(facts, said, id, "has no quorum")
        if not size or spare is None or not (voting or isinstance(part, Component)):
            continue
        if "majority" in sentence.words and number.number == size:
            continue  # 'a majority of its three members'
        few = number.number < size - spare
        many = voting and named and number.number > size - spare and number.number <= size
        if few or many:
            return _wrong(facts, said, id, f"needs {size - spare} of its {size} members")
    return None


def enough(facts: Facts, sentence: Sentence, said: Claim) -> Finding | None:
    """How many copies carry the load."""
    number = said.token("n")
    if number is None or said.conditional or {"loss", "lose", "lost"} & sentence.words:
        return None
    for id in _about(sentence, said):
        part = facts.topology.part(id)
        wanted = failures.carrying(part)
        if wanted is None or number.than in ("<", "<=") or (number.number > (part.members or 0)):
            continue
        least = (
            number.than in (">=", ">")
            or {"must", "need", "needs", "needed", "required"} & sentence.words
        )
        too_few, too_many = number.number < wanted, least and number.number > wanted
        if (number.number >= wanted) if said.denied else (too_few or too_many):
            unit = "server" if isinstance(part, Service) else "member"
            return _wrong(facts, said, id, f"needs {plural(wanted, unit)} at least")
    return None


# --- what they do at the same time ----------------------------------------------------

_ACTIVE = re.compile(
    r"active[-/ ]active|\b(?:all|both)\b(?:(?!\b(?:not|the others?|if|when)\b)[^,;.])*\bactive\b|"
    r"\b(?:all|both)\b[^,;.]*\b(?:at the same time|in parallel|concurrently|simultaneously)\b|"
    r"\b\w+s (?:share|split) the (?:work|load)\b|"
    r"\b(?:every|any|each|all) (?:\w+ ){0,4}(?:can be written to|accepts? writes|(?:is|are) "
    r"writ(?:e?able))|\bmulti-?(?:primary|master|writer)\b",
    re.I,
)
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
    denies = re.search(r" (?:not|no|without) ", sentence.whole)
    if sentence.hypothetical or sentence.conditional or denies:
        return None
    text = " ".join(sentence.text.split())
    waits, active = bool(_WAITING.search(text)), bool(_ACTIVE.search(text))
    span = sentence.start, sentence.start + len(sentence.text.rstrip())
    excepted = {id for token in sentence.marked for id in token.excepted}
    for id in dict.fromkeys(named or sentence.about) if waits != active else ():
        part = facts.topology.part(id)
        does = _mode(facts, part)
        several = re.search(r"standby|stands? by|active-|\bboth\b", text)
        if several and isinstance(part, Service) and part.replicas == 1 and set(named) <= {id}:
            message = f"{part.name} has 1 server"
            return Finding("prose-count", span, message, "", part.place)
        if does is None or (len(set(named)) > 1 and part.cluster is None) or id in excepted:
            continue
        if waits and does is Mode.ACTIVE_ACTIVE:
            message = f"the {'servers' if isinstance(part, Service) else 'members'} of {part.name}"
            return Finding("prose-note", span, f"{message} are all active", "", part.place)
        if active and does is not Mode.ACTIVE_ACTIVE:
            message = f"one copy of {part.name} is active, the others stand by"
            return Finding("prose-note", span, message, "", part.place)
    return None


def _mode(facts: Facts, part: Part) -> Mode | None:
    """What a part's copies do: as its cluster says, or else the notes."""
    if part.cluster and part.cluster.mode:
        return part.cluster.mode
    own, rest = ask.notes_of(facts.topology, part.id), ask.notes_of(facts.topology, "")
    if isinstance(part, Service) and part.replicas > 1:
        if any(_WAITING.search(note) for note in own):
            return Mode.ACTIVE_PASSIVE
        if any(_ACTIVE.search(n) and not re.search(r"\bnot\b|except", n) for n in (*own, *rest)):
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
    for id in _about(sentence, said):
        copies = ask.copies(facts.topology, id)
        here = [copy for copy in copies if copy & facts.names.place(token.text)]
        wrong = bool(here) == said.denied
        if not said.denied and {*sentence.parts} <= {id} and not sentence.denies:
            wrong = any(not any(copy & place for copy in copies) for place in named)
        if each and not said.denied and not wrong:
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


def each_zone(facts: Facts, sentence: Sentence, said: Claim) -> Finding | None:
    """That a part stands in each zone, or how many of it do."""
    parts, number = _about(sentence, said), said.token("n")
    if said.has("holds") and not {"each", "every"} & sentence.words:
        return None
    if len(parts) != 1 or said.conditional or said.denied or _LOSING & sentence.words:
        return None
    everywhere = ask.zones(facts.topology, parts[0])
    standing = set(everywhere)
    each = {everywhere.count(zone) for zone in standing}
    on_hosts = re.search(r" per (?:machine|host)", said.matched)
    if on_hosts or not standing:
        return None
    if number and number.than == "=" and len(each) == 1 and number.number not in each:
        return _wrong(facts, said, parts[0], f"has {plural(min(each), 'server')} in each zone")
    if ask.working_zones(facts.topology) - standing:
        labels = [facts.topology.zones[z].label for z in sorted(standing)]
        return _wrong(facts, said, parts[0], f"stands in {' and '.join(labels)} only")
    return None


def host_zone(facts: Facts, sentence: Sentence, said: Claim) -> Finding | None:
    """In which zone a host is."""
    one, other = said.token("host"), said.token("z")
    for id in sorted(facts.names.place(one.text)) if one and other else ():
        host = facts.topology.hosts.get(id)
        place = facts.names.place(other.text) if other else frozenset()
        known = host and host.zone and place <= facts.topology.zones.keys()
        if host and host.zone and known and (host.zone in place) == said.denied:
            message = f"{host.label} is in {facts.topology.zones[host.zone].label}"
            return Finding("prose-count", said.span, message, "", host.place)
    return None
