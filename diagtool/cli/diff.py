"""``diagtool diff``: what differs between two topologies."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from diagtool.cli import common
from diagtool.pictures import formats, themes

if TYPE_CHECKING:
    from diagtool.model import Place, Topology
    from diagtool.model.diagram import Diagram

HELP = "show what differs between two topologies, in words or as a picture"
EXAMPLES = (
    ("diagtool diff old.yaml new.yaml", "each difference, with its places"),
    ("diagtool diff --against main", "what differs from the branch main"),
    ("diagtool diff v1..v2", "between two revisions in Git"),
    ("git show main:shop.yaml | diagtool diff - shop.yaml", "standard input and a file"),
    ("diagtool diff main...HEAD --format markdown", "a comment for a pull request"),
    ("diagtool diff old.yaml new.yaml --format json", "with its facts, for programs"),
    ("diagtool diff old.yaml new.yaml -o diff.svg", "also a picture with marks on what differs"),
    ("diagtool diff old.yaml new.yaml -o diff.pptx", "also slides: before, changes, after"),
)
STDIN = Path("-")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "compared",
        nargs="*",
        type=common.path,
        metavar="OLD NEW|REV..REV",
        help="two topologies, each a file, a folder or - for standard input; or two revisions in "
        "Git (with three dots, from their common ancestor)",
    )
    parser.add_argument(
        "--against",
        metavar="REV",
        help="compare the topology with this revision of it in Git",
    )
    common.add_topology(parser)
    parser.add_argument(
        "--format",
        choices=("text", "json", "markdown"),
        default="text",
        help="how differences are written; markdown is a comment for a pull request",
    )
    parser.add_argument(
        "-o",
        "--output",
        type=common.path,
        metavar="FILE",
        help="also draw both as one picture, or as slides: before, changes, after; the format "
        "follows from the suffix",
    )
    parser.add_argument(
        "--theme",
        default=themes.BASE,
        metavar="NAME|FILE",
        help=f"the theme of the picture: {', '.join(themes.names())}, or a .toml file",
    )
    # As diff(1) has it: 1 says that there is a difference.
    parser.set_defaults(failed=2)


def run(arguments: argparse.Namespace) -> int:
    from diagtool.model import diff_formats, diff_picture
    from diagtool.model.diff_sentences import compare

    output: Path | None = arguments.output
    try:
        format = formats.by_suffix(output.suffix) if output else None
    except formats.FormatError as error:
        raise common.UsageError(str(error)) from None
    old, new = _sides(arguments)
    changes = [
        replace(change, old=old.renamed(change.old), new=new.renamed(change.new))
        for change in compare(old.topology, new.topology)
    ]
    picture = diff_picture.picture(old.topology, new.topology)
    if output:
        name = next(name for name in formats.names() if formats.get(name) is format)
        _draw(old.topology, new.topology, name, output, arguments.theme)
    match arguments.format:
        case "json":
            common.put(diff_formats.as_json(changes, old.topology, new.topology))
        case "markdown":
            drawn = _as_mermaid(picture, new.topology) if changes else ""
            common.put(
                diff_formats.as_markdown(
                    changes, old.topology, new.topology, (old.shown, new.shown), drawn
                )
            )
        case _:
            common.tell(diff_formats.as_text(changes, old.topology, new.topology))
    count = "1 difference" if len(changes) == 1 else f"{len(changes) or 'no'} differences"
    common.say(f"{old.shown} and {new.shown}: {count}")
    return 1 if changes else 0


@dataclass(frozen=True, slots=True)
class _Side:
    """One of the topologies, what it is called, and what its places are."""

    topology: Topology
    shown: str
    renamed: Callable[[Place], Place] = lambda place: place


def _sides(arguments: argparse.Namespace) -> tuple[_Side, _Side]:
    """What is compared. Raises UsageError, CommandError and TopologyError."""
    match arguments.compared, arguments.against:
        case [], str(revision):
            return _at(arguments, revision), _loaded(common.topology_path(arguments))
        case [revisions], None if ".." in str(revisions) and not revisions.exists():
            return _between(arguments, str(revisions))
        case [old, new], None if not arguments.topology:
            if old == new == STDIN:
                raise common.UsageError("standard input holds one topology, not both")
            return _loaded(old), _loaded(new)
        case _:
            raise common.UsageError(
                "name two topologies, or two revisions such as main..HEAD, or one with "
                "--against REV; -t PATH goes with revisions"
            )


def _loaded(path: Path) -> _Side:
    from diagtool.loading.loader import load, read
    from diagtool.loading.yaml_file import MAX_BYTES
    from diagtool.model.diagnostics import TopologyError

    if path != STDIN:
        return _Side(load(path), path.as_posix())
    data = sys.stdin.buffer.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise common.CommandError(f"standard input is larger than {MAX_BYTES} bytes")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise common.CommandError(f"standard input is not UTF-8: {error.reason}") from None
    shown = Path("<stdin>")
    loaded = read(shown, {shown: text})
    if loaded.topology is None:
        raise TopologyError(loaded.diagnostics)
    return _Side(loaded.topology, shown.name)


def _between(arguments: argparse.Namespace, revisions: str) -> tuple[_Side, _Side]:
    """The topology at both ends of a range."""
    from diagtool.files.revisions import Repository, RevisionError

    try:
        old, new = Repository.around(Path()).between(revisions)
    except RevisionError as error:
        raise common.CommandError(str(error)) from None
    return _at(arguments, old), _at(arguments, new)


def _at(arguments: argparse.Namespace, revision: str) -> _Side:
    """The topology at a revision."""
    from diagtool.files.revisions import Repository, RevisionError
    from diagtool.loading.at_revision import load_at
    from diagtool.loading.discovery import DiscoveryError

    try:
        found = load_at(Repository.around(Path()), revision, arguments.topology)
    except RevisionError as error:
        raise common.CommandError(str(error)) from None
    except DiscoveryError as error:
        raise common.CommandError(f"at {revision}, {error.args[0]}", *error.args[1:]) from None
    return _Side(found.topology, found.shown, found.renamed)


def _as_mermaid(picture: Diagram, topology: Topology) -> str:
    """The picture as text that forges draw."""
    from diagtool import exporting

    return exporting.together(topology, "mermaid", [picture]).content.decode()


def _draw(old: Topology, new: Topology, format: str, output: Path, theme: str) -> None:
    """Writes the picture of both to a file."""
    from diagtool import exporting
    from diagtool.pictures.layout import LayoutError

    try:
        look = formats.Look(
            themes.load(theme), warn=lambda warning: common.say(f"diagtool: {warning}")
        )
        artefact = exporting.comparison(old, new, format, look)
    except (formats.FormatError, LayoutError, themes.ThemeError) as error:
        raise common.CommandError(str(error)) from None
    exporting.save(output.parent, replace(artefact, name=output.name))
