"""Graphviz DOT: what ``dot`` would draw."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from html import unescape

from diagtool.checks.readers import Claim, File, Reading, _graph
from diagtool.checks.readers._graph import Edge, Graph, Group, Token, Tokens
from diagtool.model import Place

SUFFIXES = (".dot", ".gv")

TOKENS = re.compile(
    r"""
      (?P<space>[ \t\r\n]+)
    | (?P<comment>/\*(?s:.*?)\*/|//[^\n]*|(?:(?<=\n)|(?<![\s\S]))\#[^\n]*)
    | (?P<op>->|--|[{};,=:+\[\]])
    | (?P<name>[A-Za-z_\u0080-\U0010ffff][A-Za-z_0-9\u0080-\U0010ffff]*
             |-?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?))
    | (?P<string>"(?:[^"\\]|\\(?s:.))*")
    | (?P<html><(?>[^<>]+|<!--(?s:.*?)-->|<[^<>]*>)*+>)
    """,
    re.VERBOSE,
)
NAME = "\0"
"""What stands for a node's own name until that is known."""

_ENDS = {
    "forward": (False, True),
    "back": (True, False),
    "both": (True, True),
    "none": (False, False),
}
_KEYWORDS = ("digraph", "edge", "graph", "node", "strict", "subgraph")


def read(file: File) -> Reading:
    """The picture that a file's source gives."""
    return Reading(claims=(picture(file.text(), file, (file.stem,)),))


def picture(
    source: str, file: File, about: tuple[str, ...], line: int = 1, column: int = 1
) -> Claim:
    """What the picture of a source says; ``line`` and ``column`` are those of its start."""
    return graph(source, file, line, column).claim(file.place(line, column), about)


def graph(source: str, file: File, line: int = 1, column: int = 1) -> Graph:
    """What a source states. Raises ReadError."""
    parser = _Parser(Tokens(source, TOKENS, line, column), file)
    parser.graph_()
    return parser.graph


@dataclass(slots=True)
class _Scope:
    """A subgraph: its nodes and what its nodes and edges are by default.

    ``group`` is the frame that its nodes stand in, ``own`` the one that is drawn around it.
    """

    group: Group | None = None
    own: Group | None = None
    nodes: dict[str, None] = field(default_factory=dict)
    defaults: dict[str, dict[str, str]] = field(
        default_factory=lambda: {"graph": {}, "node": {}, "edge": {}}
    )

    def inner(self) -> _Scope:
        """A scope inside."""
        return _Scope(self.group, None, {}, {kind: dict(v) for kind, v in self.defaults.items()})


