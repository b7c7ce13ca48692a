"""What is read from an artefact is what the topology states, stripped of all annotation or not."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import artefacts
import pytest
from lxml import etree

from diagtool import views
from diagtool.checks import readers
from diagtool.checks.readers import File
from diagtool.checks.verify import verify
from diagtool.model.facts import Fact, of_diagram

ANNOTATIONS = ("id", "class", "role", "tabindex")


def stated(file: File) -> set[Fact]:
    return {fact for claim in readers.read(file).claims for fact in claim.facts}


@pytest.mark.parametrize("name", artefacts.TOPOLOGIES)
@pytest.mark.parametrize("format", artefacts.PICTURES)
def test_a_picture_states_its_view(name: str, format: str) -> None:
    files = artefacts.pictures(name, format)
    for view in views(artefacts.topology(name)):
        file = next(f for f in files if Path(f).stem == view.name)
        wanted = {Fact(fact.kind, "", fact.terms) for fact in of_diagram(view)}
        assert stated(File(file, files[file])) == wanted


@pytest.mark.slow
@pytest.mark.parametrize("name", artefacts.TOPOLOGIES)
def test_everything_that_is_written_verifies(name: str, tmp_path: Path) -> None:
    topology = artefacts.topology(name)
    for format in (*artefacts.PICTURES, *artefacts.SEALED):
        for file, content in artefacts.pictures(name, format).items():
            (tmp_path / file).write_bytes(content)
    for file, content in artefacts.rendered(name).items():
        (tmp_path / file).write_bytes(content)
    result = verify(topology, [tmp_path])
    assert not result.diagnostics
    assert result.files == len(list(tmp_path.iterdir()))


@pytest.mark.slow
@pytest.mark.parametrize("builder", ["html", "dirhtml", "singlehtml"])
def test_the_built_guide_verifies(builder: str, tmp_path: Path) -> None:
    out = artefacts.build(tmp_path, "designate", builder=builder)
    result = verify(artefacts.topology("designate"), [out])
    assert not result.diagnostics
    page = (out / "index.html").read_text("utf-8")
    edited = page.replace('<span class="s">True</span>', '<span class="s">False</span>')
    assert edited != page
    (out / "index.html").write_text(edited)
    (finding,) = verify(artefacts.topology("designate"), [out / "index.html"]).diagnostics
    assert finding.code == "fact-differs"
    assert "enable_host_header = False" in finding.message


def stripped(content: bytes) -> bytes:
    """XML without ids, classes, data, titles, descriptions, metadata and comments."""
    root = etree.fromstring(content)
    etree.strip_elements(root, "{*}title", "{*}desc", "{*}metadata", "{*}style", etree.Comment)
    for element in root.iter():
        for name in list(element.attrib):
            if name in ANNOTATIONS or name.startswith(("data-", "aria-")):
                del element.attrib[name]
    etree.strip_tags(root, "{http://www.w3.org/2000/svg}g")
    return etree.tostring(root)


@pytest.mark.parametrize("name", artefacts.TOPOLOGIES)
def test_svg_is_read_by_what_is_drawn(name: str) -> None:
    for file, content in artefacts.pictures(name, "svg").items():
        bare = re.sub(rb' stroke-width="[^"]*"', b"", stripped(content))
        assert stated(File(file, bare)) == stated(File(file, content))


def test_decks_are_read_by_what_is_shown() -> None:
    for file, content in artefacts.pictures("designate", "pptx").items():
        bare = io.BytesIO()
        with (
            zipfile.ZipFile(io.BytesIO(content)) as old,
            zipfile.ZipFile(bare, "w") as new,
        ):
            for name in old.namelist():
                part = re.sub(rb' (name|descr)="[^"]*"', b"", old.read(name))
                if name != "docProps/core.xml":
                    new.writestr(name, part if b"<p:sld " in part else old.read(name))
        assert stated(File(file, bare.getvalue())) == stated(File(file, content))


def test_draw_io_is_read_by_what_is_shown() -> None:
    for file, content in artefacts.pictures("designate", "drawio").items():
        bare = re.sub(rb' (digest|description|topology|view)="[^"]*"', b"", content)
        assert bare != content
        assert stated(File(file, bare)) == stated(File(file, content))


@pytest.mark.slow
def test_pages_are_read_by_what_is_shown(tmp_path: Path) -> None:
    page = (artefacts.build(tmp_path, "designate") / "index.html").read_bytes()
    bare = re.sub(rb' (id|class|role|title|alt|data-[\w-]+|aria-[\w-]+)="[^"]*"', b"", page)
    bare = re.sub(rb"<(title|desc|metadata)\b.*?</\1>|<!--.*?-->", b"", bare, flags=re.DOTALL)
    (tmp_path / "bare.html").write_bytes(bare)
    found = verify(artefacts.topology("designate"), [tmp_path / "bare.html"]).diagnostics
    assert [finding.code for finding in found] == ["not-proved"]  # it left its site

    def sections(content: bytes) -> list[tuple[str, set[Fact]]]:
        found = readers.read(File("p.html", content)).sections
        return [
            (s.headings[0], {f for c in s.claims for f in c.facts}) for s in found if s.headings
        ]

    assert sections(bare) == sections(page)
