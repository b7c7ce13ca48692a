"""What pages say of losses, in real builds: promises, matrices, tolerances and pictures."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from sphinx_project import Build, Project

MakeProject = Callable[..., Project]

SHOP = """\
format: 1
name: Shop
zones: {north: {}, south: {label: South zone}}
components:
  db: {name: database, cluster: {members: 3, quorum: true}}
  cache: {}
services:
  web:
    replicas: 4
    at_least: 2
    critical: true
    zones: [north, south]
    connections:
      - {to: db, on_loss: {effect: stops, text: No order can be placed.}}
      - {to: cache, on_loss: degrades}
  mail:
    connections:
      - {to: db, on_loss: {effect: continues, text: It keeps them.}}
promises:
  - {text: The shop stays open when either zone is lost., lost: ["zone:*"], still: [web]}
  - {text: mail goes on without cache and database., lost: [cache, db], still: [mail]}
  - {text: There are shops without a cache., lost: [cache], still: [web]}
"""

CONF = 'topo_topologies = {"shop": "shop.yaml"}\ntopo_verify = True'

KEPT = (
    "The shop stays open when either zone is lost.",
    "Without zone north, web works. 2 of 4 servers of web are left; it takes 2 to carry the load.",
    "Without South zone, web works. 2 of 4 servers of web are left; it takes 2 to carry the load.",
    "mail goes on without cache and database.",
    "Without cache and all members of database, mail works. mail continues without database. "
    "It keeps them.",
    "There are shops without a cache.",
    "Without cache, web is degraded. cache is lost. web is degraded without cache.",
)


def built(project: MakeProject, page: str, builder: str = "html", topology: str = SHOP) -> Build:
    made = project(CONF, index=f"Losses\n======\n\n{page}\n")
    made.write("shop.yaml", topology)
    return made.build(builder)


def texts(html: str) -> str:
    return " ".join(re.sub("<[^>]*>", " ", html).split()).replace(" .", ".")


@pytest.mark.parametrize("page", [".. topo:guide::", ".. topo:promises:: shop"])
def test_promises_stand_on_the_page_with_what_they_were_computed_from(
    project: MakeProject, page: str
) -> None:
    build = built(project, page)
    assert build.warnings == ""
    said = texts(build.text("index.html"))
    at = [said.index(sentence) for sentence in KEPT]
    assert at == sorted(at)


@pytest.mark.parametrize(("builder", "name"), [("latex", "demo.tex"), ("text", "index.txt")])
def test_promises_in_other_builders(project: MakeProject, builder: str, name: str) -> None:
    build = built(project, ".. topo:promises::", builder)
    text = " ".join(re.sub(r"\\sphinxstyle\w+|[{}]", "", build.text(name)).split())
    for sentence in KEPT:
        assert sentence in text


def test_a_topology_without_promises_has_none_to_show(project: MakeProject) -> None:
    made = project(CONF, index="Losses\n======\n\n.. topo:promises::\n")
    made.write("shop.yaml", SHOP.partition("promises:")[0])
    build = made.build(strict=False)
    assert build.status == 1
    assert "index.rst:4: ERROR: topo:promises: topology 'shop' makes no promises" in build.warnings


def test_a_promise_that_does_not_hold_breaks_the_build(project: MakeProject) -> None:
    made = project(CONF, index="Losses\n======\n\n.. topo:promises::\n")
    made.write("shop.yaml", SHOP.replace("at_least: 2", "at_least: 3").replace("degrades", "stops"))
    build = made.build(strict=False)
    assert build.status == 1
    (line,) = build.warnings.strip().splitlines()
    assert re.search(r"shop\.yaml:\d+:\d+: ERROR: broken-promise without cache, web stops", line)
