"""The directives of the ``topo`` domain: a part of the guide each."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import astuple
from pathlib import Path
from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from docutils.parsers.rst.states import RSTState
from docutils.statemachine import StringList
from sphinx.util.docutils import SphinxDirective
from sphinx.util.parsing import nested_parse_to_nodes

from diagtool.checks.topology_mark import speaks
from diagtool.config import balancers, snippets
from diagtool.files import reading
from diagtool.guide import rst
from diagtool.guide.names import Name, Unknown, Unusable
from diagtool.guide.renderer import GuideError
from diagtool.model import Place, failure_view, port_and_host_tables, running_record, wording
from diagtool.model.diagram import WITH_PORTS
from diagtool.model.did_you_mean import did_you_mean
from diagtool.sphinxext import translating
from diagtool.sphinxext.domain import PAGE, TopoDomain, described
from diagtool.sphinxext.marking import generating, marked
from diagtool.sphinxext.pictures import alignment, download, figure, picture


class TopoDirective(SphinxDirective):
    """Puts something that a topology says on the page, or fails at its line."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        with generating(self.env) as outermost:
            said = self.said()
        what = " ".join([self.name, *self.arguments])
        return marked(what, said) if outermost and said else said

    def said(self) -> list[nodes.Node]:
        """The nodes of the page, none after an error."""
        try:
            return self.say()
        except Unknown as error:
            self.fail(str(error))
        except Unusable:
            pass  # the build fails for what is wrong with the topology
        except GuideError as error:
            place = error.place if error.place.path else None
            self.fail(str(error), str(place) if place else None)
        return []

    def say(self) -> list[nodes.Node]:
        """The nodes of the page. Raises Unknown or GuideError."""
        raise NotImplementedError

    def fail(self, message: str, place: str | None = None) -> None:
        """Logs an error that makes the build fail; the place is the directive's by default."""
        location = place or self.get_location()
        self.topo.fail(self.env.current_document.docname, f"{self.name}: {message}", location)

    @property
    def topo(self) -> TopoDomain:
        """The domain."""
        return TopoDomain.of(self.env)

    def target(self) -> Name:
        """What the argument names."""
        return self.topo.named(self.arguments[0])

    def parse(self, what: str, name: Name, *, headings: bool = False) -> list[nodes.Node]:
        """Nodes of what a template says, each with the place of the fact that it states."""
        lines = StringList()
        here = self.place(name)
        for said in self.topo.topologies.lines(self.topo.use(what, name)):
            place = said.place if said.place.path else here
            lines.append(said.text, place.path, place.line - 1)
        return self.parsed(lines, headings=headings)

    def parsed(self, lines: StringList, *, headings: bool = False) -> list[nodes.Node]:
        """Nodes of reStructuredText, whatever the page is written in."""
        if isinstance(self.state, RSTState):
            return nested_parse_to_nodes(self.state, lines, allow_section_headings=headings)
        return translating.parse(lines, self.state.document, headings=headings)

    def parsed_line(self, line: str) -> list[nodes.Node]:
        """Nodes of a line of reStructuredText without blocks."""
        source, _ = self.get_source_info()
        (paragraph,) = self.parsed(StringList([line], source))
        return list(paragraph.children)

    def place(self, name: Name) -> Place:
        """Where a part is defined; for the whole of a topology, where the directive stands."""
        if name.target and not name.target.startswith("["):
            # A snippet is named after its service.
            part = Name(name.topology, name.target.partition(" ")[0])
            return self.topo.topologies.part(part).place
        path, line = self.get_source_info()
        return Place(path or "", line or 1)

    def anchored(self, node: nodes.Element, kind: str, name: Name) -> None:
        """Gives a node the anchor of the part that it describes."""
        document = self.state.document
        anchor = self.topo.topologies.anchor(name)
        while anchor in document.ids:
            anchor = f"topo-{anchor}"
        node["ids"] = [anchor]
        document.note_explicit_target(node)
        self.topo.describe(kind, name, node)

    def titled(self, kind: type[nodes.TextElement], title: str, name: Name) -> nodes.TextElement:
        """A title or term that says a plain text, which a translation may mark up."""
        escaped = rst.escape(title)
        titled = kind(escaped, "", *self.parsed_line(escaped))
        titled.source, titled.line, _ = astuple(self.place(name))
        return titled


