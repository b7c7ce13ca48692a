"""What differs between what is said and what is true, each of them as facts."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import TypeVar

from diagtool.checks.readers import PICTURE
from diagtool.checks.verify.model import key
from diagtool.model import PLACEHOLDER, Place
from diagtool.model.facts import UNDIRECTED, Fact, Facts, flat
from diagtool.model.facts import FactKind as Kind

SIMILAR = 0.6
"""How much alike two texts must be for one to be taken for the other, edited."""

_LINES = UNDIRECTED | {Kind.ARROW}
_MOST = 50_000
"""How many facts of lines are told apart where these lead to frames."""
_CUT = re.compile(r"\.\.\.(?!\.)")
"""What stands for the rest of a text that had no room."""

MANY = 10_000
"""Up to how many pairs of what is missing and what is there instead are looked at."""

T = TypeVar("T")

Stated = tuple[Fact, Place]
"""A fact, and where it is stated."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A fact that is ``said`` and not true, one that is true and not said, or one for the other."""

    said: Stated | None
    true: Stated | None


def differences(about: str, facts: Facts, model: Facts) -> Iterator[Difference]:
    """What is missing, what is there beside it, and what differs.

    A box or frame that has another name is one difference, and so is one that is missing:
    what follows from it, such as arrows that lead there, is not told again.
    """
    said = {fact_key(f): (Fact(f.kind, about, f.terms), p) for f, p in facts.items()}
    true = {fact_key(f): (f, p) for f, p in model.items()}
    missing = [true[k] for k in true if k not in said]
    extra = [said[k] for k in said if k not in true]
    names: dict[str, str] = {}
    gone: set[str] = set()
    for kind in (Kind.BOX, Kind.GROUP):
        old = _by_name(kind, missing, said)
        new = _by_name(kind, extra, true)
        score = alike if len(old) * len(new) > 1 else _any
        for was, now in pairs(list(old), list(new), score):
            yield Difference(new[now], old[was])
            names[now] = was
            del old[was], new[now]
        for name, one in old.items():
            yield Difference(None, one)
            gone.add(name)
        for name, one in new.items():
            yield Difference(one, None)
            gone.add(name)

    def follows(fact: Fact) -> bool:
        return fact.kind in PICTURE and any(key(term) in gone for term in fact.terms)

    def renamed(fact: Fact) -> tuple[Kind, tuple[str, ...]]:
        terms = [names.get(key(term), key(term)) for term in fact.terms]
        if fact.kind in UNDIRECTED:
            terms[:2] = sorted(terms[:2])
        return fact.kind, tuple(terms)

    if names or gone:
        shown = {renamed(fact) for fact, _ in extra}
        true_names = {_sorted_key(fact) for fact, _ in missing}
        missing = [m for m in missing if _sorted_key(m[0]) not in shown and not follows(m[0])]
        extra = [e for e in extra if renamed(e[0]) not in true_names and not follows(e[0])]
        missing = [m for m in missing if m[0].kind is not Kind.BOX]
        extra = [e for e in extra if e[0].kind is not Kind.BOX]
    for first, second in pairs(missing, extra, lambda m, e: _kinship(m[0], e[0])):
        yield Difference(second, first)
        missing.remove(first)
        extra.remove(second)
    yield from (Difference(None, one) for one in missing)
    yield from (Difference(one, None) for one in extra)


def uncut(facts: Facts, model: Facts) -> Facts:
    """Facts of a picture with whole texts in place of those that end early in three dots."""
    texts = {key(term): term for fact in model for term in fact.terms}

    def whole(term: str) -> str:
        parts = _CUT.split(key(term))
        if len(parts) < 2 or key(term) in texts:
            return term
        pattern = re.compile(".*".join(map(re.escape, parts)))
        found = [text for short, text in texts.items() if pattern.fullmatch(short)]
        return found[0] if len(found) == 1 else term

    found = {}
    for fact, place in facts.items():
        terms = [whole(term) for term in fact.terms]
        if fact.kind in UNDIRECTED:
            terms[:2] = sorted(terms[:2])
        found[replace(fact, terms=tuple(terms))] = place
    return found


