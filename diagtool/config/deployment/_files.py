"""Which files there are of a topology."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from types import MappingProxyType

from diagtool.config.addresses import Values
from diagtool.config.deployment import inventory, kubernetes, network_policy, nftables, ssh_config
from diagtool.model import Topology
from diagtool.model.flows import Selection

NO_VALUES: Values = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class File:
    """A file by its name. ``language`` is what Pygments calls that of its text."""

    name: str
    title: str
    language: str
    text: str


def files(topology: Topology, values: Values = NO_VALUES) -> tuple[File, ...]:
    """Every file, those for all hosts first.

    ``values`` stand in for placeholders. Raises UnfitError for one that cannot.
    """
    return tuple(_files(topology, values))


def _files(topology: Topology, values: Values) -> Iterator[File]:
    if topology.hosts:
        text = inventory.write(topology, values)
        yield File("inventory.yaml", "Ansible inventory", "yaml", text)
        yield File("ssh_config", "SSH configuration", "text", ssh_config.write(topology, values))
    if any(service.kubernetes for service in topology.services.values()):
        yield File("kubernetes.yaml", "Kubernetes", "yaml", kubernetes.write(topology))
        yield from firewall(topology, Selection(), values)
    for host in topology.hosts:
        yield from firewall(topology, Selection(host=host), values)
    for zone in topology.zones if topology.hosts else ():
        yield from firewall(topology, Selection(zone=zone), values)
    for network in topology.networks:
        yield from firewall(topology, Selection(network=network), values)


def firewall(
    topology: Topology, selection: Selection, values: Values = NO_VALUES
) -> tuple[File, ...]:
    """The firewall of a host, a zone or a network, or of all: nftables, and NetworkPolicies.

    There is none for nftables of all, nor are there policies where nothing runs in Kubernetes.
    """
    found = []
    id = selection.host or selection.zone or selection.network
    stem = f"{id}." if id else ""
    if id:
        text = nftables.write(topology, selection, values)
        found.append(File(f"{stem}nft", f"nftables of {id}", "text", text))
    if text := network_policy.write(topology, selection, values):
        title = f"NetworkPolicies of {id}" if id else "NetworkPolicies"
        found.append(File(f"{stem}network-policies.yaml", title, "yaml", text))
    return tuple(found)
