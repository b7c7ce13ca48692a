"""HAProxy's config: which servers there are in each backend."""

from __future__ import annotations

import re

from diagtool.checks.readers import File
from diagtool.checks.running_system.observations import End, Pool, Seen
from diagtool.checks.running_system.sources.sockets import end
from diagtool.model import Place

WHAT = "configs of HAProxy"

_SECTION = re.compile(
    r"(?P<kind>backend|listen|frontend|defaults|global|[a-z-]+)\b\s*(?P<name>\S*)"
)
_KNOWN = re.compile(r"^(?:backend|frontend|listen)[ \t]+[^\s=]", re.MULTILINE)


def fits(file: File, inner: str) -> bool:
    return inner.lower().endswith((".cfg", ".conf")) and bool(_KNOWN.search(file.text()))


def take(file: File, host: str, inner: str, seen: Seen) -> None:
    pool: tuple[str, Place] | None = None
    servers: list[tuple[End, Place]] = []
    out: list[tuple[End, Place]] = []

    def done() -> None:
        if pool and (servers or out or not pool[0].startswith("stats")):
            seen.pools.append(Pool(host, pool[0], tuple(servers), tuple(out), pool[1]))

    for number, raw in enumerate(file.lines(), 1):
        text = raw.split("#")[0].strip()
        words = text.split()
        if not words:
            continue
        if not raw[0].isspace() and words[0] not in ("server", "default-server"):
            done()
            match = _SECTION.match(text)
            named = match and match["kind"] in ("backend", "listen") and match["name"]
            pool = (match["name"], file.place(number)) if match and named else None
            servers, out = [], []
        elif words[0] == "server" and len(words) > 2:
            down = "disabled" in words[3:]
            (out if down else servers).append((end(words[2]), file.place(number)))
    done()
