"""Graphviz DOT: its statements."""

from __future__ import annotations

from diagtool.checks.readers import File, dot
from diagtool.checks.verify.normal_forms._pieces import Form
from diagtool.checks.verify.normal_forms._statements import form_of_statements

SUFFIXES = (".dot", ".gv")


def form(file: File) -> Form:
    """The normal form of a source."""
    return form_of_statements(file, dot.TOKENS)
