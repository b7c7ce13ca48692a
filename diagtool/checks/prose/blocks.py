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
    r"(?:(?:has|have) )?(?:dependencies|requirements|prerequisites|dependency)(?: (?:of|for) .+)?"
    r"(?: are)?$",
    re.I,
)
_FOLLOWING = re.compile(
    r"(?:the following|these)(?: [\w-]+){0,2}? (?P<does>(?:do not|must|can|may|should|needs?|uses?|"
    r"talks?|depends?|rel(?:y|ies)|stands?|sits?|are|is|connects?|reach|runs?|requires?|reads?|"
    r"writes?|access)\b.*)",
    re.I,
)
"""What a sentence begins with that each item of a list is the subject of."""
_ABOUT = re.compile(
    r"(?:In|Is|Belongs|Goes|Set|Must|Lives|Read|Points|Has|Defined|Found|Defaults)\b|[\d`]", re.I
)
"""What a definition of an option begins with where it leaves the option's name out."""
_LOST = re.compile(r"\b(?:when|if|while|without|of|losing|lose|may|down)\b", re.I)
"""What stands before the name of what is lost."""
_HOW_MANY = re.compile(
    r"How many (?P<what>.+?) (?:(?:may|can) (?:we |i |you )?(?:fail|be lost|be down|lose)|"
    r"(?P<needed>must|are (?:needed|required|enough)))",
    re.I,
)
_NUMBERED = re.compile(r"\b(?:one|two|three|four|a single|\d)\b", re.I)
LOSSES = re.compile(
    r"\b(?:fail\w*|loss(?:es)?|los[te]|losing|outages?|disasters?|down|unavailable|unreachable|"
    r"missing|dies?|gone|away|stopped|crash\w*)\b",
    re.I,
)
"""What a heading or the head of a column says above what may be lost."""
_EFFECTS = re.compile(r"\b(?:effects?|consequences?|impact|happens|results?|behaviou?r)\b", re.I)
_PORT = re.compile(r"(?<![\w.:/-])(\d{2,5})(?:/(?:tcp|udp))?(?![\w.:/-]*\w)", re.I)
_FIELD = re.compile(r"(?P<head>[A-Z][\w-]*(?: [\w-]+){0,2}): (?=\S)")


def phrases(passage: Passage, text: str, names: Names, options: OptionNames) -> Iterator[Phrase]:
    """What a passage says, a sentence at a time. ``text`` is it without what it quotes."""
    literals = passage.literals
    for start, end in sentences(text):
        yield Phrase(text, literals, start, end)
    if passage.cells:
        yield from _Row(passage, names, options).phrases(text)
        return
    about = next((h for h in reversed(passage.headings) if names.pattern.search(h)), "")
    heads = [h for h in reversed(passage.headings) if h != about and _leads(h)]
    named = names.pattern.search(text[:40])
    if passage.lead.strip():
        *_, (start, end) = sentences(passage.lead)
        yield from _item(passage.lead[start:end], text, literals, about or "it")
    elif about and heads and named and named.start() < 5:
        yield from _item(f"{about} {heads[0][:1].lower()}{heads[0][1:]}", text, literals, about)
    yield from _defined(passage, text, names, options)


def _leads(heading: str) -> bool:
    return bool(_OPEN.search(heading.strip(" :.")) or _NOUNS.search(heading.strip(" :.")))


def _item(lead: str, text: str, literals: list[tuple[int, int]], about: str) -> Iterator[Phrase]:
    """An item with the sentence, or the heading, before its list."""
    lead = lead.strip(" :.\n")
    words = _TAIL.sub("", lead)
    text = text[: next(sentences(text), (0, len(text)))[1]]
    item = re.split(r",| \(| [–—] |: ", text.strip(" .;"))[0]
    if following := _FOLLOWING.match(lead):
        yield _made(f"{item} {following['does']}")
    elif behind := re.search(r"\bbehind (?P<what>it|[\w -]+)$", words, re.I):
        yield _made(f"{item} is behind {about if behind['what'] == 'it' else behind['what']}")
    elif _OPEN.search(words):
        yield _with(words, text, literals)
    elif _NOUNS.search(words):
        yield _with(re.sub(r"^the ", "", _NOUNS.sub("", words)) + " needs", text, literals)


