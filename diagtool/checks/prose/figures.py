"""Sentences → figures: how many connections, snippets, options or ways a part is said to have."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from diagtool.checks.prose import relations
from diagtool.checks.prose.counts import number
from diagtool.checks.prose.lexicon import HEADS, singular
from diagtool.checks.prose.sentence import BE, FUNCTION, NEGATIONS, Phrase, Sentence
from diagtool.checks.prose.text import word_set
from diagtool.checks.prose.verbs import VERBS
from diagtool.model import Paragraph, Service, Topology, Warning, wording

_KINDS = {
    "connection": "connections",
    "arrow": "connections",
    "component": "components",
    "snippet": "snippets",
    "option": "options",
    "setting": "options",
    "way": "ways",
    "ways": "ways",
    "alternative": "ways",
    "recipe": "ways",
}
_PARTLY = word_set(
    "more least most other another further up than fewer over first last some any extra per"
)
_EXACTLY = word_set("exactly only just single sole lone")
_DOING = word_set("live lives get gets do does go goes work works run runs manage manages")
_LINKS = word_set("to with from between into")
_GROWS = BE | word_set("to at stays remains equals grown grows fallen rises totals")


class Figure(NamedTuple):
    """A number of things, as it is said and as it is; offsets in the text."""

    kind: str
    of: str
    said: int
    actual: int
    start: int
    end: int


def figures(s: Sentence, topic: tuple[str, ...]) -> Iterator[Figure]:
    """Numbers that a sentence gives and that are others."""
    if NEGATIONS & set(s.lows(0, len(s))):
        return
    for at in range(len(s)):
        kind = _KINDS.get(singular(s.low(at)))
        if not kind:
            continue
        for here in (*range(at - 1, max(-1, at - 4), -1), *range(at + 1, min(at + 10, len(s)))):
            value = number(s.low(here))
            certain = value != 1 or here > at or {"only", "just"} & set(s.lows(here - 2, here))
            if value is None or not certain or not _belongs(s, here, at):
                continue
            for of, actual in _actual(
                s, kind, topic, counted=here > at or "number" in s.lows(0, at)
            ):
                if actual != value:
                    first, last = sorted((here, at))
                    start, end = s.tokens[first].start, s.tokens[last].end
                    yield Figure(kind, of, value, actual, start, end)
            return


def _at_most(lows: list[str]) -> set[str]:
    """The words of 'no more than', where a sentence has it: they deny nothing."""
    return {"no", "than"} if "no more than" in " ".join(lows) else set()


def related(s: Sentence) -> Iterator[Figure]:
    """'Three services need Y', 'Y is used by three services', where another number does."""
    topology = s.lexicon.topology
    lows = s.lows(0, len(s))
    if (NEGATIONS | {"other", "than"}) & set(lows) - _at_most(lows):
        return
    for at in range(1, len(s)):
        bare = "services" in lows[:at] and s.low(at - 1) != "of" and s.low(at) in VERBS
        value = number(s.low(at - 1))
        one = s.low(at) == "service" and value == 1 and _EXACTLY & set(s.lows(at - 3, at))
        if not (s.low(at) == "services" or bare or one) or value is None:
            continue
        if without := _without(s, at + 1):
            ids = [part.id for part in topology.services.values()]
            wants = topology.part(without.parts[0])
            actual = sum(wants not in topology.needs(id) for id in ids)
            if actual != value:
                start, end = s.tokens[at].start, s.tokens[without.end - 1].end
                what = f"services that do not need {wants.name}"
                yield Figure(what, "system", value, actual, start, end)
            return
        passive = s.low(at - 2) == "by" and s.low(at - 3) in VERBS
        here = at if bare else at - 3 if passive else at + 1 + (s.low(at + 1) in ("that", "which"))
        for verb in VERBS.get(s.low(here), ()):
            object_ = s.phrase(0) if passive else _object(s, here, verb.links)
            if object_ is None or verb.negative or len(object_.parts) != 1:
                continue
            of = object_.parts[0]
            actual = sum(
                relations.holds(topology, verb.says, id, of) is True for id in topology.services
            )
            most = s.lows(at - 4, at - 1) == ["no", "more", "than"] or s.lows(at - 3, at - 1) == [
                "at",
                "most",
            ]
            if actual > value if most else actual != value:
                start, end = sorted((s.tokens[at].start, s.tokens[object_.start].start))
                end = max(s.tokens[at].end, s.tokens[object_.end - 1].end)
                what = f"services of which each {verb.says.value} {topology.part(of).name}"
                yield Figure(what, "system", value, actual, start, end)
            return


_HAVING = word_set("with having")


def owned(s: Sentence) -> Iterator[Figure]:
    """'For X there is a snippet', 'services with alternatives: X and Y', where there is none."""
    lows = s.lows(0, len(s))
    if NEGATIONS & set(lows):
        return
    for at in range(1, len(s)):
        kind = _KINDS.get(singular(s.low(at)))
        if kind not in ("snippets", "ways"):
            continue
        named: Phrase | None = None
        if "services" in lows[:at] and _HAVING & set(lows[:at]):
            named = next((p for x in range(at + 1, len(s)) if (p := s.phrase(x))), None)
            if named and (s.low(named.end) or not _introduced(s, at, named.start)):
                named = None
        elif s.low(at - 1) == "a" and s.lows(at - 3, at - 1) in (["there", "is"], ["there", "are"]):
            named = s.phrase(1) if s.low(0) == "for" else None
            named = s.named(at + 2) if s.low(at + 1) == "for" else named
        elif s.low(at - 1) == "a" and s.low(at - 2) in ("has", "have", "gets", "needs"):
            opening = s.phrase(0)
            named = opening if opening and opening.end == at - 2 else None
        for id in named.parts if named else ():
            service = s.lexicon.topology.services.get(id)
            if named and service and not _held(service, kind):
                start, end = sorted((s.tokens[at].start, s.tokens[named.start].start))
                end = max(s.tokens[at].end, s.tokens[named.end - 1].end)
                yield Figure(kind, service.name, 1, 0, start, end)
                return


def _introduced(s: Sentence, at: int, start: int) -> bool:
    """Whether a list is that of the services: 'services with X: Y and Z'."""
    return any(":" in s.tokens[here].gap for here in range(at + 1, start + 1))


def _held(service: Service, kind: str) -> int:
    """How many snippets a service has, or alternatives to one of them."""
    if kind == "ways":
        return sum(snippet.alternative_to is not None for snippet in service.snippets)
    return len(service.snippets)


def _without(s: Sentence, at: int) -> Phrase | None:
    """What services do without: 'two services live without X'."""
    at += s.low(at) in ("that", "which")
    at += s.low(at) in ("can", "may")
    for here in range(at + 1, at + 4):
        if s.low(at) in _DOING and s.low(here) == "without":
            return s.named(here + 1)
    return None


_MOST = {"most": max, "fewest": min, "least": min}


def extremes(s: Sentence) -> Iterator[Figure]:
    """'The service with the most connections is X', where it is another."""
    services = s.lexicon.topology.services
    named = [id for at in range(len(s)) if (id := s.part(at)) in services]
    for at in range(1, len(s) - 1):
        pick = _MOST.get(s.low(at))
        if not pick or _KINDS.get(singular(s.low(at + 1))) != "connections" or len(named) != 1:
            continue
        counted = {id: len(s.lexicon.topology.connections_of(id)) for id in services}
        best = pick(counted.values())
        if counted[str(named[0])] != best and not NEGATIONS & set(s.lows(0, len(s))):
            token = s.tokens[at]
            name = services[str(named[0])].name
            yield Figure("connections", name, best, counted[str(named[0])], token.start, token.end)


def _object(s: Sentence, at: int, links: tuple[str, ...]) -> Phrase | None:
    """What follows a verb, behind its preposition."""
    if not links:
        return s.named(at + 1)
    return s.named(at + 2) if s.low(at + 1) in links else None


def _belongs(s: Sentence, here: int, noun: int) -> bool:
    """Whether a number at a place counts a noun: 'three X', 'number of X: three', 'X: three'."""
    if here < noun:
        plain = not any(s.part(at) or s.comma(at + 1) for at in range(here + 1, noun))
        partly = _PARTLY & set(s.lows(here - 2, noun)) or s.low(here - 1) in ("of", "one")
        linked = s.low(noun + 1) in _LINKS and s.part_after(noun + 1)
        return plain and not partly and not linked and s.low(here + 1) != "of"
    led = s.low(here - 1) in _GROWS or ":" in s.tokens[here].gap
    counted = "number" in s.lows(noun - 3, noun) or ":" in s.tokens[here].gap
    return led and counted and not any(number(s.low(at)) for at in range(noun + 1, here))


def _actual(
    s: Sentence, kind: str, topic: tuple[str, ...], *, counted: bool
) -> Iterator[tuple[str, int]]:
    """Whose figure it is, and what it is."""
    topology = s.lexicon.topology
    named = [part for at in range(len(s)) if (part := s.part(at))]
    services = [topology.services[id] for id in named if id in topology.services]
    if not services and not named:
        services = [topology.services[id] for id in topic if id in topology.services]
    lows = set(s.lows(0, len(s)))
    snippets = [
        (service, snippet) for service in topology.services.values() for snippet in service.snippets
    ]
    if kind == "components" and counted:
        yield "system", len(topology.components)
    elif kind == "connections" and services:
        yield services[0].name, len(topology.connections_of(services[0].id))
    elif kind == "ways":
        alternatives = [s_ for s_ in services if any(x.alternative_to for x in s_.snippets)]
        known = bool(lows & {"alternative", "alternatives", "recipe", "recipes"})
        if len(services) == 1 and alternatives and (known or lows & _about(topology, services[0])):
            yield services[0].name, _ways(services[0])
    elif kind == "snippets":
        if len(services) == 1:
            yield services[0].name, len(services[0].snippets)
        elif not services and counted:
            yield "system", len(snippets)
    elif kind == "options":
        for _, snippet in snippets:
            if snippet.id in lows or snippet.id.replace("-", " ") in " ".join(s.lows(0, len(s))):
                yield snippet.id, len(snippet.options)
                return
        if lows & {"snippet", "snippets"} and counted and not services:
            yield "system", sum(len(snippet.options) for _, snippet in snippets)


def _about(topology: Topology, service: Service) -> set[str]:
    """The words of a service's notes in which it differs from others: of what it has ways."""
    said = {
        other.id: {
            word
            for block in other.notes
            if isinstance(block, Paragraph | Warning)
            for word in re.findall(r"[a-z]{5,}", wording.plain(topology, block.text))
        }
        for other in topology.services.values()
    }
    others = (notes for id, notes in said.items() if id != service.id)
    return said[service.id].difference(HEADS, FUNCTION, *others)


def _ways(service: Service) -> int:
    """How many alternatives a service has of the snippet that has most."""
    replaced = [x.alternative_to for x in service.snippets if x.alternative_to]
    return 1 + max(replaced.count(id) for id in replaced)
