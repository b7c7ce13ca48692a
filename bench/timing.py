"""Programs run and timed, and rivals timed in turns."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar


@dataclass(frozen=True)
class Run:
    """What a program took: seconds by the clock, seconds of CPU with its children's."""

    wall: float
    cpu: float
    output: str


def run(command: Sequence[str | Path], cwd: Path) -> Run:
    """Runs a program to its end. Raises SystemExit with what it said where it fails."""
    environment = {**os.environ, "PYTHONHASHSEED": "0"}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # a user's second run finds its bytecode
    before, start = os.times(), time.perf_counter()
    done = subprocess.run(
        list(map(str, command)), cwd=cwd, env=environment, capture_output=True, text=True
    )
    wall, after = time.perf_counter() - start, os.times()
    if done.returncode:
        sys.exit(f"bench: {' '.join(map(str, command[:6]))} failed:\n{done.stdout}{done.stderr}")
    cpu = (after.children_user - before.children_user) + (
        after.children_system - before.children_system
    )
    return Run(wall, cpu, done.stdout)


T = TypeVar("T")


def in_turns(rounds: int, rivals: Mapping[str, Callable[[], T]]) -> dict[str, list[T]]:
    """Runs rivals side by side, each once a round, every other round backwards.

    What else the machine does then falls on all of them. Each has one run before that does
    not count.
    """
    results: dict[str, list[T]] = {name: [] for name in rivals}
    for number in range(rounds + 1):
        for name in list(rivals)[:: -1 if number % 2 else 1]:
            result = rivals[name]()
            if number:
                results[name].append(result)
    return results
