"""Digests of every file of every view of Designate, to tell that it is the same everywhere.

``python tests/digests.py`` prints them as JSON; with ``--write`` they become what
``tests/data/digests.json`` expects from then on. What packs its content is digested unpacked,
for that is what a picture shows, while the packing depends on the zlib at hand.
"""

from __future__ import annotations

import io
import json
import sys
import zipfile
import zlib
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path

import diagtool
from diagtool.pictures import formats

ROOT = Path(__file__).parents[1]
EXPECTED = Path(__file__).parent / "data" / "digests.json"


def unpacked_png(content: bytes) -> Iterator[bytes]:
    """Its chunks: the rows of pixels, and the texts beside them."""
    at, pixels = 8, b""
    while at < len(content):
        length = int.from_bytes(content[at : at + 4], "big")
        kind, body = content[at + 4 : at + 8], content[at + 8 : at + 8 + length]
        if kind == b"IDAT":
            pixels += body
        else:
            yield kind + body
        at += length + 12
    yield zlib.decompress(pixels)


def unpacked_pptx(content: bytes) -> Iterator[bytes]:
    """The names and contents of its parts."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for part in archive.infolist():
            yield f"{part.filename} {part.date_time}".encode()
            yield archive.read(part)


def unpacked_pdf(content: bytes) -> Iterator[bytes]:
    """Its objects, without what depends on how long packed streams are."""
    from pypdf import PdfReader
    from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, StreamObject

    def told(thing: object) -> str:
        match thing:
            case IndirectObject():
                return f"{thing.idnum} R"
            case DictionaryObject():
                pairs = (f"{key} {told(thing.raw_get(key))}" for key in thing if key != "/Length")
                return f"<<{' '.join(pairs)}>>"
            case ArrayObject():
                return f"[{' '.join(map(told, thing))}]"
        return repr(thing)

    reader = PdfReader(io.BytesIO(content))
    size = reader.trailer["/Size"]
    assert isinstance(size, int)
    for number in range(1, size):
        thing = reader.get_object(number)
        yield told(thing).encode()
        if isinstance(thing, StreamObject):
            yield thing.get_data()


UNPACKED: dict[str, Callable[[bytes], Iterator[bytes]]] = {
    "png": unpacked_png,
    "pptx": unpacked_pptx,
    "pdf": unpacked_pdf,
}
"""The formats that other projects' libraries write."""

OURS = tuple(name for name in formats.names() if name not in UNPACKED)
"""The formats that depend on our code and blockdiag's layout alone."""


def digests(names: tuple[str, ...]) -> dict[str, str]:
    """The digest of each file in these formats, by its name."""
    topology = diagtool.load(ROOT / "topology" / "designate.yaml")
    found = {}
    for artefact in diagtool.artefacts(topology, names):
        digest = sha256()
        for piece in UNPACKED.get(artefact.format, lambda whole: iter([whole]))(artefact.content):
            digest.update(b"%d\n" % len(piece) + piece)
        found[artefact.name] = digest.hexdigest()
    return dict(sorted(found.items()))


if __name__ == "__main__":
    told = json.dumps(digests((*OURS, *UNPACKED)), indent=1) + "\n"
    if sys.argv[1:] == ["--write"]:
        EXPECTED.write_text(told)
    else:
        sys.stdout.write(told)
