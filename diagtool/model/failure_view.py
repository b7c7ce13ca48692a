"""A view with what a loss does to each of its boxes and lines, everything in its place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from diagtool.model import failure_report
from diagtool.model.diagram import OPTIONAL, Diagram, Edge, Fate, Node
from diagtool.model.failures import (
    Analysis,
    Failure,
    Loss,
    LossKind,
    State,
    cut,
    every_loss,
    lost_copies,
    lost_hosts,
)
from diagtool.model.topology import Topology

FATES: Mapping[State, Fate] = {
    State.STOPPED: Fate.STOPPED,
    State.NOT_STATED: Fate.NOT_STATED,
    State.DEGRADED: Fate.DEGRADED,
}
OPTIONAL_OR_CUT = "Dashed: optional; red: cut."  # as many lines as without it: nothing moves


def without(topology: Topology, view: Diagram, failure: Failure) -> Diagram:
    """The view after a loss: the same boxes and lines, each with its fate."""
    lost = lost_copies(topology, failure)
    nodes = tuple(_node(topology, failure, lost, node) for node in view.nodes)
    gone = {node.id for node in nodes if node.fate is Fate.LOST}
    parts = {node.id: node.part for node in nodes}
    unreached = cut(topology, failure.losses, topology.connections)
    paths = {frozenset((c.owner, c.peer)) for c in unreached if unreached[c] is State.STOPPED}

    def edge(old: Edge) -> Edge:
        ends = frozenset((parts[old.tail], parts[old.head]))
        dead = ends in paths or not gone.isdisjoint((old.tail, old.head))
        return replace(old, fate=Fate.LOST) if dead else old

    edges = tuple(map(edge, view.edges))
    if any(edge.fate is Fate.LOST for edge in edges):  # which are drawn dashed, too
        nodes = tuple(replace(n, label=n.label.replace(OPTIONAL, OPTIONAL_OR_CUT)) for n in nodes)
    what = failure_report.without(topology, failure)
    return replace(
        view,
        name=f"{view.name}-without-{slug(failure.losses)}",
        title=f"{view.title}, without {what}",
        nodes=nodes,
        edges=edges,
        notes=tuple(failure_report.as_text(topology, failure).splitlines()),
    )


def slug(losses: Iterable[Loss]) -> str:
    """What losses are called in the name of a file."""
    return re.sub(r"[^A-Za-z0-9_]+", "-", "-".join(map(str, losses)))


def _node(
    topology: Topology, failure: Failure, lost: Mapping[str, frozenset[str]], node: Node
) -> Node:
    if node.folded:
        return _folded(node, [_node(topology, failure, lost, inner) for inner in node.folded])
    if not node.part:
        return _place(topology, failure, node)
    part, outcome = topology.part(node.part), failure.outcomes[node.part]
    copies = [copy.id for copy in part.instances]
    if outcome.left == 0 or node.id in lost[part.id]:
        return replace(node, fate=Fate.LOST, sign=Fate.LOST.value)
    fate = FATES.get(outcome.state)
    words = fate.value if fate else ""
    alone = node.id in copies and not node.stacked
    if not alone and outcome.left is not None and 0 < outcome.left < len(copies):
        fate = fate or Fate.FEWER
        words = f"{outcome.left} of {len(copies)} left" + (f", {words}" if words else "")
    return replace(node, fate=fate, sign=words)


def _place(topology: Topology, failure: Failure, node: Node) -> Node:
    """A box that stands for a network, or for hosts alike; any other as it is."""
    gone = {loss.id for loss in failure.losses if loss.kind is LossKind.NETWORK}
    hosts = [host for host in topology.hosts.values() if node.id == (host.pattern or host.id)]
    down = lost_hosts(topology, failure) if hosts else ()
    left = [host for host in hosts if host.id not in down]
    if node.id in gone or (hosts and not left):
        return replace(node, fate=Fate.LOST, sign=Fate.LOST.value)
    if len(left) < len(hosts):
        return replace(node, fate=Fate.FEWER, sign=f"{len(left)} of {len(hosts)} left")
    return node


def _folded(node: Node, inner: Sequence[Node]) -> Node:
    """A box that others are folded into, with the fate of those that have one."""
    fates = {each.fate for each in inner}
    touched = sum(each.fate is not None for each in inner)
    if not touched:
        return node
    if fates == {Fate.LOST}:
        return replace(node, fate=Fate.LOST, sign=Fate.LOST.value)
    fate = fates.pop() if len(fates) == 1 else Fate.FEWER
    return replace(node, fate=fate, sign=f"{touched} of {len(inner)} affected")


def story(topology: Topology, view: Diagram) -> Iterator[Diagram]:
    """The view as it is, then after each single loss, in the order of the topology."""
    yield view
    analysis = Analysis(topology)
    for loss in losses(topology):
        yield without(topology, view, analysis.lose([loss]))


def losses(topology: Topology) -> Iterator[Loss]:
    """The single losses that get a picture each, in the order of the topology."""
    for loss in every_loss(topology):
        if loss.kind not in (LossKind.PATH, LossKind.ALL_BUT_ONE):
            yield loss
