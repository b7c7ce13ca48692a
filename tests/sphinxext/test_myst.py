"""Every directive and role works from a Markdown page as from reStructuredText."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from directive_pages import DIRECTIVES, QUIET, ROLES, markdown, project, rst
from sphinx_project import BUILDERS, Build

from diagtool.sphinxext.directives import DIRECTIVES as ALL
from diagtool.sphinxext.domain import TopoDomain


def test_no_directive_or_role_is_left_out() -> None:
    """Whoever adds one has it built from pages of both kinds."""
    assert {name for name, *_ in DIRECTIVES} == {"blockdiag", *(f"topo:{d}" for d in ALL)}
    assert {name for name, _ in ROLES} == {"any", *(f"topo:{role}" for role in TopoDomain.roles)}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], tuple[Build, Build]]:
    """The same guide from a page of each kind, by a builder."""
    projects = [
        project(tmp_path_factory.mktemp("guide"), "myst_parser", name, page)
        for name, page in (("index.rst", rst()), ("index.md", "\n".join(markdown())))
    ]

    def build(builder: str) -> tuple[Build, Build]:
        one, other = (made.build(builder, *QUIET) for made in projects)
        return one, other

    return build


OUTPUT = {
    "html": "index.html",
    "dirhtml": "index.html",
    "singlehtml": "index.html",
    "epub": "index.xhtml",
    "latex": "demo.tex",
    "text": "index.txt",
    "man": "demo.7",
    "texinfo": "demo.texi",
    "gettext": "index.pot",
    "xml": "index.xml",
    "pseudoxml": "index.pseudoxml",
}


@pytest.mark.slow
@pytest.mark.parametrize("builder", BUILDERS)
def test_a_page_says_the_same_in_both(
    built: Callable[[str], tuple[Build, Build]], builder: str
) -> None:
    rst, markdown = built(builder)
    for build in (rst, markdown):
        assert build.warnings == ""
        assert build.status == 0
    if builder in OUTPUT:
        both = [build.text(OUTPUT[builder]) for build in (rst, markdown)]
        if builder in ("xml", "pseudoxml"):  # whose attributes tell lines and names of pages
            both = [re.sub(r"<(/?\w+)[^>]*>", r"<\1>", text) for text in both]
        one, other = map(words, both)
        assert any("Shop" in line for line in one)
        assert one == other


def words(output: str) -> list[str]:
    """An output's lines but for those that show the page's source."""
    lines = [line for line in output.splitlines() if not line.startswith("#")]
    return [line for line in lines if "the queue <queue>" not in line]


def test_a_mistake_on_a_markdown_page_fails_at_its_line(tmp_path: Path) -> None:
    page = "# Shop\n\n```{topo:service} wep\n```\n\n{topo:value}`web.sevrers`\n"
    made = project(tmp_path, "myst_parser", "index.md", page)
    build = made.build()
    assert build.status == 1
    assert "index.md:3: ERROR: topo:service: no service 'wep'" in build.warnings
    assert "index.md:6: WARNING: no value 'sevrers'" in build.warnings
