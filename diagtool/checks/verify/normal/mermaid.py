"""Mermaid: line by line, each in its frame. Colours and outlines are not said; all else is."""

from __future__ import annotations

import re

from diagtool.checks.readers import File
from diagtool.checks.verify.normal._lines import Blocks, form_of_lines
from diagtool.checks.verify.normal._pieces import LOOK, Form

SUFFIXES = (".mmd", ".mermaid")

_FRAMES = Blocks(re.compile(r"subgraph "), re.compile(r"end$"))
_LOOK = re.compile(r"classDef |style |linkStyle |flowchart |graph |%%")

_LETTER = re.compile(r"#(\d{1,6});")
"""A character by its number."""


_QUOTED = re.compile(r'(?<=[\[({|])"([A-Za-z]\w*(?: \w+)*)"(?=[\])}|])')
"""A text that means the same without quotes."""


def form(file: File) -> Form:
    """The normal form of a flowchart."""
    return form_of_lines(
        file, lambda line: LOOK if _LOOK.match(line) else "line", _FRAMES, plain=_plain
    )


def _plain(line: str) -> str:
    line = _LETTER.sub(lambda m: chr(int(m[1])) if chr(int(m[1])).isalnum() else m[0], line)
    return _QUOTED.sub(r"\1", line).removesuffix(";").rstrip()
