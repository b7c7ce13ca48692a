"""Mermaid flowcharts: what Mermaid would draw."""

from __future__ import annotations

import re
from html import unescape

from diagtool.checks.readers import Claim, File, ReadError, Reading, _graph
from diagtool.checks.readers._graph import Edge, Graph, Group
from diagtool.model import Place

SUFFIXES = (".mmd", ".mermaid")

MOST_STATEMENTS = 50_000
LONGEST = 10_000

_HEADER = re.compile(r"(?:flowchart(?:-elk)?|graph)\b[ \t]*(?:TB|TD|BT|RL|LR)?[ \t]*;?")
_PASSED_OVER = re.compile(
    r"(?:style|classDef|class|linkStyle|click|direction|accTitle|accDescr)\b|%%"
)
_FRONT_MATTER = re.compile(r"\s*---[ \t]*\n(?s:.*?)\n---[ \t]*(?:\n|$)")
_TITLE = re.compile(r"(?:title|accTitle|accDescr)[ \t]*:[ \t]*(?P<text>\S.*)")
_ID = re.compile(r"[^\s\[\](){}<>|&;:,\"'`~=@%-]+(?:[-.](?![-.>])[^\s\[\](){}<>|&;:,\"'`~=@%-]+)*")
_QUOTED = r'"(?:`(?P<markdown>[^`"]*)`|(?P<quoted>[^"]*))"'
_SHAPES = (
    ("[(", ")]", "database"),
    ("([", "])", "stadium"),
    ("[[", "]]", "rect"),
    ("[/", "/]", "input"),
    ("[/", "\\]", "trapezoid"),
    ("[\\", "\\]", "input"),
    ("[\\", "/]", "trapezoid"),
    ("(((", ")))", "doublecircle"),
    ("((", "))", "circle"),
    ("{{", "}}", "hexagon"),
    ("{", "}", "diamond"),
    ("[", "]", ""),
    ("(", ")", "rounded"),
    (">", "]", "flag"),
)
_NAMED = {"cyl": "database", "st-rect": "", "rect": "", "diam": "diamond", "notch-rect": "note"}
_OBJECT = re.compile(r"@\{(?P<object>[^{}]*)\}")
_OBJECT_KEY = re.compile(
    r"\b(?P<key>shape|label)[ \t]*:[ \t]*(?:\"(?P<quoted>[^\"]*)\"|(?P<bare>[^,\s]+))"
)
_EDGE_ID = re.compile(r"[\w-]+@(?=[<ox]?[-=~])")
_LINE = re.compile(
    r"(?P<start>[<ox](?=[-=]))?"
    r"(?:(?P<plain>-{3,}|-{2,}(?=>|[ox]\b)|={3,}|={2,}(?=>)|-\.+-|~{3,})(?P<end>[>ox](?!\w)|(?<=-)>)?"
    r"|(?P<open>--|==|-\.)[ \t]+(?P<said>[^\n;|]*?[^\s>|;=-])[ \t]*"
    r"(?P<close>-{2,}|={2,}|\.{1,}-)(?P<last>[>ox](?!\w)|(?<=-)>)?)"
    r"(?:[ \t]*\|(?P<label>[^|\n]*)\|)?"
)


def read(file: File) -> Reading:
    """The picture that a file's source gives."""
    return Reading(claims=(picture(file.text(), file, (file.stem,)),))


def picture(
    source: str, file: File, about: tuple[str, ...], line: int = 1, column: int = 1
) -> Claim:
    """What the picture of a source says; ``line`` is that of its start."""
    return graph(source, file, line).claim(file.place(line, column), about)


def graph(source: str, file: File, line: int = 1) -> Graph:
    """What a source states. Raises ReadError."""
    parser = _Parser(file)
    parser.take(source, line)
    parser.nest()
    return parser.graph


