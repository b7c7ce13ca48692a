"""Files as they were at a revision of a Git repository.

``git`` is run without a shell, gets revisions and object names only after they were checked, and
nothing that it runs can be told by a repository's content to run something else.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

SUFFIXES = (".yaml", ".yml", ".json", ".toml")
"""What the names of files end in that a topology can be read from."""

_TIMEOUT = 120
_LINK = "120000"
_FILES = ("100644", "100755")
_ENTRY = re.compile(rb"(\d{6}) \w+ ([0-9a-f]{40,64})\t(.+)", re.DOTALL)
_RANGE = re.compile(r"(?P<old>.*?)(?P<dots>\.{2,3})(?P<new>.*)", re.DOTALL)


class RevisionError(Exception):
    """A revision that cannot be read; the message says why."""


@dataclass(frozen=True, slots=True)
class Repository:
    """The repository around a folder; ``top`` is the folder that holds all of its files."""

    top: Path

    @classmethod
    def around(cls, folder: Path) -> Repository:
        """The repository that a folder lies in. Raises RevisionError where it lies in none."""
        shown = _git(folder, "rev-parse", "--show-toplevel").decode("utf-8", "surrogateescape")
        return cls(Path(shown.rstrip("\n")).resolve())

    def between(self, text: str) -> tuple[str, str]:
        """The two revisions of ``A..B``, or of ``A...B``, which starts where both parted."""
        match = _RANGE.fullmatch(text)
        if not match:
            raise RevisionError(f"'{text}' is not a range of revisions such as main..HEAD")
        old, new = match["old"] or "HEAD", match["new"] or "HEAD"
        if match["dots"] == "..":
            return old, new
        commits = self._commit(old), self._commit(new)
        try:
            parted = _git(self.top, "merge-base", *commits).decode().strip()
        except RevisionError:
            raise RevisionError(f"'{old}' and '{new}' have no commit in common") from None
        return parted[:12], new  # as many as Git itself shows of a large history

    @contextmanager
    def files(self, revision: str, named: Sequence[PurePosixPath] = ()) -> Iterator[Path]:
        """A folder with the files of a revision as long as the context lasts.

        These are the ``named`` ones, and those whose names end in one of :data:`SUFFIXES`. Raises
        RevisionError.
        """
        suffixes = {*SUFFIXES, *(path.suffix for path in named if path.suffix)}
        commit = self._commit(revision)
        listed = [entry for entry in self._entries(commit) if entry.is_wanted(suffixes)]
        with TemporaryDirectory(prefix="diagtool-") as temporary:
            folder = Path(temporary).resolve()
            links = []
            for entry, content in zip(listed, self._contents(listed), strict=True):
                path = folder / entry.path
                path.parent.mkdir(parents=True, exist_ok=True)
                if entry.mode == _LINK:  # last of all, lest a file be written through one
                    links.append((path, os.fsdecode(content)))
                else:
                    path.write_bytes(content)
            _link(folder, links)
            yield folder

    def _commit(self, revision: str) -> str:
        """The name of the commit that a revision means."""
        if not revision.isprintable() or revision.startswith("-"):
            raise RevisionError(f"{revision!r} is not a revision")
        named = f"{revision}^{{commit}}"
        try:
            found = _git(self.top, "rev-parse", "--verify", "--quiet", "--end-of-options", named)
        except RevisionError as error:
            reason = f": {error}" if str(error) else ""
            raise RevisionError(f"there is no revision '{revision}'{reason}") from None
        return found.decode().strip()

    def _entries(self, commit: str) -> Iterator[_Entry]:
        listed = _git(self.top, "ls-tree", "-r", "-z", "--full-tree", commit)
        for line in listed.split(b"\0"):
            if match := _ENTRY.fullmatch(line):
                mode, name, path = match[1].decode(), match[2].decode(), os.fsdecode(match[3])
                yield _Entry(mode, name, PurePosixPath(path))

    def _contents(self, entries: Sequence[_Entry]) -> Iterator[bytes]:
        """What files hold, as it is stored: no filter of the repository's runs."""
        names = "".join(f"{entry.name}\n" for entry in entries)
        answer = _git(self.top, "cat-file", "--batch", given=names.encode())
        at = 0
        for entry in entries:
            end = answer.index(b"\n", at)
            size = answer[at:end].split()[-1]
            if not size.isdigit():  # a partial clone that has it not
                raise RevisionError(f"{entry.path} is missing from the repository")
            at = end + 1 + int(size) + 1
            yield answer[end + 1 : at - 1]


@dataclass(frozen=True, slots=True)
class _Entry:
    """A file of a revision: its kind, the name of its content and its path from the top."""

    mode: str
    name: str
    path: PurePosixPath

    def is_wanted(self, suffixes: set[str]) -> bool:
        if self.path.is_absolute() or ".." in self.path.parts or ":" in self.path.parts[0][1:2]:
            return False
        return self.mode == _LINK or (self.mode in _FILES and self.path.suffix in suffixes)


def _link(folder: Path, links: Sequence[tuple[Path, str]]) -> None:
    """Makes links, none of which leads out of the folder."""
    for path, target in links:
        with suppress(OSError, ValueError):
            path.symlink_to(target)
    for path, _ in links:
        with suppress(OSError, RuntimeError):
            if path.is_symlink() and not path.resolve().is_relative_to(folder):
                path.unlink()


def _git(folder: Path, command: str, *arguments: str, given: bytes = b"") -> bytes:
    """What a command of Git prints. Raises RevisionError with what it complains of."""
    program = shutil.which("git")
    if program is None:
        raise RevisionError("comparing revisions needs git, which is not installed")
    surroundings = {"LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0"}
    try:
        done = subprocess.run(
            [program, "-C", str(folder), command, *arguments],
            input=given,
            capture_output=True,
            check=False,
            env={**os.environ, **surroundings},
            timeout=_TIMEOUT,
        )
    except subprocess.TimeoutExpired:
        raise RevisionError(f"git {command} took more than {_TIMEOUT} seconds") from None
    if done.returncode:
        complaint = done.stderr.decode("utf-8", "replace").strip().partition("\n")[0]
        raise RevisionError(complaint.removeprefix("fatal: "))
    return done.stdout
