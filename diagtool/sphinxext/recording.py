"""Writes the record of a site at the end of a build: see :mod:`diagtool.guide.site_record`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from posixpath import dirname, join, normpath
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from sphinx.application import Sphinx

from diagtool import __version__
from diagtool.files.writing import write
from diagtool.guide import site_record
from diagtool.guide.names import Unknown, Unusable
from diagtool.guide.site_record import SOURCES, Page, Record, RecordError, Source, digest
from diagtool.sphinxext.domain import TopoDomain

if TYPE_CHECKING:
    from diagtool.checks.readers._markup import Element
    from diagtool.sphinxext.output_index import OutputIndex

ALWAYS = "_static/"
"""Where files are that each build writes anew."""


def is_site(app: Sphinx) -> bool:
    """Whether a build writes pages for a browser."""
    return app.builder.format == "html" and not getattr(app.builder, "embedded", False)


def is_lost(app: Sphinx, known: Record | None) -> bool:
    """Whether a site has no record that can be gone on with."""
    return is_site(app) and (known is None or known.release != __version__)


def recorded(app: Sphinx) -> Mapping[str, Page]:
    """The pages that the record of a site knows."""
    known = read(app)
    return known.pages if known else {}


def read(app: Sphinx) -> Record | None:
    """The record of a site, None where it has none that can be used."""
    try:
        return site_record.read(Path(app.outdir))
    except RecordError:
        return None


def write_record(
    app: Sphinx, known: Record | None, output_index: OutputIndex, others: Iterable[str]
) -> None:
    """Brings the record up to date with the pages that this build wrote.

    ``known`` is what it was before, and ``others`` are the pages of no document, such as indices,
    as Sphinx names them.
    Of those that it did not write, what the last one recorded still holds: someone may have
    changed them since.
    """
    if not is_site(app):
        return
    before = known or Record(__version__)
    site = Path(app.outdir)
    docnames = _pages(app)
    pages = {
        name: page
        for name, page in before.pages.items()
        if name in docnames or (site / name).is_file()
    }
    written = {_name(app, docname) for docname in output_index.written & app.env.found_docs}
    for name in written:
        pages[name] = _page(app, name, docnames[name], output_index)
    fresh = {file for name in written & pages.keys() for file in pages[name].files}
    for page in others:
        if (site / (name := _name(app, page))).is_file():
            of_site = (site_record.SEARCH_INDEX, site_record.INVENTORY)  # no other page has them
            loaded = of_site if page == "search" else ()
            pages[name] = Page(digest((site / name).read_bytes()), files=loaded)
            fresh.update(loaded)
    # What pages of removed documents offered was swept away, and they stay until someone does it.
    left = [page for name, page in pages.items() if name not in docnames]
    fresh.update(file for page in left for file in page.files if not (site / file).is_file())
    files = {
        file: _digest(site / file)
        if file in fresh or file not in before.files or file.startswith(ALWAYS)
        else before.files[file]
        for file in {file for page in pages.values() for file in page.files}
    }
    domain = TopoDomain.of(app.env)
    language = app.config.language or "en"
    now = Record(
        __version__,
        _sources(domain) if written else before.topologies,
        "" if language == "en" else language,
        any(file.is_file() for folder in domain.sources.folders for file in folder.rglob("*")),
        pages,
        files,
    )
    if now == known:
        return
    if any(page.generated for page in now.pages.values()):
        write(site, site_record.NAME, site_record.written(now))
    else:
        (site / site_record.NAME).unlink(missing_ok=True)


def _name(app: Sphinx, docname: str) -> str:
    """What the page of a document is called in the site."""
    builder: Any = app.builder  # one of HTML
    one = app.config.root_doc if builder.name == "singlehtml" else docname
    return Path(builder.get_outfilename(one)).relative_to(app.outdir).as_posix()


def _pages(app: Sphinx) -> dict[str, list[str]]:
    """The documents on each page of the site."""
    pages: dict[str, list[str]] = {}
    for docname in sorted(app.env.found_docs):
        pages.setdefault(_name(app, docname), []).append(docname)
    return pages


def _sources(domain: TopoDomain) -> dict[str, Source]:
    """The topologies as they are now."""
    found = {}
    for name in domain.sources.named:
        try:
            topology = domain.topologies.topology(name)
        except (Unknown, Unusable):
            continue
        found[name] = Source(topology.id, digest(repr(topology)))
    return found


def _page(app: Sphinx, name: str, docnames: Iterable[str], output_index: OutputIndex) -> Page:
    """What there is to record of a page; its bytes alone where nothing was generated."""
    content = (Path(app.outdir) / name).read_bytes()
    text = content.decode("utf-8", "replace")
    if not site_record.MARK.search(text):
        return Page(digest(content))
    from diagtool.checks.verify import generated

    markup = generated.read(text)
    uses = TopoDomain.of(app.env).uses
    paths = {path for docname in docnames for path in output_index.pages.get(docname, ())}
    paths.update(_shown_sources(app, docnames))
    return Page(
        digest(content),
        markup.rest,
        {
            use: said
            for docname in docnames
            for use, said in uses.get(docname, {}).items()
            if use.what != "prose"
        },
        tuple(region.generated for region in markup.regions),
        frozenset(markup.active),
        tuple(sorted(paths | set(_loaded(app, name, markup.active.values())))),
    )


def _shown_sources(app: Sphinx, docnames: Iterable[str]) -> Iterator[str]:
    """The copies of documents' sources that "Show Source" leads to, in the site."""
    for docname in docnames:
        suffix = app.env.doc2path(docname).name.removeprefix(docname.rpartition("/")[2])
        behind = app.config.html_sourcelink_suffix
        path = f"{SOURCES}{docname}{suffix}{behind if suffix != behind else ''}"
        if (Path(app.outdir) / path).is_file():
            yield path


def _loaded(app: Sphinx, name: str, elements: Iterable[Element]) -> Iterator[str]:
    """The scripts and style sheets of the site that a page loads."""
    for element in elements:
        url = urlsplit(element.get("src") or element.get("href"))
        path = normpath(join(dirname(name), unquote(url.path)))
        local = not url.scheme and not url.netloc and path.endswith((".css", ".js"))
        if local and (Path(app.outdir) / path).is_file():
            yield path


def _digest(path: Path) -> str:
    return digest(path.read_bytes()) if path.is_file() else ""
