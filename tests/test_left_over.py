"""Files of the past are named, and removed where that is asked for and safe."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from diagtool.cli import main
from diagtool.files.written_files import NAME

TOPOLOGY = """\
format: 1
name: Shop
components: {queue: }
services:
  web: {connections: [to: queue], config: {web: {a: b}}}
"""
MORE = "  job: {connections: [with: queue], config: {job: {a: b}}}\n"
Capture = pytest.CaptureFixture[str]


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A topology in the working folder, with two services."""
    monkeypatch.chdir(tmp_path)
    path = Path("shop.yaml")
    path.write_text(TOPOLOGY + MORE)
    return path


def files(folder: str) -> set[str]:
    return {path.name for path in Path(folder).iterdir()}


EXPORT = ["export", "-t", "shop.yaml", "-f", "svg", "-f", "dot", "-o", "out"]
RENDER = ["render", "-t", "shop.yaml", "-o", "out"]
WITH_PICTURES = [*RENDER, "-f", "markdown-svg"]


@pytest.mark.parametrize(
    ("command", "gone"),
    [
        (EXPORT, {"job.svg", "job.dot"}),
        (RENDER, {"job.conf"}),
        (WITH_PICTURES, {"job.conf", "job.svg"}),
    ],
)
def test_what_no_longer_belongs_is_named_and_removed(
    command: list[str], gone: set[str], shop: Path, capsys: Capture
) -> None:
    assert main(command) == 0
    first = files("out")
    assert gone <= first and NAME not in first
    assert main([*command, "--prune"]) == 0
    assert files("out") == first | {NAME}
    shop.write_text(TOPOLOGY)
    capsys.readouterr()

    assert main(command) == 0  # as before, but for being told
    told = capsys.readouterr().err
    assert all(f"out/{name}: left over" in told for name in gone)
    assert files("out") == first | {NAME}
    assert main([*command, "--check"]) == 1
    told = capsys.readouterr().out
    assert all(f"out/{name}: it " in told for name in gone)

    assert main([*command, "--prune"]) == 0
    told = capsys.readouterr().err
    assert all(f"out/{name}: removed" in told for name in gone)
    assert files("out") == first - gone | {NAME}
    assert main([*command, "--check"]) == 0
    assert main([*command, "--prune"]) == 0
    assert "removed" not in capsys.readouterr().err


def test_without_a_record_it_is_named(shop: Path, capsys: Capture) -> None:
    assert main(EXPORT) == 0
    shop.write_text(TOPOLOGY)
    assert main([*EXPORT, "--prune"]) == 0
    assert "out/job.svg: left over: it shows the picture of job" in capsys.readouterr().err
    assert "job.svg" in files("out")


def test_what_somebody_changed_or_wrote_stays(shop: Path, capsys: Capture) -> None:
    assert main([*EXPORT, "--prune"]) == 0
    Path("out/mine.svg").write_text("<svg/>")
    Path("out/job.dot").write_text("digraph { mine }")
    shop.write_text(TOPOLOGY)
    assert main([*EXPORT, "--prune"]) == 0
    assert (
        "out/job.dot: left over from an earlier run, and changed since" in capsys.readouterr().err
    )
    assert {"mine.svg", "job.dot"} <= files("out")
    assert "job.svg" not in files("out")


def test_each_format_and_command_has_its_own(shop: Path) -> None:
    assert main([*EXPORT, "--prune"]) == 0
    assert main([*RENDER, "--prune"]) == 0
    assert main(["export", "-t", "shop.yaml", "-f", "mermaid", "-o", "out", "--prune"]) == 0
    there = files("out")
    assert {"job.svg", "job.dot", "job.conf", "job.mmd"} <= there
    shop.write_text(TOPOLOGY)
    assert main(["export", "-t", "shop.yaml", "-f", "mermaid", "-o", "out", "--prune"]) == 0
    assert there - files("out") == {"job.mmd"}


def test_a_record_leads_nowhere_else(shop: Path, tmp_path: Path) -> None:
    assert main([*EXPORT, "--prune"]) == 0
    listed = json.loads(Path("out", NAME).read_text())
    Path("victim").write_text("x")
    digest = "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"
    Path("out/link.svg").symlink_to("../victim")
    for name in ("../victim", str(tmp_path / "victim"), "link.svg", "a\0b"):
        listed["files"][name] = ["svg", digest]
    Path("out", NAME).write_text(json.dumps(listed))
    assert main([*EXPORT, "--prune"]) == 0
    assert Path("victim").read_text() == "x"
    assert Path("out/link.svg").is_symlink()


@pytest.mark.parametrize(
    "content", ["", "[]", '{"files": 1}', '{"files": {"a": 1}}', "\0", "[" * 9999]
)
def test_a_broken_record_is_none(shop: Path, content: str) -> None:
    Path("out").mkdir()
    Path("out", NAME).write_text(content)
    assert main([*EXPORT, "--prune"]) == 0
    assert "job.svg" in json.loads(Path("out", NAME).read_text())["files"]


def test_only_all_views_can_be_pruned(shop: Path, capsys: Capture) -> None:
    assert main([*EXPORT, "--view", "web", "--prune"]) == 2
    assert "--prune needs a folder for all views" in capsys.readouterr().err
    assert main([*EXPORT, "--check", "--prune"]) == 2


def test_a_folder_stands_for_the_only_topology_in_it(shop: Path, capsys: Capture) -> None:
    assert main(EXPORT) == 0
    Path("model").mkdir()
    shop.rename("model/shop.yaml").write_text(TOPOLOGY)
    capsys.readouterr()
    assert main(["verify", "--strict", "-t", "model", "out"]) == 1
    assert "out/job.svg:1:1: left-over" in capsys.readouterr().out
    assert main(["export", "-t", "model", "-f", "svg", "-o", "out", "--check"]) == 1
    assert "out/job.svg: it shows" in capsys.readouterr().out
    Path("model/other.yaml").write_text(TOPOLOGY)
    assert main(["check", "-t", "model"]) == 1
