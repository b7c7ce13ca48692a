"""What happens when something is lost: one walk over what the topology says of losses.

:func:`lose` gives the state of every part after a set of losses, with the chain that leads
there. :func:`tolerances` and :func:`single_points` ask it many times.

A part stops if too few of its copies are left (none, or no quorum), or if a connection says
that it stops without the part at the other end (``on_loss``). What nobody stated is *not
stated* and never derived: that a part needs another one does not say what happens without it.
A part that is degraded still answers, so those that depend on it are not touched.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from itertools import combinations, product

from diagtool.model import flows
from diagtool.model.topology import (
    Component,
    Connection,
    Effect,
    Mode,
    Part,
    Promise,
    Service,
    Topology,
)


class State(Enum):
    """How a part is after a loss; each state is worse than those before it."""

    WORKS = "works"
    DEGRADED = "degraded"
    NOT_STATED = "not stated"
    STOPPED = "stopped"

    def __init__(self, _: str) -> None:
        # Compared millions of times in a large system: a number is cheaper than a lookup.
        self.rank = len(type(self).__members__)

    def __lt__(self, other: State) -> bool:
        return self.rank < other.rank

    def __ge__(self, other: State) -> bool:
        return self.rank >= other.rank


class LossKind(Enum):
    """What is lost: copies of a part, or something that several parts share."""

    ALL = "all"
    ONE = "one"
    ALL_BUT_ONE = "all-but-one"
    QUORUM = "quorum"
    ZONE = "zone"
    HOST = "host"
    NETWORK = "network"
    PATH = "path"


OF_A_PART = (LossKind.ALL, LossKind.ONE, LossKind.ALL_BUT_ONE, LossKind.QUORUM)
"""The losses that are written ``PART`` or ``PART:KIND``; the others are ``KIND:ID``."""

SHARED = (LossKind.ZONE, LossKind.HOST, LossKind.NETWORK)
"""The losses of what several parts share: a promise may speak of any of a kind."""

ANY = "*"
"""What stands for any id of a kind."""


@dataclass(frozen=True, slots=True)
class Loss:
    """One thing that is lost. ``id`` is that of a part, a zone, a host or a network.

    The id of a path is ``OWNER/PEER``: the two cannot reach each other.
    """

    kind: LossKind
    id: str

    def __str__(self) -> str:
        if self.kind is LossKind.ALL:
            return self.id
        if self.kind in OF_A_PART:
            return f"{self.id}:{self.kind.value}"
        return f"{self.kind.value}:{self.id}"


class LossError(Exception):
    """A loss that the topology knows nothing of; ``known`` are the losses that it knows."""

    def __init__(self, text: str, known: Iterable[str]) -> None:
        super().__init__(f"unknown loss {text!r}")
        self.text, self.known = text, tuple(known)


def singly(topology: Topology) -> list[Failure]:
    """What each single loss does, but for those of paths."""
    losses = (loss for loss in every_loss(topology) if loss.kind is not LossKind.PATH)
    analysis = Analysis(topology)
    return [analysis.lose([loss]) for loss in losses]


def parse(topology: Topology, text: str) -> Loss:
    """The loss that a text names (``broker``, ``api:one``, ``zone:north``). Raises LossError."""
    losses = {str(loss): loss for loss in every_loss(topology)}
    if text not in losses:
        raise LossError(text, losses)
    return losses[text]


def alternatives(topology: Topology, text: str) -> tuple[Loss, ...]:
    """The loss that a text names, or one for each of a kind (``zone:*``). Raises LossError."""
    if not text.endswith(f":{ANY}"):
        return (parse(topology, text),)
    kind = text.removesuffix(f":{ANY}")
    losses = tuple(every_loss(topology))
    if found := tuple(each for each in losses if each.kind in SHARED and each.kind.value == kind):
        return found
    kinds = dict.fromkeys(each.kind for each in losses if each.kind in SHARED)
    raise LossError(text, [*(f"{each.value}:{ANY}" for each in kinds), *map(str, losses)])


def are_stated(topology: Topology) -> bool:
    """Whether a topology says anything of losses."""
    return bool(topology.promises) or any(
        part.critical
        or part.when_stopped
        or (isinstance(part, Service) and part.at_least is not None)
        or any(connection.on_loss for connection in part.connections)
        for part in topology.parts
    )


def every_loss(topology: Topology) -> Iterator[Loss]:
    """Every single loss that can be asked about, in the order of the topology."""
    for part in topology.parts:
        yield Loss(LossKind.ALL, part.id)
        count = len(part.instances)
        if count > 1:
            yield Loss(LossKind.ONE, part.id)
        if count > 2:
            yield Loss(LossKind.ALL_BUT_ONE, part.id)
        if count > 2 and part.cluster and part.cluster.quorum:
            yield Loss(LossKind.QUORUM, part.id)
    yield from (Loss(LossKind.ZONE, id) for id in topology.zones)
    yield from (Loss(LossKind.HOST, id) for id in topology.hosts)
    yield from (Loss(LossKind.NETWORK, id) for id in topology.networks)
    paths = (f"{c.owner}/{c.peer}" for c in topology.connections if c.owner != c.peer)
    yield from (Loss(LossKind.PATH, id) for id in dict.fromkeys(paths))


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a part is, and what of: copies that it lost itself, or a connection.

    ``left`` is how many of its copies are left, None if it is not said how many there are.
    ``cut`` says that nothing gets over the connection, however the part at its end is.
    """

    state: State
    left: int | None = None
    because: Connection | None = None
    cut: bool = False


