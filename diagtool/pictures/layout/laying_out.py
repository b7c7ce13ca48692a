"""Lays a blockdiag source out: blockdiag decides where things stand, we draw them.

Nothing else in the package knows blockdiag.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from diagtool.model.diagram import Diagram
from diagtool.pictures.drawing import Drawing
from diagtool.pictures.layout.drawing_builder import DrawingBuilder
from diagtool.pictures.layout.marks import marked
from diagtool.pictures.layout.source import LayoutError, Warn, built, whole
from diagtool.pictures.text_metrics import Fonts

__all__ = ["LayoutError", "Table", "Warn", "describe", "lay_out", "whole"]


def _log(warning: str) -> None:
    import logging  # late: there is seldom anything to warn of

    logging.getLogger(__name__).warning(warning)


class Table(NamedTuple):
    """What a source says of its nodes or edges in words, a row each."""

    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def lay_out(
    source: str | Diagram,
    *,
    name: str,
    title: str = "",
    description: str = "",
    parts: Mapping[str, str] | None = None,
    base: Path | None = None,
    folder: Path | None = None,
    fonts: Fonts | None = None,
    warn: Warn = _log,
) -> Drawing:
    """The picture of a blockdiag source, with or without its ``blockdiag { }`` around it.

    A :class:`Diagram` stands for the source that would be written of it.
    ``parts`` says by the id of a node or group what it stands for. Icons and backgrounds
    are read from files below ``base``; without it, and from elsewhere, never. Their names
    count from ``folder``, and with a ``/`` in front from ``base``. ``warn`` is
    called with a sentence for each thing that is left out or is out of use. Raises
    :class:`LayoutError` where blockdiag refuses the source, and FormatError for a diagram
    that cannot be written as one.
    """
    warnings: list[str] = []
    fonts = fonts or _shipped_fonts()
    with built(source, warnings.append, base, folder) as diagram:
        drawing = DrawingBuilder(diagram, parts or {}, fonts).draw(name, title, description)
    for warning in warnings:
        warn(warning)
    return marked(drawing, source, fonts) if isinstance(source, Diagram) else drawing


def describe(source: str) -> tuple[Table, ...]:
    """The table of nodes and that of edges, each only where the source describes some.

    Raises :class:`LayoutError` where blockdiag refuses the source.
    """
    with built(source, lambda warning: None) as diagram:
        return tuple(table for table in (_nodes_table(diagram), _edges_table(diagram)) if table)


def _nodes_table(diagram: Any) -> Table | None:
    kind = diagram._DiagramNode
    rows = [node.to_desctable() for node in diagram.traverse_nodes() if node.drawable]
    rows.sort(key=lambda row: int(row[0]) if str(row[0]).isdecimal() else math.inf)
    used = [column for column in range(len(kind.desctable)) if any(row[column] for row in rows)]
    if len(used) < 2:
        return None
    return Table(
        tuple(kind.attrname[kind.desctable[column]] for column in used),
        tuple(tuple(str(row[column]) for column in used) for row in rows),
    )


def _edges_table(diagram: Any) -> Table | None:
    edges = [edge for edge in dict.fromkeys(diagram.traverse_edges()) if edge.style != "none"]
    if not any(edge.description for edge in edges):
        return None
    rows = tuple((edge.to_desctable()[0], edge.description or "") for edge in edges)
    return Table(("Name", "Description"), rows)


@cache
def _shipped_fonts() -> Fonts:
    return Fonts()
