"""Which page of a site uses which of our files, so that those of no page can go.

A build notes each file before it writes it, a line each, and a full account at its end.
One that is killed leaves the lines: the next build reads what that one may have left
unwritten again, and takes its files for used until their pages have been written.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Set
from hashlib import sha256
from os.path import relpath
from pathlib import Path
from typing import TextIO

from diagtool.files.writing import write

_OURS = re.compile(r"_downloads/[0-9a-f]{16}/[^/\\]+|_images/[^/\\]+-[0-9a-f]{16}[0-9]*\.[a-z]+")


class OutputIndex:
    """The files of one site. Its own file lies in ``folder``, with those that Sphinx keeps."""

    def __init__(self, folder: Path, site: Path) -> None:
        self._site = site
        self._folder = folder
        # Several builders can share the folder, and all of it can be moved.
        which = sha256(Path(relpath(site, folder)).as_posix().encode()).hexdigest()[:16]
        self._name = f"topo-files-{which}.txt"
        self._pages: dict[str, set[str]] = {}
        self._written: dict[str, set[str]] = {}
        self._stream: TextIO | None = None
        self.unfinished: set[str] = set()
        self._look = ""
        for line in self._lines():
            match line:
                case ["page", str(page), *paths]:
                    self._pages.setdefault(page, set()).update(map(str, paths))
                case ["look", str(look)]:
                    self._look = look
                case ["read", *pages]:
                    self.unfinished.update(map(str, pages))

    @property
    def pages(self) -> Mapping[str, Set[str]]:
        """The files that each page uses."""
        return self._pages

    @property
    def written(self) -> Set[str]:
        """The pages that this build wrote."""
        return self._written.keys()

    def _lines(self) -> Iterable[object]:
        try:
            text = (self._folder / self._name).read_text("utf-8")
        except (OSError, UnicodeDecodeError):
            return
        for line in text.splitlines():
            try:
                yield json.loads(line)
            except ValueError:
                continue  # a build was killed while it wrote this

    def _note(self, *line: str) -> None:
        if self._stream is None:
            path = self._folder / self._name
            self._stream = path.open("a", encoding="utf-8", buffering=1)
            self._stream.write("\n")  # what a killed build began ends here
        self._stream.write(f"{json.dumps(line)}\n")

    def lacking(self, look: str) -> set[str] | None:
        """The pages that lack a file, None for all of them.

        ``look`` stands for all that decides what pictures look like.
        """
        if look != self._look:
            self._look = look
            return None
        return {
            page
            for page, paths in self._pages.items()
            if not all((self._site / path).is_file() for path in paths)
        }

    def read(self, pages: Iterable[str]) -> None:
        """Notes that pages are read, which then have to be written."""
        if pages := sorted(pages):
            self._note("read", *pages)

    def open(self, page: str) -> None:
        """Notes that a page is written: what it used before does not count any longer."""
        self._written[page] = set()

    def use(self, page: str, path: str) -> None:
        """Notes that a page uses a file of the site, before that file is written."""
        if path not in self._written[page]:
            self._written[page].add(path)
            if path not in self._pages.get(page, ()):
                self._note("page", page, path)

    def sweep(self, pages: Set[str]) -> None:
        """Removes the files that no page uses any more; ``pages`` are all that there are."""
        now = {page: paths for page, paths in self._pages.items() if page in pages}
        now.update(self._written)
        used = {path for paths in now.values() for path in paths}
        known = {path for paths in self._pages.values() for path in paths}
        for path in sorted(known - used):
            self._remove(path)
        self._pages = now

    def _remove(self, path: str) -> None:
        file = self._site / path
        if not _OURS.fullmatch(path) or file.is_symlink() or not file.is_file():
            return
        try:
            file.unlink()
            if path.startswith("_downloads/"):
                file.parent.rmdir()
        except OSError:
            pass  # somebody else put a file there, or keeps us from removing ours

    def settle(self, pages: Set[str]) -> None:
        """Writes the account of a build that has come to its end; see :meth:`sweep`."""
        self.sweep(pages)
        lines = [
            json.dumps(["page", page, *sorted(paths)])
            for page, paths in sorted(self._pages.items())
            if paths
        ]
        lines.append(json.dumps(["look", self._look]))
        write(self._folder, self._name, "".join(f"{line}\n" for line in lines).encode())

    def close(self) -> None:
        """Keeps no file open."""
        if self._stream is not None:
            self._stream.close()
            self._stream = None