@dataclass(frozen=True)
class Failure:
    """The outcome for each part, by id, after ``losses``."""

    losses: tuple[Loss, ...]
    outcomes: Mapping[str, Outcome]

    def state(self, id: str) -> State:
        """The state of a part."""
        return self.outcomes[id].state

    def stops(self, id: str) -> bool:
        """Whether a part has stopped."""
        return self.state(id) is State.STOPPED

    def chain(self, id: str) -> tuple[Connection, ...]:
        """What led to a part's state: connections, the first one from the part itself.

        The last one is cut, or leads to a part that lost copies itself. The chain is empty for
        a part that works or that lost copies itself.
        """
        chain: list[Connection] = []
        outcome = self.outcomes[id]
        while outcome.because:
            chain.append(outcome.because)
            if outcome.cut:
                break
            outcome = self.outcomes[outcome.because.peer]
        return tuple(chain)


def lose(topology: Topology, losses: Iterable[Loss]) -> Failure:
    """What a set of losses does to each part. Takes time linear in parts and connections."""
    return Analysis(topology).lose(losses)


class Analysis:
    """What a topology says of losses, looked up once to ask for many failures."""

    def __init__(self, topology: Topology) -> None:
        self.topology = topology
        self._states: dict[tuple[Loss, ...], dict[str, State]] = {}
        self._parts = {part.id: part for part in topology.parts}
        self._intact = {
            id: Outcome(State.WORKS, len(part.instances) or None)
            for id, part in self._parts.items()
        }
        self._stating: defaultdict[str, list[Connection]] = defaultdict(list)
        self._between: defaultdict[str, list[Connection]] = defaultdict(list)
        for connection in topology.connections:
            if connection.owner != connection.peer:
                self._stating[connection.peer].append(connection)
            self._between[f"{connection.owner}/{connection.peer}"].append(connection)

    def lose(self, losses: Iterable[Loss]) -> Failure:
        """What a set of losses does to each part."""
        losses = tuple(dict.fromkeys(losses))
        unreached = cut(self.topology, losses, self._affected(losses))
        outcomes = dict(self._intact)
        touched = []
        place = _Place.of(self.topology, losses)
        for part in self._parts.values() if place else self._named(losses):
            outcome = _own(part, _left(part, losses, place))
            outcomes[part.id] = outcome
            touched += [part.id] if outcome.state is not State.WORKS else []

        # The worst first: what has stopped does so whatever else is degraded.
        for state in (State.STOPPED, State.NOT_STATED, State.DEGRADED):
            reached = deque(id for id in touched if outcomes[id].state >= state)

            def reach(connection: Connection, peer: State, cut: bool) -> None:
                outcome = outcomes[connection.owner]
                if outcome.state < state and effect(connection, peer) is state:  # noqa: B023
                    outcomes[connection.owner] = Outcome(state, outcome.left, connection, cut)  # noqa: B023
                    reached.append(connection.owner)  # noqa: B023
                    touched.append(connection.owner)

            for connection, peer in unreached.items():
                reach(connection, peer, True)
            while reached:
                id = reached.popleft()
                for connection in self._stating[id]:
                    reach(connection, outcomes[id].state, False)
        return Failure(losses, outcomes)

    def state(self, losses: tuple[Loss, ...], id: str) -> State:
        """How a part is after a set of losses, which is kept for those who ask of another part."""
        if losses not in self._states:
            outcomes = self.lose(losses).outcomes.items()
            works = State.WORKS
            self._states[losses] = {id: o.state for id, o in outcomes if o.state is not works}
        return self._states[losses].get(id, State.WORKS)

    def copies(self, id: str) -> int:
        """How many copies of a part there are, 0 if that is not said."""
        return self._intact[id].left or 0

    def _named(self, losses: tuple[Loss, ...]) -> list[Part]:
        """The parts that losses are of, in the order of the topology."""
        ids = {loss.id for loss in losses if loss.kind in OF_A_PART}
        return [part for id, part in self._parts.items() if id in ids] if ids else []

    def _affected(self, losses: tuple[Loss, ...]) -> Iterable[Connection]:
        """The connections that may be cut."""
        if any(loss.kind is LossKind.NETWORK for loss in losses):
            return self.topology.connections
        paths = [loss.id for loss in losses if loss.kind is LossKind.PATH]
        return [connection for path in paths for connection in self._between.get(path, ())]


