"""YAML and JSON of other programs: mappings, lists and texts that keep their places."""

from __future__ import annotations

import re
from collections.abc import Iterator

from diagtool.checks.readers import File, ReadError
from diagtool.loading import yaml_file
from diagtool.loading.yaml_file import Mapping, Node, Scalar, Sequence
from diagtool.model.diagnostics import Diagnostic

MOST_DOCUMENTS = 500
MOST_MERGES = 10
"""How deep mappings may be merged into each other."""

_HOST = re.compile(r"(?:^|//(?:[^/\s@]*@)?|@|,|=)(?P<host>[A-Za-z][\w-]*)(?=[.:/,?]|$)")
_START = re.compile(r"---(?:[ \t].*)?$")
_TEMPLATE = re.compile(r"^\s*(?:-\s+)?\{\{|\{%", re.MULTILINE)


def documents(file: File) -> list[Node]:
    """What each document in a file holds, but for empty ones. Raises ReadError."""
    text = file.text()
    if text.lstrip().startswith(("{", "[")):
        text = text.replace("\t", " ")  # which YAML does not take for a blank
    if _TEMPLATE.search(text):
        raise ReadError("it is a template: render it first")
    parts: list[tuple[int, list[str]]] = [(0, [])]
    for number, line in enumerate(text.split("\n")):
        if _START.match(line):
            parts.append((number, []))
            line = ""
        parts[-1][1].append(line)
    if len(parts) > MOST_DOCUMENTS:
        raise ReadError(f"it has more than {MOST_DOCUMENTS} documents")
    roots = (_root(file, "\n" * number + "\n".join(lines)) for number, lines in parts)
    return [root for root in roots if root is not None]


def _root(file: File, text: str) -> Node | None:
    found: list[Diagnostic] = []
    read = yaml_file.parse(file.path, text, found.append)
    for problem in found:
        raise ReadError(problem.message, problem.place.line, problem.place.column)
    return read.root if read else None


def get(node: Node | None, *path: str) -> Node | None:
    """What stands at the end of a path of keys, None where it does not go on."""
    for name in path:
        node = _pairs(node, 0).get(name, (None, None))[1]
    return node


def _pairs(node: Node | None, depth: int) -> dict[str, tuple[Scalar | None, Node | None]]:
    """The keys of a mapping with their values, and those that ``<<`` merges into it."""
    found: dict[str, tuple[Scalar | None, Node | None]] = {}
    if not isinstance(node, Mapping) or depth > MOST_MERGES:
        return found
    for key, value in node.pairs:
        if isinstance(key, Scalar) and key.value == "<<":
            for each in value.items if isinstance(value, Sequence) else [value]:
                found = {**_pairs(each, depth + 1), **found}
    found.update({k.value: (k, v) for k, v in node.pairs if isinstance(k, Scalar)})
    found.pop("<<", None)
    return found


def text(node: Node | None, *path: str) -> str:
    """The text there, empty where there is none."""
    found = get(node, *path)
    return found.value if isinstance(found, Scalar) and not found.missing else ""


def entries(node: Node | None, *path: str) -> Iterator[tuple[Scalar, Node]]:
    """The keys and values there."""
    for key, value in _pairs(get(node, *path), 0).values():
        if key and value:
            yield key, value


def texts(node: Node | None, *path: str) -> dict[str, str]:
    """The keys there whose values are texts, with those."""
    return {k.value: v.value for k, v in entries(node, *path) if isinstance(v, Scalar)}


def items(node: Node | None, *path: str) -> list[Node]:
    """The items of the list there."""
    found = get(node, *path)
    return found.items if isinstance(found, Sequence) else []


def number(node: Node | None, *path: str) -> int | None:
    """The whole number there, if it is one from 1 to 1000."""
    found = text(node, *path)
    return int(found) if re.fullmatch("[0-9]{1,4}", found) and 1 <= int(found) <= 1000 else None


def count(node: Node | None, default: int) -> int:
    """The number of something, which may be none; ``default`` where it is no number."""
    is_number = isinstance(node, Scalar) and re.fullmatch("[0-9]{1,6}", node.value)
    return int(node.value) if isinstance(node, Scalar) and is_number else default


def port(text: str) -> str:
    """A text as the number of a port, empty where it is none."""
    return text if re.fullmatch("[0-9]{1,5}", text) and 0 < int(text) < 65_536 else ""


def hosts(value: str) -> Iterator[str]:
    """The names of hosts in a value, which stand alone or in URLs."""
    for match in _HOST.finditer(value[:2000]):
        yield match["host"]