def _defined(passage: Passage, text: str, names: Names, options: OptionNames) -> Iterator[Phrase]:
    """What a definition, a field or an item such as "Port: 80" says of its term."""
    *above, term = passage.headings or ("",)
    literals = passage.literals
    option = options.pattern.findall(term)
    for start, end in sentences(text) if len(option) == 1 else ():
        if match := _ABOUT.match(text[start:end].strip()):
            lead = option[0] if match[0][:1].isalpha() else f"{option[0]} is"
            yield _with(lead, text[:end], literals, start)
    about = next((h for h in reversed(above) if names.pattern.search(h)), "")
    if about and _is_head(term):
        yield from _fact(about, term, text, literals, names)
    ports = _PORT.findall(text)
    part = names.pattern.search(text)
    opened = re.search(r"\bports?\b|firewall", f"{passage.lead} {term}", re.I)
    if names.pattern.search(term) and _PORT.match(text):
        yield _with(f"{term} listens on port", text, literals)
    elif part and (_PORT.fullmatch(term) or (opened and len(ports) == 1)):
        yield _made(f"{part[0]} listens on port {(ports or _PORT.findall(term))[0]}")
    if (asked := _HOW_MANY.match(term)) and (number := _NUMBERED.match(text)):
        enough = "are enough" if asked["needed"] else "may fail"
        yield _made(f"{number[0]} {asked['what']} {enough}")
    if match := _FIELD.match(text):
        row = next((h for h in reversed(passage.headings) if names.pattern.search(h)), "")
        if row and _is_head(match["head"]):
            yield from _fact(row, match["head"], text, literals, names, match.end())
    yield from _if_lost(passage, text, names)


def _if_lost(passage: Passage, text: str, names: Names) -> Iterator[Phrase]:
    """What happens when something is lost of which a heading speaks."""
    lost = _LOST.split(passage.headings[-1])[-1] if passage.headings else ""
    what = names.pattern.search(lost) or names.place_pattern.search(lost)
    if what and any(map(LOSSES.search, passage.headings)):
        number = _NUMBERED.search(lost)
        lead = f"If {number[0] if number else ''} {what[0]} is down,"
        for start, end in sentences(text):
            yield _with(lead, text[:end], passage.literals, start)


def _is_head(words: str) -> bool:
    """Whether words are no more than what may stand above a column."""
    return any(re.fullmatch(heads, words, re.I) for heads, _ in COLUMNS)


def _with(
    lead: str, text: str, literals: list[tuple[int, int]], start: int = 0, after: str = ""
) -> Phrase:
    """A phrase that begins with words which are not in the passage, and may end with some."""
    shift = len(lead) + 1
    moved = [(a + shift - start, b + shift - start) for a, b in literals if b > start]
    rest = f"{text[start:].rstrip()} {after}" if after else text[start:]
    whole = f"{lead} {rest}"
    return Phrase(whole, moved, 0, len(whole), shift, shift - start)


def _made(said: str, start: int = 0) -> Phrase:
    """A phrase of which no word stands in its place in the passage."""
    return Phrase(said, [], 0, len(said), len(said), len(said) - start)


def _fact(
    row: str,
    head: str,
    text: str,
    literals: list[tuple[int, int]],
    names: Names,
    start: int = 0,
) -> Iterator[Phrase]:
    """What a cell says of its row, by the head of its column."""
    mark, head = text[start:].strip().casefold().strip("()."), head.strip(" ?")
    if (mark in YES or mark in NO) and not re.search(r"\b(?:value|setting)s?\b", head, re.I):
        yield from _yes_no(row, head, mark in YES, names)
        return
    if mark.isdigit() and (place := names.place_pattern.fullmatch(head)):
        yield _made(
            f"{mark} {row} servers are in {place[0]}"
            if mark != "0"
            else f"{row} does not run in {place[0]}"
        )
        return
    for heads, form in COLUMNS:
        if re.search(rf"\b(?:{heads})\b", head, re.I):
            if form.startswith("{}"):
                yield _made(f"{text[start:]} {form[2:].format(row=row)}")
            else:
                before, _, after = form.partition("{}")
                lead = before.format(row=row).rstrip()
                yield _with(lead, text, literals, start, after.strip())
            return
    if _OPEN.search(head):
        yield _with(f"{row} {head.lower()}", text, literals, start)


