"""Mermaid: line by line. What a shape looks like is not said; all else is."""

from __future__ import annotations

import re

from diagtool.checks.readers import File
from diagtool.checks.verify.normal._lines import form_of_lines
from diagtool.checks.verify.normal._pieces import LOOK, Form

SUFFIXES = (".mmd", ".mermaid")

_LOOK = re.compile(r"classDef |class |style |linkStyle |%%|\S+@\{")


def form(file: File) -> Form:
    """The normal form of a flowchart."""
    return form_of_lines(file, lambda line: LOOK if _LOOK.match(line) else "line")
