"""Passages → sentences that can be read alone: cells, items and definitions in full.

A cell becomes "ROW needs CELL", an item "the worker must reach: ITEM", so that one set of
patterns reads them all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from diagtool.checks.prose.names import Names, singular
from diagtool.checks.prose.options import OptionNames
from diagtool.checks.prose.text import Passage, sentences
from diagtool.checks.prose.vocabulary import COLUMNS, FROM_COLUMNS, NO, TO_COLUMNS, YES


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


_OPEN = re.compile(
    r"(?:^|\b)(?:needs?|requires?|uses?|reach|depends? (?:up)?on|relies on|access to|contact|"
    r"(?:connect(?:ed|s)?|talks?|connections?|connectivity) (?:to|with)|"
    r"(?:read|fetch)(?:s|es)? from|"
    r"(?:writes?|sends?) to|used by|needed by|required by|"
    r"(?:dependencies|requirements|prerequisites)(?: are)?)"
    r"(?: (?:the following|all of|each of|these|at least)(?: [\w-]+)?)?\s*:?\s*$",
    re.I,
)
"""What a sentence ends with that a list goes on with."""
_NOUNS = re.compile(
    r"(?:dependencies|requirements|prerequisites|dependency)(?: are)?\s*:?\s*$", re.I
)
_ABOUT = re.compile(
    r"(?:In|Is|Belongs|Sits|Goes|Set|Must|Lives|Read|Points|Has|Defined|Found)\b", re.I
)
"""What a definition of an option begins with where it leaves the option's name out."""
_LOST = re.compile(
    r"\b(?:loss|outage|failure|downtime) of (?:the |a |an )?(?P<of>.+)|"
    r"(?P<lost>.+?) (?:(?:is|are|goes|becomes) )?"
    r"(?:down|unavailable|unreachable|lost|fails?|outage|failure|loss)\b",
    re.I,
)


def phrases(passage: Passage, text: str, names: Names, options: OptionNames) -> Iterator[Phrase]:
    """What a passage says, a sentence at a time. ``text`` is it without what it quotes."""
    literals = passage.literals
    for start, end in sentences(text):
        yield Phrase(text, literals, start, end)
    if passage.cells:
        yield from _cell(passage, text, names)
    elif passage.lead and _OPEN.search(passage.lead.strip()):
        lead = list(sentences(passage.lead))[-1]
        words = passage.lead[slice(*lead)].strip().rstrip(":").rstrip()
        yield _with(_NOUNS.sub("needs", words), text, literals)
    elif heading := next((h for h in passage.headings[-1:] if _is_open(h, names)), ""):
        about = next((h for h in reversed(passage.headings[:-1]) if names.pattern.search(h)), "")
        yield _with(f"{about} {_NOUNS.sub('needs', heading.lower())}".strip(), text, literals)
    if passage.headings and passage.headings[-1] in options.by_name:
        for start, end in sentences(text):
            if _ABOUT.match(text[start:end].strip()):
                yield _with(passage.headings[-1], text[:end], literals, start)
    lost = next((m for h in passage.headings[-1:] if (m := _LOST.match(h.strip(" ?:")))), None)
    if lost and names.pattern.search(lost["of"] or lost["lost"]):
        for start, end in sentences(text):
            yield _with(f"If {lost['of'] or lost['lost']} is down,", text[:end], literals, start)


def _is_open(heading: str, names: Names) -> bool:
    return bool(_OPEN.search(heading)) and not names.pattern.search(heading)


def _with(lead: str, text: str, literals: list[tuple[int, int]], start: int = 0) -> Phrase:
    """A phrase that begins with words which are not in the passage."""
    shift = len(lead) + 1
    moved = [(a + shift - start, b + shift - start) for a, b in literals if b > start]
    whole = f"{lead} {text[start:]}"
    return Phrase(whole, moved, 0, len(whole), shift, shift - start)


def _cell(passage: Passage, text: str, names: Names) -> Iterator[Phrase]:
    """What a cell says of its row."""
    row, head = passage.cells[0][1], passage.cells[passage.at][0].strip()
    if not text.strip():
        return
    words = re.findall(r"[a-z-]+", head.casefold())
    heads = [re.sub(r"[^a-z]", "", h.casefold()) for h, _ in passage.cells]
    froms = [n for n, h in enumerate(heads) if h in FROM_COLUMNS]
    tos = [n for n, h in enumerate(heads) if h in TO_COLUMNS]
    if froms and tos:
        source, target = passage.cells[froms[0]][1], passage.cells[tos[0]][1]
        if passage.at == tos[0]:
            yield _with(f"{source} connects to", text, passage.literals)
        elif singular(words[-1] if words else "") == "port":
            yield _with(f"{target} listens on port", text, passage.literals)
        return
    if passage.at == 0 or not words:
        return
    mark = text.strip().casefold().strip("().")
    if names.pattern.fullmatch(head) and (mark in YES or mark in NO):
        verb = "uses" if mark in YES else "does not use"
        yield _with(f"{row} {verb} {head}", " " * len(text), [])
        return
    form = COLUMNS.get(singular(words[-1])) or COLUMNS.get(singular(words[0]))
    if form:
        before, _, after = form.partition("{}")
        phrase = _with(f"{row} {before}".rstrip(), text, passage.literals)
        yield phrase._replace(
            text=phrase.text.rstrip() + after, end=len(phrase.text.rstrip() + after)
        )
    elif _OPEN.search(head):
        yield _with(f"{row} {head.lower()}", text, passage.literals)
