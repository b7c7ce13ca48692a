"""``diagtool render``: the guide's pages for projects without our Sphinx extension."""

from __future__ import annotations

import argparse
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from diagtool.cli import common, stale_files
from diagtool.files import writing

if TYPE_CHECKING:
    from diagtool.checks.redaction import Veil

HELP = "write the guide as plain reStructuredText or Markdown, and sample config"
EXAMPLES = (
    ("diagtool render -o docs/ha", "pages with blockdiag and code blocks"),
    ("diagtool render -f markdown -o docs/ha", "for GitHub, GitLab and MkDocs, with Mermaid"),
    ("diagtool render -f markdown-svg -o docs/ha", "where nothing draws Mermaid"),
    ("diagtool render -o etc --values values.yaml", "config with values in place of placeholders"),
    ("diagtool render -o docs/ha --check", "whether they are as they would be written"),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    common.add_topology(parser)
    parser.add_argument(
        "-o",
        "--output",
        type=common.path,
        metavar="DIR",
        required=True,
        help="the folder of the files",
    )
    parser.add_argument(
        "-f",
        "--format",
        choices=("rst", "markdown", "markdown-svg"),
        default="rst",
        help="the format of the pages: rst, with pictures as blockdiag sources; markdown, with "
        "pictures in Mermaid; markdown-svg, with SVG files beside the page (default: rst)",
    )
    parser.add_argument(
        "--values",
        type=common.path,
        metavar="FILE",
        help="a YAML file with the values of placeholders by name, for the config; placeholders "
        "without a value are reported",
    )
    writes = parser.add_mutually_exclusive_group()
    writes.add_argument(
        "--check",
        action="store_true",
        help="write nothing: compare the files with what would be written, print the "
        "differences, and end with exit code 1 if there are any",
    )
    stale_files.add_argument(writes)


def run(arguments: argparse.Namespace) -> int:
    from diagtool import exporting
    from diagtool.guide import markdown, renderer

    topology = common.load_topology(arguments)
    values = common.values(arguments.values, topology) if arguments.values else {}
    try:
        files = exporting.render(topology, arguments.format, values)
    except renderer.GuideError as error:
        raise common.CommandError(str(error)) from None
    suffixes = partial(_suffixes, markdown.DIALECTS[arguments.format].PICTURES)
    if arguments.check:
        encoded = ((name, content.encode()) for name, content in files.items())
        from diagtool.checks.redaction import Veil

        veil = Veil(topology, values)
        common.compare(
            arguments.output,
            encoded,
            partial(_diff, veil),
            whole=topology,
            suffixes=suffixes(),
            by=["render"],
        )
        return 0
    changed = [
        name
        for name, content in files.items()
        if writing.write(arguments.output, name, content.encode())
    ]
    common.say(f"{arguments.output.as_posix()}: {len(changed)} of {len(files)} files changed")
    now = {n: ("render", sha256(text.encode()).hexdigest()) for n, text in files.items()}
    stale_files.settle(topology, arguments.output, now, ["render"], suffixes, prune=arguments.prune)
    return 0


def _suffixes(pictures: str) -> tuple[str, ...]:
    """What the files end in that can be told to be left over."""
    from diagtool.checks.verify.leftovers import CONFIG

    return (*CONFIG, f".{pictures}") if pictures else CONFIG


def _diff(veil: Veil, path: Path, present: bytes, due: bytes) -> str:
    """The lines in which a file differs, without what is secret in them."""
    import difflib

    try:
        old, new = (data.decode().splitlines(keepends=True) for data in (present, due))
    except UnicodeDecodeError:
        return f"{path.as_posix()}: it differs, and is not text\n"
    old, new = veil.lines(old), veil.lines(new)
    if old == new:
        return f"{path.as_posix()}: it differs in a secret value\n"
    lines = difflib.unified_diff(old, new, path.as_posix(), f"{path.as_posix()} (would be written)")
    return "".join(line if line.endswith("\n") else f"{line}\n" for line in lines)
