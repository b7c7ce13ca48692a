"""PlantUML, drawn by ``plantuml``; releases from 2020 on know all that is said here."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from diagtool.model import Shape
from diagtool.model.diagram import Arrow, Diagram, Group, Node
from diagtool.pictures.formats import FormatKind
from diagtool.pictures.formats._text import bare_names, loose

SUFFIX = ".puml"
KIND = FormatKind.TEXT

SHAPES = {
    Shape.BOX: "rectangle",
    Shape.SQUARE: "agent",
    Shape.ROUNDED_BOX: "card",
    Shape.ELLIPSE: "usecase",
    Shape.CIRCLE: "circle",
    Shape.DIAMOND: "control",
    Shape.CLOUD: "cloud",
    Shape.DATABASE: "database",
    Shape.ACTOR: "actor",
    Shape.NOTE: "file",
    Shape.MAIL: "queue",
    Shape.TERMINATOR: "storage",
    Shape.INPUT: "boundary",
}
"""PlantUML's nearest shapes."""

STYLE = (
    "left to right direction",
    "skinparam cardRoundCorner 20",
    "skinparam shadowing false",
    "skinparam shadowing<<several>> true",
    "hide stereotype",
)
"""Only what stands for several casts a shadow."""

LINES = {Arrow.FORWARD: "-->", Arrow.BACK: "<--", Arrow.BOTH: "<-->", Arrow.NONE: "--"}

_SPECIAL = re.compile(r"(?<!\w)[-./]|[-./](?!\w)|[!-+:-@\[-`{-~]")


def write(diagram: Diagram) -> str:
    """The diagram between ``@startuml`` and ``@enduml``, with a line break at its end."""
    names = bare_names(diagram, ())
    nodes = {node.id: node for node in diagram.nodes}
    lines = ["@startuml", *STYLE, ""]
    lines += [_node(node, names) for node in loose(diagram)]
    for group in diagram.groups:
        lines += ["", *_group(group, nodes, names, "")]
    if diagram.edges:
        lines += ["", *_edges(diagram, names)]
    return "\n".join([*lines, "@enduml", ""])


def _node(node: Node, names: Mapping[str, str]) -> str:
    if node.stacked and node.shape is Shape.BOX:
        return f"collections {_label(node.label)} as {names[node.id]}"
    several = " <<several>>" if node.stacked else ""
    return f"{SHAPES[node.shape]} {_label(node.label)} as {names[node.id]}{several}"


def _group(
    group: Group, nodes: Mapping[str, Node], names: Mapping[str, str], indent: str
) -> Iterator[str]:
    yield f"{indent}package {_label(group.label)} as {names[group.id]} {{"
    for id in group.nodes:
        yield f"{indent}  {_node(nodes[id], names)}"
    for inner in group.groups:
        yield from _group(inner, nodes, names, f"{indent}  ")
    yield f"{indent}}}"


def _edges(diagram: Diagram, names: Mapping[str, str]) -> Iterator[str]:
    """The edges; one between a group and another place tells where they stand.

    If all did, Graphviz would turn the members of a group around among themselves.
    """
    places = {id: group.id for group in diagram.all_groups for id in group.nodes}
    told = set()
    for edge in diagram.edges:
        ends = (places.get(edge.tail, edge.tail), places.get(edge.head, edge.head))
        line = LINES[edge.arrow]
        if ends in told and ends != (edge.tail, edge.head) and ends[0] != ends[1]:
            line = line.replace("--", "-[norank]-")
        told.add(ends)
        if edge.optional:
            line = line.replace("--", "..").replace("-[norank]-", ".[norank].")
        label = f" : {_escaped(edge.label)}" if edge.label else ""
        yield f"{names[edge.tail]} {line} {names[edge.head]}{label}"


def _label(text: str) -> str:
    return f'"{_escaped(text)}"'


def _escaped(text: str) -> str:
    """A text with all that means something to PlantUML or its markup by its number."""
    escaped = _SPECIAL.sub(lambda special: f"<U+{ord(special[0]):04X}>", text)
    return escaped.replace("\n", "\\n")
