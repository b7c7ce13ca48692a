"""Statements against the topology: each relation has one judge."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from diagtool.checks.prose import answers, counting, losses, settings
from diagtool.checks.prose.findings import Facts, Finding
from diagtool.checks.prose.sentences import Sentence
from diagtool.checks.prose.statements import Statement
from diagtool.checks.prose.vocabulary import RELATIONS, SYMPTOMS
from diagtool.model import Component, Service


def judge(facts: Facts, sentence: Sentence, said: Statement) -> Finding | None:
    """What is wrong with a statement."""
    return _JUDGES[said.relation](facts, sentence, said)


def undivided(facts: Facts, sentence: Sentence, about: tuple[str, ...]) -> list[Finding]:
    """What is wrong with a sentence as a whole; ``about`` is what it is about if it names none."""
    judges = (counting.modes, counting.schedule, settings.described)
    return [found for each in judges if (found := each(facts, sentence, about))]


def _relation(facts: Facts, sentence: Sentence, said: Statement) -> Finding | None:
    """A need, a connection or a direction."""
    single = any(token.number == 1 for token in sentence.marked)  # 'a single X does not need Y'
    if said.denied and (said.conditional or single or SYMPTOMS & sentence.words):
        return None
    if said.has("topic"):
        said = replace(said, objects=sentence.about)
    pair = said.token("pair")
    sides = [(one, other) for one in said.subjects for other in said.objects]
    if pair:
        sides = [(pair.parts[0], other) for other in pair.parts[1:]]
    for one, other in sides:
        if _holds(facts, sentence, said, one, other) not in (None, not said.denied):
            return _contradiction(facts, said, one, other, denied=said.denied)
    # 'Apart from X, no service needs Z except Y.'
    once = len(re.findall(r"\b(?:except|apart from|but)\b", sentence.text, re.I)) < 2
    turned = said.excepted if once and said.relation in ("needs", "contacts", "joined") else ()
    for one, other in ((one, other) for one in turned for other in said.objects):
        if _holds(facts, sentence, said, one, other) not in (None, said.denied):
            return _contradiction(facts, said, one, other, denied=not said.denied)
    object_ = said.token("o")
    for other in object_.excepted if object_ and not said.denied else ():
        for one in said.subjects:
            if _holds(facts, sentence, said, one, other):
                return _contradiction(facts, said, one, other, denied=True)
    return None if said.denied else _others(facts, said)


def _holds(facts: Facts, sentence: Sentence, said: Statement, one: str, other: str) -> bool | None:
    if one == other:
        return None
    if " without " in sentence.whole and answers.on_loss(facts.topology, one, other):
        return None  # it tells of a loss, of which more is stated
    directly = bool({"directly", "straight", "direct"} & sentence.words)
    return answers.holds(facts.topology, said.relation, one, other, directly=directly)


def _contradiction(
    facts: Facts, said: Statement, subject: str, object_: str, *, denied: bool
) -> Finding:
    one, other = facts.topology.part(subject).name, facts.topology.part(object_).name
    verb = "says" if denied else "does not say"
    message = f"the topology {verb} that {one} {RELATIONS[said.relation]} {other}"
    hint, place = answers.told(facts.topology, subject, object_)
    return Finding("prose-connection", _narrowed(said, subject, object_), message, hint, place)


def _others(facts: Facts, said: Statement) -> Finding | None:
    """'X needs only Y', 'only X needs Y', where there is another one."""
    topology = facts.topology
    kind = Service if said.has("service") else Component if said.has("component") else object
    pairs: list[tuple[str, str]] = []
    if said.only and said.relation in (
        "needs",
        "contacts",
        "joined",
        "exchanges",
        "sends",
        "fronts",
    ):
        for subject in said.subjects:
            needed = [part.id for part in topology.needs(subject) if isinstance(part, kind)]
            pairs += [(subject, id) for id in needed if id not in said.objects]
        if said.relation in ("contacts", "sends", "fronts"):
            pairs += [
                (front, service.id)
                for front in said.subjects
                if front in topology.components
                for service in topology.fronted_by(front)
                if service.id not in said.objects
            ]
    if said.alone:
        for object_ in said.objects:
            others = topology.services.keys() - {*said.subjects, object_}
            pairs += [
                (id, object_)
                for id in sorted(others)
                if answers.holds(topology, said.relation, id, object_)
            ]
    for subject, object_ in pairs[:1]:
        one, other = topology.part(subject), topology.part(object_).name
        message = f"{one.name} {RELATIONS[said.relation]} {other}, too"
        return Finding("prose-connection", said.span, message, "", one.place)
    return None


_WITH_OTHERS = ("needs", "contacts", "joined", "exchanges", "sends", "fronts")
"""The relations of which it can be said that there is no other object."""


def _unfronted(facts: Facts, sentence: Sentence, said: Statement) -> Finding | None:
    """That several servers do without what stands in front of them."""
    numbers = [t.number for t in sentence.marked if t.number and t.than != ">"]
    subject = said.token("s")
    if said.denied or re.search(r" not .*\bwithout ", sentence.whole):
        return None
    if 1 in numbers or "single" in sentence.words or not subject:
        return None
    direct = bool({"directly", "straight"} & sentence.words)
    bypassed = said.has("bypassed") or (direct and bool(said.objects))
    if not said.objects and not direct:
        return None
    if {"through", "via", "behind", "over"} & sentence.words and not bypassed:
        return None
    for id in said.subjects:
        front = answers.fronting(facts.topology, id)
        service = facts.topology.services.get(id)
        meant = front and (not said.objects or front.id in said.objects)
        several = any(t.than == ">" for t in sentence.marked if t.number)
        if not (subject.plural or numbers or bypassed or several):
            continue
        if service and front and meant and service.replicas > 1:
            message = f"the {service.replicas} {service.servers} stand behind {front.name}"
            return Finding("prose-note", said.span, message, "", service.place)
    return None


def _through(facts: Facts, sentence: Sentence, said: Statement) -> Finding | None:
    """That clients reach a service by way of a load balancer."""
    components = facts.topology.components
    fronts = tuple(i for i in said.objects if i in components and components[i].front)
    if fronts:
        return _relation(facts, sentence, replace(said, relation="behind", objects=fronts))
    return None


def _outside(facts: Facts, sentence: Sentence, said: Statement) -> Finding | None:
    """Whether a component is run by others."""
    ours = {"our", "us", "we", "ourselves", *facts.topology.name.casefold().split()}
    if not ours & sentence.words or {"another", "other", "others"} & sentence.words:
        return None
    denied = said.denied or " not " in sentence.whole
    for id in said.subjects or sentence.about:
        part = facts.topology.components.get(id)
        outside = any(component.outside for component in facts.topology.components.values())
        if part and outside and denied == (not part.outside):
            who = "others run" if part.outside else "it is part of the system:"
            return Finding("prose-note", said.span, f"{who} {part.name}", "", part.place)
    return None


def _critical(facts: Facts, sentence: Sentence, said: Statement) -> Finding | None:
    """Whether a part is critical."""
    stated = any(part.critical for part in facts.topology.parts)
    for id in said.subjects if stated and not said.conditional else ():
        part = facts.topology.part(id)
        if part.critical == said.denied:
            message = f"{part.name} is {'' if part.critical else 'not '}critical"
            return Finding("prose-note", said.span, message, "", part.place)
    for part in facts.topology.parts if said.alone and stated else ():
        if part.critical and part.id not in said.subjects:
            message = f"{part.name} is critical, too"
            return Finding("prose-note", said.span, message, "", part.place)
    return None


def _optional(facts: Facts, sentence: Sentence, said: Statement) -> Finding | None:
    """That a component may be left out, which something needs."""
    if said.denied or said.conditional or len({i for t in sentence.marked for i in t.parts}) > 1:
        return None
    for id in said.subjects:
        needed = facts.topology.needed_by(id) if id in facts.topology.components else ()
        if needed:
            one, part = needed[0], facts.topology.part(id)
            message = f"{one.name} needs {part.name}"
            return Finding("prose-connection", said.span, message, "", one.place)
    return None


def _narrowed(said: Statement, subject: str, object_: str) -> tuple[int, int]:
    """The words about two parts: of lists, the members that name them."""
    spans = []
    for group, id in (("s", subject), ("o", object_)):
        token = said.token(group)
        if token and not token.implied:
            member = next((m for m in token.members if id in m.parts), token)
            spans.append((member.start, member.end))
    return (min(s for s, _ in spans), max(e for _, e in spans)) if spans else said.span


_JUDGES: dict[str, Callable[[Facts, Sentence, Statement], Finding | None]] = {
    **dict.fromkeys(RELATIONS, _relation),
    **dict.fromkeys(("services", "components", "totals", "zones", "hosts"), counting.total),
    "outage": losses.outage,
    "left": losses.left,
    "unfronted": _unfronted,
    "through": _through,
    "outside": _outside,
    "critical": _critical,
    "optional": _optional,
    "count": counting.count,
    "users": counting.users,
    "replicas": counting.replicas,
    "single": counting.single,
    "several": counting.several,
    "tolerance": counting.tolerance,
    "quorum": counting.quorum,
    "enough": counting.enough,
    "zone": counting.zone,
    "together": counting.together,
    "spread": counting.spread,
    "each-zone": counting.each_zone,
    "host-zone": counting.host_zone,
    "port": settings.port,
    "health": settings.health,
    "address": settings.address,
    "value": settings.value,
    "section": settings.section,
    "owner": settings.owner,
    "target": settings.target,
    "unset": settings.unset,
}
