"""blockdiag source: what blockdiag would draw.

The parser is our own: blockdiag's keeps no places, and takes what it does not know from
wherever a plugin puts it.
"""

from __future__ import annotations

import re

from diagtool.checks.readers import PICTURE, Claim, File, Reading, _graph
from diagtool.checks.readers._graph import Edge, Graph, Group, Token, Tokens
from diagtool.model import Place

SUFFIXES = (".diag",)

TOKENS = re.compile(
    r"""
      (?P<space>[ \t\r\n]+)
    | (?P<comment>/\*(?s:.*?)\*/|(?://|\#)[^\n]*)
    | (?P<op><->|<-|->|--|>-<|>-|-<|[{};,=\[\]])
    | (?P<name>[A-Za-z_0-9\u0080-\U0010ffff][A-Za-z_\-.0-9\u0080-\U0010ffff]*|-?\.?[0-9][0-9.]*)
    | (?P<string>(?P<quote>\"{3}|'{3}|"|')(?s:.*?)(?<!\\)(?P=quote))
    """,
    re.VERBOSE,
)
_ENDS = {
    "->": (False, True),
    "<-": (True, False),
    "<->": (True, True),
    "--": (False, False),
    "-<": (False, True),
    ">-": (True, False),
    ">-<": (True, True),
    "forward": (False, True),
    "back": (True, False),
    "both": (True, True),
    "none": (False, False),
}
"""Whether there is an arrowhead at the first and at the second end."""


def read(file: File) -> Reading:
    """The picture that a file's source gives."""
    return Reading(claims=(picture(file.text(), file, (file.stem,)),))


def picture(
    source: str, file: File, about: tuple[str, ...], line: int = 1, column: int = 1
) -> Claim:
    """What the picture of a source says; ``line`` and ``column`` are those of its start."""
    facts = graph(source, file, line, column).facts()
    return Claim(PICTURE, facts, file.place(line, column), about)


def graph(source: str, file: File, line: int = 1, column: int = 1) -> Graph:
    """What a source states. Raises ReadError."""
    parser = _Parser(Tokens(source, TOKENS, line, column), file)
    parser.diagram()
    for node in parser.graph.nodes.values():
        node.stacked = bool(node.stacked)
    return parser.graph


class _Parser:
    def __init__(self, tokens: Tokens, file: File) -> None:
        self.tokens, self.file = tokens, file
        self.graph = Graph()
        self.groups: dict[str, Group] = {}
        self.joined: dict[tuple[str, str], Edge] = {}

    def diagram(self) -> None:
        if self.tokens.peek().text in ("blockdiag", "diagram"):
            self.tokens.take()
            if self.tokens.peek().text != "{":
                self.value()
        self.statements(None, 0)
        if self.tokens.peek().kind != "end":
            raise self.tokens.fail("unexpected text after the end of the diagram")

    def statements(self, group: Group | None, depth: int) -> None:
        if depth > _graph.DEEPEST:
            raise self.tokens.fail(f"groups are nested more than {_graph.DEEPEST} deep")
        self.tokens.take("{")
        while not self.tokens.skip("}"):
            self.statement(group, depth)
            self.tokens.skip(";")

    def statement(self, group: Group | None, depth: int) -> None:
        tokens, first = self.tokens, self.tokens.peek()
        after = tokens.peek(1)
        if first.text == "group" and (after.text == "{" or tokens.peek(2).text == "{"):
            self.group(group, depth)
        elif first.text in ("class", "plugin") and after.kind in ("name", "string"):
            tokens.take()
            self.value()
            self.attributes()
        elif after.text == "=" and after.kind == "op":
            name, _, value = self.value(), tokens.take("="), self.value()
            if name == "label" and group:
                group.label = value
        else:
            self.nodes_or_edges(group)

    def group(self, outer: Group | None, depth: int) -> None:
        token = self.tokens.take("group")
        id = f" {token.line}:{token.column}"  # no name can start with a blank
        if self.tokens.peek().text != "{":
            id = self.value()
        group = self.groups.get(id)
        if group is None:
            group = self.groups[id] = Group("", self.place(token), outer)
            self.graph.groups.append(group)
        self.statements(group, depth + 1)

    def nodes_or_edges(self, group: Group | None) -> None:
        start = self.tokens.peek()
        tails = self.names(group)
        steps = []
        while self.tokens.peek().kind == "op" and self.tokens.peek().text in _ENDS:
            arrow = self.tokens.take()
            heads = self.names(group)
            steps.append((tails, arrow, heads))
            tails = heads
        attributes = self.attributes()
        for first, arrow, second in steps:
            for tail, head in _graph.products(first, second):
                self.edge(tail, head, arrow, attributes)
        if not steps:
            for name in tails:
                self.node(name, start, group, attributes)

    def node(
        self, name: str, token: Token, group: Group | None, attributes: dict[str, str]
    ) -> None:
        if inner := attributes.get("group"):
            known = self.groups.get(inner)
            if known is None:
                known = self.groups[inner] = Group("", self.place(token), group)
                self.graph.groups.append(known)
            group = known
        node = self.graph.node(name, self.place(token), group)
        if "label" in attributes:
            node.label, node.place = attributes["label"], self.place(token)
        node.shape = attributes.get("shape", node.shape)
        node.stacked = node.stacked or "stacked" in attributes

    def edge(self, tail: str, head: str, arrow: Token, attributes: dict[str, str]) -> None:
        edge = self.joined.get((tail, head))
        if edge is None:  # blockdiag has one edge from one node to another, the last word counts
            edge = self.joined[tail, head] = Edge(tail, head, self.place(arrow))
            self.graph.join(edge)
        edge.place = self.place(arrow)
        ends = _ENDS[arrow.text]
        edge.at_tail, edge.at_head = _ENDS.get(attributes.get("dir", "").lower(), ends)
        edge.label = attributes.get("label", edge.label)
        edge.dashed = attributes.get("style", "solid") not in ("solid", "none")

    def names(self, group: Group | None) -> list[str]:
        found = []
        while True:
            token = self.tokens.peek()
            name = self.value()
            self.graph.node(name, self.place(token), group)
            found.append(name)
            if not self.tokens.skip(","):
                return found

    def attributes(self) -> dict[str, str]:
        found: dict[str, str] = {}
        if self.tokens.skip("["):
            while True:
                name = self.value()
                found[name] = self.value() if self.tokens.skip("=") else ""
                if not self.tokens.skip(","):
                    break
            self.tokens.take("]")
        return found

    def value(self) -> str:
        """A name, a number, or what a string says."""
        token = self.tokens.peek()
        if token.kind not in ("name", "string"):
            raise self.tokens.fail(f"expected a name, found '{token.text}'")
        self.tokens.take()
        if token.kind == "name":
            return token.text
        text = token.text.replace('"""', "").replace("'''", "")
        if len(text) > 1 and text[0] in "\"'" and text[0] == text[-1]:
            text = text[1:-1].replace(f"\\{text[0]}", text[0])
        return re.sub(r"\\([n\\])", lambda m: "\n" if m[1] == "n" else "\\", text)

    def place(self, token: Token) -> Place:
        return self.file.place(token.line, token.column)
