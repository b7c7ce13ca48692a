"""How a picture that compares two systems shows what was added, removed and changed.

Labels say it in words and signs already; lines of another kind help to find it, and so
does colour, for those who see it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from diagtool.model.diagram import Diagram, Mark
from diagtool.pictures.drawing import Dash, Drawing, Stroke

STROKES: Mapping[Mark, Stroke] = {
    Mark.ADDED: Stroke("#1a7f37", thick=True),
    Mark.REMOVED: Stroke("#b42318", Dash.DASHED),
    Mark.CHANGED: Stroke("#9a5b00", Dash.DOTTED, thick=True),
}


def marked(drawing: Drawing, diagram: Diagram) -> Drawing:
    """The drawing of a diagram, its lines drawn as their marks ask for."""
    nodes = {node.id: STROKES[node.mark] for node in diagram.nodes if node.mark}
    edges = {(e.tail, e.head): STROKES[e.mark] for e in diagram.edges if e.mark}
    if not nodes and not edges:
        return drawing
    return replace(
        drawing,
        nodes=tuple(replace(n, stroke=nodes.get(n.id, n.stroke)) for n in drawing.nodes),
        edges=tuple(
            replace(e, stroke=edges.get((e.tail, e.head), e.stroke)) for e in drawing.edges
        ),
    )
