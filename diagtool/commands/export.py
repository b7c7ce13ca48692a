"""``diagtool export``: diagrams as files."""

from __future__ import annotations

import argparse
import hashlib
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from diagtool import commands, diagram, exporting, formats, terminal, themes, writing
from diagtool.diagnostics import did_you_mean
from diagtool.diagram import Diagram
from diagtool.exporting import Artefact
from diagtool.formats import FormatError, Kind, Look
from diagtool.model import Topology
from diagtool.writing import EditedError

HELP = "write diagrams, in one or many formats"
EXAMPLES = (
    ("diagtool export -f svg -o out", "each service and an overview, as out/NAME.svg"),
    ("diagtool export -f svg -f blockdiag -o out", "several formats at once"),
    ("diagtool export -o system.pdf", "all of them in one file"),
    ("diagtool export --view web -o web.svg", "the layout of one service"),
    (
        "diagtool export --service web --service worker -o both.svg",
        "an overview of these services only",
    ),
    ("diagtool export -f blockdiag --view web -o -", "to standard output"),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    commands.add_topology(parser)
    parser.add_argument(
        "-f",
        "--format",
        action="append",
        dest="formats",
        choices=formats.names(),
        help="a format, can be given several times (default: as the name of FILE ends)",
    )
    parser.add_argument(
        "-o",
        "--output",
        required=True,
        metavar="DIR|FILE|-",
        type=Path,
        help="a folder for a file a view, one file, or - for standard output",
    )
    parser.add_argument(
        "--view",
        action="append",
        dest="views",
        metavar="ID",
        help="a service's id, or overview; can be given several times (default: all)",
    )
    parser.add_argument(
        "--service",
        action="append",
        dest="services",
        metavar="ID",
        help="adds an overview of this service, or of these where given several times",
    )
    parser.add_argument(
        "--theme",
        default=themes.BASE,
        metavar="NAME|FILE",
        help=f"what pictures look like: {', '.join(themes.names())}, or a .toml file",
    )
    parser.add_argument(
        "--scale", type=_scale, default=1.0, metavar="NUMBER", help="the size of bitmaps"
    )
    parser.add_argument(
        "--font", type=Path, metavar="FILE", help="a font for letters that the shipped one lacks"
    )
    parser.add_argument(
        "--transparent", action="store_true", help="leave out the page behind a picture"
    )
    parser.add_argument(
        "--template", type=Path, metavar="FILE", help="a .pptx deck whose layouts slides take"
    )
    parser.add_argument(
        "--force", action="store_true", help="overwrite decks and draw.io files that were edited"
    )
    parser.add_argument(
        "--manifest",
        type=Path,
        metavar="FILE",
        help="also write a list of the files with their digests, as JSON",
    )


def _scale(text: str) -> float:
    value = float(text)
    if not 0.01 <= value <= 100:
        raise argparse.ArgumentTypeError(f"not between 0.01 and 100: {text!r}")
    return value


def run(arguments: argparse.Namespace) -> int:
    from diagtool.layout import LayoutError
    from diagtool.textmetrics import FontError

    output: Path = arguments.output
    file_format = _file_format(arguments)
    topology = commands.load_topology(arguments)
    views = _views(arguments, topology)
    if file_format and len(views) > 1 and formats.get(file_format).KIND is not Kind.PAGED:
        raise commands.UsageError(
            f"a file of the format {file_format} holds one view, and there are {len(views)}: "
            "name one with --view, or a folder with -f and -o"
        )
    warnings: list[str] = []
    try:
        look = _look(arguments, warnings.append)
        if file_format:
            artefact = exporting.together(topology, file_format, views, look=look)
            if str(output) == "-":
                commands.put(artefact.content)
                return 0
            folder, made = output.parent, iter([replace(artefact, name=output.name)])
        else:
            every = exporting.artefacts(topology, arguments.formats, views=views, look=look)
            folder, made = output, terminal.progress(every, len(views) * len(arguments.formats))
        _write(folder, made, arguments)
    except (FormatError, LayoutError, FontError, themes.ThemeError) as error:
        raise commands.CommandError(str(error)) from None
    finally:
        for warning in dict.fromkeys(warnings):
            commands.say(f"diagtool: {warning}")
    return 0


def _file_format(arguments: argparse.Namespace) -> str | None:
    """The format of the one file to write, None where it is a folder of files."""
    output: Path = arguments.output
    named: list[str] = arguments.formats or []
    if str(output) == "-":
        if len(named) != 1:
            raise commands.UsageError("-o - takes one format: name it with -f FORMAT")
        if arguments.manifest:
            raise commands.UsageError("-o - writes no file that --manifest could list")
        return named[0]
    if not named:
        if not output.suffix or output.is_dir():
            raise commands.UsageError("name a format with -f FORMAT, or a file by its suffix")
        try:
            found = formats.by_suffix(output.suffix)
        except FormatError as error:
            raise commands.UsageError(str(error)) from None
        return next(name for name in formats.names() if formats.get(name) is found)
    same = len(named) == 1 and output.suffix.lower() == formats.get(named[0]).SUFFIX
    return named[0] if same and not output.is_dir() else None


def _views(arguments: argparse.Namespace, topology: Topology) -> tuple[Diagram, ...]:
    """The views that are asked for, each once."""
    if not arguments.views and not arguments.services:
        return diagram.views(topology)
    known = (*topology.services, "overview")
    chosen = {}
    for id in arguments.views or ():
        if id not in known:
            hint = did_you_mean(id, known)
            raise commands.UsageError(f"there is no view '{id}' {hint}".rstrip())
        view = diagram.overview(topology) if id == "overview" else diagram.layout(topology, id)
        chosen[view.name] = view
    for id in arguments.services or ():
        if id not in topology.services:
            hint = did_you_mean(id, topology.services)
            raise commands.UsageError(f"there is no service '{id}' {hint}".rstrip())
    if arguments.services:
        ids = tuple(dict.fromkeys(arguments.services))
        name = "-".join(["overview", *ids])
        chosen[name] = replace(diagram.overview(topology, ids), name=name)
    return tuple(chosen.values())


def _look(arguments: argparse.Namespace, warn: Callable[[str], None]) -> Look:
    return Look(
        themes.load(arguments.theme),
        arguments.scale,
        transparent=arguments.transparent,
        font=str(arguments.font) if arguments.font else None,
        template=str(arguments.template) if arguments.template else None,
        warn=warn,
    )


def _write(folder: Path, made: Iterator[Artefact], arguments: argparse.Namespace) -> None:
    """Writes files, and a list of them where one is asked for."""
    manifest: Path | None = arguments.manifest
    changed = 0
    entries = []
    kept = []
    for artefact in made:
        try:
            changed += exporting.save(folder, artefact, force=arguments.force)
        except EditedError as error:
            kept.append(f"{error} (--force overwrites it)")
            continue
        path = folder / artefact.name
        entries.append(
            {
                "path": Path(os.path.relpath(path, manifest.parent if manifest else "")).as_posix(),
                "format": artefact.format,
                "views": artefact.views,
                "sha256": hashlib.sha256(artefact.content).hexdigest(),
            }
        )
    if manifest:
        data = json.dumps({"files": entries}, indent=2, ensure_ascii=False) + "\n"
        writing.write(manifest.parent, manifest.name, data.encode())
    commands.say(f"{folder.as_posix()}: {changed} of {len(entries)} files changed")
    if kept:
        raise commands.CommandError("\n".join(kept))
