"""Names in prose that look like those of the topology's services, and are of none."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from diagtool.checks.prose import vocabulary
from diagtool.checks.prose.clauses import Sentence
from diagtool.checks.prose.names import Names, folded, singular
from diagtool.checks.prose.patterns import NAMED, claims, named
from diagtool.checks.prose.text import Finding, Passage
from diagtool.checks.prose.tokens import OTHER
from diagtool.checks.prose.vocabulary import RELATIONS, TEXT
from diagtool.model.did_you_mean import did_you_mean

_NO_NAME = vocabulary.FUNCTION | vocabulary.ADJECTIVES | vocabulary.GENERIC | vocabulary.DROPPED
_NO_NAME |= vocabulary.NUMBERS.keys()
_KINDS = {name for kind in vocabulary.KINDS for name in kind.split("|")}


def is_guide(passages: Sequence[Passage], names: Names) -> bool:
    """Whether a page tells of the system as a whole: it names most parts, again and again."""
    text = " ".join(passage.text for passage in passages)
    found = [alias.part for m in names.pattern.finditer(text) if (alias := names.alias(m[0]))]
    often = len(found) > 0.04 * len(text.split())
    return often and len({*found}) > 0.6 * len(tuple(names.topology.parts))


def common(passages: Sequence[Passage], names: Names) -> frozenset[str]:
    """What is no service on a page: that of which it has several, and what it calls a program."""
    text = " . ".join(passage.text for passage in passages)
    words = {*re.findall(r"\w+", text.casefold())}
    found = {w for w in vocabulary.MACHINES - {"server"} if f"{w}s" in words and not names.alias(w)}
    named = names.unknown.finditer(text)
    found |= {m[0].casefold() for m in named if TEXT["tool_said"].match(text, m.end())}
    return frozenset(found)


def unknown(
    sentence: Sentence, names: Names, common: frozenset[str], *, listed: bool
) -> Iterator[Finding]:
    """Names that begin like those of services and hosts, and are of none.

    A ``listed`` sentence is an item of a list of parts.
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
        own |= folded(name) == folded(names.topology.name)
        meant = listed and match[0] == text.strip("`. ")
        meant |= _is_service(text, match.span(), names)
        if meant and not own and not _is_none(text, match.span()):
            message, hint = f"there is no service '{match[0]}'", did_you_mean(name, known)
            yield Finding("prose-unknown", match.span(), message, hint)


def _is_service(text: str, span: tuple[int, int], names: Names) -> bool:
    """Whether a name stands where only a service's can: commands have such names, too."""
    start, end = span
    if TEXT["runs"].match(text, end):
        return True
    ends = [end] if TEXT["run"].search(text[:start]) else []
    for match in names.pattern.finditer(text):
        between = text[match.end() : start] if match.end() <= start else text[end : match.start()]
        alias = names.alias(match[0])
        if alias and alias.full and TEXT["joined"].fullmatch(between):
            ends.append(max(end, match.end()))
    return any(not TEXT["half"].match(text, at) for at in ends)


def _is_none(text: str, span: tuple[int, int]) -> bool:
    """Whether a name is said to be no service, or that of a command or the like."""
    before, name = text[: span[0]], text[slice(*span)]
    tool = TEXT["tool_name"].search(name.casefold()) or TEXT["tool_after"].match(text, span[1])
    return bool(tool or TEXT["none"].search(before) or TEXT["tool_before"].search(before))


def others(text: str, names: Names, common: frozenset[str]) -> dict[int, int]:
    """The ranges of a text that look like names of parts, and are of none."""
    found, system = {}, f"{names.topology.name} {names.prefix}".casefold()
    for match in TEXT["other"].finditer(text):
        said = match["name"]
        while any(map(_is_no_noun, said.casefold().split()[:-1])):
            said = said.partition(" ")[2]
        span = (match.end() - len(said), match.end())
        name = singular(said.casefold())
        last = re.split("[ -]", name)[-1]
        product = said.casefold() in vocabulary.PRODUCTS
        # 'The Workflow service' is the system, or another one, under its official name.
        official = last == "service" and name.split()[0] in system
        official |= said[0].isupper() and span[0] > 0 and not product
        own = any(not m.start() or re.search("[ -]", m[0]) for m in names.pattern.finditer(name))
        usual = name in _KINDS or name in names.text or last in common
        known = official or own or usual
        if (last != name or product) and not (known or _is_none(text, span)):
            found[span[0]] = span[1]
    return found


def related(sentence: Sentence) -> Iterator[Finding]:
    """What is spoken of as a part, and is none; see :func:`others`."""
    if sentence.hypothetical or TEXT["past"].search(sentence.text):
        return
    matches = [m for c in sentence.clauses for shape in NAMED for m in shape.finditer(c.form)]
    said = [("the", sentence.tokens[int(form[1:])]) for m in matches for form in named(m).values()]
    for claim in claims(sentence):
        ids = {*claim.subjects, *claim.objects}
        joined = claim.kind in RELATIONS and len(ids) > 1
        if not claim.denied and (joined or claim.kind not in RELATIONS):
            tokens = [m for t in claim.tokens.values() for m in (t, *t.members)]
            said += [("any" if joined else "the", token) for token in tokens]
    for article, token in said:
        before = sentence.text[: token.start]
        meant = TEXT["the"].search(before) or (article == "any" and not TEXT["some"].search(before))
        if token.parts == (OTHER,) and meant and not token.implied:
            yield Finding("prose-unknown", (token.start, token.end), f"there is no '{token.text}'")


def _is_no_noun(word: str) -> bool:
    """Whether a word can be no half of a name."""
    form = vocabulary.VERB_FORMS.get(word, "")
    return word.partition("-")[0] in _NO_NAME or form.endswith(("~s", "~d"))
