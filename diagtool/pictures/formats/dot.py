"""Graphviz DOT, drawn by ``dot``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Self

from diagtool.model import Shape
from diagtool.model.diagram import Arrow, Diagram, Edge, Group, Node
from diagtool.model.safe_text import SafeText
from diagtool.pictures.formats import FormatKind
from diagtool.pictures.formats._text import BARE, loose

SUFFIX = ".dot"
KIND = FormatKind.TEXT

_KEYWORDS = {"digraph", "edge", "graph", "node", "strict", "subgraph"}


class Dot(SafeText):
    """Source in DOT."""

    __slots__ = ()

    @classmethod
    def escape(cls, text: str) -> Self:
        r"""A text in quotes, in which Graphviz reads ``\\`` as a backslash, and HTML entities."""
        escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("&", "&amp;")
        return cls('"' + escaped.replace("\n", "\\n") + '"')

    @classmethod
    def id(cls, id: str) -> Self:
        """An id, bare where that will do."""
        bare = BARE.fullmatch(id) and id.lower() not in _KEYWORDS
        return cls(id) if bare else cls.escape(id)


SHAPES = {
    Shape.ROUNDED_BOX: Dot('box, style = "rounded"'),
    Shape.CLOUD: Dot("egg"),
    Shape.DATABASE: Dot("cylinder"),
    Shape.ACTOR: Dot("house"),
    Shape.MAIL: Dot("invhouse"),
    Shape.TERMINATOR: Dot("octagon"),
    Shape.INPUT: Dot("parallelogram"),
}
"""Graphviz's names of shapes where they are not our own."""

STYLE = (
    Dot("rankdir = LR"),
    Dot('graph [fontname = "sans-serif"]'),
    Dot('node [fontname = "sans-serif", shape = box]'),
    Dot('edge [fontname = "sans-serif"]'),
)

IN_ORDER = (Dot("remincross = false"), Dot("mclimit = 0.01"))
"""What keeps Graphviz from shuffling servers in search of a picture with fewer crossings.

Nothing else keeps their order in a cluster (as of 2.43): neither ``ordering`` nor invisible edges.
All else then stays in the order of the diagram, which is chosen for few crossings.
"""

ENDS = {Arrow.BACK: Dot("back"), Arrow.BOTH: Dot("both"), Arrow.NONE: Dot("none")}


def write(diagram: Diagram) -> str:
    """The diagram as a directed graph, with a line break at its end."""
    nodes = {node.id: node for node in diagram.nodes}
    lines = [Dot("digraph {} {{").format(Dot.id(diagram.name))]
    lines += [Dot("  {};").format(line) for line in STYLE]
    if any(group.part is not None and len(group.nodes) > 1 for group in diagram.all_groups):
        lines += [Dot("  {};").format(line) for line in IN_ORDER]
    lines += [Dot(""), *(Dot("  {}").format(_node(node)) for node in loose(diagram))]
    for group in diagram.groups:
        lines += [Dot(""), *_group(group, nodes, Dot("  "))]
    if diagram.edges:
        lines += [Dot(""), *(Dot("  {}").format(_statement(run)) for run in diagram.runs)]
    return Dot("\n").join([*lines, Dot("}"), Dot("")])


def _node(node: Node) -> Dot:
    attributes = [Dot("label = {}").format(node.label)]
    if node.shape is not Shape.BOX:
        attributes.append(
            Dot("shape = {}").format(SHAPES.get(node.shape) or Dot.id(node.shape.value))
        )
    if node.stacked:
        # Graphviz draws a cylinder's second outline across its label.
        database = node.shape is Shape.DATABASE
        attributes.append(Dot("penwidth = 3") if database else Dot("peripheries = 2"))
    return Dot("{}{};").format(Dot.id(node.id), _list(attributes))


def _group(group: Group, nodes: dict[str, Node], indent: Dot) -> Iterator[Dot]:
    # Graphviz frames a subgraph whose name starts with "cluster", and no other.
    yield Dot("{}subgraph {} {{").format(indent, Dot.id(f"cluster_{group.id}"))
    yield Dot("{}  label = {};").format(indent, group.label)
    for id in group.nodes:
        yield Dot("{}  {}").format(indent, _node(nodes[id]))
    for inner in group.groups:
        yield from _group(inner, nodes, indent + Dot("  "))
    yield Dot("{}}}").format(indent)


def _statement(run: Sequence[Edge]) -> Dot:
    tails = _ends([edge.tail for edge in run])
    heads = _ends([edge.head for edge in run])
    attributes = []
    if run[0].label:
        attributes.append(Dot("label = {}").format(run[0].label))
    if run[0].arrow in ENDS:
        attributes.append(Dot("dir = {}").format(ENDS[run[0].arrow]))
    if run[0].optional:
        attributes.append(Dot("style = dashed"))
    return Dot("{} -> {}{};").format(tails, heads, _list(attributes))


def _list(attributes: Sequence[Dot]) -> Dot:
    return Dot(" [{}]").format(Dot(", ").join(attributes)) if attributes else Dot("")


def _ends(ids: Sequence[str]) -> Dot:
    names = [Dot.id(id) for id in dict.fromkeys(ids)]
    return names[0] if len(names) == 1 else Dot("{{{}}}").format(Dot(" ").join(names))
