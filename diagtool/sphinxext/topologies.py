"""The topologies that a project's pages speak of, and what they say of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from sphinx.application import Sphinx
from sphinx.util import logging

from diagtool import discovery, loading, snippets, words
from diagtool.diagnostics import Severity, did_you_mean
from diagtool.diagram import Diagram, layout, overview
from diagtool.formats import FormatError
from diagtool.guide import Guide, GuideError, Line, rst
from diagtool.guide.rst import Rst
from diagtool.model import (
    Component,
    Part,
    Reference,
    Service,
    Snippet,
    Topology,
    attributes_of,
)

logger = logging.getLogger(__name__)

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")


class Unknown(Exception):
    """A name that means nothing; the message says so, with a hint where there is one."""


class OtherKind(Unknown):
    """The name of a service where a component is meant, or the other way round."""

    def __init__(self, name: str, kind: str) -> None:
        super().__init__(f"'{name}' is a {kind}")
        self.kind = kind


class Unusable(Exception):
    """A topology with errors, which have been logged: there is nothing to say of it."""


class Name(NamedTuple):
    """The name of a topology, and what is named in it: an id, or an id with an attribute."""

    topology: str
    target: str


@dataclass(frozen=True, slots=True)
class Use:
    """Something that a page says of a topology; ``page`` is the topology that it speaks of."""

    what: str
    name: Name
    page: str


class Topologies:
    """The topologies of a project by name. The first is the one meant where none is named.

    One with errors is None here. ``folders`` hold the project's own templates. Where they
    are not ``complete``, a name that is not among them could be one of those that are left
    out.
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

    @property
    def default(self) -> str:
        """The name of the first, empty where there is none."""
        return next(iter(self._topologies), "")

    # --- names ------------------------------------------------------------------------

    def name(self, written: str, page: str) -> Name:
        """What ``id`` or ``topology/id`` means on a page that speaks of a topology."""
        topology, slash, target = written.rpartition("/")
        return Name(topology if slash else page or self.default, target)

    def written(self, name: Name, page: str) -> str:
        """The shortest form of a name on a page that speaks of a topology."""
        return name.target if name.topology == page else "/".join(name)

    def anchor(self, name: Name) -> str:
        """The anchor of a part: its id, with the topology before it but in the default one."""
        return name.target if name.topology == self.default else "-".join(name)

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
        called = loading.called(parts.values())
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

    def value(self, name: Name) -> str:
        """What ``id.attribute`` stands for. Raises Unknown."""
        id, _, attribute = name.target.partition(".")
        part = self.part(Name(name.topology, id))
        options = {f"options.{o.name}" for o in part.options} if isinstance(part, Service) else ()
        known = [*attributes_of(part), *sorted(options)]
        if attribute not in known:
            raise Unknown(_missing("value", attribute, known, f"'{id}'"))
        return words.resolve(self.topology(name.topology), Reference(id, attribute))

    def snippet(self, name: Name) -> tuple[Service, Snippet]:
        """The snippet ``service snippet``. Raises Unknown."""
        id, _, snippet_id = name.target.partition(" ")
        service = self.service(Name(name.topology, id))
        by_id = {snippet.id: snippet for snippet in service.snippets}
        if snippet_id not in by_id:
            raise Unknown(_missing("snippet", snippet_id, by_id, f"service '{id}'"))
        return service, by_id[snippet_id]

    def diagram(self, name: Name) -> Diagram:
        """The layout of a service, or the overview. Raises Unknown."""
        if name.target == "overview":
            return overview(self.topology(name.topology))
        return layout(self.topology(name.topology), self.service(name).id)

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
            case "component":
                return guide.component(self.component(use.name).id)
            case "needs":
                return guide.needs(self.service(use.name).id)
            case "differences":
                return guide.differences(self.topology(use.name.target))
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
                from diagtool import comparing

                old, new = map(self.topology, use.name)
                picture = repr(comparing.picture(old, new))
                return "\n".join([picture, *(line.text for line in self.lines(use))])
            case "prose":
                from diagtool import facts

                return facts.as_text(facts.state(self.topology(use.name.topology)))
            case "snippet":
                service, snippet = self.snippet(use.name)
                return snippets.ini(snippet) + snippets.sample(
                    self.topology(use.name.topology), service
                )
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
        return self._topologies.written(Name(self._topology, target), self._page)

    def reference(self, topology: Topology, reference: Reference) -> Rst:
        """A role, which links."""
        if reference.attribute != "name":
            return rst.role("topo:value", self._written(f"{reference.id}.{reference.attribute}"))
        kind = "service" if reference.id in topology.services else "component"
        return rst.role(f"topo:{kind}", self._written(reference.id))

    def picture(self, guide: Guide, service: Service) -> Rst:
        """A figure."""
        return rst.directive("topo:diagram", self._written(service.id))

    def snippet(self, guide: Guide, service: Service, snippet: Snippet) -> Rst:
        """A code block with a file to fetch."""
        return rst.directive("topo:snippet", self._written(service.id), only=snippet.id)

    def section(self, guide: Guide, service: Service) -> Rst:
        """A section with an anchor."""
        return rst.directive("topo:service", self._written(service.id))

    def components(self, guide: Guide) -> Rst:
        """A section on the components."""
        return rst.directive("topo:components", self._topology)

    def component(self, guide: Guide, component: Component) -> Rst:
        """An entry with an anchor."""
        return rst.directive("topo:component", self._written(component.id))


# --- loading --------------------------------------------------------------------------


def load(app: Sphinx) -> Topologies:
    """The topologies that ``conf.py`` names, or the project's only one.

    Every finding is logged at its own place.
    """
    here = Path(app.confdir)
    topologies: dict[str, Topology | None] = {}
    named = _named(app)
    for name, path in (_discovered(here) if named == {} else named or {}).items():
        loaded = loading.read(here / path)
        for finding in loaded.diagnostics:
            log = logger.error if finding.severity is Severity.ERROR else logger.warning
            hint = f" ({finding.hint})" if finding.hint else ""
            log(f"{finding.code} {finding.message}{hint}", location=str(finding.place))
        topologies[name] = loaded.topology
    folders = [Path(app.srcdir) / folder / "topo" for folder in app.config.templates_path]
    return Topologies(topologies, folders, complete=named is not None)


def _named(app: Sphinx) -> dict[str, str | Path] | None:
    """The paths that ``conf.py`` names, None after an error.

    Sphinx shows its own inside for a ConfigError; this is an error like those in topologies.
    """
    setting: object = app.config.topo_topologies
    wrong = f"{setting!r} is no dictionary"
    if isinstance(setting, Mapping):
        for name, path in setting.items():
            if not isinstance(name, str) or not _NAME.fullmatch(name):
                wrong = f"{name!r} has other characters than an id has"
                break
            if not isinstance(path, str | Path):
                wrong = f"{path!r} is no path"
                break
        else:
            return dict(setting)
    example = '{"chat": "topology/chat.yaml"}'
    logger.error(f"conf.py: topo_topologies: {wrong}; write names and paths, such as {example}")
    return None


def _discovered(here: Path) -> Mapping[str, Path]:
    """The only topology of the project that a folder belongs to."""
    for root in (here, *here.parents):
        if (root / "pyproject.toml").is_file() or (root / discovery.FOLDER).is_dir():
            try:
                path = discovery.find(root)
            except discovery.DiscoveryError as error:
                logger.info("[topo] %s", error)
                break
            return {path.stem: path}
    return {}
