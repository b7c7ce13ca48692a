"""Connections as ``/proc/net`` lists them, where there is no ``ss``, with who has them open."""

from __future__ import annotations

import re
from ipaddress import ip_address

from diagtool.checks.readers import File
from diagtool.checks.running_system.observations import End, Seen, Socket
from diagtool.checks.running_system.sources.sockets import end

WHAT = "tables of connections (proc-net.txt)"

_ROW = re.compile(
    r"(?P<table>tcp6?|udp6?)\s+\d+: "
    r"(?P<local>[0-9A-F]+:[0-9A-F]{4}) (?P<remote>[0-9A-F]+:[0-9A-F]{4}) "
    r"(?P<state>[0-9A-F]{2})\s+\S+\s+\S+\s+\S+\s+\d+\s+\d+\s+(?P<inode>\d+)"
)
_PROCESS = re.compile(r"/proc/(\d{1,10})/fd:$")
_OPEN = re.compile(r".*-> socket:\[(\d+)\]$")
_STATES = {
    "01": "ESTAB",
    "02": "SYN-SENT",
    "04": "FIN-WAIT-1",
    "05": "FIN-WAIT-2",
    "06": "TIME-WAIT",
    "07": "UNCONN",
    "08": "CLOSE-WAIT",
    "09": "LAST-ACK",
    "0A": "LISTEN",
    "0B": "CLOSING",
}


def fits(file: File, inner: str) -> bool:
    return inner == "proc-net.txt"


def take(file: File, host: str, inner: str, seen: Seen) -> None:
    seen.at(host)
    lines = file.lines()
    users = _users(lines)
    for number, raw in enumerate(lines, 1):
        if (match := _ROW.match(raw)) is None:
            continue
        transport, state = match["table"][:3], _STATES.get(match["state"], "")
        local, remote = _end(match["local"]), _end(match["remote"])
        own = tuple((pid, "") for pid in users.get(match["inode"], ()))
        seen.sockets.append(Socket(host, transport, state, local, remote, own, file.place(number)))
        if local.address:
            seen.at(host, local.address)


def _users(lines: list[str]) -> dict[str, list[int]]:
    """The processes that have a socket open, by its inode."""
    found: dict[str, list[int]] = {}
    pid = 0
    for line in lines:
        if match := _PROCESS.match(line):
            pid = int(match[1])
        elif pid and (match := _OPEN.match(line)):
            found.setdefault(match[1], []).append(pid)
    return found


def _end(text: str) -> End:
    """An end in hexadecimal digits, each four bytes the wrong way round."""
    digits, _, port = text.partition(":")
    if len(digits) not in (8, 32):
        return End("", 0)
    raw = bytes.fromhex(digits)
    address = ip_address(b"".join(raw[i : i + 4][::-1] for i in range(0, len(raw), 4)))
    return End(end(f"[{address}]:0").address, int(port, 16))
