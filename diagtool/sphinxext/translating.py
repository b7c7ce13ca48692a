"""Words of translated pages that Sphinx does not see to itself.

What roles say is a text of its own: a name, or a list of names with an "and" in it, is
translated as a whole wherever a role says it. On pages in Markdown, what directives
generate is reStructuredText all the same, and so are its translations. And where a text
that was translated has changed, and the page shows the original, the build says so.
"""

from __future__ import annotations

import difflib
import gettext
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docutils import nodes
from docutils.parsers.rst.states import RSTStateMachine, state_classes
from docutils.statemachine import StringList
from docutils.utils import new_document
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform
from sphinx.util import get_filetype, logging
from sphinx.util.i18n import docname_to_domain
from sphinx.util.nodes import extract_messages

from diagtool.sphinxext.domain import Shown, TopoDomain
from diagtool.sphinxext.marking import mark
from diagtool.sphinxext.pictures import picture

if TYPE_CHECKING:
    from sphinx.builders import Builder
    from sphinx.config import Config
    from sphinx.environment import BuildEnvironment

logger = logging.getLogger(__name__)

SPOKEN = ("name", "label", "needs", "servers")
"""The values that are words of a language."""

ALIKE = 0.6
"""How much alike a text and an older one are at least."""


def parse(lines: StringList, document: nodes.document, *, headings: bool) -> list[nodes.Node]:
    """Nodes of reStructuredText, for a document in another language."""
    before = len(document.children)
    machine = RSTStateMachine(state_classes, initial_state="Body")
    machine.run(lines, document, match_titles=headings)
    found = list(document.children[before:])
    del document.children[before:]
    return found


def catalogue(config: Config, srcdir: Path, docname: str) -> Mapping[str, str]:
    """The translations of a document's messages into the language of a build."""
    if not config.language or config.language == "en":
        return {}
    from babel.messages.mofile import read_mo

    found: dict[str, str] = {}
    name = docname_to_domain(docname, config.gettext_compact)
    for folder in config.locale_dirs:
        path = gettext.find(name, str(Path(srcdir, folder)), [config.language])
        if path is None:
            continue
        with Path(path).open("rb") as stream:
            for message in read_mo(stream):
                if isinstance(message.id, str) and isinstance(message.string, str) and message.id:
                    found.setdefault(message.id, message.string)
    return found


class said(addnodes.translatable, nodes.Invisible, nodes.Element):
    """The words that roles of a page say, for its translator."""

    def preserve_original_messages(self) -> None:
        """Keeps no translation of an earlier time."""
        self["translations"] = {}

    def extract_original_messages(self) -> list[str]:
        """Every text once."""
        return list(self["words"])

    def apply_translated_message(self, original_message: str, translated_message: str) -> None:
        """Takes the translation of one of them."""
        self["translations"][original_message] = translated_message


def _spoken(document: nodes.document) -> Iterator[nodes.Text]:
    """What roles say in words of the topology, rather than in the author's."""
    for xref in document.findall(addnodes.pending_xref):
        if xref["refdomain"] != "topo" or xref["refexplicit"]:
            continue
        _, _, attribute = xref["reftarget"].partition(".")
        if xref["reftype"] != "value" or attribute in SPOKEN:
            yield from xref.findall(nodes.Text)


def _generated(document: nodes.document) -> Iterator[nodes.Element]:
    """What stands between marks."""
    inside = False
    for node in document.findall(nodes.Element):
        if isinstance(node, mark):
            inside = bool(node["what"])
        elif inside:
            yield node


