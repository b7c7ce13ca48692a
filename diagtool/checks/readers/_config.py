"""Config of programs as the statements that they read, however these are written."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from diagtool.checks.readers._claims import File

_BLANKS = " \t\n"
"""What programs pass over between words; they take other blanks for letters."""

_QUOTED = r""""(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'"""
_TOKEN = re.compile(
    rf"(?P<space>[ \t]+)|(?P<end>\n)|(?P<comment>(?<![^ \t\n;{{}}])#[^\n]*)|(?P<sign>[;{{}}])"
    rf"|(?P<word>(?:{_QUOTED}|\$\{{\w+\}}|\\.|[^ \t\n;{{}}\"'\\])+|.)",
    re.DOTALL,
)
_WORD = re.compile(rf"(?:{_QUOTED}|<[^<>\"'\n]*>|\\.|[^ \t\n\"'\\])+|[^ \t\n]", re.DOTALL)
"""Placeholders may have blanks in them."""

_PLAIN_QUOTED = re.compile(r"""(["'])((?:[^\s"'\\#;{}<>]|<[^<>"'\n]*>)+)\1""")
"""What means the same without its quotes."""

_SINGLE = re.compile(r"""(?<![^\s=])'([^'"\\$]*)'(?!\S)""")
"""What means the same in quotes of the other kind."""

_ESCAPED = re.compile(r"\\([\w/.:-])")
"""What means itself with or without the sign in front of it."""

_FLAG = re.compile(r"(?<![^\s=])(?:on|off)(?!\S)", re.IGNORECASE)
_TIME = re.compile(r"<[^<>]*>|(?<![^\s=])(\d+)(ms|s|min|m|h)?(?![^\s;])")
_UNITS = {"ms": 1, "s": 1000, "min": 60_000, "m": 60_000, "h": 3_600_000}
_TIMED = re.compile(r"time|inter|retry", re.IGNORECASE)

_BLOCKS = ("table", "chain", "set", "map", "flowtable")
"""What starts a block in languages where braces may also stand around a set."""


class Part(NamedTuple):
    """What is read as one: where it starts, from 1, and its text."""

    line: int
    column: int
    text: str


def lines(file: File) -> Iterator[Part]:
    """The lines that are not empty, without the blanks around them."""
    for number, line in enumerate(file.lines(), 1):
        if text := line.strip(" \t"):
            yield Part(number, len(line) - len(line.lstrip()) + 1, text)


def statements(file: File, ends: str) -> Iterator[Part]:
    """The statements of a language in which braces stand around blocks, and comments.

    A statement ends at a sign of ``ends``, which may be a line end, or where a block starts.
    Within braces that are no block's, nothing ends.
    """
    open: list[str] = []
    start = (1, 1)
    inner = 0
    line = column = 1
    for match in _TOKEN.finditer("\n".join(file.lines()) + "\n"):
        text, kind = match[0], match.lastgroup
        here = (line, column)
        line += text.count("\n")
        column = len(text) - text.rfind("\n") if "\n" in text else column + len(text)
        if kind == "comment":
            yield Part(*here, text)
            continue
        if not open and (kind == "space" or text in ("\n", ";")):
            continue
        start = start if open else here
        if kind == "end" and (inner or "\n" not in ends):
            open.append(" ")
            continue
        opens = text == "{" and ("\n" not in ends or bool(open and open[0] in _BLOCKS))
        closes = text == "}" and not inner
        if closes and open:
            yield Part(*start, "".join(open).strip(_BLANKS))
            open, start = [], here
        open.append(text)
        inner += (text == "{" and not opens) - (text == "}" and not closes)
        if opens or closes or (not inner and text in ends):
            yield Part(*start, "".join(open).strip(_BLANKS))
            open = []
    if rest := "".join(open).strip(_BLANKS):
        yield Part(*start, rest)


def continued(file: File) -> Iterator[Part]:
    """Lines, of which a backslash at the end joins one with the next."""
    open: Part | None = None
    for number, column, text in lines(file):
        part = Part(open.line, open.column, f"{open.text} {text}") if open else None
        part = part or Part(number, column, text)
        open = None
        if text.endswith("\\"):
            open = Part(part.line, part.column, part.text[:-1].rstrip(_BLANKS))
        elif part.text:
            yield part
    if open and open.text:
        yield open


def commented(file: File) -> Iterator[Part]:
    """Lines, each with the comment at its end as another part."""
    for number, column, text in lines(file):
        words = [*_WORD.finditer(text)]
        sign = next((m.start() for m in words if m[0].startswith("#")), len(text))
        if sign:
            yield Part(number, column, text[:sign].rstrip(_BLANKS))
        if text[sign:]:
            yield Part(number, column + sign, text[sign:])


def words(statement: str) -> list[str]:
    """The words of a statement, without the quotes that they do not need."""
    found = (_SINGLE.sub(r'"\1"', word) for word in _WORD.findall(statement))
    found = (_PLAIN_QUOTED.sub(r"\2", word) for word in found)
    return [_ESCAPED.sub(r"\1", word) for word in found]


def plain(found: Sequence[str], unit: str = "") -> str:
    """Words as one text; switches and times are told in one way.

    ``unit`` is what a number stands for that has none, where a time is meant.
    """
    told = _FLAG.sub(lambda match: match[0].lower(), " ".join(found))
    if not _TIMED.search(told):
        return told
    return _TIME.sub(lambda match: _milliseconds(match, unit), told)


def _milliseconds(time: re.Match[str], unit: str) -> str:
    number, unit = time[1], time[2] or unit
    return f"{int(number[:18]) * _UNITS[unit]}ms" if number and unit else time[0]