class _Parser:
    def __init__(self, file: File) -> None:
        self.file = file
        self.graph = Graph()
        self.open: list[Group] = []

    def nest(self) -> None:
        """Puts subgraphs into each other: one is named like a node in that which it stands in.

        In an edge, such a name is that of the frame.
        """
        frames, edges = self.graph.frames, self.graph.edges
        self.graph.edges = []
        for edge in edges:
            framed = not frames.keys().isdisjoint((edge.tail, edge.head))
            (self.graph.to_frames if framed else self.graph.edges).append(edge)
        for id in [id for id in self.graph.nodes if id in frames]:
            group, outer = frames[id], self.graph.nodes.pop(id).group
            above = outer
            while above and above is not group:
                above = above.outer
            if above is None:
                group.outer = outer

    def take(self, source: str, line: int) -> None:
        front = match[0] if (match := _FRONT_MATTER.match(source)) else ""
        for number, raw in enumerate(front.split("\n"), line):
            self.title(raw, self.file.place(number))
        text = "\n" * front.count("\n") + source[len(front) :]
        seen = False
        count = 0
        for number, raw in enumerate(text.split("\n"), line):
            if len(raw) > LONGEST:
                raise ReadError(f"a line has more than {LONGEST:,} characters", number)
            for column, statement in _statements(raw):
                count += 1
                if count > MOST_STATEMENTS:
                    raise ReadError(f"it has more than {MOST_STATEMENTS:,} statements", number)
                if not seen:
                    if _PASSED_OVER.match(statement):
                        continue
                    header = _HEADER.match(statement)
                    if not header:
                        raise ReadError("it is not a Mermaid flowchart", number, column)
                    seen = True
                    statement = statement[header.end() :].strip()
                    if not statement:
                        continue
                self.statement(statement, self.file.place(number, column))
        if not seen:
            raise ReadError("it is not a Mermaid flowchart", line)

    def statement(self, text: str, place: Place) -> None:
        if re.match(r"subgraph\b", text):
            self.subgraph(text.removeprefix("subgraph").strip(), place)
        elif text == "end":
            if self.open:
                self.open.pop()
        elif not _PASSED_OVER.match(text):
            self.chain(text, place)
        else:
            self.title(text, place)

    def title(self, text: str, place: Place) -> None:
        """Keeps what is said of the whole picture."""
        if match := _TITLE.match(text):
            self.graph.titles.append((_said(match["text"].strip(" \t\"'")), place))

    def subgraph(self, text: str, place: Place) -> None:
        if len(self.open) >= _graph.DEEPEST:
            message = f"subgraphs are nested more than {_graph.DEEPEST} deep"
            raise ReadError(message, place.line, place.column)
        match = re.fullmatch(r"(?P<id>[^\[\"]*?)[ \t]*\[(?P<label>.*)\]", text)
        group = Group(_said(match["label"] if match else text), place, self.group)
        self.graph.frames.setdefault(match["id"].strip() if match else text, group)
        self.graph.groups.append(group)
        self.open.append(group)

    @property
    def group(self) -> Group | None:
        return self.open[-1] if self.open else None

    def chain(self, text: str, place: Place) -> None:
        """Nodes, or nodes and the lines between them."""
        at, tails, pending = 0, [], None
        while True:
            nodes, at = self.nodes(text, at, place)
            if pending:
                self.join(tails, nodes, pending, place)
            at = _blank(text, at)
            if at >= len(text):
                return
            if match := _EDGE_ID.match(text, at):
                at = match.end()
            pending = _LINE.match(text, at)
            if pending is None:
                shown = text[at : at + 30]
                raise ReadError(f"expected a line, found '{shown}'", place.line, place.column + at)
            tails, at = nodes, pending.end()

    def nodes(self, text: str, at: int, place: Place) -> tuple[list[str], int]:
        """One end of a line: nodes with ``&`` between them."""
        found: list[str] = []
        while True:
            at = _blank(text, at)
            match = _ID.match(text, at)
            if match is None:
                shown = text[at : at + 30]
                message = f"expected a node, found '{shown}'" if shown else "expected a node"
                raise ReadError(message, place.line, place.column + at)
            id, at = match[0], match.end()
            where = self.file.place(place.line, place.column + match.start())
            known = id in self.graph.nodes
            node = self.graph.node(id, where, self.group)
            label, shape, at = _shape(text, at)
            if label is not None:
                node.label, node.shape, node.place = label, shape, where
            elif not known:
                node.label = id
            if extra := _OBJECT.match(text, at):
                for key in _OBJECT_KEY.finditer(extra["object"]):
                    value = key["quoted"] if key["quoted"] is not None else key["bare"]
                    if key["key"] == "shape":
                        node.shape = _NAMED.get(value, value)
                        node.stacked = value == "st-rect" or node.stacked
                    else:
                        node.label = _said(value)
                at = extra.end()
            if styled := re.compile(r":::[\w-]+").match(text, at):
                at = styled.end()
            found.append(id)
            after = _blank(text, at)
            if text[after : after + 1] != "&":
                return found, at
            at = after + 1

    def join(self, tails: list[str], heads: list[str], line: re.Match[str], place: Place) -> None:
        body = line["plain"] or line["open"]
        if body.startswith("~"):
            return  # it is not seen
        at_tail = line["start"] == "<"
        at_head = (line["end"] or line["last"]) == ">"
        label = _said(line["label"] or line["said"] or "")
        where = self.file.place(place.line, place.column + line.start())
        for tail, head in _graph.products(tails, heads):
            edge = Edge(tail, head, where, at_tail, at_head, label, dashed="." in body)
            self.graph.join(edge)


