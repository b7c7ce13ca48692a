"""Tables of a deployment on real pages: what they say, their files, and sorting in a browser."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from pathlib import Path

import pytest
from chromium import browser, dump
from sphinx_project import BUILDERS, Project

MakeProject = Callable[..., Project]

GOOD = Path(__file__).parents[1] / "data" / "topologies" / "good" / "deployment.yaml"
CONF = 'topo_topologies = {"automation": "automation.yaml"}\ntopo_verify = True'
INDEX = """\
Automation
==========

.. topo:deployment::

What to open
------------

.. topo:flows::
   :service: controller
   :zone: a

Ports: :topo:value:`controller.ports.https` and :topo:value:`database.port`; it takes
:topo:value:`database.quorum` of :topo:value:`database.members`.

.. toctree::

   other
"""


@pytest.fixture
def automation(project: MakeProject) -> Project:
    made = project(CONF, index=INDEX, other="Other\n=====\n\n.. topo:guide::\n")
    made.write("automation.yaml", GOOD.read_text("utf-8"))
    return made


def table(html: str, title: str) -> list[list[str]]:
    """What stands in the cells of the table with this title."""
    (found,) = (
        part
        for part in re.findall("<table.*?</table>", html, re.DOTALL)
        if re.search(f'caption-text">{title}<', part)
    )
    rows = re.findall("<tr.*?</tr>", found, re.DOTALL)
    cells = [re.findall(r"<t[hd].*?</t[hd]>", row, re.DOTALL) for row in rows]
    return [[" ".join(unescape(re.sub("<[^>]*>", "", c)).split()) for c in row] for row in cells]


def test_tables_with_files(automation: Project) -> None:
    build = automation.build()
    assert build.warnings == ""
    html = build.text("index.html")
    hosts, flows = table(html, "Hosts"), table(html, "Flows")
    assert hosts[1] == ["gateway1", "Room A", "192.0.2.11", *hosts[1][3:6], "edge 1 (active)"]
    assert len(flows) == 14
    some = table(html, "Flows of controller in Room A")
    assert [row for row in flows[1:] if "controller" in " ".join(row)] == some[1:]
    files = re.findall(r'href="([^"]*\.(?:csv|json))"', html)
    names = [file.rpartition("/")[2] for file in files]
    assert names[:4] == ["hosts.csv", "hosts.json", "flows.csv", "flows.json"]
    assert "192.0.2.11" in build.text(files[0])
    (values,) = re.findall("<p>Ports: .*?</p>", html, re.DOTALL)
    told = " ".join(re.sub("<[^>]*>", "", values).split())
    assert told == "Ports: 8443 and 5432; it takes 2 of 3."


def test_only_pages_with_tables_load_the_script(automation: Project) -> None:
    build = automation.build()
    assert "topo-tables.js" in build.text("index.html")
    assert "topo-tables.js" not in build.text("other.html")


@pytest.mark.slow
@pytest.mark.parametrize("builder", BUILDERS)
def test_every_builder(automation: Project, builder: str) -> None:
    build = automation.build(builder)
    assert (build.warnings, build.status) == ("", 0)


def test_one_edit_changes_the_tables(automation: Project) -> None:
    automation.build()
    automation.change("automation.yaml", "port: 5432", "port: 5433")
    build = automation.build()
    assert build.read == ["index", "other"]
    ports = {row[2] for row in table(build.text("index.html"), "Flows")}
    assert "5433" in ports
    assert "5432" not in ports


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("   :service: control\n", "no service 'control' in topology 'automation'"),
        ("   :host: two words\n", "no host 'two words' in topology 'automation'"),
        ("   :network: storge\n", "no network 'storge' in topology 'automation' (did you mean"),
    ],
)
def test_a_mistake_fails_at_its_line(automation: Project, options: str, message: str) -> None:
    automation.write("index.rst", f"Shop\n====\n\n.. topo:flows::\n{options}")
    build = automation.build()
    assert build.status == 1
    assert f"index.rst:4: ERROR: topo:flows: {message}" in build.warnings


@pytest.mark.slow
def test_readers_sort_and_filter(
    automation: Project, tmp_path: Path, chromium_program: str
) -> None:
    build = automation.build()
    page = build.out / "index.html"
    act = """<script type="module">
    const box = document.querySelectorAll(".topo-table-box")[1];
    box.querySelectorAll("th button")[2].click();
    const input = box.previousElementSibling.querySelector("input");
    input.value = "controller HTTPS";
    input.dispatchEvent(new Event("input"));
    </script></body>"""
    page.write_text(page.read_text("utf-8").replace("</body>", act), "utf-8")
    shown = dump(chromium_program, page.as_uri(), tmp_path / "profile")
    (flows,) = (t for t in re.findall("<table.*?</table>", shown, re.DOTALL) if ">Flows<" in t)
    assert 'aria-sort="ascending"' in flows
    visible = re.findall(r"<tr(?![^>]*hidden)[^>]*>.*?</tr>", flows, re.DOTALL)
    ports = [re.findall("<td.*?</td>", row, re.DOTALL)[2] for row in visible[1:]]
    assert [re.sub("<[^>]*>", "", port).strip() for port in ports] == ["443", "8443", "8443"]
    assert "3 of 13" in shown
    assert re.search(r'Filter: <input[^>]* aria-label="Filter: Flows"', shown)


SCROLLS = """[...document.querySelectorAll(".topo-table-box, .topo-table-box *")]
    .filter((e) => ["auto", "scroll"].includes(getComputedStyle(e).overflowX))
    .map((e) => e.className.split(" ")[0])"""


@pytest.mark.slow
@pytest.mark.parametrize("theme", ["furo", "alabaster"])
def test_wide_tables_scroll_in_one_box_on_a_phone(
    theme: str, project: MakeProject, tmp_path: Path, chromium_program: str
) -> None:
    made = project(f"{CONF}\nhtml_theme = {theme!r}", index=INDEX, other="Other\n=====\n")
    made.write("automation.yaml", GOOD.read_text("utf-8"))
    page = made.build().out / "index.html"
    with browser(chromium_program, tmp_path) as opened:
        shown = opened.page()
        shown.size(390, 900, mobile=True)
        shown.go(page.as_uri())
        shown.wait("document.querySelectorAll('.topo-search').length === 3")
        assert shown.run(SCROLLS) == ["topo-table-box"] * 3
        assert shown.run("document.documentElement.scrollWidth") == 390
        box = "document.querySelector('.topo-table-box')"
        assert shown.run(f"{box}.scrollWidth > {box}.clientWidth")
        assert opened.complaints() == []
