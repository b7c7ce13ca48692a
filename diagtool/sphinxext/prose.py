"""Prose of a project's pages against the topologies that they speak of."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging

from diagtool.checks.split_lines import lines_of
from diagtool.checks.topology_mark import speaks
from diagtool.files.printable import printable
from diagtool.guide.names import Name, Unknown, Unusable
from diagtool.sphinxext.domain import TopoDomain

if TYPE_CHECKING:
    from diagtool.model import Topology
    from diagtool.model.diagnostics import Diagnostic

logger = logging.getLogger(__name__)


def _read(app: Sphinx, doctree: nodes.document) -> None:
    """Warns of what a page that was just read says and its topology does not."""
    if app.config.topo_lint:
        _lint(app, doctree)
    for mark in list(doctree.findall(speaks)):
        mark.parent.remove(mark)


def _lint(app: Sphinx, doctree: nodes.document) -> None:
    from diagtool.checks import prose
    from diagtool.checks.prose.pages import ROLE, page

    path = Path(app.env.doc2path(app.env.current_document.docname))
    read = page(
        doctree, {source: lines_of(Path(source)) for source in _sources(app, doctree, path)}
    )
    read.reference = ROLE
    domain = TopoDomain.of(app.env)
    topologies: dict[str, Topology] = {}
    for named in sorted({passage.topology for passage in read.passages}):
        name = named or domain.sources.default
        try:
            topologies[named] = domain.topologies.topology(name)
        except Unknown as error:
            _not_judged(path, str(error))
            continue
        except Unusable:
            _not_judged(path, f"topology '{name}' has errors")
            continue
        # A change of the topology may make a page wrong that was right.
        domain.use("prose", Name(name, ""))
    report(prose.lint(topologies, [read]))
    for _, reason in prose.unjudged(topologies, [read]):
        logger.verbose("%s", printable(f"{path}: not judged: {reason}"))


def _not_judged(path: Path, reason: str) -> None:
    """Says that a page, or what it says of one topology, is not held against anything."""
    logger.info("%s", printable(f"{path}: not judged: {reason}"))


def _sources(app: Sphinx, doctree: nodes.document, path: Path) -> list[str]:
    """A page and the files that it includes, as its nodes call them."""
    env = app.env
    pages = env.included.get(env.current_document.docname, set())
    included = {Path(env.doc2path(name)).resolve() for name in pages}
    depends = doctree.settings.record_dependencies
    # Sphinx counts files with the suffix of a page only, docutils those that templates are, too.
    included |= {Path(name).resolve() for name in depends.list if name.endswith((".inc", ".txt"))}
    named = {node.source for node in doctree.findall(nodes.Element) if node.source}
    return [str(path), *sorted(name for name in named if Path(name).resolve() in included)]


def _lint_notes(app: Sphinx) -> None:
    """Warns of what the notes of a topology say and it does not."""
    if app.config.topo_lint:
        from diagtool.checks import prose
        from diagtool.checks.prose import notes

        for topology in TopoDomain.of(app.env).topologies.usable:
            sources = {path: lines_of(Path(path)) for path in topology.sources}
            report(prose.lint({"": topology}, [notes.page(topology, sources)]))


def report(found: Iterable[Diagnostic]) -> None:
    """Logs findings at their places."""
    from diagtool.model import Severity

    for finding in found:
        log = logger.info if finding.severity is Severity.HINT else logger.warning
        hint = f" ({finding.hint})" if finding.hint else ""
        sentence = f': "{finding.source.strip()}"' if finding.source.strip() else ""
        log(
            printable(f"{finding.code} {finding.message}{hint}{sentence}"),
            location=printable(f"{finding.place.path}:{finding.place.line}:{finding.place.column}"),
            type="topo",
            subtype=finding.code,
        )


def setup(app: Sphinx) -> None:
    """Registers the check."""
    app.connect("builder-inited", _lint_notes, priority=600)  # after they are loaded
    app.connect("doctree-read", _read)
