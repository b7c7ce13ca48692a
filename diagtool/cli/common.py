"""The commands of the command line, one module each.

A command's module has ``HELP``, a line; ``EXAMPLES``, command lines with what they do;
``add_arguments(parser)``; and ``run(arguments)``, which gives the exit code. What a
command needs beyond the model is imported when it runs: the others must not wait for it.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Collection, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from diagtool.config.addresses import Values
    from diagtool.model import Topology
    from diagtool.model.failures import Failure

NAMES = (
    "init",
    "check",
    "export",
    "render",
    "verify",
    "collect",
    "lint",
    "facts",
    "diff",
    "serve",
    "lsp",
    "explain",
    "schema",
    "completion",
)
"""The commands, in the order in which a newcomer meets them."""


class UsageError(Exception):
    """Arguments that make no sense, in one line or more; the exit code is 2."""


class CommandError(Exception):
    """Input or output that a command cannot use, in one line or more; the exit code is 1."""


def add_topology(parser: argparse.ArgumentParser, *, several: bool = False) -> None:
    """The argument that names a topology, or one or more."""
    parser.add_argument(
        "-t",
        "--topology",
        type=path,
        action="append" if several else "store",
        metavar="PATH",
        help="the topology: a file, or a folder with topology.yaml or a single topology (default: "
        "the one that pyproject.toml names, else the only one in topology/)"
        + ("; can be given several times" if several else ""),
    )


def topology_path(arguments: argparse.Namespace) -> Path:
    """The topology that the arguments name, or the project's. Raises UsageError."""
    from diagtool.loading import discovery

    if arguments.topology is not None:
        return discovery.named(Path(arguments.topology))
    try:
        return discovery.find(Path())
    except discovery.DiscoveryError as error:
        raise UsageError(*error.args) from None


def load_topology(arguments: argparse.Namespace) -> Topology:
    """The topology that is meant. Raises UsageError, and TopologyError with its findings."""
    from diagtool.loading.loader import load

    return load(topology_path(arguments))


def values(path: Path, topology: Topology) -> Values:
    """The values in a file, after saying what is wrong with it. Raises CommandError."""
    from diagtool.cli import terminal
    from diagtool.loading.loader import read_values
    from diagtool.model.diagnostic_report import as_text
    from diagtool.model.diagnostics import has_errors

    read = read_values(path, topology)
    sys.stderr.write(as_text(read.diagnostics, color=terminal.has_color(sys.stderr)))
    if has_errors(read.diagnostics):
        raise CommandError(f"{path.as_posix()} cannot be used")
    return read.values


def add_losses(parser: argparse.ArgumentParser) -> None:
    """The argument that says what is lost."""
    parser.add_argument(
        "--without",
        action="append",
        default=[],
        metavar="LOSS[,LOSS...]",
        help="what is lost: PART, PART:one, PART:all-but-one, PART:quorum, zone:ID, host:ID, "
        "network:ID or path:PART/PART; can be given several times",
    )


def failure(arguments: argparse.Namespace, topology: Topology) -> Failure | None:
    """What the losses do that are named, None where none is. Raises UsageError."""
    named = [text.strip() for texts in arguments.without for text in texts.split(",")]
    if not named:
        return None
    from diagtool.model import failures
    from diagtool.model.did_you_mean import did_you_mean

    try:
        losses = [failures.parse(topology, text) for text in named]
    except failures.LossError as error:
        hint = did_you_mean(error.text, error.known)
        raise UsageError(f"{error}" + (f" ({hint})" if hint else "")) from None
    return failures.lose(topology, losses)


Told = Callable[[Path, bytes, bytes], str]
"""Tells how what the file at a path holds differs from what would be written."""


def compare(
    folder: Path,
    files: Iterable[tuple[str, bytes]],
    told: Told,
    *,
    whole: Topology | None = None,
    suffixes: Iterable[str] = (),
    by: Collection[str] = (),
) -> None:
    """Prints how files differ from what would be written. Raises CommandError where any does.

    Where the files are the ``whole`` of what a topology makes in a folder, others of it that end
    in one of ``suffixes`` are told of, too, and those that one of ``by`` once wrote there.
    """
    from diagtool.files import writing
    from diagtool.files.written_files import Record

    names, differing = [], 0
    for name, content in files:
        names.append(name)
        present = writing.present(folder, name)
        if present == content:
            continue
        differing += 1
        path = folder / name
        missing = f"{path.as_posix()}: it is missing\n"
        tell(missing if present is None else told(path, present, content))
    over = {}
    if whole:
        from diagtool.checks.verify.leftovers import left_over_in

        over = left_over_in(whole, folder, names, suffixes)
        for path in Record(folder).gone(names, by):
            over.setdefault(path, "it is left over from an earlier run")
    for path, message in over.items():
        tell(f"{path.as_posix()}: {message}\n")
    if differing or over:
        left = f", and {len(over)} would not be written" if over else ""
        raise CommandError(
            f"{folder.as_posix()}: {differing} of {len(names)} files differ from what would be "
            f"written{left}"
        )
    say(f"{folder.as_posix()}: {len(names)} files are as they would be written")


def path(text: str) -> Path:
    """A path that an argument names, which an empty one does not."""
    if not text or "\0" in text:
        raise argparse.ArgumentTypeError(f"not a path: {text!r}")
    return Path(text)


def tell(text: str) -> None:
    """Writes text to standard output that neither a terminal nor a CI service acts on."""
    from diagtool.files import printable

    put(printable.lines(text))


def put(data: str | bytes) -> None:
    """Writes data to standard output, as UTF-8 whatever the terminal's encoding."""
    sys.stdout.flush()
    raw = data if isinstance(data, bytes) else data.encode("utf-8", "backslashreplace")
    sys.stdout.buffer.write(raw)
    sys.stdout.buffer.flush()


def say(text: str) -> None:
    """Tells the user something on a line of standard error."""
    from diagtool.files import printable

    print(printable.printable(text), file=sys.stderr)
