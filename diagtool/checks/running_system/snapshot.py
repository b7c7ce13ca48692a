"""A folder with what was collected from a deployment, read into facts."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from diagtool.checks import readers
from diagtool.checks.readers import ReadError
from diagtool.checks.running_system import sources
from diagtool.checks.running_system.observations import Seen
from diagtool.model import Place, Severity
from diagtool.model.diagnostics import Diagnostic

MATCH = "match.yaml"
"""The file that tells which names are which part."""

FILES = "files"
"""The folder of a host in which its files lie, each under its path there."""

ABOUT = "snapshot.json"
"""The file that says when it was collected."""

NOT_KNOWN = "nothing in it is understood"

_DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")

MOST_FILES = 20_000
"""How many files a snapshot may have."""


@dataclass(slots=True)
class Snapshot:
    """What a folder holds. ``found`` are the files in it that cannot be used.

    ``collected`` is the day on which that was done, empty where nothing says so.
    """

    folder: Path
    seen: Seen = field(default_factory=Seen)
    files: int = 0
    collected: str = ""
    found: list[Diagnostic] = field(default_factory=list)


def read(folder: Path) -> Snapshot:
    """Everything in a folder that is understood; a file that cannot be used is a finding."""
    snapshot = Snapshot(folder, collected=_day(folder / ABOUT))
    for path, inside in _files(folder, snapshot.found):
        try:
            _take(snapshot, path, inside)
        except ReadError as error:
            place = Place(path.as_posix(), error.line, error.column)
            snapshot.found.append(Diagnostic("unreadable-artefact", place, str(error)))
    return snapshot


def _day(path: Path) -> str:
    """The day that a file says a snapshot was collected on."""
    try:
        said = json.loads(readers.load(path).text())
    except (ReadError, ValueError, RecursionError):
        return ""
    day = said.get("collected") if isinstance(said, dict) else None
    return day if isinstance(day, str) and _DAY.fullmatch(day) else ""


def _take(snapshot: Snapshot, path: Path, inside: tuple[str, ...]) -> None:
    """Reads a file; the first of several names on its way is that of its host."""
    host, rest = ("", inside) if len(inside) == 1 else (inside[0], inside[1:])
    inner = "/".join(rest)
    if rest[0] == FILES:
        inner = "/" + "/".join(rest[1:])
    file = readers.load(path)
    source = sources.source_of(file, inner)
    if source is None:
        snapshot.found.append(
            Diagnostic("not-verified", file.place(), NOT_KNOWN, rated=Severity.HINT)
        )
        return
    snapshot.files += 1
    source.take(file, host, inner, snapshot.seen)


def _files(folder: Path, found: list[Diagnostic]) -> Iterator[tuple[Path, tuple[str, ...]]]:
    """Each regular file, and the names on the way to it; what hides is passed over.

    A symbolic link could lead to what nobody meant to show.
    """
    closed: list[OSError] = []
    count = 0
    for root, folders, names in os.walk(folder, onerror=closed.append):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = Path(root, name)
            inside = path.relative_to(folder).parts
            if name.startswith(".") or inside in ((MATCH,), (ABOUT,)):
                continue
            count += 1
            place = Place(path.as_posix(), 1, 1)
            if count > MOST_FILES:
                message = f"the snapshot has more than {MOST_FILES:,} files"
                found.append(Diagnostic("unreadable-artefact", place, message))
                return
            if path.is_symlink():
                message = "it is a symbolic link, which is not followed"
                found.append(Diagnostic("unreadable-artefact", place, message))
                continue
            yield path, inside
    for error in closed:
        place = Place(Path(error.filename).as_posix(), 1, 1)
        message = f"the folder cannot be read: {error.strerror}"
        found.append(Diagnostic("unreadable-artefact", place, message))
