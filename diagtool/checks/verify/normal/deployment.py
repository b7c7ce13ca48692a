"""Files of a deployment: line by line, each in its block; all tables, row by row."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator

from diagtool.checks.readers import File, ReadError
from diagtool.checks.verify.normal._lines import Blocks, form_of_lines, lines
from diagtool.checks.verify.normal._pieces import Form

_NAMES = ("flows", "hosts", "failures", "tolerates")
_TABLES = tuple(f"{name}.json" for name in _NAMES)
_LISTS = tuple(f"{name}.csv" for name in _NAMES)
_TREES = ("inventory.yaml", "kubernetes.yaml", "network-policies.yaml")
SUFFIXES = (*_TABLES, *_TREES, *_LISTS, "ssh_config", ".nft")

_HOSTS = Blocks(re.compile(r"(?:Host|Match)\b", re.IGNORECASE))
_BRACES = Blocks(re.compile(r"[^#].*\{$"), re.compile(r"\}"))
_ID = re.compile(r'(?<!\\)"id"\s*:')


def form(file: File) -> Form:
    """The normal form of a file."""
    made = _form(file)
    if made.pieces and not made.head:
        made.head = made.pieces[0].text  # the columns, or a comment that names the topology
    return made


def _form(file: File) -> Form:
    path = file.path.lower()
    if path.endswith(_TABLES):
        return _table(file)
    if path.endswith(_LISTS):
        return _rows(file)
    if path.endswith(_TREES):
        return _tree(file)
    if path.endswith(".nft"):
        return _firewall(file)
    return form_of_lines(file, lambda line: "line", _HOSTS, "#", headed=True)


def _firewall(file: File) -> Form:
    made = form_of_lines(file, lambda line: "line", _BRACES, "#", headed=True)
    if b"\r\n" in file.content:
        made.look("line ends that nft does not read", file.place())
    return made


def _table(file: File) -> Form:
    """JSON, each row as a piece: how it is laid out does not count. Raises ReadError."""
    made = Form(by_lines=True)
    try:
        data = json.loads(file.text(), object_pairs_hook=_object)
    except (ValueError, RecursionError) as error:
        raise ReadError(f"it is no JSON: {error}") from None
    if not isinstance(data, dict):
        raise ReadError("it is no table: expected an object")
    rows = data.pop("rows", None)
    for name, value in data.items():
        made.say("line", f"{name}: {_written(value)}", file.place(), exact=True)
    made.head = ", ".join(f"{name}: {data.get(name)}" for name in ("topology", "title"))
    starts = _places(file.text())
    for row in rows if isinstance(rows, list) else [rows]:
        line, column = next(starts, (1, 1))
        cells = sorted(row.items()) if isinstance(row, dict) else [("", row)]
        told = ", ".join(f"{name}: {_written(value)}" for name, value in cells)
        made.say("row", told, file.place(line, column), exact=True)
    return made


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """An object; programs differ in which of two values of the same name they take."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("an object has the same name twice")
    return found


def _rows(file: File) -> Form:
    """CSV, each row as a piece: which cells are quoted does not count. Raises ReadError."""
    made = Form(by_lines=True)
    rows = csv.reader([f"{line}\n" for line in file.lines()], strict=True)
    before = 1
    try:
        for row in rows:
            if row:
                told = ", ".join(map(_written, row))
                made.say("row", told, file.place(before), exact=True)
            before = rows.line_num + 1
    except csv.Error as error:
        raise ReadError(f"it is no table: {error}", before) from None
    return made


def _written(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def _places(text: str) -> Iterator[tuple[int, int]]:
    """Where each row starts, as line and column from 1: all have an id."""
    line, start = 1, 0
    for match in _ID.finditer(text):
        line += text.count("\n", start, match.start())
        start = match.start()
        yield line, start - text.rfind("\n", 0, start)


def _tree(file: File) -> Form:
    """YAML: a line belongs to the last one that is indented less."""
    made = Form(by_lines=True)
    above: list[tuple[int, str]] = []
    documents = 0
    for number, depth, shown in _entries(file):
        documents += shown == "---"
        # A list may be indented as far as what it is of.
        rank = 2 * depth + shown.startswith("- ")
        while above and above[-1][0] >= rank:
            above.pop()
        document = (f"document {documents}",) if documents else ()
        under = (*document, *(text for _, text in above))
        comment = shown.startswith("#")
        role = "comment" if comment else "line"
        made.say(role, shown, file.place(number, depth + 1), under=under, exact=True)
        if not comment:
            above.append((rank, shown))
    # How far each line but comments is indented, YAML reads.
    depths = [
        str(len(line) - len(line.lstrip()))
        for _, line in lines(file)
        if not line.lstrip().startswith("#")
    ]
    if depths:
        made.look(f"lines indented by {', '.join(depths)} blanks", file.place())
    return made


def _entries(file: File) -> Iterator[tuple[int, int, str]]:
    """The lines with their numbers and how far they are indented.

    An entry of a list is one line with all that is in it: what changes places with another entry's
    says something else, and the same entries in another order do not.
    """
    entry: tuple[int, int, str] | None = None
    for number, line in lines(file):
        depth, shown = len(line) - len(line.lstrip()), line.strip(" \t")
        if entry and depth > entry[1] and not shown.startswith("#"):
            entry = (*entry[:2], f"{entry[2]} {shown}")
            continue
        if entry:
            yield entry
        entry = (number, depth, shown) if shown.startswith("- ") else None
        if not entry:
            yield number, depth, shown
    if entry:
        yield entry
