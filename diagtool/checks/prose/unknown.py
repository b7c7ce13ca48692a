"""Names in prose that look like those of the topology's services, and are of none."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from diagtool.checks.prose import vocabulary
from diagtool.checks.prose.clauses import Sentence
from diagtool.checks.prose.names import Names
from diagtool.checks.prose.text import Finding, Passage
from diagtool.model import NOWHERE
from diagtool.model.did_you_mean import did_you_mean


def _any(words: frozenset[str]) -> str:
    return f"(?:{'|'.join(sorted(words, key=len, reverse=True))})"


_PAST = re.compile(
    rf"\b(?:{_any(vocabulary.PAST)}|any ?more|any longer|used to|no longer|"
    r"(?:before|until|up to|since|in|with) (?:the )?(?:\S+ )?(?:release|version|cycle)|"
    r"old(?:er)? (?:releases|versions|services))\b",
    re.I,
)
_DENIED = re.compile(r"\b(?:no|not an?|without an?|there is no|there are no)[\s`'\"]*$", re.I)
_TOOL_AFTER = re.compile(rf"\W{{0,4}}{_any(vocabulary.TOOLS)}", re.I)
_TOOL_BEFORE = re.compile(rf"[$#] *$|\b(?:called|{_any(vocabulary.TOOLS)})s? [`'\"]*$", re.I)
_TOOL_NAME = re.compile(rf"[-_]{_any(vocabulary.TOOL_NAMES)}(?:[-_]|$)")
_NAME = r"[a-z][a-z0-9]*(?:-[a-z0-9]+)+"
_VERBS = "|".join(word for word, form in vocabulary.VERB_FORMS.items() if form.endswith("~s"))
_OTHER = r"\b(?:not|no|or|other|never|unlike|instead|than|like)"
_FREE = "|".join(
    [
        *sorted(vocabulary.FUNCTION),
        *vocabulary.ORDINALS,
        *(f"{word}s?" for word in vocabulary.COPIES),
    ]
)
_ANY_VERB = "|".join([*vocabulary.VERB_FORMS, "(?:re)?start", "upgrade", "restarts"])
_USED = rf"\b(?:{_ANY_VERB})(?: (?:through|via|from|to|into|by|in|at|with|on|over))?(?: the| an?)?"
_QUOTES = r"[\s`'\"*]*"
_RUNS = re.compile(
    rf"{_QUOTES}(?:services?|servers?|daemons?|process(?:es)?|hosts?|instances?|{_VERBS})\b"
)
"""What stands behind a service's name, and nobody else's."""
_RUN = re.compile(
    rf"(?:^(?:[Aa]n? |[Tt]he )?|\b(?:{_ANY_VERB})(?: the| to| from| by| on)*"
    rf"|\b(?:(?:instances?|copies|replicas?) of|services?|daemons?),?){_QUOTES}$",
    re.I,
)
"""What stands before one."""
_HALF = re.compile(rf"{_QUOTES}\b(?!(?:{_FREE}|{_ANY_VERB})\b)[a-z]")
"""What stands behind a name that is half of another: 'the X-core team'."""
_SLOT = re.compile(
    rf"\b(?:instances?|copies|replicas?) of [`'\"]*(?P<one>{_NAME})|"
    rf"(?<![\w/.=-])(?P<two>{_NAME})[`'\"]*\s+(?:services?|daemons?)\b|"
    r"\b[Tt]he\s+(?P<three>[a-z]{4,})\s+service\b|"
    rf"^\W*(?:The )?(?P<four>{_NAME})[`'\"]*\s+(?:{_VERBS})\b|"
    rf"\b[Rr]?(?:[Ss]tart|[Ss]top|[Uu]pgrade|estart) (?:the )?[`'\"]*(?P<five>{_NAME})\b"
)
"""A name where a service may be named."""


def names_others(passages: Sequence[Passage], names: Names) -> bool:
    """Whether a page is more about services and products of other systems than about this one."""
    text = " ".join(passage.text for passage in passages)
    named = (names.alias(match[0]) for match in names.pattern.finditer(text))
    known = sum(alias is not None and alias.part in names.topology.services for alias in named)
    others = sum(not names.alias(match[match.lastgroup or 0]) for match in _SLOT.finditer(text))
    others += sum(_is_other(word, names) for word in re.findall(r"\w+", text.casefold()))
    return others * 4 > known


def _is_other(word: str, names: Names) -> bool:
    """Whether a word is a well-known product that the topology does not name."""
    return word in vocabulary.PRODUCTS and word not in names.text


def unknown(sentence: Sentence, names: Names, *, ours: bool) -> Iterator[Finding]:
    """Names of services that there are not; on a page of ``ours``, whatever they look like."""
    text, known = sentence.text, [each.name for each in names.topology.services.values()]
    if _PAST.search(text):
        return
    for match in names.unknown.finditer(text):
        name = match[0].casefold()
        # 'X-2' is a host on which X runs.
        own = any(re.fullmatch(rf"{re.escape(each)}(-\w*\d\w*)*", name, re.I) for each in known)
        own |= any(option.value == match[0] for option in names.topology.options)
        own |= bool(names.alias(name)) or name.rpartition("-")[2].isdigit()
        if not own and _is_service(sentence, match.span()) and not _is_none(text, match.span()):
            yield _unknown(sentence, match.span(), known)
    for match in _SLOT.finditer(text) if ours and not sentence.hypothetical else ():
        group = match.lastgroup or ""
        name, whole = match[group], match[0].partition(" ")[2] if group == "three" else ""
        # Only its place shows that it is a service's.
        related = sentence.parts or match[0].endswith(("service", "services"))
        literal = any(token.literal and token.text == name for token in sentence.marked)
        acts = _RUNS.match(text, match.end()) and not literal
        meant = acts if group == "three" else (related and not names.prefix)
        own = name in names.topology.name.casefold().split() or name in vocabulary.GENERIC
        denied = _is_none(text, match.span(group))
        if meant and not own and not denied and not (names.alias(name) or names.alias(whole)):
            yield _unknown(sentence, match.span(group), known)
    yield from _products(sentence, names) if ours else ()


def _is_service(sentence: Sentence, span: tuple[int, int]) -> bool:
    """Whether a name stands where a service's does, or beside parts of the system."""
    text, (start, end) = sentence.text, span
    if _RUNS.match(text, end):
        return True
    return not _HALF.match(text, end) and bool(sentence.parts or _RUN.search(text[:start]))


