"""The Markdown cells of a notebook say what a page in Markdown does."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from directive_pages import QUIET, markdown, project

OUTPUT = {"html": "index.html", "latex": "demo.tex", "text": "index.txt"}


@pytest.mark.interop
@pytest.mark.parametrize("builder", OUTPUT)
def test_a_notebook_says_what_a_page_does(builder: str, tmp_path: Path) -> None:
    cells = [
        {"cell_type": "markdown", "id": f"c{number}", "metadata": {}, "source": block}
        for number, block in enumerate(markdown())
    ]
    notebook = json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
    said = []
    for extension, name, page in (
        ("myst_parser", "index.md", "\n".join(markdown())),
        ("myst_nb", "index.ipynb", notebook),
    ):
        (tmp_path / extension).mkdir()
        build = project(tmp_path / extension, extension, name, page).build(builder, *QUIET)
        assert build.warnings == ""
        assert build.status == 0
        text = build.text(OUTPUT[builder])
        body = re.search(r'(?s)<div class="body".*<div class="clearer">', text)
        said.append(body[0] if body else text)
    assert said[0] == said[1]
