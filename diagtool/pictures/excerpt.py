"""A drawing of only some of what another one shows, with everything where it is there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from diagtool.model.diagram import Diagram, Edge
from diagtool.pictures.drawing import Dash, Drawing, DrawnEdge, DrawnGroup, Rect, Stroke, TextLine
from diagtool.pictures.text_metrics import LINE_HEIGHT, Fonts


def excerpt(drawing: Drawing, shown: Diagram, fonts: Fonts) -> Drawing:
    """The drawing of ``shown``, all of which is in ``drawing`` under the same ids.

    Labels may differ, lines may have other arrowheads, and there are no marks. A frame is left
    out that holds other boxes than in ``shown``.
    """
    labels = {node.id: node.label for node in shown.nodes}
    nodes = tuple(
        replace(
            node,
            label=labels[node.id],
            lines=_lines(node.lines, labels[node.id], node.box, fonts),
            stroke=Stroke(),
        )
        for node in drawing.nodes
        if node.id in labels
    )
    frames = {group.id: group for group in shown.all_groups}
    groups = (
        replace(
            group,
            label=frames[group.id].label,
            lines=_lines(group.lines, frames[group.id].label, group.box, fonts),
            members=members,
        )
        for group in drawing.groups
        if (members := _members(group, labels)) and group.id in frames
        if frames[group.id].members == frozenset(members)
    )
    lines = {frozenset((edge.tail, edge.head)): edge for edge in shown.edges}
    edges = (
        _edge(edge, lines[ends], fonts)
        for edge in drawing.edges
        if (ends := frozenset((edge.tail, edge.head))) in lines
    )
    return replace(drawing, nodes=nodes, groups=tuple(groups), edges=tuple(edges))


def _members(group: DrawnGroup, shown: dict[str, str]) -> tuple[str, ...]:
    return tuple(id for id in group.members if id in shown)


def _edge(drawn: DrawnEdge, shown: Edge, fonts: Fonts) -> DrawnEdge:
    shown = shown if shown.tail == drawn.tail else shown.turned
    anywhere = Rect(0, 0, float("inf"), 0)
    return replace(
        drawn,
        arrow=shown.arrow,
        heads=drawn.heads if shown.arrow is drawn.arrow else (),
        label=shown.label,
        lines=_lines(drawn.lines, shown.label, anywhere, fonts),
        stroke=Stroke(dash=Dash.DASHED if shown.optional else Dash.SOLID),
    )


def _lines(old: Sequence[TextLine], label: str, box: Rect, fonts: Fonts) -> tuple[TextLine, ...]:
    """A label that starts where another one does, so that what they share stays in its place."""
    if not old or not label:
        return ()
    first = old[0]
    texts = fonts.wrap(label, first.size, box.width, bold=first.bold)
    return tuple(
        replace(
            first,
            text=text,
            y=first.y + row * first.size * LINE_HEIGHT,
            width=round(fonts.width(text, first.size, bold=first.bold), 2),
        )
        for row, text in enumerate(texts)
    )
