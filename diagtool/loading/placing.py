"""Hosts, and what runs on them: patterns unfolded, copies spread."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from ipaddress import ip_address

from diagtool.loading.schema_reader import Fields, Item, said
from diagtool.model import Host, Placement

NUMBER = "{n}"
"""What stands for a host's number in an address of several alike."""


def unfolded(id: str, item: Item) -> tuple[Host, ...]:
    """The hosts of one entry: it alone, or as many as it counts."""
    record: Fields = item.value
    count = said(record, "count", None)
    if count is None:
        return (_host(id, id, record, said(record, "zone", None), None, item),)
    zones = [zone.value for zone in said(record, "zones", ())] or [said(record, "zone", None)]
    return tuple(
        _host(f"{id}{n}", id, record, zones[(n - 1) % len(zones)], n, item)
        for n in range(1, count + 1)
    )


def _host(
    id: str, entry: str, record: Fields, zone: str | None, number: int | None, item: Item
) -> Host:
    label = said(record, "label", entry).strip()
    addresses = said(record, "addresses", {})
    return Host(
        id,
        label if number is None else f"{label}{number}" if label == entry else f"{label} {number}",
        zone,
        counted(said(record, "address", ""), number),
        tuple(network.value for network in said(record, "networks", ())),
        tuple((network, counted(a.value, number)) for network, a in addresses.items()),
        tuple((name, fact.value) for name, fact in said(record, "facts", {}).items()),
        None if number is None else entry,
        item.place,
    )


def counted(address: str, number: int | None) -> str:
    """The address of one of several hosts alike, empty where there would be none.

    Those after an IP address have the ones after it.
    """
    if number is None or NUMBER in address:
        return address.replace(NUMBER, str(number))
    try:
        return str(ip_address(address) + (number - 1))
    except ValueError:
        return address if number == 1 else ""


def spread(
    names: Sequence[str], hosts: Mapping[str, Host], count: int | None
) -> tuple[Placement, ...]:
    """Where each copy of a part runs; nothing where a name is none of a host or zone.

    ``count`` is how many copies there are, None for one on each host. A name of one host
    stands for it, that of a pattern or zone for all of its hosts.
    """
    found: dict[str, Host] = {}
    for name in names:
        own = {name: hosts[name]} if name in hosts else members(name, hosts)
        if not own:
            return ()
        found |= own
    chosen = list(found.values())
    if count is None:
        count = len(chosen)
    if count < len(chosen):
        chosen = _by_turns(chosen)
    return tuple(
        Placement(host.id, host.zone) for host in (chosen[n % len(chosen)] for n in range(count))
    )


def members(name: str, hosts: Mapping[str, Host]) -> dict[str, Host]:
    """The hosts of a pattern or zone."""
    return {id: host for id, host in hosts.items() if name in (host.pattern, host.zone)}


def _by_turns(hosts: Sequence[Host]) -> list[Host]:
    """The hosts, one of each zone after the other."""
    by_zone: dict[str | None, list[Host]] = {}
    for host in hosts:
        by_zone.setdefault(host.zone, []).append(host)
    longest = max(map(len, by_zone.values()))
    return [zone[n] for n in range(longest) for zone in by_zone.values() if n < len(zone)]
