"""blockdiag source, as a person would have been glad to write it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from diagtool.diagram import Diagram, Edge, Group, Node
from diagtool.formats import FormatError, Kind
from diagtool.model import Shape

SUFFIX = ".diag"
KIND = Kind.TEXT

SHAPES = {
    Shape.DATABASE: "flowchart.database",
    Shape.DOCUMENT: "flowchart.document",
    Shape.TERMINATOR: "flowchart.terminator",
    Shape.INPUT: "flowchart.input",
}
"""blockdiag's names of shapes where they are not our own."""

DEFAULT_WIDTH = 128
"""The width that blockdiag gives a node of which nothing is said."""

_BARE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_KEYWORDS = {"blockdiag", "diagram", "group", "class", "plugin"}


def write(diagram: Diagram) -> str:
    """The source of a diagram, with a line break at its end."""
    nodes = {node.id: node for node in diagram.nodes}
    grouped = {id for group in diagram.groups for id in group.members}
    lines = [f"  {_node(node)}" for node in diagram.nodes if node.id not in grouped]
    for group in diagram.groups:
        lines += ["", *_group(group, nodes, "  ")]
    if diagram.edges:
        lines += ["", *(f"  {_statement(run)}" for run in diagram.runs)]
    return "\n".join(["blockdiag {", *lines, "}", ""])


def _node(node: Node) -> str:
    attributes = [f"label = {_quoted(node.label)}"]
    if node.shape is not Shape.BOX:
        attributes.append(f"shape = {SHAPES.get(node.shape, node.shape.value)}")
    if node.width not in (None, DEFAULT_WIDTH):
        attributes.append(f"width = {node.width}")
    if node.stacked:
        attributes.append("stacked")
    return f"{_id(node.id)} [{', '.join(attributes)}];"


def _group(group: Group, nodes: dict[str, Node], indent: str) -> Iterator[str]:
    yield f"{indent}group {_id(group.id)} {{"
    yield f"{indent}  label = {_quoted(group.label)};"
    for id in group.nodes:
        yield f"{indent}  {_node(nodes[id])}"
    for inner in group.groups:
        yield from _group(inner, nodes, f"{indent}  ")
    yield f"{indent}}}"


def _statement(run: tuple[Edge, ...]) -> str:
    tails = ", ".join(_id(id) for id in dict.fromkeys(edge.tail for edge in run))
    heads = ", ".join(_id(id) for id in dict.fromkeys(edge.head for edge in run))
    attributes = f" [label = {_quoted(run[0].label)}]" if run[0].label else ""
    return f"{tails} {run[0].arrow.value} {heads}{attributes};"


def _id(id: str) -> str:
    return id if _BARE.fullmatch(id) and id not in _KEYWORDS else _quoted(id)


def _quoted(text: str) -> str:
    """A text as a string token.

    blockdiag reads ``\\\\`` as a backslash and ``\\n`` as a line break, takes every run of
    three quotes out, and cannot end a string in a backslash but before such a run. Raises
    FormatError for a text with runs of three quotes of both kinds, which it cannot say.
    """
    quote, other = ("'", '"') if "'''" in text else ('"', "'")
    if other * 3 in text:
        raise FormatError(f"blockdiag has no way to write the text {text!r}")
    escaped = text.replace("\\", "\\\\").replace("\n", "\\n").replace(quote, f"\\{quote}")
    end = other * 3 if text.endswith("\\") else ""
    return f"{quote}{escaped}{end}{quote}"
