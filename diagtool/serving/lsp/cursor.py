"""What can be written where the cursor is: told by indentation, for files that are half written."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from diagtool.loading import schema

_SIGN = r"""[^\s"'{}\[\],#:]"""
_KEY = re.compile(
    rf"""(?:^|(?<=[\s{{,\[]))(?P<quote>["']?)"""
    rf"""(?P<key>{_SIGN}(?:(?:{_SIGN}|[ ]|:(?=\S))*{_SIGN})?)(?P=quote):(?=\s|$)"""
)
_DASH = re.compile(r"-(?=\s|$)")


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a cursor is: under which ``keys``, and in the value of a ``key`` or in a key itself.

    ``word`` is what stands in front of it of the word that it is in, ``line`` of the line.
    """

    keys: tuple[str, ...]
    key: str | None
    word: str
    line: str

    @property
    def spec(self) -> schema.Spec | None:
        """What may stand there: the spec of a value, or that which a key belongs to."""
        keys = self.keys if self.key is None else (*self.keys, self.key)
        return spec_of(keys)


def cursor(lines: Sequence[str], number: int, column: int) -> Cursor:
    """The cursor in front of a column of a line, both from 0."""
    line = (lines[number] if number < len(lines) else "")[:column]
    entries = entries_of(line)
    word = re.search(r"[\w.-]*$", line)
    assert word, "it may be empty"
    bare = re.sub(r"^[\s-]*", "", line)
    keys = [text for _, text in entries if text]
    in_flow = line.count("{") > line.count("}") and bool(re.search(r"[{,]\s*[\w-]*$", line))
    value = None
    if keys and not in_flow:
        value = keys.pop()
    start = len(line) - len(bare) if bare else column
    if entries:
        start = entries[0][0]
    above = _above(lines, number, start, line)
    return Cursor((*above, *keys), value, word[0], line)


def entries_of(line: str) -> list[tuple[int, str]]:
    """The dashes (an empty text) and keys of a line, with their columns."""
    rest = re.sub(r"(^|\s)#.*", "", line)
    found: list[tuple[int, str]] = []
    at = len(rest) - len(rest.lstrip())
    while match := _DASH.match(rest, at):
        found.append((at, ""))
        at = match.end()
        at += len(rest[at:]) - len(rest[at:].lstrip())
    for number, key in enumerate(_KEY.finditer(rest, at)):
        before = rest[: key.start()]
        if number == 0 or before.count("{") > before.count("}"):
            found.append((key.start("key") - len(key["quote"]), key["key"]))
    return found


def _above(lines: Sequence[str], number: int, column: int, line: str) -> tuple[str, ...]:
    """The keys that a column of a line stands under."""
    keys: list[str] = []
    if _DASH.match(line.lstrip()):
        column = len(line) - len(line.lstrip()) + 1
    for above in reversed(lines[:number]):
        if not above.strip() or above.lstrip().startswith("#"):
            continue
        entries = entries_of(above)
        # Of several keys on a line, in braces, only the first has lines below it.
        first = next((entry for entry in entries if entry[1]), None)
        if first and first[0] < column:
            keys.insert(0, first[1])
            column = first[0]
        for at, text in reversed(entries):
            if not text and at < column:
                column = at + 1
    return tuple(keys)


def spec_of(keys: Sequence[str]) -> schema.Spec | None:
    """What the schema says of the value under some keys; None where it knows none of them."""
    spec: schema.Spec | None = schema.TOPOLOGY
    for key in keys:
        if isinstance(spec, schema.ListOf | schema.OneOrMore):
            spec = spec.item
        match spec:
            case schema.Record():
                spec = spec.keys[key].spec if key in spec.keys else None
            case schema.MapOf():
                spec = spec.value
            case _:
                return None
    return spec


def help_of(keys: Sequence[str]) -> str:
    """What the schema says of the last of some keys, empty where it is a name."""
    parent = spec_of(keys[:-1])
    if isinstance(parent, schema.ListOf | schema.OneOrMore):
        parent = parent.item
    if not isinstance(parent, schema.Record) or keys[-1] not in parent.keys:
        return ""
    key = parent.keys[keys[-1]]
    return key.help + (f" Default: {key.default}." if key.default else "")


def siblings(lines: Sequence[str], number: int, at: Cursor) -> set[str]:
    """The keys that stand beside the cursor already."""
    found = set()
    line = lines[number] if number < len(lines) else ""
    own = len(at.line) - len(re.sub(r"^[\s-]*", "", at.line))
    for step in (-1, 1):
        place = number + step
        dashed = step < 0 and bool(_DASH.match(line.lstrip()))
        while not dashed and 0 <= place < len(lines):
            text = lines[place]
            entries = entries_of(text)
            if text.strip() and not text.lstrip().startswith("#"):
                indent = len(text) - len(text.lstrip())
                dashed = any(not key and column < own for column, key in entries)
                if indent < own and (step > 0 or not dashed):
                    break
                found |= {key for column, key in entries if key and column == own}
            place += step
    return found
