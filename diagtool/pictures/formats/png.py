"""PNG: the SVG in light colours as a bitmap, drawn with the fonts that ship with diagtool."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping

from diagtool.pictures.digest import origin, seal
from diagtool.pictures.drawing import Drawing
from diagtool.pictures.formats import FormatError, FormatKind, Look, note, svg
from diagtool.pictures.formats._drawn import font_files, plain

SUFFIX = ".png"
KIND = FormatKind.DRAWN

FAMILY = "Liberation Sans"
LARGEST = 100_000_000
"""How many pixels a picture may have; resvg takes 4 bytes of memory for each."""

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_HEADER_END = len(_SIGNATURE) + 25


def write(drawing: Drawing, look: Look) -> bytes:
    """The picture with its origin, title and description as text in the file.

    A digest of its pixels goes with them, by which it can be told that they were changed.

    Raises FormatError where resvg-py is not installed or the picture would be too large.
    """
    try:
        import resvg_py
    except ImportError:
        raise FormatError("png needs resvg-py: pip install 'diagtool[png]'") from None
    if drawing.width * drawing.height * look.scale**2 > LARGEST:
        raise FormatError(f"{drawing.name}: too large for a PNG at scale {look.scale:g}")
    regular, bold = font_files(drawing, look)
    try:
        picture = resvg_py.svg_to_bytes(
            svg_string=svg.still(drawing, look),
            skip_system_fonts=True,
            font_files=[*bold[:1], *regular],
            font_family=FAMILY,
            sans_serif_family=FAMILY,
        )
    except ValueError as error:
        raise FormatError(f"{drawing.name}: resvg cannot draw it: {error}") from None
    texts = {
        "Title": drawing.title,
        "Description": drawing.description,
        "Source": f"{origin(drawing)}{note(look)}",
        "Pixels": _pixels(picture),
    }
    return picture[:_HEADER_END] + _text_chunks(texts) + picture[_HEADER_END:]


def _pixels(picture: bytes) -> str:
    """The digest of the header and of the rows of pixels as they are before compression."""
    chunks: dict[bytes, bytes] = {}
    at = len(_SIGNATURE)
    while at < len(picture):
        length, name = struct.unpack(">I4s", picture[at : at + 8])
        chunks[name] = chunks.get(name, b"") + picture[at + 8 : at + 8 + length]
        at += length + 12
    return seal([chunks[b"IHDR"], zlib.decompress(chunks[b"IDAT"])])


def _text_chunks(texts: Mapping[str, str]) -> bytes:
    """The texts as uncompressed international text (iTXt), which is UTF-8."""
    chunks = b""
    for keyword, text in texts.items():
        body = b"iTXt" + keyword.encode("ascii") + b"\0\0\0\0\0" + plain(text).encode()
        chunks += struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    return chunks
