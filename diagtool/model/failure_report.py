"""What a loss does to each part, in words: the sentences of pages, decks and the command line."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from diagtool.model import wording
from diagtool.model.failures import (
    OF_A_PART,
    Failure,
    Loss,
    LossKind,
    State,
    carrying,
    cut,
    every_loss,
    promised,
)
from diagtool.model.topology import (
    Connection,
    Effect,
    Host,
    Network,
    Part,
    Promise,
    Service,
    Text,
    Topology,
    Zone,
)

VERSION = 1
"""The version of the JSON forms; a change that breaks their readers raises it."""


def loss(topology: Topology, lost: Loss) -> str:
    """What is lost, as a heading: ``one Database member``, ``zone North``."""
    if lost.kind in OF_A_PART:
        part = topology.part(lost.id)
        total = len(part.instances)
        match lost.kind:
            case LossKind.ONE:
                return f"one of {total} {wording.copies(part)} of {part.name}"
            case LossKind.ALL_BUT_ONE:
                return f"all but one of {total} {wording.copies(part)} of {part.name}"
            case LossKind.QUORUM:
                return f"the quorum of {part.name}"
        return f"all {wording.copies(part)} of {part.name}" if total > 1 else part.name
    if lost.kind is LossKind.PATH:
        owner, _, peer = lost.id.partition("/")
        return f"the path between {topology.part(owner).name} and {topology.part(peer).name}"
    shared: dict[LossKind, Mapping[str, Zone] | Mapping[str, Host] | Mapping[str, Network]] = {
        LossKind.ZONE: topology.zones,
        LossKind.HOST: topology.hosts,
        LossKind.NETWORK: topology.networks,
    }
    label = shared[lost.kind][lost.id].label
    # A zone may be called "North zone".
    named = lost.kind.value in label.casefold().split()
    return label if named else f"{lost.kind.value} {label}"


def without(topology: Topology, failure: Failure) -> str:
    """All that is lost, as a list in a sentence."""
    return wording.join([loss(topology, lost) for lost in failure.losses])


def reason(topology: Topology, failure: Failure, id: str) -> str:
    """Why a part is as it is, a sentence; empty for one that works."""
    outcome, part = failure.outcomes[id], topology.part(id)
    if outcome.state is State.WORKS:
        return ""
    if outcome.because is None:
        said = _own(part, outcome.left)
    else:
        said = _through(topology, failure, outcome.because, outcome.state)
    if outcome.state is State.STOPPED and part.when_stopped:
        text = wording.plain(topology, part.when_stopped.text)
        said += f" {text}" if text not in said else ""
    return said


def _own(part: Part, left: int | None) -> str:
    total, needed = len(part.instances), carrying(part)
    if not left:
        return f"Nothing of {part.name} is left." if total > 1 else f"{part.name} is lost."
    be = "is" if left == 1 else "are"
    what = f"{left} of {total} {wording.copies(part)} of {part.name} {be} left"
    if needed is None:
        return f"{what}; whether that is enough is not stated."
    if part.cluster and part.cluster.quorum:
        return f"{what}; a quorum is {needed}."
    enough = f"{what}; it takes {needed} to carry the load"
    unknown = isinstance(part, Service) and part.at_least and part.at_least.fewer is None
    if unknown and left < needed:
        return f"{what}; {needed} are enough, and whether fewer are is not stated."
    return f"{enough}."


def _through(topology: Topology, failure: Failure, c: Connection, state: State) -> str:
    owner, peer = topology.part(c.owner).name, topology.part(c.peer).name
    if state is State.NOT_STATED:
        if c.on_loss is None:
            return f"What {owner} does without {peer} is not stated."
        return f"Whether {peer} works is not stated, and {owner} depends on it."
    text = wording.plain(topology, c.on_loss.text) if c.on_loss else ""
    verb = "stops" if state is State.STOPPED else "is degraded"
    return f"{owner} {verb} without {peer}." + (f" {text}" if text else "")


def steps(topology: Topology, failure: Failure, id: str) -> Iterator[str]:
    """The chain that leads to a part's state, a sentence a step, from the loss to the part."""
    chain = failure.chain(id)
    parts = [connection.owner for connection in chain]
    cut = bool(chain) and failure.outcomes[chain[-1].owner].cut
    if cut:
        owner, peer = topology.part(chain[-1].owner).name, topology.part(chain[-1].peer).name
        yield f"{owner} does not reach {peer}."
    else:
        parts.append(chain[-1].peer if chain else id)
    for each in reversed(parts):
        if sentence := reason(topology, failure, each):
            yield sentence


def holding(topology: Topology, failure: Failure, id: str) -> Iterator[str]:
    """Why a part goes on, a sentence each: what is left of it, and of what it talks to."""
    part = topology.part(id)
    if _lost_some(failure, part):
        yield _own(part, failure.outcomes[id].left)
    unreached = cut(topology, failure.losses, part.connections)
    for connection in part.connections:
        peer = topology.part(connection.peer)
        if failure.state(peer.id) >= State.NOT_STATED or connection in unreached:
            yield from _without(topology, connection)
        elif peer is not part and _lost_some(failure, peer):
            yield _own(peer, failure.outcomes[peer.id].left)


def _without(topology: Topology, c: Connection) -> Iterator[str]:
    """That the owner of a connection does without its other end."""
    owner, peer = topology.part(c.owner).name, topology.part(c.peer).name
    if c.on_loss and c.on_loss.effect is Effect.CONTINUES:
        text = wording.plain(topology, c.on_loss.text)
        yield f"{owner} continues without {peer}." + (f" {text}" if text else "")
    elif c.on_loss is None and c.needed is False:
        yield f"{owner} does not need {peer}."


