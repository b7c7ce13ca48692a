"""A build reads what it wrote, and fails for what contradicts the topology."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from sphinx_project import GUIDE, Build, Project, make
from translations import CONF as LOCALE
from translations import PAGE, translated

import diagtool
from diagtool.checks.verify import verify
from diagtool.model import flows

pytestmark = pytest.mark.slow

Make = Callable[..., Project]

FIGURES = re.compile(r"<figure.*?</figure>", re.DOTALL)
CONF = "topo_verify = True\n"


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def again(made: Project, builder: str = "html") -> Build:
    """A build that has no page to write."""
    build = made.build(builder)
    assert build.written == []
    return build


@pytest.mark.parametrize("builder", ["html", "dirhtml", "singlehtml"])
def test_what_a_build_writes_is_clean(project: Make, builder: str) -> None:
    downloads = '["svg", "png", "pdf", "pptx", "drawio", "blockdiag", "dot", "mermaid"]'
    build = project(f"{CONF}topo_downloads = {downloads}", **GUIDE).build(builder)
    assert build.warnings == ""
    assert build.status == 0


@pytest.mark.parametrize("builder", ["html", "dirhtml"])
def test_a_page_edited_after_the_build(project: Make, builder: str) -> None:
    made = project(CONF, **GUIDE)
    build = made.build(builder)
    page = build.out / ("guide.html" if builder == "html" else "guide/index.html")
    edit(page, ">DNS Servers</text>", ">Name Servers</text>")
    build = again(made, builder)
    assert build.status != 0
    assert f"{page}:" in build.warnings
    assert "shows Name Servers" in build.warnings
    assert "[topo.fact-differs]" in build.warnings


@pytest.mark.parametrize("suffix", [".svg", ".diag", ".conf"])
def test_a_file_edited_after_the_build(project: Make, suffix: str) -> None:
    made = project(CONF, **GUIDE)
    build = made.build()
    path = next((build.out / "_downloads").rglob(f"designate-api{suffix}"))
    shown = {".svg": ">AMQP Servers</text>", ".diag": '"AMQP Servers"', ".conf": "= http://"}[
        suffix
    ]
    edit(path, shown, shown.replace("Serv", "Observ").replace("http", "ftp"))
    build = again(made)
    assert build.status != 0
    assert path.name in build.warnings


def test_a_deck_of_last_year_that_a_page_offers(project: Make) -> None:
    page = "Home\n====\n\n:download:`our slides <designate-mdns.pptx>`\n"
    made = project(CONF, index=page)
    first = project(CONF, index="Home\n====\n\n.. topo:diagram:: designate-mdns\n").build()
    (deck,) = first.out.rglob("designate-mdns.pptx")
    (made.root / "designate-mdns.pptx").write_bytes(deck.read_bytes())
    made = project(CONF, index=page)
    assert made.build().warnings == ""
    text = (made.root / "designate.yaml").read_text("utf-8")
    wrong = re.sub(r"(  designate-mdns:\n)", r"\1    replicas: 5\n", text, count=1)
    assert wrong != text
    (made.root / "designate.yaml").write_text(wrong, "utf-8")
    build = made.build()
    assert build.status != 0
    assert "designate-mdns Server 5" in build.warnings
    assert "older topology: make it again" in build.warnings


def test_a_picture_by_hand_that_contradicts(project: Make) -> None:
    page = """\
        designate-sink
        ==============

        .. blockdiag::
           :caption: Layout of designate-sink

           blockdiag {
             a [label = "AMQP Servers"];
             b [label = "designate-sink Server 1"];
             b -> a;
           }
        """
    build = project(CONF, index=page).build()
    assert build.status != 0
    assert "[topo.fact-" in build.warnings


def test_nothing_is_verified_unless_it_is_asked_for(project: Make) -> None:
    made = project("", **GUIDE)
    page = made.build().out / "guide.html"
    edit(page, ">DNS Servers</text>", ">Name Servers</text>")
    assert again(made).warnings == ""


@pytest.mark.slow
def test_two_topologies_with_services_of_the_same_name(project: Make) -> None:
    conf = f'{CONF}topo_topologies = {{"one": "one.yaml", "two": "two.yaml"}}'
    pages = {name: f"{name}\n===\n\n.. topo:guide:: {name}\n" for name in ("one", "two")}
    index = "Home\n====\n\n.. topo:differences:: one two\n\n.. toctree::\n\n   one\n   two\n"
    made = project(conf, index=index, **pages)
    text = (Path(__file__).parents[2] / "topology/designate.yaml").read_text("utf-8")
    made.write("one.yaml", text)
    made.write("two.yaml", text.replace("- from: db_servers", "- to: db_servers"))
    for builder in ("html", "singlehtml"):
        build = made.build(builder)
        assert build.warnings == ""
        assert build.status == 0
    # What would be right of the other one is wrong here.
    site = made.root / "_build/html"
    mine, other = (
        next(f for f in FIGURES.findall((site / page).read_text("utf-8")) if "mdns Server 1" in f)
        for page in ("two.html", "one.html")
    )
    assert mine != other
    edit(site / "two.html", mine, other)
    assert "two.html" in again(made).warnings


DOWNLOADS = 'topo_downloads = ["svg", "png", "pdf", "pptx", "drawio", "blockdiag"]\n'


def test_a_translated_site_is_held_through_its_catalogue(project: Make) -> None:
    made = project(f"{LOCALE}\n{CONF}{DOWNLOADS}", index=PAGE)
    translated(made)
    german = ("-W", "-D", "language=de")
    build = made.build("html", *german, strict=False)
    assert build.warnings == ""
    assert build.status == 0
    edit(build.out / "index.html", ">Lastverteiler</text>", ">Lastenheft</text>")
    build = made.build("html", *german, strict=False)
    assert build.status != 0
    assert "Lastenheft" in build.warnings


def test_a_translated_picture_of_an_older_topology(project: Make) -> None:
    made = project(f"{LOCALE}\n{CONF}{DOWNLOADS}", index=PAGE)
    translated(made)
    build = made.build("html", "-D", "language=de")
    downloads = build.out / "_downloads"
    old = {path.suffix: path.read_bytes() for path in downloads.rglob("designate-api.p*")}
    assert set(old) == {".png", ".pdf", ".pptx"}
    text = (made.root / "designate.yaml").read_text("utf-8")
    wrong = re.sub(r"(  designate-api:\n)", r"\1    replicas: 4\n", text, count=1)
    (made.root / "designate.yaml").write_text(wrong, "utf-8")
    made.build("html", "-D", "language=de")
    for path in downloads.rglob("designate-api.p*"):
        path.write_bytes(old[path.suffix])
    build = made.build("html", "-D", "language=de")
    for suffix in old:
        assert re.search(rf"designate-api\{suffix}:1:1: WARNING", build.warnings), suffix


SOURCE = """\
.. toctree::

   nowhere

