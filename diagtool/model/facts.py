"""What can be said about a system, as a set that can be compared.

A topology states facts, and so does every artefact: a picture that an arrow leads from
one box to another, a page that a service needs a component, a sample file that an option
has a value. Readers and writers share nothing but this vocabulary. Terms are what a
person sees, labels and names; only ``about`` is an id.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from hashlib import sha256

from diagtool.files.printable import printable_json
from diagtool.model import (
    Component,
    Link,
    Part,
    Place,
    Plain,
    Service,
    Text,
    Topology,
    Warning,
    address_of,
    flows,
    port_and_host_tables,
    ports,
    wording,
)
from diagtool.model.diagram import Arrow, Diagram, in_labels, views

VERSION = 1
"""The version of the JSON form; a change that breaks its readers raises it."""


class FactKind(Enum):
    """The kinds of facts. The value tells a fact of that kind in words, from its terms."""

    SERVICE = "there is the service {0}"
    COMPONENT = "there is the component {0}"
    LABEL = "{about} is drawn as {0}"
    REPLICAS = "{about} has {0} servers"
    SERVER = "{about} has the server {0}"
    BOX = "the picture of {about} shows {0}"
    GROUP = "the picture of {about} shows {1} inside {0}"
    ARROW = "in the picture of {about} an arrow leads from {0} to {1}"
    LINE = "in the picture of {about} a line joins {0} and {1}"
    EDGE_LABEL = "in the picture of {about} the line between {0} and {1} says {2}"
    OPTIONAL = "in the picture of {about} the line between {0} and {1} is dashed: optional"
    NEED = "{about} needs {0}"
    NEEDED = "{about} is needed by {0}"
    FRONT = "{about} stands in front of {0}"
    OPTION = "{about} sets [{0}] {1} = {2}"
    CONFIG = "the whole config of {about} also sets [{0}] {1} = {2}"
    PLACEHOLDER = "{about} leaves <{0}> to be filled in"
    ALTERNATIVE = "{about} sets [{0}] {1} in place of another option"
    SPREAD = "{about} spreads the requests to {0} over {1} servers"
    WARNING = "a warning about {about} says: {0}"
    FLOW = "a flow leads from {0} to {1}: port {2}, {3}, {4}, TLS {5}, opened by {6}; {7}"
    LISTENER = "{about} listens at port {0} as {1}"
    MEMBERS = "{about} has {0} members"
    QUORUM = "{about} needs {0} of its members"
    MODE = "{about} is {0}"
    ROLE = "{0} of {about} is the {1}"
    ADDRESS = "{about} is reached at {0}"
    HOST = "the {1} of the host {0} is {2}"
    RUNS_ON = "{0} runs on {about}"
    JOB = "{about} runs {0}"
    ON_LOSS = "without {0}, {about} {1}: {2}"
    AT_LEAST = "{about} needs {0} of its servers to carry the load; with fewer: {1}"
    WHEN_STOPPED = "when {about} has stopped: {0}"
    CRITICAL = "{0} is critical"
    PROMISE = "it is promised: {0}"


STATED_IN: Mapping[str, frozenset[FactKind]] = {
    "picture": frozenset(
        {
            FactKind.BOX,
            FactKind.GROUP,
            FactKind.ARROW,
            FactKind.LINE,
            FactKind.EDGE_LABEL,
            FactKind.OPTIONAL,
        }
    ),
    "section of a service": frozenset({FactKind.NEED, FactKind.OPTION, FactKind.WARNING}),
    "entry of a component": frozenset({FactKind.NEEDED, FactKind.FRONT}),
    "table of flows or hosts": frozenset({FactKind.FLOW, FactKind.HOST}),
    "sample config file": frozenset({FactKind.OPTION, FactKind.ALTERNATIVE}),
    "config of a load balancer": frozenset({FactKind.SPREAD}),
}
"""The kinds of facts that each artefact states completely, and that a reader finds in it."""

UNDIRECTED = frozenset({FactKind.LINE, FactKind.EDGE_LABEL, FactKind.OPTIONAL})
"""The kinds whose first two terms are the ends of a line, in the order of their names."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One statement. ``about`` is the id of a part or host, or the name of a view."""

    kind: FactKind
    about: str
    terms: tuple[str, ...]

    def __str__(self) -> str:
        return self.kind.value.format(*self.terms, about=self.about).rstrip("; :")


