"""What refers to what, and what is defined and never used."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from diagtool.config import balancers
from diagtool.config.values import NO_PLACEHOLDER
from diagtool.loading.balancing import Agreement
from diagtool.loading.building import Builder
from diagtool.loading.deployment import DeploymentChecker
from diagtool.loading.findings import Findings, short
from diagtool.loading.options import OptionChecker, is_secret
from diagtool.loading.promises import check_losses, check_promises
from diagtool.loading.rules import check_rules, report_broken
from diagtool.loading.schema_reader import Item
from diagtool.model import (
    PLACEHOLDER,
    Component,
    Difference,
    Direction,
    Option,
    Part,
    Place,
    Reference,
    Service,
    Snippet,
    SnippetMention,
    Topology,
    View,
    attributes_of,
    node_id,
    zones_of,
)
from diagtool.model.diagnostics import has_errors
from diagtool.model.diagram import shown, whole
from diagtool.model.did_you_mean import did_you_mean


@dataclass(frozen=True, slots=True)
class Checker:
    """Checks a topology; ``built`` knows where ids stand that it refers to."""

    findings: Findings
    built: Builder

    def check(self, topology: Topology) -> None:
        """Reports what is wrong and, where nothing is yet, what does not fit or is never used."""
        self._check_ids(topology)
        self._check_connections(topology)
        for zone in self.built.zone_uses:
            if zone.value not in topology.zones:
                self.findings.unknown(
                    zone.place, f"zone '{zone.value}'", zone.value, topology.zones
                )
        deployment = DeploymentChecker(self.findings, self.built)
        deployment.check_ids(topology)
        for service in topology.services.values():
            self._check_snippets(topology, service)
        self._check_placeholders(topology)
        self._check_views(topology)
        check_rules(self.findings, topology)
        check_losses(self.findings, self.built, topology)
        for reference in self.built.references:
            self._check_reference(topology, reference)
        if not has_errors(self.findings.found):
            deployment.check(topology)
            Agreement(self.findings, self.built).check(topology)
            OptionChecker(self.findings, self.built).check(topology)
            self._check_differences(topology)
            self._check_use(topology)
            self._check_reached(topology)
            report_broken(self.findings, topology)
            check_promises(self.findings, self.built, topology)

    def _check_ids(self, topology: Topology) -> None:
        taken: dict[str, str] = {_folded(id): f"the view '{id}'" for id in whole(topology)}
        ids: list[tuple[str, str, Place]] = []
        for component in topology.components.values():
            ids.append((component.id, f"the component '{component.id}'", component.place))
        for service in topology.services.values():
            ids.append((service.id, f"the service '{service.id}'", service.place))
            of_service = f"of the service '{service.id}'"
            groups = [service.group_id]
            groups += [f"{service.group_id}_{node_id(zone)}" for zone in zones_of(service)]
            for group in dict.fromkeys(groups):
                ids.append((group, f"the group {of_service}", service.place))
            for replica in service.instances:
                what = f"server {replica.number} {of_service}"
                ids.append((replica.id, what, service.place))
        for zone in topology.zones.values():
            ids.append((zone.id, f"the zone '{zone.id}'", zone.place))
        for network in topology.networks.values():
            ids.append((network.id, f"the network '{network.id}'", network.place))
        for host in topology.hosts.values():
            ids.append((host.id, f"the host '{host.id}'", host.place))
        for component in topology.components.values():
            for member in component.instances:
                what = f"member {member.number} of the component '{component.id}'"
                ids.append((member.id, what, component.place))
        clashing: set[tuple[str, Place]] = set()
        for id, what, place in ids:
            other = taken.setdefault(_folded(id), what)
            # One finding is enough where all servers of two services clash.
            if other != what and (other.partition(" of ")[2], place) not in clashing:
                clashing.add((other.partition(" of ")[2], place))
                self.findings.report(
                    "duplicate-id", place, f"{what} has the same id as {other}: '{id}'"
                )

    def _check_connections(self, topology: Topology) -> None:
        stated: dict[tuple[object, ...], str] = {}
        parts = {part.id for part in topology.parts}
        for connection in topology.connections:
            owner, peer = connection.owner, connection.peer
            ends: object = (connection.source, connection.target)
            if connection.direction is Direction.BOTH:
                ends = frozenset((owner, peer))
            same = ends, connection.label, connection.flows
            if peer not in parts:
                what = f"component or service '{peer}'"
                others = (part for part in topology.parts if part.id != owner)
                self.findings.unknown_part(connection.place, what, peer, others)
            elif owner == peer and connection.direction is not Direction.BOTH:
                message = f"'{peer}' is connected with itself"
                hint = f"write 'with: {peer}' for what runs between its copies"
                self.findings.report("bad-connection", connection.place, message, hint)
            elif owner in topology.components and peer in topology.services:
                message = f"'{peer}' is a service, and '{owner}' a component"
                hint = "write the connection at the service, whichever way its arrow points"
                self.findings.report("bad-connection", connection.place, message, hint)
            elif connection.flows and not connection.direct:
                message = f"'flows' run over the connection with '{peer}', which is not direct"
                hint = "remove 'flows', or 'direct: false'"
                self.findings.report("bad-connection", connection.place, message, hint)
            elif same in stated:
                message = f"the connection with '{peer}' is already defined at '{stated[same]}'"
                hint = "write it once, and list in 'flows' what runs over it"
                self.findings.report("bad-connection", connection.place, message, hint)
            stated.setdefault(same, owner)

    def _check_snippets(self, topology: Topology, service: Service) -> None:
        ids = [snippet.id for snippet in service.snippets]
        for snippet in service.snippets:
            other = snippet.alternative_to
            if other is not None and (other not in ids or other == snippet.id):
                known = [id for id in ids if id != snippet.id]
                place = self.built.alternatives[service.id, snippet.id]
                what = f"other snippet '{other}' in the service '{service.id}'"
                self.findings.unknown(place, what, other, known)
            elif other is not None and _goes_in_circles(service, snippet):
                place = self.built.alternatives[service.id, snippet.id]
                message = f"'{other}' is itself an alternative to '{snippet.id}'"
                self.findings.report("bad-value", place, message, "remove one of the two")
        if service.uses is not None and service.uses not in ids:
            what = f"snippet '{service.uses}' in the service '{service.id}'"
            self.findings.unknown(self.built.used[service.id], what, service.uses, ids)
        for block in service.notes:
            if isinstance(block, SnippetMention) and block.snippet not in ids:
                id = block.snippet
                what = f"snippet '{id}' in the service '{service.id}'"
                self.findings.unknown(block.place, what, id, ids)

    def _check_views(self, topology: Topology) -> None:
        taken = {_folded(id): f"the view '{id}'" for id in whole(topology)}
        taken |= {_folded(id): f"the service '{id}'" for id in topology.services}
        for view in topology.views.values():
            what = f"the view '{view.id}'"
            if (other := taken.setdefault(_folded(view.id), what)) != what:
                message = f"{what} has the same id as {other}"
                self.findings.report("duplicate-id", view.place, message)
        known = {part.id for part in topology.parts}
        for id, uses in self.built.views.items():
            view = topology.views[id]
            named = [*uses.services, *uses.around, *(part for box in uses.boxes for part in box)]
            unknown = [use for use in named if use.value not in known]
            for use in unknown:
                what = f"component or service '{use.value}'"
                self.findings.unknown_part(use.place, what, use.value, topology.parts)
            for use in uses.services:
                if use.value in topology.components:
                    message = f"'{use.value}' is a component"
                    hint = "write 'around' for a component and all that it is connected with"
                    self.findings.report("bad-view", use.place, message, hint)
            if not unknown and (not view.zone or view.zone in topology.zones):
                self._check_boxes(topology, view, uses.boxes)

    def _check_boxes(self, topology: Topology, view: View, boxes: Sequence[Sequence[Item]]) -> None:
        there = {part.id for part in shown(topology, view)}
        if not there:
            message = f"there is nothing in the zone '{view.zone}'"
            self.findings.report("bad-view", view.place, message)
        boxed: dict[str, str] = {}
        for box, parts in zip(view.boxes, boxes, strict=True):
            if len(parts) < 2:
                message = f"the box '{short(box.label)}' has only one part"
                self.findings.report("bad-view", box.place, message)
            for part in parts:
                if part.value not in there:
                    message = f"the view does not show '{part.value}'"
                    self.findings.report("bad-view", part.place, message)
                elif part.value in boxed:
                    message = f"'{part.value}' is already in the box '{short(boxed[part.value])}'"
                    self.findings.report("bad-view", part.place, message)
                boxed[part.value] = box.label

    def _check_placeholders(self, topology: Topology) -> None:
        for value, place in _values(topology):
            for name in PLACEHOLDER.findall(value):
                if self.findings.complete and name not in topology.placeholders:
                    self.findings.report(
                        "unknown-placeholder",
                        place,
                        f"the placeholder '<{name}>' is not defined",
                        self.findings.hint(name, topology.placeholders),
                    )

    def _check_reference(self, topology: Topology, reference: Reference) -> None:
        try:
            part = topology.part(reference.id)
        except KeyError:
            what = f"component or service '{reference.id}'"
            self.findings.unknown_part(reference.place, what, reference.id, topology.parts)
            return
        attribute, known = reference.attribute, attributes_of(part)
        option = attribute.removeprefix("options.") if attribute.startswith("options.") else ""
        known = (*known, *(f"ports.{each.name}" for each in part.listen if each.name))
        if attribute not in known and not (isinstance(part, Service) and option):
            kind = "component" if isinstance(part, Component) else "service"
            message = f"the {kind} '{part.id}' has no '{'options' if option else attribute}'"
            offered = ", ".join((*known, "options.NAME") if isinstance(part, Service) else known)
            hint = did_you_mean(attribute, known) or f"it has {offered}"
            self.findings.report("bad-text", reference.place, message, hint)
        elif isinstance(part, Service) and option:
            sections = {o.section for o in part.options if o.name == option}
            # A rule that asks for an option may name it where it is not set.
            asked = {o for r in topology.rules.values() if r.service == part.id for o in r.options}
            if not sections and option not in asked:
                names = {o.name for o in part.options} | asked
                self.findings.unknown(
                    reference.place, f"option '{option}' of '{part.id}'", option, names
                )
            elif len(sections) > 1:
                message = f"'{option}' is set in the sections {', '.join(sorted(sections))}"
                self.findings.report("ambiguous-option", reference.place, message)

    def _check_reached(self, topology: Topology) -> None:
        """Finds snippets that reach a component otherwise than it says that it is reached."""
        wrong = {finding.place for finding in self.findings.found}
        for service in topology.services.values():
            asked: dict[tuple[str, str], list[tuple[Component, Option]]] = {}
            for part in topology.needs(service.id):
                if isinstance(part, Component):
                    for option in part.config:
                        asked.setdefault((option.section, option.name), []).append((part, option))
            for option in (option for snippet in service.chosen for option in snippet.options):
                others = asked.get((option.section, option.name), [])
                if not others or option.value in {other.value for _, other in others}:
                    continue
                part, other = others[0]
                if not wrong & {option.place, other.place}:
                    secret = is_secret(topology, other) or is_secret(topology, option)
                    what = "another one" if secret else f"'{short(other.value)}'"
                    said = f"{option.name} is {what} in the config of '{part.id}'"
                    hint = "one of them is wrong, since both say how it is reached"
                    self.findings.report("option-differs", option.place, said, hint, secret=secret)

    def _check_differences(self, topology: Topology) -> None:
        """Finds notes on something that is no other than in the base of who wrote them."""
        stated = [
            (service.id, block)
            for service in topology.services.values()
            for block in service.notes
            if isinstance(block, Difference)
        ]
        if not stated:
            return
        from diagtool.model.diff_sentences import compare  # which most topologies have no need of

        differing: dict[tuple[str, ...], set[tuple[str, str]]] = {}
        for about, block in stated:
            base = topology.differs_from(about, block)
            if base is None:
                message = "the topology does not extend another one, so nothing can differ"
                self.findings.report("no-difference", block.place, message)
                continue
            if base.sources not in differing:
                changes = compare(base, topology)
                differing[base.sources] = {(change.about, change.what) for change in changes}
            differ = differing[base.sources]
            if about not in base.services:
                message = f"'{base.name}' has no service '{about}'"
                hint = did_you_mean(about, base.services)
                place = topology.services[about].place
                self.findings.report("no-difference", place, message, hint)
            elif (about, block.about) not in differ:
                message = f"'{block.about}' of '{about}' is the same as in '{base.name}'"
                hint = did_you_mean(block.about, {what for id, what in differ if id == about})
                self.findings.report("no-difference", block.place, message, hint)

    def _check_use(self, topology: Topology) -> None:
        """Warns of what is defined and never used."""
        base = topology.base
        for service in topology.services.values():
            earlier = base.services.get(service.id) if base else None
            before = earlier.snippets if earlier else ()
            shown = {b.snippet for b in service.notes if isinstance(b, SnippetMention)}
            for snippet in service.snippets:
                if snippet.id not in shown:
                    message = f"no note shows the snippet '{snippet.id}'"
                    hint = _meant(snippet.id, {other.id for other in before})
                    self.findings.report("unused-snippet", snippet.place, message, hint)
        values = tuple(_values(topology))
        for value, place in values:
            for written in NO_PLACEHOLDER.findall(value):
                what = "names nothing" if written == "<>" else "is not closed"
                self.findings.report("bad-placeholder", place, f"'{written}' {what}")
        filled = {name for value, _ in values for name in PLACEHOLDER.findall(value)}
        filled |= balancers.placeholders(topology).keys()
        for placeholder in topology.placeholders.values():
            if placeholder.name not in filled:
                message = f"no option's value uses '<{placeholder.name}>'"
                hint = _meant(placeholder.name, base.placeholders if base else ())
                self.findings.report("unused-placeholder", placeholder.place, message, hint)
        named: dict[str, Part] = {}
        for part in topology.parts:
            other = named.setdefault(" ".join(part.name.split()).casefold(), part)
            if other is not part:
                message = f"'{part.id}' has the same name as '{other.id}': '{part.name}'"
                self.findings.report("duplicate-name", part.place, message)
        connected = {id for c in topology.connections for id in (c.owner, c.peer)}
        for part in topology.parts:
            if part.id not in connected:
                kind = "component" if isinstance(part, Component) else "service"
                message = f"the {kind} '{part.id}' has no connection"
                hint = _meant(part.id, {other.id for other in base.parts} if base else ())
                self.findings.report("unconnected", part.place, message, hint)


def _values(topology: Topology) -> Iterator[tuple[str, Place]]:
    """All that may hold placeholders."""
    for option in topology.options:
        yield option.value, option.place
    for component in topology.components.values():
        yield component.address, component.place
        if component.balancing:
            yield component.balancing.address, component.balancing.place
    for part in topology.parts:
        if part.cluster:
            yield part.cluster.address, part.place
    for host in topology.hosts.values():
        for address in (host.address, *(address for _, address in host.addresses)):
            yield address, host.place


def _meant(id: str, before: Collection[str]) -> str:
    """Which id of a base one may be meant to be that is new, and of no use."""
    return "" if id in before else did_you_mean(id, before)


def _goes_in_circles(service: Service, snippet: Snippet) -> bool:
    """Whether a snippet is in the end an alternative to itself."""
    others = {s.id: s.alternative_to for s in service.snippets}
    id = snippet.alternative_to
    for _ in others:
        id = others.get(id or "")
        if id == snippet.id:
            return True
    return False


def _folded(id: str) -> str:
    """What an id becomes as an anchor, and on a disk that ignores case."""
    return id.replace("_", "-").casefold()
