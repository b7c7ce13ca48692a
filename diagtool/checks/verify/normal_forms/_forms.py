"""Which normal form is whose."""

from __future__ import annotations

import codecs
from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import Protocol, cast

from diagtool.checks.readers import File
from diagtool.checks.split_lines import control_characters
from diagtool.checks.verify.normal_forms._pieces import Form
from diagtool.files import modules


class Module(Protocol):
    """A module of this package, as the rest of the house sees it."""

    SUFFIXES: tuple[str, ...]
    form: Callable[[File], Form]


@cache
def suffixes() -> dict[str, str]:
    """The names of modules by the suffixes of their files, the longest first."""
    found = {suffix: name for name in modules.beside(__file__) for suffix in _get(name).SUFFIXES}
    return dict(sorted(found.items(), key=lambda item: -len(item[0])))


def form_of(file: File) -> Form | None:
    """The normal form of a file, by its suffix; None for a format that has none.

    Raises ReadError for a file that is not of its format.
    """
    path = file.path.lower()
    name = next((name for suffix, name in suffixes().items() if path.endswith(suffix)), None)
    form = _get(name).form(file) if name else None
    if form and form.by_lines:
        # What programs trip over, or do not read as they do a line end or blank.
        if file.content.startswith(codecs.BOM_UTF8):
            form.describe("a byte order mark", file.place())
        for name, line, column in control_characters(file.text()):
            form.describe(f"the control character {name}", file.place(line, column))
    return form


def _get(name: str) -> Module:
    return cast(Module, import_module(f"{__package__}.{name}"))
