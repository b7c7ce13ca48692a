"""blockdiag source as a person would write it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from diagtool.model import Shape
from diagtool.model.diagram import Diagram, Edge, Group, Node
from diagtool.pictures.formats import FormatError, FormatKind

SUFFIX = ".diag"
KIND = FormatKind.TEXT

SHAPES = {
    Shape.DATABASE: "flowchart.database",
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
    lines: list[str] = []
    for shown in diagram.outermost:
        if isinstance(shown, Node):
            lines += [""] * (lines[-1:] == ["  }"]) + [f"  {_node(shown)}"]
        else:
            lines += [""] * bool(lines) + [*_group(shown, nodes, "  ")]
    if diagram.edges:
        lines += ["", *(f"  {_statement(run)}" for run in diagram.runs)]
    return "\n".join(["blockdiag {", *lines, "}", ""])


def attributes(node: Node) -> Iterator[tuple[str, str | None]]:
    """What is said of a node: names, and values as tokens where there are some."""
    yield "label", quoted(node.label)
    if node.shape is not Shape.BOX:
        yield "shape", SHAPES.get(node.shape, node.shape.value)
    if node.width not in (None, DEFAULT_WIDTH):
        yield "width", str(node.width)
    if node.stacked:
        yield "stacked", None


def _node(node: Node) -> str:
    said = ", ".join(f"{name} = {value}" if value else name for name, value in attributes(node))
    return f"{token(node.id)} [{said}];"


def _group(group: Group, nodes: dict[str, Node], indent: str) -> Iterator[str]:
    yield f"{indent}group {token(group.id)} {{"
    yield f"{indent}  label = {quoted(group.label)};"
    for id in group.nodes:
        yield f"{indent}  {_node(nodes[id])}"
    for inner in group.groups:
        yield from _group(inner, nodes, f"{indent}  ")
    yield f"{indent}}}"


def _statement(run: tuple[Edge, ...]) -> str:
    tails = ", ".join(token(id) for id in dict.fromkeys(edge.tail for edge in run))
    heads = ", ".join(token(id) for id in dict.fromkeys(edge.head for edge in run))
    said = [f"label = {quoted(run[0].label)}"] if run[0].label else []
    said += ["style = dashed"] if run[0].optional else []
    attributes = f" [{', '.join(said)}]" if said else ""
    return f"{tails} {run[0].arrow.value} {heads}{attributes};"


def token(id: str) -> str:
    """An id as a token: bare where that will do."""
    return id if _BARE.fullmatch(id) and id not in _KEYWORDS else quoted(id)


def quoted(text: str) -> str:
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
