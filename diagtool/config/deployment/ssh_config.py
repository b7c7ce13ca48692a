"""OpenSSH: the hosts by their ids."""

from __future__ import annotations

from diagtool.config import addresses
from diagtool.config.addresses import Values
from diagtool.config.comments import comment, replaceable
from diagtool.model import PLACEHOLDER, Topology


def write(topology: Topology, values: Values) -> str:
    """An entry for each host."""
    ends = [addresses.of_host(host, values) for host in topology.hosts.values()]
    about = [f"{topology.name}: its hosts for ssh, to be included in ~/.ssh/config."]
    about += replaceable(end.address for end in ends if PLACEHOLDER.search(end.address))
    entries = [f"Host {end.id}\n    HostName {end.address}\n" for end in ends]
    return comment(about) + "\n" + "\n".join(entries)
