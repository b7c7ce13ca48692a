"""Topology → the guide's pages, as reStructuredText.

The sentences and their order are in Jinja2 templates, one for each part of a guide; a
project overrides one by a file of the same name in a folder of its own. What a template
prints is escaped unless this package made it. A :class:`Dialect` says what plain
reStructuredText has no word for: a picture, a snippet, a reference to the model.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from traceback import extract_tb
from types import CodeType, MappingProxyType
from typing import Protocol

import jinja2
from jinja2.bccache import Bucket
from jinja2.sandbox import SandboxedEnvironment

from diagtool.config import balancers, deployment, placeholders, releases, snippets
from diagtool.config.addresses import Values
from diagtool.config.balancers import Balancer
from diagtool.config.releases import Explained
from diagtool.guide import rst
from diagtool.guide.rst import Rst
from diagtool.model import (
    NOWHERE,
    Block,
    Component,
    Difference,
    Inline,
    Link,
    Literal,
    Paragraph,
    Part,
    Place,
    Plain,
    Promise,
    Reference,
    Service,
    Snippet,
    Text,
    Topology,
    Warning,
    claims,
    failure_report,
    failure_tables,
    failures,
    port_and_host_tables,
    wording,
)
from diagtool.model.diagram import Mark, layout
from diagtool.model.evidence import Result, Tested
from diagtool.model.failures import Failure, State, singly
from diagtool.model.port_and_host_tables import Table
from diagtool.model.running_record import RunningRecord
from diagtool.pictures.formats import blockdiag


class GuideError(Exception):
    """A template that cannot be rendered, with the place in it (NOWHERE if unknown)."""

    def __init__(self, message: str, place: Place = NOWHERE) -> None:
        super().__init__(message)
        self.place = place


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a page, with the place of the fact that it states (NOWHERE for others)."""

    text: str
    place: Place = NOWHERE


class Dialect(Protocol):
    """How a page says what plain reStructuredText has no word for."""

    def reference(self, topology: Topology, reference: Reference) -> str:
        """Words that name a part, or one of its values; a role's are Rst."""

    def picture(self, guide: Guide, service: Service) -> Rst:
        """The layout of a service."""

    def snippet(self, guide: Guide, service: Service, snippet: Snippet) -> Rst:
        """A block of sample config."""

    def sample(self, guide: Guide, service: Service) -> Rst:
        """The whole config of a service of which no snippet is shown."""

    def section(self, guide: Guide, service: Service) -> Rst:
        """A section about a service, with its heading."""

    def components(self, guide: Guide) -> Rst:
        """A section about the components, with its heading."""

    def component(self, guide: Guide, component: Component) -> Rst:
        """An entry about a component."""

    def options(self, guide: Guide) -> Rst:
        """A section about the options, with its heading."""

    def option(self, guide: Guide, entry: Explained) -> Rst:
        """An entry about an option."""

    def balancer(self, guide: Guide, balancer: Balancer) -> Rst:
        """Sample config of a load balancer."""

    def hosts(self, guide: Guide) -> Rst:
        """The table of hosts."""

    def flows(self, guide: Guide) -> Rst:
        """The table of flows."""

    def deployment_files(self, guide: Guide) -> Rst:
        """The files that are made from a deployment."""


# A line's place goes through the template as a mark at its end; no text can hold one,
# since the loader refuses control characters.
_MARK = re.compile("\x00([0-9]+)\x00")


