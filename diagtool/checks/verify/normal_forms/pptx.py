"""PowerPoint: the parts of a deck, slide by slide; how they are packed is not seen."""

from __future__ import annotations

import hashlib
import posixpath
import re
from collections import Counter
from collections.abc import Iterator
from zipfile import ZipFile

from diagtool.checks.readers import File
from diagtool.checks.readers._archive import Archive
from diagtool.checks.readers._markup import COMMENT, Element, parse_xml
from diagtool.checks.verify.normal_forms._pieces import Form
from diagtool.checks.verify.normal_forms._xml import declaration, local, tag

SUFFIXES = (".pptx",)

_DRAWN = "http://schemas.openxmlformats.org/drawingml/2006/main\t"
_DECK = "ppt/presentation.xml"
_ID = "http://schemas.openxmlformats.org/officeDocument/2006/relationships\tid"
_CORE = "docProps/core.xml"
_OF_FILE = "docProps/"
"""Where parts are that tell of a deck, and are on no slide."""
_TIMES = ("created", "lastPrinted", "modified")
_TIME = re.compile(r"[-0-9:.TZ+]+")
_OF_DECK = ("core-properties", "extended-properties")
_END = 22
"""How many bytes end an archive, in front of its comment."""
_PART = re.compile(r"ppt/(slides|notesSlides)/(?:_rels/)?\w+?(\d+)\.xml(?:\.rels)?")


def form(file: File) -> Form:
    """The normal form of a deck. The place of a piece has its slide's number for a line."""
    archive = Archive(file.content)
    made = Form()
    slides: set[str] = set()
    notes: dict[str, str] = {}
    for number, (slide, title, noted) in enumerate(_slides(archive), 1):
        made.say("slide", title, file.place(number))
        slides.add(slide)
        notes[noted] = title  # whatever its number is
    for name, times in sorted(Counter(archive.file.namelist()).items()):
        if times > 1:
            made.describe(f"{times} parts named {name}", file.place())
    for name in sorted(archive.names, key=_order):
        if name.endswith("/"):
            continue
        content = archive.read(name)
        part = _PART.fullmatch(name)
        if name.endswith((".xml", ".rels")):
            declaration(content, file, made)
        walk = _Walk(file, made, int(part[2]) if part else 1)
        walk.under = tuple(filter(None, [notes.get(posixpath.basename(name), "")]))
        if name in slides:
            walk.role = "text"
        elif posixpath.basename(name) in notes and part:
            walk.role = "notes"
        if name == _CORE:
            walk.properties(parse_xml(content))
        elif name.endswith(".rels"):
            walk.relations(name, parse_xml(content))
        elif name.endswith(".xml") and not name.startswith(_OF_FILE):
            made.describe(f"part {name}", file.place(walk.number))
            root = parse_xml(content, whole=True)
            if name == "[Content_Types].xml":
                root.children.sort(key=str)
                for element in list(root.elements):
                    element.children.sort(key=lambda e: repr(getattr(e, "attributes", e)))
            walk.inside(root)
        else:
            told = f"part {name} {hashlib.sha256(content).hexdigest()}"
            made.describe(
                told,
                file.place(),
                beside=name.startswith(_OF_FILE),
                written=f"a part {name} with other content",
            )
    if _has_more(archive.file, file.content):
        made.describe("data outside of the parts", file.place(), beside=True)
    return made


def _has_more(archive: ZipFile, content: bytes) -> bool:
    """Whether an archive has comments, or anything in front of its parts or behind them."""
    members = archive.infolist()
    comments = archive.comment or any(member.comment for member in members)
    before = min((member.header_offset for member in members), default=0)
    return bool(comments) or before > 0 or content.rfind(b"PK\5\6") + _END < len(content)


