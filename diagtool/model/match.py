"""Which names of a running system stand for which parts and hosts of a topology."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class PartMatch:
    """How a part is told in a running system, beside what its topology says of it.

    ``named`` are patterns for the names of processes, units, containers and the like, ``at``
    addresses, ports (``:9001``) or both, and ``config`` patterns for the paths of its config.
    """

    named: tuple[str, ...] = ()
    at: tuple[str, ...] = ()
    config: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Match:
    """Parts by their ids, names and addresses of hosts by theirs, and what nothing is said of."""

    parts: Mapping[str, PartMatch] = field(default_factory=dict)
    hosts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    ignored: tuple[str, ...] = ()
