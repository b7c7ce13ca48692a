"""The labels in a blockdiag source, as blockdiag's own lexer finds them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import accumulate

import diagtool.blockdiag_compat  # noqa: F401

# isort: split
from blockdiag import parser
from blockdiag.utils import unquote
from funcparserlib.lexer import LexerError


def labels(source: str) -> list[str]:
    """What the shapes and lines of a source are labelled with, in order.

    Nothing for a source that blockdiag refuses.
    """
    return [label for label, _, _ in _labels(source)]


def relabelled(source: str, words: Mapping[str, str]) -> str:
    """The source with other labels."""
    parts, end = [], 0
    for label, start, after in _labels(source):
        if label in words:
            parts += [source[end:start], _quoted(words[label])]
            end = after
    return "".join([*parts, source[end:]])


def _labels(source: str) -> Iterator[tuple[str, int, int]]:
    """Each label with where it starts and ends in the source, quotation marks included."""
    try:
        tokens = parser.tokenize(source)
    except LexerError:
        return
    lines = [0, *accumulate(len(line) + 1 for line in source.split("\n"))]
    for name, equals, value in zip(tokens, tokens[1:], tokens[2:], strict=False):
        if (name.type, name.value, equals.value) == ("Name", "label", "=") and value.type != "Op":
            (first, start), (last, end) = value.start, value.end
            yield unquote(value.value), lines[first - 1] + start - 1, lines[last - 1] + end


def _quoted(label: str) -> str:
    """A label in quotation marks. blockdiag cannot escape a backslash, which would escape them."""
    escaped = label.replace('"', r"\"")
    return f'"{escaped} "' if escaped.endswith("\\") else f'"{escaped}"'
