"""Edits of a topology that would have it say what runs, as a patch that people apply.

Only what leaves no doubt is proposed: a number of servers, a port, an option, a connection that
is missing, a need that is none.
"""

from __future__ import annotations

import difflib
import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from diagtool.checks.split_lines import split_lines
from diagtool.loading import loader, yaml_file
from diagtool.loading.yaml_file import Node, Scalar
from diagtool.model import Component, Connection, Part, Place
from diagtool.model.diagnostics import has_errors

_PLAIN = re.compile(r"[A-Za-z0-9/][\w./@+-]*(?: [\w./@+-]+)*")


@dataclass(frozen=True, slots=True)
class Replace:
    """Another value in place of the one that stands somewhere."""

    place: Place
    value: str


@dataclass(frozen=True, slots=True)
class Count:
    """A part has another number of servers or members."""

    part: Part
    count: int


@dataclass(frozen=True, slots=True)
class Connect:
    """A part is connected with another one, which it reaches."""

    part: Part
    peer: str


@dataclass(frozen=True, slots=True)
class NotNeeded:
    """A part can do without the other end of a connection, as far as was seen."""

    connection: Connection


Edit = Replace | Count | Connect | NotNeeded


@dataclass(frozen=True, slots=True)
class Patch:
    """A unified diff, and how many edits are in it of those that were proposed."""

    text: str
    edits: int
    proposed: int


def patch(path: Path, edits: Iterable[Edit]) -> Patch:
    """A patch for the topology at a path; an edit after which it does not load is left out."""
    texts: dict[Path, str] = {}
    made = 0
    # From the end on, so that what is above still stands where it did.
    all_edits = sorted(dict.fromkeys(edits), key=lambda edit: _anchor(edit).line, reverse=True)
    for edit in all_edits:
        changed = _changed(edit, texts)
        if changed is None:
            continue
        tried = {**texts, changed[0]: changed[1]}
        if not has_errors(loader.read(path, tried).diagnostics):
            texts = tried
            made += 1
    text = "".join(_diff(file, new) for file, new in sorted(texts.items()))
    return Patch(text, made, len(all_edits))


def _diff(path: Path, new: str) -> str:
    name = Path(os.path.relpath(path)).as_posix()
    name = path.as_posix() if name.startswith("../") else name
    old = [f"{line}\n" for line in split_lines(path.read_text("utf-8"))]
    lines = difflib.unified_diff(
        old, [f"{line}\n" for line in split_lines(new)], f"a/{name}", f"b/{name.lstrip('/')}"
    )
    return "".join(lines)


def _anchor(edit: Edit) -> Place:
    """Where an edit takes place, or what it is about begins."""
    match edit:
        case Replace(place=place) | NotNeeded(connection=Connection(place=place)):
            return place
        case Count(part=part) | Connect(part=part):
            return part.place


def _changed(edit: Edit, texts: Mapping[Path, str]) -> tuple[Path, str] | None:
    """The file that an edit is for with its new text; None where it fits nowhere."""
    place = _anchor(edit)
    path = Path(place.path)
    text = texts[path] if path in texts else path.read_text("utf-8")
    file = yaml_file.parse(place.path, text, lambda _: None)
    if file is None or file.root is None:
        return None
    page = _Page(text.split("\n"), file.root)
    match edit:
        case Replace(place=place, value=value):
            done = page.replace(place, value)
        case NotNeeded(connection=connection):
            done = page.add(page.around(connection.place), "needed", "false")
        case Count(part=part, count=count):
            done = _count(page, part, count)
        case Connect(part=part, peer=peer):
            done = page.append(page.part(part), "connections", f"to: {peer}")
    return (path, "\n".join(page.lines)) if done else None


def _count(page: _Page, part: Part, count: int) -> bool:
    node = page.part(part)
    if not isinstance(part, Component):
        return page.set(node, "replicas", str(count))
    cluster = _value(node, "cluster")
    if cluster is None:
        return page.add(node, "cluster", f"{{members: {count}}}")
    return page.set(cluster, "members", str(count))


