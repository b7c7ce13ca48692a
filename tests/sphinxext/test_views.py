"""``topo:diagram`` shows views that a topology defines, and some parts on demand."""

from __future__ import annotations

import pytest
from sphinx_project import Project, make

from diagtool.checks.verify import verify
from diagtool.loading.loader import load

SHOP = """\
format: 1
name: Shop
components:
  queue: {name: job queue}
services:
  web: {connections: [to: queue]}
  worker: {connections: [with: queue]}
  cron: {connections: [from: queue]}
views:
  teams: {title: Who is on call, boxes: [{label: Jobs, parts: [queue, worker]}]}
"""
INDEX = """\
Shop
====

.. topo:diagram:: teams

.. topo:diagram:: overview
   :services: worker, cron

.. topo:diagram:: overview
   :around: web
"""
CONF = """\
    topo_topologies = {"shop": "shop.yaml"}
    """


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Project:
    made = make(tmp_path_factory.mktemp("shop"), CONF)
    made.write("shop.yaml", SHOP)
    made.write("index.rst", INDEX)
    assert made.build().warnings == ""
    return made


def test_the_page_shows_them_and_is_proved(built: Project) -> None:
    page = built.root / "_build" / "html" / "index.html"
    text = page.read_text("utf-8")
    for said in ("Jobs (2)", "Overview of Shop: worker, cron", "web and its neighbours"):
        assert said in text
    result = verify([load(built.root / "shop.yaml")], [page.parent])
    assert result.diagnostics == ()
    assert result.proved == result.files


def test_a_page_that_shows_what_the_topology_no_longer_says_is_found(built: Project) -> None:
    (built.root / "other.yaml").write_text(SHOP.replace("[queue, worker]", "[queue, cron]"))
    page = built.root / "_build" / "html" / "index.html"
    assert verify([load(built.root / "other.yaml")], [page]).diagnostics


@pytest.mark.parametrize(
    ("directive", "message"),
    [
        ("team", "no view 'team' in topology 'shop' (did you mean 'teams'?)"),
        ("overview\n   :services: worker, wbe", "no service 'wbe' in topology 'shop'"),
        ("overview\n   :around: wbe", "no part 'wbe' in topology 'shop'"),
        ("web\n   :around: queue", "':services:' or ':around:' says what of the overview to show"),
    ],
)
def test_what_is_not_there_is_an_error(built: Project, directive: str, message: str) -> None:
    built.write("index.rst", f"Shop\n====\n\n.. topo:diagram:: {directive}\n")
    build = built.build("dummy")
    assert "index.rst:4: ERROR: topo:diagram: " + message in build.warnings
