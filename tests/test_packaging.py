"""The package as its users get it: built, installed into a clean environment, run."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tarfile
import venv
import zipfile
from collections.abc import Callable
from email.message import Message
from email.parser import Parser
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
pytestmark = pytest.mark.slow

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the source archive, and the wheel that was built from it."""
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, ROOT],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return folder


@pytest.fixture(scope="module")
def wheel(dist: Path) -> Path:
    (path,) = dist.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def metadata(wheel: Path) -> Message:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (n for n in archive.namelist() if n.endswith(".dist-info/METADATA"))
        return Parser().parsestr(archive.read(name).decode())


@pytest.fixture(scope="module")
def clean_run(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Runs a command of a new environment that holds the wheel, without extras."""
    home = tmp_path_factory.mktemp("clean")
    venv.create(home, with_pip=True)
    commands = home / ("Scripts" if os.name == "nt" else "bin")
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}

    def run(command: str, *arguments: object, cwd: Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [commands / command, *map(str, arguments)],
            cwd=cwd,
            env=environment,
            capture_output=True,
            text=True,
        )

    installed = run("python", "-m", "pip", "install", "--quiet", wheel, cwd=home)
    assert installed.returncode == 0, installed.stderr
    return run


def test_wheel_holds_every_file_of_the_package(wheel: Path) -> None:
    package = ROOT / "diagtool"
    files = {
        path.relative_to(ROOT).as_posix()
        for path in package.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert names == files
    assert "diagtool/py.typed" in names


def test_wheel_carries_its_licences(wheel: Path, metadata: Message) -> None:
    assert metadata["License-Expression"] == "Apache-2.0 AND OFL-1.1"
    with zipfile.ZipFile(wheel) as archive:
        licences = [
            archive.read(name).decode()
            for name in archive.namelist()
            if ".dist-info/licenses/" in name
        ]
    assert any("Apache License" in text for text in licences)
    assert any("SIL OPEN FONT LICENSE" in text for text in licences)


def test_all_holds_every_extra(metadata: Message) -> None:
    wanted: dict[str, set[str]] = {extra: set() for extra in metadata.get_all("Provides-Extra")}
    for requirement in metadata.get_all("Requires-Dist"):
        package, _, marker = requirement.partition("; extra == ")
        if marker:
            wanted[marker.strip("'\"")].add(package)
    everything = wanted.pop("all")
    assert wanted
    assert everything == set().union(*wanted.values())


def test_no_requirement_has_an_upper_bound(metadata: Message) -> None:
    held = [r for r in metadata.get_all("Requires-Dist") if re.search("<|==|~=", r.split(";")[0])]
    assert held == []


def test_source_archive_can_test_and_document_itself(dist: Path) -> None:
    (path,) = dist.glob("*.tar.gz")
    with tarfile.open(path) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {
        "LICENSE",
        "Makefile",
        "README.rst",
        "conf.py",
        "docs/index.rst",
        "tests/test_packaging.py",
        "topology/designate.yaml",
        "tox.ini",
    } <= names
    assert not [name for name in names if "__pycache__" in name or name.startswith(".venv")]


def test_version_as_installed(clean_run: Run, metadata: Message, tmp_path: Path) -> None:
    result = clean_run("diagtool", "--version", cwd=tmp_path)
    assert (result.returncode, result.stdout) == (0, f"diagtool {metadata['Version']}\n")


def test_core_install_checks_and_draws(clean_run: Run, tmp_path: Path) -> None:
    topology = ROOT / "topology" / "designate.yaml"
    checked = clean_run("diagtool", "check", "-t", topology, cwd=tmp_path)
    assert checked.returncode == 0, checked.stderr
    exported = clean_run("diagtool", "export", "-t", topology, "-f", "svg", "-o", ".", cwd=tmp_path)
    assert exported.returncode == 0, exported.stderr
    assert "API Server 1" in (tmp_path / "designate-api.svg").read_text(encoding="utf-8")


@pytest.mark.parametrize("extra", ["pdf", "png"])
def test_a_missing_extra_is_named(clean_run: Run, tmp_path: Path, extra: str) -> None:
    topology = ROOT / "topology" / "designate.yaml"
    result = clean_run("diagtool", "export", "-t", topology, "-f", extra, "-o", ".", cwd=tmp_path)
    assert result.returncode != 0
    assert f"pip install 'diagtool[{extra}]'" in result.stderr
    assert "Traceback" not in result.stderr


def test_pre_commit_hook_finds_a_mistake(clean_run: Run, tmp_path: Path) -> None:
    hook, *_ = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    assert re.search(hook["files"], "topology/shop.yaml")
    assert not re.search(hook["files"], "docs/topology.rst")
    folder = tmp_path / "topology"
    shutil.copytree(ROOT / "topology" / "options", folder / "options")
    good = (ROOT / "topology" / "designate.yaml").read_text(encoding="utf-8")
    (folder / "shop.yaml").write_text(good, encoding="utf-8")
    passed = clean_run(*hook["entry"].split(), cwd=tmp_path)
    assert passed.returncode == 0, passed.stderr
    (folder / "shop.yaml").write_text(good + "\nno_such_key: 1\n", encoding="utf-8")
    failed = clean_run(*hook["entry"].split(), cwd=tmp_path)
    assert failed.returncode == 1
    assert "topology/shop.yaml:" in failed.stdout


@pytest.mark.parametrize("command", ["export", "render"])
def test_pre_commit_hook_finds_a_file_that_is_out_of_date(
    clean_run: Run, tmp_path: Path, command: str
) -> None:
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    entry = next(h["entry"] for h in hooks if h["id"] == f"diagtool-{command}-check").split()
    topology = ROOT / "topology" / "designate.yaml"
    args = ["-t", topology, "-o", "out", *(["-f", "blockdiag"] if command == "export" else [])]
    clean_run("diagtool", command, *args, cwd=tmp_path)
    assert clean_run(*entry, *args, cwd=tmp_path).returncode == 0
    path = next((tmp_path / "out").iterdir())
    path.write_text("old\n", encoding="utf-8")
    failed = clean_run(*entry, *args, cwd=tmp_path)
    assert failed.returncode == 1
    assert path.name in failed.stdout
    assert "old" in failed.stdout


def test_pre_commit_hook_verifies_what_is_committed(clean_run: Run, tmp_path: Path) -> None:
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    hook = next(h for h in hooks if h["id"] == "diagtool-verify")
    topology = ROOT / "topology" / "designate.yaml"
    args = ["-t", topology, "--view", "overview", "-o", "overview.diag"]
    clean_run("diagtool", "export", *args, cwd=tmp_path)
    assert re.search(hook["files"], "slides/overview.diag")
    entry = [*hook["entry"].split(), "overview.diag", "-t", topology]
    assert clean_run(*entry, cwd=tmp_path).returncode == 0
    path = tmp_path / "overview.diag"
    path.write_text(path.read_text().replace("AMQP Servers", "Queues"), encoding="utf-8")
    assert clean_run(*entry, cwd=tmp_path).returncode == 1
