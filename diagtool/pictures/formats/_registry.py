"""The formats that pictures are written in, one module each.

To add a format, add a module here. Its name is the format's name; it holds

* ``SUFFIX``, what the names of its files end in, such as ``".svg"``;
* ``KIND``, a :class:`FormatKind`, which says what its ``write`` is given;
* ``write``, which gives the file's content;
* ``edited``, where people edit such files: ``edited(content: bytes) -> bool`` says whether
  a file is no longer as ``write`` gave it.

The command line, the API and the reference find it here; ``docs/contributing/adding.rst``
says what ``verify`` and the tests need. A module whose name starts with ``_`` is no format.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from functools import cache
from importlib import import_module
from typing import Protocol, cast

from diagtool.files import modules
from diagtool.pictures.themes import Theme, load


class FormatError(Exception):
    """A picture that cannot be written; the message says why and what helps."""


class FormatKind(Enum):
    """What a format is written from.

    ===========  ===================================================================
    ``TEXT``     ``write(diagram: Diagram) -> str``
    ``DRAWN``    ``write(drawing: Drawing, look: Look) -> bytes``
    ``PAGED``    ``write(drawings: Sequence[Drawing], look: Look) -> bytes``; one
                 file holds one or many
    ===========  ===================================================================
    """

    TEXT = "text"
    DRAWN = "drawn"
    PAGED = "paged"


def _log(warning: str) -> None:
    import logging  # late: what draws nothing has no use for it

    logging.getLogger(__name__).warning(warning)


@dataclass(frozen=True, slots=True)
class Look:
    """How a drawing is shown. ``scale`` is 1 for the drawing's own size.

    ``transparent`` leaves out the page behind the picture. ``font`` is the file of a
    TrueType font for letters that the shipped one lacks, ``template`` that of a deck whose
    layouts slides take. ``warn`` is called with a sentence for each thing that a picture
    cannot show.
    """

    theme: Theme = field(default_factory=load)
    scale: float = 1
    transparent: bool = False
    font: str | None = None
    template: str | None = None
    warn: Callable[[str], None] = field(default=_log, compare=False, repr=False)


class Format(Protocol):
    """A module of this package, as the rest of the house sees it."""

    SUFFIX: str
    KIND: FormatKind
    write: Callable[..., str | bytes]


@cache
def names() -> tuple[str, ...]:
    """The names of all formats."""
    return modules.beside(__file__)


def get(name: str) -> Format:
    """The format of this name. Raises FormatError where there is none."""
    if name not in names():
        raise FormatError(f"no format {name!r}: the formats are {', '.join(names())}")
    return cast(Format, import_module(f"{__package__}.{name}"))


def edited(name: str) -> Callable[[bytes], bool] | None:
    """What tells of a format's files whether people edited them, None where people don't."""
    return getattr(get(name), "edited", None)


def by_suffix(suffix: str) -> Format:
    """The format whose files end in ``suffix``. Raises FormatError where there is none."""
    formats = [get(name) for name in names()]
    for format in formats:
        if suffix.lower() == format.SUFFIX:
            return format
    known = ", ".join(format.SUFFIX for format in formats)
    raise FormatError(f"no format ends in {suffix!r}: name a file that ends in one of {known}")
