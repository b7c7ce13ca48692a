"""Apache's config: which members there are in each balancer."""

from __future__ import annotations

import re

from diagtool.checks.readers import File
from diagtool.checks.running_system.observations import End, Pool, Seen
from diagtool.checks.running_system.sources.sockets import end
from diagtool.model import Place

WHAT = "configs of Apache httpd"

_POOL = re.compile(r"<Proxy\s+\"?balancer://([\w.-]+)", re.IGNORECASE)
_KNOWN = re.compile(rf"^\s*{_POOL.pattern}", re.IGNORECASE | re.MULTILINE)
_MEMBER = re.compile(
    r"BalancerMember\s+\"?(?P<scheme>[a-z0-9]+)://(?P<at>[^\s\"/]+)[^\s\"]*\"?(?P<rest>.*)",
    re.IGNORECASE,
)
_OUT = re.compile(r"status=\S*[DS]")
_PORTS = {"http": 80, "https": 443, "ajp": 8009}


def fits(file: File, inner: str) -> bool:
    return bool(re.search("/(?:apache2|httpd)/", inner) or _KNOWN.search(file.text()))


def take(file: File, host: str, inner: str, seen: Seen) -> None:
    pool: tuple[str, Place] | None = None
    servers: list[tuple[End, Place]] = []
    out: list[tuple[End, Place]] = []
    for number, raw in enumerate(file.lines(), 1):
        text = raw.strip()
        if match := _POOL.match(text):
            pool, servers, out = (match[1], file.place(number)), [], []
        elif pool and text.lower().startswith("</proxy"):
            seen.pools.append(Pool(host, pool[0], tuple(servers), tuple(out), pool[1]))
            pool = None
        elif pool and (match := _MEMBER.match(text)):
            at = end(match["at"]) if re.search(r":\d+$", match["at"]) else End(match["at"], 0)
            at = at if at.port else End(at.address, _PORTS.get(match["scheme"].lower(), 0))
            down = _OUT.search(match["rest"])
            (out if down else servers).append((at, file.place(number)))
