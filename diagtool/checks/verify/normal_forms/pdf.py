"""PDF: what its pages draw, and everything else that hangs together in the file."""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Iterable, Mapping
from typing import Any

from diagtool.checks.readers import File, ReadError
from diagtool.checks.readers.pdf import read_pages
from diagtool.checks.verify.normal_forms._pdf_file import spaced_once, unseen
from diagtool.checks.verify.normal_forms._pieces import PAGE, Form, Piece

SUFFIXES = (".pdf",)

MOST = 200_000
"""How many objects of a file are looked at."""

_INFO = {"/Title": "title", "/Subject": "description"}
_PROGRAMS = ("/Creator", "/Producer")
_PROGRAM = re.compile(
    r"(?:diagtool|mupdf|pdftk(?:-java)?|pikepdf|pypdf|qpdf|reportlab(?: pdf library)?)"
    r"[ v/\d.-]*(?:\(opensource\))?",
    re.IGNORECASE,
)
"""What programs call themselves that put files together; any other text could be read."""
_TIMES = ("/CreationDate", "/ModDate")
_TIME = re.compile(r"D:[-+'\dZ]+")
_PACKED = ("/Length", "/Filter", "/DecodeParms")
_BOXES = ("/CropBox", "/TrimBox", "/BleedBox", "/ArtBox")
_OF_CATALOGUE = ("/Type", "/Pages", "/Outlines", "/Extensions")
_USUAL = {
    "/PageMode": ("/UseNone", "/UseOutlines"),
    "/ViewerPreferences": ("<>", "<DisplayDocTitle True>"),
    "/Trans": ("<>",),
}
"""How a viewer opens a file, and goes to a page, where nothing else is said."""


def form(file: File) -> Form:
    """The normal form of a file. The place of a piece has its page's number for a line.

    Raises ReadError where pypdf is not installed, or the file is broken.
    """
    try:
        import pypdf
        import pypdf.errors
    except ImportError:
        raise ReadError("comparing PDF needs pypdf: pip install 'diagtool[verify]'") from None
    import logging

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # what is amiss, we say ourselves
    try:
        return _Document(file, pypdf.PdfReader(io.BytesIO(file.content))).form()
    except ReadError:
        raise
    except (pypdf.errors.DependencyError, pypdf.errors.FileNotDecryptedError):
        raise ReadError("it is encrypted") from None
    except Exception as error:  # pypdf lets through whatever a broken file leads it to
        raise ReadError(f"incomplete or damaged PDF file: {error}") from None


