"""Files of a deployment: line by line, each in its block; all tables, row by row."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from itertools import zip_longest

from diagtool.checks.readers import File, ReadError
from diagtool.checks.readers._config import commented, statements, words
from diagtool.checks.verify.normal_forms._lines import Blocks, form_of_lines
from diagtool.checks.verify.normal_forms._pieces import Form, without_blanks
from diagtool.checks.verify.normal_forms._yaml import form_of_values
from diagtool.model import Place

_NAMES = ("flows", "hosts", "failures", "tolerates")
_TABLES = tuple(f"{name}.json" for name in _NAMES)
_LISTS = tuple(f"{name}.csv" for name in _NAMES)
_TREES = ("inventory.yaml", "kubernetes.yaml", "network-policies.yaml")
SUFFIXES = (*_TABLES, *_TREES, *_LISTS, "ssh_config", ".nft")

_HOSTS = Blocks(re.compile(r"(?:Host|match)\b"))
_BRACES = Blocks(re.compile(r"[^#].*\{$"), re.compile(r"\}"))
_KEYWORDS = {"host": "Host", "hostname": "HostName"}
_SIGN = re.compile(r"^(\w+)\s*=\s*")
_DEFINED = re.compile(r"\s*=\s*")
_ONE = re.compile(r"\{ ([^{},]*) \}")
"""A set of one, which is the same as what is in it."""
_SET = re.compile(r"\s*([,{}])\s*")
_SEVERAL = re.compile(r"(?<=\{ )[^{}]*,[^{}]*(?= \})")
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
        return form_of_values(file)
    if path.endswith(".nft"):
        return _firewall(file)
    return form_of_lines(
        file, lambda line: "line", _HOSTS, "#", headed=True, plain=_setting, parts=commented
    )


def _setting(line: str) -> str:
    """A line of ssh_config: its keyword as we write it, and neither sign nor quotes."""
    name, *rest = words(_SIGN.sub(r"\1 ", line, count=1))
    return " ".join([_KEYWORDS.get(name.lower(), name.lower()), *rest])


def _firewall(file: File) -> Form:
    made = form_of_lines(
        file,
        lambda line: "line",
        _BRACES,
        "#",
        headed=True,
        plain=_rule,
        parts=lambda file: statements(file, ";\n"),
    )
    if b"\r\n" in file.content:
        made.describe("line ends that nft does not read", file.place())
    return made


def _rule(statement: str) -> str:
    """A statement of nftables: what ends it does not count, nor the order within a set."""
    told = " ".join(words(statement)).removesuffix(";")
    told = without_blanks(_SET.sub(lambda m: ", " if m[1] == "," else f" {m[1]} ", told))
    told = _SEVERAL.sub(lambda m: ", ".join(sorted(m[0].split(", "))), told)
    return _ONE.sub(r"\1", _DEFINED.sub(" = ", told)).replace("priority 0", "priority filter")


def _table(file: File) -> Form:
    """JSON, each row as a piece: how it is laid out does not count. Raises ReadError."""
    made = Form(by_lines=True)
    try:
        data = json.loads(file.text(), object_pairs_hook=_object)
    except json.JSONDecodeError as error:
        raise ReadError(f"it is not valid JSON: {error.msg}", error.lineno, error.colno) from None
    except (ValueError, RecursionError) as error:
        raise ReadError(f"it is not valid JSON: {error}") from None
    if not isinstance(data, dict):
        raise ReadError("expected an object")
    rows = data.pop("rows", None)
    for name, value in data.items():
        place = _start_of(name, file)
        made.say("line", f"{name}: {_written(value)}", place, exact=True)
    made.head = ", ".join(f"{name}: {data.get(name)}" for name in ("topology", "title"))
    starts = _places(file.text())
    for row in rows if isinstance(rows, list) else [rows]:
        line, column = next(starts, (1, 1))
        cells = sorted(row.items()) if isinstance(row, dict) else [("", row)]
        told = ", ".join(f"{name}: {_written(value)}" for name, value in cells)
        made.say("row", told, file.place(line, column), exact=True)
    return made


def _start_of(name: str, file: File) -> Place:
    """Where the value of a key starts that comes first under this name."""
    before, found, _ = file.text().partition(f"{_written(name)}:")
    if not found:
        return file.place()
    return file.place(before.count("\n") + 1, len(before) - before.rfind("\n"))


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """An object; programs differ in which of two values of the same name they take."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("an object has the same key twice")
    return found


def _rows(file: File) -> Form:
    """CSV, each row as a piece: neither the order of columns nor quotes count. Raises ReadError."""
    made = Form(by_lines=True)
    rows = csv.reader([f"{line}\n" for line in file.lines()], strict=True)
    before = 1
    columns: list[str] = []
    try:
        for row in filter(None, rows):
            place, written = file.place(before), ", ".join(map(_written, row))
            before = rows.line_num + 1
            if not columns:
                columns = row
                made.head = "\n".join(columns)
                made.look(written, place)
                told = ", ".join(map(_written, sorted(row)))
            else:
                cells = sorted(zip_longest(columns, row, fillvalue=""))
                told = ", ".join(f"{name}: {_written(cell)}" for name, cell in cells)
            made.say("row", told, place, exact=True, written=written)
    except csv.Error as error:
        raise ReadError(f"it is not a table: {error}", before) from None
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
