"""What people and their programs write in another way, and what says the same then."""

from __future__ import annotations

import binascii
import json
import re
import struct
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from diagtool import exporting, guide
from diagtool.checks.verify import verify
from diagtool.loading.loader import load
from diagtool.model import Severity, Topology

FLEET = """\
format: 1
name: Fleet
zones: {east: {label: East}, west: {label: West}}
networks: {lan: {label: LAN, range: 10.1.0.0/24}}
hosts:
  node:
    {count: 2, zones: [east, west], address: 10.1.0.11, networks: [lan], facts: {CPUs: "6"}}
components:
  door: {label: Front Door, front: true, shape: cloud}
  ledger: {label: Ledger, shape: database, listen: {port: 5433}}
services:
  booking:
    replicas: 2
    runs_on: [node]
    zones: [east, west]
    listen: {port: 8443}
    connections: [{from: door}, {to: ledger, label: writes, on_loss: {effect: stops}}]
    snippets: {store: {options: {storage: {pool_size: 7}}}}
    notes:
      - snippet: store
      - warning: Without a pool it opens a connection for each rider that looks for a trip.
  pricing: {replicas: 2, runs_on: [node], listen: {port: 8500}, connections: [{from: door}]}
"""

Edit = Callable[[str], str]


def _sorted(text: str) -> str:
    return json.dumps(json.loads(text), sort_keys=True, indent=1)


def _dumped(text: str) -> str:
    return str(yaml.safe_dump(yaml.safe_load(text)))


def _underlined(text: str) -> str:
    return re.sub(r"(?m)^-{3,}$", lambda match: "~" * len(match[0]), text)


OTHERWISE: list[tuple[str, Edit]] = [
    ("booking.dot", lambda text: text.replace(";\n", "\n")),
    ("booking.dot", lambda text: text.replace('"Ledger"', '"&#76;edger"')),
    ("booking.mmd", lambda text: text.replace('"Ledger"', '"#76;edger"')),
    ("booking.d2", lambda text: text.replace('"door": "Front Door"', "door: Front Door")),
    ("booking.puml", lambda text: text.replace(" --> ", " -> ")),
    ("booking.puml", lambda text: text.replace(" --> ", " -down-> ")),
    ("guide.md", lambda text: text.replace("it opens a", "it opens\n> a")),
    ("guide.md", lambda text: text.replace("```", "~~~")),
    ("guide.md", lambda text: re.sub(r"(?m)^\*([^*]+)\*$", r"_\1_", text)),
    ("deployment.md", lambda text: text.replace("| --- |", "| ------- |")),
    ("guide.rst", _underlined),
    ("hosts.json", _sorted),
    ("flows.json", _sorted),
    ("inventory.yaml", _dumped),
]

LIES: list[tuple[str, Edit]] = [
    ("booking.dot", lambda text: text.replace(";\n", "\n").replace("cylinder", "egg")),
    ("booking.dot", lambda text: text.replace('"Ledger"', '"&#77;edger"')),
    ("booking.mmd", lambda text: text.replace('"Ledger"', '"#77;edger"')),
    ("booking.d2", lambda text: text.replace('"door": "Front Door"', "door: Back Door")),
    ("booking.puml", lambda text: text.replace(" --> ", " -[hidden]-> ")),
    ("booking.puml", lambda text: re.sub(r"(\w+) --> (\w+)", r"\2 -down-> \1", text)),
    ("guide.md", lambda text: text.replace("it opens a", "it opens\n> no")),
    ("guide.md", lambda text: text.replace("```", "~~~").replace("pool_size = 7", "pool_size = 8")),
    ("hosts.json", lambda text: _sorted(text).replace("10.1.0.11", "10.1.0.19")),
    ("inventory.yaml", lambda text: _dumped(text).replace("10.1.0.11", "10.1.0.19")),
    ("inventory.yaml", lambda text: _dumped(text).replace("- lan", "- dmz")),
]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[Topology, Path]:
    folder = tmp_path_factory.mktemp("fleet")
    (folder / "fleet.yaml").write_text(FLEET)
    fleet = load(folder / "fleet.yaml")
    exporting.export(fleet, ("dot", "mermaid", "d2", "plantuml", "png"), folder)
    for dialect in guide.DIALECTS.values():
        for name, text in guide.render(fleet, dialect=dialect()).items():
            (folder / name).write_text(text)
    return fleet, folder


def wrong(written: tuple[Topology, Path], name: str, edit: Edit, out: Path) -> list[str]:
    """What contradicts in a file once it is edited."""
    fleet, folder = written
    text = (folder / name).read_text()
    edited = edit(text)
    assert edited != text
    (out / name).write_text(edited)
    found = verify(fleet, [out / name]).diagnostics
    return [str(finding) for finding in found if finding.severity is Severity.ERROR]


@pytest.mark.parametrize(("name", "edit"), OTHERWISE)
def test_another_way_to_write_it_contradicts_nothing(
    written: tuple[Topology, Path], name: str, edit: Edit, tmp_path: Path
) -> None:
    assert not wrong(written, name, edit, tmp_path)


@pytest.mark.parametrize(("name", "edit"), LIES)
def test_a_lie_that_is_written_in_another_way_contradicts(
    written: tuple[Topology, Path], name: str, edit: Edit, tmp_path: Path
) -> None:
    assert wrong(written, name, edit, tmp_path)


def test_a_png_that_says_that_it_is_srgb_contradicts_nothing(
    written: tuple[Topology, Path], tmp_path: Path
) -> None:
    fleet, folder = written
    content = (folder / "booking.png").read_bytes()
    body = b"sRGB\0"
    chunk = struct.pack(">I", 1) + body + struct.pack(">I", binascii.crc32(body))
    (tmp_path / "booking.png").write_bytes(content[:33] + chunk + content[33:])
    found = verify(fleet, [tmp_path / "booking.png"]).diagnostics
    assert [finding.code for finding in found] == ["not-proved"]


def test_a_line_in_another_block_is_told_by_what_sets_the_blocks_apart(
    written: tuple[Topology, Path], tmp_path: Path
) -> None:
    def swapped(text: str) -> str:
        one, other = ":caption: Layout of booking", ":caption: Layout of pricing"
        return text.replace(one, "\0").replace(other, one).replace("\0", other)

    told = [t for t in wrong(written, "guide.rst", swapped, tmp_path) if "stands under" in t]
    assert told
    for finding in told:
        under = re.search(r"stands under '(.*?)', but .* puts it under '(.*?)'", finding)
        assert under and under[1] != under[2]
