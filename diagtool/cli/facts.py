"""``diagtool facts``: all that a topology says, one statement after the other."""

from __future__ import annotations

import argparse

from diagtool.cli import common

HELP = "print every fact of a topology, for people or programs"
EXAMPLES = (
    ("diagtool facts", "one sentence per line"),
    ("diagtool facts --format json", "for programs"),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    common.add_topology(parser)
    parser.add_argument(
        "--format", choices=("text", "json"), default="text", help="the form of the output"
    )


def run(arguments: argparse.Namespace) -> int:
    from diagtool.model import facts

    topology = common.load_topology(arguments)
    stated = facts.state(topology)
    if arguments.format == "json":
        common.put(facts.as_json(topology, stated))
    else:
        common.tell(facts.as_text(stated))
    return 0
