"""Connections that are cut, by a firewall that knows programs by their groups."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from contextlib import contextmanager

from rehearsal.addresses import DATABASE, LOCKS, NAMESERVERS, QUEUE
from rehearsal.processes import Programs, run

REACHED_AT = {
    "amqp_servers": ((QUEUE,), (5672,)),
    "db_servers": ((DATABASE,), (3306,)),
    "dlm_servers": ((LOCKS,), (2181,)),
    "dns_servers": (NAMESERVERS, (53, 953)),
}


@contextmanager
def cut(programs: Programs, component: str, *services: str, silent: bool = False) -> Iterator[None]:
    """Services cannot reach a component: what is open is closed, and what is new is refused.

    Where it is ``silent``, packets vanish, and nobody is told.
    """
    addresses, ports = REACHED_AT[component]
    names = [f"{service}-{n}" for service in services for n in (1, 2, 3)]
    groups = ", ".join(str(programs.group(name)) for name in names)
    to = f"meta skgid {{ {groups} }} ip daddr {{ {', '.join(addresses)} }}"
    table = f"rehearsal_{component}"
    for port in ports:
        _nft(table, f"{to} tcp dport {port} {'drop' if silent else 'reject with tcp reset'}")
        _nft(table, f"{to} udp dport {port} {'drop' if silent else 'reject'}")
    if not silent:
        _close(programs.ids(*names), [f"{host}:{port}" for host in addresses for port in ports])
    try:
        yield
    finally:
        run("nft", f"delete table inet {table}")


def _close(processes: Collection[int], peers: Collection[str]) -> None:
    """Close the connections that processes have with peers."""
    for line in run("ss", "-Htnp", "state", "established").splitlines():
        own, peer = line.split()[2:4]
        owners = {int(process) for process in re.findall(r"pid=(\d+)", line)}
        if owners & {*processes} and peer in peers:
            address, _, port = own.rpartition(":")
            run("ss", "-K", "src", address, "sport", "=", port, "dst", peer.rpartition(":")[0])


def _nft(table: str, rule: str) -> None:
    run("nft", f"add table inet {table}")
    run("nft", f"add chain inet {table} out {{ type filter hook output priority 0; }}")
    run("nft", f"add rule inet {table} out {rule}")
