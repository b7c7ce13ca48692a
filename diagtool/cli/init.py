"""``diagtool init``: a project that builds."""

from __future__ import annotations

import argparse
from pathlib import Path

from diagtool.cli import common

HELP = "start a project that builds, and overwrite nothing"
EXAMPLES = (
    ("diagtool init shop", "a new project in the folder shop"),
    ("diagtool init", "in this folder, beside what is there"),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "folder",
        nargs="?",
        default=Path(),
        type=common.path,
        metavar="FOLDER",
        help="where the project goes (default: this folder)",
    )


def run(arguments: argparse.Namespace) -> int:
    from diagtool.files import writing
    from diagtool.starting import project

    folder: Path = arguments.folder
    if folder.exists() and not folder.is_dir():
        raise common.CommandError(f"{folder.as_posix()} is not a folder")
    plan = project.plan(folder)
    for file in plan.missing:
        writing.write(folder, file.path, file.content.encode())
        common.say(f"{(folder / file.path).as_posix()}: written")
    for file in plan.kept:
        shown = (folder / file.path).as_posix()
        if file.advice:
            common.say(f"{shown}: exists and is left as it is; add to it:")
            for line in file.advice.splitlines():
                common.say(f"    {line}".rstrip())
        else:
            common.say(f"{shown}: exists and is left as it is")
    return 0
