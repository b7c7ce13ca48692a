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
    return {keyword: text for keyword, text, _ in all_texts(content)}


def all_texts(content: bytes) -> Iterator[tuple[str, str, bytes]]:
    """Keywords and texts, each with what stands behind it and is not shown. Raises ReadError."""
    for name, body in chunks(content):
        keyword, _, data = body.partition(b"\0")
        encoding, is_packed, rest = "latin-1", name == b"zTXt", b""
        if name == b"iTXt":
            encoding, is_packed = "utf-8", data[:1] == b"\1"
            data = data[2:].partition(b"\0")[2].partition(b"\0")[2]
        elif name == b"zTXt":
            data = data[1:]
        elif name != b"tEXt":
            continue
        if is_packed:
            data, rest = unpacked(data)
        yield keyword.decode("latin-1"), data.decode(encoding, "replace"), rest


def unpacked(data: bytes) -> tuple[bytes, bytes]:
    """What was compressed, and what stands behind it. Raises ReadError."""
    inflate = zlib.decompressobj()
    try:
        content = inflate.decompress(data, LARGEST)
    except zlib.error as error:
        raise ReadError(f"its data cannot be decompressed: {error}") from None
    if inflate.unconsumed_tail:
        raise ReadError(f"its decompressed data takes more than {LARGEST // 10**6} MB")
    if not inflate.eof:
        raise ReadError("its data is incomplete")
    return content, inflate.unused_data


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
    rows, _ = unpacked(bytes(found.get(b"IDAT", b"")))
    return seal([bytes(found[b"IHDR"]), rows])
