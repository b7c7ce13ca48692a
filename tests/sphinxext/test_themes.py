"""The guide under the themes that its readers meet, and with words that would be markup."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable

import pytest
from sphinx_project import GUIDE, Project

MakeProject = Callable[..., Project]


@pytest.mark.slow
@pytest.mark.parametrize("theme", ["alabaster", "furo", "openstackdocs"])
def test_the_guide_builds_clean_under(
    project: MakeProject, tool: Callable[..., str], theme: str
) -> None:
    conf = f'html_theme = "{theme}"\n'
    if theme == "openstackdocs":
        conf += (
            'extensions.append("openstackdocstheme")\n'
            "openstackdocs_auto_name = openstackdocs_auto_version = False\n"
        )
    made = project(conf, **GUIDE)
    if theme == "openstackdocs":
        # It asks git for the time of the last change.
        git = [tool("git"), "-c", "user.name=a", "-c", "user.email=a@example.org"]
        for command in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "All"]):
            subprocess.run([*git, *command], cwd=made.root, check=True)
    build = made.build()
    assert build.warnings == ""
    assert build.status == 0
    html = build.text("guide.html")
    assert len(re.findall("<svg [^>]*topo-drawing", html)) == 6
    sheet = build.text("_static/topo.css")
    assert re.search(r'href="[^"]*_static/topo\.css', html)
    # Only a theme that turns dark without saying so in the page itself may be followed.
    assert ("body:not(" in sheet) == (theme == "furo")


HOSTILE = r"""
format: 1
name: "*Sys|tem|* `x`_"
components:
  store:
    name: '*St`ore* :ref:`no` |sub| \'
    label: '"A" <b>\ ''B'' {x} 数据库 🗄'
    description: 'Not *emphasis*, no_reference, [1]_ or :role:`x`.'
services:
  web:
    name: '**web** _ <script>alert(1)</script>'
    server: 'W "s" *'
    description: '.. note:: this is no directive'
    connections:
      - {to: store, label: 'asks *it* <i>'}
    notes:
      - '1. This is no list; {store} is `a ``literal`.'
      - 'And [`*link*` <a>](https://example.org/a_(b)_) ends.'
"""


@pytest.mark.parametrize("builder", ["html", "epub", "latex", "texinfo", "text", "man", "gettext"])
def test_words_that_look_like_markup_mean_just_themselves(
    project: MakeProject, builder: str
) -> None:
    made = project(
        'topo_topologies = {"hostile": "hostile.yaml"}\ntopo_downloads = ["svg", "blockdiag"]\n'
        'suppress_warnings = ["topo.glyph"]\n',
        index="Page\n====\n\n.. topo:guide::\n\n.. topo:diagram:: overview\n",
    )
    made.write("hostile.yaml", HOSTILE.replace("`a ``literal`", "`a literal`"))
    build = made.build(builder)
    assert build.warnings == ""
    assert build.status == 0
    if builder == "html":
        html = build.text("index.html")
        assert "<script>alert" not in html and "<b>\\" not in html and "<i>" not in html
        assert "**web** _ &lt;script&gt;alert(1)&lt;/script&gt;" in html
        assert "*St`ore* :ref:`no` |sub| \\" in html
        assert ".. note:: this is no directive" in html
        assert "Overview of *Sys|tem|* `x`_" in html
        assert "数据库 🗄" in html
