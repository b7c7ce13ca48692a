"""``diagtool verify``: whether what was published says what the topology says."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from diagtool.cli import common, terminal
from diagtool.cli.check import summary
from diagtool.model import Place
from diagtool.model.diagnostic_report import FORMS, as_text
from diagtool.model.diagnostics import Diagnostic, has_errors

if TYPE_CHECKING:
    from pathlib import Path

    from diagtool.checks.running import Held
    from diagtool.checks.verify import Result
    from diagtool.config.addresses import Values
    from diagtool.model import Topology

SILENT = "nothing in it was compared with the topology"
HELP = "prove that files are what a topology says, or find what contradicts it"
EXAMPLES = (
    ("diagtool verify docs/_build/html", "the built guide, page by page"),
    ("diagtool verify slides.pptx out/*.diag", "files that were handed around"),
    ("diagtool verify out -t shop.yaml --strict", "a file that says nothing fails it, too"),
    ("diagtool verify site -t v1.yaml -t v2.yaml", "pages that are each about one of these"),
    ("diagtool verify --running snapshot", "what runs, as diagtool collect saw it"),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "paths",
        nargs="*",
        type=common.path,
        metavar="PATH",
        help="a file, or a folder whose files are looked through",
    )
    parser.add_argument(
        "--running",
        type=common.path,
        metavar="FOLDER",
        help="a snapshot of a running system, in place of files",
    )
    parser.add_argument(
        "--match",
        type=common.path,
        metavar="FILE",
        help="which names in the snapshot stand for which parts (default: match.yaml in it)",
    )
    parser.add_argument(
        "--write-patch",
        type=common.path,
        metavar="FILE",
        help="write a patch by which the topology would say what runs, as far as that is clear",
    )
    parser.add_argument(
        "--record",
        type=common.path,
        metavar="FILE",
        help="write down what came of it, for topo:running to show on a page",
    )
    common.add_topology(parser, several=True)
    parser.add_argument(
        "--strict",
        action="store_true",
        help="end with exit code 1 after any finding, and so unless every file is proved",
    )
    parser.add_argument(
        "--values",
        type=common.path,
        metavar="FILE",
        help="the values that config was rendered with",
    )
    parser.add_argument(
        "--font", type=common.path, metavar="FILE", help="the font that pictures were made with"
    )
    parser.add_argument(
        "--template",
        type=common.path,
        metavar="FILE",
        help="the template that decks were made with",
    )
    parser.add_argument(
        "--format", choices=tuple(FORMS), default="text", help="how findings are written"
    )


def run(arguments: argparse.Namespace) -> int:
    from diagtool.checks.verify import Given, verify
    from diagtool.loading.loader import load

    _check(arguments)
    named = arguments.topology or [common.topology_path(arguments)]
    topologies = [load(path) for path in named]
    given = Given(
        common.values(arguments.values, topologies[0]) if arguments.values else {},
        *(str(path) if path else None for path in (arguments.font, arguments.template)),
    )
    if arguments.running:
        return _running(arguments, named[0], topologies[0], given.values)
    result = verify(topologies, arguments.paths, given=given)
    found = result.diagnostics
    if arguments.strict:
        places = (Place(path, 1, 1) for path in result.silent)
        found += tuple(Diagnostic("not-verified", place, SILENT) for place in places)
    _write(arguments, found)
    files = "1 file" if result.files == 1 else f"{result.files} files"
    common.say(f"{files} verified: {_verdict(result, found)}")
    return 1 if has_errors(found) or not result.files or (arguments.strict and found) else 0


def _check(arguments: argparse.Namespace) -> None:
    """Raises UsageError for arguments that do not go together."""
    if arguments.running is None:
        if arguments.match or arguments.write_patch or arguments.record:
            raise common.UsageError("--match, --write-patch and --record need --running")
        if not arguments.paths:
            raise common.UsageError("name a file or folder, or a snapshot with --running")
    elif arguments.paths:
        raise common.UsageError("--running takes the place of other files")
    elif len(arguments.topology or ()) > 1:
        raise common.UsageError("a snapshot is held against one topology")


def _running(arguments: argparse.Namespace, path: Path, topology: Topology, values: Values) -> int:
    """Holds a snapshot against a topology at a path."""
    from diagtool.checks.running import hold

    folder: Path = arguments.running
    if not folder.is_dir():
        raise common.CommandError(f"{folder.as_posix()} is not a folder")
    held = hold(topology, folder, values, arguments.match)
    _write(arguments, held.diagnostics)
    if not held.facts:
        raise common.CommandError(f"{folder.as_posix()}: nothing in it was understood")
    if arguments.write_patch:
        _write_patch(arguments.write_patch, path, held)
    if arguments.record:
        _write_record(arguments.record, topology, held)
    files = "1 file" if held.files == 1 else f"{held.files} files"
    told = summary(held.diagnostics) if held.diagnostics else "nothing differs"
    common.say(f"{folder.as_posix()}: {files} with {held.facts} facts: {told}")
    return 1 if has_errors(held.diagnostics) or (arguments.strict and held.diagnostics) else 0


def _write_patch(file: Path, topology: Path, held: Held) -> None:
    from diagtool.checks.running.patching import patch
    from diagtool.files import writing

    made = patch(topology, held.edits)
    writing.write(file.parent, file.name, made.text.encode())
    edits = "1 edit" if made.proposed == 1 else f"{made.proposed} edits"
    common.say(f"{file.as_posix()}: {made.edits} of {edits} to {topology.as_posix()}")


def _write_record(file: Path, topology: Topology, held: Held) -> None:
    from diagtool.files import writing
    from diagtool.model.held import record

    counts = held.hosts, held.files, held.facts
    kept = record(topology, held.collected, counts, held.diagnostics)
    writing.write(file.parent, file.name, kept.as_json().encode())


def _write(arguments: argparse.Namespace, found: Sequence[Diagnostic]) -> None:
    """Writes findings to standard output, in the form that is asked for."""
    if arguments.format == "text":
        common.put(as_text(found, color=terminal.has_color(sys.stdout)))
    else:
        common.put(FORMS[arguments.format](found))


def _verdict(result: Result, found: Sequence[Diagnostic]) -> str:
    """What came of it; only of proved files it is said that nothing is wrong."""
    if result.proved == result.files:
        return summary(found)
    told = summary(found) if found else "no contradiction found"
    return f"{told}; {result.proved} proved"
