"""All that is tried."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from diagtool.model import Topology
from diagtool.model.failures import Loss, LossKind, State, singly
from rehearsal import controls, losses, snapshot
from rehearsal.trials import Trials

Trial = Callable[[Trials], None]
"""Tries something, and leaves the deployment whole."""


def plan(topology: Topology) -> Sequence[Trial]:
    """All trials. Those that take long come first, lest the others wait for one at the end.

    Where several try the same claim, the last one of them has the word; where none can, the first
    one says why.
    """
    services = reversed([*topology.services])
    return [
        controls.options,
        snapshot.compare,
        controls.lock_manager,
        Trials.without_central,  # before copies, which cannot tell of so much
        *(partial(Trials.copies, service=service) for service in services),
        controls.wrong_queue,
        controls.notifications,
        controls.everywhere,
        controls.heartbeats,
        controls.authentication,
        controls.catalogue,
        Trials.goes_on,
        *(trial for component in losses.REACHED_AT for trial in _cuts(topology, component)),
        Trials.without_locks,
        Trials.balancer,
    ]


def _cuts(topology: Topology, component: str) -> Iterator[Trial]:
    """A component, and each service that does not go on without it.

    What only stops because such a service does is tried with that one.
    """
    loss = Loss(LossKind.ALL, component)
    failure = next(each for each in singly(topology) if each.losses == (loss,))
    for service in topology.services:
        if failure.state(service) is State.STOPPED and len(failure.chain(service)) == 1:
            yield partial(Trials.stops, component=component, service=service)
