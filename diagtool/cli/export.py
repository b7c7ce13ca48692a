"""``diagtool export``: diagrams as files."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from diagtool.cli import common, stale_files
from diagtool.pictures import formats, themes

if TYPE_CHECKING:
    from diagtool.checks.manifest import Manifest, Written
    from diagtool.exporting import Artefact
    from diagtool.model import Topology
    from diagtool.model.diagram import Diagram
    from diagtool.pictures.formats import Look

HELP = "write diagrams, in one or more formats"
EXAMPLES = (
    ("diagtool export -f svg -o out", "each service and an overview, as out/NAME.svg"),
    ("diagtool export -f svg -f blockdiag -o out", "several formats at once"),
    ("diagtool export -o system.pdf", "all of them in one file"),
    ("diagtool export --view web -o web.svg", "the layout of one service"),
    (
        "diagtool export --service web --service worker -o both.svg",
        "an overview of these services only",
    ),
    ("diagtool export --around queue -o queue.svg", "a part and its neighbours"),
    ("diagtool export -f blockdiag --view web -o -", "to standard output"),
    ("diagtool export --view overview --without queue -o lost.svg", "after a loss"),
    ("diagtool export --story failures -o failures.pptx", "a slide for each single loss"),
    ("diagtool export -f svg -o out --check", "whether out/ is as it would be written"),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    common.add_topology(parser)
    parser.add_argument(
        "-f",
        "--format",
        action="append",
        dest="formats",
        choices=formats.names(),
        help="a format; can be given several times (default: that of the suffix of FILE)",
    )
    parser.add_argument(
        "-o",
        "--output",
        required=True,
        metavar="DIR|FILE|-",
        type=common.path,
        help="a folder for one file per view, a file, or - for standard output",
    )
    parser.add_argument(
        "--view",
        action="append",
        dest="views",
        metavar="ID",
        help="the id of a service or view, or overview; with hosts or networks, also deployment or "
        "networks; can be given several times (default: all)",
    )
    parser.add_argument(
        "--service",
        action="append",
        dest="services",
        metavar="ID",
        help="add an overview of this service; can be given several times, for one overview of all",
    )
    parser.add_argument(
        "--around",
        action="append",
        metavar="ID",
        help="add a view of this part and all that it is connected with; can be given several "
        "times",
    )
    parser.add_argument(
        "--ports",
        action="store_true",
        help="show on each line the ports at which its ends are reached",
    )
    common.add_losses(parser)
    parser.add_argument(
        "--story",
        choices=("failures",),
        help="each view without a loss and then after each single loss, with all shapes in place",
    )
    parser.add_argument(
        "--theme",
        default=themes.BASE,
        metavar="NAME|FILE",
        help=f"the theme of the pictures: {', '.join(themes.names())}, or a .toml file",
    )
    parser.add_argument(
        "--scale", type=_scale, default=1.0, metavar="NUMBER", help="the scale of bitmaps"
    )
    parser.add_argument(
        "--font",
        type=common.path,
        metavar="FILE",
        help="a font for letters that the shipped one lacks",
    )
    parser.add_argument(
        "--transparent", action="store_true", help="leave the background transparent"
    )
    parser.add_argument(
        "--template",
        type=common.path,
        metavar="FILE",
        help="a .pptx deck whose layouts the slides use",
    )
    parser.add_argument(
        "--force", action="store_true", help="overwrite decks and draw.io files that were edited"
    )
    parser.add_argument(
        "--strict",
        action="store_true",
        help="end with exit code 1 after any warning, such as for letters that no font has",
    )
    writes = parser.add_mutually_exclusive_group()
    writes.add_argument(
        "--check",
        action="store_true",
        help="write nothing: compare the files with what would be written, print the facts in "
        "which they differ, and end with exit code 1 if any does",
    )
    writes.add_argument(
        "--manifest",
        type=common.path,
        metavar="FILE",
        help="also write a JSON list of the inputs and the written files with their digests; as "
        "long as all of them are as listed, the next run does nothing",
    )
    stale_files.add_argument(parser)


def _scale(text: str) -> float:
    value = float(text)
    if not 0.01 <= value <= 100:
        raise argparse.ArgumentTypeError(f"not between 0.01 and 100: {text!r}")
    return value


def run(arguments: argparse.Namespace) -> int:
    topology = common.topology_path(arguments)
    manifest = _manifest(arguments, topology)
    if manifest:
        manifest.refuse()
        if manifest.holds():
            common.say(f"{arguments.output.as_posix()}: nothing to do")
            return 0
    return _export(arguments, topology, manifest)


def _export(arguments: argparse.Namespace, path: Path, manifest: Manifest | None) -> int:
    """Draws and writes; gives the exit code. Raises CommandError for files that are not written."""
    from diagtool import exporting
    from diagtool.loading.loader import load
    from diagtool.pictures.layout import LayoutError
    from diagtool.pictures.text_metrics import FontError

    output: Path = arguments.output
    file_format = _file_format(arguments)
    named = (arguments.views, arguments.services, arguments.around)
    some = (*named, arguments.without, arguments.story)
    every = not file_format and not any(some)
    if arguments.prune and arguments.check:
        raise common.UsageError("--check writes nothing and removes nothing: leave out --prune")
    if arguments.prune and not every:
        raise common.UsageError("--prune needs a folder for all views: leave out what names some")
    topology = load(path)
    if manifest:
        manifest.begin(topology.sources)
    views = _told(arguments, topology, _views(arguments, topology))
    if (
        file_format
        and len(views) > 1
        and formats.get(file_format).KIND is not formats.FormatKind.PAGED
    ):
        raise common.UsageError(
            f"a file of the format {file_format} holds one view, but there are {len(views)}: "
            "name one with --view, or a folder with -f and -o"
        )
    warnings: list[str] = []
    try:
        look = _look(arguments, warnings.append)
        if str(output) == "-":
            assert file_format is not None, "standard output takes one format"
            common.put(exporting.together(topology, file_format, views, look=look).content)
        else:
            folder, made = _made(arguments, topology, views, file_format, look)
            by = arguments.formats or ()
            ends = tuple(formats.get(name).SUFFIX for name in by)
            if arguments.check:
                encoded = ((artefact.name, artefact.content) for artefact in made)
                common.compare(
                    folder,
                    encoded,
                    _differs,
                    whole=topology if every else None,
                    suffixes=ends,
                    by=by,
                )
            else:
                written, kept = _write(folder, made, force=arguments.force)
                if manifest:
                    manifest.write(written, whole=not kept and not warnings)
                if kept:
                    raise common.CommandError(*kept)
                if every:
                    now = {w.path.name: (str(w.facts["format"]), w.sha256) for w in written}
                    stale_files.settle(
                        topology, folder, now, by, lambda: ends, prune=arguments.prune
                    )
    except (
        formats.FormatError,
        LayoutError,
        FontError,
        themes.ThemeError,
        exporting.WorkerError,
    ) as error:
        raise common.CommandError(str(error)) from None
    finally:
        for warning in dict.fromkeys(warnings):
            common.say(f"diagtool: {warning}")
    return 1 if warnings and arguments.strict else 0


def _differs(path: Path, present: bytes, due: bytes) -> str:
    """In which facts a file differs."""
    from diagtool.checks.verify.contrast import contrast

    lines = [f"{path.as_posix()}: it differs", *contrast(path, present, due)]
    return "\n    ".join(lines) + "\n"


def _made(
    arguments: argparse.Namespace,
    topology: Topology,
    views: tuple[Diagram, ...],
    file_format: str | None,
    look: Look,
) -> tuple[Path, Iterator[Artefact]]:
    """The files that are asked for, and the folder that they go to."""
    from diagtool import exporting
    from diagtool.cli import terminal

    output: Path = arguments.output
    if file_format:
        artefact = exporting.together(topology, file_format, views, look=look)
        return output.parent, iter([replace(artefact, name=output.name)])
    every = exporting.artefacts(
        topology, arguments.formats, views=views, look=look, processes=os.cpu_count() or 1
    )
    return output, terminal.progress(every, len(views) * len(arguments.formats))


def _file_format(arguments: argparse.Namespace) -> str | None:
    """The format of the one file to write, None where it is a folder of files."""
    output: Path = arguments.output
    named: list[str] = arguments.formats or []
    if str(output) == "-":
        if len(named) != 1:
            raise common.UsageError("-o - takes one format: name it with -f FORMAT")
        if arguments.manifest or arguments.check:
            option = "--manifest could list" if arguments.manifest else "--check could compare"
            raise common.UsageError(f"-o - writes no file that {option}")
        return named[0]
    if not named:
        if not output.suffix or output.is_dir():
            raise common.UsageError("name a format with -f FORMAT, or a file by its suffix")
        try:
            found = formats.by_suffix(output.suffix)
        except formats.FormatError as error:
            raise common.UsageError(str(error)) from None
        return next(name for name in formats.names() if formats.get(name) is found)
    same = len(named) == 1 and output.suffix.lower() == formats.get(named[0]).SUFFIX
    return named[0] if same and not output.is_dir() else None


def _views(arguments: argparse.Namespace, topology: Topology) -> tuple[Diagram, ...]:
    """The views that are asked for, each once."""
    from diagtool.model import diagram

    known = diagram.names(topology)
    named: list[str] = arguments.views or []
    services: list[str] = arguments.services or []
    around: list[str] = arguments.around or []
    parts = [part.id for part in topology.parts]
    for kind, ids, there in (
        ("view", named, known),
        ("service", services, topology.services),
        ("part", around, parts),
    ):
        for id in ids:
            if id not in there:
                raise common.UsageError(_no_such(kind, id, there, topology))
    asked = [*named, *(diagram.AROUND + id for id in around)]
    if services:
        try:
            asked.append(diagram.name_of_subset(topology, services))
        except ValueError as error:
            raise common.UsageError(str(error)) from None
    chosen = dict.fromkeys(asked or known)
    return tuple(_shown(arguments, topology, diagram.view(topology, name)) for name in chosen)


def _shown(arguments: argparse.Namespace, topology: Topology, view: Diagram) -> Diagram:
    """A view with ports on its lines, if that is asked for."""
    from diagtool.model import diagram

    return diagram.with_ports(topology, view) if arguments.ports else view


def _told(
    arguments: argparse.Namespace, topology: Topology, views: tuple[Diagram, ...]
) -> tuple[Diagram, ...]:
    """The views after the losses that are named, or as a story. Raises UsageError."""
    failure = common.failure(arguments, topology)
    if not failure and not arguments.story:
        return views
    if failure and arguments.story:
        raise common.UsageError("--story shows every single loss: leave out --without")
    from diagtool.model import failure_view
    from diagtool.model.diagram import WITH_PORTS

    if failure:
        return tuple(failure_view.without(topology, view, failure) for view in views)
    if not (arguments.views or arguments.services or arguments.around):
        views = tuple(v for v in views if v.name.removesuffix(WITH_PORTS) == "overview")
    return tuple(told for view in views for told in failure_view.story(topology, view))


def _no_such(kind: str, id: str, known: Iterable[str], topology: Topology) -> str:
    from diagtool.loading.loader import called
    from diagtool.model.did_you_mean import did_you_mean

    if id in topology.components:
        return f"there is no {kind} '{id}': it is a component"
    hint = did_you_mean(id, known, called(topology.services.values()))
    return f"there is no {kind} '{id}'" + (f" ({hint})" if hint else "")


def _look(arguments: argparse.Namespace, warn: Callable[[str], None]) -> Look:
    return formats.Look(
        themes.load(arguments.theme),
        arguments.scale,
        transparent=arguments.transparent,
        font=str(arguments.font) if arguments.font else None,
        template=str(arguments.template) if arguments.template else None,
        warn=warn,
    )


def _manifest(arguments: argparse.Namespace, topology: Path) -> Manifest | None:
    """The manifest that is asked for."""
    if not arguments.manifest:
        return None
    from diagtool.checks.manifest import Manifest

    others = ("run", "parser", "manifest", "prune")
    options = {k: v for k, v in vars(arguments).items() if k not in others}
    named = [arguments.font, arguments.template]
    if arguments.theme not in themes.names():
        named.append(Path(arguments.theme))
    return Manifest(arguments.manifest, options | {"topology": topology}, filter(None, named))


def _write(
    folder: Path, made: Iterator[Artefact], *, force: bool
) -> tuple[list[Written], list[str]]:
    """Writes files; gives those that were written, and complaints of those kept."""
    from diagtool import exporting
    from diagtool.checks.manifest import Written
    from diagtool.files.writing import EditedError

    changed = 0
    written: list[Written] = []
    kept = []
    for artefact in made:
        try:
            changed += exporting.save(folder, artefact, force=force)
        except EditedError as error:
            kept.append(f"{error} (--force overwrites it)")
        else:
            facts: dict[str, object] = {"format": artefact.format, "views": artefact.views}
            digest = sha256(artefact.content).hexdigest()
            written.append(Written(folder / artefact.name, facts, digest))
    if written or not kept:
        common.say(f"{folder.as_posix()}: {changed} of {len(written)} files changed")
    return written, kept
