"""D2, drawn by ``d2``."""

from __future__ import annotations

from collections.abc import Iterator

from diagtool.model import Shape
from diagtool.model.diagram import Diagram, Edge, Group, Node
from diagtool.pictures.formats import FormatKind
from diagtool.pictures.formats._text import BARE, loose

SUFFIX = ".d2"
KIND = FormatKind.TEXT

SHAPES = {
    Shape.SQUARE: "square",
    Shape.ELLIPSE: "oval",
    Shape.CIRCLE: "circle",
    Shape.DIAMOND: "diamond",
    Shape.CLOUD: "cloud",
    Shape.DATABASE: "cylinder",
    Shape.ACTOR: "person",
    Shape.NOTE: "page",
    Shape.MAIL: "queue",
    Shape.INPUT: "parallelogram",
}
"""D2's nearest shapes; what is not here is a rectangle, as a node of which nothing is said."""

CORNERS = {Shape.ROUNDED_BOX: 10, Shape.TERMINATOR: 40}
"""The radius of rectangles' corners."""


def write(diagram: Diagram) -> str:
    """The diagram in D2, with a line break at its end."""
    nodes = {node.id: node for node in diagram.nodes}
    paths = {node.id: _id(node.id) for node in diagram.nodes}
    for group in diagram.groups:
        paths.update(_paths(group, ""))
    lines = ["direction: right", ""]
    for node in loose(diagram):
        lines += _node(node, "")
    for group in diagram.groups:
        lines += ["", *_group(group, nodes, "")]
    if diagram.edges:
        lines += ["", *(_edge(edge, paths) for edge in diagram.edges)]
    return "\n".join([*lines, ""])


def _paths(group: Group, prefix: str) -> Iterator[tuple[str, str]]:
    """What each node inside a group is called outside it."""
    inside = f"{prefix}{_id(group.id)}."
    for id in group.nodes:
        yield id, inside + _id(id)
    for inner in group.groups:
        yield from _paths(inner, inside)


def _node(node: Node, indent: str) -> Iterator[str]:
    attributes = []
    if node.shape in SHAPES:
        attributes.append(f"shape: {SHAPES[node.shape]}")
    if node.shape in CORNERS:
        attributes.append(f"style.border-radius: {CORNERS[node.shape]}")
    if node.stacked:
        attributes.append("style.multiple: true")
    inside = f" {{{'; '.join(attributes)}}}" if attributes else ""
    yield f"{indent}{_id(node.id)}: {_quoted(node.label)}{inside}"


def _group(group: Group, nodes: dict[str, Node], indent: str) -> Iterator[str]:
    yield f"{indent}{_id(group.id)}: {_quoted(group.label)} {{"
    for id in group.nodes:
        yield from _node(nodes[id], f"{indent}  ")
    for inner in group.groups:
        yield from _group(inner, nodes, f"{indent}  ")
    yield f"{indent}}}"


def _edge(edge: Edge, paths: dict[str, str]) -> str:
    label = f": {_quoted(edge.label)}" if edge.label else ""
    style = " {style.stroke-dash: 4}" if edge.optional else ""
    label = label or (":" if style else "")
    return f"{paths[edge.tail]} {edge.arrow.value} {paths[edge.head]}{label}{style}"


def _id(id: str) -> str:
    # D2's many keywords mean themselves in quotes, and none of them has an underscore.
    return id if BARE.fullmatch(id) and "_" in id.strip("_") else _quoted(id)


def _quoted(text: str) -> str:
    r"""A text in quotes, in which D2 reads escapes, and ``${name}`` as what stands elsewhere."""
    for special in '\\"$':
        text = text.replace(special, f"\\{special}")
    return '"' + text.replace("\n", "\\n") + '"'
