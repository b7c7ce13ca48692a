"""What stands on a page between the marks of what was generated, as a reader sees it.

Blanks beside tags, the order of attributes and the way in which tags are written do not count: a
page that a program has tidied up is the same. Blanks that do not break do count, and so does each
one in code.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from diagtool.checks.readers._markup import COMMENT, VOID, Element, parse_html
from diagtool.checks.verify.normal_forms._pieces import without_blanks
from diagtool.guide import site_record
from diagtool.guide.site_record import Block, Generated, digest
from diagtool.model.facts import flat

_MARKED = "topo-"
"""The tag that marks are read as; no element of HTML has a hyphen at its end."""

# fmt: off
_INLINE = frozenset([
    "a", "abbr", "b", "bdi", "bdo", "cite", "code", "data", "del", "dfn", "em", "i",
    "ins", "kbd", "label", "mark", "q", "s", "samp", "small", "span", "strike", "strong",
    "sub", "sup", "time", "tspan", "u", "var", "wbr",
])
# fmt: on
_UNSEEN = frozenset(["del", "head", "noscript", "s", "script", "strike", "style", "template"])
_SWITCHES = frozenset(["async", "defer", "disabled", "nomodule"])
"""Attributes that only have to be there; what their value is does not matter."""
_ACTIVE = frozenset(["base", "embed", "frame", "iframe", "link", "object", "script", "style"])
_EXACT = frozenset(["pre", "textarea"])
"""Elements of which each blank is seen."""
_CODE = frozenset(["script", "style"])
_IMPLIED = ("html", "head", "body", "tbody")
"""Elements that a page has, whether or not their tags are written."""

_SPEAKING = ("alt", "aria-label", "data", "href", "src", "title")
"""Attributes that a reader follows, or is told."""

_HIDING = {
    "display": ("none",),
    "visibility": ("hidden", "collapse"),
    "opacity": ("0",),
    "font-size": ("0", "0px"),
    "color": ("transparent",),
    "text-decoration": ("line-through",),
}
"""What takes an element from sight, as an attribute or a style."""

_ROLES = {
    "dt": "entry",
    "figcaption": "caption",
    "img": "picture",
    "li": "list entry",
    "pre": "line",
    "svg": "picture",
    "td": "cell",
    "th": "cell",
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), "heading"),
}


CONTENTS = "Sphinx"
"""What is said to generate the links to what was generated."""


class Found(NamedTuple):
    """A block of a page, and where it stands: a line and a column, both from 1."""

    block: Block
    line: int
    column: int


@dataclass(slots=True)
class Region:
    """What stands between two marks, and what is hidden around it."""

    what: str
    around: str
    is_hidden: bool
    line: int
    column: int
    last: int
    found: list[Found] = field(default_factory=list)

    @property
    def generated(self) -> Generated:
        """The same as it is recorded."""
        return Generated(self.what, self.around, tuple(found.block for found in self.found))

    def is_as(self, due: Generated) -> bool:
        """Whether it is what was recorded; blanks beside tags can stand in its texts alone."""
        digests = [found.block.digest for found in self.found]
        return self.around == due.around and digests == [block.digest for block in due.blocks]


@dataclass(slots=True)
class Markup:
    """A page: its regions in order, and by digests whatever else can change what is seen.

    ``rest`` stands for all that the page shows.
    """

    regions: list[Region] = field(default_factory=list)
    active: dict[str, Element] = field(default_factory=dict)
    rest: str = ""


def read(text: str) -> Markup:
    """What was generated on a page. Raises ReadError."""
    marked = site_record.MARK.sub(
        lambda mark: f"</{_MARKED}>" if mark[1] else f'<{_MARKED} what="{mark[2]}">', text
    )
    root = parse_html(marked, whole=True)
    shown: list[str] = []
    _show(root, shown, exact=False)
    markup = Markup(rest=digest("".join(shown)))
    links: list[Element] = []
    _walk(root, [], markup, links)
    ids = {f"#{e.get('id')}" for e in _marked(root) for e in e.every() if "id" in e.attributes}
    if contents := [link for link in links if link.get("href") in ids]:
        markup.regions.append(_contents(contents))
    return markup


def _show(element: Element, shown: list[str], *, exact: bool) -> None:
    """Adds tags and words to what is shown, without the elements that HTML adds by itself.

    Blanks beside tags do not count, unless they are ``exact``, as in code.
    """
    for child in element.children:
        if isinstance(child, str):
            is_code = exact or element.tag in _CODE
            shown.append(_exactly(child, element) if is_code else without_blanks(child))
        elif (child.tag in _IMPLIED and not child.attributes) or child.tag == _MARKED:
            _show(child, shown, exact=exact)
        else:
            shown.append(_start(child))
            _show(child, shown, exact=exact or child.tag in _EXACT)
            shown.append(f"</{child.tag}>")


def _exactly(text: str, element: Element) -> str:
    """A text of which each blank counts but those around code, however its lines end."""
    text = text.replace("\r\n", "\n")
    return text.strip() if element.tag in _CODE else text


def _words(element: Element) -> Iterator[str]:
    """The texts in an element, without blanks beside tags."""
    for child in element.children:
        yield from [without_blanks(child)] if isinstance(child, str) else _words(child)


def _marked(element: Element) -> Iterator[Element]:
    """The elements that marks are read as."""
    return element.every(_MARKED)


def _contents(links: Sequence[Element]) -> Region:
    """The links from around what was generated to what is in it, as in a table of contents."""
    region = Region(CONTENTS, "", False, links[0].line, links[0].column, links[0].line)
    for link in links:
        text, href = flat(link.text), f"href={link.get('href')}"
        block = Block("link", text, (href,), digest(f"{href} {''.join(_words(link))}"))
        region.found.append(Found(block, link.line, link.column))
    return region


def _walk(element: Element, above: list[Element], markup: Markup, links: list[Element]) -> None:
    for child in element.elements:
        if child.tag == _MARKED:
            markup.regions.append(_region(child, above))
            continue
        if child.tag == "a" and child.get("href").startswith("#"):
            links.append(child)
        if _is_active(child):
            code = _exactly(child.text, child) if child.tag in _CODE else ""
            markup.active.setdefault(digest(f"{_start(child)}{code}"), child)
        _walk(child, [*above, child], markup, links)


def _is_active(element: Element) -> bool:
    return (
        element.tag in _ACTIVE
        or "http-equiv" in element.attributes
        or _hides(element)
        or any(name == "style" or name.startswith("on") for name in element.attributes)
    )


def _region(marked: Element, above: list[Element]) -> Region:
    around = digest("".join(map(_start, above)))
    what = site_record.unquoted(marked.get("what"))
    hidden = any(map(_hides, above))
    region = Region(what, around, hidden, marked.line, marked.column, marked.line)
    blocks = _Blocks(region)
    blocks.walk(marked, [], shown=True)
    blocks.end(["markup"], None)
    return region


def _start(element: Element) -> str:
    """A start tag in a form of its own."""
    attributes = [(k, "" if k in _SWITCHES else v) for k, v in sorted(element.attributes.items())]
    shown = "".join(f' {name}="{without_blanks(value)}"' for name, value in attributes)
    return f"<{element.tag}{shown}>"


def _hides(element: Element) -> bool:
    """Whether what is in an element is not shown, or struck out."""
    if element.tag in _UNSEEN or "hidden" in element.attributes:
        return True
    if "style" not in element.attributes and _HIDING.keys().isdisjoint(element.attributes):
        return False  # as nearly always
    styles = [part.partition(":") for part in element.get("style").lower().split(";")]
    told = {name.strip(): value.strip() for name, _, value in styles}
    return any(
        told.get(name, element.get(name)).split("!")[0].strip() in values
        for name, values in _HIDING.items()
    )


class _Blocks:
    """Collects the blocks of a region."""

    def __init__(self, region: Region) -> None:
        self.region = region
        self.markup: list[str] = []
        self.text: list[str] = []
        self.attributes: list[str] = []
        self.place: tuple[int, int] | None = None

    def walk(self, element: Element, path: list[str], *, shown: bool) -> None:
        """Takes in what an element holds; ``path`` are the tags down to it."""
        for child in element.children:
            if isinstance(child, str):
                self.say(child, element, path, shown=shown)
                continue
            if child.tag == COMMENT:
                self.markup.append(_start(child))
                continue
            is_block = child.tag not in _INLINE and child.tag not in ("br", _MARKED)
            if is_block:
                self.end(path, element)
            elif child.tag == "br":
                self.text.append(" ")
            seen = shown and not _hides(child)
            if child.tag not in ("tbody", _MARKED):
                self.markup.append(_start(child))
            below = [*path, _kind(child)]
            self.point_at(child, below, shown=seen)
            self.walk(child, below, shown=seen)
            if child.tag not in ("tbody", _MARKED, *VOID):
                self.markup.append(f"</{child.tag}>")
            if is_block:
                self.end(below, child)
            self.region.last = max(self.region.last, child.line)

    def say(self, text: str, element: Element, path: list[str], *, shown: bool) -> None:
        """Takes in text. In a block of code, each line is a block of its own."""
        lines = text.split("\n") if "pre" in path else [text]
        for number, line in enumerate(lines):
            if number:
                self.end(path, element)
            if word := (line.rstrip("\r") if "pre" in path else without_blanks(line)):
                self.markup.append(word)
            if shown and (element.tag != "a" or any(map(str.isalnum, element.text))):
                self.text.append(line)
                if line.strip():
                    self.place = self.place or (element.line + number, element.column)

    def point_at(self, element: Element, path: list[str], *, shown: bool) -> None:
        """Takes in where an element leads, and what it is told to be."""
        for name in _SPEAKING if shown else ():
            if name not in element.attributes:
                continue
            if name == "alt":
                self.text.append(element.get(name))
                self.place = (element.line, element.column)
            else:
                self.attributes.append(f"{name}={' '.join(element.get(name).split())}")

    def end(self, path: list[str], element: Element | None) -> None:
        """Ends a block where there is a text, or markup at the end of all."""
        text = flat("".join(self.text))
        if not text and (element is not None or not self.markup):
            return
        line, column = self.place or (self.region.last, 1)
        block = Block(_role(path), text, tuple(self.attributes), digest("\n".join(self.markup)))
        self.region.found.append(Found(block, line, column))
        self.markup, self.text, self.attributes, self.place = [], [], [], None


def _kind(element: Element) -> str:
    """A tag, or what an element is beside it."""
    classes = element.get("class").split()
    if "admonition" in classes:
        return "admonition"
    return "topo-downloads" if "topo-downloads" in classes else element.tag


def _role(path: list[str]) -> str:
    """What a block is to a reader."""
    if "svg" in path:
        return "description" if path[-1] in ("title", "desc") else "picture"
    roles = {**_ROLES, "admonition": "warning", "topo-downloads": "download"}
    return next((roles[tag] for tag in reversed(path) if tag in roles), "text")
