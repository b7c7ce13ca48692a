"""What happens when something is lost, against what the topology states of losses.

A sentence names what is lost, under a condition ("when X is down") or as a thing ("the loss of X").
What its other clauses say of a part, as far as their words tell, must be how the part is then.
A clause that is about no part ("no room opens") is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from diagtool.checks.prose.blocks import Phrase
from diagtool.checks.prose.clauses import Clause, Context, Sentence, read
from diagtool.checks.prose.facts import Facts
from diagtool.checks.prose.names import singular
from diagtool.checks.prose.patterns import EFFECTS, LOST, named
from diagtool.checks.prose.text import Finding
from diagtool.checks.prose.tokens import Token
from diagtool.checks.prose.vocabulary import COPIES, ORDINALS, PREPOSITIONS, any_of
from diagtool.model import OnLoss, failures, wording
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
_DOES = {State.WORKS: "continues", State.DEGRADED: "degrades", State.STOPPED: "stops"}


def effects(facts: Facts, sentence: Sentence) -> Iterator[Finding]:
    """What goes on, or does not, when something else is gone."""
    if sentence.hypothetical:
        return
    rests = [(clause, _without_loss(clause)) for clause in sentence.clauses]
    found = [_loss(facts, sentence, match) for clause, _ in rests for match in _losses(clause)]
    lost = tuple(dict.fromkeys(loss for loss in found if loss))
    if len(lost) != 1 or None in found:
        return
    failure = failures.lose(facts.topology, lost)
    for clause, rest in rests:
        if clause.conditional or not rest or clause.form[1:].startswith("+"):
            continue
        whole = lost[0].id if lost[0].kind is LossKind.ALL else ""
        words = re.sub(r" [PQ]\d+", "", rest)
        kind = next((k for k in _STATES if EFFECTS[k].search(words)), "")
        hit, wrong = _hit(sentence, rest, whole), list[Finding]()
        if kind and hit:
            states = _STATES[kind][clause.denied]
            wrong += _wrong(facts, sentence, (lost[0], failure), hit, states)
        token = hit or Token("P", "", 0, 0, sentence.about, implied=True)
        for id in () if wrong else token.parts:
            stated = facts.on_loss(id, whole) if whole else None
            state, said = failure.outcomes[id].state, clause._replace(form=words)
            if stated and _differs(facts, sentence, said, stated, state):
                one = replace(token, parts=(id,))
                wrong += _wrong(facts, sentence, (lost[0], failure), one, set())
        yield from wrong


def _losses(clause: Clause) -> list[re.Match[str]]:
    """What a clause says is lost."""
    when = clause.conditional or clause.form[1:].startswith("+while")
    shapes = [*LOST["thing"], *(LOST["when"] if when or " with " in clause.form else [])]
    shapes += LOST["unreached"] if when and clause.denied else []
    return [match for shape in shapes if (match := shape.search(clause.form))]


def _without_loss(clause: Clause) -> str:
    """A clause without what it says is lost; nothing is left of a condition."""
    form = clause.form
    for match in _losses(clause):
        form = form.replace(match[0], " LOSS", 1) if match[0] in form else ""
    return re.sub(r"^ \^( with)?( LOSS)?( ,)* \$ $", "", form)


def _hit(sentence: Sentence, rest: str, lost: str) -> Token | None:
    """What a clause says that a loss does something to, or does not."""
    mentions = [sentence.tokens[int(form)] for form in re.findall(r" [PQ](\d+)(?= )", rest)]
    mentions = [token for token in mentions if token.parts != (lost,)]
    return mentions[0] if mentions and (_SUBJECT.match(rest) or " LOSS" in rest) else None


def _differs(facts: Facts, sentence: Sentence, said: Clause, stated: OnLoss, state: State) -> bool:
    """Whether a clause says of something that it stops and the topology that it does not.

    Or the other way round. ``state`` is how the part is that the topology speaks of.
    """
    text = wording.plain(facts.topology, stated.text)
    told = read(Phrase(text, []), facts.names, facts.options, Context()).clauses
    sign, signs = _sign(said), {_sign(c) for c in sentence.clauses if not c.conditional}
    denied = re.search(" (no|not) ", sentence.whole)
    mixed = {-1, 1} <= signs or {-1, 1} <= {*map(_sign, told)}
    unsure = sign == 0 and (denied or -1 in signs)
    if mixed or unsure or state is (State.STOPPED if sign < 0 else State.WORKS):
        return False
    for clause in told:
        shared, other = _things(said) & _things(clause), _sign(clause)
        same = len(told) == 1 and len(shared) > 1
        if (sign * other < 0 and shared) or (sign + other == -1 and same):
            return True
    return False


def _sign(clause: Clause) -> int:
    """Whether things go on as a clause says (1) or stop (-1); 0 if it does not tell."""
    kinds = {kind for kind, shape in EFFECTS.items() if shape.search(clause.form)}
    stops = not kinds <= {"whole", "going", "kept"}
    return (1 if stops == clause.denied else -1) if kinds or clause.denied else 0


def _things(clause: Clause) -> set[str]:
    """What a clause is about and does, as base forms."""
    words = {singular(word.partition("~")[0]) for word in clause.form.split()}
    telling = {word for word in words if any(s.search(f" {word} ") for s in EFFECTS.values())}
    return {word for word in words - telling - PREPOSITIONS if len(word) > 2}


def _wrong(
    facts: Facts, sentence: Sentence, lost: tuple[Loss, Failure], token: Token, states: set[State]
) -> Iterator[Finding]:
    """That a part is not as is said when something is lost."""
    loss, failure = lost
    for id in token.parts:
        itself = id == loss.id and loss.kind is LossKind.ALL
        state, stated = failure.outcomes[id].state, facts.on_loss(id, loss.id)
        if loss.kind is LossKind.ALL and state is State.WORKS:
            # What a service does for others is told by no connection.
            outer = loss.id in facts.topology.components and not facts.leans(id, loss.id)
            state = state if stated or outer else State.NOT_STATED
        if state is State.NOT_STATED or itself or state in states:
            continue
        part, because = facts.part(id), failure.chain(id)[:1]
        message = f"{part.name} {_DOES[state]} when {_name(facts, loss)} is lost"
        place = because[0].place if because else part.place
        span = (0, len(sentence.text)) if token.implied else (token.start, token.end)
        yield Finding("prose-connection", span, message, "", place)
        return


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
