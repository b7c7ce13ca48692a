"""``diagtool explain``: what a loss does, and what leads there."""

from __future__ import annotations

import argparse

from diagtool.cli import common

HELP = "say what stops, what is degraded and what goes on when something is lost"
EXAMPLES = (
    ("diagtool explain --without broker", "when all of a part is lost"),
    ("diagtool explain --without db:quorum,zone:north", "a quorum and a zone at once"),
    ("diagtool explain", "what can be lost, and the single points of failure"),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    common.add_topology(parser)
    parser.add_argument(
        "--without",
        action="append",
        default=[],
        metavar="LOSS[,LOSS...]",
        help="what is lost: PART, PART:one, PART:all-but-one, PART:quorum, zone:ID, host:ID, "
        "network:ID or path:PART/PART; can be given several times",
    )
    parser.add_argument("--format", choices=("text", "json"), default="text", help="how it is said")


def run(arguments: argparse.Namespace) -> int:
    from diagtool.model import failure_report, failures
    from diagtool.model.diagnostics import did_you_mean

    topology = common.load_topology(arguments)
    named = [text.strip() for texts in arguments.without for text in texts.split(",")]
    try:
        losses = [failures.parse(topology, text) for text in named]
    except failures.LossError as error:
        hint = did_you_mean(error.text, error.known)
        raise common.UsageError(f"{error}" + (f" ({hint})" if hint else "")) from None
    if losses:
        failure = failures.lose(topology, losses)
        form = failure_report.as_json if arguments.format == "json" else failure_report.as_text
        common.put(form(topology, failure))
        stopped = [part for part in topology.parts if part.critical and failure.stops(part.id)]
        return 1 if stopped else 0
    points = list(failures.single_points(topology))
    as_json = arguments.format == "json"
    report = failure_report.points_as_json if as_json else failure_report.points_as_text
    common.put(report(topology, points))
    return 1 if points else 0