class _Compiled(jinja2.BytecodeCache):
    """Templates as compiled before, for every guide: each site and each page has guides."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], CodeType | None] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Fills in what is known of a template's name, file and text."""
        bucket.code = self._known.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keeps what was compiled."""
        self._known[bucket.key, bucket.checksum] = bucket.code


_COMPILED = _Compiled()


class Guide:
    """The parts of a topology's guide.

    ``folders`` hold templates that go before the package's own. ``variants`` are guides of
    topologies that extend this one: what they say of differences is said here, too. Every
    method raises GuideError for a template that cannot be rendered.
    """

    def __init__(
        self,
        topology: Topology,
        dialect: Dialect,
        folders: Sequence[str | Path] = (),
        variants: Sequence[Guide] = (),
    ) -> None:
        self.topology = topology
        self.variants = variants
        self.dialect = dialect
        self._places: list[Place] = []
        self._environment = SandboxedEnvironment(
            loader=jinja2.ChoiceLoader(
                [jinja2.FileSystemLoader(folders), jinja2.PackageLoader("diagtool.guide")]
            ),
            bytecode_cache=_COMPILED,
            undefined=jinja2.StrictUndefined,
            finalize=lambda value: Rst.of(value if isinstance(value, str) else str(value)),
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.globals.update(
            topology=topology,
            text=self._text,
            blocks=self._blocks,
            differences=self._differences,
            kept=self._kept,
            ref=lambda part: self.dialect.reference(topology, Reference(part.id)),
            refs=self._references,
            literal=rst.literal,
            literals=lambda texts: rst.listed([rst.literal(text) for text in texts]),
            join=rst.listed,
            picture=lambda service: dialect.picture(self, service),
            section=lambda service: dialect.section(self, service),
            sample=self._sample,
            components=lambda: dialect.components(self),
            component=lambda component: dialect.component(self, component),
            explained=self.entries.values(),
            options=lambda: dialect.options(self),
            option=lambda entry: dialect.option(self, entry),
            balancer=self._balancer,
            hosts=lambda: self.dialect.hosts(self),
            flows=lambda: self.dialect.flows(self),
            deployment_files=lambda: self.dialect.deployment_files(self),
            evidence=claims.evidence(topology),
            counted=claims.counted,
            proved_needs=self._proved_needs,
        )

    @cached_property
    def entries(self) -> Mapping[tuple[str, str], Explained]:
        """What the topology's catalogues say of its options, by section and name."""
        return {(e.section, e.name): e for e in releases.explained(self.topology)}

    @cached_property
    def proved(self) -> Mapping[str, Tested]:
        """What a test run has proved of the topology as it is."""
        return claims.proved(self.topology)

    # --- parts ------------------------------------------------------------------------

    def page(self) -> list[Line]:
        """The whole guide but for its title."""
        return self._lines(self.render("guide.rst"))

    def service(self, id: str) -> list[Line]:
        """What stands under the heading of a service. Raises KeyError where there is none."""
        return self._lines(self.render("service.rst", service=self.topology.services[id]))

    def needs(self, id: str) -> list[Line]:
        """The list of what a service needs."""
        return self._lines(self.render("needs.rst", service=self.topology.services[id]))

    def notes(self, id: str) -> list[Line]:
        """The notes of a service, with its snippets and warnings."""
        return self._lines(self.render("notes.rst", service=self.topology.services[id]))

    def placeholders(self, id: str, snippet: str) -> list[Line]:
        """What a reader puts in place of what, as far as the topology tells it."""
        service = self.topology.services[id]
        return self._lines(self.explained(service.snippet(snippet)))

    def snippet_options(self, id: str, snippet: str) -> list[Line]:
        """Where the options of a snippet are described, nothing without catalogues."""
        service = self.topology.services[id]
        return self._lines(self.described(service, service.snippet(snippet)))

    def components(self) -> list[Line]:
        """What stands under the heading of the components."""
        return self._lines(self.render("components.rst"))

    def component(self, id: str) -> list[Line]:
        """What an entry about a component says. Raises KeyError where there is none."""
        component = self.topology.components[id]
        return self._lines(self.render("component.rst", component=component))

    def balancing(self, id: str) -> list[Line]:
        """What the sample config of a load balancer does. Raises KeyError where there is none."""
        balancer = balancers.balancer(self.topology, id)
        if balancer is None:
            raise KeyError(id)
        return self._lines(self.render("balancing.rst", balancer=balancer))

    def options(self) -> list[Line]:
        """What stands under the heading of the options."""
        return self._lines(self.render("options.rst"))

    def option(self, section: str, name: str) -> list[Line]:
        """What an entry about an option says. Raises KeyError where there is none."""
        return self._lines(self.render("option.rst", entry=self.entries[section, name]))

    def table(self, table: Table) -> list[Line]:
        """A table of the deployment; each row has the place of what it says."""
        return self._lines(self._table(table))

    def failures(self, service: str | None = None) -> list[Line]:
        """The matrix of single losses and services, or of one, and what leads to each state."""
        shown = self.topology.services[service] if service else None
        return self._lines(self._failures(shown))

    def promises(self) -> list[Line]:
        """What goes on after which losses, and why."""
        return self._lines(self.render("promises.rst"))

    def running(self, held: RunningRecord) -> list[Line]:
        """When the topology was held against what runs, and what came of it."""
        return self._lines(self.render("running.rst", held=held))

    def deployment(self) -> list[Line]:
        """The page of a deployment but for its title: its tables, and files made from it."""
        return self._lines(self.render("deployment.rst"))

    def differences(self, other: Topology) -> list[Line]:
        """A list of what differs from this topology to another one."""
        from diagtool.model.diff_sentences import compare

        changes = [
            change
            for change in compare(self.topology, other)
            # To state a loss of which the other says nothing is no difference.
            if not (change.is_of_losses and change.mark is Mark.ADDED)
        ]
        explaining = next((guide for guide in self.variants if guide.topology == other), self)

        def said(text: str | Text, place: Place) -> Rst:
            shown = rst.within(text) if isinstance(text, str) else explaining._text(text)
            return self._marked(shown, place)

        return self._lines(self.render("differences.rst", other=other, changes=changes, said=said))

    def templates(self) -> tuple[str, ...]:
        """The files of the project's own templates that are used, in order of name."""
        files = set()
        for name in self._environment.list_templates():
            if name.endswith(".rst"):
                filename = self._environment.get_template(name).filename
                files.add(filename or "")
        own = Path(__file__).parent
        return tuple(sorted(file for file in files if own not in Path(file).parents))

    # --- rendering --------------------------------------------------------------------

    def render(self, template: str, **values: object) -> Rst:
        """A template's text, lines marked with their places, for use in another one."""
        try:
            return rst.printed(self._environment.get_template(template).render, **values)
        except jinja2.TemplateSyntaxError as error:
            place = Place(error.filename or template, error.lineno, 1)
            raise GuideError(f"template: {error.message}", place) from error
        except GuideError:
            raise
        except Exception as error:  # a template can call anything, so anything can come up
            frames = [f for f in extract_tb(error.__traceback__) if f.filename.endswith(".rst")]
            place = Place(frames[-1].filename, frames[-1].lineno or 1, 1) if frames else NOWHERE
            missing = isinstance(error, jinja2.TemplateNotFound)
            message = f"there is no template '{error}'" if missing else f"template: {error}"
            raise GuideError(message, place) from error

    def explained(self, snippet: Snippet) -> Rst:
        """A list of the placeholders of a snippet, for use in another text."""
        names = dict.fromkeys(name for option in snippet.options for name in option.placeholders)
        placeholders = [self.topology.placeholders[name] for name in names]
        told = [p for p in placeholders if p.description or p.example]
        return self.render("placeholders.rst", placeholders=told)

    def described(self, service: Service, snippet: Snippet) -> Rst:
        """Where the options of a snippet are described, for use in another text."""
        names = dict.fromkeys((option.section, option.name) for option in snippet.options)
        options = [
            self.dialect.reference(self.topology, Reference(service.id, f"options.{name}"))
            for section, name in names
            if (section, name) in self.entries
        ]
        return self.render("described.rst", described=options)

    def _lines(self, text: str) -> list[Line]:
        lines: list[Line] = []
        for line in text.split("\n"):
            match = _MARK.search(line)
            place = self._places[int(match[1])] if match else NOWHERE
            shown = _MARK.sub("", line).rstrip()
            if shown or (lines and lines[-1].text):  # one blank line is as good as three
                lines.append(Line(shown, place))
        while lines and not lines[-1].text:
            lines.pop()
        return lines

    def _marked(self, text: Rst, place: Place) -> Rst:
        """Each line of a text with a mark that leads back to its place."""
        self._places.append(place)
        return rst.suffixed(text, f"\x00{len(self._places) - 1}\x00")

    def _text(self, text: Text) -> Rst:
        return rst.join([self._inline(inline) for inline in text])

    def _inline(self, inline: Inline) -> str:
        match inline:
            case Plain(plain):
                return plain
            case Literal(text):
                return rst.literal(text)
            case Link(text, url):
                return rst.link(text, url)
            case Reference():
                return self.dialect.reference(self.topology, inline)

    def _blocks(self, blocks: Sequence[Block], service: Service | None = None) -> Rst:
        """Blocks in order, parted by blank lines."""
        return Rst("\n\n").join(self._block(block, service) for block in blocks)

    def _block(self, block: Block, service: Service | None) -> Rst:
        if isinstance(block, Paragraph):
            return self._marked(self._text(block.text), block.place)
        if isinstance(block, Warning):
            body = self._text(block.text)
            return self._marked(rst.directive("warning", body=body), block.place)
        if isinstance(block, Difference):
            assert service is not None, "the loader lets no difference into an intro"
            return self._marked(self.difference(block, service), block.place)
        assert service is not None, "the loader lets no snippet into an intro"
        snippet = service.snippet(block.snippet)
        return self._marked(self.dialect.snippet(self, service, snippet), snippet.place)

    def _sample(self, service: Service) -> Rst:
        """The whole config of a service whose notes show none of it."""
        config = () if service.snippets else self.topology.settings(service.id)
        return self.dialect.sample(self, service) if config else Rst("")

    def difference(self, block: Difference, service: Service) -> Rst:
        """A note on what of a service is otherwise than in the topology that this one extends."""
        base = self.topology.differs_from(service.id, block)
        assert base is not None, "the loader lets none in without a base"
        from diagtool.model.diff_sentences import compare

        changes = compare(base, self.topology)
        said = " ".join(
            change.sentence
            for change in changes
            if (change.about, change.what) == (service.id, block.about)
        )
        title = rst.escape(f"{self.topology.name} differs")
        text, source = self._text(block.text), self._text(block.source)
        body = Rst("{} {}\n\nSource: {}").format(said, text, source)
        return rst.directive("admonition", title, body=body, **{"class": Rst("note")})

    def _differences(self, service: Service) -> Rst:
        """What topologies that extend this one say of their differences."""
        shown = [
            self._marked(variant.difference(block, other), block.place)
            for variant in self.variants
            if (other := variant.topology.services.get(service.id))
            for block in other.notes
            if isinstance(block, Difference)
            and variant.topology.differs_from(service.id, block) == self.topology
        ]
        return Rst("\n\n").join(shown)

    def _table(self, table: Table, links: Mapping[tuple[str, int], Rst] | None = None) -> Rst:
        """A table in a box that scrolls where the page is too narrow for it.

        ``links`` are targets for cells, by the id of the row and the number of the column; the
        first column of a table with links heads its rows.
        """
        if not table.rows:
            return Rst("{}: none.").format(table.title)
        links = links or {}
        rows = [_row([Rst.of(column) for column in table.columns])]
        for row in table.rows:
            cells = [
                Rst("`{} <{}_>`__").format(cell, links[row.id, number])
                if (row.id, number) in links
                else Rst.of(cell)
                for number, cell in enumerate(row.cells)
            ]
            rows.append(self._marked(_row(cells), row.place))
        options = {"stub_columns": Rst("1")} if links else {}
        listed = rst.directive(
            "list-table",
            Rst.of(table.title),
            body=Rst("\n").join(rows),
            header_rows=Rst("1"),
            **options,
            **{"class": Rst("topo-table")},
        )
        return rst.directive("container", Rst("topo-table-box"), body=listed)

    def _kept(self, promise: Promise) -> Sequence[Rst]:
        """Why a promise holds, a sentence for each loss that it speaks of."""
        sentences = failure_report.kept(self.topology, promise)
        return [self._marked(Rst.of(sentence), promise.place) for sentence in sentences]

    def _failures(self, service: Service | None = None) -> Rst:
        topology = self.topology
        services = [service] if service else list(topology.services.values())

        def target(failure: Failure, part: Part | None = None) -> Rst:
            return rst.raw(failure_tables.anchor(topology, failure.losses[0], service, part))

        def told(failure: Failure) -> list[tuple[Service, State, Rst]]:
            return [
                (each, failure.state(each.id), self._marked(rst.within(why), each.place))
                for each in services
                if (why := failure_report.why(topology, failure, each.id))
            ]

        def others(explained: Sequence[tuple[Service, State, Rst]]) -> str:
            names = {service.id: service.name for service in services}
            for service, _, _ in explained:
                del names[service.id]
            return wording.join(list(names.values()))

        def tested(failure: Failure) -> Sequence[tuple[Rst, Rst]]:
            ids = (claims.loss(failure.losses[0], each.id) for each in services)
            found = (self.proved[id] for id in ids if id in self.proved)
            return list(dict.fromkeys((rst.within(t.how), rst.within(t.seen)) for t in found))

        failures = singly(topology)
        links = {}
        for failure in failures:
            row, explained = str(failure.losses[0]), {part.id for part, _, _ in told(failure)}
            links[row, 0] = target(failure)
            for number, each in enumerate(services, 1):
                links[row, number] = target(failure, each if each.id in explained else None)
        return self.render(
            "failures.rst",
            table=self._table(failure_tables.of_failures(topology, service), links),
            failures=failures,
            services=services,
            told=told,
            others=others,
            tested=tested,
            whole=service is None,
            untested=self._untested() if service is None else (),
            target=target,
            sources=failure_report.sources(topology, services),
            without=lambda failure: failure_report.without(topology, failure),
        )

    def _untested(self) -> Sequence[tuple[str, Rst]]:
        """The claims that a test run left alone, each with the reason."""
        found = claims.evidence(self.topology)
        known = claims.claims(self.topology) if found else {}
        return [
            (known[claim], rst.within(tested.how))
            for claim, tested in (found.claims.items() if found else ())
            if tested.result is Result.NOT_TESTED and claim in known
        ]

    def _proved_needs(self, service: Service) -> Sequence[str]:
        """What of its needs a service was proved to have, by name."""
        needed = self.topology.needs(service.id)
        return [part.name for part in needed if claims.need(service.id, part.id) in self.proved]

    def _balancer(self, component: Component) -> Rst:
        """Sample config of a component, nothing where it balances nothing."""
        balancer = balancers.balancer(self.topology, component.id)
        return self.dialect.balancer(self, balancer) if balancer else Rst()

    def _references(self, parts: Sequence[Part]) -> Rst:
        """References to parts as a list in a sentence."""
        shown = [self.dialect.reference(self.topology, Reference(part.id)) for part in parts]
        return rst.listed(shown)


