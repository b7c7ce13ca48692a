"""D2: what ``d2`` would draw."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import NamedTuple

from diagtool.checks.readers import Claim, File, ReadError, Reading
from diagtool.checks.readers._graph import DEEPEST, Edge, Graph, Group, Node
from diagtool.model import Place

SUFFIXES = (".d2",)

_QUOTED = r'"(?:[^"\\]|\\.)*"'
_TOKEN = re.compile(
    rf"(?P<comment>(?<!\S)#[^\n]*)|(?P<end>[;{{}}\n])|(?P<bar>\|(?P<fence>[|`]{{0,3}})[a-z]*\s)"
    rf"|(?P<text>{_QUOTED}|\\.|[^\";{{}}\n\s\\|]+|.)",
    re.DOTALL,
)
_BLOCK = re.compile(r"\|[|`]{0,3}[a-z]*\s(?P<block>.*?)[|`]{0,3}\|", re.DOTALL)
"""A text between bars, mostly in Markdown."""

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

_MARKS = re.compile(r"(?m)^[ \t]*#+ |[*_`]")
"""Signs of Markdown."""

_HALF = 20
"""From which radius on a box has half circles at its ends."""

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


def read(file: File) -> Reading:
    """The picture that a file's source gives."""
    return Reading(claims=(picture(file, (file.stem,)),))


def picture(file: File, about: tuple[str, ...]) -> Claim:
    """What the picture of a source says."""
    made = graph(file)
    unread = [(f"'{text[:60]}'", place) for text, place in made.unread]
    return replace(made, unread=unread).claim(file.place(), about)


def graph(file: File) -> Graph:
    """What a source states. What of it is not understood stands there as it is."""
    parser = _Parser()
    for statement in _statements(file):
        parser.take(statement)
    return parser.graph()


def _statements(file: File) -> Iterator[_Statement]:
    open: list[str] = []
    line = column = 1
    place = file.place()
    source = "\n".join(file.lines()) + "\n"
    endless: set[str] = set()
    end = 0
    while match := _TOKEN.match(source, end):
        start, end = match.span()
        is_value = "".join(open[-2:]).rstrip().endswith(":")
        if match["bar"] and is_value and (bars := f"{match['fence']}|") not in endless:
            close = source.find(bars, end)
            end = close + len(bars) if close >= 0 else end
            endless |= {bars} if close < 0 else set()
        text, here = source[start:end], file.place(line, column)
        line += text.count("\n")
        column = len(text) - text.rfind("\n") if "\n" in text else column + len(text)
        if match.lastgroup == "end":
            yield _Statement("".join(open).strip(), text, place if open else here)
            open.clear()
        elif match.lastgroup in ("text", "bar") and (open or not text.isspace()):
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
        self.unread: list[tuple[str, Place]] = []
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
            self.unread.append((" ".join(statement.text.split()), statement.place))
            return scope
        if len(paths) > 1:
            return self.edges(scope, paths, ends[1::2], _text(value), statement.place)
        names, attribute = _attribute(paths[0])
        if scope.attribute or attribute:
            attribute = (*scope.attribute, *(names if scope.attribute else ()), *attribute)
            owner = _Scope(
                scope.path if scope.attribute else _inside(scope.path, names),
                scope.edges,
                attribute,
            )
            if value.strip():
                self.attribute(owner, _text(value), statement.place)
            return owner
        path = self.object(_inside(scope.path, names), statement.place)
        if value.strip() == "null":
            self.drop(path)
        elif label := _text(value):
            self.labels[path] = label
            self.places[path] = statement.place
        return _Scope(path)

    def object(self, path: _Path, place: Place) -> _Path:
        """An object and those that it is in; case tells none apart."""
        if len(path) > DEEPEST:
            message = f"a name has more than {DEEPEST} parts"
            raise ReadError(message, place.line, place.column)
        path = tuple(map(_text, path))
        known = tuple(name.lower() for name in path)
        for depth in range(1, len(path) + 1):
            self.labels.setdefault(known[:depth], path[depth - 1])
            self.places.setdefault(known[:depth], place)
        return known

    def drop(self, path: _Path) -> None:
        """Forgets an object, what is in it, and the lines to these."""
        depth = len(path)
        self.labels = {p: label for p, label in self.labels.items() if p[:depth] != path}
        self.lines = [line for line in self.lines if path not in (line[0][:depth], line[1][:depth])]

    def edges(
        self, scope: _Scope, paths: Sequence[_Path], arrows: Sequence[str], label: str, place: Place
    ) -> _Scope:
        """Lines from each object to the next one."""
        ends = [self.object(_inside(scope.path, path), place) for path in paths]
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
            self.shapes[path] = _rounded(value)
        elif path and name == "style.multiple":
            (self.stacked.add if value == "true" else self.stacked.discard)(path)
        elif not _LOOK.match(name):
            label = self.labels.get(path, "a line" if owner.edges else "all")
            self.unread.append((f"{label}: {name}: {value}", place))

    def graph(self) -> Graph:
        """All that was said."""
        graph = Graph(unread=self.unread)
        outer = {path[:depth] for path in self.labels for depth in range(1, len(path))}
        joined = {end for tail, head, _ in self.lines for end in (tail, head)}
        groups: dict[_Path, Group] = {}
        for path in sorted(self.labels, key=len):
            label, place, group = self.labels[path], self.places[path], groups.get(path[:-1])
            if self.shapes.get(path) == "text" and path not in joined:
                graph.titles.append((label, place))
            elif path in outer:
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


def _inside(path: _Path, names: _Path) -> _Path:
    """The path of an object that is named inside of another one; ``_`` leads out of that."""
    while path and names[:1] == ("_",):
        path, names = path[:-1], names[1:]
    return (*path, *names)


def _rounded(radius: str) -> str:
    """What a box with round corners is called."""
    number = int(radius[:9]) if radius.isdecimal() else 0
    return "" if not number else "rounded" if number < _HALF else "stadium"


def _parts(pattern: re.Pattern[str], sign: str, text: str) -> list[str]:
    """What stands between signs, and these, in turns; signs in quotes are none."""
    found = []
    start = 0
    for match in pattern.finditer(text):
        if match[sign]:
            found += [text[start : match.start()].strip(), match[sign].strip()]
            start = match.end()
    return [*found, text[start:].strip()]


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
    if match := _BLOCK.fullmatch(value):
        return _MARKS.sub("", match["block"]).strip()
    if re.fullmatch(_QUOTED, value, re.DOTALL):
        value = value[1:-1]
    elif len(value) > 1 and value[0] == value[-1] == "'":
        return value[1:-1].replace("''", "'")
    return _ESCAPED.sub(lambda match: "\n" if match[1] == "n" else match[1], value)
