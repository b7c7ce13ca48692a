"""PlantUML: line by line, each in its frame. Its settings are not said; all else is."""

from __future__ import annotations

import re

from diagtool.checks.readers import File
from diagtool.checks.verify.normal._lines import Blocks, form_of_lines
from diagtool.checks.verify.normal._pieces import LOOK, Form

SUFFIXES = (".puml", ".plantuml")

_FRAMES = Blocks(re.compile(r"[^'].*\{$"), re.compile(r"\}"))
_LOOK = re.compile(
    r"@(?:start|end)uml|skinparam (?!.*<<)|hide |(?:left to right|top to bottom) direction|!|'"
)

_ARROW = re.compile(
    r"(?<=\s)(<?)([-.])(?:[-.]|(?:left|right|up|down|le|ri|do|[lrud])(?=[-.]))*(>?)(?=\s)"
)
"""An arrow, in which its length and where it goes may be written."""


def form(file: File) -> Form:
    """The normal form of a diagram."""
    return form_of_lines(
        file,
        lambda line: LOOK if _LOOK.match(line) else "line",
        _FRAMES,
        plain=lambda line: _ARROW.sub(r"\1\2\2\3", line),
    )
