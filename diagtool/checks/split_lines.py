"""The lines of a text: what ends one, and what only some programs take for an end."""

from __future__ import annotations

import re
from pathlib import Path

_END = re.compile(r"\r?\n")
_CONTROL = re.compile(r"[\0-\x08\v\f\x0e-\x1f\x7f-\x9f\u2028\u2029]|\r(?!\n)")
_BLANK = str.maketrans("\v\f", "  ")


def split_lines(text: str) -> list[str]:
    r"""The lines of a text. Nothing but ``\n`` and ``\r\n`` ends one.

    ``str.splitlines`` knows eight more ends, which programs take for part of a line: what
    follows a comment behind one of them is commented out.
    """
    lines = _END.split(text)
    return lines if lines[-1] else lines[:-1]


def lines_of(path: Path) -> list[str]:
    """The lines of a file, as far as they are text."""
    return split_lines(path.read_text("utf-8-sig", errors="replace"))


def control_characters(text: str) -> list[tuple[str, int, int]]:
    """Characters that some programs take for the end of a line, or do something else at.

    Each as ``U+000B``, with its line and column from 1.
    """
    return [
        (f"U+{ord(match[0]):04X}", number, match.start() + 1)
        for number, line in enumerate(text.split("\n"), 1)
        for match in _CONTROL.finditer(f"{line}\n")
    ]


def docutils_lines(text: str) -> list[str]:
    """The lines of reStructuredText, as docutils counts them."""
    return text.translate(_BLANK).splitlines()
