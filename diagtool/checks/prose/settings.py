"""Ports and values of options, against the topology."""

from __future__ import annotations

import re
from collections.abc import Iterator

from diagtool.checks.prose.clauses import Sentence
from diagtool.checks.prose.facts import Facts
from diagtool.checks.prose.options import agrees, amount
from diagtool.checks.prose.text import Finding
from diagtool.checks.prose.tokens import Token
from diagtool.checks.prose.vocabulary import LINKING, OTHERWISE, TEXT, TRUTH, TUNED
from diagtool.model import Option

_OWNED = re.compile(
    r"(?:on Z\d+(?: [,+a-z]* ?Z\d+)*(?: ,)? )?"
    r"(?:[a-z~-]+ )?(?:of|on|for|towards|to) ([PQ]\d+)(?= |$)"
)
_MENTION = re.compile(r"[PQ]\d+")
_REACHED = {"reach~d", "listen", "answer", "contact~d"}
_PORT = re.compile(r"(?:(?:tcp|udp)/|0\.0\.0\.0|\W*):?(\d{2,5})(?:/(?:tcp|udp))?")


def listening(facts: Facts, sentence: Sentence) -> Iterator[Finding]:
    """On which port, and over what, a part is reached."""
    unsure = sentence.conditional or TEXT["purpose"].match(sentence.text)
    for clause in () if unsure else sentence.clauses:
        words = clause.form.split()
        found = {at: _port(sentence, words, at) for at in range(len(words))}
        ports = [at for at in found if found[at] and not clause.denied]
        for before, at, after in zip([0, *ports], ports, [*ports[1:], len(words)], strict=False):
            owned = _OWNED.match(" ".join(words[at + 1 : after]))
            forms = [owned[1]] if owned else [w for w in words[before:at] if _MENTION.fullmatch(w)]
            ids = [id for form in forms for id in sentence.tokens[int(form[1:])].parts]
            token = sentence.tokens[int(words[at][1:])]
            if token.text == sentence.text:
                continue  # what a cell means is said by its head
            if not ids:
                ids = [*sentence.parts] if len(sentence.parts) == 1 else [*sentence.about]
            yield from _unreached(facts, sentence, ids, token, found[at])


def _port(sentence: Sentence, words: list[str], at: int) -> int:
    """The port that a word of a clause is, 0 if it is none."""
    if not re.fullmatch(r"[VN]\d+", words[at]):
        return 0
    text = sentence.tokens[int(words[at][1:])].text
    match = _PORT.fullmatch(text.casefold().strip("`/"))
    number, before = int(match[1]) if match else 0, words[at - 1].removesuffix("s")
    said = before == "port" or words[at - 2 : at] == ["port", "be"]
    said = said or re.search("tcp|udp", text, re.I) is not None
    reached = bool(_REACHED & {*words[:at]})
    placed = before in ("on", "open", "allow", "permit") and (number > 1000 or reached)
    placed = words[at - 2][0] != "O" and (placed or (before == "at" and reached))
    return number if said or placed else 0


def _unreached(
    facts: Facts, sentence: Sentence, ids: list[str], token: Token, number: int
) -> Iterator[Finding]:
    """That none of some parts is reached on a port, or not over what is said."""
    # 'behind X, on port'
    behind = [s.id for id in ids if facts.is_front(id) for s in facts.topology.fronted_by(id)]
    known = {id: ports for id in (*ids, *behind) if (ports := facts.ports(id))}
    id = next((id for id in ids if id in known), "")
    if id and not any(number in ports for ports in known.values()):
        message, right = f"{facts.part(id).name} does not listen on port {number}", min(known[id])
        hint, place = f"it does on {right}", known[id][right]
        yield Finding("prose-option", (token.start, token.end), message, hint, place)


def values(facts: Facts, sentence: Sentence) -> Iterator[Finding]:
    """The values of options: of literals and numbers, the one behind an option, or before it."""
    # A catalogue has the defaults, of which a sentence may speak.
    tuned = TUNED if facts.topology.catalogues else TUNED - {"default", "defaults"}
    if TEXT["purpose"].match(sentence.text) or (tuned | OTHERWISE) & sentence.words:
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
        sure = len(near) == 1 and not denied and (advised or not unsure)
        if not (sure and _is_value(sentence, option, near[0], meant)):
            continue
        text = str(near[0].number) if near[0].kind == "N" else near[0].text
        unit = re.split(r"\W+", f" {sentence.text[near[0].end :]}")[1]
        amounts = set(amount(text, unit))
        if not any(agrees(o, text) or amounts & set(amount(o.value)) for o in meant):
            yield facts.options.other_value((near[0].start, near[0].end), meant[0], near[0].text)


def _is_value(sentence: Sentence, option: Token, value: Token, meant: list[Option]) -> bool:
    """Whether a literal or a number is meant as the value of an option."""
    behind = sentence.whole.partition(f" {option.form} ")[2].split()
    between = behind[: behind.index(value.form)] if value.form in behind else ["?"]
    if "than" in between or value.text in ("both", "one") or not meant:
        return False
    linked = all(w.removesuffix("~s") in LINKING or re.match(r"[GPQ]\d", w) for w in between)
    measured = value.kind == "N" and all(amount(o.value) for o in meant)
    # 'off' is a value of a switch
    other = not value.literal and value.text.casefold() in TRUTH
    switches = {o.value.casefold() for o in meant} <= TRUTH.keys()
    return measured or (linked and (switches or not other))


def _meant(facts: Facts, sentence: Sentence, name: str) -> list[Option]:
    """The options of one name that a sentence means: of its sections, or its services."""
    known = facts.options.by_name[name]
    sections = {t.text.strip("[]") for t in sentence.marked if t.kind in "GV"}
    here = [option for _, option in known if option.section in sections]
    catalogues = facts.topology.catalogues
    other = not here and any(each.option(s, name) for each in catalogues for s in sections)
    if other or name in facts.varied:
        return []  # another one of that name, or one that the page lets choose
    return here or [o for id, o in known if id in sentence.parts] or [o for _, o in known]
