"""The registry: what formats there are, and how one is found."""

from __future__ import annotations

import re
import subprocess
import sys
import textwrap
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from sample_diagrams import everything
from text_formats import TEXTS

import diagtool
from diagtool import exporting
from diagtool.checks import readers
from diagtool.checks.verify import normal_forms, verify
from diagtool.files import modules
from diagtool.model import Severity
from diagtool.pictures import formats
from diagtool.pictures.formats import FormatError, FormatKind

ROOT = Path(__file__).parents[1]


def test_every_format_has_what_a_format_has() -> None:
    assert {"svg", "png", "pdf"} <= set(formats.names())
    suffixes = [formats.get(name).SUFFIX for name in formats.names()]
    assert len(set(suffixes)) == len(suffixes)
    for name in formats.names():
        format = formats.get(name)
        assert format.SUFFIX.startswith(".")
        assert isinstance(format.KIND, FormatKind)
        assert callable(format.write)
        assert format.__doc__, "the reference quotes its first line"
        assert formats.by_suffix(Path(f"x{format.SUFFIX}").suffix) is format


@pytest.mark.parametrize("name", formats.names())
def test_verify_can_compare_every_format(name: str) -> None:
    suffix = formats.get(name).SUFFIX
    assert normal_forms.suffixes().get(suffix) == name, (
        f"add diagtool/checks/verify/normal_forms/{name}.py with {suffix} in its SUFFIXES; a "
        "suffix that another module there has is taken by other files"
    )


SHOP = """\
format: 1
name: Shop
zones: {north: {label: North}}
components:
  store_id: {label: Store, zone: north}
  safe: {label: Safe, zone: north}
  mail: {label: Mail}
services:
  web:
    server: Web
    connections: [{to: store_id, label: reads}, {from: safe}, {with: mail, needed: false}]
"""
CHANGES = {
    "what a box says": ("label: Store", "label: Archive"),
    "the shape of a box": ("label: Store", "label: Store, shape: database"),
    "whether a box is several": ("label: Store", "label: Store, stacked: false"),
    "what a group says": ("label: North", "label: South"),
    "what is in a group": ("label: Store, zone: north", "label: Store"),
    "where an arrow leads": ("to: store_id", "from: store_id"),
    "whether an arrow leads both ways": ("to: store_id", "with: store_id"),
    "what a line says": ("label: reads", "label: writes"),
    "whether a line says anything": (", label: reads", ""),
    "whether a line is optional": ("to: store_id", "to: store_id, needed: false"),
}
"""What becomes another picture of the shop, by what differs."""


def picture_of_web(text: str, format: str, folder: Path) -> tuple[diagtool.Topology, Path]:
    """The topology that a text is, and the picture of its service."""
    (folder / "shop.yaml").write_text(text, "utf-8")
    topology = diagtool.load(folder / "shop.yaml")
    views = [view for view in diagtool.views(topology) if view.name == "web"]
    (path,) = exporting.export(topology, [format], folder, views=views)
    return topology, path


@pytest.mark.parametrize("format", formats.names())
@pytest.mark.parametrize("what", CHANGES)
def test_a_picture_tells_what_the_topology_says_no_more(
    what: str, format: str, tmp_path: Path
) -> None:
    changed, path = picture_of_web(SHOP.replace(*CHANGES[what]), format, tmp_path)
    new = path.read_bytes()
    _, path = picture_of_web(SHOP, format, tmp_path)
    assert path.read_bytes() != new, f"{format} does not write {what}"
    found = {finding.severity for finding in verify(changed, [path]).diagnostics}
    # What is drawn anew elsewhere on the page may only differ.
    assert Severity.ERROR in found or (found and format not in TEXTS), (
        f"verify does not tell {what} in {format}: say it in the normal form"
    )


@pytest.mark.parametrize("format", TEXTS)
@pytest.mark.parametrize(
    ("what", "old", "new"),
    [("another id", "store_id", "other_id"), ("a line more", r"\n(?=.*Store)", r"\nanother!\n")],
)
def test_what_a_normal_form_does_not_understand_is_not_proved(
    what: str, old: str, new: str, format: str, tmp_path: Path
) -> None:
    topology, path = picture_of_web(SHOP, format, tmp_path)
    text = path.read_text("utf-8")
    edited = re.sub(old, new, text)
    assert edited != text
    path.write_text(edited, "utf-8")
    assert not verify(topology, [path]).proved, f"the normal form of {format} ignores {what}"


@pytest.mark.parametrize("package", [normal_forms, readers])
def test_no_suffix_is_taken_twice(package: ModuleType) -> None:
    assert package.__file__
    owners: dict[str, list[str]] = {}
    for name in modules.beside(package.__file__):
        for suffix in import_module(f"{package.__name__}.{name}").SUFFIXES:
            owners.setdefault(suffix, []).append(name)
    assert not {suffix: names for suffix, names in owners.items() if len(names) > 1}


def test_the_format_of_the_docs_is_one() -> None:
    """As a reader would copy it from ``docs/contributing/adding.rst``."""
    text = (ROOT / "docs" / "contributing" / "adding.rst").read_text(encoding="utf-8")
    block = re.search(r"pairs\.py\n\n((?: {3}.*\n|\n)+)", text)
    assert block
    pairs: dict[str, Any] = {}
    exec(textwrap.dedent(block[1]), pairs)
    assert pairs["SUFFIX"] not in normal_forms.suffixes()
    assert pairs["KIND"] is FormatKind.TEXT
    assert pairs["write"](everything()).count("\n") == len(everything().edges)


def test_a_format_is_found_by_name_and_suffix() -> None:
    assert formats.get("svg").SUFFIX == ".svg"
    assert formats.by_suffix(".PNG") is formats.get("png")


@pytest.mark.parametrize("name", ["gif", "_drawn", "", "os", "../svg"])
def test_an_unknown_format_is_refused_with_the_known_ones(name: str) -> None:
    with pytest.raises(FormatError, match=r"the formats are .*\bsvg\b"):
        formats.get(name)


def test_an_unknown_suffix_is_refused_with_the_known_ones() -> None:
    with pytest.raises(FormatError, match=r"\.gif.*\.svg"):
        formats.by_suffix(".gif")


def test_looking_a_format_up_imports_no_heavy_library() -> None:
    code = (
        "import sys; from diagtool.pictures import formats\n"
        "for name in formats.names(): formats.get(name)\n"
        "print(sorted({'reportlab', 'resvg_py', 'PIL', 'pptx', 'blockdiag', 'sphinx'}"
        " & set(sys.modules)))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "[]\n"