def _row(cells: Sequence[Rst]) -> Rst:
    """A row of a table that is written as a list of lists."""
    lines = [Rst("{} {}").format(Rst("-"), cell) for cell in cells]
    first, *others = lines
    return Rst("\n").join([Rst("* {}").format(first), *(Rst("  {}").format(o) for o in others)])


class PlainDialect:
    """Pages for projects without our extension: blockdiag sources and code blocks."""

    SUFFIX = ".rst"
    """What the names of pages end in."""

    PICTURES = ""
    """The format of the pictures that lie beside a page, where it does not hold their sources."""

    def page(self, title: str, lines: Sequence[Line]) -> list[Line]:
        """A page under its title."""
        heading = [Line(text) for text in rst.heading(title, "=").split("\n")]
        return [*heading, *lines]

    def reference(self, topology: Topology, reference: Reference) -> str:
        """The words alone; the name of an option as a literal."""
        shown = wording.resolve(topology, reference)
        return rst.literal(shown) if reference.attribute.startswith("options.") else shown

    def picture(self, guide: Guide, service: Service) -> Rst:
        """A blockdiag directive with the diagram's source."""
        diagram = layout(guide.topology, service.id)
        return rst.directive(
            "blockdiag",
            body=rst.raw(blockdiag.write(diagram)),
            caption=rst.escape(diagram.title),
            alt=rst.raw(" ".join(wording.describe(diagram).split())),
        )

    def snippet(self, guide: Guide, service: Service, snippet: Snippet) -> Rst:
        """A code block, and what to put in place of its placeholders."""
        block = rst.directive("code-block", Rst("ini"), body=rst.raw(snippets.ini(snippet)))
        described = guide.described(service, snippet)
        return Rst("{}\n{}\n{}").format(block, guide.explained(snippet), described)

    def sample(self, guide: Guide, service: Service) -> Rst:
        """Nothing: the file lies beside the page."""
        return Rst("")

    def section(self, guide: Guide, service: Service) -> Rst:
        """A target, a heading and the text under it."""
        body = guide.render("service.rst", service=service)
        heading = rst.heading(service.name, "-")
        return Rst(".. _{}:\n\n{}\n{}").format(rst.raw(service.id), heading, body)

    def components(self, guide: Guide) -> Rst:
        """A heading and the text under it."""
        return _under("Components", guide.render("components.rst"))

    def component(self, guide: Guide, component: Component) -> Rst:
        """An item of a definition list."""
        body = guide.render("component.rst", component=component)
        return Rst("{}\n{}\n").format(component.name, rst.indent(body))

    def balancer(self, guide: Guide, balancer: Balancer) -> Rst:
        """A code block for one program, and the names of the files for all."""
        name = balancers.names()[0]
        text = rst.raw(balancers.config(guide.topology, balancer, name))
        shown = rst.directive("code-block", rst.raw(balancers.get(name).LANGUAGE), body=text)
        files = rst.listed(
            [
                Rst("{} ({})").format(
                    rst.literal(balancers.filename(balancer, name)), balancers.get(name).TITLE
                )
                for name in balancers.fitting(balancer)
            ]
        )
        told = guide.render("balancing.rst", balancer=balancer)
        return Rst("{}\n\n{}\nAs files: {}.\n").format(told, shown, files)

    def hosts(self, guide: Guide) -> Rst:
        """The table; its files lie beside the page."""
        return guide._table(port_and_host_tables.of_hosts(guide.topology))

    def flows(self, guide: Guide) -> Rst:
        """The table; its files lie beside the page."""
        return guide._table(port_and_host_tables.of_flows(guide.topology))

    def deployment_files(self, guide: Guide) -> Rst:
        """A list of their names: they lie beside the page."""
        files = deployment.files(guide.topology)
        items = [Rst("* {}: {}").format(rst.literal(file.name), file.title) for file in files]
        return Rst("Files made from it:\n\n{}\n").format(Rst("\n").join(items)) if items else Rst()

    def options(self, guide: Guide) -> Rst:
        """A heading and the text under it."""
        return _under("Options", guide.render("options.rst"))

    def option(self, guide: Guide, entry: Explained) -> Rst:
        """An item of a definition list."""
        body = guide.render("option.rst", entry=entry)
        return Rst("{}\n{}\n").format(rst.literal(entry.title), rst.indent(body))


