"""Changes of what is made from a deployment: its tables on pages and as files, and its config.

Each word of each line is changed in turn, each line is dropped and comes again with another word,
and what stands in two lines alike is exchanged.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

WORD = re.compile(r"[^\W_][\w.:/-]*[^\W_]|\w")
"""What is changed at once: a name, a number, an address."""

CELL = re.compile(r"(<td.*?>)(<p>)?([^<]+)", re.DOTALL)

PLAIN = re.compile(r"[{}\[\],-]*")
"""A line that says nothing but where another one starts or ends."""


class Lie(NamedTuple):
    """A file that says something else than it should. ``said`` is what was changed."""

    kind: str
    name: str
    text: str
    said: str


def of_file(name: str, text: str) -> Iterator[Lie]:
    """Every lie in a file of lines; comments and options of directives say nothing."""
    lines = text.splitlines(keepends=True)
    told = [
        number
        for number, line in enumerate(lines)
        if not PLAIN.fullmatch(line.strip()) and not line.lstrip().startswith(("#", ":"))
    ]

    def lie(kind: str, number: int, *new: str) -> Lie:
        changed = "".join([*lines[:number], *new, *lines[number + 1 :]])
        return Lie(kind, name, changed, lines[number].strip())

    for number in told:
        line = lines[number]
        yield lie("drop a line", number)
        for match in WORD.finditer(line):
            new = f"{line[: match.start()]}{other(match[0])}{line[match.end() :]}"
            yield lie("change a word", number, new)
        if numbers := list(re.finditer(r"\d+", line)):
            last = numbers[-1]
            again = f"{line[: last.start()]}{other(last[0])}{line[last.end() :]}"
            yield lie("add a line", number, line, again)
    before: dict[str, int] = {}
    for two in told:
        key, second = _parts(lines[two])
        one = before.get(key)
        # In which order HAProxy opens its ports makes no difference.
        if (
            key not in ("", "bind ")
            and one is not None
            and (first := _parts(lines[one])[1]) != second
        ):
            changed = list(lines)
            changed[one] = lines[one].replace(first, second)
            changed[two] = lines[two].replace(second, first)
            said = f"{lines[one].strip()} and {lines[two].strip()}"
            yield Lie("exchange two values", name, "".join(changed), said)
        before[key] = two


def of_page(name: str, text: str, tables: Iterable[tuple[int, int]]) -> Iterator[Lie]:
    """Every lie in the tables of a page of HTML, which stand from one place to another.

    By its heads the table is known on a page that has no record; they are left alone.
    """
    for start, end in tables:
        table = text[start:end]
        for match in CELL.finditer(table):
            if match[3].strip():
                new = f"{table[: match.start(3)]}{other(match[3])}{table[match.end(3) :]}"
                yield Lie("change a cell", name, text[:start] + new + text[end:], match[3])
        for row in re.finditer(r"<tr.*?</tr>\n?", table, re.DOTALL):
            if "<td" not in row[0]:
                continue
            left = table.replace(row[0], "", 1)
            yield Lie("drop a row", name, text[:start] + left + text[end:], row[0])


def meaning(value: object) -> str:
    """What YAML says, whatever the order of its lists."""
    if isinstance(value, dict):
        return str(sorted((key, meaning(inner)) for key, inner in value.items()))
    return str(sorted(map(meaning, value)) if isinstance(value, list) else value)


def other(word: str) -> str:
    """Another word that could stand there."""
    if word.isdigit():
        return str(int(word) + 1)
    if re.search(r"\d$", word):
        return f"{word[:-1]}{(int(word[-1]) + 1) % 10}"
    return f"{word}x"


def _parts(line: str) -> tuple[str, str]:
    """What a line says a value of, and the value."""
    match = re.fullmatch(r"\s*([\w\" ]+?)(?::| =|(?<=HostName)) *(\S.*?),?\n", line)
    return (match[1], match[2]) if match else ("", "")
