"""Names in prose that begin like those of the topology's services, and are of none."""

from __future__ import annotations

from collections.abc import Iterator

from diagtool.checks.prose.clauses import Sentence
from diagtool.checks.prose.names import Names, folded
from diagtool.checks.prose.patterns import NAMED, claims, named
from diagtool.checks.prose.text import Finding
from diagtool.checks.prose.tokens import OTHER
from diagtool.checks.prose.vocabulary import RELATIONS, TEXT
from diagtool.model.did_you_mean import did_you_mean

_DAEMONS = ("service", "daemon")


def common(text: str, names: Names) -> frozenset[str]:
    """The names that are no service's on a page: those of packages, commands and the like."""
    strange = [match for match in names.unknown.finditer(text) if not _is_own(match[0], names)]
    found = {m[0].casefold() for m in strange if TEXT["tool_said"].match(text, m.end())}
    own = {alias.part for alias in names.mentioned(text)} & names.topology.services.keys()
    if len(begins := {match[0].casefold() for match in strange}) > max(1, len(own)):
        found |= begins  # packages and commands begin like services here
    return frozenset(found)


def others(text: str, names: Names, common: frozenset[str]) -> dict[int, int]:
    """The ranges of a text that look like names of services, and are of none."""
    found = {m.start(): m.end() for m in names.unknown.finditer(text) if not _is_own(m[0], names)}
    return {
        start: end
        for start, end in found.items()
        if text[start:end].casefold() not in common and not _is_none(text, (start, end))
    }


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


def related(sentence: Sentence, names: Names, *kinds: str) -> Iterator[Finding]:
    """What is spoken of as a part, and is none; see :func:`others`.

    ``kinds`` are the kinds of places in which only a part can stand.
    """
    if sentence.hypothetical or TEXT["past"].search(sentence.text):
        return
    found = [
        sentence.tokens[int(form[1:])]
        for clause in sentence.clauses
        for kind in kinds
        for shape in NAMED[kind]
        for match in shape.finditer(clause.form)
        for form in named(match).values()
    ]
    for token in sentence.marked:
        tool = TEXT["tool_after"].match(sentence.text, token.end)
        if any(m.parts != (OTHER,) for m in token.members) or (token.head in _DAEMONS and not tool):
            found.append(token)  # listed beside services, or called one
    for claim in claims(sentence):
        ids = {*claim.subjects, *claim.objects}
        if not claim.denied and (len(ids) > 1 or claim.kind not in RELATIONS):
            found += claim.tokens.values()
    known = [service.name for service in names.topology.services.values()]
    for token in [each for mention in found for each in (mention, *mention.members)]:
        like = names.unknown.match(token.text)
        if token.parts == (OTHER,) and like and not token.implied:
            hint = did_you_mean(like[0].casefold(), known)
            message = f"there is no service '{like[0]}'"
            yield Finding("prose-unknown", (token.start, token.end), message, hint)