def _under(title: str, body: Rst) -> Rst:
    """A section of the guide."""
    return Rst("{}\n{}").format(rst.heading(title, "-"), body)


def render(
    topology: Topology,
    folders: Sequence[str | Path] = (),
    *,
    values: Values = MappingProxyType({}),
    dialect: PlainDialect | None = None,
) -> Mapping[str, str]:
    """The guide as files by name: pages, and config for services and load balancers.

    ``values`` stand in the config for placeholders. Raises UnfitError for one that cannot, and
    GuideError for pages that cannot be made.
    """
    made = pages(topology, folders, dialect=dialect)
    return {name: text(lines) for name, lines in made.items()} | config_and_tables(topology, values)


def config_and_tables(topology: Topology, values: Values = MappingProxyType({})) -> dict[str, str]:
    """What of a guide programs read, as files by name. Raises UnfitError for an unfit value."""
    files = {}
    config = placeholders.filled(topology, values)
    for service in config.services.values():
        if sample := snippets.sample(config, service):
            files[f"{service.id}.conf"] = sample
    for balancer in balancers.balancers(config, values):
        for name in balancers.fitting(balancer):
            filename = balancers.filename(balancer, name)
            files[filename] = balancers.config(topology, balancer, name)
    if port_and_host_tables.is_deployed(topology):
        files |= {file.name: file.text for file in deployment.files(topology, values)}
    for name, table in _tables(topology).items():
        files[f"{name}.csv"] = port_and_host_tables.as_csv(table)
        files[f"{name}.json"] = port_and_host_tables.as_json(topology, table)
    return files


