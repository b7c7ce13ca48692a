"""What was written into a folder, so that what is not written any more can be removed.

The record lies in the folder. It says of each file by what it was written, and its digest:
nothing else is ever removed, and nothing that somebody has changed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from pathlib import Path

from diagtool.files import reading, writing

NAME = ".diagtool-files.json"

_MOST = 16 * 1024 * 1024


class Record:
    """The record of a folder, which need not have one yet."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._files: dict[str, tuple[str, str]] = {}
        try:
            listed = json.loads(reading.read(folder / NAME, _MOST))
            for name, (by, digest) in listed["files"].items():
                self._files[name] = str(by), str(digest)
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            self._files = {}

    @property
    def exists(self) -> bool:
        """Whether there is one."""
        return (self.folder / NAME).is_file()

    def gone(self, written: Collection[str], by: Collection[str]) -> dict[Path, bool]:
        """The files that one of ``by`` wrote, that are there, and that are not ``written`` now.

        It says of each whether it is as it was written.
        """
        found = {}
        for name, (writer, digest) in sorted(self._files.items()):
            path = self.folder / name
            if writer not in by or name in written or path.is_symlink() or not path.is_file():
                continue
            if path.resolve().is_relative_to(self.folder.resolve()):
                found[path] = _digest(path) == digest
        return found

    def write(self, written: Mapping[str, tuple[str, str]], by: Collection[str]) -> None:
        """Takes down what was written, by what, with its digest, and forgets what is gone.

        Raises OutputError.
        """
        kept = {
            name: entry
            for name, entry in self._files.items()
            if entry[0] not in by or (self.folder / name).is_file()
        }
        kept.update(written)
        content = json.dumps({"files": dict(sorted(kept.items()))}, indent=2, ensure_ascii=False)
        writing.write(self.folder, NAME, f"{content}\n".encode())


def _digest(path: Path) -> str:
    try:
        return hashlib.sha256(reading.read(path)).hexdigest()
    except OSError:
        return ""
