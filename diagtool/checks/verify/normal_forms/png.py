"""PNG: its pixels, however they are packed, and the texts that it carries."""

from __future__ import annotations

import hashlib
import io
import struct
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence

from diagtool.checks.readers import File, ReadError, png
from diagtool.checks.verify.normal_forms._pieces import Form

SUFFIXES = (".png",)

MOST = 100_000_000
"""How many pixels a picture may have."""

_KNOWN = frozenset(
    [b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"tEXt", b"iTXt", b"zTXt", b"tIME", b"pHYs"]
)
"""What a file may hold that does not change how its pixels look, or is in these already."""

_SEEN = frozenset([b"acTL", b"cHRM", b"cICP", b"eXIf", b"fcTL", b"fdAT", b"gAMA", b"iCCP", b"sBIT"])
"""What changes how the same pixels look, or which are shown; further chunks change neither."""

_SEVERAL = frozenset([b"IDAT", b"tEXt", b"iTXt", b"zTXt"])
"""What a file may have more than one of."""

_FITTING = {b"PLTE": (b"\2", b"\3", b"\6"), b"tRNS": (b"\0", b"\2", b"\3")}
"""Which kinds of pixels have what; programs differ in what they make of it in others."""

_LENGTHS = {b"IHDR": 13, b"IEND": 0, b"tIME": 7}
"""How many bytes some chunks have."""

_SAMPLES = {2: 3, 4: 2, 6: 4}
"""How many numbers a pixel of a kind has, where it has more than one."""

_PASSES = (
    (0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)
)  # fmt: skip
"""Where the pixels of each pass of an interlaced picture start, and how far apart they are."""

_ROLES = {"Title": "title", "Description": "description"}
_SEALS = ("Source", "Pixels")


def form(file: File) -> Form:
    """The normal form of a picture."""
    made = Form()
    for keyword, text, rest in png.all_texts(file.content):
        if rest:
            made.describe(f"data after the text {keyword}", file.place(), beside=True)
        if role := _ROLES.get(keyword):
            made.say(role, text, file.place(), beside=True, exact=True)
        elif keyword in _SEALS:
            made.carry(keyword, text, file.place())
        else:
            made.describe(f"a text {keyword}", file.place())
    chunks = list(png.chunks(file.content))
    known = Counter(name for name, _ in chunks)
    for name in known.keys() - _SEVERAL:
        if known[name] > 1:
            made.describe(f"{known[name]} chunks {name.decode('latin-1')}", file.place())
    for name, body in chunks:
        if name == b"pHYs":  # programs place a picture by it
            size = ", ".join(map(str, struct.unpack(">IIB", body))) if len(body) == 9 else "?"
            made.describe(f"a pixel size: {size}", file.place(), beside=True)
        elif name in (b"PLTE", b"tRNS") and chunks[0][1][9:10] not in _FITTING[name]:
            made.describe(
                f"a chunk {name.decode()} that pixels of this kind cannot have", file.place()
            )
        elif name == b"iTXt" and body.partition(b"\0")[2][2:4] != b"\0\0":
            made.describe("a text with a language", file.place(), beside=True)
        elif name == b"sRGB":  # what is shown as if it were said
            made.describe("a chunk sRGB", file.place(), beside=True)
        elif name not in _KNOWN:
            is_seen = name in _SEEN or name[:1].isupper()
            made.describe(f"a chunk {name.decode('latin-1')}", file.place(), beside=not is_seen)
    end = file.content.rfind(b"IEND")
    if len(file.content) > end + 8 or file.content.count(b"IEND") > 1:
        made.describe("data after the image", file.place(), beside=True)
    for strange in _unseen(file.content, chunks):
        made.describe(strange, file.place(), beside=True)
    shown, transparent = _pixels(file.content)
    made.describe(shown, file.place(), written="a picture with other pixels")
    made.describe(transparent, file.place(), beside=True)
    return made


def _unseen(content: bytes, chunks: Sequence[tuple[bytes, bytes]]) -> Iterator[str]:
    """What no program shows of a file."""
    at = 8
    for name, body in chunks:
        at += 12 + len(body)
        if content[at - 4 : at] != struct.pack(">I", zlib.crc32(name + body)):
            yield f"a chunk {name.decode('latin-1')} with a wrong checksum"
        if len(body) != _LENGTHS.get(name, len(body)):
            yield f"a chunk {name.decode('latin-1')} of an unusual length"
    rows, rest = png.unpacked(b"".join(body for name, body in chunks if name == b"IDAT"))
    width, height, depth, kind, _, _, is_interlaced = struct.unpack(">IIBBBBB", chunks[0][1])
    bits = depth * _SAMPLES.get(kind, 1)
    passes = _PASSES if is_interlaced else ((0, 0, 1, 1),)
    sizes = ((-(-(width - x) // across), -(-(height - y) // down)) for x, y, across, down in passes)
    due = sum((1 + (wide * bits + 7) // 8) * high for wide, high in sizes if wide > 0)
    if rest or len(rows) != due:
        yield "data after the pixels"


def _pixels(content: bytes) -> tuple[str, str]:
    """The pixels on white, and how far each lets through what is behind it."""
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(content), formats=["PNG"]) as picture:
            if picture.width * picture.height > MOST:
                raise ReadError(f"it has more than {MOST:,} pixels")
            colored = picture.convert("RGBA")
            white = Image.new("RGBA", colored.size, "white")
            rows = Image.alpha_composite(white, colored).convert("RGB").tobytes()
            clear = colored.getchannel("A").tobytes()
            size = f"{picture.width} x {picture.height}"
    except UnidentifiedImageError:  # which tells where in memory it is
        raise ReadError("its pixels cannot be read") from None
    except (
        OSError, ValueError, SyntaxError, Image.DecompressionBombError
    ) as error:  # fmt: skip
        raise ReadError(f"its pixels cannot be read: {error}") from None
    opaque = not clear.strip(b"\xff")
    seen = "opaque" if opaque else f"transparency {hashlib.sha256(clear).hexdigest()}"
    return f"{size} pixels {hashlib.sha256(rows).hexdigest()}", seen