def _statements(line: str) -> list[tuple[int, str]]:
    """The statements of a line with their columns; a semicolon in a text ends none."""
    found = []
    start = 0
    for match in re.finditer(r'"[^"]*"|#\w+;|\|[^|]*\||(?P<end>;)|%%.*', line + ";"):
        if match[0].startswith("%%"):
            line = line[: match.start()]
            break
        if match["end"]:
            found.append((start, line[start : match.start()]))
            start = match.end()
    if start < len(line):
        found.append((start, line[start:]))
    return [
        (at + len(text) - len(text.lstrip()) + 1, text.strip())
        for at, text in found
        if text.strip()
    ]


def _shape(text: str, at: int) -> tuple[str | None, str, int]:
    """The label and the shape of a node, and where its source ends; None without any."""
    for start, end, shape in _SHAPES:
        if not text.startswith(start, at):
            continue
        inside = at + len(start)
        quoted = re.compile(rf"\s*{_QUOTED}\s*").match(text, inside)
        if quoted and text.startswith(end, quoted.end()):
            label = quoted["markdown"] if quoted["markdown"] is not None else quoted["quoted"]
            return _said(label), shape, quoted.end() + len(end)
        close = text.find(end, inside)
        if close >= 0 and '"' not in text[inside:close]:
            return _said(text[inside:close]), shape, close + len(end)
    return None, "", at


def _blank(text: str, at: int) -> int:
    while at < len(text) and text[at] in " \t":
        at += 1
    return at


def _said(text: str) -> str:
    """What a text says: signs by their numbers or names, breaks, quotes and emphasis."""
    text = text.strip()
    if len(text) > 1 and text[0] == text[-1] == '"':
        text = text[1:-1].strip("`")
    text = re.sub(r"(?i)<br\s*/?>|\\n", "\n", text)
    text = re.sub(r"(?i)</?[a-z][^<>]*>", "", text)
    return re.sub(r"#(\w+);", lambda m: _sign(m[1]), text).strip()


def _sign(name: str) -> str:
    if name.isdecimal():
        number = int(name) if len(name) < 8 else 0
        return chr(number) if 0 < number < 0x110000 else ""
    return unescape(f"&{name};")
