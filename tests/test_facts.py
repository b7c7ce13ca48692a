"""What a topology states, in words and for programs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from diagtool import load
from diagtool.cli.main import main
from diagtool.model import facts

DESIGNATE = Path(__file__).parents[1] / "topology/designate.yaml"


def test_facts_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["facts", "-t", str(DESIGNATE)]) == 0
    said = capsys.readouterr().out.splitlines()
    for sentence in (
        "there is the service designate-mdns",
        "designate-mdns has 3 servers",
        "designate-mdns needs Database",
        "dns_servers is needed by designate-worker",
        "loadbalancer stands in front of designate-api",
        "in the picture of designate-mdns an arrow leads from Database Servers to "
        "designate-mdns Server 1",
        "designate-producer sets [coordination] backend_url = "
        "kazoo://<zookeeper url>:<zookeeper port>",
        "designate-producer leaves <zookeeper url> to be filled in",
        "designate-api sets [oslo_middleware] enable_proxy_headers_parsing in place of another "
        "option",
    ):
        assert sentence in said
    assert "designate-api needs load balancer" not in said


def test_facts_for_programs(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["facts", "-t", str(DESIGNATE), "--format", "json"]) == 0
    content = json.loads(capsys.readouterr().out)
    assert content["version"] == facts.VERSION
    assert content["topology"] == "Designate"
    need = {"kind": "need", "about": "designate-worker", "terms": ["DNS Servers"]}
    assert need in content["facts"]


def test_every_fact_has_its_line() -> None:
    lines = DESIGNATE.read_text("utf-8").splitlines()
    for fact, place in facts.state(load(DESIGNATE)).items():
        assert place.path == DESIGNATE.as_posix(), fact
        assert lines[place.line - 1].strip(), fact
        if fact.kind in (facts.FactKind.OPTION, facts.FactKind.CONFIG):
            assert fact.terms[1] in lines[place.line - 1]


def test_what_is_set_beside_the_snippets(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["facts", "-t", str(DESIGNATE)]) == 0
    said = capsys.readouterr().out.splitlines()
    reached = "[coordination] backend_url = kazoo://<zookeeper url>:<zookeeper port>"
    assert "the whole config of designate-worker also sets [service:worker] workers = 2" in said
    assert f"designate-producer sets {reached}" in said
    assert f"the whole config of designate-producer also sets {reached}" not in said
