"""Config of load balancers: line by line. How long they wait and try is not said."""

from __future__ import annotations

import re

from diagtool.checks.readers import File
from diagtool.checks.verify.normal._lines import form_of_lines
from diagtool.checks.verify.normal._pieces import LOOK, Form

SUFFIXES = (".haproxy.cfg", ".apache.conf", ".nginx.conf", ".nginx-stream.conf")

_TUNING = re.compile(
    r"(?:timeout|retries|retry-on|option|balance|default-server|http-request disable-l7-retry"
    r"|http-check expect|proxy_\w+_timeout|proxy_next_upstream\w*|proxy_http_version|zone"
    r"|client_\w+|ProxyTimeout|Timeout|LoadModule|ProxySet|</?IfModule)\b",
    re.IGNORECASE,
)


def form(file: File) -> Form:
    """The normal form of a file for any of the programs."""
    return form_of_lines(file, lambda line: LOOK if _TUNING.match(line) else "line")
