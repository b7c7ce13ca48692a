"""Markdown: paragraph by paragraph, and line by line where lines are kept."""

from __future__ import annotations

import re
from collections.abc import Iterator

from diagtool.checks.readers import File
from diagtool.checks.verify.normal_forms._pieces import EMPTY, Form, without_blanks

SUFFIXES = (".md", ".markdown")

_FENCE = re.compile(r"\s*(?P<fence>`{3,}|~{3,})")
_GRAPHS = ("blockdiag", "d2", "dot", "graphviz", "mermaid", "plantuml")
"""Languages in which it says nothing how far a line is indented."""
_HEADING = re.compile(r"(?P<level>#{1,6})\s+(?P<text>.*?)(?:\s+#+)?$")
_ITEM = re.compile(r"\s*(?:[*+-]|\d+[.)])\s")
_MARKUP = re.compile(r"\s*(?:<|[=-]{2,}$)")
_ROW = re.compile(r"\s*\|")
_QUOTE = re.compile(r"\s*>")
_RULE = re.compile(r"\|(?: ?:?-+:? ?\|)+")
_CELLS = re.compile(r"(?<!\\)\|")
_UNDERLINE = re.compile(r" {0,3}(?:=+|-+)")
_ESCAPED = re.compile(r"""(?<=.)\\([.,:;'"/%=?@+])""")
"""A sign that means nothing but itself, so that it needs no backslash."""
_ENTITY = re.compile(r"&#(3[3479]|4[3-7]|58|59|61|63|64);")
"""The same by its number."""
_ADDRESS = re.compile(r"\]\(<([^<>\s()]+)>\)")
"""Where a link leads to; only an address with blanks or brackets needs signs around it."""
_CODE_SPAN = re.compile(r"(`[^`]+`)")
_STRONG = re.compile(r"(?<![\w\\_])__([^\s_*](?:[^_*]*[^\s_*])?)__(?![\w_])")
_EMPHASIS = re.compile(r"(?<![\w\\_])_([^\s_*](?:[^_*]*[^\s_*])?)_(?![\w_])")
_START = re.compile(r"^[ \t]*")
_CODE = 4
"""How many columns make code of a line, where it is in no list."""
_BREAKS = ("  ", "\\")
"""What breaks a line of a paragraph that goes on."""
_BULLET = re.compile(r"^[*+-]\s+")
_ENTRY = re.compile(r"^\s*(?:[*+-]|\d+[.)])\s+")
_NUMBERED = re.compile(r"\s*(?!1[.)])\d+[.)]\s")
"""What starts an entry of a list only where no text is in front of it."""
_LANGUAGE = re.compile(r"^(?:`{3,}|~{3,})\s*(?=[^`]*$)")
_ALIGNED = re.compile(r":?-+:?")


