"""The topologies that pages speak of, and what directives and roles say of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType

from diagtool.config import balancers, deployment, snippets
from diagtool.config.balancers import Balancer
from diagtool.config.releases import Explained, explained
from diagtool.guide import rst
from diagtool.guide.names import Name, OtherKind, Unknown, Unusable, Use
from diagtool.guide.renderer import Guide, GuideError, Line
from diagtool.guide.rst import Rst
from diagtool.loading import loader
from diagtool.model import (
    Component,
    Part,
    Reference,
    Service,
    Snippet,
    Topology,
    attributes_of,
    failure_tables,
    failure_view,
    failures,
    port_and_host_tables,
    running_record,
    wording,
)
from diagtool.model.diagram import AROUND, Diagram, name_of_subset, names, view
from diagtool.model.did_you_mean import did_you_mean
from diagtool.model.flows import Selection
from diagtool.model.port_and_host_tables import Table
from diagtool.model.running_record import RunningRecordError
from diagtool.pictures.formats import FormatError

_OPTION = re.compile(r"\[|\.options\.")
"""What parts an option from what it is an option of."""


class Topologies:
    """The topologies of a project by name, the default first; one with errors is None here.

    ``folders`` hold the project's own templates. Where the topologies are not ``complete``, a
    name that is not among them could be one of those that are left out.
    """

    def __init__(
        self,
        topologies: Mapping[str, Topology | None],
        folders: Sequence[Path] = (),
        *,
        complete: bool = True,
    ) -> None:
        self._topologies = dict(topologies)
        self._complete = complete
        self._folders = folders
        self._default = next(iter(self._topologies), "")
        self._guides: dict[tuple[str, str], Guide] = {}
        self._digests: dict[Use, str] = {}

    @property
    def unusable(self) -> bool:
        """Whether any of them has errors."""
        return not self._complete or None in self._topologies.values()

    @property
    def usable(self) -> list[Topology]:
        """Those without errors."""
        return [topology for topology in self._topologies.values() if topology is not None]

    # --- names ------------------------------------------------------------------------

    def name(self, written: str, page: str) -> Name:
        """What ``id`` or ``topology/id`` means on a page that speaks of a topology."""
        # What follows is the name of an option or of its section, either of which can hold a slash.
        option = _OPTION.search(written)
        end = option.start() if option else len(written)
        topology, slash, id = written[:end].rpartition("/")
        return Name(topology if slash else page or self._default, id + written[end:])

    def anchor(self, name: Name) -> str:
        """The anchor of a part: its id, with the topology before it but in the default one.

        That of an option is made from its section and name.
        """
        anchor = name.target
        if anchor.startswith("["):
            from docutils.nodes import make_id

            anchor = make_id(f"option-{anchor}")
        return anchor if name.topology == self._default else f"{name.topology}-{anchor}"

    def topology(self, name: str) -> Topology:
        """The topology of this name. Raises Unknown or Unusable."""
        if name in self._topologies:
            topology = self._topologies[name]
            if topology is None:
                raise Unusable(name)
            return topology
        if not self._complete:
            raise Unusable(name)
        if not self._topologies:
            raise Unknown("there is no topology: name one in topo_topologies in conf.py")
        raise Unknown(_missing("topology", name, self._topologies, "topo_topologies"))

    def part(self, name: Name, kind: str = "part") -> Part:
        """The part of this name and kind (``service``, ``component`` or ``part``).

        Raises Unknown.
        """
        topology = self.topology(name.topology)
        wanted = {"service": Service, "component": Component}.get(kind, Part)
        every = {part.id: part for part in topology.parts}
        parts = {id: part for id, part in every.items() if isinstance(part, wanted)}
        if name.target in parts:
            return parts[name.target]
        where = f"topology '{name.topology}'"
        if name.target in every:
            raise OtherKind(name.target, "component" if kind == "service" else "service")
        called = loader.called(parts.values())
        raise Unknown(_missing(kind, name.target, parts, where, called))

    def service(self, name: Name) -> Service:
        """The service of this name. Raises Unknown."""
        service = self.part(name, "service")
        assert isinstance(service, Service)
        return service

    def component(self, name: Name) -> Component:
        """The component of this name. Raises Unknown."""
        component = self.part(name, "component")
        assert isinstance(component, Component)
        return component

    def balancer(self, name: Name) -> Balancer:
        """What the component of this name is to do. Raises Unknown."""
        component = self.component(name)
        balancer = balancers.balancer(self.topology(name.topology), component.id)
        if balancer is None:
            raise Unknown(f"component '{component.id}' has no 'balancing'")
        return balancer

    def value(self, name: Name) -> str:
        """What ``id.attribute`` stands for. Raises Unknown."""
        id, _, attribute = name.target.partition(".")
        part = self.part(Name(name.topology, id))
        options = {f"options.{o.name}" for o in part.options} if isinstance(part, Service) else ()
        ports = [f"ports.{each.name}" for each in part.listen if each.name]
        known = [*attributes_of(part), *sorted(options), *ports]
        if attribute not in known:
            raise Unknown(_missing("value", attribute, known, f"'{id}'"))
        return wording.resolve(self.topology(name.topology), Reference(id, attribute))

    def snippet(self, name: Name) -> tuple[Service, Snippet]:
        """The snippet ``service snippet``. Raises Unknown."""
        id, _, snippet_id = name.target.partition(" ")
        service = self.service(Name(name.topology, id))
        by_id = {snippet.id: snippet for snippet in service.snippets}
        if snippet_id not in by_id:
            raise Unknown(_missing("snippet", snippet_id, by_id, f"service '{id}'"))
        return service, by_id[snippet_id]

    def option(self, name: Name) -> Explained:
        """What there is to say of ``[section] name``. Raises Unknown."""
        entries = {entry.title: entry for entry in explained(self.topology(name.topology))}
        if name.target not in entries:
            where = f"topology '{name.topology}'"
            raise Unknown(_missing("option", name.target, entries, where))
        return entries[name.target]

    def option_named(self, name: Name) -> Name | None:
        """The option that ``id.options.NAME`` stands for, None for what else that can be."""
        id, _, option = name.target.partition(".options.")
        service = self.topology(name.topology).services.get(id)
        for set_there in service.options if service and option else ():
            if set_there.name == option:
                return Name(name.topology, f"[{set_there.section}] {option}")
        return None

    def part_of_overview(self, name: Name, services: str = "", around: str = "") -> Name:
        """The name of a view of these services, or of what is around a part. Raises Unknown."""
        topology = self.topology(name.topology)
        if name.target != "overview" or (services and around):
            raise Unknown("':services:' or ':around:' says what of the overview to show")
        if around:
            return Name(name.topology, AROUND + self.part(Name(name.topology, around)).id)
        ids = [id.strip() for id in services.split(",")]
        try:
            named = [self.service(Name(name.topology, id)).id for id in ids]
            return Name(name.topology, name_of_subset(topology, named))
        except ValueError as error:
            raise Unknown(str(error)) from None

    def diagram(self, name: Name) -> Diagram:
        """The view of this name, after losses if a second line names some. Raises Unknown."""
        topology = self.topology(name.topology)
        named, _, lost = name.target.partition("\n")
        try:
            diagram = view(topology, named)
        except KeyError:
            if named in topology.components:
                raise OtherKind(named, "component") from None
            called = loader.called(topology.services.values())
            where = f"topology '{name.topology}'"
            raise Unknown(_missing("view", named, names(topology), where, called)) from None
        if not lost:
            return diagram
        try:
            losses = [failures.parse(topology, loss.strip()) for loss in lost.split(",")]
        except failures.LossError as error:
            raise Unknown(
                _missing("loss", error.text, error.known, f"topology '{name.topology}'")
            ) from None
        return failure_view.without(topology, diagram, failures.lose(topology, losses))

    def table(self, what: str, name: Name) -> Table:
        """The table of hosts, or that of flows, of which the target tells what is asked for.

        Raises Unknown.
        """
        topology = self.topology(name.topology)
        if what == "tolerates":
            return failure_tables.of_tolerances(topology)
        if what == "hosts":
            if not topology.hosts:
                raise Unknown(f"topology '{name.topology}' has no hosts")
            return port_and_host_tables.of_hosts(topology)
        selection = self.selection(name)
        if what == "failures":
            service = topology.services[selection.service] if selection.service else None
            return failure_tables.of_failures(topology, service)
        return port_and_host_tables.of_flows(topology, selection)

    def selection(self, name: Name) -> Selection:
        """What a target asks for, a line of it each. Raises Unknown."""
        topology = self.topology(name.topology)
        asked = dict(line.split("=", 1) for line in name.target.splitlines())
        known: dict[str, Iterable[str]] = {
            "service": topology.services,
            "host": topology.hosts,
            "zone": topology.zones,
            "network": topology.networks,
        }
        for kind, id in asked.items():
            if id not in known[kind]:
                raise Unknown(_missing(kind, id, known[kind], f"topology '{name.topology}'"))
        return Selection(**asked)

    def files(self, name: Name) -> tuple[deployment.File, ...]:
        """The files that are made from a deployment, of which the target tells which.

        They are all of them, one by its name, or the firewall of a host, zone or network.
        Raises Unknown.
        """
        topology = self.topology(name.topology)
        kind, _, id = name.target.partition("=")
        if kind in ("host", "zone", "network"):
            return deployment.firewall(topology, self.selection(name))
        files = deployment.files(topology)
        named = {file.name: file for file in files}
        if kind == "only" and id not in named:
            raise Unknown(_missing("file", id, named, f"the deployment of '{name.topology}'"))
        return (named[id],) if kind == "only" else files

    # --- words ------------------------------------------------------------------------

    def lines(self, use: Use) -> list[Line]:
        """What a page says, in our own dialect. Raises Unknown or GuideError."""
        topology = self.topology(use.name.topology)
        key = (use.name.topology, use.page)
        if key not in self._guides:
            variants = [
                Guide(variant, SphinxDialect(self, name, use.page), self._folders)
                for name, variant in self._topologies.items()
                if variant and variant.base == topology
            ]
            dialect = SphinxDialect(self, *key)
            self._guides[key] = Guide(topology, dialect, self._folders, variants)
        guide = self._guides[key]
        match use.what:
            case "guide":
                return guide.page()
            case "components":
                return guide.components()
            case "options":
                return guide.options()
            case "option":
                entry = self.option(use.name)
                return guide.option(entry.section, entry.name)
            case "component":
                return guide.component(self.component(use.name).id)
            case "balancing":
                return guide.balancing(self.balancer(use.name).component.id)
            case "needs":
                return guide.needs(self.service(use.name).id)
            case "failures":
                self.table(use.what, use.name)
                return guide.failures(use.name.target.partition("=")[2] or None)
            case "hosts" | "flows" | "tolerates":
                return guide.table(self.table(use.what, use.name))
            case "promises":
                if not topology.promises:
                    raise Unknown(f"topology '{use.name.topology}' makes no promises")
                return guide.promises()
            case "running":
                try:
                    return guide.running(running_record.from_line(use.name.target))
                except RunningRecordError as error:
                    raise Unknown(str(error)) from None
            case "deployment":
                return guide.deployment()
            case "differences":
                return guide.differences(self.topology(use.name.target))
            case "described":
                service, snippet = self.snippet(use.name)
                return guide.snippet_options(service.id, snippet.id)
            case "placeholders":
                service, snippet = self.snippet(use.name)
                return guide.placeholders(service.id, snippet.id)
            case "notes":
                return guide.notes(self.service(use.name).id)
            case _:
                return guide.service(self.service(use.name).id)

    def digest(self, use: Use) -> str:
        """Stands for what a page says: the same as long as that stays the same."""
        if use not in self._digests:
            try:
                said = self._said(use)
            except (Unknown, Unusable, GuideError, FormatError):
                said = ""
            self._digests[use] = sha256(said.encode()).hexdigest()[:16]
        return self._digests[use]

    def _said(self, use: Use) -> str:
        match use.what:
            case "part":
                return self.part(use.name).name
            case "value":
                return self.value(use.name)
            case "diagram":
                return repr(self.diagram(use.name))
            case "differences":
                from diagtool.model import diff_picture

                old, new = map(self.topology, use.name)
                picture = repr(diff_picture.picture(old, new))
                return "\n".join([picture, *(line.text for line in self.lines(use))])
            case "prose":
                from diagtool.model import facts

                return facts.as_text(facts.state(self.topology(use.name.topology)))
            case "balancer":
                balancer = self.balancer(name := use.name)
                topology = self.topology(name.topology)
                return "".join(
                    balancers.config(topology, balancer, n) for n in balancers.fitting(balancer)
                )
            case "snippet":
                return snippets.ini(self.snippet(use.name)[1])
            case "files":
                return "".join(f"{file.name}\n{file.text}" for file in self.files(use.name))
            case "sample":
                topology = self.topology(use.name.topology)
                return snippets.sample(topology, self.service(use.name))
            case _:
                return "\n".join(line.text for line in self.lines(use))


def _missing(
    kind: str,
    name: str,
    known: Iterable[str],
    where: str,
    called: Mapping[str, str] = MappingProxyType({}),
) -> str:
    hint = did_you_mean(name, known, called)
    return f"no {kind} '{name}' in {where}" + (f" ({hint})" if hint else "")


class SphinxDialect:
    """Pages with our own directives and roles, for a page that speaks of a topology."""

    def __init__(self, topologies: Topologies, topology: str, page: str) -> None:
        self._topologies = topologies
        self._topology = topology
        self._page = page

    def _written(self, target: str) -> str:
        return Name(self._topology, target).written(self._page)

    def _directive(self, name: str, target: str, **options: Rst) -> Rst:
        return rst.directive(f"topo:{name}", rst.raw(self._written(target)), **options)

    def reference(self, topology: Topology, reference: Reference) -> Rst:
        """A role, which links."""
        if reference.attribute != "name":
            return rst.role("topo:value", self._written(f"{reference.id}.{reference.attribute}"))
        kind = "service" if reference.id in topology.services else "component"
        return rst.role(f"topo:{kind}", self._written(reference.id))

    def picture(self, guide: Guide, service: Service) -> Rst:
        """A figure."""
        return self._directive("diagram", service.id)

    def snippet(self, guide: Guide, service: Service, snippet: Snippet) -> Rst:
        """A code block with a file to fetch."""
        return self._directive("snippet", service.id, only=rst.raw(snippet.id))

    def sample(self, guide: Guide, service: Service) -> Rst:
        """A file to fetch."""
        return self._directive("snippet", service.id)

    def section(self, guide: Guide, service: Service) -> Rst:
        """A section with an anchor."""
        return self._directive("service", service.id)

    def components(self, guide: Guide) -> Rst:
        """A section on the components."""
        return rst.directive("topo:components", rst.raw(self._topology))

    def component(self, guide: Guide, component: Component) -> Rst:
        """An entry with an anchor."""
        return self._directive("component", component.id)

    def balancer(self, guide: Guide, balancer: Balancer) -> Rst:
        """A code block with files to fetch."""
        return self._directive("balancer", balancer.component.id)

    def hosts(self, guide: Guide) -> Rst:
        """A table with files to fetch."""
        return rst.directive("topo:hosts", rst.raw(self._topology))

    def flows(self, guide: Guide) -> Rst:
        """A table with files to fetch."""
        return rst.directive("topo:flows", rst.raw(self._topology))

    def deployment_files(self, guide: Guide) -> Rst:
        """Files to fetch."""
        if not deployment.files(guide.topology):
            return Rst()
        return rst.directive("topo:files", rst.raw(self._topology))

    def options(self, guide: Guide) -> Rst:
        """A section on the options."""
        return rst.directive("topo:options", rst.raw(self._topology))

    def option(self, guide: Guide, entry: Explained) -> Rst:
        """An entry with an anchor."""
        return self._directive("option", entry.title)
