"""The topologies of a project as its author's editor has them, saved or not."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from diagtool.files import reading
from diagtool.loading import discovery, loader, yaml_file
from diagtool.model import Severity, Topology
from diagtool.model.diagnostics import Diagnostic
from diagtool.serving.lsp import conf as conf_py
from diagtool.serving.lsp import names
from diagtool.serving.lsp.names import Name, NameKind, Occurrence

PAGES = (".rst", ".md", ".txt", ".inc")
"""What the names of pages end in."""

_LARGEST_PAGE = 4 * 1024 * 1024
_TOPOLOGY = re.compile(r"^(?:format|extends|services|components)\s*:", re.MULTILINE)
_SKIPPED = ("node_modules", "__pycache__")


@dataclass
class State:
    """A topology at a path: its last good state, and what is wrong now with which files."""

    path: Path
    topology: Topology | None = None
    findings: tuple[Diagnostic, ...] = ()
    files: tuple[Path, ...] = ()
    stamp: tuple[object, ...] | None = None
    """What its files were when it was read."""


@dataclass
class Project:
    """All that is known of the topologies in a folder. ``texts`` are those of open files."""

    root: Path | None = None
    texts: dict[Path, str] = field(default_factory=dict)
    _states: dict[Path, State] = field(default_factory=dict)
    _files: dict[Path, yaml_file.File] = field(default_factory=dict)

    def about(self, path: Path) -> list[State]:
        """The topologies that a file is part of, read again; for a page, all of them.

        What others extend is told of as a part of those.
        """
        if path.suffix not in (".yaml", ".yml"):
            return [self.read(known) for known in self._paths()]
        own = self._own(path)
        known = [self._states.get(other) or self.read(other) for other in self._paths()]
        others = [s.path for s in known if path in s.files and s.path != own]
        return [self.read(each) for each in others or ([own] if own else [])]

    def _paths(self) -> list[Path]:
        """Where the topologies of the project are."""
        found: list[Path] = []
        if self.root is not None:
            found += discovery.topologies(self.root / discovery.FOLDER)
            with suppress(discovery.DiscoveryError, OSError):
                found.append(discovery.find(self.root))
        for path in self.texts:
            if path.suffix in (".yaml", ".yml") and (own := self._own(path)):
                found += [own, *discovery.topologies(own.parent)]
        return list(dict.fromkeys(found))

    def read(self, path: Path) -> State:
        """A topology as it is now; where it is broken, with what it was when it was not."""
        state = self._states.setdefault(path, State(path))
        if state.stamp is not None and state.stamp == self._stamp(state):
            return state
        loaded = loader.read(path, self.texts)
        state.findings = loaded.diagnostics
        state.files = loaded.paths
        if loaded.topology is not None:
            state.topology = loaded.topology
        state.stamp = self._stamp(state)
        return state

    def _stamp(self, state: State) -> tuple[object, ...]:
        """Stands for what the files of a topology are: the same as long as they are."""
        catalogues = map(Path, state.topology.sources if state.topology else ())
        listed = dict.fromkeys((*state.files, *catalogues))
        with suppress(OSError):
            listed = dict.fromkeys((*listed, *yaml_file.topology_files(state.path)))
        return tuple((path, self.texts.get(path) or _changed(path)) for path in listed)

    def _own(self, path: Path) -> Path | None:
        """The topology that a file makes up or belongs to, None where it is another YAML file."""
        if (path.parent / discovery.MAIN).is_file():
            return path.parent
        text = self.text(path)
        return path if text is not None and _TOPOLOGY.search(text) else None

    def text(self, path: Path) -> str | None:
        """What a file holds, as far as it is open or can be read."""
        if path in self.texts:
            return self.texts[path]
        try:
            return reading.read(path, _LARGEST_PAGE).decode("utf-8-sig")
        except (OSError, UnicodeDecodeError):
            return None

    # --- names ----------------------------------------------------------------------------

    def occurrences(self, state: State, *, pages: bool = False) -> list[Occurrence]:
        """Where a topology's files name something, as they last were good, and its pages."""
        found = [o for path in state.files for o in names.in_file(self._file(path)) if o]
        defined = {o.name for o in found if o.defines}
        found = [resolved for o in found if (resolved := _resolved(o, defined))]
        for path in self._pages() if pages else ():
            called = self.called(state, path)
            on_page = names.in_page(path.as_posix(), self.text(path) or "", called)
            found += [o for o in on_page if o.name in defined]
        return found

    def called(self, state: State, page: Path) -> Collection[str]:
        """What a page calls a topology: as its ``conf.py`` does, else by its id."""
        for folder in page.parents:
            conf = folder / "conf.py"
            if source := self.text(conf) if conf.is_file() else None:
                named = conf_py.named(folder, source)
                own = state.path.resolve()
                if found := [name for name, path in named.items() if path.resolve() == own]:
                    return found
                break
            if folder == self.root:
                break
        return [state.topology.id] if state.topology else []

    def defined(self, state: State) -> list[Name]:
        """The names that a topology defines which is not in order now."""
        if all(finding.severity is not Severity.ERROR for finding in state.findings):
            return []
        return [o.name for o in self.occurrences(state) if o.defines]

    def is_current(self, path: Path) -> bool:
        """Whether a file can be read as it is now."""
        text = self.text(path)
        return text is not None and yaml_file.parse(path.as_posix(), text, _unheard) is not None

    def _file(self, path: Path) -> yaml_file.File:
        text = self.text(path)
        file = yaml_file.parse(path.as_posix(), text, _unheard) if text is not None else None
        if file is not None:
            self._files[path] = file
        return self._files.get(path) or yaml_file.File(path.as_posix(), [], None)

    def _pages(self) -> Iterator[Path]:
        """The pages of the project, and those that are open."""
        found = {path for path in self.texts if path.suffix in PAGES}
        for above, folders, files in os.walk(self.root) if self.root else ():
            folders[:] = [f for f in folders if not f.startswith((".", "_")) and f not in _SKIPPED]
            found |= {Path(above, name) for name in files if name.endswith(PAGES)}
        return iter(sorted(found))


def _changed(path: Path) -> int:
    """When a file was changed, 0 where there is none."""
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


def at(occurrences: Sequence[Occurrence], path: Path, line: int, column: int) -> Occurrence | None:
    """The name at a place in a file; line and column from 1."""
    for occurrence in occurrences:
        place = occurrence.place
        if (place.path, place.line) == (path.as_posix(), line) and (
            place.column <= column <= place.column + len(occurrence.name.id)
        ):
            return occurrence
    return None


def _resolved(occurrence: Occurrence, defined: set[Name]) -> Occurrence | None:
    """The occurrence of something that is defined; one of several hosts alike is that of all."""
    name = occurrence.name
    if name in defined:
        return occurrence
    entry = Name(NameKind.HOST, name.id.rstrip("0123456789"))
    if name.kind is NameKind.HOST and entry in defined:
        return occurrence._replace(name=entry)
    return None


def _unheard(finding: Diagnostic) -> None:
    """What is wrong with a file is told elsewhere."""
