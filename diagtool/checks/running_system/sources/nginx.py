"""nginx's config: which servers there are in each upstream."""

from __future__ import annotations

import re

from diagtool.checks.readers import File
from diagtool.checks.running_system.observations import End, Pool, Seen
from diagtool.checks.running_system.sources.sockets import end
from diagtool.model import Place

WHAT = "configs of nginx"

_UPSTREAM = re.compile(r"^\s*upstream\s+\S+\s*\{", re.MULTILINE)
_STATEMENT = re.compile(r"#[^\n]*|\"[^\"]*\"|'[^']*'|[{};]|\n|[^\s{};\"'#]+")


def fits(file: File, inner: str) -> bool:
    return "/nginx/" in inner or bool(_UPSTREAM.search(file.text()))


def take(file: File, host: str, inner: str, seen: Seen) -> None:
    pool: tuple[str, Place] | None = None
    servers: list[tuple[End, Place]] = []
    out: list[tuple[End, Place]] = []
    words: list[str] = []
    line = start = 1
    for match in _STATEMENT.finditer(file.text()):
        text = match[0]
        if text == "\n":
            line += 1
        elif text.startswith("#"):
            continue
        elif text == "{":
            if words[:1] == ["upstream"] and len(words) > 1:
                pool, servers, out = (words[1], file.place(start)), [], []
            words = []
        elif text == "}":
            if pool:
                seen.pools.append(Pool(host, pool[0], tuple(servers), tuple(out), pool[1]))
            pool, words = None, []
        elif text == ";":
            if pool and words[:1] == ["server"] and len(words) > 1:
                down = "down" in words[2:]
                (out if down else servers).append((end(words[1]), file.place(start)))
            words = []
        else:
            start = start if words else line
            words.append(text.strip("\"'"))
            line += text.count("\n")
