"""``diagtool explain``: what a loss does, and what leads there."""

from __future__ import annotations

import argparse

from diagtool.cli import common

HELP = "say what stops, what is degraded and what still works after a loss"
EXAMPLES = (
    ("diagtool explain --without broker", "when all of a part is lost"),
    ("diagtool explain --without db:quorum,zone:north", "a quorum and a zone at once"),
    ("diagtool explain", "what can be lost, and the single points of failure"),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    common.add_topology(parser)
    common.add_losses(parser)
    parser.add_argument(
        "--format", choices=("text", "json"), default="text", help="the form of the output"
    )


def run(arguments: argparse.Namespace) -> int:
    from diagtool.model import failure_report, failures

    topology = common.load_topology(arguments)
    as_json = arguments.format == "json"
    if failure := common.failure(arguments, topology):
        form = failure_report.as_json if as_json else failure_report.as_text
        common.put(form(topology, failure))
        return int(any(part.critical and failure.stops(part.id) for part in topology.parts))
    points = list(failures.single_points(topology))
    report = failure_report.points_as_json if as_json else failure_report.points_as_text
    common.put(report(topology, points))
    return 1 if points else 0
