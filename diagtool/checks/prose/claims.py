"""Sentences → claims: who needs whom, who talks to whom, who stands in front of whom.

This is no parser of English. It knows some shapes in which people state such facts, and
leaves every other sentence alone: better to say nothing of a sentence than to accuse it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from diagtool.checks.prose import relations
from diagtool.checks.prose.sentence import (
    ADVERBS,
    ALL,
    AUXILIARIES,
    BE,
    NEGATIONS,
    PREPOSITIONS,
    Before,
    Phrase,
    Sentence,
)
from diagtool.checks.prose.subjects import RELATIVES, Subject, Subjects
from diagtool.checks.prose.text import word_set
from diagtool.checks.prose.verbs import VERBS, Says, Verb


@dataclass(frozen=True, slots=True)
class Claim:
    """What a sentence says of some parts; ``start`` and ``end`` are offsets in the text.

    ``only`` says that the subjects have to do with nothing else, ``alone`` that no other
    service has to do with the objects, ``several`` that more than one of their servers is
    spoken of, ``lost`` that it is told by what happens
    when the objects are away. Without objects, there are none.
    """

    says: Says
    subjects: tuple[str, ...]
    objects: tuple[str, ...]
    start: int
    end: int
    negated: bool = False
    directly: bool = False
    only: bool = False
    alone: bool = False
    several: bool = False
    lost: bool = False


_REQUIRED = word_set(
    "required needed necessary essential mandatory vital indispensable critical "
    "dependency requirement prerequisite"
)
_OPTIONAL = word_set("optional unnecessary dispensable superfluous irrelevant unneeded")
_CLOSED = word_set("limits bounds unknown foreign alien inaccessible unreachable")
_NOTHING_ELSE = r"(?:and|but|but)?\s?(?:\w+ )?(?:nothing|nobody|no one) (?:else|more)"
_ENOUGH = word_set("enough sufficient")
_REACHABLE = word_set("reachable accessible")
_HAVING = word_set(
    "has have having is are keeps keep holds hold opens open makes make maintains gets get "
    "establishes establish needs need requires require takes take acquires acquire obtains obtain"
)
_LOSING = word_set("lost loses lose lack lacks")
_HAVING |= _LOSING
_GIVING = word_set("give gives grant grants allow allows")
_OPENING = word_set("opens open makes make establishes establish takes take")
"""Who does this to a connection is the one that calls."""
_CLEFT = word_set(
    "something component what all that everything one only thing things which service services part"
)
ACCESS = word_set(
    "access connection connections connectivity line session sessions dealings contact business "
    "link links path route touch"
)
_SEVERAL = word_set("several multiple many more two three")
FLOW = word_set(
    "wire wires cable cables "
    "connection connections arrow arrows link links traffic request requests message messages "
    "data call calls line lines update updates change changes query queries job jobs task tasks "
    "work notification notifications firewall port ports path route"
)
_GONE = word_set(
    "down gone lost missing unreachable away dead offline unavailable fails stops dies breaks "
    "crashes vanishes disappears"
)
_FAILS = word_set(
    "stops stop cannot can't refuses refuse hangs hang fails fail waits wait breaks break halts "
    "halt dies die crashes crash doesn't don't useless idle"
)
"""What happens to something when what it needs is away."""
_NEEDY = ACCESS | word_set("needs need dependencies dependency requires uses talks has have")
_STANDING = word_set("sits sit stands stand lies lie is are goes comes mediates")
_BROKEN = word_set(
    "fails fail failing stops stop breaks break useless hangs hang crashes crash dies die refuses "
    "refuse waits wait"
)
"""What happens to something without what it needs."""
_AIMLESS = word_set(
    "is was differs starts begins comes belongs stands runs lives means leaves spares"
)
"""Words after a subject that may be followed by any name without touching it."""


class Reader:
    """Reads the sentences of a section; ``topic`` is what 'it' means at its beginning.

    ``heading`` is what it meant there. ``option`` is the config option that was named last,
    ``asked`` the component that the last sentence has services without names use.
    """

    def __init__(self, topic: tuple[str, ...] = ()) -> None:
        self.topic = self.heading = topic
        self.option = ""
        self.asked: tuple[str, ...] = ()
        self.before = Before()

    def read(self, sentence: Sentence) -> list[Claim]:
        """What a sentence claims."""
        clauses = _Clauses(sentence)
        self.before = sentence.named_last()
        services = sentence.lexicon.topology.services
        if clauses.opening:
            self.topic = clauses.opening.parts
        elif named := [id for id in services if id in map(sentence.part, range(len(sentence)))]:
            self.topic = tuple(named) if len(named) == 1 else ()
        elif sentence.low(0) == sentence.system:
            self.topic = ()
        return clauses.claims


class _Clauses:
    def __init__(self, sentence: Sentence) -> None:
        self.claims: list[Claim] = []
        self.s = sentence
        self.who = Subjects(sentence)
        self.opening = self.who.opening
        for at in range(len(sentence)):
            self._word(at)
        self._apart()
        self._outage()
        self._members()
        self._flows()
        if not self.claims:
            self._touches()

    def _word(self, at: int) -> None:
        s, low = self.s, self.s.low(at)
        if low in ("need", "needs", "used", "get", "gets") and s.low(at + 1) == "to":
            return  # 'needs to reach': the verb is still to come
        if any(self._verb(at, verb) for verb in VERBS.get(low, ())):
            return
        if low in _REQUIRED:
            self._adjective(at, Verb(Says.NEEDS))
        elif low in _OPTIONAL:
            self._adjective(at, Verb(Says.NEEDS, negative=True))
        elif low in _ENOUGH:
            self._adjective(at, Verb(Says.NEEDS), enough=True)
        elif low in _REACHABLE:
            self._adjective(at, Verb(Says.CONTACTS))
        elif low in ACCESS:
            self._noun(at, Verb(Says.JOINS), ("to", "with"))
        elif low in ("lock", "locks"):
            self._noun(at, Verb(Says.CONTACTS), ("with", "in", "from", "at", "on"))
        elif low == "use" and "no" in s.lows(at - 1, at):
            self._noun(at, Verb(Says.JOINS), ("for", "of"))
            if s.low(at + 1) in ("to", "for"):
                self._adjective(at, Verb(Says.NEEDS))
        elif low in _CLOSED:
            self._adjective(at, Verb(Says.CONTACTS, negative=True))
        elif low == "need":
            self._noun(at, Verb(Says.NEEDS), ("for", "of"))
        elif low == "dependencies" and s.lows(at - 2, at) in (["has", "no"], ["have", "no"]):
            if subject := self.who.subject(at - 2):
                self._add(Verb(Says.NEEDS), subject, None, at + 1)
        elif low == "do" and s.lows(at - 2, at) == ["nothing", "to"] and s.low(at + 1) == "with":
            subject, object_ = self.who.subject(at - 3), s.named(at + 2)
            if subject and object_:
                self._add(Verb(Says.JOINS, negative=True), subject, object_)
        elif (
            low in _GIVING and (given := self.who.given(at + 1)) and (object_ := s.named(given.end))
        ):
            self._add(Verb(Says.NEEDS), Subject(given, []), object_)
        elif low in ("content", "satisfied", "happy") and s.low(at + 1) == "with":
            subject, object_ = self.who.subject(at), s.named(at + 2)
            if subject and object_:
                self._add(Verb(Says.NEEDS), subject, object_)
                self.claims[-1] = replace(self.claims[-1], only=not self.claims[-1].negated)
        elif low in ("leaves", "leave", "left") and (alone := s.phrase(at + 1)):
            if s.low(alone.end) == "alone" and (subject := self.who.subject(at)):
                self._add(Verb(Says.CONTACTS, negative=True), subject, alone)
        elif low in ("left", "leave") and "out" in (s.low(at + 1), s.low(at + 2)):
            self._adjective(at, Verb(Says.NEEDS, negative=True))
        elif low == "between" and s.low(at - 1) in _STANDING:
            self._between(at)
        elif low == "do" and s.lows(at - 2, at) in (["has", "to"], ["have", "to"]):
            subject, object_ = self.who.subject(at), s.named(at + 2)
            if s.low(at + 1) == "with" and subject and object_:
                self._add(Verb(Says.JOINS), subject, object_)
        elif low == "without":
            self._without(at)
        elif low in ("through", "via") or s.lows(at - 1, at + 1) in (
            ["way", "of"],
            ["means", "of"],
        ):
            self._via(at)
        elif low == "front" and s.low(at - 1) == "in" and s.low(at + 1) == "of":
            self._place(at - 2, at + 2, Verb(Says.FRONTS))
        elif low == "ahead" and s.low(at + 1) == "of":
            self._place(at - 1, at + 2, Verb(Says.FRONTS))
        elif low == "behind":
            self._place(at - 1, at + 1, Verb(Says.BEHIND))

    # --- does what to whom ------------------------------------------------------------

    def _verb(self, at: int, verb: Verb) -> bool:
        s, low = self.s, self.s.low(at)
        if low.endswith("s") and s.low(at - 1) in AUXILIARIES:
            return False  # 'has records'
        if low == "cut" and s.part(at - 1) and {"a", "an", "any"} & set(s.lows(at - 3, at)):
            return True  # 'an X cut off from Y' is one that is broken
        subject = self.who.subject(at)
        lead = self.who.lead(at)
        between = subject.between if subject else []
        if lead:
            subject = lead
        elif low.endswith("ing"):
            if not (BE & set(between) or s.comma(at)):
                return False
        elif BE & set(self._helpers(at)):
            return self._passive(at, verb, subject)
        object_ = self._object(at, verb)
        if subject is None and at == 0 and verb.links and (told := s.phrase(1)):
            subject = Subject(told, [])  # 'Connect X to Y.'
        if subject is None:
            return False
        if object_ is None and s.low(subject.phrase.start - 1) in _CLEFT:
            object_ = self._cleft(subject.phrase.start - 1)
        if object_ is None:
            end = self._nothing(at) if verb.says is Says.NEEDS else 0
            return bool(end) and self._add(verb, subject, None, end)
        return self._add(verb, subject, object_)

    def _cleft(self, last: int) -> Phrase | None:
        """'Y' of 'Y is what X uses', 'Y is the one thing that X uses'."""
        s, here = self.s, last
        which = here - 1 - (s.low(here - 1) in PREPOSITIONS)
        if s.low(here) in ("that", "which") and s.part(which):
            return s.ending(which)  # 'Y, on which X depends'
        while s.low(here) in _CLEFT or s.low(here) == "the":
            here -= 1
        return s.ending(here - 1) if s.low(here) in ("is", "are") and s.part(here - 1) else None

    def _helpers(self, at: int) -> list[str]:
        """The adverbs and auxiliaries before a verb."""
        here = at
        helpers = (ADVERBS | AUXILIARIES | NEGATIONS) - {"to"}
        while self.s.low(here - 1) in helpers and not self.s.cut(here):
            here -= 1
        return self.s.lows(here, at)

    def _passive(self, at: int, verb: Verb, subject: Subject | None) -> bool:
        """'Y is read by X', 'zones are read from Y by X', 'X is connected to Y'."""
        s = self.s
        object_ = self._object(at, verb) if verb.links else None
        agent = None
        for here in range(at + 1, min(at + 7, len(s))):
            if s.low(here) == "by" and not s.cut(here):
                agent = s.named(here + 1)
                break
        if agent is None:
            if subject is None and verb.says in (Says.SENDS, Says.READS):
                subject = self.who.possessor(at)  # 'its tasks are kept in Y'
            elif verb.says not in (Says.JOINS, Says.EXCHANGES):
                return False
            if subject is None or object_ is None:
                return False
            return self._add(verb, subject, object_)
        between = subject.between if subject else []
        if {"only", "alone"} & {*s.lows(at, agent.start + 1), *between, s.low(agent.end)}:
            between = [word for word in between if word != "only"] + ["alone"]
        if subject and not object_:
            object_ = subject.phrase
        return object_ is not None and self._add(verb, Subject(agent, between), object_)

    def _object(self, at: int, verb: Verb) -> Phrase | None:
        """Whom a verb is about."""
        s = self.s
        if verb.links:
            for here in range(at + 1, min(at + 10, len(s))):
                if s.cut(here) or s.low(here) in ("which", "who"):
                    break
                if s.low(here) not in verb.links:
                    continue
                if phrase := s.named(here + 1):
                    return phrase
                if s.low(here + 2) in ("things", "components", "services", "parts"):
                    return s.named(here + 3)  # 'depends on two things: X and Y'
            return None
        for here in range(at + 1, min(at + 7, len(s))):
            if s.cut(here) or (here > at + 1 and s.comma(here)):
                break
            if phrase := s.named(here):
                return phrase
            low = s.low(here)
            linked = low in ("to", "with") and s.low(here - 1) in ACCESS
            if (low in PREPOSITIONS and not linked) or low in ("and", "that"):
                break
            if low in VERBS and low not in ("access", "use"):
                break
        return None

    def _nothing(self, at: int) -> int:
        """The end of 'nothing' and the like after a verb, 0 where there is none."""
        for here in range(at + 1, at + 4):
            if self.s.low(here) in ("nothing", "anything"):
                return 0 if self.s.low(here + 1) in ("else", "but", "besides") else here + 1
        return 0

    def _adjective(self, at: int, verb: Verb, *, enough: bool = False) -> None:
        """'Y is required for X', 'Y is reachable from X', 'for X, Y is enough'."""
        s, here = self.s, at + 1
        while s.low(here) in ("only", "at", "all", "anymore"):
            here += 1
        noun = s.low(at - 1) in ("a", "an", "the", "off")
        object_ = self.who.subject(at - 1 if noun else at)
        subject = s.named(here + 1) if s.low(here) in ("for", "by", "to", "from", "of") else None
        if subject is None and s.low(0) in ("for", "with") and (enough or s.low(here) != "for"):
            subject = s.phrase(1)
        if subject is None and s.low(here) not in ("for", "by", "to", "from", "of", "if", "when"):
            it = self.who.meant(object_.phrase.start) if object_ else ()
            if object_ and not it and verb.negative:
                needing = s.lexicon.topology.needed_by(object_.phrase.parts[0])
                it = tuple(service.id for service in needing)
            subject = Phrase(it, at, at + 1) if it and not enough else None
        if subject and object_ and BE & set(object_.between):
            self._add(verb, Subject(subject, object_.between), object_.phrase)

    def _noun(self, at: int, verb: Verb, links: Sequence[str]) -> None:
        """'X has a connection to Y', 'X has no need for Y', 'give X access to Y'."""
        s = self.s
        object_ = s.named(at + 2) if s.low(at + 1) in links else None
        if object_ is None:
            if not self._shared(at):
                self._opened(at, links)
            return
        here = at - 1
        while s.low(here) in (
            "a",
            "an",
            "no",
            "direct",
            "any",
            "own",
            "network",
            "its",
            "their",
            "the",
            "in",
            "more",
            "ever",
        ):
            here -= 1
        words = s.lows(here, at)
        if s.part(here):
            given = s.ending(here)
            if given and (s.low(given.start - 1) in _GIVING or not s.inner(given.start)):
                self._add(verb, Subject(given, words), object_)
            return
        here -= s.low(here) in ("out", "up")
        if s.low(here) in _HAVING and (subject := self.who.subject(here)):
            if s.low(here) in _OPENING:
                verb = Verb(Says.CONTACTS)
            lost = ["no"] if s.low(here) in _LOSING else []
            self._add(verb, Subject(subject.phrase, subject.between + words + lost), object_)

    def _shared(self, at: int) -> bool:
        """'X and Y have no link'."""
        s, here = self.s, at - 1
        while s.low(here) in ("a", "an", "no", "direct", "any", "network", "common"):
            here -= 1
        subject = self.who.subject(here) if s.low(here) in (*_HAVING, "share") else None
        if subject is None or len(subject.phrase.parts) != 2 or not s.ended(at + 1):
            return False
        one, other = (Phrase((part,), *subject.phrase[1:]) for part in subject.phrase.parts)
        between = subject.between + s.lows(here, at)
        return self._add(Verb(Says.JOINS), Subject(one, between), other, at)

    def _opened(self, at: int, links: Sequence[str]) -> None:
        """'the connection that X opens to Y'."""
        s = self.s
        for here in range(at + 1, min(at + 7, len(s))):
            if s.cut(here) or s.comma(here):
                return
            if s.low(here) in links and s.low(here - 1) in _HAVING:
                subject, object_ = self.who.subject(here - 1), s.named(here + 1)
                if subject and object_:
                    self._add(Verb(Says.CONTACTS), subject, object_)
                return

    def _without(self, at: int) -> None:
        """'X works without Y', 'X does it without touching Y'."""
        s, subject, here = self.s, self.who.doer(at), at + 1
        here += s.low(here) in ADVERBS
        if s.low(here)[-3:] == "ing":
            here += 1 + (s.low(here + 1) in PREPOSITIONS)
        object_ = s.named(here)
        if object_ and s.low(here) in ("it", "them"):
            named = [(part, at_) for at_ in range(here) if (part := s.part(at_))]
            last = [part for part, _ in named if part not in s.lexicon.topology.services]
            object_ = Phrase((last[-1],), here, here + 1) if last else None
            subject = next((s.ending(n) for p, n in named[::-1] if last and p != last[-1]), subject)
        if subject and object_ and subject.end < at and not s.inner(subject.start):
            between = s.lows(subject.end, at)
            if not (_BROKEN & set(between) or any(map(s.part, range(subject.end, at)))):
                self._add(Verb(Says.NEEDS, negative=True), Subject(subject, between), object_)

    def _via(self, at: int) -> None:
        """'X does it through Y', 'they reach X via Y'."""
        s = self.s
        object_ = s.named(at + 1)
        subject = s.ending(at - 1) if s.part(at - 1) else None
        if subject is None:
            named = [here for here in range(at) if s.part(here)]
            phrase = s.ending(named[-1]) if named else None
            subject = phrase if phrase and phrase.start <= named[0] else None
        if subject and object_:
            self._add(Verb(Says.JOINS), Subject(subject, s.lows(subject.end, at)), object_)

    def _place(self, last: int, next_: int, verb: Verb) -> None:
        """'Y in front of X' and 'X behind Y', with or without a verb."""
        s, here = self.s, last
        while last - here < 5 and here >= 0 and not (s.part(here) or s.every(here)):
            if s.cut(here + 1):
                return
            here -= 1
        subject = s.ending(here) if here >= 0 else None
        object_ = s.phrase(next_)
        if subject is None and object_ and s.low(object_.end) in ("there", "is", "are", "stands"):
            for here in range(object_.end, object_.end + 4):  # 'Behind Y there is X'
                subject = subject or s.named(here)
            last = here = next_
        if subject and object_:
            self._add(verb, Subject(subject, s.lows(here + 1, last + 1)), object_)

    def _flows(self) -> None:
        """'requests go from X to Y', 'an arrow leads from X to Y', 'traffic between X and Y'."""
        s = self.s
        if not FLOW & set(s.lows(0, len(s))):
            return
        for at in range(len(s)):
            if s.low(at) == "from" and (source := s.phrase(at + 1)):
                for here in range(source.end, source.end + 4):
                    target = s.named(here + 1) if s.low(here) in ("to", "into") else None
                    if target and not self._stages(source, target):
                        self._state(Says.SENDS, source, target, at)
            elif s.low(at) == "to" and (target := s.phrase(at + 1)):
                source = s.named(target.end + 1) if s.low(target.end) == "from" else None
                if source and not self._stages(source, target):
                    self._state(Says.SENDS, source, target, at)
            elif s.low(at) == "between" and s.low(at - 1) in FLOW:
                ends = s.phrase(at + 1)
                if ends and len(ends.parts) == 2:
                    one, other = (Phrase((part,), ends.start, ends.end) for part in ends.parts)
                    self._state(Says.JOINS, one, other, at)

    def _stages(self, source: Phrase, target: Phrase) -> bool:
        """Whether what goes from one part to another passes others that are named."""
        named = {part for at in range(len(self.s)) if (part := self.s.part(at))}
        named -= set(target.parts)
        topology = self.s.lexicon.topology
        return any(
            relations.led(topology, one, two, named)
            for one in source.parts
            for two in target.parts
            if ALL not in (one, two) and not relations.between(topology, one, two)
        )

    def _state(self, says: Says, one: Phrase, other: Phrase, at: int) -> None:
        """Adds a claim that has no verb, unless a verb made one of the same words."""
        here = self.s.tokens[at].start
        if not any(claim.start <= here < claim.end for claim in self.claims):
            self._add(Verb(says), Subject(one, self.s.lows(at - 6, at)), other)

    def _touches(self) -> None:
        """'X <does something with> Y', whatever it does."""
        s, subject = self.s, self.opening
        if subject is None or s.inner(subject.start) or s.tokens[subject.end - 1].possessive:
            return
        at = subject.end
        low = s.low(at)
        others = set(s.lexicon.topology.services)
        if subject.parts[0] in s.lexicon.topology.components:
            others.clear()
        if not re.fullmatch(r"[a-z]{2,}s", low) or low in _AIMLESS | AUXILIARIES | ADVERBS:
            return
        for here in range(at + 1, min(at + 8, len(s))):
            if s.cut(here) or s.comma(here) or s.low(here) in ("and", "or", "that", "which", "for"):
                return
            if here == at + 1 or s.low(here) in ("from", "to", "into", "with", "in"):
                object_ = s.named(here + (here > at + 1 or s.low(here) in PREPOSITIONS))
                if object_ and not set(object_.parts) & {ALL, *others}:
                    self._add(Verb(Says.JOINS), Subject(subject, []), object_)
                    return

    def _between(self, at: int) -> None:
        """'Y sits between X and Z'."""
        ends = self.s.phrase(at + 1)
        subject = self.who.subject(at - 1)
        if ends and subject and len(ends.parts) == 2:
            for part in ends.parts:
                self._add(Verb(Says.JOINS), subject, Phrase((part,), ends.start, ends.end))

    def _apart(self) -> None:
        """'Apart from Y, X has no connections'."""
        s = self.s
        if s.low(0) not in ("apart", "aside", "besides", "except", "beyond"):
            return
        object_ = s.phrase(1 + (s.low(1) in ("from", "for")))
        if object_ and self.opening and self.opening.start >= object_.end:
            after = s.lows(self.opening.end, self.opening.end + 5)
            if {"no", "nothing"} & set(after) and (_NEEDY & set(after)):
                self._add(Verb(Says.NEEDS), Subject(self.opening, []), object_)
                self.claims[-1] = replace(self.claims[-1], only=True, negated=False)

    def _outage(self) -> None:
        """'If Y is down, X stops', 'Without Y, X cannot start'."""
        s = self.s
        commas = [at for at in range(1, len(s)) if s.comma(at)]
        if s.low(0) == "without" and (gone := s.phrase(1)):
            commas = [gone.end]  # 'Without Y X stops'
        if not commas or s.low(0) not in ("if", "when", "once", "whenever", "without", "as"):
            return
        lead = s.lows(0, commas[0])
        away = s.low(0) == "without" or _GONE & set(lead)
        object_ = next((p for at in range(1, commas[0]) if (p := s.phrase(at))), None)
        subject = s.phrase(commas[0])
        if not (away and object_ and subject) or (NEGATIONS | {"single"}) & set(lead):
            return
        after = s.lows(subject.end, subject.end + 3)
        if (_FAILS & set(after) or after[:2] == ["has", "nothing"]) and subject.end > object_.end:
            self._add(Verb(Says.NEEDS), Subject(subject, []), object_)
            self.claims[-1] = replace(self.claims[-1], negated=False, only=False, lost=True)

    def _members(self) -> None:
        """'The services that need Y are X and Z', 'Two services need Y: X and Z'."""
        s = self.s
        at = next((at for at in range(len(s)) if s.low(at) == "services"), -1)
        verb = at + 1 + (s.low(at + 1) in RELATIVES)
        if at < 0 or not VERBS.get(s.low(verb)):
            return
        for said in VERBS[s.low(verb)]:
            object_ = self._object(verb, said)
            if not object_ or NEGATIONS & set(s.lows(0, object_.end)):
                continue
            end = object_.end
            listed = s.low(end) in ("are", "namely") or (
                end < len(s) and s.tokens[end].gap.strip() in (":", "–", "—", "(")
            )
            members = s.phrase(end + (s.low(end) in ("are", "namely"))) if listed else None
            if members:
                self._add(said, Subject(members, []), object_)
                return

    # --- as a claim -------------------------------------------------------------------

    def _add(self, verb: Verb, subject: Subject, object_: Phrase | None, end: int = 0) -> bool:
        """Adds a claim; gives whether the words make one."""
        s, phrase, between = self.s, subject.phrase, subject.between
        objects = object_.parts if object_ else ()
        if set(phrase.parts) & set(objects):
            return False
        start = min(phrase.start, object_.start) if object_ else phrase.start
        end = max(phrase.end, object_.end if object_ else end)
        if object_ and verb.says is not Says.JOINS and self._through(object_.end):
            return True
        inside, lead = s.lows(start, end), s.lows(start - 3, start)
        said = " ".join([*lead, *inside])
        only = re.search(r"\b(only|just|nothing but|nothing else than|solely)\b", said)
        trailing = s.low(end) in ("only", "alone", "solely") or bool(
            _ENOUGH & {*inside, *s.lows(end, end + 2)}
        )
        if object_ and object_.start > phrase.start:
            trailing |= bool(re.match(_NOTHING_ELSE, " ".join(s.lows(end, end + 5))))
        all_that = inside[:1] == ["all"] and "is" in inside  # 'all that X needs is Y'
        alone = "alone" in between or "only" in lead or inside[:1] == ["only"]
        listed = s.phrase(0) if s.low(0) == "of" else None
        scoped = bool(listed and len(listed.parts) > 1)  # 'of X and Y, only the latter'
        claim = Claim(
            verb.says,
            s.services(phrase),
            objects,
            s.tokens[start].start,
            s.tokens[end - 1].end,
            negated=(bool(object_) and _negated(between, lead, inside)) != verb.negative,
            directly=bool({"directly", "straight", "direct"} & {*inside, s.low(end)}),
            only=not (alone or scoped) and (bool(only) or all_that or trailing or object_ is None),
            alone=alone and not scoped,
            several=bool(_SEVERAL & {*lead, *inside}),
        )
        self.claims.append(claim)
        if ALL in phrase.parts and (left := s.excepted(phrase)):
            others = replace(claim, subjects=left, negated=not claim.negated, only=False)
            self.claims.append(others)
        if object_ and ALL in objects and (left := s.excepted(object_)):
            others = replace(claim, objects=left, negated=not claim.negated, only=False)
            self.claims.append(others)
        return True

    def _through(self, at: int) -> bool:
        """'talks to X through Y' says less than that it talks to X."""
        through = {"through", "via", "over"}
        way = self.s.lows(at, at + 3) in (["by", "way", "of"], ["by", "means", "of"])
        return way or bool(through & {*self.s.lows(at, at + 2), self.s.low(0)})


def _negated(between: Sequence[str], lead: Sequence[str], inside: Sequence[str]) -> bool:
    """Whether words deny what they say."""
    said = " ".join([*lead, *inside])
    if "nothing but" in said or "not only" in said:
        return False
    return bool(
        NEGATIONS & set(between)
        or {"no", "none"} & {*lead, *inside[:2]}
        or {"neither", "nobody"} & {*lead, *inside}
        or re.search(r"\b(needs?|has|have|requires?|makes?|of) no\b", said)
        or "no" in between
        or re.search(r"\bnothing (in|into|from|on)\b", said)
    )
