"""Inline markup of reStructuredText, read in a time that does not grow with its square.

Whatever could begin markup has docutils look for its end through the rest of a paragraph.
"""

from __future__ import annotations

from typing import Any

from docutils.parsers.rst.states import Inliner

MOST = 2_000_000_000
"""How many characters docutils may look through; each thousand million takes a second or so."""


class TooCostlyError(Exception):
    """A page whose markup would take very long to read; the message says so."""


def frugal_inliner() -> Any:
    """docutils' own, which raises TooCostlyError on a page that would take very long."""
    inliner: Any = Inliner()
    parse, left = inliner.parse, MOST

    def parse_frugally(text: str, *arguments: Any) -> Any:
        nonlocal left
        left -= len(text) * sum(map(text.count, "*`|_["))
        if left < 0:
            raise TooCostlyError("its paragraphs have too much in them that could begin markup")
        return parse(text, *arguments)

    # A subclass would do, were it not that docutils looks patterns up in the class itself.
    inliner.parse = parse_frugally
    return inliner
