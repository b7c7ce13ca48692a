"""Whole sample files on real pages: where they are offered, and when they are made again."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sphinx_project import Project

MakeProject = Callable[..., Project]

SHOP = """\
format: 1
name: Shop
components:
  queue:
    config: {DEFAULT: {queue_url: amqp://q}}
services:
  web:
    connections: [{to: queue}]
    snippets:
      limits: {options: {web: {timeout: 5}}}
    notes: [snippet: limits]
  clerk:
    connections: [{with: queue}]
  idle:
    connections: [{with: clerk}]
"""


@pytest.fixture
def shop(project: MakeProject) -> Project:
    pages = {"index": "Shop\n====\n\n.. topo:guide::\n\n.. toctree::\n\n   other\n"}
    pages["other"] = "Other\n=====\n\n.. topo:snippet:: clerk\n"
    made = project('topo_topologies = {"shop": "shop.yaml"}\ntopo_verify = True', **pages)
    made.write("shop.yaml", SHOP)
    return made


def test_every_service_that_sets_something_offers_its_file(shop: Project) -> None:
    build = shop.build()
    assert build.warnings == ""
    files = {path.name: path.read_text("utf-8") for path in build.out.rglob("*.conf")}
    assert sorted(files) == ["clerk.conf", "web.conf"]
    assert all("queue_url = amqp://q\n" in text for text in files.values())
    assert "timeout = 5\n" in files["web.conf"]
    assert build.text("index.html").count("clerk.conf") == 2, "a link, and its words"
    assert "queue_url" not in build.text("index.html"), "a page shows snippets only"
    assert build.text("other.html").count("clerk.conf") == 2


def test_what_a_component_asks_for_makes_the_files_of_all_who_need_it_again(
    shop: Project,
) -> None:
    shop.build()
    shop.write("shop.yaml", SHOP.replace("amqp://q", "amqp://r"))
    build = shop.build()
    files = {path.name: path.read_text("utf-8") for path in build.out.rglob("*.conf")}
    assert sorted(files) == ["clerk.conf", "web.conf"]
    assert all("queue_url = amqp://r\n" in text for text in files.values())


def test_a_service_that_sets_nothing_has_no_file_to_show(shop: Project) -> None:
    shop.write("other.rst", "Other\n=====\n\n.. topo:snippet:: idle\n")
    build = shop.build(strict=False)
    assert "other.rst:4: ERROR: topo:snippet: service 'idle' has no snippet" in build.warnings


def test_a_rule_of_low_severity_does_not_fail_a_strict_build(shop: Project) -> None:
    rule = """
rules:
  watched:
    severity: SEVERITY
    when: {service: idle}
    needs: {option: watch}
    text: Watch it.
"""
    shop.write("shop.yaml", SHOP + rule.replace("SEVERITY", "hint"))
    assert shop.build().warnings == ""
    shop.write("shop.yaml", SHOP + rule.replace("SEVERITY", "warning"))
    assert "rule-broken Watch it." in shop.build(strict=False).warnings