@dataclass(slots=True)
class _Page:
    """The lines of a file, which edits change, with what they held before."""

    lines: list[str]
    root: Node

    def part(self, part: Part) -> Node | None:
        """What is said of a part."""
        kind = "components" if isinstance(part, Component) else "services"
        return _value(_value(self.root, kind), part.id)

    def around(self, place: Place) -> Node | None:
        """The mapping that has a value at a place."""
        for node in _nodes(self.root):
            if isinstance(node, yaml_file.Mapping):
                for _, value in node.pairs:
                    if (value.place.line, value.place.column) == (place.line, place.column):
                        return node
        return None

    def replace(self, place: Place, value: str) -> bool:
        """Puts a value in place of the one at a place."""
        for node in _nodes(self.root):
            is_it = (node.place.line, node.place.column) == (place.line, place.column)
            if is_it and isinstance(node, Scalar) and "\n" not in node.raw and node.raw:
                line, start = self.lines[place.line - 1], place.column - 1
                end = start + len(node.raw)
                self.lines[place.line - 1] = line[:start] + _written(value) + line[end:]
                return True
        return False

    def set(self, node: Node | None, key: str, value: str) -> bool:
        """Gives a key of a mapping another value, or adds it."""
        if (old := _value(node, key)) is not None:
            return self.replace(old.place, value)
        return self.add(node, key, value)

    def add(self, node: Node | None, key: str, value: str) -> bool:
        """Adds a key that a mapping does not have."""
        if not isinstance(node, yaml_file.Mapping) or not node.pairs or _value(node, key):
            return False
        place = node.place
        line = self.lines[place.line - 1]
        if line[place.column - 1 : place.column] == "{":
            self.lines[place.line - 1] = f"{line[: place.column]}{key}: {value}, " + (
                line[place.column :].lstrip()
            )
            return True
        first, told = node.pairs[0]
        indent = " " * (first.place.column - 1)
        if self.lines[first.place.line - 1][: first.place.column - 1].strip():
            # It stands after the dash of a list.
            if not isinstance(told, Scalar) or "\n" in told.raw.rstrip("\n"):
                return False
            self.lines.insert(told.place.line, f"{indent}{key}: {value}")
        else:
            self.lines.insert(first.place.line - 1, f"{indent}{key}: {value}")
        return True

    def append(self, node: Node | None, key: str, item: str) -> bool:
        """Adds a mapping to the end of a list of mappings, which is made where there is none."""
        listed = _value(node, key)
        if listed is None:
            return self.add(node, key, f"[{{{item}}}]")
        if not isinstance(listed, yaml_file.Sequence) or not listed.items:
            return False
        line = self.lines[listed.place.line - 1]
        if line[listed.place.column - 1 : listed.place.column] == "[":
            start = listed.place.column
            self.lines[listed.place.line - 1] = f"{line[:start]}{{{item}}}, {line[start:].lstrip()}"
            return True
        last = max(_last(each) for each in _nodes(listed))
        self.lines.insert(last, " " * (listed.place.column - 1) + f"- {item}")
        return True


def _value(node: Node | None, key: str) -> Node | None:
    """The value of a mapping's key."""
    pairs: Sequence[tuple[Node, Node]] = node.pairs if isinstance(node, yaml_file.Mapping) else ()
    return next((v for k, v in pairs if isinstance(k, Scalar) and k.value == key), None)


def _nodes(node: Node) -> Iterator[Node]:
    """A node, and all that are in it."""
    yield node
    if isinstance(node, yaml_file.Mapping):
        for pair in node.pairs:
            for each in pair:
                yield from _nodes(each)
    elif isinstance(node, yaml_file.Sequence):
        for item in node.items:
            yield from _nodes(item)


def _last(node: Node) -> int:
    """The last line of a node, as far as a text goes on in it."""
    return node.place.line + (node.raw.rstrip().count("\n") if isinstance(node, Scalar) else 0)


def _written(value: str) -> str:
    """A value as it stands in a topology, in quotes where YAML needs them."""
    return value if _PLAIN.fullmatch(value) else json.dumps(value, ensure_ascii=False)
