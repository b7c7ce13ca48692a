"""A page of reStructuredText as docutils reads it alone, whoever wrote it.

It includes nothing, and takes a time that does not grow with its square: whatever could begin
inline markup has docutils look for its end through the rest of a paragraph.
"""

from __future__ import annotations

import sys
from typing import Any

from docutils import nodes
from docutils.frontend import get_default_settings
from docutils.parsers.rst import Parser
from docutils.parsers.rst.states import Inliner
from docutils.utils import new_document

MOST = 2_000_000_000
"""How many characters docutils may look through; each thousand million takes a second or so."""


class TooCostlyError(Exception):
    """A page that would take very long to read, or is nested too deep; the message says which."""


def parse(text: str, path: str) -> nodes.document:
    """The page; ``path`` is what its places are in. Raises TooCostlyError."""
    settings = get_default_settings(Parser)
    settings.file_insertion_enabled = False
    settings.raw_enabled = False
    settings.report_level = settings.halt_level = 5
    settings.warning_stream = ""
    settings.line_length_limit = sys.maxsize  # who reads the page says how long it may be
    document = new_document(path, settings)
    try:
        Parser(inliner=_frugal_inliner()).parse(text, document)
    except RecursionError:
        raise TooCostlyError("it is nested too deep") from None
    return document


def _frugal_inliner() -> Any:
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
