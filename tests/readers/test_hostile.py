"""Files from strangers: a clear word, in bounded time, and nothing opened that is not theirs."""

from __future__ import annotations

import ast
import base64
import io
import struct
import time
import zipfile
import zlib
from pathlib import Path

import artefacts
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from diagtool.checks import readers
from diagtool.checks.readers import File, ReadError

MIB = 2**20
SVG = b'<svg xmlns="http://www.w3.org/2000/svg">'


def archive(**members: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("ppt/_rels/presentation.xml.rels", members.get("rels", b"<a/>"))
        made.writestr("ppt/presentation.xml", members["deck"])
    return file.getvalue()


def png(pixels: bytes) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I4s", len(body), kind) + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    origin = b"Source\0diagtool a/b sha256:" + b"0" * 64
    texts = chunk(b"tEXt", origin) + chunk(b"tEXt", b"Pixels\0sha256:0")
    content = chunk(b"IHDR", bytes(13)) + texts + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + content


def entities(levels: int) -> bytes:
    defined = b"".join(
        b'<!ENTITY a%d "%s">' % (n, b"&a%d;" % (n - 1) * 10 if n else b"lol") for n in range(levels)
    )
    return b"<!DOCTYPE svg [" + defined + b"]><svg>&a9;</svg>"


BOMB = zlib.compress(bytes(40 * MIB), 9)
FILES = {
    "laughs.svg": entities(10),
    "outside.svg": b'<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]><svg><text>&x;</text></svg>',
    "outside.drawio": b'<!DOCTYPE a [<!ENTITY % x SYSTEM "http://127.0.0.1/x"> %x;]><a/>',
    "deep.svg": SVG + b"<g>" * 100_000,
    "many.svg": SVG + b'<path d="M0 0L9 9" stroke="x" fill="none"/>' * 250_000 + b"</svg>",
    "long.svg": SVG + b'<path d="M' + b"1 1 " * MIB + b'"/></svg>',
    "truncated.svg": SVG + b"<text>a",
    "nothing.svg": b" " * readers.LARGEST,
    "zeroes.svg": bytes(readers.LARGEST),
    "deep.html": b"<div>" * 300_000,
    "bomb.pptx": archive(deck=bytes(100 * MIB)),
    "entity.pptx": archive(deck=entities(3)),
    "truncated.pptx": archive(deck=b"<a/>")[:-30],
    "nothing.pptx": b"",
    "bomb.drawio": b"<mxfile><diagram>%s</diagram></mxfile>" % base64.b64encode(BOMB[2:-4]),
    "loop.drawio": b'<mxGraphModel><mxCell id="1" vertex="1" parent="1"/></mxGraphModel>',
    "broken.png": png(b"no pixels"),
    "truncated.png": png(zlib.compress(b"x"))[:-4],
    "nothing.pdf": b"",
    "deep.diag": b"{" + b"group{" * 50_000,
    "many.diag": b"{" + b"a;" * MIB + b"}",
    "edges.dot": b"digraph{{%s}->{%s}}" % ((b" ".join(b"a%d" % n for n in range(2000)),) * 2),
    "deep.mmd": b"flowchart LR\n" + b"subgraph a\n" * 50_000,
    "long.mmd": b"flowchart LR\n" + b"a -- " * MIB,
    "edges.mmd": b"flowchart LR\n%s --> %s" % ((b" & ".join(b"a%d" % n for n in range(900)),) * 2),
    "many.mmd": b"flowchart LR\n" + b"a;" * 60_000,
    "deep.puml": b"package a {\n" * 50_000,
    "long.puml": b"[a] " + b"-" * MIB,
    "many.puml": b"[a]\n" * MIB,
    "deep.rst": b"- " * (MIB // 2),
    "latin.rst": b"\xe9",
    "long.conf": b"a = b\n" + b" c\n" * MIB,
}


@pytest.mark.slow
@pytest.mark.parametrize("name", FILES)
def test_refused_with_a_reason(name: str) -> None:
    start = time.process_time()
    with pytest.raises(ReadError):
        readers.read(File(name, FILES[name]))
    assert time.process_time() - start < 20


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.html", b"<" * (4 * MIB)),
        ("a.html", b"<!--" * MIB),
        ("a.html", b'<a b="' * MIB),
        ("a.pdf", b"%PDF-1.4\n" + b"1 0 obj\n" * MIB),
        ("a.conf", b"[" * (8 * MIB)),
        ("a.mmd", b"flowchart LR\n" + b"a --> b\n" * 40_000),
        ("a.puml", b"[a]\n" + (b"-" * 9_990 + b"\n") * 40),
    ],
)
def test_read_in_bounded_time(name: str, content: bytes) -> None:
    start = time.process_time()
    readers.read(File(name, content))
    assert time.process_time() - start < 20


