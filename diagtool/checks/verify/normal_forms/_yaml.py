"""YAML as the values that it holds, however they are written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

import yaml

from diagtool.checks.readers import File, ReadError
from diagtool.checks.readers._config import lines
from diagtool.checks.verify.normal_forms._pieces import Form, Piece, without_blanks
from diagtool.loading import yaml_file
from diagtool.loading.yaml_file import Mapping, Node, Scalar, Sequence
from diagtool.model import Place
from diagtool.model.diagnostics import Diagnostic

_DOCUMENT = re.compile(r"---(?:\s|$)")
_PARSED = "tag:yaml.org,2002:"
_TRUTHS = {"yes": "true", "on": "true", "no": "false", "off": "false"}


def form_of_values(file: File) -> Form:
    """Each value is a piece, under the keys that lead to it, and so is each entry of a list.

    An entry is one piece with all that is in it: what changes places with another entry's says
    something else, and the same entries in another order do not. How lines are written is seen.
    Raises ReadError.
    """
    made = Form(by_lines=True)
    found: list[Piece] = []
    for number, (offset, text) in enumerate(_documents(file)):
        document = (f"document {number}",) if number else ()
        for piece in _values(_parsed(file, offset, text), document):
            line, column = piece.place.line + offset, piece.place.column
            found.append(
                Piece(piece.text, "line", file.place(line, column), piece.under, False, piece.text)
            )
    for number, column, text in lines(file):
        place = file.place(number, column)
        if text.startswith("#"):
            found.append(Piece(without_blanks(text), "comment", place))
        else:
            found.append(Piece(f"{' ' * (column - 1)}{text}", place=place))
    made.pieces = sorted(found, key=lambda piece: (piece.place.line, piece.place.column))
    return made


def _documents(file: File) -> Iterator[tuple[int, str]]:
    """Each document of a file, with the number of lines in front of it."""
    open: list[str] = []
    start = 0
    for number, line in enumerate(file.lines()):
        if _DOCUMENT.match(line):
            if any(text.strip() and not text.startswith("#") for text in open):
                yield start, "\n".join(open)
            open, start = [], number
        open.append(line)
    yield start, "\n".join(open)


def _parsed(file: File, offset: int, text: str) -> Node | None:
    problems: list[Diagnostic] = []
    parsed = yaml_file.parse(file.path, text, problems.append)
    for problem in problems:
        place = problem.place
        message = f"it is not valid YAML: {problem.message}"
        raise ReadError(message, place.line + offset, place.column)
    return parsed.root if parsed else None


def _values(node: Node | None, under: tuple[str, ...]) -> Iterator[Piece]:
    if isinstance(node, Mapping):
        for key, value in node.pairs:
            name = f"{_entry(key)}:"
            if _is_simple(value):
                yield Piece(f"{name} {_entry(value)}", "line", key.place, under)
            else:
                yield Piece(name, "line", key.place, under)
                yield from _values(value, (*under, name))
    elif isinstance(node, Sequence):
        for item in node.items:
            yield Piece(f"- {_entry(item)}", "line", _start(item), under)
    elif node is not None:
        yield Piece(_entry(node), "line", node.place, under)


def _is_simple(node: Node) -> bool:
    """Whether a value has nothing in it that stands for itself."""
    return isinstance(node, Scalar) or not (node.pairs if isinstance(node, Mapping) else node.items)


def _start(node: Node) -> Place:
    """Where an entry starts, at its sign where it has a line of its own."""
    column = node.place.column
    return Place(node.place.path, node.place.line, column - 2 if column > 2 else column)


def _entry(node: Node) -> str:
    """A value in one line. The keys of a mapping have no order, nor has what is allowed or due."""
    if isinstance(node, Scalar):
        return _scalar(node)
    if isinstance(node, Sequence):
        return " ".join(f"- {item}" for item in sorted(map(_entry, node.items))) or "[]"
    pairs = sorted((_entry(key), _entry(value)) for key, value in node.pairs)
    return " ".join(f"{key}: {value}" for key, value in pairs) or "{}"


def _scalar(node: Scalar) -> str:
    """A value as it has to be written; quotes stand where it would be no text without."""
    tag = _tag(node.value)
    if not node.plain:
        return node.value if tag == "str" else f"'{node.value}'"
    if node.missing:
        return "null"
    return _TRUTHS.get(node.value.lower(), node.value.lower()) if tag == "bool" else node.value


@cache
def _tag(value: str) -> str:
    """What YAML takes a value without quotes for."""
    resolver = yaml.resolver.Resolver()
    tag: str = resolver.resolve(yaml.ScalarNode, value, (True, False))  # type: ignore[no-untyped-call]
    return tag.removeprefix(_PARSED)
