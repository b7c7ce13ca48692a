"""Connections and what waits for them, as ``ss -Htunap`` lists them."""

from __future__ import annotations

import re

from diagtool.checks.readers import File
from diagtool.checks.running_system.observations import End, Seen, Socket

WHAT = "tables of connections (ss.txt)"

_LINE = re.compile(
    r"(?P<transport>tcp|udp)\s+(?P<state>[A-Z0-9-]+)\s+\d+\s+\d+\s+(?P<local>\S+)\s+(?P<remote>\S+)"
    r"(?:\s+users:\((?P<users>.*)\))?"
)
_USER = re.compile(r"\(\"(?P<name>[^\"]*)\",pid=(?P<pid>\d{1,10})")
_MAPPED = "::ffff:"


def fits(file: File, inner: str) -> bool:
    return inner == "ss.txt"


def take(file: File, host: str, inner: str, seen: Seen) -> None:
    """Several samples may stand one after the other; what is the same is one socket."""
    seen.at(host)
    known = set()
    for number, raw in enumerate(file.lines(), 1):
        match = _LINE.match(raw.strip())
        if match is None:
            continue
        local, remote = end(match["local"]), end(match["remote"])
        users = tuple((int(m["pid"]), m["name"]) for m in _USER.finditer(match["users"] or ""))
        key = (match["transport"], match["state"], local, remote, users)
        if key in known:
            continue
        known.add(key)
        transport, state = match["transport"], match["state"]
        seen.sockets.append(
            Socket(host, transport, state, local, remote, users, file.place(number))
        )
        if local.address:
            seen.at(host, local.address)


def end(text: str) -> End:
    """An end as ``ss`` writes it: ``[::ffff:192.0.2.1]:80``, ``127.0.0.53%lo:53``, ``*:*``."""
    address, _, port = text.rpartition(":")
    address = address.strip("[]").partition("%")[0].removeprefix(_MAPPED)
    if address in ("*", "0.0.0.0", "::"):
        address = ""
    return End(address, int(port) if re.fullmatch("[0-9]{1,5}", port) else 0)