def effect(connection: Connection, peer: State) -> State:
    """What the state of a connection's other end does to its owner."""
    if peer in (State.WORKS, State.DEGRADED):
        return State.WORKS
    if connection.on_loss is None:
        # To say that something is not needed is to say that it can be done without.
        return State.WORKS if connection.needed is False else State.NOT_STATED
    if connection.on_loss.effect is Effect.CONTINUES:
        return State.WORKS
    if peer is State.NOT_STATED:
        return State.NOT_STATED
    return State.STOPPED if connection.on_loss.effect is Effect.STOPS else State.DEGRADED


def cut(
    topology: Topology, losses: tuple[Loss, ...], connections: Iterable[Connection]
) -> dict[Connection, State]:
    """Of some connections, those that nothing gets over any more, and those that may be so.

    The latter run over several networks, or over one that is lost and one that nobody stated.
    """
    lost = {loss.id for loss in losses if loss.kind is LossKind.NETWORK}
    paths = {loss.id for loss in losses if loss.kind is LossKind.PATH}
    found = {}
    for connection in connections if lost or paths else ():
        over = flows.of(topology, connection) if lost else ()
        networks = {flow.network for flow in over} or {None}
        if f"{connection.owner}/{connection.peer}" in paths or networks <= lost:
            found[connection] = State.STOPPED
        elif networks & lost:
            found[connection] = State.NOT_STATED
    return found


