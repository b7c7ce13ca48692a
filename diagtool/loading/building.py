"""The model's parts, made from what was read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from diagtool.loading import markup, schema, yaml_file
from diagtool.loading.findings import Findings
from diagtool.loading.placing import spread, unfolded
from diagtool.loading.schema_reader import Fields, Item, said
from diagtool.model import (
    AtLeast,
    Balancing,
    Block,
    Cluster,
    Component,
    Connection,
    Difference,
    Direction,
    DriverChoice,
    Effect,
    Flow,
    Headers,
    Host,
    Inline,
    Kubernetes,
    Listener,
    Mode,
    Network,
    OnLoss,
    Option,
    Paragraph,
    Place,
    Placeholder,
    Placement,
    Promise,
    Reference,
    Reliance,
    Rule,
    Service,
    Severity,
    Shape,
    Silence,
    Snippet,
    SnippetMention,
    Text,
    Topology,
    Transport,
    View,
    ViewBox,
    Warning,
    WhenStopped,
    Zone,
)
from diagtool.model.catalogue import Catalogue, OptionType
from diagtool.model.evidence import Evidence
from diagtool.model.topology import HTTP

_RULE = ("when", "needs")


class ViewUses(NamedTuple):
    """Where a view names parts: ``around`` is one at most, and ``boxes`` hold some each."""

    services: Sequence[Item]
    around: Sequence[Item]
    boxes: Sequence[Sequence[Item]]


@dataclass
class Builder:
    """Makes a topology. Beside the model, it keeps the places of ids that are referred to."""

    findings: Findings
    zone_uses: list[Item] = field(default_factory=list)
    network_uses: list[Item] = field(default_factory=list)
    host_uses: dict[str, tuple[Item, ...]] = field(default_factory=dict)
    """What each part runs on, by its id."""
    hosts: dict[str, Host] = field(default_factory=dict)
    host_items: dict[str, Item] = field(default_factory=dict)
    replicas: dict[str, Place] = field(default_factory=dict)
    """Where each part says how many it is."""
    alternatives: dict[tuple[str, str], Place] = field(default_factory=dict)
    used: dict[str, Place] = field(default_factory=dict)
    promises: list[tuple[tuple[Item, ...], tuple[Item, ...]]] = field(default_factory=list)
    """What each promise says is lost, and what goes on."""
    views: dict[str, ViewUses] = field(default_factory=dict)
    at_least: dict[str, Place] = field(default_factory=dict)
    rules: dict[str, Rule] = field(default_factory=dict)
    examples: dict[str, Place] = field(default_factory=dict)
    names: dict[Place, tuple[Place, Place]] = field(default_factory=dict)
    """The places of an option's section and name, by that of its value."""
    addresses: dict[str, Place] = field(default_factory=dict)
    headers: dict[str, Place] = field(default_factory=dict)
    prefixes: dict[str, Place] = field(default_factory=dict)
    references: list[Reference] = field(default_factory=list)
    """What all texts refer to."""

    def build(
        self,
        id: str,
        record: Fields,
        base: Topology | None,
        catalogues: tuple[Catalogue, ...],
        evidence: Evidence | None,
    ) -> Topology:
        """The topology of a record that was read, laid over its base already.

        Texts that cannot be read are reported and left empty; nothing is raised.
        """
        defaults = said(record, "defaults", {})
        # Notes show what these say.
        self.rules = {id: self._rule(id, item) for id, item in said(record, "rules", {}).items()}
        self.host_items = said(record, "hosts", {})
        for host_id, item in self.host_items.items():
            self.hosts |= {host.id: host for host in self._hosts(host_id, item)}
        components = {
            id: self._component(id, item) for id, item in said(record, "components", {}).items()
        }
        services = {
            id: self._service(id, item, defaults)
            for id, item in said(record, "services", {}).items()
        }
        return Topology(
            id=id,
            name=said(record, "name", ""),
            components=components,
            services=services,
            zones={
                id: Zone(id, said(item.value, "label", id).strip(), item.place)
                for id, item in said(record, "zones", {}).items()
            },
            networks={
                id: Network(
                    id,
                    said(item.value, "label", id).strip(),
                    said(item.value, "range", ""),
                    item.place,
                )
                for id, item in said(record, "networks", {}).items()
            },
            hosts=self.hosts,
            placeholders={
                name: self._placeholder(name, item)
                for name, item in said(record, "placeholders", {}).items()
            },
            drivers=tuple(
                DriverChoice(
                    section,
                    name,
                    said(choice.value, "library", ""),
                    tuple(sorted({need.value for need in said(choice.value, "needs", ())})),
                    choice.place,
                )
                for section, choices in said(record, "drivers", {}).items()
                for name, choice in choices.value.items()
            ),
            intro=self._blocks(record.get("intro")),
            rules=self.rules,
            promises=tuple(self._promise(item) for item in said(record, "promises", ())),
            views={id: self._view(id, item) for id, item in said(record, "views", {}).items()},
            silenced=self._silences(record),
            catalogues=catalogues,
            evidence=evidence,
            sources=(
                *self.findings.files,
                *(catalogue.path for catalogue in catalogues),
                *((evidence.path,) if evidence else ()),
            ),
            base=base,
        )

    def _placeholder(self, name: str, item: Item) -> Placeholder:
        record: Fields = item.value
        if "example" in record:
            self.examples[name] = record["example"].place
        type = said(record, "type", None)
        return Placeholder(
            name,
            said(record, "description", ""),
            said(record, "example", ""),
            OptionType(type) if type else None,
            item.place,
        )

    def _hosts(self, id: str, item: Item) -> tuple[Host, ...]:
        record: Fields = item.value
        self.zone_uses += [record["zone"]] if "zone" in record else []
        self.zone_uses += said(record, "zones", [])
        self.network_uses += said(record, "networks", [])
        self.network_uses += [
            Item(network, address.place, address.node)
            for network, address in said(record, "addresses", {}).items()
        ]
        return unfolded(id, item)

    def _component(self, id: str, item: Item) -> Component:
        record: Fields = item.value
        name = said(record, "name", id)
        self.zone_uses += [record["zone"]] if "zone" in record else []
        cluster = self._cluster(id, record)
        outside = said(record, "outside", False)
        placements = self._placements(id, record, cluster.members if cluster else None)
        zones = {placement.zone for placement in placements}
        return Component(
            id=id,
            name=name,
            label=said(record, "label", name).strip(),
            shape=Shape(said(record, "shape", Shape.BOX.value)),
            width=said(record, "width", None),
            stacked=said(record, "stacked", not outside),
            front=said(record, "front", False),
            cluster=cluster,
            balancing=self._balancing(id, record.get("balancing")),
            listen=self._listen(id, record, service=False),
            placements=placements,
            address=said(record, "address", ""),
            outside=outside,
            critical=said(record, "critical", False),
            when_stopped=self._when_stopped(record.get("when_stopped")),
            zone=said(record, "zone", next(iter(zones)) if len(zones) == 1 else None),
            description=self._text(record.get("description")),
            connections=self._connections(id, record),
            config=self._options(record.get("config")),
            silenced=self._silences(record),
            place=item.place,
        )

    def _service(self, id: str, item: Item, defaults: Fields) -> Service:
        record: Fields = item.value
        name = said(record, "name", id)
        snippets = said(record, "snippets", {})
        self.zone_uses += said(record, "zones", [])
        job = said(record, "job", "")
        placements = self._placements(id, record, said(record, "replicas", None))
        usual = len(placements) or (1 if job else said(defaults, "replicas", 3))
        zones = [zone.value for zone in said(record, "zones", [])]
        zones = zones or list(dict.fromkeys(p.zone for p in placements if p.zone))
        if "replicas" in record:
            self.replicas[id] = record["replicas"].place
        for snippet_id, snippet in snippets.items():
            if other := snippet.value.get("alternative_to"):
                self.alternatives[id, snippet_id] = other.place
        if uses := record.get("uses"):
            self.used[id] = uses.place
        return Service(
            id=id,
            name=name,
            server=said(record, "server", f"{name} Server"),
            plural=said(record, "servers", ""),
            replicas=said(record, "replicas", usual),
            at_least=self._at_least(id, record.get("at_least")),
            critical=said(record, "critical", False),
            when_stopped=self._when_stopped(record.get("when_stopped")),
            shape=Shape(said(record, "shape", Shape.BOX.value)),
            width=said(record, "width", said(defaults, "width", None)),
            zones=tuple(zones),
            placements=placements,
            cluster=self._cluster(id, record),
            job=job,
            kubernetes=_kubernetes(record.get("kubernetes")),
            fold_from=said(record, "fold_from", said(defaults, "fold_from", None)),
            description=self._text(record.get("description")),
            connections=self._connections(id, record),
            listen=self._listen(id, record, service=True),
            snippets=tuple(self._snippet(id, snippet) for id, snippet in snippets.items()),
            uses=said(record, "uses", None),
            config=self._options(record.get("config")),
            notes=self._blocks(record.get("notes")),
            silenced=self._silences(record),
            place=item.place,
        )

    def _snippet(self, id: str, item: Item) -> Snippet:
        record: Fields = item.value
        return Snippet(
            id,
            self._options(record.get("options")),
            said(record, "alternative_to", None),
            Reliance(reliance) if (reliance := said(record, "relies_on", None)) else None,
            item.place,
        )

    def _options(self, item: Item | None) -> tuple[Option, ...]:
        options = []
        for section, names in (item.value if item else {}).items():
            for name, values in names.value.items():
                for value in values.value:
                    options.append(Option(section, name, value.value, value.place))
                    self.names[value.place] = names.place, values.place
        return tuple(options)

    def _balancing(self, id: str, item: Item | None) -> Balancing | None:
        if item is None:
            return None
        record: Fields = item.value
        if "address" in record:
            self.addresses[id] = record["address"].place
        if "headers" in record:
            self.headers[id] = record["headers"].place
        tls = said(record, "tls", False)
        headers = said(record, "headers", None)
        return Balancing(
            address=said(record, "address", ""),
            port=said(record, "port", 443 if tls else 80),
            tls=tls,
            headers=Headers(headers) if headers else None,
            place=item.place,
        )

    def _listen(self, id: str, record: Fields, *, service: bool) -> tuple[Listener, ...]:
        return tuple(
            self._listener(id, item, service=service) for item in said(record, "listen", ())
        )

    def _listener(self, id: str, item: Item, *, service: bool) -> Listener:
        record: Fields = item.value
        if "prefix" in record:
            self.prefixes[id] = record["prefix"].place
        self.network_uses += [record["network"]] if "network" in record else []
        name = said(record, "name", "")
        transport = Transport(said(record, "transport", Transport.TCP.value))
        usual = name if name in HTTP else ""
        if service and not name and transport is Transport.TCP:
            usual = "http"
        protocol = said(record, "protocol", usual)
        option = said(record, "option", None)
        return Listener(
            name,
            said(record, "port", None),
            transport,
            protocol,
            said(record, "tls", True if protocol == "https" else None),
            said(record, "network", None),
            (said(record, "section", ""), option) if option else None,
            said(record, "health", "/"),
            said(record, "prefix", ""),
            said(record, "front_port", None),
            record["port"].place if "port" in record else item.place,
        )

    def _flow(self, item: Item) -> Flow:
        record: Fields = item.value
        self.network_uses += [record["network"]] if "network" in record else []
        transport = said(record, "transport", None)
        return Flow(
            said(record, "listener", ""),
            said(record, "port", None),
            Transport(transport) if transport else None,
            said(record, "protocol", ""),
            said(record, "tls", None),
            said(record, "network", None),
            said(record, "purpose", "").strip(),
            said(record, "opened_by", None),
            next((record[key].place for key in ("port", "listener") if key in record), item.place),
        )

    def _cluster(self, id: str, record: Fields) -> Cluster | None:
        if "cluster" not in record:
            return None
        own: Fields = record["cluster"].value
        mode = said(own, "mode", None)
        if "members" in own:
            self.replicas[id] = own["members"].place
        return Cluster(
            said(own, "members", None),
            said(own, "quorum", False),
            Mode(mode) if mode else None,
            said(own, "address", ""),
        )

    def _placements(self, id: str, record: Fields, count: int | None) -> tuple[Placement, ...]:
        """Where the copies of a part run; what it names that is no host is reported later."""
        names = said(record, "runs_on", ())
        if not names:
            return ()
        self.host_uses[id] = tuple(names)
        return spread([name.value for name in names], self.hosts, count)

    def _connections(self, owner: str, record: Fields) -> tuple[Connection, ...]:
        connections = []
        for item in said(record, "connections", []):
            for direction in Direction:
                if peer := item.value.get(direction.value):
                    connections.append(
                        Connection(
                            owner,
                            peer.value,
                            direction,
                            needed=said(item.value, "needed", None),
                            label=said(item.value, "label", "").strip(),
                            direct=said(item.value, "direct", True),
                            flows=tuple(self._flow(f) for f in said(item.value, "flows", ())),
                            on_loss=self._on_loss(item.value.get("on_loss")),
                            place=peer.place,
                        )
                    )
                    break
        return tuple(connections)

    def _on_loss(self, item: Item | None) -> OnLoss | None:
        if item is None:
            return None
        if isinstance(item.value, str):
            return OnLoss(Effect(item.value), place=item.place)
        effect = said(item.value, "effect", None)
        if effect is None:
            return None  # reported already
        text, source = (self._text(item.value.get(key)) for key in ("text", "source"))
        return OnLoss(Effect(effect), text, source, item.place)

    def _at_least(self, id: str, item: Item | None) -> AtLeast | None:
        if item is None:
            return None
        servers, record = item, {}
        if not isinstance(item.value, int):
            record = item.value
            servers = record.get("servers")
            if servers is None:
                return None  # reported already
        self.at_least[id] = servers.place
        fewer = said(record, "fewer", Effect.DEGRADES.value)
        return AtLeast(
            servers.value,
            None if fewer == schema.UNSTATED else Effect(fewer),
            self._text(record.get("source")),
            item.place,
        )

    def _when_stopped(self, item: Item | None) -> WhenStopped | None:
        if item is None:
            return None
        text, source = (self._text(item.value.get(key)) for key in ("text", "source"))
        return WhenStopped(text, source, item.place)

    def _promise(self, item: Item) -> Promise:
        lost, still = (tuple(said(item.value, key, ())) for key in ("lost", "still"))
        self.promises.append((lost, still))
        return Promise(
            self._text(item.value.get("text")),
            tuple(loss.value for loss in lost),
            tuple(part.value for part in still),
            item.place,
        )

    def _view(self, id: str, item: Item) -> View:
        record: Fields = item.value
        self.zone_uses += [record["zone"]] if "zone" in record else []
        services, boxes = said(record, "services", []), said(record, "boxes", [])
        within = [said(box.value, "parts", []) for box in boxes]
        self.views[id] = ViewUses(
            services, [record["around"]] if "around" in record else [], within
        )
        return View(
            id,
            said(record, "title", ""),
            tuple(service.value for service in services),
            said(record, "around", None),
            said(record, "zone", None),
            tuple(
                ViewBox(
                    said(box.value, "label", ""), tuple(part.value for part in parts), box.place
                )
                for box, parts in zip(boxes, within, strict=True)
            ),
            item.place,
        )

    def _blocks(self, item: Item | None) -> tuple[Block, ...]:
        blocks: list[Block] = []
        for part in item.value if item else ():
            if isinstance(part.value, str):
                blocks.append(Paragraph(self._text(part), part.place))
            elif snippet := part.value.get("snippet"):
                blocks.append(SnippetMention(snippet.value, snippet.place))
            elif warning := part.value.get("warning"):
                if isinstance(warning.value, str):
                    blocks.append(Warning(self._text(warning), warning.place))
                elif rule := self._mentioned(warning.value.get("rule")):
                    blocks.append(Warning(rule.text, rule.place))
            elif named := part.value.get("rule"):
                if rule := self._mentioned(named):
                    blocks.append(Paragraph(rule.text, rule.place))
            elif difference := part.value.get("difference"):
                blocks.append(
                    Difference(
                        said(difference.value, "about", ""),
                        self._text(difference.value.get("text")),
                        self._text(difference.value.get("source")),
                        difference.value.get("about", difference).place,
                    )
                )
        return tuple(blocks)

    def _rule(self, id: str, item: Item) -> Rule:
        when, needs = (item.value.get(key, Item({}, item.place, item.node)) for key in _RULE)
        return Rule(
            id,
            self._text(item.value.get("text")),
            service=said(when.value, "service", ""),
            replicas=said(when.value, "replicas", 1),
            severity=Severity(said(item.value, "severity", Severity.WARNING.value)),
            options=tuple(option.value for option in said(needs.value, "option", [])),
            section=said(needs.value, "section", None),
            component=said(needs.value, "component", None),
            front=said(needs.value, "front", None),
            place=item.place,
            service_place=when.value.get("service", when).place,
            need_place=needs.value.get("component", needs).place,
        )

    def _mentioned(self, named: Item | None) -> Rule | None:
        """The rule that a note shows, or None after a report."""
        if named is None:
            return None
        if named.value not in self.rules:
            what = f"rule '{named.value}' in this topology"
            self.findings.unknown(named.place, what, named.value, self.rules)
        return self.rules.get(named.value)

    def _silences(self, record: Fields) -> tuple[Silence, ...]:
        return tuple(
            Silence(rule, self._text(reason), reason.place)
            for rule, reason in said(record, "silenced", {}).items()
        )

    def _text(self, item: Item | None) -> Text:
        """The parts of a text, each reference with its own place."""
        if item is None:
            return ()
        placed: list[Inline] = []
        places: list[Place] = []
        try:
            for offset, inline in markup.scan(item.value):
                if isinstance(inline, Reference):
                    places = places or _letters(item)
                    inline = replace(inline, place=places[offset])
                    self.references.append(inline)
                placed.append(inline)
        except markup.MarkupError as error:
            self.findings.report(error.code, _letters(item)[error.offset], error.message)
            return ()
        return tuple(placed)


def _letters(item: Item) -> list[Place]:
    """The place of each character of a text that is no white space, as the file spells it."""
    assert isinstance(item.node, yaml_file.Scalar)
    raw, place = item.node.raw, item.place
    spelt: list[Place] = []
    letters: list[str] = []
    for number, line in enumerate(yaml_file.lines_of(raw)):
        for column, letter in enumerate(line, place.column if number == 0 else 1):
            if letter not in markup.BLANKS:
                spelt.append(Place(place.path, place.line + number, column))
                letters.append(letter)
    value = markup.squeezed(item.value)
    start = "".join(letters).rfind(value)
    # Escapes in quotes spell a text otherwise: then its start must do.
    return spelt[start : start + len(value)] if start >= 0 else [place] * len(value)


def _kubernetes(item: Item | None) -> Kubernetes | None:
    if item is None:
        return None
    kind = said(item.value, "kind", "Deployment")
    return Kubernetes(kind == "StatefulSet", said(item.value, "image", ""))
