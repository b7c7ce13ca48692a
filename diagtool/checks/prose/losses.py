"""What happens when something is lost, against what the topology states of losses.

A sentence names what is lost, under a condition ("when X is down") or as a thing ("the loss of X").
What its other clauses say of a part, as far as their words tell, must be how the part is then.
A clause about no part ("all builds fail") is about the part of its section, or about all that state
what they do without what is lost.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from diagtool.checks.prose.clauses import Clause, Sentence
from diagtool.checks.prose.facts import Facts
from diagtool.checks.prose.patterns import EFFECTS, LOST, named
from diagtool.checks.prose.text import Finding
from diagtool.checks.prose.tokens import Token
from diagtool.checks.prose.vocabulary import COPIES, ORDINALS, OTHERWISE, any_of
from diagtool.model import failures
from diagtool.model.failures import Failure, Loss, LossKind, State

_STATES = {
    "whole": ({State.WORKS}, {State.STOPPED, State.DEGRADED}),
    "touched": ({State.STOPPED, State.DEGRADED}, {State.WORKS}),
    "discarded": ({State.STOPPED, State.DEGRADED}, set(State)),
    "reduced": ({State.DEGRADED}, set(State)),
    "stopped": ({State.STOPPED}, {State.WORKS, State.DEGRADED}),
    "going": ({State.WORKS, State.DEGRADED}, {State.STOPPED}),
}
"""How a part may be of which such words are said, and of which they are denied."""
_SUBJECT = re.compile(rf" \^(?: LOSS)?(?: ,)*(?: {any_of(ORDINALS)})? [PQ]\d+(?= )")
_OTHER = re.compile(r"^ \+|^ \^ (?:, )?(?:P\d+ )?(?:see|state|check|note) | mean ")
_DOES = {State.WORKS: "continues", State.DEGRADED: "degrades", State.STOPPED: "stops"}


def effects(facts: Facts, sentence: Sentence) -> Iterator[Finding]:
    """What goes on, or does not, when something else is gone."""
    found = {_loss(facts, sentence, m) for clause in sentence.clauses for m in _losses(clause)}
    lost = found.pop() if len(found) == 1 else None
    if lost is None or OTHERWISE & sentence.words:
        return
    failure = failures.lose(facts.topology, (lost,))
    for clause in sentence.clauses:
        rest = _without_loss(clause)
        words = re.sub(r" [PQ]\d+", "", rest)
        kind = next((k for k in _STATES if EFFECTS[k].search(words)), "")
        if kind and not _OTHER.search(clause.form):
            hit, states = _hit(sentence, rest, lost), _STATES[kind][clause.denied]
            yield from _wrong(facts, sentence, failure, hit, states)


def _losses(clause: Clause) -> list[re.Match[str]]:
    """What a clause says is lost."""
    when = clause.conditional or clause.form[1:].startswith(("+while", "+prov"))
    shapes = [*LOST["thing"], *(LOST["when"] if when or " with " in clause.form else [])]
    shapes += LOST["unreached"] if when and clause.denied else []
    return [match for shape in shapes if (match := shape.search(clause.form))]


def _without_loss(clause: Clause) -> str:
    """A clause without what it says is lost; nothing is left of a condition."""
    form = clause.form
    for match in _losses(clause):
        form = form.replace(match[0], " LOSS", 1) if match[0] in form else ""
    return re.sub(r"^ \^( with)?( LOSS)?( ,)* \$ $", "", form)


def _hit(sentence: Sentence, rest: str, lost: Loss) -> Token | None:
    """What a clause says that a loss does something to, or does not."""
    mentions = [sentence.tokens[int(form)] for form in re.findall(r" [PQ](\d+)(?= )", rest)]
    return mentions[0] if mentions and (_SUBJECT.match(rest) or " LOSS" in rest) else None


def _wrong(
    facts: Facts, sentence: Sentence, failure: Failure, hit: Token | None, states: set[State]
) -> Iterator[Finding]:
    """That a part is not as is said when something is lost.

    What is said of no part may be only some of what the part around it does, or those that need
    what is lost.
    """
    (lost,) = failure.losses
    whole = lost.id if lost.kind is LossKind.ALL else ""
    stating = {c.owner for c in facts.topology.connections if c.peer == whole and c.on_loss}
    known = [id for id in sentence.about if id in stating] or sorted(stating)
    ids = [id for id in (hit.parts if hit else known) if id != whole]
    # What a service does for others is told by no connection.
    told = not whole or whole in facts.topology.components
    allowed = {*states, State.NOT_STATED, *([] if hit else [State.DEGRADED])}
    found = {id: failure.state(id) for id in ids if failure.state(id) not in allowed}
    found = {id: s for id, s in found.items() if told or s is not State.WORKS or id in stating}
    if found and (hit or len(found) == len(ids)):
        id, state = next(iter(found.items()))
        part, because = facts.part(id), failure.chain(id)[:1]
        message = f"{part.name} {_DOES[state]} when {_name(facts, lost)} is lost"
        place = because[0].place if because else part.place
        span = (hit.start, hit.end) if hit and not hit.implied else (0, len(sentence.text))
        yield Finding("prose-connection", span, message, "", place)


def _loss(facts: Facts, sentence: Sentence, match: re.Match[str]) -> Loss | None:
    """What is lost, if it is one thing."""
    groups = named(match)
    lost, number = groups["lost"], groups.get("n")
    about = sentence.parts[:1] or sentence.about
    copies = Token("P", "", 0, 0, about, head=lost)
    token = sentence.tokens[int(lost[1:])] if lost[1:].isdigit() else copies
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
