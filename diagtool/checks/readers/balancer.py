"""Config of load balancers: over how many servers each spreads the requests to a service."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from diagtool.checks.readers import Claim, File, Reading
from diagtool.checks.readers._config import lines, statements
from diagtool.model import Place
from diagtool.model.facts import STATED_IN, Fact, FactKind

SUFFIXES = (".haproxy.cfg", ".apache.conf", ".nginx.conf", ".nginx-stream.conf")

_POOL = re.compile(r"""(?:backend|listen|upstream|<Proxy)\s+"?(?:balancer://)?([\w.-]+)""", re.I)
_END = re.compile(r"\}|</Proxy|(?:global|defaults|frontend)\b", re.I)
_SERVER = re.compile(r"(?:server|BalancerMember)\s+[^\s{]", re.I)


def read(file: File) -> Reading:
    """Each group of servers in a file, by its name, and how many servers it has."""
    servers: Counter[str] = Counter()
    places: dict[str, Place] = {}
    pool = ""
    is_nginx = ".nginx" in Path(file.path).name.lower()
    for number, column, shown in statements(file, ";") if is_nginx else lines(file):
        if match := _POOL.match(shown):
            pool = match[1]
            places.setdefault(pool, file.place(number, column))
        elif _END.match(shown):
            pool = ""
        elif pool and _SERVER.match(shown):
            servers[pool] += 1
    facts = {
        Fact(FactKind.SPREAD, "", (pool, str(servers[pool]))): place
        for pool, place in places.items()
        if servers[pool]
    }
    about = next(file.path[: -len(s)] for s in SUFFIXES if file.path.lower().endswith(s))
    claim = Claim(STATED_IN["config of a load balancer"], facts, file.place(), (Path(about).name,))
    return Reading(claims=(claim,))
