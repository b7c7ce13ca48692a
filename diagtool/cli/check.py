"""``diagtool check``: every problem of a topology."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Sequence

from diagtool.cli import common, terminal
from diagtool.model import Severity
from diagtool.model.diagnostic_report import FORMS, as_text
from diagtool.model.diagnostics import Diagnostic, has_errors

HELP = "find every mistake in a topology"
EXAMPLES = (
    ("diagtool check", "the project's topology"),
    ("diagtool check -t shop.yaml --strict", "a warning fails it, too"),
    ("diagtool check --format sarif > out.sarif", "for code scanning"),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    common.add_topology(parser)
    parser.add_argument(
        "--strict", action="store_true", help="end with exit code 1 after any finding"
    )
    parser.add_argument(
        "--format", choices=tuple(FORMS), default="text", help="how findings are written"
    )


def run(arguments: argparse.Namespace) -> int:
    from diagtool.loading.loader import read

    path = common.topology_path(arguments)
    found = read(path).diagnostics
    if arguments.format == "text":
        common.put(as_text(found, color=terminal.has_color(sys.stdout)))
    else:
        common.put(FORMS[arguments.format](found))
    common.say(f"{path.as_posix()}: {summary(found)}")
    return 1 if has_errors(found) or (arguments.strict and found) else 0


def summary(found: Sequence[Diagnostic]) -> str:
    """How many findings of each severity there are, in words."""
    counts = Counter(diagnostic.severity for diagnostic in found)
    named = [
        f"{counts[severity]} {severity.value}{'s' if counts[severity] > 1 else ''}"
        for severity in Severity
        if counts[severity]
    ]
    return ", ".join(named) or "no mistake found"
