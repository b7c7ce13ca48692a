"""nftables: what may be opened to a host, into a zone or within a network."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from diagtool.config import addresses
from diagtool.config.addresses import Endpoint, Values
from diagtool.config.comments import comment, replaceable
from diagtool.model import PLACEHOLDER, Part, Topology, flows, ports
from diagtool.model.flows import Resolved, Selection


def write(topology: Topology, selection: Selection, values: Values) -> str:
    """A table with one chain: of a host what comes in, else what is passed on."""
    rules = [_Rule(topology, selection, flow, values) for flow in _reaching(topology, selection)]
    wanted: dict[str, Endpoint] = {}
    for rule in rules:
        wanted |= {_variable(end): end for end in (*rule.sources, *rule.targets)}
    unheard = list(_unheard(topology, selection))
    unknown = [rule for rule in rules if not rule.is_known]
    lines = [f"define {name} = {end.address}" for name, end in wanted.items()]
    lines += ["", *_table(topology, selection, rules)]
    head = comment(_about(topology, selection, rules, unknown, unheard, wanted.values()))
    return head + "\n" + "".join(f"{line}\n" for line in lines).lstrip("\n")


def _reaching(topology: Topology, selection: Selection) -> tuple[Resolved, ...]:
    """The flows that are opened to a host, into a zone from elsewhere, or within a network."""
    found = []
    for flow in flows.select(topology, selection):
        opener, reached = topology.part(flow.opener), topology.part(flow.reached)
        if selection.host and selection.host not in _hosts(reached):
            continue
        if selection.zone and not (
            _outside(topology, opener, selection.zone)
            and _hosts(reached) & _of_zone(topology, selection.zone)
        ):
            continue
        found.append(flow)
    return tuple(found)


def _hosts(part: Part) -> set[str]:
    return {placed.host for placed in part.placements}


def _of_zone(topology: Topology, zone: str) -> set[str]:
    return {host.id for host in topology.hosts.values() if host.zone == zone}


def _outside(topology: Topology, part: Part, zone: str) -> bool:
    """Whether a part has a copy outside of a zone, as far as is known."""
    return not part.placements or bool(_hosts(part) - _of_zone(topology, zone))


class _Rule:
    """What a flow opens; without addresses that are on the wrong side."""

    def __init__(
        self, topology: Topology, selection: Selection, flow: Resolved, values: Values
    ) -> None:
        self.flow = flow
        sources = addresses.of_part(topology, topology.part(flow.opener), values, flow.network)
        targets = addresses.of_part(topology, topology.part(flow.reached), values, flow.network)
        if selection.host:
            targets = tuple(end for end in targets if end.id == selection.host)
        if selection.zone:
            inside = _of_zone(topology, selection.zone)
            sources = tuple(end for end in sources if end.id not in inside)
            targets = tuple(end for end in targets if end.id in inside)
        self.sources, self.targets = sources, targets
        self.row = flow.row(topology)

    @property
    def is_known(self) -> bool:
        """Whether there is a port to open."""
        return self.flow.port.isdigit() and self.flow.transport in ("tcp", "udp")

    @property
    def words(self) -> str:
        """Who reaches whom with what, for a comment."""
        _, _, port, transport, protocol, _, _, purpose = self.row
        told = " ".join(w for w in (transport, protocol) if w != flows.NOT_STATED)
        told = f"{told} to port {port}" if told else f"port {port}"
        return f"{told}, {purpose}" if purpose else told

    def lines(self, *, to: bool) -> Iterator[str]:
        """A rule for each version of IP that has addresses on both sides."""
        if not self.is_known:
            return
        for version, family in ((4, "ip"), (6, "ip6")):
            sources = [end for end in self.sources if end.version in (version, None)]
            targets = [end for end in self.targets if end.version in (version, None)]
            if not to:  # at which of its addresses a host is reached does not matter
                targets = []
            if version == 6 and not any(end.version for end in (*sources, *targets)):
                continue  # what is not known is opened once
            if not sources or (to and not targets):
                continue
            rule = f"{family} saddr {_set(sources)}"
            rule += f" {family} daddr {_set(targets)}" if to else ""
            yield f"{rule} {self.flow.transport} dport {self.flow.port} accept"


def _table(topology: Topology, selection: Selection, rules: Iterable[_Rule]) -> Iterator[str]:
    hook = "input" if selection.host else "forward"
    # So that it can be loaded again, the table as it was is taken away.
    yield "table inet diagtool"
    yield "delete table inet diagtool"
    yield "table inet diagtool {"
    yield f"    chain {hook} {{"
    yield f"        type filter hook {hook} priority filter; policy drop;"
    yield "        ct state established,related accept"
    if selection.host:
        yield '        iif "lo" accept'
    yield "        meta l4proto { icmp, ipv6-icmp } accept"
    for rule in rules:
        opener, reached = (topology.part(id).name for id in (rule.flow.opener, rule.flow.reached))
        lines = list(rule.lines(to=not selection.host))
        yield ""
        for line in comment([f"{opener} opens {reached}: {rule.words}"]).splitlines():
            yield f"        {line}"
        yield from (f"        {line}" for line in lines)
        if not lines:
            yield "        # Not opened: the port is unknown."
    yield "    }"
    yield "}"


def _set(ends: Iterable[Endpoint]) -> str:
    return "{ " + ", ".join(f"${_variable(end)}" for end in ends) + " }"


def _variable(end: Endpoint) -> str:
    return "_".join(filter(None, (end.id, end.network))).replace("-", "_")


def _unheard(topology: Topology, selection: Selection) -> Iterator[tuple[str, str]]:
    """Listeners on a host that nobody is said to reach, with their ports."""
    if not selection.host:
        return
    reached = {(flow.reached, flow.port) for flow in flows.flows(topology)}
    for part in topology.parts:
        if selection.host in _hosts(part):
            for listener in ports.listeners(topology, part):
                port = ports.of(part, listener)
                if (part.id, port) not in reached:
                    yield part.name, port or ports.UNKNOWN


def _about(
    topology: Topology,
    selection: Selection,
    rules: list[_Rule],
    unknown: list[_Rule],
    unheard: list[tuple[str, str]],
    wanted: Iterable[Endpoint],
) -> Iterator[str]:
    if selection.host:
        what = f"what may be opened to {topology.hosts[selection.host].label}"
    elif selection.zone:
        what = f"what may be opened into {topology.zones[selection.zone].label}"
    else:
        network = topology.networks[selection.network or ""]
        what = f"what may be opened within {network.label}"
    yield f"{topology.name}: {what}. Load it with nft -f, nftables 0.9.4 or later."
    if unknown or unheard:
        yield "It is not complete:"
    for rule in unknown:
        opener, reached = (topology.part(id).name for id in (rule.flow.opener, rule.flow.reached))
        yield f"  {opener} opens connections to {reached}, but the port is unknown ({rule.words})."
    for name, port in unheard:
        yield f"  {name} listens at port {port}, but nothing in the topology reaches it."
    yield "Add whatever the topology does not contain, such as your own login."
    yield from replaceable(end.address for end in wanted if PLACEHOLDER.search(end.address))
    if not rules:
        yield "The topology has no flow that would be opened here."
