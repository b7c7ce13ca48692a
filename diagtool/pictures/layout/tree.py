"""The tree of one of our diagrams as blockdiag's parser would give it, without the parser.

Parsing takes as long as laying out does, and nobody but us has written these sources.
"""

from __future__ import annotations

from typing import Any

import diagtool.blockdiag_compat  # noqa: F401

# isort: split
from blockdiag import parser

from diagtool.model.diagram import Diagram, Edge, Group, Node
from diagtool.pictures.blockdiag_routes import GAP_X, GAP_Y
from diagtool.pictures.formats.blockdiag import attributes, quoted, token


def tree(diagram: Diagram) -> Any:
    """What the parser makes of the source that :mod:`diagtool.pictures.formats.blockdiag` writes.

    It has the gaps of our own pictures, which are narrower than those of blockdiag.

    Raises FormatError for a text that a source has no way to say.
    """
    nodes = {node.id: node for node in diagram.nodes}
    statements = [
        _node(shown) if isinstance(shown, Node) else _group(shown, nodes)
        for shown in diagram.outermost
    ]
    statements += [_edges(run) for run in diagram.runs]
    return parser.Diagram(["blockdiag", None], [*_GAPS, *statements])


_GAPS = (parser.Attr("span_width", str(GAP_X)), parser.Attr("span_height", str(GAP_Y)))


def _node(node: Node) -> Any:
    said = [parser.Attr(*attribute) for attribute in attributes(node)]
    return parser.Statements([parser.Node(token(node.id), said)])


def _group(group: Group, nodes: dict[str, Node]) -> Any:
    statements = [parser.Attr("label", quoted(group.label))]
    statements += [_node(nodes[id]) for id in group.nodes]
    statements += [_group(inner, nodes) for inner in group.groups]
    return parser.Group(token(group.id), statements)


def _edges(run: tuple[Edge, ...]) -> Any:
    tails = [token(id) for id in dict.fromkeys(edge.tail for edge in run)]
    heads = [token(id) for id in dict.fromkeys(edge.head for edge in run)]
    said = [parser.Attr("label", quoted(run[0].label))] if run[0].label else []
    if run[0].optional:
        said.append(parser.Attr("style", "dashed"))
    return parser.Statements([parser.Edge(tails, run[0].arrow.value, heads, said)])
