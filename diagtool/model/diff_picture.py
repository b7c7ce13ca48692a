"""The differences of two topologies as one picture: both overviews, with marks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import replace
from typing import TypeVar

from diagtool.model import Topology, facts
from diagtool.model.diagram import Diagram, Edge, Group, Mark, Node, everything
from diagtool.model.diff_sentences import Change, compare

Shown = TypeVar("Shown", Node, Edge)


def picture(old: Topology, new: Topology) -> Diagram:
    """The overviews of both topologies in one, with a mark on whatever differs."""
    changes = compare(old, new)
    was, now = everything(old), everything(new)
    changes = tuple(change for change in changes if not change.is_of_losses)
    touched = {change.about for change in changes if not _is_of_line(change, old, new)}
    nodes = [
        _marked(node, _mark(node, {n.id: n for n in was.nodes}.get(node.id), node.id in touched))
        if node.part
        else node  # what explains the lines
        for node in now.nodes
    ]
    there = {node.id for node in now.nodes}
    nodes += [
        _marked(node, Mark.REMOVED) for node in was.nodes if node.part and node.id not in there
    ]
    lines = {frozenset((edge.tail, edge.head)): edge for edge in was.edges}
    turned = {frozenset((c.about, c.what)) for c in changes if _is_of_line(c, old, new)}
    names = {node.id: facts.flat(node.label) for node in (*was.nodes, *now.nodes)}
    edges = []
    for edge in now.edges:
        ends = frozenset((edge.tail, edge.head))
        edges.append(_marked_line(edge, _mark(edge, lines.pop(ends, None), ends in turned), names))
    edges += [_marked_line(edge, Mark.REMOVED, names) for edge in lines.values()]
    return Diagram(
        name="differences",
        title=f"From {old.name} to {new.name}",
        nodes=tuple(nodes),
        groups=_joined(now.groups, was.groups, there),
        edges=tuple(edges),
        notes=tuple(change.sentence for change in changes),
    )


def before_and_after(old: Topology, new: Topology) -> tuple[Diagram, Diagram]:
    """The overview of each topology, of boxes and lines that are in the picture of both."""
    was, now = everything(old), everything(new)
    return (
        replace(was, name="before", title=f"Before: {old.name}"),
        replace(now, name="after", title=f"After: {new.name}"),
    )


def _is_of_line(change: Change, *topologies: Topology) -> bool:
    """Whether a change is one of a connection."""
    return any(change.what in {p.id for p in topology.parts} for topology in topologies)


def _mark(now: Shown, was: Shown | None, touched: bool) -> Mark | None:
    if was is None:
        return Mark.ADDED
    return Mark.CHANGED if touched or now != was else None


def _marked(node: Node, mark: Mark | None) -> Node:
    """A box with a mark that those who see no colours can read, too."""
    return replace(node, label=f"{node.label}\n({mark.value})", mark=mark) if mark else node


def _marked_line(edge: Edge, mark: Mark | None, names: Mapping[str, str]) -> Edge:
    """A line with a mark. It names its ends: lines run together where they reach a box."""
    if mark is None:
        return edge
    label = f"{mark.value}\n{names[edge.tail]} {edge.arrow.value} {names[edge.head]}"
    return replace(edge, label=f"{edge.label} ({label})" if edge.label else label, mark=mark)


def _joined(now: Sequence[Group], was: Sequence[Group], there: Set[str]) -> tuple[Group, ...]:
    """The zones of both with their marks, each part in that of the new topology."""
    before = {group.id: group for group in was}
    joined = []
    for group in (*now, *(g for g in was if g.id not in {g.id for g in now})):
        old = before.get(group.id)
        nodes = dict.fromkeys((*group.nodes, *(old.nodes if old else ())))
        shown = tuple(n for n in nodes if n in group.nodes or n not in there)
        mark = None
        if old is None:
            mark = Mark.ADDED
        elif group not in now:
            mark = Mark.REMOVED
            shown = tuple(n for n in shown if n not in there)
        elif group.label != old.label:
            mark = Mark.CHANGED
        label = f"{group.label} ({mark.value})" if mark else group.label
        if shown:
            joined.append(replace(group, label=label, nodes=shown))
    return tuple(joined)
