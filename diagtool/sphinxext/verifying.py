"""Holds the pages that a build has written, and the files they lead to, against the topologies.

A page is held against the topologies that it says something of, else against the default
one. Pages are read as they stand in their folder, whichever build wrote them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from sphinx.application import Sphinx
from sphinx.locale import admonitionlabels

from diagtool.guide.names import Unknown, Unusable
from diagtool.sphinxext.domain import TopoDomain
from diagtool.sphinxext.prose import report
from diagtool.sphinxext.recording import is_site, recorded
from diagtool.sphinxext.translating import catalogue

if TYPE_CHECKING:
    from diagtool.checks import verify
    from diagtool.guide.topologies import Topologies

_LINK = re.compile(r"""\b(?:data|href|src)\s*=\s*["']([^"'<>]+)["']""")
_MARKUP = re.compile(
    r"""
      ``(?P<literal>.+?)``
    | :topo:(?P<kind>\w+):`(?P<name>[^`]+)`
    | :[\w:.-]+:`(?P<target>[^`]+)`
    | `(?P<words>[^`<]+?)\s*<[^`>]+>`__?
    | \*\*(?P<strong>[^*]+)\*\*
    | \*(?P<emphasis>[^*]+)\*
    | \\(?P<escaped>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_PAGES = ("html", "rst")
_TITLED = re.compile(r"(.+?)\s*<[^>]+>", re.DOTALL)


def _verify(app: Sphinx, exception: Exception | None) -> None:
    """Warns of what a site says and its topologies do not."""
    if exception is None and app.config.topo_verify and is_site(app):
        from diagtool.checks import verify
        from diagtool.model import Severity

        domain = TopoDomain.of(app.env)
        sites = verify.Sites(domain.topologies.usable, domain.topologies)
        read = verify.verdict(_judges(app, sites))
        report(sites.verdict(finding for finding in read if finding.severity is Severity.ERROR))


@dataclass(slots=True)
class _Said:
    """What there is to know of a file of a site before it is read.

    ``topologies`` are the names of those that it is about; ``originals`` the words of the
    topology by those of the file's language.
    """

    topologies: dict[str, None] = field(default_factory=dict)
    originals: dict[str, str] = field(default_factory=dict)

    def update(self, other: _Said) -> None:
        self.topologies |= other.topologies
        self.originals = {**other.originals, **self.originals}


def _judges(app: Sphinx, sites: verify.Sites) -> list[verify.Judge]:
    """A judge for each topology, who has taken in the files that are about it.

    What the record of the site proves needs none.
    """
    from diagtool.checks import verify

    site = Path(app.outdir)
    known = TopoDomain.of(app.env).topologies
    pages = _pages(app)
    files = {path: said for path, said in pages.items() if path.is_file()}
    for path, said in list(files.items()):
        for linked in _linked(path, site):
            if linked not in pages:
                files.setdefault(linked, _Said()).update(said)
    judges: dict[str, verify.Judge] = {}
    for path, said in sorted(files.items()):
        if sites.take(path, untranslated=True):
            continue
        for name in said.topologies:
            try:
                topology = known.topology(name)
            except (Unknown, Unusable):
                continue
            judge = judges.setdefault(name, verify.Judge(topology))
            judge.take(path, site, named=False, originals=said.originals)
    return list(judges.values())


def _pages(app: Sphinx) -> dict[Path, _Said]:
    """The pages of a site, those of documents that are gone included."""
    domain = TopoDomain.of(app.env)
    builder: Any = app.builder  # one of HTML
    pages: dict[Path, _Said] = {}
    for docname in sorted(app.env.found_docs):
        names = dict.fromkeys(use.name.topology for use in domain.uses.get(docname, ()))
        one = app.config.root_doc if builder.name == "singlehtml" else docname
        path = Path(builder.get_outfilename(one))
        said = _Said(names or {domain.sources.default: None}, _originals(app, docname))
        pages.setdefault(path, _Said()).update(said)
    for name, page in recorded(app).items():
        if not page.uses:
            continue
        names = dict.fromkeys(use.name.topology for use in page.uses)
        said = _Said(names or {domain.sources.default: None})
        pages.setdefault(Path(app.outdir, name), said)
    return pages


def _linked(page: Path, site: Path) -> Iterator[Path]:
    """The files of the site that a page shows or leads to, and that can be read.

    Other pages are not ours, and what is in a source is read where it is a page.
    """
    from diagtool.checks import readers

    for link in _LINK.findall(page.read_text("utf-8")):
        url = urlsplit(unescape(link))
        if url.scheme or url.netloc or readers.format_of(url.path) in (None, *_PAGES):
            continue
        path = Path(page.parent, unquote(url.path)).resolve()
        if path.is_relative_to(site.resolve()) and path.is_file():
            yield path


# --- translated sites -----------------------------------------------------------------


def _originals(app: Sphinx, docname: str) -> dict[str, str]:
    """What a page's messages were before they were translated, by what became of them."""
    known = TopoDomain.of(app.env).topologies
    messages = catalogue(app.config, Path(app.srcdir), docname)
    language = app.config.language
    originals = (
        {str(admonitionlabels["warning"]): "Warning"} if language not in (None, "en") else {}
    )
    for original, translation in messages.items():
        # As it stands, which is how it is drawn, and as it is read on a page.
        originals.setdefault(translation, original)
        originals.setdefault(_plain(translation, known, messages), _plain(original, known))
    return originals


def _plain(message: str, known: Topologies, words: Mapping[str, str] = MappingProxyType({})) -> str:
    """A message without its markup, on one line; ``words`` translate what roles say."""

    def shown(match: re.Match[str]) -> str:
        parts: Mapping[str, str | None] = match.groupdict()
        kind, target = parts["kind"], parts["name"] or parts["target"]
        if not target:
            return next(filter(None, parts.values()), "")
        if titled := _TITLED.fullmatch(target):
            return titled[1]
        said = _named(kind, target, known) if kind else target
        return words.get(said, said) if kind else said

    return " ".join(_MARKUP.sub(shown, message).split())


def _named(kind: str, target: str, known: Topologies) -> str:
    """The words that a role of ours says."""
    name = known.name(target, "")
    try:
        return known.value(name) if kind == "value" else known.part(name).name
    except (Unknown, Unusable):
        return target


def setup(app: Sphinx) -> None:
    """Registers the check."""
    app.connect("build-finished", _verify, priority=600)  # after files of no page are swept
