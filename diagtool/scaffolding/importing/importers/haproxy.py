"""Each backend becomes a service with a replica for each server, and the ports of the servers; the
load balancer stands in front of them.
"""

from __future__ import annotations

import re

from diagtool.checks import data
from diagtool.checks.readers import File, ReadError
from diagtool.scaffolding.importing.draft import Draft, Kind, Listener, Part, cleaned

WHAT = "configs of HAProxy"

_SECTION = re.compile(r"(?P<kind>[a-z-]+)\b\s*(?P<name>\S*)")
_KNOWS = re.compile(r"^(?:backend|frontend|listen)[ \t]+[^\s=]", re.MULTILINE)
_KNOWN = ("global", "defaults", "frontend", "backend", "listen")
_BIND = re.compile(r"bind\s+(?:(?P<address>\S*):)?(?P<port>[0-9]{1,5})(?:\s+(?P<more>.*))?")
_EVERYWHERE = (None, "", "*", "0.0.0.0", "::", "[::]")
_SERVER = re.compile(r"server\s+\S+\s+\S+?(?::(?P<port>[0-9]{1,5}))?(?:\s|$)")


def fits(file: File) -> bool:
    if not file.path.lower().endswith((".cfg", ".conf")):
        return False
    return (
        re.search(r"^(?:backend|frontend|listen)[ \t]+[^\s=]", file.text(), re.MULTILINE)
        is not None
    )


def take(file: File, draft: Draft) -> None:
    front = draft.part("load balancer", file.place(), "haproxy", Kind.COMPONENT)
    front.front = True
    pool: Part | None = None
    inside = ""
    count: dict[Part, int] = {}
    used: dict[str, int] = {}
    lines = file.text().splitlines()
    for number, raw in enumerate(lines, 1):
        text = raw.split("#")[0].strip()
        place = file.place(number, len(raw) - len(raw.lstrip()) + 1)
        if not text:
            continue
        if not raw[0].isspace() and (match := _SECTION.match(text)):
            inside, pool = match["kind"], None
            if inside in ("backend", "listen") and match["name"]:
                if inside == "listen" and not _has_servers(lines[number:]):
                    draft.remark(place, f"'{cleaned(text, 60)}', which has no servers", front)
                    inside = ""
                    continue
                pool = draft.part(match["name"], place, match["name"], Kind.SERVICE)
                count[pool] = 0
                draft.join(front, pool, place)
            elif inside not in _KNOWN:
                draft.remark(place, f"the section '{cleaned(text, 60)}'")
            continue
        word = text.partition(" ")[0]
        if pool and (match := _SERVER.match(text)):
            count[pool] += 1
            port = data.port(match["port"] or "")
            if port and port not in [each.port for each in pool.listen]:
                pool.listen.append(Listener(port))
        elif word == "bind" and (match := _BIND.fullmatch(text)):
            if match["port"] not in [each.port for each in front.listen]:
                front.listen.append(Listener(match["port"]))
            address = match["address"] if match["address"] not in _EVERYWHERE else ""
            if left := f"{address} {match['more'] or ''}".strip():
                draft.remark(place, f"'{cleaned(left, 60)}' of a bind", front)
        elif word in ("default_backend", "use_backend"):
            used.setdefault(text.removeprefix(word).strip().partition(" ")[0], number)
        elif inside in ("frontend", "backend", "listen") and word != "mode":
            draft.remark(place, f"'{cleaned(text, 80)}'", pool or front)
    if not count:
        raise ReadError("it has no backend")
    for pool, servers in count.items():
        draft.count(pool, servers or 1, pool.place)
        if not servers:
            draft.remark(pool.place, f"no server of {pool.name} is named", pool)
    for name, number in used.items():
        if name not in {part.id for part in count} and not draft.find(name):
            message = f"the backend '{cleaned(name, 60)}', which is not here"
            draft.remark(file.place(number), message, front)


def _has_servers(lines: list[str]) -> bool:
    """Whether any server is named before the next section."""
    for line in lines:
        if _SERVER.match(line.strip()):
            return True
        if line.strip() and not line[0].isspace() and not line.startswith("#"):
            return False
    return False
