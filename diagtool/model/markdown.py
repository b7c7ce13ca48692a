"""Text in Markdown as GitHub, GitLab and static site generators read it.

They do not agree on what a backslash escapes: Python-Markdown, which MkDocs uses, takes ``\\<``
for a backslash and a tag. A backslash therefore stands only where all of them know it;
elsewhere, a character is written by its number.
"""

from __future__ import annotations

import re
from typing import Self

from diagtool.model.safe_text import SafeText

_ANYWHERE = re.compile(
    r"""
      [\\`*{}\[\]!] | (?<![^\W_])_ | _(?![^\W_]) | \+(?=\+)
    | [<>&|~$=^]
    | \.(?=[^\W\d]) | :(?=/)         # addresses
    | [@#](?=\w) | :(?=[\w+-]+:)     # what forges make more of: @name, #1, :smile:
    """,
    re.VERBOSE,
)
_BACKSLASHED = frozenset("\\`*_{}[]!.+-")
_START = re.compile(r"(?P<number>\d{1,9}(?=[.)]))?[-+:?/.)]|#")
"""What would start a list, a heading or a block of some generator."""
_IN_ADDRESSES = re.compile(r"[\s\"<>()\[\]{}\\`|*^]")


class Markdown(SafeText):
    """Source of a page, or of a part of one."""

    __slots__ = ()

    @classmethod
    def escape(cls, text: str) -> Self:
        """A text on one line, in which nothing is markup."""
        line = " ".join(text.split())
        if not (start := _START.match(line)):
            return cls.within(line)
        number = start["number"] or ""
        backslash = "\\" if start[0] == "#" else ""
        sign = _escaped(line[start.end() - 1], line[start.end() :])
        return cls(f"{number}{backslash}{sign}") + cls.within(line[start.end() :])

    @classmethod
    def within(cls, text: str) -> Self:
        """A text inside a line that has started already; blanks at its ends are kept."""
        line = re.sub(r"\s+", " ", text)
        return cls(_ANYWHERE.sub(lambda sign: _escaped(sign[0], line[sign.end() :]), line))

    @classmethod
    def code(cls, text: str) -> Self:
        """A text in the letters of a program, on one line."""
        line = " ".join(text.split())
        if "|" in line:  # which would end a cell of a table
            return cls(f"<code>{cls.within(line)}</code>")
        ticks = _longer(line, 1)
        pad = " " if line.startswith("`") or line.endswith("`") else ""
        return cls(f"{ticks}{pad}{line}{pad}{ticks}")

    @classmethod
    def image(cls, alt: str, url: str) -> Self:
        """A picture; a URL that would end it is left out."""
        return cls(f"![{cls.escape(alt)}]({url})" if re.fullmatch(r"[^\s()<>]+", url) else "")

    @classmethod
    def link(cls, words: str, url: str) -> Self:
        """Words that lead to an address."""
        address = _IN_ADDRESSES.sub(lambda match: f"%{ord(match[0]):02X}", url)
        return cls("[{}](<{}>)").format(words, cls(address.replace("&", "&amp;")))

    @classmethod
    def heading(cls, words: str, level: int) -> Self:
        """A heading, 1 being the highest; there are six levels."""
        return cls(f"{'#' * min(level, 6)} {cls.of(words)}")

    @classmethod
    def anchor(cls, id: str) -> Self:
        """What links on the page and from elsewhere lead to."""
        return cls('<a id="{}"></a>').format(cls.within(id))

    @classmethod
    def block(cls, language: str, text: str) -> Self:
        """A block of source in another language."""
        ticks = _longer(text, 3)
        return cls(f"{ticks}{language}\n{text.rstrip()}\n{ticks}")


def _escaped(sign: str, rest: str) -> str:
    """A sign of a text, which goes on with ``rest``, as itself."""
    if sign in "@#" or (sign == ":" and rest[:1] not in ("/", " ", "")):
        return f"{sign}<!-- -->"  # forges look for it in what has been made of the page
    return f"\\{sign}" if sign in _BACKSLASHED else f"&#{ord(sign)};"


def _longer(text: str, least: int) -> str:
    """Backticks that end nothing in a text."""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    return "`" * max(least, longest + 1)
