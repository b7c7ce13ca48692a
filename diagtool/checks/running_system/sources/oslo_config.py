"""Config in sections, as oslo.config has it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from diagtool.checks import secret_detection
from diagtool.checks.readers import File, ReadError
from diagtool.checks.running_system.observations import Seen, Setting
from diagtool.checks.split_lines import split_lines
from diagtool.model import Place

WHAT = "config in sections, as of oslo.config"

LONGEST = 10_000
"""How many characters a value over many lines may have."""

_SECTION = re.compile(r"\[([^\[\]]+)\]\s*(?:[#;].*)?$")
_OPTION = re.compile(r"([^\s=:#;\[][^\s=:]*)\s*[=:]\s*(.*)$")


def fits(file: File, inner: str) -> bool:
    if not inner.lower().endswith((".conf", ".ini")):
        return False
    return any(_SECTION.match(line) for line in file.lines())


def take(file: File, host: str, inner: str, seen: Seen) -> None:
    seen.settings += settings(file.text(), host, inner, file.place(), in_file=True)


def settings(
    text: str, host: str, path: str, place: Place, *, in_file: bool = False
) -> Iterator[Setting]:
    """The options that are set in a text, which is a whole file or stands at a place in one.

    A line that starts with a blank goes on with the value of the one before. Raises ReadError.
    """
    section, name, value = "DEFAULT", "", ""
    at = place
    for number, raw in enumerate([*split_lines(text), ""], 1):
        if raw[:1].isspace() and raw.strip() and name:
            value = f"{value} {raw.strip()}".strip()
            if len(value) > LONGEST:
                raise ReadError(f"a value is longer than {LONGEST:,} characters", at.line)
            continue
        if name:
            yield Setting(host, path, section, name, secret_detection.value(name, _bare(value)), at)
        name = ""
        if match := _SECTION.match(raw):
            section = match[1].strip()
        elif match := _OPTION.match(raw):
            name, value = match[1], match[2].strip()
            at = Place(place.path, number, 1) if in_file else place


def _bare(value: str) -> str:
    """A value without the quotes around it."""
    quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "\"'"
    return value[1:-1] if quoted else value