def _yes_no(row: str, head: str, yes: bool, names: Names) -> Iterator[Phrase]:
    """What yes or no says of a row, below a head that says what is asked."""
    part = names.pattern.search(head) or names.place_pattern.search(head)
    for opens, true, false in YES_NO:
        if match := re.match(opens, head, re.I):
            if part or opens.endswith("$"):
                yield _made(f"{row} {true if yes else false} {head[match.end() :]}")
            return
    if not part or len(part[0]) <= len(head) - 8:
        return
    other, own = names.alias(part[0]), names.alias(row)
    topology = names.topology
    if own and other and own.part in topology.components and other.part in topology.services:
        yield _made(f"{part[0]} {'uses' if yes else 'does not use'} {row}")
        return
    forms = ("uses", "does not use")
    if names.place_pattern.fullmatch(part[0]):
        forms = ("runs in", "does not run in")
    elif names.is_front(part[0]):
        forms = ("is behind", "is not behind")
    yield _made(f"{row} {forms[0] if yes else forms[1]} {part[0]}")


class _Row:
    """A cell and what is beside it."""

    def __init__(self, passage: Passage, names: Names, options: OptionNames) -> None:
        self.passage, self.names, self.options = passage, names, options
        self.heads = [head.strip() for head, _ in passage.cells]
        self.cells = [cell.strip() for _, cell in passage.cells]

    def phrases(self, text: str) -> Iterator[Phrase]:
        """What the cell says of its row."""
        at, names, literals = self.passage.at, self.names, self.passage.literals
        head = self.heads[at]
        if not text.strip() or not head:
            return
        low = [re.sub(r"[^a-z]", "", h.casefold()) for h in self.heads]
        source = next((n for n, h in enumerate(low) if h in FROM_COLUMNS), None)
        target = next((n for n, h in enumerate(low) if h in TO_COLUMNS), None)
        if source is not None and target is not None:
            if at == target:
                yield _with(f"{self.cells[source]} connects to", text, literals)
            elif "port" in low[at]:
                yield _with(f"{self.cells[target]} listens on port", text, literals)
            return
        others = [n for n in range(len(self.cells)) if n != at]
        option = [n for n in others if self.options.pattern.fullmatch(self.cells[n])]
        part = [n for n in others if names.pattern.fullmatch(self.cells[n])]
        place = [n for n in others if names.place_pattern.fullmatch(self.cells[n])]
        if option and re.search(r"\b(?:value|setting|section|group)s?\b", head, re.I):
            owner = f" of {self.cells[part[0]]}" if part and part[0] < at else ""
            name = self.cells[option[0]]
            for phrase in _fact(name + owner, head, text, literals, names):
                yield phrase._replace(literals=[(0, len(name)), *phrase.literals])
        elif at and LOSSES.search(self.heads[0]) and (_EFFECTS.search(head) or len(low) == 2):
            for start, end in sentences(text):
                yield _with(f"If {self.cells[0]} is down,", text[:end], literals, start)
        elif at and LOSSES.search(head) and not text.strip().isdigit():
            yield _with(f"If {self.cells[0]} is down,", text, literals)
        elif not at and part and (place or names.place_pattern.fullmatch(text.strip())):
            return  # where a part stands is said by its rows together
        elif at or part:
            row = [n for n in (0, *part, *place) if n != at][:1] if at else part
            row = row if not at or row[0] in (*part, *place) else [*part, *place, *row]
            yield from _fact(self.cells[row[0]], head, text, literals, names)
