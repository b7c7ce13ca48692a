"""Needs, connections and directions against the topology."""

from __future__ import annotations

from diagtool.checks.prose.clauses import Sentence
from diagtool.checks.prose.facts import Facts
from diagtool.checks.prose.patterns import Claim
from diagtool.checks.prose.text import Finding
from diagtool.checks.prose.vocabulary import DIRECTLY, RELATIONS, SYMPTOMS
from diagtool.model import Effect


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
        losses = [c.on_loss for c in facts.between(one, other) if c.owner == one]
        effects = {loss.effect for loss in losses if loss}
        spared = " miss " in sentence.whole and effects != {Effect.STOPS}
        if said.kind == "needs" and effects and (spared or " without " in sentence.whole):
            continue  # it tells of a loss, of which more is stated
        holds = facts.holds(said.kind, one, other, directly=directly)
        if one != other and holds not in (None, not said.denied):
            verb = "says" if said.denied else "does not say"
            related = f"{facts.part(one).name} {RELATIONS[said.kind]} {facts.part(other).name}"
            message = f"the topology {verb} that {related}"
            hint, place = facts.told(one, other)
            members = [m for token in said.tokens.values() for m in token.members]
            spans = [(m.start, m.end) for m in members if {one, other} & {*m.parts}]
            return Finding("prose-connection", [*spans, said.span][0], message, hint, place)
    return None
