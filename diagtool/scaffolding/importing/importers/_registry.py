"""The kinds of files that a topology can be made from, one module each.

To add a kind, add a module here; it holds

* ``WHAT``, what such files are called;
* ``fits``, whether a file (a :class:`~diagtool.checks.readers.File`) is of this kind, by its
  name and, where several kinds share one, by what it holds;
* ``take``, which adds what a file says to a
  :class:`~diagtool.scaffolding.importing.draft.Draft`, with a remark on everything that it does
  not understand. It raises :class:`~diagtool.checks.readers.ReadError` for a file that is not
  what it looks like.

Files may come from strangers: nothing in one is run, followed or looked up, and time and memory
are bounded by its size. A module whose name starts with ``_`` is no kind.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import Protocol, cast

from diagtool.checks.readers import File
from diagtool.files import modules
from diagtool.scaffolding.importing.draft import Draft


class Importer(Protocol):
    """A module of this package, as the rest of the house sees it."""

    WHAT: str
    fits: Callable[[File], bool]
    take: Callable[[File, Draft], None]


@cache
def names() -> tuple[str, ...]:
    """The names of all importers."""
    return modules.beside(__file__)


def get(name: str) -> Importer:
    """The importer of this name."""
    return cast(Importer, import_module(f"{__package__}.{name}"))


def importer_of(file: File) -> Importer | None:
    """The importer of a file, None where there is none."""
    return next((importer for importer in map(get, names()) if importer.fits(file)), None)
