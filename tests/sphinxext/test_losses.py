"""What pages say of losses, in real builds: promises, matrices, tolerances and pictures."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from chromium import dump
from sphinx_project import BUILDERS, Build, Project, make

from diagtool.cli.main import main

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
    notes: ["Of {db}, {db.tolerates}; of {web}, {web.tolerates}; of {mail}, {mail.tolerates}."]
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


# --- what is tolerated ----------------------------------------------------------------

TOLERATED = (
    "Of database, 1 of 3 members may fail; of web, 2 of 4 servers may fail; of mail, "
    "how many of 3 servers may fail is not stated."
)


def test_what_a_part_tolerates_is_a_value_in_prose(project: MakeProject) -> None:
    page = "Of the database, :topo:value:`db.tolerates`.\n\n.. topo:guide::\n\n.. topo:tolerates::"
    build = built(project, page)
    assert build.warnings == ""
    said = texts(build.text("index.html")).replace(" ,", ",").replace(" ;", ";")
    assert "Of the database, 1 of 3 members may fail." in said
    assert TOLERATED in said
    assert (
        "database 1 of 3 members may fail; 2 of 2 zones may fail cache 2 of 2 zones may fail "
        "web 2 of 4 servers may fail; database: 1 of 3 members may fail; 1 of 2 zones may fail"
    ) in said


def test_a_single_part_tolerates_nothing_of_its_own(project: MakeProject) -> None:
    made = project(CONF, index="Losses\n======\n\n:topo:value:`cache.tolerates`\n")
    made.write("shop.yaml", SHOP)
    assert "no value 'tolerates' in 'cache'" in made.build(strict=False).warnings


# --- lies -----------------------------------------------------------------------------

PUBLISHED = """\
Of the database, :topo:value:`db.tolerates`.

.. topo:guide::

.. topo:failures::

.. topo:failures::
   :service: web

.. topo:tolerates::

.. topo:diagram:: web
   :without: cache
"""

LIES = {
    "a cell": (r"± degraded", "+ works"),
    "a tolerance in the table": (r"2 of 4 servers may fail; d", "3 of 4 servers may fail; d"),
    "a tolerance in prose": (r">2 of 4 servers may fail<", ">3 of 4 servers may fail<"),
    "a value": (r">1 of 3 members may fail", ">2 of 3 members may fail"),
    "a chain": (r"a quorum is 2", "a quorum is 1"),
    "a promise": (r"when either zone is lost", "when both zones are lost"),
    "a reason": (r"it takes 2 to carry", "it takes 1 to carry"),
    "a sign": (r"(<text[^>]*>|<tspan[^>]*>)degraded", r"\1works"),
    "what is heard": (r"web Server 4: degraded", "web Server 4: works"),
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A site about losses that verifies clean, and its topology."""
    root = tmp_path_factory.mktemp("losses")
    made = make(root, CONF, {"index": f"Losses\n======\n\n{PUBLISHED}"})
    topology = made.write("shop.yaml", SHOP)
    assert made.build().warnings == ""
    return topology, root / "_build" / "html"


def test_what_was_built_is_proved(site: tuple[Path, Path]) -> None:
    topology, out = site
    assert main(["verify", "-t", str(topology), "--strict", str(out)]) == 0


@pytest.mark.parametrize("lie", LIES)
def test_each_lie_about_losses_is_caught(
    site: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str], lie: str
) -> None:
    topology, out = site
    told = tmp_path / "html"
    shutil.copytree(out, told)
    page = (told / "index.html").read_text("utf-8")
    changed, count = re.subn(*LIES[lie], page, count=1)
    assert count
    (told / "index.html").write_text(changed, "utf-8")
    assert main(["verify", "-t", str(topology), str(told)]) == 1
    assert "index.html" in capsys.readouterr().out


def test_pictures_after_losses_contradict_nothing_without_a_record(project: MakeProject) -> None:
    page = (
        ".. topo:diagram:: overview\n   :without: cache, db\n\n"
        ".. topo:diagram:: web\n   :without: cache\n   :ports:\n"
    )
    made = project(
        f'{CONF}\ntopo_downloads = ["blockdiag", "svg"]', index=f"Losses\n======\n\n{page}"
    )
    topology = made.write("shop.yaml", SHOP)
    assert made.build().warnings == ""
    out = made.root / "_build" / "html"
    for source in out.rglob("*.diag"):
        assert "(lost)" in source.read_text("utf-8")
    (out / "topo-record.json").unlink()
    assert main(["verify", "-t", str(topology), str(out)]) == 0
    told = (out / "index.html").read_text("utf-8")
    (out / "index.html").write_text(told.replace(">cache</text>", ">dash</text>"), "utf-8")
    assert main(["verify", "-t", str(topology), str(out)]) == 1


# --- the matrix -----------------------------------------------------------------------


def matrix(html: str) -> dict[str, list[tuple[str, str]]]:
    """The rows of the first table, by what is lost: for each cell its words and its link."""
    rows = {}
    for row in re.findall(r"<tr.*?</tr>", html.partition("</table>")[0], re.DOTALL)[1:]:
        head, *cells = re.findall(r"<t[hd].*?</t[hd]>", row, re.DOTALL)
        assert head.startswith("<th")
        found = [(texts(cell), *re.findall(r'href="#([^"]+)"', cell)) for cell in cells]
        rows[texts(head)] = found
    return rows


