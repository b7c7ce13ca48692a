"""``diagtool init``: what it starts builds, and nothing that is there is touched."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from sphinx_project import Project

from diagtool.cli import main
from diagtool.scaffolding import project

Capture = pytest.CaptureFixture[str]


def content(folder: Path) -> dict[str, bytes]:
    """What is in a folder's files."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and "_build" not in path.parts
    }


def build(folder: Path) -> str:
    """Builds a project as its Makefile does, and gives what came out."""
    command = [sys.executable, "-m", "sphinx", "-q", "-n", "-W", "docs", "docs/_build/html"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    return (folder / "docs/_build/html/index.html").read_text("utf-8")


def test_a_new_project_checks_and_builds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    assert main(["init", str(tmp_path / "my-shop")]) == 0
    monkeypatch.chdir(tmp_path / "my-shop")
    assert main(["check", "--strict"]) == 0
    page = build(tmp_path / "my-shop")
    assert "<h1>My shop" in page
    assert "Web Server 2" in page
    assert "written" in capsys.readouterr().err
    files = content(tmp_path / "my-shop")
    assert set(files) == {
        ".github/workflows/guide.yml",
        ".gitignore",
        ".pre-commit-config.yaml",
        "Makefile",
        "docs/conf.py",
        "docs/index.rst",
        "pyproject.toml",
        "topology/my-shop.yaml",
    }
    assert tomllib.loads(files["pyproject.toml"].decode())["dependency-groups"]["docs"]
    for name in (".github/workflows/guide.yml", ".pre-commit-config.yaml"):
        assert yaml.safe_load(files[name])
    assert b"files: ^topology/.*\\.ya?ml$\n" in files[".pre-commit-config.yaml"]


def test_a_second_run_changes_nothing(tmp_path: Path, capsys: Capture) -> None:
    assert main(["init", str(tmp_path)]) == 0
    before = content(tmp_path)
    capsys.readouterr()
    assert main(["init", str(tmp_path)]) == 0
    told = capsys.readouterr().err.splitlines()
    assert len(told) == len(before)
    assert all(line.endswith("exists and is left as it is") for line in told)
    assert content(tmp_path) == before


def test_a_sphinx_project_is_left_as_it_is(tmp_path: Path, capsys: Capture) -> None:
    docs = tmp_path / "doc" / "source"
    docs.mkdir(parents=True)
    (docs / "conf.py").write_text('project = "Shop"\nextensions = []\n')
    (docs / "index.rst").write_text("Shop\n====\n")
    before = content(tmp_path)
    assert main(["init", str(tmp_path)]) == 0
    after = content(tmp_path)
    (added,) = set(after) - set(before)
    assert added == f"topology/{project.slug(tmp_path.name)}.yaml"
    assert before.items() <= after.items()
    told = capsys.readouterr().err
    # What it says to add makes a build.
    advice = [line[4:] for line in told.splitlines() if line.startswith("    ")]
    settings, _, page = "\n".join(advice).partition("\nand to a page:\n")
    with (docs / "conf.py").open("a") as conf:
        conf.write(settings)
    with (docs / "index.rst").open("a") as index:
        index.write(page + "\n")
    assert Project(docs).build().status == 0
    assert main(["init", str(tmp_path)]) == 0
    assert "diagtool.sphinxext" not in capsys.readouterr().err


def test_what_is_there_is_kept_and_added_to_by_hand(tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "shop"\n')
    (tmp_path / "topology").mkdir()
    (tmp_path / "topology" / "ours.yaml").write_text(
        "format: 1\nname: Ours\ncomponents: {db: }\nservices: {web: {connections: [to: db]}}\n"
    )
    before = content(tmp_path)
    assert main(["init", str(tmp_path)]) == 0
    assert before.items() <= content(tmp_path).items()
    told = capsys.readouterr().err
    assert "pyproject.toml: exists and is left as it is; add to it:\n    [tool.diagtool]\n" in told
    assert "topology/ours.yaml: exists and is left as it is\n" in told
    assert "Layout of web" in build(tmp_path)


@pytest.mark.parametrize("name", ["42", "Grüße aus Köln", 'a"b\\c', "con", "-", "null", "x" * 200])
def test_any_folder_will_do(tmp_path: Path, name: str) -> None:
    assert main(["init", str(tmp_path / name)]) == 0
    (topology,) = (tmp_path / name / "topology").iterdir()
    assert main(["check", "--strict", "-t", str(topology)]) == 0
    compile((tmp_path / name / "docs/conf.py").read_text("utf-8"), "conf.py", "exec")


def test_a_file_is_no_folder(tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "file").touch()
    assert main(["init", str(tmp_path / "file")]) == 1
    assert "is not a folder" in capsys.readouterr().err


def test_nothing_is_written_through_a_link(tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "here").mkdir()
    (tmp_path / "here" / "docs").symlink_to(tmp_path / "elsewhere")
    assert main(["init", str(tmp_path / "here")]) == 1
    assert "leads out of its folder" in capsys.readouterr().err
    assert not list((tmp_path / "elsewhere").iterdir())