def _is_none(text: str, span: tuple[int, int]) -> bool:
    """Whether a name is said to be no service, or that of a command or the like."""
    before, name = text[: span[0]], text[slice(*span)]
    tool = _TOOL_NAME.search(name.casefold()) or _TOOL_AFTER.match(text, span[1])
    return bool(tool or _DENIED.search(before) or _TOOL_BEFORE.search(before))


def _products(sentence: Sentence, names: Names) -> Iterator[Finding]:
    """Well-known products where the topology has another of their kind, or none."""
    kinds = {word: kind for word, kind in vocabulary.PRODUCTS.items() if word in sentence.words}
    for word, kind in kinds.items() if not sentence.hypothetical else ():
        alias = names.alias(kind)
        own = names.topology.part(alias.part) if alias else None
        other = re.search(rf"{_OTHER}\W[^.,;]{{0,20}}\b{word}\b", sentence.text, re.I)
        spoken = {listener.protocol for listener in own.listen} if own else set()
        rivals = own and kind in map(vocabulary.PRODUCTS.get, names.words_of(own))
        rivals = rivals or bool(spoken and vocabulary.PROTOCOLS.keys() >= {word, *spoken})
        low = sentence.text.casefold()
        acts = re.search(rf"\b{word}\W+(?:\w+ )?(?:{_VERBS})\b", sentence.text, re.I)
        new = own is None and acts
        listed = own is not None and own.id in sentence.parts
        part = re.search(rf"\b{word}\s+(?!(?:{_FREE}|{_VERBS})\b)[a-z]", low)
        if (
            (rivals or new)
            and not (other or part or listed)
            and sentence.parts
            and (acts or re.search(rf"{_USED} {word}\b", low))
            and [*kinds.values()].count(kind) == 1
            and _is_other(word, names)
        ):
            at = low.find(word)
            message = f"there is no component '{word}'"
            hint, place = (f"there is {own.name}", own.place) if own else ("", NOWHERE)
            yield Finding("prose-unknown", (at, at + len(word)), message, hint, place)


def _unknown(sentence: Sentence, span: tuple[int, int], known: list[str]) -> Finding:
    name = sentence.text[slice(*span)]
    hint = did_you_mean(name.casefold(), known)
    return Finding("prose-unknown", span, f"there is no service '{name}'", hint)
