"""An export whose manifest holds has nothing to do, and any other one is done again."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

import diagtool
from diagtool import exporting
from diagtool.cli.main import main

SHOP = Path(__file__).parents[1] / "examples" / "webshop" / "topology"

Export = Callable[..., str]


@pytest.fixture
def export(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Export:
    """Exports a shop with a theme of its own, with a manifest; gives what was said."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(SHOP, "shop")
    Path("theme.toml").write_text('[light]\npage = "#fefefe"\n', "utf-8")

    def run(*options: str) -> str:
        words = ["export", "-t", "shop", "-f", "svg", "-o", "out", "--theme", "theme.toml"]
        main([*words, "--manifest", "list.json", *options])
        return capsys.readouterr().err

    assert run().startswith("out: 6 of 6 ")
    assert run() == "out: nothing to do\n"
    return run


def test_nothing_is_read_or_drawn_again(export: Export, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("diagtool.loading.loader.load", None)
    monkeypatch.setattr(exporting, "draw", None)
    assert export() == "out: nothing to do\n"


def test_times_do_not_count(export: Export) -> None:
    for path in (*Path("shop").iterdir(), *Path("out").iterdir()):
        path.touch()
    assert export() == "out: nothing to do\n"


def test_every_input_counts(export: Export) -> None:
    for path in (Path("theme.toml"), *sorted(Path("shop").glob("*.yaml"))):
        path.write_bytes(path.read_bytes() + b"\n")
        assert " of 6 files changed" in export(), path
        assert export() == "out: nothing to do\n"


def test_changed_theme_reaches_the_pictures(export: Export) -> None:
    Path("theme.toml").write_text('[light]\npage = "#fdfdfd"\n', "utf-8")
    assert export() == "out: 6 of 6 files changed\n"
    assert "#fdfdfd" in Path("out/overview.svg").read_text("utf-8")


def test_new_part_of_a_topology_is_seen(export: Export) -> None:
    Path("shop/worse.yaml").write_text("no: such key\n", "utf-8")
    assert "worse.yaml:1:1" in export()


def test_files_of_a_base_count(export: Export) -> None:
    Path("other").mkdir()
    base = Path("shop").rename("other/base")
    Path("other/topology.yaml").write_text("format: 1\nname: Other\nextends: base\n", "utf-8")
    assert export("-t", "other").startswith("out: 6 of 6 ")
    assert export("-t", "other") == "out: nothing to do\n"
    (base / "topology.yaml").write_bytes((base / "topology.yaml").read_bytes() + b"\n")
    assert export("-t", "other") == "out: 0 of 6 files changed\n"
    (base / "worse.yaml").write_text("no: such key\n", "utf-8")
    assert "worse.yaml" in export("-t", "other")


def test_what_was_written_is_put_right(export: Export) -> None:
    picture = Path("out/overview.svg")
    content = picture.read_bytes()
    picture.write_bytes(content + b"\n")
    assert export() == "out: 1 of 6 files changed\n"
    picture.unlink()
    assert export() == "out: 1 of 6 files changed\n"
    assert picture.read_bytes() == content


def test_other_options_are_another_export(export: Export) -> None:
    assert export("--transparent") == "out: 6 of 6 files changed\n"
    assert export("-o", "more") == "more: 6 of 6 files changed\n"


def test_other_version_draws_again(export: Export, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(diagtool, "__version__", "99")
    assert export() == "out: 0 of 6 files changed\n"
    assert json.loads(Path("list.json").read_text())["program"]["diagtool"] == "99"


def test_changed_program_draws_again(
    export: Export, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = shutil.copytree(
        Path(diagtool.__file__).parent, "copy", ignore=shutil.ignore_patterns("*.pyc")
    )
    monkeypatch.setattr(diagtool, "__file__", str(tmp_path / copy / "__init__.py"))
    assert export() == "out: nothing to do\n"
    for name in (
        "exporting.py",
        "pictures/themes/clean.toml",
        "pictures/fonts/LiberationSans-Bold.ttf",
    ):
        with (tmp_path / copy / name).open("ab") as stream:
            stream.write(b"\n")
        assert export() == "out: 0 of 6 files changed\n", name


def test_program_names_what_draws(export: Export) -> None:
    from importlib.metadata import version

    program = json.loads(Path("list.json").read_text())["program"]
    for library in ("blockdiag", "pyyaml"):
        assert program[library] == version(library)


def test_warnings_are_said_every_time(export: Export) -> None:
    main_file = Path("shop/topology.yaml")
    text = main_file.read_text("utf-8")
    main_file.write_text(text.replace("label: ", "label: \u0905 "), "utf-8")
    said = export("-f", "pdf")
    assert "no font has" in said
    assert "no font has" in export("-f", "pdf")


def test_edited_file_is_kept_every_time(export: Export) -> None:
    deck = ("-f", "drawio")
    export(*deck)
    edited = Path("out/overview.drawio")
    edited.write_text(edited.read_text("utf-8").replace('x="', 'x="1', 1), "utf-8")
    for _ in range(2):
        assert "was edited by hand" in export(*deck)


@pytest.mark.parametrize("content", ["", '{"files": []}', '{"files": [], "inputs": 1}'])
def test_a_manifest_that_says_little_does_not_hold(export: Export, content: str) -> None:
    Path("list.json").write_text(content, "utf-8")
    assert export() == "out: 0 of 6 files changed\n"
    assert export() == "out: nothing to do\n"
