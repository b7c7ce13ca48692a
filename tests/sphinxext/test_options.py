"""The options on real pages: what they are, where they lead, and when a page is read again."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest
from sphinx_project import GUIDE, Project

MakeProject = Callable[..., Project]

CONF = 'topo_topologies = {"shop": "shop.yaml"}'
SHOP = """\
format: 1
name: Shop
catalogues: [old.json, new.json]
components:
  queue:
services:
  web:
    connections:
      - to: queue
    snippets:
      limits:
        options:
          web/front:
            workers: 5
            mode: fast
    notes:
      - Mind {web.options.workers}.
      - snippet: limits
"""
PAGES = {
    "index": """\
        Home
        ====

        :topo:value:`web.options.workers`

        .. toctree::

           guide
           options
        """,
    "guide": "Guide\n=====\n\n.. topo:service:: web\n.. topo:components::\n",
    "options": "Reference\n=========\n\n.. topo:options::\n",
}


def catalogue(release: str, **options: object) -> str:
    content = {"format": 1, "product": "Shop", "release": release, "groups": {"web/front": options}}
    return json.dumps(content)


WORKERS = {"type": "integer", "default": "2", "min": 1, "max": 64, "help": "How *many* |serve|."}
MODE = {"type": "string", "choices": ["fast", "safe"], "default": "safe"}


@pytest.fixture
def shop(project: MakeProject) -> Project:
    made = project(CONF, **PAGES)
    made.write("shop.yaml", SHOP)
    made.write("old.json", catalogue("1.0", workers=WORKERS | {"max": 4}))
    made.write("new.json", catalogue("2.0", workers=WORKERS, mode=MODE))
    return made


def words(html: str) -> str:
    return " ".join(re.sub("<[^>]*>", " ", html).split())


def test_a_page_says_what_options_are_and_which_releases_take_them(shop: Project) -> None:
    build = shop.build()
    assert build.warnings == ""
    page = build.text("options.html")
    said = words(page)
    assert (
        "[web/front] workers How *many* |serve|. "
        "Value: a whole number from 1 to 64. Default: 2 . Set by web ." in said
    )
    assert "[web/front] mode Value: a text, one of fast and safe . Default: safe ." in said
    rows = [words(row).replace("] ", "]").split(" ") for row in re.findall("(?s)<tr.*?</tr>", page)]
    assert rows == [
        ["Option", "1.0", "2.0"],
        ["[web/front]workers", "not", "this", "value", "yes"],
        ["[web/front]mode", "no", "yes"],
    ]


def test_the_name_of_an_option_leads_to_what_it_is(shop: Project) -> None:
    build = shop.build()
    anchor = "options.html#option-web-front-workers"
    assert 'id="option-web-front-workers"' in build.text("options.html")
    assert f'href="{anchor}"' in build.text("index.html")
    links = re.findall('href="(options.html#[^"]*)"', build.text("guide.html"))
    assert links == [anchor, anchor, "options.html#option-web-front-mode"]
    assert "workers and mode are described under Options ." in words(build.text("guide.html"))


def test_an_option_may_hold_a_slash(shop: Project) -> None:
    """As those of api-paste.ini do."""
    shop.change("shop.yaml", "workers: 5", "/v2: 5")
    shop.change("shop.yaml", "options.workers", "options./v2")
    shop.change("index.rst", "options.workers", "options./v2")
    shop.write("new.json", catalogue("2.0", mode=MODE, **{"/v2": WORKERS}))
    build = shop.build()
    assert build.warnings == ""
    anchor = "options.html#option-web-front-v2"
    assert f'href="{anchor}"' in build.text("index.html")
    links = re.findall('href="(options.html#[^"]*)"', build.text("guide.html"))
    assert links == [anchor, anchor, "options.html#option-web-front-mode"]


def test_without_that_page_it_leads_to_the_service(shop: Project) -> None:
    shop.write("options.rst", "Reference\n=========\n")
    build = shop.build()
    assert build.warnings == ""
    assert 'href="guide.html#web"' in build.text("index.html")
    assert "described under" not in words(build.text("guide.html"))


def test_a_page_is_read_again_when_a_catalogue_says_something_else(shop: Project) -> None:
    shop.build()
    assert shop.build().read == []
    shop.write("new.json", catalogue("2.0", workers=WORKERS | {"default": "3"}, mode=MODE))
    build = shop.build()
    assert build.read == ["options"]
    assert "Default: 3" in words(build.text("options.html"))


def test_what_a_catalogue_does_not_know_fails_the_build_at_its_line(shop: Project) -> None:
    shop.change("shop.yaml", "workers: 5", "workes: 5")
    shop.change("shop.yaml", "options.workers", "options.workes")
    build = shop.build()
    assert build.status != 0
    assert re.search(r"shop\.yaml:\S* ERROR: unknown-option Shop 2\.0 has no .*\n", build.warnings)


def test_there_are_no_options_without_catalogues(shop: Project) -> None:
    shop.change("shop.yaml", "catalogues: [old.json, new.json]\n", "")
    build = shop.build()
    assert build.status != 0
    assert "options.rst:4: ERROR: topo:options: topology 'shop' names no catalogues" in (
        build.warnings
    )


def test_an_unknown_option_fails_at_its_line_with_a_hint(shop: Project) -> None:
    shop.write("options.rst", "Options\n=======\n\n.. topo:option:: [web/front] workes\n")
    build = shop.build()
    assert build.status != 0
    assert (
        "options.rst:4: ERROR: topo:option: no option '[web/front] workes' in topology 'shop' "
        "(did you mean '[web/front] workers'?)" in build.warnings
    )


def test_the_guide_of_designate_ends_with_its_options(project: MakeProject) -> None:
    build = project(**GUIDE).build()
    assert build.warnings == ""
    headings = re.findall("<h2>(.*?)<a", build.text("guide.html"))
    assert headings[-2:] == ["Components", "Options"]
    assert 'href="#option-coordination-backend-url"' in build.text("guide.html")