Facts = Mapping[Fact, Place]
"""Facts with the places that state them."""


def state(topology: Topology) -> Facts:
    """Every fact of a topology, in its order, with its place in the topology's files."""
    facts: dict[Fact, Place] = {}
    for component in topology.components.values():
        facts.update(_of_component(topology, component))
    for service in topology.services.values():
        facts.update(_of_service(topology, service))
    for part in topology.parts:
        facts.update(_of_deployment(topology, part))
    facts.update(_of_hosts(topology))
    for promise in topology.promises:
        text = flat(wording.plain(topology, _shown(promise.text)))
        facts[Fact(FactKind.PROMISE, "", (text,))] = promise.place
    for flow in flows.flows(topology):
        facts.setdefault(of_flow(topology, flow), flow.flow.place)
    for view in views(topology):
        for fact in of_diagram(view):
            facts.setdefault(fact, _place(topology, view, fact))
    return facts


def digest(topology: Topology) -> str:
    """Stands for what a topology states, not for how that is drawn or how its files are written.

    What is not stated is left out: it stays the same when the format gets another key that a
    topology does not set.
    """
    stated = [
        [fact.kind.name, fact.about, *terms]
        for fact in state(topology)
        if fact.kind not in STATED_IN["picture"] and (terms := _stated(fact))
    ]
    return sha256(json.dumps(sorted(stated)).encode()).hexdigest()


def _stated(fact: Fact) -> list[str]:
    """The terms of a fact that somebody stated: cells of tables with their columns."""
    columns = flows.COLUMNS if fact.kind is FactKind.FLOW else ("",) * len(fact.terms)
    unstated = ("", flows.NOT_STATED, ports.UNKNOWN)
    if fact.kind is FactKind.HOST and fact.terms[-1] in unstated:
        return []
    pairs = zip(columns, fact.terms, strict=True)
    return [f"{column}:{term}" for column, term in pairs if term not in unstated]


def of_diagram(diagram: Diagram) -> tuple[Fact, ...]:
    """What a picture of a diagram says, in the diagram's order."""
    about = diagram.name
    labels = {node.id: flat(node.label) for node in in_labels(diagram).nodes}
    facts = [Fact(FactKind.BOX, about, (label,)) for label in counted(labels.values())]
    # A frame shows all that is in it, however deep: two inner ones may say the same.
    for group in diagram.all_groups:
        inner = [labels[node.id] for node in diagram.nodes if node.id in group.members]
        inner += [flat(child.label) for child in replace(diagram, groups=group.groups).all_groups]
        facts += [Fact(FactKind.GROUP, about, (flat(group.label), member)) for member in inner]
    for edge in diagram.edges:
        tail, head = labels[edge.tail], labels[edge.head]
        if edge.arrow in (Arrow.FORWARD, Arrow.BOTH):
            facts.append(Fact(FactKind.ARROW, about, (tail, head)))
        if edge.arrow in (Arrow.BACK, Arrow.BOTH):
            facts.append(Fact(FactKind.ARROW, about, (head, tail)))
        ends = tuple(sorted((tail, head)))
        if edge.arrow is Arrow.NONE:
            facts.append(Fact(FactKind.LINE, about, ends))
        if edge.label:
            facts.append(Fact(FactKind.EDGE_LABEL, about, (*ends, flat(edge.label))))
        if edge.optional:
            facts.append(Fact(FactKind.OPTIONAL, about, ends))
    return tuple(dict.fromkeys(facts))


