"""What is wrong where a file is no YAML, in plain words, and what was probably meant."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

QUOTE = "put the text in quotes, or on the lines after '>-'"
COLON = f"{QUOTE}: it contains a colon and a space, or ends in a colon"
BLANK = "put a space after the colon"

_ENTRY = re.compile(r"\s*(?:- +)*(?:[\w-]+:(?: +|$))?(?P<value>.*)")
_NO_BLANK = re.compile(r"\s*(?:- +)*[A-Za-z_][\w-]*:[^\s/]")
_FLOW = {"{": "}", "[": "]"}

_PROBLEMS: Sequence[tuple[str, str]] = (
    (r"found character '\\t' that cannot start any token", "a tab cannot be used for indentation"),
    (r"found character (.+) that cannot start any token", "a text cannot begin with {0}"),
    ("mapping values are not allowed here", "unexpected colon"),
    ("sequence entries are not allowed here", "a list cannot begin in the middle of a line"),
    ("found unexpected end of stream", "the quote that begins in line {line} is not closed"),
    ("could not find expected ':'", "expected a colon and a space after the key"),
    (
        r"found unknown escape character '(.+)'",
        "'\\{0}' is not an escape sequence in double quotes",
    ),
    ("expected alphabetic or numeric character.*", "a text cannot begin with {begin}"),
    (
        "expected chomping .*|expected a comment or a line break.*",
        "nothing can follow {begin} on this line: the text begins on the next one",
    ),
)


def message(
    problem: str, lines: Sequence[str], place: tuple[int, int], begun: tuple[int, int] | None
) -> str:
    """A scanner's finding in plain words.

    ``lines`` are those of the file; ``place`` is the line and column, from 1, where it was
    found, and ``begun`` that of what the scanner was reading, where it says so.
    """
    line, column = begun or place
    begin = repr(lines[line - 1][column - 1 : column])
    for pattern, words in _PROBLEMS:
        if match := re.fullmatch(pattern, problem):
            return words.format(*match.groups(), line=line, begin=begin)
    if begun and problem.startswith("expected ',' or"):
        return f"the {begin} in line {line} is not closed"
    if begun and problem.startswith("expected <block end>"):
        same = place[0] == line
        return "unexpected text" if same else f"unexpected text after line {line}"
    return problem


def hint(problem: str, lines: Sequence[str], places: Sequence[tuple[int, int]]) -> str:
    """What to do about it; ``places`` are those that the scanner names, the likeliest first."""
    if r"'\t'" in problem:
        return "write spaces instead of tabs"
    if problem.startswith("sequence entries"):
        return "begin it on the next line"
    for line in _looked_at(lines, [line for line, _ in places]):
        if found := _of_line(line):
            return found
    if "escape" in problem:
        return "put the text in single quotes"
    if "mapping values" in problem or "<block end>" in problem:
        return "check the indentation"
    return ""


def of_value(line: str, column: int) -> str:
    """A hint for a value at a column from 1 that was meant as a text but is none to YAML."""
    start = line[column - 1 : column]
    return f"{QUOTE}: it begins with '{start}'" if start in ("{", "[", "?", "*") else ""


def of_text(text: str) -> str:
    """A hint for a text that was meant as a key with its value."""
    return BLANK if _NO_BLANK.match(text) else ""


def _looked_at(lines: Sequence[str], numbers: Sequence[int]) -> Iterator[str]:
    """The lines of these numbers, and the one before each that is not empty."""
    for number in numbers:
        if number <= len(lines):
            yield lines[number - 1]
    for number in numbers:
        before = [line for line in lines[max(0, number - 20) : number - 1] if line.strip()]
        yield from before[-1:]


def _of_line(line: str) -> str:
    if _NO_BLANK.match(line):
        return BLANK
    match = _ENTRY.match(line)
    value = match["value"].rstrip() if match else ""
    return f"{QUOTE}: {cause}" if (cause := _cause(value)) else ""


def _cause(value: str) -> str:
    """Why a value is no text to YAML, empty where it is one."""
    start = value[:1]
    begins = f"it begins with {start!r}" if start != "'" else 'it begins with "\'"'
    if start in tuple("`@%*&!"):
        return begins
    if start in _FLOW:
        return begins if _FLOW[start] in value[:-1] and value[-1] not in "]}," else ""
    if start in ("'", '"'):
        closed = value.find(start, 1)
        return begins if 0 < closed < len(value) - 1 else ""
    if start in ("|", ">"):  # what may follow is an indicator or a comment
        return begins if re.match(r".([0-9+-]{0,2}\s+[^\s#]|[^\s#0-9+-])", value) else ""
    if re.search(r":(\s|$)", value):
        return "it ends in a colon" if value.endswith(":") else "it contains a colon and a space"
    return "it contains a space and '#'" if " #" in value else ""
