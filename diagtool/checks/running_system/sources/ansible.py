"""Inventories, as ``ansible-inventory --list`` prints them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from diagtool.checks import data
from diagtool.checks.readers import File
from diagtool.checks.running_system.observations import Copies, Seen
from diagtool.loading.yaml_file import Node, Scalar

WHAT = "inventories of Ansible (ansible-inventory --list)"

MOST_LEVELS = 20
"""How deep groups may lie in each other."""


def fits(file: File, inner: str) -> bool:
    return bool(re.search(r"[\"']?_meta[\"']?\s*:", file.text()))


def take(file: File, host: str, inner: str, seen: Seen) -> None:
    for root in data.documents(file):
        for key, variables in data.entries(root, "_meta", "hostvars"):
            address = data.text(variables, "ansible_host")
            seen.at(key.value, *[address] if address else [])
        groups = {key.value: group for key, group in data.entries(root)}
        for name in groups:
            if name not in ("_meta", "all", "ungrouped"):
                members = {item.value: item for item in _hosts(groups, name, 0)}
                seen.copies += [
                    Copies("inventory", name, member.value, 1, member.place)
                    for member in members.values()
                ]


def _hosts(groups: dict[str, Node], name: str, depth: int) -> Iterator[Scalar]:
    """The hosts of a group, and of those in it."""
    group = groups.get(name)
    for item in data.items(group, "hosts"):
        if isinstance(item, Scalar):
            yield item
    for child in data.items(group, "children") if depth < MOST_LEVELS else ():
        if isinstance(child, Scalar):
            yield from _hosts(groups, child.value, depth + 1)
