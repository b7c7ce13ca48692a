"""``diagtool verify --running``: whether what runs is what the topology says."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from diagtool.cli import common, findings
from diagtool.model.diagnostics import has_errors

if TYPE_CHECKING:
    from diagtool.checks.running_system import Held
    from diagtool.config.addresses import Values
    from diagtool.model import Topology


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments that are about a snapshot."""
    parser.add_argument(
        "--running",
        type=common.path,
        metavar="FOLDER",
        help="a snapshot of a running system, instead of files",
    )
    parser.add_argument(
        "--match",
        type=common.path,
        metavar="FILE",
        help="a file that says which part each name in the snapshot stands for (default: its "
        "match.yaml, else the one beside the topology)",
    )
    parser.add_argument(
        "--write-patch",
        type=common.path,
        metavar="FILE",
        help="write a patch that makes the topology say what runs, as far as that is clear",
    )
    parser.add_argument(
        "--record",
        type=common.path,
        metavar="FILE",
        help="write the result to this file, for topo:running to show on a page",
    )


def run(arguments: argparse.Namespace, path: Path, topology: Topology, values: Values) -> int:
    """Holds a snapshot against a topology at a path. Raises CommandError where it says nothing."""
    from diagtool.checks.running_system import hold

    folder: Path = arguments.running
    if not folder.is_dir():
        raise common.CommandError(f"{folder.as_posix()} is not a folder")
    held = hold(topology, folder, values, arguments.match)
    findings.put(arguments, held.diagnostics)
    if not held.facts:
        raise common.CommandError(f"{folder.as_posix()}: nothing in it was understood")
    if arguments.write_patch:
        _write_patch(arguments.write_patch, path, held)
    if arguments.record:
        _write_record(arguments.record, topology, held)
    files = "1 file" if held.files == 1 else f"{held.files} files"
    told = findings.summary(held.diagnostics) if held.diagnostics else "nothing differs"
    common.say(f"{folder.as_posix()}: {files} with {held.facts} facts: {told}")
    return 1 if has_errors(held.diagnostics) or (arguments.strict and held.diagnostics) else 0


def _write_patch(file: Path, topology: Path, held: Held) -> None:
    from diagtool.checks.running_system.patching import patch
    from diagtool.files import writing

    made = patch(topology, held.edits)
    writing.write(file.parent, file.name, made.text.encode())
    edits = "1 edit" if made.proposed == 1 else f"{made.proposed} edits"
    common.say(f"{file.as_posix()}: {made.edits} of {edits} to {topology.as_posix()}")


def _write_record(file: Path, topology: Topology, held: Held) -> None:
    from diagtool.files import writing
    from diagtool.model.running_record import record

    counts = held.hosts, held.files, held.facts
    kept = record(topology, held.collected, counts, held.diagnostics)
    writing.write(file.parent, file.name, kept.as_json().encode())
