"""What a terminal can show: colours, and how far a long job has come."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterable, Iterator
from typing import TextIO, TypeVar

T = TypeVar("T")

PATIENCE = 1.0
"""After how many seconds a job counts as long."""

_WIDTH = 30


def has_color(stream: TextIO) -> bool:
    """Whether text on a stream may carry colours: ``NO_COLOR``, ``FORCE_COLOR``, a terminal."""
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def progress(items: Iterable[T], total: int, stream: TextIO | None = None) -> Iterator[T]:
    """The items, with a bar on standard error where that is a terminal and they take long."""
    stream = stream or sys.stderr
    start = time.monotonic()
    shown = False
    try:
        for number, item in enumerate(items, 1):
            yield item
            if stream.isatty() and time.monotonic() - start > PATIENCE:
                bar = ("#" * (_WIDTH * number // total)).ljust(_WIDTH)
                stream.write(f"\r[{bar}] {number}/{total}")
                stream.flush()
                shown = True
    finally:
        if shown:
            stream.write("\r\x1b[K")
            stream.flush()
