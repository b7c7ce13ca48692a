"""Config of load balancers: line by line, each in its block."""

from __future__ import annotations

import re

from diagtool.checks.readers import File
from diagtool.checks.verify.normal._lines import Blocks, form_of_lines
from diagtool.checks.verify.normal._pieces import Form

SUFFIXES = (".haproxy.cfg", ".apache.conf", ".nginx.conf", ".nginx-stream.conf")

_SECTIONS = Blocks(
    re.compile(
        r"(?:global|defaults|frontend|backend|listen|resolvers|peers|userlist|cache|program)\b"
    )
)
_TAGS = Blocks(re.compile(r"<[^/]"), re.compile(r"</"))
_BRACES = Blocks(re.compile(r"[^#].*\{$"), re.compile(r"\}"))


def form(file: File) -> Form:
    """The normal form of a file for any of the programs."""
    blocks = _BRACES
    if file.path.lower().endswith(".cfg"):
        blocks = _SECTIONS
    elif file.path.lower().endswith(".apache.conf"):
        blocks = _TAGS
    made = form_of_lines(file, lambda line: "line", blocks, "#")
    if blocks is _SECTIONS and not file.content.endswith(b"\n"):
        made.look("a last line without an end, which HAProxy refuses", file.place())
    return made