def spread(facts: Facts) -> Facts:
    """Facts of a picture in which a line to a frame leads to each box in it."""
    boxes = {fact.terms[0] for fact in facts if fact.kind is Kind.BOX}
    members: dict[str, list[str]] = {}
    for fact in facts:
        if fact.kind is Kind.GROUP and fact.terms[0] not in boxes and fact.terms[1] in boxes:
            members.setdefault(fact.terms[0], []).append(fact.terms[1])
    found = {}
    for fact, place in facts.items():
        if fact.kind not in _LINES or members.keys().isdisjoint(fact.terms[:2]):
            found[fact] = place
            continue
        tails, heads = (members.get(end, [end]) for end in fact.terms[:2])
        if len(found) + len(tails) * len(heads) > _MOST:
            found[fact] = place
            continue
        for ends in product(tails, heads):
            if ends[0] != ends[1]:
                shown = sorted(ends) if fact.kind in UNDIRECTED else ends
                found[replace(fact, terms=(*shown, *fact.terms[2:]))] = place
    return found


def fact_key(fact: Fact) -> tuple[Kind, tuple[str, ...]]:
    """A fact as it is compared: the values of options to the letter, all else as it reads."""
    exact = fact.kind in (Kind.OPTION, Kind.ALTERNATIVE)
    return fact.kind, tuple(flat(t) if exact else key(t) for t in fact.terms)


def _sorted_key(fact: Fact) -> tuple[Kind, tuple[str, ...]]:
    terms = [key(term) for term in fact.terms]
    if fact.kind in UNDIRECTED:
        terms[:2] = sorted(terms[:2])
    return fact.kind, tuple(terms)


def _by_name(
    kind: Kind, facts: Iterable[Stated], others: Iterable[tuple[Kind, tuple[str, ...]]]
) -> dict[str, Stated]:
    """The facts of boxes or frames that the other side does not name, by their names."""
    known = {terms[0] for other, terms in others if other is kind}
    found: dict[str, Stated] = {}
    for fact, place in facts:
        name = key(fact.terms[0])
        if fact.kind is kind and name not in known:
            found.setdefault(name, (fact, place))
    return found


def pairs(old: Sequence[T], new: Sequence[T], score: Callable[[T, T], float]) -> list[tuple[T, T]]:
    """Those that belong together, the best pairs first, each in one pair at most."""
    if len(old) * len(new) > MANY:
        return []
    scored = [
        (value, first, second)
        for first, one in enumerate(old)
        for second, other in enumerate(new)
        if (value := score(one, other)) > 0
    ]
    found = []
    taken: set[tuple[str, int]] = set()
    for _, first, second in sorted(scored, key=lambda pair: (-pair[0], pair[1], pair[2])):
        if not {("old", first), ("new", second)} & taken:
            taken |= {("old", first), ("new", second)}
            found.append((old[first], new[second]))
    return found


def is_filled(value: str, stated: str) -> bool:
    """Whether a value is another one with something in place of some of its placeholders."""
    first, *rest = PLACEHOLDER.split(stated)
    # Languages of graphs write arrows with the same signs.
    named = all(name[:1].isalnum() and "://" not in name for name in rest[::2])
    if not rest or not named or value == stated or not value.startswith(first):
        return False
    at = len(first)
    for number, (name, part) in enumerate(zip(rest[::2], rest[1::2], strict=True), 1):
        if value.startswith(f"<{name}>{part}", at):
            at += len(f"<{name}>{part}")
            continue
        is_last = 2 * number == len(rest)
        end = len(value) - len(part) if is_last else value.find(part, at + 1)
        if end <= at or not value.endswith(part, at, end + len(part)) or "<" in value[at:end]:
            return False
        at = end + len(part)
    return at == len(value)


def _any(one: str, other: str) -> float:
    """For the only two that are left."""
    return 1.0


def alike(one: str, other: str) -> float:
    """How much alike two texts are, 0 where they are not."""
    ratio = difflib.SequenceMatcher(None, one[:500], other[:500]).ratio()
    return ratio if ratio >= SIMILAR else 0.0


def _kinship(one: Fact, other: Fact) -> float:
    """How likely it is that one fact stands where the other should, 0 for not at all."""
    lines = {Kind.ARROW, Kind.LINE}
    if one.kind is not other.kind and not {one.kind, other.kind} <= lines:
        return 0.0
    first, second = fact_key(one)[1], fact_key(other)[1]
    if one.kind in lines and sorted(first) == sorted(second):
        return 3.0
    same = sum(a == b for a, b in zip(first, second, strict=True))
    if one.kind is Kind.HOST:
        return same if first[:2] == second[:2] or first[1:] == second[1:] else 0.0
    if one.kind is Kind.FLOW:
        return same if 2 * same > len(first) else 0.0
    if one.kind in (Kind.OPTION, Kind.EDGE_LABEL):
        return same if first[:2] == second[:2] or first[1:] == second[1:] else 0.0
    return same or (alike(first[0], second[0]) if len(first) == 1 else 0.0)
