"""Each kind of fact is found by the readers of the artefacts that state it."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from artefacts import PAGES, READ_AS
from every_key import GOOD

import diagtool
from diagtool import exporting
from diagtool.checks import readers
from diagtool.checks.verify import verify
from diagtool.guide import markdown, renderer
from diagtool.model import Topology
from diagtool.model.facts import STATED_IN, FactKind
from diagtool.pictures import formats

READ_NOWHERE = {
    FactKind.SERVICE: "a guide has a section for each service, and its heading says which",
    FactKind.COMPONENT: "the heading of an entry says which component it is about",
    FactKind.LABEL: "a box has it",
    FactKind.REPLICAS: "a picture has as many boxes",
    FactKind.SERVER: "a box has its label",
    FactKind.CONFIG: "a sample config file has it among all others",
    FactKind.PLACEHOLDER: "it stands in an option",
    FactKind.LISTENER: "a table of flows has the port of each flow",
    FactKind.MEMBERS: "a table of hosts says what runs on them",
    FactKind.QUORUM: "it follows from the number of members",
    FactKind.MODE: "the files that say it are made again and compared whole",
    FactKind.ROLE: "the files that say it are made again and compared whole",
    FactKind.ADDRESS: "the files that say it are made again and compared whole",
    FactKind.RUNS_ON: "a table of hosts says it",
    FactKind.JOB: "the files that say it are made again and compared whole",
    FactKind.ON_LOSS: "the pages that say it are made again and compared whole",
    FactKind.AT_LEAST: "the pages that say it are made again and compared whole",
    FactKind.CRITICAL: "the pages that say it are made again and compared whole",
    FactKind.WHEN_STOPPED: "the pages that say it are made again and compared whole",
    FactKind.PROMISE: "the pages that say it are made again and compared whole",
}
"""Kinds of facts that no reader tells of, with the reason."""

DRAWN_BY_HAND = {FactKind.LINE}
"""What people draw, and no view of a topology."""


@pytest.mark.parametrize("kind", FactKind, ids=lambda kind: kind.name)
def test_a_kind_of_fact_is_stated_somewhere(kind: FactKind) -> None:
    stated = any(kind in kinds for kinds in STATED_IN.values())
    assert stated or kind in READ_NOWHERE, (
        f"{kind.name} is stated in no artefact: add it to STATED_IN of diagtool/model/facts.py, "
        f"or say in READ_NOWHERE of {Path(__file__).name} why no reader can tell of it"
    )
    assert not (stated and kind in READ_NOWHERE), f"{kind.name} is in both tables"


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> dict[Path, Topology]:
    """Folders with all files of two topologies, which have all kinds of facts between them."""
    folders: dict[Path, Topology] = {}
    for name in ("full", "deployment"):
        folder = tmp_path_factory.mktemp(name)
        folders[folder] = topology = diagtool.load(GOOD / f"{name}.yaml")
        exporting.export(topology, sorted({*formats.names()} & {*readers.names()}), folder)
        for name in PAGES:  # a picture beside a page is read on its own
            for filename, content in renderer.render(
                topology, dialect=markdown.DIALECTS[name]()
            ).items():
                (folder / filename).write_text(content, encoding="utf-8")
        build = [sys.executable, "-m", "sphinx", "-QC", "-D", "extensions=diagtool.sphinxext"]
        subprocess.run([*build, "-D", "root_doc=guide", folder, folder / "html"], check=True)
    return folders


@pytest.fixture(scope="module")
def read(published: dict[Path, Topology]) -> dict[str, set[FactKind]]:
    """The kinds of facts that are read in files of each format."""
    found: dict[str, set[FactKind]] = {}
    for folder in published:
        for path in (*folder.iterdir(), *folder.glob("html/*.html")):
            format = readers.format_of(path.name)
            if format is not None:
                reading = readers.read(readers.load(path))
                sections = (claim for section in reading.sections for claim in section.claims)
                claims = (*reading.claims, *sections)
                found.setdefault(format, set()).update(f.kind for c in claims for f in c.facts)
    return found


@pytest.mark.parametrize(
    ("artefact", "format"),
    [
        (name, format)
        for name in STATED_IN
        if name != "picture"
        for format in (*READ_AS[name], *(["html"] if READ_AS[name] == PAGES else []))
    ],
)
def test_readers_find_what_an_artefact_states(
    artefact: str, format: str, read: dict[str, set[FactKind]]
) -> None:
    missed = STATED_IN[artefact] - read[format]
    names = ", ".join(kind.name for kind in missed)
    assert not missed, f"the reader {format} does not find {names} in a {artefact}"


@pytest.mark.parametrize("format", sorted({*formats.names()} & {*readers.names()}))
def test_readers_find_what_a_picture_states(format: str, read: dict[str, set[FactKind]]) -> None:
    if format in ("png", "pdf"):
        assert not read[format], "only the digest in it is read"
        return
    missed = STATED_IN["picture"] - DRAWN_BY_HAND - read[format]
    names = ", ".join(kind.name for kind in missed)
    assert not missed, f"the reader {format} does not find {names} in a picture"


EDITS = {
    "rst": ("\n", "\n\nMore is told elsewhere.\n"),
    "markdown": ("\n", "\n\nMore is told elsewhere.\n"),
    "blockdiag": ("}\n", "  another;\n}\n"),
    "ini": ("\n", "\n# It was looked at.\n"),
    "balancer": ("\n", "\n# It was looked at.\n"),
}
"""How files end, and what they are made to end in: a file that is as it was made is not read."""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("artefact", "format", "kind"),
    [
        (artefact, format, kind)
        for artefact, kinds in STATED_IN.items()
        for format in READ_AS[artefact]
        for kind in sorted(kinds - DRAWN_BY_HAND, key=lambda kind: kind.name)
    ],
    ids=lambda value: value.name if isinstance(value, FactKind) else value,
)
def test_verify_misses_what_a_file_leaves_out(
    artefact: str,
    format: str,
    kind: FactKind,
    published: dict[Path, Topology],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def findings() -> set[str]:
        found = (d for topology, paths in edited for d in verify(topology, paths).diagnostics)
        return {f"{d.place.path}: {d.message}" for d in found if d.code.startswith("fact-")}

    def without(file: readers.File) -> readers.Reading:
        reading = read(file)
        sections = tuple(
            replace(section, claims=tuple(map(forget, section.claims)))
            for section in reading.sections
        )
        return replace(reading, claims=tuple(map(forget, reading.claims)), sections=sections)

    def forget(claim: readers.Claim) -> readers.Claim:
        """The claim without its first fact of the kind."""
        gone = next((fact for fact in claim.facts if fact.kind is kind), None)
        return replace(claim, facts={f: p for f, p in claim.facts.items() if f != gone})

    read = readers.read
    edited = []
    for number, (folder, topology) in enumerate(published.items()):
        paths = [path for path in folder.iterdir() if readers.format_of(path.name) == format]
        edited.append((topology, [tmp_path / str(number) / path.name for path in paths]))
        (tmp_path / str(number)).mkdir()
        for path in paths:
            content = path.read_text("utf-8").removesuffix(EDITS[format][0])
            (tmp_path / str(number) / path.name).write_text(content + EDITS[format][1], "utf-8")
    usual = findings()
    monkeypatch.setattr(readers, "read", without)
    assert findings() - usual, (
        f"verify does not miss {kind.name} in a {artefact}: have Judge compare it, see section and "
        "services in diagtool/checks/verify/judge.py"
    )
