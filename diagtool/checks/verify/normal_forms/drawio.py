"""draw.io: its pages, cell by cell. What its programs note of themselves is not seen."""

from __future__ import annotations

import re

from diagtool.checks.readers import File, ReadError, drawio
from diagtool.checks.readers._markup import COMMENT, Element, parse_xml
from diagtool.checks.verify.normal_forms._pieces import Form, without_blanks
from diagtool.checks.verify.normal_forms._xml import Ids, declaration, tag

SUFFIXES = (".drawio",)

_OF_PROGRAMS = frozenset(
    ["agent", "compressed", "digest", "etag", "host", "made", "modified", "pages", "type",
     "version", "dx", "dy"]
)  # fmt: skip
"""What draw.io writes whenever it saves, and never shows: where the window was, and itself."""
_USUAL = {
    **dict.fromkeys(("arrows", "connect", "fold", "grid", "guides", "page", "tooltips"), "1"),
    **{"math": "0", "pageScale": "1", "shadow": "0"},
}
"""How the editor shows a page and works on it where nothing is said."""
_OURS = re.compile(r"page-([0-9]{1,4})")
"""What we call pages: whoever moves one takes its id along."""
_DIGEST = re.compile(r"|sha256:[0-9a-f]{64}")
_SAID = {"value": "label", "label": "label", "link": "link", "tooltip": "tooltip"}


def form(file: File) -> Form:
    """The normal form of a file."""
    root = parse_xml(file.content, whole=True)
    made = Form()
    declaration(file.content, file, made)
    for page in root.every("diagram"):
        if page.first("mxGraphModel") is None and page.text.strip():
            try:
                page.children = list(parse_xml(drawio.unpacked(page), whole=True).children)
            except ReadError as error:
                place = file.place(page.line, page.column)
                made.describe(f"a page that cannot be read: {error}", place)
    numbers = [_OURS.fullmatch(page.get("id")) for page in root.every("diagram")]
    order = [int(match[1]) if match else place for place, match in enumerate(numbers, 1)]
    made.say("order of pages", ", ".join(map(str, order)), file.place(), beside=True)
    _Walk(file, made, Ids(root, "id")).inside(root)
    return made


class _Walk:
    def __init__(self, file: File, made: Form, ids: Ids) -> None:
        self.file, self.made, self.ids = file, made, ids

    def inside(self, element: Element) -> None:
        for child in element.children:
            if isinstance(child, Element):
                self.element(child)
            elif without_blanks(child):
                place = self.file.place(element.line, element.column)
                self.made.look(without_blanks(child), place)

    def element(self, element: Element) -> None:
        place = self.file.place(element.line, element.column)
        if element.tag == COMMENT:
            self.made.comment(element.get(""), place)
            return
        attributes = dict(element.attributes)
        if element.tag == "mxfile" and "pages" in attributes:
            there = sum(page.tag == "diagram" for page in element.elements)
            if attributes["pages"] != str(there):
                self.made.describe(f"{there} pages, not {attributes['pages']}", place)
        if element.tag in ("mxfile", "mxGraphModel"):
            if not _DIGEST.fullmatch(attributes.get("digest", "")):
                self.made.describe("an invalid digest", place, beside=True)
            attributes = {
                name: text
                for name, text in attributes.items()
                if name not in _OF_PROGRAMS and text != _USUAL.get(name)
            }
        said = {n: attributes.pop(n) for n in list(attributes) if n in _SAID}
        if element.tag == "object" and attributes.get("id") == "0":
            said_of = (attributes.pop(name, "") for name in ("topology", "view", "digest"))
            self.made.carry("made from", " ".join(said_of), place)
            if described := attributes.pop("description", ""):
                self.made.say("description", described, place, exact=True)
        if element.tag == "diagram":
            self.made.say("title of a page", attributes.pop("name", ""), place, exact=True)
        self.made.look(tag(element, attributes, self.value), place)
        if attributes.get("vertex") == "1":
            shape = next(
                (p[6:] for p in attributes.get("style", "").split(";") if p[:6] == "shape="), ""
            )
            named = said.get("value") or "no text"
            self.made.say("shape", f"{named}: {shape or 'box'}", place)
        for name, text in said.items():
            if text:
                self.made.say(_SAID[name], text, place, exact=True)
        self.inside(element)
        self.made.look("/")

    def value(self, name: str, text: str) -> str:
        if name in ("id", "parent", "source", "target"):
            return self.ids.one(text)
        if name == "style":
            return ";".join(sorted(filter(None, text.split(";"))))
        return text
