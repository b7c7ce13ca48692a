"""What is read and drawn again after a change: what says something else, and nothing more."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from sphinx_project import DESIGNATE, ROOT, Build, Project

pytestmark = pytest.mark.slow

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


def test_a_build_without_a_change_waits_for_no_topology(pages: Project) -> None:
    script = (
        "import sys; from sphinx.cmd.build import main; status = main(sys.argv[1:])\n"
        "print({'yaml', 'diagtool.guide.renderer', 'diagtool.loading.loader'} & {*sys.modules})\n"
        "sys.exit(status)"
    )
    folders = [pages.root, pages.root / "_build" / "html"]
    options = ["-q", "-W", "-b", "html", "-d", pages.root / "_build" / "trees"]
    command = [sys.executable, "-c", script, *options, *folders]
    run = subprocess.run(command, capture_output=True, text=True)
    assert (run.stdout, run.stderr, run.returncode) == ("set()\n", "", 0)


def test_a_file_that_comes_to_stand_beside_others_is_read(project: MakeProject) -> None:
    made = project(
        conf='topo_topologies = {"designate": "designate"}', index="Home\n====\n\n.. topo:guide::\n"
    )
    made.write("designate/topology.yaml", DESIGNATE.read_text("utf-8"))
    made.build("html", "-W", strict=False)
    assert again(made).read == []
    made.write(
        "designate/more.yaml",
        "services: {more: {server: More Server, connections: [{with: amqp_servers}]}}\n",
    )
    build = again(made)
    assert build.read == ["index"]
    assert "More Server" in build.text("index.html")


def test_a_template_that_is_added_is_used(pages: Project) -> None:
    pages.change("conf.py", "author = ", 'templates_path = ["templates"]\nauthor = ')
    assert again(pages).read == []
    pages.write("templates/topo/needs.rst", "It needs things.\n")
    build = again(pages)
    assert "It needs things." in build.text("api.html")


def test_every_build_warns_of_the_same(project: MakeProject) -> None:
    made = project(conf="extensions = ['diagtool.sphinxext']", index="Home\n====\n")
    made.change("designate.yaml", "  db_servers:\n", "  unused: {}\n  db_servers:\n")
    warned = made.build("html", strict=False).warnings
    assert "unused" in warned
    assert made.build("html", strict=False).warnings == warned


@pytest.mark.parametrize(
    ("old", "new", "changed"),
    [
        (*FIVE, {"index", "api", "components"}),
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
        ("enable_host_header: True", "enable_host_header: False", {"api"}),
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
        assert re.search(r"There are <!--[^>]*--><a [^>]*><span[^>]*>5<", build.text("index.html"))
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


@pytest.mark.slow
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


# --- files that no page uses any more -------------------------------------------------


def downloads(html: str) -> set[str]:
    return set(re.findall(r'href="(_downloads/[^"]+)"', html))


def offered(build: Build) -> set[str]:
    """The files that the pages lead to."""
    return set().union(*(downloads(path.read_text("utf-8")) for path in build.out.glob("*.html")))


def there(build: Build, folder: str = "_downloads") -> set[str]:
    files = (path for path in (build.out / folder).rglob("*") if path.is_file())
    return {path.relative_to(build.out).as_posix() for path in files}


@pytest.mark.slow
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_old_downloads_go_and_those_of_other_pages_stay(pages: Project, jobs: str) -> None:
    before = there(again(pages))
    pages.change("designate.yaml", *FIVE)
    build = again(pages, "-j", jobs)
    assert there(build) == offered(build)
    gone = before - there(build)
    assert {Path(path).name.partition(".")[0] for path in gone} == {
        "designate-api",
        "loadbalancer",
    }
    assert before & there(build), "the other page was not written again"
    folders = list((build.out / "_downloads").iterdir())
    assert all(list(folder.iterdir()) for folder in folders)


def test_downloads_of_a_page_that_goes_go(pages: Project) -> None:
    pages.change("index.rst", "   sink\n", "")
    (pages.root / "sink.rst").unlink()
    (pages.root / "_build/html/sink.html").unlink()
    build = again(pages)
    assert there(build) == offered(build)
    assert not any("designate-sink" in path for path in there(build))


def test_old_pictures_go(project: MakeProject) -> None:
    made = project('blockdiag_html_image_format = "PNG"\ntopo_downloads = []', **PAGES)
    made.write("own.png", "")
    assert made.build("html", "-W", strict=False).warnings == ""
    made.change("designate.yaml", *FIVE)
    build = again(made)
    shown = set().union(
        *(re.findall(r'src="(_images/[^"]+)"', p.read_text()) for p in build.out.glob("*.html"))
    )
    assert len(shown) == 2
    assert there(build, "_images") == shown


def test_an_epub_holds_no_old_picture(project: MakeProject) -> None:
    made = project(**PAGES)
    assert made.build("epub", "-W", strict=False).warnings == ""
    made.change("designate.yaml", *FIVE)
    build = made.build("epub", "-W", strict=False)
    with zipfile.ZipFile(next(build.out.glob("*.epub"))) as book:
        names = [name for name in book.namelist() if "/_images/" in f"/{name}"]
    assert sum("designate-api" in name for name in names) == 1


def test_files_that_others_wrote_stay(pages: Project) -> None:
    site = pages.root / "_build" / "html"
    old = next(site.glob("_downloads/*/designate-api.svg"))
    for name in ("_downloads/0123456789abcdef/notes.txt", "_images/api-0123456789abcdef.png"):
        (site / name).parent.mkdir(exist_ok=True)
        (site / name).touch()
    (old.parent / "mine.txt").touch()
    pages.change("designate.yaml", *FIVE)
    build = again(pages)
    assert not old.exists()
    assert {name for name in files(build.out) if name in ("notes.txt", "mine.txt")} == {
        "notes.txt",
        "mine.txt",
    }
    assert (site / "_images/api-0123456789abcdef.png").exists()


def test_what_was_noted_leads_to_no_file_elsewhere(pages: Project) -> None:
    """Whatever somebody writes into the index."""
    (index,) = (pages.root / "_build" / "trees").glob("topo-files-*.txt")
    precious = pages.write("_build/precious/diagram-0123456789abcdef.svg", "mine")
    site = pages.root / "_build" / "html"
    with index.open("a", encoding="utf-8") as stream:
        for path in (
            "_downloads/0123456789abcdef/../../../precious/diagram-0123456789abcdef.svg",
            "../precious/diagram-0123456789abcdef.svg",
            precious.as_posix(),
            "index.html",
        ):
            stream.write(f'["page", "gone", "{path}"]\n')
        stream.write('["page"]\n{"page": 1}\nnull\n["page", "api"')
    pages.change("designate.yaml", *FIVE)
    again(pages)
    assert precious.exists()
    assert (site / "index.html").exists()


KILLER = """\
    import os

    AFTER = os.environ.get("AFTER", "")
    EVENTS = {"page": "html-page-context", "finish": "html-collect-pages"}


    def die(*arguments):
        if AFTER != "page" or arguments[1] == "sink":
            os._exit(9)


    def setup(app):
        if AFTER:
            app.connect(EVENTS.get(AFTER, AFTER), die, priority=900)
        return {"parallel_read_safe": True, "parallel_write_safe": True}
    """


@pytest.mark.slow
@pytest.mark.parametrize("after", ["env-check-consistency", "write-started", "page", "finish"])
@pytest.mark.parametrize("change_again", [False, True])
def test_a_build_that_was_killed_is_made_up_for(
    project: MakeProject, after: str, change_again: bool
) -> None:
    # The settings stay the same, or Sphinx itself would make everything again.
    made = project("import sys\nsys.path.insert(0, '.')\nextensions.append('killer')", **PAGES)
    made.write("killer.py", KILLER)
    assert made.build("html", "-W", "-j", "1", strict=False).status == 0
    made.change("designate.yaml", *FIVE)
    made.change("designate.yaml", "label: AMQP Servers", "label: Rabbits")
    command = [sys.executable, "-m", "sphinx", "-b", "html", "-d", "_build/trees", "."]
    environment = {**os.environ, "AFTER": after, "PYTHONPATH": str(ROOT)}
    killed = subprocess.run(
        [*command, "_build/html"], cwd=made.root, env=environment, capture_output=True
    )
    assert killed.returncode == 9, killed.stderr
    if change_again:
        made.change("designate.yaml", "replicas: 5", "replicas: 4")
    build = made.build("html", "-W", "-j", "1", strict=False)
    assert (build.status, build.warnings) == (0, "")
    replicas = 4 if change_again else 5
    assert f"API Server {replicas}" in build.text("api.html")
    assert f">{replicas}</span>" in build.text("index.html")
    assert "Rabbits" in build.text("sink.html")
    assert there(build) == offered(build)


def test_an_edited_theme_reaches_pages_and_downloads(project: MakeProject) -> None:
    made = project('topo_theme = "own.toml"\ntopo_downloads = ["svg"]', **PAGES)
    theme = made.write("own.toml", '[light]\nnode-fill = "#112233"\n')
    first = again(made)
    assert 'fill="#112233"' in first.text("api.html")
    theme.write_text('[light]\nnode-fill = "#445566"\n', "utf-8")
    build = again(made)
    assert build.read == []
    (picture,) = build.out.rglob("designate-api.svg")
    for text in (
        build.text("api.html"),
        picture.read_text("utf-8"),
        build.text("_static/topo.css"),
    ):
        assert "#445566" in text
        assert "#112233" not in text
    assert again(made).written == []


def test_downloads_that_were_deleted_come_back(pages: Project) -> None:
    out = pages.root / "_build" / "html"
    gone = [*out.rglob("designate-api.*")]
    before = {path: path.read_bytes() for path in gone}
    for path in gone:
        path.unlink()
    build = again(pages)
    assert build.read == []
    assert "api" in build.written and "sink" not in build.written
    assert {path: path.read_bytes() for path in gone} == before