def pages(
    topology: Topology,
    folders: Sequence[str | Path] = (),
    *,
    dialect: PlainDialect | None = None,
) -> Mapping[str, list[Line]]:
    """The guide's pages by the names of their files."""
    dialect = dialect or PlainDialect()
    guide = Guide(topology, dialect, folders)
    named = {"guide": (f"{topology.name} High Availability Guide", guide.page())}
    if port_and_host_tables.is_deployed(topology):
        named["deployment"] = (f"{topology.name} Deployment", guide.deployment())
    if failures.are_stated(topology):
        stands = guide.table(failure_tables.of_tolerances(topology))
        lines = [*guide.promises(), Line(""), *guide.failures(), Line(""), *stands]
        named["failures"] = (f"What {topology.name} does when something is lost", lines)
    return {f"{name}{dialect.SUFFIX}": dialect.page(*page) for name, page in named.items()}


def text(lines: Sequence[Line]) -> str:
    """Lines as a file."""
    return "".join(f"{line.text}\n" for line in lines)


def _tables(topology: Topology) -> Mapping[str, Table]:
    """The tables of a topology's pages, by the names of their files."""
    named = {}
    if port_and_host_tables.is_deployed(topology):
        named["flows"] = port_and_host_tables.of_flows(topology)
        if topology.hosts:
            named["hosts"] = port_and_host_tables.of_hosts(topology)
    if failures.are_stated(topology):
        named["failures"] = failure_tables.of_failures(topology)
        named["tolerates"] = failure_tables.of_tolerances(topology)
    return named
