"""Ansible: the hosts, and a group for each part, zone and network."""

from __future__ import annotations

from typing import Any

from diagtool.config import addresses
from diagtool.config.addresses import Values
from diagtool.config.comments import comment, replaceable
from diagtool.config.deployment import _yaml
from diagtool.model import PLACEHOLDER, Host, Topology


def write(topology: Topology, values: Values) -> str:
    """The inventory. A part whose copies have roles has a group for each role, too."""
    hosts = {host.id: _variables(topology, host, values) for host in topology.hosts.values()}
    groups: dict[str, Any] = {}
    for part in topology.parts:
        members = dict.fromkeys(placed.host for placed in part.placements)
        if members:
            groups[_group(part.id)] = _of(members)
        roles: dict[str, dict[str, None]] = {}
        for copy in part.instances:
            if copy.role and copy.host:
                roles.setdefault(copy.role.value, {})[copy.host] = None
        for role, those in roles.items():
            groups[_group(f"{part.id}_{role}")] = _of(those)
    for zone in topology.zones:
        inside = [host.id for host in topology.hosts.values() if host.zone == zone]
        groups[_group(f"zone_{zone}")] = _of(dict.fromkeys(inside))
    for network in topology.networks:
        there = [host.id for host in topology.hosts.values() if network in host.networks]
        groups[_group(f"network_{network}")] = _of(dict.fromkeys(there))
    named = [PLACEHOLDER.search(str(one["ansible_host"])) for one in hosts.values()]
    about = [f"{topology.name}: an inventory for Ansible 2.9 or later."]
    about += replaceable(match[0] for match in named if match)
    groups = {name: group for name, group in groups.items() if group["hosts"]}
    return comment(about) + _yaml.dump({"all": {"hosts": hosts, "children": groups}})


def _of(hosts: dict[str, None]) -> dict[str, Any]:
    return {"hosts": {host: {} for host in hosts}}


def _variables(topology: Topology, host: Host, values: Values) -> dict[str, Any]:
    said: dict[str, Any] = {"ansible_host": addresses.of_host(host, values).address}
    if host.zone:
        said["zone"] = host.zone
    if host.networks:
        said["networks"] = list(host.networks)
    if host.facts:
        said["facts"] = {_text(name): _text(value) for name, value in host.facts}
    return said


def _text(text: str) -> str:
    """What an author wrote, which Ansible must not run."""
    return _yaml.Unsafe(text) if "{{" in text or "{%" in text or "{#" in text else text


def _group(name: str) -> str:
    """A name as Ansible takes it: letters, digits and underscores."""
    return name.replace("-", "_").replace(" ", "_")
