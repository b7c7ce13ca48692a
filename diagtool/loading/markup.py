"""The small language of texts in a topology.

````literal````, ``[words](address)`` and ``{id}`` or ``{id.attribute}``; a backslash makes
the next character mean just itself. That is all: pages, slides and checks must all be
able to show a text, so it is never reStructuredText.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from diagtool.model import Inline, Link, Literal, Plain, Reference, Text


class MarkupError(Exception):
    """A text that cannot be read. ``offset`` is where, as :func:`scan` counts."""

    def __init__(self, code: str, message: str, offset: int) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.offset = offset


BLANKS = " \t\r\n\x85"
"""White space that may be folded; a no-break space is a letter that an author chose."""

_RUN = re.compile(f"[{BLANKS}]+")

_TOKEN = re.compile(
    r"""
      \\(?P<escaped>.)
    | `(?P<literal>[^`]+)`
    | \[(?P<words>(?:[^\[\]\\]|\\.)++)\]\((?P<url>[^\s()<>"]*(?:\([^\s()<>"]*\)[^\s()<>"]*)*)\)
    | \{(?P<reference>[^{}]*)\}
    | (?P<stray>[`{]|\[(?=[^\[\]]*\]\())
    | (?P<plain>[^\\`\[{]+|\\|\[)
    """,
    re.VERBOSE | re.DOTALL,
)
_REFERENCE = re.compile(r"(?P<id>[A-Za-z][\w-]*)(?:\.(?P<attribute>.+))?", re.ASCII)
_URL = re.compile(r"https?://[^\s/]+\S*|mailto:\S+@\S+", re.IGNORECASE)


def parse(text: str) -> Text:
    """The parts of a text, neighbouring words joined and white space folded.

    Raises MarkupError at the first part that cannot be read.
    """
    return tuple(inline for _, inline in scan(text))


def scan(text: str) -> Iterator[tuple[int, Inline]]:
    """What :func:`parse` gives, each part with its offset in the text without white space.

    That is an offset that folding lines does not move.
    """
    offset = start = 0
    words: list[str] = []
    for match in _TOKEN.finditer(_RUN.sub(" ", text).strip(" ")):
        kind, value = match.lastgroup, match.group()
        if kind in ("escaped", "plain"):
            words.append(match["escaped"] or value)
        else:
            if words:
                yield start, Plain("".join(words))
                words = []
            yield offset, _inline(match, offset)
        offset += len(squeezed(value))
        if not words:
            start = offset
    if words:
        yield start, Plain("".join(words))


def squeezed(text: str) -> str:
    """A text without its white space."""
    return _RUN.sub("", text)


def _inline(match: re.Match[str], offset: int) -> Inline:
    token = match.group()
    match match.lastgroup:
        case "literal":
            return Literal(match["literal"])
        case "url":
            return _link(match["words"], match["url"], offset)
        case "reference":
            return _reference(token, match["reference"], offset)
        case _:
            message = f"'{token}' is not closed (put a backslash before it to use it literally)"
            raise MarkupError("bad-text", message, offset)


def _link(words: str, url: str, offset: int) -> Link:
    if not _URL.fullmatch(url):
        raise MarkupError("bad-link", f"'{url}' is not an http, https or mailto address", offset)
    return Link(re.sub(r"\\(.)", r"\1", words), url)


def _reference(token: str, inner: str, offset: int) -> Reference:
    match = _REFERENCE.fullmatch(inner.strip())
    if not match:
        raise MarkupError("bad-text", f"'{token}' is not {{id}} or {{id.attribute}}", offset)
    attribute = match["attribute"] or "name"
    return Reference(match["id"], attribute)
