"""Every directive and role works from a Markdown page as from reStructuredText."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sphinx_project import BUILDERS, Build, make

CONF = """\
    extensions += ["myst_parser"]
    topo_topologies = {"shop": "shop.yaml", "next": "next.yaml"}
    topo_downloads = ["svg", "blockdiag"]
    topo_verify = True
    html_copy_source = html_show_sourcelink = False
    """
SHOP = """\
format: 1
name: Shop
catalogues: [options.json]
components:
  proxy:
    front: true
    description: Ends *TLS*, and `never` opens_ it again.
    balancing: {address: <shop>}
  queue: {name: "*job* queue", description: Hands jobs on.}
hosts:
  h: {count: 9, address: 192.0.2.1}
services:
  web:
    runs_on: [h]
    description: Answers # all of [them](there).
    connections: [{from: proxy}, {to: queue}]
    listen: {port: 8080}
    snippets:
      address:
        relies_on: address
        options: {web: {base_url: http://<shop>/}}
    notes:
      - Run {web.replicas} of {web}.
      - snippet: address
      - warning: Mind the {queue}.
placeholders:
  shop: {example: shop.example.org}
"""
NEXT = """\
format: 1
extends: shop.yaml
name: Shop 2
services:
  web: {replicas: 5}
"""
OPTIONS = """\
{"format": 1, "product": "shop", "release": "1.0", "groups":
 {"web": {"base_url": {"type": "uri", "help": "Where `clients` find *it*."}}}}
"""

DIRECTIVES = [
    ("topo:guide", "", {}),
    ("topo:service", "next/web", {}),
    ("topo:component", "next/queue", {}),
    ("topo:components", "shop", {}),
    ("topo:diagram", "overview", {"caption": "The whole", "alt": "Boxes", "name": "whole"}),
    ("topo:diagram", "web", {}),
    ("topo:needs", "web", {}),
    ("topo:notes", "web", {}),
    ("topo:snippet", "web", {}),
    ("topo:snippet", "web", {"only": "address"}),
    ("topo:balancer", "proxy", {"only": "nginx"}),
    ("topo:differences", "shop next", {}),
    ("topo:hosts", "", {}),
    ("topo:flows", "shop", {"service": "web"}),
    ("topo:deployment", "next", {}),
    ("topo:option", "[web] base_url", {}),
    ("topo:options", "next", {}),
    ("blockdiag", "", {"caption": "By hand", "alt": "Two"}),
]
ROLES = [
    ("topo:service", "web"),
    ("topo:component", "the queue <queue>"),
    ("topo:value", "web.replicas"),
    ("topo:value", "web.options.base_url"),
    ("any", "queue"),
]


def rst() -> str:
    page = "Shop\n====\n\n"
    page += " ".join(f":{name}:`{target}`" for name, target in ROLES) + "\n\n"
    for name, argument, options in DIRECTIVES:
        page += f".. {name}:: {argument}\n"
        page += "".join(f"   :{key}: {value}\n" for key, value in options.items())
        page += "\n   a -> b [label = asks];\n\n" if name == "blockdiag" else "\n"
    return page


def markdown() -> str:
    page = "# Shop\n\n"
    page += " ".join(f"{{{name}}}`{target}`" for name, target in ROLES) + "\n\n"
    for name, argument, options in DIRECTIVES:
        page += f"```{{{name}}} {argument}\n"
        page += "".join(f":{key}: {value}\n" for key, value in options.items())
        page += "\na -> b [label = asks];\n" if name == "blockdiag" else ""
        page += "```\n\n"
    return page


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], tuple[Build, Build]]:
    """The same guide from a page of each kind, by a builder."""
    projects = []
    for suffix, page in ((".rst", rst()), (".md", markdown())):
        made = make(tmp_path_factory.mktemp("guide"), CONF)
        made.write(f"index{suffix}", page)
        made.write("shop.yaml", SHOP)
        made.write("next.yaml", NEXT)
        made.write("options.json", OPTIONS)
        projects.append(made)

    def build(builder: str) -> tuple[Build, Build]:
        # A part that several directives describe is warned of.
        quiet = ("-D", "suppress_warnings=topo.duplicate")
        one, other = (p.build(builder, *quiet) for p in projects)
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
        one, other = (words(build.text(OUTPUT[builder])) for build in (rst, markdown))
        assert any("Shop" in line for line in one)
        assert one == other


def words(output: str) -> list[str]:
    """An output's lines but for those that show the page's source."""
    lines = [line for line in output.splitlines() if not line.startswith("#")]
    return [line for line in lines if "the queue <queue>" not in line]


def test_a_mistake_on_a_markdown_page_fails_at_its_line(tmp_path: Path) -> None:
    made = make(tmp_path, CONF)
    made.write("shop.yaml", SHOP)
    made.write("next.yaml", NEXT)
    made.write("options.json", OPTIONS)
    made.write("index.md", "# Shop\n\n```{topo:service} wep\n```\n\n{topo:value}`web.sevrers`\n")
    build = made.build()
    assert build.status == 1
    assert "index.md:3: ERROR: topo:service: no service 'wep'" in build.warnings
    assert "index.md:6: WARNING: no value 'sevrers'" in build.warnings
