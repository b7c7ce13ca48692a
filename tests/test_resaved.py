"""What other programs make of our files contradicts nothing, and a lie in it is still found."""

from __future__ import annotations

import base64
import io
import re
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest
from pypdf import PdfWriter
from pypdf.generic import DictionaryObject, NameObject, NumberObject

import diagtool
from diagtool import exporting
from diagtool.checks.verify import verify
from diagtool.model import diagram

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
TOPOLOGIES = ("topology/designate.yaml", "examples/webshop/topology", "docs/chat.yaml")
PROGRAMS = {
    # The format that is saved again, and the command that does it.
    "dot -Tcanon": ("dot", ("dot", "-Tcanon", "-o{new}.dot", "{old}.dot")),
    "dot -Tdot": ("dot", ("dot", "-Tdot", "-o{new}.dot", "{old}.dot")),
    "dot -Tsvg": ("dot", ("dot", "-Tsvg", "-o{new}.svg", "{old}.dot")),
    "scour": (
        "svg",
        (sys.executable, "-m", "scour.scour", "-q", "-i", "{old}.svg", "-o", "{new}.svg"),
    ),
}


@pytest.mark.parametrize("path", TOPOLOGIES)
@pytest.mark.parametrize("program", PROGRAMS)
def test_a_file_saved_again(
    tool: Callable[..., str], tmp_path: Path, program: str, path: str
) -> None:
    format, (name, *arguments) = PROGRAMS[program]
    command = tool(name)
    topology = diagtool.load(ROOT / path)
    new = tmp_path / "new"
    new.mkdir()
    exporting.export(topology, [format], tmp_path / "old")
    for old in (tmp_path / "old").iterdir():
        places = {"old": str(old.with_suffix("")), "new": str(new / old.stem)}
        subprocess.run([command, *(a.format(**places) for a in arguments)], check=True)
    found = verify(topology, [new])
    assert found.files == len(list((tmp_path / "old").iterdir()))
    assert {finding.code for finding in found.diagnostics} <= {"not-proved"}
    assert all(is_caught(topology, file) for file in sorted(new.iterdir()))


def is_caught(topology: diagtool.Topology, file: Path) -> bool:
    """Whether a component under another name is found, where a picture shows any."""
    text = file.read_text("utf-8")
    labels = {node.label for node in topology.components.values()}
    shown = next((each for each in sorted(labels, key=len, reverse=True) if each in text), None)
    if shown is None:
        return True
    file.write_text(text.replace(shown, "Redis"), "utf-8")
    found = verify(topology, [file])
    return any(d.code.startswith("fact-") and "Redis" in d.message for d in found.diagnostics)


# --- programs that write other formats, or archives -----------------------------------


def is_not_contradicted(topology: diagtool.Topology, folder: Path) -> bool:
    result = verify(topology, [folder])
    assert result.files
    assert [str(d) for d in result.diagnostics if d.code.startswith(("fact-", "altered"))] == []
    return result.proved == result.files


@pytest.fixture(params=TOPOLOGIES)
def topology(request: pytest.FixtureRequest) -> diagtool.Topology:
    return diagtool.load(ROOT / request.param)


@pytest.mark.parametrize("topology", TOPOLOGIES[-1:], indirect=True)
@pytest.mark.parametrize("suffix", ["pptx", "pdf"])
def test_a_deck_that_libreoffice_saved(
    tool: Callable[..., str], tmp_path: Path, topology: diagtool.Topology, suffix: str
) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    exporting.export(topology, ["pptx"], old)
    everything = exporting.together(topology, "pptx", list(diagram.views(topology)))
    (old / "all.pptx").write_bytes(everything.content)
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = [tool("soffice", "libreoffice"), "--headless", profile, "--convert-to", suffix]
    subprocess.run([*command, "--outdir", new, *old.iterdir()], check=True, capture_output=True)
    assert len(list(new.iterdir())) == len(list(old.iterdir()))
    assert not is_not_contradicted(topology, new)


def test_pdf_files_put_together(tmp_path: Path, topology: diagtool.Topology) -> None:
    writer = PdfWriter()
    for path in exporting.export(topology, ["pdf"], tmp_path / "old"):
        writer.append(path)
    (tmp_path / "new").mkdir()
    writer.write(tmp_path / "new" / "all.pdf")
    (finding,) = verify(topology, [tmp_path / "new"]).diagnostics
    assert finding.code == "not-proved"
    assert finding.message.endswith("is missing")
    titles = ", ".join(view.title for view in diagram.views(topology))
    writer.add_metadata({"/Title": titles})
    writer.write(tmp_path / "new" / "all.pdf")
    assert is_not_contradicted(topology, tmp_path / "new")


