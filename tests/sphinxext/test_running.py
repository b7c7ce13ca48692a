"""``topo:running``: when the guide was held against what runs, and whether that still counts."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from sphinx_project import Project

from diagtool.cli import main

MakeProject = Callable[..., Project]

DATA = Path(__file__).parents[1] / "data" / "snapshots"
CONF = 'topo_topologies = {"library": "library.yaml"}\n'
PAGE = "Library\n=======\n\n.. topo:running:: running.json\n"


def held(project: MakeProject, page: str = PAGE, kind: str = "jaeger") -> Project:
    """A project with the record of what came of a snapshot."""
    made = project(CONF, index=page)
    made.write("library.yaml", (DATA / "library.yaml").read_text("utf-8"))
    snapshot = made.root / "_build" / "snapshot"
    snapshot.mkdir(parents=True)
    for file in (DATA / kind).iterdir():
        (snapshot / file.name).write_text(file.read_text("utf-8"))
    (snapshot / "snapshot.json").write_text('{"collected": "2026-11-29"}')
    command = ["verify", "-t", str(made.root / "library.yaml"), "--running", str(snapshot)]
    assert main([*command, "--record", str(made.root / "running.json")]) == 0
    return made


def said(html: str) -> str:
    return " ".join(re.sub("<[^>]*>", " ", html).split())


def test_page_says_when_and_what_came_of_it(project: MakeProject) -> None:
    made = held(project)
    build = made.build()
    assert build.warnings == ""
    shown = said(build.text("index.html"))
    assert (
        "Library was compared with a snapshot of 2026-11-29: 0 hosts, 5 facts. "
        "Nothing in it contradicts what is stated here." in shown
    )
    assert "since then" not in shown
    site, topology = str(build.out), str(made.root / "library.yaml")
    assert main(["verify", site, "-t", topology, "--strict"]) == 0


def test_page_is_made_again_when_the_topology_says_something_else(project: MakeProject) -> None:
    made = held(project)
    made.build()
    made.change("library.yaml", "        workers: 4", "        workers: 8")
    build = made.build()
    assert build.read == ["index"]
    assert "What is stated here has changed since then." in said(build.text("index.html"))


def test_page_is_made_again_when_the_record_is(project: MakeProject) -> None:
    made = held(project)
    made.build()
    made.change("running.json", '"errors": 0', '"errors": 2')
    shown = said(made.build().text("index.html"))
    assert "It contradicts what is stated here (2 errors)." in shown


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (None, "No such file or directory"),
        ("[", "it is not JSON"),
        ("[]", 'expected a mapping with "format": 1'),
        ('{"format": 1}', "it is not what diagtool verify --running --record writes"),
        ("collected", "'collected' has no such value"),
        ("errors", "'errors' has no such value"),
    ],
)
def test_file_of_another_kind_is_an_error_at_its_line(
    project: MakeProject, content: str | None, why: str
) -> None:
    made = held(project)
    path = made.root / "running.json"
    if content is None:
        path.unlink()
    elif content in ("collected", "errors"):
        record = json.loads(path.read_text("utf-8"))
        path.write_text(json.dumps({**record, content: "<b>"}))
    else:
        path.write_text(content)
    build = made.build(strict=False)
    assert build.status == 1
    assert f"index.rst:4: ERROR: topo:running: 'running.json' cannot be used: {why}" in (
        build.warnings
    )
