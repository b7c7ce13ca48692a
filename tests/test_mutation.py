"""The mutation run tries whatever diagtool writes, and ``verify`` notices each of its changes."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from artefacts import TOPOLOGIES
from every_key import GOOD

import diagtool
from diagtool.checks import readers
from diagtool.config import deployment
from diagtool.guide import renderer
from diagtool.model import diagram
from diagtool.model.facts import STATED_IN, Fact
from diagtool.pictures import formats

sys.path.insert(0, str(Path(__file__).parent / "mutation"))
import run as mutation

TEXT_FORMATS = [n for n in formats.names() if formats.get(n).KIND is formats.FormatKind.TEXT]


@pytest.mark.parametrize("format", formats.names())
def test_pictures_of_every_format_are_changed(format: str) -> None:
    assert format in (*mutation.EDITORS, *mutation.SEALED), (
        f"no fact of a picture in {format} is changed: give tests/mutation/editors.py an editor, "
        "and name it in EDITORS of run.py there"
    )


def test_every_kind_of_file_of_a_deployment_is_changed() -> None:
    topology = diagtool.load(mutation.DEPLOYED)
    ids = (*topology.hosts, *topology.zones, *topology.networks, *topology.components)
    others = {"guide.rst", *(f"{service}.conf" for service in topology.services)}

    def kind(name: str) -> str:
        return next((name.removeprefix(id) for id in ids if name.startswith(f"{id}.")), name)

    made = {kind(name) for name in renderer.render(topology).keys() - others}
    made |= {kind(file.name) for file in deployment.files(topology)}
    missing = made - {kind(name) for name in mutation.FILES}
    assert not missing, f"add {sorted(missing)} to FILES of tests/mutation/run.py"


@pytest.mark.parametrize("name", sorted(k.name for k in STATED_IN["section of a service"]))
def test_every_kind_of_fact_of_a_page_is_changed(name: str) -> None:
    def said(page: str) -> set[Fact]:
        sections = readers.read(readers.File("guide.rst", page.encode())).sections
        return {fact for s in sections for claim in s.claims for fact in claim.facts}

    def changed() -> Iterator[set[str]]:
        for path in (GOOD / "full.yaml", TOPOLOGIES["designate"]):
            topology = diagtool.load(path)
            page = renderer.render(topology)["guide.rst"]
            for _, _, new in mutation.of_services(topology, "rst", page):
                yield {fact.kind.name for fact in said(page) ^ said(new)}

    assert {name} in changed(), (
        f"no {name} alone is changed: have of_services in tests/mutation/run.py do so"
    )


@pytest.mark.parametrize("format", mutation.SEALED)
def test_every_change_of_a_picture_with_a_digest_is_noticed(format: str) -> None:
    topology = diagtool.load(TOPOLOGIES["webshop"])
    made = mutation.artefacts(topology, (format,))[format]
    changes = [
        change
        for view in diagram.views(topology)
        for change in mutation.of_sealed(format, view, made[f"{view.name}.{format}"])
    ]
    assert {change.kind for change in changes} == {"edit", "take the digest"}
    assert not [r for c in changes if (r := mutation.noticed(topology, c.files, c.words))]


def test_a_line_is_changed_whichever_way_round_it_is_written() -> None:
    ids = {"API": "api", "Database": "db", "Cache": "cache"}
    source = b'api [label = "API"];\ndb [label = "Database"];\napi, cache -> db;\n'
    editor = mutation.editors.Source(source, ids)
    edge = mutation.editors.Line("Database", "<-", "API")
    assert b'"api" -> "db"' not in editor.drop_edge(edge)
    assert b'"db" -> "api";\n"cache" -> "db";' in editor.turn_edge(edge)
    assert b'"db" <- "cache";\n"cache" -> "db";' in editor.move_edge(edge, "Cache")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "format"),
    [
        *(("designate", format) for format in ("blockdiag", "dot", "svg", "drawio", "conf")),
        # It has labels of several lines.
        *(("webshop", format) for format in (*TEXT_FORMATS, "rst")),
    ],
)
def test_every_changed_fact_is_noticed(name: str, format: str) -> None:
    table: mutation.Table = {}
    mutation.run(TOPOLOGIES[name], table, (format,))
    assert sum(tally.tried for tally in table.values()) > 10
    assert [s for tally in table.values() for s in tally.survivors] == []


@pytest.mark.slow
def test_every_changed_word_of_a_deployment_is_noticed() -> None:
    table: mutation.Table = {}
    mutation.run_deployed(mutation.DEPLOYED, table, step=19)
    assert len({format for format, _ in table}) == len(set(mutation.FILES.values()))
    assert sum(tally.tried for tally in table.values()) > 100
    assert [s for tally in table.values() for s in tally.survivors] == []
