"""That a topology was held against a running system: when, and what came of it.

It is kept in a file that is committed, which names no host and no address.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, fields

from diagtool.model import Severity, Topology, facts
from diagtool.model.diagnostics import Diagnostic

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_WORD = re.compile(r"[\w.+-]*")
_MOST = 10**9


class RunningRecordError(Exception):
    """A text that does not say what came of it; the message says why."""


@dataclass(frozen=True, slots=True)
class RunningRecord:
    """What came of it. ``collected`` is the day of the snapshot, empty if that does not say.

    ``digest`` is that of :func:`diagtool.model.facts.digest`; ``hosts``, ``files`` and ``facts``
    are how many the snapshot had, and the rest is how many findings there were of each severity.
    """

    topology: str
    digest: str
    collected: str
    hosts: int
    files: int
    facts: int
    errors: int
    warnings: int
    hints: int

    def sentences(self, topology: Topology) -> tuple[str, ...]:
        """When what was held against what, what came of it, and whether it still is so."""
        day = f" of {self.collected}" if self.collected else ""
        hosts, seen = _counted(self.hosts, "host"), _counted(self.facts, "fact")
        against = f"{topology.name} was compared with a snapshot{day}: {hosts}, {seen}."
        found = [(self.errors, "error"), (self.warnings, "warning")]
        result = "Nothing in it contradicts what is stated here."
        if told := " and ".join(_counted(*each) for each in found if each[0]):
            result = f"It contradicts what is stated here ({told})."
        if self.digest == facts.digest(topology):
            return against, result
        return against, result, "What is stated here has changed since then."

    def as_json(self) -> str:
        """The file's text."""
        return json.dumps({"format": 1, **asdict(self)}, indent=1) + "\n"

    def as_line(self) -> str:
        """The same on a line, as it is kept with a page."""
        return " ".join(f"{name}={value}" for name, value in asdict(self).items())


def record(
    topology: Topology, collected: str, counts: tuple[int, int, int], found: Sequence[Diagnostic]
) -> RunningRecord:
    """What came of holding a topology against so many hosts, files and facts."""
    by = Counter(diagnostic.severity for diagnostic in found)
    told = (by[severity] for severity in (Severity.ERROR, Severity.WARNING, Severity.HINT))
    return RunningRecord(topology.id, facts.digest(topology), collected, *counts, *told)


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def from_json(text: str) -> RunningRecord:
    """What a file says. Raises RunningRecordError."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        raise RunningRecordError("it is not JSON") from None
    if not isinstance(data, dict) or data.pop("format", None) != 1:
        raise RunningRecordError('expected a mapping with "format": 1')
    return _checked(data)


def from_line(text: str) -> RunningRecord:
    """What a line says. Raises RunningRecordError."""
    pairs: dict[str, object] = {}
    for word in text.split():
        name, _, value = word.partition("=")
        is_number = name in _numbers() and value.isascii() and value.isdigit() and len(value) < 10
        pairs[name] = int(value) if is_number else value
    return _checked(pairs)


def _numbers() -> Collection[str]:
    return [field.name for field in fields(RunningRecord) if field.type == "int"]


def _checked(data: dict[str, object]) -> RunningRecord:
    """The record of what a file has for each field."""
    if {*data} != {field.name for field in fields(RunningRecord)}:
        raise RunningRecordError("it is not what diagtool verify --running --record writes")
    for name, value in data.items():
        if name in _numbers():
            fits = type(value) is int and 0 <= value < _MOST
        else:
            fits = isinstance(value, str) and bool(_WORD.fullmatch(value))
        if name == "collected" and fits:
            fits = value == "" or bool(_DAY.fullmatch(str(value)))
        if not fits:
            raise RunningRecordError(f"'{name}' has no such value")
    return RunningRecord(**data)  # type: ignore[arg-type]