class Before(SphinxTransform):
    """Collects what roles say, and translates generated text of pages in other languages."""

    default_priority = 15  # before Sphinx translates

    def apply(self, **kwargs: Any) -> None:
        """Puts a node at the end that holds the words."""
        words = dict.fromkeys(text.astext() for text in _spoken(self.document))
        if words:
            holder = said(words=tuple(words), translations={})
            holder.source, holder.line = self.document["source"], 1
            self.document.append(holder)
        docname = self.env.current_document.docname
        path = self.env.doc2path(docname)
        is_rst = get_filetype(self.config.source_suffix, str(path)) == "restructuredtext"
        messages = catalogue(self.config, self.env.srcdir, docname)
        generated = {id(node) for node in _generated(self.document)} if messages else set()
        for node, message in list(extract_messages(self.document)) if generated else ():
            # Sphinx makes an entry of its glossary of a term, which two topologies may share.
            ours = isinstance(node, nodes.term) or not (is_rst or isinstance(node, picture))
            if ours and id(node) in generated:
                self.translate(node, messages.get(message, ""))

    def translate(self, node: nodes.Element, message: str) -> None:
        """Puts a translation in place of a text, and keeps Sphinx from doing so."""
        if not message or isinstance(node, nodes.literal_block):
            return
        node["translatable"] = False
        document = new_document(self.document["source"], self.document.settings)
        document.reporter = self.document.reporter
        (block, *_) = parse(StringList([message], node.source or ""), document, headings=False)
        old = {_key(xref): xref for xref in node.findall(addnodes.pending_xref)}
        for xref in block.findall(addnodes.pending_xref):
            if _key(xref) in old:
                kept = old[_key(xref)].attributes.items()
                xref.attributes.update({k: v for k, v in kept if k != "refexplicit"})
        node.children.clear()
        node.extend(block.children)


def _key(xref: addnodes.pending_xref) -> tuple[str, str, str]:
    return xref["refdomain"], xref["reftype"], xref["reftarget"]


class After(SphinxTransform):
    """Puts translations in place of what roles say."""

    default_priority = 30  # after Sphinx has translated

    def apply(self, **kwargs: Any) -> None:
        """Takes the words off the page again, unless it is read for its translator."""
        builder: Builder = self.env._app.builder
        if builder.name == "gettext":
            return
        for node in list(self.document.findall(said)):
            words: Mapping[str, str] = node["translations"]
            for text in list(_spoken(self.document)):
                if text.astext() in words:
                    text.parent.replace(text, nodes.Text(words[text.astext()]))
            node.parent.remove(node)
        docname = self.env.current_document.docname
        if messages := catalogue(self.config, self.env.srcdir, docname):
            TopoDomain.of(self.env).messages[docname] = self.shown(messages)

    def shown(self, messages: Mapping[str, str]) -> Shown:
        """The messages of the page, and which generated ones have no translation."""
        generated = {id(node): node for node in _generated(self.document)}
        # Those that were seen to above, Sphinx does not tell.
        own = [node for node in generated.values() if node.get("translatable") is False]
        every = {node.rawsource.replace("\n", " ").strip() for node in own}
        originals: dict[str, str] = {}
        for node, message in extract_messages(self.document):
            every.add(message)
            if id(node) in generated and message not in messages:
                originals.setdefault(message, logging.get_node_location(node) or "")
        return Shown(frozenset(every), originals)


def _warn(app: Sphinx, env: BuildEnvironment) -> None:
    """Says which generated texts have changed since they were translated.

    A message that no page has any more is the older form of one that is much like it.
    """
    shown = TopoDomain.of(env).messages
    domains: dict[str, list[str]] = {}
    for docname in sorted(shown):
        domain = docname_to_domain(docname, app.config.gettext_compact)
        domains.setdefault(domain, []).append(docname)
    for docnames in domains.values():
        messages = catalogue(app.config, env.srcdir, docnames[0])
        older = sorted(messages.keys() - {m for name in docnames for m in shown[name].every})
        for docname in docnames if older else ():
            for message, location in shown[docname].originals.items():
                for was in difflib.get_close_matches(message, older, n=1, cutoff=ALIKE):
                    logger.warning(
                        "the original is shown of '%s': the translation is still that of '%s'",
                        message,
                        was,
                        location=location,
                        type="topo",
                        subtype="translation",
                    )


def setup(app: Sphinx) -> None:
    """Registers the transforms."""
    app.add_node(said)
    app.add_transform(Before)
    app.add_transform(After)
    app.connect("env-check-consistency", _warn)