def _slides(archive: Archive) -> Iterator[tuple[str, str, str]]:
    """The slides in their order: their parts, the first text on each, and the parts of their notes.

    One without text has the name of its part instead; one that is hidden says so.
    """
    known = archive.names
    if _DECK not in known or _rels(_DECK) not in known:
        return
    targets = {r.get("Id"): r.get("Target") for r in parse_xml(archive.read(_rels(_DECK))).elements}
    deck = parse_xml(archive.read(_DECK), whole=True)
    for shown in (element for element in deck.every() if local(element.tag) == "sldId"):
        name = f"ppt/{targets.get(shown.get(_ID), '')}"
        if name not in known:
            continue
        root = parse_xml(archive.read(name))
        texts = (text for p in root.every("p") if (text := "".join(t.text for t in p.every("t"))))
        title = next(texts, posixpath.basename(name))
        hidden = " (hidden)" if root.get("show") == "0" else ""
        related = parse_xml(archive.read(_rels(name))).elements if _rels(name) in known else ()
        noted = (
            posixpath.basename(r.get("Target")) for r in related if "notesSlides" in r.get("Target")
        )
        yield name, f"{title}{hidden}", next(noted, "")


def _rels(name: str) -> str:
    """The part that says what another one refers to."""
    folder, _, base = name.rpartition("/")
    return f"{folder}/_rels/{base}.rels"


def _order(name: str) -> tuple[str, int, str]:
    match = _PART.fullmatch(name)
    return (posixpath.dirname(name), int(match[2]) if match else 0, name)


def _words(element: Element) -> str:
    """The text of a shape or paragraph, in which a line break parts words."""
    pieces = element.every(f"{_DRAWN}t", f"{_DRAWN}br")
    return "".join(" " if local(piece.tag) == "br" else piece.text for piece in pieces)


class _Walk:
    def __init__(self, file: File, made: Form, number: int) -> None:
        self.file, self.made, self.number = file, made, number
        self.place = file.place(number)
        self.role = ""
        self.under: tuple[str, ...] = ()

    def properties(self, root: Element) -> None:
        for element in root.elements:
            if not element.text or (element.tag in _TIMES and _TIME.fullmatch(element.text)):
                continue
            if element.tag in ("title", "subject", "description"):
                self.made.say("title", element.text, self.place, exact=True)
            elif element.tag == "identifier":
                self.made.carry(element.tag, element.text, self.place)
            else:
                self.made.look(f"{element.tag} {element.text}", self.place, beside=True)

    def relations(self, name: str, root: Element) -> None:
        for one in sorted(root.elements, key=lambda element: element.get("Id")):
            kind = one.get("Type").rpartition("/")[2]
            if one.get("TargetMode") == "External":
                self.made.say("link", one.get("Target"), self.place)
            elif kind not in _OF_DECK:
                told = f"{name} {one.get('Id')} {kind} {posixpath.basename(one.get('Target'))}"
                self.made.look(told, self.place)

    def shape(self, element: Element) -> None:
        """Says what a box looks like, by its text or else its name."""
        text = _words(element)
        named = [e.get("name") for e in element.every() if local(e.tag) == "cNvPr"]
        drawn = [e.get("prst") for e in element.every(f"{_DRAWN}prstGeom")]
        told = f"{text or ''.join(named[:1])}: {''.join(drawn) or 'drawn'}"
        self.made.say("shape", told, self.place)

    def inside(self, element: Element) -> None:
        paragraph = self.role and element.tag == f"{_DRAWN}p"
        # A sentence may be cut into runs anywhere.
        text = _words(element) if paragraph else ""
        if text:
            is_warning = self.role == "notes" and text.startswith("Warning:")
            role = "warning" if is_warning else self.role
            self.made.say(role, text, self.place, under=self.under, exact=True)
        for child in element.children:
            if not isinstance(child, Element):
                if child.strip() and element.tag != f"{_DRAWN}t":
                    self.made.look(child.strip(), self.place)
                continue
            if child.tag == COMMENT:
                self.made.comment(child.get(""), self.place)
                continue
            attributes = dict(child.attributes)
            if self.role == "text" and local(child.tag) == "sp":
                self.shape(child)
            described = attributes.pop("descr", "")
            self.made.look(tag(child, attributes), self.place)
            if described:
                self.made.say("description", described, self.place, exact=True)
            self.inside(child)
            self.made.look("/")
