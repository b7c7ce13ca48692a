"""The manifest of an export: what it was made from and by what, and the files it wrote.

It goes by content alone, never by times, so that an export whose manifest still holds has
nothing left to do.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import diagtool
from diagtool.files import reading, writing
from diagtool.files.writing import OutputError
from diagtool.loading.discovery import MAIN

_LIBRARIES = ("blockdiag", "pillow", "pyyaml", "python-pptx", "reportlab", "resvg-py")


@dataclass(frozen=True, slots=True)
class Written:
    """A file of an export: its path, what else there is to say of it, and what was written."""

    path: Path
    facts: Mapping[str, object]
    sha256: str


class Manifest:
    """A manifest at a path, which need not exist yet.

    ``arguments`` are those of the export by name, ``named`` the files among them that it
    reads. Paths in a manifest are as seen from its folder.
    """

    def __init__(self, path: Path, arguments: Mapping[str, object], named: Iterable[Path]) -> None:
        self.path = path
        self._arguments = {
            name: self._seen(value) if isinstance(value, Path) else value
            for name, value in arguments.items()
        }
        self._named = tuple(named)
        self._sources: tuple[str, ...] = ()
        self._origin: dict[str, Any] = {}

    def refuse(self) -> None:
        """Raises OutputError where there is something else at its path than a manifest."""
        try:
            present = reading.read(self.path)
            listed = json.loads(present) if present else {"files": []}
        except FileNotFoundError:
            return
        except (OSError, ValueError, RecursionError):
            listed = None
        if not isinstance(listed, dict) or not isinstance(listed.get("files"), list):
            raise OutputError(
                f"cannot write {self.path.as_posix()}: it exists and is not a manifest"
            )

    def holds(self) -> bool:
        """Whether the export would read, and would write, just what the manifest lists."""
        try:
            listed = json.loads(reading.read(self.path))
            files = {entry["path"]: entry["sha256"] for entry in listed.pop("files")}
            sources = [self._path(seen) for seen in listed["inputs"]]
            return listed == self._made_from(sources) and files == self._digests(
                map(self._path, files)
            )
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return False

    def begin(self, sources: Iterable[str]) -> None:
        """Takes down what the export is made from; ``sources`` are the topology's files."""
        self._sources = tuple(sources)
        self._origin = self._made_from(map(Path, self._sources))

    def write(self, files: Iterable[Written], *, whole: bool) -> None:
        """Lists the files. Raises OutputError, also where it would take the place of one.

        An export that was not ``whole``, that had warnings to repeat, or whose sources changed
        meanwhile is never over: its manifest holds no more than the files.
        """
        entries: list[dict[str, object]] = []
        for file in files:
            if file.path.resolve() == self.path.resolve():
                raise OutputError(f"cannot write {self.path.as_posix()}: it was just exported")
            entries.append({"path": self._seen(file.path), **file.facts, "sha256": file.sha256})
        whole = whole and self._origin == self._made_from(map(Path, self._sources))
        listed = {**(self._origin if whole else {}), "files": entries}
        data = json.dumps(listed, indent=2, ensure_ascii=False) + "\n"
        writing.write(self.path.parent, self.path.name, data.encode())

    def _made_from(self, sources: Iterable[Path]) -> dict[str, Any]:
        """All that decides what an export writes."""
        return {
            "arguments": self._arguments,
            "program": _program(),
            "inputs": self._digests(inputs((*sources, *self._named))),
        }

    def _digests(self, paths: Iterable[Path]) -> dict[str, str | None]:
        return dict(sorted((self._seen(path), digest(path)) for path in paths))

    def _seen(self, path: Path) -> str:
        return Path(os.path.relpath(path, self.path.parent)).as_posix()

    def _path(self, seen: str) -> Path:
        return Path(os.path.normpath(self.path.parent / seen))


def _program() -> dict[str, str]:
    """The versions of all that has a say, and a digest of our own files."""
    versions = {"diagtool": diagtool.__version__, "python": sys.version.partition(" ")[0]}
    for folder in map(Path, sys.path):
        for info in folder.glob("*-info"):  # importlib.metadata takes longer than all the rest
            name, _, version = info.stem.partition("-")
            if (name := name.lower().replace("_", "-")) in _LIBRARIES:
                versions.setdefault(name, version)
    home = Path(diagtool.__file__).parent
    files = hashlib.sha256()
    for path in sorted(home.rglob("*.*"), key=str):
        name = path.as_posix()[len(home.as_posix()) :]
        if not name.endswith(".pyc"):
            files.update(f"{name} {digest(path)}\n".encode())
    return {**dict(sorted(versions.items())), "sha256": files.hexdigest()}


def inputs(sources: Iterable[Path]) -> set[Path]:
    """The files of topologies, with what has come to stand beside them and belongs to them."""
    files = set(sources)
    for path in tuple(files):
        if path.name == MAIN:
            files.update(p for p in path.parent.iterdir() if p.suffix in (".yaml", ".yml"))
    return files


def digest(path: Path) -> str | None:
    """The digest of a file's content, None where it cannot be read."""
    try:
        return hashlib.sha256(reading.read(path)).hexdigest()
    except OSError:
        return None
