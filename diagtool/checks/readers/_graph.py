"""A graph as its source tells it, and what the picture that is drawn from it will say."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from diagtool.checks.readers import PICTURE, Claim, ReadError
from diagtool.model import Place
from diagtool.model.facts import Fact, FactKind, Facts, counted, flat

DEEPEST = 100
LONGEST = 200_000
MOST = 50_000
"""How many edges a source may state; a list of names on both sides states many at once."""


@dataclass(slots=True)
class Node:
    """A box by its label, with the frame that it stands in.

    ``shape`` is as its language has it; ``stacked`` is None in one that has no stacks.
    """

    label: str
    place: Place
    group: Group | None = None
    shape: str = ""
    stacked: bool | None = None


@dataclass(slots=True)
class Group:
    """A frame by its label, with the frame that it stands in."""

    label: str
    place: Place
    outer: Group | None = None


@dataclass(slots=True)
class Edge:
    """A line between two nodes, by their ids."""

    tail: str
    head: str
    place: Place
    at_tail: bool = False
    at_head: bool = True
    label: str = ""
    dashed: bool = False


@dataclass(slots=True)
class Graph:
    """Nodes, groups and edges; and what else a source states that is not understood.

    ``to_frames`` are the edges that are drawn to a frame instead of a node. They name it by its
    key in ``frames``. ``titles`` are what stands above or below the whole picture.
    """

    nodes: dict[str, Node] = field(default_factory=dict)
    groups: list[Group] = field(default_factory=list)
    edges: list[Edge] = field(default_factory=list)
    frames: dict[str, Group] = field(default_factory=dict)
    to_frames: list[Edge] = field(default_factory=list)
    unread: list[tuple[str, Place]] = field(default_factory=list)
    titles: list[tuple[str, Place]] = field(default_factory=list)

    def node(self, id: str, place: Place, group: Group | None) -> Node:
        """The node with an id, which is its label until it is given one."""
        node = self.nodes.setdefault(id, Node(id, place))
        node.group = node.group or group
        return node

    def join(self, edge: Edge) -> None:
        """One more edge."""
        self.edges.append(edge)
        if len(self.edges) > MOST:
            raise ReadError(f"it has more than {MOST:,} edges", edge.place.line, edge.place.column)

    def claim(self, place: Place, about: tuple[str, ...]) -> Claim:
        """What the picture says, and what of it was not understood."""
        return Claim(PICTURE, self.facts(), place, about, tuple(self.unread))

    def facts(self) -> Facts:
        """What the picture says."""
        found: dict[Fact, Place] = {}

        def say(kind: FactKind, place: Place, *terms: str) -> None:
            found.setdefault(Fact(kind, "", tuple(map(flat, terms))), place)

        labels = counted(flat(node.label) for node in self.nodes.values())
        for node, label in zip(self.nodes.values(), labels, strict=True):
            say(FactKind.BOX, node.place, label)
            for outer in _around(node.group):
                say(FactKind.GROUP, node.place, outer.label, node.label)
        for group in self.groups:
            for outer in _around(group.outer):
                say(FactKind.GROUP, group.place, outer.label, group.label)
        for edge in (*self.edges, *self.to_frames):
            tail, head = (
                (self.frames.get(end) or self.nodes[end]).label for end in (edge.tail, edge.head)
            )
            if edge.at_head:
                say(FactKind.ARROW, edge.place, tail, head)
            if edge.at_tail:
                say(FactKind.ARROW, edge.place, head, tail)
            ends = sorted((flat(tail), flat(head)))
            if not (edge.at_head or edge.at_tail):
                say(FactKind.LINE, edge.place, *ends)
            if flat(edge.label):
                say(FactKind.EDGE_LABEL, edge.place, *ends, edge.label)
            if edge.dashed:
                say(FactKind.OPTIONAL, edge.place, *ends)
        return found


def _around(group: Group | None) -> Iterator[Group]:
    """A group and those that it is in."""
    while group:
        yield group
        group = group.outer


# --- tokens ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of source: its kind, its text and where it stands."""

    kind: str
    text: str
    line: int
    column: int


class Tokens:
    """The tokens of a source, read one after the other. ``kinds`` is a verbose pattern.

    Its groups are the kinds of tokens. ``space`` is left out; ``comments`` are beside the others.
    """

    def __init__(self, source: str, kinds: re.Pattern[str], line: int = 1, column: int = 1) -> None:
        found = list(islice(_tokens(source, kinds, line, column), LONGEST + 1))
        if len(found) > LONGEST:
            raise ReadError(f"it has more than {LONGEST:,} names, strings and signs")
        self.tokens = [token for token in found if token.kind != "comment"]
        self.comments = [token for token in found if token.kind == "comment"]
        self.at = 0
        last = self.tokens[-1] if self.tokens else Token("end", "", line, column)
        self.end = Token("end", "", last.line, last.column + len(last.text))

    def peek(self, ahead: int = 0) -> Token:
        """A token that is yet to come."""
        at = self.at + ahead
        return self.tokens[at] if at < len(self.tokens) else self.end

    def take(self, *texts: str) -> Token:
        """The next token, which must be one of the texts. Raises ReadError."""
        token = self.peek()
        if token.kind == "end" or (texts and token.text not in texts):
            found = f"'{token.text[:40]}' stands" if token.text else "the file ends"
            wanted = f" where {' or '.join(texts)} must" if texts else " too soon"
            raise ReadError(found + wanted, token.line, token.column)
        self.at += 1
        return token

    def skip(self, *texts: str) -> bool:
        """Goes past the next token if it is one of the texts; says whether it was."""
        if self.peek().text in texts and self.peek().kind == "op":
            self.at += 1
            return True
        return False

    def fail(self, message: str) -> ReadError:
        """What is wrong at the next token."""
        return ReadError(message, self.peek().line, self.peek().column)


def _tokens(source: str, kinds: re.Pattern[str], line: int, column: int) -> Iterator[Token]:
    at = 0
    while at < len(source):
        match = kinds.match(source, at)
        if match is None:
            raise ReadError(f"unexpected '{source[at]}'", line, column)
        text, kind = match[0], match.lastgroup or ""
        if kind != "space":
            yield Token(kind, text, line, column)
        breaks = text.count("\n")
        line += breaks
        column = len(text) - text.rfind("\n") if breaks else column + len(text)
        at = match.end()


def products(tails: Sequence[str], heads: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Every pair of one of the first and one of the second. Raises ReadError for too many."""
    if len(tails) * len(heads) > MOST:
        raise ReadError(f"a statement has more than {MOST:,} edges")
    return ((tail, head) for tail in tails for head in heads)
