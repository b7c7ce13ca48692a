"""How commands write findings: the argument that says in which form, and the findings."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Sequence

from diagtool.cli import common, terminal
from diagtool.model import Severity
from diagtool.model.diagnostic_report import FORMS, as_text
from diagtool.model.diagnostics import Diagnostic


def add_format(parser: argparse.ArgumentParser) -> None:
    """The argument that says in which form findings are written."""
    parser.add_argument(
        "--format", choices=tuple(FORMS), default="text", help="the form of the findings"
    )


def put(arguments: argparse.Namespace, found: Sequence[Diagnostic]) -> None:
    """Writes findings to standard output, in the form that is asked for."""
    if arguments.format == "text":
        common.put(as_text(found, color=terminal.has_color(sys.stdout)))
    else:
        common.put(FORMS[arguments.format](found))


def summary(found: Sequence[Diagnostic]) -> str:
    """How many findings of each severity there are, in words."""
    counts = Counter(diagnostic.severity for diagnostic in found)
    named = [
        f"{counts[severity]} {severity.value}{'s' if counts[severity] > 1 else ''}"
        for severity in Severity
        if counts[severity]
    ]
    return ", ".join(named) or "no mistake found"