def why(topology: Topology, failure: Failure, *ids: str) -> str:
    """Why parts are as they are: the chain that leads there, or why they go on."""
    sentences: dict[str, None] = {}
    for id in ids:
        works = failure.state(id) is State.WORKS
        sentences |= dict.fromkeys((holding if works else steps)(topology, failure, id))
    return " ".join(sentences)


def _lost_some(failure: Failure, part: Part) -> bool:
    """Whether a part lost copies, but not all of them."""
    left = failure.outcomes[part.id].left
    return left is not None and 0 < left < len(part.instances)


def sources(topology: Topology, services: Iterable[Service]) -> Mapping[Text, Sequence[str]]:
    """Where it can be seen what is stated of services, with what that is."""
    counts: defaultdict[Text, list[str]] = defaultdict(list)
    stops: defaultdict[Text, list[str]] = defaultdict(list)
    losses: defaultdict[Text, list[str]] = defaultdict(list)
    for service in services:
        if service.at_least:
            counts[service.at_least.source].append(service.name)
        if service.when_stopped:
            stops[service.when_stopped.source].append(service.name)
        for connection in service.connections:
            if connection.on_loss:
                what = f"what {service.name} does without {topology.part(connection.peer).name}"
                losses[connection.on_loss.source].append(what)
    found: dict[Text, list[str]] = {}
    for source in filter(None, dict.fromkeys((*counts, *stops, *losses))):
        told = found.setdefault(source, [])
        if names := counts[source]:
            told.append(f"how many servers {wording.join(names)} {_verb(names, 'need')}")
        if names := stops[source]:
            told.append(f"what is seen when {wording.join(names)} {_verb(names, 'stop')}")
        told += losses[source]
    return found


def _verb(names: Sequence[object], verb: str) -> str:
    return verb if len(names) > 1 else f"{verb}s"


FEW = 3
"""Up to how many losses that do the same a promise is explained for each of them."""


def kept(topology: Topology, promise: Promise) -> Iterator[str]:
    """Why a promise holds: what its parts do after each loss that it speaks of."""
    alike: dict[str, list[Failure]] = {}
    for failure in promised(topology, promise):
        alike.setdefault(_goes_on(topology, promise, failure), []).append(failure)
    for said, failures in alike.items():
        if len(failures) > FEW:
            names = [without(topology, failure) for failure in failures]
            yield f"Without {', '.join(names[:-1])} or {names[-1]}, {said}."
            continue
        for failure in failures:
            reasons = why(topology, failure, *promise.still)
            yield f"Without {without(topology, failure)}, {said}. {reasons}".rstrip()


def _goes_on(topology: Topology, promise: Promise, failure: Failure) -> str:
    """What the parts of a promise do after a failure."""
    states = {id: failure.state(id) for id in promise.still}
    told = []
    for state, verbs in ((State.WORKS, ("works", "work")), (State.DEGRADED, _DEGRADED)):
        if names := [topology.part(id).name for id in states if states[id] is state]:
            told.append(f"{wording.join(names)} {verbs[len(names) > 1]}")
    return wording.join(told)


_DEGRADED = ("is degraded", "are degraded")


def as_text(topology: Topology, failure: Failure) -> str:
    """For people: what is lost, then each part that does not just work, with its chain."""
    lines = [f"Without {without(topology, failure)}:"]
    for part in topology.parts:
        state = failure.state(part.id)
        if state is State.WORKS:
            continue
        critical = " (critical)" if part.critical else ""
        lines.append(f"  {part.name}{critical}: {state.value}")
        lines += [f"    {step}" for step in steps(topology, failure, part.id)]
    works = [part.name for part in topology.parts if failure.state(part.id) is State.WORKS]
    lines.append(f"  {wording.join(works) or 'nothing'}: {State.WORKS.value}")
    return "".join(f"{line}\n" for line in lines)


def as_json(topology: Topology, failure: Failure) -> str:
    """For programs: the losses, and for each part its state, copies left, and chain."""
    content = {
        "version": VERSION,
        "topology": topology.name,
        "lost": [str(lost) for lost in failure.losses],
        "parts": {
            part.id: {
                "state": failure.state(part.id).value,
                "critical": part.critical,
                "left": failure.outcomes[part.id].left,
                "chain": list(steps(topology, failure, part.id)),
            }
            for part in topology.parts
        },
    }
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


Points = Sequence[tuple[Loss, tuple[str, ...]]]
"""Single points of failure: losses with the ids of the critical parts that they stop."""


def points_as_text(topology: Topology, points: Points) -> str:
    """For people: a line for each single point of failure, then everything that can be lost."""
    if not any(part.critical for part in topology.parts):
        lines = ["No part is said to be critical, so nothing is a single point of failure."]
    elif points:
        lines = ["Single points of failure:"]
        for lost, stopped in points:
            names = wording.join([topology.part(id).name for id in stopped])
            told = f"{names} {_verb(stopped, 'stop')}"
            lines.append(f"  {lost}: without {loss(topology, lost)}, {told}")
    else:
        lines = ["No single loss stops anything critical."]
    lines.append("What can be lost:")
    lines += [f"  {lost}: {loss(topology, lost)}" for lost in every_loss(topology)]
    return "".join(f"{line}\n" for line in lines)


def points_as_json(topology: Topology, points: Points) -> str:
    """For programs: the single points of failure, and everything that can be lost."""
    content = {
        "version": VERSION,
        "topology": topology.name,
        "single_points": [{"lost": str(lost), "stops": list(ids)} for lost, ids in points],
        "losses": [str(lost) for lost in every_loss(topology)],
    }
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"
