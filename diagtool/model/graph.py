"""What one picture shows, without geometry: nodes, groups and edges."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum

from diagtool.model.topology import Shape


class Arrow(Enum):
    """Which ends of an edge carry an arrowhead, read from ``tail`` to ``head``."""

    FORWARD = "->"
    BACK = "<-"
    BOTH = "<->"
    NONE = "--"


class Mark(Enum):
    """What became of a shape, where a picture compares two systems, as its label says it."""

    ADDED = "+ added"
    REMOVED = "− removed"
    CHANGED = "~ changed"


class Fate(Enum):
    """What became of a shape, where a picture shows the loss of something."""

    LOST = "lost"
    STOPPED = "stopped"
    NOT_STATED = "not stated"
    DEGRADED = "degraded"
    FEWER = "fewer"


@dataclass(frozen=True, slots=True)
class Node:
    """A box. ``part`` is the id of the component or service that it stands for, or empty.

    A box that others are ``folded`` into stands for all of these. ``sign`` are the words that
    tell its ``fate``.
    """

    id: str
    label: str
    part: str
    shape: Shape = Shape.BOX
    width: int | None = None
    stacked: bool = False
    mark: Mark | None = None
    fate: Fate | None = None
    sign: str = ""
    folded: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """A frame around nodes and inner groups, which it holds by id, in order."""

    id: str
    label: str
    part: str | None = None
    nodes: tuple[str, ...] = ()
    groups: tuple[Group, ...] = ()

    @property
    def members(self) -> frozenset[str]:
        """The ids of all nodes inside, however deep."""
        return frozenset(self.nodes).union(*(group.members for group in self.groups))


@dataclass(frozen=True, slots=True)
class Edge:
    """A line between two nodes. ``tail`` is drawn before ``head`` in reading direction.

    ``fixed`` says that this is no matter of a good picture: ``tail`` belongs in front. One that
    is ``optional`` is drawn dashed: its owner can do without the other end.
    """

    tail: str
    head: str
    arrow: Arrow
    label: str = ""
    mark: Mark | None = None
    fate: Fate | None = None
    fixed: bool = False
    optional: bool = False

    @property
    def is_loop(self) -> bool:
        """Whether it leads from a box to the same box."""
        return self.tail == self.head

    @property
    def kind(self) -> tuple[Arrow, str, bool, bool]:
        """What edges have in common that can be stated in one breath."""
        return self.arrow, self.label, self.optional, self.is_loop

    @property
    def turned(self) -> Edge:
        """The same edge, stated from its other end."""
        return replace(self, tail=self.head, head=self.tail, arrow=_TURNED[self.arrow])


_TURNED = {
    Arrow.FORWARD: Arrow.BACK,
    Arrow.BACK: Arrow.FORWARD,
    Arrow.BOTH: Arrow.BOTH,
    Arrow.NONE: Arrow.NONE,
}


@dataclass(frozen=True, slots=True)
class Diagram:
    """One picture's content. ``name`` is its file name without suffix.

    ``notes`` are paragraphs for whoever presents it. ``cells`` are the columns and rows of the
    nodes by their ids, from 0 at the upper left, where they do not follow from the order.
    """

    name: str
    title: str
    nodes: tuple[Node, ...]
    groups: tuple[Group, ...]
    edges: tuple[Edge, ...]
    notes: tuple[str, ...] = ()
    cells: tuple[tuple[str, tuple[int, int]], ...] = ()

    @property
    def parts(self) -> dict[str, str]:
        """The id of the part that each node and group stands for, by the node's or group's id."""
        parts = {node.id: node.part for node in self.nodes if node.part}
        for group in self.all_groups:
            if group.part is not None:
                parts[group.id] = group.part
        return parts

    @property
    def runs(self) -> tuple[tuple[Edge, ...], ...]:
        """The edges in order, those together that a person would state in one breath.

        The edges of a run differ in one end only: ``queue <-> one, two, three``.
        """
        runs: list[list[Edge]] = []
        tails: set[str] = set()
        heads: set[str] = set()
        for edge in self.edges:
            if not (
                runs
                and edge.kind == runs[-1][0].kind
                and (tails == {edge.tail} or heads == {edge.head})
            ):
                runs.append([])
                tails, heads = set(), set()
            runs[-1].append(edge)
            tails.add(edge.tail)
            heads.add(edge.head)
        return tuple(tuple(run) for run in runs)

    @property
    def outermost(self) -> tuple[Node | Group, ...]:
        """What stands in no frame, in order: nodes, and groups where the first node of one is."""
        of = {id: group for group in self.groups for id in group.members}
        shown = [of.get(node.id, node) for node in self.nodes]
        places = {each.id: each for each in (*shown, *self.groups)}.values()
        groups = iter(self.groups)
        return tuple(next(groups) if isinstance(each, Group) else each for each in places)

    @property
    def all_groups(self) -> tuple[Group, ...]:
        """Every group, each before its inner ones."""
        return tuple(inner for group in self.groups for inner in _unfold(group))


def _unfold(group: Group) -> tuple[Group, ...]:
    return (group, *(inner for child in group.groups for inner in _unfold(child)))