@dataclass(frozen=True, slots=True)
class _Place:
    """The zones that are lost, and the hosts that are, themselves or with all their networks."""

    zones: frozenset[str]
    hosts: frozenset[str]

    @classmethod
    def of(cls, topology: Topology, losses: tuple[Loss, ...]) -> _Place:
        lost = {
            kind: {loss.id for loss in losses if loss.kind is kind}
            for kind in (LossKind.ZONE, LossKind.HOST, LossKind.NETWORK)
        }
        networks = lost[LossKind.NETWORK]
        unreached = {
            host.id
            for host in (topology.hosts.values() if networks else ())
            if host.networks and networks.issuperset(host.networks)
        }
        return cls(frozenset(lost[LossKind.ZONE]), frozenset(lost[LossKind.HOST] | unreached))

    def __bool__(self) -> bool:
        return bool(self.zones or self.hosts)

    def lost(self, part: Part) -> frozenset[str]:
        """The copies of a part, by id, that are lost with where they stand."""
        return frozenset(
            copy.id for copy in part.instances if copy.zone in self.zones or copy.host in self.hosts
        )


def _left(part: Part, losses: tuple[Loss, ...], place: _Place) -> int | None:
    """How many copies of a part are left; None if nobody knows, and no loss is of it."""
    of_part = {loss.kind for loss in losses if loss.kind in OF_A_PART and loss.id == part.id}
    if LossKind.ALL in of_part:
        return 0
    copies = part.instances
    if not copies:
        return 0 if isinstance(part, Component) and part.zone in place.zones else None
    left = len(copies) - len(place.lost(part))
    if LossKind.QUORUM in of_part:
        left = min(left, len(copies) // 2)
    if LossKind.ALL_BUT_ONE in of_part:
        left = min(left, 1)
    if LossKind.ONE in of_part:
        left = max(left - 1, 0)
    return left


def lost_copies(topology: Topology, failure: Failure) -> dict[str, frozenset[str]]:
    """Which copies of each part are lost, by ids; where it may be any, the last ones are."""
    found = {}
    place = _Place.of(topology, failure.losses)
    for part in topology.parts:
        lost = place.lost(part)
        standing = [copy.id for copy in part.instances if copy.id not in lost]
        left = failure.outcomes[part.id].left
        found[part.id] = lost | frozenset(standing[left:] if left is not None else ())
    return found


def lost_hosts(topology: Topology, failure: Failure) -> frozenset[str]:
    """The hosts that are lost, by ids: themselves, with their zone or with all their networks."""
    place = _Place.of(topology, failure.losses)
    there = {host.id for host in topology.hosts.values() if host.zone in place.zones}
    return place.hosts | there


def carrying(part: Part) -> int | None:
    """How many copies of a part it takes to carry its load, None if nobody stated it."""
    if part.cluster and part.cluster.quorum and part.members:
        return part.members // 2 + 1
    if isinstance(part, Service) and part.at_least is not None:
        return part.at_least.servers
    if part.cluster and part.cluster.mode is Mode.ACTIVE_PASSIVE:
        return 1
    return None


def _own(part: Part, left: int | None) -> Outcome:
    """The outcome for a part of which so many copies are left, whatever else is lost."""
    if left is None or left == len(part.instances) > 0:
        return Outcome(State.WORKS, left)
    if left == 0:
        return Outcome(State.STOPPED, left)
    needed = carrying(part)
    if needed is None:
        return Outcome(State.NOT_STATED, left)
    if left >= needed:
        return Outcome(State.WORKS, left)
    return Outcome(_with_fewer(part), left)


def _with_fewer(part: Part) -> State:
    """How a part is if some of its copies are left, but too few."""
    if part.cluster and part.cluster.quorum:
        return State.STOPPED
    fewer = part.at_least.fewer if isinstance(part, Service) and part.at_least else None
    return State.NOT_STATED if fewer is None else _STATES[fewer]


_STATES = {Effect.STOPS: State.STOPPED, Effect.DEGRADES: State.DEGRADED}


# --- questions that take many losses --------------------------------------------------


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How many of ``total`` equal things may be lost before a part does not work any more.

    They are copies of ``part``, or zones, hosts or networks (``part`` is then empty). ``stands``
    is None where that is not stated, and ``exact`` is False where it may be more.
    """

    kind: LossKind
    part: str
    total: int
    stands: int | None
    exact: bool = True


MANY = 2_000
"""How many sets of losses are tried, at the most, to find a tolerance."""


def tolerances(analysis: Analysis, id: str) -> tuple[Tolerance, ...]:
    """What a part stands: of its own copies, of those of others, of zones, hosts and networks.

    Other parts are those whose loss touches it and that say how many copies they have.
    """
    found = []
    topology = analysis.topology
    own = topology.part(id)
    if copies := of_own_copies(own):
        found.append(copies)
    for part in topology.parts:
        total = analysis.copies(part.id)
        if part is not own and total > 1:
            lost = (Loss(LossKind.ALL, part.id),)
            if analysis.state(lost, id) is not State.WORKS:
                found.append(Tolerance(LossKind.ONE, part.id, total, _of_copies(part)))
    for kind, ids in (
        (LossKind.ZONE, topology.zones),
        (LossKind.HOST, topology.hosts),
        (LossKind.NETWORK, topology.networks),
    ):
        if ids:
            found.append(_of_sets(analysis, id, kind, tuple(ids)))
    return tuple(found)


def of_own_copies(part: Part) -> Tolerance | None:
    """How many of its own copies a part stands the loss of, None if it has no more than one."""
    total = len(part.instances)
    if total < 2:
        return None
    needed = carrying(part)
    stands = None if needed is None else total - needed
    return Tolerance(LossKind.ONE, part.id, total, stands)


def _of_copies(part: Part) -> int | None:
    """How many copies a part can lose and still answer, None if that is not stated."""
    needed = carrying(part)
    if needed is None:
        return None
    degrades = _with_fewer(part) is State.DEGRADED
    return len(part.instances) - (1 if degrades else needed)


def _of_sets(analysis: Analysis, id: str, kind: LossKind, ids: tuple[str, ...]) -> Tolerance:
    """How many zones, hosts or networks a part stands, whichever they are."""
    tried = 0
    for count in range(1, len(ids) + 1):
        worst = State.WORKS
        for lost in combinations(ids, count):
            if (tried := tried + 1) > MANY:
                return Tolerance(kind, "", len(ids), count - 1, exact=False)
            worst = max(worst, analysis.state(tuple(Loss(kind, each) for each in lost), id))
        if worst is not State.WORKS:
            unknown = worst is State.NOT_STATED and count == 1
            return Tolerance(kind, "", len(ids), None if unknown else count - 1)
    return Tolerance(kind, "", len(ids), len(ids))


def single_points(topology: Topology) -> Iterator[tuple[Loss, tuple[str, ...]]]:
    """Each single loss that stops something critical, with what it stops.

    Of a part with several copies it is one of them that is lost, of another one all of it.
    """
    critical = tuple(part.id for part in topology.parts if part.critical)
    analysis = Analysis(topology)
    for loss in every_loss(topology) if critical else ():
        if loss.kind in (LossKind.ALL_BUT_ONE, LossKind.QUORUM):
            continue
        if loss.kind is LossKind.ALL and analysis.copies(loss.id) > 1:
            continue
        failure = analysis.lose([loss])
        if stopped := tuple(id for id in critical if failure.state(id) is State.STOPPED):
            yield loss, stopped


def promised(topology: Topology, promise: Promise) -> tuple[Failure, ...]:
    """Every failure that a promise speaks of: one, or one for each zone, host or network."""
    choices = [alternatives(topology, text) for text in promise.lost]
    analysis = Analysis(topology)
    return tuple(analysis.lose(losses) for losses in product(*choices))


def breaks(failure: Failure, promise: Promise) -> tuple[str, ...]:
    """The parts that break a promise after a failure: those that stop, or may stop.

    A part that is degraded goes on.
    """
    return tuple(id for id in promise.still if failure.state(id) >= State.NOT_STATED)
