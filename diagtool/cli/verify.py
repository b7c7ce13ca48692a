"""``diagtool verify``: whether what was published says what the topology says."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING

from diagtool.cli import common, findings, running
from diagtool.model import Place
from diagtool.model.diagnostics import Diagnostic, has_errors

if TYPE_CHECKING:
    from diagtool.checks.verify import Result

SILENT = "nothing tells that it was made from the topology"
HELP = "prove that files agree with a topology, or find what contradicts it"
EXAMPLES = (
    ("diagtool verify docs/_build/html", "the built guide, page by page"),
    ("diagtool verify slides.pptx out/*.diag", "exported files"),
    ("diagtool verify out -t shop.yaml --strict", "a file that is not proved fails it, too"),
    ("diagtool verify site -t v1.yaml -t v2.yaml", "pages that are each about one of the two"),
    ("diagtool verify --running snapshot", "what runs, as diagtool collect saw it"),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "paths",
        nargs="*",
        type=common.path,
        metavar="PATH",
        help="a file, or a folder of files",
    )
    running.add_arguments(parser)
    common.add_topology(parser, several=True)
    parser.add_argument(
        "--strict",
        action="store_true",
        help="end with exit code 1 after any finding, and unless every file is proved",
    )
    parser.add_argument(
        "--values",
        type=common.path,
        metavar="FILE",
        help="the values with which config was rendered",
    )
    parser.add_argument(
        "--font", type=common.path, metavar="FILE", help="the font with which pictures were made"
    )
    parser.add_argument(
        "--template",
        type=common.path,
        metavar="FILE",
        help="the template with which decks were made",
    )
    findings.add_format(parser)


def run(arguments: argparse.Namespace) -> int:
    from diagtool.checks.verify import Given, verify
    from diagtool.loading import discovery
    from diagtool.loading.loader import load

    _check(arguments)
    named = [*map(discovery.named, arguments.topology or [])] or [common.topology_path(arguments)]
    topologies = [load(path) for path in named]
    given = Given(
        common.values(arguments.values, topologies[0]) if arguments.values else {},
        *(str(path) if path else None for path in (arguments.font, arguments.template)),
    )
    if arguments.running:
        return running.run(arguments, named[0], topologies[0], given.values)
    result = verify(topologies, arguments.paths, given=given)
    found = result.diagnostics
    if arguments.strict:
        places = (Place(path, 1, 1) for path in result.silent)
        found += tuple(Diagnostic("not-verified", place, SILENT) for place in places)
    findings.put(arguments, found)
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
        raise common.UsageError("a snapshot is compared with one topology only")


def _verdict(result: Result, found: Sequence[Diagnostic]) -> str:
    """What came of it; only of proved files it is said that nothing is wrong."""
    if result.proved == result.files:
        return findings.summary(found)
    told = findings.summary(found) if found else "no contradiction found"
    others = f", {len(result.silent)} not made from the topology" if result.silent else ""
    return f"{told}; {result.proved} proved{others}"
