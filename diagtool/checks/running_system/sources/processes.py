"""Processes, as ``ps -ewwo pid=,ppid=,args=`` lists them."""

from __future__ import annotations

import re

from diagtool.checks.readers import File
from diagtool.checks.running_system.observations import Process, Seen

WHAT = "lists of processes (ps.txt)"

_LINE = re.compile(r"\s*(?P<pid>\d{1,10})\s+(?P<parent>\d{1,10})\s+(?P<args>\S.*)")


def fits(file: File, inner: str) -> bool:
    return inner == "ps.txt"


def take(file: File, host: str, inner: str, seen: Seen) -> None:
    seen.at(host)
    for number, raw in enumerate(file.lines(), 1):
        if match := _LINE.fullmatch(raw):
            words = tuple(match["args"].split())
            place = file.place(number)
            seen.processes.append(
                Process(host, int(match["pid"]), int(match["parent"]), words, place)
            )
