"""PowerPoint: a deck with a slide for each drawing, of shapes and connectors that can be edited."""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
import zlib
from collections.abc import Mapping, Sequence

from diagtool.pictures.digest import origin
from diagtool.pictures.drawing import Drawing
from diagtool.pictures.formats import FormatKind, Look, note
from diagtool.pictures.formats._pptx_slide import SlideBuilder
from diagtool.pictures.formats._pptx_template import drop_thumbnail, layout_of, new_deck
from diagtool.pictures.formats._pptx_xml import escaped

SUFFIX = ".pptx"
KIND = FormatKind.PAGED

_CORE = "docProps/core.xml"
_MARK = re.compile(r"<dc:identifier>(sha256:[0-9a-f]{64})</dc:identifier>")


def write(drawings: Sequence[Drawing], look: Look) -> bytes:
    """A slide for each drawing, on the layouts of the look's template where it has one.

    The file says in its keywords which views it shows. Raises FormatError where python-pptx
    is not installed or cannot read the template.
    """
    deck = new_deck(look)
    layout = layout_of(deck)
    before: Drawing | None = None
    for drawing in drawings:
        slide = SlideBuilder(deck, deck.slides.add_slide(layout), drawing, look)
        slide.fill()
        if before and _goes_on(before, drawing):
            slide.morph()
        before = drawing
    drop_thumbnail(deck)
    file = io.BytesIO()
    deck.save(file)
    parts = _parts(file.getvalue())
    parts[_CORE] = _properties(drawings, look, _digest(parts))
    return _zipped(parts)


def _goes_on(before: Drawing, drawing: Drawing) -> bool:
    """Whether a drawing shows more or less of what is in another one, all in its place."""
    if (before.width, before.height) != (drawing.width, drawing.height):
        return False
    was, now = ({node.id: node.box for node in each.nodes}.items() for each in (before, drawing))
    return was <= now or was >= now


def edited(content: bytes) -> bool:
    """Whether a file is no longer as :func:`write` gave it, or never was ours."""
    try:
        parts = _parts(content)
        mark = _MARK.search(parts[_CORE].decode())
    except (zipfile.BadZipFile, zlib.error, LookupError, ValueError, OSError, RuntimeError):
        return True
    return mark is None or mark[1] != _digest(parts)


def _parts(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _digest(parts: Mapping[str, bytes]) -> str:
    """The digest of everything but the properties, which hold it."""
    digest = hashlib.sha256()
    for name in sorted(parts.keys() - {_CORE}):
        digest.update(f"{name}\n{len(parts[name])}\n".encode())
        digest.update(parts[name])
    return f"sha256:{digest.hexdigest()}"


def _zipped(parts: Mapping[str, bytes]) -> bytes:
    """The parts as a file that is the same every time: it bears no date."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in parts.items():
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 0
            archive.writestr(entry, content)
    return file.getvalue()


def _properties(drawings: Sequence[Drawing], look: Look, digest: str) -> bytes:
    """What the file says of itself. Our digest of its content tells whether it was edited."""
    title = escaped(", ".join(drawing.title for drawing in drawings))
    origins = escaped("; ".join(str(origin(drawing)) for drawing in drawings))
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<cp:coreProperties'
        ' xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<dc:title>{title}</dc:title><dc:creator>diagtool</dc:creator>"
        f"<cp:keywords>{origins}{note(look)}</cp:keywords><dc:identifier>{digest}</dc:identifier>"
        "</cp:coreProperties>"
    ).encode()
