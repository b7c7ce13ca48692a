"""What is shown of a topology that is being written: its last good state, and what is wrong now."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Lock, Thread
from typing import Any
from urllib.parse import quote

from diagtool import exporting
from diagtool.checks import manifest
from diagtool.files.printable import printable
from diagtool.loading import loader
from diagtool.loading.discovery import DiscoveryError
from diagtool.model import Topology, diagram, facts
from diagtool.model.diagnostics import Diagnostic
from diagtool.model.diagram import Diagram
from diagtool.model.facts import STATED_IN
from diagtool.pictures.formats import FormatError, Look, svg
from diagtool.pictures.layout import LayoutError
from diagtool.pictures.ordering import ordered, ordered_like

_DRAWN = STATED_IN["picture"]


PATIENCE = 0.1
"""How many seconds a search for a good order may take before a picture is shown without one."""


@dataclass(frozen=True, slots=True)
class _Drawn:
    """A picture of a view, the order in which it is shown, and whether that was slow to find."""

    topology: Topology
    view: Diagram
    shown: Diagram
    svg: str
    is_slow: bool


@dataclass
class Preview:
    """A topology, found anew at each reload, and its pictures, drawn when they are asked for.

    A picture is drawn again only where what it shows has changed. Where a good order takes long to
    find, the picture is first shown in the order that it had; ``improved`` is called, from another
    thread, when there is a better one. Raises DiscoveryError where there is no topology to begin
    with.
    """

    find: Callable[[], Path]
    improved: Callable[[], None] = lambda: None
    path: Path = field(init=False)
    topology: Topology | None = None
    stale: bool = False
    """Whether the topology is the last one that was good."""
    findings: tuple[Diagnostic, ...] = ()
    complaint: str = ""
    """Why no topology was found, where none was."""
    _sources: frozenset[Path] = frozenset()
    _drawn: dict[str, _Drawn] = field(default_factory=dict)
    _improving: set[str] = field(default_factory=set)
    _lock: Lock = field(default_factory=Lock)

    def __post_init__(self) -> None:
        self.path = self.find()

    def reload(self) -> None:
        """Reads the topology again."""
        self.complaint = ""
        try:
            self.path = self.find()
        except DiscoveryError as error:
            self.complaint = str(error)
        loaded = loader.read(self.path)
        self.findings = loaded.diagnostics
        self.stale = loaded.topology is None
        self._sources = frozenset(loaded.paths)
        if loaded.topology:
            self.topology = loaded.topology
            self._sources |= manifest.inputs(map(Path, loaded.topology.sources))

    @property
    def sources(self) -> frozenset[Path]:
        """The files that it was read from, and the one that it would be."""
        return self._sources | {self.path}

    def state(self) -> dict[str, Any]:
        """What a page shows but for pictures, for JSON."""
        topology = self.topology
        names = diagram.names(topology) if topology else ()
        return {
            "title": topology.name if topology else "",
            "path": self.path.as_posix(),
            "stale": self.stale,
            "complaint": self.complaint,
            "views": [{"name": name, "title": _called(topology, name)} for name in names],
            "findings": [_finding(finding) for finding in self.findings],
        }

    def view(self, name: str) -> dict[str, Any] | None:
        """A picture, and the parts that its boxes and frames stand for; None for none such."""
        topology = self.topology
        if topology is None or name not in diagram.names(topology):
            return None
        view = diagram.view(topology, name)
        with self._lock:
            if name not in self._drawn or self._drawn[name].view != view:
                try:
                    self._draw(topology, view)
                except (LayoutError, FormatError) as error:
                    return {"title": view.title, "error": printable(str(error))}
            return {"title": view.title, "svg": self._drawn[name].svg}

    def _draw(self, topology: Topology, view: Diagram) -> None:
        """Draws a view. Raises LayoutError and FormatError."""
        known = self._drawn.get(view.name)
        if known and known.is_slow and (draft := ordered_like(known.shown, view)):
            drawn = _Drawn(topology, view, draft, _picture(topology, view, draft), True)
            self._drawn[view.name] = drawn
            if view.name not in self._improving:
                self._improving.add(view.name)
                Thread(target=self._improve, args=(view.name,), daemon=True).start()
            return
        start = time.monotonic()
        shown = ordered(view)
        is_slow = time.monotonic() - start > PATIENCE
        picture = _picture(topology, view, shown)
        self._drawn[view.name] = _Drawn(topology, view, shown, picture, is_slow)

    def _improve(self, name: str) -> None:
        """Puts a picture into its best order, once it has stopped changing."""
        while True:
            drawn = self._drawn[name]
            shown = ordered(drawn.view)
            with self._lock:
                if self._drawn[name] is drawn:
                    picture = _picture(drawn.topology, drawn.view, shown)
                    self._drawn[name] = replace(drawn, shown=shown, svg=picture)
                    self._improving.discard(name)
                    break
        if picture != drawn.svg:
            self.improved()

    def part(self, id: str) -> dict[str, Any] | None:
        """What is stated of a component or service; None where there is none such."""
        topology = self.topology
        part = next((p for p in topology.parts if p.id == id), None) if topology else None
        if topology is None or part is None:
            return None
        stated = facts.state(topology)
        return {
            "id": part.id,
            "name": part.name,
            "kind": "service" if part.id in topology.services else "component",
            "place": str(part.place),
            "facts": [
                {"text": str(replace(fact, about=part.name)), "place": str(place)}
                for fact, place in stated.items()
                if fact.about == id and fact.kind not in _DRAWN
            ],
        }


def _called(topology: Topology | None, name: str) -> str:
    """What a view is called in a list."""
    service = topology.services.get(name) if topology else None
    return service.name if service else name


def _picture(topology: Topology, view: Diagram, shown: Diagram) -> str:
    """The picture of a view as it is shown; each box and frame of a part is a link to it."""
    look = Look(warn=lambda warning: None)
    known = {part.id for part in topology.parts}
    parts = [(node.id, node.part) for node in view.nodes]
    parts += [(group.id, group.part or "") for group in view.all_groups]
    links = {id: f"#{quote(view.name)}/{quote(part)}" for id, part in parts if part in known}
    drawing = exporting.draw(topology, view, look, shown)
    return svg.inline(drawing, look, id_prefix="picture", links=links)


def _finding(finding: Diagnostic) -> dict[str, Any]:
    return {
        "severity": finding.severity.value,
        "code": finding.code,
        "place": printable(str(finding.place)),
        "message": printable(finding.message),
        "hint": printable(finding.hint),
        "source": finding.source,
        "column": finding.place.column,
    }
