"""Load balancers on real pages: the config, its files, and when a page is read again."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape

import pytest
from sphinx_project import BUILDERS, Project

MakeProject = Callable[..., Project]

CONF = 'topo_topologies = {"shop": "shop.yaml"}\ntopo_verify = True'
SHOP = """\
format: 1
name: Shop
components:
  proxy:
    front: true
    balancing: {address: <shop>}
  queue:
services:
  web:
    connections:
      - from: proxy
      - to: queue
    listen: {port: 8080}
    snippets:
      address:
        relies_on: address
        options: {web: {base_url: http://<shop>/}}
      headers:
        alternative_to: address
        relies_on: forwarded
        options: {web: {trust_proxy: true}}
    notes: [snippet: address, snippet: headers]
placeholders:
  shop: {example: shop.example.org}
"""


@pytest.fixture
def shop(project: MakeProject) -> Project:
    made = project(CONF, index="Shop\n====\n\n.. topo:guide::\n")
    made.write("shop.yaml", SHOP)
    return made


def words(html: str) -> str:
    return " ".join(unescape(re.sub("<[^>]*>", "", html)).split())


def test_an_entry_shows_one_config_and_offers_all(shop: Project) -> None:
    build = shop.build()
    assert build.warnings == ""
    html = build.text("index.html")
    entry = html[html.index('<dt id="proxy">') : html.index('<dt id="queue">')]
    text = words(entry)
    assert "spreads the requests for web over all servers" in text
    assert "It sets X-Forwarded-For" in text
    assert "server web-3 <web server 3>:8080" in text
    assert "upstream" not in text
    (line,) = re.findall('<p class="topo-downloads.*?</p>', entry)
    files = re.findall('href="([^"]*)"', line)
    assert [file.rpartition("/")[2] for file in files] == [
        "proxy.haproxy.cfg",
        "proxy.apache.conf",
        "proxy.nginx.conf",
    ]
    for file in files:
        assert "<web server 3>:8080" in build.text(file)
    rest = html[html.index('<dt id="queue">') :]
    assert "topo-downloads" not in rest


@pytest.mark.parametrize("builder", BUILDERS)
def test_every_builder(shop: Project, builder: str) -> None:
    build = shop.build(builder)
    assert build.warnings == ""
    assert build.status == 0


def test_it_follows_the_choice_of_options(shop: Project) -> None:
    shop.build()
    shop.change("shop.yaml", "    listen:", "    uses: address\n    listen:")
    build = shop.build()
    assert build.read == ["index"]
    text = words(build.text("index.html"))
    assert "It passes the Host header on as the client sent it." in text
    assert "X-Forwarded-For" not in text


@pytest.mark.parametrize(
    ("program", "shown"),
    [("nginx", "upstream web {"), ("apache", "BalancerMember"), ("haproxy", "frontend proxy")],
)
def test_a_page_can_show_any_of_them(shop: Project, program: str, shown: str) -> None:
    shop.write("index.rst", "Shop\n====\n\n.. topo:guide::\n\n.. toctree::\n\n   page\n")
    shop.write("page.rst", f"Page\n====\n\n.. topo:balancer:: proxy\n   :only: {program}\n")
    build = shop.build()
    assert build.warnings == ""
    assert shown in words(build.text("page.html"))


@pytest.mark.parametrize(
    ("directive", "message"),
    [
        ("topo:balancer:: queue", "component 'queue' has no 'balancing'"),
        ("topo:balancer:: prox", "no component 'prox' in topology 'shop' (did you mean 'proxy'?)"),
        (
            "topo:balancer:: proxy\n   :only: ngix",
            "no config for 'ngix' (did you mean 'nginx'?)",
        ),
    ],
)
def test_a_mistake_fails_at_its_line(shop: Project, directive: str, message: str) -> None:
    shop.write("index.rst", f"Shop\n====\n\n.. {directive}\n")
    build = shop.build()
    assert build.status == 1
    assert f"index.rst:4: ERROR: topo:balancer: {message}" in build.warnings


def test_without_balancing_there_is_no_config(shop: Project) -> None:
    shop.change("shop.yaml", "    balancing: {address: <shop>}\n", "")
    build = shop.build()
    assert build.warnings == ""
    assert "haproxy" not in build.text("index.html").lower()
