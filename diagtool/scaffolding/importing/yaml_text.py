"""YAML as a person would write it: comments, plain scalars where they will do, folded texts."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from textwrap import wrap

WIDTH = 100

_PLAIN = re.compile(r"[\w/(<+$.](?:[^\n:#]|:(?=\S)|(?<=\S)#)*(?<![\s:])|-?[0-9]+", re.UNICODE)
_NOTHING = ("", "~", "null", "Null", "NULL")


@dataclass(frozen=True, slots=True)
class Entry:
    """A key with its value, below the comments on it."""

    key: str
    value: Value
    comments: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Item:
    """An item of a list, below the comments on it."""

    value: Value
    comments: Sequence[str] = ()


Value = str | Sequence[Entry | Item]
"""A scalar, a mapping of nothing but entries, or a list of nothing but items."""


def write(entries: Sequence[Entry]) -> str:
    """A whole document; a blank line stands between its parts and before each of a kind."""
    return "\n".join(_lines(entries, 0)) + "\n"


def scalar(text: str) -> str:
    """A text on one line as YAML has it."""
    if _PLAIN.fullmatch(text) and text not in _NOTHING:
        return text
    return json.dumps(text, ensure_ascii=False)


def comment(text: str, indent: int) -> Iterator[str]:
    """A comment, on as many lines as it takes."""
    start = " " * indent + "# "
    text = " ".join(re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]", " ", text).split())
    yield from wrap(text, WIDTH, initial_indent=start, subsequent_indent=f"{start}  ")


def _lines(value: Sequence[Entry | Item], indent: int) -> Iterator[str]:
    space = " " * indent
    for number, each in enumerate(value):
        nested = isinstance(each, Entry) and not isinstance(each.value, str)
        if number and nested and (not indent or (indent <= 2 and _is_large(each.value))):
            yield ""
        for said in each.comments:
            yield from comment(said, indent)
        if isinstance(each, Entry):
            yield from _entry(each, indent)
        elif isinstance(each.value, str):
            yield from _text(f"{space}- ", each.value, indent + 2)
        else:
            first, *rest = _lines(each.value, indent + 2)
            yield f"{space}- {first.lstrip()}"
            yield from rest


def _entry(entry: Entry, indent: int) -> Iterator[str]:
    start = f"{' ' * indent}{scalar(entry.key)}:"
    if isinstance(entry.value, str):
        yield from _text(f"{start} ", entry.value, indent + 2)
    else:
        yield start
        yield from _lines(entry.value, indent + 2)


def _text(start: str, text: str, indent: int) -> Iterator[str]:
    """A scalar behind a start: on its line, or folded below it where it is too long for that."""
    written = scalar(text)
    if len(start) + len(written) <= WIDTH or " ".join(text.split(" ")) != " ".join(text.split()):
        yield f"{start}{written}"
        return
    yield f"{start}>-"
    space = " " * indent
    yield from wrap(
        text,
        WIDTH,
        initial_indent=space,
        subsequent_indent=space,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _is_large(value: Value) -> bool:
    """Whether a value has more than one level, and so deserves some air above it."""
    return not isinstance(value, str) and any(not isinstance(each.value, str) for each in value)
