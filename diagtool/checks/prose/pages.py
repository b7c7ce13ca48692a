"""Pages → passages: what of a page was written by hand, read by docutils.

The same walk serves a page that is read here, without Sphinx, and a doctree of a build.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from docutils import nodes
from docutils.utils import get_source_line

from diagtool.checks import source_pages
from diagtool.checks.prose.text import COMMENT, Page, Passage, Piece, Silence
from diagtool.checks.source_pages import PageError, said
from diagtool.checks.topology_mark import generated, speaks
from diagtool.model import Place

__all__ = ["ROLE", "PageError", "page", "read"]

CONFIG_LANGUAGES = ("ini", "cfg", "conf", "dosini")
"""The languages of code blocks that hold config options."""

ROLE = ":topo:service:`ID`"
"""How a page has the model say a service's name."""
_LISTS = (nodes.bullet_list, nodes.enumerated_list, nodes.list_item)
_HEADS = (nodes.title, nodes.term, nodes.field_name)
_TITLES = (*_HEADS, nodes.rubric, nodes.thead)
_TERMS = (nodes.definition_list, nodes.field_list)
_NO_WORDS = (nodes.Inline, nodes.Invisible, nodes.FixedTextElement)


def read(path: Path, values: Mapping[str, str]) -> Page:
    """A page of reStructuredText. ``values`` are what the role ``topo:value`` says.

    Raises PageError.
    """
    try:
        return page(*source_pages.read(path, values))
    except RecursionError:
        raise PageError("it is nested too deep") from None


def page(document: nodes.document, sources: Mapping[str, list[str]]) -> Page:
    """The passages of a doctree that stand in given files; ``sources`` are their lines."""
    made = Page([], dict(sources), reference=ROLE if document.get("ours") else "")
    _Walker(made, document.get("source") or "").walk(document, _Around())
    return made


class _Around(NamedTuple):
    """What stands around a block, as in its passage."""

    headings: tuple[str, ...] = ()
    silences: tuple[Silence, ...] = ()
    lead: str = ""


class _Walker:
    def __init__(self, page: Page, path: str) -> None:
        self.page, self.path = page, path
        self.topology = ""
        self.line = 1

    def walk(self, parent: nodes.Element, around: _Around) -> tuple[Silence, ...]:
        """Goes through what an element holds, in order; what silences nothing in it is left."""
        waiting: tuple[Silence, ...] = ()
        above, titled, last, inside = around.headings, around.headings, "", False
        for child in parent.children:
            if isinstance(child, generated):
                inside = bool(child["what"])
            if inside:
                continue
            if isinstance(child, speaks):
                self.topology = child["topology"]
            elif isinstance(child, nodes.comment):
                waiting += self._silence(child)
            elif isinstance(child, nodes.Element) and not isinstance(child, nodes.system_message):
                lead = around.lead if isinstance(parent, _LISTS) else ""
                lead = last if isinstance(child, (*_LISTS[:2], nodes.literal_block)) else lead
                terms = isinstance(child, _TERMS) and last.endswith((":", "?"))
                heads = (*above, last) if terms else above
                left = self._element(child, _Around(heads, around.silences + waiting, lead))
                waiting = waiting if isinstance(child, nodes.Invisible) else left
                last = child.astext() if isinstance(child, nodes.paragraph) else ""
            # A paragraph in bold is a heading, too.
            bold = isinstance(child, nodes.paragraph) and len(child.children) == 1
            bold = bold and isinstance(child.children[0], nodes.strong)
            if isinstance(child, _HEADS):
                above = titled = (*around.headings, child.astext())
            elif bold or isinstance(child, nodes.rubric):
                above = (*titled, child.astext())
        # What stands above the title of a section is the end of the one before.
        return waiting if isinstance(parent, nodes.section) else ()

    def _element(self, node: nodes.Element, around: _Around) -> tuple[Silence, ...]:
        config = isinstance(node, nodes.literal_block) and _is_config(node)
        if not config and (isinstance(node, _NO_WORDS) or not isinstance(node, nodes.TextElement)):
            return self.walk(node, around)
        path, line = self._place(node)
        if path not in self.page.sources:
            return ()  # words that a topology, a template or a docstring says
        entry = node.parent if isinstance(node.parent, nodes.entry) else None
        if entry and line == 1:
            line = _line_of_row(entry, self.page.sources[path], self.line)
        self.line = line
        passage = Passage(
            # An included file may be shown where there are no roles.
            tuple(_pieces(node, literal=config, by_role=path != self.path)),
            Place(path, line, 1),
            topology=self.topology,
            title=isinstance(entry.parent.parent if entry else node, _TITLES),
            config=config,
            cells=_cells(entry) if entry else (),
            at=entry.parent.index(entry) if entry else 0,
            **around._asdict(),
        )
        self.page.passages.append(passage)
        return ()

    def _silence(self, node: nodes.comment) -> tuple[Silence, ...]:
        match = COMMENT.match(node.astext())
        path, line = self._place(node)
        if not match or path not in self.page.sources:
            return ()
        # docutils counts some comments from their end.
        lines = self.page.sources[path]
        while line > 1 and (line > len(lines) or "diagtool:" not in lines[line - 1]):
            line -= 1
        reason = " ".join(match["reason"].split())
        self.page.silences.append(Silence(match["rule"], reason, Place(path, line, 1)))
        return (self.page.silences[-1],)

    def _place(self, node: nodes.Node) -> tuple[str, int]:
        """The file and line of a block: its own, or that of what is around it."""
        path, line = get_source_line(node)
        return path or self.path, line or 1


def _is_config(node: nodes.Element) -> bool:
    """Whether a block of code holds config options; without a language, a section must show."""
    language = str(node.get("language", "")).casefold()
    if not language and node["classes"][:1] == ["code"]:
        language = str(node["classes"][-1])
    sectioned = re.search(r"^\s*\[[\w:.-]+\]\s*$", node.astext(), re.MULTILINE)
    return language in CONFIG_LANGUAGES or (not language and sectioned is not None)


def _pieces(node: nodes.Node, literal: bool = False, by_role: bool = False) -> Iterator[Piece]:
    """The words of a block, with what they are."""
    for child in node.children:
        if isinstance(child, nodes.Text):
            yield Piece(child.astext(), literal, by_role)
        elif isinstance(child, (nodes.footnote_reference, nodes.citation_reference, nodes.image)):
            yield Piece(" ")
        elif isinstance(child, nodes.Element):
            by = by_role or isinstance(child, said) or child.get("refdomain") == "topo"
            yield from _pieces(child, literal or isinstance(child, nodes.literal), by)


def _cells(entry: nodes.Element) -> tuple[tuple[str, str], ...]:
    """The cells of an entry's row, each with its column's head; none if cells are merged."""
    row = entry.parent
    groups = (group for group in row.parent.parent.children if isinstance(group, nodes.thead))
    heads = [head for group in groups for head in group.children]
    if not heads or row in heads or len(heads[-1].children) != len(row.children):
        return ()
    names = [head.astext() for head in heads[-1].children]
    return tuple(zip(names, (cell.astext() for cell in row.children), strict=True))


def _line_of_row(entry: nodes.Element, lines: list[str], after: int) -> int:
    """The line of a row of CSV, of which docutils does not say it."""
    cells = [cell.astext() for cell in entry.parent.children]
    rows = range(after - 1, min(after + 200, len(lines)))
    return next((n + 1 for n in rows if all(cell in lines[n] for cell in cells)), after)