class PageTopology(TopoDirective):
    """``topo:topology``: which topology the page speaks of from here on."""

    def run(self) -> list[nodes.Node]:
        # A mark for the check of prose, which takes it away: what is said of a topology that
        # nobody knows is not to be held against another.
        return [*self.said(), speaks(topology=self.arguments[0])]

    def say(self) -> list[nodes.Node]:
        """Nothing to see."""
        with suppress(Unusable):  # names mean those of this one all the same
            self.topo.topologies.topology(self.arguments[0])
        self.env.ref_context[PAGE] = self.arguments[0]
        return []


class GuidePage(TopoDirective):
    """``topo:guide``: the whole guide."""

    required_arguments = 0
    optional_arguments = 1

    def target(self) -> Name:
        """The whole of a topology."""
        return Name(self.arguments[0] if self.arguments else self.topo.page, "")

    def say(self) -> list[nodes.Node]:
        """The intro, a section for each service, and the components."""
        return self.parse("guide", self.target(), headings=True)


class Components(GuidePage):
    """``topo:components``: a section on what the services stand on."""

    def say(self) -> list[nodes.Node]:
        """The section, with an entry for each component."""
        name = self.target()
        section = nodes.section("", self.titled(nodes.title, "Components", name))
        section["names"].append("components")
        self.state.document.note_implicit_target(section, section)
        section += self.parse("components", name, headings=True)
        return [section]


class ComponentEntry(TopoDirective):
    """``topo:component``: an entry about one component."""

    def say(self) -> list[nodes.Node]:
        """A definition."""
        name = self.target()
        component = self.topo.topologies.component(name)
        self.topo.use("part", name)
        term = self.titled(nodes.term, component.name, name)
        self.anchored(term, "component", name)
        definition = nodes.definition("", *self.parse("component", name))
        item = nodes.definition_list_item("", term, definition)
        return [nodes.definition_list("", item)]


class Options(GuidePage):
    """``topo:options``: a section on what the options are that the snippets set."""

    def say(self) -> list[nodes.Node]:
        """The section, with an entry for each option and a table of releases."""
        name = self.target()
        if not self.topo.topologies.topology(name.topology).catalogues:
            raise Unknown(f"topology '{name.topology}' names no catalogues of options")
        section = nodes.section("", self.titled(nodes.title, "Options", name))
        section["names"].append("options")
        self.state.document.note_implicit_target(section, section)
        section += self.parse("options", name, headings=True)
        return [section]


class OptionEntry(TopoDirective):
    """``topo:option``: an entry about one option."""

    final_argument_whitespace = True

    def say(self) -> list[nodes.Node]:
        """A definition."""
        name = self.target()
        entry = self.topo.topologies.option(name)
        term = nodes.term("", "", nodes.literal("", entry.title))
        self.set_source_info(term)
        self.anchored(term, "option", name)
        definition = nodes.definition("", *self.parse("option", name))
        item = nodes.definition_list_item("", term, definition)
        return [nodes.definition_list("", item)]


class ServiceSection(TopoDirective):
    """``topo:service``: a service's whole section."""

    def say(self) -> list[nodes.Node]:
        """The section."""
        name = self.target()
        service = self.topo.topologies.service(name)
        self.topo.use("part", name)
        section = nodes.section("", self.titled(nodes.title, service.name, name))
        self.anchored(section, "service", name)
        section += self.parse("service", name, headings=True)
        return [section]


