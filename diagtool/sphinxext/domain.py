"""The ``topo`` domain: what of a topology stands where in the documentation.

What is kept with the pages is where each service and component is described, and what
each page said of them when it was read, so that only pages that would say something else
now are read again. The topologies themselves are read when a build first asks for one: one
that finds their files as they were has no page to read.
"""

from __future__ import annotations

from collections.abc import Iterator, Set
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from docutils import nodes
from sphinx import addnodes
from sphinx.domains import Domain, ObjType
from sphinx.roles import XRefRole
from sphinx.transforms.post_transforms import ReferencesResolver, SphinxPostTransform
from sphinx.util import logging
from sphinx.util.nodes import make_refnode

from diagtool.guide.names import Name, OtherKind, Unknown, Unusable, Use

if TYPE_CHECKING:
    from docutils.nodes import Element
    from sphinx.builders import Builder
    from sphinx.environment import BuildEnvironment

    from diagtool.guide.topologies import Topologies
    from diagtool.sphinxext.sources import Sources, Stamp

logger = logging.getLogger(__name__)

PAGE = "topo:topology"
"""Where the reference context says which topology a page speaks of."""


class Described(NamedTuple):
    """Where a service or component is described."""

    docname: str
    anchor: str
    title: str
    kind: str


class Shown(NamedTuple):
    """The messages of a translated page, and where generated ones stand untranslated."""

    every: frozenset[str]
    originals: dict[str, str]


class TopoRole(XRefRole):
    """Names a part or a value of a topology; what it says comes from the model."""

    innernodeclass = nodes.inline

    def process_link(
        self,
        env: BuildEnvironment,
        refnode: Element,
        has_explicit_title: bool,
        title: str,
        target: str,
    ) -> tuple[str, str]:
        domain = TopoDomain.of(env)
        name = domain.named(target)
        refnode[PAGE] = name.topology
        kind = self.reftype
        domain.use("value" if kind == "value" else "part", name)
        try:
            said = domain.say(kind, name)
        except Unknown:
            # Another project's inventory may still know it: see missing_reference.
            refnode["refwarn"] = True
            said = title
        except Unusable:
            said = title
        return (title if has_explicit_title else said), name.target

    def result_nodes(
        self, document: nodes.document, env: BuildEnvironment, node: Element, is_ref: bool
    ) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        if self.reftype == "value" and ".options." in self.target and not self.has_explicit_title:
            node[0] = nodes.literal("", node.astext(), classes=self.classes)
        return [node], []


class described(nodes.General, nodes.Element):
    """What says where options are described, which goes where one of them is nowhere."""


class Undescribed(SphinxPostTransform):
    """Takes away what would lead to descriptions that there are not."""

    default_priority = ReferencesResolver.default_priority - 1

    def run(self, **kwargs: Any) -> None:
        """Puts what is left in place of each such node."""
        domain = TopoDomain.of(self.env)
        for node in list(self.document.findall(described)):
            options = [
                domain.topologies.option_named(Name(reference[PAGE], reference["reftarget"]))
                for reference in node.findall(addnodes.pending_xref)
            ]
            node.replace_self(node.children if set(options) <= domain.described.keys() else [])


