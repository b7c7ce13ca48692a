"""Marks in a page's doctree: which topology it speaks of, and what it has from one.

They are apart from what reads them: a build that reads no page must not wait for that.
"""

from __future__ import annotations

from docutils import nodes


class speaks(nodes.Invisible, nodes.Element):
    """The point from which on a page speaks of a topology."""


class generated(nodes.Invisible, nodes.Element):
    """The start of what a topology put there, with ``what`` it is of, or its end without."""
