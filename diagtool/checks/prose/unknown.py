"""Names in prose that look like those of the topology's services, and are of none."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from diagtool.checks.prose import vocabulary
from diagtool.checks.prose.clauses import Sentence
from diagtool.checks.prose.names import Names
from diagtool.checks.prose.text import Finding, Passage
from diagtool.checks.prose.vocabulary import SLOTS, TEXT
from diagtool.model import NOWHERE
from diagtool.model.did_you_mean import did_you_mean

_NO_NAME = vocabulary.FUNCTION | vocabulary.ADJECTIVES | vocabulary.GENERIC | vocabulary.DROPPED
_NO_NAME |= vocabulary.NUMBERS.keys()


def names_others(passages: Sequence[Passage], names: Names) -> bool:
    """Whether a page is more about services and products of other systems than about this one."""
    text = " ".join(passage.text for passage in passages)
    named = (names.alias(match[0]) for match in names.pattern.finditer(text))
    known = sum(alias is not None and alias.part in names.topology.services for alias in named)
    others = sum(not names.alias(match["name"]) for match in TEXT["service"].finditer(text))
    others += sum(_is_other(word, names) for word in re.findall(r"\w+", text.casefold()))
    return others * 4 > known


def _is_other(word: str, names: Names) -> bool:
    """Whether a word is a well-known product that the topology does not name."""
    return word in vocabulary.PRODUCTS and word not in names.text


def kinds(passages: Sequence[Passage], names: Names) -> frozenset[str]:
    """What a page has several of, and none that is a part: 'schedulers'."""
    words = {word for passage in passages for word in re.findall(r"\w+", passage.text.casefold())}
    return frozenset(w for w in vocabulary.MACHINES if f"{w}s" in words and not names.alias(w))


def tools(passages: Sequence[Passage], names: Names) -> frozenset[str]:
    """Names that look like a service's, and that a page calls a program, a group or the like."""
    return frozenset(
        match[0].casefold()
        for text in (passage.text for passage in passages)
        for match in names.unknown.finditer(text)
        if TEXT["tool_said"].match(text, match.end())
    )


def unknown(
    sentence: Sentence, names: Names, common: frozenset[str], *, ours: bool
) -> Iterator[Finding]:
    """Names of services that there are not; on a page of ``ours``, whatever they look like.

    What is ``common`` on the page is no service.
    """
    text, known = sentence.text, [each.name for each in names.topology.services.values()]
    if TEXT["past"].search(text):
        return
    for match in names.numbered.finditer(text):
        if not names.place(match[0]):
            yield Finding("prose-unknown", match.span(), f"there is no host '{match[0]}'")
    for match in names.unknown.finditer(text):
        name = match[0].casefold()
        # 'X-2' is a host on which X runs, and 'X-log' no service.
        own = any(f"{name}-".startswith(f"{each.casefold()}-") for each in known)
        own |= bool(names.alias(name)) or name.rpartition("-")[2].isdigit() or name in common
        if not own and _is_service(sentence, match.span()) and not _is_none(text, match.span()):
            yield _unknown(sentence, match.span(), known)
    if ours and not sentence.hypothetical:
        # Where all names begin alike, another one is that of another system.
        slots = () if names.prefix else SLOTS
        for finding in nouns(text, names, slots, beside=bool(sentence.parts)):
            if text[slice(*finding.span)].casefold().split()[-1] not in common:
                yield finding
        yield from _products(sentence, names)


def _is_service(sentence: Sentence, span: tuple[int, int]) -> bool:
    """Whether a name stands where a service's does, or beside parts of the system."""
    text, (start, end) = sentence.text, span
    near = sentence.parts or TEXT["run"].search(text[:start])
    return bool(TEXT["runs"].match(text, end) or (near and not TEXT["half"].match(text, end)))


def _is_none(text: str, span: tuple[int, int]) -> bool:
    """Whether a name is said to be no service, or that of a command or the like."""
    before, name = text[: span[0]], text[slice(*span)]
    tool = TEXT["tool_name"].search(name.casefold()) or TEXT["tool_after"].match(text, span[1])
    return bool(tool or TEXT["none"].search(before) or TEXT["tool_before"].search(before))


def _products(sentence: Sentence, names: Names) -> Iterator[Finding]:
    """Well-known products that a part uses, where the topology has another of their kind."""
    low = sentence.text.casefold()
    words = [word for word in vocabulary.PRODUCTS if word in sentence.words]
    for word in words if len(words) == 1 and sentence.parts and not sentence.hypothetical else ():
        alias = names.alias(vocabulary.PRODUCTS[word])
        own = names.topology.part(alias.part) if alias else None
        kind = vocabulary.PRODUCTS[word]
        rivals = own is None or kind in map(vocabulary.PRODUCTS.get, names.words_of(own))
        other = TEXT["other_product"].search(low) or not _is_other(word, names)
        used = own and own.id not in sentence.parts and TEXT["used_product"].search(low)
        if rivals and not other and (used or TEXT["acting_product"].search(low)):
            at = low.find(word)
            hint, place = (f"there is {own.name}", own.place) if own else ("", NOWHERE)
            message = f"there is no component '{word}'"
            yield Finding("prose-unknown", (at, at + len(word)), message, hint, place)


def nouns(
    text: str, names: Names, shapes: Sequence[re.Pattern[str]], *, beside: bool
) -> Iterator[Finding]:
    """What is called like a part of a system where only such a part can stand.

    ``beside`` says whether parts are named near it.
    """
    for match in (match for shape in shapes for match in shape.finditer(text)):
        name = match["name"].casefold().split()
        while name[:1] and name[0] in _NO_NAME:
            name.pop(0)
        said = " ".join(name)
        own = {*names.topology.name.casefold().split()} & {*name} or names.pattern.match(said)
        sure = len(name) > 1 or text[match.end("name") :].startswith(" service")
        sure |= "-" in said and beside and said.startswith(names.prefix)
        known = own or said in names.text or names.alias(said)
        if said and sure and not known and not _is_none(text, match.span("name")):
            yield Finding("prose-unknown", match.span("name"), f"there is no '{said}'")


def item(text: str, others: Sequence[str], names: Names) -> Iterator[Finding]:
    """An item or a cell that is no part, where most of the others are parts."""
    parts = [each for each in others if names.pattern.fullmatch(_bare(each))]
    if len(parts) > 1 and 2 * len(parts) >= len(others) and TEXT["item"].fullmatch(text):
        yield from nouns(text, names, [TEXT["item"]], beside=True)


def _bare(text: str) -> str:
    return re.sub(r"^\W*(?:(?:and|or|the|an?) )*|\W+$", "", text, flags=re.I)


def _unknown(sentence: Sentence, span: tuple[int, int], known: list[str]) -> Finding:
    name = sentence.text[slice(*span)]
    hint = did_you_mean(name.casefold(), known)
    return Finding("prose-unknown", span, f"there is no service '{name}'", hint)
