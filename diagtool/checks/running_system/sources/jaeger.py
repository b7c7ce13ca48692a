"""Who called whom, as Jaeger's ``/api/dependencies`` tells it."""

from __future__ import annotations

import re

from diagtool.checks import data
from diagtool.checks.readers import File
from diagtool.checks.running_system.observations import Call, Seen

WHAT = "service graphs of Jaeger (/api/dependencies)"


def fits(file: File, inner: str) -> bool:
    return bool(re.search(r"\"callCount\"\s*:", file.text()))


def take(file: File, host: str, inner: str, seen: Seen) -> None:
    for root in data.documents(file):
        for each in data.items(root, "data") or data.items(root):
            caller, called = data.text(each, "parent"), data.text(each, "child")
            if caller and called:
                seen.calls.append(Call(caller, called, each.place, observed=True))
