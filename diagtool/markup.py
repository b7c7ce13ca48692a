"""The small language of texts in a topology.

````literal````, ``[words](address)`` and ``{id}`` or ``{id.attribute}``; a backslash makes
the next character mean just itself. That is all: pages, slides and checks must all be
able to show a text, so it is never reStructuredText.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from diagtool.model import REFERENCE_ATTRIBUTES, Inline, Link, Literal, Plain, Reference, Text


@dataclass(frozen=True, slots=True)
class MarkupError(Exception):
    """A text that cannot be read. ``token`` is the part of it that is at fault."""

    code: str
    message: str
    token: str


_TOKEN = re.compile(
    r"""
      \\(?P<escaped>.)
    | `(?P<literal>[^`]+)`
    | \[(?P<words>(?:[^\]\\]|\\.)+)\]\((?P<url>[^\s()<>"]*(?:\([^\s()<>"]*\)[^\s()<>"]*)*)\)
    | \{(?P<reference>[^{}]*)\}
    | (?P<stray>[`{]|\[(?=[^\]]*\]\())
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
    inlines: list[Inline] = []
    words = ""
    for match in _TOKEN.finditer(re.sub(r"\s+", " ", text.strip())):
        kind, value = match.lastgroup, match.group()
        if kind in ("escaped", "plain"):
            words += match["escaped"] or value
            continue
        if words:
            inlines.append(Plain(words))
            words = ""
        if kind == "literal":
            inlines.append(Literal(match["literal"]))
        elif kind == "url":
            inlines.append(_link(value, match["words"], match["url"]))
        elif kind == "reference":
            inlines.append(_reference(value, match["reference"]))
        else:
            message = f"'{value}' is not closed (put a backslash before it to mean just itself)"
            raise MarkupError("bad-text", message, value)
    if words:
        inlines.append(Plain(words))
    return tuple(inlines)


def _link(token: str, words: str, url: str) -> Link:
    if not _URL.fullmatch(url):
        raise MarkupError("bad-link", f"'{url}' is no http, https or mailto address", token)
    return Link(re.sub(r"\\(.)", r"\1", words), url)


def _reference(token: str, inner: str) -> Reference:
    match = _REFERENCE.fullmatch(inner.strip())
    if not match:
        raise MarkupError("bad-text", f"'{token}' is not {{id}} or {{id.attribute}}", token)
    attribute = match["attribute"] or "name"
    if attribute not in REFERENCE_ATTRIBUTES and not attribute.startswith("options."):
        known = ", ".join((*REFERENCE_ATTRIBUTES, "options.NAME"))
        raise MarkupError("bad-text", f"'{token}' asks for an attribute not among {known}", token)
    return Reference(match["id"], attribute)
