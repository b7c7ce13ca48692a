"""From files to the text of a topology, with what was not understood of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from diagtool.checks import readers
from diagtool.checks.readers import ReadError
from diagtool.model import Place
from diagtool.model.diagnostics import Diagnostic
from diagtool.scaffolding.importing import importers
from diagtool.scaffolding.importing.draft import Draft, DraftError
from diagtool.scaffolding.importing.topology_text import topology_text


@dataclass(frozen=True, slots=True)
class Imported:
    """The text of a topology, empty where a file cannot be used; and what was found."""

    text: str
    diagnostics: Sequence[Diagnostic]


def from_files(paths: Iterable[Path], title: str) -> Imported:
    """One topology from all that files say."""
    draft, unusable, place = Draft(), [], Place()
    for path in paths:
        place = Place(path.as_posix(), 1, 1)
        try:
            _take(path, draft)
        except ReadError as error:
            where = Place(place.path, error.line, error.column)
            unusable.append(Diagnostic("unreadable-artefact", where, str(error)))
        except DraftError as error:
            unusable.append(Diagnostic("unreadable-artefact", place, str(error)))
    text = ""
    if not unusable:
        try:
            text = topology_text(draft, title)
        except DraftError as error:
            unusable.append(Diagnostic("unreadable-artefact", place, str(error)))
    found = sorted(dict.fromkeys(draft.found), key=_order)
    return Imported(text, (*unusable, *found))


def _take(path: Path, draft: Draft) -> None:
    file = readers.load(path)
    importer = importers.importer_of(file)
    if importer is None:
        kinds = ", ".join(importers.get(name).WHAT for name in importers.names())
        raise ReadError(f"this kind of file cannot be imported; these can: {kinds}")
    importer.take(file, draft)


def _order(found: Diagnostic) -> tuple[str, int, int]:
    return found.place.path, found.place.line, found.place.column
