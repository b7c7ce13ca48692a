"""Containers: a name, a tab and an image in each line."""

from __future__ import annotations

from diagtool.checks.readers import File
from diagtool.checks.running_system.observations import Copies, Seen

WHAT = "lists of containers (containers.txt)"


def fits(file: File, inner: str) -> bool:
    return inner == "containers.txt"


def take(file: File, host: str, inner: str, seen: Seen) -> None:
    seen.at(host)
    for number, raw in enumerate(file.lines(), 1):
        name, _, image = raw.strip().partition("\t")
        if name:
            place = file.place(number)
            seen.copies.append(Copies("containers", name, host, 1, place, image.strip()))
