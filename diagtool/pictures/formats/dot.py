"""Graphviz DOT, drawn by ``dot``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from diagtool.model import Shape
from diagtool.model.diagram import Arrow, Diagram, Edge, Group, Node
from diagtool.pictures.formats import FormatKind
from diagtool.pictures.formats._text import BARE, loose

SUFFIX = ".dot"
KIND = FormatKind.TEXT

SHAPES = {
    Shape.ROUNDED_BOX: 'box, style = "rounded"',
    Shape.CLOUD: "egg",
    Shape.DATABASE: "cylinder",
    Shape.ACTOR: "house",
    Shape.MAIL: "invhouse",
    Shape.TERMINATOR: "octagon",
    Shape.INPUT: "parallelogram",
}
"""Graphviz's names of shapes where they are not our own."""

STYLE = (
    "rankdir = LR",
    'graph [fontname = "sans-serif"]',
    'node [fontname = "sans-serif", shape = box]',
    'edge [fontname = "sans-serif"]',
)

IN_ORDER = ("remincross = false", "mclimit = 0.01")
"""What keeps Graphviz from shuffling servers in search of a picture with fewer crossings.

Nothing else keeps their order in a cluster (as of 2.43): neither ``ordering`` nor invisible edges.
All else then stays in the order of the diagram, which is chosen for few crossings.
"""

ENDS = {Arrow.BACK: "back", Arrow.BOTH: "both", Arrow.NONE: "none"}

_KEYWORDS = {"digraph", "edge", "graph", "node", "strict", "subgraph"}


def write(diagram: Diagram) -> str:
    """The diagram as a directed graph, with a line break at its end."""
    nodes = {node.id: node for node in diagram.nodes}
    lines = [f"digraph {_id(diagram.name)} {{", *(f"  {line};" for line in STYLE)]
    if any(group.part is not None and len(group.nodes) > 1 for group in diagram.all_groups):
        lines += [f"  {line};" for line in IN_ORDER]
    lines += ["", *(f"  {_node(node)}" for node in loose(diagram))]
    for group in diagram.groups:
        lines += ["", *_group(group, nodes, "  ")]
    if diagram.edges:
        lines += ["", *(f"  {_statement(run)}" for run in diagram.runs)]
    return "\n".join([*lines, "}", ""])


def _node(node: Node) -> str:
    attributes = [f"label = {_label(node.label)}"]
    if node.shape is not Shape.BOX:
        attributes.append(f"shape = {SHAPES.get(node.shape, node.shape.value)}")
    if node.stacked:
        # Graphviz draws a cylinder's second outline across its label.
        several = "penwidth = 3" if node.shape is Shape.DATABASE else "peripheries = 2"
        attributes.append(several)
    return f"{_id(node.id)}{_list(attributes)};"


def _group(group: Group, nodes: dict[str, Node], indent: str) -> Iterator[str]:
    # Graphviz frames a subgraph whose name starts with "cluster", and no other.
    yield f"{indent}subgraph {_id(f'cluster_{group.id}')} {{"
    yield f"{indent}  label = {_label(group.label)};"
    for id in group.nodes:
        yield f"{indent}  {_node(nodes[id])}"
    for inner in group.groups:
        yield from _group(inner, nodes, f"{indent}  ")
    yield f"{indent}}}"


def _statement(run: Sequence[Edge]) -> str:
    tails = _ends([edge.tail for edge in run])
    heads = _ends([edge.head for edge in run])
    attributes = []
    if run[0].label:
        attributes.append(f"label = {_label(run[0].label)}")
    if run[0].arrow in ENDS:
        attributes.append(f"dir = {ENDS[run[0].arrow]}")
    if run[0].optional:
        attributes.append("style = dashed")
    return f"{tails} -> {heads}{_list(attributes)};"


def _list(attributes: Sequence[str]) -> str:
    return f" [{', '.join(attributes)}]" if attributes else ""


def _ends(ids: Sequence[str]) -> str:
    names = [_id(id) for id in dict.fromkeys(ids)]
    return names[0] if len(names) == 1 else f"{{{' '.join(names)}}}"


def _id(id: str) -> str:
    return id if BARE.fullmatch(id) and id.lower() not in _KEYWORDS else _label(id)


def _label(text: str) -> str:
    """A text in quotes: Graphviz reads ``\\\\`` as a backslash, and HTML entities as characters."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("&", "&amp;")
    return '"' + escaped.replace("\n", "\\n") + '"'
