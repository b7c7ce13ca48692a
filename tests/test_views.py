"""Views that a topology defines, and those of some parts that are drawn on demand."""

from __future__ import annotations

from pathlib import Path

import pytest

from diagtool import exporting, load
from diagtool.checks.verify import verify
from diagtool.cli.main import main
from diagtool.model import Topology, diagram
from diagtool.model.diagram import Diagram
from diagtool.pictures import formats

SHOP = """\
format: 1
name: Shop
zones: {east: {}, west: {}}
components:
  proxy: {front: true, zone: east}
  queue: {zone: east}
  orders: {name: orders database, zone: west}
  mirror: {connections: [from: orders]}
services:
  web: {connections: [from: proxy, with: queue]}
  checkout: {connections: [{with: queue, label: jobs}, {to: orders, label: reads}]}
  mailer: {connections: [from: queue]}
  web-mailer: {zones: [west]}
views:
  entrance: {title: What customers reach, services: [web]}
  stock: {title: Who uses the orders, around: orders}
  in-east: {title: What is in the east, zone: east}
  in-west: {title: What is in the west, zone: west, services: [mailer]}
  teams:
    title: Who is on call
    boxes:
      - {label: Front, parts: [proxy, web]}
      - {label: Back Office, parts: [checkout, queue, orders]}
"""


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Topology:
    return load(_write(tmp_path_factory.mktemp("shop")))


def _write(folder: Path) -> Path:
    path = folder / "shop.yaml"
    path.write_text(SHOP)
    return path


def lines(view: Diagram) -> set[frozenset[str]]:
    return {frozenset((edge.tail, edge.head)) for edge in view.edges}


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("entrance", {"proxy", "queue", "web"}),
        ("stock", {"orders", "mirror", "checkout"}),
        ("in-east", {"proxy", "queue"}),
        ("in-west", {"orders", "web-mailer", "mailer", "queue"}),
        ("around-queue", {"queue", "web", "checkout", "mailer"}),
        ("overview-web-checkout", {"proxy", "queue", "orders", "web", "checkout"}),
    ],
)
def test_what_a_view_shows(shop: Topology, name: str, parts: set[str]) -> None:
    view = diagram.view(shop, name)
    assert view.name == name
    assert {node.part for node in view.nodes} == parts
    wanted = {frozenset((c.owner, c.peer)) for c in shop.connections}
    assert lines(view) == {ends for ends in wanted if ends <= parts}


def test_parts_as_one_box(shop: Topology) -> None:
    view = diagram.view(shop, "teams")
    boxes = {node.label: {inner.part for inner in node.folded} for node in view.nodes}
    assert boxes["Front (2)"] == {"proxy", "web"}
    assert boxes["Back Office (3)"] == {"checkout", "queue", "orders"}
    joined = (("proxy", "checkout"), ("checkout", "mailer"), ("checkout", "mirror"))
    assert lines(view) == set(map(frozenset, joined))
    # The proxy and the web stand in different zones, or in none: their box stands in none.
    assert not any(group.nodes for group in view.groups)


def test_names_are_not_misread(shop: Topology) -> None:
    """The service web-mailer is not the services web and mailer."""
    assert {node.part for node in diagram.view(shop, "overview-web-mailer").nodes} == {"web-mailer"}
    with pytest.raises(ValueError, match="overview-web-mailer"):
        diagram.overview(shop, ["web", "mailer"])
    for name in ("overview-", "overview-nobody", "around-", "around-nobody", "nobody"):
        with pytest.raises(KeyError):
            diagram.view(shop, name)


def test_every_view_is_verified_in_every_format(shop: Topology, tmp_path: Path) -> None:
    names = [*shop.views, "around-queue", "overview-web-checkout", "teams-ports"]
    views = [diagram.view(shop, name) for name in names]
    paths = exporting.export(shop, formats.names(), tmp_path, views=views)
    result = verify(shop, paths)
    assert result.diagnostics == ()
    assert result.proved == len(paths)


@pytest.mark.parametrize("name", ["teams", "around-queue", "overview-web-checkout"])
def test_what_a_view_lost_is_found(shop: Topology, tmp_path: Path, name: str) -> None:
    (path,) = exporting.export(shop, ["dot"], tmp_path, views=[diagram.view(shop, name)])
    text = path.read_text()
    edge = next(line for line in text.splitlines(keepends=True) if " -> " in line)
    path.write_text(text.replace(edge, ""))
    assert {d.code for d in verify(shop, [path]).diagnostics} == {"fact-missing"}


def test_a_large_view_is_folded_around_its_boxes(tmp_path: Path) -> None:
    services = "".join(f"  s{n}: {{connections: [to: database]}}\n" for n in range(50))
    path = tmp_path / "large.yaml"
    path.write_text(
        f"format: 1\nname: Large\ncomponents: {{database: {{}}}}\nservices:\n{services}"
        "views:\n  mine: {title: Mine, boxes: [{label: Ours, parts: [s1, s2]}]}\n"
    )
    view = diagram.view(load(path), "mine")
    assert sorted(len(node.folded) for node in view.nodes) == [0, 2, 48]
    assert any(node.label == "Ours (2)" for node in view.nodes)
    assert view.title == "Mine: 51 parts in 3 boxes"


def test_the_command_line_draws_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shop = str(_write(tmp_path))
    out = tmp_path / "out"
    asked = ["--view", "teams", "--around", "queue", "--service", "web", "--service", "checkout"]
    assert main(["export", "-t", shop, "-f", "dot", "-o", str(out), *asked]) == 0
    names = {path.stem for path in out.iterdir()}
    assert names == {"teams", "around-queue", "overview-web-checkout"}
    for arguments, complaint in (
        (["--around", "quue"], "there is no part 'quue' (did you mean 'queue'?)"),
        (["--view", "team"], "there is no view 'team' (did you mean 'teams'?)"),
        (["--service", "web", "--service", "mailer"], "could mean other services"),
    ):
        assert main(["export", "-t", shop, "-f", "dot", "-o", str(out), *arguments]) == 2
        assert complaint in capsys.readouterr().err
