"""HTML: the text and the pictures that a browser shows.

A section is what stands between a heading and the next, inside of the element that holds
the heading; classes and ids do not matter. Pictures stand in the page as SVG, or in files
beside it.
"""

from __future__ import annotations

from collections.abc import Iterator

from diagtool.checks.readers import File, Reading, svg
from diagtool.checks.readers._markup import Element, parse_html
from diagtool.checks.readers._page import WARNING, PageCollector
from diagtool.model import Place
from diagtool.model.facts import flat

SUFFIXES = (".html", ".htm", ".xhtml")

_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_UNSEEN = frozenset(["head", "noscript", "script", "style", "template", "title"])
_STRUCK = frozenset(["del", "s", "strike"])
_LISTS = ("ul", "ol")


def read(file: File) -> Reading:
    """The sections of a page."""
    walker = _Walker(file)
    walker.walk(parse_html(file.text()))
    return Reading(seals=tuple(walker.page.seals), sections=walker.page.sections)


class _Walker:
    def __init__(self, file: File) -> None:
        self.file = file
        self.page = PageCollector(file)

    def walk(self, element: Element) -> None:
        """Takes in what an element holds."""
        depth = len(self.page.open)
        for child in element.elements:
            if child.tag not in _UNSEEN and not _is_hidden(child):
                self.see(child)
        self.page.end(max(depth, 1))

    def see(self, element: Element) -> None:
        place = self.file.place(element.line, element.column)
        match element.tag:
            case tag if tag in _HEADINGS:
                self.page.heading(_shown(element), int(tag[1]), place)
            case "figure":
                captions = list(element.every("figcaption"))
                first = captions[0].first("p") or captions[0] if captions else None
                self.pictures(element, _shown(first) if first else "")
            case "svg" | "img" | "object" | "embed":
                self.picture(element, "")
            case "pre":
                self.page.code(element.text.lstrip("\n"), *_text_start(element))
            case "ul" | "ol":
                entries = [e for e in element.elements if e.tag == "li" and not _is_hidden(e)]
                items = [(_shown(e), self.file.place(e.line, e.column)) for e in entries]
                self.page.items(items, place)
                self.walk(element)
                self.page.paragraph("")
            case "p":
                self.page.paragraph(_shown(element))
                self.walk(element)
            case "table":
                self.table(element, place)
                self.walk(element)
            case "dl":
                self.entries(element)
                self.walk(element)
            case _ if self.is_warning(element):
                text = " ".join(_shown(e) for e in list(element.elements)[1:])
                self.page.warning(text, place)
            case _:
                self.walk(element)

    def is_warning(self, element: Element) -> bool:
        first = next(element.elements, None)
        return (
            first is not None
            and first.tag in ("p", "div", "span", "strong", "summary")
            and self.page.said(_shown(first).rstrip(":")) == WARNING
        )

    def table(self, element: Element, place: Place) -> None:
        """A table with its caption."""
        caption = element.first("caption")
        rows = [
            (
                [_shown(cell) for cell in row.elements if cell.tag in ("th", "td")],
                self.file.place(row.line, row.column),
            )
            for row in element.every("tr")
            if not _is_hidden(row)
        ]
        self.page.table(_shown(caption) if caption else "", rows, place)

    def entries(self, element: Element) -> None:
        """The entries of a definition list."""
        term: Element | None = None
        for child in element.elements:
            if child.tag == "dt":
                term = child
            elif child.tag == "dd" and term:
                paragraphs = [
                    (_shown(p), self.file.place(p.line, p.column))
                    for p in child.elements
                    if p.tag == "p"
                ]
                place = self.file.place(term.line, term.column)
                self.page.entry(_shown(term), paragraphs, place)

    def pictures(self, figure: Element, caption: str) -> None:
        for element in _outermost(figure, ("svg", "img", "object", "embed", "pre")):
            if element.tag == "pre":
                self.see(element)
            else:
                self.picture(element, caption)

    def picture(self, element: Element, caption: str) -> None:
        """A picture in the page, or in a file beside it."""
        about = (self.page.said(caption),) if caption else ()
        if element.tag == "svg":
            self.page.claim(svg.picture(element, self.file, about))
            self.page.seals.extend(svg.seals(element, self.file))
            return
        address = element.get("data") if element.tag == "object" else element.get("src")
        self.page.linked(address, about, self.file.place(element.line, element.column))


def _outermost(element: Element, tags: tuple[str, ...]) -> Iterator[Element]:
    for child in element.elements:
        if child.tag in tags:
            yield child
        elif not _is_hidden(child):
            yield from _outermost(child, tags)


def _is_hidden(element: Element) -> bool:
    style = element.get("style").replace(" ", "").lower()
    return "hidden" in element.attributes or "display:none" in style or "visibility:hidden" in style


def _shown(element: Element) -> str:
    """The text of an element, without signs that are merely links to it."""

    def pieces(element: Element) -> Iterator[str]:
        for child in element.children:
            if isinstance(child, str):
                yield child
            elif child.tag == "br":
                yield " "
            elif child.tag not in _UNSEEN | _STRUCK and not _is_hidden(child):
                text = "".join(pieces(child))
                if child.tag != "a" or any(map(str.isalnum, text)):
                    yield f" {text} " if child.tag in ("p", "div", *_LISTS, "li") else text

    return flat("".join(pieces(element)))


def _text_start(element: Element) -> tuple[int, int]:
    """Where the text of a block starts, counted by lines alone."""
    text = element.text
    return element.line + len(text) - len(text.lstrip("\n")), 1