def test_a_page_opens_no_file_outside_of_its_folder(tmp_path: Path) -> None:
    (tmp_path / "pages").mkdir()
    content = artefacts.pictures("designate", "svg")["designate-api.svg"]
    (tmp_path / "designate-api.svg").write_bytes(content)
    page = b'<h1>a</h1><img src="../designate-api.svg">'
    reading = readers.read(File("a.html", page, tmp_path / "pages", tmp_path / "pages"))
    assert not any(section.claims for section in reading.sections)
    reading = readers.read(File("a.html", page, tmp_path / "pages", tmp_path))
    assert any(section.claims for section in reading.sections)


def test_a_page_includes_nothing(tmp_path: Path) -> None:
    (tmp_path / "secret.rst").write_text("Secret\n======\n")
    page = f".. include:: {tmp_path}/secret.rst\n\n.. raw:: html\n\n   <h1>Raw</h1>\n"
    reading = readers.read(File("a.rst", page.encode(), tmp_path, tmp_path))
    assert not any(section.headings for section in reading.sections)


def test_readers_know_nothing_of_writers() -> None:
    allowed = (
        "diagtool.model.facts",
        "diagtool.model",
        "diagtool.pictures.digest",
        "diagtool.checks.docutils_parsing",
        "diagtool.checks.split_lines",
        "diagtool.checks.readers",
        "diagtool.files",
    )
    modules = list(Path(readers.__path__[0]).glob("*.py"))
    assert len(modules) > 10
    for module in modules:
        for node in ast.walk(ast.parse(module.read_text("utf-8"))):
            names = [node.module] if isinstance(node, ast.ImportFrom) else []
            if isinstance(node, ast.ImportFrom) and node.module == "diagtool":
                names = [f"diagtool.{alias.name}" for alias in node.names]
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            for name in names:
                if name and name.startswith("diagtool"):
                    assert name.startswith(allowed), f"{module.name} imports {name}"


# Others of these are only made again and compared.
PAGES = [name for name in artefacts.rendered("designate") if readers.format_of(name)]


def whole(name: str) -> tuple[str, bytes]:
    """A page, or the first picture of a format, with its name."""
    if name in PAGES:
        return name, artefacts.rendered("designate")[name]
    return next(iter(artefacts.pictures("designate", name).items()))


PIECES = [b"<", b">", b'"', b"&", b"{", b"}", b"[", b"\\", b"'''", b"/*", b"1e999", b"\0", b"->"]


@pytest.mark.slow
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(
    edits=st.lists(
        st.tuples(
            st.floats(0, 1), st.integers(0, 60), st.sampled_from([b"", *PIECES]) | st.binary()
        ),
        min_size=1,
        max_size=6,
    )
)
@example(edits=[(0.5, 1_000_000, b"")])
@pytest.mark.parametrize("what", [*artefacts.PICTURES, *artefacts.SEALED, *PAGES])
def test_damaged_files_never_crash_a_reader(
    what: str, edits: list[tuple[float, int, bytes]]
) -> None:
    name, content = whole(what)
    for where, length, piece in edits:
        at = int(where * len(content))
        content = content[:at] + piece + content[at + length :]
    try:
        readers.read(File(name, content))
    except ReadError as error:
        assert str(error)
