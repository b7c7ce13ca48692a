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


PAST = re.compile(
    rf"\b(?:{_any(vocabulary.PAST)}|any ?more|any longer|used to|no longer|migrat\w+ (?:from|to)|"
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
_HALF = re.compile(rf"{_QUOTES}\b(?!(?:{_FREE}|{_ANY_VERB})\b)[a-z]", re.I)
"""What stands behind a name that is half of another: 'the X-core team'."""
_RUNS = re.compile(
    rf"{_QUOTES}(?:(?:services?|servers?|daemons?|process(?:es)?|hosts?|instances?)\b"
    rf"(?!\s+{_any(vocabulary.TOOLS)})|(?:{_VERBS})\b)"
)
"""What stands behind a service's name, and nobody else's."""
_RUN = re.compile(
    rf"(?:^(?:[Aa]n? |[Tt]he )?|\b(?:{_ANY_VERB})(?: the| to| from| by| on)*"
    rf"|\b(?:(?:instances?|copies|replicas?) of|services?|daemons?),?){_QUOTES}$",
    re.I,
)
"""What stands before one."""
_NOUN = (
    rf"(?!(?:an?|any|some|this|each) )[`'\"]*"
    rf"(?P<name>(?:[\w-]+ ){{1,2}}{_any(vocabulary.MACHINES)}|{_NAME}|"
    r"[a-z]{4,}(?= service\b))"
)
_SLOTS = [
    re.compile(rf"\b(?:instances?|copies|replicas?) of {_NOUN}\b"),
    re.compile(rf"\bthe {_NOUN}[`'\"]*(?: service)?, which\b", re.I),
    re.compile(rf"^\W*(?:re)?(?:start|stop|drain|upgrade|flush|reboot) (?:the )?{_NOUN}\b", re.I),
    re.compile(rf"^\W*(?:The )?{_NOUN}[`'\"]*(?: service)? (?:{_VERBS})\b", re.I),
    re.compile(
        rf"(?<![\w/.=-])(?<!\ba )(?<!\ban )(?P<name>{_NAME})[`'\"]*\s+(?:services?|daemons?)\b"
        rf"(?! hosts?|{_HALF.pattern})"
    ),
]
"""Where only a part of the system can stand."""
_SERVICE = re.compile(
    rf"(?<![\w/.=-])(?P<name>{_NAME}|(?<=[Tt]he )[a-z]{{4,}})[`'\"]*\s+(?:services?|daemons?)\b"
)
_ITEM = re.compile(rf"\W*(?:and |or )?(?:the |an? )?{_NOUN}\W*", re.I)


def names_others(passages: Sequence[Passage], names: Names) -> bool:
    """Whether a page is more about services and products of other systems than about this one."""
    text = " ".join(passage.text for passage in passages)
    named = (names.alias(match[0]) for match in names.pattern.finditer(text))
    known = sum(alias is not None and alias.part in names.topology.services for alias in named)
    others = sum(not names.alias(match["name"]) for match in _SERVICE.finditer(text))
    others += sum(_is_other(word, names) for word in re.findall(r"\w+", text.casefold()))
    return others * 4 > known


def _is_other(word: str, names: Names) -> bool:
    """Whether a word is a well-known product that the topology does not name."""
    return word in vocabulary.PRODUCTS and word not in names.text


def kinds(passages: Sequence[Passage], names: Names) -> frozenset[str]:
    """What a page has several of, and none that is a part: 'schedulers'."""
    words = {word for passage in passages for word in re.findall(r"\w+", passage.text.casefold())}
    return frozenset(w for w in vocabulary.MACHINES if f"{w}s" in words and not names.alias(w))


def unknown(
    sentence: Sentence, names: Names, common: frozenset[str], *, ours: bool
) -> Iterator[Finding]:
    """Names of services that there are not; on a page of ``ours``, whatever they look like.

    What is ``common`` on the page is no service.
    """
    text, known = sentence.text, [each.name for each in names.topology.services.values()]
    if PAST.search(text):
        return
    for match in names.unknown.finditer(text):
        name = match[0].casefold()
        # 'X-2' is a host on which X runs, and 'X-log' no service.
        own = any(f"{name}-".startswith(f"{each.casefold()}-") for each in known)
        own |= bool(names.alias(name)) or name.rpartition("-")[2].isdigit()
        if not own and _is_service(sentence, match.span()) and not _is_none(text, match.span()):
            yield _unknown(sentence, match.span(), known)
    if ours and not sentence.hypothetical:
        # Where all names begin alike, another one is that of another system.
        slots = () if names.prefix else _SLOTS
        for finding in nouns(text, names, slots, beside=bool(sentence.parts)):
            if text[slice(*finding.span)].casefold().split()[-1] not in common:
                yield finding
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
        kind = vocabulary.PRODUCTS[word]
        rivals = own is None or kind in map(vocabulary.PRODUCTS.get, names.words_of(own))
        other = re.search(rf"{_OTHER}\W[^.,;]{{0,20}}\b{word}\b", low)
        acts = re.search(rf"\b{word}\W+(?:\w+ )?(?:{_VERBS})\b", low)
        half = re.search(rf"\b{word}\s+(?!(?:{_FREE}|{_VERBS})\b)[a-z]", low)
        if other or half or not _is_other(word, names) or (own and own.id in sentence.parts):
            continue
        used = own is not None and re.search(rf"{_USED} {word}\b", low)
        if rivals and (acts or used):
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
    if len(parts) > 1 and 2 * len(parts) >= len(others) and _ITEM.fullmatch(text):
        yield from nouns(text, names, [_ITEM], beside=True)


def _bare(text: str) -> str:
    return re.sub(r"^\W*(?:(?:and|or|the|an?) )*|\W+$", "", text, flags=re.I)


def _unknown(sentence: Sentence, span: tuple[int, int], known: list[str]) -> Finding:
    name = sentence.text[slice(*span)]
    hint = did_you_mean(name.casefold(), known)
    return Finding("prose-unknown", span, f"there is no service '{name}'", hint)
