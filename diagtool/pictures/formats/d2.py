"""D2, drawn by ``d2``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Self

from diagtool.model import Shape
from diagtool.model.diagram import Arrow, Diagram, Edge, Group, Node
from diagtool.model.safe_text import SafeText
from diagtool.pictures.formats import FormatKind
from diagtool.pictures.formats._text import BARE, loose

SUFFIX = ".d2"
KIND = FormatKind.TEXT


class D2(SafeText):
    """Source in D2."""

    __slots__ = ()

    @classmethod
    def escape(cls, text: str) -> Self:
        r"""A text in quotes, where D2 knows escapes, and ``${name}`` for what stands elsewhere."""
        for special in '\\"$':
            text = text.replace(special, f"\\{special}")
        return cls('"' + text.replace("\n", "\\n") + '"')

    @classmethod
    def id(cls, id: str) -> Self:
        """An id, bare where that will do."""
        # D2's many keywords mean themselves in quotes, and none of them has an underscore.
        return cls(id) if BARE.fullmatch(id) and "_" in id.strip("_") else cls.escape(id)


SHAPES = {
    Shape.SQUARE: D2("square"),
    Shape.ELLIPSE: D2("oval"),
    Shape.CIRCLE: D2("circle"),
    Shape.DIAMOND: D2("diamond"),
    Shape.CLOUD: D2("cloud"),
    Shape.DATABASE: D2("cylinder"),
    Shape.ACTOR: D2("person"),
    Shape.NOTE: D2("page"),
    Shape.MAIL: D2("queue"),
    Shape.INPUT: D2("parallelogram"),
}
"""D2's nearest shapes; what is not here is a rectangle, as a node of which nothing is said."""

CORNERS = {Shape.ROUNDED_BOX: D2("10"), Shape.TERMINATOR: D2("40")}
"""The radius of rectangles' corners."""


ARROWS = {
    Arrow.FORWARD: D2("->"),
    Arrow.BACK: D2("<-"),
    Arrow.BOTH: D2("<->"),
    Arrow.NONE: D2("--"),
}


def write(diagram: Diagram) -> str:
    """The diagram in D2, with a line break at its end."""
    nodes = {node.id: node for node in diagram.nodes}
    paths = {node.id: D2.id(node.id) for node in diagram.nodes}
    for group in diagram.groups:
        paths.update(_paths(group, D2()))
    lines = [D2("direction: right"), D2()]
    for node in loose(diagram):
        lines += _node(node, D2())
    for group in diagram.groups:
        lines += [D2(), *_group(group, nodes, D2())]
    if diagram.edges:
        lines += [D2(), *(_edge(edge, paths) for edge in diagram.edges)]
    return D2("\n").join([*lines, D2()])


def _paths(group: Group, prefix: D2) -> Iterator[tuple[str, D2]]:
    """What each node inside a group is called outside it."""
    inside = D2("{}{}.").format(prefix, D2.id(group.id))
    for id in group.nodes:
        yield id, inside + D2.id(id)
    for inner in group.groups:
        yield from _paths(inner, inside)


def _node(node: Node, indent: D2) -> Iterator[D2]:
    attributes = []
    if node.shape in SHAPES:
        attributes.append(D2("shape: {}").format(SHAPES[node.shape]))
    if node.shape in CORNERS:
        attributes.append(D2("style.border-radius: {}").format(CORNERS[node.shape]))
    if node.stacked:
        attributes.append(D2("style.multiple: true"))
    inside = D2(" {{{}}}").format(D2("; ").join(attributes)) if attributes else D2()
    yield D2("{}{}: {}{}").format(indent, D2.id(node.id), node.label, inside)


def _group(group: Group, nodes: dict[str, Node], indent: D2) -> Iterator[D2]:
    yield D2("{}{}: {} {{").format(indent, D2.id(group.id), group.label)
    for id in group.nodes:
        yield from _node(nodes[id], indent + D2("  "))
    for inner in group.groups:
        yield from _group(inner, nodes, indent + D2("  "))
    yield D2("{}}}").format(indent)


def _edge(edge: Edge, paths: dict[str, D2]) -> D2:
    label = D2(": {}").format(edge.label) if edge.label else D2()
    style = D2(" {style.stroke-dash: 4}") if edge.optional else D2()
    label = label or (D2(":") if style else D2())
    line = D2("{} {} {}").format(paths[edge.tail], ARROWS[edge.arrow], paths[edge.head])
    return line + label + style
