"""Needs, connections and directions against the topology, and what it warns of."""

from __future__ import annotations

import re
from dataclasses import replace

from diagtool.checks.prose import facts as ask
from diagtool.checks.prose.clauses import Sentence
from diagtool.checks.prose.facts import Facts, Finding
from diagtool.checks.prose.patterns import Claim
from diagtool.checks.prose.text import word_set
from diagtool.checks.prose.vocabulary import RELATIONS, SYMPTOMS

_DIRECTLY = word_set("directly straight direct poll polls ask asks")


def relation(facts: Facts, sentence: Sentence, said: Claim) -> Finding | None:
    """A need, a connection or a direction."""
    single = any(token.number == 1 for token in sentence.marked)  # 'a single X does not need Y'
    unsure = said.conditional or single or SYMPTOMS & sentence.words or said.kind == "touches"
    if said.denied and unsure:
        return None
    subject, object_, pair = said.token("s"), said.token("o"), said.token("pair")
    vague = subject and object_ and (subject.text in ("they", "them") or object_.excepted)
    if said.kind == "touches" and vague:
        return None
    pairs = [(one, other) for one in said.subjects for other in said.objects]
    if pair:
        pairs = [(pair.parts[0], other) for other in pair.parts[1:]]
    for one, other in pairs:
        if _holds(facts, sentence, said, one, other) not in (None, not said.denied):
            return _contradiction(facts, said, one, other, denied=said.denied)
    # 'Apart from X, no service needs Z except Y.'
    once = len(re.findall(r"\b(?:except|apart from|but)\b", sentence.text, re.I)) < 2
    turned = subject.excepted if subject and once else ()
    for one, other in ((one, other) for one in turned for other in said.objects):
        symmetric = said.kind in ("needs", "contacts", "joined")
        if symmetric and _holds(facts, sentence, said, one, other) not in (None, said.denied):
            return _contradiction(facts, said, one, other, denied=not said.denied)
    for other in object_.excepted if object_ and not said.denied else ():
        for one in said.subjects:
            if _holds(facts, sentence, said, one, other):
                return _contradiction(facts, said, one, other, denied=True)
    return None if said.denied else _others(facts, said)


def _holds(facts: Facts, sentence: Sentence, said: Claim, one: str, other: str) -> bool | None:
    if one == other:
        return None
    if " without " in sentence.whole and ask.on_loss(facts.topology, one, other):
        return None  # it tells of a loss, of which more is stated
    directly = bool(_DIRECTLY & sentence.words) and not {"over", "via", "through"} & sentence.words
    return ask.holds(facts.topology, said.kind, one, other, directly=directly)


def _contradiction(
    facts: Facts, said: Claim, subject: str, object_: str, *, denied: bool
) -> Finding:
    one, other = facts.topology.part(subject).name, facts.topology.part(object_).name
    verb = "says" if denied else "does not say"
    message = f"the topology {verb} that {one} {RELATIONS[said.kind]} {other}"
    hint, place = ask.told(facts.topology, subject, object_)
    return Finding("prose-connection", _narrowed(said, subject, object_), message, hint, place)


def _others(facts: Facts, said: Claim) -> Finding | None:
    """'X needs only Y', 'only X needs Y', where there is another one."""
    topology = facts.topology
    pairs: list[tuple[str, str]] = []
    if said.only and said.kind in ("needs", "contacts", "joined", "exchanges", "sends", "fronts"):
        for subject in said.subjects:
            reached = {part.id for part in topology.needs(subject)}
            if said.kind != "needs" and subject in topology.components:
                reached |= {service.id for service in topology.fronted_by(subject)}
            pairs += [(subject, id) for id in sorted(reached - {*said.objects})]
    for object_ in said.objects if said.alone else ():
        others = topology.services.keys() - {*said.subjects, object_}
        pairs += [
            (id, object_) for id in sorted(others) if ask.holds(topology, said.kind, id, object_)
        ]
    for subject, object_ in pairs[:1]:
        one, other = topology.part(subject), topology.part(object_).name
        message = f"{one.name} {RELATIONS[said.kind]} {other}, too"
        return Finding("prose-connection", said.span, message, "", one.place)
    return None