def test_each_cell_is_a_sign_a_word_and_a_link_to_what_leads_there(project: MakeProject) -> None:
    html = built(project, ".. topo:failures::").text("index.html")
    rows = matrix(html)
    assert [words for words, _ in rows["all members of database"]] == ["× stopped", "+ works"]
    assert [words for words, _ in rows["cache"]] == ["± degraded", "+ works"]
    assert [words for words, _ in rows["one of 3 servers of mail"]] == ["+ works", "? not stated"]
    for lost, cells in rows.items():
        for name, (words, link) in zip(("web", "mail"), cells, strict=True):
            where = re.split(rf'id="{re.escape(link)}"', html)
            assert len(where) == 2, (lost, link)
            there = texts(where[1].partition(">")[2].partition("</p>")[0])
            state = words.partition(" ")[2]
            if not there.startswith("Without "):
                assert there.startswith(f"{name} ({state}): "), there
            else:
                assert state == "works"
                assert lost in there


def test_a_part_that_is_called_like_a_kind_of_loss_has_a_chain_of_its_own(
    project: MakeProject,
) -> None:
    topology = SHOP.partition("promises:")[0].replace("mail", "one")
    html = built(project, ".. topo:failures::", topology=topology).text("index.html")
    cells = matrix(html)["all members of database"]
    (_, link) = cells[1]
    assert "one continues without database" in texts(html.split(f'id="{link}"')[1][:200])


@pytest.mark.parametrize(("builder", "name"), [("latex", "demo.tex"), ("text", "index.txt")])
def test_the_matrix_in_other_builders(project: MakeProject, builder: str, name: str) -> None:
    build = built(project, ".. topo:failures::\n\n.. topo:tolerates::", builder)
    assert build.warnings == ""
    text = build.text(name)
    for word in ("stopped", "degraded", "works", "not stated", "No order can be placed."):
        assert word in text


# --- pictures -------------------------------------------------------------------------

TOLD = [
    "Layout of web",
    "Layout of web, without all members of database",
    "Layout of web, without one of 3 members of database",
    "Layout of web, without the quorum of database",
    "Layout of web, without cache",
    "Layout of web, without all servers of web",
    "Layout of web, without one of 4 servers of web",
    "Layout of web, without all servers of mail",
    "Layout of web, without one of 3 servers of mail",
    "Layout of web, without zone north",
    "Layout of web, without South zone",
]


def captions(html: str) -> list[str]:
    return re.findall(r'<span class="caption-text">([^<]*)', html)


def test_a_picture_for_each_single_loss_with_everything_in_its_place(project: MakeProject) -> None:
    html = built(project, ".. topo:losses:: web").text("index.html")
    assert captions(html) == TOLD
    pictures = re.findall(r"<svg.*?</svg>", html, re.DOTALL)
    assert len(pictures) == len(TOLD)
    assert len({re.search(r'viewBox="[^"]*"', picture)[0] for picture in pictures}) == 1  # type: ignore[index]
    assert "topo-losses.js" in html
    assert "topo-tables.js" not in html


def test_only_some_losses(project: MakeProject) -> None:
    page = ".. topo:losses:: overview\n   :lost: cache, zone:north"
    html = built(project, page).text("index.html")
    assert captions(html)[1:] == [
        "Overview of Shop, without cache",
        "Overview of Shop, without zone north",
    ]


def test_a_loss_that_nobody_knows_fails_at_its_line(project: MakeProject) -> None:
    page = "Losses\n======\n\n.. topo:losses:: web\n   :lost: cach\n"
    made = project(CONF, index=page)
    made.write("shop.yaml", SHOP)
    build = made.build(strict=False)
    assert build.status == 1
    assert "index.rst:4: ERROR: topo:losses: no loss 'cach'" in build.warnings
    assert "did you mean 'cache'?" in build.warnings


@pytest.mark.slow
@pytest.mark.parametrize("builder", BUILDERS)
def test_everything_about_losses_in_every_builder(project: MakeProject, builder: str) -> None:
    page = ".. topo:guide::\n\n.. topo:failures::\n\n.. topo:tolerates::\n\n.. topo:losses:: web"
    build = built(project, page, builder)
    assert (build.status, build.warnings) == (0, "")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("act", "hash", "shown"),
    [
        ("", "", 0),
        ("document.querySelectorAll('.topo-losses input')[4].click();", "", 4),
        ("", "#{}", 9),
        ("location.hash = '{}';", "", 9),
    ],
)
def test_a_reader_picks_the_loss_beside_the_picture(
    project: MakeProject, tmp_path: Path, chromium_program: str, act: str, hash: str, shown: int
) -> None:
    build = built(project, ".. topo:losses:: web")
    page = build.out / "index.html"
    html = page.read_text("utf-8")
    last = re.findall(r'<figure[^>]* id="([^"]+)"', html)[9]
    script = f'<script type="module">{act.format(last)}</script></body>'
    page.write_text(html.replace("</body>", script), "utf-8")
    dumped = dump(chromium_program, page.as_uri() + hash.format(last), tmp_path / "profile")
    figures = re.findall(r"<figure[^>]*>", dumped)
    assert [number for number, tag in enumerate(figures) if "hidden" not in tag] == [shown]
    labels = re.findall(r"<label><input[^>]*>([^<]*)</label>", dumped)
    assert labels[0] == " whole"
    assert [label.strip() for label in labels[1:]] == [
        words.partition(", ")[2] for words in TOLD[1:]
    ]
    assert "<legend>Layout of web</legend>" in dumped


def test_a_service_that_is_called_like_a_directive_is_just_named(project: MakeProject) -> None:
    topology = SHOP.partition("promises:")[0].replace(
        "  mail:\n", "  mail:\n    name: '.. only:: x'\n"
    )
    html = built(project, ".. topo:failures::", topology=topology).text("index.html")
    assert "<p>.. only:: x: works</p>" in html
