"""Config of load balancers: statement by statement, each in its block."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import islice

from diagtool.checks.readers import File
from diagtool.checks.readers._config import Part, commented, continued, plain, statements, words
from diagtool.checks.verify.normal_forms._lines import Blocks, form_of_lines
from diagtool.checks.verify.normal_forms._pieces import Form, Piece

SUFFIXES = (".haproxy.cfg", ".apache.conf", ".nginx.conf", ".nginx-stream.conf")

_SECTIONS = Blocks(
    re.compile(
        r"(?:global|defaults|frontend|backend|listen|resolvers|peers|userlist|cache|program)\b"
    )
)
_TAGS = Blocks(re.compile(r"<[^/]"), re.compile(r"</"))
_BRACES = Blocks(re.compile(r"[^#].*\{$"), re.compile(r"\}"))

_ADDRESSES = {"*": "", "0.0.0.0": "", "_default_": "", "[::]": "::"}
_ADDRESS = re.compile(r"(\*|0\.0\.0\.0|\[::\]|_default_)?(?=:\d+$)")
"""What else stands for all addresses of a machine, in front of a port."""

_SIZE = re.compile(r"(\d+)([km])", re.IGNORECASE)
_BYTES = {"k": 1024, "m": 1024**2}
_SIZED = ("client_max_body_size", "zone")

_WAY = re.compile(r"(?:proxypass |use_backend .*?|location ~ \^)(/[\w./-]*)")
"""What leads somewhere unless a line above it does."""

_SETS = re.compile(r"(?:http-request set-header|requestheader set) (\S+)")
_REMOVES = re.compile(
    r"(?:http-request del-header|requestheader unset) (\S+)(?P<pattern> -m (?!str\b))?"
)
_RESERVE = re.compile(r"server (\S+) .*\bbackup\b(?!.*;)")

_ALONE = ("backup", "check", "disabled", "ssl", "v4v6", "v6only")
"""What stands in HAProxy's lists without a value behind it."""


def form(file: File) -> Form:
    """The normal form of a file for any of the programs."""
    if file.path.lower().endswith(".cfg"):
        made = _form(file, _SECTIONS, _haproxy, commented)
        if not file.content.endswith(b"\n"):
            made.describe("no newline at the end of the file, which HAProxy requires", file.place())
        return made
    if file.path.lower().endswith(".apache.conf"):
        return _form(file, _TAGS, _apache, continued)
    return _form(file, _BRACES, _nginx, lambda file: statements(file, ";"))


def _form(
    file: File,
    blocks: Blocks,
    plain: Callable[[str], str],
    parts: Callable[[File], Iterator[Part]],
) -> Form:
    made = form_of_lines(file, lambda line: "line", blocks, "#", plain=plain, parts=parts)
    for piece, path, other in list(_unreached(made.said)):
        made.say("order", f"{path} to where {other} leads", piece.place, under=piece.under)
    for piece, header in list(_removed(made.said)):
        made.say("order", f"{header} to nothing", piece.place, under=piece.under)
    for piece, server in list(_in_reserve(made.said)):
        told = f"to {server} first, of the servers in reserve"
        made.say("order", told, piece.place, under=piece.under)
    return made


def _unreached(lines: Iterable[Piece]) -> Iterator[tuple[Piece, str, str]]:
    """Lines with paths that a line above them leads elsewhere, with the path of that."""
    above: dict[tuple[str, ...], list[str]] = {}
    for piece in lines:
        if match := _WAY.match(piece.text):
            before = above.setdefault(piece.under, [])
            path = match[1].rstrip("/")
            shorter = (o for o in before if path != o and f"{path}/".startswith(f"{o}/"))
            if (other := next(shorter, None)) is not None:
                yield piece, path, f"{other}/"
            before.append(path)


def _removed(lines: Iterable[Piece]) -> Iterator[tuple[Piece, str]]:
    """Lines that remove a header which a line above them sets, with its name."""
    above: dict[tuple[str, ...], list[str]] = {}
    for piece in lines:
        named = above.setdefault(piece.under, [])
        if match := _SETS.match(piece.text):
            named.append(match[1])
        elif match := _REMOVES.match(piece.text):
            gone = (name for name in named if match["pattern"] or name.lower() == match[1].lower())
            yield from ((piece, name) for name in gone)


def _in_reserve(lines: Iterable[Piece]) -> Iterator[tuple[Piece, str]]:
    """The first of several lines of a block of HAProxy whose servers wait for others to fail."""
    found: dict[tuple[str, ...], list[tuple[Piece, str]]] = {}
    for piece in lines:
        if match := _RESERVE.match(piece.text):
            found.setdefault(piece.under, []).append((piece, match[1]))
    return (servers[0] for servers in found.values() if len(servers) > 1)


def _haproxy(statement: str) -> str:
    found = words(statement)
    if found[0] == "bind":
        found = [_everywhere(word) for word in found]
    fixed = {"bind": 2, "default-server": 1, "server": 3}.get(found[0], len(found))
    pairs: list[str] = []
    rest = iter(found[fixed:])
    for name in rest:
        pairs.append(name if name in _ALONE else " ".join([name, *islice(rest, 1)]))
    if found[0] == "server":
        pairs = [pair for pair in pairs if pair != "weight 1"]  # what it is anyway
    return plain([*found[:fixed], *sorted(pairs)], "ms")


def _apache(statement: str) -> str:
    if match := re.fullmatch(r"(</?)(\w+)\s*(.*?)\s*>", statement):
        rest = [_everywhere(word) for word in words(match[3])]
        return f"{match[1]}{' '.join([match[2].lower(), *rest])}>"
    name, *rest = words(statement)
    if all("=" in word for word in rest[1:]):
        rest = [*rest[:1], *sorted(rest[1:])]
    return plain([name.lower(), *rest], "s")


def _nginx(statement: str) -> str:
    end = statement[-1] if statement[-1] in ";{}" else ""
    found = words(statement.removesuffix(end))
    if not found:
        return statement
    if found[0] in ("listen", "server") and found[1:]:
        address = _everywhere(found[1]) if found[0] == "listen" else found[1]
        rest = sorted(word for word in found[2:] if word != "weight=1")  # it is 1 anyway
        found = [found[0], address.removeprefix(":"), *rest]
    if found[0] == "ssl_protocols":
        found.sort()
    if found[0] in _SIZED:
        return f"{' '.join([*found[:-1], _SIZE.sub(_in_bytes, found[-1])])}{end}"
    told = plain(found, "s")
    return f"{told} {{" if end == "{" else f"{told}{end}"


def _in_bytes(size: re.Match[str]) -> str:
    return str(int(size[1][:18]) * _BYTES[size[2].lower()])


def _everywhere(address: str) -> str:
    return _ADDRESS.sub(lambda match: _ADDRESSES.get(match[0], match[0]), address, count=1)
