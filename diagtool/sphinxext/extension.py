"""The Sphinx extension: a topology's guide on a project's pages, and blockdiag pictures."""

from __future__ import annotations

from collections.abc import Iterator, Set
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx.application import ENV_PICKLE_FILENAME, Sphinx
from sphinx.builders import Builder
from sphinx.environment import BuildEnvironment
from sphinx.util import logging

from diagtool import __version__
from diagtool.guide.names import Unusable
from diagtool.sphinxext import (
    blockdiag_directive,
    marking,
    prose,
    recording,
    settings,
    sources,
    stylesheet,
    translating,
    verifying,
)
from diagtool.sphinxext.domain import TopoDomain, Undescribed, described
from diagtool.sphinxext.output_index import OutputIndex
from diagtool.sphinxext.pictures import (
    HrefCollector,
    depart_mapped,
    download,
    mapped,
    picture,
    visit_mapped,
)

if TYPE_CHECKING:
    from docutils.parsers.rst import Directive
    from sphinx.addnodes import pending_xref
    from sphinx.domains import Domain
    from sphinx.util.typing import ExtensionMetadata

    from diagtool.guide.site_record import Record
    from diagtool.sphinxext.rendering import Renderer

logger = logging.getLogger(__name__)


def _load(app: Sphinx) -> None:
    TopoDomain.of(app.env).begin(sources.find(app))


def _outdated(
    app: Sphinx, env: BuildEnvironment, added: Set[str], changed: Set[str], removed: Set[str]
) -> list[str]:
    return sorted(TopoDomain.of(env).outdated())


def _moved(app: Sphinx, env: BuildEnvironment) -> list[str]:
    return sorted(TopoDomain.of(env).moved())


def _explain(app: Sphinx, domain: Domain | None, node: pending_xref) -> bool | None:
    if node["reftype"] == "any" and TopoDomain.of(app.env).topologies.unusable:
        return True  # nobody can tell what it would have named
    if not isinstance(domain, TopoDomain):
        return None
    with suppress(Unusable):  # the build fails for what is wrong with the topology
        logger.warning(domain.explain(node), location=node, type="topo", subtype="unknown")
    return True


def _end(app: Sphinx, exception: Exception | None) -> None:
    """Has a build fail that left something out, with or without ``-W``.

    Sphinx then forgets the pages that it read, so that the next build says so again.
    """
    domain = TopoDomain.of(app.env)
    if exception is None and (domain.failures or domain.unusable):
        app.statuscode = 1
        (Path(app.doctreedir) / ENV_PICKLE_FILENAME).unlink(missing_ok=True)


class _TopoDomain(TopoDomain):
    """The domain with its directives, which are imported with the first page that is read."""

    def directive(self, name: str) -> type[Directive] | None:
        from diagtool.sphinxext.directives import DIRECTIVES

        for ours, directive in DIRECTIVES.items():
            self.directives.setdefault(ours, directive)
        return super().directive(name)


class _Pictures:
    """Keeps a build's renderer, made for its first page, and the index of what it wrote."""

    renderer: Renderer | None = None
    output_index: OutputIndex | None = None
    record: Record | None = None

    def __init__(self) -> None:
        self.others: set[str] = set()

    def begin(self, app: Sphinx) -> None:
        if app.builder.format == "html":
            self.output_index = OutputIndex(Path(app.doctreedir), Path(app.outdir))

    def unfinished(
        self, app: Sphinx, env: BuildEnvironment, added: Set[str], changed: Set[str], gone: Set[str]
    ) -> list[str]:
        return sorted(self.output_index.unfinished & env.found_docs) if self.output_index else []

    def lacking(self, app: Sphinx, env: BuildEnvironment) -> list[str]:
        if self.output_index is None:
            return []
        pages = self.output_index.lacking(stylesheet.look(app))
        self.record = recording.read(app)
        if recording.is_lost(app, self.record):
            pages = None
        return sorted(env.found_docs if pages is None else pages & env.found_docs)

    def read(self, app: Sphinx, env: BuildEnvironment, docnames: list[str]) -> None:
        if self.output_index:
            self.output_index.read(docnames)
        if docnames:
            TopoDomain.of(env).read()  # before pages are shared out to processes

    def open(self, app: Sphinx, builder: Builder) -> None:
        if builder.format == "html" and not getattr(builder, "embedded", False):
            stylesheet.write_stylesheet(app)

    def render_page(self, app: Sphinx, doctree: nodes.document, docname: str) -> None:
        self._renderer(app).render_page(doctree, docname)

    def _renderer(self, app: Sphinx) -> Renderer:
        if self.renderer is None:
            from diagtool.sphinxext.rendering import Renderer

            self.renderer = Renderer(app, self.output_index)
        return self.renderer

    def note(self, app: Sphinx, name: str, template: str, context: object, doctree: object) -> None:
        """Notes the pages that are of no document, such as the index and the search."""
        if name not in app.env.found_docs:
            self.others.add(name)

    def sweep(self, app: Sphinx) -> Iterator[tuple[str, dict[str, object], str]]:
        # Before an EPUB is packed, and long after the last page was written.
        if self.output_index:
            self.output_index.sweep(app.env.found_docs)
        return iter(())

    def close(self, app: Sphinx, exception: Exception | None) -> None:
        if self.renderer is not None:
            self.renderer.close()
        if self.output_index:
            if exception is None:
                self.output_index.settle(app.env.found_docs)
                recording.write_record(app, self.record, self.output_index, self.others)
            self.output_index.close()


def setup(app: Sphinx) -> ExtensionMetadata:
    """Registers everything with Sphinx."""
    app.add_domain(_TopoDomain)
    app.add_node(described)
    app.add_post_transform(Undescribed)
    app.add_node(picture)
    app.add_node(download)
    app.add_post_transform(HrefCollector)
    app.add_node(mapped, html=(visit_mapped, depart_mapped))
    settings.setup(app)
    marking.setup(app)
    translating.setup(app)
    blockdiag_directive.setup(app)
    prose.setup(app)
    verifying.setup(app)

    app.add_config_value("topo_topologies", {}, "", Any)  # whose check is our own
    app.add_css_file(stylesheet.NAME)

    pictures = _Pictures()
    app.connect("builder-inited", _load)
    app.connect("builder-inited", pictures.begin)
    app.connect("env-get-outdated", _outdated)
    app.connect("env-get-outdated", pictures.unfinished)
    app.connect("env-before-read-docs", pictures.read)
    app.connect("env-updated", _moved)
    app.connect("env-updated", pictures.lacking)
    app.connect("warn-missing-reference", _explain)
    app.connect("write-started", pictures.open)
    app.connect("doctree-resolved", pictures.render_page)
    app.connect("html-page-context", stylesheet.add_script)
    app.connect("html-page-context", pictures.note)
    app.connect("html-collect-pages", pictures.sweep)
    app.connect("build-finished", pictures.close, priority=550)  # after themes wrote their styles
    app.connect("build-finished", _end)
    return {
        "version": __version__,
        # Pages that another release has read are read again.
        "env_version": int.from_bytes(__version__.encode()),
        "parallel_read_safe": True,
        "parallel_write_safe": True,
    }
