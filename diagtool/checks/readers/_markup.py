"""XML and HTML as a tree that knows its places, within bounds.

The XML parser refuses entities that a file defines, so that none can grow or reach for
another file; both parsers refuse trees that are too deep or too large.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser
from xml.parsers import expat

from diagtool.checks.readers import ReadError

COMMENT = "!"
"""The tag of what stands for a comment, which holds nothing; its text is an attribute."""

DEEPEST = 200
PATIENCE = 15.0
"""How many seconds a page may take: some Pythons take ages for what is not closed."""

MOST = 500_000
"""How many elements a file may have."""

VOID = frozenset(
    [
        "area",
        "base",
        "br",
        "col",
        "embed",
        "hr",
        "img",
        "input",
        "link",
        "meta",
        "param",
        "source",
        "track",
        "wbr",
    ]
)
"""HTML elements that have no content and no end."""

ENDED_BY = {
    "p": "address article aside blockquote div dl fieldset figure footer form h1 h2 h3 h4 h5 "
    "h6 header hr li dt dd td th tr main nav ol p pre section table ul",
    "li": "li",
    "dt": "dt dd",
    "dd": "dt dd",
    "tr": "tr tbody tfoot",
    "td": "td th tr tbody tfoot",
    "th": "td th tr tbody tfoot",
    "thead": "tbody tfoot",
    "tbody": "tbody tfoot",
}
"""HTML elements whose end tag may be left out, with the start tags that end them."""

IN_HEAD = frozenset(["base", "link", "meta", "noscript", "script", "style", "template", "title"])
"""Elements that do not end the head of a page, whose end tag may be left out, too."""


@dataclass(slots=True)
class Element:
    """An element: its name without namespace, in lower case for HTML, and what it holds."""

    tag: str
    attributes: dict[str, str]
    line: int
    column: int
    children: list[Element | str] = field(default_factory=list)

    def get(self, name: str, default: str = "") -> str:
        """An attribute's value."""
        return self.attributes.get(name, default)

    @property
    def elements(self) -> Iterator[Element]:
        """The elements directly inside."""
        return (child for child in self.children if isinstance(child, Element))

    def every(self, *tags: str) -> Iterator[Element]:
        """Every element inside with one of the tags (all without any), in document order."""
        for child in self.elements:
            if not tags or child.tag in tags:
                yield child
            yield from child.every(*tags)

    def first(self, *path: str) -> Element | None:
        """The first element at the end of a path of tags."""
        here: Element | None = self
        for tag in path:
            here = next((e for e in here.elements if e.tag == tag), None) if here else None
        return here

    @property
    def text(self) -> str:
        """All text inside, as it stands."""
        return "".join(child if isinstance(child, str) else child.text for child in self.children)


class _Tree:
    """Puts elements into each other and counts them."""

    def __init__(self) -> None:
        self.root = Element("", {}, 1, 1)
        self.open = [self.root]
        self.count = 0

    def start(self, element: Element) -> None:
        self.count += 1
        if self.count > MOST:
            raise ReadError(f"it has more than {MOST:,} elements", element.line, element.column)
        if len(self.open) > DEEPEST:
            message = f"elements are nested more than {DEEPEST} deep"
            raise ReadError(message, element.line, element.column)
        self.open[-1].children.append(element)
        self.open.append(element)

    def data(self, text: str) -> None:
        self.open[-1].children.append(text)


def parse_xml(content: bytes, *, whole: bool = False) -> Element:
    """The root element. Raises ReadError for what is not XML or defines entities.

    With ``whole``, it is what holds the root element, beside comments, and instructions to
    programs, whose tags are ``?target``; and names are told from those of other namespaces.
    """
    tree = _Tree()
    parser = expat.ParserCreate(namespace_separator="\t")
    parser.buffer_text = True

    def place() -> tuple[int, int]:
        return parser.CurrentLineNumber, parser.CurrentColumnNumber + 1

    def start(name: str, attributes: dict[str, str]) -> None:
        if not whole:
            name = name.rpartition("\t")[2]
            attributes = {key.rpartition("\t")[2]: value for key, value in attributes.items()}
        tree.start(Element(name, attributes, *place()))

    def instruct(target: str, data: str) -> None:
        tree.start(Element(f"?{target}", {"": data}, *place()))
        tree.open.pop()

    def comment(text: str) -> None:
        tree.start(Element(COMMENT, {"": text}, *place()))
        tree.open.pop()

    def refuse(*_: object) -> None:
        raise ReadError("it defines entities of its own, which are not read", *place())

    parser.StartElementHandler = start
    parser.EndElementHandler = lambda name: tree.open.pop()
    parser.CharacterDataHandler = tree.data
    if whole:
        parser.ProcessingInstructionHandler = instruct
        parser.CommentHandler = comment
    parser.EntityDeclHandler = refuse
    parser.UnparsedEntityDeclHandler = refuse
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        message = f"it is not XML: {expat.errors.messages[error.code]}"
        raise ReadError(message, error.lineno, error.offset + 1) from None
    except (ValueError, LookupError) as error:  # an encoding that nobody knows
        raise ReadError(f"it is not XML: {error}") from None
    return tree.root if whole else next(tree.root.elements)


class _Html(HTMLParser):
    def __init__(self, tree: _Tree, *, whole: bool) -> None:
        super().__init__(convert_charrefs=True)
        self.tree, self.whole = tree, whole
        self.end = time.monotonic() + PATIENCE

    def place(self) -> tuple[int, int]:
        line, offset = self.getpos()
        return line, offset + 1

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        open = self.tree.open
        while len(open) > 1 and tag in ENDED_BY.get(open[-1].tag, "").split():
            open.pop()
        if open[-1].tag == "head" and tag not in IN_HEAD:
            open.pop()
        values = {name: value or "" for name, value in reversed(attributes)}
        self.tree.start(Element(tag, values, *self.place()))
        if tag in VOID:
            open.pop()

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attributes)
        if tag not in VOID and self._in_svg():
            self.tree.open.pop()

    def handle_endtag(self, tag: str) -> None:
        open = self.tree.open
        for depth in range(len(open) - 1, 0, -1):
            if open[depth].tag == tag:
                del open[depth:]
                return

    def handle_data(self, data: str) -> None:
        if time.monotonic() > self.end:
            raise ReadError("it takes too long to read", *self.place())
        self.tree.data(data)

    def handle_comment(self, text: str) -> None:
        if self.whole:
            self.tree.start(Element(COMMENT, {"": text}, *self.place()))
            self.tree.open.pop()

    def _in_svg(self) -> bool:
        return any(element.tag in ("svg", "math") for element in self.tree.open)


def parse_html(text: str, *, whole: bool = False) -> Element:
    """A root element that holds the page, with its comments only if it is ``whole``.

    Raises ReadError where it is too deep or large.
    """
    tree = _Tree()
    parser = _Html(tree, whole=whole)
    # Behind the last > no tag can end, and so none is looked for: there, browsers show text.
    end = text.rfind(">") + 1
    parser.feed(text[:end])
    parser.close()
    tree.data(unescape(text[end:]))
    return tree.root