def test_a_pdf_file_that_another_program_saved(tmp_path: Path, topology: diagtool.Topology) -> None:
    bundle = exporting.together(topology, "pdf", list(diagram.views(topology)))
    (tmp_path / "old.pdf").write_bytes(bundle.content)
    writer = PdfWriter(clone_from=tmp_path / "old.pdf")
    (tmp_path / "new").mkdir()
    writer.write(tmp_path / "new" / "all.pdf")
    assert b"\\057" in (tmp_path / "new" / "all.pdf").read_bytes()
    assert verify(topology, [tmp_path / "new"]).diagnostics == ()


def test_a_drawing_that_draw_io_packed(tmp_path: Path, topology: diagtool.Topology) -> None:
    def packed(match: re.Match[str]) -> str:
        deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
        data = deflate.compress(quote(match[2].strip(), safe="~()*!.'").encode())
        return match[1] + base64.b64encode(data + deflate.flush()).decode() + match[3]

    content = exporting.together(topology, "drawio", list(diagram.views(topology))).content
    text = re.sub("(?s)(<diagram [^>]*>)(.*?)(</diagram>)", packed, content.decode())
    assert "mxGraphModel" not in text
    (tmp_path / "all.drawio").write_text(text)
    assert is_not_contradicted(topology, tmp_path)


def test_what_blockdiag_draws(tmp_path: Path, topology: diagtool.Topology) -> None:
    sources = exporting.export(topology, ["blockdiag"], tmp_path)
    program = "import diagtool.blockdiag_compat, sys; from blockdiag.command import main\n"
    program += "for file in sys.argv[1:]: main(['-Tsvg', file])"
    subprocess.run([sys.executable, "-c", program, *map(str, sources)], check=True)
    for source in sources:
        source.unlink()
    assert not is_not_contradicted(topology, tmp_path)


def test_polygons_that_became_paths(tmp_path: Path, topology: diagtool.Topology) -> None:
    """svgo does that, and takes away what is not seen."""
    for path in exporting.export(topology, ["svg"], tmp_path):
        text = path.read_text("utf-8")
        text = re.sub(r'<polygon ([^>]*)points="([^"]*)"', r'<path \1d="M\2z"', text)
        path.write_text(re.sub("(?s)<metadata.*?</metadata>", "", text), "utf-8")
    assert not is_not_contradicted(topology, tmp_path)


def pdf_of(topology: diagtool.Topology, *names: str) -> io.BytesIO:
    """A PDF file of ours with some views."""
    views = [diagram.view(topology, name) for name in names]
    return io.BytesIO(exporting.together(topology, "pdf", views).content)


def codes(topology: diagtool.Topology, folder: Path) -> set[str]:
    return {finding.code for finding in verify(topology, [folder]).diagnostics}


def assert_label_is_read(
    topology: diagtool.Topology, view: str, writer: PdfWriter, number: int, path: Path
) -> None:
    """Sees that another label of the first box is found on a page, by its number."""
    page = writer.pages[number - 1]
    data = page.get_contents()
    assert data is not None
    label = diagram.view(topology, view).nodes[0].label.encode()
    assert label in data.get_data()
    data.set_data(data.get_data().replace(label, b"Redis"))
    page.replace_contents(data)
    writer.write(path)
    found = verify(topology, [path]).diagnostics
    assert any("'Redis'" in finding.message and finding.place.line == number for finding in found)


@pytest.mark.parametrize("topology", TOPOLOGIES[-1:], indirect=True)
def test_a_pdf_with_pages_of_another_contradicts_nothing(
    tmp_path: Path, topology: diagtool.Topology
) -> None:
    """It keeps the title and the keywords of the first one, as qpdf writes it."""
    one, *others = (view.name for view in diagram.views(topology))
    path = tmp_path / f"{one}.pdf"
    writer = PdfWriter(clone_from=pdf_of(topology, one))
    for other in others:
        writer.append(pdf_of(topology, other))
    writer.write(path)
    assert codes(topology, tmp_path) == {"not-proved"}
    assert_label_is_read(topology, others[0], writer, 2, path)


