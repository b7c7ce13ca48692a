"""Whoever has blockdiag as released can draw what we export, without our help."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

TOPOLOGY = Path(__file__).parents[1] / "topology" / "designate.yaml"
SERVICES = {"api", "central", "mdns", "worker", "producer", "sink"}


def run(command: str, *arguments: object) -> None:
    path = Path(sys.executable).with_name(command)
    subprocess.run([path, *map(str, arguments)], check=True)


@pytest.mark.stock
def test_stock_blockdiag_draws_every_exported_source(tmp_path: Path) -> None:
    assert version("blockdiag") == "3.0.0"
    assert int(version("pillow").split(".")[0]) < 10, "this Pillow cannot draw without our help"
    run("diagtool", "export", "-t", TOPOLOGY, "-f", "blockdiag", "-o", tmp_path)
    sources = sorted(tmp_path.glob("designate-*.diag"))
    assert {source.stem for source in sources} == {f"designate-{name}" for name in SERVICES}
    for source in tmp_path.glob("*.diag"):
        svg, png = source.with_suffix(".svg"), source.with_suffix(".png")
        run("blockdiag", "-T", "svg", "-o", svg, source)
        run("blockdiag", "-T", "png", "-o", png, source)
        text = "".join(re.findall(r"<text[^>]*>([^<]*)</text>", svg.read_text(encoding="utf-8")))
        labels = re.findall(r'label = "(.*?)"', source.read_text(encoding="utf-8"))
        assert labels
        for label in labels:
            assert label.replace(" ", "") in text.replace(" ", "")
        assert png.read_bytes().startswith(b"\x89PNG")