def counted(labels: Iterable[str]) -> Iterator[str]:
    """Labels, those that come again with a number: two boxes may say the same."""
    seen: Counter[str] = Counter()
    for label in labels:
        seen[label] += 1
        yield label if seen[label] == 1 else f"{label} ({seen[label]})"


def flat(text: str) -> str:
    """A text as it is compared: white space and line breaks do not count."""
    return " ".join(text.split())


def _of_component(topology: Topology, component: Component) -> Facts:
    about, place = component.id, component.place
    facts: dict[Fact, Place] = {
        Fact(FactKind.COMPONENT, about, (component.name,)): place,
        Fact(FactKind.LABEL, about, (flat(component.label),)): place,
    }
    for connection in topology.connections:
        if connection.peer == about and connection.owner in topology.services:
            name = topology.services[connection.owner].name
            if topology.is_needed(connection):
                facts.setdefault(Fact(FactKind.NEEDED, about, (name,)), connection.place)
            if component.front:
                facts.setdefault(Fact(FactKind.FRONT, about, (name,)), connection.place)
    return facts


def _of_service(topology: Topology, service: Service) -> Facts:
    about, place = service.id, service.place
    facts: dict[Fact, Place] = {
        Fact(FactKind.SERVICE, about, (service.name,)): place,
        Fact(FactKind.LABEL, about, (flat(service.servers),)): place,
        Fact(FactKind.REPLICAS, about, (str(service.replicas),)): place,
    }
    for replica in service.instances:
        facts[Fact(FactKind.SERVER, about, (replica.label,))] = place
    for connection in service.connections:
        if topology.is_needed(connection):
            name = topology.part(connection.peer).name
            facts.setdefault(Fact(FactKind.NEED, about, (name,)), connection.place)
    for option in service.options:
        setting = (option.section, option.name, option.value)
        facts[Fact(FactKind.OPTION, about, setting)] = option.place
        for name in option.placeholders:
            facts.setdefault(Fact(FactKind.PLACEHOLDER, about, (name,)), option.place)
    for _, option in topology.settings(about):
        setting = (option.section, option.name, option.value)
        if Fact(FactKind.OPTION, about, setting) not in facts:
            facts[Fact(FactKind.CONFIG, about, setting)] = option.place
    for snippet in service.snippets:
        if snippet.alternative_to is not None:
            for option in snippet.options:
                terms = (option.section, option.name)
                facts[Fact(FactKind.ALTERNATIVE, about, terms)] = snippet.place
    for block in service.notes:
        if isinstance(block, Warning):
            text = flat(wording.plain(topology, _shown(block.text)))
            facts[Fact(FactKind.WARNING, about, (text,))] = block.place
    return facts


