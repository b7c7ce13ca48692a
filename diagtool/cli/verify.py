"""``diagtool verify``: whether what was published says what the topology says."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from diagtool.cli import common, terminal
from diagtool.cli.check import summary
from diagtool.model.diagnostic_report import FORMS, as_text
from diagtool.model.diagnostics import has_errors

HELP = "find whatever in files or built pages contradicts a topology"
EXAMPLES = (
    ("diagtool verify docs/_build/html", "the built guide, page by page"),
    ("diagtool verify slides.pptx out/*.diag", "files that were handed around"),
    ("diagtool verify out -t shop.yaml --strict", "a file that says nothing fails it, too"),
    ("diagtool verify site -t v1.yaml -t v2.yaml", "pages that are each about one of these"),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "paths",
        nargs="+",
        type=Path,
        metavar="PATH",
        help="a file, or a folder whose files are looked through",
    )
    common.add_topology(parser, several=True)
    parser.add_argument(
        "--strict", action="store_true", help="end with exit code 1 after any finding"
    )
    parser.add_argument(
        "--format", choices=tuple(FORMS), default="text", help="how findings are written"
    )


def run(arguments: argparse.Namespace) -> int:
    from diagtool.checks.verify import verify
    from diagtool.loading.loader import load

    named = arguments.topology or [common.topology_path(arguments)]
    result = verify([load(path) for path in named], arguments.paths)
    found = result.diagnostics
    if arguments.format == "text":
        common.put(as_text(found, color=terminal.has_color(sys.stdout)))
    else:
        common.put(FORMS[arguments.format](found))
    files = "1 file" if result.files == 1 else f"{result.files} files"
    common.say(f"{files} verified: {summary(found)}")
    return 1 if has_errors(found) or not result.files or (arguments.strict and found) else 0
