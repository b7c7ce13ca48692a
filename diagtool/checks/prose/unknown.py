"""Names in prose that look like those of the topology's services, and are of none."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from diagtool.checks.prose import vocabulary
from diagtool.checks.prose.clauses import Sentence
from diagtool.checks.prose.names import Names, folded, singular
from diagtool.checks.prose.patterns import NAMED, claims, named
from diagtool.checks.prose.text import Finding
from diagtool.checks.prose.tokens import OTHER
from diagtool.checks.prose.vocabulary import PRODUCTS, RELATIONS, TEXT
from diagtool.model.did_you_mean import did_you_mean

_NO_NAME = vocabulary.FUNCTION | vocabulary.ADJECTIVES | vocabulary.GENERIC
_NO_NAME |= vocabulary.NUMBERS.keys()
_DAEMONS = ("service", "daemon")
_KINDS = {name for kind in vocabulary.KINDS for name in kind.split("|")}


def share(text: str, names: Names) -> float:
    """Which share of the parts a page names, 0 if it does not do so again and again."""
    found = [alias.part for alias in names.mentioned(text)]
    often = len(found) > 0.02 * len(text.split())
    return often * len({*found}) / len(tuple(names.topology.parts))


def common(text: str, names: Names) -> frozenset[str]:
    """What is no service on a page: that of which it has several, and what it calls a program."""
    words = {*re.findall(r"\w+", text.casefold())}
    plurals = {singular(word) for word in words if singular(word) != word} - {"server"}
    found = {word for word in plurals & vocabulary.MACHINES if not names.alias(word)}
    # Where it names several products of a kind, a page tells what one can choose.
    offered = Counter(PRODUCTS[w] for w in words if w in PRODUCTS and not names.alias(w))
    found |= {w for w in words if offered[PRODUCTS.get(w, "")] > 1}
    strange = [match for match in names.unknown.finditer(text) if not _is_own(match[0], names)]
    found |= {m[0].casefold() for m in strange if TEXT["tool_said"].match(text, m.end())}
    own = {alias.part for alias in names.mentioned(text) if alias.full}
    if len(begins := {match[0].casefold() for match in strange}) > max(1, len(own)):
        found |= begins  # packages and commands begin like services here
    return frozenset(found)


def hosts(text: str, names: Names) -> Iterator[Finding]:
    """Names that begin like those of hosts, and are of none."""
    for match in names.numbered.finditer(text):
        if not names.place(match[0]):
            yield Finding("prose-unknown", match.span(), f"there is no host '{match[0]}'")


def others(text: str, names: Names, common: frozenset[str], *, is_guide: bool) -> dict[int, int]:
    """The ranges of a text that look like names of parts, and are of none.

    Those of a page that ``is_guide`` may be of common words: 'the image resizer'.
    """
    matches = [match for match in names.unknown.finditer(text) if not _is_own(match[0], names)]
    found = {match.start(): match.end() for match in matches if match[0].casefold() not in common}
    for match in TEXT["other"].finditer(text) if is_guide else ():
        said = match["name"]
        while any(map(_is_no_noun, said.casefold().split()[:-1])):
            said = said.partition(" ")[2]
        start, name = match.end() - len(said), singular(said.casefold())
        head, last = said.split()[0], re.split("[ -]", name)[-1]
        product = head.casefold() in PRODUCTS
        # 'The Workflow service' is the system, or another one, under its official name.
        official = last == "service" and name.split()[0] in f"{names.topology.name} {names.prefix}"
        official |= said.endswith("services")
        official |= head.istitle() and not product and (start > 0 or last.title() in said)
        own = any(not m.start() or re.search("[ -]", m[0]) for m in names.pattern.finditer(name))
        usual = name in _KINDS or (head.casefold() if product else name) in names.text
        usual |= not common.isdisjoint((last, said.casefold(), head.casefold()))
        known = official or own or usual or names.unknown.search(said)
        if (last != name or product) and not known:
            found[start] = match.end()
    return {start: end for start, end in found.items() if not _is_none(text, (start, end))}


def _is_own(said: str, names: Names) -> bool:
    """Whether a name that begins like those of services belongs to one of them."""
    name, system = said.casefold(), names.topology.name
    # 'X-2' is a host on which X runs, and 'X-log' no service.
    known = (service.name.casefold() for service in names.topology.services.values())
    own = any(f"{name}-".startswith(f"{each}-") for each in known) or folded(name) == folded(system)
    return own or bool(names.alias(name)) or name.rpartition("-")[2].isdigit()


def _is_none(text: str, span: tuple[int, int]) -> bool:
    """Whether a name is said to be no service, or that of a command or the like."""
    before, name = text[: span[0]], text[slice(*span)]
    tool = TEXT["tool_name"].search(name.casefold()) or TEXT["tool_after"].match(text, span[1])
    return bool(tool or TEXT["none"].search(before) or TEXT["tool_before"].search(before))


def related(sentence: Sentence, names: Names, *, listed: bool, sure: bool) -> Iterator[Finding]:
    """What is spoken of as a part, and is none; see :func:`others`.

    A ``listed`` sentence is an item of a list of parts. On a page that is not ``sure`` to be about
    the system, packages and commands may begin like services.
    """
    if sentence.hypothetical or TEXT["past"].search(sentence.text):
        return
    kinds = {"always": "the"}
    kinds |= {"part": "the"} if sure else {}
    kinds |= {"alone": "any"} if listed else {}
    found = [
        (article, sentence.tokens[int(form[1:])])
        for clause in sentence.clauses
        for kind, article in kinds.items()
        for shape in NAMED[kind]
        for match in shape.finditer(clause.form)
        for form in named(match).values()
    ]
    denied = " ".join(clause.form for clause in sentence.clauses if clause.denied)
    for token in sentence.marked:
        tool = TEXT["tool_after"].match(sentence.text, token.end)
        if any(m.parts != (OTHER,) for m in token.members) or (token.head in _DAEMONS and not tool):
            found.append(("the", token))  # listed beside services, or called one
        product = token.text.casefold().partition(" ")[0] in PRODUCTS
        if product and not re.search(rf" [PQ]{token.form[1:]} ", denied):
            found.append(("any", token))
    said = [(article, m) for article, token in found for m in (token, *token.members)]
    for claim in claims(sentence):
        ids = {*claim.subjects, *claim.objects}
        joined = claim.kind in RELATIONS and len(ids) > 1
        if not claim.denied and (joined or claim.kind not in RELATIONS):
            tokens = [m for t in claim.tokens.values() for m in (t, *t.members)]
            said += [("any" if joined else "the", token) for token in tokens]
    known = [service.name for service in names.topology.services.values()]
    for article, token in said:
        before = sentence.text[: token.start]
        like = names.unknown.match(token.text)
        meant = TEXT["the"].search(before) or (article == "any" and not TEXT["some"].search(before))
        if token.parts == (OTHER,) and (meant or like) and not token.implied:
            hint = did_you_mean(like[0].casefold(), known) if like else ""
            message = f"there is no service '{like[0]}'" if like else f"there is no '{token.text}'"
            yield Finding("prose-unknown", (token.start, token.end), message, hint)


def _is_no_noun(word: str) -> bool:
    """Whether a word can be no half of a name."""
    form = vocabulary.VERB_FORMS.get(word, "")
    known = not _NO_NAME.isdisjoint((word, word.partition("-")[0]))
    return known or word.endswith("ly") or form.endswith(("~s", "~d"))
