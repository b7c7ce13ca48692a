"""How producers divide their work: each logs its shards when it looks for what to purge."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from rehearsal.deployment import Deployment
from rehearsal.processes import wait_until

ALL = (0, 4095)

Range = tuple[int, int]
"""The first and the last shard of a producer."""


def shards(deployment: Deployment, servers: Sequence[int] = (1, 2, 3)) -> list[Range]:
    """The shards of producers, as each logs them next."""
    logs = [deployment.programs.log(f"designate-producer-{n}") for n in servers]
    told = [partial(_said, log, log.stat().st_size) for log in logs]
    wait_until("producers log their shards", lambda: all(said() for said in told))
    return sorted(said()[-1] for said in told)


def covered(ranges: Sequence[Range]) -> bool:
    """Whether each shard has one producer."""
    return [n for first, last in ranges for n in range(first, last + 1)] == list(range(ALL[1] + 1))


def _said(log: Path, start: int) -> list[Range]:
    told = re.findall(rb"zone purging for (\d+) to (\d+)", log.read_bytes()[start:])
    return [(int(first), int(last)) for first, last in told]
