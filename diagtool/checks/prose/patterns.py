"""What clauses claim, by the table of patterns in ``patterns.toml``."""

from __future__ import annotations

import itertools
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from diagtool.checks.prose.clauses import Clause, Sentence
from diagtool.checks.prose.tokens import Token
from diagtool.checks.prose.vocabulary import (
    ADJECTIVES,
    COPIES,
    NORMAL,
    PREPOSITIONS,
    RELATING,
    any_of,
)

_DATA: dict[str, Any] = tomllib.loads(Path(__file__).with_name("patterns.toml").read_text("utf-8"))


class Pattern(NamedTuple):
    """A shape as a regular expression, with what it states."""

    kind: str
    denies: bool
    conditional: bool
    regex: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Claim:
    """What a clause states, as far as a pattern knows.

    ``subjects`` are the parts that it is about, ``objects`` those to which it relates them;
    ``tokens`` are the words that it was read from by the names of groups, ``words`` those of its
    clause without their endings.
    """

    kind: str
    subjects: tuple[str, ...]
    objects: tuple[str, ...]
    tokens: dict[str, Token]
    span: tuple[int, int]
    denied: bool
    words: frozenset[str]


def claims(sentence: Sentence) -> Iterator[Claim]:
    """What a sentence states, in the order of its clauses and of the patterns."""
    for clause in sentence.clauses:
        for pattern in PATTERNS:
            if pattern.conditional == clause.conditional or clause.form[1:].startswith("+prov"):
                for match in pattern.regex.finditer(clause.form):
                    yield _claim(sentence, clause, pattern, match)


def named(match: re.Match[str]) -> dict[str, str]:
    """What a shape matched, by the names of its groups."""
    found = match.groupdict().items()
    return {name.partition("__")[0]: said for name, said in found if said is not None}


def _claim(sentence: Sentence, clause: Clause, pattern: Pattern, match: re.Match[str]) -> Claim:
    tokens = {
        name: sentence.tokens[int(said[1:])] if said[1:].isdigit() else Token("", said, 0, 0)
        for name, said in named(match).items()
    }
    spans = [(t.start, t.end) for t in tokens.values() if t.end and not t.implied]
    starts, ends = zip(*spans or [(0, len(sentence.text))], strict=True)
    return Claim(
        pattern.kind,
        tokens["s"].parts if "s" in tokens else (),
        tokens["o"].parts if "o" in tokens else (),
        tokens,
        (min(starts), max(ends)),
        denied=clause.denied != pattern.denies,
        words=frozenset(word.partition("~")[0] for word in clause.form.split()),
    )


_MACROS: dict[str, str] = _DATA["macros"] | {
    "copies": any_of(COPIES),
    "adjectives": any_of(NORMAL.get(word, word) for word in ADJECTIVES),
    "prepositions": any_of(PREPOSITIONS),
}


def _regex(shape: str, **macros: str) -> re.Pattern[str]:
    """A shape as a regular expression."""
    for name, meant in (macros | _MACROS).items():
        shape = shape.replace(f"{{{name}}}", meant)
    shape = shape.replace("..", r"(?: (?!P\d|without |\+(?!and|or))\S+){0,7}?")
    shape = re.sub(r"(?<!\\)\((?!\?)", "(?:", f" {shape}")
    # A group may come twice in a shape: each has a name of its own.
    count = itertools.count()
    shape = re.sub(r"\(\?P<(\w+)>", lambda m: f"(?P<{m[1]}__{next(count)}>", shape)
    return re.compile(rf"{shape}(?= )")


def _patterns() -> Iterator[Pattern]:
    """Those of verbs that relate two parts, and the others."""
    for relation, verbs, links in RELATING:
        done = any_of(f"{verb}~d" for verb in verbs.split())
        link = f".. ({links})" if links else ""
        for shape in _DATA["verb"]:
            regex = _regex(shape, verb=any_of(verbs.split()), done=done, link=link)
            yield Pattern(relation, denies=False, conditional=False, regex=regex)
    for group in ("states", "denies"):
        for kind, shapes in _DATA[group].items():
            for shape in shapes:
                yield Pattern(kind, group == "denies", "+(if" in shape, _regex(shape))


PATTERNS = tuple(_patterns())
EFFECTS = {kind: _regex(shape) for kind, shape in _DATA["effects"].items()}
"""What shows how a part is, by what it shows."""
LOST = {kind: [*map(_regex, shapes)] for kind, shapes in _DATA["lost"].items()}
"""How a part is said to be lost."""
NAMED = {kind: [*map(_regex, shapes)] for kind, shapes in _DATA["named"].items()}
"""Where only a part of the system can stand."""