.. only:: html

   .. topo:guide:: nowhere

:ref:`nowhere` :topo:value:`nowhere`
"""


def test_sources_that_a_page_leads_to_are_none_of_its_business(project: Make) -> None:
    page = "Home\n====\n\n.. topo:guide::\n\n:download:`source <designate-api.rst>`\n\n"
    page += (
        '.. raw:: html\n\n   <a href="_sources/index.rst.txt">a</a> <a href="other.html">b</a>\n'
    )
    made = project(
        f'{CONF}html_extra_path = ["extra"]\nexclude_patterns += ["*api.rst"]', index=page
    )
    made.write("designate-api.rst", SOURCE)
    made.write("extra/other.html", "<h1>designate-api</h1><figure>Layout of designate-api</figure>")
    build = made.build()
    assert build.warnings == ""
    assert build.status == 0


ONE = """\
format: 1
name: One
components: {db: {}, mq: {}}
services:
  web: {connections: [to: db]}
  job: {connections: [to: mq]}
"""
TWO = """\
format: 1
name: Two
components: {db: {}, mq: {}}
services:
  web: {replicas: 5, connections: [to: mq]}
  sync: {connections: [to: db]}
"""


def test_exported_pictures_of_two_topologies_on_one_page(project: Make) -> None:
    page = """\
        Both
        ====

        .. topo:guide:: one

        .. topo:guide:: two

        .. image:: one/web.svg

        .. image:: two/web.svg

        :download:`one <one/overview.svg>` :download:`two <two/overview.svg>`
        """
    conf = f'{CONF}topo_topologies = {{"one": "one.yaml", "two": "two.yaml"}}'
    made = project(conf, index=page)
    for name, text in (("one", ONE), ("two", TWO)):
        topology = diagtool.load(made.write(f"{name}.yaml", text))
        diagtool.export(topology, ["svg"], made.root / name)
    build = made.build()
    assert build.warnings == ""
    made.change("two.yaml", "replicas: 5", "replicas: 6")
    build = made.build()
    assert build.status != 0
    assert "web Server 6" in build.warnings
    assert "One" not in build.warnings


def test_the_page_of_a_removed_document_is_held_as_long_as_it_is_there(project: Make) -> None:
    made = project(CONF, **GUIDE)
    made.build()
    (made.root / "guide.rst").unlink()
    made.write("index.rst", "Home\n====\n\n:topo:value:`designate-api.replicas`\n")
    assert made.build(strict=False).warnings == ""
    page = made.root / "_build" / "html" / "guide.html"
    edit(page, "Needs access to:", "Needs no access to:")
    build = made.build(strict=False)
    assert f"{page}:" in build.warnings
    assert "Needs no access to:" in build.warnings
    page.unlink()
    assert made.build(strict=False).warnings == ""


SHOP = """\
format: 1
name: Shop
components: {db: {description: Holds all.}}
services:
  web:
    connections: [{to: db}]
    snippets: {s: {options: {web: {auth: keystone, "on": "true"}}}}
    notes: [{snippet: s}]
  job: {connections: [{to: db}]}