class _Document:
    def __init__(self, file: File, reader: Any) -> None:
        self.file, self.reader = file, reader
        self.known: dict[int, int] = {}
        self.count = 0

    def form(self) -> Form:
        made, place = Form(by_pages=True), self.file.place()
        if self.reader.is_encrypted:  # nobody is asked for an empty password
            made.describe("encryption", place, beside=True)
        known = self.reader.metadata or {}
        for name in sorted(known, key=lambda name: (name not in _INFO, name)):
            if name in _INFO and known[name]:
                made.say(_INFO[name], str(known[name]), place, beside=True, exact=True)
            elif known[name] and not _of_program(name, str(known[name])):
                made.pieces.append(Piece(f"{name[1:]} {known[name]}", place=place, beside=True))
        root = self.reader.trailer["/Root"]
        for name in sorted(root):
            if name in _OF_CATALOGUE:
                continue
            if (shown := self.shown(root[name])) not in _USUAL.get(name, ()):
                made.describe(f"{name[1:]} {shown}", place, beside=name in ("/Lang", *_USUAL))
        for entry in self.outline(self.reader.outline):
            page = self.reader.get_destination_page_number(entry)
            if page is not None:  # that of a page which was taken out stays
                made.say("bookmark", str(entry.title), place, beside=True, exact=True)
            leads = "nowhere" if page is None else f"to page {page + 1}"
            color = " ".join(f"{float(part):g}" for part in entry.color or (0, 0, 0))
            made.describe(
                f"a bookmark that leads {leads}, in the colour {color}", place, beside=True
            )
        before, _, rest = self.file.content.partition(b"%PDF-")
        if before or rest.rpartition(b"%%EOF")[2].strip():
            made.describe("data before or after the document", place, beside=True)
        for strange in unseen(self.file.content, self.reader):
            made.describe(strange, place, beside=True)
        texts = list(read_pages(self.file.content))
        for number, page in enumerate(self.reader.pages, 1):
            for text in texts[number - 1] if number <= len(texts) else ():
                made.say("label", text, self.file.place(number))
            self.known = {}
            self.page(page, number, made)
        return made

    def outline(self, entries: Any) -> list[Any]:
        found = []
        for entry in entries:
            if isinstance(entry, list):
                found += self.outline(entry)
            else:
                found.append(entry)
        return found

    def page(self, page: Any, number: int, made: Form) -> None:
        place = self.file.place(number)
        contents = page.get_contents()
        drawn = b"" if contents is None else contents.get_data()
        made.describe(PAGE, place)
        for line in drawn.splitlines():
            if signs := spaced_once(line):
                made.look(signs.decode("latin-1"), place)
        for name in sorted({*page, "/MediaBox"}):
            if name in ("/Type", "/Parent", "/Contents", "/Rotate"):
                continue
            # What a page does not say itself, those above it do.
            value = page.mediabox if name == "/MediaBox" else page.raw_get(name)
            if name in _BOXES and list(value) == list(page.mediabox):
                continue
            if (shown := self.shown(value)) not in _USUAL.get(name, ()):
                made.describe(f"{name[1:]} {shown}", place)
        for note in page.get("/Annots", ()):
            said = note.get_object()
            if text := said.get("/Contents"):
                made.say("note", str(text), place, exact=True)
            if leads := said.get("/A", {}).get("/URI"):
                made.say("link", str(leads), place, exact=True)
        if page.rotation:
            made.describe(f"Rotate {page.rotation}", place, beside=True)

    def shown(self, value: Any) -> str:
        """An object with all that it refers to; one that came up already, by its number."""
        from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, StreamObject

        self.count += 1
        if self.count > MOST:
            raise ReadError(f"it has more than {MOST:,} objects")
        if isinstance(value, IndirectObject):
            if value.idnum in self.known:
                return f"[{self.known[value.idnum]}]"
            self.known[value.idnum] = len(self.known)
            value = value.get_object()
        if isinstance(value, DictionaryObject):
            if value.get("/Type") == "/Page":
                return "[a page]"
            inner = {n: value.raw_get(n) for n in sorted(value) if n not in (*_PACKED, "/Parent")}
            told = " ".join(f"{name[1:]} {self.shown(inner[name])}" for name in inner)
            data = f" {_digest(value.get_data())}" if isinstance(value, StreamObject) else ""
            return f"<{told}{data}>"
        if isinstance(value, ArrayObject):
            return f"({' '.join(self.shown(one) for one in list.__iter__(value))})"
        if isinstance(value, bytes):
            return _digest(value)
        return str(value)


def joined(pages: Iterable[tuple[bytes, int]], said: Mapping[str, str]) -> bytes:
    """A file with pages of several, by their numbers; what is ``said`` is so of the file itself."""
    import pypdf

    writer = pypdf.PdfWriter()
    for content, number in pages:
        writer.append(io.BytesIO(content), pages=(number - 1, number))
    writer.add_metadata(dict(said))
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()


def information(content: bytes) -> dict[str, str]:
    """The title and the description of a file."""
    import pypdf

    known: Any = pypdf.PdfReader(io.BytesIO(content)).metadata or {}
    return {name: str(known[name]) for name in _INFO if name in known}


def pages(form: Form) -> dict[int, tuple[str, ...]]:
    """What each page of a form draws, by its number."""
    found: dict[int, tuple[str, ...]] = {}
    for piece in form.pieces:
        if piece.text == PAGE:
            found[piece.place.line] = ()
        if not (piece.role or piece.beside) and piece.place.line in found:
            found[piece.place.line] += (piece.text,)
    return found


def _of_program(name: str, text: str) -> bool:
    """Whether a text of a file says nothing but which program saved it, and when."""
    if name in _TIMES:
        return bool(_TIME.fullmatch(text))
    return name in _PROGRAMS and bool(_PROGRAM.fullmatch(text))


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:32]