def form(file: File) -> Form:
    """The normal form of a page. Where the lines of a paragraph break does not count."""
    made = Form(by_lines=True)
    fence = ""
    open: list[str] = []
    start = indent = goes_on = 0
    broken = is_graph = False
    section: tuple[str, ...] = ()
    above: list[tuple[int, str]] = []

    def under(depth: int) -> tuple[str, ...]:
        while above and above[-1][0] >= depth:
            above.pop()
        return (*section, *(text for _, text in above))

    def close() -> None:
        if open:
            written = _BULLET.sub("- ", " ".join(line.strip() for line in open))
            blocks = under(indent)
            is_code = indent >= _CODE and not any(_ITEM.match(line) for _, line in above)
            role = "line" if is_code else _role(open[0])
            text = written if is_code else _plain(written)
            place = file.place(start, indent + 1)
            said = text
            if role != "line":
                said = _ADDRESS.sub(r"](\1)", _ESCAPED.sub(r"\1", text))
                said = _ENTITY.sub(lambda entity: chr(int(entity[1])), said)
            if _RULE.fullmatch(text):  # how columns are aligned is seen
                said = _ALIGNED.sub("---", text)
            made.say(role, said, place, under=blocks, exact=True, written=without_blanks(written))
            if said != text:
                made.look(text, place, under=blocks)
            above.append((indent, without_blanks(said)))
            open.clear()

    for number, raw in enumerate(_lines(file), 1):
        line = _START.sub(lambda start: start[0].expandtabs(4), raw).rstrip(" \t")
        depth = len(line) - len(line.lstrip())
        if fence:
            ends = line.strip().startswith(fence) and not line.strip().strip(fence[0])
            if ends and depth < indent + _CODE:
                fence = ""
                above.clear()
            elif line:
                # Within a block, what it is called stands above everything.
                inside = indent + 1 if is_graph else depth + 1
                place = file.place(number, depth + 1)
                made.code(raw, place, under(inside), graph=is_graph)
                above.append((inside, without_blanks(line)))
            else:
                made.describe(EMPTY, file.place(number))
            continue
        if not line:
            close()
            continue
        if open and _UNDERLINE.fullmatch(line) and _role(open[0]) == "paragraph":
            line = f"{'#' if line.strip()[0] == '=' else '##'} {' '.join(map(str.strip, open))}"
            number = start
            open.clear()
        if match := _HEADING.match(line):
            close()
            above.clear()
            text = f"{match['level']} {without_blanks(match['text'])}"
            made.say("paragraph", text, file.place(number), under=section)
            section = (text,)
            continue
        quoted = _QUOTE.sub("", line, count=1).strip()
        if open and _role(line) == _role(open[0]) == "warning" and _role(quoted) == "paragraph":
            line = " " * indent + quoted  # its paragraph goes on
        is_text = _role(line) == "paragraph" or (depth >= goes_on and bool(_NUMBERED.match(line)))
        if open and (not is_text or _role(open[0]) == "row"):
            close()
        if not open:
            start, indent = number, depth
            goes_on = len(line) - len(_ENTRY.sub("", line))
        elif broken:
            made.describe("a line break", file.place(number))
            open[-1] = open[-1].removesuffix("\\")
        open.append(line)
        broken = raw.endswith(_BREAKS)
        if match := _FENCE.match(line):
            close()
            fence = match["fence"]
            is_graph = line.strip(" `~") in _GRAPHS
        elif _MARKUP.match(line):
            close()
    close()
    return made


def _lines(file: File) -> Iterator[str]:
    """The lines, in tables with the signs at their ends that may be left out."""
    lines = file.lines()
    is_row = False
    for line, below in zip(lines, [*lines[1:], ""], strict=True):
        bare = line.strip(" \t")
        starts = "|" in bare and "|" in below and bool(_RULE.fullmatch(_row(below)))
        is_row = bool(bare) and (is_row or starts)
        yield _row(line) if is_row and not bare.startswith("|") else line


def _row(line: str) -> str:
    bare = line.strip(" \t")
    return f"{'' if bare.startswith('|') else '| '}{bare}{'' if bare.endswith('|') else ' |'}"


def _plain(text: str) -> str:
    """What the same is written like here, where there are two ways."""
    if _LANGUAGE.match(text):
        return _LANGUAGE.sub("```", text)
    if _RULE.fullmatch(text):
        text = re.sub("-+", "---", text)
    if text.startswith(">"):
        text = f"> {text[1:].lstrip(' ')}"
    if text.startswith("|") and text.endswith("|"):
        cells = [cell.strip() for cell in _CELLS.split(text[1:-1])]
        while len(cells) > 1 and not cells[-1]:
            cells.pop()  # as many as are missing in a row are empty
        return f"| {' | '.join(cells)} |"
    parts = _CODE_SPAN.split(text)
    parts[::2] = [_EMPHASIS.sub(r"*\1*", _STRONG.sub(r"**\1**", part)) for part in parts[::2]]
    return "".join(parts)


def _role(line: str) -> str:
    if _MARKUP.match(line) or _FENCE.match(line):
        return "markup"
    if _ROW.match(line):
        return "row"
    if _QUOTE.match(line):
        return "warning"
    return "list entry" if _ITEM.match(line) else "paragraph"
