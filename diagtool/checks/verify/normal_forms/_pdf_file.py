"""What stands in a PDF file and no viewer shows: between its objects, in them and behind them."""

from __future__ import annotations

import base64
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

_TOKEN = re.compile(
    rb"""(?P<blank>[\0\t\n\f\r\ ]+)
    | (?P<comment>%[^\r\n]*)
    | (?P<value>\((?:[^\\()]|\\.|\((?:[^\\()]|\\.)*\))*\) | <(?!<)[^<>]*>)
    | (?P<sign><<|>>|\[|\])
    | (?P<name>/[^\0\t\n\f\r ()<>\[\]{}/%]*)
    | (?P<stream>stream\r?\n)
    | (?P<word>[^\0\t\n\f\r ()<>\[\]{}/%]+)
    """,
    re.VERBOSE | re.DOTALL,
)
_STRING = re.compile(rb"(\((?:[^\\()]|\\.)*\)|(?<!<)<(?:[0-9A-Fa-f]{2})+>)", re.DOTALL)
_ESCAPED = re.compile(rb"\\([0-7]{1,3}|[nrtbf()\\])")
_SIGNS = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
_USUAL = re.compile(
    rb"%(?:PDF-(?:1\.[0-7]|2\.0)|%EOF|\xe2\xe3\xcf\xd3|\xbf\xf7\xa2\xfe|\xc2\xb5\xc2\xb6"
    rb"|sealed sha256:[0-9a-f]{64}"
    rb"|(?:\x93\x8c\x8b\x9e)? ReportLab [Gg]enerated PDF document (?:-- digest )?\(opensource\))\s*"
)
"""Comments that programs write of themselves, and that say that a file is not text."""
MOST = 200_000
"""How many words and signs of a file are looked at."""

_END = b"endstream"
_NUMBER = re.compile(rb"[-+]?\d*\.?\d*")
_ENTRIES = re.compile(rb"\d+|[nf]")
_OF_FILE = ("/ObjStm", "/XRef")


class _Strange(Exception):
    """What has no place where it stands."""


@dataclass(slots=True)
class _Token:
    kind: str
    text: bytes
    start: int


def unseen(content: bytes, reader: Any) -> Iterator[str]:
    """What a file holds that belongs to none of its pages, as a ``reader`` of pypdf found them."""
    yield from _Syntax(content).file({at for ids in reader.xref.values() for at in ids.values()})
    reached: set[int] = set()
    order: list[Any] = [reader.trailer]
    while order:
        value = order.pop()
        if hasattr(value, "idnum"):
            if value.idnum in reached:
                continue
            reached.add(value.idnum)
            value = value.get_object()
        if hasattr(value, "raw_get"):
            order += (value.raw_get(name) for name in value)
        elif isinstance(value, list):
            order += list.__iter__(value)
        if hasattr(value, "_data") and _has_more(value):
            yield "data after the end of a stream"
    known = {id for ids in reader.xref.values() for id, at in ids.items() if at}
    for id in sorted((known | reader.xref_objStm.keys()) - reached):
        found = reader.get_object(id)
        kind = found.get("/Type") if hasattr(found, "raw_get") else None
        if kind not in _OF_FILE:
            yield "an object that nothing refers to"
        elif kind == "/ObjStm":
            yield from _Syntax(found.get_data()[int(found["/First"]) :]).values(int(found["/N"]))


def spaced_once(line: bytes) -> bytes:
    """A line of what a page draws, in which blanks count in strings alone.

    Whether these stand there by signs or by numbers does not count.
    """
    parts = _STRING.split(line)
    parts[::2] = [re.sub(rb"\s+", b" ", part) for part in parts[::2]]
    parts[1::2] = [b"(%s)" % _signs(part) for part in parts[1::2]]
    return b"".join(parts).strip()


def _signs(string: bytes) -> bytes:
    if string[:1] == b"<":
        return bytes.fromhex(string[1:-1].decode())
    return _ESCAPED.sub(
        lambda match: (
            _SIGNS.get(match[1])
            or (bytes([int(match[1], 8) & 255]) if match[1].isdigit() else match[1])
        ),
        string[1:-1],
    )


