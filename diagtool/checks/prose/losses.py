"""What happens when something is lost, against what the topology states of losses."""

from __future__ import annotations

import re

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
    if (loss := _loss(facts, sentence)) is None:
        return None
    failure = failures.lose(facts.topology, [loss])
    for subject in said.subjects:
        itself = subject == loss.id and loss.kind is LossKind.ALL
        state = failure.outcomes[subject].state
        if loss.kind is LossKind.ALL and state is State.WORKS:
            # What a service does for others is told by no connection.
            told = loss.id in facts.topology.components and (
                facts.on_loss(subject, loss.id) or not facts.leans(subject, loss.id)
            )
            state = state if told else State.NOT_STATED
        if state is State.NOT_STATED or itself or _agrees(said, state):
            continue
        part, because = facts.part(subject), failure.chain(subject)[:1]
        what = {State.WORKS: "continues", State.DEGRADED: "degrades", State.STOPPED: "stops"}
        message = f"{part.name} {what[state]} when {_name(facts, loss)} is lost"
        place = because[0].place if because else part.place
        return Finding("prose-connection", said.span, message, "", place)
    return None


def _agrees(said: Claim, state: State) -> bool:
    """Whether a part's state is as it is said."""
    agrees = state is State.STOPPED
    if "degraded" in said.tokens:
        agrees = state is State.DEGRADED
    elif "fine" in said.tokens:
        # What is degraded still works, though it is affected.
        agrees = state is State.WORKS or (state is State.DEGRADED and "whole" not in said.tokens)
    elif "able" in said.tokens:
        return not said.denied or state is not State.WORKS
    return agrees != said.denied


def _loss(facts: Facts, sentence: Sentence) -> Loss | None:
    """What a sentence says is lost, if it is one thing."""
    found = [match for shape in _LOST for match in shape.finditer(sentence.whole)]
    if len({match["lost"].replace("Q", "P") for match in found}) != 1:
        return None
    lost, number = found[0]["lost"], found[0]["n"]
    about = sentence.parts[:1] or sentence.about
    copies = Token("P", "", 0, 0, about, head=lost)
    token = copies if lost in COPIES else sentence.tokens[int(lost[1:])]
    if token.kind == "Z" and len(ids := facts.names.place(token.text)) == 1:
        return Loss(LossKind.ZONE if ids <= facts.topology.zones.keys() else LossKind.HOST, *ids)
    if len(token.parts) != 1:
        return None
    part = facts.part(token.parts[0])
    some = number or (token.head in COPIES and not token.plural)
    left = (part.members or 1) - (sentence.tokens[int(number[1:])].number if number else 1)
    if left <= 0 or not some:
        return Loss(LossKind.ALL, part.id)
    enough = left >= (failures.carrying(part) or 1)
    return Loss(LossKind.ONE if enough else LossKind.ALL_BUT_ONE, part.id)


def _name(facts: Facts, loss: Loss) -> str:
    places = facts.topology.hosts if loss.kind is LossKind.HOST else facts.topology.zones
    if loss.kind in (LossKind.ZONE, LossKind.HOST):
        return places[loss.id].label
    return "some of " * (loss.kind is not LossKind.ALL) + facts.part(loss.id).name