class _Parser:
    def __init__(self, tokens: Tokens, file: File) -> None:
        self.tokens, self.file = tokens, file
        self.graph = Graph()
        self.directed = True
        self.clipped: list[tuple[Edge, Edge]] = []
        """Edges, each with the same as it ends at the frame of a cluster."""

    def keyword(self, *words: str) -> bool:
        token = self.tokens.peek()
        return token.kind == "name" and token.text.lower() in words

    def graph_(self) -> None:
        if self.keyword("strict"):
            self.tokens.take()
        if not self.keyword("graph", "digraph"):
            raise self.tokens.fail("it does not start with graph or digraph")
        self.directed = self.tokens.take().text.lower() == "digraph"
        if self.tokens.peek().text != "{":
            self.value()
        scope = _Scope()
        self.statements(scope, 0)
        self.clip(is_compound=scope.defaults["graph"].get("compound", "").lower() == "true")
        if self.tokens.peek().kind != "end":
            raise self.tokens.fail("unexpected text after the end of the graph")

    def clip(self, *, is_compound: bool) -> None:
        """Has edges that name a cluster lead to its frame, or else to the node in it."""
        for edge, framed in self.clipped:
            if is_compound and not self.graph.frames.keys().isdisjoint((framed.tail, framed.head)):
                self.graph.to_frames.append(framed)
            else:
                self.graph.join(edge)

    def statements(self, scope: _Scope, depth: int) -> None:
        if depth > _graph.DEEPEST:
            raise self.tokens.fail(f"subgraphs are nested more than {_graph.DEEPEST} deep")
        self.tokens.take("{")
        while not self.tokens.skip("}"):
            if not self.tokens.skip(";"):
                self.statement(scope, depth)

    def statement(self, scope: _Scope, depth: int) -> None:
        tokens, first = self.tokens, self.tokens.peek()
        if self.keyword("graph", "node", "edge"):
            kind = tokens.take().text.lower()
            attributes = self.attributes()
            scope.defaults[kind] |= attributes
            if kind == "graph":
                self.framed(scope, attributes, first, depth)
            return
        if tokens.peek(1).text == "=" and tokens.peek(1).kind == "op":
            name, _, value = self.value(), tokens.take("="), self.value()
            scope.defaults["graph"][name] = value
            self.framed(scope, {name: value}, first, depth)
            return
        tails, is_node = self.end(scope, depth)
        steps = []
        while tokens.peek().kind == "op" and tokens.peek().text in ("->", "--"):
            arrow = tokens.take()
            heads, _ = self.end(scope, depth)
            steps.append((tails, arrow, heads))
            tails = heads
        attributes = self.attributes()
        for before, arrow, after in steps:
            for tail, head in _graph.products(before, after):
                self.edge(tail, head, arrow, {**scope.defaults["edge"], **attributes})
        if not steps and is_node and "label" in attributes:
            node = self.graph.nodes[tails[0]]
            node.label = _filled_in(attributes["label"], tails[0])
            node.place = self.place(first)
        for tail in tails if not steps and is_node else ():
            self.graph.nodes[tail].shape = attributes.get("shape", self.graph.nodes[tail].shape)

    def framed(self, scope: _Scope, attributes: dict[str, str], token: Token, depth: int) -> None:
        """Gives a subgraph its frame and that its label, as its attributes say."""
        if not depth:  # the whole picture has a title instead
            if title := attributes.get("label"):
                self.graph.titles.append((title, self.place(token)))
            return
        if attributes.get("cluster", "").lower() == "true" and not scope.own:
            label = scope.defaults["graph"].get("label", "")
            place = self.place(token)
            scope.own = Group(label, place, scope.group)
            scope.group = scope.own
            self.graph.groups.append(scope.own)
            for name in scope.nodes:
                self.graph.node(name, place, scope.own)
        if scope.own and "label" in attributes:
            scope.own.label = attributes["label"]

    def end(self, scope: _Scope, depth: int) -> tuple[list[str], bool]:
        """One end of an edge: the nodes that it is, and whether it is just a node."""
        token = self.tokens.peek()
        if token.text == "{" or self.keyword("subgraph"):
            return self.subgraph(scope, depth), False
        name = self.value()
        for _ in range(2):  # a port and a compass point
            if self.tokens.skip(":"):
                self.value()
        if name not in self.graph.nodes:
            node = self.graph.node(name, self.place(token), scope.group)
            label = scope.defaults["node"].get("label", NAME)
            node.label = _filled_in(label, name)
            node.shape = scope.defaults["node"].get("shape", "")
        elif scope.group:
            self.graph.node(name, self.place(token), scope.group)
        scope.nodes[name] = None
        return [name], True

    def subgraph(self, scope: _Scope, depth: int) -> list[str]:
        token, name = self.tokens.peek(), ""
        if self.keyword("subgraph"):
            self.tokens.take()
            if self.tokens.peek().text != "{":
                name = self.value()
        inner = scope.inner()
        if name.startswith("cluster"):
            group = self.graph.frames.get(name)
            if group is None:
                label = scope.defaults["graph"].get("label", "")
                group = self.graph.frames[name] = Group(label, self.place(token), scope.group)
                self.graph.groups.append(group)
            inner.group = inner.own = group
        self.statements(inner, depth + 1)
        scope.nodes |= inner.nodes
        return list(inner.nodes)

    def edge(self, tail: str, head: str, arrow: Token, attributes: dict[str, str]) -> None:
        usual = (False, self.directed)
        at_tail, at_head = _ENDS.get(attributes.get("dir", "").lower(), usual)
        at_tail = at_tail and attributes.get("arrowtail") != "none"
        at_head = at_head and attributes.get("arrowhead") != "none"
        label = attributes.get("label") or attributes.get("xlabel", "")
        style = attributes.get("style", "")
        if "invis" not in style:
            dashed = "dashed" in style or "dotted" in style
            edge = Edge(tail, head, self.place(arrow), at_tail, at_head, label, dashed)
            ends = attributes.get("ltail", tail), attributes.get("lhead", head)
            if ends == (tail, head):
                self.graph.join(edge)
            else:
                self.clipped.append((edge, replace(edge, tail=ends[0], head=ends[1])))

    def attributes(self) -> dict[str, str]:
        found: dict[str, str] = {}
        while self.tokens.skip("["):
            while not self.tokens.skip("]"):
                name = self.value()
                found[name] = self.value() if self.tokens.skip("=") else "true"
                self.tokens.skip(",", ";")
        return found

    def value(self) -> str:
        """A name, a number, or what strings that are joined by ``+`` say."""
        token = self.tokens.peek()
        if token.kind == "name" and token.text.lower() not in _KEYWORDS:
            return self.tokens.take().text
        if token.kind == "html":
            return _shown(self.tokens.take().text[1:-1])
        if token.kind != "string":
            raise self.tokens.fail(f"expected a name, found '{token.text[:40]}'")
        text = self.tokens.take().text[1:-1]
        while self.tokens.skip("+"):
            token = self.tokens.peek()
            if token.kind != "string":
                raise self.tokens.fail("expected a string after +")
            text += self.tokens.take().text[1:-1]
        return _unescaped(text)

    def place(self, token: Token) -> Place:
        return self.file.place(token.line, token.column)


def _shown(source: str) -> str:
    """What a label says that is written in a kind of HTML."""
    source = re.sub(r"<!--(?s:.*?)-->", "", source)
    text = re.sub(r"(?i)<br\b[^>]*>|</t[rd]>", "\n", source)
    return unescape(re.sub(r"<[^<>]*>", "", text)).strip()


def _unescaped(text: str) -> str:
    """What a string says, with NAME where ``\\N`` stands."""
    breaks = {"n": "\n", "l": "\n", "r": "\n", "\n": "", "N": NAME}
    return unescape(re.sub(r"\\(?s:(.))", lambda m: breaks.get(m[1], m[1]), text))


def _filled_in(label: str, name: str) -> str:
    return label.replace(NAME, name)
