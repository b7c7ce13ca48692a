"""PDF: its text, the origin of each page, and a digest of the whole file.

Lines and arrowheads are not read: a file that is as it was sealed says what the pictures
of its origins said. The text is read as well where pypdf is installed, so that a file
which is not can be told what it says otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from diagtool.checks.readers import File, ReadError, Reading, Seal, Words
from diagtool.model.facts import flat
from diagtool.pictures.digest import seal

if TYPE_CHECKING:
    from pypdf import PdfReader

SUFFIXES = (".pdf",)

MOST = 200
"""How many pages are read."""

_ORIGIN = re.compile(rb"diagtool [^\s;)]+/[^\s;)]+ sha256:[0-9a-f]{64}")
_SEAL = re.compile(rb"%sealed (sha256:[0-9a-f]{64})\n(?=startxref\n\d+\n%%EOF\s*\Z)")


def read(file: File) -> Reading:
    """The seals and the words of a file's pages."""
    content = file.content
    if b"%PDF-" not in content[:1024]:
        raise ReadError("it is not a PDF file")
    mark = _SEAL.search(content, max(0, len(content) - 150))
    intact = False
    if mark:
        unsealed = content[: mark.start()] + content[mark.end() :]
        intact = mark[1].decode() == seal([unsealed])
    found = _ORIGIN.findall(content) or _ORIGIN.findall(
        properties(content).encode("utf-8", "replace")
    )
    # Programs that keep them write them twice, in further metadata, too.
    origins = [origin.decode("ascii", "replace") for origin in dict.fromkeys(found)]
    pages = list(read_pages(content))
    # A file of one page is called after what is on it; one of several pages may be joined.
    named = (file.stem,) if len(origins) == 1 and len(pages) < 2 else ()
    if not origins or not mark:
        seals = [Seal("", file.place(), False, (file.stem,))]
    else:
        seals = [
            Seal(origin, file.place(number), intact, named)
            for number, origin in enumerate(origins, 1)
        ]
    if len(origins) != len(pages):
        origins = []  # nobody can tell which is whose
    called = (file.stem,) if len(pages) == 1 else ()
    words = tuple(
        Words(tuple(lines), file.place(number), (_view(origins, number), *called))
        for number, lines in enumerate(pages, 1)
    )
    return Reading(seals=tuple(seals), words=words)


def _view(origins: list[str], number: int) -> str:
    """The view that a page says it shows."""
    origin = origins[number - 1] if number <= len(origins) else ""
    return origin.partition("/")[2].partition(" ")[0]


def properties(content: bytes) -> str:
    """What a file says of itself, also where it is packed; empty where that cannot be read."""
    try:
        reader = _opened(content)
        return "\n".join(map(str, (reader.metadata or {}).values())) if reader else ""
    except Exception:  # as below
        return ""


def read_pages(content: bytes) -> Iterator[list[str]]:
    """The pieces of text on each page. Raises ReadError where there are too many pages."""
    try:
        reader = _opened(content)
        for number, page in enumerate(reader.pages if reader else ()):
            if number == MOST:
                raise ReadError(f"it has more than {MOST} pages")
            pieces: list[str] = []
            page.extract_text(visitor_text=lambda text, *_, to=pieces: to.append(flat(text)))
            yield [piece for piece in pieces if piece]
    except ReadError:
        raise
    except Exception:
        # pypdf lets through whatever a broken file leads it to; that it is broken, or what it
        # says although pypdf cannot read it, is seen from its seal.
        return


def _opened(content: bytes) -> PdfReader | None:
    """A file as pypdf reads it, None without pypdf."""
    try:
        from pypdf import PdfReader
    except ImportError:
        return None
    import io
    import logging

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # what is amiss, we say ourselves
    return PdfReader(io.BytesIO(content))
