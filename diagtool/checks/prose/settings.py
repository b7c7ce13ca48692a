"""Ports and values of options, against the topology."""

from __future__ import annotations

import re
from collections.abc import Iterator

from diagtool.checks.prose.clauses import Sentence
from diagtool.checks.prose.facts import Facts
from diagtool.checks.prose.names import singular
from diagtool.checks.prose.options import agrees, amount
from diagtool.checks.prose.patterns import Claim
from diagtool.checks.prose.text import Finding
from diagtool.checks.prose.vocabulary import LINKING, TUNED
from diagtool.checks.prose.words import Token
from diagtool.model import Option


def port(facts: Facts, sentence: Sentence, said: Claim) -> Finding | None:
    """On which port a part listens."""
    value = said.tokens["v"].text.casefold().strip("`/")
    match = re.fullmatch(r"(?:(?:tcp|udp)/|0\.0\.0\.0|\W*):?(\d{2,5})(?:/(?:tcp|udp))?", value)
    if not match or said.denied or not ({"port", "ports"} & sentence.words or int(match[1]) > 1000):
        return None
    for id in said.subjects or (sentence.about if not sentence.parts else ()):
        found = facts.ports(id)
        if found and facts.is_front(id):  # 'behind X, on port'
            for service in facts.topology.fronted_by(id):
                found |= facts.ports(service.id)
        if found and int(match[1]) not in found:
            message = f"{facts.part(id).name} does not listen on port {match[1]}"
            right = min(found)
            return Finding("prose-option", said.span, message, f"it does on {right}", found[right])
    return None


def values(facts: Facts, sentence: Sentence) -> Iterator[Finding]:
    """The values of options: of literals and numbers, the one behind an option, or before it."""
    # A catalogue has the defaults, of which a sentence may speak.
    tuned = TUNED if facts.topology.catalogues else TUNED - {"default", "defaults"}
    if sentence.hypothetical or tuned & sentence.words:
        return
    options = [token for token in sentence.marked if token.kind == "O"]
    values = [token for token in sentence.marked if token.kind in "VN"]
    starts = [0, *(option.start for option in options), len(sentence.text)]
    for at, option in enumerate(options):
        after = [t for t in values if option.end <= t.start < starts[at + 2]]
        near = after or [t for t in values if starts[at] <= t.start < option.start]
        meant = _meant(facts, sentence, option.text)
        denied = any(f" {option.form} " in c.form and c.denied for c in sentence.clauses)
        advised = any(o in s.options for s in facts.topology.services.values() for o in meant)
        unsure = sentence.conditional or {"may", "could", "can"} & sentence.words
        if len(near) != 1 or not meant or denied or (unsure and not advised):
            continue
        if near[0].definite or not _is_value(sentence, option, near[0], meant):
            continue  # 'both'
        text = str(near[0].number) if near[0].kind == "N" else near[0].text
        amounts = set(amount(text, _unit(sentence, near[0])))
        if not any(agrees(o, text) or amounts & set(amount(o.value)) for o in meant):
            yield facts.options.other_value((near[0].start, near[0].end), meant[0], near[0].text)


def _unit(sentence: Sentence, number: Token) -> str:
    after = re.match(r"\W*(\w*)", sentence.text[number.end :])
    return singular(after[1].casefold()) if after else ""


def _is_value(sentence: Sentence, option: Token, value: Token, meant: list[Option]) -> bool:
    """Whether a literal or a number is meant as the value of an option."""
    behind = sentence.whole.partition(f" {option.form} ")[2].split()
    between = behind[: behind.index(value.form)] if value.form in behind else ["?"]
    linked = all(w.removesuffix("~s") in LINKING or re.match(r"[GPQ]\d", w) for w in between)
    measured = value.kind == "N" and all(amount(o.value) for o in meant)
    counted = any(0 <= t.start - value.end < 12 for t in sentence.marked if t.parts)
    return linked or (measured and not counted)


def _meant(facts: Facts, sentence: Sentence, name: str) -> list[Option]:
    """The options of one name that a sentence means: of its sections, or its services."""
    known = facts.options.by_name[name]
    sections = {t.text.strip("[]") for t in sentence.marked if t.kind in "GV"}
    here = [option for _, option in known if option.section in sections]
    if not here and any(facts.options.is_elsewhere(section, name) for section in sections):
        return []  # another one of that name
    return here or [o for id, o in known if id in sentence.parts] or [o for _, o in known]
