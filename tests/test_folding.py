"""An overview of a large system fits a page, and says what it folds."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench import generated, systems
from diagtool import exporting, load
from diagtool.checks.verify import verify
from diagtool.model import Topology, diagram, failure_view, wording
from diagtool.model.failures import Loss, LossKind, lose

FAMILIES = ("cart", "mail", "search", "billing", "image", "session", "audit", "account")


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Topology:
    """48 services in 8 families, each connected in its own way."""
    system = systems.varied(48)
    services = list(system["services"].values())
    system["services"] = {
        f"{family}-{number}": services[6 * at + number]
        for at, family in enumerate(FAMILIES)
        for number in range(6)
    }
    path = tmp_path_factory.mktemp("large") / "large.yaml"
    path.write_text(systems.as_yaml(system))
    return load(path)


def test_an_overview_fits_a_page(large: Topology) -> None:
    drawing = exporting.draw(large, diagram.overview(large))
    assert drawing.width < 1600 and drawing.height < 1200
    assert len(drawing.edges) <= 40


def test_every_part_stands_in_one_box(large: Topology) -> None:
    view = diagram.overview(large)
    shown = [inner.part for node in view.nodes for inner in (node.folded or (node,))]
    assert sorted(shown) == sorted(part.id for part in large.parts)
    assert f"{len(shown)} parts in {len(view.nodes)} boxes" in view.title


def test_what_is_connected_is_connected_in_the_overview(large: Topology) -> None:
    view = diagram.overview(large)
    box = {inner.part: node.id for node in view.nodes for inner in (node.folded or (node,))}
    lines = {frozenset((edge.tail, edge.head)) for edge in view.edges}
    wanted = {frozenset((box[c.owner], box[c.peer])) for c in large.connections}
    assert lines == {ends for ends in wanted if len(ends) == 2}


def test_a_box_says_what_it_stands_for(large: Topology) -> None:
    view = diagram.overview(large)
    described = wording.describe(view)
    for node in view.nodes:
        if node.folded:
            assert f"({len(node.folded)})" in node.label
            for inner in node.folded:
                assert " ".join(inner.label.split()) in described


def test_families_keep_together(large: Topology) -> None:
    boxes = [{inner.part for inner in node.folded} for node in diagram.overview(large).nodes]
    for family in FAMILIES:
        ids = {f"{family}-{number}" for number in range(6)}
        assert any(ids <= box for box in boxes)


@pytest.mark.slow
def test_a_fold_is_verified_and_a_change_of_it_is_noticed(large: Topology, tmp_path: Path) -> None:
    formats = ["svg", "blockdiag", "dot", "mermaid"]
    view = diagram.overview(large)
    paths = exporting.export(large, formats, tmp_path, views=[view])
    assert not verify(large, paths).diagnostics
    source = tmp_path / "overview.diag"
    lines = source.read_text().splitlines()
    dropped = next(line for line in lines if " <" in line or " -" in line)
    source.write_text("\n".join(line for line in lines if line != dropped))
    assert verify(large, [source]).diagnostics


def test_a_loss_shows_in_a_fold(large: Topology) -> None:
    view = diagram.overview(large)
    lost = "cart-0"
    failure = lose(large, [Loss(LossKind.ALL, lost)])
    shown = failure_view.without(large, view, failure)
    node = next(n for n in shown.nodes if lost in {inner.part for inner in n.folded})
    assert node.fate is not None
    assert node.sign.endswith("affected")


def test_a_system_of_usual_size_is_not_folded(tmp_path: Path) -> None:
    for number in range(600, 612):
        path = tmp_path / f"{number}.yaml"
        path.write_text(generated.as_yaml(generated.system(number, zones=number % 2 == 0)))
        view = diagram.overview(load(path))
        assert not any(node.folded for node in view.nodes)


def test_a_thousand_services_are_an_overview_too(tmp_path: Path) -> None:
    path = tmp_path / "many.yaml"
    path.write_text(systems.as_yaml(systems.varied(1000)))
    view = diagram.overview(load(path))
    assert len(view.nodes) <= 24
    assert len(view.edges) <= 40
