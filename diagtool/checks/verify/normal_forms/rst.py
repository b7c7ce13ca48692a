"""reStructuredText: paragraph by paragraph, and line by line where lines are kept."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from diagtool.checks.readers import File, blockdiag
from diagtool.checks.verify.normal_forms._pieces import EMPTY, Form, Piece, without_blanks
from diagtool.checks.verify.normal_forms._statements import form_of_statements

SUFFIXES = (".rst",)

_CODE = re.compile(
    r"\s*\.\. (?:code-block|sourcecode|code|blockdiag|parsed-literal)::|(?!\s*\.\.\s).*::$"
)
_GRAPH = re.compile(r"\s*\.\. blockdiag::")
_SETTING = re.compile(r"\s*:[\w-]+:(?:\s|$)")
"""An option of a directive."""
_MARKUP = re.compile(r"\s*(?:\.\.(?:\s|$)|:[\w-]+:(?:\s|$)|[=~^\"'#*+-]{2,}$)")
_ADORNED = re.compile(r"([=~^\"'#*+-])\1+$")
_LEVELS = "=-~^\"'#*+"
"""What stands under headings of each level here; a page may have other signs."""

_NAMES = re.compile(r"^(\s*\.\. )(?:code|sourcecode)::")
"""What else the directive of a block of code is called."""
_ADMONITION = re.compile(
    r"(\s*\.\. (?:attention|caution|danger|error|hint|important|note|tip|warning)::)\s+(\S.*)$"
)
_BULLET = re.compile(r"^[*+-] ")
_BULLETS = re.compile(r"^\s*(?:(?:[*+-]|\d+\.)(?:\s+|$))*")
_DIRECTIVE = re.compile(r"^(\s*\.\.)\s+(?=\S)")
_TARGET = re.compile(r"^\.\. _`([\w-]+)`:$")
"""A target in quotes that it does not need."""
_ROW = re.compile(r"\* - ")
"""What starts a row of a table, which is a list in a list."""
_ITEM = re.compile(r"\s*(?:[*+-]|\d+\.)\s")


def form(file: File) -> Form:
    """The normal form of a page. Where the lines of a paragraph break does not count."""
    made = Form(by_lines=True)
    empty = 0
    code: int | None = None
    lead: int | None = None
    is_graph = False
    is_set = False
    graph: list[str] = []
    warning: int | None = None
    open: list[str] = []
    start = indent = goes_on = 0
    section: tuple[str, ...] = ()
    above: list[tuple[int, str]] = []
    signs: list[str] = []

    def under(depth: int) -> tuple[str, ...]:
        while above and above[-1][0] >= depth:
            above.pop()
        return (*section, *(text for _, text in above))

    def close() -> None:
        if open:
            joined = " ".join(line.strip() for line in open)
            text = _BULLET.sub("* ", _ADORNED.sub(r"\1\1\1", joined))
            text = _TARGET.sub(r".. _\1:", text)
            place = file.place(start, indent + 1)
            role = _role(open[0]) if warning is None else "warning"
            said = _NAMES.sub(r"\1code-block::", text)
            blocks = under(indent)
            is_cell = bool(blocks and _ROW.match(blocks[-1]))
            made.say(role, said, place, under=blocks, exact=True, ordered=is_cell)
            if said != text:
                made.look(text, place, under=blocks)
            above.append((indent, without_blanks(said)))
            open.clear()

    def drawn(end: int) -> None:
        if graph:
            source = replace(file, content="\n".join(graph).encode())
            read = form_of_statements(source, blockdiag.TOKENS, end - len(graph))
            made.pieces += [replace(piece, under=under(indent + 1)) for piece in read.pieces]
            graph.clear()

    number = 0
    for number, line in _lines(file):
        depth = len(line) - len(line.lstrip())
        if is_graph:
            is_set = bool(line) and depth > indent and (is_set or bool(_SETTING.match(line)))
            if is_set and not _SETTING.match(line):
                made.pieces[-1] = _longer(made.pieces[-1], line)
                continue
            if not is_set and (graph or depth > indent):
                if not line or depth > indent:
                    graph.append(line)
                    continue
                drawn(number)
                is_graph = False
        if not line:
            close()
            empty += 1
            continue
        if code is not None and depth > code:
            close()
            for _ in range(empty):
                made.describe(EMPTY, file.place(number))
            empty = 0
            lead = depth if lead is None else lead  # how far in it starts, nobody sees
            place = file.place(number, depth + 1)
            made.code(line[min(lead, depth) :], place, under(depth))
            above.append((depth, without_blanks(line)))
            continue
        empty = 0
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
        if open and (depth != goes_on or (goes_on == indent and _MARKUP.match(line))):
            close()
        if not open:
            start, indent = number, depth
            goes_on = len(line) - len(_BULLETS.sub("", line))
        open.append(line)
        if _CODE.match(line):
            close()
            code, lead = depth, None
            is_graph, is_set = bool(_GRAPH.match(line)), False
        elif _MARKUP.match(line):
            close()
        if line.lstrip().startswith(".. warning::"):
            warning = depth
    close()
    drawn(number + 1)
    return made


def _longer(piece: Piece, line: str) -> Piece:
    """An option of a directive that goes on with a line."""
    return replace(piece, text=f"{piece.text} {without_blanks(line)}")


def _lines(file: File) -> Iterator[tuple[int, str]]:
    """The lines with their numbers; text on the line of an admonition stands on one of its own."""
    lines = [_DIRECTIVE.sub(r"\1 ", raw.rstrip(" \t").expandtabs()) for raw in file.lines()]
    for number, line in enumerate(lines, 1):
        if match := _ADMONITION.match(line):
            yield number, match[1]
            below = lines[number] if number < len(lines) else ""
            depth = len(below) - len(below.lstrip())
            start = len(line) - len(line.lstrip())
            yield number, " " * (depth if depth > start else start + 3) + match[2]
        else:
            yield number, line


def _role(line: str) -> str:
    if _MARKUP.match(line):
        return "markup"
    return "list entry" if _ITEM.match(line) else "paragraph"
