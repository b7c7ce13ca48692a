"""How a picture shows what became of its shapes: in another system, or after a loss.

Labels and signs say it in words; lines of another kind help to find it, and so does colour, for
those who see it. Nothing moves for it, so that two pictures can be laid over each other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from diagtool.model.diagram import Diagram, Fate, Mark
from diagtool.pictures.drawing import Dash, Drawing, DrawnNode, DrawnSign, Rect, Stroke, TextLine
from diagtool.pictures.text_metrics import CAP_HEIGHT, Fonts

STROKES: Mapping[Mark | Fate, Stroke] = {
    Mark.ADDED: Stroke("#1a7f37", thick=True),
    Mark.REMOVED: Stroke("#b42318", Dash.DASHED),
    Mark.CHANGED: Stroke("#9a5b00", Dash.DOTTED, thick=True),
    Fate.LOST: Stroke("#b42318", Dash.DASHED),
    Fate.STOPPED: Stroke("#b42318", thick=True),
    Fate.NOT_STATED: Stroke("#6b5b95", Dash.DOTTED),
    Fate.DEGRADED: Stroke("#9a5b00", Dash.DOTTED, thick=True),
    Fate.FEWER: Stroke("#9a5b00"),
}

SIGN_SIZE = 10
"""The size of a sign's words, in pixels."""

SIGN_HEIGHT, SIGN_PAD = 16, 7


def marked(drawing: Drawing, diagram: Diagram, fonts: Fonts) -> Drawing:
    """The drawing of a diagram with the lines and signs that its marks and fates ask for."""
    strokes = {node.id: STROKES[why] for node in diagram.nodes if (why := node.mark or node.fate)}
    lines = {(e.tail, e.head): STROKES[why] for e in diagram.edges if (why := e.mark or e.fate)}
    if not strokes and not lines:
        return drawing
    nodes = tuple(replace(n, stroke=strokes.get(n.id, n.stroke)) for n in drawing.nodes)
    told = {node.id: node for node in diagram.nodes if node.sign}
    signs = (
        _sign(node, told[node.id].sign, fonts, crossed=told[node.id].fate is Fate.LOST)
        for node in nodes
        if node.id in told
    )
    return replace(
        drawing,
        nodes=nodes,
        edges=tuple(
            replace(e, stroke=lines.get((e.tail, e.head), e.stroke)) for e in drawing.edges
        ),
        signs=tuple(signs),
    )


def _sign(node: DrawnNode, words: str, fonts: Fonts, *, crossed: bool) -> DrawnSign:
    x, y = node.box.center[0], node.box.y
    wide = fonts.width(words, SIGN_SIZE, bold=True)
    box = Rect(x - wide / 2 - SIGN_PAD, y - SIGN_HEIGHT / 2, wide + 2 * SIGN_PAD, SIGN_HEIGHT)
    line = TextLine(words, x, y + CAP_HEIGHT * SIGN_SIZE / 2, wide, SIGN_SIZE, bold=True)
    return DrawnSign(node.id, box, line, node.stroke, node.box if crossed else None)
