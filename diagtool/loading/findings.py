"""Where the steps of loading report what they find."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from diagtool.files.printable import printable
from diagtool.loading import yaml_file
from diagtool.model import Component, Part, Place, Severity
from diagtool.model.diagnostics import Diagnostic
from diagtool.model.did_you_mean import did_you_mean

MANY = 50
"""From how many findings on none gets a hint for which all ids must be compared."""

COMPARED = 20_000
"""From how many comparisons on there are none but for the first hint: they take a second or two."""


@dataclass
class Findings:
    """What was found in the files that were read so far."""

    found: list[Diagnostic] = field(default_factory=list)
    files: dict[str, yaml_file.File] = field(default_factory=dict)
    complete: bool = True
    """Whether every id that the files define is known, so that others can be called unknown."""
    compared: int = 0
    """How many ids others were held against."""
    removed: dict[str, Place] = field(default_factory=dict)
    """The ids that a topology takes out of the one that it extends, with the places there."""

    def line(self, place: Place) -> str:
        """The source line of a place."""
        file = self.files.get(place.path)
        return file.line(place.line) if file else ""

    def report(
        self,
        code: str,
        place: Place,
        message: str,
        hint: str = "",
        severity: Severity | None = None,
        *,
        secret: bool = False,
    ) -> None:
        """Notes down a finding with its source line, and how bad it is unless its code says so.

        The line is left out where it is ``secret``.
        """
        source = "" if secret else self.line(place)
        self.found.append(Diagnostic(code, place, message, hint, source, severity))

    def unknown_part(self, place: Place, what: str, id: str, parts: Iterable[Part]) -> None:
        """As :meth:`unknown`; who knows only the name or label of a part is told its id."""
        parts = tuple(parts) if len(self.found) < MANY else ()
        names = called(parts) if self._may_compare(3 * len(parts)) else {}
        self.unknown(place, what, id, [part.id for part in parts], names)

    def unknown(
        self,
        place: Place,
        what: str,
        id: str,
        known: Iterable[str],
        called: Mapping[str, str] = MappingProxyType({}),
        code: str = "unknown-id",
    ) -> None:
        """Reports that something is not defined, unless a file that may do so was not read."""
        if self.complete:
            self.report(code, place, f"there is no {what}", self.hint(id, known, called))

    def hint(
        self, id: str, known: Iterable[str], called: Mapping[str, str] = MappingProxyType({})
    ) -> str:
        """Where an id went that is not there, or which one may be meant."""
        if id in self.removed:
            return f"it is removed at {self.removed[id]}: also remove what refers to it"
        known = tuple(known)
        count = len(known) + len(called)
        if not self._may_compare(count):
            return ""
        self.compared += count
        return did_you_mean(id, known, called)

    def _may_compare(self, count: int) -> bool:
        """Whether there is time to hold an id against so many others."""
        return len(self.found) < MANY and (not self.compared or self.compared + count <= COMPARED)


def called(parts: Iterable[Part]) -> dict[str, str]:
    """The names and labels of parts, with their ids."""
    names: dict[str, str] = {}
    for part in parts:
        label = part.label if isinstance(part, Component) else part.server
        for name in (part.name, label):
            names.setdefault(" ".join(name.split()), part.id)
    return names


def short(text: str) -> str:
    """The text as a message has it: cut where it is too long, and with all of it seen."""
    return printable(text if len(text) <= 60 else f"{text[:57]}...")
