"""The kinds of files that a snapshot may hold, one module each.

To add a kind, add a module here; it holds

* ``WHAT``, what such files are called;
* ``fits``, whether a file is of this kind, by its name and, where several kinds share one, by
  what it holds; ``inner`` is its path on its host, or in the host's folder;
* ``take``, which adds what a file says to a
  :class:`~diagtool.checks.running_system.observations.Seen`. It raises
  :class:`~diagtool.checks.readers.ReadError` for a file that is not what it looks like.

Files may come from strangers: nothing in one is run, followed or looked up, and time and memory
are bounded by its size. A module whose name starts with ``_`` is no kind.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import Protocol, cast

from diagtool.checks.readers import File
from diagtool.checks.running_system.observations import Seen
from diagtool.files import modules


class Source(Protocol):
    """A module of this package, as the rest of the house sees it."""

    WHAT: str
    fits: Callable[[File, str], bool]
    take: Callable[[File, str, str, Seen], None]


@cache
def names() -> tuple[str, ...]:
    """The names of all kinds."""
    return modules.beside(__file__)


def get(name: str) -> Source:
    """The kind of this name."""
    return cast(Source, import_module(f"{__package__}.{name}"))


def source_of(file: File, inner: str) -> Source | None:
    """The kind of a file, None where there is none."""
    return next((source for source in map(get, names()) if source.fits(file, inner)), None)