class TopoDomain(Domain):
    """Services and components, by the name of their topology and their id."""

    name = "topo"
    label = "Topology"
    object_types: ClassVar[dict[str, ObjType]] = {
        "service": ObjType("service", "service", "value"),
        "component": ObjType("component", "component", "value"),
        "option": ObjType("option", "value"),
    }
    roles: ClassVar[dict[str, Any]] = {
        "service": TopoRole(),
        "component": TopoRole(),
        "value": TopoRole(),
    }
    initial_data: ClassVar[dict[str, Any]] = {
        "described": {},
        "uses": {},
        "failures": {},
        "messages": {},
        "stamp": None,
    }
    data_version = 3

    sources: Sources
    _topologies: Topologies | None = None

    def setup(self) -> None:
        super().setup()
        self.before = dict(self.described)

    @classmethod
    def of(cls, env: BuildEnvironment) -> TopoDomain:
        """The domain of an environment."""
        domain = env.domains[cls.name]
        assert isinstance(domain, cls)
        return domain

    @property
    def described(self) -> dict[Name, Described]:
        """What is described where."""
        described: dict[Name, Described] = self.data["described"]
        return described

    @property
    def uses(self) -> dict[str, dict[Use, str]]:
        """What each page says of the topologies, with a digest of it."""
        uses: dict[str, dict[Use, str]] = self.data["uses"]
        return uses

    @property
    def failures(self) -> dict[str, list[str]]:
        """What each page lacks."""
        failures: dict[str, list[str]] = self.data["failures"]
        return failures

    @property
    def messages(self) -> dict[str, Shown]:
        """What there is to translate on each page of a translated build."""
        messages: dict[str, Shown] = self.data["messages"]
        return messages

    # --- the topologies ---------------------------------------------------------------

    def begin(self, sources: Sources) -> None:
        """Takes the topologies of a build, and reads them unless they are as they were."""
        self.sources, self._topologies = sources, None
        stamp: Stamp | None = self.data["stamp"]
        if stamp is None or sources.stamp(stamp.files) != stamp:
            self.read()

    def read(self) -> Topologies:
        """The topologies, read once in a build."""
        if self._topologies is None:
            from diagtool.sphinxext.sources import load

            self._topologies, self.data["stamp"] = load(self.sources)
        return self._topologies

    @property
    def topologies(self) -> Topologies:
        """What the pages speak of."""
        return self.read()

    @property
    def unusable(self) -> bool:
        """Whether any topology has errors; those that are as they were have none."""
        return self._topologies is not None and self._topologies.unusable

    # --- while a page is read ---------------------------------------------------------

    @property
    def page(self) -> str:
        """The topology that the page being read speaks of."""
        return str(self.env.ref_context.get(PAGE) or self.sources.default)

    def named(self, written: str) -> Name:
        """What a name in the page being read means."""
        return self.topologies.name(written, self.page)

    def use(self, what: str, name: Name) -> Use:
        """Notes that the page being read says something of a topology."""
        use = Use(what, name, self.page)
        page = self.uses.setdefault(self.env.current_document.docname, {})
        page[use] = self.topologies.digest(use)
        return use

    def say(self, kind: str, name: Name) -> str:
        """The words for a part or value. Raises Unknown."""
        if kind == "value":
            return self.topologies.value(name)
        return self.topologies.part(name, kind).name

    def describe(self, kind: str, name: Name, node: Element) -> None:
        """Notes that a part is described at a node of the page being read."""
        docname = self.env.current_document.docname
        title = name.target if kind == "option" else self.topologies.part(name).name
        self._note(name, Described(docname, node["ids"][0], title, kind), node)

    def _note(self, name: Name, place: Described, location: Any) -> None:
        """The first description counts."""
        first = self.described.setdefault(name, place)
        if first != place:
            logger.warning(
                "duplicate description of %s '%s', other instance in %s",
                place.kind,
                name.target,
                self.env.doc2path(first.docname),
                location=location,
                type="topo",
                subtype="duplicate",
            )

    def fail(self, docname: str, message: str, location: Any) -> None:
        """Logs that something is missing from a page, which no build ends well with."""
        failure = f"{message} {location}"
        # Some builders go over a page more than once.
        if failure not in self.failures.setdefault(docname, []):
            logger.error(message, location=location)
            self.failures[docname].append(failure)

    # --- between builds ---------------------------------------------------------------

    def clear_doc(self, docname: str) -> None:
        for name in [n for n, place in self.described.items() if place.docname == docname]:
            del self.described[name]
        self.uses.pop(docname, None)
        self.failures.pop(docname, None)
        self.messages.pop(docname, None)

    def merge_domaindata(self, docnames: Set[str], otherdata: dict[str, Any]) -> None:
        for name, place in otherdata["described"].items():
            if place.docname in docnames:
                self._note(name, place, place.docname)
        for kind in ("uses", "failures", "messages"):
            for docname in docnames & otherdata[kind].keys():
                self.data[kind][docname] = otherdata[kind][docname]

    def outdated(self) -> set[str]:
        """The pages that would say something else if they were read now."""
        if self._topologies is None:
            return set()
        return {
            docname
            for docname, uses in self.uses.items()
            if any(self.topologies.digest(use) != digest for use, digest in uses.items())
        }

    def moved(self) -> set[str]:
        """The pages whose links may lead elsewhere since the last build."""
        return set(self.uses) if self.described != self.before else set()

    # --- references -------------------------------------------------------------------

    def resolve_xref(
        self,
        env: BuildEnvironment,
        fromdocname: str,
        builder: Builder,
        typ: str,
        target: str,
        node: addnodes.pending_xref,
        contnode: Element,
    ) -> nodes.reference | None:
        name = Name(node.get(PAGE) or self.sources.default, target)
        if typ == "value":
            try:
                self.topologies.value(name)
            except (Unknown, Unusable):
                return None
            option = self.topologies.option_named(name)
            name = Name(name.topology, target.partition(".")[0])
            if option in self.described:
                name = option
        found = self.described.get(name)
        if found is None or typ not in (found.kind, "value"):
            return None
        return _reference(builder, fromdocname, found, contnode)

    def resolve_any_xref(
        self,
        env: BuildEnvironment,
        fromdocname: str,
        builder: Builder,
        target: str,
        node: addnodes.pending_xref,
        contnode: Element,
    ) -> list[tuple[str, nodes.reference]]:
        name = self.topologies.name(target, node.get(PAGE, ""))
        if not (found := self.described.get(name)):
            return []
        reference = _reference(builder, fromdocname, found, contnode)
        return [(f"topo:{found.kind}", reference)]

    def url(self, builder: Builder, docname: str, topology: str, id: str) -> str | None:
        """Where a box that stands for a part leads from a page, None where to nothing."""
        if not (found := self.described.get(Name(topology, id))):
            return None
        reference = _reference(builder, docname, found, nodes.inline())
        return str(reference.get("refuri") or f"#{reference['refid']}")

    def explain(self, node: addnodes.pending_xref) -> str:
        """Why a reference leads nowhere. Raises Unusable."""
        kind, target = node["reftype"], node["reftarget"]
        name = Name(node.get(PAGE, ""), target)
        try:
            self.say(kind, name)
        except OtherKind as error:
            return f"{error}: use :topo:{error.kind}:"
        except Unknown as error:
            return str(error)
        return f"'{target}' is described on no page"

    def get_objects(self) -> Iterator[tuple[str, str, str, str, str, int]]:
        for name, (docname, anchor, _, kind) in self.described.items():
            fullname = name.written(self.sources.default)
            # The search page takes the name that it shows for the anchor.
            yield fullname, fullname, kind, docname, anchor, 1

    def get_full_qualified_name(self, node: Element) -> str | None:
        name = Name(node.get(PAGE, self.sources.default), node["reftarget"])
        return name.written(self.sources.default)


def _reference(
    builder: Builder, fromdocname: str, found: Described, contnode: Element
) -> nodes.reference:
    """A link to where something is described."""
    # A single page holds every document, and Sphinx would give it the anchor of the document.
    docname = fromdocname if builder.name == "singlehtml" else found.docname
    return make_refnode(builder, fromdocname, docname, found.anchor, contnode, found.title)
