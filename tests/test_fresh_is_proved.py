"""Whatever is written from whatever topology, verify proves at once.

``PROOFS`` is the number of topologies to try; a release tries 2,000 (``tox -e proofs``).
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import random_topologies
import yaml
from hypothesis import HealthCheck, given, settings

from diagtool import exporting
from diagtool.checks.verify import verify
from diagtool.checks.verify.normal_forms import suffixes
from diagtool.guide import markdown
from diagtool.loading import json_schema
from diagtool.loading.loader import load
from diagtool.model import diagram
from diagtool.pictures import formats
from diagtool.pictures.formats import FormatError, Look

PROOFS = int(os.environ.get("PROOFS", "12"))


def prove(document: random_topologies.Document, folder: Path) -> None:
    """Writes and verifies everything."""
    path = folder / "topology.yaml"
    path.write_text(yaml.safe_dump(document, allow_unicode=True, sort_keys=False), "utf-8")
    topology = load(path)
    out = folder / "out"
    # Bitmaps of the usual size would take a quarter of the time.
    look = Look(warn=lambda _: None, scale=0.5)
    for view in diagram.views(topology):
        try:
            exporting.export(topology, formats.names(), out, views=[view], look=look)
        except FormatError:  # these two cannot say or hold everything
            others = [name for name in formats.names() if name not in ("blockdiag", "png")]
            exporting.export(topology, others, out, views=[view], look=look)
    for dialect in markdown.DIALECTS:
        beside = out if dialect == "rst" else out / dialect
        beside.mkdir(exist_ok=True)
        for name, text in exporting.render(topology, dialect).items():
            (beside / name).write_text(text, "utf-8")
    written = [path for path in out.rglob("*") if path.is_file()]
    unread = {path.suffix for path in written if not path.name.endswith(tuple(suffixes()))}
    assert not unread, f"add a normal form for {unread} to diagtool/checks/verify/normal_forms"
    result = verify(topology, [out])
    assert result.diagnostics == ()
    assert result.proved == result.files == len(written)


@pytest.mark.slow
@given(random_topologies.documents())
@settings(max_examples=PROOFS, suppress_health_check=list(HealthCheck), derandomize=True)
def test_what_was_just_written_is_proved(document: random_topologies.Document) -> None:
    with tempfile.TemporaryDirectory() as folder:
        prove(document, Path(folder))


ELSEWHERE = {
    *("base", "extends", "remove", "difference", "catalogues", "library", "drivers", "type"),
    *("evidence", "relies_on", "fewer", "about", "section", "option", "listener", "image"),
}
"""Keys that need files of their own or options that fit, which the other tests use."""


def test_the_random_topologies_use_the_keys_of_the_format() -> None:
    used = {key for seed in range(200) for key in keys(random_topologies.document(seed))}
    named: set[str] = set()
    for found in properties(json.loads(json_schema.write())):
        named |= found.keys()
    assert named - used == ELSEWHERE, (
        "have tests/random_topologies.py generate the key, or say in ELSEWHERE why not"
    )


def keys(value: object) -> Iterator[str]:
    """Every key in a document."""
    if isinstance(value, dict):
        yield from value
    for inner in value.values() if isinstance(value, dict) else value:
        if isinstance(inner, dict | list):
            yield from keys(inner)


def properties(value: object) -> Iterator[dict[str, object]]:
    """The properties of each object in a schema."""
    if isinstance(value, dict):
        if isinstance(found := value.get("properties"), dict):
            yield found
        for inner in value.values():
            yield from properties(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from properties(inner)
