"""Files of the past: what a command wrote before, and does not write any more."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from diagtool.cli import common
from diagtool.files.written_files import NAME, Record

if TYPE_CHECKING:
    from diagtool.model import Topology


def add_argument(writes: argparse._ActionsContainer) -> None:
    """The argument that has such files removed."""
    writes.add_argument(
        "--prune",
        action="store_true",
        help="also remove files that an earlier run wrote and this one does not, unless they were "
        f"changed; the list of written files is kept in the folder, in {NAME}",
    )


def settle(
    topology: Topology,
    folder: Path,
    written: Mapping[str, tuple[str, str]],
    by: Collection[str],
    suffixes: Callable[[], tuple[str, ...]],
    *,
    prune: bool,
) -> None:
    """Names what is left over in a folder, or removes it, once all else is written.

    ``written`` are files by name, each with what wrote it, which is one of ``by``, and its digest.
    ``suffixes`` gives those of the files that these can write.
    """
    record = Record(folder)
    gone = record.gone(written, by)
    for path, is_ours in gone.items():
        if not prune:
            common.say(f"{path.as_posix()}: left over from an earlier run (--prune removes it)")
        elif is_ours:
            path.unlink()
            common.say(f"{path.as_posix()}: removed, as it would not be written any more")
        else:
            common.say(f"{path.as_posix()}: left over from an earlier run, and changed since: kept")
    if prune or record.exists:
        record.write(written, by)
    for path, message in _of_no_record(topology, folder, written, suffixes).items():
        if path not in gone:
            common.say(f"{path.as_posix()}: left over: {message}")


def _of_no_record(
    topology: Topology,
    folder: Path,
    written: Collection[str],
    suffixes: Callable[[], tuple[str, ...]],
) -> dict[Path, str]:
    """What nobody wrote down, and yet shows that it was made from the topology."""
    there = folder.iterdir() if folder.is_dir() else ()
    if all(path.name in written or path.name == NAME for path in there):  # as nearly always
        return {}
    from diagtool.checks.verify.leftovers import left_over_in

    return left_over_in(topology, folder, written, suffixes())
