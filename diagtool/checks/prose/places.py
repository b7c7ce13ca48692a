"""Where the copies of a part stand: in which zones, on which hosts, how many in each."""

from __future__ import annotations

import re
from collections.abc import Iterator

from diagtool.checks.prose.clauses import Sentence, is_verb
from diagtool.checks.prose.facts import Facts
from diagtool.checks.prose.names import singular
from diagtool.checks.prose.text import Finding
from diagtool.checks.prose.vocabulary import COPIES, LOSING, ORDINALS, STANDING
from diagtool.checks.prose.words import Token

EACH = re.compile(
    r"\b(?:(?:in|at|on) (?:each|every)(?P<some> of (?:the|our) \w+)?|per) "
    r"(?:zone|site|data ?cent|region|hall|room)|"
    r"^(?:In )?(?:each|every|all|(?P<both>both))(?: \w+)? "
    r"(?:zone|site|data ?cent\w+|region|hall|room)s?\b",
    re.I,
)
"""How a sentence speaks of each zone."""
_PLACES = re.compile(r"(?P<ahead>.*?) (?P<places>Z\d+(?: (?:, |\+and |\+or |to )*Z\d+)*)(?= )")
"""Places that a clause names together, with what stands before them."""
_PER = re.compile(r"\b(?:each|every|per)(?: of)?(?: the)? $", re.I)
_EVERY = re.compile(r"\b(?:both|all|each|every)\b", re.I)


def places(facts: Facts, sentence: Sentence) -> Iterator[Finding]:
    """In which zones or on which hosts a part, some or one of its copies stand."""
    for clause in () if sentence.hypothetical else sentence.clauses:
        about: str | None = None
        machines = facts.topology.hosts
        if LOSING & {word.partition("~")[0] for word in clause.form.split()}:
            continue
        for run in _PLACES.finditer(clause.form) if not clause.conditional else ():
            tokens = [sentence.tokens[int(at)] for at in re.findall(r"Z(\d+)", run["places"])]
            ahead, behind = run["ahead"].split(), clause.form[run.end() :].split()
            subject, words = _placed(ahead, behind)
            about = subject if subject is not None else about
            named = [facts.names.place(token.text) for token in tokens]
            if len({place <= machines.keys() for place in named}) > 1:
                continue  # 'X in the north and Y in the south'
            verbs = {w.partition("~")[0] for w in words if is_verb(w) or "~" in w}
            if about is None or verbs - STANDING:
                continue
            token = sentence.tokens[int(about[1:])] if about else None
            pairs = zip(["", *words], words, strict=False)
            counting = [w for last, w in pairs if w[0] == "N" and last[:1] != "N" and last != "of"]
            numbers = [sentence.tokens[int(w[1:])] for w in counting]
            text = sentence.text[: tokens[0].start]
            if re.search(r"\bonly (?:host|machine|server|node)\b", text):
                continue  # it may be that of something else
            if (words[-1:] == [","] or ahead[-1][:1] == "N") and not verbs - {"be"}:
                continue  # a list of things, or a number of hosts
            ranged = " to " in run["places"] or _PER.search(text)
            number = numbers[-1] if numbers and not ranged else None
            every = _EVERY.search(text) and " to " not in run["places"]
            every = every or any(token.form[1:] in clause.only for token in tokens)
            span = (tokens[0].start, tokens[-1].end)
            own = sentence.parts if len(sentence.parts) == 1 else sentence.about
            for id in token.parts if token else own:
                copies = _meant(facts, id, words, token)
                if copies and _misplaced(copies, named, number, clause.denied, bool(every)):
                    there = facts.where(id, hosts=bool(named[0] & machines.keys()))
                    yield facts.wrong_count(id, span, f"stands in {there}")
                    return


def _misplaced(
    copies: list[frozenset[str]],
    named: list[frozenset[str]],
    number: Token | None,
    denied: bool,
    every: bool,
) -> bool:
    """Whether copies do not stand at places as is said."""
    there = [sum(bool(copy & place) for copy in copies) for place in named]
    together = sum(any(copy & place for place in named) for copy in copies)
    if denied:
        return any(there)
    if not all(there):
        return True
    if number and number.than == "=":
        return number.number not in (together, *there)
    return every and together < len(copies)


def _placed(ahead: list[str], behind: list[str]) -> tuple[str | None, list[str]]:
    """What stands at a place, and the words between.

    It is empty for what the text is about, None for what the clause spoke of before.
    """
    named = [at for at, word in enumerate(ahead) if re.fullmatch(r"[PQ]\d+", word)]
    if named:
        at = named[0] if ahead[named[0]][0] == "P" else named[-1]
        return ahead[at], [*ahead[:at], *ahead[at + 1 :]]
    after = next((at for at, word in enumerate(behind) if re.fullmatch(r"[PQ]\d+", word)), None)
    if (
        after is not None
        and not any(map(is_verb, ahead))
        and not re.search(r"[,:]", " ".join(ahead))
    ):
        return behind[after], behind[:after]
    first = next((word for word in ahead if word not in (*ORDINALS, "other", "^")), "")
    own = first[:1] == "N" or singular(first) in COPIES or first in ("be", "one", "there")
    return ("" if own and ahead[:1] == ["^"] else None), ahead


def _meant(facts: Facts, id: str, words: list[str], token: Token | None) -> list[frozenset[str]]:
    """Where the copies of a part stand of which words speak: all of them, or one."""
    copies = facts.copies(id)
    index = next((ORDINALS[word] for word in words if word in ORDINALS), None)
    if token and token.head == "primary":
        index = 0
    if index is None or index >= len(copies) or len(copies) < (facts.part(id).members or 0):
        return copies
    return [copies[index]]
