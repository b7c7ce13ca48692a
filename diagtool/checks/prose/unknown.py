"""Names in prose that look like those of the topology's services, and are of none."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from diagtool.checks.prose import vocabulary
from diagtool.checks.prose.clauses import Sentence
from diagtool.checks.prose.names import Names
from diagtool.checks.prose.text import Finding, Passage
from diagtool.checks.prose.vocabulary import SLOTS, TEXT
from diagtool.model.did_you_mean import did_you_mean

_NO_NAME = vocabulary.FUNCTION | vocabulary.ADJECTIVES | vocabulary.GENERIC | vocabulary.DROPPED
_NO_NAME |= vocabulary.NUMBERS.keys()
_NO_WORD = vocabulary.FUNCTION | vocabulary.DROPPED


def names_others(passages: Sequence[Passage], names: Names) -> bool:
    """Whether a page is more about services and products of other systems than about this one."""
    text = " ".join(passage.text for passage in passages)
    named = (names.alias(match[0]) for match in names.pattern.finditer(text))
    known = sum(alias is not None and alias.part in names.topology.services for alias in named)
    others = sum(not names.alias(match["name"]) for match in TEXT["service"].finditer(text))
    words = re.findall(r"\w+", text.casefold())
    others += sum(word in vocabulary.PRODUCTS and word not in names.text for word in words)
    return others * 4 > known


def common(passages: Sequence[Passage], names: Names) -> frozenset[str]:
    """What is no service on a page: that of which it has several, and what it calls a program."""
    text = " . ".join(passage.text for passage in passages)
    words = {*re.findall(r"\w+", text.casefold())}
    found = {w for w in vocabulary.MACHINES if f"{w}s" in words and not names.alias(w)}
    named = names.unknown.finditer(text)
    found |= {m[0].casefold() for m in named if TEXT["tool_said"].match(text, m.end())}
    return frozenset(found)


def unknown(
    sentence: Sentence, names: Names, common: frozenset[str], *, ours: bool
) -> Iterator[Finding]:
    """Names of services that there are not; on a page of ``ours``, whatever they look like."""
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
            message, hint = f"there is no service '{match[0]}'", did_you_mean(name, known)
            yield Finding("prose-unknown", match.span(), message, hint)
    # Where all names begin alike, another one is that of another system.
    if ours and not sentence.hypothetical and not names.prefix:
        yield from _nouns(sentence, names, common)


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


def _nouns(sentence: Sentence, names: Names, common: frozenset[str]) -> Iterator[Finding]:
    """What is called like a part of a system where only such a part can stand."""
    text = sentence.text
    for match in (match for shape in SLOTS for match in shape.finditer(text)):
        name = match["name"].casefold().split()
        while name[:1] and name[0] in _NO_NAME:
            name.pop(0)
        if not _NO_WORD.isdisjoint(name):
            continue  # 'losing the bus'
        said = " ".join(name)
        own = {*names.topology.name.casefold().split()} & {*name} or names.pattern.match(said)
        sure = len(name) > 1 or text[match.end("name") :].startswith(" service")
        sure |= "-" in said and bool(sentence.parts)
        usual = said in names.text or said.rpartition(" ")[2] in common
        known = own or usual or names.alias(said)
        if said and sure and not known and not _is_none(text, match.span("name")):
            yield Finding("prose-unknown", match.span("name"), f"there is no '{said}'")
