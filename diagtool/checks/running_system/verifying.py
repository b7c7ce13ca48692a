"""Holds a snapshot against a topology."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from diagtool.checks.running_system import snapshot
from diagtool.checks.running_system.comparing import Comparison
from diagtool.checks.running_system.matching import Matcher
from diagtool.checks.running_system.patching import Edit
from diagtool.loading import match_file
from diagtool.model import Place, Topology
from diagtool.model.diagnostics import Diagnostic
from diagtool.model.match import Match


@dataclass(frozen=True, slots=True)
class Held:
    """What came of it: every finding, and how many hosts, files and facts the snapshot has.

    ``edits`` would have the topology say what runs; ``collected`` is the day of the snapshot.
    """

    diagnostics: tuple[Diagnostic, ...]
    files: int
    facts: int
    hosts: int
    collected: str
    edits: tuple[Edit, ...] = ()


def hold(
    topology: Topology,
    folder: Path,
    values: Mapping[str, str] = MappingProxyType({}),
    matching: Path | None = None,
) -> Held:
    """Compares what a folder says of a running system with a topology.

    ``values`` are those that stand in place of the topology's placeholders; ``matching`` is the
    file that tells what stands for what, if it is neither in the folder nor beside the topology.
    """
    read = snapshot.read(folder)
    found = [*read.found]
    match = Match()
    if path := matching or _match(folder, *(Path(each).parent for each in topology.sources[:1])):
        told = match_file.read(path, topology)
        match = told.match
        found += told.diagnostics
    matcher = Matcher(topology, read.seen, match, values)
    comparison = Comparison(matcher, Place(folder.as_posix(), 1, 1))
    found += comparison.run()
    return Held(
        tuple(found),
        read.files,
        sum(1 for _ in read.seen),
        len(read.seen.addresses),
        read.collected,
        tuple(comparison.edits),
    )


def _match(*folders: Path) -> Path | None:
    """The file that tells what stands for what, in the first folder that has one."""
    paths = (folder / snapshot.MATCH for folder in folders)
    return next((path for path in paths if path.exists()), None)
