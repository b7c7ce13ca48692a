"""``export --check`` and ``render --check``: what differs is told, and nothing is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from diagtool.cli.main import main

DESIGNATE = str(Path(__file__).parents[1] / "topology/designate.yaml")
COMMANDS = {
    "export": ["export", "-f", "blockdiag", "-f", "png", "--view", "designate-api"],
    "render": ["render"],
}


def run(command: str, out: Path, *options: str) -> int:
    return main([*COMMANDS[command], "-o", str(out), "-t", DESIGNATE, *options])


def files(folder: Path) -> dict[str, tuple[bytes, int]]:
    return {p.name: (p.read_bytes(), p.stat().st_mtime_ns) for p in folder.iterdir()}


@pytest.mark.parametrize("command", COMMANDS)
def test_what_is_as_it_would_be_written(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(command, tmp_path)
    before = files(tmp_path)
    capsys.readouterr()
    assert run(command, tmp_path, "--check") == 0
    said = capsys.readouterr()
    assert said.out == ""
    assert f"{len(before)} files are as they would be written" in said.err
    assert files(tmp_path) == before


@pytest.mark.parametrize(
    ("command", "name", "old", "new"),
    [
        ("render", "guide.rst", "* AMQP", "* Queues"),
        ("render", "designate-api.conf", "True", "False"),
    ],
)
def test_a_text_that_was_edited(
    command: str,
    name: str,
    old: str,
    new: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    run(command, tmp_path)
    path = tmp_path / name
    path.write_text(path.read_text("utf-8").replace(old, new, 1), "utf-8")
    before = files(tmp_path)
    capsys.readouterr()
    assert run(command, tmp_path, "--check") == 1
    said = capsys.readouterr()
    lines = said.out.splitlines()
    assert lines[0] == f"--- {path.as_posix()}"
    assert any(line.startswith("-") and new in line for line in lines[2:])
    assert any(line.startswith("+") and old in line for line in lines[2:])
    assert f"1 of {len(before)} files differ from what would be written" in said.err
    assert files(tmp_path) == before


@pytest.mark.parametrize(
    ("format", "old", "new", "told"),
    [
        (
            "blockdiag",
            "AMQP Servers",
            "Queues",
            [
                "− the picture of designate-api shows Queues",
                "+ the picture of designate-api shows AMQP Servers",
            ],
        ),
        ("svg", ">API Server 1</te", ">API Server 9</te", ["shows API Server 9"]),
        ("svg", "#", "#0", ["it says the same and looks different"]),
        ("dot", "digraph", " digraph", ["only what nobody sees differs"]),
        ("mermaid", "AMQP", "Queue", ["shows Queue Servers", "shows AMQP Servers"]),
        ("d2", "AMQP", "Queue", ["shows Queue Servers", "shows AMQP Servers"]),
        ("svg", "<svg", "<", ["it cannot be read: "]),
    ],
)
def test_a_picture_that_was_edited(
    format: str,
    old: str,
    new: str,
    told: list[str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """What differs is told in facts, and in a few lines, however long those of the file are."""
    command = ["export", "-f", format, "--view", "designate-api", "-o", str(tmp_path)]
    main([*command, "-t", DESIGNATE])
    (path,) = tmp_path.iterdir()
    path.write_text(path.read_text("utf-8").replace(old, new, 1), "utf-8")
    capsys.readouterr()
    assert main([*command, "-t", DESIGNATE, "--check"]) == 1
    said = capsys.readouterr()
    lines = said.out.splitlines()
    assert lines[0] == f"{path.as_posix()}: it differs"
    for text in told:
        assert any(text in line for line in lines[1:]), said.out
    assert len(said.out) < 2500
    assert "1 of 1 files differ from what would be written" in said.err


def test_a_bitmap_that_was_edited_and_a_file_that_is_missing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run("export", tmp_path)
    (tmp_path / "designate-api.diag").unlink()
    path = tmp_path / "designate-api.png"
    path.write_bytes(path.read_bytes() + b"\0")
    capsys.readouterr()
    assert run("export", tmp_path, "--check") == 1
    said = capsys.readouterr()
    assert said.out.splitlines() == [
        f"{tmp_path.as_posix()}/designate-api.diag: it is missing",
        f"{path.as_posix()}: it differs",
        "    only what nobody sees differs",
    ]
    assert not (tmp_path / "designate-api.diag").exists()


def test_a_folder_that_is_missing_is_not_made(tmp_path: Path) -> None:
    assert run("render", tmp_path / "no", "--check") == 1
    assert not (tmp_path / "no").exists()


@pytest.mark.parametrize("options", [["--manifest", "m.json"], ["-o", "-"]])
def test_check_goes_with_nothing_that_writes(options: list[str], tmp_path: Path) -> None:
    command = ["export", "-f", "svg", "-o", str(tmp_path), "-t", DESIGNATE, "--check", *options]
    try:
        assert main(command) == 2
    except SystemExit as error:
        assert error.code == 2