@pytest.mark.parametrize("topology", TOPOLOGIES[-1:], indirect=True)
def test_a_pdf_whose_origin_stands_in_further_metadata_contradicts_nothing(
    tmp_path: Path, topology: diagtool.Topology
) -> None:
    """Ghostscript writes it there, and puts the pages of two files together."""
    one, other = (view.name for view in list(diagram.views(topology))[:2])
    writer = PdfWriter(clone_from=pdf_of(topology, one))
    writer.append(pdf_of(topology, other))
    for page in writer.pages:  # the same drawn in another way
        data = page.get_contents()
        assert data is not None
        data.set_data(b"q\n" + data.get_data().replace(b" w\n", b"00 w\n") + b"\nQ")
        page.replace_contents(data)
    told = writer.metadata["/Keywords"] if writer.metadata else ""
    path = tmp_path / f"{other}.pdf"
    writer.write(path)
    path.write_bytes(path.read_bytes() + 2 * f"% {told}\n".encode())
    assert not is_not_contradicted(topology, tmp_path)


@pytest.mark.parametrize("topology", TOPOLOGIES[-1:], indirect=True)
@pytest.mark.parametrize("keeps", ["what it said of itself", "nothing"])
def test_a_page_taken_out_of_a_pdf_contradicts_nothing(
    tmp_path: Path, topology: diagtool.Topology, keeps: str
) -> None:
    names = [view.name for view in diagram.views(topology)]
    bundle = pdf_of(topology, *names)
    for number, name in enumerate(names):
        writer = PdfWriter(clone_from=bundle if keeps != "nothing" else None)
        if keeps == "nothing":
            writer.append(bundle, pages=(number, number + 1))
        else:
            for other in reversed(range(len(names))):
                if other != number:
                    writer.remove_page(other)
        writer.write(tmp_path / f"{name}.pdf")
    assert codes(topology, tmp_path) == {"not-proved"}
    (tmp_path / f"{names[0]}.pdf").rename(tmp_path / f"{names[1]}.pdf")
    found = verify(topology, [tmp_path / f"{names[1]}.pdf"]).diagnostics
    assert any(finding.code == "fact-missing" for finding in found)


@pytest.mark.parametrize("topology", TOPOLOGIES[-1:], indirect=True)
def test_a_pdf_with_its_pages_in_another_order_contradicts_nothing(
    tmp_path: Path, topology: diagtool.Topology
) -> None:
    """It keeps the title, the keywords and the bookmarks, as qpdf writes it."""
    names = [view.name for view in diagram.views(topology)]
    writer = PdfWriter(clone_from=pdf_of(topology, *names))
    writer.root_object["/Pages"]["/Kids"].reverse()
    path = tmp_path / "all.pdf"
    writer.write(path)
    assert codes(topology, tmp_path) == {"not-proved"}
    writer = PdfWriter(clone_from=path)
    assert_label_is_read(topology, names[-1], writer, 1, path)


@pytest.mark.parametrize("topology", TOPOLOGIES[-1:], indirect=True)
def test_a_pdf_that_was_encrypted_and_decrypted_is_proved(
    tmp_path: Path, topology: diagtool.Topology
) -> None:
    """What qpdf leaves behind is a level of the format that such a file needs."""
    name = diagram.views(topology)[0].name
    writer = PdfWriter(clone_from=pdf_of(topology, name))
    level = DictionaryObject({NameObject("/ExtensionLevel"): NumberObject(8)})
    writer.root_object[NameObject("/Extensions")] = DictionaryObject({NameObject("/ADBE"): level})
    writer.write(tmp_path / f"{name}.pdf")
    assert codes(topology, tmp_path) == set()


@pytest.mark.parametrize("topology", TOPOLOGIES[-1:], indirect=True)
def test_a_page_that_is_turned_and_an_empty_password_contradict_nothing(
    tmp_path: Path, topology: diagtool.Topology
) -> None:
    name = diagram.views(topology)[0].name
    writer = PdfWriter(clone_from=pdf_of(topology, name))
    writer.pages[0].rotate(90)
    writer.encrypt("", "secret", algorithm="RC4-128")
    writer.write(tmp_path / f"{name}.pdf")
    assert codes(topology, tmp_path) == {"not-proved"}
