"""Sample config: line by line, each in its section, the blanks around signs left out."""

from __future__ import annotations

import re

from diagtool.checks.readers import File
from diagtool.checks.verify.normal._lines import lines
from diagtool.checks.verify.normal._pieces import Form, without_blanks

SUFFIXES = (".conf", ".ini", ".cfg")

_OPTION = re.compile(r"([^\[\]\s=:#;]+)[ \t]*[=:][ \t]*(.*)$")
_COMMENTED = re.compile(r"([#;])\s*([^\[\]\s=:#;]+)[ \t]*=[ \t]*(.*)$")


def form(file: File) -> Form:
    """The normal form of a file. An indented line goes on with the value above it."""
    made = Form(by_lines=True)
    section: tuple[str, ...] = ()
    for number, line in lines(file):
        indent = line[:1].isspace()
        place = file.place(number, len(line) - len(line.lstrip()) + 1)
        shown = without_blanks(line)
        if not indent and shown.startswith("["):
            section = (shown,)
            made.say("line", shown, place)
            continue
        if match := None if indent else _OPTION.match(shown):
            shown = f"{match[1]} = {match[2]}".rstrip(" ")
        elif match := None if indent else _COMMENTED.match(shown):
            shown = f"{match[1]} {match[2]} = {match[3]}".rstrip(" ")
        role = "comment" if shown.startswith(("#", ";")) else "line"
        made.say(role, f"… {shown}" if indent else shown, place, under=section)
    return made
