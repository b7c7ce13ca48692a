"""``diagtool check``: every problem of a topology."""

from __future__ import annotations

import argparse

from diagtool.cli import common, findings
from diagtool.model.diagnostics import has_errors

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
    findings.add_format(parser)


def run(arguments: argparse.Namespace) -> int:
    from diagtool.loading.loader import read

    path = common.topology_path(arguments)
    found = read(path).diagnostics
    findings.put(arguments, found)
    common.say(f"{path.as_posix()}: {findings.summary(found)}")
    return 1 if has_errors(found) or (arguments.strict and found) else 0
