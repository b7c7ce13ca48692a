"""Text for a terminal or a CI log, with nothing in it that either would act on."""

from __future__ import annotations

import json
import re

_COMMAND = re.compile(r"^\s*:(?=:)|#(?=#\w*\[)")
"""Where a line would be a command to a CI service: ``::error::``, ``##[group]``, ``##vso[``."""


def inert(line: str) -> str:
    """A line that no CI service takes for a command."""
    return _COMMAND.sub(lambda match: match[0][:-1] + _escaped(match[0][-1]), line)


def printable(text: str) -> str:
    """A text on one line, with control and direction-changing characters made visible."""
    shown = "".join(c if c.isprintable() or c == "\t" else repr(c)[1:-1] for c in text)
    return inert(shown)


def lines(text: str) -> str:
    """A text of several lines, each of them printable."""
    return "\n".join(map(printable, text.split("\n")))


def printable_json(source: str) -> str:
    """JSON that says the same, and that can be printed."""
    shown = "".join(c if c.isprintable() or c == "\n" else json.dumps(c)[1:-1] for c in source)
    return re.sub(r"#(?=#\w*\[)", r"\\u0023", shown)


def _escaped(character: str) -> str:
    return f"\\x{ord(character):02x}"
