"""SVG: what is drawn and said, in order; ids have numbers, and digests are not seen."""

from __future__ import annotations

import re
from collections.abc import Iterator

from diagtool.checks.readers import File, ReadError, svg
from diagtool.checks.readers._markup import COMMENT, Element, parse_xml
from diagtool.checks.verify.normal_forms._pieces import Form, without_blanks
from diagtool.checks.verify.normal_forms._xml import Ids, declaration, local, tag

SUFFIXES = svg.SUFFIXES

_SVG = "http://www.w3.org/2000/svg\t"
_ROLES = {"title": "title", "desc": "description", "text": "label"}
_DRAWN = ("circle", "ellipse", "line", "path", "polygon", "polyline", "rect")
_PATHS = ("line", "polygon", "polyline")
"""What programs turn into paths, which look alike."""
_SPACED = re.compile(r"\s*([{};:,>])\s*")


def form(file: File) -> Form:
    """The normal form of a picture that stands alone."""
    content = svg.unpacked(file)
    root = parse_xml(content, whole=True)
    if not any(element.tag == f"{_SVG}svg" for element in root.elements):
        raise ReadError("it is not an SVG picture")
    made = Form()
    declaration(content, file, made)
    picture(root, file, made)
    return made


def picture(root: Element, file: File, made: Form) -> None:
    """Adds all that stands in an element."""
    _Walk(file, made, Ids(root, "id")).inside(root, "")


class _Walk:
    def __init__(self, file: File, made: Form, ids: Ids) -> None:
        self.file, self.made, self.ids = file, made, ids

    def inside(self, element: Element, role: str) -> None:
        keeps = element.get("http://www.w3.org/XML/1998/namespace\tspace") == "preserve"
        for child in element.children:
            if isinstance(child, Element):
                self.element(child, role)
            elif without_blanks(child) or keeps:
                place = self.file.place(element.line, element.column)
                if role:
                    self.made.say(role, child, place)
                else:
                    self.made.look(_SPACED.sub(r"\1", without_blanks(child)), place)

    def element(self, element: Element, outer: str) -> None:
        name = local(element.tag)
        place = self.file.place(element.line, element.column)
        if element.tag == COMMENT:
            self.made.comment(element.get(""), place)
            return
        if element.tag == f"{_SVG}metadata":
            told = (element.text, *map(tag, element.every()))
            self.made.carry("metadata", " ".join(told), place)
            return
        attributes = dict(element.attributes)
        label = attributes.pop("aria-label", "")
        links = [n for n in attributes if local(n) == "href" and name == "a"]
        link = attributes.pop(links[0]) if links else None
        self.made.look(tag(element, attributes, self.value), place)
        if label:
            self.made.say("name", label, place)
        if link is not None:
            self.made.say("link", self.ids.referred(link), place)
        if name == "g" and (title := element.first(f"{_SVG}title")):
            named = [local(e.tag) for e in element.elements if local(e.tag) in _DRAWN]
            drawn = ["path" if name in _PATHS else name for name in named]
            if drawn:
                self.made.say("shape", f"{title.text}: {', '.join(drawn)}", place)
        role = _ROLES.get(name, "") if element.tag.startswith(_SVG) else outer
        if name == "text" and any(element.elements):
            # In however many parts it is written, it is one text.
            self.made.say(role, "".join(_texts(element)), place)
            role = ""
        self.inside(element, role)
        self.made.look("/")

    def value(self, name: str, text: str) -> str:
        if name == "id":
            return self.ids.one(text)
        if name.startswith("aria-"):
            return self.ids.all(text)
        return self.ids.referred(without_blanks(text))


def _texts(element: Element) -> Iterator[str]:
    """What stands in an element and in those in it."""
    for child in element.children:
        if isinstance(child, str):
            yield child
        elif child.tag != COMMENT:
            yield from _texts(child)
