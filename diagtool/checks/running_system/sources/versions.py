"""Versions of packages: a name, a blank and a version in each line."""

from __future__ import annotations

from diagtool.checks.readers import File
from diagtool.checks.running_system.observations import Seen, Version

WHAT = "lists of versions (versions.txt)"


def fits(file: File, inner: str) -> bool:
    return inner == "versions.txt"


def take(file: File, host: str, inner: str, seen: Seen) -> None:
    for number, raw in enumerate(file.lines(), 1):
        match raw.split():
            case [name, version]:
                seen.versions.append(Version(host, name, version, file.place(number)))
