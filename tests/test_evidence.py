"""What a test run proved: pages mark it, and claim no more than that."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from diagtool import load
from diagtool.cli import main
from diagtool.loading.loader import read
from diagtool.model import claims, facts, flows

TOPOLOGIES = Path(__file__).parents[1] / "topology"

SHOP = """\
format: 1
name: Shop
evidence: evidence.json
components:
  queue: {name: Queue}
  store: {name: Store}
services:
  web:
    replicas: 3
    at_least: {servers: 1}
    listen: {port: 8080}
    connections:
      - {to: queue, on_loss: {effect: stops}}
      - to: store
    config: {web: {workers: 2}}
"""

CLAIMS = {
    "need:web:queue",
    "need:web:store",
    "opens:web:queue",
    "opens:web:store",
    "listens:web:8080",
    "option:web:web:workers",
    "loss:queue:web",
    "loss:web:web",
    "loss:web:one:web",
    "loss:web:all-but-one:web",
}
"""All that it claims; what it does without the store is not stated."""

Statement = dict[str, Any]


def statement(path: Path, **results: str) -> Statement:
    """A test run of a topology, in which everything was proved but for what is said here."""
    topology = load(path)
    said = {claim: results.get(claim, "proved") for claim in claims.claims(topology)}
    return {
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{"name": "shop.yaml", "digest": {"sha256": facts.digest(topology)}}],
        "predicateType": "https://in-toto.io/attestation/test-result/v0.1",
        "predicate": {
            "result": "PASSED",
            "configuration": [],
            "passedTests": [claim for claim, result in said.items() if result == "proved"],
            "failedTests": [claim for claim, result in said.items() if result == "refuted"],
            "diagtool": {
                "release": "Shop 3.0",
                "date": "2026-11-29",
                "claims": {
                    claim: {"result": result, "how": f"how <{claim}>", "seen": "*it* works"}
                    for claim, result in said.items()
                },
            },
        },
    }


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A topology of which everything but two claims is proved."""
    file = tmp_path / "shop.yaml"
    file.write_text(SHOP.replace("evidence: evidence.json\n", ""))
    said = statement(file, **{"need:web:store": "not tested", "loss:web:one:web": "refuted"})
    (tmp_path / "evidence.json").write_text(json.dumps(said))
    file.write_text(SHOP)
    return file


def run(*arguments: str | Path, status: int = 0) -> None:
    assert main([str(each) for each in arguments]) == status


def change(shop: Path, old: str, new: str) -> None:
    assert old in shop.read_text()
    shop.write_text(shop.read_text().replace(old, new))


def test_claims_are_what_a_run_can_prove(shop: Path) -> None:
    assert set(claims.claims(load(shop))) == CLAIMS


def test_pages_mark_what_was_proved_and_nothing_else(shop: Path) -> None:
    out = shop.parent / "out"
    run("render", "-t", shop, "-o", out)
    guide = (out / "guide.rst").read_text()
    assert "Proved with Shop 3.0 on 2026-11-29: the access to Queue." in guide
    rows = json.loads((out / "failures.json").read_text())["rows"]
    assert {row["id"]: row["web"] for row in rows} == {
        "queue": "× stopped, proved",
        "store": "? not stated",
        "web": "× stopped, proved",
        "web:one": "+ works",
        "web:all-but-one": "+ works, proved",
    }
    losses = (out / "failures.rst").read_text()
    assert r"Tested: how <loss\:queue\:web>. Seen: \*it\* works." in losses
    assert r"loss\:web\:one\:web" not in losses
    assert "Of all 10 claims about Shop, 8 are proved, 1 is refuted and 1 is not tested." in losses
    assert r"* web needs Store: how <need\:web\:store>" in losses


@pytest.mark.parametrize(
    ("old", "new"),
    [("workers: 2", "workers: 3"), ("replicas: 3", "replicas: 4"), ("stops", "degrades")],
)
def test_marks_go_where_the_topology_moves_on(shop: Path, old: str, new: str) -> None:
    assert claims.proved(load(shop))
    change(shop, old, new)
    assert not claims.proved(load(shop))


def test_marks_stay_where_only_the_file_is_written_otherwise(shop: Path) -> None:
    change(shop, "name: Shop\n", "# A comment.\nname: Shop\n")
    assert claims.proved(load(shop))


