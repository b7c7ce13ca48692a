"""Sample config: line by line, each in its section, the blanks around signs left out."""

from __future__ import annotations

import re

from diagtool.checks.readers import File
from diagtool.checks.readers._config import lines
from diagtool.checks.verify.normal_forms._pieces import Form, Piece, without_blanks

SUFFIXES = (".conf", ".ini", ".cfg")

_OPTION = re.compile(r"([^\[\]\s=:#;]+)[ \t]*([=:])[ \t]*(.*)$")
_COMMENTED = re.compile(r"#\s*([^\[\]\s=:#;]+)[ \t]*([=:])[ \t]*(.*)$")
_COMMENTED_SECTION = re.compile(r"#\s*\[[^\]]+\]$")


def form(file: File) -> Form:
    """The normal form of a file. An indented line goes on with the value above it.

    In a value each blank counts, and not every program takes a colon for a sign.
    """
    made = Form(by_lines=True)
    section: tuple[str, ...] = ()
    is_alternative = False
    open: set[tuple[str, ...]] = set()
    for number, column, shown in lines(file):
        indent = column > 1
        place = file.place(number, column)
        if not indent and shown.startswith("["):
            section, is_alternative = (without_blanks(shown),), False
            if section in open:
                made.describe(f"once more {shown}", place)
            else:
                made.say("line", shown, place, exact=True)
            open.add(section)
            continue
        before = "… " if indent else ""
        if shown.startswith(("#", ";")):
            if shown[0] == ";":  # the other sign for a comment
                made.describe("a semicolon", place, under=section)
            shown = f"#{shown[1:]}"
            is_alternative |= bool(_COMMENTED_SECTION.match(shown))
            match = None if indent else _COMMENTED.match(shown)
            if match and (match[2] == "=" or is_alternative):
                if match[2] == ":":
                    made.describe("a colon", place, under=section)
                shown = f"# {match[1]} = {match[3]}".rstrip(" ")
            made.say("comment", f"{before}{shown}", place, under=section, exact=True)
            continue
        if match := None if indent else _OPTION.match(shown):
            if match[2] == ":":
                made.describe("a colon", place, under=section)
            shown = f"{match[1]} = {match[3]}".rstrip(" ")
        made.pieces.append(Piece(f"{before}{shown}", "line", place, section))
    return made
