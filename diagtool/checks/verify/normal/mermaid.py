"""Mermaid: line by line, each in its frame. Colours and outlines are not said; all else is."""

from __future__ import annotations

import re

from diagtool.checks.readers import File
from diagtool.checks.verify.normal._lines import Blocks, form_of_lines
from diagtool.checks.verify.normal._pieces import LOOK, Form

SUFFIXES = (".mmd", ".mermaid")

_FRAMES = Blocks(re.compile(r"subgraph "), re.compile(r"end$"))
_LOOK = re.compile(r"classDef |style |linkStyle |flowchart |graph |%%")


def form(file: File) -> Form:
    """The normal form of a flowchart."""
    return form_of_lines(file, lambda line: LOOK if _LOOK.match(line) else "line", _FRAMES)
