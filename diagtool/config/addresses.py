"""At which addresses hosts and parts are reached, with values in place of placeholders.

What stands in files for programs is an address, a host name or a placeholder, whatever a
value holds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from ipaddress import ip_address

from diagtool.config import hosts
from diagtool.model import PLACEHOLDER, Host, Part, Placeholder, Topology, address_of
from diagtool.model.value import value

Values = Mapping[str, str]
"""What stands in for placeholders, by their names."""


class UnfitError(Exception):
    """A value that no config could hold, or could take for something else."""

    def __init__(self, placeholder: str, expected: str) -> None:
        super().__init__(f"the value for '<{placeholder}>' is not {expected}")
        self.placeholder = placeholder


@value
class Endpoint:
    """Where something is reached: an address, a host name or a placeholder.

    ``id`` is that of the host, or of a part that runs on none, and ``network`` the one in which
    the host has another address than elsewhere.
    """

    id: str
    address: str
    network: str | None = None

    @property
    def version(self) -> int | None:
        """4 or 6, None for what is not an IP address."""
        try:
            return ip_address(self.address).version
        except ValueError:
            return None


def of_host(host: Host, values: Values, network: str | None = None) -> Endpoint:
    """Where a host is reached in a network."""
    own = network if network in dict(host.addresses) else None
    return replace(_endpoint(host.id, host.address_in(network), values), network=own)


def of_part(
    topology: Topology, part: Part, values: Values, network: str | None = None
) -> tuple[Endpoint, ...]:
    """Where the copies of a part are reached, each host once; else where the part is."""
    placed = dict.fromkeys(placement.host for placement in part.placements)
    if placed:
        return tuple(of_host(topology.hosts[host], values, network) for host in placed)
    return (_endpoint(part.id, address_of(part), values),)


def _endpoint(id: str, address: str, values: Values) -> Endpoint:
    wanted = address or f"<{_name(id)}>"
    names = PLACEHOLDER.findall(wanted)
    filled = PLACEHOLDER.sub(lambda match: values.get(match[1], match[0]), wanted)
    if filled.startswith("[") and filled.endswith("]"):
        filled = filled[1:-1]
    given = [name for name in names if name in values]
    if given and not PLACEHOLDER.search(filled) and not hosts.is_domain(filled):
        raise UnfitError(given[0], hosts.EXPECTED)
    return Endpoint(id, filled)


def check(topology: Topology, values: Values) -> None:
    """Raises UnfitError for a value that is part of no address."""
    for host in topology.hosts.values():
        for network in (None, *(network for network, _ in host.addresses)):
            of_host(host, values, network)
    for part in topology.parts if topology.hosts else ():
        of_part(topology, part, values)


def _name(id: str) -> str:
    return f"address of {id}"


def placeholders(topology: Topology) -> Iterator[Placeholder]:
    """What a reader puts into the files of a deployment, for addresses that nobody states."""
    if not topology.hosts:
        return
    wanted = {host.id: host.label for host in topology.hosts.values() if not host.address}
    for part in topology.parts:
        if not part.placements and not address_of(part):
            wanted[part.id] = part.name
    for number, (id, label) in enumerate(wanted.items(), 1):
        example = f"198.51.100.{(number - 1) % 254 + 1}"
        yield Placeholder(_name(id), f"The address of {label}.", example)