"""


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> str:
    made = make(tmp_path_factory.mktemp("shop"), 'topo_topologies = {"shop": "shop.yaml"}')
    made.write("shop.yaml", SHOP)
    made.write("index.rst", "Shop\n====\n\n.. topo:guide::\n")
    return made.build("html").text("index.html")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('<li>(<p><a[^>]*title="db")', r"<li hidden>\1", "leaves out that web needs db"),
        ('<li>(<p><a[^>]*title="db".*?)</li>', r"<li><del>\1</del></li>", "that web needs db"),
        ("Needs access to:", "Does not need access to:", "leaves out that web needs db"),
        (
            "(?s)(Needs access to:.*?</ul>)",
            r"\1<p>Needs access to:</p><ul><li>Redis</li></ul>",
            "web needs Redis",
        ),
        ('<span class="na">on</span>', '<span class="c1">#on</span>', "that web sets [web] on"),
        ('<span class="na">on</span>', 'auth: none\n<span class="na">on</span>', "auth = none"),
    ],
)
def test_a_page_that_lost_its_record_is_read(
    page: str, tmp_path: Path, old: str, new: str, told: str
) -> None:
    (tmp_path / "shop.yaml").write_text(SHOP)
    shop = diagtool.load(tmp_path / "shop.yaml")
    (tmp_path / "index.html").write_text(page, "utf-8")
    (finding,) = verify(shop, [tmp_path / "index.html"]).diagnostics
    assert finding.code == "not-proved"
    changed, count = re.subn(old, new, page, count=1)
    assert count
    (tmp_path / "index.html").write_text(changed, "utf-8")
    found = verify(shop, [tmp_path / "index.html"]).diagnostics
    assert any(told in d.message and d.code.startswith("fact-") for d in found)


HEAD = "".join(f"<th>{column}</th>" for column in flows.COLUMNS)


@pytest.mark.parametrize("cells", ["", "<td></td>" * 5, "<td>x</td>" * 9])
def test_a_row_of_too_few_or_too_many_cells(tmp_path: Path, cells: str) -> None:
    (tmp_path / "shop.yaml").write_text(SHOP)
    rows = f"<tr>{HEAD}</tr><tr></tr><tr><td>web</td><td>db</td>{cells}</tr>"
    page = f"<table><tr></tr></table><table><caption>Flows</caption>{rows}</table>"
    (tmp_path / "index.html").write_text(page)
    found = verify(diagtool.load(tmp_path / "shop.yaml"), [tmp_path / "index.html"]).diagnostics
    assert {d.code for d in found} & {"fact-differs", "fact-extra"}
