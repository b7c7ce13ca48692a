"""Pictures of a loss: every shape keeps its place, and words tell what became of it."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import pytest

import diagtool
from diagtool import exporting
from diagtool.cli.main import main
from diagtool.model import Topology, diagram
from diagtool.model.diagram import Fate, in_labels
from diagtool.model.failure_view import story, without
from diagtool.model.failures import lose, parse
from diagtool.pictures import formats

SHOP = """
format: 1
name: Shop
zones: {north: {}, south: {}}
components:
  db: {name: database, shape: database, cluster: {members: 3, quorum: true}}
  cache: {}
  queue: {}
services:
  web:
    replicas: 4
    at_least: 2
    critical: true
    zones: [north, south]
    connections:
      - {to: db, on_loss: stops}
      - {to: cache, on_loss: degrades, needed: false}
      - {with: queue}
"""


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("shop") / "shop.yaml"
    path.write_text(SHOP, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def shop(path: Path) -> Topology:
    return diagtool.load(path)


def after(shop: Topology, *losses: str, view: str = "web") -> diagram.Diagram:
    shown = diagram.overview(shop) if view == "overview" else diagram.layout(shop, view)
    return without(shop, shown, lose(shop, [parse(shop, loss) for loss in losses]))


@pytest.mark.parametrize(
    ("losses", "signs"),
    [
        (("cache",), {"cache": "lost", "web_server_1": "degraded", "web_server_4": "degraded"}),
        (("db:one",), {"db": "2 of 3 left"}),
        (("db:quorum",), {"db": "1 of 3 left, stopped", "web_server_1": "stopped"}),
        (("queue",), {"queue": "lost", "web_server_1": "not stated"}),
        (("web:one",), {"web_server_4": "lost"}),
        (("zone:north",), {"web_server_1": "lost", "web_server_3": "lost"}),
        (("zone:north", "cache"), {"web_server_1": "lost", "web_server_2": "degraded"}),
        (("path:web/db",), {"web_server_1": "stopped"}),
    ],
)
def test_signs(shop: Topology, losses: tuple[str, ...], signs: dict[str, str]) -> None:
    shown = {node.id: node.sign for node in after(shop, *losses).nodes if node.sign}
    assert signs.items() <= shown.items()
    if losses in (("db:one",), ("web:one",), ("zone:north",)):
        assert shown == signs  # the rest works


def test_lines_that_are_dead(shop: Topology) -> None:
    cut = after(shop, "path:web/db")
    dead = {edge.head for edge in cut.edges if edge.fate is Fate.LOST}
    assert dead == {"db"}
    lost = after(shop, "zone:north")
    assert {edge.tail for edge in lost.edges if edge.fate} | {
        edge.head for edge in lost.edges if edge.fate
    } >= {"web_server_1", "web_server_3"}


def test_the_legend_tells_a_cut_line_from_an_optional_one(shop: Topology) -> None:
    def legend(view: diagram.Diagram) -> str:
        return next(node.label for node in view.nodes if node.id == "_legend")

    assert "cut" not in legend(diagram.layout(shop, "web"))
    assert "cut" in legend(after(shop, "db"))


@pytest.mark.parametrize("view", ["web", "overview"])
def test_nothing_moves(shop: Topology, view: str) -> None:
    whole = diagram.overview(shop) if view == "overview" else diagram.layout(shop, view)
    first = exporting.draw(shop, whole)
    for told in list(story(shop, whole))[1:]:
        drawing = exporting.draw(shop, told)
        assert drawing.signs
        assert (drawing.width, drawing.height) == (first.width, first.height)
        assert [node.box for node in drawing.nodes] == [node.box for node in first.nodes]
        assert [edge.points for edge in drawing.edges] == [edge.points for edge in first.edges]
        for sign in drawing.signs:
            assert sign.box.x >= 0 and sign.box.right <= drawing.width
            assert sign.box.y >= 0
        assert {sign.node for sign in drawing.signs if sign.crossed} == {
            node.id for node in told.nodes if node.fate is Fate.LOST
        }


@pytest.mark.parametrize("format", ["svg", "pdf", "drawio", "pptx", "dot", "mermaid", "blockdiag"])
def test_every_format_tells_it_in_words(shop: Topology, format: str) -> None:
    view = after(shop, "cache")
    (artefact,) = exporting.artefacts(shop, [format], views=[view])
    assert artefact.name.startswith("web-without-cache.")
    text = words(artefact.content, format)
    for word in ("lost", "degraded"):
        assert word in text


def words(content: bytes, format: str) -> str:
    if format == "pptx":
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            slide = archive.read("ppt/slides/slide1.xml").decode()
        return " ".join(re.findall(r"<a:t>([^<]*)", slide))
    if format == "pdf":
        from pypdf import PdfReader

        return PdfReader(io.BytesIO(content)).pages[0].extract_text()
    return content.decode()


def test_what_is_heard(shop: Topology) -> None:
    drawing = exporting.draw(shop, after(shop, "cache"))
    assert "cache: lost." in drawing.description
    assert "web Server 4: degraded." in drawing.description
    assert drawing.title == "Layout of web, without cache"
    assert drawing.notes[0] == "Without cache:"


def test_labels_of_a_whole_picture_stay(shop: Topology) -> None:
    view = diagram.layout(shop, "web")
    assert in_labels(view) is view


def test_a_deck_tells_the_story(path: Path, tmp_path: Path) -> None:
    deck = tmp_path / "story.pptx"
    assert main(["export", "-t", str(path), "--story", "failures", "-o", str(deck)]) == 0
    with zipfile.ZipFile(deck) as archive:
        count = sum("slides/slide" in name for name in archive.namelist())
        slides = [
            archive.read(f"ppt/slides/slide{number}.xml").decode() for number in range(1, count + 1)
        ]
    assert len(slides) == 1 + len(["db", "one", "quorum", "cache", "queue", "web", "one", "n", "s"])
    assert "p159:morph" not in slides[0]
    assert all('<p159:morph option="byObject"/>' in slide for slide in slides[1:])
    names = [
        re.findall(r'name="((?:db|cache|queue|web)(?: \(group\))?)"', slide) for slide in slides
    ]
    assert all(each == names[0] for each in names)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--without", "cach"], "unknown loss 'cach' (did you mean 'cache'?)"),
        (["--without", "cache", "--story", "failures"], "leave out --without"),
    ],
)
def test_wrong_usage(
    path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    command = ["export", "-t", str(path), "-f", "svg", "-o", str(tmp_path), *arguments]
    assert main(command) == 2
    assert said in capsys.readouterr().err


def test_fresh_pictures_are_proved(path: Path, tmp_path: Path) -> None:
    every = [word for format in formats.names() for word in ("-f", format)]
    out = str(tmp_path / "out")
    command = ["export", "-t", str(path), "--without", "cache,zone:north", *every, "-o", out]
    assert main(command) == 0
    deck = str(tmp_path / "out" / "story.pptx")
    assert main(["export", "-t", str(path), "--story", "failures", "-o", deck]) == 0
    assert main(["render", "-t", str(path), "-o", out]) == 0
    assert main(["verify", "-t", str(path), "--strict", out]) == 0


def test_a_lie_in_a_picture_of_a_loss(
    path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["export", "-t", str(path), "--without", "cache", "--view", "web"]
    file = tmp_path / "web-without-cache.svg"
    assert main([*command, "-o", str(file)]) == 0
    file.write_text(file.read_text("utf-8").replace("degraded", "works"), "utf-8")
    assert main(["verify", "-t", str(path), str(file)]) == 1
    assert "fact-" in capsys.readouterr().out


@pytest.mark.parametrize("format", ["svg", "drawio"])
def test_a_picture_in_other_colours_says_the_same(
    path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], format: str
) -> None:
    command = ["export", "-t", str(path), "--without", "cache,db:one", "--view", "web"]
    file = tmp_path / f"web-without-cache-db-one.{format}"
    assert main([*command, "-o", str(file)]) == 0
    file.write_text(file.read_text("utf-8").replace("b42318", "ff0000"), "utf-8")
    assert main(["verify", "-t", str(path), str(file)]) == 0
    assert "not-proved" in capsys.readouterr().out


HOSTED = """
format: 1
name: Hosted
zones: {north: {}, south: {}}
networks: {front: {}, back: {}}
hosts:
  web: {count: 2, zones: [north, south], networks: [front, back]}
  db: {zone: north, networks: [back]}
