"""Passages → sentences that can be read alone: cells, items, definitions and answers in full.

A cell becomes "ROW needs CELL", an item "the worker must reach ITEM", so that one set of
patterns reads them all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from diagtool.checks.prose import vocabulary
from diagtool.checks.prose.names import Names
from diagtool.checks.prose.text import Passage, sentences
from diagtool.checks.prose.vocabulary import TEXT, rewritten


class Phrase(NamedTuple):
    """Words to read as a sentence; the first ``added`` characters are not in the passage.

    ``literals`` are the ranges that are literal; ``shift`` is how much further on its words stand
    than in the passage.
    """

    text: str
    literals: list[tuple[int, int]]
    shift: int = 0
    added: int = 0


def phrases(passage: Passage, text: str, names: Names) -> Iterator[Phrase]:
    """What a passage says, a sentence at a time. ``text`` is it without what it quotes."""
    block = _Block(passage, text, names)
    for start, end in sentences(text):
        yield block.said("", start, end)
    if len(passage.cells) < 2:
        yield from block.item()
        yield from block.defined()
    elif text.strip():
        yield from block.cell()


class _Block:
    """A passage with what is around it."""

    def __init__(self, passage: Passage, text: str, names: Names) -> None:
        self.passage, self.text, self.names = passage, text, names
        self.literals, self.headings = passage.literals, passage.headings
        self.about = next(filter(None, map(self._named, reversed(self.headings))), "")

    def said(self, lead: str, start: int = 0, end: int | None = None, after: str = "") -> Phrase:
        """Some of its words between others."""
        lead = f"{lead} " if lead else ""
        shift = len(lead) - start
        literals = [(first + shift, last + shift) for first, last in self.literals]
        text = f"{lead}{self.text[start:end].rstrip()} {after}".rstrip()
        return Phrase(text, literals, shift, len(lead))

    def item(self) -> Iterator[Phrase]:
        """An item with the sentence, or the heading, before its list."""
        before = self.passage.lead
        leads = [before[start:end] for start, end in sentences(before)]
        named = self.names.pattern.search(self.text, 0, 50)
        if not leads and named and named.start() < 5:
            bare = [re.sub(r"^(?:what )?(?:it|they) ", "", h, flags=re.I) for h in self.headings]
            heads = [f"{self.about} {h[:1].lower()}{h[1:]}" for h in bare]
            leads = [head for head in heads if TEXT["open"].search(_opening(head))]
        lead = _opening(leads[-1]) if leads else ""
        end = next(sentences(self.text), (0, len(self.text)))[1]
        if following := TEXT["following"].match(lead):
            item = re.split(r",| \(| [–—] |: ", self.text[:end].strip(" .;"))[0]
            yield _made(f"{item} {following['does']}")
        elif TEXT["open"].search(lead):
            yield self.said(lead, 0, end)

    def defined(self) -> Iterator[Phrase]:
        """What a definition, a field or an item 'TERM: …' says of its term."""
        *outer, term = self.headings or ("",)
        parts = map(self._named, reversed(TEXT["losing"].split(term)))
        what = next(filter(None, parts), "")
        if what and any(map(TEXT["losses"].search, (*outer, term))):
            lost = term.strip(" ?.!:") + ("" if TEXT["losses"].search(term) else " is down")
            for start, end in sentences(self.text):
                yield self.said(f"If {lost},", start, end)

    def _named(self, text: str) -> str:
        """The part or the place that a text names first."""
        found = self.names.pattern.search(text) or self.names.place_pattern.search(text)
        return found[0] if found else ""

    def fact(self, first: str, row: str, head: str) -> Iterator[Phrase]:
        """What a cell says of its row, by the head of its column and that of the ``first``."""
        mark = self.text.strip().casefold().strip("().")
        if TEXT["losses"].search(first) and (what := self._named(row)):
            yield self.said(f"If {what} is down, {self._named(head) or self.about}".rstrip())
        elif (mark in vocabulary.YES or mark in vocabulary.NO) and not TEXT["options"].search(head):
            yield from self.yes_no(row, head, "" if mark in vocabulary.YES else "never ")
        elif form := next(
            (f for h, f in vocabulary.COLUMNS if re.search(rf"\b(?:{h})\b", head, re.I)), ""
        ):
            before, _, after = form.format(row=row).partition("CELL")
            yield self.said(before.rstrip(), 0, None, after.strip())

    def yes_no(self, row: str, head: str, never: str) -> Iterator[Phrase]:
        """What yes or no says of a row, below a head that names a part or a place."""
        part = self._named(head)
        does = head[: head.find(part)].lower().removesuffix("the ").strip() if part else ""
        if TEXT["open"].search(does):
            yield _made(f"{row} {never}{does} {part}")
        elif part and len(part) > len(head) - 8:
            place = self.names.place_pattern.fullmatch(part)
            yield _made(f"{row} {never}{'runs in' if place else 'uses'} {part}")

    def cell(self) -> Iterator[Phrase]:
        """What a cell says of its row."""
        row = [(head.strip(" \n?"), cell.strip()) for head, cell in self.passage.cells]
        head = row[self.passage.at][0]
        source = [cell for head, cell in row if head.casefold() in vocabulary.FROM_COLUMNS]
        target = [cell for head, cell in row if head.casefold() in vocabulary.TO_COLUMNS]
        if source and target:
            if head.casefold() in vocabulary.TO_COLUMNS:
                yield self.said(f"{source[0]} connects to")
            elif "port" in head.casefold():
                yield self.said(f"{target[0]} listens on port")
        elif not self.passage.at and re.search("port", head, re.I):
            yield self.said(f"{self._named(row[1][1]) or self.about} listens on port")
        elif self.passage.at:
            yield from self.fact(*row[0], head)


def _opening(lead: str) -> str:
    """A sentence before a list, or a heading, as the items go on with it."""
    return rewritten("lead", lead.strip(" :.\n"))


def _made(said: str) -> Phrase:
    """A phrase of which no word stands in its place in the passage."""
    return Phrase(said, [], len(said), len(said))
