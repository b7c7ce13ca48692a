"""The mark in a page's doctree that says which topology it speaks of.

It is apart from what reads it: a build that reads no page must not wait for that.
"""

from __future__ import annotations

from docutils import nodes


class speaks(nodes.Invisible, nodes.Element):
    """The point from which on a page speaks of a topology."""
