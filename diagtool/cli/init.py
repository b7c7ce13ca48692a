"""``diagtool init``: a project that builds."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from diagtool.cli import common

HELP = "start a project that builds, without overwriting anything"
EXAMPLES = (
    ("diagtool init shop", "a new project in the folder shop"),
    ("diagtool init", "in this folder, beside its files"),
    ("diagtool init shop --from ha.rst", "from a page about the system"),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "folder",
        nargs="?",
        default=Path(),
        type=common.path,
        metavar="FOLDER",
        help="the folder of the project (default: this folder)",
    )
    parser.add_argument(
        "--from",
        dest="sources",
        nargs="+",
        default=[],
        type=common.path,
        metavar="FILE",
        help="files about the system, from which the topology is made",
    )


def run(arguments: argparse.Namespace) -> int:
    from diagtool.files import writing
    from diagtool.scaffolding import project

    folder: Path = arguments.folder
    if folder.exists() and not folder.is_dir():
        raise common.CommandError(f"{folder.as_posix()} is not a folder")
    title = project.title(folder)
    content = _imported(arguments.sources, title) if arguments.sources else ""
    plan = project.plan(folder, content)
    if content and plan.topology not in (file.path for file in plan.missing):
        topology = (folder / plan.topology).as_posix()
        message = f"{topology} exists and is left as it is: nothing was written"
        raise common.CommandError(f"{message} (import into another folder, and compare)")
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
    there = f"cd {folder.as_posix()}, " if folder != Path() else ""
    if plan.missing:
        makes = any(file.path == "Makefile" for file in plan.missing)
        built = ", make html" if makes else ""
        common.say(f"next: {there}diagtool check, diagtool serve{built}")
    return 0


def _imported(paths: list[Path], title: str) -> str:
    """The topology that files tell of, after saying what of them is not in it."""
    from diagtool.cli import terminal
    from diagtool.model.diagnostic_report import as_text
    from diagtool.scaffolding.importing.from_files import from_files

    imported = from_files(paths, title)
    common.put(as_text(imported.diagnostics, color=terminal.has_color(sys.stdout)))
    if not imported.text:
        raise common.CommandError("no topology can be made of these files: nothing was written")
    return imported.text
