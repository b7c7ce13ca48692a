"""Units of systemd, as ``systemctl list-units --plain --no-legend`` lists them."""

from __future__ import annotations

import re

from diagtool.checks.readers import File
from diagtool.checks.running_system.observations import Copies, Seen

WHAT = "lists of units (units.txt)"

_LINE = re.compile(r"\W?\s*(?P<name>\S+)\.service\s+loaded\s+active\s+running\b")


def fits(file: File, inner: str) -> bool:
    return inner == "units.txt"


def take(file: File, host: str, inner: str, seen: Seen) -> None:
    seen.at(host)
    for number, raw in enumerate(file.lines(), 1):
        if match := _LINE.match(raw):
            seen.copies.append(Copies("units", match["name"], host, 1, file.place(number)))
