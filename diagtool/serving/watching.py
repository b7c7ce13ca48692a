"""Tells when files have changed, by looking at them again and again.

The few files of a topology are looked at in less than a millisecond, on every system and every
kind of file system alike, network shares and containers included.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

SUFFIXES = (".yaml", ".yml", ".json", ".toml")
"""What the names of files end in that may come to belong to a topology."""

PAUSE = 0.02
"""Seconds from one look to the next."""

SETTLED = 0.01
"""For how many seconds files must stay the same: an editor may be about to write the rest."""

Signature = dict[str, tuple[int, int, int]]


def beside(sources: Iterable[Path]) -> Signature:
    """The state of some files, and of those beside them that may come to belong to them."""
    found: Signature = {}
    for path in sources:
        _look(found, path)
    for folder in {path.parent for path in sources}:
        with suppress(OSError), os.scandir(folder) as entries:
            for entry in entries:
                if entry.name.endswith(SUFFIXES):
                    _look(found, Path(entry.path))
    return found


def below(folder: Path, skipped: Iterable[Path] = ()) -> Signature:
    """The state of all files in a folder and in those within, but for hidden and skipped ones."""
    found: Signature = {}
    left = {os.path.realpath(path) for path in skipped}
    for above, folders, names in os.walk(folder):
        folders[:] = [
            name
            for name in folders
            if not name.startswith((".", "_build", "__pycache__"))
            and os.path.realpath(os.path.join(above, name)) not in left  # noqa: PTH118
        ]
        for name in names:
            if not name.startswith("."):
                _look(found, Path(above, name))
    return found


def follow(look: Callable[[], Signature], act: Callable[[], None], pause: float = PAUSE) -> None:
    """Acts at once, and then after each change of what a look gives, for ever."""
    known: Signature | None = None
    while True:
        seen = look()
        if seen == known:
            time.sleep(pause)
            continue
        while known is not None:
            time.sleep(SETTLED)
            settled = look()
            if settled == seen:
                break
            seen = settled
        act()
        # What is looked at from now on, since it was read, has not changed by that.
        known = {**look(), **seen}


def _look(found: Signature, path: Path) -> None:
    with suppress(OSError, ValueError):
        status = path.stat()
        found[str(path)] = status.st_mtime_ns, status.st_size, status.st_ino
