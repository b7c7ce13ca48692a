"""draw.io files in mxGraph, draw.io's engine: boxes, lines and labels are where we drew them."""

from __future__ import annotations

import html
import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest
from editable_drawings import corners, everything, flat

from diagtool.pictures.formats import Look, drawio

pytestmark = pytest.mark.interop

HERE = Path(__file__).parent
ENGINE = HERE / "node_modules/mxgraph/javascript/mxClient.js"

PAGE = """<!DOCTYPE html>
<script>
  var mxBasePath = "", mxLoadResources = false, mxLoadStylesheets = false;
  const pages = {pages};
</script>
<script src="{engine}"></script>
<pre id="told" hidden></pre>
<script src="{script}"></script>
"""


def test_boxes_lines_and_labels_are_where_we_drew_them(
    tool: Callable[..., str], tmp_path: Path
) -> None:
    if not ENGINE.exists():
        pytest.skip("not installed: mxgraph (npm ci --prefix tests/interop)")
    drawings = everything()
    file = ElementTree.fromstring(drawio.write(drawings, Look()))
    models = [ElementTree.tostring(model, "unicode") for model in file.iter("mxGraphModel")]
    page = tmp_path / "page.html"
    page.write_text(
        PAGE.format(
            pages=json.dumps(models).replace("</", "<\\/"),
            engine=ENGINE.as_uri(),
            script=(HERE / "draw_drawio.js").as_uri(),
        ),
        "utf-8",
    )
    shown = subprocess.run(
        [
            tool("chromium", "chromium-browser", "google-chrome"),
            *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
            *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
            *("--allow-file-access-from-files", f"--user-data-dir={tmp_path / 'profile'}"),
            *("--virtual-time-budget=10000", "--dump-dom", page.as_uri()),
        ],
        check=True,
        capture_output=True,
        text=True,
        timeout=120,
    ).stdout
    found = re.search(r'<pre id="told"[^>]*>(.*?)</pre>', shown, re.DOTALL)
    assert found is not None
    told = json.loads(html.unescape(found[1]))
    for drawing, made in zip(drawings, told, strict=True):
        for node in drawing.nodes:
            box = node.box
            assert made["boxes"][f"node-{node.id}"] == pytest.approx(
                [box.x, box.y, box.width, box.height], abs=0.02
            )
        for edge, line in zip(drawing.edges, made["lines"], strict=True):
            assert (line["source"], line["target"]) == (f"node-{edge.tail}", f"node-{edge.head}")
            way = corners(tuple((x, y) for x, y in line["way"]))
            # mxGraph rounds to tenths here and there.
            assert flat(way) == pytest.approx(flat(corners(edge.points)), abs=0.11)
            assert bool(line["label"]) == bool(edge.lines)
            if edge.lines:
                x, y = line["label"]
                assert x == pytest.approx(edge.lines[0].x, abs=3)
                assert y == pytest.approx(sum(t.y for t in edge.lines) / len(edge.lines), abs=8)
