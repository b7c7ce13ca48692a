"""The registry: what formats there are, and how one is found."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from diagtool.checks.verify import normal
from diagtool.pictures import formats
from diagtool.pictures.formats import FormatError, FormatKind


def test_every_format_has_what_a_format_has() -> None:
    assert {"svg", "png", "pdf"} <= set(formats.names())
    suffixes = [formats.get(name).SUFFIX for name in formats.names()]
    assert len(set(suffixes)) == len(suffixes)
    for name in formats.names():
        format = formats.get(name)
        assert format.SUFFIX.startswith(".")
        assert isinstance(format.KIND, FormatKind)
        assert callable(format.write)
        assert formats.by_suffix(Path(f"x{format.SUFFIX}").suffix) is format


def test_verify_can_compare_every_format() -> None:
    missing = {n for n in formats.names() if formats.get(n).SUFFIX not in normal.suffixes()}
    assert not missing, f"no normal form: add diagtool/checks/verify/normal for {missing}"


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
