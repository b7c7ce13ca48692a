"""Sample config: line by line, the blanks around signs left out."""

from __future__ import annotations

import re

from diagtool.checks.readers import File
from diagtool.checks.verify.normal._lines import lines
from diagtool.checks.verify.normal._pieces import Form

SUFFIXES = (".conf", ".ini", ".cfg")

_OPTION = re.compile(r"([^\[\]\s=:#;]+)\s*[=:]\s*(.*)$")


def form(file: File) -> Form:
    """The normal form of a file. An indented line goes on with the value above it."""
    made = Form(by_lines=True)
    for number, line in lines(file):
        indent = line[:1].isspace()
        place = file.place(number, len(line) - len(line.lstrip()) + 1)
        shown = line.strip()
        if match := None if indent else _OPTION.match(shown):
            shown = f"{match[1]} = {match[2]}".rstrip()
        made.say("line", f"… {shown}" if indent else shown, place)
    return made
