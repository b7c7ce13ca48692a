"""What happens when something is lost, against what the topology states of losses."""

from __future__ import annotations

import re
from collections.abc import Iterator

from diagtool.checks.prose.clauses import Sentence
from diagtool.checks.prose.facts import Facts
from diagtool.checks.prose.patterns import Claim
from diagtool.checks.prose.text import Finding
from diagtool.checks.prose.vocabulary import COPIES
from diagtool.checks.prose.words import Token
from diagtool.model import failures
from diagtool.model.failures import Loss, LossKind, State

_DOWN = (
    r"(?: (?:be|have|no|zone|cluster|entire|completely))*"
    r"(?: not(?: be)? (?:available|reachable|reach~d|answer|run|there|up)| (?:away|down|gone|out|"
    r"lost|missing|offline|unavailable|unreachable|disappear|outage|quorum|lose~d|leave~d|"
    r"lose(?:~s)?(?= quorum)|(?:fail|stop|break|crash|go|die|burn)(?:~[ds])?))"
)
_LOST = tuple(
    re.compile(shape)
    for shape in (
        rf"(?:\+if|\+while| with)(?: [a-z~-]+)? (?P<n>N\d+ )?(?:of )?"
        rf"(?P<lost>[PQZ]\d+|{'|'.join(sorted(COPIES))}){_DOWN}(?= )",
        r" (?:loss|outage|failure|downtime|absence|lose~[gs]|lose|crash)(?: of)? "
        r"(?P<n>N\d+ )?(?:of )?(?P<lost>[PQZ]\d+)",
        r" without (?P<n>)(?P<lost>[PQ]\d+)",
    )
)
"""How something is said to be lost."""


def outage(facts: Facts, sentence: Sentence, said: Claim) -> Finding | None:
    """What goes on, or does not, when something else is gone."""
    for loss in _losses(facts, sentence):
        failure = failures.lose(facts.topology, [loss])
        for subject in said.subjects:
            if subject == loss.id and loss.kind is LossKind.ALL:
                continue
            outcome = failure.outcomes[subject]
            state = outcome.state
            if loss.kind is LossKind.ALL and state is State.WORKS:
                if loss.id in facts.topology.services:
                    continue  # what a service does for others is told by no connection
                if facts.leans(subject, loss.id):
                    stated = facts.on_loss(subject, loss.id)
                    state = State.WORKS if stated else State.NOT_STATED
            if state is State.NOT_STATED or _agrees(sentence, said, state):
                continue
            part = facts.part(subject)
            what = {State.WORKS: "continues", State.DEGRADED: "degrades", State.STOPPED: "stops"}
            message = f"{part.name} {what[state]} when {_name(facts, loss)} is lost"
            because = failure.chain(subject)[:1]
            place = because[0].place if because else part.place
            return Finding("prose-connection", said.span, message, "", place)
    return None


def _agrees(sentence: Sentence, said: Claim, state: State) -> bool:
    """Whether a part's state is as it is said."""
    if said.has("degraded"):
        return (state is State.DEGRADED) != said.denied
    if said.has("fine"):
        # What is degraded still works, though it is affected.
        works = state is State.WORKS or (state is State.DEGRADED and not said.has("whole"))
        return works != said.denied
    if said.has("able"):
        return not said.denied or state is not State.WORKS
    return (state is State.STOPPED) != said.denied


def _losses(facts: Facts, sentence: Sentence) -> Iterator[Loss]:
    """What a sentence says is lost, as far as it is one thing."""
    found = [match for shape in _LOST for match in shape.finditer(sentence.whole)]
    if len({match["lost"].replace("Q", "P") for match in found}) != 1:
        return
    lost = found[0]["lost"]
    about = sentence.parts[:1] or sentence.about
    token = Token("P", "", 0, 0, about, head=lost) if lost in COPIES else sentence.token(lost)
    number = sentence.token(found[0]["n"].strip()).number if found[0]["n"] else None
    if token.kind == "Z":
        for id in sorted(facts.names.place(token.text)):
            zone = id in facts.topology.zones
            if len(facts.names.place(token.text)) == 1:
                yield Loss(LossKind.ZONE if zone else LossKind.HOST, id)
    elif len(token.parts) == 1:
        id = token.parts[0]
        size = facts.part(id).members or 1
        if size == 1 or (number is None and (token.plural or token.head not in COPIES)):
            yield Loss(LossKind.ALL, id)
        elif size - (number or 1) >= (failures.carrying(facts.part(id)) or size - 1):
            yield Loss(LossKind.ONE, id)
        elif number and number < size:
            yield Loss(LossKind.ALL_BUT_ONE, id)


def _name(facts: Facts, loss: Loss) -> str:
    places = facts.topology.hosts if loss.kind is LossKind.HOST else facts.topology.zones
    if loss.kind in (LossKind.ZONE, LossKind.HOST):
        return places[loss.id].label
    return "some of " * (loss.kind is not LossKind.ALL) + facts.part(loss.id).name
