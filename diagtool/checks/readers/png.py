"""PNG: a digest that covers the pixels, and the origin beside it.

What is in a bitmap is not read. A file that carries its origin, and whose pixels are those
that were there when it got it, says what the picture of that origin said.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator

from diagtool.checks.readers import File, ReadError, Reading, Seal
from diagtool.pictures.digest import seal

SUFFIXES = (".png",)

LARGEST = 400_000_000
"""How many bytes the pixels of a picture may take."""

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_ORIGIN = re.compile(r"diagtool \S+/\S+ sha256:[0-9a-f]{64}")
_HARMLESS = (b"IEND", b"IHDR", b"IDAT", b"iTXt", b"tEXt", b"zTXt", b"tIME", b"pHYs")
"""What a file may hold beside its pixels without looking otherwise."""


def read(file: File) -> Reading:
    """The seal of a file."""
    found: dict[bytes, bytearray] = {}
    for name, body in chunks(file.content):
        found.setdefault(name, bytearray()).extend(body)
    known = texts(file.content)
    if len(found.get(b"IHDR", b"")) != 13:
        raise ReadError("incomplete or damaged PNG file")
    origin = _ORIGIN.search(known.get("Source", ""))
    if origin is None or "Pixels" not in known:
        return Reading(seals=(Seal("", file.place(), False, (file.stem,)),))
    intact = all(name in _HARMLESS for name in found) and known["Pixels"] == _pixels(found)
    return Reading(seals=(Seal(origin[0], file.place(), intact, (file.stem,)),))


def texts(content: bytes) -> dict[str, str]:
    """The texts that a file carries, by their keywords. Raises ReadError."""
    return dict(all_texts(content))


def all_texts(content: bytes) -> Iterator[tuple[str, str]]:
    """Keywords and texts; what is compressed is not unpacked. Raises ReadError."""
    for name, body in chunks(content):
        keyword, _, rest = body.partition(b"\0")
        if name == b"iTXt" and rest[:2] == b"\0\0":
            yield keyword.decode("latin-1"), rest[2:].split(b"\0", 2)[-1].decode("utf-8", "replace")
        elif name in (b"tEXt", b"iTXt", b"zTXt"):
            yield keyword.decode("latin-1"), rest.decode("latin-1")


def chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The names and contents of a file's chunks. Raises ReadError."""
    if not content.startswith(_SIGNATURE):
        raise ReadError("it is not a PNG picture")
    at, name = len(_SIGNATURE), b""
    while name != b"IEND":
        if at + 12 > len(content):
            raise ReadError("incomplete PNG file: its end is missing")
        length, name = struct.unpack_from(">I4s", content, at)
        yield name, content[at + 8 : at + 8 + length]
        at += length + 12


def _pixels(found: dict[bytes, bytearray]) -> str:
    """The digest of the header and the rows of pixels. Raises ReadError."""
    inflate = zlib.decompressobj()
    try:
        rows = inflate.decompress(bytes(found.get(b"IDAT", b"")), LARGEST)
    except zlib.error as error:
        raise ReadError(f"its pixels cannot be read: {error}") from None
    if inflate.unconsumed_tail:
        raise ReadError(f"its pixels take more than {LARGEST // 10**6} MB")
    return seal([bytes(found[b"IHDR"]), rows])