class Needs(TopoDirective):
    """``topo:needs``: what a service needs access to."""

    def say(self) -> list[nodes.Node]:
        """A list."""
        name = self.target()
        self.topo.topologies.service(name)
        return self.parse("needs", name)


class Notes(TopoDirective):
    """``topo:notes``: the notes of a service, with its snippets and warnings."""

    def say(self) -> list[nodes.Node]:
        """Paragraphs, warnings and code blocks."""
        name = self.target()
        self.topo.topologies.service(name)
        return self.parse("notes", name)


class Diagram(TopoDirective):
    """``topo:diagram``: the layout of a service, or another view, as a figure."""

    option_spec: ClassVar[dict[str, Any]] = {
        "services": directives.unchanged_required,
        "around": directives.unchanged_required,
        "without": directives.unchanged_required,
        "caption": directives.unchanged,
        "alt": directives.unchanged,
        "name": directives.unchanged,
        "align": alignment,
        "class": directives.class_option,
        "ports": directives.flag,
    }

    def say(self) -> list[nodes.Node]:
        """The figure."""
        name = self.target()
        if some := {
            key: self.options[key] for key in ("services", "around") if key in self.options
        }:
            name = self.topo.topologies.part_of_overview(name, **some)
        if "ports" in self.options:
            name = Name(name.topology, f"{name.target}{WITH_PORTS}")
        if lost := self.options.get("without"):
            name = Name(name.topology, f"{name.target}\n{lost}")
        return [self.drawn(name)]

    def drawn(self, name: Name) -> nodes.figure:
        """The figure of a view."""
        diagram = self.topo.topologies.diagram(name)
        self.topo.use("diagram", name)
        node = picture(
            content=diagram,
            topology=name.topology,
            filename=self.topo.topologies.anchor(Name(name.topology, diagram.name)),
            alt=self.options.get("alt") or wording.describe(diagram),
            size={},
        )
        self.set_source_info(node)
        if caption := self.options.get("caption"):
            parsed = self.parse_inline(caption)
        else:
            caption = rst.escape(diagram.title)
            parsed = self.parsed_line(caption), []
        return figure(self, node, caption, *parsed, align=self.options.get("align"))


class Losses(Diagram):
    """``topo:losses``: a view as it is, then after each loss, everything in its place."""

    option_spec: ClassVar[dict[str, Any]] = {
        "lost": directives.unchanged_required,
        "class": directives.class_option,
    }

    def say(self) -> list[nodes.Node]:
        """A list of figures, of which a script shows the one that its reader picks."""
        name = self.target()
        asked = self.options.get("lost", "")
        topology = self.topo.topologies.topology(name.topology)
        losses = asked.split(",") if asked else map(str, failure_view.losses(topology))
        box = nodes.container(classes=["topo-losses"])
        box += self.drawn(name)
        box += [self.drawn(Name(name.topology, f"{name.target}\n{lost}")) for lost in losses]
        return [box]


class SnippetBlock(TopoDirective):
    """``topo:snippet``: sample config of a service, all of it or one snippet."""

    option_spec: ClassVar[dict[str, Any]] = {"only": directives.unchanged_required}

    def say(self) -> list[nodes.Node]:
        """Code blocks, what to put in place of what, and the whole sample to fetch."""
        name = self.target()
        topologies = self.topo.topologies
        service = topologies.service(name)
        ids = [self.options["only"]] if "only" in self.options else [s.id for s in service.snippets]
        content = snippets.sample(topologies.topology(name.topology), service).encode()
        if not ids and not content:
            raise Unknown(f"service '{service.id}' has no snippet")
        self.topo.use("sample", name)
        blocks: list[nodes.Node] = []
        for id in ids:
            named = Name(name.topology, f"{service.id} {id}")
            text = snippets.ini(topologies.snippet(named)[1]).rstrip("\n")
            self.topo.use("snippet", named)
            block = nodes.literal_block(text, text, language="ini", force=True)
            self.set_source_info(block)
            blocks += [block, *self.parse("placeholders", named)]
            if where := self.parse("described", named):
                blocks.append(described("", *where))
        filename = f"{topologies.anchor(name)}.conf"
        return [*blocks, download(filename=filename, content=content)]