components:
  db: {runs_on: [db], listen: {port: 5432, network: back}, silenced: {single-point: Small.}}
services:
  web:
    runs_on: [web]
    connections: [{to: db, on_loss: stops}]
"""


@pytest.fixture(scope="module")
def hosted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("hosted") / "hosted.yaml"
    path.write_text(HOSTED.replace("  db: {zone", "  dbhost: {zone").replace("[db]", "[dbhost]"))
    return path


@pytest.mark.parametrize(
    ("loss", "signs"),
    [
        ("network:front", {"front": "lost"}),
        ("network:back", {"back": "lost", "dbhost": "lost"}),
        ("host:web1", {"web": "1 of 2 left"}),
        ("zone:north", {"web": "1 of 2 left", "dbhost": "lost"}),
        ("db", {}),
    ],
)
def test_networks_and_hosts_that_are_lost(hosted: Path, loss: str, signs: dict[str, str]) -> None:
    topology = diagtool.load(hosted)
    view = diagram.view(topology, "networks")
    shown = without(topology, view, lose(topology, [parse(topology, loss)]))
    assert {node.id: node.sign for node in shown.nodes if node.sign} == signs


def test_the_story_is_told_of_the_overview(hosted: Path, tmp_path: Path) -> None:
    deck = tmp_path / "story.pptx"
    assert main(["export", "-t", str(hosted), "--story", "failures", "-o", str(deck)]) == 0
    with zipfile.ZipFile(deck) as archive:
        slide = archive.read("ppt/slides/slide2.xml").decode()
    assert "Overview of Hosted, without db" in slide
    assert main(["verify", "-t", str(hosted), "--strict", str(deck)]) == 0
