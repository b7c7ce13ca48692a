"""The tables of losses: what each does to each service, and what each part tolerates."""

from __future__ import annotations

import re

from diagtool.model import claims, failure_report, wording
from diagtool.model.failures import (
    Analysis,
    Loss,
    LossKind,
    State,
    singly,
    tolerances,
)
from diagtool.model.port_and_host_tables import Row, Table
from diagtool.model.topology import Part, Place, Service, Topology

SIGNS = {
    State.WORKS: "+",
    State.DEGRADED: "±",
    State.NOT_STATED: "?",
    State.STOPPED: "×",
}
"""A sign before each word, for the eye: every font and every TeX has them."""

PROVED = ", proved"
"""The mark of a cell that a test run has proved."""

LOST = "Lost"
"""The column of what is lost."""


def of_failures(topology: Topology, service: Service | None = None) -> Table:
    """A row for each single loss, a column for each service, or for one."""
    services = [service] if service else list(topology.services.values())
    rows, proved = [], claims.proved(topology)
    for failure in singly(topology):
        (lost,) = failure.losses
        cells = [
            cell(failure.state(each.id), claims.loss(lost, each.id) in proved) for each in services
        ]
        what = failure_report.loss(topology, lost)
        rows.append(Row((what, *cells), _place(topology, lost), str(lost)))
    title = f"What {service.name} does" if service else "What services do"
    columns = LOST, *(each.name for each in services)
    return Table(f"{title} when something is lost", columns, tuple(rows))


def of_tolerances(topology: Topology) -> Table:
    """What each service, and each other part of which it is said, tolerates."""
    rows = []
    analysis = Analysis(topology)
    for part in topology.parts:
        told = []
        for tolerance in tolerances(analysis, part.id):
            other = tolerance.part not in ("", part.id)
            whose = f"{topology.part(tolerance.part).name}: " if other else ""
            told.append(whose + wording.tolerated(topology, tolerance))
        if told:
            rows.append(Row((part.name, "; ".join(told)), part.place, part.id))
    return Table("What each part tolerates", ("Part", "Tolerates"), tuple(rows))


def cell(state: State, proved: bool = False) -> str:
    """What a cell of the matrix says; the mark of what was proved is a word, for every reader."""
    return f"{SIGNS[state]} {state.value}{PROVED if proved else ''}"


def anchor(
    topology: Topology, loss: Loss, service: Service | None = None, part: Part | None = None
) -> str:
    """A name to link to for what a loss does, or does to a part, of letters, digits and ``-``.

    ``service`` is the one that the table is of, if it is of one only.
    """
    scope = (topology.id, service.id) if service else (topology.id,)
    words = ["-".join((*scope, "without", str(loss))), *([part.id] if part else [])]
    # A part may be called like a kind of loss.
    return "--".join(re.sub(r"[^A-Za-z0-9]+", "-", each) for each in words).lower()


def _place(topology: Topology, loss: Loss) -> Place:
    """Where what is lost is defined."""
    if loss.kind is LossKind.ZONE:
        return topology.zones[loss.id].place
    if loss.kind is LossKind.HOST:
        return topology.hosts[loss.id].place
    if loss.kind is LossKind.NETWORK:
        return topology.networks[loss.id].place
    return topology.part(loss.id).place
