"""Names in prose that look like those of the topology's services, and are of none."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from diagtool.checks.prose.clauses import Sentence
from diagtool.checks.prose.facts import Finding
from diagtool.checks.prose.names import Names, product_kind, singular
from diagtool.checks.prose.text import Passage, word_set
from diagtool.model.diagnostics import did_you_mean

_PAST = re.compile(
    r"\b(deprecated|removed|any ?more|any longer|replac\w+|obsolete|former\w*|used to|renamed|"
    r"previously|no longer|did|had|was|were|predecessor|gone|"
    r"(?:before|until|up to|since|in) (?:the )?\S+ (?:release|version|cycle)|"
    r"old(?:er)? (?:releases|versions|services))\b",
    re.IGNORECASE,
)
_DENIED = re.compile(r"\b(?:no|not an?|without an?|there is no|there are no)[\s`'\"]*$", re.I)
_TOOL_AFTER = re.compile(
    r"\W{0,4}(?:command|utility|tool|script|cli|client|package|plugin|repositor|repo\b|project|"
    r"library|module|program|code|source|directory|folder|file|config|specs?\b|image|chart|"
    r"user|group|role|topic|exchange|bucket|namespace|branch|host|machine|name)",
    re.IGNORECASE,
)
_TOOL_BEFORE = re.compile(
    r"[$#] *$|\b(?:command|tool|script|package|project|hosts?|user|bucket|image|called)s? [`'\"]*$",
    re.I,
)
_TOOL_NAME = re.compile(
    r"[-_](?:plugin|dashboard|client|specs?|tests?|ui|docs?|cli|lib|library|manage|ctl|admin|"
    r"status|config|policy|utils?|tools?|common|dev|image|package|"
    r"based|specific|managed|related|compatible|enabled|aware|only|wide|side|style|like|owned|"
    r"provided|hosted|backed)(?:[-_]|$)"
)
_SLOT = re.compile(
    r"\b(?:instances?|copies|replicas?) of [`'\"]*(?P<one>[a-z][a-z0-9]*(?:-[a-z0-9]+)+)|"
    r"(?<![\w/.-])(?P<two>[a-z][a-z0-9]*(?:-[a-z0-9]+)+)[`'\"]* (?:services?|daemons?)\b|"
    r"\b[Tt]he (?P<three>[a-z]{4,}) service\b"
)
"""A name where a service may be named."""
_AGENT = re.compile(r"[a-z]+(?:-[a-z]+)*-(?:[a-z]+[eo]r|proxy|gateway|service|api|engine|agent)")
"""A name that is that of something which acts."""
_GENERIC = word_set(
    "other same whole entire following first second third last next single remaining affected "
    "given respective underlying main managed external internal public cloud system network "
    "name mail time login user dependent health backing target systemd corresponding actual "
    "load-balanced high-availability stateless stateful micro "
    "database queue cache broker proxy storage message messaging directory"
)


def tools(passages: Sequence[Passage], names: Names) -> set[str]:
    """The names on a page that look like a service's, but are those of commands and the like."""
    return {
        match[0].casefold()
        for passage in passages
        for match in names.unknown.finditer(passage.text)
        if passage.config
        or _TOOL_NAME.search(match[0].casefold()[len(names.prefix) - 1 :])
        or _TOOL_AFTER.match(passage.text, match.end())
        or _TOOL_BEFORE.search(passage.text[max(0, match.start() - 30) : match.start()])
    }


def names_others(passages: Sequence[Passage], names: Names) -> bool:
    """Whether a page names more services of other systems than of this one."""
    text = " ".join(passage.text for passage in passages)
    known = sum(
        alias.part in names.topology.services
        for match in names.pattern.finditer(text)
        if (alias := names.alias(match[0]))
    )
    others = sum(not names.alias(match[match.lastgroup or 0]) for match in _SLOT.finditer(text))
    return others * 4 > known


def services(
    sentence: Sentence, names: Names, not_these: set[str], *, known_ones: bool
) -> Iterator[Finding]:
    """Names of services that there are not; with ``known_ones``, whatever they look like."""
    known = [service.name.casefold() for service in names.topology.services.values()]
    text = sentence.text
    if _PAST.search(text):
        return
    for match in names.unknown.finditer(text):
        name = match[0].casefold()
        if name in not_these or _DENIED.search(text[: match.start()]):
            continue
        # 'X-2' is a host on which X runs.
        if any(re.fullmatch(rf"{re.escape(own)}(-\w*\d\w*)*", name) for own in known):
            continue
        values = {option.value for option in names.topology.options}
        if names.alias(name) or match[0] in values:
            continue
        yield _unknown(sentence, match.span(), known)
    if known_ones and not names.prefix:
        yield from _others(sentence, names, known)


def _others(sentence: Sentence, names: Names, known: list[str]) -> Iterator[Finding]:
    """Names of which only their place shows that they are a service's."""
    for match in _SLOT.finditer(sentence.text):
        group = match.lastgroup or ""
        name, before = match[group], sentence.text[: match.start(group)]
        related = any(token.parts for token in sentence.marked)
        system = names.topology.name.casefold().split()
        whole = match[0].partition(" ")[2] if group == "three" else name
        if name in _GENERIC or name in system or names.alias(name) or names.alias(whole):
            continue
        if not related and not match[0].endswith(("service", "services")):
            continue
        if not _DENIED.search(before) and not _TOOL_NAME.search(name) and not sentence.hypothetical:
            yield _unknown(sentence, match.span(group), known)

    acting = re.match(r" (?:(?:re)?start|stop|run) V(\d+) | V(\d+) [a-z-]+~s ", sentence.whole)
    token = sentence.tokens[int(acting[1] or acting[2])] if acting else None
    if token and token.literal and _AGENT.fullmatch(token.text) and not sentence.hypothetical:
        start, end = token.start - sentence.start, token.end - sentence.start
        yield _unknown(sentence, (start, end), known)


_NOUN = r"(?:the|an?|all|each|every|its|old|new|[a-z]+s)\b"


def products(sentence: Sentence, names: Names) -> Iterator[Finding]:
    """Products that a system is said to use, where the topology has another of their kind."""
    if sentence.hypothetical or {"not", "no", "or", "other", "never"} & sentence.words:
        return
    for word in sorted(sentence.words - names.words):
        kind = product_kind(word)
        own = [c for c in names.topology.components.values() if kind and names.is_kind(c, kind)]
        whose = rf"(?:P\d+|{re.escape(names.topology.name.casefold())})"
        ends = r"(?:$|[,;:+]|store|for|as)"
        used = rf" {whose}(?: [a-z~-]+){{1,4}} {re.escape(singular(word))} {ends}"
        acts = rf"\s*(?:An? |The )?{re.escape(word)}(?: cluster| server)? [a-z]+s {_NOUN}"
        if own and (re.search(used, sentence.whole) or re.match(acts, sentence.text, re.I)):
            at = sentence.text.casefold().find(word)
            start, end = sentence.start + max(at, 0), sentence.start + max(at, 0) + len(word)
            message = f"there is no component '{sentence.text[at : at + len(word)]}'"
            hint = f"there is {own[0].name}"
            yield Finding("prose-unknown", (start, end), message, hint, own[0].place)


def _unknown(sentence: Sentence, span: tuple[int, int], known: list[str]) -> Finding:
    name = sentence.text[slice(*span)]
    moved = (sentence.start + span[0], sentence.start + span[1])
    hint = did_you_mean(name.casefold(), known)
    return Finding("prose-unknown", moved, f"there is no service '{name}'", hint)
