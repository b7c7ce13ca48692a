"""``diagtool diff``: what differs between two topologies."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from diagtool.cli import common
from diagtool.pictures import formats, themes

if TYPE_CHECKING:
    from diagtool.model import Topology
    from diagtool.model.diagram import Diagram

HELP = "tell what differs between two topologies, in words or as a picture"
EXAMPLES = (
    ("diagtool diff old.yaml new.yaml", "each difference, with its places"),
    ("diagtool diff old.yaml new.yaml --format json", "with its facts, for programs"),
    ("diagtool diff old.yaml new.yaml -o diff.svg", "also a picture with marks on what differs"),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("old", type=common.path, metavar="OLD", help="a topology: a file or folder")
    parser.add_argument("new", type=common.path, metavar="NEW", help="the one to compare it with")
    parser.add_argument(
        "--format", choices=("text", "json"), default="text", help="how differences are written"
    )
    parser.add_argument(
        "-o",
        "--output",
        type=common.path,
        metavar="FILE",
        help="also draw both as one picture; its format is as the name ends",
    )
    parser.add_argument(
        "--theme",
        default=themes.BASE,
        metavar="NAME|FILE",
        help=f"what the picture looks like: {', '.join(themes.names())}, or a .toml file",
    )


def run(arguments: argparse.Namespace) -> int:
    from diagtool.loading.loader import load
    from diagtool.model import comparison_picture, comparison_report
    from diagtool.model.compare import compare

    output: Path | None = arguments.output
    try:
        format = formats.by_suffix(output.suffix) if output else None
    except formats.FormatError as error:
        raise common.UsageError(str(error)) from None
    old, new = load(arguments.old), load(arguments.new)
    changes = compare(old, new)
    if output:
        name = next(name for name in formats.names() if formats.get(name) is format)
        _draw(comparison_picture.picture(old, new), new, name, output, arguments.theme)
    form = comparison_report.as_json if arguments.format == "json" else comparison_report.as_text
    (common.put if arguments.format == "json" else common.tell)(form(changes, old, new))
    count = "1 difference" if len(changes) == 1 else f"{len(changes) or 'no'} differences"
    common.say(f"{arguments.old.as_posix()} and {arguments.new.as_posix()}: {count}")
    return 1 if changes else 0


def _draw(picture: Diagram, topology: Topology, format: str, output: Path, theme: str) -> None:
    """Writes the picture to a file."""
    from diagtool import exporting
    from diagtool.pictures.layout import LayoutError

    try:
        look = formats.Look(
            themes.load(theme), warn=lambda warning: common.say(f"diagtool: {warning}")
        )
        artefact = exporting.together(topology, format, [picture], look=look)
    except (formats.FormatError, LayoutError, themes.ThemeError) as error:
        raise common.CommandError(str(error)) from None
    exporting.save(output.parent, replace(artefact, name=output.name))
