"""``diagtool render``: the guide's pages for projects without our Sphinx extension."""

from __future__ import annotations

import argparse
from pathlib import Path

from diagtool import commands, writing

HELP = "write the guide as plain reStructuredText and sample configs"
EXAMPLES = (
    ("diagtool render -o docs/ha", "pages with blockdiag and code blocks"),
    ("diagtool render -o docs/ha --check", "whether they are as they would be written"),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    commands.add_topology(parser)
    parser.add_argument(
        "-o", "--output", type=Path, metavar="DIR", required=True, help="where the files go"
    )
    parser.add_argument(
        "--check",
        action="store_true",
        help="write nothing: compare the files with what would be written, print the "
        "differences, and end with exit code 1 where there are any",
    )


def run(arguments: argparse.Namespace) -> int:
    from diagtool import guide

    try:
        files = guide.render(commands.load_topology(arguments))
    except guide.GuideError as error:
        raise commands.CommandError(str(error)) from None
    if arguments.check:
        encoded = ((name, content.encode()) for name, content in files.items())
        commands.compare(arguments.output, encoded)
        return 0
    changed = [
        name
        for name, content in files.items()
        if writing.write(arguments.output, name, content.encode())
    ]
    commands.say(f"{arguments.output.as_posix()}: {len(changed)} of {len(files)} files changed")
    return 0