class BalancerBlock(TopoDirective):
    """``topo:balancer``: sample config of a load balancer."""

    option_spec: ClassVar[dict[str, Any]] = {"only": directives.unchanged_required}

    def say(self) -> list[nodes.Node]:
        """A code block for one program, and the files for all to fetch."""
        name = self.target()
        topologies = self.topo.topologies
        balancer = topologies.balancer(name)
        self.topo.use("balancer", name)
        shown = self.options.get("only", balancers.names()[0])
        if shown not in balancers.fitting(balancer):
            hint = did_you_mean(shown, balancers.fitting(balancer))
            raise Unknown(f"no config for '{shown}'" + (f" ({hint})" if hint else ""))
        topology = topologies.topology(name.topology)
        texts = {n: balancers.config(topology, balancer, n) for n in balancers.fitting(balancer)}
        text = texts[shown].rstrip("\n")
        language = balancers.get(shown).LANGUAGE
        block = nodes.literal_block(text, text, language=language, force=True)
        self.set_source_info(block)
        stem = topologies.anchor(name)
        files = [
            download(filename=f"{stem}{balancers.get(n).SUFFIX}", content=texts[n].encode())
            for n in texts
        ]
        return [*self.parse("balancing", name), block, *files]


class DeploymentTable(GuidePage):
    """``topo:hosts``, ``topo:flows``: a table of the deployment."""

    what = "hosts"

    def say(self) -> list[nodes.Node]:
        """The table, and files with what it says."""
        topology = self.target().topology
        asked = "\n".join(f"{kind}={id}" for kind, id in sorted(self.options.items()))
        name = Name(topology, asked)
        topologies = self.topo.topologies
        table = topologies.table(self.what, name)
        ids = [line.partition("=")[2] for line in asked.splitlines()]
        stem = topologies.anchor(Name(topology, ".".join([*ids, self.what])))
        known = topologies.topology(topology)
        files = {
            "csv": port_and_host_tables.as_csv(table),
            "json": port_and_host_tables.as_json(known, table),
        }
        return [
            *self.parse(self.what, name),
            *(download(filename=f"{stem}.{end}", content=files[end].encode()) for end in files),
        ]

    def place(self, name: Name) -> Place:
        """Where the directive stands: what it says is of many parts."""
        return super().place(Name(name.topology, ""))


class Flows(DeploymentTable):
    """``topo:flows``: what runs between the parts, and who opens it."""

    what = "flows"
    option_spec: ClassVar[dict[str, Any]] = {
        "service": directives.unchanged_required,
        "host": directives.unchanged_required,
        "zone": directives.unchanged_required,
        "network": directives.unchanged_required,
    }


class DeploymentFiles(GuidePage):
    """``topo:files``: the files that are made from a deployment."""

    option_spec: ClassVar[dict[str, Any]] = {"only": directives.unchanged_required}

    def say(self) -> list[nodes.Node]:
        """The files to fetch; if it is only some, with what stands in them."""
        topology = self.target().topology
        asked = next((f"{kind}={id}" for kind, id in self.options.items()), "")
        name = Name(topology, asked)
        self.topo.use("files", name)
        files = self.topo.topologies.files(name)
        shown: list[nodes.Node] = []
        for file in files if asked else ():
            text = file.text.rstrip("\n")
            shown.append(nodes.literal_block(text, text, language=file.language, force=True))
            self.set_source_info(shown[-1])
        anchor = self.topo.topologies.anchor
        return [
            *shown,
            *(
                download(filename=anchor(Name(topology, file.name)), content=file.text.encode())
                for file in files
            ),
        ]


