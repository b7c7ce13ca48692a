"""Mermaid flowcharts: Mermaid 11.3 brought most of the shapes, 11.17 the person."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from diagtool.model import Shape
from diagtool.model.diagram import Arrow, Diagram, Edge, Group, Node
from diagtool.pictures.formats import FormatKind
from diagtool.pictures.formats._text import bare_names, loose

SUFFIX = ".mmd"
KIND = FormatKind.TEXT

SHAPES = {
    Shape.ROUNDED_BOX: "rounded",
    Shape.ELLIPSE: "stadium",
    Shape.CIRCLE: "circle",
    Shape.DIAMOND: "diam",
    Shape.CLOUD: "cloud",
    Shape.DATABASE: "cyl",
    Shape.ACTOR: "person",
    Shape.NOTE: "notch-rect",
    Shape.MAIL: "h-cyl",
    Shape.TERMINATOR: "stadium",
    Shape.INPUT: "lean-r",
}
"""Mermaid's nearest shapes; what is not here is a box, as a node of which nothing is said."""

STACKED_SHAPES = {Shape.BOX: "st-rect", Shape.SQUARE: "st-rect"}
"""Mermaid's shapes that are several; a stack of any other shape has a thick outline."""

LINES = {Arrow.FORWARD: "-->", Arrow.BOTH: "<-->", Arrow.NONE: "---"}
DASHED = {Arrow.FORWARD: "-.->", Arrow.BOTH: "<-.->", Arrow.NONE: "-.-"}

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


def write(diagram: Diagram) -> str:
    """The diagram as a flowchart, with a line break at its end."""
    names = bare_names(diagram, RESERVED)
    nodes = {node.id: node for node in diagram.nodes}
    lines = ["flowchart LR", *(f"  {_node(node, names)}" for node in loose(diagram))]
    for group in diagram.groups:
        lines += ["", *_group(group, nodes, names, "  ")]
    if diagram.edges:
        lines += ["", *(f"  {_statement(run, names)}" for run in diagram.runs)]
    shapes = [f"  {line}" for node in diagram.nodes for line in _shape(node, names)]
    if shapes:
        lines += ["", *shapes]
    if any(_is_thick(node) for node in diagram.nodes):
        lines.append("  classDef several stroke-width:4px")
    return "\n".join([*lines, ""])


def _node(node: Node, names: Mapping[str, str]) -> str:
    return f"{names[node.id]}[{_label(node.label)}]"


def _group(
    group: Group, nodes: Mapping[str, Node], names: Mapping[str, str], indent: str
) -> Iterator[str]:
    yield f"{indent}subgraph {names[group.id]}[{_label(group.label)}]"
    for id in group.nodes:
        yield f"{indent}  {_node(nodes[id], names)}"
    for inner in group.groups:
        yield from _group(inner, nodes, names, f"{indent}  ")
    yield f"{indent}end"


def _statement(run: Sequence[Edge], names: Mapping[str, str]) -> str:
    first, second = (
        " & ".join(dict.fromkeys(names[id] for id in ids))
        for ids in ([edge.tail for edge in run], [edge.head for edge in run])
    )
    label = f"|{_label(run[0].label)}|" if run[0].label else ""
    lines = DASHED if run[0].optional else LINES
    if run[0].arrow is Arrow.BACK:
        # Mermaid has no arrow that points back.
        return f"{second} {lines[Arrow.FORWARD]}{label} {first}"
    return f"{first} {lines[run[0].arrow]}{label} {second}"


def _shape(node: Node, names: Mapping[str, str]) -> Iterator[str]:
    shapes = STACKED_SHAPES if node.stacked and node.shape in STACKED_SHAPES else SHAPES
    if node.shape in shapes:
        yield f"{names[node.id]}@{{ shape: {shapes[node.shape]} }}"
    if _is_thick(node):
        yield f"class {names[node.id]} several"


def _is_thick(node: Node) -> bool:
    return node.stacked and node.shape not in STACKED_SHAPES


def _label(text: str) -> str:
    """A text in quotes, with all that means something to Mermaid or Markdown by its number."""
    escaped = _SPECIAL.sub(lambda special: f"#{ord(special[0])};", text)
    return '"' + _PLACEHOLDERS.sub("<wbr/>", escaped).replace("\n", "<br/>") + '"'
