"""Whole sample files, held against the real packages of every release by oslo.config itself."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
import venv
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from diagtool import load
from diagtool.config import placeholders
from diagtool.guide import renderer
from diagtool.model import Topology

pytestmark = pytest.mark.interop

ROOT = Path(__file__).parents[2]
OPTIONS = ROOT / "topology/options"
CONFIG = tomllib.loads((OPTIONS / "catalogues.toml").read_text("utf-8"))
PINS = sorted((OPTIONS / CONFIG["constraints"]).glob("*.txt"))

READ = """
import pathlib, re, sys
from oslo_config import cfg, generator
sections = re.findall(r"(?m)^\\[(.*)\\]", pathlib.Path(sys.argv[1]).read_text())
conf = cfg.ConfigOpts()
for _, groups in generator._list_opts(sys.argv[2:]):
    for group, options in groups:
        name = getattr(group, "name", group) or "DEFAULT"
        if name in sections:  # others may ask for what this service never reads
            conf.register_opts(options, group=None if name == "DEFAULT" else name)
conf([], project="sample", default_config_files=[sys.argv[1]])
for section, options in conf._namespace._parsed[0].items():
    for option in options:
        name = option.replace("-", "_")
        value = getattr(conf if section == "DEFAULT" else conf[section], name)
        print(section, name, repr(value))
"""
"""Reads a file as a service does, with every type checked."""


@pytest.fixture(scope="module", params=PINS, ids=lambda path: path.stem)
def release(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Path]:
    """The folder of the programs of a clean environment with one release in it."""
    folder = tmp_path_factory.mktemp(request.param.stem)
    venv.create(folder, with_pip=False)
    programs = folder / "bin"
    pip = [sys.executable, "-m", "pip", "--python", str(programs / "python"), "install"]
    subprocess.run([*pip, "--quiet", "--no-deps", "--requirement", str(request.param)], check=True)
    yield programs


@cache
def topologies() -> dict[str, Topology]:
    """The guides, with each choice of alternative snippets."""
    found = {}
    for name in ("designate", "designate-23"):
        topology = load(ROOT / "topology" / f"{name}.yaml")
        found[name] = topology
        for service in topology.services.values():
            for snippet in service.snippets:
                if snippet.alternative_to:
                    chosen = replace(service, uses=snippet.id)
                    services = {**topology.services, service.id: chosen}
                    found[f"{name} {snippet.id}"] = replace(topology, services=services)
    return found


def samples(*, filled: bool) -> dict[str, str]:
    """The sample files that are not the same, by a name."""
    found: dict[str, str] = {}
    for name, topology in topologies().items():
        named = placeholders.placeholders(topology).values()
        values = {p.name: p.example for p in named} if filled else {}
        for filename, text in renderer.render(topology, values=values).items():
            if filename.endswith(".conf") and filename.removesuffix(".conf") in topology.services:
                found.setdefault(text, f"{name}: {filename}")
    return {name: text for text, name in found.items()}


def validate(programs: Path, path: Path) -> subprocess.CompletedProcess[str]:
    namespaces = [f"--namespace={name}" for name in CONFIG["namespaces"]]
    command = [programs / "oslo-config-validator", *namespaces, "--input-file", path]
    return subprocess.run([*command, "--fatal-warnings"], capture_output=True, text=True)


def test_every_sample_is_accepted(release: Path, tmp_path: Path) -> None:
    found = samples(filled=False)
    assert len(found) >= 8
    path = tmp_path / "sample.conf"
    for name, text in found.items():
        path.write_text(text, encoding="utf-8")
        done = validate(release, path)
        assert done.returncode == 0, f"{name}\n{done.stdout}{done.stderr}"


def test_a_sample_with_a_slip_is_refused(release: Path, tmp_path: Path) -> None:
    """Else the one above would say nothing."""
    text = samples(filled=False)["designate: designate-api.conf"]
    path = tmp_path / "sample.conf"
    for right, wrong in (
        ("\nauth_strategy =", "\nauth_strategies ="),
        ("[service:api]", "[service:apo]"),
    ):
        assert text.count(right) == 1
        path.write_text(text.replace(right, wrong), encoding="utf-8")
        assert validate(release, path).returncode != 0


def test_every_filled_sample_is_read_as_it_is_meant(release: Path, tmp_path: Path) -> None:
    """The validator does not look at values; whoever reads them does."""
    path = tmp_path / "sample.conf"
    for name, text in samples(filled=True).items():
        path.write_text(text, encoding="utf-8")
        command = [release / "python", "-W", "ignore", "-c", READ, path, *CONFIG["namespaces"]]
        done = subprocess.run(command, capture_output=True, text=True)
        assert done.returncode == 0, f"{name}\n{done.stderr}"
        set_here = re.findall(r"^(\w+) = ", text, re.MULTILINE)
        read = [line.split()[1] for line in done.stdout.splitlines()]
        assert sorted(read) == sorted(set_here), name


def test_a_filled_sample_of_the_wrong_type_is_not_read(release: Path, tmp_path: Path) -> None:
    text = samples(filled=True)["designate: designate-worker.conf"]
    path = tmp_path / "sample.conf"
    path.write_text(text.replace("workers = 2", "workers = some"), encoding="utf-8")
    command = [release / "python", "-W", "ignore", "-c", READ, path, *CONFIG["namespaces"]]
    assert subprocess.run(command, capture_output=True).returncode != 0