def test_marks_stay_where_the_format_gets_a_key_that_is_not_set() -> None:
    """This digest changes with what the sample states, and with nothing else."""
    topology = load(Path(__file__).parent / "data/topologies/good/deployment.yaml")
    digest = "e14e5159b12bdce63675d3c006d86a9af092903c62a2714ac5b30c6249caa622"
    assert facts.digest(topology) == digest, (
        "evidence for topologies that did not change is void: what a topology does not state must "
        "be in no fact, or be an empty term of one (_stated in diagtool/model/facts.py)"
    )


@pytest.mark.parametrize("unset", ["", "not stated", "unknown"])
def test_a_column_that_nothing_is_stated_in_voids_no_evidence(
    shop: Path, monkeypatch: pytest.MonkeyPatch, unset: str
) -> None:
    row = flows.Resolved.row
    monkeypatch.setattr(flows, "COLUMNS", ("Priority", *flows.COLUMNS))
    monkeypatch.setattr(flows.Resolved, "row", lambda *args: (unset, *row(*args)))
    assert claims.proved(load(shop))
    monkeypatch.setattr(flows.Resolved, "row", lambda *args: ("high", *row(*args)))
    assert not claims.proved(load(shop))


def test_marks_go_where_there_is_a_newer_release(shop: Path) -> None:
    catalogue = {"format": 1, "product": "Shop", "release": "3.0"}
    catalogue["groups"] = {"web": {"workers": {"type": "integer"}}}
    change(shop, "name: Shop\n", "name: Shop\ncatalogues: [shop.json]\n")
    file = shop.parent / "shop.json"
    file.write_text(json.dumps(catalogue))
    assert claims.proved(load(shop))
    file.write_text(json.dumps(catalogue | {"release": "4.0"}))
    assert not claims.proved(load(shop))


def test_a_page_that_claims_more_is_refused(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = shop.parent / "out"
    run("render", "-t", shop, "-o", out)
    run("verify", "-t", shop, out)
    said = json.loads((shop.parent / "evidence.json").read_text())
    said["predicate"]["passedTests"].remove("loss:queue:web")
    said["predicate"]["diagtool"]["claims"]["loss:queue:web"]["result"] = "not tested"
    (shop.parent / "evidence.json").write_text(json.dumps(said))
    capsys.readouterr()
    run("verify", "-t", shop, out, status=1)
    found = capsys.readouterr().out
    assert "failures.rst" in found and "× stopped, proved" in found


BROKEN: dict[str, Callable[[Statement], object]] = {
    "of another kind": lambda said: said.update(predicateType="https://in-toto.io/provenance"),
    "no predicate": lambda said: said.pop("predicate"),
    "two subjects": lambda said: said["subject"].append(said["subject"][0]),
    "an unknown result": lambda said: said["predicate"]["diagtool"]["claims"].update(
        {"need:web:queue": {"result": "sure", "how": "somehow"}}
    ),
    "a text over two lines": lambda said: said["predicate"]["diagtool"].update(date="a\nb"),
    "a claim that it does not list": lambda said: said["predicate"]["passedTests"].pop(),
    "a claim that it only lists": lambda said: said["predicate"]["passedTests"].append("x"),
}


@pytest.mark.parametrize("how", BROKEN)
def test_broken_evidence_is_one_finding(shop: Path, how: str) -> None:
    said = json.loads((shop.parent / "evidence.json").read_text())
    BROKEN[how](said)
    (shop.parent / "evidence.json").write_text(json.dumps(said))
    assert [(d.code, d.place.line) for d in read(shop).diagnostics] == [("bad-evidence", 3)]


@pytest.mark.parametrize("text", ["", "[]", "{}", "[" * 100_000, '{"predicate": NaN}'])
def test_no_evidence_at_all_is_a_finding(shop: Path, text: str) -> None:
    (shop.parent / "evidence.json").write_text(text)
    assert "bad-evidence" in {d.code for d in read(shop).diagnostics}


def test_evidence_lies_in_the_folder_of_the_topology(shop: Path) -> None:
    inner = shop.parent / "inner"
    inner.mkdir()
    shutil.copy(shop, inner)
    change(inner / "shop.yaml", "evidence.json", "../evidence.json")
    (found,) = read(inner / "shop.yaml").diagnostics
    assert (found.code, "outside the folder" in found.message) == ("bad-evidence", True)


def test_the_evidence_for_designate_is_of_the_topology_as_it_is() -> None:
    """What was rehearsed before a release; where it is no longer so, pages claim nothing."""
    topology = load(TOPOLOGIES / "designate-23.yaml")
    made = claims.claims(topology)
    if evidence := claims.evidence(topology):
        assert evidence.claims.keys() == made.keys()
        assert len(claims.proved(topology)) > 100
    else:
        assert not claims.proved(topology)
