"""Mermaid flowcharts; most shapes need Mermaid 11.3, the person needs 11.17."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Self

from diagtool.model import Shape
from diagtool.model.diagram import Arrow, Diagram, Edge, Group, Node
from diagtool.model.safe_text import SafeText
from diagtool.pictures.formats import FormatKind
from diagtool.pictures.formats._text import bare_names, loose

SUFFIX = ".mmd"
KIND = FormatKind.TEXT

_KEYWORDS = {
    "_blank", "_parent", "_self", "_top", "call", "class", "classDef", "click", "default",
    "direction", "end", "flowchart", "graph", "href", "interpolate", "linkStyle", "several",
    "style", "subgraph", "v",
}  # fmt: skip
# Mermaid keeps nodes in objects that have these already.
_IN_EVERY_OBJECT = {
    "constructor", "hasOwnProperty", "isPrototypeOf", "propertyIsEnumerable", "toLocaleString",
    "toString", "valueOf",
}  # fmt: skip
RESERVED = _KEYWORDS | _IN_EVERY_OBJECT
"""Names that no node or group may have, in small or capital letters."""

# Mermaid writes "ﬂ°" for "&" and "¶ß" for ";" between two of its steps.
_PLACEHOLDERS = re.compile("(?<=ﬂ)(?=°)|(?<=¶)(?=ß)")
_SPECIAL = re.compile(r"(?m)^ |(?<!\w)-|-(?!\w)|(?<=directio)n|[!-&*+.:-@\[-`{-~]")


class Mermaid(SafeText):
    """Source of a flowchart."""

    __slots__ = ()

    @classmethod
    def escape(cls, text: str) -> Self:
        """A text in quotes, with all that means something to Mermaid or Markdown by its number."""
        escaped = _SPECIAL.sub(lambda special: f"#{ord(special[0])};", text)
        return cls('"' + _PLACEHOLDERS.sub("<wbr/>", escaped).replace("\n", "<br/>") + '"')

    @classmethod
    def words(cls, text: str) -> Self:
        """A text on one line, which ends with it."""
        return cls(cls.escape(" ".join(text.split()))[1:-1])

    @classmethod
    def names(cls, diagram: Diagram) -> dict[str, Self]:
        """A name without quotes for each id."""
        return {id: cls(name) for id, name in bare_names(diagram, RESERVED).items()}


SHAPES = {
    Shape.ROUNDED_BOX: Mermaid("rounded"),
    Shape.ELLIPSE: Mermaid("stadium"),
    Shape.CIRCLE: Mermaid("circle"),
    Shape.DIAMOND: Mermaid("diam"),
    Shape.CLOUD: Mermaid("cloud"),
    Shape.DATABASE: Mermaid("cyl"),
    Shape.ACTOR: Mermaid("person"),
    Shape.NOTE: Mermaid("notch-rect"),
    Shape.MAIL: Mermaid("h-cyl"),
    Shape.TERMINATOR: Mermaid("stadium"),
    Shape.INPUT: Mermaid("lean-r"),
}
"""Mermaid's nearest shapes; what is not here is a box, as a node of which nothing is said."""

STACKED_SHAPES = {Shape.BOX: Mermaid("st-rect"), Shape.SQUARE: Mermaid("st-rect")}
"""Mermaid's shapes that are several; a stack of any other shape has a thick outline."""

LINES = {Arrow.FORWARD: Mermaid("-->"), Arrow.BOTH: Mermaid("<-->"), Arrow.NONE: Mermaid("---")}
DASHED = {Arrow.FORWARD: Mermaid("-.->"), Arrow.BOTH: Mermaid("<-.->"), Arrow.NONE: Mermaid("-.-")}


def described(diagram: Diagram, description: str) -> str:
    """The same with what a screen reader tells of it."""
    first, rest = write(diagram).split("\n", 1)
    told = Mermaid("  accTitle: {}\n  accDescr: {}").format(
        *(Mermaid.words(text) for text in (diagram.title, description))
    )
    return f"{first}\n{told}\n{rest}"


def write(diagram: Diagram) -> str:
    """The diagram as a flowchart, with a line break at its end."""
    names = Mermaid.names(diagram)
    nodes = {node.id: node for node in diagram.nodes}
    lines = [Mermaid("flowchart LR")]
    lines += [Mermaid("  {}").format(_node(node, names)) for node in loose(diagram)]
    for group in diagram.groups:
        lines += [Mermaid(), *_group(group, nodes, names, Mermaid("  "))]
    if diagram.edges:
        edges = [Mermaid("  {}").format(_statement(run, names)) for run in diagram.runs]
        lines += [Mermaid(), *edges]
    shapes = [
        Mermaid("  {}").format(line) for node in diagram.nodes for line in _shape(node, names)
    ]
    if shapes:
        lines += [Mermaid(), *shapes]
    if any(_is_thick(node) for node in diagram.nodes):
        lines.append(Mermaid("  classDef several stroke-width:4px"))
    return Mermaid("\n").join([*lines, Mermaid()])


def _node(node: Node, names: Mapping[str, Mermaid]) -> Mermaid:
    return Mermaid("{}[{}]").format(names[node.id], node.label)


def _group(
    group: Group, nodes: Mapping[str, Node], names: Mapping[str, Mermaid], indent: Mermaid
) -> Iterator[Mermaid]:
    yield Mermaid("{}subgraph {}[{}]").format(indent, names[group.id], group.label)
    for id in group.nodes:
        yield Mermaid("{}  {}").format(indent, _node(nodes[id], names))
    for inner in group.groups:
        yield from _group(inner, nodes, names, indent + Mermaid("  "))
    yield indent + Mermaid("end")


def _statement(run: Sequence[Edge], names: Mapping[str, Mermaid]) -> Mermaid:
    first, second = (
        Mermaid(" & ").join(dict.fromkeys(names[id] for id in ids))
        for ids in ([edge.tail for edge in run], [edge.head for edge in run])
    )
    label = Mermaid("|{}|").format(run[0].label) if run[0].label else Mermaid()
    lines = DASHED if run[0].optional else LINES
    if run[0].arrow is Arrow.BACK:
        # Mermaid has no arrow that points back.
        return Mermaid("{} {}{} {}").format(second, lines[Arrow.FORWARD], label, first)
    return Mermaid("{} {}{} {}").format(first, lines[run[0].arrow], label, second)


def _shape(node: Node, names: Mapping[str, Mermaid]) -> Iterator[Mermaid]:
    shapes = STACKED_SHAPES if node.stacked and node.shape in STACKED_SHAPES else SHAPES
    if node.shape in shapes:
        yield Mermaid("{}@{{ shape: {} }}").format(names[node.id], shapes[node.shape])
    if _is_thick(node):
        yield Mermaid("class {} several").format(names[node.id])


def _is_thick(node: Node) -> bool:
    return node.stacked and node.shape not in STACKED_SHAPES
