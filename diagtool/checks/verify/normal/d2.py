"""D2: what its diagram says, box by box and line by line, beside how that is written.

Ids are not said; colours are only seen. What is not understood is said line by line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from diagtool.checks.readers import File, ReadError
from diagtool.checks.readers._config import lines
from diagtool.checks.readers._graph import DEEPEST, Edge, Graph, Group, Node
from diagtool.checks.verify.normal._graphs import say_graph
from diagtool.checks.verify.normal._pieces import Form, without_blanks
from diagtool.model import Place

SUFFIXES = (".d2",)

_QUOTED = r'"(?:[^"\\]|\\.)*"'
_TOKEN = re.compile(
    rf"(?P<comment>(?<!\S)#[^\n]*)|(?P<end>[;{{}}\n])|(?P<text>{_QUOTED}|\\.|[^\";{{}}\n\s\\]+|.)",
    re.DOTALL,
)
_ARROW = re.compile(rf"{_QUOTED}|\s*(?P<arrow><-+>|<-+|-+>|--+)\s*|.", re.DOTALL)
_STEP = re.compile(rf"{_QUOTED}|(?P<dot>\s*\.\s*)|.", re.DOTALL)
_COLON = re.compile(rf"{_QUOTED}|(?P<colon>:)|.", re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_NO_NAMES = re.compile(r"[*&!()\[\]|@]|\.\.\.")
"""What stands for several, or for what stands elsewhere, where it is not in quotes."""

_ATTRIBUTES = frozenset(
    [
        "class", "classes", "constraint", "direction", "height", "icon", "label", "layers", "left",
        "link", "near", "scenarios", "shape", "source-arrowhead", "steps", "style",
        "target-arrowhead", "tooltip", "top", "vars", "width",
    ]
)  # fmt: skip
_LOOK = re.compile(r"style\.(?:fill|stroke|font)(?!-dash|.*-dash)|direction|vars|classes|class$")
"""Attributes that state nothing: colours, fonts, and which way everything leads."""

_Path = tuple[str, ...]


class _Statement(NamedTuple):
    """What stands before a sign, with that sign: the end of a line or statement, or a brace."""

    text: str
    sign: str
    place: Place


@dataclass(slots=True)
class _Scope:
    """Within which braces a statement stands: of an object, of lines, or of an attribute."""

    path: _Path = ()
    edges: list[Edge] = field(default_factory=list)
    attribute: _Path = ()


def form(file: File) -> Form:
    """The normal form of a diagram."""
    made = Form(by_lines=True)
    parser = _Parser()
    for statement in _statements(file):
        parser.take(statement)
    say_graph(parser.graph(), made)
    for role, text, place in parser.beside:
        made.say(role, text, place)
    for number, column, written in lines(file):
        made.look(written, file.place(number, column))
    return made


def _statements(file: File) -> Iterator[_Statement]:
    open: list[str] = []
    line = column = 1
    place = file.place()
    for match in _TOKEN.finditer("\n".join(file.lines()) + "\n"):
        text, here = match[0], file.place(line, column)
        line += text.count("\n")
        column = len(text) - text.rfind("\n") if "\n" in text else column + len(text)
        if match.lastgroup == "end":
            yield _Statement("".join(open).strip(), text, place if open else here)
            open.clear()
        elif match.lastgroup == "text" and (open or not text.isspace()):
            place = place if open else here
            open.append(text)


class _Parser:
    """Takes statements, one after the other."""

    def __init__(self) -> None:
        self.labels: dict[_Path, str] = {}
        self.places: dict[_Path, Place] = {}
        self.shapes: dict[_Path, str] = {}
        self.stacked: set[_Path] = set()
        self.lines: list[tuple[_Path, _Path, Edge]] = []
        self.beside: list[tuple[str, str, Place]] = []
        self.open = [_Scope()]

    def take(self, statement: _Statement) -> None:
        """Takes one, and opens or closes what its sign does."""
        scope = self.said(statement) if statement.text else self.open[-1]
        if statement.sign == "{":
            if len(self.open) > DEEPEST:
                message = f"braces are nested more than {DEEPEST} deep"
                raise ReadError(message, statement.place.line, statement.place.column)
            self.open.append(scope)
        elif statement.sign == "}" and len(self.open) > 1:
            self.open.pop()

    def said(self, statement: _Statement) -> _Scope:
        """Notes down what one says; gives what braces behind it are of."""
        scope = self.open[-1]
        start, _, value = _split(_COLON, "colon", statement.text)
        ends = _parts(_ARROW, "arrow", start)
        paths = [_path(end) for end in ends[::2]]
        if not all(paths) or _NO_NAMES.search(re.sub(_QUOTED, "", start)):
            self.beside.append(("line", without_blanks(statement.text), statement.place))
            return scope
        if len(paths) > 1:
            return self.edges(scope, paths, ends[1::2], _text(value), statement.place)
        names, attribute = _attribute(paths[0])
        if scope.attribute or attribute:
            attribute = (*scope.attribute, *(names if scope.attribute else ()), *attribute)
            owner = _Scope(
                scope.path if scope.attribute else (*scope.path, *names), scope.edges, attribute
            )
            if value.strip():
                self.attribute(owner, _text(value), statement.place)
            return owner
        path = self.object((*scope.path, *names), statement.place)
        if label := _text(value):
            self.labels[path] = label
            self.places[path] = statement.place
        return _Scope(path)

    def object(self, path: _Path, place: Place) -> _Path:
        """An object and those that it is in; case tells none apart."""
        if len(path) > DEEPEST:
            message = f"a name leads through more than {DEEPEST} objects"
            raise ReadError(message, place.line, place.column)
        path = tuple(map(_text, path))
        known = tuple(name.lower() for name in path)
        for depth in range(1, len(path) + 1):
            self.labels.setdefault(known[:depth], path[depth - 1])
            self.places.setdefault(known[:depth], place)
        return known

    def edges(
        self, scope: _Scope, paths: Sequence[_Path], arrows: Sequence[str], label: str, place: Place
    ) -> _Scope:
        """Lines from each object to the next one."""
        ends = [self.object((*scope.path, *path), place) for path in paths]
        made = []
        for (tail, head), arrow in zip(pairwise(ends), arrows, strict=True):
            edge = Edge("", "", place, "<" in arrow, ">" in arrow, label)
            self.lines.append((tail, head, edge))
            made.append(edge)
        return _Scope(scope.path, made)

    def attribute(self, owner: _Scope, value: str, place: Place) -> None:
        """What an attribute says of an object or of lines."""
        name = ".".join(owner.attribute).lower()
        path = self.object(owner.path, place) if not owner.edges else ()
        if owner.edges and name in ("label", "style.stroke-dash"):
            for edge in owner.edges:
                edge.label = value if name == "label" else edge.label
                edge.dashed = edge.dashed or (name != "label" and value != "0")
        elif path and name == "label":
            self.labels[path] = value
        elif path and name == "shape":
            self.shapes[path] = "" if value == "rectangle" else value
        elif path and name == "style.border-radius":
            self.shapes[path] = f"box with corners of {value}"
        elif path and name == "style.multiple":
            (self.stacked.add if value == "true" else self.stacked.discard)(path)
        elif not _LOOK.match(name):
            label = self.labels.get(path, "a line" if owner.edges else "all")
            self.beside.append(("line", f"{label}: {name}: {value}", place))

    def graph(self) -> Graph:
        """All that was said."""
        graph = Graph()
        outer = {path[:depth] for path in self.labels for depth in range(1, len(path))}
        groups: dict[_Path, Group] = {}
        for path in sorted(self.labels, key=len):
            label, place, group = self.labels[path], self.places[path], groups.get(path[:-1])
            if path in outer:
                groups[path] = graph.frames["\n".join(path)] = Group(label, place, group)
                graph.groups.append(groups[path])
            else:
                graph.nodes["\n".join(path)] = Node(
                    label, place, group, self.shapes.get(path, ""), path in self.stacked
                )
        for tail, head, edge in self.lines:
            edge.tail, edge.head = "\n".join(tail), "\n".join(head)
            if graph.frames.keys() & {edge.tail, edge.head}:
                graph.to_frames.append(edge)
            else:
                graph.join(edge)
        return graph


def _parts(pattern: re.Pattern[str], sign: str, text: str) -> list[str]:
    """What stands between signs, and these, in turns; signs in quotes are none."""
    found = [""]
    for match in pattern.finditer(text):
        if match[sign]:
            found += [match[sign].strip(), ""]
        else:
            found[-1] += match[0]
    return [part.strip() for part in found]


def _split(pattern: re.Pattern[str], sign: str, text: str) -> tuple[str, str, str]:
    """What stands before the first sign, it, and what stands behind it."""
    match = next((match for match in pattern.finditer(text) if match[sign]), None)
    return (text[: match.start()], match[0], text[match.end() :]) if match else (text, "", "")


def _path(text: str) -> _Path:
    """The names that lead to an object, quoted where they are no attribute's; () for none."""
    names = _parts(_STEP, "dot", text)[::2]
    return tuple(names) if all(names) else ()


def _attribute(path: _Path) -> tuple[_Path, _Path]:
    """A path as that of an object, and that of an attribute of it."""
    at = next((at for at, name in enumerate(path) if name.lower() in _ATTRIBUTES), len(path))
    return path[:at], path[at:]


def _text(value: str) -> str:
    """What a value says, without quotes."""
    value = value.strip()
    if re.fullmatch(_QUOTED, value, re.DOTALL):
        value = value[1:-1]
    elif len(value) > 1 and value[0] == value[-1] == "'":
        return value[1:-1].replace("''", "'")
    return _ESCAPED.sub(lambda match: "\n" if match[1] == "n" else match[1], value)
