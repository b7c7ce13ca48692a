"""Text in Markdown as GitHub, GitLab and static site generators read it."""

from __future__ import annotations

import re
from typing import Self

from diagtool.model.safe_text import SafeText

_SPECIAL = re.compile(
    r"[\\`*{}\[\]<>|~$&!]|(?<!\w)_|_(?!\w)|^(?:[-+=#]|\d+(?=[.)]))|\.(?=\w)|:(?=/)"
)
_SUMMONS = re.compile(r"[@#](?=\w)|:(?=[\w+-]+:)")
"""What forges make more of, wherever they find it in a text: ``@name``, ``#1``, ``:smile:``."""


class Markdown(SafeText):
    """Source of a page, or of a part of one."""

    __slots__ = ()

    @classmethod
    def escape(cls, text: str) -> Self:
        """A text on one line, in which nothing is markup."""
        line = _SPECIAL.sub(_escaped, " ".join(text.split()))
        return cls(_SUMMONS.sub(lambda summons: f"{summons[0]}<!-- -->", line))

    @classmethod
    def code(cls, text: str) -> Self:
        """A text in the letters of a program, on one line."""
        line = " ".join(text.split())
        ticks = _longer(line, 1)
        pad = " " if line.startswith("`") or line.endswith("`") else ""
        return cls(f"{ticks}{pad}{line}{pad}{ticks}")

    @classmethod
    def image(cls, alt: str, url: str) -> Self:
        """A picture; a URL that would end it is left out."""
        return cls(f"![{cls.escape(alt)}]({url})" if re.fullmatch(r"[^\s()<>]+", url) else "")

    @classmethod
    def block(cls, language: str, text: str) -> Self:
        """A block of source in another language."""
        ticks = _longer(text, 3)
        return cls(f"{ticks}{language}\n{text.rstrip()}\n{ticks}")


def _escaped(special: re.Match[str]) -> str:
    """What is special by itself has a backslash, a number at a line's start one behind it."""
    text = special[0]
    return f"{text}\\" if text.isdigit() else f"\\{text}"


def _longer(text: str, least: int) -> str:
    """Backticks that end nothing in a text."""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    return "`" * max(least, longest + 1)