def _narrowed(said: Claim, subject: str, object_: str) -> tuple[int, int]:
    """The words about two parts: of lists, the members that name them."""
    spans = []
    for group, id in (("s", subject), ("o", object_)):
        token = said.token(group)
        if token and not token.implied:
            member = next((m for m in token.members if id in m.parts), token)
            spans.append((member.start, member.end))
    return (min(s for s, _ in spans), max(e for _, e in spans)) if spans else said.span


def coordinates(facts: Facts, sentence: Sentence, said: Claim) -> Finding | None:
    """Through which component servers agree on who does what: their lock manager."""
    topology, names = facts.topology, facts.names
    for id in (
        said.subjects if not said.denied and set(said.objects) <= topology.components.keys() else ()
    ):
        parts = [topology.components.get(c.peer) for c in topology.connections_of(id)]
        locks = [part for part in parts if part and names.is_kind(part, "lock manager")]
        if locks and not {part.id for part in locks} & set(said.objects):
            message = f"{topology.part(id).name} coordinates through {locks[0].name}"
            return Finding("prose-connection", said.span, message, "", locks[0].place)
    return None


def through(facts: Facts, sentence: Sentence, said: Claim) -> Finding | None:
    """That clients reach a service by way of a load balancer."""
    object_ = said.token("o")
    if object_ and all(facts.names.is_front(facts.topology.part(id).name) for id in said.objects):
        return relation(facts, sentence, replace(said, kind="behind"))
    return None


def unfronted(facts: Facts, sentence: Sentence, said: Claim) -> Finding | None:
    """That several servers do without what stands in front of them."""
    numbers = [t for t in sentence.marked if t.number]
    subject = said.token("s")
    if not subject or any(t.number == 1 and t.than == "=" for t in numbers):
        return None
    if said.denied != said.has("unneeded"):
        return None
    direct = bool({"directly", "straight"} & sentence.words)
    bypassed = "without" in sentence.words or (direct and said.objects)
    if not said.objects and not direct:
        return None
    if {"through", "via", "behind", "over"} & sentence.words and not bypassed:
        return None
    for id in said.subjects:
        service = facts.topology.services.get(id)
        front = ask.fronting(facts.topology, id)
        meant = service and front and (not said.objects or front.id in said.objects)
        several = any(t.than == ">" for t in numbers) or {"several", "multiple"} & sentence.words
        if not (subject.plural or numbers or bypassed or several or direct):
            continue
        if service and front and meant and service.replicas > 1:
            message = f"the {service.replicas} {service.servers} stand behind {front.name}"
            return Finding("prose-note", said.span, message, "", service.place)
    return None


def outside(facts: Facts, sentence: Sentence, said: Claim) -> Finding | None:
    """Whether a component is run by others."""
    topology = facts.topology
    ours = {"our", "us", "we", "ourselves", *topology.name.casefold().split()}
    if not ours & sentence.words or {"another", "other", "others", "outside"} & sentence.words:
        return None
    stated = any(component.outside for component in topology.components.values())
    for id in said.subjects or sentence.about:
        part = topology.components.get(id)
        if part and stated and said.denied == (not part.outside):
            who = "others run" if part.outside else "it is part of the system:"
            return Finding("prose-note", said.span, f"{who} {part.name}", "", part.place)
    return None


def critical(facts: Facts, sentence: Sentence, said: Claim) -> Finding | None:
    """Whether a part is critical."""
    stated = any(part.critical for part in facts.topology.parts)
    others = [p for p in facts.topology.parts if said.alone and p.critical]
    if not stated or said.conditional or " for " in sentence.whole:
        return None
    for part in (*map(facts.topology.part, said.subjects), *others):
        if part.critical == (said.denied if part.id in said.subjects else True):
            message = f"{part.name} is {'' if part.critical else 'not '}critical"
            return Finding("prose-note", said.span, message, "", part.place)
    return None
