"""Needs, connections and directions against the topology, and what it warns of."""

from __future__ import annotations

from diagtool.checks.prose.clauses import Sentence
from diagtool.checks.prose.facts import Facts
from diagtool.checks.prose.patterns import Claim
from diagtool.checks.prose.text import Finding
from diagtool.checks.prose.vocabulary import DIRECTLY, RELATIONS, SYMPTOMS
from diagtool.model import wording


def relation(facts: Facts, sentence: Sentence, said: Claim) -> Finding | None:
    """A need, a connection or a direction."""
    if said.denied and (sentence.conditional or SYMPTOMS & sentence.words):
        return None
    objects = said.objects
    if said.kind == "opens" and not objects:
        objects = tuple(id for id in sentence.parts if id not in said.subjects) or sentence.about
    pairs = [(one, other) for one in said.subjects for other in objects]
    if pair := said.tokens.get("pair"):
        pairs = [(pair.parts[0], other) for other in pair.parts[1:]]
    directly = bool(DIRECTLY & sentence.words) and not {"over", "via", "through"} & sentence.words
    for one, other in pairs:
        if " without " in sentence.whole and facts.on_loss(one, other):
            continue  # it tells of a loss, of which more is stated
        holds = facts.holds(said.kind, one, other, directly=directly)
        if one != other and holds not in (None, not said.denied):
            verb = "says" if said.denied else "does not say"
            message = f"the topology {verb} that {_related(facts, said.kind, one, other)}"
            hint, place = facts.told(one, other)
            span = _narrowed(said, one, other)
            return Finding("prose-connection", span, message, hint, place)
    return None if said.denied else _others(facts, said)


def _related(facts: Facts, kind: str, subject: str, object_: str) -> str:
    return f"{facts.part(subject).name} {RELATIONS[kind]} {facts.part(object_).name}"


def _others(facts: Facts, said: Claim) -> Finding | None:
    """'X needs only Y', 'only X needs Y', where there is another one."""
    topology = facts.topology
    pairs: list[tuple[str, str]] = []
    for subject in said.subjects if said.only else ():
        reached = {part.id for part in topology.needs(subject)}
        pairs += [(subject, id) for id in sorted(reached - {*said.objects})]
    for object_ in said.objects if said.alone else ():
        others = topology.services.keys() - {*said.subjects, object_}
        pairs += [(id, object_) for id in sorted(others) if facts.holds(said.kind, id, object_)]
    for subject, object_ in pairs[:1]:
        message = f"{_related(facts, said.kind, subject, object_)}, too"
        return Finding("prose-connection", said.span, message, "", facts.part(subject).place)
    return None


def _narrowed(said: Claim, subject: str, object_: str) -> tuple[int, int]:
    """The words about two parts: of lists, the members that name them."""
    spans = []
    for group, id in (("s", subject), ("o", object_)):
        token = said.tokens.get(group)
        if token and not token.implied:
            member = next((m for m in token.members if id in m.parts), token)
            spans.append((member.start, member.end))
    return (min(s for s, _ in spans), max(e for _, e in spans)) if spans else said.span


def optional(facts: Facts, sentence: Sentence, said: Claim) -> Finding | None:
    """That a part can be left out."""
    numbers = [token.number for token in sentence.marked if token.kind == "N"]
    if not said.denied or 1 in numbers or (sentence.conditional and not numbers):
        return None
    for id in said.subjects:
        front = facts.topology.fronted_by(id) if facts.is_front(id) else ()
        others = {service.id for service in front or facts.topology.needed_by(id)}
        stated = any(facts.on_loss(other, id) for other in others)
        if others and {*sentence.parts} <= {id, *others} and not stated:
            names = wording.join([facts.part(other).name for other in sorted(others)])
            message = f"{facts.part(id).name} has a use: it serves {names}"
            return Finding("prose-connection", said.span, message, "", facts.part(id).place)
    return None