class Firewall(DeploymentFiles):
    """``topo:firewall``: the firewall of a host, a zone or a network."""

    option_spec: ClassVar[dict[str, Any]] = {
        "host": directives.unchanged_required,
        "zone": directives.unchanged_required,
        "network": directives.unchanged_required,
    }

    def say(self) -> list[nodes.Node]:
        """Its rules, and the files to fetch."""
        if len(self.options) != 1:
            raise Unknown("name one host, zone or network: ':host: ID'")
        return super().say()


class Failures(DeploymentTable):
    """``topo:failures``: what each single loss does, and what leads there."""

    what = "failures"
    option_spec: ClassVar[dict[str, Any]] = {"service": directives.unchanged_required}


class Tolerates(DeploymentTable):
    """``topo:tolerates``: how many losses of each kind each part tolerates."""

    what = "tolerates"


class Promises(GuidePage):
    """``topo:promises``: what goes on after which losses, and why."""

    def say(self) -> list[nodes.Node]:
        """A list."""
        return self.parse("promises", self.target())


class Running(TopoDirective):
    """``topo:running``: when a topology was held against what runs, and what came of it."""

    optional_arguments = 1

    def say(self) -> list[nodes.Node]:
        """A paragraph. The file is relative to the folder of the page."""
        written, path = self.env.relfn2path(self.arguments[0])
        self.env.note_dependency(written)
        try:
            text = reading.read(Path(path), MOST_HELD).decode("utf-8")
            kept = running_record.from_json(text)
        except (OSError, UnicodeDecodeError, running_record.RunningRecordError) as error:
            told = (error.strerror if isinstance(error, OSError) else None) or error
            raise Unknown(f"'{self.arguments[0]}' cannot be used: {told}") from None
        topology = self.arguments[1] if len(self.arguments) > 1 else self.topo.page
        return self.parse("running", Name(topology, kept.as_line()))

    def place(self, name: Name) -> Place:
        """Where the directive stands."""
        return super().place(Name(name.topology, ""))


MOST_HELD = 64 * 1024
"""How many bytes the file may have that says what came of it."""


class Deployment(GuidePage):
    """``topo:deployment``: a whole reference deployment."""

    def say(self) -> list[nodes.Node]:
        """The hosts and the flows, with files made from them."""
        return self.parse("deployment", self.target(), headings=True)


class Differences(TopoDirective):
    """``topo:differences``: what differs between two topologies."""

    required_arguments = 2

    def say(self) -> list[nodes.Node]:
        """A picture of both in one, and a list."""
        from diagtool.model import diff_picture

        name = Name(*self.arguments)
        old, new = map(self.topo.topologies.topology, name)
        diagram = diff_picture.picture(old, new)
        node = picture(
            content=diagram,
            topology=name.target,
            filename="-".join([diagram.name, *name]),
            alt=wording.describe(diagram),
            size={},
        )
        self.set_source_info(node)
        caption = rst.escape(diagram.title)
        shown = figure(self, node, caption, self.parsed_line(caption))
        return [shown, *self.parse("differences", name)]

    def place(self, name: Name) -> Place:
        """Where the directive stands: what it says is of two topologies."""
        return super().place(Name(name.topology, ""))


DIRECTIVES = {
    "topology": PageTopology,
    "guide": GuidePage,
    "service": ServiceSection,
    "components": Components,
    "component": ComponentEntry,
    "options": Options,
    "option": OptionEntry,
    "diagram": Diagram,
    "losses": Losses,
    "needs": Needs,
    "notes": Notes,
    "snippet": SnippetBlock,
    "balancer": BalancerBlock,
    "hosts": DeploymentTable,
    "flows": Flows,
    "files": DeploymentFiles,
    "firewall": Firewall,
    "deployment": Deployment,
    "failures": Failures,
    "tolerates": Tolerates,
    "promises": Promises,
    "running": Running,
    "differences": Differences,
}
