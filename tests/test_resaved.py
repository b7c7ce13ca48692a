"""What other programs make of our files contradicts nothing, and a lie in it is still found."""

from __future__ import annotations

import base64
import re
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest

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
    from pypdf import PdfWriter

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
    from pypdf import PdfWriter

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
