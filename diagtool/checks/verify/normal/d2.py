"""D2: line by line, each in its frame."""

from __future__ import annotations

import re

from diagtool.checks.readers import File
from diagtool.checks.verify.normal._lines import Blocks, form_of_lines
from diagtool.checks.verify.normal._pieces import LOOK, Form

SUFFIXES = (".d2",)

_FRAMES = Blocks(re.compile(r"[^#].*\{$"), re.compile(r"\}"))
_LOOK = re.compile(r"direction:|classes|vars|style|#|\S+\.style\.(?:fill|stroke|font)")

_QUOTED = re.compile(r'"([A-Za-z]\w*(?: \w+)*)"')
"""A text that means the same without quotes."""


def form(file: File) -> Form:
    """The normal form of a diagram."""
    return form_of_lines(
        file,
        lambda line: LOOK if _LOOK.match(line) else "line",
        _FRAMES,
        plain=lambda line: _QUOTED.sub(r"\1", line),
    )
