"""Passages → sentences that can be read alone: cells, items and definitions in full.

A cell becomes "ROW needs CELL", an item "the worker must reach ITEM", so that one set of
patterns reads them all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from diagtool.checks.prose.names import Names
from diagtool.checks.prose.options import OptionNames
from diagtool.checks.prose.text import Passage, sentences
from diagtool.checks.prose.vocabulary import COLUMNS, FROM_COLUMNS, NO, TO_COLUMNS, YES, YES_NO


class Phrase(NamedTuple):
    """Words to read as a sentence; the first ``added`` characters are not in the passage.

    ``literals`` are the ranges that are literal, ``start`` and ``end`` what is to be read;
    ``shift`` is how much further on it stands than in the passage.
    """

    text: str
    literals: list[tuple[int, int]]
    start: int
    end: int
    added: int = 0
    shift: int = 0


_TAIL = re.compile(
    r"(?: (?:the following|all of|each of|these|at least|any of))+(?: [\w-]+){0,3}$", re.I
)
"""What a sentence before a list ends with that says nothing."""
_OPEN = re.compile(
    r"\b(?:needs?|requires?|uses?|reach|access|contact|fronts|queries|reads?|behind|in front of|"
    r"(?:connect|talk|access|connection|depend|rel|speak|write|send|publish|push|connectivity)\S* "
    r"(?:to|with|on|upon|against)|(?:from|used by|needed by|required by|without))$",
    re.I,
)
"""What a sentence ends with that a list goes on with."""
_NOUNS = re.compile(
    r"(?: (?:has|have))? (?:dependenc(?:y|ies)|(?:prer|r)equirements)(?: are)?$", re.I
)
_FOLLOWING = re.compile(
    r"(?:the following|these)(?: [\w-]+){0,2}? (?P<does>(?:do not|must|can|may|should|needs?|uses?|"
    r"talks?|depends?|rel(?:y|ies)|stands?|sits?|are|is|connects?|reach|runs?|requires?|reads?|"
    r"writes?|access)\b.*)",
    re.I,
)
"""What a sentence begins with that each item of a list is the subject of."""
_LOST = re.compile(r"\b(?:when|if|while|without|of|losing|lose|may|down)\b", re.I)
"""What stands before the name of what is lost."""
_NUMBERED = re.compile(r"\b(?:one|two|three|four|a single|\d)\b", re.I)
LOSSES = re.compile(
    r"\b(?:fail\w*|loss(?:es)?|los[te]|losing|outages?|disasters?|down|unavailable|unreachable|"
    r"missing|dies?|gone|away|stopped|crash\w*)\b",
    re.I,
)
"""What a heading or the head of a column says above what may be lost."""
_EFFECTS = re.compile(r"\b(?:effects?|consequences?|impact|happens|results?|behaviou?r)\b", re.I)
_OPTIONS = re.compile(r"\b(?:value|setting|section|group)s?\b", re.I)
_PORT = re.compile(r"(?<![\w.:/-])(\d{2,5})(?:/(?:tcp|udp))?(?![\w.:/-]*\w)", re.I)
_OPENED = re.compile(r"\bports?\b|firewall", re.I)
_FIELD = re.compile(r"(?P<head>[A-Z][\w-]*(?: [\w-]+){0,2}): (?=\S)")


def phrases(passage: Passage, text: str, names: Names, options: OptionNames) -> Iterator[Phrase]:
    """What a passage says, a sentence at a time. ``text`` is it without what it quotes."""
    literals = passage.literals
    for start, end in sentences(text):
        yield Phrase(text, literals, start, end)
    if passage.cells:
        yield from _cell(passage, text, names, options) if text.strip() else ()
        return
    about = next((h for h in reversed(passage.headings) if names.pattern.search(h)), "")
    leads = [passage.lead[start:end] for start, end in sentences(passage.lead)][-1:]
    if not leads and (named := names.pattern.search(text)) and named.start() < 5:
        heads = (f"{about} {h[:1].lower()}{h[1:]}" for h in passage.headings if h != about)
        leads = [head for head in heads if _OPEN.search(_opening(head))][-1:]
    for lead in leads:
        yield from _item(_opening(lead), text, literals)
    yield from _defined(passage, text, names, about)


def _opening(lead: str) -> str:
    """A sentence before a list, or a heading, as the items go on with it."""
    return _NOUNS.sub(" needs", _TAIL.sub("", lead.strip(" :.\n")))


def _item(lead: str, text: str, literals: list[tuple[int, int]]) -> Iterator[Phrase]:
    """An item with the sentence, or the heading, before its list."""
    text = text[: next(sentences(text), (0, len(text)))[1]]
    if following := _FOLLOWING.match(lead):
        item = re.split(r",| \(| [–—] |: ", text.strip(" .;"))[0]
        yield _made(f"{item} {following['does']}")
    elif _OPEN.search(lead):
        yield _with(lead, text, literals)


def _defined(passage: Passage, text: str, names: Names, about: str) -> Iterator[Phrase]:
    """What a definition, a field or an item such as "Port: 80" says of its term."""
    literals, term = passage.literals, (passage.headings or ("",))[-1]
    field = _FIELD.match(text)
    head, start = (field["head"], field.end()) if field else (term, 0)
    if about not in ("", head) and any(re.fullmatch(heads, head, re.I) for heads, _ in COLUMNS):
        yield from _fact(about, head, text, literals, names, start)
    ports = _PORT.findall(f"{term} {text}")
    part = names.pattern.search(text)
    if names.pattern.search(term) and _PORT.match(text):
        yield _with(f"{term} listens on port", text, literals)
    elif part and len(ports) == 1 and _OPENED.search(f"{passage.lead} {term}"):
        yield _made(f"{part[0]} listens on port {ports[0]}")
    lost = _LOST.split(term)[-1]
    what = names.pattern.search(lost) or names.place_pattern.search(lost)
    if what and any(map(LOSSES.search, passage.headings)):
        number = _NUMBERED.search(lost)
        yield from _if_lost(f"{number[0] if number else ''} {what[0]}", text, literals)


def _if_lost(
    what: str, text: str, literals: list[tuple[int, int]], part: str = ""
) -> Iterator[Phrase]:
    """Sentences that say what happens when something is lost."""
    for start, end in sentences(text):
        yield _with(f"If {what} is down, {part}".rstrip(), text[:end], literals, start)


def _with(
    lead: str, text: str, literals: list[tuple[int, int]], start: int = 0, after: str = ""
) -> Phrase:
    """A phrase that begins with words which are not in the passage, and may end with some."""
    shift = len(lead) + 1
    moved = [(a + shift - start, b + shift - start) for a, b in literals]
    whole = f"{lead} {text[start:].rstrip()} {after}".rstrip()
    return Phrase(whole, moved, 0, len(whole), shift, shift - start)


def _made(said: str, start: int = 0) -> Phrase:
    """A phrase of which no word stands in its place in the passage."""
    return Phrase(said, [], 0, len(said), len(said), len(said) - start)


def _fact(
    row: str, head: str, text: str, literals: list[tuple[int, int]], names: Names, start: int = 0
) -> Iterator[Phrase]:
    """What a cell says of its row, by the head of its column."""
    mark, head = text[start:].strip().casefold().strip("()."), head.strip(" ?")
    place = names.place_pattern.fullmatch(head)
    if (mark in YES or mark in NO) and not _OPTIONS.search(head):
        yield from _yes_no(row, head, mark in YES, names)
    elif mark.isdigit() and place:
        yield _made(f"{mark} {row} servers are in {place[0]}")
    elif form := next((f for h, f in COLUMNS if re.search(rf"\b(?:{h})\b", head, re.I)), ""):
        before, _, after = form.format(row=row).partition("CELL")
        if before:
            yield _with(before.rstrip(), text, literals, start, after.strip())
        else:
            yield _made(f"{text[start:]}{after}")


def _yes_no(row: str, head: str, yes: bool, names: Names) -> Iterator[Phrase]:
    """What yes or no says of a row, below a head that says what is asked."""
    part = names.pattern.search(head) or names.place_pattern.search(head)
    for opens, true, false in YES_NO:
        if match := re.match(opens, head, re.I):
            yield _made(f"{row} {true if yes else false} {head[match.end() :]}")
            return
    if part and len(part[0]) > len(head) - 8:
        true, false = "uses", "does not use"
        if names.place_pattern.fullmatch(part[0]):
            true, false = "runs in", "does not run in"
        elif names.is_front(part[0]):
            true, false = "is behind", "is not behind"
        yield _made(f"{row} {true if yes else false} {part[0]}")


def _cell(passage: Passage, text: str, names: Names, options: OptionNames) -> Iterator[Phrase]:
    """What a cell says of its row."""
    at, literals = passage.at, passage.literals
    heads = [head.strip() for head, _ in passage.cells]
    cells = [cell.strip() for _, cell in passage.cells]
    head = heads[at]
    low = [re.sub(r"[^a-z]", "", h.casefold()) for h in heads]
    source = next((n for n, h in enumerate(low) if h in FROM_COLUMNS), None)
    target = next((n for n, h in enumerate(low) if h in TO_COLUMNS), None)
    if source is not None and target is not None:
        if at == target:
            yield _with(f"{cells[source]} connects to", text, literals)
        elif "port" in low[at]:
            yield _with(f"{cells[target]} listens on port", text, literals)
        return
    others = [n for n in range(len(cells)) if n != at]
    option = [n for n in others if options.pattern.fullmatch(cells[n])]
    part = [n for n in others if names.pattern.fullmatch(cells[n])]
    place = [n for n in others if names.place_pattern.fullmatch(cells[n])]
    if option and _OPTIONS.search(head):
        owner = f" of {cells[part[0]]}" if part else ""
        name = cells[option[0]]
        for phrase in _fact(name + owner, head, text, literals, names):
            yield phrase._replace(literals=[(0, len(name)), *phrase.literals])
    elif at and (
        (LOSSES.search(heads[0]) and (_EFFECTS.search(head) or len(low) == 2))
        or (LOSSES.search(heads[0]) and names.pattern.fullmatch(head))
        or (LOSSES.search(head) and not text.strip().isdigit())
    ):
        about = names.pattern.fullmatch(head)  # "stops", below the name of a part
        yield from _if_lost(cells[0], text, literals, f"{head} " if about else "")
    elif at or (part and not place and not names.place_pattern.fullmatch(text.strip())):
        row = sorted((*part, *place))[:1] or [0]  # hosts' own rows tell together what runs there
        yield from _fact(cells[row[0]], head, text, literals, names)
