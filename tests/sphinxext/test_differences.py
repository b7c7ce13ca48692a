"""Both guides of a system on one site, and the page of what differs between them."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from lxml import html
from sphinx_project import BUILDERS, ROOT, Build, Project, make

import diagtool
from diagtool.checks.verify import verify

pytestmark = pytest.mark.slow

CONF = 'topo_topologies = {"designate": "designate.yaml", "designate-23": "designate-23.yaml"}\n'
PAGES = {
    "index": """\
        Home
        ====

        .. toctree::

           guide
           guide-23
           differences
        """,
    "guide": "Guide\n=====\n\n.. topo:guide::\n",
    "guide-23": "Guide 23\n========\n\n.. topo:topology:: designate-23\n\n.. topo:guide::\n",
    "differences": """\
        Differences
        ===========

        .. topo:differences:: designate designate-23
        """,
}


def both(root: Path) -> Project:
    project = make(root, CONF, PAGES)
    for name in ("designate", "designate-23"):
        text = (ROOT / "topology" / f"{name}.yaml").read_text("utf-8")
        project.write(f"{name}.yaml", text)
    return project


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return both(tmp_path_factory.mktemp("both"))


@pytest.fixture(scope="module")
def built(site: Project) -> Build:
    return site.build()


def said(element: html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


def notes(page: str, section: str) -> list[str]:
    (found,) = html.fromstring(page).xpath(f"//section[@id='{section}']")
    return [said(note) for note in found.xpath(".//div[contains(@class, 'admonition')]")]


def test_page_lists_the_differences(built: Build) -> None:
    assert (built.status, built.warnings) == (0, "")
    page = html.fromstring(built.text("differences.html"))
    items = [said(item) for item in page.xpath("//section[@id='differences']//li")]
    assert [item.partition(": ")[0] for item in items] == [
        "~ changed",
        "+ added",
        "~ changed",
        "~ changed",
        "+ added",
        "+ added",
    ]
    for item, words in zip(
        items,
        (
            "designate-api sets [service:api] enable_host_header = False, not True.",
            "designate-central needs DLM;",
            "An arrow leads from designate-mdns to AMQP, and none back; designate-mdns does not",
            "An arrow leads from DNS Servers to designate-mdns, not the other way round;",
            "designate-worker needs Database;",
            "designate-sink needs designate-central;",
        ),
        strict=True,
    ):
        assert words in item
        assert item.count("Source: ") == 1
    picture = page.xpath("//figure//*[local-name()='svg']")[0]
    assert len(re.findall(r"[+~] (?:added|changed)", picture.text_content())) >= 5
    assert "designate-23-designate-mdns" in html.tostring(picture).decode()


@pytest.mark.parametrize(
    ("service", "count", "words"),
    [
        ("designate-api", 1, "enable_host_header = False, not True"),
        ("designate-central", 1, "designate-central needs DLM"),
        ("designate-mdns", 2, "not the other way round"),
        ("designate-worker", 1, "worker/tasks/zone.py, line 76"),
        ("designate-producer", 0, ""),
        ("designate-sink", 1, "designate-sink needs designate-central"),
    ],
)
def test_both_guides_say_what_differs(built: Build, service: str, count: int, words: str) -> None:
    of_base = notes(built.text("guide.html"), service)
    of_variant = notes(built.text("guide-23.html"), f"designate-23-{service}")
    of_base, of_variant = (
        [note for note in each if note.startswith("Designate 23.0 differs")]
        for each in (of_base, of_variant)
    )
    assert of_base == of_variant
    assert len(of_base) == count
    assert not count or words in " ".join(of_base)
    assert all("Source: designate/" in note for note in of_base)


def test_facts_of_each_guide_stay_its_own(built: Build) -> None:
    for name, page in (("designate", "guide"), ("designate-23", "guide-23")):
        topology = diagtool.load(ROOT / "topology" / f"{name}.yaml")
        result = verify(topology, [built.out / f"{page}.html"])
        # What a page says of the other one, it was not held against.
        assert {finding.code for finding in result.diagnostics} <= {"not-verified"}
        assert result.files == 1
        other = diagtool.load(ROOT / "topology" / "designate.yaml")
        if name != "designate":
            result = verify(other, [built.out / f"{page}.html"])
            assert any(finding.code.startswith("fact-") for finding in result.diagnostics)


@pytest.mark.slow
def test_changing_the_base_changes_both(tmp_path: Path) -> None:
    project = both(tmp_path)
    project.build()
    project.change("designate.yaml", "Starts the tasks that recur.", "Keeps the clock.")
    again = project.build()
    assert sorted(again.read) == ["guide", "guide-23"]
    for page in ("guide", "guide-23"):
        assert "Keeps the clock." in again.text(f"{page}.html")
    # A difference that the base has taken over is a note on nothing.
    stated = "description: Carries changes out on the DNS servers.\n    connections:\n"
    project.change("designate.yaml", stated, f"{stated}      - to: db_servers\n")
    broken = project.build()
    assert broken.status == 1
    assert re.search(
        r"designate-23\.yaml:\d+:\d+: ERROR: no-difference 'db_servers'", broken.warnings
    )


@pytest.mark.slow
def test_a_difference_that_goes_is_read_again(tmp_path: Path) -> None:
    project = both(tmp_path)
    project.build()
    project.change("designate-23.yaml", "enable_host_header: False", "enable_host_header: off")
    again = project.build()
    assert sorted(again.read) == ["differences", "guide", "guide-23"]
    assert "enable_host_header = off, not True" in again.text("differences.html")


def test_nothing_differs(project: Callable[..., Project]) -> None:
    page = "Same\n====\n\n.. topo:differences:: designate designate\n"
    built = project(index=page).build()
    assert built.status == 0
    assert "Designate says the same as Designate." in built.text("index.html")


def test_unknown_topology(project: Callable[..., Project]) -> None:
    page = "Same\n====\n\n.. topo:differences:: designate designat\n"
    built = project(index=page).build(strict=False)
    assert built.status == 1
    assert "index.rst:4: ERROR: topo:differences: no topology 'designat'" in built.warnings
    assert "did you mean 'designate'?" in built.warnings


@pytest.mark.slow
@pytest.mark.parametrize("builder", [name for name in BUILDERS if name != "html"])
def test_every_builder(builder: str, site: Project) -> None:
    built = site.build(builder)
    assert (built.status, built.warnings) == (0, "")
