"""PlantUML, drawn by ``plantuml``; it needs a release from 2020 or later."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Self

from diagtool.model import Shape
from diagtool.model.diagram import Arrow, Diagram, Group, Node
from diagtool.model.safe_text import SafeText
from diagtool.pictures.formats import FormatKind
from diagtool.pictures.formats._text import bare_names, loose

SUFFIX = ".puml"
KIND = FormatKind.TEXT

_SPECIAL = re.compile(r"(?<!\w)[-./]|[-./](?!\w)|[!-+:-@\[-`{-~]")


class PlantUml(SafeText):
    """Source in PlantUML, where texts stand in quotes or at the end of a line."""

    __slots__ = ()

    @classmethod
    def escape(cls, text: str) -> Self:
        """A text with all that means something to PlantUML or its markup by its number."""
        escaped = _SPECIAL.sub(lambda special: f"<U+{ord(special[0]):04X}>", text)
        return cls(escaped.replace("\n", "\\n"))

    @classmethod
    def names(cls, diagram: Diagram) -> dict[str, Self]:
        """A name without quotes for each id."""
        return {id: cls(name) for id, name in bare_names(diagram, ()).items()}


SHAPES = {
    Shape.BOX: PlantUml("rectangle"),
    Shape.SQUARE: PlantUml("agent"),
    Shape.ROUNDED_BOX: PlantUml("card"),
    Shape.ELLIPSE: PlantUml("usecase"),
    Shape.CIRCLE: PlantUml("circle"),
    Shape.DIAMOND: PlantUml("control"),
    Shape.CLOUD: PlantUml("cloud"),
    Shape.DATABASE: PlantUml("database"),
    Shape.ACTOR: PlantUml("actor"),
    Shape.NOTE: PlantUml("file"),
    Shape.MAIL: PlantUml("queue"),
    Shape.TERMINATOR: PlantUml("storage"),
    Shape.INPUT: PlantUml("boundary"),
}
"""PlantUML's nearest shapes."""

STYLE = (
    PlantUml("left to right direction"),
    PlantUml("skinparam cardRoundCorner 20"),
    PlantUml("skinparam shadowing false"),
    PlantUml("skinparam shadowing<<several>> true"),
    PlantUml("hide stereotype"),
)
"""Only what stands for several casts a shadow."""

LINES = {
    Arrow.FORWARD: (PlantUml(), PlantUml(">")),
    Arrow.BACK: (PlantUml("<"), PlantUml()),
    Arrow.BOTH: (PlantUml("<"), PlantUml(">")),
    Arrow.NONE: (PlantUml(), PlantUml()),
}
"""What stands at the ends of a line."""


def write(diagram: Diagram) -> str:
    """The diagram between ``@startuml`` and ``@enduml``, with a line break at its end."""
    names = PlantUml.names(diagram)
    nodes = {node.id: node for node in diagram.nodes}
    lines = [PlantUml("@startuml"), *STYLE, PlantUml()]
    lines += [_node(node, names) for node in loose(diagram)]
    for group in diagram.groups:
        lines += [PlantUml(), *_group(group, nodes, names, PlantUml())]
    if diagram.edges:
        lines += [PlantUml(), *_edges(diagram, names)]
    return PlantUml("\n").join([*lines, PlantUml("@enduml"), PlantUml()])


def _node(node: Node, names: Mapping[str, PlantUml]) -> PlantUml:
    if node.stacked and node.shape is Shape.BOX:
        return PlantUml('collections "{}" as {}').format(node.label, names[node.id])
    line = PlantUml('{} "{}" as {}').format(SHAPES[node.shape], node.label, names[node.id])
    return line + PlantUml(" <<several>>") if node.stacked else line


def _group(
    group: Group, nodes: Mapping[str, Node], names: Mapping[str, PlantUml], indent: PlantUml
) -> Iterator[PlantUml]:
    yield PlantUml('{}package "{}" as {} {{').format(indent, group.label, names[group.id])
    for id in group.nodes:
        yield PlantUml("{}  {}").format(indent, _node(nodes[id], names))
    for inner in group.groups:
        yield from _group(inner, nodes, names, indent + PlantUml("  "))
    yield indent + PlantUml("}")


def _edges(diagram: Diagram, names: Mapping[str, PlantUml]) -> Iterator[PlantUml]:
    """The edges; one between a group and another place tells where they stand.

    If all did, Graphviz would turn the members of a group around among themselves.
    """
    places = {id: group.id for group in diagram.all_groups for id in group.nodes}
    told = set()
    for edge in diagram.edges:
        ends = (places.get(edge.tail, edge.tail), places.get(edge.head, edge.head))
        again = ends in told and ends != (edge.tail, edge.head) and ends[0] != ends[1]
        told.add(ends)
        first, last = LINES[edge.arrow]
        dash = PlantUml(".") if edge.optional else PlantUml("-")
        rank = PlantUml("[norank]") if again else PlantUml()
        line = first + dash + rank + dash + last
        label = PlantUml(" : {}").format(edge.label) if edge.label else PlantUml()
        yield PlantUml("{} {} {}{}").format(names[edge.tail], line, names[edge.head], label)
