"""Who called whom, as the metrics of OpenTelemetry's servicegraph connector tell it.

They come as Prometheus scrapes them, or as its API answers a query.
"""

from __future__ import annotations

import re

from diagtool.checks import data
from diagtool.checks.readers import File
from diagtool.checks.running_system.observations import Call, Seen
from diagtool.checks.split_lines import split_lines

WHAT = "service graphs of OpenTelemetry (traces_service_graph_request_total)"

_NAME = "traces_service_graph_request"
# Before the name stands the namespace of the exporter, if it has one.
_LINE = re.compile(rf"\w*{_NAME}\w*\{{(?P<labels>[^\n]*)\}}\s+(?P<count>[0-9.]+)")
_LABEL = re.compile(r"(\w+)=\"((?:[^\"\\]|\\.)*)\"")


def fits(file: File, inner: str) -> bool:
    return _NAME in file.text()


def take(file: File, host: str, inner: str, seen: Seen) -> None:
    text = file.text()
    if text.lstrip().startswith("{"):
        for root in data.documents(file):
            for each in data.items(root, "data", "result"):
                caller, called = (data.text(each, "metric", key) for key in ("client", "server"))
                if caller and called:
                    seen.calls.append(Call(caller, called, each.place, observed=True))
        return
    told = set()
    for number, raw in enumerate(split_lines(text), 1):
        if (match := _LINE.match(raw)) is None or not match["count"].strip("0."):
            continue
        labels = dict(_LABEL.findall(match["labels"]))
        ends = labels.get("client", ""), labels.get("server", "")
        if all(ends) and ends not in told:
            told.add(ends)
            seen.calls.append(Call(*ends, file.place(number), observed=True))