def _of_deployment(topology: Topology, part: Part) -> Facts:
    """Where a part is reached, and what its copies are to each other."""
    about, place = part.id, part.place
    facts: dict[Fact, Place] = {}
    for listener in part.listen:
        port = ports.of(part, listener) or ports.UNKNOWN
        facts[Fact(FactKind.LISTENER, about, (port, listener.name or about))] = listener.place
    if (cluster := part.cluster) and part.members is not None:
        facts[Fact(FactKind.MEMBERS, about, (str(part.members),))] = place
        if cluster.quorum:
            facts[Fact(FactKind.QUORUM, about, (str(part.members // 2 + 1),))] = place
    if cluster and cluster.mode:
        facts[Fact(FactKind.MODE, about, (cluster.mode.value,))] = place
    for copy in part.instances:
        if copy.role:
            facts[Fact(FactKind.ROLE, about, (copy.label, copy.role.value))] = place
    if address := address_of(part):
        facts[Fact(FactKind.ADDRESS, about, (address,))] = place
    if part.critical:
        facts[Fact(FactKind.CRITICAL, about, (part.name,))] = place
    if isinstance(part, Service) and part.at_least is not None:
        least = part.at_least
        fewer = least.fewer.value if least.fewer else "not stated"
        facts[Fact(FactKind.AT_LEAST, about, (str(least.servers), fewer))] = least.place
    if stopped := part.when_stopped:
        text = flat(wording.plain(topology, _shown(stopped.text)))
        facts[Fact(FactKind.WHEN_STOPPED, about, (text,))] = stopped.place
    for connection in part.connections:
        if loss := connection.on_loss:
            text = flat(wording.plain(topology, _shown(loss.text)))
            terms = (topology.part(connection.peer).name, loss.effect.value, text)
            facts[Fact(FactKind.ON_LOSS, about, terms)] = loss.place
    if isinstance(part, Service) and part.job:
        facts[Fact(FactKind.JOB, about, (part.job,))] = place
    return facts


def of_host_table(topology: Topology) -> Facts:
    """What a table of machines says: where they are, how they are made, what runs on them."""
    table = port_and_host_tables.of_hosts(topology)
    return {
        Fact(FactKind.HOST, row.id, (row.cells[0], column, cell)): row.place
        for row in table.rows
        for column, cell in zip(table.columns[1:], row.cells[1:], strict=True)
    }


def _of_hosts(topology: Topology) -> Facts:
    facts = dict(of_host_table(topology))
    for part in topology.parts:
        for copy in part.instances:
            if copy.host:
                facts[Fact(FactKind.RUNS_ON, copy.host, (copy.label,))] = part.place
    return facts


def of_flow(topology: Topology, flow: flows.Resolved) -> Fact:
    """What a row of a table says."""
    return Fact(FactKind.FLOW, flow.connection.owner, flow.row(topology))


def of_sample(topology: Topology, service: Service, *, alternatives: bool = True) -> Facts:
    """What a service's whole sample file says; alternatives in it are commented out."""
    facts: dict[Fact, Place] = {}
    options = [option for _, option in topology.settings(service.id)]
    others = [s for s in service.snippets if alternatives and s not in service.chosen]
    for option in (*options, *(o for snippet in others for o in snippet.options)):
        terms = (option.section, option.name, option.value)
        facts.setdefault(Fact(FactKind.OPTION, service.id, terms), option.place)
    for snippet in others:
        for option in snippet.options:
            named = (option.section, option.name)
            facts.setdefault(Fact(FactKind.ALTERNATIVE, service.id, named), snippet.place)
    return facts


def of_balancer(topology: Topology, component: Component) -> Facts:
    """What the config of a load balancer says; ids stand in it, not names."""
    return {
        Fact(FactKind.SPREAD, component.id, (service.id, str(service.replicas))): service.place
        for service in topology.balanced_by(component.id)
    }


def _shown(text: Text) -> Text:
    """A text as a page shows it: of a link, its words."""
    return tuple(Plain(part.text) if isinstance(part, Link) else part for part in text)


def _place(topology: Topology, view: Diagram, fact: Fact) -> Place:
    """The place of the connection, or of the part, that a fact of a picture comes from."""
    parts = {flat(node.label): node.part for node in view.nodes}
    first = parts.get(fact.terms[0])
    second = parts.get(fact.terms[1]) if len(fact.terms) > 1 else None
    for connection in topology.connections:
        if {connection.owner, connection.peer} == {first, second}:
            return connection.place
    if view.name in topology.views:
        return topology.views[view.name].place
    for id in filter(None, (second, first, fact.about)):
        if id in topology.services or id in topology.components:
            return topology.part(id).place
    return Place(topology.sources[0], 1, 1) if topology.sources else Place()


def as_text(facts: Iterable[Fact]) -> str:
    """A sentence a line."""
    return "".join(f"{fact}\n" for fact in facts)


def as_json(topology: Topology, facts: Iterable[Fact]) -> str:
    """For programs: the topology's name, and each fact as kind, about and terms."""
    content = {
        "version": VERSION,
        "topology": topology.name,
        "facts": [
            {"kind": fact.kind.name.lower(), "about": fact.about, "terms": list(fact.terms)}
            for fact in facts
        ],
    }
    return printable_json(json.dumps(content, indent=2, ensure_ascii=False)) + "\n"