def _has_more(stream: Any) -> bool:
    """Whether a stream has more than what comes out of it, or is packed in an unusual way."""
    data, filters = stream._data, stream.get("/Filter") or ()
    names = [filters] if isinstance(filters, str) else list(filters)
    if names and type(stream).__name__ == "DecodedStreamObject":
        return False
    for name in names:
        rest = b""
        if name == "/ASCII85Decode":
            data, _, rest = data.partition(b"~>")
            data = base64.a85decode(data)
        elif name == "/FlateDecode":
            inflate = zlib.decompressobj()
            data, rest = inflate.decompress(data), inflate.unused_data
        if rest.strip() or name not in ("/ASCII85Decode", "/FlateDecode"):
            return True
    return False


class _Syntax:
    """Reads tokens by the grammar of files; whatever has no place in it is strange."""

    def __init__(self, content: bytes) -> None:
        self.comments: list[str] = []
        self.strange: list[str] = []
        self.tokens: list[_Token] = []
        self.at = at = 0
        while at < len(content):
            match = _TOKEN.match(content, at)
            if match is None or len(self.tokens) >= MOST:
                self.strange.append("bytes that are not PDF syntax")
                return
            kind, text = match.lastgroup or "", match[0]
            at = match.end()
            if kind == "stream":
                at = content.find(_END, at) + len(_END)
                if at < len(_END):
                    self.strange.append("a stream without an end")
                    return
            if kind == "comment" and not _USUAL.fullmatch(text):
                self.strange.append(f"a comment {text.decode('latin-1')}")
            if kind not in ("blank", "comment"):
                self.tokens.append(_Token(kind, text, match.start()))

    def file(self, known: set[int]) -> Iterator[str]:
        """All that is strange in a file whose objects are at ``known`` places."""
        try:
            while self.at < len(self.tokens):
                self.part(known)
        except (_Strange, IndexError):
            self.strange.append("something unexpected between its objects")
        yield from self.strange

    def values(self, number: int) -> Iterator[str]:
        """All that is strange in so many values, one behind the other."""
        try:
            for _ in range(number):
                self.value()
            if self.at < len(self.tokens):
                raise _Strange
        except (_Strange, IndexError):
            self.strange.append("something unexpected between its objects")
        yield from self.strange

    def part(self, known: set[int]) -> None:
        """An object, a table of where they are, or what comes behind it."""
        start = self.tokens[self.at].start
        match word := self.word():
            case b"xref":
                while _ENTRIES.fullmatch(self.tokens[self.at].text):
                    self.at += 1
            case b"trailer":
                self.value()
            case b"startxref":
                self.word()
            case _ if word.isdigit() and self.word().isdigit() and self.word() == b"obj":
                if start not in known:
                    self.strange.append("an object that nothing refers to")
                self.value()
                if self.tokens[self.at].kind == "stream":
                    self.at += 1
                if self.word() != b"endobj":
                    raise _Strange
            case _:
                raise _Strange

    def word(self) -> bytes:
        token = self.tokens[self.at]
        self.at += 1
        return token.text

    def value(self) -> None:
        token = self.tokens[self.at]
        self.at += 1
        if token.text == b"<<":
            names = set()
            while self.tokens[self.at].text != b">>":
                name = self.tokens[self.at]
                if name.kind != "name":
                    raise _Strange
                if name.text in names:
                    self.strange.append(f"{name.text.decode('latin-1')[1:]} twice")
                names.add(name.text)
                self.at += 1
                self.value()
            self.at += 1
        elif token.text == b"[":
            while self.tokens[self.at].text != b"]":
                self.value()
            self.at += 1
        elif token.kind == "word" and token.text.isdigit():
            rest = [other.text for other in self.tokens[self.at : self.at + 2]]
            if len(rest) == 2 and rest[0].isdigit() and rest[1] == b"R":
                self.at += 2
        elif token.kind == "word":
            if token.text not in (b"true", b"false", b"null") and not _NUMBER.fullmatch(token.text):
                raise _Strange
        elif token.kind not in ("value", "name"):
            raise _Strange
