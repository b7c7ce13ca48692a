"""How wide text is, the same on every machine: measured in the font that ships with us.

The font is Liberation Sans, which has the widths of Arial and Helvetica and covers Latin,
Greek and Cyrillic. A font file for other scripts can be added. Full-width characters of
East Asian scripts count as one em and combining marks as nothing, in whatever font a
viewer finds for them.
"""

from __future__ import annotations

import re
import struct
import unicodedata
from array import array
from bisect import bisect_left
from collections.abc import Callable
from functools import lru_cache, partial
from math import fsum
from pathlib import Path
from sys import byteorder

from diagtool.files import reading

REGULAR = Path(__file__).parent / "fonts" / "LiberationSans-Regular.ttf"
BOLD = Path(__file__).parent / "fonts" / "LiberationSans-Bold.ttf"

ASCENT = 0.905
"""From the baseline to the top of the shipped font's lines, in ems."""

CAP_HEIGHT = 0.688
"""From the baseline to the top of its capital letters, in ems."""

LINE_HEIGHT = 1.25
"""From one baseline to the next, in ems."""


_KEPT = 8192
"""How many texts are remembered of each kind."""


class FontError(Exception):
    """A font file that cannot be read; the message says why."""


class FontFile:
    """The characters of a TrueType or OpenType font and their advance widths.

    It reads two tables of the file and no more: a general font library takes longer to
    import than a whole picture takes to be laid out.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            data = reading.read(path)
            start = struct.unpack_from(">I", data, 12)[0] if data[:4] == b"ttcf" else 0
            (count,) = struct.unpack_from(">H", data, start + 4)
            tables = {
                tag: offset
                for tag, _, offset, _ in struct.iter_unpack(
                    ">4sIII", data[start + 12 : start + 12 + 16 * count]
                )
            }
            self.units_per_em: int = struct.unpack_from(">H", data, tables[b"head"] + 18)[0]
            (metrics,) = struct.unpack_from(">H", data, tables[b"hhea"] + 34)
            self._widths = _numbers(data, "H", tables[b"hmtx"], 2 * metrics)[::2]
            self._read_characters(data, tables[b"cmap"])
        except OSError as error:
            raise FontError(f"cannot read font {path}: {error.strerror}") from None
        except (struct.error, KeyError, ValueError, IndexError):
            raise FontError(f"{path} is not a TrueType or OpenType font") from None
        if not self.units_per_em or not self._widths:
            raise FontError(f"{path} is not a TrueType or OpenType font")

    def _read_characters(self, data: bytes, cmap: int) -> None:
        """Finds the character map: the one of all Unicode (12), else of its first plane (4)."""
        (count,) = struct.unpack_from(">H", data, cmap + 2)
        maps = {}
        for platform, encoding, offset in struct.iter_unpack(
            ">HHI", data[cmap + 4 : cmap + 4 + 8 * count]
        ):
            if platform == 0 or (platform == 3 and encoding in (1, 10)):
                (kind,) = struct.unpack_from(">H", data, cmap + offset)
                maps[kind] = cmap + offset
        if 12 in maps:
            (groups,) = struct.unpack_from(">I", data, maps[12] + 12)
            numbers = _numbers(data, "I", maps[12] + 16, 3 * groups)
            self._first, self._last, self._glyph = numbers[::3], numbers[1::3], numbers[2::3]
            self._offsets: array[int] | None = None
        else:
            table = maps[4]
            length, _, doubled = struct.unpack_from(">HHH", data, table + 2)
            segments = doubled // 2
            self._last = _numbers(data, "H", table + 14, segments)
            self._first = _numbers(data, "H", table + 16 + doubled, segments)
            self._glyph = _numbers(data, "H", table + 16 + 2 * doubled, segments)
            # The glyphs after the offsets are counted from where each offset stands.
            start = table + 16 + 3 * doubled
            self._offsets = _numbers(data, "H", start, (table + length - start) // 2)
            if len(self._offsets) < segments:
                raise ValueError(length)

    def advance(self, character: str) -> int | None:
        """The advance width in font units, or None where the font lacks the character."""
        code = ord(character)
        segment = bisect_left(self._last, code)
        if segment == len(self._last) or self._first[segment] > code:
            return None
        if self._offsets is None:
            glyph = self._glyph[segment] + code - self._first[segment]
        elif self._offsets[segment] == 0:
            glyph = (self._glyph[segment] + code) % 0x10000
        else:
            index = segment + self._offsets[segment] // 2 + code - self._first[segment]
            glyph = self._offsets[index] if index < len(self._offsets) else 0
            if glyph:
                glyph = (self._glyph[segment] + glyph) % 0x10000
        return self._widths[min(glyph, len(self._widths) - 1)] if glyph else None


def _numbers(data: bytes, code: str, offset: int, count: int) -> array[int]:
    """Big-endian unsigned numbers of two or four bytes."""
    numbers = array(code)
    end = offset + count * numbers.itemsize
    if end > len(data):
        raise ValueError(offset)
    numbers.frombytes(data[offset:end])
    if byteorder == "little":
        numbers.byteswap()
    return numbers


@lru_cache(maxsize=16)
def _font_file(path: Path) -> FontFile:
    return FontFile(path)


class _Widths(dict[str, float]):
    """The widths of characters in ems, each measured when it is first asked for."""

    def __init__(self, measure: Callable[[str], float]) -> None:
        super().__init__()
        self._measure = measure

    def __missing__(self, character: str) -> float:
        em = self[character] = self._measure(character)
        return em


class Fonts:
    """Measures text in the shipped font, and in ``extra`` what that one lacks.

    ``extra`` is the path of a TrueType or OpenType file. Raises :class:`FontError` where it
    cannot be read.
    """

    def __init__(self, extra: Path | None = None) -> None:
        self.extra = extra
        self._extra = _font_file(extra) if extra else None
        self._ems = {bold: _Widths(partial(self._measure, bold)) for bold in (False, True)}
        # A label is asked for again and again.
        self._wrapped = lru_cache(_KEPT)(self._wrap)
        self._width = lru_cache(_KEPT)(self._sum)
        self._widest = lru_cache(_KEPT)(self._widest_piece)

    def width(self, text: str, size: float, *, bold: bool = False) -> float:
        """The width of one line of text at a font size, in the size's unit."""
        return self._width(text, bold) * size

    def _sum(self, text: str, bold: bool) -> float:
        """The width of one line in ems."""
        # Not sum(): its rounding differs between Python's releases.
        return fsum(map(self._ems[bold].__getitem__, text))

    def _measure(self, bold: bool, character: str) -> float:
        category = unicodedata.category(character)
        if category in ("Mn", "Me", "Cf", "Cc"):
            return 0.0
        if unicodedata.east_asian_width(character) in "WF":
            return 1.0
        for font in (_font_file(BOLD if bold else REGULAR), self._extra):
            advance = font.advance(character) if font else None
            if font and advance is not None:
                return advance / font.units_per_em
        # Nobody knows what a viewer finds for it; most letters are narrower than this.
        return 0.75

    def missing_glyphs(self, text: str) -> set[str]:
        """The characters of a text that neither font can draw."""
        fonts = [font for font in (_font_file(REGULAR), self._extra) if font]
        return {
            character
            for character in text
            if unicodedata.category(character) not in ("Cf", "Cc", "Zl", "Zp")
            and all(font.advance(character) is None for font in fonts)
        }

    def wrap(self, text: str, size: float, width: float, *, bold: bool = False) -> list[str]:
        """The lines of a text, none wider than ``width`` unless it is a single character.

        It is broken where it has line breaks, else at spaces, and inside a word that is
        wider than a line; a full-width character may stand at the end of any line.
        """
        return list(self._wrapped(text, size, width, bold))

    def _wrap(self, text: str, size: float, width: float, bold: bool) -> list[str]:
        lines: list[str] = []
        for paragraph in text.split("\n"):
            if self.width(paragraph, size, bold=bold) <= width:
                lines.append(paragraph.strip())
                continue
            line = ""
            for piece in _pieces(paragraph):
                if line and self.width((line + piece).rstrip(), size, bold=bold) > width:
                    lines.append(line.rstrip())
                    line = ""
                while self.width(piece.rstrip(), size, bold=bold) > width:
                    head = self._fitting(piece, size, width, bold)
                    lines.append(piece[:head])
                    piece = piece[head:]
                line += piece
            if line.strip() or not paragraph.strip():
                lines.append(line.rstrip())
        return lines

    def _fitting(self, word: str, size: float, width: float, bold: bool) -> int:
        """How many characters of a word fit in a line, at least one with its marks."""
        end = 1
        while end < len(word) and (
            _joins(word[end]) or self.width(word[: end + 1], size, bold=bold) <= width
        ):
            end += 1
        return end

    def widest_word(self, text: str, size: float, *, bold: bool = False) -> float:
        """The width below which wrapping has to break a word."""
        return self._widest(text, bold) * size

    def _widest_piece(self, text: str, bold: bool) -> float:
        return max((self._width(piece.rstrip(), bold) for piece in _pieces(text)), default=0.0)


def _joins(character: str) -> bool:
    """Whether a character belongs to the one before it."""
    return unicodedata.category(character) in ("Mn", "Mc", "Me", "Cf")


_ASCII_PIECE = re.compile(r"\s+|\S+\s*")


def _pieces(text: str) -> list[str]:
    """A text cut where a line may end; each piece keeps the spaces after it."""
    if text.isascii():
        return _ASCII_PIECE.findall(text)
    pieces: list[str] = []
    for character in text:
        if pieces and (
            character.isspace()
            or _joins(character)
            or not (
                pieces[-1][-1].isspace()
                or unicodedata.east_asian_width(character) in "WF"
                or unicodedata.east_asian_width(pieces[-1][-1]) in "WF"
            )
        ):
            pieces[-1] += character
        else:
            pieces.append(character)
    return pieces
