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
_NO_NAME = vocabulary.FUNCTION | vocabulary.ADJECTIVES | vocabulary.GENERIC | vocabulary.DROPPED
_NO_NAME |= vocabulary.NUMBERS.keys()
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
_NOUN = rf"(?P<name>(?:[\w-]+ ){{1,2}}{_any(vocabulary.MACHINES)})"
_NOUNS = [
    re.compile(rf"\bthe {_NOUN}, which\b", re.I),
    re.compile(rf"^\W*(?:re)?(?:start|stop|drain|upgrade|flush|reload|reboot) the {_NOUN}\b", re.I),
    re.compile(rf"^\W*The {_NOUN} (?:{_VERBS})\b"),
]
"""What a part of the system may be called where only such a part can stand."""
_ITEM = re.compile(rf"\W*(?:and |or )?(?:the |an? )?{_NOUN}\W*", re.I)


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
    if ours and not sentence.hypothetical:
        yield from nouns(text, names, _NOUNS)
        yield from _products(sentence, names)


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
    """Well-known products that a part uses, where the topology has another of their kind."""
    low = sentence.text.casefold()
    words = [word for word in vocabulary.PRODUCTS if word in sentence.words]
    for word in words if len(words) == 1 and sentence.parts and not sentence.hypothetical else ():
        alias = names.alias(vocabulary.PRODUCTS[word])
        own = names.topology.part(alias.part) if alias else None
        rivals = own and {*map(vocabulary.PRODUCTS.get, names.words_of(own))}
        other = re.search(rf"{_OTHER}\W[^.,;]{{0,20}}\b{word}\b", low)
        acts = re.search(rf"\b{word}\W+(?:\w+ )?(?:{_VERBS})\b", low)
        half = re.search(rf"\b{word}\s+(?!(?:{_FREE}|{_VERBS})\b)[a-z]", low)
        if other or half or not _is_other(word, names) or (own and own.id in sentence.parts):
            continue
        used = acts or re.search(rf"{_USED} {word}\b", low)
        if used and (vocabulary.PRODUCTS[word] in rivals if rivals is not None else acts):
            at = low.find(word)
            hint, place = (f"there is {own.name}", own.place) if own else ("", NOWHERE)
            message = f"there is no component '{word}'"
            yield Finding("prose-unknown", (at, at + len(word)), message, hint, place)


def nouns(text: str, names: Names, shapes: Sequence[re.Pattern[str]]) -> Iterator[Finding]:
    """What is called like a part of a system where only such a part can stand."""
    for shape in shapes:
        for match in shape.finditer(text):
            name = match["name"].casefold().split()
            while name[:1] and name[0] in _NO_NAME:
                name.pop(0)
            said = " ".join(name)
            known = names.pattern.match(said)
            own = {*names.topology.name.casefold().split()} & {*name}
            if len(name) > 1 and not (own or known or said in names.text or names.alias(said)):
                yield Finding("prose-unknown", match.span("name"), f"there is no '{said}'")


def item(text: str, others: Sequence[str], names: Names) -> Iterator[Finding]:
    """An item or a cell that is no part, where most of the others are parts."""
    parts = [each for each in others if names.pattern.fullmatch(_bare(each))]
    if len(parts) > 1 and 2 * len(parts) >= len(others) and _ITEM.fullmatch(text):
        yield from nouns(text, names, [_ITEM])


def _bare(text: str) -> str:
    return re.sub(r"^\W*(?:(?:and|or|the|an?) )*|\W+$", "", text, flags=re.I)


def _unknown(sentence: Sentence, span: tuple[int, int], known: list[str]) -> Finding:
    name = sentence.text[slice(*span)]
    hint = did_you_mean(name.casefold(), known)
    return Finding("prose-unknown", span, f"there is no service '{name}'", hint)
