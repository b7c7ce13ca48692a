"""``diagtool lint``: whether hand-written pages say what the topology says."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from diagtool.cli import common, findings
from diagtool.model import Place, wording
from diagtool.model.diagnostics import Diagnostic, has_errors

HELP = "find sentences in hand-written pages and notes that contradict a topology"
EXAMPLES = (
    ("diagtool lint docs", "every .rst file in the folder"),
    ("diagtool lint README.rst -t shop.yaml", "one page, against a topology of your choice"),
    ("diagtool lint docs --strict", "an unused silence or a hint fails it, too"),
)

SUFFIXES = (".rst",)
SKIPPED = ("node_modules", "_build")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "paths",
        nargs="+",
        type=common.path,
        metavar="DOCS",
        help="a page, or a folder of pages",
    )
    common.add_topology(parser)
    parser.add_argument(
        "--strict", action="store_true", help="end with exit code 1 after any finding"
    )
    findings.add_format(parser)


def run(arguments: argparse.Namespace) -> int:
    from diagtool.checks import prose
    from diagtool.checks.prose import notes
    from diagtool.checks.split_lines import lines_of

    topology = common.load_topology(arguments)
    try:
        from diagtool.checks.prose import pages
    except ImportError:
        message = "reading pages needs docutils: pip install 'diagtool[sphinx]'"
        raise common.CommandError(message) from None
    sources = {path: lines_of(Path(path)) for path in topology.sources}
    found = prose.lint({"": topology}, [notes.page(topology, sources)])
    read = []
    for path in _files(arguments.paths):
        try:
            read.append(pages.read(path, wording.values(topology)))
        except pages.PageError as error:
            place = Place(path.as_posix(), 1, 1)
            found.append(Diagnostic("unreadable-artefact", place, f"cannot be read: {error}"))
    topologies = {"": topology, topology.id: topology}
    found += prose.lint(topologies, read)
    findings.put(arguments, found)
    skipped = prose.unjudged(topologies, read)
    for page in skipped:
        common.say(f"{page.path}: not judged: {page.reason}")
    judged = len(read) - len(skipped)
    count = "1 page" if judged == 1 else f"{judged} pages"
    common.say(f"{count} judged: {findings.summary(found)}")
    return 1 if has_errors(found) or not read or (arguments.strict and found) else 0


def _files(paths: list[Path]) -> list[Path]:
    """The files that are meant, each once, those of a folder in order, and shut folders."""
    files: list[Path] = []
    for path in paths:
        if not path.is_dir():
            files.append(path)
            continue
        closed: list[OSError] = []
        for folder, folders, names in os.walk(path, onerror=closed.append):
            folders[:] = sorted(f for f in folders if f not in SKIPPED and not f.startswith("."))
            files += [Path(folder, name) for name in sorted(names) if name.endswith(SUFFIXES)]
        files += [Path(error.filename) for error in closed]
    return list(dict.fromkeys(files))
