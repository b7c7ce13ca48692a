"""The tables of a deployment: what runs between its parts, and on which machines they run."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from diagtool.model import flows, ports
from diagtool.model.flows import NOT_STATED, Selection
from diagtool.model.topology import Host, Place, Service, Topology

ALL = Selection()

VERSION = 1
"""The version of the JSON form; a change that breaks its readers raises it."""

HOST, ZONE, ADDRESS, NETWORKS, RUNS = "Host", "Zone", "Address", "Networks", "Runs"
"""The columns of a table of hosts beside their facts."""


@dataclass(frozen=True, slots=True)
class Row:
    """A text for each column, with the place of what they say and the id that it is of."""

    cells: tuple[str, ...]
    place: Place
    id: str


@dataclass(frozen=True, slots=True)
class Table:
    """A table with its title."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]


def of_flows(topology: Topology, selection: Selection = ALL) -> Table:
    """What runs between the parts, in the order in which the topology states it.

    Raises KeyError for an id that the topology does not have.
    """
    rows = tuple(
        Row(flow.row(topology), flow.flow.place, flow.connection.owner)
        for flow in flows.select(topology, selection)
    )
    return Table(_title(topology, selection), flows.COLUMNS, rows)


def _title(topology: Topology, selection: Selection) -> str:
    """What a table of flows is called: it tells all of what is asked for."""
    title = "Flows"
    if selection.service is not None:
        title += f" of {topology.services[selection.service].name}"
    if selection.host is not None:
        title += f" on {topology.hosts[selection.host].label}"
    if selection.zone is not None:
        title += f" in {topology.zones[selection.zone].label}"
    if selection.network is not None:
        title += f" over {topology.networks[selection.network].label}"
    return title


def titled(topology: Topology, title: str) -> Selection | None:
    """What a table of flows with a title was asked for, None if that is no title of one."""
    asked = [
        ("service", "of", {each.id: each.name for each in topology.services.values()}),
        ("host", "on", {each.id: each.label for each in topology.hosts.values()}),
        ("zone", "in", {each.id: each.label for each in topology.zones.values()}),
        ("network", "over", {each.id: each.label for each in topology.networks.values()}),
    ]
    found = [("Flows", Selection())]
    for key, joint, labels in asked:
        found += [
            (f"{said} {joint} {label}", replace(selection, **{key: id}))
            for said, selection in found
            for id, label in labels.items()
            if title.startswith(f"{said} {joint} {label}")
        ]
    return next((selection for said, selection in found if said == title), None)


def asked(topology: Topology, ids: Sequence[str]) -> Selection | None:
    """What ids ask for, each of another kind; None where one is unknown.

    The first one may have the name of the topology in front, as pages write it.
    """
    selection = ALL
    for number, written in enumerate(ids):
        for kind, known in _kinds(topology).items():
            found = [id for id in known if written == id]
            found = found or [id for id in known if not number and written.endswith(f"-{id}")]
            if found:
                selection = replace(selection, **{kind: max(found, key=len)})
                break
        else:
            return None
    return selection


def _kinds(topology: Topology) -> dict[str, Mapping[str, object]]:
    """All that can be asked for, by the fields of a selection."""
    return {
        "service": topology.services,
        "host": topology.hosts,
        "zone": topology.zones,
        "network": topology.networks,
    }


def of_hosts(topology: Topology) -> Table:
    """The machines in their order, with their facts and what runs on them."""
    facts = tuple(dict.fromkeys(name for h in topology.hosts.values() for name, _ in h.facts))
    networks = (NETWORKS,) if any(host.networks for host in topology.hosts.values()) else ()
    zones = (ZONE,) if any(host.zone for host in topology.hosts.values()) else ()
    columns = (HOST, *zones, ADDRESS, *networks, *facts, RUNS)
    rows = []
    for host in topology.hosts.values():
        known = _told(topology, host) | dict(host.facts)
        cells = tuple(known.get(column) or NOT_STATED for column in columns)
        rows.append(Row(cells, host.place, host.id))
    return Table("Hosts", columns, tuple(rows))


def _told(topology: Topology, host: Host) -> dict[str, str]:
    """What the columns say that are not facts."""
    addresses = [host.address or ports.UNKNOWN]
    for network, address in host.addresses:
        addresses.append(f"{address} ({topology.networks[network].label})")
    return {
        HOST: host.label,
        ZONE: topology.zones[host.zone].label if host.zone else "",
        ADDRESS: ", ".join(addresses),
        NETWORKS: ", ".join(topology.networks[network].label for network in host.networks),
        RUNS: ", ".join(running(topology, host)) or "nothing",
    }


def running(topology: Topology, host: Host) -> list[str]:
    """What runs on a host: each copy with its role, and with when it runs."""
    told = []
    for part in topology.parts:
        job = part.job if isinstance(part, Service) else ""
        for copy in part.instances:
            if copy.host == host.id:
                notes = ", ".join(filter(None, (copy.role.value if copy.role else "", job)))
                told.append(f"{copy.label} ({notes})" if notes else copy.label)
    return told


# --- forms ----------------------------------------------------------------------------


def as_csv(table: Table) -> str:
    """For spreadsheets: a line of columns, then the rows."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(map(_inert, table.columns))
    writer.writerows(map(_inert, row.cells) for row in table.rows)
    return text.getvalue()


def _inert(text: str) -> str:
    """A text that a spreadsheet takes for no formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@") else text


def as_json(topology: Topology, table: Table) -> str:
    """For programs: each row with the id that it is of, and its cells by columns."""
    content = {
        "version": VERSION,
        "topology": topology.name,
        "title": table.title,
        "rows": [
            {"id": row.id, **dict(zip(table.columns, row.cells, strict=True))} for row in table.rows
        ],
    }
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def is_deployed(topology: Topology) -> bool:
    """Whether a topology says anything of machines or ports, so that a table is of use."""
    return bool(topology.hosts) or any(
        part.listen or any(c.flows for c in part.connections) for part in topology.parts
    )
