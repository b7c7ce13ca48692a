"""``diagtool render``: the guide's pages for projects without our Sphinx extension."""

from __future__ import annotations

import argparse
from pathlib import Path

from diagtool import commands, writing

HELP = "write the guide as plain reStructuredText and sample configs"
EXAMPLES = (("diagtool render -o docs/ha", "pages with blockdiag and code blocks"),)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    commands.add_topology(parser)
    parser.add_argument(
        "-o", "--output", type=Path, metavar="DIR", required=True, help="where the files go"
    )


def run(arguments: argparse.Namespace) -> int:
    from diagtool import guide

    try:
        files = guide.render(commands.load_topology(arguments))
    except guide.GuideError as error:
        raise commands.CommandError(str(error)) from None
    changed = [
        name
        for name, content in files.items()
        if writing.write(arguments.output, name, content.encode())
    ]
    commands.say(f"{arguments.output.as_posix()}: {len(changed)} of {len(files)} files changed")
    return 0
