"""Pictures and pages that other projects' tools tidied up contradict nothing, and lies still do."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from sphinx_project import GUIDE, make

import diagtool
from diagtool import exporting
from diagtool.checks.verify import verify
from diagtool.guide import markdown, renderer
from diagtool.model import Severity, Topology

pytestmark = pytest.mark.interop

HERE = Path(__file__).parent
ROOT = HERE.parents[1]


@pytest.fixture(scope="module")
def npm(tool: Callable[..., str]) -> Callable[..., None]:
    """Runs a program that npm brings."""
    tool("node")

    def run(name: str, *arguments: str | Path) -> None:
        program = HERE / "node_modules/.bin" / name
        if not program.is_file():
            pytest.skip(f"not installed: {name} (npm ci --prefix tests/interop)")
        subprocess.run([program, *arguments], check=True, capture_output=True)

    return run


def wrong(topology: Topology, *paths: Path) -> list[str]:
    found = verify(topology, paths).diagnostics
    return [str(each) for each in found if each.severity is Severity.ERROR]


@pytest.mark.parametrize("path", ["topology/designate.yaml", "examples/webshop/topology"])
def test_svgo_contradicts_nothing(npm: Callable[..., None], tmp_path: Path, path: str) -> None:
    topology = diagtool.load(ROOT / path)
    exporting.export(topology, ["svg"], tmp_path / "old")
    npm("svgo", "-f", tmp_path / "old", "-o", tmp_path / "new")
    pictures = sorted((tmp_path / "new").iterdir())
    assert len(pictures) == len(list((tmp_path / "old").iterdir()))
    assert wrong(topology, tmp_path / "new") == []
    for picture in pictures:
        text = picture.read_text("utf-8")
        label = next((c.label for c in topology.components.values() if f">{c.label}<" in text), "")
        picture.write_text(text.replace(f">{label}<", ">Redis<"), "utf-8")
        assert not label or any("Redis" in each for each in wrong(topology, picture))


def test_pages_that_prettier_laid_out_contradict_nothing(
    npm: Callable[..., None], tmp_path: Path
) -> None:
    project = make(tmp_path / "site", pages=GUIDE)
    site = tmp_path / "tidy"  # what is called _build, prettier leaves alone
    shutil.copytree(project.build("html").out, site)
    topology = diagtool.load(project.root / "designate.yaml")
    assert wrong(topology, site) == []
    page = site / "guide.html"
    before = page.read_text("utf-8")
    npm("prettier", "--write", *site.glob("*.html"))
    assert page.read_text("utf-8") != before
    assert wrong(topology, site) == []
    text = page.read_text("utf-8")
    label = next(c.label for c in topology.components.values() if c.label in text)
    page.write_text(text.replace(label, "Redis"), "utf-8")
    assert any("Redis" in each for each in wrong(topology, site))


def test_markdown_that_prettier_laid_out_contradicts_nothing(
    npm: Callable[..., None], tmp_path: Path
) -> None:
    topology = diagtool.load(ROOT / "tests/data/topologies/good/deployment.yaml")
    pages = renderer.render(topology, dialect=markdown.MarkdownDialect())
    for name, text in pages.items():
        (tmp_path / name).write_text(text, "utf-8")
    shutil.copytree(tmp_path, tmp_path / "new")
    npm("prettier", "--write", *(tmp_path / "new").glob("*.md"))
    assert (tmp_path / "new/guide.md").read_text("utf-8") != pages["guide.md"]
    assert wrong(topology, tmp_path / "new") == []
