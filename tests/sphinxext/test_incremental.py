"""What is read and drawn again after a change: what says something else, and nothing more."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sphinx_project import Build, Project

MakeProject = Callable[..., Project]

PAGES = {
    "index": """\
        Home
        ====

        There are :topo:value:`designate-api.replicas` API servers.

        .. toctree::

           api
           sink
           components
           prose
        """,
    "api": "API\n===\n\n.. topo:service:: designate-api\n",
    "sink": "Sink\n====\n\n.. topo:service:: designate-sink\n",
    "components": "Parts\n=====\n\n.. topo:components::\n",
    "prose": "Prose\n=====\n\nNothing of a topology.\n",
}


FIVE = ("server: API Server", "server: API Server\n    replicas: 5")


@pytest.fixture
def pages(project: MakeProject) -> Project:
    made = project(**PAGES)
    build = made.build("html", "-W", strict=False)
    assert build.warnings == ""
    assert sorted(build.read) == sorted(PAGES)
    return made


def again(project: Project, *options: str) -> Build:
    build = project.build("html", "-W", *options, strict=False)
    assert build.warnings == ""
    assert build.status == 0
    return build


def test_nothing_is_read_when_nothing_changed(pages: Project) -> None:
    build = again(pages)
    assert build.read == build.written == []


@pytest.mark.parametrize(
    ("old", "new", "changed"),
    [
        (*FIVE, {"index", "api"}),
        ("label: AMQP Servers", "label: Rabbits", {"api", "sink"}),
        ("name: AMQP", "name: queue", {"api", "sink", "components"}),
        ("      - from: loadbalancer", "      - to: loadbalancer", {"api"}),
        (
            "records.\n    connections:\n      - with: amqp_servers",
            "records.\n    connections:\n      - with: amqp_servers\n      - to: db_servers",
            {"sink", "components"},
        ),
        ("description: The message queue", "description: The queue", {"components"}),
        ("        passes on; Apache, for one,", "        passes on; Apache", {"api"}),
        ("api_base_uri: http://", "api_base_uri: https://", {"api"}),
        ("# What Designate's", "# All that\n# Designate's", set()),
    ],
)
def test_a_change_reads_the_pages_that_use_it(
    pages: Project, old: str, new: str, changed: set[str]
) -> None:
    pages.change("designate.yaml", old, new)
    build = again(pages)
    assert set(build.read) == changed
    if "replicas: 5" in new:
        html = build.text("api.html")
        assert "There are <a" in build.text("index.html") and ">5</span>" in build.text(
            "index.html"
        )
        assert "API Server 5" in html
        assert "API Server 4 and API Server 5." in html


def test_a_turned_arrow_changes_the_picture_and_its_words(pages: Project) -> None:
    before = (pages.root / "_build/html/api.html").read_text("utf-8")
    pages.change("designate.yaml", "      - from: loadbalancer", "      - to: loadbalancer")
    html = again(pages).text("api.html")
    assert "An arrow leads from L7 Load Balancer to each of the API Servers." in before
    assert "An arrow leads from each of the API Servers to L7 Load Balancer." in html


def files(folder: Path) -> set[str]:
    return {path.name for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("builder", ["latex", "epub"])
def test_only_the_picture_that_changed_is_drawn_again(project: MakeProject, builder: str) -> None:
    made = project(**PAGES)
    assert made.build(builder, "-W", strict=False).warnings == ""
    drawn = made.root / "_build" / "trees" / "topo"
    before = {path: path.stat().st_mtime_ns for path in drawn.iterdir()}
    assert len(before) == 2
    made.change("designate.yaml", *FIVE)
    assert made.build(builder, "-W", strict=False).warnings == ""
    after = {path: path.stat().st_mtime_ns for path in drawn.iterdir()}
    (new,) = after.keys() - before.keys()
    assert new.name.startswith("designate-api-")
    assert all(after[path] == mtime for path, mtime in before.items())


def test_links_follow_a_section_to_another_page(pages: Project) -> None:
    assert 'href="components.html#amqp_servers"' in (pages.root / "_build/html/api.html").read_text(
        "utf-8"
    )
    pages.write("components.rst", "Parts\n=====\n")
    pages.write("prose.rst", PAGES["components"])
    build = again(pages)
    assert set(build.read) == {"components", "prose"}
    assert 'href="prose.html#amqp_servers"' in build.text("api.html")
    assert 'href="prose.html#amqp_servers"' in build.text("sink.html")


def test_a_source_in_a_file_is_read_again_when_it_changes(project: MakeProject) -> None:
    made = project(
        "topo_topologies = {}",
        index="Page\n====\n\n.. blockdiag:: one.diag\n",
        other="Other\n=====\n",
    )
    made.write("one.diag", "{ a -> b }")
    made.build(strict=False)
    made.write("one.diag", "{ a -> c }")
    build = made.build(strict=False)
    assert build.read == ["index"]
    assert 'data-id="c"' in build.text("index.html")


def test_parallel_builds_say_the_same(project: MakeProject, tmp_path: Path) -> None:
    made = project(
        **PAGES, **{f"page{n}": "Page\n====\n\n.. topo:diagram:: overview\n" for n in range(4)}
    )
    made.change(
        "index.rst", "   prose", "   prose\n\n" + "".join(f"   page{n}\n" for n in range(4))
    )
    one = made.build("html", "-W", "-E", strict=False)
    assert (one.status, one.warnings) == (0, "")
    texts = {path: path.read_text("utf-8") for path in one.out.glob("*.html")}
    for path in one.out.rglob("*"):
        if path.is_file():
            path.unlink()
    two = made.build("html", "-W", "-E", "-j", "2", strict=False)
    assert (two.status, two.warnings) == (0, "")
    assert {path: path.read_text("utf-8") for path in two.out.glob("*.html")} == texts
    # What the parallel readers noted has reached the one that goes on.
    made.change("designate.yaml", "name: Database", "name: Store")
    assert set(again(made, "-j", "2").read) == {"components"}
