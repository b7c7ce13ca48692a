"""reStructuredText: paragraph by paragraph, and line by line where lines are kept."""

from __future__ import annotations

import re

from diagtool.checks.readers import File
from diagtool.checks.verify.normal._pieces import Form, Piece, without_blanks

SUFFIXES = (".rst",)

_CODE = re.compile(
    r"\s*\.\. (?:code-block|sourcecode|code|blockdiag|parsed-literal)::|(?!\s*\.\.\s).*::$"
)
_MARKUP = re.compile(r"\s*(?:\.\.(?:\s|$)|:[\w-]+:(?:\s|$)|[=~^\"'#-]{2,}$)")
_ADORNED = re.compile(r"([=~^\"'#-])\1+$")
_LEVELS = "=-~^\"'#"
"""What stands under headings of each level here; a page may have other signs."""

_BULLET = re.compile(r"^[*+-] ")
_ITEM = re.compile(r"\s*(?:[*+-]|\d+\.)\s")


def form(file: File) -> Form:
    """The normal form of a page. Where the lines of a paragraph break does not count."""
    made = Form(by_lines=True)
    code: int | None = None
    warning: int | None = None
    open: list[str] = []
    start = indent = 0
    section: tuple[str, ...] = ()
    above: list[tuple[int, str]] = []
    signs: list[str] = []

    def under(depth: int) -> tuple[str, ...]:
        while above and above[-1][0] >= depth:
            above.pop()
        return (*section, *(text for _, text in above))

    def close() -> None:
        if open:
            text = _BULLET.sub("* ", _ADORNED.sub(r"\1\1\1", without_blanks(" ".join(open))))
            place = file.place(start, indent + 1)
            role = _role(open[0]) if warning is None else "warning"
            made.say(role, text, place, under=under(indent))
            above.append((indent, text))
            open.clear()

    for number, raw in enumerate(file.lines(), 1):
        line = raw.rstrip(" \t").expandtabs()
        depth = len(line) - len(line.lstrip())
        if not line:
            close()
            continue
        if code is not None and depth > code:
            close()
            made.pieces.append(_code(line, depth, file, number, under(depth)))
            above.append((depth, without_blanks(line)))
            continue
        code = None
        if warning is not None and depth <= warning:
            close()
            warning = None
        if open and not depth and _ADORNED.fullmatch(line):
            section = (without_blanks(" ".join(open)),)
            close()
            above.clear()
            if line[0] not in signs:
                signs.append(line[0])
            line = _LEVELS[signs.index(line[0])] * 3
        if open and (depth != indent or _MARKUP.match(line) or _ITEM.match(line)):
            close()
        if not open:
            start, indent = number, depth
        open.append(line)
        if _CODE.match(line):
            close()
            code = depth
        elif _MARKUP.match(line):
            close()
        if line.lstrip().startswith(".. warning::"):
            warning = depth
    close()
    return made


def _code(line: str, depth: int, file: File, number: int, under: tuple[str, ...]) -> Piece:
    """A line of code, or one of the options of its directive. Its indentation is kept."""
    return Piece(
        f"{' ' * depth}{without_blanks(line)}", "line", file.place(number, depth + 1), under
    )


def _role(line: str) -> str:
    if _MARKUP.match(line):
        return "markup"
    return "list entry" if _ITEM.match(line) else "paragraph"
